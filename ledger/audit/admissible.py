"""Checks a log in the order in which it grew: each event stands where its data says, and nothing stands alone.

What one account's events say of each other is checked by `domain/admissible/check.py`. Here is what only the whole log
shows: streams, ids that are unique in the ledger, keys, published rules and the controls.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from domain import calendar as calendars
from domain import controls
from domain import events as e
from domain.admissible.act import Act, Forbidden, amount
from domain.admissible.check import Inadmissible
from domain.calendar import CalendarYear
from domain.case import Fact, fold
from domain.commands import BY_WORDS, PublishTerms, SetControls
from domain.controls import Controls
from domain.money import yuan
from domain.recording_rules import FIRST, RULES, WITH_CLOCK
from domain.refusals import Refusal
from domain.terms import versions as agreement
from domain.text import said, words_of
from domain.time import CLOCK_TOLERANCE_US, END_OF_TIME_US, Instant, rfc3339
from domain.values import Hash, Key, Limit, Words, is_actor
from ledger.audit.streams_of_events import stream_of
from ledger.commands.handlers.effect import content_sha256
from ledger.log import streams


class _Unreserved(NamedTuple):
    """An event that begins what has an id of its own, until the reservation behind it is met."""

    fact: Fact
    owner: str
    members: list[str]

    @property
    def content_sha256(self) -> str:
        """The hash that the reservation must have."""
        event = self.fact.event
        return (
            content_sha256(event, tuple(self.members)) if isinstance(event, e.IncidentOpened) else content_sha256(event)
        )


class LogCheck:
    """The state of a check over a log, event by event.

    A case is a part of a log: `whole` is false, and `end`, which tells of reservations, is not asked.
    """

    def __init__(self, *, whole: bool = True) -> None:
        self._whole = whole
        self._unreserved: dict[tuple[str, str], _Unreserved] = {}
        self._versions: tuple[agreement.Version, ...] = ()
        self._calendars: dict[int, CalendarYear] = {}
        self._controls = Controls()
        self._position = 0
        self._rules = FIRST
        self._latest = 0

    def take(self, fact: Fact) -> Iterator[Inadmissible]:
        """What is wrong with the next event."""
        stream = stream_of(fact)
        if stream != fact.stream:
            yield Inadmissible.of(fact, "other_stream", said("its data belongs to stream {stream}", stream=stream))
        else:
            yield from self._taken(fact)
        if self._rules >= WITH_CLOCK:
            yield from self._recorded(fact)
        if not isinstance(fact.event, e.LedgerUpgraded):  # it follows the events of a command
            self._position = fact.position

    def _taken(self, fact: Fact) -> Iterator[Inadmissible]:
        match fact.event:
            case e.IncidentOpened() | e.FeesBilled() | e.VoucherIssued() | e.IncidentJoined() | e.IdReserved():
                yield from self._ids(fact)
            case e.LedgerCreated() | e.KeyUsed() | e.SourceRead():
                yield from _of_ledger(fact)
            case e.TermsPublished() | e.CalendarPublished():
                yield from self._published(fact)
            case e.ClaimApproved() if self._whole and fact.event.position != self._position:
                message = said("the log ended at position {position} then", position=self._position)
                yield Inadmissible.of(fact, "other_position", message)
            case e.ControlsSet():
                yield from self._set(fact, fact.event)
            case e.LedgerUpgraded():
                yield from self._upgraded(fact, fact.event)

    def _upgraded(self, fact: Fact, event: e.LedgerUpgraded) -> Iterator[Inadmissible]:
        """Rules of recording that this release knows, behind lower ones."""
        if event.rules > RULES:
            message = said("rules {rules} are those of a newer release; upgrade slaledger", rules=event.rules)
            yield Inadmissible.of(fact, "unknown_rules", message)
        elif event.rules <= self._rules:
            yield Inadmissible.of(fact, "no_effect", said("rules {rules} held already", rules=self._rules))
        try:
            Words.parse(event.version)
        except Refusal as refusal:
            yield Inadmissible.of(fact, refusal.code, refusal.message)
        self._rules = max(self._rules, event.rules)

    def _recorded(self, fact: Fact) -> Iterator[Inadmissible]:
        """A clock that does not run back; somebody who recorded it, and a reason that can be read."""
        if fact.recorded_at < self._latest - CLOCK_TOLERANCE_US:
            message = said("an event before it was recorded at {instant}", instant=rfc3339(self._latest, "UTC"))
            yield Inadmissible.of(fact, "clock_behind", message)
        self._latest = max(self._latest, fact.recorded_at)
        if not is_actor(fact.actor):
            yield Inadmissible.of(fact, "bad_actor", said("an actor has 1 to 200 printable characters"))
        try:
            if fact.reason is not None or isinstance(fact.event, _FOR_A_REASON):
                Words.parse(fact.reason or "")
        except Refusal as refusal:
            yield Inadmissible.of(fact, refusal.code, refusal.message)

    def end(self) -> Iterator[Inadmissible]:
        """What is wrong once the whole log was taken."""
        for (kind, id_), left in self._unreserved.items():
            message = said("{kind} {id} is not reserved with it", kind=kind, id=id_)
            yield Inadmissible.of(left.fact, "not_reserved", message)

    def _ids(self, fact: Fact) -> Iterator[Inadmissible]:
        """Each incident, bill and voucher has its id reserved by the same command, and no reservation stands alone."""
        event, owner = fact.event, streams.owner(fact.stream)
        match event:
            case e.IncidentOpened():
                self._unreserved["incident", event.incident] = _Unreserved(fact, owner, [])
            case e.FeesBilled():
                self._unreserved["bill", event.bill] = _Unreserved(fact, owner, [])
            case e.VoucherIssued():
                self._unreserved["voucher", event.voucher] = _Unreserved(fact, owner, [])
            case e.IncidentJoined():
                shared = self._unreserved.get(("incident", event.incident))
                if shared is None or not _is_for_several(shared.fact):
                    yield Inadmissible.of(fact, "half_recorded", said("no shared incident is opened with it"))
                elif not _is_recorded_with(shared.fact, fact):
                    yield Inadmissible.of(fact, "half_recorded", said("its parts were recorded apart"))
                else:
                    shared.members.append(event.account)
            case e.IdReserved():
                yield from self._reserved(fact, event)

    def _reserved(self, fact: Fact, event: e.IdReserved) -> Iterator[Inadmissible]:
        begun = self._unreserved.pop((event.kind, event.id), None)
        if begun is None:
            yield Inadmissible.of(
                fact, "half_recorded", said("what it reserves {id} for is not recorded with it", id=event.id)
            )
        elif not _is_recorded_with(begun.fact, fact):
            yield Inadmissible.of(begun.fact, "half_recorded", said("its parts were recorded apart"))
        elif (event.owner, event.content_sha256) != (begun.owner, begun.content_sha256) or fact.version != 1:
            yield Inadmissible.of(fact, "recorded_otherwise", said("{id} is reserved for something else", id=event.id))

    def _published(self, fact: Fact) -> Iterator[Inadmissible]:
        """Versions of the agreement as clause 4 lets them be published, and calendars with their own hash."""
        event = fact.event
        try:
            if isinstance(event, e.TermsPublished):
                noticed_at = None if event.noticed_at is None else Instant(event.noticed_at)
                command = PublishTerms(
                    document=event.document, noticed_at=noticed_at, reason=Words(fact.reason) if fact.reason else None
                )
                expected: tuple[e.Event, ...] = agreement.publish(self._versions, command, event.document)
                self._versions = agreement.evolve(self._versions, event)
            elif isinstance(event, e.CalendarPublished):
                known = self._calendars.get(event.year)
                state = calendars.evolve(self._calendars, event)
                days = state[event.year]
                made = calendars.published(event.year, event.source, days.holidays, days.workdays)
                expected = calendars.publish(known, made, fact.reason)
                self._calendars = state
        except Refusal as refusal:
            yield Inadmissible.of(fact, refusal.code, refusal.message)
            return
        except ValueError as error:
            yield Inadmissible.of(
                fact, "bad_calendar", said("a day of the calendar is no date: {error}", error=words_of(error))
            )
            return
        if expected != (event,):
            yield Inadmissible.of(fact, "recorded_otherwise", said("the rules would have recorded something else"))

    def _set(self, fact: Fact, event: e.ControlsSet) -> Iterator[Inadmissible]:
        """Controls as the command sets them: for a reason, and never as they are already."""
        try:
            expected = controls.set_controls(self._controls, _wanted(Act([fact], 0, fold(())), event))
            self._controls = controls.evolve(self._controls, event)
        except (Refusal, Forbidden) as wrong:
            yield Inadmissible.of(fact, wrong.code, wrong.message)
            return
        if expected != (event,):
            yield Inadmissible.of(fact, "recorded_otherwise", said("the rules would have recorded something else"))


_FOR_A_REASON = (e.IncidentReopened, e.IncidentRestored, e.IncidentKept, e.IncidentReleased)
"""What is recorded for a reason, though the domain's functions do not ask for it."""


def _wanted(act: Act, event: e.ControlsSet) -> SetControls:
    """The command that sets all controls as an event has them. Raises Refusal, and Forbidden for an amount."""
    limit = "none" if event.approval_above_fen is None else yuan(amount(event.approval_above_fen))
    return SetControls(
        approval_above=Limit.parse(limit),
        provider_name=None if event.provider_name is None else Words.parse(event.provider_name),
        provider_address=None if event.provider_address is None else Words.parse(event.provider_address),
        reason=act.reason,
    )


def _of_ledger(fact: Fact) -> Iterator[Inadmissible]:
    """The ledger's id and a key are recorded once; a key names a command, and what was read of a source its files."""
    event = fact.event
    if not isinstance(event, e.SourceRead) and fact.version != 1:
        yield Inadmissible.of(fact, "recorded_twice", said("it was recorded before"))
    try:
        if isinstance(event, e.KeyUsed):
            Key.parse(event.key)
            Hash.parse(event.content_sha256)
            if event.command not in BY_WORDS:
                yield Inadmissible.of(fact, "unknown_command", said("{words!r} is no command", words=event.command))
        elif isinstance(event, e.SourceRead):
            for sha256 in event.files:
                Hash.parse(sha256)
            act = Act([fact], 0, fold(()))
            for said_at in (event.said_at, *(one.said_at for one in event.lasting)):
                act.maybe_at(said_at)
            reach = [at for at in (event.since, event.until) if at is not None]
            if reach != sorted(reach) or not all(0 <= at < END_OF_TIME_US for at in reach):
                yield Inadmissible.of(fact, "empty_span", said("what was read ends before it begins"))
    except (Refusal, Forbidden) as wrong:
        yield Inadmissible.of(fact, wrong.code, wrong.message)


def _is_recorded_with(one: Fact, other: Fact) -> bool:
    return (one.recorded_at, one.actor) == (other.recorded_at, other.actor)


def _is_for_several(fact: Fact) -> bool:
    return isinstance(fact.event, e.IncidentOpened) and fact.event.scope == "accounts"
