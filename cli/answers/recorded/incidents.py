"""Incidents: the list, and one with its life."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cli.answers.history.case import ExclusionShown, IncidentShown, incident_shown
from cli.answers.recorded.life import LifeEvent, life_of, print_life
from cli.terminal.output import print_pairs, print_table
from cli.terminal.values import ZonedInstant, zoned
from cli.terminal.vocabulary import word
from domain.case import Fact
from domain.text import said
from ledger.queries.recorded import RecordedIncident


class IncidentListed(msgspec.Struct, frozen=True, kw_only=True):
    """An incident in a list; `exclusions` counts those that stand, `actor` recorded it, `source` told of it."""

    incident: str
    function: str
    scope: str
    account: str | None
    regions: tuple[str, ...]
    started_at: ZonedInstant
    ended_at: ZonedInstant | None
    status: str
    exclusions: int
    source: str | None
    recorded_at: ZonedInstant
    actor: str
    reason: str | None


class IncidentAnswer(IncidentShown, frozen=True, kw_only=True):
    """`slaledger incident show`: an incident with its exclusions and its events; `accounts` are those that it names."""

    account: str | None
    accounts: list[str]
    regions: tuple[str, ...]
    source: str | None
    events: list[LifeEvent]

    def table(self) -> None:
        """Print the incident, its exclusions, and its events one by one."""
        print_pairs(
            [
                (word("incident"), self.incident),
                (word("function"), word(self.function)),
                (word("scope"), _affected(self.scope, self.accounts, self.regions)),
                (word("started"), self.started_at),
                (word("ended"), self.ended_at),
                (word("status"), word(self.status)),
                (word("source"), self.source),
            ]
        )
        if self.exclusions:
            print()
            _print_exclusions(self.exclusions)
        print_life(self.events)


def _print_exclusions(exclusions: Iterable[ExclusionShown]) -> None:
    rows = [
        (
            one.exclusion,
            one.clause,
            None if one.from_ is None else one.from_.in_table(),
            None if one.to is None else one.to.in_table(),
            word(one.status),
        )
        for one in exclusions
    ]
    print_table((said("no."), word("clause"), word("from"), word("to"), word("status")), rows, right=["no."])


def _affected(scope: str, accounts: Iterable[str], regions: Iterable[str]) -> str:
    """Which accounts an incident affects: those that it names, its regions, or all."""
    named = ", ".join((*accounts, *regions))
    return named or word(scope)


def _source_of(facts: Iterable[Fact]) -> str | None:
    """The source that told of an incident first; None where a person did."""
    return next((fact.source.name for fact in facts if fact.source is not None), None)


def incident_listed(found: RecordedIncident, zone: str) -> IncidentListed:
    """An incident in a list."""
    one, first = found.incident, found.facts[0]
    return IncidentListed(
        incident=one.incident,
        function=one.function,
        scope=one.scope,
        account=one.account,
        regions=one.regions,
        started_at=ZonedInstant(one.started_at, zone),
        ended_at=zoned(one.ended_at, zone),
        status=one.status,
        exclusions=sum(exclusion.stands for exclusion in one.exclusions),
        source=_source_of(found.facts),
        recorded_at=ZonedInstant(first.recorded_at, zone),
        actor=first.actor,
        reason=first.reason,
    )


def incident_answer(found: RecordedIncident, accounts: list[str], zone: str) -> IncidentAnswer:
    """An incident with its life; `accounts` are those that it names."""
    return IncidentAnswer(
        **msgspec.structs.asdict(incident_shown(found.incident, zone)),
        account=found.incident.account,
        accounts=accounts,
        regions=found.incident.regions,
        source=_source_of(found.facts),
        events=life_of(found.facts, zone),
    )


def print_incidents(incidents: Iterable[IncidentListed]) -> None:
    """Print incidents, one per row."""
    rows = [
        (
            one.incident,
            _affected(one.scope, [one.account] if one.account else [], one.regions),
            word(one.function),
            one.started_at.to_the_second(),
            None if one.ended_at is None else one.ended_at.to_the_second(),
            word(one.status),
        )
        for one in incidents
    ]
    columns = ("incident", "scope", "function", "started", "ended", "status")
    print_table(list(map(word, columns)), rows, whole=[word("function")])
