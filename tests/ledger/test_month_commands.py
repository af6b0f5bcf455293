"""A month's run is a command of its own; the bytes that a key is hashed over are those of its batch line."""

from __future__ import annotations

import msgspec
import pytest

from domain.commands import Command, DecideClaim, DecideMonth, IssueMonth, IssueVoucher
from ledger.commands.parsing import content, parse_line

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
