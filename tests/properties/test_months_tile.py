"""Months tile time: whatever version follows another, no second of an outage is lost, and none counts in two months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations, product
from random import Random
from zoneinfo import ZoneInfo

import msgspec
import pytest
from agreements import incident_of
from build import SECOND_US, account, incidents, row, versions

from domain.account import Account
from domain.assessment import assess_months
from domain.case import Case
from domain.incident import Incident
from domain.refusals.terms import NoTerms
from domain.rules.mtbf import mtbf
from domain.terms.months import month_at, span_of
from domain.terms.versions import Version, in_force
from domain.time import FOREVER, add_months
from ledger.shipped import shipped

MINUTE = 60
MONTHS = tuple(add_months("2025-11", index) for index in range(7))
ZONES = ("Asia/Shanghai", "UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")
FIRST, AFTER = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 4, 30, tzinfo=UTC)


def second(moment: datetime) -> int:
    return int(moment.timestamp())


def version(document: str, name: str, effective: date, **readings: str) -> Version:
    """A shipped document as the version of a name, from a day on."""
    (published,) = versions(document)
    read = msgspec.structs.replace(published.terms.readings, **readings)
    changed = msgspec.structs.replace(published.terms, version=name, effective_from=effective, readings=read)
    return msgspec.structs.replace(published, terms=changed, sha256=f"{published.sha256}{name}{readings}")


def some_outages(dice: Random, edges: list[int]) -> list[tuple[int, int]]:
    """Outages of whole minutes, each long enough to count under any of the agreements; many lie on a month's edge."""
    found = []
    for _ in range(dice.randint(1, 6)):
        start = dice.choice(
            (dice.randint(second(FIRST), second(AFTER)), dice.choice(edges) - dice.randint(0, 30) * 3600)
        )
        start -= start % MINUTE
        found.append((start, start + MINUTE * dice.choice((10, dice.randint(10, 600), dice.randint(600, 3000)))))
    return found


def counted_by_month(held: tuple[Version, ...], found: list[Incident], holder: Account | None = None) -> list[int]:
    """The seconds that count in each month."""
    case = Case(
        account=account() if holder is None else holder,
        incidents={each.incident: each for each in found},
        versions=held,
    )
    measured = assess_months(case, "1001", MONTHS, FOREVER // 2)
    for result in measured:
        counted = sum(episode.counted_us for episode in result.availability.episodes)
        assert result.availability.unavailable_us == min(result.availability.total_us, counted)
    return [sum(e.counted_us for e in result.availability.episodes) // SECOND_US for result in measured]


def check_tiling(dice: Random, held: tuple[Version, ...], sets: int) -> None:
    edges = [span_of(held, month)[0] // SECOND_US for month in MONTHS[1:]]
    for _ in range(sets):
        down = some_outages(dice, edges)
        found = [
            incident_of(held[0].terms, f"I{number}", start * SECOND_US, end * SECOND_US)
            for number, (start, end) in enumerate(down)
        ]
        seconds = {each for start, end in down for each in range(start // MINUTE, end // MINUTE)}
        assert sum(counted_by_month(held, found)) == MINUTE * len(seconds), (held[0].terms.version, down)


PAIRS = list(permutations(range(len(shipped())), 2))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "-".join(map(str, pair)))
@pytest.mark.parametrize("sets", [50, pytest.param(2000, marks=pytest.mark.soak)])
def test_the_months_of_two_shipped_versions_add_up(pair: tuple[int, int], sets: int) -> None:
    """The later of the pair takes effect in February, as it ships and on another clock; whole minutes are counted."""
    dice = Random(f"{pair} {sets}")
    before, after = (shipped()[index][0] for index in pair)
    for day in (date(2026, 2, 1), date(2026, 2, 14)):
        check_tiling(dice, (version(before, "a", date(2018, 8, 1)), version(after, "b", day)), sets // 2)


@pytest.mark.parametrize(("earlier", "later"), list(permutations(ZONES, 2)))
def test_the_months_of_two_clocks_add_up(earlier: str, later: str) -> None:
    document = shipped()[0][0]
    for day, force in product((date(2026, 2, 1), date(2026, 2, 14)), ("month_start", "month_end")):
        held = (
            version(document, "a", date(2018, 8, 1), timezone=earlier, version_in_force=force),
            version(document, "b", day, timezone=later),
        )
        check_tiling(Random(f"{earlier} {later} {day} {force}"), held, 25)


@pytest.mark.parametrize(("earlier", "later"), list(permutations(ZONES, 2)))
def test_every_instant_is_in_one_month(earlier: str, later: str) -> None:
    held = (
        version(shipped()[0][0], "a", date(2025, 12, 1), timezone=earlier),
        version(shipped()[0][0], "b", date(2026, 2, 10), timezone=later),
    )
    spans = [span_of(held, month) for month in MONTHS[1:]]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    dice = Random(0)
    for start, end in spans:
        for instant in (start - 1, start, dice.randrange(start, end), end - 1):
            for zone in (earlier, later):
                month = month_at(held, instant, zone)
                inside = [found for found, span in zip(MONTHS[1:], spans, strict=True) if span[0] <= instant < span[1]]
                assert [month] == (inside or [None])
    with pytest.raises(NoTerms):
        span_of(held, MONTHS[0])


@pytest.mark.parametrize(
    ("earlier", "later", "start", "hours", "march", "april"),
    [
        row("twelve hours after the first", "Asia/Shanghai", "America/New_York", "2026-04-01 00:00", 12, 0, 12),
        row("an hour on both sides", "Asia/Shanghai", "America/New_York", "2026-03-31 23:00", 2, 1, 1),
        row("before both firsts", "Asia/Shanghai", "America/New_York", "2026-03-31 12:00", 12, 12, 0),
        row("the other way round", "America/New_York", "Asia/Shanghai", "2026-04-01 00:00", 12, 12, 0),
        row("behind both firsts", "America/New_York", "Asia/Shanghai", "2026-04-01 12:00", 12, 0, 12),
    ],
)
def test_a_new_clock_begins_at_the_old_ones_month(
    earlier: str, later: str, start: str, hours: int, march: int, april: int
) -> None:
    """Times are Shanghai's: midnight there is noon of the day before in New York."""
    held = (
        version(shipped()[0][0], "a", date(2018, 8, 1), timezone=earlier),
        version(shipped()[0][0], "b", date(2026, 4, 1), timezone=later),
    )
    assert in_force(held, "2026-04").terms.version == "b"
    begun = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    span = second(begun), second(begun + timedelta(hours=hours))
    found = [incident_of(held[0].terms, "I", span[0] * SECOND_US, span[1] * SECOND_US)]
    counted = dict(zip(MONTHS, counted_by_month(held, found), strict=True))
    assert (counted["2026-03"], counted["2026-04"]) == (march * 3600, april * 3600)
    assert sum(counted.values()) == hours * 3600


def test_a_failure_between_two_clocks_is_one_of_the_year() -> None:
    """It starts when New York has not begun its April yet, and Shanghai has."""
    held = (
        version(shipped()[0][0], "a", date(2018, 8, 1), mtbf_event="outage"),
        version(shipped()[0][0], "b", date(2026, 4, 1), mtbf_event="outage", timezone="America/New_York"),
    )
    found = incidents(
        "calls 2026-02-01 10:00 to 2026-02-01 12:00",
        "calls 2026-04-01 03:00 to 2026-04-01 04:00",
        "calls 2026-05-01 10:00 to 2026-05-01 12:00",
    )
    year = mtbf(lambda read: found, lambda read: [(0, FOREVER)], 2026, FOREVER // 2, held)
    assert year.events == 3
