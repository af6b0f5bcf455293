"""Refusals about ledgers for demonstrations, and the clock that they take."""

from __future__ import annotations

from domain.refusals import InstantUs, Refusal


class DemoNeedsFile(Refusal, code="demo_needs_file"):
    """A demo ledger is a file: on a server several people record by one clock, the server's."""

    message = "a demo ledger is a file, not on a server"
    hint = "`slaledger --ledger demo.db init --demo`"


class NowNeedsDemo(Refusal, code="not_a_demo"):
    """Every event says when it was recorded. Only a ledger that says DEMO lets that time be given."""

    message = "{name} is no demo ledger: its clock cannot be given"
    hint = "leave --now out; `slaledger --ledger demo.db init --demo` makes a ledger that takes it"
    name: str


class LedgerIsNoDemo(NowNeedsDemo):
    """A ledger is made as a demo, or never is one."""

    message = "{name} is a ledger, and no demo"
    hint = "name another file: `slaledger --ledger demo.db init --demo`"


class NowBeforeLastEvent(Refusal, code="now_before_last"):
    """The clock of a log never goes back, given or not."""

    message = "--now {now} is before the last event, which was recorded at {last}"
    hint = "give that time or a later one; --known-at asks what was known before"
    now: InstantUs
    last: InstantUs
