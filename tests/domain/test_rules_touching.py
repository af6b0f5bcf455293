"""Clause 1, whom an incident of a region or of everybody touches (R22), on both sides of each bound."""

from __future__ import annotations

import pytest
from build import at, row, terms

from domain.account import Account, evolve
from domain.events import AccountEnrolled, AccountMoved, Scope
from domain.incident import Incident
from domain.rules.touching import touching

FOREVER = "2026-12-31 00:00"


def outage(scope: Scope, start: str, end: str | None) -> Incident:
    """An outage of everybody, or of cn-hangzhou."""
    regions = ("cn-hangzhou",) if scope == "regions" else ()
    return Incident(
        incident="I",
        function="inbound_routing",
        scope=scope,
        account=None,
        regions=regions,
        started_at=at(start),
        ended_at=None if end is None else at(end),
    )


def lives(enrolled: str, region: str, *moves: tuple[str, str]) -> Account:
    """An account that is enrolled in a region, and its moves."""
    held = evolve(None, AccountEnrolled(account="1001", enrolled_at=at(enrolled), stage="general", region=region))
    for moved_at, later in moves:
        held = evolve(held, AccountMoved(account="1001", region=later, moved_at=at(moved_at)))
    return held


def touched(held: Account, found: Incident, shared_touches: str) -> list[tuple[int, int | None]]:
    pieces = touching(held, [found], terms(shared_touches=shared_touches), at(FOREVER))
    return [(piece.started_at, piece.ended_at) for piece in pieces]


def spans(*told: tuple[str, str]) -> list[tuple[int, int | None]]:
    return [(at(start), at(end)) for start, end in told]


WHOLE = ("10:00", "11:00")


@pytest.mark.parametrize(
    ("enrolled", "at_start", "any_covered"),
    [
        row("before it began", "09:59:59.999999", True, True),
        row("as it began", "10:00", True, True),
        row("a moment later", "10:00:00.000001", False, True),
        row("a moment before its end", "10:59:59.999999", False, True),
        row("as it ended", "11:00", False, False),
    ],
)
def test_r22_an_outage_of_everybody_touches_whoever_was_enrolled(
    enrolled: str, at_start: bool, any_covered: bool
) -> None:
    held, found = lives(enrolled, "cn-beijing"), outage("all", *WHOLE)
    assert touched(held, found, "at_start") == (spans(WHOLE) if at_start else [])
    assert touched(held, found, "any_covered") == (spans(WHOLE) if any_covered else [])


@pytest.mark.parametrize(
    ("moved_at", "left", "came_at_start", "came_any_covered"),
    [
        row("before it began", "09:00", [], [WHOLE], [WHOLE]),
        row("as it began", "10:00", [], [WHOLE], [WHOLE]),
        row("a moment later", "10:00:00.000001", [("10:00", "10:00:00.000001")], [], [("10:00:00.000001", "11:00")]),
        row("midway", "10:30", [("10:00", "10:30")], [], [("10:30", "11:00")]),
        row("as it ended", "11:00", [WHOLE], [], []),
    ],
)
def test_r22_an_outage_of_a_region_touches_while_the_account_is_there(
    moved_at: str,
    left: list[tuple[str, str]],
    came_at_start: list[tuple[str, str]],
    came_any_covered: list[tuple[str, str]],
) -> None:
    found = outage("regions", *WHOLE)
    leaves = lives("01-01 00:00", "cn-hangzhou", (moved_at, "cn-beijing"))
    comes = lives("01-01 00:00", "cn-beijing", (moved_at, "cn-hangzhou"))
    assert touched(leaves, found, "at_start") == touched(leaves, found, "any_covered") == spans(*left)
    assert touched(comes, found, "at_start") == spans(*came_at_start)
    assert touched(comes, found, "any_covered") == spans(*came_any_covered)


def test_r22_whoever_leaves_as_it_begins_and_comes_back_was_not_there_at_its_start() -> None:
    held = lives("01-01 00:00", "cn-hangzhou", ("10:00", "cn-beijing"), ("10:30", "cn-hangzhou"))
    assert touched(held, outage("regions", *WHOLE), "at_start") == []
    assert touched(held, outage("regions", *WHOLE), "any_covered") == spans(("10:30", "11:00"))


def test_r22_an_open_outage_of_a_region_is_open_only_where_the_account_is_still_there() -> None:
    away = lives("01-01 00:00", "cn-hangzhou", ("10:30", "cn-beijing"), ("12:00", "cn-hangzhou"))
    assert touched(away, outage("regions", "10:00", None), "at_start") == [
        (at("10:00"), at("10:30")),
        (at("12:00"), None),
    ]
