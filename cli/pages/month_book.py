"""The data behind a month's page: every account's row, and the derivations and events behind the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from cli.pages import labels, words
from cli.pages.derivation import Line, UsedRules, derived, lines_of
from cli.pages.known import tier_words
from cli.pages.log import LogEntry, life, rows
from cli.pages.recorders import recorders
from cli.pages.rendering import tongue
from cli.terminal.language import language
from domain.assessment import steps_if_claimed
from domain.case import Case, Fact
from domain.money import percent_cut
from domain.terms.versions import Terms
from domain.text import Said, said
from ledger.log.account_history import AccountHistory
from ledger.log.reader import Reader
from ledger.queries.month_report import AccountMonth, MonthReport, histories_of

DETAILED = 500
"""The largest number of accounts with a derivation, those with the largest amounts."""
LIMIT_BYTES = 2_000_000
"""The largest size of all derivations and their events; the accounts that come later have none."""


class BookStep(NamedTuple):
    """A step of a derivation in the script's data: its number, clause, code, sentence, earlier steps and events."""

    number: int
    clause: str
    step: str
    words: str
    steps: list[int]
    events: list[int]


class BookAct(NamedTuple):
    """An act on the claim in the script's data: its instant, its sentence, and its event."""

    at: str
    words: str
    position: int


class BookDetail(NamedTuple):
    """What is behind an account's figures; `decided` is the number of the decision, 0 where it was not decided."""

    decided: int
    steps: list[BookStep]
    acts: list[BookAct]


class BookEvent(NamedTuple):
    """An event in the script's data."""

    recorded: str
    actor: str
    what: str
    topic: str
    stream: str
    data: list[tuple[str, str]]
    reason: str


class BookDetails(NamedTuple):
    """The derivations by account, and the events by position."""

    accounts: dict[str, BookDetail]
    events: dict[int, BookEvent]


class BookData(msgspec.Struct, frozen=True, kw_only=True):
    """The data for the script of a month's page."""

    rows: list[tuple[Any, ...]]
    tiers: list[str]
    statuses: dict[str, str]
    words: dict[str, str]
    details: dict[str, BookDetail]
    events: dict[int, BookEvent]


def details_of(log: Reader, report: MonthReport) -> BookDetails:
    """The derivations of the accounts with the largest amounts, and the events that they rest on."""
    first = [row.account for row in in_order(report.accounts) if row.unavailable_us or row.status is not None]
    accounts: dict[str, BookDetail] = {}
    events: dict[int, BookEvent] = {}
    size = 0
    for history in histories_of(log, first[:DETAILED]):
        detail, own = _detail(log, history, report)
        new = {position: shown for position, shown in own.items() if position not in events}
        size += len(msgspec.json.encode((detail, new)))
        if size > LIMIT_BYTES:
            break
        accounts[history.account] = detail
        events |= new
    return BookDetails(accounts, events)


def in_order(accounts: Iterable[AccountMonth]) -> list[AccountMonth]:
    """The accounts, the largest amount first, then those below the commitment or with a claim, then the others."""

    def place(row: AccountMonth) -> tuple[int, bool, str]:
        return -max(row.credit_fen, row.awarded_fen), row.tier is None and row.status is None, row.account

    return sorted(accounts, key=place)


def _detail(log: Reader, history: AccountHistory, report: MonthReport) -> tuple[BookDetail, dict[int, BookEvent]]:
    terms, facts = report.version.terms, history.all_facts()
    by = recorders(log, facts)
    number, lines = _lines(history.case(report.position), history.account, report, facts)
    acts = life(facts, report.month, terms, by)
    cited = {position for line in lines for position in line.events} | {act.position for act in acts}
    entries = rows((fact for fact in facts if fact.position in cited), {}, terms.zone, by)
    detail = BookDetail(
        number,
        [BookStep(line.number, line.clause, line.step, line.words, line.steps, line.events) for line in lines],
        [BookAct(_text(act.at), _text(act.words), act.position) for act in acts],
    )
    return detail, {entry.position: _shown(entry) for entry in entries}


def _lines(case: Case, account: str, report: MonthReport, facts: Sequence[Fact]) -> tuple[int, list[Line]]:
    """The latest decision's lines; without one, those of what a claim in time would get on the facts known."""
    terms, claim = report.version.terms, case.claims.get(report.month)
    if claim is not None and claim.decisions:
        made = derived(claim.decisions[-1], facts, terms.currency)
        return made.number, made.lines
    steps = steps_if_claimed(case, account, report.month, report.at)
    return 0, lines_of(steps, UsedRules(report.month, terms.version, ()), facts, terms.zone)


def _shown(entry: LogEntry) -> BookEvent:
    data = [(_text(name), _text(value)) for name, value in entry.data]
    texts = (entry.recorded_at, entry.actor, entry.what, entry.topic, entry.stream)
    recorded, actor, what, topic, stream = map(_text, texts)
    return BookEvent(recorded, actor, what, topic, stream, data, _text(entry.reason))


def script_data(report: MonthReport, details: BookDetails, seldom: Sequence[str]) -> BookData:
    """The data for the script; `seldom` are the fields of the amounts that only some months have."""
    terms = report.version.terms
    rank = {row.account: place for place, row in enumerate(sorted(report.accounts, key=lambda row: row.ratio))}
    return BookData(
        rows=[_row(row, terms, seldom, rank[row.account]) for row in in_order(report.accounts)],
        tiers=[_text(tier_words(tier or None, terms)) for tier in range(len(terms.tiers) + 1)],
        statuses={code: _text(labels.status_words(code or None)) for code in ("", *CLAIMED)},
        words={"month": report.month} | {name: _text(word) for name, word in words.book_words().items()},
        details=details.accounts,
        events=details.events,
    )


CLAIMED = ("filed", "withdrawn", "refused", "awarded", "not_awarded", "disputed", "settled")
"""The statuses of claims."""
UNCOVERED = -1
"""The tier of a month that is not covered, in the script's data."""


def _row(row: AccountMonth, terms: Terms, seldom: Sequence[str], rank: int) -> tuple[Any, ...]:
    """A row in the script's data: the cells' texts, and at the end the amounts' and availability's order and marks."""
    marks = ["open"] * bool(row.still_open) + ["approval"] * row.awaits_approval + ["overpaid"] * bool(row.overpaid_fen)
    return (
        row.account,
        row.name or "",
        f"{percent_cut(row.numerator, row.denominator)}%",
        _text(unavailable(row)),
        (row.tier or 0) if row.covered else UNCOVERED,
        labels.money(row.credit_fen, terms.currency),
        row.status or "",
        "" if row.outcome is None else _text(labels.outcome(row.outcome)),
        labels.money(row.awarded_fen, terms.currency),
        labels.money(row.issued_fen, terms.currency),
        [labels.money(getattr(row, name), terms.currency) for name in seldom],
        rank,
        marks,
    )


def unavailable(row: AccountMonth) -> Said | str:
    """The unavailable time of an account's month."""
    lasted = labels.lasted(row.unavailable_us)
    return said("{lasted}, still open", lasted=lasted) if row.still_open else lasted


def _text(value: object) -> str:
    return tongue(value, language())
