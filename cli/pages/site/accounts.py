"""The page of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cli.pages import labels, words
from cli.pages.nav import Link
from cli.pages.notices import still_open
from cli.pages.site import paths
from cli.pages.site.events import events_table
from cli.pages.site.lists import month_cells
from cli.pages.site.parts import Cell, PageTable, Site, SitePage, Text
from cli.pages.site.vouchers import vouchers_table
from cli.pages.style import NUMBER, SHORT, PageColumn
from cli.pages.swings import swing_words
from domain.account import Account
from domain.bill import Bill
from domain.case import Case, Fact
from domain.incident import Incident
from domain.terms.versions import in_force
from domain.text import Said, counted, said
from ledger.log import streams
from ledger.log.account_history import AccountHistory
from ledger.log.reader import Reader
from ledger.queries.month_report import AccountMonth
from ledger.queries.swings import swing_of_claim

EVENTS = 200
"""The largest number of events on an account's page, the latest."""


class AccountInput(NamedTuple):
    """What the pages of an account are made from; `months` are those with an episode or a claim."""

    account: Account
    case: Case
    months: Mapping[str, AccountMonth]
    history: AccountHistory
    facts: Sequence[Fact]
    beside: Sequence[Link]


def account_leaf(site: Site, log: Reader, given: AccountInput) -> SitePage:
    """The page of an account: its months, claims, vouchers, incidents, bills and events."""
    held, case = given.account, given.case
    own = [fact for fact in given.facts if streams.owner(fact.stream) == held.account]
    return SitePage(
        path=paths.account(held.account),
        part="accounts",
        kind=said("Account"),
        title=f"{held.account} {held.name}" if held.name else held.account,
        about=held.account,
        fields=_fields(site, held),
        waiting=list(still_open(sorted({one for row in given.months.values() for one in row.still_open}))),
        tables=[
            _months(given),
            _claims(site, case),
            *_swings(site, given),
            vouchers_table(site, [voucher for _, voucher in sorted(case.vouchers.items())]),
            _incidents(site, case),
            _bills(site, case),
            events_table(site, log, own[-EVENTS:]),
        ],
        beside=given.beside,
        position=given.facts[-1].position,
        note=_left_out(len(own) - EVENTS, held.account),
    )


def _left_out(count: int, account: str) -> Said | None:
    if count <= 0:
        return None
    return counted(
        "{n} earlier event is not listed; `slaledger history {account}` lists it.",
        "{n} earlier events are not listed; `slaledger history {account}` lists them.",
        n=count,
        account=account,
    )


def _fields(site: Site, held: Account) -> list[tuple[Said, Text]]:
    found: list[tuple[Said, Text]] = [(said("Enrolled"), labels.moment(held.enrolled_at, site.zone))]
    if held.closed_at is not None:
        found.append((said("Closed"), labels.moment(held.closed_at, site.zone)))
    if held.regions:
        found.append((said("Region"), ", ".join(sorted(held.regions))))
    return [*found, (said("Time zone"), site.zone)]


def _months(given: AccountInput) -> PageTable:
    w = words.month_words()
    rows = [
        [Cell(month, paths.month(month)), *month_cells(row, month, in_force(given.case.versions, month).terms)]
        for month, row in sorted(given.months.items(), reverse=True)
    ]
    columns = [
        PageColumn(said("month")),
        *(PageColumn(w[name], NUMBER) for name in ("availability", "unavailable")),
        PageColumn(w["tier"]),
        PageColumn(w["would_one"], NUMBER),
        PageColumn(w["claim"]),
        *(PageColumn(w[name], NUMBER) for name in ("awarded", "issued")),
    ]
    heading = said("Months with an episode or a claim")
    return PageTable("months", heading, columns, rows, said("No month had an episode, and nobody claimed."))


def _claims(site: Site, case: Case) -> PageTable:
    rows = [
        [
            Cell(month, paths.claim(claim.account, month)),
            Cell(labels.moment(claim.filed_at, site.zone)),
            Cell(labels.claim_status(claim)),
            Cell(labels.money(claim.awarded_fen, site.currency)),
        ]
        for month, claim in sorted(case.claims.items(), reverse=True)
    ]
    columns = [
        PageColumn(said("month")),
        PageColumn(said("filed")),
        PageColumn(said("status")),
        PageColumn(said("awarded"), NUMBER),
    ]
    return PageTable("claims", said("Claims"), columns, rows, said("Nobody claimed."))


def _swings(site: Site, given: AccountInput) -> list[PageTable]:
    """The claims that hang on a reading, where there are any.

    One that waits is taken as if it were decided at the account's last event; where outages are open, at the log's.
    """
    w, case = words.month_words(), given.case
    at = site.at if any(row.still_open for row in given.months.values()) else given.facts[-1].recorded_at
    rows = []
    for month, claim in sorted(case.claims.items(), reverse=True):
        if (swing := swing_of_claim(given.history, case, month, at)) is not None:
            found = swing_words(swing, in_force(case.versions, month).terms)
            rows.append([Cell(month, paths.claim(claim.account, month)), Cell(found.decides), Cell(found.says)])
    columns = [PageColumn(said("month"), SHORT), PageColumn(w["swing"], SHORT), PageColumn(w["says_reading"])]
    return [PageTable("swings", w["swings"], columns, rows, said("Nobody claimed."))] if rows else []


def _incidents(site: Site, case: Case) -> PageTable:
    w = words.case_words()
    found = sorted(case.incidents.values(), key=lambda one: (-one.started_at, one.incident))
    rows = [_incident(site, one) for one in found]
    columns = [PageColumn(w[name]) for name in ("incident", "function", "from", "to", "state")]
    return PageTable("incidents", w["incidents"], columns, rows, said("No incident was recorded."))


def _incident(site: Site, one: Incident) -> list[Cell]:
    state = {"open": said("open"), "closed": said("closed"), "withdrawn": said("withdrawn")}[one.status]
    excluded = sum(exclusion.stands for exclusion in one.exclusions)
    if excluded:
        state = counted("{state}, {n} exclusion", "{state}, {n} exclusions", n=excluded, state=state)
    return [
        Cell(one.incident),
        Cell(labels.function(one.function)),
        Cell(labels.when(one.started_at, site.zone)),
        Cell(labels.when(one.ended_at, site.zone)),
        Cell(state),
    ]


def _bills(site: Site, case: Case) -> PageTable:
    w = words.case_words()
    rows = [_bill(site, one) for _, one in sorted(case.bills.items())]
    columns = [
        PageColumn(w["bill"]),
        PageColumn(w["months"]),
        PageColumn(w["billed"]),
        *(PageColumn(w[name], NUMBER) for name in ("service_fee", "call_fee")),
        PageColumn(w["state"]),
    ]
    return PageTable("bills", said("Bills"), columns, rows, said("No bill was recorded."))


def _bill(site: Site, one: Bill) -> list[Cell]:
    return [
        Cell(one.bill),
        Cell(counted("{first}", "{n} months from {first} on", n=one.months, first=one.first_month)),
        Cell(labels.when(one.billed_at, site.zone)),
        Cell(labels.money(one.service_fee_fen, site.currency)),
        Cell(labels.money(one.call_fee_fen, site.currency)),
        Cell(said("stands") if one.voided is None else said("void: {reason}", reason=one.voided)),
    ]
