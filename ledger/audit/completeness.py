"""Looks for gaps in the data of a ledger that may be intact. Gaps are findings, never refusals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from domain import controls
from domain.assessment import window_of
from domain.bill import Bill, unexplained_fen
from domain.case import Case, Fact, open_incidents
from domain.controls import Controls
from domain.decision_record import head
from domain.events import ClaimDecided, ControlsSet, VoucherIssued
from domain.money import yuan
from domain.rules.fees import covers
from domain.terms.versions import Version, zone_of
from domain.text import Said, said
from domain.time import DAY_US, DEFAULT_ZONE, add_months, local, month_of, rfc3339
from ledger.log.reader import Reader
from projections.months import month_rows

WAITING_US = 10 * DAY_US
"""A claim that waits longer than this is a finding."""
SOURCE_DAYS = 365
"""Terms that were compared with their source longer ago than this are a finding."""


class DatedEarlier(msgspec.Struct, frozen=True, kw_only=True):
    """A decision or a voucher that is dated earlier than it was recorded, in microseconds."""

    what: Literal["decision", "voucher"]
    dated: int
    recorded_at: int
    actor: str


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something missing or odd: its kind, the account and month where there is one, and a sentence.

    `below` where the month fell below the commitment; `late` where something was recorded later than it is dated.
    """

    kind: str
    message: str
    account: str | None = None
    month: str | None = None
    position: int | None = None
    below: bool = False
    late: DatedEarlier | None = None


def of_accounts(log: Reader, first: str, end: str, *, at: int, year: int | None) -> list[Gap]:
    """What is missing of the accounts with streams from `first` up to `end`, at an instant; of one year where given."""
    position = log.position()
    lives = log.account_histories(first, end)
    return [gap for life in lives for gap in of_account(life.case(position), life.account, life.facts, at, year)]


def of_account(case: Case, account: str, facts: Sequence[Fact], at: int, year: int | None) -> Iterator[Gap]:
    """The gaps of an account at an instant; only in the months of a year where one is given."""
    found = [
        *_months_without_bill(case, account, at),
        *_open_incidents(case, account, at),
        *_claims(case, account, at),
        *_unexplained_offsets(case, account),
        *_dated_earlier(facts, account),
    ]
    yield from (each for each in found if year is None or each.month is None or each.month[:4] == f"{year:04d}")


def _months_without_bill(case: Case, account: str, at: int) -> Iterator[Gap]:
    """Ended months, from enrolment to closure, without a valid bill."""
    holder = case.account
    if holder is None:
        return
    zone = zone_of(case.versions)
    month, now = month_of(holder.enrolled_at, zone), month_of(at, zone)
    last = now if holder.closed_at is None else min(now, add_months(month_of(holder.closed_at - 1, zone), 1))
    missing = []
    while month < last:
        if not any(covers(bill, month) for bill in case.bills.values()):
            missing.append(month)
        month = add_months(month, 1)
    below = {row.month for row in month_rows(case, account, at) if row.tier is not None} if missing else set()
    for month in missing:
        message = said("no bill covers this month")
        yield Gap(kind="month_without_bill", account=account, month=month, message=message, below=month in below)


def _open_incidents(case: Case, account: str, at: int) -> Iterator[Gap]:
    zone = zone_of(case.versions)
    for incident in open_incidents(case):
        yield Gap(
            kind="incident_never_closed",
            account=account,
            month=month_of(incident.started_at, zone),
            message=said(
                "incident {incident} is open since {started_at}",
                incident=incident.incident,
                started_at=rfc3339(incident.started_at, zone),
            ),
        )


def _claims(case: Case, account: str, at: int) -> Iterator[Gap]:
    zone = zone_of(case.versions)
    for month, claim in sorted(case.claims.items()):
        if claim.pending is not None and at - claim.pending.filed_at > WAITING_US:
            since = rfc3339(claim.pending.filed_at, zone)
            yield Gap(
                kind="claim_waits",
                account=account,
                month=month,
                message=said("filed at {since} and not decided since", since=since),
            )
        if claim.due_fen:
            message = said("{amount} was awarded, but no voucher was issued for it", amount=yuan(claim.due_fen))
            yield Gap(kind="award_without_voucher", account=account, month=month, message=message)
        if window_of(case, month) is None:
            message = said("the working days that its claim window needs are not recorded")
            yield Gap(kind="calendar_missing", account=account, month=month, message=message)


def _unexplained_offsets(case: Case, account: str) -> Iterator[Gap]:
    """Voucher amounts on bills that no redemption explains, with the redemptions that might."""
    for bill in case.bills.values():
        outside = unexplained_fen(bill, "service") + unexplained_fen(bill, "call")
        if bill.voided is None and outside:
            yield Gap(
                kind="unexplained_voucher_offset",
                account=account,
                month=bill.first_month,
                message=_unexplained(bill, outside),
            )


def _unexplained(bill: Bill, outside_fen: int) -> Said:
    """What is said of an offset: redemptions on its part, not said to be shown, may be the same payment."""
    candidates = ", ".join(
        f"{each.voucher}/{each.redemption} ({yuan(each.amount_fen)})"
        for each in bill.payments
        if not each.reversed and not each.shown and unexplained_fen(bill, each.part) > 0
    )
    if candidates:
        return said(
            "bill {bill}: {amount} was paid with vouchers, but the ledger has no redemption for it; these may be the "
            "same payment: {redemptions}",
            bill=bill.bill,
            amount=yuan(outside_fen),
            redemptions=candidates,
        )
    return said(
        "bill {bill}: {amount} was paid with vouchers, but the ledger has no redemption for it",
        bill=bill.bill,
        amount=yuan(outside_fen),
    )


def _dated_earlier(facts: Iterable[Fact], account: str) -> Iterator[Gap]:
    """Decisions and vouchers that are dated earlier than they were recorded."""
    for fact in facts:
        event = fact.event
        kind: Literal["decision", "voucher"]
        if isinstance(event, ClaimDecided):
            kind, dated, what = "decision", head(bytes(event.decision)).decided_at, said("a decision")
        elif isinstance(event, VoucherIssued):
            kind, dated, what = "voucher", event.issued_at, said("voucher {voucher}", voucher=event.voucher)
        else:
            continue
        if dated < fact.recorded_at:
            yield Gap(
                kind="dated_earlier_than_recorded",
                account=account,
                month=event.month,
                position=fact.position,
                late=DatedEarlier(what=kind, dated=dated, recorded_at=fact.recorded_at, actor=fact.actor),
                message=said(
                    "{what} is dated {dated}, but was recorded {recorded_at} by {actor}",
                    what=what,
                    dated=_minute(dated),
                    recorded_at=_minute(fact.recorded_at),
                    actor=fact.actor,
                ),
            )


def _minute(instant: int) -> str:
    return rfc3339(instant, DEFAULT_ZONE)[:16].replace("T", " ")


def of_terms(versions: Iterable[Version], at: int) -> Iterator[Gap]:
    """Terms whose contract text was last compared long ago."""
    for version in versions:
        checked = version.terms.source.checked_on
        if (local(at, version.terms.zone).date() - checked).days > SOURCE_DAYS:
            message = said(
                "terms {version}: their source was last checked on {checked}",
                version=version.terms.version,
                checked=checked,
            )
            yield Gap(kind="source_not_checked", message=message)


def of_controls(facts: Iterable[Fact]) -> Iterator[Gap]:
    """Changes of the ledger's controls: what changed, by whom and why."""
    before = Controls()
    for fact in facts:
        if isinstance(fact.event, ControlsSet):
            held = controls.evolve(before, fact.event)
            for change in _changes(before, held):
                message = said(
                    "{change}: set {recorded_at} by {actor}, because: {reason}",
                    change=change,
                    recorded_at=_minute(fact.recorded_at),
                    actor=fact.actor,
                    reason=fact.reason or "-",
                )
                yield Gap(kind="controls_changed", position=fact.position, message=message)
            before = held


def _changes(before: Controls, held: Controls) -> Iterator[Said]:
    if held.signed != before.signed:
        yield said("commands must be signed") if held.signed else said("commands need no signature any more")
    was, now = before.approval_above_fen, held.approval_above_fen
    if was != now and now is None:
        yield said("awards need no approval any more")
    elif was != now:
        yield said("awards above {limit} need an approval", limit=yuan(now or 0))
    if before.provider_name != held.provider_name:
        yield said("the provider is {name}", name=held.provider_name)
    if before.provider_address != held.provider_address:
        yield said("the provider's address is {address}", address=held.provider_address)


def of_clock(recorded: Iterable[tuple[int, int]]) -> Iterator[Gap]:
    """Places of the log, (position, recorded_at) in order, at which the clock went backwards."""
    before = 0
    for position, recorded_at in recorded:
        if recorded_at < before:
            message = said(
                "recorded {recorded_at}, after {before}",
                recorded_at=rfc3339(recorded_at, DEFAULT_ZONE),
                before=rfc3339(before, DEFAULT_ZONE),
            )
            yield Gap(kind="clock_went_backwards", position=position, message=message)
        before = max(before, recorded_at)
