"""Clause 2.1, mean time between failures over a natural year, against the 90 days of clause 2.2 (R10)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from build import ALWAYS, SECOND_US, account, amended, at, incidents, row, terms, versions

from domain.events import IncidentWithdrawn
from domain.incident import evolve
from domain.intervals import Span
from domain.refusals import Refusal
from domain.rules.coverage import covered
from domain.rules.mtbf import Mtbf, by_other_event, mtbf

DAY_US = 86_400 * SECOND_US
OUTAGES: dict[str, Any] = {"mtbf_event": "outage"}
MONTHS: dict[str, Any] = {"mtbf_event": "month_below_target"}


def mean(
    *lines: str, year: int = 2026, until: str = "2027-06-01 00:00", spans: list[Span] | None = None, **readings: Any
) -> Mtbf:
    """The year's mean by the given outages, each a failure unless said otherwise, under the shipped agreement."""
    version = msgspec.structs.replace(versions()[0], terms=terms(**OUTAGES | readings))
    covering = ALWAYS if spans is None else spans
    return mtbf(lambda terms: incidents(*lines), lambda terms: covering, year, at(until), [version])


def days(found: Mtbf) -> Fraction | None:
    return None if found.mean_us is None else found.mean_us / DAY_US


@pytest.mark.parametrize(
    ("second_begins", "meets"),
    [
        row("exactly 90 days later", "04-01 10:05", True),
        row("a microsecond less", "04-01 10:04:59.999999", False),
        row("a microsecond more", "04-01 10:05:00.000001", True),
        row("a day less", "03-31 10:05", False),
    ],
)
def test_ninety_days_from_recovery_to_the_next_start_meet_the_commitment(second_begins: str, meets: bool) -> None:
    found = mean("inbound 01-01 10:00 to 01-01 10:05", f"calls {second_begins} to 04-01 12:00")
    assert (found.events, found.commitment_days, found.meets_commitment) == (2, 90, meets)
    assert (days(found) == 90) == (second_begins == "04-01 10:05")


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        row("no outage", (), 0),
        row("one outage", ("inbound 10:00 to 10:05",), 1),
        row("one that counts and one too short", ("inbound 10:00 to 10:05", "inbound 11:00 to 11:01:59"), 1),
        row("one counts, one is excluded", ("inbound 10:00 to 10:05", "inbound 11:00 to 12:00 less start to end"), 1),
        row("two that overlap are one", ("inbound 10:00 to 10:05", "calls 10:04 to 10:10"), 1),
        row("two that touch are one", ("inbound 10:00 to 10:05", "calls 10:05 to 10:10"), 1),
    ],
)
def test_below_two_failures_the_mean_is_undefined_and_no_breach(lines: tuple[str, ...], events: int) -> None:
    assert mean(*lines) == Mtbf(events=events, mean_us=None, commitment_days=90, meets_commitment=True)


def test_the_mean_is_exact_over_all_gaps() -> None:
    found = mean(
        "calls 03-11 00:00 to 03-11 01:00", "inbound 03-01 00:00 to 03-02 00:00", "calls 03-02 00:02 to 03-02 00:04"
    )
    assert found.events == 3
    minutes = Fraction(2 + 8 * 24 * 60 + 23 * 60 + 56, 2)
    assert found.mean_us == minutes * 60 * SECOND_US
    assert not found.meets_commitment


def test_a_third_of_a_microsecond_is_kept() -> None:
    starts = ("10:00:00.000000", "11:00:00.000001", "12:00:00.000001", "13:00:00.000001")
    found = mean(*(f"inbound {start} to {start[:3]}30" for start in starts))
    assert found.mean_us == Fraction(90 * 60 * SECOND_US + 3, 3)


@pytest.mark.parametrize(
    ("lines", "events_2025", "events_2026"),
    [
        row("across midnight of new year", ("inbound 2025-12-31 23:59 to 2026-01-01 00:01",), 1, 0),
        row("a microsecond before it", ("inbound 2025-12-31 23:59:59.999999 to 2026-01-01 00:05",), 1, 0),
        row("as the year begins", ("inbound 2026-01-01 00:00 to 2026-01-01 00:02",), 0, 1),
        row("joined over it", ("inbound 2025-12-31 23:59 to 01-01 00:01", "calls 01-01 00:00 to 01-01 05:00"), 1, 0),
    ],
)
def test_an_outage_belongs_to_the_year_of_its_start(lines: tuple[str, ...], events_2025: int, events_2026: int) -> None:
    assert mean(*lines, year=2025).events == events_2025
    assert mean(*lines, year=2026).events == events_2026


def test_the_year_is_of_the_zones_clock() -> None:
    line = "inbound 2026-01-01 07:00 to 2026-01-01 07:05"
    assert (mean(line, year=2025).events, mean(line, year=2026).events) == (0, 1)
    assert (mean(line, year=2025, timezone="UTC").events, mean(line, timezone="UTC").events) == (1, 0)


def test_an_outage_cut_by_a_months_end_is_one_failure() -> None:
    found = mean("inbound 02-28 23:59 to 03-01 00:01", "inbound 03-01 00:06 to 03-01 00:10")
    assert (found.events, found.mean_us) == (2, Fraction(5 * 60 * SECOND_US))


@pytest.mark.parametrize("tested", ["before_exclusions", "after_exclusions"])
def test_the_pieces_that_an_exclusion_leaves_are_one_failure_from_start_to_recovery(tested: str) -> None:
    lines = (
        "inbound 10:00 to 10:30 less 10:10 to 10:20 less 10:28 to end",
        "inbound 12:00 to 12:10 less start to 12:01",
    )
    found = mean(*lines, minimum_tested=tested)
    assert (found.events, found.mean_us) == (2, Fraction(90 * 60 * SECOND_US))


def test_pieces_too_short_after_exclusions_are_no_failure() -> None:
    line = "inbound 10:00 to 10:05 less 10:01:30 to 10:03:30"
    assert mean(line).events == 1
    assert mean(line, minimum_tested="after_exclusions").events == 0


def test_an_outage_that_is_not_covered_is_no_failure_and_a_partly_covered_one_is_whole() -> None:
    lines = ("inbound 10:00 to 10:10", "inbound 12:00 to 12:10", "inbound 13:00 to 13:10")
    found = mean(*lines, spans=covered(account("03-03 12:05"), terms()))
    assert (found.events, found.mean_us) == (2, Fraction(50 * 60 * SECOND_US))


def test_a_withdrawn_incident_is_no_failure() -> None:
    found = incidents("inbound 10:00 to 10:10", "inbound 12:00 to 12:10")
    evolve(found[1], IncidentWithdrawn(incident="B"), "was none")
    assert (
        mtbf(lambda terms: found, lambda terms: ALWAYS, 2026, at("2027-01-01 00:00"), by_other_event(versions())).events
        == 1
    )


def test_an_open_outage_is_a_failure_once_it_has_lasted_two_minutes() -> None:
    assert mean("inbound 10:00 to open", until="03-03 10:01:59").events == 0
    assert mean("inbound 10:00 to open", until="03-03 10:02").events == 1


BAD_JANUARY = "inbound 01-10 00:00 to 01-10 02:00"
BAD_MARCH = "inbound 03-10 00:00 to 03-10 02:00"


@pytest.mark.parametrize(
    ("lines", "events", "gap"),
    [
        row("no month below 99.8 %", ("inbound 01-10 00:00 to 01-10 00:30", "calls 03-03 10:00 to 10:30"), 0, None),
        row("one month", (BAD_JANUARY,), 1, None),
        row("two months", (BAD_JANUARY, BAD_MARCH), 2, ("01-10 02:00", "03-10 00:00")),
        row(
            "from each month's first counted outage to its last",
            (BAD_JANUARY, "calls 01-20 00:00 to 01-20 00:02", BAD_MARCH, "calls 03-02 00:00 to 03-02 00:02"),
            2,
            ("01-20 00:02", "03-02 00:00"),
        ),
        row(
            "what does not count neither begins nor ends it",
            (
                *(BAD_JANUARY, "calls 01-20 00:00 to 01-20 00:01:59", BAD_MARCH),
                *("calls 03-02 00:00 to 03-02 09:00 less start to end", "calls 02-10 00:00 to 02-10 00:30"),
            ),
            2,
            ("01-10 02:00", "03-10 00:00"),
        ),
        row(
            "exactly 99.8 % is met: 4,838.4 s of February",
            (BAD_JANUARY, "calls 02-10 00:00 to 02-10 01:20:38.400000"),
            1,
            None,
        ),
        row(
            "a microsecond below it is not",
            (BAD_JANUARY, "calls 02-10 00:00 to 02-10 01:20:38.400001"),
            2,
            ("01-10 02:00", "02-10 00:00"),
        ),
    ],
)
def test_r10_months_below_the_target_as_failures(
    lines: tuple[str, ...], events: int, gap: tuple[str, str] | None
) -> None:
    found = mean(*lines, **MONTHS)
    assert (found.events, found.mean_us) == (events, None if gap is None else at(gap[1]) - at(gap[0]))


def test_r10_a_month_recovers_when_the_longest_of_its_outages_does() -> None:
    """Per incident an outage may begin later and end sooner than another, even with minutes of its own."""
    long = "inbound 01-10 00:00 to 01-10 09:00 less 01-10 03:00 to 01-10 04:00"
    for short in ("calls 01-10 02:00 to 01-10 02:30", "calls 01-10 03:00 to 01-10 03:30"):
        found = mean(long, short, BAD_MARCH, minimum_applies_to="per_incident", **MONTHS)
        assert found.mean_us == at("03-10 00:00") - at("01-10 09:00")


def test_r10_a_month_begins_and_recovers_with_raw_outages_also_when_tested_after_exclusions() -> None:
    """As with single outages: what exclusions cut off an outage's ends does not move its start and recovery."""
    january = "inbound 01-10 00:00 to 01-10 05:00 less 01-10 03:00 to end"
    march = "inbound 03-10 00:00 to 03-10 05:00 less start to 03-10 03:00"
    for tested in ("before_exclusions", "after_exclusions"):
        found = mean(january, march, minimum_tested=tested, **MONTHS)
        assert found.mean_us == at("03-10 00:00") - at("01-10 05:00")


def test_r10_looked_at_while_one_of_its_incidents_is_open_a_month_recovers_no_sooner_than_the_others_end() -> None:
    lines = ("inbound 01-10 00:00 to 01-10 05:00", "calls 01-10 01:00 to open", BAD_MARCH)
    found = mean(*lines, until="01-10 02:00", **MONTHS)
    assert found.mean_us == at("03-10 00:00") - at("01-10 05:00")


def test_the_year_of_the_first_version_has_the_months_that_it_governs() -> None:
    lines = ("inbound 2018-07-31 10:00 to 2018-07-31 11:00", "calls 2018-08-01 00:00 to 2018-08-01 00:02")
    assert mean(*lines, year=2018).events == 1


def test_a_year_before_the_first_version_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        mean(year=2017)
    assert (refused.value.code, refused.value.clause) == ("no_terms", "4")


def test_each_month_is_read_by_the_terms_that_govern_it() -> None:
    """From July on an outage must last longer than two minutes, and 60 days between failures are promised."""
    later = amended(
        "2026-07", "2026-07-01", ("minimum_inclusive = true", "minimum_inclusive = false"), ("value = 90", "value = 60")
    )
    lines = [f"inbound {day} 00:00 to {day} 00:02" for day in ("2026-05-01", "2026-06-30", "2026-07-01", "2026-08-01")]
    found = mtbf(
        lambda terms: incidents(*lines),
        lambda terms: ALWAYS,
        2026,
        at("2027-01-01 00:00"),
        by_other_event(versions(amended("v1", "2018-08-01"), later)),
    )
    assert found.events == 2
    assert found.commitment_days == 60
    assert found.mean_us == at("2026-06-30 00:00") - at("2026-05-01 00:02")
    assert not found.meets_commitment


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        row(
            "overlapping, per function", ("inbound 10:00 to 10:10", "calls 10:05 to 10:20", "calls 12:00 to 12:10"), 100
        ),
        row("touching, per function", ("inbound 10:00 to 10:10", "calls 10:10 to 10:20", "calls 12:00 to 12:10"), 100),
        row("one within the other", ("inbound 10:00 to 11:00", "calls 10:05 to 10:20", "calls 12:00 to 12:10"), 60),
    ],
)
def test_r10_events_that_overlap_or_touch_are_one_and_no_gap_is_below_zero(lines: tuple[str, ...], told: int) -> None:
    found = mean(*lines, minimum_applies_to="per_function")
    assert (found.events, found.mean_us) == (2, told * 60 * SECOND_US)


def test_r10_two_bad_months_that_one_outage_joins_are_one_event() -> None:
    """The outage across the end of January is the last of January and the first of February."""
    across = "inbound 01-31 22:00 to 02-01 02:00"
    assert mean(BAD_JANUARY, across, BAD_MARCH, **MONTHS).events == 2
    found = mean(BAD_JANUARY, across, BAD_MARCH, **MONTHS)
    assert found.mean_us == at("03-10 00:00") - at("02-01 02:00")


@pytest.mark.parametrize(("year", "events"), [(2025, 1), (2026, 1)])
def test_r10_an_event_belongs_to_the_year_in_which_it_starts(year: int, events: int) -> None:
    """December is met; January's first counted outage began in December, with the event of which it is a part."""
    lines = ("inbound 2025-12-31 23:50 to 2026-01-01 03:00", BAD_JANUARY, BAD_MARCH)
    assert mean(*lines, year=year, **MONTHS).events == events
