"""What a source states, compared with what the ledger holds of it: the difference as commands.

Pure: the same statements and the same holdings give the same commands. A person's word stays, field by field. What a
source no longer tells of is never withdrawn by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.case import SourceMark
from domain.commands import CloseIncident, Command, CorrectIncident, ReopenIncident, WithdrawExclusion, WithdrawIncident
from domain.commands.imports import KeepIncident, ReleaseIncident, RestoreIncident
from domain.events import Heard
from domain.incident import Exclusion
from domain.text import said
from domain.time import FOREVER, Instant
from domain.values import FunctionName, Id, Words
from ledger.imports.reconciling.compare import (
    end_or_none,
    exclusion_command,
    held_content,
    held_target,
    moved_exclusions,
    opening_command,
    shared_us,
    told_content,
    told_target,
    tolerance_us,
    uncertainty,
)
from ledger.imports.reconciling.holdings import Field, Holding
from ledger.imports.reconciling.matching import Matched, end_of, matches
from ledger.imports.reconciling.merged import relinked, with_parents
from ledger.imports.reconciling.outcome import AskedOfOutages, Correction, Reconciled
from ledger.imports.reconciling.vanished import covers
from ledger.imports.statements import ExcludedSpan, Faults, LeftOut, OutageStatement, Reading
from ledger.imports.steps import SourceStep
from ledger.refusals.imports.reconcile import (
    BeginningUnknown,
    EndBeforeKnownStart,
    EndBeforeToldStart,
    OlderStatement,
    OtherTarget,
)


def reconcile(reading: Reading, held: Sequence[Holding], asked: AskedOfOutages | None = None) -> Reconciled:
    """The commands by which the ledger comes to hold what the source states, and what is to be told of it.

    Raises the refusals of statements that do not go together with the ledger, all at once.
    """
    return _Reconciliation(reading, held, asked or AskedOfOutages()).run()


class _Reconciliation:
    def __init__(self, reading: Reading, held: Sequence[Holding], asked: AskedOfOutages) -> None:
        self._reading = reading
        self._held = held
        self._asked = asked
        self._faults = Faults()
        self._timed: list[tuple[int, SourceStep]] = []
        self._ids = {holding.id for holding in held}
        self._out = Reconciled(left_out=list(reading.left_out), notes=list(reading.notes))
        self._open: dict[str, int] = {}
        self._as_source_says = Words(f"as {reading.source} now says")

    def run(self) -> Reconciled:
        for holding in self._held:
            if holding.id in self._asked.take_source:
                self._release(holding)
        for matched in matches(self._reading, self._lasting(), self._held):
            self._settle(matched)
        self._faults.check()
        self._note_unused_words()
        self._out.steps = [step for _, step in sorted(self._timed, key=lambda entry: entry[0])]
        self._out.left_open = sorted(self._open, key=lambda id_: (self._open[id_], id_))
        return self._out

    def _lasting(self) -> list[OutageStatement]:
        """Statements of outages that have a length, and reports without one that may end another; notes the others."""
        lasting = []
        for statement in with_parents(self._reading.statements, self._held, self._faults):
            start, end = statement.start, statement.end
            if end is None or end.us > start.us or (self._reading.policy.grows and end.us == start.us):
                lasting.append(statement)
            elif end.us == start.us:
                self._out.left_out.append(
                    LeftOut(statement.key, said("the outage at {at} has no length", at=start.text))
                )
            else:
                self._faults.add(
                    EndBeforeToldStart(place=end.place, name=statement.name, ended_at=end.us, started_at=start.us)
                )
        return lasting

    def _release(self, holding: Holding) -> None:
        """The source's word counts again for every field."""
        reason = Words(f"the word of {self._reading.source} is taken")
        self._person(0, ReleaseIncident(incident=Id(holding.id), reason=reason))
        holding.persons, holding.kept = frozenset(), False

    def _settle(self, matched: Matched) -> None:
        for fault in matched.faults:
            self._faults.add(fault)
        self._out.left_out += matched.left_out
        self._out.notes += matched.notes
        spans = [self._span(statement, holding) for statement, holding in matched.pairs]
        free = [statement.incident for statement, _ in matched.pairs]
        for (statement, holding), span in zip(matched.pairs, spans, strict=True):
            with self._faults.gathering():
                if holding is None:
                    self._open_new(statement, free)
                else:
                    self._follow(statement, holding, span)
        for holding in matched.absorbed:
            if not holding.persons:
                self._absorb(holding)
        for holding in matched.without_length:
            if holding.stands and not holding.persons:
                self._take_back(holding, Words(f"without length, as {self._reading.source} now says"))
        for holding in matched.unmatched:
            if holding.stands:
                self._untold(holding, spans)

    # What is new.

    def _open_new(self, statement: OutageStatement, free: Sequence[str]) -> None:
        if not statement.start_known:
            raise BeginningUnknown(place=statement.place, name=statement.name, first=statement.start.us)
        id_ = self._new_id(statement, free)
        self._ids.add(id_)
        within = uncertainty(statement)
        start = statement.start.us
        opening = opening_command(id_, statement)
        self._source(statement, start, opening, statement.start.place)
        for span in statement.exclusions:
            self._source(statement, start, exclusion_command(id_, span))
        self._out.opened.append(id_)
        if statement.end is None:
            self._open[id_] = start
            return
        closing = CloseIncident(incident=Id(id_), ended_at=Instant(statement.end.us), uncertainty_seconds=within)
        self._source(statement, statement.end.us, closing, statement.end.place)
        self._out.closed.append(id_)

    def _new_id(self, statement: OutageStatement, free: Sequence[str]) -> str:
        """The statement's own id, or where an outage has that, another that its key gives, or the next number."""
        for id_ in (statement.incident, *free):
            if id_ not in self._ids:
                return id_
        number = 2
        while f"{statement.incident}:{number}" in self._ids:
            number += 1
        return f"{statement.incident}:{number}"

    # What the ledger holds.

    def _span(self, statement: OutageStatement, holding: Holding | None) -> tuple[int, int]:
        """From when to when the outage is, by the source and by what the ledger holds."""
        start, end = statement.start.us, end_of(statement)
        if holding is None:
            return start, end
        if not statement.start_known:
            start = holding.start
        if statement.end is None and statement.seen_until is not None and holding.end > statement.seen_until:
            end = holding.end
        return start, end

    def _follow(self, statement: OutageStatement, holding: Holding, span: tuple[int, int]) -> None:
        """Bring an outage to what the source says now, except for a person's words."""
        self._check(statement, holding)
        count = len(self._timed)
        if not holding.stands:
            if "withdrawn" in holding.persons:
                self._note_stays(holding, "withdrawn", holding.incident.withdrawn, None)
                return
            self._source(statement, span[0], RestoreIncident(incident=Id(holding.id), reason=self._as_source_says))
            self._out.reopened.append(holding.id)
        start, end = self._allowed(holding, span, statement)
        if end <= start:
            raise EndBeforeKnownStart(
                place=statement.place, name=statement.name, incident=holding.id, ended_at=end, started_at=start
            )
        extra, missing = self._exclusions(statement, holding)
        for exclusion in extra:
            taken_back = WithdrawExclusion(
                incident=Id(holding.id), exclusion=exclusion.number, reason=self._as_source_says
            )
            self._source(statement, start, taken_back)
        self._correct_times(statement, holding, start, end)
        self._correct_function(statement, holding)
        for missed in missing:
            self._source(statement, start, exclusion_command(holding.id, missed, again=True))
        if end == FOREVER:
            self._open[holding.id] = start
        if len(self._timed) == count:
            for command in relinked(statement, holding, end, self._as_source_says):
                self._source(statement, start, command)
            self._out.unchanged += 1
            if statement.began_again and (statement.said_at or 0) > (holding.said_at or 0):
                self._out.lasting.append(Heard(key=statement.key, said_at=statement.said_at or 0))
        else:
            self._check_order(statement, holding)

    def _check(self, statement: OutageStatement, holding: Holding) -> None:
        """Raises Misread `unknown_start`, `other_target`."""
        if not statement.start_known and statement.start.us < holding.start:
            raise BeginningUnknown(place=statement.place, name=statement.name, first=statement.start.us)
        held, told = held_target(holding), told_target(statement)
        if held != told:
            raise OtherTarget(place=statement.place, name=statement.name, incident=holding.id, held=held, told=told)

    def _check_order(self, statement: OutageStatement, holding: Holding) -> None:
        """Raises Misread `older_file` where the ledger took what the source said later, or a later end."""
        said_at, taken_at = self._said_at(statement), holding.said_at or 0
        if self._reading.policy.grows and statement.end is None and holding.end != FOREVER:
            taken_at = max(taken_at, holding.end)
        if said_at is not None and said_at < taken_at and not self._asked.older:
            raise OlderStatement(
                place=statement.place,
                name=statement.name,
                source=self._reading.source,
                said_at=said_at,
                taken_at=taken_at,
            )

    def _allowed(self, holding: Holding, span: tuple[int, int], statement: OutageStatement) -> tuple[int, int]:
        """The source's times where the outage has them of the source, the person's where a person said them."""
        tolerance = tolerance_us(statement, holding, self._reading.policy.resolution_us)
        start, end = span
        if abs(start - holding.start) < tolerance:
            start = holding.start
        if abs(end - holding.end) < tolerance:
            end = holding.end
        if "started_at" in holding.persons and start != holding.start:
            self._note_stays(holding, "started_at", holding.start, start)
            start = holding.start
        if "ended_at" in holding.persons and end != holding.end:
            self._note_stays(holding, "ended_at", end_or_none(holding.end), end_or_none(end))
            end = holding.end
        return start, end

    def _correct_times(self, statement: OutageStatement, holding: Holding, start: int, end: int) -> None:
        id_, within = Id(holding.id), uncertainty(statement)
        was_open, is_open = holding.end == FOREVER, end == FOREVER
        if is_open and not was_open:
            self._source(statement, start, ReopenIncident(incident=id_, reason=self._as_source_says))
            self._out.reopened.append(holding.id)
            self._out.corrected.append(Correction(incident=holding.id, field="ended_at", was=holding.end, now=None))
        moved_end = end != holding.end and not was_open and not is_open
        if start != holding.start or moved_end:
            correction = CorrectIncident(
                incident=id_,
                started_at=Instant(start) if start != holding.start else None,
                ended_at=Instant(end) if moved_end else None,
                uncertainty_seconds=within,
                reason=self._as_source_says,
            )
            self._source(statement, start, correction)
            if start != holding.start:
                begun = Correction(incident=holding.id, field="started_at", was=holding.start, now=start)
                self._out.corrected.append(begun)
            if moved_end:
                ended = Correction(incident=holding.id, field="ended_at", was=holding.end, now=end)
                self._out.corrected.append(ended)
        if was_open and not is_open:
            closing = CloseIncident(incident=id_, ended_at=Instant(end), uncertainty_seconds=within)
            self._source(statement, end, closing)
            self._out.closed.append(holding.id)

    def _correct_function(self, statement: OutageStatement, holding: Holding) -> None:
        was = holding.incident.function
        if statement.function == was:
            return
        if "function" in holding.persons:
            self._note_stays(holding, "function", was, statement.function)
            return
        id_, function = Id(holding.id), FunctionName(statement.function)
        correction = CorrectIncident(incident=id_, function=function, reason=self._as_source_says)
        self._source(statement, holding.start, correction)
        self._out.corrected.append(Correction(incident=holding.id, field="function", was=was, now=statement.function))

    def _exclusions(self, statement: OutageStatement, holding: Holding) -> tuple[list[Exclusion], list[ExcludedSpan]]:
        """Exclusions that the source no longer states, and those that the ledger lacks; none after a person's word."""
        standing = {held_content(one): one for one in holding.incident.exclusions if one.stands}
        told = {told_content(one): one for one in statement.exclusions}
        extra = [one for content, one in standing.items() if content not in told]
        missing = [one for content, one in told.items() if content not in standing]
        if (extra or missing) and "exclusions" in holding.persons:
            self._out.staying.append(moved_exclusions(statement, holding))
            return [], []
        if (extra or missing) and holding.stands:
            self._out.corrected.append(moved_exclusions(statement, holding))
        return extra, missing

    # What the source no longer tells of.

    def _untold(self, holding: Holding, spans: Sequence[tuple[int, int]]) -> None:
        """An outage of which no statement of its key tells."""
        if holding.id in self._asked.gone:
            self._gone(holding, self._asked.gone[holding.id])
        elif (
            not holding.persons
            and not self._began_before(holding)
            and any(shared_us(holding, span) > 0 for span in spans)
        ):
            self._absorb(holding)
        elif not holding.kept and not self._is_left_out(holding) and self._is_covered(holding):
            self._out.vanished.append(holding.id)
        if holding.end == FOREVER and holding.id not in self._out.closed:
            self._open[holding.id] = holding.start

    def _began_before(self, holding: Holding) -> bool:
        """Whether an outage is open since before the files of its series begin."""
        spans = [(extent.keys or {}).get(holding.key) for extent in self._reading.extents]
        begins = [span[0] for span in spans if span is not None]
        return holding.end == FOREVER and bool(begins) and holding.start < min(begins)

    def _is_covered(self, holding: Holding) -> bool:
        return any(covers(extent, holding) for extent in self._reading.extents)

    def _is_left_out(self, holding: Holding) -> bool:
        """Whether the import was asked to leave it out."""
        return any(one.is_about(holding.key) for one in self._out.left_out)

    def _absorb(self, holding: Holding) -> None:
        """Two outages of one key are one by what the source says now: the other one counts for both."""
        self._take_back(holding, Words(f"part of another outage, as {self._reading.source} now says"))
        self._out.notes.append(said("{incident}: part of another outage now, counted there", incident=holding.id))

    def _take_back(self, holding: Holding, reason: Words) -> None:
        command = WithdrawIncident(incident=Id(holding.id), reason=reason)
        self._timed.append((holding.start, SourceStep(command=command, place="", source=self._mark(holding))))

    def _gone(self, holding: Holding, word: int | str) -> None:
        """What a person says became of it."""
        if holding.kept and word in ("kept", holding.end):
            return
        id_, reason = Id(holding.id), Words(f"gone from {self._reading.source}")
        if word == "withdrawn":
            self._person(holding.start, WithdrawIncident(incident=id_, reason=reason))
            return
        if isinstance(word, int) and holding.end == FOREVER:
            self._person(word, CloseIncident(incident=id_, ended_at=Instant(word)))
            self._out.closed.append(holding.id)
        elif isinstance(word, int) and word != holding.end:
            self._person(word, CorrectIncident(incident=id_, ended_at=Instant(word), reason=reason))
            self._out.corrected.append(Correction(incident=holding.id, field="ended_at", was=holding.end, now=word))
        self._person(FOREVER, KeepIncident(incident=id_, reason=reason))

    def _note_unused_words(self) -> None:
        """Words about outages that the ledger does not hold of this source."""
        for id_ in sorted((self._asked.take_source | self._asked.gone.keys()) - self._ids):
            self._out.notes.append(
                said("{incident}: no outage of {source} has this id", incident=id_, source=self._reading.source)
            )

    # Making steps.

    def _source(self, statement: OutageStatement, at: int, command: Command, place: str | None = None) -> None:
        mark = SourceMark(
            name=self._reading.source,
            scope=statement.scope,
            key=statement.key,
            said_at=self._said_at(statement),
            inferred=statement.end_inferred and getattr(command, "ended_at", None) is not None,
            parent=statement.parent,
        )
        self._timed.append((at, SourceStep(command=command, place=place or statement.place, source=mark)))

    def _said_at(self, statement: OutageStatement) -> int | None:
        return self._reading.said_at if statement.said_at is None else statement.said_at

    def _person(self, at: int, command: Command) -> None:
        self._timed.append((at, SourceStep(command=command, place="", source=None)))

    def _mark(self, holding: Holding) -> SourceMark:
        return SourceMark(
            name=self._reading.source, scope=holding.scope, key=holding.key, said_at=self._reading.said_at
        )

    def _note_stays(self, holding: Holding, field: Field, held: int | str | None, told: int | str | None) -> None:
        """A person's word stays, and the source says something else."""
        self._out.staying.append(Correction(incident=holding.id, field=field, was=held, now=told))
