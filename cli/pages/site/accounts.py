"""The page of an account, and those of its vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cli.pages import labels, words
from cli.pages.known import tier_words
from cli.pages.log import LogEntry
from cli.pages.log import rows as entries
from cli.pages.month_book import unavailable
from cli.pages.nav import Link
from cli.pages.notices import still_open
from cli.pages.recorders import recorders
from cli.pages.site import paths
from cli.pages.site.parts import Cell, Leaf, Site, Table, Text
from cli.pages.style import Column
from domain.account import Account
from domain.bill import Bill
from domain.case import Case, Fact
from domain.incident import Incident
from domain.money import percent_cut
from domain.terms.versions import in_force
from domain.text import Said, counted, said
from domain.voucher import Voucher
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.queries.month_report import AccountMonth

EVENTS = 200
"""The largest number of events on an account's page, the latest."""


class AccountInput(NamedTuple):
    """What the pages of an account are made from."""

    account: Account
    case: Case
    months: Sequence[AccountMonth]
    by_month: Sequence[str]
    facts: Sequence[Fact]
    beside: Sequence[Link]


def account_leaf(site: Site, log: Reader, given: AccountInput) -> Leaf:
    """The page of an account: its months, claims, vouchers, incidents, bills and events."""
    held, case = given.account, given.case
    own = [fact for fact in given.facts if streams.owner(fact.stream) == held.account]
    return Leaf(
        path=paths.account(held.account),
        part="accounts",
        kind=said("Account"),
        title=f"{held.account} {held.name}" if held.name else held.account,
        about=held.account,
        fields=_fields(site, held),
        waiting=list(still_open(sorted({one for row in given.months for one in row.still_open}))),
        tables=[
            _months(site, given),
            _claims(site, case),
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


def _months(site: Site, given: AccountInput) -> Table:
    w = words.month_words()
    rows = []
    for month, row in sorted(zip(given.by_month, given.months, strict=True), reverse=True, key=lambda pair: pair[0]):
        terms = in_force(given.case.versions, month).terms
        status = labels.status_words(row.status)
        rows.append(
            [
                Cell(month, paths.month(month)),
                Cell(f"{percent_cut(row.numerator, row.denominator)}%"),
                Cell(unavailable(row)),
                Cell(tier_words(row.tier, terms) if row.covered else said("none: not covered")),
                Cell(labels.money(row.credit_fen, terms.currency)),
                Cell(status, paths.claim(row.account, month) if row.status is not None else ""),
                Cell(labels.money(row.awarded_fen, terms.currency)),
                Cell(labels.money(row.issued_fen, terms.currency)),
            ]
        )
    columns = [
        Column(said("month")),
        Column(w["availability"], True),
        Column(w["unavailable"], True),
        Column(w["tier"]),
        Column(w["would_one"], True),
        Column(w["claim"]),
        Column(w["awarded"], True),
        Column(w["issued"], True),
    ]
    heading = said("Months with an episode or a claim")
    return Table("months", heading, columns, rows, said("No month had an episode, and nobody claimed."))


def _claims(site: Site, case: Case) -> Table:
    rows = [
        [
            Cell(month, paths.claim(claim.account, month)),
            Cell(labels.moment(claim.filed_at, site.zone)),
            Cell(labels.claim_status(claim)),
            Cell(labels.money(claim.awarded_fen, site.currency)),
        ]
        for month, claim in sorted(case.claims.items(), reverse=True)
    ]
    columns = [Column(said("month")), Column(said("filed")), Column(said("status")), Column(said("awarded"), True)]
    return Table("claims", said("Claims"), columns, rows, said("Nobody claimed."))


def vouchers_table(site: Site, vouchers: Sequence[Voucher]) -> Table:
    """A table of vouchers with their balances."""
    w = words.case_words()
    rows = [
        [
            Cell(one.voucher, paths.voucher(one.voucher)),
            Cell(one.month, paths.claim(one.account, one.month)),
            Cell(labels.moment(one.issued_at, site.zone)),
            *(
                Cell(labels.money(fen, site.currency))
                for fen in (one.amount_fen, one.redeemed_fen, one.cancelled_fen, one.balance_fen)
            ),
        ]
        for one in vouchers
    ]
    amounts = [Column(w[name], True) for name in ("amount", "redeemed", "cancelled", "left")]
    columns = [Column(w["voucher"]), Column(said("month")), Column(w["issued"]), *amounts]
    return Table("vouchers", said("Vouchers"), columns, rows, said("No voucher was issued."))


def _incidents(site: Site, case: Case) -> Table:
    w = words.case_words()
    found = sorted(case.incidents.values(), key=lambda one: (-one.started_at, one.incident))
    rows = [_incident(site, one) for one in found]
    columns = [Column(w[name]) for name in ("incident", "function", "from", "to", "state")]
    return Table("incidents", w["incidents"], columns, rows, said("No incident was recorded."))


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


def _bills(site: Site, case: Case) -> Table:
    w = words.case_words()
    rows = [_bill(site, one) for _, one in sorted(case.bills.items())]
    columns = [
        Column(w["bill"]),
        Column(w["months"]),
        Column(w["billed"]),
        *(Column(w[name], True) for name in ("service_fee", "call_fee")),
        Column(w["state"]),
    ]
    return Table("bills", said("Bills"), columns, rows, said("No bill was recorded."))


def _bill(site: Site, one: Bill) -> list[Cell]:
    return [
        Cell(one.bill),
        Cell(counted("{first}", "{n} months from {first} on", n=one.months, first=one.first_month)),
        Cell(labels.when(one.billed_at, site.zone)),
        Cell(labels.money(one.service_fee_fen, site.currency)),
        Cell(labels.money(one.call_fee_fen, site.currency)),
        Cell(said("stands") if one.voided is None else said("void: {reason}", reason=one.voided)),
    ]


def events_table(site: Site, log: Reader, facts: Sequence[Fact], *, with_ids: bool = False) -> Table:
    """A table of events, each with its place in the log's pages; with `with_ids` the table is that place."""
    found = entries(facts, {}, site.zone, recorders(log, facts))
    w = words.case_words()
    columns = [Column(w["position"], True), *(Column(w[name]) for name in ("recorded", "actor", "topic"))]
    return Table(
        "events",
        None if with_ids else w["event_table"],
        [*columns, Column(w["stream"], is_long=True), Column(w["data"], is_long=True)],
        [_event(entry, with_ids=with_ids) for entry in found],
        said("There is no event."),
        [f"e{entry.position}" for entry in found] if with_ids else (),
    )


def _event(entry: LogEntry, *, with_ids: bool) -> list[Cell]:
    data = [f"{labels.spoken(name)}: {labels.spoken(value)}" for name, value in entry.data]
    because = [said("because: {reason}", reason=entry.reason)] if entry.reason else []
    owner = streams.owner(entry.stream)
    return [
        Cell(str(entry.position), "" if with_ids else paths.event(entry.position)),
        Cell(entry.recorded_at),
        Cell(entry.actor),
        Cell(entry.what),
        Cell(entry.stream, paths.account(owner) if with_ids and owner != streams.SHARED else ""),
        Cell("; ".join([*data, *map(labels.spoken, because)])),
    ]


def voucher_leaf(site: Site, log: Reader, given: AccountInput, voucher: Voucher, links: Sequence[Link]) -> Leaf:
    """The page of a voucher: its balance, its redemptions, and its events."""
    stream = streams.voucher(voucher.account, voucher.voucher)
    own = [fact for fact in given.facts if fact.stream == stream]
    w = words.case_words()
    money = [
        (w["amount"], voucher.amount_fen),
        (w["redeemed"], voucher.redeemed_fen),
        (w["cancelled"], voucher.cancelled_fen),
        (said("Voucher balance"), voucher.balance_fen),
    ]
    of = Cell(f"{voucher.account} {voucher.month}", paths.claim(voucher.account, voucher.month))
    account = Cell(voucher.account, paths.account(voucher.account))
    return Leaf(
        path=paths.voucher(voucher.voucher),
        part="vouchers",
        kind=said("Voucher"),
        title=voucher.voucher,
        fields=[
            *((label, labels.money(fen, site.currency)) for label, fen in money),
            (w["issued"], labels.moment(voucher.issued_at, site.zone)),
        ],
        tables=[
            Table(
                "for", said("For"), [Column(said("claim")), Column(said("account"))], [[of, account]], said("Nothing.")
            ),
            _redemptions(site, voucher),
            events_table(site, log, own),
        ],
        beside=links,
        position=own[-1].position,
    )


def _redemptions(site: Site, voucher: Voucher) -> Table:
    w = words.case_words()
    rows = [
        [
            Cell(str(one.number)),
            Cell(one.bill),
            Cell(labels.part(one.part)),
            Cell(labels.moment(one.redeemed_at, site.zone)),
            Cell(labels.money(one.amount_fen, site.currency)),
            Cell(said("stands") if one.reversed is None else said("reversed: {reason}", reason=one.reversed)),
        ]
        for one in voucher.redemptions
    ]
    columns = [
        Column(w["no"], True),
        Column(w["bill"]),
        Column(said("part")),
        Column(w["redeemed"]),
        Column(w["amount"], True),
        Column(w["state"]),
    ]
    return Table("redemptions", said("Redemptions"), columns, rows, said("Nothing was redeemed."))
