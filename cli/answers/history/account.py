"""An account's history: its events in the order of the log, and the resulting case."""

from __future__ import annotations

import msgspec

from cli.answers.availability import MeasuredMonth
from cli.answers.history.case import BillShown, ClaimShown, IncidentShown, case_shown, limited, month_measured, subjects
from cli.answers.history.changes import KnowledgeDifference, print_difference
from cli.answers.history.events import EventShown, event_shown, print_events
from cli.answers.vouchers import VoucherAnswer
from cli.terminal.values import ZonedInstant
from domain.case import Case
from domain.terms.versions import zone_of
from ledger.queries.case_history import RULES, subject
from ledger.queries.worklist import AccountThen
from projections.months import outage_months


class HistoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger history`: an account's events in order, and the resulting case."""

    account: str
    position: int
    known_at: ZonedInstant
    valid_at: ZonedInstant
    events: list[EventShown]
    incidents: list[IncidentShown]
    bills: list[BillShown]
    claims: list[ClaimShown]
    vouchers: list[VoucherAnswer]
    months: list[MeasuredMonth]
    diff: KnowledgeDifference | msgspec.UnsetType = msgspec.UNSET
    """The changes up to a later state of knowledge, if one was named."""

    def table(self) -> None:
        """Print the events and the changes."""
        print_events(self.events)
        if not isinstance(self.diff, msgspec.UnsetType):
            print_difference(self.diff)


def history_answer(then: AccountThen, account: str, only: str | None) -> HistoryAnswer:
    """An account's history: its events in order and the resulting case; with `only`, what concerns that month."""
    zone = zone_of(then.case.versions)
    case = limited(then.case, only, then.valid_at)
    concerned = {one for one in subjects(case) if one[0] not in RULES}
    shown = case_shown(case, zone)
    return HistoryAnswer(
        account=account,
        position=then.position,
        known_at=ZonedInstant(then.known_at, zone),
        valid_at=ZonedInstant(then.valid_at, zone),
        events=[event_shown(fact, zone) for fact in then.facts if subject(fact) in concerned],
        incidents=shown.incidents,
        bills=shown.bills,
        claims=shown.claims,
        vouchers=shown.vouchers,
        months=[month for month in _months(then.case, account, then.valid_at) if only in (None, month.month)],
    )


def _months(case: Case, account: str, at: int) -> list[MeasuredMonth]:
    """The months that had an outage, measured; open ones count up to `at`. Months before the first terms have none."""
    measured = (month_measured(case, account, name, at) for name in outage_months(case, at))
    return [month for month in measured if month is not None]
