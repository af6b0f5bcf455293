#!/usr/bin/env python3
"""Check a claim's dossier without the ledger, and without its software.

    python3 -I verify_dossier.py FILE [--checkpoint KEPT] [--tsa CERTS.pem] [--policy POLICY]

A dossier holds one claim's whole case: the events, the proofs that they stand in the ledger's Merkle tree, and the
decisions. This file is a second opinion on it. It needs nothing but Python 3.11 and was written from the contract, from
the list of how its doubtful clauses are read (R1 to R29), and from the description of the format; not from the
ledger's code. Only the rules of acts and the steps of a decision were written with the ledger's at hand; no code is
shared.

It checks the bytes, the digest, every proof and the order of the events. Then it asks of each event whether the rules
would have let it in, on what the events before it left. And it decides the claim again by itself: the terms that
governed the month, the claim window, the time that was covered, the outages, availability, the tier, the fees and the
credit, each step with what went in. All of it is integers and exact fractions.

A dossier may leave out events of the account that do not concern the month: only the hashes of their leaves are there.
A decision's record counts and hashes all that it knew, so it fixes these hashes; what the events say stays unknown. The
output says how many they are.

Where events are signed, it checks whose key it was, and, where the package `cryptography` is installed, each signature;
where it is not, the output says so. A dossier may have time stamps (RFC 3161) of checkpoints that its log continues:
with the authority's certificates, and the package `rfc3161-client` (1.0.9 or later), it says since when its events have
existed.

With --policy, so many of the witnesses named must have cosigned the dossier's checkpoint, or one of its attestations;
without that package it says that it did not check.

It prints one line beginning with OK and exits 0; or each finding on a line and exits 1; or says on stderr why the
input cannot be read and exits 2. Where nothing is wrong, but the dossier does not prove that its log contains that of
the checkpoint given, or no time stamp is shown to be signed under the certificates given, or too few witnesses
cosigned, it says so and exits 3.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import ssl
import sys
import tomllib
import zoneinfo
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from importlib.metadata import version
from itertools import islice, pairwise, takewhile
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    CAN_CHECK_SIGNATURES = True
except ImportError:
    CAN_CHECK_SIGNATURES = False

try:
    import rfc3161_client
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    # Earlier releases trust every certificate that an answer brings along, its own root too.
    CAN_CHECK_TIME = tuple(map(int, re.findall(r"\d+", version("rfc3161-client"))[:3])) >= (1, 0, 9)
except ImportError:
    CAN_CHECK_TIME = False

FORMAT = "slaledger-dossier-1"
WITH_CONTROLS = "slaledger-dossier-2"
"""The format of a dossier that has every event of the ledger's controls too: approvals are held to them.

It may leave out events of the account that do not concern the month: their leaf hashes stand for them.
"""
KEYS = {"format": str, "ledger": str, "account": str, "month": str, "checkpoint": str, "events": list, "digest": str}
DEMO = "slaledger-demo-"
"""The beginning of the id of a ledger for demonstrations."""
OPTIONAL = {FORMAT: {"since": dict}, WITH_CONTROLS: {"since": dict, "attestations": list, "left_out": list}}
"""The members that a dossier of a format may have."""
SINCE_KEYS = {"checkpoint": str, "proof": list}
"""The member `since`: an earlier checkpoint, and the proof that the log continues it."""
ATTESTATION_KEYS = {"checkpoint": str, "proof": list}
"""A checkpoint that somebody attests, and the proof that the log continues it. It may have a `timestamp` too."""
LEFT_OUT_KEYS = {"position": int, "leaf": str}
"""An entry of the member `left_out`: where an event stands in the log, and the hash of its leaf."""
OPENED = ("incident.opened", "incident.opened_within")
"""The second also says how far off the start may be, which no rule asks for."""
EVENT_KEYS = {"index": int, "position": int, "stream": str, "version": int, "topic": str, "state": str, "proof": list}
TERMS = "~/terms/"
CONTROLS = "~/controls"
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
RECORD_KEYS = (
    *("number", "format", "outcome", "decided_at", "filed_at", "account", "month", "terms", "calendar", "facts"),
    *("window", "availability", "bases", "credit", "steps", "currency", "remedy"),
)
"""The keys of a decision's record, in its order."""
COMPACT: dict[str, Any] = {"separators": (",", ":"), "ensure_ascii": False}
# Decisions of formats 1 and 2 were written before there were these readings: they do not carry them. They also had
# each month on the clock of its own version, counted all time that was covered, and asked for every calendar.
SINCE_FORMAT_3 = ("shared_touches", "maintenance_excluded")
LATEST = 3
# R3: agents who cannot sign in cannot take calls either; these two are one function. Any other is one by itself.
FUNCTION = {"agent_sign_in": "agents", "agent_calls": "agents"}

Span = tuple[int, int]
Json = dict[str, Any]
Kind = Callable[[Any], bool]
"""Whether a field's value can be what it says."""
Thing = TypeVar("Thing")


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


def has_proof(value: object, keys: Mapping[str, type]) -> bool:
    """Whether a value is an object with just these keys, and its proof a list of texts."""
    return isinstance(value, dict) and has_shape(value, keys) and all(type(each) is str for each in value["proof"])


def read_dossier(data: bytes) -> Json:
    """The dossier that the bytes say. Raises Unreadable."""
    try:
        dossier = parse(data.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON as a dossier is written: {error}") from error
    optional = OPTIONAL.get(str(dossier.get("format")), {}) if isinstance(dossier, dict) else {}
    keys = KEYS | {key: kind for key, kind in optional.items() if key in dossier}
    if not has_shape(dossier, keys) or dossier["format"] not in OPTIONAL:
        formats = " or ".join(OPTIONAL)
        raise Unreadable(f"not a dossier of format {formats}: it has the keys {', '.join(KEYS)} and no others")
    if "since" in dossier and not has_proof(dossier["since"], SINCE_KEYS):
        raise Unreadable(f"its member `since` has the keys {', '.join(SINCE_KEYS)}")
    for each in dossier.get("attestations", ()):
        timed = isinstance(each, dict) and "timestamp" in each
        if not has_proof(each, {**ATTESTATION_KEYS, "timestamp": str} if timed else ATTESTATION_KEYS):
            raise Unreadable(f"an attestation has the keys {', '.join(ATTESTATION_KEYS)}, and may have a timestamp")
    for number, event in enumerate(dossier["events"], start=1):
        if not has_proof(event, EVENT_KEYS):
            raise Unreadable(f"entry {number} of its events is not an event: it has the keys {', '.join(EVENT_KEYS)}")
    if not all(has_shape(each, LEFT_OUT_KEYS) for each in dossier.get("left_out", ())):
        raise Unreadable(f"an entry of its member `left_out` has the keys {', '.join(LEFT_OUT_KEYS)}")
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
    lines = text.split("\n")
    if len(lines) > 4 and not lines[3]:
        text = unsigned(text)
    lines = text.removesuffix("\n").split("\n")
    if len(lines) != 3 or not text.endswith("\n") or not lines[0] or has_control(lines[0]):
        raise Wrong("a checkpoint has an origin, a size and a root, a line each")
    size, root = lines[1], unbase64(lines[2])
    if not (size.isascii() and size.isdigit() and len(size) < 19) or str(int(size)) != size:
        raise Wrong(f"{size[:30]!r} is not the size of a tree")
    if size == "0" and root != hashlib.sha256(b"").digest():
        raise Wrong("its root is not that of an empty log")
    return Checkpoint(lines[0], int(size), root)


def has_control(text: str) -> bool:
    """Whether a text has control characters of ASCII."""
    return any(each < " " or each == "\x7f" for each in text)


MOST_SIGNATURES = 100


def unsigned(note: str) -> str:
    """The text of a signed note. Its signatures are not checked, only their form. Raises Wrong."""
    text, _, signatures = note.rpartition("\n\n")
    lines = signatures.removesuffix("\n").split("\n")
    if not signatures.endswith("\n") or len(lines) > MOST_SIGNATURES or any(map(has_control, lines)):
        raise Wrong("behind the blank line of a signed checkpoint stand its signatures, a line each")
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, data = rest.partition(" ")
        if dash != "\u2014" or not name or "+" in name or name.split() != [name]:
            raise Wrong(f"{line[:60]!r} is not a signature")
        try:
            decoded = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Wrong(f"{line[:60]!r} is not a signature") from error
        if len(decoded) < 5 or base64.b64encode(decoded).decode() != data:
            raise Wrong(f"{line[:60]!r} is not a signature")
    return text + "\n"


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


def continues(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """RFC 6962, 2.1.2: whether a proof shows that a tree is the beginning of a later one."""
    if old.size == new.size:
        return not proof and old.root == new.root
    if not 0 < old.size < new.size:
        return False
    node, last = old.size - 1, new.size - 1
    while node % 2 == 1:
        node, last = node >> 1, last >> 1
    left = [old.root, *proof] if node == 0 else list(proof)
    if not left:
        return False
    reached = earlier = left[0]
    for sibling in left[1:]:
        if last == 0:
            return False
        if node % 2 == 1 or node == last:
            earlier = hashlib.sha256(b"\x01" + sibling + earlier).digest()
            reached = hashlib.sha256(b"\x01" + sibling + reached).digest()
            while node % 2 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            reached = hashlib.sha256(b"\x01" + reached + sibling).digest()
        node, last = node >> 1, last >> 1
    return last == 0 and (earlier, reached) == (old.root, new.root)


def check_since(dossier: Json, tree: Checkpoint) -> Iterator[str]:
    """The log continues the earlier checkpoint that the dossier has, if it has one."""
    if "since" not in dossier:
        return
    earlier = read_checkpoint(dossier["since"]["checkpoint"])
    if earlier.origin != tree.origin:
        yield f"its earlier checkpoint is of another ledger, {earlier.origin}; the dossier's is of {tree.origin}"
    if not continues(earlier, tree, [unbase64(each) for each in dossier["since"]["proof"]]):
        yield f"its proof does not show that the log continues the earlier checkpoint, of {earlier.size} events"


def check_attestations(dossier: Json, tree: Checkpoint) -> Iterator[str]:
    """The log continues each checkpoint that somebody attests."""
    for each in dossier.get("attestations", ()):
        earlier = read_checkpoint(each["checkpoint"])
        if earlier.origin != tree.origin:
            yield f"an attested checkpoint is of another ledger, {earlier.origin}; the dossier's is of {tree.origin}"
        if not continues(earlier, tree, [unbase64(hash_) for hash_ in each["proof"]]):
            yield f"its proof does not show that the log continues the attested checkpoint, of {earlier.size} events"


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
    recorded_at: int
    actor: str
    reason: str | None
    key: str | None
    public_key: str | None
    signature: str | None
    state: str
    """The state as it is stored."""

    @property
    def owner(self) -> str:
        """The account whose stream it is; `~` for what accounts share."""
        return self.stream.partition("/")[0]

    @property
    def command(self) -> tuple[int, str, str | None, str | None]:
        """What all events that one command recorded have in common."""
        return self.recorded_at, self.actor, self.reason, self.key


def read_events(dossier: Json) -> list[Event]:
    """The events with their states. Raises Wrong."""
    found = []
    for event in dossier["events"]:
        try:
            state = parse(event["state"])
            data = {name: value for name, value in state["data"].items() if value is not None}
            recorded = state["recorded_at"], state["actor"], state.get("reason"), state.get("key")
            signed = state.get("public_key"), state.get("signature")
            known = ENVELOPE(state)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise Wrong(f"event {event['position']}: its state cannot be read: {error}") from error
        if not known:
            raise Wrong(f"event {event['position']}: its state is not one that the ledger writes")
        place = (event["position"], event["stream"], event["version"], event["topic"])
        found.append(Event(*place, data, leaf_hash(event), *recorded, *signed, event["state"]))
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


def check_nothing_foreign(dossier: Json, events: Sequence[Event]) -> Iterator[str]:
    """No event is of another account, an incident that cannot touch this one, or controls or keys it does not have."""
    account = dossier["account"]
    ever = [event.data["region"] for event in events if event.topic == "account.moved"]
    shared = shared_with(events, [*regions_said(events), *ever])
    shared |= {CONTROLS} if dossier["format"] == WITH_CONTROLS else set()
    shared |= {f"~/actor/{event.actor}" for event in events if event.public_key is not None}
    for event in events:
        rules = event.stream == "~/ledger" or event.stream.startswith(("~/terms/", "~/calendar/"))
        ours = rules or event.owner == account or event.stream in shared
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


def shortest(ratio: Fraction) -> str:
    """A ratio as the shortest percentage, such as 99.8%."""
    whole, rest = divmod(int(ratio * 100 * 10**9), 10**9)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".") + "%"


def read_toml(text: str) -> Json:
    """A document in TOML. The parser takes the square of a key's parts, so no key may have many. Raises Wrong."""
    if any(part.count(".") > 100 for line in text.splitlines() for part in line.split("=")):
        raise Wrong("a line of the terms has more dots between its equals signs than any key has")
    return tomllib.loads(text)


@dataclass
class Terms:
    """A published version of the agreement."""

    document: Json
    sha256: str
    effective_at: int
    readings: dict[str, Any]
    zone: tzinfo
    noticed_at: int | None = None

    @classmethod
    def published(cls, data: Json) -> Terms:
        """A version from its event: the document's own text says everything, the event must not say otherwise."""
        text = data["document"]
        document = json.loads(text) if text.lstrip().startswith("{") else read_toml(text)
        readings = READINGS | document.get("readings", {})
        if readings.keys() != READINGS.keys():
            raise Wrong(f"terms {data['version']} have readings that are not known")
        zone = zone_of(str(readings["timezone"]))
        begins = date.fromisoformat(str(document["effective_from"]))
        version = cls(document, hashlib.sha256(text.encode()).hexdigest(), midnight(begins, zone), readings, zone)
        version.noticed_at = data.get("noticed_at")
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

    def functions(self) -> Sequence[str]:
        """The functions that can be unavailable; those of a call centre where the terms list none."""
        return self.value("service", "functions") or ("agent_sign_in", "agent_calls", "inbound_routing")

    def cited(self, written: int) -> Json:
        """The terms as a decision of a format cites them."""
        readings = {
            key: value for key, value in self.readings.items() if written == LATEST or key not in SINCE_FORMAT_3
        }
        named = {name: self.document[name] for name in ("agreement", "version")}
        return {**named, "sha256": self.sha256, "readings": readings}

    def month(self, month: str) -> Span:
        """R8: a natural month on the clock of the terms."""
        return midnight(first_day(month), self.zone), midnight(first_day(month, 1), self.zone)

    def clause(self, *parameters: str) -> str:
        """The clause that the first of some parameters cites which the document has, each as section.parameter."""
        named = [self.document.get(section, {}).get(name) for section, name in (each.split(".") for each in parameters)]
        return str(next((cited["clause"] for cited in named if cited is not None), "2.1"))

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
    return version_of(month, map(Terms.published, latest.values()))


def version_of(month: str, published: Iterable[Terms]) -> Terms:
    """Of the published versions the one that governs a month."""
    versions = sorted(published, key=lambda version: version.effective_at)
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

    def timing(self, filed_at: int) -> str:
        if filed_at < self.opens_at:
            return "too_early"
        return "in_time" if self.closes_at is None or filed_at < self.closes_at else "too_late"

    def said(self) -> Json:
        """The window as a record has it."""
        days = {name: None if day is None else day.isoformat() for name, day in self._asdict().items() if "day" in name}
        return {**days, "opens_at": self.opens_at, "closes_at": self.closes_at}


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
            if event.topic == "account.enrolled":
                found = cls.enrolled(event.data)
            elif found is not None:
                found.apply(event)
        if found is None:
            raise Wrong("the account's enrolment is not among the events")
        return found

    @classmethod
    def enrolled(cls, data: Json) -> Account:
        return cls(data["enrolled_at"], data["stage"], data.get("covered_in_beta", False), data.get("region"))

    def apply(self, event: Event) -> None:
        topic, data = event.topic, event.data
        if topic == "account.restaged":
            self.stages.append((data["changed_at"], data["stage"]))
        elif topic == "account.moved":
            self.moves[data["moved_at"]] = data["region"]
        elif topic == "account.closed":
            self.closed_at = data["closed_at"]
        elif topic == "account.corrected":
            for name in ("enrolled_at", "stage", "covered_in_beta", "region"):
                setattr(self, name, data.get(name, getattr(self, name)))

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
    causes: list[Event] = field(default_factory=list)
    """All exclusions, withdrawn ones too, as they were recorded."""

    @classmethod
    def opened(cls, data: Json) -> Incident:
        return cls(data["incident"], data["function"], data["started_at"], data["scope"], data.get("regions", []))

    def apply(self, event: Event) -> None:
        topic, data = event.topic, event.data
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
            self.causes.append(event)
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

    def standing(self) -> list[Event]:
        """The exclusions that were not withdrawn."""
        return [cause for cause in self.causes if cause.data["exclusion"] in self.excluded]

    def cut(self, piece: Span, at: int) -> Incident:
        """The same as far as it lies in a piece of its span."""
        return replace(self, started_at=piece[0], ended_at=self.ended_at if piece[1] == at else piece[1])


def evidence_of(cause: Event) -> list[Json]:
    """The evidence of an exclusion; the first shape of the event had one piece at most."""
    pieces = cause.data.get("evidence", [])
    return list(pieces) if isinstance(pieces, list) else [pieces]


def incidents_of(events: Iterable[Event]) -> dict[str, Incident]:
    """The incidents by their names."""
    found: dict[str, Incident] = {}
    for event in events:
        if event.topic in OPENED:
            found[event.data["incident"]] = Incident.opened(event.data)
        elif event.topic.startswith(("incident.", "exclusion.")) and event.topic != "incident.joined":
            found[event.data["incident"]].apply(event)
    return found


def touching(events: Sequence[Event], account: Account, terms: Terms, at: int) -> list[Incident]:
    """R18: the account's own incidents, those that name it, and those of its region or of everybody.

    R22: the last two touch whoever is covered there at any moment of them; by the other reading, whoever belonged
    there when they started. They count only while the account is there.
    """
    found, joined = incidents_of(events), joined_by_name(events)

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
            touched += [incident.cut(piece, at) for piece in pieces(incident)]
    return touched


class Run(NamedTuple):
    """An unbroken outage (R3, R4): its incidents by name, with what of it is left once the excluded is taken out."""

    start: int
    end: int
    names: list[str]
    left: list[Span]
    still_open: bool
    """Whether the incident with which it ends has no end yet."""
    any_open: bool


def runs(incidents: Sequence[Incident], at: int, readings: Json) -> Iterator[Run]:
    """The unbroken outages, each with what of it counts (clause 2.3, R5)."""
    own = {id(incident): incident.exclusions(at, readings) for incident in incidents}
    everything_excluded = union(span for spans in own.values() for span in spans)
    by_time = readings["exclusion_removes"] == "time"
    groups: dict[str, list[Incident]] = {}
    for incident in incidents:
        function = FUNCTION.get(incident.function, incident.function)
        by = {"merged": "", "per_function": function, "per_incident": incident.name}
        groups.setdefault(by[readings["minimum_applies_to"]], []).append(incident)
    for group in groups.values():
        raw = [(incident.span(at), incident) for incident in group]
        rest = [
            (piece, incident)
            for span, incident in raw
            for piece in without([span], everything_excluded if by_time else own[id(incident)])
        ]
        tested = raw if readings["minimum_tested"] == "before_exclusions" else rest
        for run in union(span for span, _ in tested):
            within = [(span, each) for span, each in tested if run[0] <= span[0] < span[1] <= run[1]]
            ends = {span[1] for span, each in within if each.ended_at is None and span[1] == at}
            left = common([run], union(piece for piece, _ in rest))
            yield Run(*run, sorted({each.name for _, each in within}), left, run[1] in ends, bool(ends))


def episodes_of(
    incidents: Sequence[Incident], covered: Sequence[Span], month: Span, at: int, terms: Terms
) -> Iterator[Json]:
    """Clause 1: the month's outages, with where the time of each went; no instant is counted twice."""
    readings, whole = terms.readings, bool(terms.value("service", "whole_minutes_only"))
    minimum = terms.value("service", "minimum_outage_seconds") * SECOND
    if readings["month_straddle"] == "clip_then_test":  # R7
        clipped = [(each, common([each.span(at)], [month])) for each in incidents]
        incidents = [each.cut(piece, at) for each, pieces in clipped for piece in pieces]
    seen = list[Span]()
    for run in sorted(runs(incidents, at, readings)):
        if not (run.start < month[1] and run.end > month[0]):
            continue
        lasted = run.end - run.start
        enough = lasted > minimum or (lasted == minimum and readings["minimum_inclusive"])  # R1
        since = run.start + minimum if readings["minimum_kind"] == "deductible" else run.start  # R2
        counted = common([(since, run.end)], run.left) if enough else []
        within = common(counted, [month])  # R7
        under_terms = common(within, covered)  # R17
        own = without(under_terms, seen)
        seen = union([*seen, *own])
        minutes, rest = divmod(length(own), 60 * SECOND)
        rounded = (minutes + (rest > 0 and not whole)) * 60 * SECOND
        yield {
            "start": run.start,
            "end": None if run.still_open else run.end,
            "any_open": run.any_open,
            "incidents": run.names,
            "length_us": lasted,
            "long_enough": enough,
            "excluded_us": lasted - length(run.left),
            "deducted_us": length(run.left) - length(counted) if enough else 0,
            "outside_us": length(counted) - length(within),
            "uncovered_us": length(within) - length(under_terms),
            "repeated_us": length(under_terms) - length(own),
            "counted_us": length(own) if readings["quantise"] == "exact" and not whole else rounded,  # R6
        }


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

    def place(self, month: str) -> int:
        """How many months of the bill lie before a month."""
        first, wanted = first_day(self.first_month), first_day(month)
        return (wanted.year - first.year) * 12 + wanted.month - first.month

    def covers(self, month: str) -> bool:
        return 0 <= self.place(month) < self.months

    def share(self, amount: int, month: str) -> int:
        """R11: the part of an amount that falls on a month; the odd fen go to the earliest months."""
        if not self.covers(month):
            return 0
        return amount // self.months + (self.place(month) < amount % self.months)

    def offset(self, part: str, month: str) -> int:
        """R12: what vouchers paid of a part, those that were awarded for this very month left out."""
        paid = sum(amount for whose, of, amount in self.payments.values() if of == part and whose != month)
        return self.unexplained(part) + paid

    def unexplained(self, part: str) -> int:
        """What the bill itself says was paid with vouchers, without the payments that are recorded here too."""
        shown = sum(self.payments[key][2] for key in self.shown & self.payments.keys() if self.payments[key][1] == part)
        return int(self.amounts.get(f"{part}_voucher_fen", 0)) - shown

    def fee(self, part: str) -> int:
        """R12: the service fee is the product fee without calls."""
        call = int(self.amounts["call_fee_fen"])
        return call if part == "call" else int(self.amounts["product_fee_fen"]) - call

    def owed(self, part: str) -> int:
        """What no voucher has paid yet of a part."""
        return self.fee(part) - self.offset(part, "")

    def apply(self, event: Event) -> None:
        topic, data = event.topic, event.data
        if topic == "fees.corrected":
            self.amounts.update({name: amount for name, amount in data.items() if name.endswith("_fen")})
        elif topic in ("fees.voided", "fees.restored"):
            self.void = topic == "fees.voided"
        elif topic == "fees.paid_by_voucher":
            paid = data["voucher_month"], data["part"], data["amount_fen"]
            self.payments[data["voucher"], data["redemption"]] = paid
        elif topic == "fees.payment_reversed":
            del self.payments[data["voucher"], data["redemption"]]
            self.shown.discard((data["voucher"], data["redemption"]))
        elif topic == "fees.offset_explained":
            self.shown.add((data["voucher"], data["redemption"]))


def bills_of(events: Iterable[Event]) -> list[Bill]:
    """The bills that are not void, as corrected."""
    bills: dict[str, Bill] = {}
    for event in events:
        data = event.data
        if event.topic == "fees.billed":
            bills[data["bill"]] = Bill(dict(data), data["first_month"], data["months"])
        elif event.topic.startswith("fees."):
            bills[data["bill"]].apply(event)
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
    """Clause 3.1, R13: the credit of each part, and the total; rounded once, the call part is what the total leaves.

    A fee without parts has one rate. A cap is a share of what was paid of the fee without vouchers, cut to the fen.
    """
    rates = {part: percentage(tier.get(f"{part}_rate", "0%")) for part in ("service", "call")}
    exact = {part: bases[part]["net_fen"] * rate for part, rate in rates.items()}
    amounts = {part: half_up(amount) for part, amount in exact.items()}
    if terms.readings["rounding"] == "once_on_total":
        amounts["call"] = half_up(exact["service"] + exact["call"]) - amounts["service"]
    cap = terms.value("credit", "cap")
    if cap is not None:
        paid = max(0, bases["service"]["fee_fen"] - bases["service"]["voucher_offset_fen"])
        amounts["service"] = min(amounts["service"], int(paid * percentage(cap)))
    parts = {part: {"rate": shortest(rates[part]), "amount_fen": amounts[part]} for part in rates}
    return {**parts, "total_fen": sum(amounts.values())}


# ---- The decision --------------------------------------------------------------------------------------------------


def decide(known: Sequence[Event], account: str, month: str, decided_at: int, written: int) -> Json:
    """The claim decided from the events: what its record must say.

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
        "filed_at": filed_at,
        **({} if terms.currency == YUAN else {"currency": terms.currency}),
        **({} if terms.remedy == "voucher" else {"remedy": terms.remedy}),
        "terms": terms.cited(LATEST if latest else 1),
        "calendar": {"sha256": workdays.cited(), "years": years},
        "window": window.said() | {"years": years},
        "availability": None,
        "bases": None,
        "credit": None,
    }
    says["steps"] = steps_to_window(month, (start, end), terms, says, window.timing(filed_at))
    if window.timing(filed_at) != "in_time":
        return says | {"outcome": window.timing(filed_at)}

    total = ((days[1] - days[0]).days + 1) * DAY
    covered_us = min(length(covered), total) if latest else length(covered)
    inputs = {"covered_us": covered_us, "total_us": total}
    says["steps"].append(step(terms.clause("service.beta_covered"), "coverage", bool(covered), **inputs))
    if not covered:
        return says | {"outcome": "not_covered"}

    touched = touching(known, holder, terms, decided_at)
    found = list(episodes_of(touched, covered, (start, end), decided_at, terms))
    for episode in found:
        any_open = episode.pop("any_open")
        episode["end"] = None if any_open and not latest else episode["end"]
    says["availability"] = availability_of(found, total, covered_us, terms)
    says["steps"] += steps_to_availability(found, incidents_of(known).values(), terms, says["availability"])
    tier = says["availability"]["tier"]
    if tier is None:
        return says | {"outcome": "commitment_met"}
    outside = terms.value("fees", "prepayments") == "outside"
    billed = [bill for bill in bills_of(known) if not (outside and bill.months > 1)]
    says["bases"] = bases_of(billed, month, terms.value("fees", "base") == "gross")
    credit = credit_of(says["bases"], terms.document["tiers"][tier - 1], terms)
    names = sorted(bill.amounts["bill"] for bill in billed if bill.covers(month))
    says["steps"] += steps_to_credit(names, says["bases"], credit, tier, terms)
    if credit["total_fen"] <= half_up(Fraction(terms.value("credit", "minimum_credit") or "0") * 100):
        return says | {"outcome": "nothing_to_credit"}
    return says | {"outcome": "awarded", "credit": credit}


def availability_of(found: Sequence[Json], total: int, covered_us: int, terms: Terms) -> Json:
    """Clauses 2.1 and 2.2: the ratio of the month, exact, and its tier; None where it meets the commitment."""
    down = min(sum(episode["counted_us"] for episode in found), total)  # where the clocks go back a month is longer
    ratio = Fraction(total - down, total)
    tier = tier_of(compared(ratio, terms.readings["availability_decimals"]), terms)
    kept = ("start", "end", "length_us", "counted_us", "incidents")
    return {
        "total_us": total,
        "covered_us": covered_us,
        "unavailable_us": down,
        "numerator": ratio.numerator,
        "denominator": ratio.denominator,
        "meets_commitment": tier is None,
        "tier": tier,
        "episodes": [{name: episode[name] for name in kept} for episode in found],
    }


# The derivation that a record carries: each clause with what went in and what came out.


def step(clause: str, name: str, result: object, **inputs: object) -> Json:
    return {"clause": clause, "step": name, "inputs": inputs, "result": result}


def steps_to_window(month: str, span: Span, terms: Terms, says: Json, timing: str) -> list[Json]:
    """Clause 4, the version that governs the month; clause 3.2, whether the claim is in time."""
    inputs = {"month": month, "month_start": span[0], "month_end": span[1], "effective_at": terms.effective_at}
    said = {name: says["window"][name] for name in ("nth_workday", "opens_at", "closes_at")}
    closing = ("closes_after_months", "closes_after_days", "closes", "opens_after_working_day")
    clause = terms.clause(*(f"claims.{name}" for name in closing))
    in_force = {"version_in_force": terms.readings["version_in_force"]}
    version = terms.document["version"]
    return [
        step(terms.clause("amendments.notice_days"), "terms", version, **inputs, **in_force),
        step(clause, "window", timing, filed_at=says["filed_at"], **said),
    ]


def steps_to_availability(
    found: Sequence[Json], incidents: Iterable[Incident], terms: Terms, result: Json
) -> Iterator[Json]:
    """Clause 2.3, what is excluded of the outages that count; clauses 1 and 2, the outages and the availability."""
    named = {name for episode in found for name in episode["incidents"]}
    for incident in sorted(incidents, key=lambda each: (each.started_at, each.name)):
        for cause in incident.standing() if incident.name in named else []:
            yield exclusion_step(incident, cause, terms)
    minimum, clause = terms.value("service", "minimum_outage_seconds"), terms.clause("service.minimum_outage_seconds")
    for episode in found:
        times = list(episode.items())
        inputs = dict([*times[:4], ("minimum_seconds", minimum), *times[4:-1]])
        yield step(clause, "episode", episode["counted_us"], **inputs)
    down, ratio = result["unavailable_us"], f"{result['numerator']}/{result['denominator']}"
    yield step(clause, "unavailable", down, episodes=len(found))
    inputs = {"total_us": result["total_us"], "unavailable_us": down}
    yield step(terms.clause("measure.kind"), "availability", ratio, **inputs)
    inputs = {"commitment": shortest(terms.commitment()), "availability": ratio}
    yield step(terms.clause("commitment.availability"), "commitment", result["meets_commitment"], **inputs)


def exclusion_step(incident: Incident, cause: Event, terms: Terms) -> Json:
    data, bound = cause.data, terms.readings["maintenance_excluded"] == "announced"
    inputs = {
        "incident": incident.name,
        "exclusion": data["exclusion"],
        "from_at": data.get("from_at", incident.started_at),
        "to_at": data.get("to_at", incident.ended_at),
        "notified_at": data.get("notified_at"),
        "reason": cause.reason,
        "evidence": [piece["sha256"] for piece in evidence_of(cause)],
    }
    if bound and "announced_from" in data:
        inputs |= {"announced_from_at": data["announced_from"], "announced_to_at": data["announced_to"]}
    return step(data["clause"], "exclusion", "excluded", **inputs)


def steps_to_credit(bills: list[str], bases: Json, credit: Json, number: int, terms: Terms) -> Iterator[Json]:
    """Clauses 1 and 3.1: the fees, what is left of each part, the tier, its rates, and their sum."""
    tier, single = terms.document["tiers"][number - 1], terms.value("fees", "parts") == "single"
    parts = {"fee": "service"} if single else {"service": "service", "call": "call"}
    fees = {} if single else {"call_fee_fen": bases["call"]["fee_fen"], "service_fee_fen": bases["service"]["fee_fen"]}
    yield step(terms.clause("fees.parts", "service.period"), "fees", bases["product_fee_fen"], bills=bills, **fees)
    gross = {"gross": True} if terms.value("fees", "base") == "gross" else {}
    for name, part in parts.items():
        said = {key: bases[part][key] for key in ("fee_fen", "voucher_offset_fen")}
        yield step(
            terms.clause("fees.base", "vouchers.cash"), "base", bases[part]["net_fen"], part=name, **said, **gross
        )
    bounds = {key: shortest(percentage(tier[key])) if key in tier else None for key in ("below", "at_least")}
    yield step(tier["clause"], "tier", number, **bounds)
    for name, part in parts.items():
        net, rate = bases[part]["net_fen"], credit[part]["rate"]
        amount = half_up(net * percentage(rate)) if single else credit[part]["amount_fen"]
        yield step(tier["clause"], "credit", amount, part=name, net_fen=net, rate=rate)
    yield from limit_steps(bases, credit, terms)
    remedy = {} if terms.remedy == "voucher" else {"remedy": terms.remedy}
    said = {} if single else {f"{part}_fen": credit[part]["amount_fen"] for part in parts}
    rounding = terms.readings["rounding"]
    yield step(tier["clause"], "total", credit["total_fen"], **said, rounding=rounding, **remedy)
    least = terms.value("credit", "minimum_credit")
    if least is not None:
        minimum, total = half_up(Fraction(least) * 100), credit["total_fen"]
        clause = terms.clause("credit.minimum_credit")
        yield step(clause, "minimum", total > minimum, minimum_fen=minimum, credit_fen=total)


def limit_steps(bases: Json, credit: Json, terms: Terms) -> Iterator[Json]:
    cap = terms.value("credit", "cap")
    if cap is not None:
        paid = max(0, bases["service"]["fee_fen"] - bases["service"]["voucher_offset_fen"])
        most = int(paid * percentage(cap))
        inputs = {"share": shortest(percentage(cap)), "paid_fen": paid, "reached": credit["total_fen"] == most}
        yield step(terms.clause("credit.cap"), "cap", most, **inputs)


def differences(said: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Where a record differs from what it must say: the same keys with the same values, none left out or added."""
    if isinstance(expected, dict) and isinstance(said, dict):
        for key in sorted(expected.keys() | said.keys()):
            inner = f"{path}.{key}" if path else key
            if key in expected and key in said:
                yield from differences(said[key], expected[key], inner)
            else:
                yield f"{inner} is {'missing' if key in expected else 'said, but has no place there'}"
    elif said != expected or type(said) is not type(expected):
        yield f"{path} is {brief(said)}, but {brief(expected)} follows from the events"


def brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:97] + "…"


class Absent(NamedTuple):
    """An event that was left out: where it stands in the log, and its leaf's hash."""

    position: int
    leaf: bytes


def left_out(dossier: Json) -> list[Absent]:
    """The events that were left out. Raises Wrong where a hash is none."""
    return [Absent(each["position"], unbase64(each["leaf"])) for each in dossier.get("left_out", ())]


def check_left_out(dossier: Json, events: Sequence[Event]) -> Iterator[str]:
    """What was left out stands in the log's order, apart from the events that are there, and a decision knew it."""
    absent, there = left_out(dossier), {event.position for event in events}
    decided = decisions_of(dossier, events)
    latest = max((made.data["decision"]["facts"]["position"] for made in decided), default=0)
    for before, after in pairwise([0, *(each.position for each in absent)]):
        if after <= before:
            yield f"left out {after} stands behind {before}, not in the log's order"
        if after in there:
            yield f"event {after} is there, and is said to be left out"
        if after > latest:
            yield f"left out {after} was known to no decision: the latest knew the log up to {latest}"


def facts_known(events: Sequence[Event], position: int, years: Sequence[int]) -> list[Event]:
    """What a decision knew: the events up to a position, of the calendars only those of the years that it used.

    Of the shared incidents these are those of the regions in which the account was, as it was then known. No decision
    rests on the ledger's controls.
    """
    known = [event for event in events if event.position <= position and event.stream != "~/ledger"]
    shared = shared_with(known, [*regions_said(known)[-1:], *regions_moved_to(known)])
    calendars = {f"~/calendar/CN-{year}" for year in years}
    return [
        event
        for event in known
        if event.stream != CONTROLS
        and not event.stream.startswith("~/actor/")
        and (not event.stream.startswith("~/calendar/") or event.stream in calendars)
        and (not event.stream.startswith("~/incident/") or event.stream in shared)
    ]


def check_decision(dossier: Json, events: Sequence[Event], made: Event, number: int) -> Iterator[str]:
    """A recorded decision rests on these events, on all that were known, and follows from them."""
    account, month, record = dossier["account"], dossier["month"], made.data["decision"]
    position, years = record["facts"]["position"], record["calendar"]["years"]
    known, absent = facts_known(events, position, years), left_out(dossier)
    passed_over = [each.position for each in (*events, *absent) if position < each.position < made.position]
    if position >= made.position or passed_over:
        yield f"it knew the log up to {position}, but was made at {made.position}, behind {passed_over or 'no event'}"
    counted = [(each.position, each.leaf) for each in (*known, *absent) if each.position <= position]
    hashed = hashlib.sha256(b"".join(leaf for _, leaf in sorted(counted))).hexdigest()
    facts = {"count": len(counted), "sha256": hashed}
    whose = {"number": number, "account": account, "month": month, "facts": {"position": position, **facts}}
    if made.data["month"] != month:
        yield f"it is recorded as of {made.data['month']}"
    expected = decide(known, account, month, record["decided_at"], record["format"])
    expected |= {"decided_at": record["decided_at"], **whose}
    yield from differences(record, expected)
    written = json.dumps({name: expected[name] for name in RECORD_KEYS if name in expected}, **COMPACT)
    if record == expected and f'"decision":{written}' not in made.state:
        yield "its record is not written as a decision is"


def decisions_of(dossier: Json, events: Iterable[Event]) -> list[Event]:
    """The decisions of the dossier's claim."""
    stream = f"{dossier['account']}/claim/{dossier['month']}"
    return [event for event in events if event.stream == stream and event.topic == "claim.decided"]


def check_decisions(dossier: Json, events: Sequence[Event]) -> Iterator[str]:
    """Every decision of the claim."""
    decided = decisions_of(dossier, events)
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


# ---- What the rules let in: fields ---------------------------------------------------------------------------------
#
# A proof shows that an event stands in the log, not that the ledger's rules would have let it in. So each event is
# held against the state that the events before it left: its fields, its stream, and what the rules say of such an act.


def number(low: int, high: int) -> Kind:
    """An integer from `low` up to but not `high`."""
    return lambda value: type(value) is int and low <= value < high


def text(pattern: str) -> Kind:
    return lambda value: type(value) is str and re.fullmatch(pattern, value, re.ASCII) is not None


def one_of(*values: object) -> Kind:
    return lambda value: any(value == each and type(value) is type(each) for each in values)


def several(kind: Kind) -> Kind:
    return lambda value: type(value) is list and all(map(kind, value))


def entry(needed: Mapping[str, Kind], optional: Mapping[str, Kind]) -> Kind:
    """An object with the needed fields, perhaps some of the optional ones, and no others."""
    kinds = {**needed, **optional}

    def fits(value: Any) -> bool:
        named = isinstance(value, dict) and needed.keys() <= value.keys() <= kinds.keys()
        return named and all(kinds[name](each) for name, each in value.items())

    return fits


def maybe(kind: Kind) -> Kind:
    return lambda value: value is None or kind(value)


def is_words(value: Any) -> bool:
    """A reason or a statement: not blank, at most 2,000 characters, of the control characters only tab and newline."""
    if type(value) is not str or not value.strip() or len(value) > 2000:
        return False
    return not any((ord(each) < 32 and each not in "\t\n") or ord(each) == 127 for each in value)


def anything(value: Any) -> bool:
    return True


AHEAD = 5 * 60 * SECOND
"""How much later than its recording an instant may be, and how much earlier the next recording: clocks differ."""
WITH_CLOCK = 2
"""The rules of recording by which clocks do not run back, cancellations stand in pairs, and issues are whole."""
INSTANT = number(0, (datetime(2200, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1))
AMOUNT, COUNT, INTEGER = number(0, 10**14), number(1, 2**63), number(-(2**63), 2**63)
ID, VOUCHER_ID = text("[A-Za-z0-9._:@-]{1,64}"), text("[A-Za-z0-9._:@-]{1,96}")
MONTH, DATE = text(r"(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])"), text(r"\d{4}-\d\d-\d\d")
HASH, PERCENT, TEXT = text("[0-9a-f]{64}"), text(r"\d{1,3}(\.\d{1,9})?%"), text(r"(?s:.*)")
EVIDENCE = entry({"name": is_words, "sha256": HASH}, {"uri": maybe(is_words)})
DAYS = several(entry({"date": DATE, "name": TEXT}, {}))
PART_CREDIT = entry({"rate": PERCENT, "amount_fen": INTEGER}, {})
BASE = entry(dict.fromkeys(("fee_fen", "voucher_offset_fen", "net_fen"), INTEGER), {})
EPISODE = entry(
    {**dict.fromkeys(("start", "length_us", "counted_us"), INTEGER), "end": maybe(INTEGER), "incidents": several(TEXT)},
    {},
)
AVAILABILITY = entry(
    {
        **dict.fromkeys(("total_us", "covered_us", "unavailable_us", "numerator", "denominator"), INTEGER),
        "meets_commitment": one_of(True, False),
        "tier": maybe(INTEGER),
        "episodes": several(EPISODE),
    },
    {},
)
WINDOW = {"opens_at": INTEGER, "closes_at": maybe(INTEGER), "nth_workday": maybe(DATE), "last_day": maybe(DATE)}
RECORD = entry(
    {
        **dict.fromkeys(("number", "decided_at", "filed_at"), INTEGER),
        **dict.fromkeys(("account", "month", "terms"), anything),
        "format": one_of(1, 2, 3),
        "outcome": one_of("awarded", "commitment_met", "nothing_to_credit", "too_early", "too_late", "not_covered"),
        "calendar": entry({"sha256": TEXT, "years": several(INTEGER)}, {}),
        "facts": entry({"position": INTEGER, "count": INTEGER, "sha256": TEXT}, {}),
        "window": entry({**WINDOW, "years": several(INTEGER)}, {}),
        "availability": maybe(AVAILABILITY),
        "bases": maybe(entry({"product_fee_fen": INTEGER, "call_fee_fen": INTEGER, "service": BASE, "call": BASE}, {})),
        "credit": maybe(entry({"service": PART_CREDIT, "call": PART_CREDIT, "total_fen": INTEGER}, {})),
        "steps": several(entry(dict.fromkeys(("clause", "step", "inputs", "result"), anything), {})),
    },
    {"currency": TEXT, "remedy": TEXT},
)
"""A decision's record, of any claim. What the record of the dossier's own claim must say is worked out above."""

SOURCE = entry({"name": TEXT}, {"scope": TEXT, "key": TEXT, "said_at": maybe(INTEGER), "inferred": one_of(True, False)})
ENVELOPE = entry(
    {"recorded_at": INSTANT, "actor": TEXT, "data": anything},
    {
        name: maybe(SOURCE if name == "source" else TEXT)
        for name in ("reason", "key", "source", "public_key", "signature")
    },
)
KINDS: dict[str, Kind] = {
    **dict.fromkeys(("account", "incident", "region", "bill"), ID),
    **dict.fromkeys(("month", "first_month", "voucher_month"), MONTH),
    **dict.fromkeys(("redemption", "exclusion"), COUNT),
    **dict.fromkeys(("year", "effective_at", "position", "rules"), INTEGER),
    **dict.fromkeys(("sha256", "decision_sha256"), HASH),
    **dict.fromkeys(("product_fee_fen", "call_fee_fen", "service_voucher_fen", "call_voucher_fen"), AMOUNT),
    **dict.fromkeys(("statement", "grounds", "name", "reported_by"), is_words),
    **dict.fromkeys(("agreement", "version", "document", "country", "source", "clause", "ledger"), TEXT),
    **dict.fromkeys(("provider_name", "provider_address"), is_words),
    **dict.fromkeys(("holidays", "workdays"), DAYS),
    "actor": lambda value: type(value) is str and 1 <= len(value) <= 200 and value.isprintable(),
    "public_key": lambda value: type(value) is str and len(value) <= 300 and ed25519_key(value) is not None,
    "voucher": VOUCHER_ID,
    **dict.fromkeys(("amount_fen", "approval_above_fen"), AMOUNT),
    "months": number(1, 121),
    "uncertainty_us": number(1, 31 * DAY + 1),
    "stage": one_of("general", "public_beta", "invited_beta"),
    "scope": one_of("account", "accounts", "regions", "all"),
    "moment": one_of("start", "end"),
    "part": one_of("service", "call"),
    **dict.fromkeys(("covered_in_beta", "signed"), one_of(True, False)),
    "function": text("[a-z][a-z0-9_]{0,39}"),
    "regions": several(ID),
    "evidence": lambda value: EVIDENCE(value) or several(EVIDENCE)(value),
    "decision": lambda value: COUNT(value) or RECORD(value),
}
"""What each field holds, by its name. All others are instants."""


# ---- What the rules let in: accounts and incidents -----------------------------------------------------------------


@dataclass
class Claim:
    """A claim as its rules need it; `gone` are the numbers of the filings that were withdrawn."""

    filings: list[tuple[int, str | None]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    waits: bool = False
    decisions: list[Json] = field(default_factory=list)
    deciders: set[str] = field(default_factory=set)
    approved: bool = False
    disputes: list[tuple[int, str]] = field(default_factory=list)
    disputed: bool = False
    held: int = 0
    """What the month's vouchers hold: their amounts less what was cancelled of them."""

    @property
    def withdrawn(self) -> bool:
        return len(self.filings) - 1 in self.gone

    @property
    def awarded(self) -> int:
        """What the latest decision awards."""
        credit = self.decisions[-1].get("credit") if self.decisions else None
        return credit["total_fen"] if credit else 0

    @property
    def due(self) -> int:
        """What of it no voucher holds yet."""
        return self.awarded - self.held


@dataclass
class Voucher:
    """A voucher; its redemptions by number, without those that were reversed."""

    issued: Json
    balance: int
    count: int = 0
    redemptions: dict[int, Json] = field(default_factory=dict)
    cancelled: list[tuple[int, str | None]] = field(default_factory=list)


@dataclass
class Case:
    """What the events up to one leave behind, as far as a rule asks for it.

    `own` are the account's own events, `place` is that of the latest; `settled` are the positions of those that were
    let in as a part of the act before them. `controls` are None where the dossier does not have them. `rules` is the
    number of the rules of recording, and `latest_at` the latest recording by those that have a clock.
    """

    own: list[Event]
    place: int = -1
    rules: int = 1
    latest_at: int = 0
    settled: set[int] = field(default_factory=set)
    account: dict[str, Account] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    versions: dict[str, Terms] = field(default_factory=dict)
    calendars: dict[str, str] = field(default_factory=dict)
    opened: dict[str, Event] = field(default_factory=dict)
    told: dict[str, Event] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    bills: dict[str, Bill] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """The registered keys, each with its actor."""
    retired: set[str] = field(default_factory=set)
    controls: Json | None = None

    def behind(self, event: Event, topic: str) -> list[Event]:
        """The events of a topic that the same command recorded right behind one."""
        behind = islice(self.own, self.place + 1, None)
        return list(takewhile(lambda each: each.topic == topic and each.command == event.command, behind))

    def with_it(self, event: Event, *parts: tuple[str, Json]) -> None:
        """The same command recorded these too, right behind it."""
        found = self.own[self.place + 1 : self.place + 1 + len(parts)]
        said = [(each.topic, each.data) for each in found if each.command == event.command]
        must(said == list(parts), f"{' and '.join(topic for topic, _ in parts)} must stand with it and say the same")
        self.settled.update(each.position for each in found)

    def needs_approval(self, claim: Claim) -> bool:
        """Whether the award of a claim's latest decision is above the limit that holds; false where it is not known."""
        limit = (self.controls or {}).get("approval_above_fen")
        return limit is not None and claim.awarded > limit

    def latest(self) -> Terms:
        """The version that takes effect last."""
        must(bool(self.versions), "no terms were published")
        return max(self.versions.values(), key=lambda version: version.effective_at)

    def terms(self, month: str) -> Terms:
        return version_of(month, self.versions.values())


def must(holds: bool, otherwise: str) -> None:
    """Raise Wrong unless a rule holds."""
    if not holds:
        raise Wrong(otherwise)


def known(things: Mapping[str, Thing], name: str) -> Thing:
    """What was recorded under a name. Raises Wrong where nothing was."""
    must(name in things, f"{name} was not recorded before")
    return things[name]


def enrols(case: Case, event: Event) -> None:
    case.account[event.owner] = Account.enrolled(event.data)


def restages_or_moves(case: Case, event: Event) -> None:
    account, moved = known(case.account, event.owner), event.topic == "account.moved"
    at = event.data["moved_at" if moved else "changed_at"]
    must(account.enrolled_at <= at, "it lies before the enrolment")
    must(account.closed_at is None or at <= account.closed_at, "it lies behind the closure")
    name, changes = ("region", list(account.moves.items())) if moved else ("stage", account.stages)
    begun = [value for since, value in [(account.enrolled_at, getattr(account, name)), *changes] if since == at]
    must(begun[-1:] != [event.data[name]], f"that {name} is recorded from that instant on already")


def names(case: Case, event: Event) -> None:
    """A name is for people; no decision rests on it."""
    known(case.account, event.owner)
    text = event.data["name"]
    must(case.names.get(event.owner) != text, "it has that name already")
    case.names[event.owner] = text


def corrects_account(case: Case, event: Event) -> None:
    account, given = known(case.account, event.owner), {**event.data}
    del given["account"]
    must(any(getattr(account, name) != value for name, value in given.items()), "it changes nothing")
    later = [
        *(since for since, _ in account.stages),
        *account.moves,
        OPEN if account.closed_at is None else account.closed_at,
    ]
    must(given.get("enrolled_at", 0) <= min(later), "the enrolment would lie behind a later change")


def closes_account(case: Case, event: Event) -> None:
    account = known(case.account, event.owner)
    must(account.closed_at is None, "the account was closed before")
    begun = max([account.enrolled_at, *(since for since, _ in account.stages), *account.moves])
    must(event.data["closed_at"] >= begun, "it lies before the enrolment or a later change")


def opens(case: Case, event: Event) -> None:
    data, regions = event.data, event.data.get("regions", [])
    particulars = "account" in data, bool(regions)
    must(particulars == (data["scope"] == "account", data["scope"] == "regions"), "its scope is not whom it names")
    must(regions == sorted(set(regions)), "its regions are not in order")
    must(data["scope"] != "account" or event.owner in case.account, "the account is not enrolled")
    must_be_function(case, data["function"])
    case.opened[event.stream], case.incidents[event.stream] = event, Incident.opened(data)


def must_be_function(case: Case, function: str) -> None:
    must(any(function in version.functions() for version in case.versions.values()), "no terms have that function")


def joins(case: Case, event: Event) -> None:
    known(case.account, event.owner)
    shared = known(case.opened, f"~/incident/{event.data['incident']}")
    at_once = (shared.recorded_at, shared.actor) == (event.recorded_at, event.actor)
    must(shared.data["scope"] == "accounts" and at_once, "no incident of several accounts was opened with it")


def turns(case: Case, event: Event) -> None:
    """An incident ends once, opens again once it has ended, is withdrawn once, and counts again once it was."""
    incident = known(case.incidents, event.stream)
    fits = {
        "incident.closed": not incident.withdrawn and incident.ended_at is None,
        "incident.closed_within": not incident.withdrawn and incident.ended_at is None,
        "incident.reopened": not incident.withdrawn and incident.ended_at is not None,
        "incident.withdrawn": not incident.withdrawn,
        "incident.restored": incident.withdrawn,
    }
    must(fits.get(event.topic, True), "the incident is not in a state in which that can be")
    must(incident.started_at <= event.data.get("ended_at", OPEN), "it ends before it starts")


def reports(case: Case, event: Event) -> None:
    """Who told of a start or an end stands right behind it, of the same command."""
    data, told = event.data, known(case.told, event.stream)
    topics = OPENED if data["moment"] == "start" else ("incident.closed", "incident.closed_within")
    behind = told.topic in topics and told.version == event.version - 1 and told.command == event.command
    must(behind, "no start or end was recorded with it")
    must("reported_by" in data or bool(data.get("evidence")), "it says nothing")


def corrects_incident(case: Case, event: Event) -> None:
    incident, data = known(case.incidents, event.stream), event.data
    must(not incident.withdrawn, "the incident was withdrawn")
    must("ended_at" not in data or incident.ended_at is not None, "an open incident has no end to correct")
    before = incident.started_at, incident.ended_at, incident.function
    start, end = data.get("started_at", before[0]), data.get("ended_at", before[1])
    after = start, end, data.get("function", before[2])
    must(after != before, "it changes nothing")
    must(end is None or start <= end, "it ends before it starts")
    must_be_function(case, after[2])
    terms = terms_of(case, incident)
    for cause in incident.standing():
        if "from_at" not in cause.data:
            must_be_noticed(terms, cause.data, start)


def terms_of(case: Case, incident: Incident) -> Terms:
    """The terms that govern the month in which an incident started."""
    started = (EPOCH + timedelta(microseconds=incident.started_at)).astimezone(case.latest().zone)
    return case.terms(f"{started:%Y-%m}")


def must_be_noticed(terms: Terms, cause: Json, begins: int) -> None:
    """Clause 2.3(5), R23: the customer was told before the maintenance began, or before its announced window."""
    listed = [each for each in terms.document["exclusions"] if each["clause"] == cause["clause"]]
    must(bool(listed), f"the terms have no cause {cause['clause']}")
    told = cause.get("notified_at", OPEN)
    in_time = told < max(begins, cause.get("announced_from", 0))
    must(in_time or not listed[0].get("notice_required", False), "it was not announced in time")


def excludes(case: Case, event: Event) -> None:
    incident, data = known(case.incidents, event.stream), event.data
    must(not incident.withdrawn, "the incident was withdrawn")
    must(event.reason is None or is_words(event.reason), "its reason is none")
    first_shape = isinstance(data.get("evidence"), dict)
    must(
        "evidence" not in data or first_shape == (event.topic == "exclusion.applied"),
        "its evidence is of another shape",
    )
    number = len(incident.causes) + 1
    must(data["exclusion"] == number, f"it is number {number}")
    for each in incident.standing():
        same = (each.data | {"exclusion": number}, evidence_of(each), each.reason) == (
            data,
            evidence_of(event),
            event.reason,
        )
        must(not same, "the same exclusion stands already")
    edge = OPEN if incident.ended_at is None else incident.ended_at
    start, end = data.get("from_at", incident.started_at), data.get("to_at", edge)
    must(start < end and incident.started_at < end and start < edge, "it excludes nothing of the incident")
    must(data.get("announced_from", 0) < data.get("announced_to", OPEN), "the announced window is empty")
    must_be_noticed(terms_of(case, incident), data, start)


def withdraws_exclusion(case: Case, event: Event) -> None:
    must(event.data["exclusion"] in known(case.incidents, event.stream).excluded, "no such exclusion stands")


# ---- What the rules let in: bills, claims, vouchers ----------------------------------------------------------------


def bills_fees(case: Case, event: Event) -> None:
    known(case.account, event.owner)
    bill = Bill(dict(event.data), event.data["first_month"], event.data["months"])
    must_add_up(case, bill)
    case.bills[event.data["bill"]] = bill


def must_add_up(case: Case, bill: Bill) -> None:
    """Clause 1: the call fee is a part of the product fee, and vouchers pay no more of a part than it is."""
    must(bill.fee("service") >= 0, "the call fee is above the product fee")
    for part in ("service", "call"):
        must(bill.unexplained(part) >= 0, f"more payments are shown than the bill says of its {part} fee")
        must(bill.amounts.get(f"{part}_voucher_fen", 0) <= bill.fee(part), f"vouchers paid more than the {part} fee")
        must(bill.owed(part) >= 0, f"vouchers paid more than the {part} fee")


def must_have_parts(case: Case, bill: Bill) -> None:
    calls = bill.amounts["call_fee_fen"] or bill.amounts.get("call_voucher_fen")
    must(not calls or case.latest().value("fees", "parts") != "single", "the fee of these terms has no parts")


def corrects_fees(case: Case, event: Event) -> None:
    bill, marks = known(case.bills, event.data["bill"]), case.behind(event, "fees.offset_explained")
    must(not bill.void, "the bill is void")
    given = {name: amount for name, amount in event.data.items() if name != "bill"}
    must(any(bill.amounts.get(name, 0) != amount for name, amount in given.items()), "it changes nothing")
    changed = replace(bill, amounts=bill.amounts | given, shown=set(bill.shown))
    for mark in marks:
        must_show(changed, event.data["bill"], mark)
    must_add_up(case, changed)
    must_have_parts(case, changed)
    case.settled.update(mark.position for mark in marks)


def shows(case: Case, event: Event) -> None:
    bill = known(case.bills, event.data["bill"])
    changed = replace(bill, shown=set(bill.shown))
    must_show(changed, event.data["bill"], event)
    must_add_up(case, changed)


def must_show(bill: Bill, name: str, mark: Event) -> None:
    """Mark a payment that stands on the bill as one that its own offset shows."""
    payment = mark.data["voucher"], mark.data["redemption"]
    must(mark.data["bill"] == name and payment in bill.payments, "no such payment stands on the bill")
    must(payment not in bill.shown, "that the bill shows it was recorded before")
    bill.shown.add(payment)


def voids_or_restores(case: Case, event: Event) -> None:
    bill, voids = known(case.bills, event.data["bill"]), event.topic == "fees.voided"
    must(bill.void != voids, "it changes nothing")
    must(not bill.payments, "a voucher's payment stands on the bill")


def is_other_side(case: Case, event: Event) -> None:
    raise Wrong("what it is the other side of does not stand right before it")


def files(case: Case, event: Event) -> None:
    """Once a month has ended, unless a claim waits or was decided otherwise than as too early."""
    known(case.account, event.owner)
    data, claim = event.data, case.claims.setdefault(event.data["month"], Claim())
    filing = data["filed_at"], data.get("statement")
    must(data["filed_at"] >= case.terms(data["month"]).month(data["month"])[1], "the month had not ended")
    same = [number for number, each in enumerate(claim.filings) if each == filing]
    must(not same or same[-1] in claim.gone, "the same filing stands")
    must(not claim.waits, "a filing waits for its decision")
    decided = bool(claim.decisions) and claim.decisions[-1]["outcome"] != "too_early"
    must(claim.withdrawn or not decided, "the claim was decided")
    claim.filings.append(filing)
    claim.waits = True


def sends(case: Case, event: Event) -> None:
    """What the customer sent stands right behind the filing, of the same command."""
    filed = known(case.told, event.stream)
    behind = filed.topic == "claim.filed" and filed.version == event.version - 1 and filed.command == event.command
    must(behind, "no claim was filed with it")
    must(bool(event.data["evidence"]), "it says nothing")


def withdraws_claim(case: Case, event: Event) -> None:
    claim = known(case.claims, event.data["month"])
    must(claim.waits, "no claim waits")
    claim.waits = False
    claim.gone.add(len(claim.filings) - 1)


def decides(case: Case, event: Event) -> None:
    """That a decision of the dossier's own claim follows from the facts is checked elsewhere."""
    claim, record = known(case.claims, event.data["month"]), event.data["decision"]
    if not claim.waits:
        must(is_words(event.reason), "a claim is decided again for a reason")
        must_be_decided(claim)
        must(record["decided_at"] >= claim.decisions[-1]["decided_at"], "it is dated before the one it replaces")
    must(
        INSTANT(record["decided_at"]) and record["decided_at"] >= claim.filings[-1][0], "it is dated before the filing"
    )
    must(record["decided_at"] <= event.recorded_at + AHEAD, "it was recorded before it was made")
    whose = record["number"], record["account"], record["month"]
    must(whose == (len(claim.decisions) + 1, event.owner, event.data["month"]), "it says that it is another one")
    cited = case.terms(record["month"]).cited(record["format"])
    must(not any(differences(record["terms"], cited)), "it names other terms")
    claim.decisions.append(record)
    claim.deciders.add(event.actor)
    claim.waits = claim.disputed = claim.approved = False


def must_be_decided(claim: Claim) -> None:
    must(bool(claim.decisions) and not claim.waits and not claim.withdrawn, "no decision of the claim stands")


def approves(case: Case, event: Event) -> None:
    """By a second person, for what is due, where the award is above the limit."""
    claim, data = known(case.claims, event.data["month"]), event.data
    must(claim.due > 0 and claim.decisions[-1]["outcome"] == "awarded", "no award is due")
    must(not claim.approved, "it was approved before")
    must(event.actor not in claim.deciders, "who decided the claim does not approve its award")
    must(case.controls is None or case.needs_approval(claim), "no award of that amount needs an approval")
    latest = claim.decisions[-1]
    cited = hashlib.sha256(json.dumps(latest, **COMPACT).encode()).hexdigest()
    whose = data["decision"], data["decision_sha256"], data["amount_fen"]
    must(whose == (latest["number"], cited, claim.due), "it approves something else than what is due")
    must(latest["facts"]["position"] <= data["position"] < event.position, "the log did not end there then")
    claim.approved = True


def disputes(case: Case, event: Event) -> None:
    claim, dispute = known(case.claims, event.data["month"]), (event.data["disputed_at"], event.data["grounds"])
    must_be_decided(claim)
    must(not claim.disputed and dispute not in claim.disputes, "it was disputed before")
    must(event.data["disputed_at"] >= claim.filings[-1][0], "it is dated before the filing")
    claim.disputes.append(dispute)
    claim.disputed = True


def issues(case: Case, event: Event) -> None:
    """Clause 3.1: what the latest decision awards and the month's vouchers do not hold; R28: by the month's terms."""
    data, claim = event.data, known(case.claims, event.data["month"])
    least = claim.due if case.rules >= WITH_CLOCK else 1
    must(max(least, 1) <= data["amount_fen"] <= claim.due, f"{max(0, claim.due)} fen are left to issue")
    latest = claim.decisions[-1]
    must(data["decision"] == latest["number"], "it names another decision than the latest")
    must(data["issued_at"] >= latest["decided_at"], "it is dated before the decision")
    must(data["version"] == case.terms(data["month"]).document["version"], "other terms govern the month")
    must(claim.approved or not case.needs_approval(claim), "its award needs an approval")
    case.with_it(event, ("claim.paid", {name: data[name] for name in ("account", "month", "voucher", "amount_fen")}))
    case.vouchers[data["voucher"]] = Voucher(data, data["amount_fen"])
    claim.held += data["amount_fen"]


def redeems(case: Case, event: Event) -> None:
    """Within the voucher's balance, and within what the bill owes; a payment that it shows, within what it says."""
    data, voucher, bill = event.data, known(case.vouchers, event.data["voucher"]), known(case.bills, event.data["bill"])
    amount, part = data["amount_fen"], data["part"]
    must(data["redemption"] == voucher.count + 1, f"it is number {voucher.count + 1}")
    must(0 < amount <= voucher.balance, f"the voucher's balance is {voucher.balance} fen")
    must(not bill.void, "the bill is void")
    must(data["redeemed_at"] >= voucher.issued["issued_at"], "it is dated before the issue")
    must_pay(case, voucher, bill, part)
    same = (each | {"redemption": data["redemption"]} == data for each in voucher.redemptions.values())
    must(not any(same), "the same redemption stands")
    payment = {name: data[name] for name in ("bill", "voucher", "redemption")}
    paid = {**payment, "voucher_month": voucher.issued["month"], "part": part, "amount_fen": amount}
    third = case.own[case.place + 2 : case.place + 3]
    shown = [(each.topic, each.command) for each in third] == [("fees.offset_explained", event.command)]
    room = bill.unexplained(part) if shown else bill.owed(part)
    must(amount <= room, f"{room} fen of the bill are left for it")
    case.with_it(event, ("fees.paid_by_voucher", paid), *([("fees.offset_explained", payment)] if shown else []))
    voucher.redemptions[data["redemption"]] = data
    voucher.count, voucher.balance = voucher.count + 1, voucher.balance - amount


def must_pay(case: Case, voucher: Voucher, bill: Bill, part: str) -> None:
    """R20, R21: the voucher pays later fees, and of them the parts that its terms say."""
    terms = known(case.versions, voucher.issued["version"])
    no_calls = terms.value("fees", "parts") == "single" or terms.readings["voucher_pays"] == "service"
    must(part == "service" or not no_calls, "the voucher does not pay that part")
    by_month = terms.readings["voucher_pays_later_by"] == "usage_month"
    dated = terms.month(bill.first_month)[0] if by_month else bill.amounts["billed_at"]
    must(dated >= voucher.issued["issued_at"], "the bill is older than the voucher")


def reverses(case: Case, event: Event) -> None:
    voucher, number = known(case.vouchers, event.data["voucher"]), event.data["redemption"]
    must(number in voucher.redemptions, "no such redemption stands")
    redeemed = voucher.redemptions.pop(number)
    case.with_it(event, ("fees.payment_reversed", {name: redeemed[name] for name in ("bill", "voucher", "redemption")}))
    voucher.balance += redeemed["amount_fen"]


def cancels(case: Case, event: Event) -> None:
    """The claim's side was not recorded by the first rules."""
    voucher, amount = known(case.vouchers, event.data["voucher"]), event.data["amount_fen"]
    must(0 < amount <= voucher.balance, f"the voucher's balance is {voucher.balance} fen")
    must((amount, event.reason) not in voucher.cancelled, "the same was cancelled before")
    whose = {name: voucher.issued[name] for name in ("account", "month", "voucher")}
    if case.rules >= WITH_CLOCK or case.behind(event, "claim.payment_cancelled"):
        case.with_it(event, ("claim.payment_cancelled", whose | {"amount_fen": amount}))
    voucher.cancelled.append((amount, event.reason))
    voucher.balance -= amount
    case.claims[whose["month"]].held -= amount
    case.claims[whose["month"]].approved = False


# ---- What the rules let in: terms and calendars, and each topic by its rule ----------------------------------------


def publishes_terms(case: Case, event: Event) -> None:
    """Clause 4, R27: announced in time; published again, for a reason and with nothing but readings changed."""
    made, name, others = Terms.published(event.data), event.data["version"], list(case.versions.values())
    must(made.document["agreement"] == event.data["agreement"], "its document is of another agreement")
    for each in others:
        same = (each.document["agreement"], each.currency) == (made.document["agreement"], made.currency)
        must(same, "a version before it is of another agreement or currency")
        must(each.sha256 != made.sha256, "the same document was published before")
    if name in case.versions:
        must(event.reason is not None, "the version was published before, and no reason is given")
        must_only_read_otherwise(case.versions[name], made)
    else:
        must(made.effective_at not in [each.effective_at for each in others], "another version begins on that day")
        amended = [each for each in others if each.effective_at < made.effective_at]
        days = max(amended, key=lambda each: each.effective_at).value("amendments", "notice_days") if amended else 0
        noticed = made.effective_at if made.noticed_at is None else made.noticed_at
        must(not amended or made.effective_at - noticed >= days * DAY, f"it was not announced {days} days before")
    case.versions[name] = made


def must_only_read_otherwise(held: Terms, made: Terms) -> None:
    rest = [{**each.document, "readings": None, "revision": None} for each in (held, made)]
    must(rest[0] == rest[1] and held.noticed_at == made.noticed_at, "more than readings was changed")
    for name in ("timezone", "version_in_force"):
        must(held.readings[name] == made.readings[name], f"{name} changes by an amendment alone")


def publishes_calendar(case: Case, event: Event) -> None:
    data, days = event.data, {name: event.data[name] for name in ("holidays", "workdays")}
    made = hashlib.sha256(canonical({"country": "CN", "year": data["year"], **days})).hexdigest()
    must(data["country"] == "CN" and data["sha256"] == made, "it does not have the hash of its days")
    for each in days.values():
        dates = [date.fromisoformat(day["date"]).isoformat() for day in each]
        must(dates == sorted(set(dates)), "its days are not in order")
    held = case.calendars.get(event.stream)
    must(held is None or (held != made and event.reason is not None), "the year was published before")
    case.calendars[event.stream] = made


# ---- What the rules let in: signatures and keys --------------------------------------------------------------------
#
# Whether events had to be signed, and who is a steward, the controls say, which no dossier has.


def ed25519_key(text: str) -> bytes | None:
    """The 32 bytes of a verifier key, `NAME+ID+BASE64`; None where the text is none."""
    name, _, rest = text.partition("+")
    id_, _, encoded = rest.partition("+")
    try:
        key = unbase64(encoded, 33)
    except (Wrong, UnicodeEncodeError):
        return None
    named = name and text.isprintable() and not re.search(r"\s", name)
    right = hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == id_
    return key[1:] if key[0] == 1 and named and right else None


def must_be_own_key(case: Case, event: Event) -> None:
    """What is signed is signed with a key that its actor had then."""
    if event.public_key is not None:
        must(case.keys.get(event.public_key) == event.actor, "the key that signed it is not one of its actor")
        must(event.public_key not in case.retired, "the key that signed it was retired before")


def adds_key(case: Case, event: Event) -> None:
    """A key is registered once, and for one actor; only an actor's first key without a signature."""
    actor, key = event.data["actor"], event.data["public_key"]
    same = [each for each in case.keys if ed25519_key(each) == ed25519_key(key)]
    must(case.keys.get(key, actor) == actor and same in ([], [key]), "the key is registered already")
    must(key not in case.keys or key in case.retired, "the key is registered already")
    must(event.public_key is not None or actor not in case.keys.values(), "its actor has keys, and it is not signed")
    must(event.reason is None or is_words(event.reason), "its reason is none")
    case.keys[key] = actor
    case.retired.discard(key)


def retires_key(case: Case, event: Event) -> None:
    actor, key = event.data["actor"], event.data["public_key"]
    must(case.keys.get(key) == actor and key not in case.retired, "the actor has no such key")
    must(event.public_key is not None, "it is not signed")
    must(event.reason is None or is_words(event.reason), "its reason is none")
    case.retired.add(key)


def check_signatures(ledger: str, events: Sequence[Event]) -> Iterator[str]:
    """Each signature is of its event: of where it stands, and of its state without the signature's own two members."""
    for event in events:
        if (event.public_key is not None or event.signature is not None) and not is_signed(ledger, event):
            yield f"event {event.position}: its signature is not of this event"


def is_signed(ledger: str, event: Event) -> bool:
    key = ed25519_key(event.public_key or "")
    ending = "," + json.dumps({"public_key": event.public_key, "signature": event.signature}, **COMPACT)[1:]
    if key is None or event.signature is None or not event.state.endswith(ending):
        return False
    where = [part.encode() for part in (ledger, event.stream, str(event.version), event.topic)]
    text = b"".join(len(part).to_bytes(8, "big") + part for part in where)
    state = event.state.removesuffix(ending) + "}"
    try:
        signature = unbase64(event.signature, 64)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, b"slaledger-event-v1\n" + text + state.encode())
    except (InvalidSignature, Wrong, ValueError):
        return False
    return True


def creates(case: Case, event: Event) -> None:
    """The ledger's id, which every checkpoint names."""


def upgrades(case: Case, event: Event) -> None:
    """Stricter rules of recording, which judge what stands behind them. They never fall."""
    must(case.rules < event.data["rules"] <= WITH_CLOCK, f"rules {case.rules} hold, and {WITH_CLOCK} are known")
    must(is_words(event.data["version"]), "it names no release")
    case.rules = event.data["rules"]


def must_be_in_order(case: Case, event: Event) -> None:
    """Clocks run on, and it can be read who recorded something and why; from the second rules on."""
    must(event.recorded_at >= case.latest_at - AHEAD, "it was recorded more than five minutes before one before it")
    must(0 < len(event.actor) <= 200 and event.actor.isprintable(), "it names nobody who recorded it")
    must(
        is_words(event.reason) or (event.reason is None and event.topic not in FOR_A_REASON_SINCE),
        "no reason that can be read",
    )
    case.latest_at = max(case.latest_at, event.recorded_at)


def sets_controls(case: Case, event: Event) -> None:
    """Each event has all controls as they are from then on; a provider is never left out again."""
    held = case.controls or {}
    made = {name: value for name, value in event.data.items() if value is not False}
    lifted = ("approval_above_fen", "signed")
    must(all(name in made for name in held if name not in lifted), "a control is left out")
    must(made != held, "nothing is changed")
    must("signed" not in made or event.public_key is not None, "that commands must be signed is itself not signed")
    case.controls = made


RULES: dict[str, tuple[Callable[[Case, Event], None], str]] = {
    "account.enrolled": (enrols, "account enrolled_at stage region? covered_in_beta?"),
    "account.restaged": (restages_or_moves, "account stage changed_at"),
    "account.moved": (restages_or_moves, "account region moved_at"),
    "account.named": (names, "account name"),
    "account.corrected": (corrects_account, "account enrolled_at? stage? region? covered_in_beta?"),
    "account.closed": (closes_account, "account closed_at"),
    "incident.opened": (opens, "incident function started_at scope account? regions?"),
    "incident.opened_within": (opens, "incident function started_at scope account? regions? uncertainty_us"),
    "incident.joined": (joins, "incident account"),
    "incident.closed": (turns, "incident ended_at"),
    "incident.closed_within": (turns, "incident ended_at uncertainty_us"),
    "incident.corrected": (corrects_incident, "incident started_at? ended_at?"),
    "incident.corrected_within": (corrects_incident, "incident started_at? ended_at? uncertainty_us"),
    "incident.function_corrected": (corrects_incident, "incident function"),
    "incident.reopened": (turns, "incident"),
    "incident.withdrawn": (turns, "incident"),
    "incident.restored": (turns, "incident"),
    "incident.reported": (reports, "incident moment reported_by? evidence?"),
    "incident.kept": (turns, "incident"),
    "incident.released": (turns, "incident"),
    "exclusion.applied": (excludes, "incident exclusion clause from_at? to_at? notified_at? evidence?"),
    "exclusion.applied.v2": (excludes, "incident exclusion clause from_at? to_at? notified_at? evidence?"),
    "exclusion.applied_as_announced": (
        excludes,
        "incident exclusion clause from_at? to_at? notified_at? evidence? announced_from announced_to",
    ),
    "exclusion.withdrawn": (withdraws_exclusion, "incident exclusion"),
    "fees.billed": (
        bills_fees,
        "bill account first_month months billed_at product_fee_fen call_fee_fen service_voucher_fen? call_voucher_fen?",
    ),
    "fees.corrected": (
        corrects_fees,
        "bill product_fee_fen? call_fee_fen? service_voucher_fen? call_voucher_fen?",
    ),
    "fees.voided": (voids_or_restores, "bill"),
    "fees.restored": (voids_or_restores, "bill"),
    "fees.paid_by_voucher": (is_other_side, "bill voucher redemption voucher_month part amount_fen"),
    "fees.payment_reversed": (is_other_side, "bill voucher redemption"),
    "fees.offset_explained": (shows, "bill voucher redemption"),
    "claim.filed": (files, "account month filed_at statement?"),
    "claim.evidenced": (sends, "account month evidence"),
    "claim.withdrawn": (withdraws_claim, "account month"),
    "claim.decided": (decides, "account month decision"),
    "claim.approved": (approves, "account month decision decision_sha256 amount_fen position"),
    "claim.disputed": (disputes, "account month disputed_at grounds"),
    "claim.paid": (is_other_side, "account month voucher amount_fen"),
    "claim.payment_cancelled": (is_other_side, "account month voucher amount_fen"),
    "voucher.issued": (issues, "voucher account month amount_fen issued_at decision version"),
    "voucher.redeemed": (redeems, "voucher redemption bill part amount_fen redeemed_at"),
    "voucher.redemption_reversed": (reverses, "voucher redemption"),
    "voucher.cancelled": (cancels, "voucher amount_fen"),
    "terms.published": (publishes_terms, "agreement version effective_at sha256 document noticed_at?"),
    "actor.key_added": (adds_key, "actor public_key"),
    "actor.key_retired": (retires_key, "actor public_key"),
    "controls.set": (sets_controls, "approval_above_fen? provider_name? provider_address? signed?"),
    "calendar.published": (publishes_calendar, "country year sha256 source holidays workdays"),
    "ledger.created": (creates, "ledger"),
    "ledger.upgraded": (upgrades, "rules version"),
}
"""Every topic that a case may hold: the rule of its acts, and its fields, those with ? where they are needed."""
BEGIN = {
    "account.enrolled",
    "incident.opened",
    "incident.opened_within",
    "incident.joined",
    "fees.billed",
    "voucher.issued",
    "ledger.created",
}
"""An id is of one account, incident, bill or voucher alone: these stand first in their streams."""
FOR_A_REASON = {
    *("account.corrected", "incident.corrected", "incident.corrected_within", "incident.function_corrected"),
    *("incident.withdrawn", "exclusion.withdrawn", "fees.corrected", "fees.voided", "claim.withdrawn"),
    *("voucher.redemption_reversed", "voucher.cancelled", "controls.set"),
}
FOR_A_REASON_SINCE = {"incident.reopened", "incident.restored", "incident.kept", "incident.released"}
"""What needs a reason from the second rules on."""


def stream_of(event: Event) -> str:
    """The stream to which an event belongs by its data."""
    data, group = event.data, event.topic.partition(".")[0]
    owner = data.get("account", "~" if event.topic in OPENED else event.owner)
    streams = {
        "account": "{owner}/account",
        "incident": "{owner}/incident/{incident}",
        "exclusion": "{owner}/incident/{incident}",
        "fees": "{owner}/bill/{bill}",
        "claim": "{owner}/claim/{month}",
        "voucher": "{owner}/voucher/{voucher}",
        "terms": "~/terms/{agreement}",
        "calendar": "~/calendar/{country}-{year}",
        "actor": "~/actor/{actor}",
        "ledger": "~/ledger",
        "controls": CONTROLS,
    }
    return streams[group].format(**{"owner": owner, **data})


def admit(case: Case, event: Event) -> None:
    """Let one more event in. Raises Wrong where the rules would not."""
    must(event.topic in RULES, "no such topic is known")
    must_be_own_key(case, event)
    rule, fields = RULES[event.topic]
    kinds = {name: KINDS.get(name.rstrip("?"), INSTANT) for name in fields.split()}
    needed = {name: kind for name, kind in kinds.items() if not name.endswith("?")}
    optional = {name[:-1]: kind for name, kind in kinds.items() if name.endswith("?")}
    must(entry(needed, optional)(event.data), "its fields are not those that such an event has")
    must(stream_of(event) == event.stream, f"its data belongs to {stream_of(event)}")
    must((event.version == 1) >= (event.topic in BEGIN), "its stream was begun before")
    must(event.topic not in FOR_A_REASON or is_words(event.reason), "it needs a reason")
    instants = [value for name, value in event.data.items() if name not in KINDS and event.topic != "terms.published"]
    must(all(at <= event.recorded_at + AHEAD for at in instants), "it was recorded before it happened")
    if event.position not in case.settled:
        rule(case, event)
    case.told[event.stream] = event
    if case.rules >= WITH_CLOCK:
        must_be_in_order(case, event)
    parts: list[tuple[Mapping[str, Account | Incident | Bill], str]] = [
        (case.account, event.owner),
        (case.incidents, event.stream),
        (case.bills, event.data.get("bill", "")),
    ]
    for things, name in parts:
        if name in things:
            things[name].apply(event)


def check_admissible(dossier: Json, events: Sequence[Event]) -> Iterator[str]:
    """The first event that the rules would not have let in. What stands behind it is not looked at."""
    account, controls = dossier["account"], {} if dossier["format"] == WITH_CONTROLS else None
    case = Case([event for event in events if event.owner == account], controls=controls)
    for event in events:
        case.place += event.owner == account
        try:
            admit(case, event)
        except Wrong as wrong:
            yield f"event {event.position}: the rules do not let {event.topic} in: {wrong}"
            return


# ---- Witnesses -------------------------------------------------------------------------------------------------------


class Policy(NamedTuple):
    """How many witnesses are needed; and each of them by its public key, with the name and id of its lines."""

    needed: int
    witnesses: Mapping[bytes, tuple[str, bytes]]


class Witnessed(NamedTuple):
    """What a policy finds of a checkpoint: whether it is met, its size, and who cosigned when, in seconds."""

    met: bool
    size: int
    by: Mapping[str, int]


def read_policy(text: str) -> Policy:
    """A policy: `2 of KEY,KEY,KEY`, `any of …`, `all of …`; or a file of that text. Raises Unreadable, OSError."""
    parts = re.fullmatch(r"\s*([0-9]{1,4}|all|any)\s+of\s+(.*)", text_or_file(text), re.DOTALL | re.IGNORECASE)
    if parts is None:
        raise Unreadable(f"{text[:60]!r} is not a policy such as `2 of KEY,KEY,KEY`")
    witnesses: dict[bytes, tuple[str, bytes]] = {}
    for each in parts[2].split(","):
        name, id_, public = witness_key(text_or_file(each.strip()).strip())
        witnesses.setdefault(public, (name, id_))
    number = parts[1].lower()
    needed = {"all": len(witnesses), "any": 1}[number] if number.isalpha() else int(number)
    if not 1 <= needed <= len(witnesses):
        raise Unreadable(f"{text[:60]!r} needs {needed} witnesses and names {len(witnesses)} different ones")
    return Policy(needed, witnesses)


def text_or_file(text: str) -> str:
    """The text of the file that a text names; else the text."""
    is_file = os.path.isfile(text)  # noqa: PTH113 - `Path.is_file` raises where the text is too long for a name
    return bytes_of(Path(text)).decode() if is_file else text


def witness_key(text: str) -> tuple[str, bytes, bytes]:
    """The name, id and public key of a witness's verifier key, `NAME+ID+BASE64`, of type 4. Raises Unreadable."""
    name, _, rest = text.partition("+")
    id_, _, encoded = rest.partition("+")
    try:
        key = unbase64(encoded, 33)
    except (Wrong, UnicodeEncodeError) as wrong:
        raise Unreadable(f"{text[:60]!r} is not the verifier key of a witness, nor a file that holds one") from wrong
    found = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if key[0] != 4 or not name or re.search(r"\s", name) or found.hex() != id_:
        raise Unreadable(f"{text[:60]!r} is not the verifier key of a witness")
    return name, found, key[1:]


def cosigned_by(note: str, policy: Policy) -> dict[str, int]:
    """The witnesses of a policy that cosigned a checkpoint, and when first (c2sp.org/tlog-cosignature).

    Raises Wrong where a line of one of them is not its cosignature of this text.
    """
    names = {known: public for public, known in policy.witnesses.items()}
    body, blank, lines = note.removesuffix("\n").rpartition("\n\n")
    found: dict[str, int] = {}
    for line in lines.split("\n") if blank else []:
        _, name, encoded = line.split(" ")
        data = base64.b64decode(encoded)
        if (name, data[:4]) in names:
            at, signer = int.from_bytes(data[4:12], "big"), f"{name}+{data[:4].hex()}"
            right = is_cosignature(names[name, data[:4]], data[12:], at, f"{body}\n")
            must(right, f"the cosignature of {signer} is not of this checkpoint")
            found[signer] = min(at, found.get(signer, at))
    return found


def is_cosignature(public: bytes, signature: bytes, at: int, body: str) -> bool:
    try:
        text = f"cosignature/v1\ntime {at}\n{body}".encode()
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return at < LATEST_TIME


LATEST_TIME = 253_402_300_800
"""The year 10000, in seconds since 1970, which no calendar shows."""


def witnessed(dossier: Json, policy: Policy) -> Witnessed:
    """What a policy finds of the dossier's checkpoint and of its attestations: the best of these. Raises Wrong."""
    notes = [dossier["checkpoint"], *(each["checkpoint"] for each in dossier.get("attestations", []))]
    found = []
    for note in notes:
        size, by = read_checkpoint(note).size, cosigned_by(note, policy)
        found.append(Witnessed(len(by) >= policy.needed, size, by))
    return max(found, key=lambda each: (each.met, each.size if each.met else len(each.by)))


# ---- Trusted time (RFC 3161) --------------------------------------------------------------------------------------

SHA256 = "2.16.840.1.101.3.4.2.1"


class NoTime(Exception):
    """A time stamp is not shown to be an authority's; the message says why."""


def elements(data: bytes) -> list[tuple[bytes, bytes]]:
    """The elements of DER: the tag and length of each, and its content. Raises ValueError."""
    found = []
    while data:
        octets = data[1] & 0x7F if len(data) > 1 and data[1] & 0x80 else 0
        length = int.from_bytes(data[2 : 2 + octets]) if octets else data[1] if len(data) > 1 else len(data)
        head, rest = data[: 2 + octets], data[2 + octets :]
        if length > len(rest):
            raise ValueError("DER is cut off")
        found.append((head, rest[:length]))
        data = rest[length:]
    return found


def joined(parts: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Elements as DER again."""
    return b"".join(head + content for head, content in parts)


def tidied(answer: bytes) -> bytes:
    """An answer as the library reads it: the sets of its token sorted, and what was granted with changes as granted.

    CMS lets a set stand in any order, DER does not. Neither order nor status is signed.
    """
    ((outer, content),) = elements(answer)
    (status, told), (token, signed) = elements(content)
    (kind, name), (tag, inner) = elements(signed)
    ((sequence, data),) = elements(inner)
    parts = [
        (head, joined(sorted(elements(part)))) if head[:1] in (b"\x31", b"\xa0") else (head, part)
        for head, part in elements(data)
    ]
    granted = told.replace(b"\x02\x01\x01", b"\x02\x01\x00", 1) if told.startswith(b"\x02\x01\x01") else told
    token_again = joined([(kind, name), (tag, sequence + joined(parts))])
    return outer + joined([(status, granted), (token, token_again)])


def read_certificates(data: bytes) -> list[Any]:
    """The certificates of a file, in PEM or DER. Raises Unreadable."""
    pem = b"-----BEGIN" in data
    try:
        found = list(x509.load_pem_x509_certificates(data)) if pem else [x509.load_der_x509_certificate(data)]
        for each in found:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=each.public_bytes(Encoding.DER))
    except (ValueError, ssl.SSLError, x509.InvalidVersion) as error:
        raise Unreadable(f"these are not certificates: {error}") from error
    return found


def signer_of(answer: Any, certificates: Sequence[Any]) -> Any:
    """The one certificate that an answer names as its signer's. Raises NoTime."""
    (signer,) = answer.signed_data.signer_infos
    held = {*map(x509.load_der_x509_certificate, answer.signed_data.certificates), *certificates}
    found = [each for each in held if (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number)]
    if len(found) != 1:
        raise NoTime(f"{len(found)} certificates could be that of its signer")
    return found[0]


def time_of(attestation: Json, certificates: Sequence[Any]) -> tuple[datetime, str]:
    """When the log of an attested checkpoint existed, and as whom it says. Raises Wrong, NoTime."""
    digest = hashlib.sha256("\n".join([*attestation["checkpoint"].split("\n")[:3], ""]).encode()).digest()
    try:
        data = tidied(base64.b64decode(attestation["timestamp"], validate=True))
        answer = rfc3161_client.decode_timestamp_response(data)
        told = answer.tst_info
        imprint = told.message_imprint.hash_algorithm.dotted_string, told.message_imprint.message
        at, signer = told.gen_time, signer_of(answer, certificates)
        name = signer.subject.rfc4514_string()
    except (ValueError, TypeError, LookupError, x509.InvalidVersion) as error:
        raise Wrong(f"a time stamp cannot be read: {error}") from error
    if imprint != (SHA256, digest):
        raise Wrong("a time stamp is not of its checkpoint")
    apart = signer if not answer.signed_data.certificates and signer in certificates else None
    try:
        rfc3161_client.VerifierBuilder(roots=list(certificates), tsa_certificate=apart).build().verify(answer, digest)
    except (rfc3161_client.VerificationError, ValueError) as error:
        raise NoTime(f"the time stamp of {name} is not signed under the certificates given") from error
    return at, name


def check_time(dossier: Json, certificates: Sequence[Any]) -> tuple[str, list[str], list[str]]:
    """What the time stamps say, a line each; what is wrong with some; why others show nothing."""
    terms = [Terms.published(event.data) for event in read_events(dossier) if event.topic == "terms.published"]
    zone = max(terms, key=lambda version: version.effective_at).zone
    lines, wrong, unproved = "", list[str](), list[str]()
    for each in dossier.get("attestations", ()):
        if "timestamp" not in each:
            continue
        size, events = read_checkpoint(each["checkpoint"]).size, dossier["events"]
        covered = sum(event["index"] < size for event in events)
        try:
            at, name = time_of(each, certificates)
            lines += (
                f"{covered} of {len(events)} events existed at {at.astimezone(zone).isoformat()}, as {name} says.\n"
            )
        except Wrong as error:
            wrong.append(str(error))
        except NoTime as error:
            unproved.append(str(error))
    return lines, wrong, unproved if lines or wrong or unproved else ["the dossier has no time stamp"]


# ---- All together ---------------------------------------------------------------------------------------------------


def heads(dossier: Json, tree: Checkpoint) -> list[Checkpoint]:
    """The checkpoints that a dossier proves: its own, and the earlier ones that its log continues."""
    earlier = [dossier["since"]] if "since" in dossier else []
    return [tree, *(read_checkpoint(each["checkpoint"]) for each in (*earlier, *dossier.get("attestations", ())))]


def check_kept(dossier: Json, tree: Checkpoint, kept: Checkpoint) -> Iterator[str]:
    """Nothing in the dossier contradicts the checkpoint that the reader kept."""
    if kept.origin != tree.origin:
        yield f"the kept checkpoint is of another ledger, {kept.origin}; the dossier's is of {tree.origin}"
    elif any(head.size == kept.size and head.root != kept.root for head in heads(dossier, tree)):
        yield f"the kept checkpoint has another root at the same size, {kept.size}: the log was rewritten"


def is_tied(dossier: Json, tree: Checkpoint, kept: Checkpoint) -> bool:
    """Whether the dossier proves that its log contains that of the checkpoint that the reader kept."""
    return any((head.size, head.root) == (kept.size, kept.root) for head in heads(dossier, tree))


def findings(data: bytes, kept: Checkpoint | None = None, policy: Policy | None = None) -> Iterator[str]:
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
        yield from check_since(dossier, tree)
        yield from check_attestations(dossier, tree)
        if kept is not None:
            yield from check_kept(dossier, tree, kept)
        events = read_events(dossier)
        if CAN_CHECK_SIGNATURES:
            yield from check_signatures(dossier["ledger"], events)
            if policy is not None:
                witnessed(dossier, policy)
        foreign = list(check_nothing_foreign(dossier, events))
        yield from foreign or check_admissible(dossier, events)
        yield from check_left_out(dossier, events)
        yield from check_decisions(dossier, events)
    except Wrong as wrong:
        yield str(wrong)
    except UnicodeEncodeError:
        yield "it has text that cannot be written in UTF-8"
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        yield f"the events cannot be read: {type(error).__name__}: {error}"


NOT_TIED = 3
"""The exit status where nothing is wrong, but the dossier does not prove the checkpoint, time or policy asked for."""
MOST_BYTES = 256 * 2**20
"""The longest file that is read."""


def bytes_of(file: Path) -> bytes:
    """A file's bytes. Raises Unreadable where it is too long, OSError."""
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{file} is longer than {MOST_BYTES} bytes")
    return data


def harmless(text: str) -> str:
    """A text that a dossier's words cannot use to steer a terminal."""
    return "".join(each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file named on the command line; gives the exit status."""
    parser = argparse.ArgumentParser(
        description="Check a claim's dossier offline: proofs, hashes, and the decision itself, worked out anew.",
        epilog="Exit status: 0 all is right, 1 something is wrong, 2 the input cannot be read, 3 nothing is wrong, but "
        "the dossier is not tied to KEPT (it is of another size, and was not made with `--since` it), no time stamp "
        "is shown to be signed under CERTS.pem, or the policy is not met. The ledger's own signature under "
        "a checkpoint is not checked here: compare it with one you kept.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the dossier")
    parser.add_argument("--checkpoint", type=Path, metavar="KEPT", help="a checkpoint of this ledger that you kept")
    parser.add_argument("--tsa", type=Path, metavar="CERTS.pem", help="certificates of a time stamp authority")
    parser.add_argument("--policy", metavar="POLICY", help="who must have cosigned it: `2 of KEY,KEY,KEY`")
    given = parser.parse_args(arguments)
    try:
        kept = None if given.checkpoint is None else read_checkpoint(bytes_of(given.checkpoint).decode())
        policy = None if given.policy is None else read_policy(given.policy)
        data = bytes_of(given.file)
        found = list(findings(data, kept, policy))
        dossier = read_dossier(data)
        timed, unproved = "", list[str]()
        if given.tsa is not None and CAN_CHECK_TIME and not found:
            timed, found, unproved = check_time(dossier, read_certificates(bytes_of(given.tsa)))
    except (OSError, UnicodeDecodeError, Unreadable, Wrong) as error:
        sys.stderr.write(harmless(f"cannot be read: {error}\n"))
        return 2
    if found:
        sys.stdout.write(harmless("".join(f"{each}\n" for each in found)))
        return 1
    decided = f"{dossier['account']}/claim/{dossier['month']}", "claim.decided"
    decisions = sum((event["stream"], event["topic"]) == decided for event in dossier["events"])
    what = f"{counted(decisions, 'decision')}, {counted(len(dossier['events']), 'event')}"
    told = f"OK: {dossier['account']} {dossier['month']}: {what}\n"
    tree = read_checkpoint(dossier["checkpoint"])
    tied = kept is None or is_tied(dossier, tree, kept)
    if kept is not None and not tied:
        told = (
            f"NOT TIED to the kept checkpoint, which has {kept.size} events and the dossier {tree.size}: ask for one "
            f"made with --since it. Otherwise {told}"
        )
    if given.tsa is not None and not CAN_CHECK_TIME:
        unproved = ["that needs the Python package rfc3161-client, 1.0.9 or later"]
    told = f"TIME NOT PROVED: {'; '.join(unproved)}. Otherwise {told}{timed}" if unproved else told + timed
    if tree.origin.startswith(DEMO):
        told += "The ledger is one for demonstrations: its times are made up.\n"
    told += "" if given.tsa is not None else not_timed(dossier)
    told, enough = (told, True) if policy is None else policy_told(dossier, policy, told)
    sys.stdout.write(harmless(told + not_there(dossier) + unchecked(dossier)))
    return NOT_TIED if unproved or not tied or not enough else 0


def policy_told(dossier: Json, policy: Policy, told: str) -> tuple[str, bool]:
    """What is told, and of the witnesses of a policy too; and whether it is shown to be met."""
    if not CAN_CHECK_SIGNATURES:
        return f"WITNESSES NOT CHECKED: that needs the Python package cryptography. Otherwise {told}", False
    found = witnessed(dossier, policy)
    by = "".join(f"{name} cosigned at {datetime.fromtimestamp(at, UTC).isoformat()}\n" for name, at in found.by.items())
    if not found.met:
        few = f"NOT ENOUGH WITNESSES: {len(found.by)} cosigned, and the policy needs {policy.needed}."
        return f"{few} Otherwise {told}{by}", False
    covers = sum(event["index"] < found.size for event in dossier["events"])
    enough = f"{len(found.by)} of {len(policy.witnesses)} witnesses cosigned the first {found.size} events"
    return f"{told}{by}The policy is met: {enough}; {covers} events of this dossier are among them.\n", True


def not_timed(dossier: Json) -> str:
    """A line that says that time stamps were not checked; nothing where there are none."""
    stamps = sum("timestamp" in each for each in dossier.get("attestations", ()))
    were = "was" if stamps == 1 else "were"
    return f"{counted(stamps, 'time stamp')} {were} not checked: that needs --tsa CERTS.pem.\n" if stamps else ""


def counted(number: int, thing: str) -> str:
    """A number of things, as in `1 event` and `2 events`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def not_there(dossier: Json) -> str:
    """A line that says how many events were left out, and what was not checked; nothing where none were."""
    absent = len(dossier.get("left_out", ()))
    if not absent:
        return ""
    if absent == 1:
        return "1 event of other months is left out: its hash was checked; whether the rules let it in was not.\n"
    what = "their hashes were checked; whether the rules let them in was not"
    return f"{absent} events of other months are left out: {what}.\n"


def unchecked(dossier: Json) -> str:
    """A line that says that signatures were not checked; nothing where they were, or where there are none."""
    signed = sum(event.signature is not None for event in read_events(dossier))
    if CAN_CHECK_SIGNATURES or not signed:
        return ""
    return f"{signed} signatures were not checked: that needs the Python package cryptography.\n"


if __name__ == "__main__":
    sys.exit(main())
