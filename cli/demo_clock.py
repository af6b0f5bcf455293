"""`--now`: the time at which a command is given, on a demo ledger alone."""

from __future__ import annotations

from cli.terminal.instants import instant_asked
from ledger import clock
from ledger.application import Ledger
from ledger.demo import check_can_be_demo, check_takes_now


def take_now(url: str, text: str, *, makes_ledger: bool) -> None:
    """Set the clock for the running command; `makes_ledger` where it is `init`, which checks the ledger itself.

    Raises Refusal `not_a_demo`, `demo_needs_file`, `now_before_last`, `in_the_future`, `time_without_offset`,
    Unreadable `bad_time`, and what `Ledger.open` raises.
    """
    instant = instant_asked("--now", text, clock.now_us())
    check_can_be_demo(url)
    if not makes_ledger:
        with Ledger.open(url, read_only=True) as ledger:
            check_takes_now(ledger, instant)
    clock.give_now(instant)
