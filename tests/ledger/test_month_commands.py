"""A month's run is a command of its own; the bytes that a key is hashed over are those of its batch line."""

from __future__ import annotations

import msgspec
import pytest
from conftest import CommandLine
from undoing import MONTH, pending

from cli.commands import recording
from domain.commands import Command, DecideClaim, DecideMonth, IssueMonth, IssueVoucher
from ledger.commands import month_run
from ledger.commands.execution import execute
from ledger.commands.parsing import content, parse_line
from ledger.refusals.store import StoreUnusable

KINDS: list[tuple[str, type[Command], str]] = [
    (
        '{"command": "claim decide", "account": "1001", "month": "2026-03", "all": false, "key": "k"}',
        DecideClaim,
        '{"account":"1001","command":"claim decide","month":"2026-03"}',
    ),
    (
        '{"command": "claim decide", "all": true, "month": "2026-03", "key": "k"}',
        DecideMonth,
        '{"all":true,"command":"claim decide","month":"2026-03"}',
    ),
    (
        '{"command": "claim decide", "month": "2026-03", "all": true, "decided_at": "2026-04-15T00:00:00Z"}',
        DecideMonth,
        '{"all":true,"command":"claim decide","decided_at":1776211200000000,"month":"2026-03"}',
    ),
    (
        '{"command": "voucher issue", "account": "1001", "month": "2026-03", "voucher": "V-1", "key": "k"}',
        IssueVoucher,
        '{"account":"1001","command":"voucher issue","month":"2026-03","voucher":"V-1"}',
    ),
    (
        '{"command": "voucher issue", "all": true, "month": "2026-03", "voucher": "V-1", "key": "k"}',
        IssueMonth,
        '{"all":true,"command":"voucher issue","month":"2026-03","voucher":"V-1"}',
    ),
]


@pytest.mark.parametrize(("line", "kind", "hashed"), KINDS)
def test_a_line_is_parsed_into_the_command_that_it_means(line: str, kind: type[Command], hashed: str) -> None:
    command = parse_line(line.encode())
    assert type(command) is kind
    assert command.key == msgspec.json.decode(line).get("key")
    assert content(command) == hashed.encode()


@pytest.fixture
def waiting(slaledger: CommandLine) -> CommandLine:
    """A ledger where two claims wait."""
    done = slaledger.batch(*pending(1), *pending(2))
    assert done.returncode == 0, done.stderr
    return slaledger


def broken(_: object, *given: object) -> None:
    raise StoreUnusable(name="slaledger.db", told="disk I/O error")


def test_a_run_that_a_store_stops_says_for_how_many_it_is_done(
    waiting: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried_out = iter([execute, broken])
    monkeypatch.setattr(month_run, "execute", lambda *given: next(carried_out)(*given))
    error = waiting.refused("claim", "decide", "--all", MONTH, status=2)
    assert error["message"] == "slaledger.db: disk I/O error; 1 claim of the month was done before"
    assert error["hint"] == "run it again when that is resolved: it does what is left"
    monkeypatch.undo()
    assert len(waiting.ok("claim", "decide", "--all", MONTH)["done"]) == 1


def test_a_run_whose_answer_a_store_stops_says_so_too(waiting: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "late_in_month", broken)
    error = waiting.refused("claim", "decide", "--all", MONTH, status=2)
    assert error["message"] == "slaledger.db: disk I/O error; 2 claims of the month were done before"
