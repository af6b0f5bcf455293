"""Ledgers for demonstrations. Their id says so from the first event on, so no ledger becomes one or stops being one.

Only they take a clock that is given, so that events can be recorded as if months had passed between them.
"""

from __future__ import annotations

from ledger import clock
from ledger.application import Ledger
from ledger.refusals.demo import DemoNeedsFile, LedgerIsNoDemo, NowBeforeLastEvent, NowNeedsDemo
from ledger.store.urls import is_server


def is_demo(ledger_id: str | None) -> bool:
    """Whether an id is that of a demo ledger."""
    return ledger_id is not None and ledger_id.startswith(clock.DEMO)


def check_can_be_demo(url: str) -> None:
    """Check that a demo ledger can be at a URL: it is in a file. Raises Refusal `demo_needs_file`."""
    if is_server(url):
        raise DemoNeedsFile()


def check_is_demo_or_new(ledger: Ledger) -> None:
    """Check that a ledger is a demo, or has no event yet. Raises Refusal `not_a_demo`."""
    with ledger.reading() as log:
        if log.position() and not is_demo(log.ledger_id()):
            raise LedgerIsNoDemo(name=ledger.store.name)


def check_takes_now(ledger: Ledger, now: int) -> None:
    """Check that a ledger takes a clock that is given, at an instant not before its last event.

    Raises Refusal `not_a_demo`, `now_before_last`.
    """
    with ledger.reading() as log:
        if ledger.store.is_shared or not is_demo(log.ledger_id()):
            raise NowNeedsDemo(name=ledger.store.name)
        if now < log.recorded_at():
            raise NowBeforeLastEvent(now=now, last=log.recorded_at())
