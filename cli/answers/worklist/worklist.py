"""The worklist: what waits for a clerk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from cli.answers.names import holder, named
from cli.answers.readings import print_swings, swing_shown
from cli.answers.worklist.rows import (
    Disputed,
    GivenBack,
    LateBill,
    Overpaid,
    StillOpen,
    ToApprove,
    ToDecide,
    ToIssue,
    UnclaimedRow,
)
from cli.answers.worklist.tables import PRINTS, print_unclaimed
from cli.terminal.output import print_text
from cli.terminal.values import ZonedInstant, ratio, zoned
from domain.money import Fen
from domain.text import said
from ledger.queries.late_facts import ToRedecide, WithoutBill
from ledger.queries.swings import Swings
from ledger.queries.worklist import Unclaimed, Work


class Worklist(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger worklist`: what waits for a clerk, kind by kind."""

    unclaimed: list[UnclaimedRow]
    without_bill: list[LateBill]
    to_decide: list[ToDecide]
    disputed: list[Disputed]
    to_approve: list[ToApprove]
    to_issue: list[ToIssue]
    overpaid: list[Overpaid]
    to_redecide: list[ToRedecide]
    given_back: list[GivenBack]
    still_open: list[StillOpen]

    def named(self, names: Mapping[str, str]) -> Worklist:
        """The same, with the names of the accounts that have one."""
        kinds = [kind for kind in self.__struct_fields__ if kind != "still_open"]
        return msgspec.structs.replace(self, **{kind: named(getattr(self, kind), names) for kind in kinds})

    def table(self) -> None:
        """Print the worklist."""
        if not any(getattr(self, kind) for kind in self.__struct_fields__):
            print_text(said("the worklist is empty"))
        if self.unclaimed:
            print_unclaimed(self.unclaimed)
        for kind, prints in PRINTS.items():
            if rows := getattr(self, kind):
                print()
                prints(rows)
        waiting: list[ToDecide | ToApprove | ToIssue] = [*self.to_decide, *self.to_approve, *self.to_issue]
        print_swings((f"{holder(one)} {one.month}", one.swing) for one in waiting)


def worklist(found: Work, swings: Swings, zone: str, currency: str) -> Worklist:
    """The worklist, with instants in a zone and amounts in a currency; `swings` are those of its claims."""
    return Worklist(
        unclaimed=[_unclaimed(one, zone, currency) for one in found.unclaimed],
        to_decide=[
            ToDecide(
                account=row.account,
                month=row.month,
                filed_at=ZonedInstant(row.filed_at, zone),
                swing=swing_shown(swings.get((row.account, row.month))),
            )
            for row in found.to_decide
        ],
        without_bill=without_bill(found.without_bill, zone),
        disputed=[
            Disputed(account=row.account, month=row.month, disputed_at=ZonedInstant(row.disputed_at or 0, zone))
            for row in found.disputed
        ],
        to_approve=[
            ToApprove(
                account=row.account,
                month=row.month,
                amount=Fen(row.due_fen),
                currency=currency,
                decided_by=row.decided_by or "",
                nobody_else=True if row in found.without_approver else msgspec.UNSET,
                swing=swing_shown(swings.get((row.account, row.month))),
            )
            for row in found.to_approve
        ],
        to_issue=[
            ToIssue(
                account=row.account,
                month=row.month,
                amount=Fen(row.due_fen),
                currency=currency,
                cancelled_since=msgspec.UNSET if row.undone is None else True,
                swing=swing_shown(swings.get((row.account, row.month))),
            )
            for row in found.to_issue
        ],
        overpaid=[
            Overpaid(account=row.account, month=row.month, amount=Fen(row.overpaid_fen), currency=currency)
            for row in found.overpaid
        ],
        to_redecide=found.to_redecide,
        given_back=[
            GivenBack(
                voucher=row.voucher,
                account=row.account,
                month=row.month,
                amount=Fen(row.given_back_fen),
                currency=currency,
            )
            for row in found.given_back
        ],
        still_open=[
            StillOpen(
                incident=one.incident,
                account=one.account or msgspec.UNSET,
                scope=msgspec.UNSET if one.account else one.scope,
                started_at=ZonedInstant(one.started_at, zone),
                source=one.source,
            )
            for one in found.still_open
        ],
    )


def without_bill(found: Iterable[WithoutBill], zone: str) -> list[LateBill]:
    """Breaches without a bill, with the end of their claim window in a zone."""
    return [
        LateBill(account=one.account, month=one.month, tier=one.tier, closes=zoned(one.closes_at, zone))
        for one in found
    ]


def _unclaimed(one: Unclaimed, zone: str, currency: str) -> UnclaimedRow:
    return UnclaimedRow(
        account=one.breach.account,
        month=one.breach.month,
        availability=ratio(one.breach.numerator, one.breach.denominator),
        tier=one.breach.tier,
        credit=Fen(one.breach.credit_fen),
        currency=currency,
        still_open=one.breach.still_open,
        earlier=one.earlier,
        opens=zoned(one.opens_at, zone),
        closes=zoned(one.closes_at, zone),
    )
