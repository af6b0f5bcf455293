"""A month's run is a command of its own; the bytes that a key is hashed over are those of its batch line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import CommandLine
from steering import turns_of
from undoing import MONTH, pending

from cli.commands import month_run as month_command
from domain.commands import Command, DecideClaim, DecideMonth, IssueMonth, IssueVoucher
from ledger.commands import month_run
from ledger.commands.execution import Done, carry_out, execute
from ledger.commands.parsing import content, parse_line
from ledger.refusals.store import ChangedMeanwhile, StoreUnusable

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
    monkeypatch.setattr(month_run, "turn", turns_of(1))
    carried_out = iter([carry_out, broken])
    monkeypatch.setattr(month_run, "carry_out", lambda *given: next(carried_out)(*given))
    error = waiting.refused("claim", "decide", "--all", MONTH, status=2)
    assert error["message"] == "slaledger.db: disk I/O error; 1 claim of the month was done before"
    assert error["hint"] == "run it again when that is resolved: it does what is left"
    monkeypatch.undo()
    assert len(waiting.ok("claim", "decide", "--all", MONTH)["done"]) == 1


def test_what_a_transaction_did_before_a_store_stopped_it_is_not_counted(
    waiting: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month_run, "turn", turns_of(2))
    carried_out = iter([carry_out, broken])
    monkeypatch.setattr(month_run, "carry_out", lambda *given: next(carried_out)(*given))
    error = waiting.refused("claim", "decide", "--all", MONTH, status=2)
    assert error["message"] == "slaledger.db: disk I/O error"
    monkeypatch.undo()
    assert len(waiting.ok("claim", "decide", "--all", MONTH)["done"]) == 2


def test_where_a_transaction_meets_another_writer_its_accounts_are_done_one_by_one(
    waiting: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = []

    def changed(*_: object) -> None:
        raise ChangedMeanwhile(name="slaledger.db")

    def counted(*given: Any) -> Done:
        alone.append(given[1].account)
        return execute(*given)

    monkeypatch.setattr(month_run, "turn", turns_of(2))
    carried_out = iter([carry_out, changed])
    monkeypatch.setattr(month_run, "carry_out", lambda *given: next(carried_out)(*given))
    monkeypatch.setattr(month_run, "execute", counted)
    answer = waiting.ok("claim", "decide", "--all", MONTH)
    assert [one["account"] for one in answer["done"]] == alone == ["0001", "0002"]
    assert (answer["recorded"], answer["refused"]) == (2, [])


def test_a_refusal_of_the_transaction_itself_is_told_of_each_account(
    waiting: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "clerk.key"
    assert waiting.run("keygen", "clerk", "-o", str(key)).returncode == 0
    key.chmod(0o644)
    done = waiting.run("--sign", str(key), "claim", "decide", "--all", MONTH)
    assert done.returncode == 1, done.stderr
    refused = json.loads(done.stdout)["refused"]
    assert [(one["account"], one["code"]) for one in refused] == [("0001", "key_file_open"), ("0002", "key_file_open")]


def test_a_run_whose_answer_a_store_stops_says_so_too(waiting: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month_command, "late_in_month", broken)
    error = waiting.refused("claim", "decide", "--all", MONTH, status=2)
    assert error["message"] == "slaledger.db: disk I/O error; 2 claims of the month were done before"
