"""Statements of a source whose outages grow: with the ledger's outages that they touch they are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from domain.incident import Incident
from domain.time import MINUTE_US
from ledger.imports.reconciling.growing import grown
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.reconciling.reconcile import reconcile
from ledger.imports.source import SourceTime
from ledger.imports.statements import Extent, OutageStatement, Policy, Reading
from ledger.refusals.imports.reconcile import OpenUnderTwoStarts

DAY = datetime(2026, 3, 3, tzinfo=UTC)
DAY_US = int(DAY.timestamp()) * 10**6
Span = tuple[int, int | None]


def at(minute: int) -> SourceTime:
    instant = DAY + timedelta(minutes=minute)
    return SourceTime(instant, instant.isoformat(), f"a.json: ${minute}")


def told(start: int, end: int | None, key: str = "k") -> OutageStatement:
    return OutageStatement(
        key=key,
        incident=f"{key}:{start}",
        name=key,
        scope="",
        function="agent_calls",
        target={"all_accounts": True},
        start=at(start),
        end=None if end is None else at(end),
        place=f"a.json: {key}",
        starts={at(start).us: "fired" if end is None else "ended"},
    )


def ends(statements: list[OutageStatement]) -> list[int]:
    """The ends that were told, in order of receipt."""
    return sorted(each.end.us for each in statements if each.end is not None)


def joined(statements: list[OutageStatement], held: list[Holding]) -> list[Span]:
    """The outages that statements tell with what is held."""
    found, faults = grown(statements, held, ends(statements))
    assert faults == []
    return [span(each.statement) for each in found]


def holds(start: int, end: int | None, key: str = "k", *, withdrawn: bool = False, by_person: bool = False) -> Holding:
    incident = Incident(
        incident=f"{key}:{start}",
        function="agent_calls",
        scope="all",
        account=None,
        regions=(),
        started_at=DAY_US + start * MINUTE_US,
        ended_at=None if end is None else DAY_US + end * MINUTE_US,
        withdrawn="an error" if withdrawn else None,
        exclusions=[],
    )
    return Holding(incident=incident, key=key, scope="", persons=frozenset({"withdrawn"} if by_person else ()))


def span(statement: OutageStatement) -> Span:
    end = None if statement.end is None else (statement.end.us - DAY_US) // MINUTE_US
    return (statement.start.us - DAY_US) // MINUTE_US, end


# What a file states, what the ledger holds, and what the file states with that.
TABLE: list[tuple[str, list[Span], list[Span], list[Span]]] = [
    ("nothing is held", [(0, 10), (20, None)], [], [(0, 10), (20, None)]),
    ("apart from what is held", [(20, 30)], [(0, 10)], [(20, 30)]),
    ("goes on where it ended", [(10, 20)], [(0, 10)], [(0, 20)]),
    ("joins two", [(10, 20)], [(0, 10), (20, 30)], [(0, 30)]),
    ("two touch one", [(0, 5), (8, 20)], [(4, 9)], [(0, 20)]),
    ("the end of an open one", [(0, 10)], [(0, None)], [(0, 10)]),
    ("the end of an open one, with another start", [(5, 10)], [(0, None)], [(0, 10)]),
    ("an end alone", [(10, 10)], [(0, None)], [(0, 10)]),
    ("an end, and a new one that fires", [(0, 10), (20, None)], [(0, None)], [(0, 10), (20, None)]),
    ("an end, and a new one that ended", [(0, 10), (20, 30)], [(0, None)], [(0, 10), (20, 30)]),
    ("an end that is before what is open", [(0, 5)], [(8, None)], [(0, 5)]),
    ("it fires again", [(0, None)], [(0, 10)], [(0, None)]),
    ("it still fires", [(0, None)], [(0, None)], [(0, None)]),
]


@pytest.mark.parametrize(("what", "statements", "held", "expected"), TABLE)
def test_what_touches_is_one(what: str, statements: list[Span], held: list[Span], expected: list[Span]) -> None:
    assert joined([told(*each) for each in statements], [holds(*each) for each in held]) == expected


def commands(statements: list[OutageStatement], held: list[Holding]) -> list[str]:
    policy = Policy(one_a_key=False, grows=True)
    told_ends = {"k": tuple(ends(statements))}
    reading = Reading(source="alertmanager", policy=policy, statements=tuple(statements), ends=told_ends)
    outcome = reconcile(reading, held)
    return [str(step.command.__struct_config__.tag) for step in outcome.steps]


def test_an_outage_that_became_part_of_another_is_not_taken_up_by_a_later_one() -> None:
    held = [holds(0, 20), holds(10, None, withdrawn=True)]
    assert commands([told(30, None)], held) == ["incident open"]


def test_an_open_outage_that_a_person_withdrew_takes_no_later_one_with_it() -> None:
    held = [holds(0, None, withdrawn=True, by_person=True)]
    assert commands([told(0, None)], held) == []
    assert commands([told(30, 40)], held) == ["incident open", "incident close"]


def test_an_end_that_is_the_start_of_what_is_open_leaves_no_outage() -> None:
    assert commands([told(0, 0)], [holds(0, None)]) == ["incident withdraw"]
    assert commands([told(0, 0)], []) == []


def test_two_starts_that_fire_in_two_files_cannot_be_told_apart() -> None:
    with pytest.raises(OpenUnderTwoStarts):
        commands([told(10, None)], [holds(0, None)])
    listed = msgspec.structs.replace(told(10, None), states_all=True)
    assert commands([listed], [holds(0, None)]) == []


def test_an_end_that_was_concluded_gives_way_to_the_one_that_is_told() -> None:
    held = [holds(0, 30)]
    held[0].end_inferred = True
    assert joined([told(0, 20)], held) == [(0, 20)]
    held[0].end_inferred = False
    assert joined([told(0, 20)], held) == [(0, 30)]


def test_what_was_open_before_a_file_begins_is_not_what_begins_in_it() -> None:
    """A series was down where one file ends and up where the next begins; there it goes down once more."""
    reading = Reading(
        source="prometheus",
        policy=Policy(one_a_key=False),
        statements=(told(30, 40),),
        extents=(Extent(scope="", keys={"k": (DAY_US + 10 * MINUTE_US, DAY_US + 60 * MINUTE_US)}),),
    )
    outcome = reconcile(reading, [holds(0, None)])
    assert [str(step.command.__struct_config__.tag) for step in outcome.steps] == ["incident open", "incident close"]
    assert outcome.vanished == ["k:0"]
    begun_earlier = msgspec.structs.replace(reading, extents=(Extent(scope="", keys={"k": (DAY_US, DAY_US + 1)}),))
    assert reconcile(begun_earlier, [holds(0, None)]).vanished == []
