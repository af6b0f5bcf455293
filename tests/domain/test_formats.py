"""What format 3 says in another way than 1 and 2 did, and that a difference of form alone is none."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from build import amended, at, bill, calendars, claimed, incidents, versions

from domain.assessment import assess, assess_again
from domain.case import Case
from domain.decision import NO_FACTS, Decision, alike
from domain.decision_record import LATEST_FORMAT, decode, encode
from domain.refusals.terms import CalendarMissing
from domain.terms.versions import Version

FIRST = amended(
    "first",
    "2018-08-01",
    ('shared_touches = "any_covered"', 'shared_touches = "at_start"'),
    ('maintenance_excluded = "announced"', 'maintenance_excluded = "actual"'),
)
OLD_NEW_YORK = FIRST.replace('timezone = "Asia/Shanghai"', 'timezone = "America/New_York"')


def case_of(document: str, month: str, filed: str, *lines: str) -> Case:
    found = claimed(at(filed), month, incidents(*lines), [bill("100.00", first=month)])
    return msgspec.structs.replace(found, versions=versions(document), calendars=calendars(2025, 2026))


def decided(case: Case, month: str, written: int = LATEST_FORMAT, when: str = "2026-06-30 00:00") -> Decision:
    """The decision in a format, as it is recorded and read again."""
    made = assess(case, "1001", month, version_of(case), at(when), NO_FACTS, written=written)
    assert decode(encode(made)) == made
    return made


def version_of(case: Case) -> Version:
    return case.versions[0]


def test_covered_time_is_never_more_than_the_months_days() -> None:
    """On 2025-11-02 the clocks of New York go back: the month has 30 days and an hour."""
    case = case_of(OLD_NEW_YORK, "2025-11", "2025-12-20 00:00", LONGER)
    before, now = (decided(case, "2025-11", written).availability for written in (1, 3))
    assert before is not None
    assert now is not None
    assert (before.covered_us - before.total_us, now.covered_us - now.total_us) == (3_600_000_000, 0)
    assert msgspec.structs.replace(before, covered_us=now.covered_us) == now


LONGER = "calls 2025-11-05 00:00 to 2025-11-05 04:00"
"""In a month of 30 days and an hour."""
OVERTAKEN = ("calls 2026-03-03 10:00 to open", "inbound 2026-03-03 11:00 to 2026-03-03 15:00")
"""Decided as of noon: the first had no end, the second ended later, and that has since been recorded."""


@pytest.mark.parametrize("tested", ["before_exclusions", "after_exclusions"])
def test_an_episode_ends_with_its_last_outage(tested: str) -> None:
    document = FIRST.replace('minimum_tested = "before_exclusions"', f'minimum_tested = "{tested}"')
    case = case_of(document, "2026-03", "2026-04-20 00:00", *OVERTAKEN)
    ends = []
    for written in (1, 3):
        found = decided(case, "2026-03", written, "2026-03-03 12:00").availability
        assert found is not None
        (episode,) = found.episodes
        assert episode.length_us == 5 * 3_600_000_000
        ends.append(episode.end)
    assert ends == [None, at("2026-03-03 15:00")]


def test_an_episode_has_no_end_where_its_last_outage_has_none() -> None:
    case = case_of(FIRST, "2026-03", "2026-04-20 00:00", OVERTAKEN[0])
    for written in (1, 3):
        found = decided(case, "2026-03", written, "2026-03-03 12:00").availability
        assert found is not None
        assert [episode.end for episode in found.episodes] == [None]


@pytest.mark.parametrize(
    ("document", "month", "filed", "lines", "when"),
    [
        (FIRST, "2026-03", "2026-04-20 00:00", OVERTAKEN, "2026-06-30 00:00"),
        (FIRST, "2026-03", "2026-04-20 00:00", OVERTAKEN, "2026-03-03 12:00"),
        (
            OLD_NEW_YORK,
            "2025-11",
            "2025-12-20 00:00",
            ("calls 2025-11-05 00:00 to 2025-11-05 04:00",),
            "2026-06-30 00:00",
        ),
        (FIRST, "2026-03", "2026-07-20 00:00", (), "2026-07-30 00:00"),
    ],
)
def test_a_difference_of_form_alone_is_none(
    document: str, month: str, filed: str, lines: tuple[str, ...], when: str
) -> None:
    case = case_of(document, month, filed, *lines)
    made = decided(case, month, 1, when)
    assert assess_again(case, "1001", month, version_of(case), at(when), NO_FACTS, made) is None
    more = claimed(at(filed), month, [], [bill("200.00", first=month)])
    changed = msgspec.structs.replace(case, bills=more.bills)
    again = assess_again(changed, "1001", month, version_of(case), at(when), NO_FACTS, made)
    assert (again is not None) == (made.outcome == "awarded")


def test_a_last_day_behind_the_year_needs_its_calendar_only_from_then_on() -> None:
    """November 2026: its nominal last day, 31 January 2027, is a Sunday of a year without a calendar."""
    document = amended("2", "2018-08-01")
    case = case_of(document, "2026-11", "2026-12-20 00:00", "calls 2026-11-05 00:00 to 2026-11-05 04:00")
    made = decided(case, "2026-11", when="2026-12-30 00:00")
    assert (made.outcome, made.window.last_day, made.window.years) == ("awarded", date(2027, 1, 31), (2026,))
    (year,) = calendars(2026).values()
    later = msgspec.structs.replace(case, calendars={**case.calendars, 2027: msgspec.structs.replace(year, year=2027)})
    known = decided(later, "2026-11", when="2026-12-30 00:00")
    assert known.window.last_day != made.window.last_day
    assert known.window.years == (2026, 2027)
    assert alike(made, known)
    assert not alike(known, made)
    assert assess_again(later, "1001", "2026-11", version_of(later), at("2027-01-10 00:00"), NO_FACTS, made) is None
    corrected = msgspec.structs.replace(later, bills={})
    assert assess_again(corrected, "1001", "2026-11", version_of(later), at("2027-01-10 00:00"), NO_FACTS, made)


def test_formats_1_and_2_asked_for_the_calendar_all_the_same() -> None:
    document = FIRST
    case = case_of(document, "2026-11", "2026-12-20 00:00")
    with pytest.raises(CalendarMissing):
        decided(case, "2026-11", 1, "2026-12-30 00:00")
    assert decided(case, "2026-11", 3, "2026-12-30 00:00").outcome == "commitment_met"
