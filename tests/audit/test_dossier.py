"""`dossier` and `verify-dossier`: a claim's case that holds by itself, and breaks at any change."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import CommandLine

from domain.refusals import Damaged, Refusal
from ledger.audit import dossier as dossiers
from ledger.audit.signatures import SignatureCheck
from ledger.transparency.proofs import parse_checkpoint

CLAIM = ("1001", "2026-07")


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger with the dossier of a disputed claim, `case.json`."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("dossier") / "demo")))
    copy.ok("dossier", *CLAIM, "-o", "case.json")
    return copy


@pytest.fixture
def case(demo: CommandLine) -> bytes:
    """The dossier's bytes."""
    return (demo.folder / "case.json").read_bytes()


def _findings(data: bytes) -> list[str]:
    given = dossiers.read(data)
    checkpoint = parse_checkpoint(given.checkpoint)
    return list(
        dossiers.check(
            given, dossiers.Tree(checkpoint.origin, checkpoint.size, checkpoint.root), SignatureCheck(given.ledger)
        )
    )


def _again(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The dossier with a change, its digest made anew by someone who knows how."""
    content = json.loads(data)
    change(content)
    return dossiers.encode(msgspec.convert(content, dossiers.Dossier))


def test_every_decided_claim_of_the_demo_has_a_dossier_that_holds(demo: CommandLine) -> None:
    for row in demo.ok("claim", "list"):
        if row["outcome"] is not None:
            file = f"{row['account']}-{row['month']}.json"
            demo.ok("dossier", row["account"], row["month"], "-o", file)
            assert demo.ok("verify-dossier", file)["findings"] == []


def test_the_digest_is_over_the_canonical_rest(case: bytes) -> None:
    content = json.loads(case)
    digest = content.pop("digest")
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(canonical).hexdigest() == digest


@pytest.mark.parametrize("step", [67, pytest.param(1, marks=pytest.mark.soak)])
def test_any_one_changed_byte_fails(case: bytes, step: int) -> None:
    """The digest covers every byte alike: what a step leaves out differs by its place alone."""
    for index in range(0, len(case), step):
        changed = bytes((*case[:index], case[index] ^ 1, *case[index + 1 :]))
        with pytest.raises((Refusal, ValueError)):
            dossiers.read(changed)


def test_no_other_customer_is_in_it(case: bytes) -> None:
    owners = {event["stream"].partition("/")[0] for event in json.loads(case)["events"]}
    assert owners == {"1001", "~"}
    assert not any(f'"{other}"'.encode() in case for other in (1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009))


def _drop(content: dict[str, Any], topic: str) -> None:
    content["events"] = [event for event in content["events"] if event["topic"] != topic]


def _swap_proofs(content: dict[str, Any]) -> None:
    events = content["events"]
    events[3]["proof"], events[4]["proof"] = events[4]["proof"], events[3]["proof"]


def _foreign(content: dict[str, Any]) -> None:
    event = dict(content["events"][-1], stream="1002/claim/2026-07", version=1)
    content["events"].append({**event, "position": event["position"] + 1, "index": event["index"] + 1})


def _state(content: dict[str, Any]) -> None:
    event = next(event for event in content["events"] if event["topic"] == "fees.billed")
    event["state"] = event["state"].replace('"months":1', '"months":2')


TAMPERED: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a missing event": (lambda content: _drop(content, "exclusion.withdrawn"), "facts differ from those"),
    "a missing claim": (lambda content: _drop(content, "claim.decided"), "misses version"),
    "a foreign account's event": (_foreign, "1002/claim/2026-07 is not the account's"),
    "wrong proofs": (_swap_proofs, "is not proved"),
    "another state": (_state, "is not proved"),
    "another ledger": (lambda content: content.update(ledger="slaledger-0"), "the checkpoint belongs to"),
    "swapped events": (lambda content: content["events"].insert(0, content["events"].pop()), "not come after"),
}


@pytest.mark.parametrize("case_name", TAMPERED)
def test_tampering_with_the_digest_made_anew_is_found(case: bytes, case_name: str) -> None:
    change, words = TAMPERED[case_name]
    try:
        found = _findings(_again(case, change))
    except Damaged as damaged:
        found = [damaged.message]
    assert any(words in each for each in found) or (case_name in ("swapped events", "a missing claim") and found)


def test_verify_dossier_exits_4_and_names_what_is_wrong(demo: CommandLine, case: bytes) -> None:
    (demo.folder / "bad.json").write_bytes(_again(case, _state))
    done = demo.run("verify-dossier", "bad.json")
    assert done.returncode == 4
    assert any("fees.billed" in each for each in json.loads(done.stdout)["findings"])
    (demo.folder / "changed.json").write_bytes(case.replace(b'"month":"2026-07"', b'"month":"2026-08"', 1))
    assert demo.refused("verify-dossier", "changed.json", status=4)["code"] == "digest_differs"


def test_a_kept_checkpoint_is_held_against_it(demo: CommandLine) -> None:
    (demo.folder / "kept.txt").write_text(demo.run("audit", "checkpoint").stdout)
    assert demo.ok("verify-dossier", "case.json", "--checkpoint", "kept.txt")["findings"] == []
    origin, size, _ = (demo.folder / "kept.txt").read_text().splitlines()
    (demo.folder / "wrong.txt").write_text(f"{origin}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n")
    assert demo.run("verify-dossier", "case.json", "--checkpoint", "wrong.txt").returncode == 4


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("dossier", "1001", "2026-07", "-o", "case.json"), "file_exists"),
        (("verify-dossier", "nowhere.json"), "unreadable_file"),
        (("verify-dossier", "slaledger.db"), "bad_dossier"),
    ],
)
def test_bad_usage_is_refused(demo: CommandLine, words: tuple[str, ...], code: str) -> None:
    assert demo.refused(*words, status=2)["code"] == code


def test_an_undecided_claim_has_no_dossier(demo: CommandLine) -> None:
    assert demo.refused("dossier", "1005", "2026-09", "-o", "none.json")["code"] == "claim_undecided"
    assert not (demo.folder / "none.json").exists()


def test_a_file_that_exists_is_replaced_only_with_force(demo: CommandLine) -> None:
    (demo.folder / "of-last-year.json").write_text("kept")
    asked = ("dossier", "1001", "2026-07", "-o", "of-last-year.json")
    assert "--force" in demo.refused(*asked, status=2)["hint"]
    assert (demo.folder / "of-last-year.json").read_text() == "kept"
    demo.ok(*asked, "--force")
    assert demo.ok("verify-dossier", "of-last-year.json")["findings"] == []


def test_no_dossier_takes_the_place_of_the_ledger(demo: CommandLine) -> None:
    error = demo.refused("dossier", "1001", "2026-07", "-o", "slaledger.db", "--force", status=2)
    assert error["code"] == "file_is_ledger"


def test_a_dossier_on_standard_output_is_all_that_is_printed(demo: CommandLine) -> None:
    printed = demo.process("dossier", "1001", "2026-07", "-o", "-").stdout
    (demo.folder / "printed.json").write_text(printed)
    assert demo.ok("verify-dossier", "printed.json")["findings"] == []
