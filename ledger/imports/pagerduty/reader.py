"""Outages from PagerDuty: what its REST API answers for `/incidents`, or events of its v3 webhooks, one or one a line.

An incident is one outage, known again by its id: it starts when it was created and ends when it was last resolved.
That somebody acknowledged it changes nothing, and opened again it is the same incident. One that was merged into
another lasts as long as that one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from domain.text import counted, said
from ledger.imports.outages import BY_HAND, check_functions, target
from ledger.imports.pagerduty.files import read_words
from ledger.imports.pagerduty.words import SOURCE, PagedIncident, incidents, names
from ledger.imports.skips import Skips
from ledger.imports.source import SourceTime
from ledger.imports.statements import Faults, LeftOut, OutageStatement, Policy, Reading, SourceFile, Target
from ledger.refusals.imports.pagerduty import MergedInCircle, NoUrgency, ServiceMappedTwice, UnmappedService
from ledger.refusals.imports.shared import ToldEndBeforeStart

SCOPE = "incidents"
POLICY = Policy(one_a_key=True)


class PagerDutyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said: a service's id or name -> function, whom it touches, what to leave out.

    `skip` takes an incident's id, with `@START` too, or a type of events. `urgency` is `high`, `low` or None for both;
    `priority` are names such as P1, none for all.
    """

    functions: Mapping[str, str]
    accounts: tuple[str, ...] = ()
    all_accounts: bool = False
    skip: frozenset[str] = frozenset()
    only_mapped: bool = False
    urgency: str | None = None
    priority: frozenset[str] = frozenset()


def read_pagerduty(files: Sequence[SourceFile], asked: PagerDutyOptions) -> Reading:
    """What the incidents of all files state, each once. Raises Unreadable, or ManyFaults.

    An answer of PagerDuty does not say when it was given, nor what it was asked: it has no extent, and each statement
    says by itself of when it is.
    """
    name = files[0].name if files else ""
    whom = target(name, asked.accounts, asked.all_accounts)
    check_functions(name, asked.functions.values())
    faults, skips = Faults(), Skips(asked.skip)
    found = read_words(files, skips, faults)
    known = incidents(found.words.values(), faults)
    making = _PagedStatements(known, frozenset(found.ids - known.keys()), asked, whom, skips)
    for incident in known.values():
        with faults.gathering():
            making.take(incident)
    faults.check()
    silent = counted("{n} event says nothing of an outage", "{n} events say nothing of an outage", found.silent)
    skipped = [LeftOut(id_, said("skipped as asked")) for id_ in sorted(found.skipped)]
    return Reading(
        source=SOURCE,
        policy=POLICY,
        statements=tuple(sorted(making.statements, key=lambda one: (one.start.us, one.incident))),
        scope=SCOPE,
        left_out=(*skipped, *making.left_out),
        notes=(*([silent] if found.silent else []), *making.all_notes(), *skips.notes()),
    )


class _Lasting(msgspec.Struct, frozen=True):
    """Until when an incident lasts, when that was said, and into which other it was merged in the end.

    `parent_told=False`: no file tells of the parent, and `end` is when the incident was merged into it.
    """

    end: SourceTime | None
    said_at: int
    parent: str
    parent_told: bool


class _PagedStatements:
    """Makes statements of incidents, and keeps what was left out."""

    def __init__(
        self,
        known: Mapping[str, PagedIncident],
        unread: frozenset[str],
        asked: PagerDutyOptions,
        whom: Target,
        skips: Skips,
    ) -> None:
        self.statements: list[OutageStatement] = []
        self.left_out: list[LeftOut] = []
        self._notes: list[str] = []
        self._unmapped: list[str] = []
        self._urgencies: Counter[str] = Counter()
        self._priorities: Counter[str] = Counter()
        self._known = known
        self._unread = unread
        self._asked = asked
        self._whom = whom
        self._skips = skips

    def take(self, incident: PagedIncident) -> None:
        """State an incident, unless it is left out. Raises Unreadable."""
        word = incident.word
        if (why := self._left_out(incident)) is not None:
            self.left_out.append(LeftOut(word.id, why))
            return
        function = self._function(incident)
        if function is None:
            return
        lasting = self._lasting(incident)
        end = lasting.end
        if end is not None and end.us < word.start.us:
            raise ToldEndBeforeStart(place=end.place, end=end.text, start=word.start.text, advice=BY_HAND)
        if end is not None and end.us == word.start.us and lasting.parent_told:
            self.left_out.append(LeftOut(word.id, said("the outage at {at} has no length", at=word.start.text)))
            return
        self._urgencies[word.urgency or ""] += 1
        self._priorities[word.priority[0] if word.priority else ""] += 1
        statement = OutageStatement(
            key=word.id,
            incident=names(word.id)[1],
            name=word.name,
            scope=SCOPE,
            function=function,
            target=self._whom,
            start=word.start,
            end=end,
            end_told=incident.end_told,
            place=word.start.place,
            said_at=lasting.said_at,
            parent=lasting.parent,
            parent_told=lasting.parent_told,
            merged_at=incident.end if lasting.parent else None,
        )
        self.statements.append(statement)
        self._notes += _changes(incident)

    def all_notes(self) -> Iterator[str]:
        """What is worth a look, the mixture of urgencies and priorities last."""
        yield from self._notes
        if self._unmapped:
            yield said(
                "left out as asked ({n}): {names}", n=len(self._unmapped), names=", ".join(sorted(self._unmapped))
            )
            borne = {name for each in self._known.values() for name in each.word.service}
            for key in sorted(self._asked.functions.keys() - borne):
                yield said("--map {key}: no incident here is of a service with that name or id", key=repr(key))
        if len(self._urgencies) > 1:
            yield said(
                "incidents by urgency: {kinds}; all are taken (--urgency high takes the high ones only)",
                kinds=_numbers(self._urgencies),
            )
        if len(self._priorities) > 1:
            yield said(
                "incidents by priority: {kinds}; all are taken (--priority NAME takes one priority only)",
                kinds=_numbers(self._priorities),
            )

    def _lasting(self, incident: PagedIncident) -> _Lasting:
        """How long it lasts: a merged incident ends with its parent, and not before it was merged.

        Raises Unreadable `merged`.
        """
        end, said_at, seen = incident.end, incident.said_at, [incident.word.id]
        while incident.parent is not None:
            name, parent = incident.word.name, incident.parent
            if parent in seen:
                raise MergedInCircle(place=incident.word.node.place, name=name, parent=parent)
            if parent in self._unread:
                break  # what is wrong with the parent is told, and nothing is stated
            if parent not in self._known or not self._known[parent].end_told:
                return _Lasting(end, said_at, parent, parent_told=False)
            seen.append(parent)
            incident = self._known[parent]
            said_at = max(said_at, incident.said_at)
            if end is not None:
                end = None if incident.end is None else max(end, incident.end, key=lambda at: at.us)
        return _Lasting(end, said_at, seen[-1] if len(seen) > 1 else "", parent_told=True)

    def _left_out(self, incident: PagedIncident) -> str | None:
        """Why an incident is left out as asked; None where it is not. Raises Unreadable `missing_text`."""
        word, asked = incident.word, self._asked
        if self._skips.has_episode(word.start, *names(word.id)):
            return said("skipped as asked")
        if asked.urgency is not None and word.urgency is None:
            raise NoUrgency(place=word.node.place, name=word.name, id=word.id)
        if asked.urgency is not None and word.urgency != asked.urgency:
            return said("{name}: its urgency is {urgency}", name=word.name, urgency=word.urgency)
        if asked.priority and not asked.priority.intersection(word.priority):
            if not word.priority:
                return said("{name}: it has no priority", name=word.name)
            return said("{name}: its priority is {priority}", name=word.name, priority=word.priority[0])
        return None

    def _function(self, incident: PagedIncident) -> str | None:
        """The function that is gone; None where it is left out. Raises `mapped_twice`, `unmapped_service`."""
        word, asked = incident.word, self._asked
        functions = {asked.functions[name] for name in word.service if name in asked.functions}
        if len(functions) > 1:
            raise ServiceMappedTwice(place=word.node.place, name=word.name)
        if functions:
            return functions.pop()
        if not asked.only_mapped:
            raise UnmappedService(place=word.node.place, name=word.name, service=word.service[0])
        self._unmapped.append(word.name)
        self.left_out.append(LeftOut(word.id, said("{name} fits no --map", name=word.name)))
        return None


def _changes(incident: PagedIncident) -> Iterator[str]:
    """That an incident was merged, or moved to another service."""
    if incident.parent is not None:
        yield said(
            "{name} was merged into {parent}: its outage ends when that one does",
            name=incident.word.name,
            parent=incident.parent,
        )
    if len({id_ for id_, _ in incident.services}) > 1:
        names = [name or id_ for id_, name in incident.services]
        yield said(
            "incident {id} moved from service {before} to {now}: its outage is one of {now}",
            id=incident.word.id,
            before=", ".join(names[:-1]),
            now=names[-1],
        )


def _numbers(kinds: Counter[str]) -> str:
    """How many there are of each kind, as `2 high, 1 low`, and how many of none."""
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()) if kind)
    return said("{kinds}, {n} without", kinds=told, n=kinds[""]) if kinds[""] else told
