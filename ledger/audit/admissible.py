"""Checks a log in the order in which it grew: each event stands where its data says, and nothing stands alone.

What one account's events say of each other is checked by `domain/admissible/check.py`. Here is what only the whole log
shows: streams, ids that are unique in the ledger, keys, published rules, the controls, and whose keys sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain import calendar as calendars
from domain import controls, signing
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
from domain.signing import Signer, Signing
from domain.terms import versions as agreement
from domain.text import said, words_of
from domain.time import CLOCK_TOLERANCE_US, END_OF_TIME_US, Instant, rfc3339
from domain.values import Hash, Key, Limit, Words, is_actor
from ledger.audit.reservations import Reservations
from ledger.audit.signatures import change_of_keys, signer_of
from ledger.audit.streams_of_events import stream_of


class Clock:
    """When the events of a log, or of a part of it, were recorded: the `earliest` and the `latest` of them."""

    def __init__(self, latest: int = 0) -> None:
        self.earliest = END_OF_TIME_US
        self.latest = latest

    def is_behind(self, recorded_at: int) -> bool:
        """Whether an instant is so far before the latest that no command records then."""
        return recorded_at < self.latest - CLOCK_TOLERANCE_US

    def take(self, recorded_at: int) -> None:
        """Note when one more event was recorded."""
        self.earliest = min(self.earliest, recorded_at)
        self.latest = max(self.latest, recorded_at)

    def join(self, later: Clock) -> None:
        """Note when the events of the next part were recorded."""
        self.earliest = min(self.earliest, later.earliest)
        self.latest = max(self.latest, later.latest)


class LogCheck:
    """The state of a check over a log, event by event.

    A case is only some events of a log: `whole` is false, and the end of the `reservations` is not asked for. Over a
    part of a log, `behind` gives the state from which it goes on. `clock` has when the events were recorded.
    """

    def __init__(self, *, whole: bool = True) -> None:
        self._whole = whole
        self.reservations = Reservations()
        self.clock = Clock()
        self._versions: tuple[agreement.Version, ...] = ()
        self._calendars: dict[int, CalendarYear] = {}
        self._controls = Controls()
        self._signing = Signing(is_required=False if whole else None)
        self._position = 0
        self._rules = FIRST

    @classmethod
    def behind(cls, published: Iterable[Fact], position: int, latest: int) -> LogCheck:
        """The state behind the events of a part of a log.

        `published` are its terms, calendars, controls, actors' keys, and what is recorded of the ledger itself;
        `position` is the last before the next event, and `latest` when its last event was recorded, 0 if unknown.
        """
        check = cls()
        for fact in published:
            for _ in check.take(fact):
                pass
        check.reservations = Reservations(is_part=True)
        check.clock = Clock(latest=latest)
        check._position = position
        return check

    def take(self, fact: Fact) -> Iterator[Inadmissible]:
        """What is wrong with the next event."""
        found = [*signer_of(self._signing, fact), *self._placed(fact)]
        yield from found
        if not found:
            self._signing = signing.evolve(self._signing, fact)

    def _placed(self, fact: Fact) -> Iterator[Inadmissible]:
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
                yield from self.reservations.take(fact)
            case e.LedgerCreated() | e.KeyUsed() | e.SourceRead():
                yield from _of_ledger(fact)
            case e.TermsPublished() | e.CalendarPublished():
                yield from self._published(fact)
            case e.ClaimApproved() if self._whole and fact.event.position != self._position:
                message = said("the log ended at position {position} then", position=self._position)
                yield Inadmissible.of(fact, "other_position", message)
            case e.ControlsSet():
                yield from self._set(fact, fact.event)
            case e.ActorKeyAdded() | e.ActorKeyRetired():
                yield from change_of_keys(self._signing, fact, fact.event)
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
        if self.clock.is_behind(fact.recorded_at):
            message = said("an event before it was recorded at {instant}", instant=rfc3339(self.clock.latest, "UTC"))
            yield Inadmissible.of(fact, "clock_behind", message)
        self.clock.take(fact.recorded_at)
        if not is_actor(fact.actor):
            yield Inadmissible.of(fact, "bad_actor", said("an actor has 1 to 200 printable characters"))
        try:
            if fact.reason is not None or isinstance(fact.event, _FOR_A_REASON):
                Words.parse(fact.reason or "")
        except Refusal as refusal:
            yield Inadmissible.of(fact, refusal.code, refusal.message)

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
        """Controls as the command sets them: for a reason, by who may, and never as they are already."""
        try:
            command = _wanted(Act([fact], 0, fold(())), event)
            expected = controls.set_controls(self._controls, command)
            signing.check_controls(self._signing, command, Signer(fact.actor, fact.public_key))
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
        signed=event.signed,
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
