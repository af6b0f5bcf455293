#!/usr/bin/env python3
"""Check a claim's dossier without the ledger, and without its software.

    python3 -I verify_dossier.py FILE [--checkpoint KEPT]

A dossier holds one claim's whole case: the events, the proofs that they stand in the ledger's Merkle tree, and the
decisions. This file is a second opinion on it. It needs nothing but Python 3.11 and was written from the contract, from
the list of how its doubtful clauses are read (R1 to R29), and from the description of the format; not from the
ledger's code. It checks the bytes, the digest, every proof and the order of the events, and then decides the claim
again by itself: the terms that governed the month, the claim window, the time that was covered, the outages,
availability, the tier, the fees and the credit. All of it is integers and exact fractions.

It prints one line beginning with OK and exits 0; or each finding on a line and exits 1; or says on stderr why the
input cannot be read and exits 2.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
import tomllib
import zoneinfo
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "slaledger-dossier-1"
KEYS = {"format": str, "ledger": str, "account": str, "month": str, "checkpoint": str, "events": list, "digest": str}
OPENED = ("incident.opened", "incident.opened_within")
"""The second also says how far off the start may be, which no rule asks for."""
EVENT_KEYS = {"index": int, "position": int, "stream": str, "version": int, "topic": str, "state": str, "proof": list}
TERMS = "~/terms/"
YUAN = "CNY"
SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
OPEN = 2**62
"""Later than any instant: the end of what is open."""

# The first value of each switch is what holds where the terms document leaves it out.
READINGS: dict[str, object] = {
    "minimum_inclusive": True,
    "minimum_kind": "franchise",
    "minimum_applies_to": "merged",
    "minimum_tested": "before_exclusions",
    "exclusion_removes": "cause",
    "quantise": "exact",
    "month_straddle": "whole_then_clip",
    "timezone": "Asia/Shanghai",
    "availability_decimals": "exact",
    "mtbf_event": "outage",
    "rounding": "per_part",
    "claim_opens": "day_after",
    "claim_closes": "end_of_month",
    "deadline_rolls": False,
    "version_in_force": "month_start",
    "voucher_pays_later_by": "bill_date",
    "voucher_pays": "service_and_call",
    "shared_touches": "at_start",
    "maintenance_excluded": "actual",
}
# Decisions of formats 1 and 2 were written before there were these readings: they do not carry them. They also had
# each month on the clock of its own version, counted all time that was covered, and asked for every calendar.
SINCE_FORMAT_3 = ("shared_touches", "maintenance_excluded")
LATEST = 3
# R3: agents who cannot sign in cannot take calls either; these two are one function. Any other is one by itself.
FUNCTION = {"agent_sign_in": "agents", "agent_calls": "agents"}

Span = tuple[int, int]
Json = dict[str, Any]


class Unreadable(Exception):
    """The input is no dossier; the message says why."""


class Wrong(Exception):
    """Something cannot be worked out from the events; the message says what."""


# ---- The file: canonical bytes, digest, tree ---------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, no white space, only the escapes that JSON demands."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(text: str | bytes) -> Any:
    """JSON without floats and without a key said twice. Raises ValueError."""

    def once(pairs: list[tuple[str, Any]]) -> Json:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key is there twice")
        return dict(pairs)

    def no_float(number: str) -> object:
        raise ValueError(f"{number} is no integer")

    return json.loads(text, object_pairs_hook=once, parse_float=no_float, parse_constant=no_float)


def has_shape(value: object, keys: Mapping[str, type]) -> bool:
    """Whether a value is an object with just these keys, each of its kind (a bool is no integer)."""
    return (
        isinstance(value, dict) and value.keys() == keys.keys() and all(type(value[key]) is keys[key] for key in keys)
    )


def read_dossier(data: bytes) -> Json:
    """The dossier that the bytes say. Raises Unreadable."""
    try:
        dossier = parse(data.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON as a dossier is written: {error}") from error
    if not has_shape(dossier, KEYS) or dossier["format"] != FORMAT:
        raise Unreadable(f"not a dossier of format {FORMAT}: it has the keys {', '.join(KEYS)} and no others")
    for number, event in enumerate(dossier["events"], start=1):
        if not has_shape(event, EVENT_KEYS) or not all(type(each) is str for each in event["proof"]):
            raise Unreadable(f"entry {number} of its events is not an event: it has the keys {', '.join(EVENT_KEYS)}")
    found: Json = dossier
    return found


def unbase64(text: str, size: int = 32) -> bytes:
    """Bytes from their one base64 text. Raises Wrong."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong(f"{text[:60]!r} is not base64") from error
    if len(decoded) != size or base64.b64encode(decoded).decode() != text:
        raise Wrong(f"{text[:60]!r} is not the base64 of {size} bytes")
    return decoded


class Checkpoint(NamedTuple):
    """What a C2SP tlog-checkpoint says."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(text: str) -> Checkpoint:
    """A checkpoint; of a signed note, the lines above the blank one. Raises Wrong."""
    body, _, _ = text.partition("\n\n")
    lines = body.removesuffix("\n").split("\n")
    if len(lines) < 3 or not lines[0] or not text.endswith("\n"):
        raise Wrong("a checkpoint has an origin, a size and a root, a line each")
    size = lines[1]
    if not (size.isascii() and size.isdigit() and len(size) < 20) or str(int(size)) != size:
        raise Wrong(f"{size[:30]!r} is not the size of a tree")
    return Checkpoint(lines[0], int(size), unbase64(lines[2]))


def leaf_hash(event: Json) -> bytes:
    """RFC 6962, 2.1: SHA-256 over 0x00 and stream, version, topic and state, each behind its length in 8 bytes."""
    parts = [event["stream"], str(event["version"]), event["topic"], event["state"]]
    data = b"".join(len(part).to_bytes(8, "big") + part for part in map(str.encode, parts))
    return hashlib.sha256(b"\x00" + data).digest()


def root_from(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """RFC 6962, 2.1.1: the root that an inclusion proof leads to; None where its length is not that of a proof."""
    if not 0 <= index < size:
        return None
    node, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            reached = hashlib.sha256(b"\x01" + sibling + reached).digest()
            while node % 2 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            reached = hashlib.sha256(b"\x01" + reached + sibling).digest()
        node, last = node >> 1, last >> 1
    return reached if last == 0 else None


def check_tree(dossier: Json, tree: Checkpoint) -> Iterator[str]:
    """Each event stands in the tree, in the log's order, and no version of a stream is missing."""
    if tree.origin != dossier["ledger"]:
        yield f"the checkpoint is of {tree.origin}, the dossier of {dossier['ledger']}"
    versions: dict[str, int] = {}
    for event in dossier["events"]:
        try:
            proof = [unbase64(each) for each in event["proof"]]
        except Wrong as wrong:
            yield f"event {event['position']}: its proof is malformed: {wrong}"
            continue
        if root_from(event["index"], tree.size, leaf_hash(event), proof) != tree.root:
            yield f"event {event['position']}: its proof does not lead to the checkpoint's root"
        versions[event["stream"]] = versions.get(event["stream"], 0) + 1
        if event["version"] != versions[event["stream"]]:
            expected = versions[event["stream"]]
            yield f"event {event['position']}: {event['stream']} has version {event['version']}, not {expected}"
            versions[event["stream"]] = event["version"]
    for before, after in pairwise(dossier["events"]):
        if not (before["position"] < after["position"] and before["index"] < after["index"]):
            yield f"event {after['position']} stands behind event {before['position']}, not in the log's order"


# ---- The events ---------------------------------------------------------------------------------------------------


class Event(NamedTuple):
    """An event with its state read."""

    position: int
    stream: str
    version: int
    topic: str
    data: Json
    leaf: bytes


def read_events(dossier: Json) -> list[Event]:
    """The events with their states. Raises Wrong."""
    found = []
    for event in dossier["events"]:
        try:
            data = parse(event["state"])["data"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Wrong(f"event {event['position']}: its state cannot be read: {error}") from error
        if not isinstance(data, dict):
            raise Wrong(f"event {event['position']}: its state holds no data")
        place = (event["position"], event["stream"], event["version"], event["topic"])
        found.append(Event(*place, data, leaf_hash(event)))
    return found


def regions_said(events: Iterable[Event]) -> list[str]:
    """Every region that the account was ever said to have been in at its enrolment, the latest last."""
    said = [event.data.get("region") for event in events if event.topic in ("account.enrolled", "account.corrected")]
    return [region for region in said if region is not None]


def regions_moved_to(events: Iterable[Event]) -> list[str]:
    """The regions that the account moved to; of several moves at one instant the last holds."""
    moves = (event.data for event in events if event.topic == "account.moved")
    return list({move["moved_at"]: move["region"] for move in moves}.values())


def joined_by_name(events: Iterable[Event]) -> set[str]:
    """The shared incidents that name the account."""
    return {event.data["incident"] for event in events if event.topic == "incident.joined"}


def shared_with(events: Sequence[Event], regions: Iterable[str]) -> set[str]:
    """The streams of the shared incidents open to all, to one of the regions, or joined by the account."""
    joined, wanted = joined_by_name(events), set(regions)
    return {
        event.stream
        for event in events
        if event.stream.startswith("~/incident/")
        and event.topic in OPENED
        and (
            event.data["scope"] == "all"
            or event.data["incident"] in joined
            or not wanted.isdisjoint(event.data.get("regions", ()))
        )
    }


def check_nothing_foreign(account: str, events: Sequence[Event]) -> Iterator[str]:
    """No event is of another account, or of an incident that cannot touch this one."""
    ever = [event.data["region"] for event in events if event.topic == "account.moved"]
    shared = shared_with(events, [*regions_said(events), *ever])
    for event in events:
        ours = event.stream.startswith((f"{account}/", "~/terms/", "~/calendar/")) or event.stream in shared
        if not ours or event.data.get("account", account) != account:
            yield f"event {event.position}: {event.stream} does not concern account {account}"


# ---- Spans of time, as sorted lists of [start, end) without overlap ------------------------------------------------


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans merged; overlapping and touching ones become one."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def common(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What lies in both."""
    others = list(others)
    return union((max(a, c), min(b, d)) for a, b in some for c, d in others)


def without(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What lies in the first and not in the second."""
    left = union(some)
    for start, end in union(others):
        left = [piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]]
    return left


def length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


# ---- The calendar: months and working days -------------------------------------------------------------------------


def zone_of(name: str) -> tzinfo:
    """R8: a zone by its name. Shanghai is known without a time zone database: +08:00 since long before the contract."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        if name == "Asia/Shanghai":
            return timezone(timedelta(hours=8))
        raise Wrong(f"this computer does not know the time zone {name}") from error


def midnight(day: date, zone: tzinfo) -> int:
    """The instant at which a day begins, in microseconds."""
    return (datetime(day.year, day.month, day.day, tzinfo=zone) - EPOCH) // timedelta(microseconds=1)


def first_day(month: str, later: int = 0) -> date:
    """The first day of a month, or of one so many months later."""
    years, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + later, 12)
    return date(years, index + 1, 1)


def days_in(day: date) -> int:
    return monthrange(day.year, day.month)[1]


@dataclass
class Workdays:
    """Which days are working days, by the recorded calendars; `used` gathers the years that were asked for."""

    holidays: dict[int, set[str]]
    made_up: dict[int, set[str]]
    sha256: dict[int, str]
    used: set[int] = field(default_factory=set)

    @classmethod
    def recorded(cls, events: Iterable[Event]) -> Workdays:
        """The latest calendar of each year."""
        found = cls({}, {}, {})
        for event in events:
            if event.topic == "calendar.published" and event.stream == f"~/calendar/CN-{event.data['year']}":
                year = event.data["year"]
                found.holidays[year] = {day["date"] for day in event.data["holidays"]}
                found.made_up[year] = {day["date"] for day in event.data["workdays"]}
                found.sha256[year] = event.data["sha256"]
        return found

    def is_one(self, day: date) -> bool:
        if day.year not in self.sha256:
            raise Wrong(f"the calendar of {day.year} is not among the events")
        self.used.add(day.year)
        if day.isoformat() in self.made_up[day.year]:
            return True
        return day.weekday() < 5 and day.isoformat() not in self.holidays[day.year]

    def cited(self) -> str:
        """The hash by which a decision cites the calendars: a year's own, or over those of several years."""
        hashes = [self.sha256[year] for year in sorted(self.used)]
        return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


# ---- The terms -----------------------------------------------------------------------------------------------------


def percentage(text: str) -> Fraction:
    if not text.endswith("%"):
        raise Wrong(f"{text!r} is no percentage")
    return Fraction(text[:-1]) / 100


@dataclass
class Terms:
    """A published version of the agreement."""

    document: Json
    sha256: str
    effective_at: int
    readings: dict[str, Any]
    zone: tzinfo

    @classmethod
    def published(cls, data: Json) -> Terms:
        """A version from its event: the document's own text says everything, the event must not say otherwise."""
        text = data["document"]
        document = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        readings = READINGS | document.get("readings", {})
        if readings.keys() != READINGS.keys():
            raise Wrong(f"terms {data['version']} have readings that are not known")
        zone = zone_of(str(readings["timezone"]))
        begins = date.fromisoformat(str(document["effective_from"]))
        version = cls(document, hashlib.sha256(text.encode()).hexdigest(), midnight(begins, zone), readings, zone)
        said = (data["version"], data["sha256"], data["effective_at"])
        if said != (document["version"], version.sha256, version.effective_at):
            raise Wrong(f"the event of terms {data['version']} does not say what its document says")
        return version

    def value(self, section: str, parameter: str) -> Any:
        """A parameter's value; None where the document leaves it out, which only some parameters may be."""
        cited = self.document.get(section, {}).get(parameter)
        return None if cited is None else cited["value"]

    @property
    def currency(self) -> str:
        return str(self.document.get("currency", YUAN))

    @property
    def remedy(self) -> str:
        return self.value("vouchers", "remedy") or "voucher"

    def month(self, month: str) -> Span:
        """R8: a natural month on the clock of the terms."""
        return midnight(first_day(month), self.zone), midnight(first_day(month, 1), self.zone)

    def commitment(self) -> Fraction:
        """Clause 2.2."""
        return percentage(self.value("commitment", "availability"))


def governing(events: Iterable[Event], month: str) -> Terms:
    """Clause 4, R16: the version in force when the month began; where that one says so, when the month ended.

    As with the notice of an amendment, it is the version being amended that says when an amendment takes hold. A first
    version that takes effect during the month has none before it, and speaks for itself.
    """
    published = [event for event in events if event.stream.startswith(TERMS) and event.topic == "terms.published"]
    if len({event.stream for event in published}) > 1:
        raise Wrong("there are terms of more than one agreement")
    latest = {event.data["version"]: event.data for event in published}  # published again, it is read otherwise
    versions = sorted(map(Terms.published, latest.values()), key=lambda version: version.effective_at)
    begun = [version for version in versions if version.effective_at <= version.month(month)[0]]
    ended = [version for version in versions if version.effective_at < version.month(month)[1]]
    if not ended:
        raise Wrong(f"no version of the agreement was in force in {month}")
    asked = begun[-1] if begun else ended[-1]
    if asked.readings["version_in_force"] == "month_end":
        return ended[-1]
    if not begun:
        raise Wrong(f"no version of the agreement was in force when {month} began")
    return asked


def month_begins(events: Iterable[Event], month: str, terms: Terms) -> int:
    """Where a month begins: where the one before ended, on the clock of the version that governed that one.

    So no instant is in two months, and none is in no month, where an amendment changes the clock.
    """
    before = first_day(month) - ONE_DAY
    try:
        return governing(events, f"{before.year:04d}-{before.month:02d}").month(month)[0]
    except Wrong:
        return terms.month(month)[0]


class Window(NamedTuple):
    """When a claim can be made: from `opens_at`, before `closes_at`; at any later time where that is None."""

    nth_workday: date | None
    last_day: date | None
    opens_at: int
    closes_at: int | None


def claim_window(
    month: str, terms: Terms, workdays: Workdays, filed_at: int, days: tuple[date, date], latest: bool
) -> Window:
    """Clause 3.2, R14 and R15; other agreements: from the month's end on, or for some days behind it.

    The last day moves to a working day, unless its calendar is not there and the claim was filed before it ended: then
    nothing turns on it. Before format 3 its calendar was asked for all the same.
    """
    after = first_day(month, 1)
    workday, opens, left = None, after, terms.value("claims", "opens_after_working_day")
    if left is not None:
        workday = after
        while left := left - workdays.is_one(workday):
            workday += ONE_DAY
        opens = workday + ONE_DAY if terms.readings["claim_opens"] == "day_after" else workday
    if terms.value("claims", "closes") == "never":
        return Window(workday, None, midnight(opens, terms.zone), None)

    after_days, months = terms.value("claims", "closes_after_days"), terms.value("claims", "closes_after_months")
    if after_days is not None:
        last = days[1] + timedelta(days=after_days)
    else:
        closing = first_day(month, months)
        number = days_in(closing)
        if terms.readings["claim_closes"] == "corresponding_day":
            number = min(number, days_in(first_day(month)))
        last = closing.replace(day=number)
    if terms.readings["deadline_rolls"]:
        last = rolled(last, workdays, latest and filed_at < midnight(last + ONE_DAY, terms.zone))
    return Window(workday, last, midnight(opens, terms.zone), midnight(last + ONE_DAY, terms.zone))


def service_month(month: str, covered: Sequence[Span], terms: Terms) -> tuple[date, date]:
    """Clause 1: the first and the last day of the service month: of the calendar month, or of its part in the term."""
    first, last = first_day(month), first_day(month, 1) - ONE_DAY
    if terms.value("service", "service_month") == "within_term" and covered:
        edges = (covered[0][0], covered[-1][1] - 1)
        since, until = ((EPOCH + timedelta(microseconds=at)).astimezone(terms.zone).date() for at in edges)
        first, last = max(first, since), max(first, min(last, until))
    return first, last


def rolled(last: date, workdays: Workdays, in_time: bool) -> date:
    """R15: the first working day at or after a day; the day itself where that cannot be told and does not matter."""
    used, moved = set(workdays.used), last
    try:
        while not workdays.is_one(moved):
            moved += ONE_DAY
    except Wrong:
        if not in_time:
            raise
        workdays.used = used
        return last
    return moved


# ---- Covered time and outages --------------------------------------------------------------------------------------


@dataclass
class Account:
    """What is known of the account; `stages` are later stages with the instants at which they began."""

    enrolled_at: int
    stage: str
    covered_in_beta: bool
    region: str | None
    stages: list[tuple[int, str]] = field(default_factory=list)
    moves: dict[int, str] = field(default_factory=dict)
    closed_at: int | None = None

    @classmethod
    def known(cls, events: Iterable[Event]) -> Account:
        """The account as its own events tell it."""
        found: Account | None = None
        for event in events:
            data = event.data
            if event.topic == "account.enrolled":
                beta, region = data.get("covered_in_beta", False), data.get("region")
                found = cls(data["enrolled_at"], data["stage"], beta, region)
            elif found is None:
                continue
            elif event.topic == "account.restaged":
                found.stages.append((data["changed_at"], data["stage"]))
            elif event.topic == "account.moved":
                found.moves[data["moved_at"]] = data["region"]
            elif event.topic == "account.closed":
                found.closed_at = data["closed_at"]
            elif event.topic == "account.corrected":
                for name in ("enrolled_at", "stage", "covered_in_beta", "region"):
                    if data.get(name) is not None:
                        setattr(found, name, data[name])
        if found is None:
            raise Wrong("the account's enrolment is not among the events")
        return found

    def there(self, regions: Sequence[str], since: int, until: int) -> list[Span]:
        """R22: when in a span the account was in one of the regions; before its enrolment as at it."""
        here, found = self.region, list[Span]()
        for moved_at, region in sorted(self.moves.items()):
            found += [(since, min(moved_at, until))] if here in regions else []
            since, here = max(since, moved_at), region
        return union([*found, (since, until)] if here in regions else found)

    def covered(self, terms: Terms, end: int) -> list[Span]:
        """Opening clause, R17: the time up to `end` in stage `general`, between enrolment and closure."""
        closed = end if self.closed_at is None else min(self.closed_at, end)
        beta = self.covered_in_beta or terms.value("service", "beta_covered")
        changes = [(self.enrolled_at, self.stage), *sorted(self.stages, key=lambda change: change[0])]
        ends = [since for since, _ in changes[1:]] + [closed]
        return common(
            union(
                (since, until) for (since, stage), until in zip(changes, ends, strict=True) if general(stage) or beta
            ),
            [(self.enrolled_at, closed)],
        )


def general(stage: str) -> bool:
    return stage == "general"


@dataclass
class Incident:
    """An outage of a function; exclusions by number, each from and to, None where it goes to the incident's edge."""

    name: str
    function: str
    started_at: int
    scope: str
    regions: list[str]
    ended_at: int | None = None
    withdrawn: bool = False
    excluded: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    announced: dict[int, Span] = field(default_factory=dict)

    def apply(self, topic: str, data: Json) -> None:
        if topic in ("incident.closed", "incident.closed_within"):
            self.ended_at = data["ended_at"]
        elif topic in ("incident.corrected", "incident.corrected_within"):
            self.started_at = data.get("started_at", self.started_at)
            self.ended_at = data.get("ended_at", self.ended_at)
        elif topic == "incident.function_corrected":
            self.function = data["function"]
        elif topic == "incident.reopened":
            self.ended_at = None
        elif topic in ("incident.withdrawn", "incident.restored"):
            self.withdrawn = topic == "incident.withdrawn"
        elif topic in ("exclusion.applied", "exclusion.applied.v2", "exclusion.applied_as_announced"):
            self.excluded[data["exclusion"]] = (data.get("from_at"), data.get("to_at"))
            if "announced_from" in data:
                self.announced[data["exclusion"]] = data["announced_from"], data["announced_to"]
        elif topic == "exclusion.withdrawn":
            del self.excluded[data["exclusion"]]

    def span(self, at: int) -> Span:
        """R19: while it is open it lasts up to the instant of the decision."""
        return self.started_at, at if self.ended_at is None else self.ended_at

    def exclusions(self, at: int, readings: Json) -> list[Span]:
        """Clause 2.3: the spans of this incident whose cause is excluded.

        R23: of announced maintenance what lies in the announced window, where one was recorded.
        """
        start, end = self.span(at)
        spans = []
        for number, (since, until) in self.excluded.items():
            span = start if since is None else since, end if until is None else until
            bound = readings["maintenance_excluded"] == "announced" and number in self.announced
            spans += common([span], [self.announced[number]]) if bound else [span]
        return common(spans, [(start, end)])

    def cut(self, piece: Span) -> Incident:
        """The same as far as it lies in a piece of its span."""
        return replace(self, started_at=piece[0], ended_at=piece[1])


def touching(events: Iterable[Event], account: Account, terms: Terms, at: int) -> list[Incident]:
    """R18: the account's own incidents, those that name it, and those of its region or of everybody.

    R22: the last two touch whoever is covered there at any moment of them; by the other reading, whoever belonged
    there when they started. They count only while the account is there.
    """
    events = list(events)
    found: dict[str, Incident] = {}
    for event in events:
        name = event.data.get("incident")
        if event.topic in OPENED:
            regions = event.data.get("regions", [])
            particulars = event.data["function"], event.data["started_at"], event.data["scope"], regions
            found[event.data["incident"]] = Incident(event.data["incident"], *particulars)
        elif event.topic.startswith(("incident.", "exclusion.")) and event.topic != "incident.joined":
            found[str(name)].apply(event.topic, event.data)
    joined = joined_by_name(events)

    def pieces(incident: Incident) -> list[Span]:
        span = incident.span(at)
        there = [span] if incident.scope == "all" else account.there(incident.regions, *span)
        if terms.readings["shared_touches"] == "any_covered":
            return there if common(there, account.covered(terms, OPEN)) else []
        belonged = account.enrolled_at <= span[0] and any(since <= span[0] < until for since, until in there)
        return there if belonged else []

    touched: list[Incident] = []
    for incident in found.values():
        if incident.withdrawn:
            continue
        if incident.scope == "account" or (incident.scope == "accounts" and incident.name in joined):
            touched.append(incident)
        elif incident.scope in ("all", "regions"):
            touched += [incident.cut(piece) for piece in pieces(incident)]
    return touched


def runs(incidents: Sequence[Incident], at: int, readings: Json) -> Iterator[tuple[Span, list[Span]]]:
    """The unbroken outages (R3, R4), each with what of it is left once the excluded is taken out (clause 2.3, R5)."""
    own = {id(incident): incident.exclusions(at, readings) for incident in incidents}
    everything_excluded = union(span for spans in own.values() for span in spans)
    groups: dict[str, list[Incident]] = {}
    for incident in incidents:
        function = FUNCTION.get(incident.function, incident.function)
        by = {"merged": "", "per_function": function, "per_incident": incident.name}
        groups.setdefault(by[readings["minimum_applies_to"]], []).append(incident)
    for group in groups.values():
        raw = union(incident.span(at) for incident in group)
        by_time = readings["exclusion_removes"] == "time"
        left = union(
            piece
            for incident in group
            for piece in without(
                [incident.span(at)], everything_excluded if by_time else incident.exclusions(at, readings)
            )
        )
        for run in raw if readings["minimum_tested"] == "before_exclusions" else left:
            yield run, common([run], left)


def unavailable_us(
    incidents: Sequence[Incident],
    covered: Sequence[Span],
    month: Span,
    at: int,
    minimum: int,
    readings: Json,
    whole_minutes_only: bool = False,
) -> int:
    """Clause 1: the month's unavailable time in microseconds, no instant of it counted twice."""
    found = list(runs(incidents, at, readings))
    if readings["month_straddle"] == "clip_then_test":  # R7
        found = [((max(start, month[0]), min(end, month[1])), left) for (start, end), left in found]
    counted: list[list[Span]] = []
    for (start, end), left in sorted(found):
        if end - start < minimum or (end - start == minimum and not readings["minimum_inclusive"]):  # R1
            continue
        if readings["minimum_kind"] == "deductible":  # R2
            start += minimum
        counted.append(common(common([(start, end)], left), common([month], covered)))  # R7, R17
    if readings["quantise"] == "exact" and not whole_minutes_only:  # R6
        return length(union(span for spans in counted for span in spans))
    minutes, seen = 0, list[Span]()
    for spans in counted:
        own = length(without(spans, seen))
        whole = own // (60 * SECOND)
        minutes += whole + (own % (60 * SECOND) > 0 and not whole_minutes_only)
        seen = union([*seen, *spans])
    return minutes * 60 * SECOND


# ---- Availability, fees, credit ------------------------------------------------------------------------------------


def half_up(value: Fraction) -> int:
    """To the next integer, a half upwards. Values are never below zero."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def compared(ratio: Fraction, decimals: object) -> Fraction:
    """Clause 2.1, R9: the ratio as it is compared, exact or as a percentage rounded half up."""
    if not isinstance(decimals, int):
        return ratio
    scale = 100 * 10**decimals
    return Fraction(half_up(ratio * scale), scale)


def tier_of(ratio: Fraction, terms: Terms) -> int | None:
    """Clause 3.1: the number of the tier, 1 the mildest; None at or above the commitment."""
    if ratio >= terms.commitment():
        return None
    for number, tier in enumerate(terms.document["tiers"], start=1):
        if ratio < percentage(tier["below"]) and ("at_least" not in tier or ratio >= percentage(tier["at_least"])):
            return number
    raise Wrong("the terms have no tier for this availability")


@dataclass
class Bill:
    """What was paid, with the voucher payments that stand: (voucher, number) to month, part and amount.

    `shown` are those that the bill's own offset shows: they count once, as payments.
    """

    amounts: Json
    first_month: str
    months: int
    void: bool = False
    payments: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    shown: set[tuple[str, int]] = field(default_factory=set)

    def share(self, amount: int, month: str) -> int:
        """R11: the part of an amount that falls on a month; the odd fen go to the earliest months."""
        first, wanted = first_day(self.first_month), first_day(month)
        place = (wanted.year - first.year) * 12 + wanted.month - first.month
        if not 0 <= place < self.months:
            return 0
        return amount // self.months + (place < amount % self.months)

    def offset(self, part: str, month: str) -> int:
        """R12: what vouchers paid of a part, those that were awarded for this very month left out."""
        paid = sum(amount for whose, of, amount in self.payments.values() if of == part and whose != month)
        shown = sum(self.payments[key][2] for key in self.shown & self.payments.keys() if self.payments[key][1] == part)
        return int(self.amounts.get(f"{part}_voucher_fen", 0)) - shown + paid


def bills_of(events: Iterable[Event]) -> list[Bill]:
    """The bills that are not void, as corrected."""
    bills: dict[str, Bill] = {}
    for event in events:
        data = event.data
        if event.topic == "fees.billed":
            bills[data["bill"]] = Bill(dict(data), data["first_month"], data["months"])
        elif event.topic == "fees.corrected":
            said = {name: amount for name, amount in data.items() if name.endswith("_fen") and amount is not None}
            bills[data["bill"]].amounts.update(said)
        elif event.topic == "fees.voided":
            bills[data["bill"]].void = True
        elif event.topic == "fees.restored":
            bills[data["bill"]].void = False
        elif event.topic == "fees.paid_by_voucher":
            paid = data["voucher_month"], data["part"], data["amount_fen"]
            bills[data["bill"]].payments[data["voucher"], data["redemption"]] = paid
        elif event.topic == "fees.payment_reversed":
            del bills[data["bill"]].payments[data["voucher"], data["redemption"]]
            bills[data["bill"]].shown.discard((data["voucher"], data["redemption"]))
        elif event.topic == "fees.offset_explained":
            bills[data["bill"]].shown.add((data["voucher"], data["redemption"]))
    return [bill for bill in bills.values() if not bill.void]


def bases_of(bills: Sequence[Bill], month: str, gross: bool) -> Json:
    """Clauses 1 and 3.1, R11 and R12: the month's fees, and each part net of what vouchers paid, in fen.

    Where an agreement takes its rates of the gross fee, the base is all of it.
    """
    product = sum(bill.share(bill.amounts["product_fee_fen"], month) for bill in bills)
    call = sum(bill.share(bill.amounts["call_fee_fen"], month) for bill in bills)
    bases: Json = {"product_fee_fen": product, "call_fee_fen": call}
    for part, fee in (("service", product - call), ("call", call)):
        offset = sum(bill.share(bill.offset(part, month), month) for bill in bills)
        bases[part] = {"fee_fen": fee, "voucher_offset_fen": offset, "net_fen": fee if gross else max(0, fee - offset)}
    return bases


def credit_of(bases: Json, tier: Json, terms: Terms) -> Json:
    """Clause 3.1, R13: the credit of each part, and the total; rounded once, only the total is laid down.

    A fee without parts has one rate. A cap is a share of what was paid of the fee without vouchers, cut to the fen.
    """
    rounding = terms.readings["rounding"]
    if terms.value("fees", "parts") == "single":
        amount = half_up(bases["service"]["net_fen"] * percentage(tier["service_rate"]))
        cap = terms.value("credit", "cap")
        if cap is not None:
            paid = max(0, bases["service"]["fee_fen"] - bases["service"]["voucher_offset_fen"])
            amount = min(amount, int(paid * percentage(cap)))
        return {"service": {"amount_fen": amount}, "call": {"amount_fen": 0}, "total_fen": amount}
    exact = {part: bases[part]["net_fen"] * percentage(tier[f"{part}_rate"]) for part in ("service", "call")}
    if rounding == "once_on_total":
        return {"total_fen": half_up(sum(exact.values(), Fraction(0)))}
    parts = {part: {"amount_fen": half_up(amount)} for part, amount in exact.items()}
    return {**parts, "total_fen": sum(part["amount_fen"] for part in parts.values())}


# ---- The decision --------------------------------------------------------------------------------------------------


def decide(known: Sequence[Event], account: str, month: str, decided_at: int, written: int) -> Json:
    """The claim decided from the events: what its record must say, as far as the contract lays it down.

    `written` is the format that the record names: 3, or one of those before, which had another arithmetic.
    """
    latest = written == LATEST
    filings = [event for event in known if event.stream == f"{account}/claim/{month}" and event.topic == "claim.filed"]
    if not filings:
        raise Wrong("no claim was filed")
    filed_at = filings[-1].data["filed_at"]
    terms, workdays = governing(known, month), Workdays.recorded(known)
    holder, (start, end) = Account.known(known), terms.month(month)
    if latest:
        start = month_begins(known, month, terms)
    covered = common(holder.covered(terms, end), [(start, end)])
    days = service_month(month, covered, terms)
    window = claim_window(month, terms, workdays, filed_at, days, latest)
    years = sorted(workdays.used)
    as_before = all(READINGS[key] == terms.readings[key] for key in SINCE_FORMAT_3) and window.closes_at is not None
    plain = (terms.currency, terms.remedy) == (YUAN, "voucher")
    says: Json = {
        "format": LATEST if latest or not as_before else 1 if plain and window.nth_workday is not None else 2,
        "currency": None if terms.currency == YUAN else terms.currency,
        "remedy": None if terms.remedy == "voucher" else terms.remedy,
        "filed_at": filed_at,
        "terms": {
            "agreement": terms.document["agreement"],
            "version": terms.document["version"],
            "sha256": terms.sha256,
            "readings": {key: value for key, value in terms.readings.items() if latest or key not in SINCE_FORMAT_3},
        },
        "calendar": {"years": years, "sha256": workdays.cited()},
        "window": {
            "nth_workday": None if window.nth_workday is None else window.nth_workday.isoformat(),
            "last_day": None if window.last_day is None else window.last_day.isoformat(),
            "opens_at": window.opens_at,
            "closes_at": window.closes_at,
            "years": years,
        },
        "availability": None,
        "bases": None,
        "credit": None,
    }
    if filed_at < window.opens_at:
        return says | {"outcome": "too_early"}
    if window.closes_at is not None and filed_at >= window.closes_at:
        return says | {"outcome": "too_late"}

    if not covered:
        return says | {"outcome": "not_covered"}

    total = ((days[1] - days[0]).days + 1) * DAY
    minimum = terms.value("service", "minimum_outage_seconds") * SECOND
    whole = bool(terms.value("service", "whole_minutes_only"))
    down = unavailable_us(
        touching(known, holder, terms, decided_at), covered, (start, end), decided_at, minimum, terms.readings, whole
    )
    down = min(down, total)  # a month in which the clocks go back is longer than its days
    ratio = Fraction(total - down, total)
    tier = tier_of(compared(ratio, terms.readings["availability_decimals"]), terms)
    says["availability"] = {
        "total_us": total,
        "covered_us": min(length(covered), total) if latest else length(covered),
        "unavailable_us": down,
        "numerator": ratio.numerator,
        "denominator": ratio.denominator,
        "meets_commitment": tier is None,
        "tier": tier,
    }
    if tier is None:
        return says | {"outcome": "commitment_met"}
    outside = terms.value("fees", "prepayments") == "outside"
    billed = [bill for bill in bills_of(known) if not (outside and bill.months > 1)]
    says["bases"] = bases_of(billed, month, terms.value("fees", "base") == "gross")
    credit = credit_of(says["bases"], terms.document["tiers"][tier - 1], terms)
    if credit["total_fen"] <= half_up(Fraction(terms.value("credit", "minimum_credit") or "0") * 100):
        return says | {"outcome": "nothing_to_credit"}
    return says | {"outcome": "awarded", "credit": credit}


def differences(said: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Where a record differs from what it must say; what is not expected of it is not compared."""
    if isinstance(expected, dict) and isinstance(said, dict):
        for key, value in expected.items():
            yield from differences(said.get(key), value, f"{path}.{key}" if path else key)
    elif said != expected or type(said) is not type(expected):
        yield f"{path} is {brief(said)}, but {brief(expected)} follows from the events"


def brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:97] + "…"


def facts_known(events: Sequence[Event], position: int, years: Sequence[int]) -> list[Event]:
    """What a decision knew: the events up to a position, of the calendars only those of the years that it used.

    Of the shared incidents these are those of the regions in which the account was, as it was then known.
    """
    known = [event for event in events if event.position <= position]
    shared = shared_with(known, [*regions_said(known)[-1:], *regions_moved_to(known)])
    calendars = {f"~/calendar/CN-{year}" for year in years}
    return [
        event
        for event in known
        if (not event.stream.startswith("~/calendar/") or event.stream in calendars)
        and (not event.stream.startswith("~/incident/") or event.stream in shared)
    ]


def check_decision(dossier: Json, events: Sequence[Event], made: Event, number: int) -> Iterator[str]:
    """A recorded decision rests on these events, on all that were known, and follows from them."""
    account, month, record = dossier["account"], dossier["month"], made.data["decision"]
    position, years = record["facts"]["position"], record["calendar"]["years"]
    known = facts_known(events, position, years)
    passed_over = [event.position for event in events if position < event.position < made.position]
    if position >= made.position or passed_over:
        yield f"it knew the log up to {position}, but was made at {made.position}, behind {passed_over or 'no event'}"
    facts = {"count": len(known), "sha256": hashlib.sha256(b"".join(event.leaf for event in known)).hexdigest()}
    expected = {"number": number, "account": account, "month": month, "facts": facts}
    yield from differences(record, expected)
    if made.data["month"] != month:
        yield f"it is recorded as of {made.data['month']}"
    yield from differences(record, decide(known, account, month, record["decided_at"], record["format"]))
    credit = record["credit"]
    if credit is not None and credit["service"]["amount_fen"] + credit["call"]["amount_fen"] != credit["total_fen"]:
        yield "the parts of its credit do not add up to the total"


def check_decisions(dossier: Json, events: Sequence[Event]) -> Iterator[str]:
    """Every decision of the claim."""
    stream = f"{dossier['account']}/claim/{dossier['month']}"
    decided = [event for event in events if event.stream == stream and event.topic == "claim.decided"]
    if not decided:
        yield f"there is no decision of {dossier['account']} {dossier['month']}"
    for number, made in enumerate(decided, start=1):
        try:
            found = list(check_decision(dossier, events, made, number))
        except Wrong as wrong:
            found = [str(wrong)]
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            found = [f"the events cannot be followed: {type(error).__name__}: {error}"]
        yield from (f"decision {number}: {each}" for each in found)


def check_kept(tree: Checkpoint, kept: Checkpoint) -> Iterator[str]:
    """The dossier's tree is the one of which the reader kept a checkpoint."""
    if kept.origin != tree.origin:
        yield f"the kept checkpoint is of another ledger, {kept.origin}; the dossier's is of {tree.origin}"
    elif kept.size == tree.size and kept.root != tree.root:
        yield f"the kept checkpoint has another root at the same size, {tree.size}: the log was rewritten"


def findings(data: bytes, kept: Checkpoint | None = None) -> Iterator[str]:
    """All that is wrong with a dossier's bytes. Raises Unreadable where they are none."""
    dossier = read_dossier(data)
    try:
        if canonical(dossier) + b"\n" != data:
            yield "the bytes are not the canonical JSON of what they say"
        content = {key: value for key, value in dossier.items() if key != "digest"}
        if hashlib.sha256(canonical(content)).hexdigest() != dossier["digest"]:
            yield "the digest is not that of the content"
        tree = read_checkpoint(dossier["checkpoint"])
        yield from check_tree(dossier, tree)
        if kept is not None:
            yield from check_kept(tree, kept)
        events = read_events(dossier)
        yield from check_nothing_foreign(dossier["account"], events)
        yield from check_decisions(dossier, events)
    except Wrong as wrong:
        yield str(wrong)
    except UnicodeEncodeError:
        yield "it has text that cannot be written in UTF-8"
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        yield f"the events cannot be read: {type(error).__name__}: {error}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file named on the command line; gives the exit status."""
    parser = argparse.ArgumentParser(
        description="Check a claim's dossier offline: proofs, hashes, and the decision itself, worked out anew.",
        epilog="Exit status: 0 all is right, 1 something is wrong, 2 the input cannot be read. Signatures under a "
        "checkpoint (the lines behind the blank one) are not checked here: compare the checkpoint with one you kept.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the dossier")
    parser.add_argument("--checkpoint", type=Path, metavar="KEPT", help="a checkpoint of this ledger that you kept")
    given = parser.parse_args(arguments)
    try:
        kept = None if given.checkpoint is None else read_checkpoint(given.checkpoint.read_bytes().decode())
        data = given.file.read_bytes()
        found = list(findings(data, kept))
        dossier = read_dossier(data)
    except (OSError, UnicodeDecodeError, Unreadable, Wrong) as error:
        sys.stderr.write(f"cannot be read: {error}\n")
        return 2
    if found:
        sys.stdout.write("".join(f"{each}\n" for each in found))
        return 1
    decided = f"{dossier['account']}/claim/{dossier['month']}", "claim.decided"
    decisions = sum((event["stream"], event["topic"]) == decided for event in dossier["events"])
    told = f"OK: {dossier['account']} {dossier['month']}: {decisions} decisions, {len(dossier['events'])} events\n"
    size = read_checkpoint(dossier["checkpoint"]).size
    if kept is not None and kept.size != size:
        told += f"The kept checkpoint has {kept.size} events, the dossier's {size}: ask for a consistency proof.\n"
    sys.stdout.write(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
