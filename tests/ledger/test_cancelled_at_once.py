"""Cancellations and issues of one claim at once: each is whole or not at all, and no fen is there twice."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from conftest import CommandLine
from test_concurrency import AWARD, MONTH, VOUCHERS, at_once, awarded, check_statuses, claimed, decided

__all__ = ["awarded", "claimed", "decided"]


def _cancel(number: int, reason: str) -> tuple[str, ...]:
    return ("voucher", "cancel", f"V-{number:04d}-{MONTH}-1", "--reason", reason)


def _figures(ledger: CommandLine, number: int) -> tuple[str, ...]:
    shown = ledger.ok("claim", "show", f"{number:04d}", MONTH)
    return tuple(shown[name] for name in ("issued", "cancelled", "due", "overpaid"))


def _once(commands: Sequence[tuple[str, ...]], ledger: CommandLine) -> int:
    """How many of the commands recorded something, carried out at once."""
    done = at_once(ledger, *commands)
    check_statuses(done, 0, 1, 5)
    return [json.loads(process.stdout)["noop"] for process in done if process.returncode == 0].count(False)


@pytest.mark.parametrize("reasons", [("x", "x", "x"), ("x", "y", "z")])
def test_a_voucher_is_cancelled_once(awarded: CommandLine, reasons: tuple[str, ...]) -> None:
    for number in range(VOUCHERS):
        assert _once([_cancel(number, reason) for reason in reasons], awarded) == 1
        assert _figures(awarded, number) == ("0.00", AWARD, AWARD, "0.00")
    assert awarded.ok("audit", "verify")["damage"] == []


def test_what_was_cancelled_is_issued_again_once(awarded: CommandLine) -> None:
    issue = ("voucher", "issue", "0000", MONTH, "--again")
    awarded.ok(*_cancel(0, "x"))
    assert _once([issue, issue, issue], awarded) == 1
    assert _figures(awarded, 0) == (AWARD, AWARD, "0.00", "0.00")


def test_a_cancellation_and_an_issue_at_once_come_one_after_the_other(awarded: CommandLine) -> None:
    """The issue comes before, and has no effect, or after, and issues what was cancelled."""
    for number in range(VOUCHERS):
        issue = ("voucher", "issue", f"{number:04d}", MONTH, "--again")
        recorded = _once([_cancel(number, "x"), issue], awarded)
        issued_again = len(awarded.ok("claim", "show", f"{number:04d}", MONTH)["vouchers"]) == 2
        expected = (AWARD, AWARD, "0.00", "0.00") if issued_again else ("0.00", AWARD, AWARD, "0.00")
        if recorded:
            assert _figures(awarded, number) == expected
    assert awarded.ok("audit", "verify")["damage"] == []
