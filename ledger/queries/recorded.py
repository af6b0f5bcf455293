"""The recorded accounts, incidents and bills: each alone with its events, or all of them one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple

import msgspec

from domain.account import Account
from domain.as_of import touches_span
from domain.bill import Bill
from domain.case import Fact, account_of, fold, unknown_account
from domain.events import IncidentJoined
from domain.incident import Incident
from domain.terms.versions import zone_of
from domain.time import FOREVER, month_span, months_between
from ledger.log import streams
from ledger.log.codec import Row, decode
from ledger.log.reader import Reader
from ledger.refusals.commands import UnknownBill, UnknownIncident, UnknownSource


class RecordedAccount(NamedTuple):
    """An account and its own events, in order."""

    account: Account
    facts: list[Fact]


class RecordedIncident(NamedTuple):
    """An incident and its events, in order."""

    incident: Incident
    facts: list[Fact]


class RecordedBill(NamedTuple):
    """A bill and its events, in order."""

    bill: Bill
    facts: list[Fact]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is limited to: an account, a month, what is open, what a source told. None and False do not limit."""

    account: str | None = None
    month: str | None = None
    is_open: bool = False
    source: str | None = None


def accounts(log: Reader) -> Iterator[RecordedAccount]:
    """Every enrolled account, in order of ids; memory does not grow with their number."""
    return map(_account, log.each_stream(streams.account("%"), *streams.ACCOUNTS))


def account(log: Reader, account: str) -> RecordedAccount:
    """An account. Raises Refusal `unknown_account`."""
    rows = log.stream(streams.account(account))
    if not rows:
        raise unknown_account(account)
    return _account(rows)


def _account(rows: list[Row]) -> RecordedAccount:
    facts = list(map(decode, rows))
    return RecordedAccount(account_of(fold(facts), streams.owner(rows[0].stream)), facts)


def incidents(log: Reader, only: Filters) -> Iterator[RecordedIncident]:
    """The incidents in order of their accounts and ids, those of several accounts last; one is folded at a time.

    Those of an account are its own and those of its regions or of all accounts; those of a month overlap it.
    Raises Refusal `unknown_account`, `unknown_source`.
    """
    _check_filters(log, only)
    span = None if only.month is None else month_span(only.month, zone_of(log.versions()))
    for rows in _incident_streams(log, only):
        facts = list(map(decode, rows))
        if isinstance(facts[0].event, IncidentJoined):
            continue
        found = _incident(facts)
        if only.is_open and found.incident.status != "open":
            continue
        if only.source is not None and only.source not in _sources(facts):
            continue
        if span is None or touches_span(found.incident, *span, FOREVER):
            yield found


def _incident_streams(log: Reader, only: Filters) -> Iterable[list[Row]]:
    if only.account is not None:
        return _of_account(log, only.account)
    if only.is_open:
        return map(log.stream, log.open_incident_streams())
    pattern, shared = streams.incident("%", "%"), streams.SHARED_INCIDENTS
    return chain(log.each_stream(pattern, *streams.ACCOUNTS), log.each_stream(pattern, shared, streams.after(shared)))


def _of_account(log: Reader, account: str) -> Iterator[list[Row]]:
    prefixes = (streams.incident(account, ""), streams.SHARED_INCIDENTS)
    rows = sorted((row for row in log.case_rows(account) if row.stream.startswith(prefixes)), key=_in_stream)
    return (list(group) for _, group in groupby(rows, attrgetter("stream")))


def _in_stream(row: Row) -> tuple[str, int]:
    return row.stream, row.version


def _sources(facts: Iterable[Fact]) -> set[str]:
    return {fact.source.name for fact in facts if fact.source is not None}


def _check_filters(log: Reader, only: Filters) -> None:
    """Check that the account and the source of a filter are recorded. Raises Refusal as `incidents` does."""
    if only.account is not None and not log.version(streams.account(only.account)):
        raise unknown_account(only.account)
    if only.source is not None:
        prefix = streams.source("")
        known = [each.removeprefix(prefix) for each in log.stream_ids(f"{prefix}%", prefix, streams.after(prefix))]
        if only.source not in known:
            raise UnknownSource(source=only.source, known=", ".join(known) or "-")


def incident(log: Reader, id_: str) -> RecordedIncident:
    """An incident, by its id alone. Raises Refusal `unknown_incident`."""
    reserved = log.reservation("incident", id_)
    if reserved is None:
        raise UnknownIncident(id=id_)
    facts = list(map(decode, log.stream(streams.incident(reserved.owner, id_))))
    return _incident(facts)


def _incident(facts: list[Fact]) -> RecordedIncident:
    (found,) = fold(facts).incidents.values()
    return RecordedIncident(found, facts)


def accounts_named_by(log: Reader, found: Incident) -> list[str]:
    """The accounts that an incident names, in order; none where it affects regions or all accounts."""
    if found.account is not None:
        return [found.account]
    if found.scope != "accounts":
        return []
    pattern, name = streams.incident("%", found.incident), f"/{found.incident}"
    joined = log.stream_ids(pattern, *streams.ACCOUNTS)
    return [streams.owner(stream) for stream in joined if stream.endswith(name)]


def bills(log: Reader, only: Filters) -> Iterator[RecordedBill]:
    """The bills in order of their accounts and ids, one folded at a time; those of a month cover it.

    Raises Refusal `unknown_account`.
    """
    _check_filters(log, only)
    limits = streams.ACCOUNTS if only.account is None else streams.range_of(only.account)
    for rows in log.each_stream(streams.bill("%", "%"), *limits):
        found = _bill(rows)
        if only.month is None or 0 <= months_between(found.bill.first_month, only.month) < found.bill.months:
            yield found


def bill(log: Reader, id_: str) -> RecordedBill:
    """A bill, by its id alone. Raises Refusal `unknown_bill`."""
    reserved = log.reservation("bill", id_)
    if reserved is None:
        raise UnknownBill(id=id_)
    return _bill(log.stream(streams.bill(reserved.owner, id_)))


def _bill(rows: list[Row]) -> RecordedBill:
    facts = list(map(decode, rows))
    (found,) = fold(facts).bills.values()
    return RecordedBill(found, facts)
