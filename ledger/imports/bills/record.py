"""Recording what a source says of bills: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.text import said
from domain.time import add_months
from ledger import clock
from ledger.application import Ledger
from ledger.commands.execution import Clock
from ledger.commands.supposed import Supposed, supposed
from ledger.imports.bills.held import held_bills
from ledger.imports.bills.reconcile import AskedOfBills, BillOutcome, reconcile_bills
from ledger.imports.bills.statements import BillKey, BillReading
from ledger.imports.record import carry_out_steps, check_said_at
from ledger.imports.statements import Faults
from ledger.log.reader import Reader


class BillsTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What taking over bills came to; `supposed` after a dry run."""

    recorded: int
    noops: int
    position: int
    outcome: BillOutcome
    supposed: Supposed | None

    @property
    def commands(self) -> int:
        return len(self.outcome.steps)


def record_bills(
    ledger: Ledger,
    reading: BillReading,
    actor: str,
    *,
    names: str = "",
    asked: AskedOfBills | None = None,
    dry_run: bool = False,
    now: Clock = clock.now_us,
) -> BillsTaken:
    """Bring the ledger's bills to what a source states. `names` are those of its files.

    Raises the refusal, or ManyFaults, of what does not go together with the ledger; nothing is recorded then.
    """
    with ledger.writing(commit=not dry_run) as log:
        begun = log.position()
        if reading.said_at is not None:
            check_said_at(reading.said_at, names, now())
        accounts = dict.fromkeys(statement.account for statement in reading.statements)
        outcome = reconcile_bills(reading, {account: held_bills(log, account) for account in accounts}, asked)
        faults = Faults()
        for refusal in outcome.refusals:
            faults.add(refusal)
        recorded, noops = carry_out_steps(log, outcome.steps, faults, actor, now)
        faults.check()
        outcome.notes += _resting_claims(log, outcome.changed)
        return BillsTaken(
            recorded=recorded,
            noops=noops,
            position=log.position(),
            outcome=outcome,
            supposed=supposed(log, begun) if dry_run else None,
        )


def _resting_claims(log: Reader, changed: Iterable[BillKey]) -> list[str]:
    """The claims that were decided with other bills than there are now."""
    months: dict[str, set[str]] = {}
    for key in changed:
        months.setdefault(key.account, set()).update(add_months(key.first_month, n) for n in range(key.months))
    resting = [
        f"{account} {month}" for account, own in months.items() for month in sorted(own & _decided(log, account))
    ]
    if not resting:
        return []
    return [
        said(
            "decided claims that rest on what changed: {claims}; `slaledger audit impact` says what they become",
            claims=", ".join(resting),
        )
    ]


def _decided(log: Reader, account: str) -> set[str]:
    """The months of an account whose claims were decided."""
    rows = log.range(f"{account}/claim/")
    return {row.stream.rpartition("/")[2] for row in rows if row.topic == "claim.decided"}
