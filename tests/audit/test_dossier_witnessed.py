"""A dossier shows both checkers who cosigned its log; and a ledger that was rewritten shows it through a witness."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path

import msgspec
import pytest
from conftest import CommandLine
from keys import AUDITOR, CUSTOMER
from test_verifier import verifier
from test_witnessed_checkpoints import cosign, join

from ledger.audit import dossier as dossiers
from ledger.transparency.cosignatures import Note, cosigned, read_note
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.signed_notes import parse_signer_key
from ledger.transparency.tree import tree_of

CLAIM = ("1001", "2026-07")
C, A = CUSTOMER.public, AUDITOR.public


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger, which went on since the customer cosigned it: `case.json` has that."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("witnessed") / "demo")))
    cosign(copy, "one", CUSTOMER, AUDITOR)
    assert copy.run(*join("one.customer")).returncode == 0
    copy.ok("account", "rename", "1001", "--name", "Renamed")
    copy.ok("dossier", *CLAIM, "-o", "case.json")
    return copy


def by_both(demo: CommandLine, file: str, *options: str) -> tuple[int, int, str]:
    """The exit statuses of our checker and of the stand-alone one, and what both print."""
    ours = demo.run("verify-dossier", file, *options)
    printed = io.StringIO()
    with contextlib.chdir(demo.folder), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        theirs = verifier.main([file, *options])
    return ours.returncode, theirs, ours.stdout + ours.stderr + printed.getvalue()


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (f"1 of {C}", 0),
        (f"any of {C},{A}", 0),
        (f"1 of {A}", 3),
        (f"2 of {C},{A}", 3),
        (f"all of {C}, {C}", 0),
        (f"2 of {C},{C}", 2),
        (f"0 of {C}", 2),
        ("some of them", 2),
        ("1 of nobody", 2),
        (f"1 of {C[:-1]}", 2),
        ("policy.txt", 0),
    ],
)
def test_both_checkers_hold_a_dossier_to_a_policy(demo: CommandLine, policy: str, status: int) -> None:
    (demo.folder / "customer.vkey").write_text(f"{C}\n")
    (demo.folder / "policy.txt").write_text("1 of customer.vkey\n")
    ours, theirs, told = by_both(demo, "case.json", "--policy", policy)
    assert (ours, theirs) == (status, status), told


def test_they_say_who_cosigned_when_and_how_many_events_that_covers(demo: CommandLine) -> None:
    found = json.loads(demo.run("verify-dossier", "case.json", "--policy", f"1 of {C}").stdout)
    policy, size = found["policy"], read_note((demo.folder / "one").read_text()).checkpoint.size
    assert (policy["size"], policy["covers"]) == (size, found["events"] - 1)
    assert policy["witnesses"] == [{"witness": "customer.example+e804b7cf", "cosigned_at": "2023-11-15T06:13:20+08:00"}]
    printed = demo.run("verify-dossier", "case.json", "--policy", f"1 of {C}", "--format", "table").stdout
    printed += by_both(demo, "case.json", "--policy", f"1 of {C}")[2]
    for each in ("customer.example+e804b7cf cosigned at 2023-11-14T22:13:20+00:00", "cosigned at 2023-11-15T06:13:20"):
        assert each in printed


def test_the_dossier_s_own_checkpoint_counts_too_and_covers_all(demo: CommandLine) -> None:
    given = dossiers.read((demo.folder / "case.json").read_bytes())
    note = cosigned(read_note(given.checkpoint), parse_signer_key(AUDITOR.signer, b"\x04"), 1_800_000_000)
    put(demo, "own.json", msgspec.structs.replace(given, checkpoint=note.text()))
    ours, theirs, told = by_both(demo, "own.json", "--policy", f"any of {C},{A}")
    assert (ours, theirs) == (0, 0), told
    policy = json.loads(demo.run("verify-dossier", "own.json", "--policy", f"any of {C},{A}").stdout)["policy"]
    assert ([each["witness"] for each in policy["witnesses"]], policy["covers"]) == (
        ["auditor.example+785a2fcb"],
        len(given.events),
    )
    assert by_both(demo, "own.json", "--policy", f"all of {C},{A}")[:2] == (3, 3)


def put(demo: CommandLine, file: str, dossier: dossiers.Dossier) -> None:
    """Write a dossier with its digest."""
    (demo.folder / file).write_bytes(dossiers.encode(dossier))


def with_attested(demo: CommandLine, file: str, note: Note) -> None:
    """A dossier whose attestation has another note."""
    given = dossiers.read((demo.folder / "case.json").read_bytes())
    assert isinstance(given.attestations, tuple)
    (attestation,) = given.attestations
    changed = msgspec.structs.replace(attestation, checkpoint=note.text())
    put(demo, file, msgspec.structs.replace(given, attestations=(changed,)))


def test_a_cosignature_of_another_text_is_wrong_in_both(demo: CommandLine) -> None:
    note = read_note((demo.folder / "one.customer").read_text())
    *others, line = note.signatures
    spoilt = line._replace(data=line.data[:-1] + bytes([line.data[-1] ^ 1]))
    with_attested(demo, "spoilt.json", note._replace(signatures=(*others, spoilt)))
    ours, theirs, told = by_both(demo, "spoilt.json", "--policy", f"1 of {C}")
    assert (ours, theirs) == (1, 1)
    assert told.count("customer.example+e804b7cf") == 2
    assert by_both(demo, "spoilt.json", "--policy", f"1 of {A}")[:2] == (3, 3)


def test_a_stand_alone_checker_without_the_library_says_that_it_did_not_check(
    demo: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier, "CAN_CHECK_SIGNATURES", False)
    _, theirs, told = by_both(demo, "case.json", "--policy", f"1 of {C}")
    assert theirs == 3
    assert "WITNESSES NOT CHECKED" in told


# A ledger that was rewritten as a whole, after a witness cosigned it


@pytest.fixture(scope="module")
def rewritten(demo: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The same ledger with another event, as if by another actor; nothing of what was kept beside it is left."""
    folder = tmp_path_factory.mktemp("rewritten")
    copy = demo.copy(folder)
    position, *_, state = copy.rows()[-2]
    copy.tamper(
        "UPDATE stored_events SET state = ? WHERE position = ?", state.replace(b'"clerk"', b'"cleek"'), position
    )
    copy.ok("dossier", *CLAIM, "-o", "case.json")
    for file in ("one.customer", "one.auditor"):
        shutil.copy(demo.folder / file, folder / file)
    return copy


def test_by_itself_it_is_sound_and_no_witness_speaks_for_it(rewritten: CommandLine) -> None:
    assert rewritten.run("audit", "verify").returncode == 0
    assert by_both(rewritten, "case.json")[:2] == (0, 0)
    assert by_both(rewritten, "case.json", "--policy", f"1 of {C}")[:2] == (3, 3)


def test_what_the_witness_cosigned_contradicts_it(rewritten: CommandLine) -> None:
    assert rewritten.run("audit", "verify", "--against", "one.customer", "--policy", f"1 of {C}").returncode == 4
    error = rewritten.refused("dossier", *CLAIM, "-o", "tied.json", "--since", "one.customer", status=4)
    assert error["code"] == "log_rewritten"
    assert rewritten.refused(*join("one.customer"), status=4)["code"] == "log_rewritten"


def test_a_forged_attestation_is_found_by_both_checkers(demo: CommandLine, rewritten: CommandLine) -> None:
    given = dossiers.read((rewritten.folder / "case.json").read_bytes())
    honest = dossiers.read((demo.folder / "case.json").read_bytes())
    put(rewritten, "forged.json", msgspec.structs.replace(given, attestations=honest.attestations))
    ours, theirs, told = by_both(rewritten, "forged.json", "--policy", f"1 of {C}")
    assert (ours, theirs) == (4, 1), told
    assert "policy is met" not in told


def test_the_witness_s_own_copy_contradicts_a_dossier_of_as_many_events(rewritten: CommandLine) -> None:
    size = read_note((rewritten.folder / "one.customer").read_text()).checkpoint.size
    with rewritten.opened() as ledger, tree_of(ledger) as tree, ledger.reading(upto=size) as log:
        head = Checkpoint(tree.ledger, size, tree.root(size)).text()
        made = dossiers.compose_at(log, tree, *CLAIM, head, size)
    (rewritten.folder / "small.json").write_bytes(made)
    assert by_both(rewritten, "small.json", "--checkpoint", "one.customer")[:2] == (4, 1)
