"""A case on a page at one moment: the summary fields, and the incidents, bills and vouchers as known then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cli.pages import labels
from cli.pages.timeline import longest
from cli.terminal.vocabulary import cited
from domain.as_of import concerning
from domain.assessment import MonthResult, assess_month, would_credit
from domain.bill import Bill, fee_fen, owed_fen
from domain.case import Case
from domain.incident import Exclusion, Incident
from domain.money import percent_cut, percent_text
from domain.rules.unavailability import Episode
from domain.terms.versions import Terms
from domain.text import Said, counted, said
from domain.voucher import Voucher

Text = Said | str
Row = tuple[object, ...]


class EpisodeRow(NamedTuple):
    """An episode's row: its number, its cells, and where it lies, in microseconds since 1970."""

    number: int
    start: Text
    end: Text
    length: Text
    counts: Text
    less: tuple[Said, ...]
    incidents: tuple[str, ...]
    start_us: int
    end_us: int


class CaseSnapshot(NamedTuple):
    """A case as it was known: the summary fields by name, and the rows of its tables."""

    result: MonthResult
    fields: dict[str, Text]
    would_fen: int
    outcome: str | None
    decisions: int
    incidents: list[Row]
    episodes: list[EpisodeRow]
    bills: list[Row]
    vouchers: list[Row]
    left_out: int
    """The number of incidents and episodes without a row."""


def field_labels() -> dict[str, Said]:
    """The labels of the summary fields, in order."""
    return {
        "outcome": said("Outcome"),
        "credit": said("Service credit"),
        "availability": said("Availability"),
        "unavailable": said("Unavailable"),
        "tier": said("Tier"),
        "would": said("Credit due on the facts known"),
        "status": said("Claim"),
        "decision": said("Decision"),
        "issued": said("Issued"),
        "cancelled": said("Cancelled"),
        "due": said("Due"),
        "overpaid": said("Overpaid"),
        "left": said("Voucher balance"),
    }


SELDOM = ("cancelled", "due", "overpaid")
"""The fields that a page shows only at the steps at which they are not zero: `-` stands for zero."""


def known(case: Case, account: str, month: str, at: int, most: int) -> CaseSnapshot:
    """A case as it was known at an instant; only the `most` longest incidents and episodes have rows.

    Raises Refusal `unknown_account`, `no_terms`.
    """
    result = assess_month(case, account, month, at)
    terms, tier = result.version.terms, result.availability.tier
    would_fen = 0 if tier is None else would_credit(case, month, tier, terms)
    here = concerning(case, month, at)
    every = sorted(here.incidents.values(), key=lambda found: (found.started_at, found.incident))
    incidents = longest(every, [(found.ended_at or at) - found.started_at for found in every], most)
    numbered = list(enumerate(result.measured.episodes, start=1))
    episodes = longest(numbered, [found.length_us for _, found in numbered], most)
    return CaseSnapshot(
        result=result,
        fields=_fields(case, month, result, would_fen),
        would_fen=would_fen,
        outcome=labels.outcome_code(case.claims.get(month)),
        decisions=len(case.claims[month].decisions) if month in case.claims else 0,
        incidents=[row for found in incidents for row in _incident(found, terms.zone)],
        episodes=[_episode(number, one, terms.zone) for number, one in episodes],
        bills=[_bill(found, terms) for _, found in sorted(here.bills.items())],
        vouchers=[_voucher(found, terms) for _, found in sorted(here.vouchers.items())],
        left_out=len(every) - len(incidents) + len(numbered) - len(episodes),
    )


def _fields(case: Case, month: str, result: MonthResult, would_fen: int) -> dict[str, Text]:
    terms, measured = result.version.terms, result.availability
    claim = case.claims.get(month)
    latest = None if claim is None else claim.latest
    vouchers = [voucher for voucher in case.vouchers.values() if voucher.month == month]
    return {
        "outcome": labels.outcome(labels.outcome_code(claim)),
        "credit": "-" if latest is None else labels.money(latest.awarded_fen, terms.currency),
        "status": labels.claim_status(claim),
        "decision": "-"
        if latest is None
        else said("no. {number} of {time}", number=latest.number, time=labels.moment(latest.decided_at, terms.zone)),
        "availability": f"{percent_cut(measured.numerator, measured.denominator)}%",
        "unavailable": said(
            "{time} of {total}", time=labels.lasted(measured.unavailable_us), total=labels.lasted(measured.total_us)
        ),
        "tier": tier_words(measured.tier, terms) if measured.covered_us else said("none: not covered"),
        "would": labels.money(would_fen, terms.currency),
        "issued": labels.money(0 if claim is None else claim.held_fen, terms.currency),
        "cancelled": _seldom(0 if claim is None else claim.cancelled_fen, terms),
        "due": _seldom(0 if claim is None else claim.due_fen, terms),
        "overpaid": _seldom(0 if claim is None else claim.overpaid_fen, terms),
        "left": labels.money(sum(voucher.balance_fen for voucher in vouchers), terms.currency),
    }


def _seldom(fen: int, terms: Terms) -> Text:
    return labels.money(fen, terms.currency) if fen else "-"


def tier_words(tier: int | None, terms: Terms) -> Said:
    """A tier with its bounds."""
    if tier is None:
        return said("none: the commitment is met")
    bounds = terms.tiers[tier - 1]
    below = percent_text(bounds.below)
    if bounds.at_least is None:
        return said("{tier}: below {below}", tier=tier, below=below)
    return said(
        "{tier}: below {below}, at or above {at_least}", tier=tier, below=below, at_least=percent_text(bounds.at_least)
    )


def _incident(found: Incident, zone: str) -> Iterator[Row]:
    """An incident's row, and one for each of its exclusions."""
    state = {"open": said("open"), "closed": said("closed"), "withdrawn": said("withdrawn")}[found.status]
    shared = found.scope in ("regions", "all", "accounts")
    yield (
        "incident",
        found.incident,
        labels.function(found.function),
        labels.when(found.started_at, zone),
        labels.when(found.ended_at, zone),
        said("{state}, shared with other accounts", state=state) if shared else state,
        found.withdrawn or "",
        found.incident,
    )
    for exclusion in found.exclusions:
        yield _exclusion(found, exclusion, zone)


def _exclusion(found: Incident, exclusion: Exclusion, zone: str) -> Row:
    stands = said("excluded") if exclusion.stands else said("exclusion withdrawn: {reason}", reason=exclusion.withdrawn)
    return (
        "exclusion",
        said("exclusion {number}", number=exclusion.number),
        cited(exclusion.clause),
        labels.when(found.started_at if exclusion.from_at is None else exclusion.from_at, zone),
        labels.when(found.ended_at if exclusion.to_at is None else exclusion.to_at, zone),
        stands,
        exclusion.reason or "",
        found.incident,
    )


def _episode(number: int, found: Episode, zone: str) -> EpisodeRow:
    return EpisodeRow(
        number,
        labels.when(found.start, zone),
        labels.when(found.end, zone),
        labels.lasted(found.length_us),
        labels.lasted(found.counted_us),
        tuple(_less(found)),
        found.incidents,
        found.start,
        found.start + found.length_us,
    )


def _less(found: Episode) -> Iterator[Said]:
    """The parts of an episode's time that do not count."""
    if not found.long_enough:
        yield said("too short to count")
    if found.excluded_us:
        yield said("{time} excluded", time=labels.lasted(found.excluded_us))
    if found.deducted_us:
        yield said("{time} deducted as the minimum", time=labels.lasted(found.deducted_us))
    if found.outside_us:
        yield said("{time} in other months", time=labels.lasted(found.outside_us))
    if found.uncovered_us:
        yield said("{time} not covered", time=labels.lasted(found.uncovered_us))
    if found.repeated_us:
        yield said("{time} counted already", time=labels.lasted(found.repeated_us))


def _bill(found: Bill, terms: Terms) -> Row:
    months = counted("{first}", "{n} months from {first} on", n=found.months, first=found.first_month)
    paid = (
        fee_fen(found, "service") - owed_fen(found, "service"),
        fee_fen(found, "call") - owed_fen(found, "call"),
    )
    return (
        found.bill,
        months,
        labels.when(found.billed_at, terms.zone),
        labels.money(found.service_fee_fen, terms.currency),
        labels.money(found.call_fee_fen, terms.currency),
        labels.money(paid[0], terms.currency),
        labels.money(paid[1], terms.currency),
        said("stands") if found.voided is None else said("void: {reason}", reason=found.voided),
    )


def _voucher(found: Voucher, terms: Terms) -> Row:
    return (
        found.voucher,
        found.decision,
        labels.moment(found.issued_at, terms.zone),
        labels.money(found.amount_fen, terms.currency),
        labels.money(found.redeemed_fen, terms.currency),
        labels.money(found.cancelled_fen, terms.currency),
        labels.money(found.balance_fen, terms.currency),
    )
