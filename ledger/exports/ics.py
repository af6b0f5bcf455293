"""The worklist as a calendar (RFC 5545): the days on which claim windows open and end, and pending tasks.

A window opens and closes at midnight in the terms' time zone, so its first and last days are whole days. The terms set
no deadline for a decision or a voucher, so a claim that waits for one is a to-do without a due date.

An entry has the same UID in every export of the ledger, and a SEQUENCE that grows with the log, so that a calendar
that imports a later export replaces the earlier entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.money import yuan
from domain.text import Said, said
from domain.time import local
from ledger.extras import library
from ledger.queries.worklist import Unclaimed, Work
from projections.claims import ClaimRow

PRODUCT = "-//slaledger//worklist//EN"
REMINDED_BEFORE = timedelta(days=6, hours=15)
"""The time from a reminder to the beginning of the last day: it comes a week earlier, at nine in the morning."""


class Context(NamedTuple):
    """The ledger of a calendar with the position and instant of its knowledge, and the format of its entries: the
    currency, the terms' time zone and the reader's language."""

    ledger: str
    position: int
    at: int
    zone: str
    currency: str
    speak: Callable[[str], str]


class CalendarFile(NamedTuple):
    """The counts of a calendar's entries; `without_window` are breaches whose working days are not recorded yet."""

    events: int
    todos: int
    without_window: int


def write_calendar(work: Work, context: Context, write: Callable[[bytes], object]) -> CalendarFile:
    """Write the worklist as a calendar. Raises Unreadable `missing_extra`."""
    ics = library("icalendar", "ics", said("Calendars"))
    name = said("Claims of ledger {ledger}", ledger=context.ledger)
    uid = f"worklist@{context.ledger}"
    calendar = ics.Calendar.new(prodid=PRODUCT, method="PUBLISH", name=context.speak(name), uid=uid)
    calendar.add("X-WR-TIMEZONE", context.zone)
    next_year = local(context.at, context.zone).year + 1
    calendar.add_component(ics.Timezone.from_tzid(context.zone, last_date=date(next_year, 12, 31)))
    events, todos = list(_events(ics, work, context)), list(_todos(ics, work, context))
    for component in (*events, *todos):
        calendar.add_component(component)
    write(calendar.to_ical())
    return CalendarFile(len(events), len(todos), sum(one.closes_at is None for one in work.unclaimed))


def _events(ics: Any, work: Work, context: Context) -> Iterator[Any]:
    for one in work.unclaimed:
        if one.opens_at is not None and one.closes_at is not None:
            first, end = (local(at, context.zone).date() for at in (one.opens_at, one.closes_at))
            yield _day(ics, "opens", one, first, _opens(one), context)
            last = _day(ics, "closes", one, end - timedelta(days=1), _closes(one), context)
            last.add_component(_reminder(ics, _closes(one), context))
            yield last


def _day(ics: Any, kind: str, one: Unclaimed, day: date, summary: Said, context: Context) -> Any:
    """An entry for a whole day, which does not block the reader's time."""
    return ics.Event.new(
        **_common(kind, one.breach.account, one.breach.month, summary, context),
        description=context.speak(_of_breach(one, context)),
        start=day,
        end=day + timedelta(days=1),
        transparency="TRANSPARENT",
    )


def _reminder(ics: Any, about: Said, context: Context) -> Any:
    """A displayed reminder before the entry."""
    alarm = ics.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", context.speak(about))
    alarm.add("trigger", -REMINDED_BEFORE)
    return alarm


def _todos(ics: Any, work: Work, context: Context) -> Iterator[Any]:
    for row in work.to_decide:
        summary = said("Decide the claim of {account} for {month}", account=row.account, month=row.month)
        hint = said("`slaledger claim decide {account} {month}`", account=row.account, month=row.month)
        yield _todo(ics, "decide", row, summary, hint, context)
    for row in work.to_approve:
        amount = _amount(row.due_fen, context)
        summary = said("Approve {amount} to {account} for {month}", amount=amount, account=row.account, month=row.month)
        hint = said("`slaledger voucher approve {account} {month}`", account=row.account, month=row.month)
        yield _todo(ics, "approve", row, summary, hint, context)
    for row in work.to_issue:
        amount = _amount(row.due_fen, context)
        summary = said("Issue {amount} to {account} for {month}", amount=amount, account=row.account, month=row.month)
        hint = (
            said("`slaledger voucher issue {account} {month}`", account=row.account, month=row.month)
            if row.undone is None
            else said("`slaledger voucher issue {account} {month} --again`", account=row.account, month=row.month)
        )
        yield _todo(ics, "issue", row, summary, hint, context)


def _todo(ics: Any, kind: str, row: ClaimRow, summary: Said, hint: Said, context: Context) -> Any:
    return ics.Todo.new(
        **_common(kind, row.account, row.month, summary, context),
        description=context.speak(hint),
        start=local(row.filed_at, context.zone).replace(microsecond=0),
        status="NEEDS-ACTION",
    )


def _common(kind: str, account: str, month: str, summary: Said, context: Context) -> dict[str, object]:
    """The fields of every entry; the UID is derived from its subject."""
    return {
        "uid": f"{kind}/{account}/{month}@{context.ledger}",
        "stamp": local(context.at, "UTC"),
        "sequence": context.position,
        "summary": context.speak(summary),
    }


def _opens(one: Unclaimed) -> Said:
    return said("Claims open: {account}, {month}", account=one.breach.account, month=one.breach.month)


def _closes(one: Unclaimed) -> Said:
    return said("Last day to claim: {account}, {month}", account=one.breach.account, month=one.breach.month)


def _of_breach(one: Unclaimed, context: Context) -> Said:
    return said(
        "{account} fell short of the commitment in {month}. A claim in time gets {amount}.",
        account=one.breach.account,
        month=one.breach.month,
        amount=_amount(one.breach.credit_fen, context),
    )


def _amount(fen: int, context: Context) -> str:
    return f"{yuan(fen)} {context.currency}"
