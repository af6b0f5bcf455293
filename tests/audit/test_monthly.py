"""`audit monthly`: a month's files in one command, what is missing, and the month completed when answers have come."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from authority import Authority
from conftest import CommandLine
from keys import AUDITOR, CUSTOMER, LEDGER

from ledger.audit.receipt import read_receipt
from ledger.transparency.attested import newest_timestamped
from ledger.transparency.cosignatures import read_note

ONE = f"1 of {CUSTOMER.public}"
NOVEMBER, DECEMBER = (int(datetime(2026, month, 1, 3, tzinfo=UTC).timestamp()) * 1_000_000 for month in (11, 12))


@pytest.fixture
def operator(blank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The operator of a ledger, on the first of November."""
    (tmp_path / "slaledger.db").write_bytes(blank.read_bytes())
    for key in (LEDGER, CUSTOMER, AUDITOR):
        key.file(tmp_path)
    monkeypatch.setattr("cli.commands.audit.monthly.clock.now_us", lambda: NOVEMBER)
    return CommandLine(tmp_path)


def december(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.commands.audit.monthly.clock.now_us", lambda: DECEMBER)


def monthly(operator: CommandLine, *words: str, status: int = 0) -> dict[str, Any]:
    done = operator.run("audit", "monthly", "-o", "months", "--sign", "ledger.example.key", *words)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def files(operator: CommandLine) -> list[str]:
    return sorted(each.name for each in (operator.folder / "months").iterdir())


def cosign(operator: CommandLine, month: str, *words: str, whose: str = "customer") -> None:
    """What a witness returns for a month, put into the folder."""
    key = ("--key", f"{whose}.example.key", "--state", f"{whose}.state", "--vkey", LEDGER.public)
    done = operator.run("witness", "sign", f"months/{month}.checkpoint", *key, *words)
    assert done.returncode == 0, done.stderr
    (operator.folder / f"months/{month}.{whose}.cosigned").write_text(done.stdout)


def test_a_first_month_has_a_checkpoint_a_request_and_a_receipt(operator: CommandLine) -> None:
    found = monthly(operator, "--policy", ONE, status=3)
    assert files(operator) == ["2026-11.checkpoint", "2026-11.receipt.json", "2026-11.tsq"]
    assert [each.partition(":")[0] for each in found["missing"]] == ["no time stamp", "too few witnesses"]
    assert "months/2026-11.tsr" in found["missing"][0]
    note = read_note((operator.folder / "months/2026-11.checkpoint").read_text())
    receipt = read_receipt((operator.folder / "months/2026-11.receipt.json").read_text(), (LEDGER.public,))
    assert receipt.checkpoint == note.checkpoint
    assert [each.name for each in note.signatures] == ["ledger.example"]
    assert (found["size"], found["files"]["consistency"]) == (note.checkpoint.size, None)
    request = (operator.folder / "months/2026-11.tsq").read_bytes()
    again = monthly(operator, "--policy", ONE, status=3)
    assert "verified" not in again
    assert (operator.folder / "months/2026-11.tsq").read_bytes() == request


def test_with_what_the_witness_returned_the_month_is_complete(operator: CommandLine) -> None:
    monthly(operator, "--no-timestamp", "--policy", ONE, status=3)
    assert files(operator) == ["2026-11.checkpoint", "2026-11.receipt.json"]
    cosign(operator, "2026-11")
    found = monthly(operator, "--no-timestamp", "--policy", ONE)
    assert (found["missing"], found["policy"]["met"]) == ([], True)
    note = (operator.folder / "months/2026-11.checkpoint").read_text()
    assert [each.name for each in read_note(note).signatures] == ["ledger.example", "customer.example"]
    assert operator.run("audit", "checkpoint", "--witnessed-by", CUSTOMER.public).stdout == note
    told = operator.run("audit", "monthly", "-o", "months", "--no-timestamp", "--policy", ONE, "--format", "table")
    assert "2026-11 is complete" in told.stdout


def test_the_next_month_goes_on_from_the_receipt_and_proves_that_it_continues(
    operator: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = monthly(operator, "--no-timestamp")
    cosign(operator, "2026-11")
    operator.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    december(monkeypatch)
    found = monthly(operator, "--no-timestamp")
    assert found["verified"]["since"]["size"] == first["size"] < found["size"]
    proof = json.loads((operator.folder / "months/2026-12.consistency.json").read_text())
    assert (proof["old_size"], proof["new_size"]) == (first["size"], found["size"])
    cosign(operator, "2026-12", "--proof", "months/2026-12.consistency.json")


def test_a_receipt_may_be_named_and_the_cosigned_note_too(operator: CommandLine) -> None:
    operator.ok("audit", "verify", "-o", "mine.json")
    found = monthly(operator, "--no-timestamp", "--since", "mine.json")
    assert found["verified"]["since"]["size"] == found["size"]
    cosign(operator, "2026-11")
    (operator.folder / "months/2026-11.customer.cosigned").rename(operator.folder / "elsewhere")
    assert monthly(operator, "--no-timestamp", "--policy", ONE, "--cosigned", "elsewhere")["policy"]["met"]


def test_notes_without_a_policy_and_notes_that_do_not_count_are_said_to_be_missing(operator: CommandLine) -> None:
    monthly(operator, "--no-timestamp")
    cosign(operator, "2026-11")
    cosign(operator, "2026-11", whose="auditor")
    (missing,) = monthly(operator, "--no-timestamp", status=3)["missing"]
    assert missing.startswith("2 notes of witnesses were not taken")
    found = monthly(operator, "--no-timestamp", "--policy", ONE, status=3)
    assert found["policy"]["met"]
    assert ["auditor.cosigned: none of the witnesses" in each for each in found["missing"]] == [True]


@pytest.mark.parametrize("content", [b"", b"\xff", b"slaledger-other\n1\nx\n"])
def test_a_note_that_cannot_be_read_does_not_stop_the_month(operator: CommandLine, content: bytes) -> None:
    monthly(operator, "--no-timestamp")
    cosign(operator, "2026-11")
    (operator.folder / "months/2026-11.x.cosigned").write_bytes(content)
    found = monthly(operator, "--no-timestamp", "--policy", ONE, status=3)
    assert (found["policy"]["met"], len(found["missing"])) == (True, 1)
    assert "2026-11.x.cosigned" in found["missing"][0]


def test_an_answer_that_is_no_time_stamp_is_said_to_be_missing(operator: CommandLine) -> None:
    monthly(operator, status=3)
    (operator.folder / "months/2026-11.tsr").write_bytes(b"no answer")
    (missing,) = monthly(operator, status=3)["missing"]
    assert missing.startswith("months/2026-11.tsr: this is not an answer of a time stamp authority")


def test_of_a_damaged_ledger_nothing_is_written(operator: CommandLine) -> None:
    position, *_, state = operator.rows()[-1]
    operator.tamper("UPDATE stored_events SET state = ? WHERE position = ?", state[:-1], position)
    assert operator.run("audit", "monthly", "-o", "months").returncode == 4
    assert not (operator.folder / "months").exists() or files(operator) == []


def test_a_ledger_rewritten_since_last_month_is_found(operator: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monthly(operator, "--no-timestamp")
    position, *_, state = operator.rows()[-1]
    actor = json.loads(state)["actor"].encode()
    operator.tamper("UPDATE stored_events SET state = ? WHERE position = ?", state.replace(actor, b"other"), position)
    for kept in operator.folder.glob("slaledger.db.tree.db*"):
        kept.unlink()
    december(monkeypatch)
    assert operator.run("audit", "monthly", "-o", "months", "--no-timestamp").returncode == 4
    (operator.folder / "months/2026-11.receipt.json").unlink()
    assert operator.refused("audit", "monthly", "-o", "months", "--no-timestamp", status=4)["code"] == "log_rewritten"


def test_with_a_time_stamp_the_month_is_complete_and_dossiers_can_carry_it(
    operator: CommandLine, tmp_path: Path
) -> None:
    monthly(operator, status=3)
    authority = Authority(tmp_path / "authority")
    authority.answer(tmp_path / "months/2026-11.tsq", tmp_path / "months/2026-11.tsr")
    (missing,) = monthly(operator, status=3)["missing"]
    assert missing == "the signature of months/2026-11.tsr was not checked: give --tsa CERTS.pem"
    found = monthly(operator, "--tsa", authority.certificates)
    assert (found["missing"], found["files"]["timestamp"]) == ([], "months/2026-11.tsr")
    with operator.opened() as ledger:
        kept = newest_timestamped(ledger)
    assert kept is not None
    assert (kept.checkpoint.size, kept.timestamp) == (found["size"], (tmp_path / "months/2026-11.tsr").read_bytes())


def test_another_root_that_was_kept_of_as_many_events_is_damage_not_something_missing(
    operator: CommandLine, tmp_path: Path
) -> None:
    monthly(operator, status=3)
    authority = Authority(tmp_path / "authority")
    authority.answer(tmp_path / "months/2026-11.tsq", tmp_path / "months/2026-11.tsr")
    head = read_note((operator.folder / "months/2026-11.checkpoint").read_text()).checkpoint
    (operator.folder / "slaledger.db.proofs").mkdir()
    kept = operator.folder / f"slaledger.db.proofs/{head.size}.checkpoint"
    kept.write_text(head._replace(root=bytes(32)).text())
    words = ("audit", "monthly", "-o", "months", "--tsa", authority.certificates)
    assert operator.refused(*words, status=4)["code"] == "kept_checkpoint_differs"
