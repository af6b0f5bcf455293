"""An account's state, folded from its events. Deciding, replaying and reading share this one fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from domain import account as accounts
from domain import bill as bills
from domain import calendar as calendars
from domain import claim as claims
from domain import controls as controlled
from domain import events as e
from domain import incident as incidents
from domain import voucher as vouchers
from domain.keys import short_name
from domain.recording_rules import FIRST
from domain.refusals import Refusal, Unreadable
from domain.refusals.account import EventOfNoCase, ImpossibleEvent, UnknownAccount
from domain.rules.touching import touching
from domain.terms import versions as agreement
from domain.text import words_of
from domain.time import months_between


class SourceMark(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Which source an import recorded an event for. Events without one are a person's word.

    `name` is the format, `scope` the page or query, `key` the source's own identity of what it tells, `said_at` when
    the source said it, in microseconds. `inferred` says that an end was concluded from another word of the source.
    `parent` is the key of what the source merged it into: it lasts as long as that.
    """

    name: str
    scope: str = ""
    key: str = ""
    said_at: int | None = None
    inferred: bool = False
    parent: str = ""


class Fact(msgspec.Struct, frozen=True, gc=False):
    """An event as it was recorded: where in the log, when, by whom, why, for which source, and with which signature."""

    stream: str
    version: int
    position: int
    recorded_at: int
    actor: str
    reason: str | None
    key: str | None
    topic: str
    event: e.Event
    source: SourceMark | None = None
    public_key: str | None = None
    signature: str | None = None

    @property
    def signed_by(self) -> str | None:
        """The name and id of the key that signed it; None where it is not signed."""
        return None if self.public_key is None else short_name(self.public_key)


class Case(msgspec.Struct, kw_only=True):
    """An account with its incidents, bills, claims and vouchers, and the recorded terms and calendars.

    `controls` is None where none was ever set, or where it is not known whether one was. `rules` is the number of the
    rules by which the log is recorded.
    """

    account: accounts.Account | None = None
    incidents: dict[str, incidents.Incident] = {}
    bills: dict[str, bills.Bill] = {}
    claims: dict[str, claims.Claim] = {}
    vouchers: dict[str, vouchers.Voucher] = {}
    versions: tuple[agreement.Version, ...] = ()
    calendars: dict[int, calendars.CalendarYear] = {}
    controls: controlled.Controls | None = None
    rules: int = FIRST


def fold(facts: Iterable[Fact], case: Case | None = None) -> Case:
    """Fold facts in log order into a new case, or into the given one. Raises Damaged as `evolve` does."""
    case = case or Case(incidents={}, bills={}, claims={}, vouchers={}, calendars={})
    for fact in facts:
        evolve(case, fact)
    return case


def evolve(case: Case, fact: Fact) -> None:
    """Apply one more fact. Raises Damaged `unknown_event`, `impossible_event` with its position and topic."""
    step = _STEPS.get(type(fact.event))
    if step is None:
        raise EventOfNoCase(position=fact.position, topic=fact.topic, stream=fact.stream)
    try:
        step(case, fact.event, fact)
    except (ValueError, IndexError, Unreadable) as error:
        raise ImpossibleEvent(
            position=fact.position, topic=fact.topic, stream=fact.stream, error=words_of(error)
        ) from error


def account_of(case: Case, account: str) -> accounts.Account:
    """The case's account. Raises Refusal `unknown_account` where it was never enrolled."""
    if case.account is None:
        raise unknown_account(account)
    return case.account


def unknown_account(account: str) -> Refusal:
    """The refusal for an account that was never enrolled."""
    return UnknownAccount(account=account)


def incidents_of(case: Case, terms: agreement.Terms, at: int) -> list[incidents.Incident]:
    """The incidents that touch the account under terms and were not taken back, open ones up to `at` (R18, R22)."""
    return [] if case.account is None else touching(case.account, case.incidents.values(), terms, at)


def open_incidents(case: Case) -> list[incidents.Incident]:
    """The incidents that have no end yet and touch the account under some version of the terms."""
    still_open = [each for each in case.incidents.values() if each.ended_at is None and each.withdrawn is None]
    if not still_open or case.account is None:
        return []
    found = (touching(case.account, still_open, version.terms) for version in case.versions)
    names = {each.incident for of_version in found for each in of_version}
    return [incident for incident in still_open if incident.incident in names]


def _account(case: Case, event: e.Event, fact: Fact) -> None:
    case.account = accounts.evolve(case.account, event)
    for claim in case.claims.values():
        claims.note_late(claim, "")


def _named(case: Case, event: e.Event, fact: Fact) -> None:
    """Apply a name. No decision rests on it."""
    case.account = accounts.evolve(case.account, event)


def _incident(case: Case, event: e.IncidentOpened, fact: Fact) -> None:
    case.incidents[event.incident] = incidents.evolve(case.incidents.get(event.incident), event, fact.reason)


def _bill(case: Case, event: e.FeesBilled, fact: Fact) -> None:
    case.bills[event.bill] = bills.evolve(case.bills.get(event.bill), event, fact.reason)


def _billed(case: Case, event: e.FeesBilled, fact: Fact) -> None:
    """Apply what changes a bill's own amounts. The decisions on its months may rest on others since."""
    _bill(case, event, fact)
    bill = case.bills[event.bill]
    for month, claim in case.claims.items():
        if 0 <= months_between(bill.first_month, month) < bill.months:
            claims.note_late(claim, event.bill)


def _claim(case: Case, event: e.ClaimFiled, fact: Fact) -> None:
    case.claims[event.month] = claims.evolve(
        case.claims.get(event.month), event, fact.reason, fact.actor, fact.signed_by
    )


def _voucher(case: Case, event: e.VoucherIssued, fact: Fact) -> None:
    case.vouchers[event.voucher] = vouchers.evolve(case.vouchers.get(event.voucher), event, fact.reason)


def _cancelled(case: Case, event: e.VoucherCancelled, fact: Fact) -> None:
    """Apply a cancellation to its voucher and to the claim, which then holds less."""
    voucher = vouchers.evolve(case.vouchers.get(event.voucher), event, fact.reason)
    case.vouchers[event.voucher] = voucher
    if voucher.month in case.claims:
        case.claims[voucher.month] = claims.evolve(case.claims[voucher.month], event, fact.reason)


def _terms(case: Case, event: e.TermsPublished, fact: Fact) -> None:
    case.versions = agreement.evolve(case.versions, event)


def _calendar(case: Case, event: e.CalendarPublished, fact: Fact) -> None:
    case.calendars = calendars.evolve(case.calendars, event)


def _controls(case: Case, event: e.ControlsSet, fact: Fact) -> None:
    case.controls = controlled.evolve(case.controls, event)


def _created(case: Case, event: e.LedgerCreated, fact: Fact) -> None:
    """Change nothing: the id is the log's, and no account's."""


def _upgraded(case: Case, event: e.LedgerUpgraded, fact: Fact) -> None:
    case.rules = max(case.rules, event.rules)


def _joined(case: Case, event: e.Event, fact: Fact) -> None:
    """Change nothing: the event only names a shared incident to read."""


_Step = Callable[[Case, e.Event, Fact], None]
_OF: dict[Callable[..., None], tuple[type[e.Event], ...]] = {
    _account: (e.AccountEnrolled, e.AccountRestaged, e.AccountMoved, e.AccountCorrected, e.AccountClosed),
    _named: (e.AccountNamed,),
    _incident: (
        e.IncidentOpened,
        e.IncidentOpenedWithin,
        e.IncidentClosed,
        e.IncidentClosedWithin,
        e.IncidentCorrected,
        e.IncidentCorrectedWithin,
        e.IncidentFunctionCorrected,
        e.IncidentReopened,
        e.IncidentReported,
        e.IncidentWithdrawn,
        e.IncidentRestored,
        e.IncidentKept,
        e.IncidentReleased,
        e.ExclusionApplied,
        e.ExclusionAppliedAsAnnounced,
        e.ExclusionWithdrawn,
    ),
    _joined: (e.IncidentJoined,),
    _billed: (e.FeesBilled, e.FeesCorrected, e.FeesVoided, e.FeesRestored, e.FeesOffsetExplained),
    _bill: (e.FeesPaidByVoucher, e.FeesPaymentReversed),
    _claim: (
        e.ClaimFiled,
        e.ClaimEvidenced,
        e.ClaimWithdrawn,
        e.ClaimDecided,
        e.ClaimApproved,
        e.ClaimDisputed,
        e.ClaimPaid,
        e.ClaimPaymentCancelled,
    ),
    _voucher: (e.VoucherIssued, e.VoucherRedeemed, e.RedemptionReversed),
    _cancelled: (e.VoucherCancelled,),
    _terms: (e.TermsPublished,),
    _calendar: (e.CalendarPublished,),
    _controls: (e.ControlsSet,),
    _created: (e.LedgerCreated,),
    _upgraded: (e.LedgerUpgraded,),
}
_STEPS: dict[type[e.Event], _Step] = {kind: step for step, kinds in _OF.items() for kind in kinds}
