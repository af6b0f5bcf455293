"""A dossier made with `--since` a checkpoint proves to both checkers that its log continues it."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import CommandLine
from test_verifier import verifier

from ledger.audit import dossier as dossiers
from ledger.transparency import merkle

CLAIM = ("1001", "2026-07")
OTHER_ROOT = base64.b64encode(bytes(32)).decode()


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger, which went on since the checkpoint `kept.txt`; `case.json` is tied to it, `bare.json` not."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("since") / "demo")))
    (copy.folder / "kept.txt").write_text(copy.run("audit", "checkpoint").stdout)
    for number in range(5):
        copy.ok("account", "rename", "1002", "--name", f"Name {number}")
    answer = copy.ok("dossier", *CLAIM, "-o", "case.json", "--since", "kept.txt")
    assert answer["tree_size"] == answer["since"] + 5
    copy.ok("dossier", *CLAIM, "-o", "bare.json")
    (copy.folder / "now.txt").write_text(copy.run("audit", "checkpoint").stdout)
    copy.ok("account", "rename", "1002", "--name", "Later")
    (copy.folder / "later.txt").write_text(copy.run("audit", "checkpoint").stdout)
    return copy


def by_both(demo: CommandLine, file: str, *options: str) -> tuple[int, int, str]:
    """The exit statuses of our checker and of the stand-alone one, and what both print."""
    ours = demo.run("verify-dossier", file, *options)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        theirs = verifier.main([str(demo.folder / each) if "." in each else each for each in (file, *options)])
    return ours.returncode, theirs, ours.stdout + ours.stderr + printed.getvalue()


@pytest.mark.parametrize(
    ("file", "kept", "status"),
    [
        ("case.json", "kept.txt", 0),
        ("case.json", "now.txt", 0),
        ("bare.json", "now.txt", 0),
        ("bare.json", "kept.txt", 3),
        ("case.json", "later.txt", 3),
    ],
)
def test_whether_it_is_tied_is_said_by_both(demo: CommandLine, file: str, kept: str, status: int) -> None:
    ours, theirs, printed = by_both(demo, file, "--checkpoint", kept)
    assert (ours, theirs) == (status, status)
    assert ('"tied":true' in printed, "not tied" in printed, "NOT TIED" in printed) == (not status, *[bool(status)] * 2)


def test_without_a_checkpoint_nothing_is_said_of_ties(demo: CommandLine) -> None:
    ours, theirs, printed = by_both(demo, "case.json")
    assert (ours, theirs, "tied" in printed) == (0, 0, False)


def test_a_kept_checkpoint_of_a_log_that_was_rewritten_is_found(demo: CommandLine) -> None:
    """It is of the size of the earlier checkpoint in the dossier, and has another root."""
    origin, size, _ = (demo.folder / "kept.txt").read_text().splitlines()
    (demo.folder / "other.txt").write_text(f"{origin}\n{size}\n{OTHER_ROOT}\n")
    ours, theirs, printed = by_both(demo, "case.json", "--checkpoint", "other.txt")
    assert (ours, theirs, printed.count("another root")) == (4, 1, 2)


def test_a_signed_checkpoint_is_taken_as_it_is(demo: CommandLine) -> None:
    demo.run("keygen", "desk", "-o", "desk.key")
    (demo.folder / "signed.txt").write_text(demo.run("audit", "checkpoint", "--sign", "desk.key").stdout)
    demo.ok("account", "rename", "1002", "--name", "Signed")
    demo.ok("dossier", *CLAIM, "-o", "signed.json", "--since", "signed.txt")
    assert by_both(demo, "signed.json", "--checkpoint", "signed.txt")[:2] == (0, 0)
    held = json.loads((demo.folder / "signed.json").read_bytes())
    assert held["since"]["checkpoint"] == (demo.folder / "signed.txt").read_text()


def _lines(content: dict[str, Any], place: int, line: str) -> None:
    lines = content["since"]["checkpoint"].splitlines()
    lines[place] = line
    content["since"]["checkpoint"] = "".join(f"{each}\n" for each in lines)


def _as_own(content: dict[str, Any]) -> None:
    content["since"]["checkpoint"] = content["checkpoint"]


TAMPERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a hash less": lambda content: content["since"]["proof"].pop(),
    "a hash more": lambda content: content["since"]["proof"].append(OTHER_ROOT),
    "hashes swapped": lambda content: content["since"]["proof"].reverse(),
    "no hash": lambda content: content["since"]["proof"].clear(),
    "another hash": lambda content: content["since"]["proof"].__setitem__(0, OTHER_ROOT),
    "no base64": lambda content: content["since"]["proof"].__setitem__(0, "?"),
    "a short hash": lambda content: content["since"]["proof"].__setitem__(0, "AAAA"),
    "another root": lambda content: _lines(content, 2, OTHER_ROOT),
    "another ledger": lambda content: _lines(content, 0, "slaledger-0"),
    "another size": lambda content: _lines(content, 1, "17"),
    "a size beyond": lambda content: _lines(content, 1, "1000000"),
    "a size that is none": lambda content: _lines(content, 1, "-1"),
    "a line less": lambda content: content["since"].update(checkpoint="slaledger-0\n1\n"),
    "its own checkpoint, with a proof": _as_own,
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_proof_that_does_not_hold_is_found_by_both(demo: CommandLine, name: str) -> None:
    content = json.loads((demo.folder / "case.json").read_bytes())
    TAMPERED[name](content)
    (demo.folder / "bad.json").write_bytes(dossiers.encode(msgspec.convert(content, dossiers.Dossier)))
    assert by_both(demo, "bad.json")[:2] == (4, 1)


def test_its_own_checkpoint_needs_no_proof(demo: CommandLine) -> None:
    content = json.loads((demo.folder / "case.json").read_bytes())
    content["since"] = {"checkpoint": content["checkpoint"], "proof": []}
    (demo.folder / "own.json").write_bytes(dossiers.encode(msgspec.convert(content, dossiers.Dossier)))
    assert by_both(demo, "own.json")[:2] == (0, 0)


@pytest.mark.parametrize("since", [None, [], {}, {"checkpoint": "x"}, {"checkpoint": "x", "proof": [1]}])
def test_a_member_of_another_shape_cannot_be_read(demo: CommandLine, since: object) -> None:
    content = json.loads((demo.folder / "bare.json").read_bytes())
    (demo.folder / "shape.json").write_text(json.dumps({**content, "since": since}))
    ours, theirs, _ = by_both(demo, "shape.json")
    assert (ours, theirs) == (2, 2)


@pytest.mark.parametrize("sizes", [12, 40])
def test_the_stand_alone_checker_takes_every_proof_and_no_other(sizes: int) -> None:
    """All pairs of sizes of a small log, by proofs of ours; and each proof for another pair is refused."""
    leaves = [bytes([number + 1]) * 32 for number in range(sizes)]

    def subtree(level: int, index: int) -> bytes:
        return (
            leaves[index]
            if level == 0
            else merkle.node_hash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))
        )

    heads = [verifier.Checkpoint("x", size, merkle.root(size, subtree)) for size in range(sizes + 1)]
    for new in heads[1:]:
        for old in heads[1 : new.size + 1]:
            proof = merkle.consistency_proof(old.size, new.size, subtree)
            assert verifier.continues(old, new, proof)
            assert not verifier.continues(old, new._replace(root=bytes(32)), proof)
            assert not verifier.continues(old._replace(root=bytes(32)), new, proof)
            assert not verifier.continues(old, new, [*proof, bytes(32)])
            assert not proof or not verifier.continues(old, new, proof[:-1])


def test_a_checkpoint_that_the_ledger_does_not_continue_makes_no_dossier(demo: CommandLine) -> None:
    origin, size, root = (demo.folder / "kept.txt").read_text().splitlines()
    cases = {
        "other_ledger": (f"slaledger-0\n{size}\n{root}\n", 1),
        "log_truncated": (f"{origin}\n99999\n{root}\n", 4),
        "log_rewritten": (f"{origin}\n{size}\n{OTHER_ROOT}\n", 4),
        "bad_checkpoint": ("nothing\n", 2),
    }
    for code, (text, status) in cases.items():
        (demo.folder / "not-ours.txt").write_text(text)
        words = ("dossier", *CLAIM, "-o", "none.json", "--since", "not-ours.txt")
        assert demo.refused(*words, status=status)["code"] == code
    assert not (demo.folder / "none.json").exists()
