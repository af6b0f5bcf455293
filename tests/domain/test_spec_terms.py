"""What may be published of terms and calendars: every refusal, in the order of declaration (3.2, 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from build import SHIPPED, amended, at, row, versions
from spec import Given, given

from domain import calendar
from domain.calendar import CalendarYear
from domain.commands import PublishTerms
from domain.events import CalendarPublished, Event, TermsPublished
from domain.refusals import Refusal
from domain.refusals.terms import (
    BadCalendarDay,
    BadCalendarRow,
    CalendarDayTwice,
    CalendarMissing,
    CalendarNotCsv,
    CalendarTaken,
    CalendarWithoutHoliday,
    DayOfAnotherYear,
    NoTermsInForce,
    NoTermsPublished,
    NotReadingAndValue,
    TermsNotExpressible,
    TermsNotYetInForce,
    TermsOtherAgreement,
    TermsOtherCurrency,
    TermsSameDay,
    TermsVersionTaken,
    TermsWithoutNotice,
    UnknownReading,
    UnknownReadingMeant,
    UnknownReadingValue,
    UnknownReadingZone,
    UnknownTerms,
    UnreadableTerms,
    WrongTerms,
)
from domain.terms import versions as agreement
from domain.terms.parsing import parse_terms
from domain.terms.readings import check_readings, parse_setting, with_readings
from domain.terms.versions import Version, document_sha256
from domain.time import Instant
from ledger.shipped import shipped_agreements

NEW_YEAR, MAKE_UP = date(2030, 1, 1), date(2030, 1, 5)


def gives(ask: Callable[..., Any], *asked: Any) -> Any:
    """The answer to a question, or the class of its refusal."""
    try:
        return ask(*asked)
    except Refusal as refused:
        assert refused.message
        return type(refused)


# --- A year's working days ---


def year(source: str = "State Council 2029/1", **workdays: date) -> CalendarPublished:
    """2030 with its new year's day, and make-up working days by name."""
    return calendar.published(2030, source, {NEW_YEAR: "New Year"}, {day: name for name, day in workdays.items()})


def recorded(known: CalendarYear | None, event: Event, reason: str | None) -> CalendarYear:
    assert isinstance(event, CalendarPublished)
    return calendar.evolve({} if known is None else {known.year: known}, event)[event.year]


def test_a_calendar_changes_only_with_a_reason() -> None:
    first, other = year(), year(make_up=MAKE_UP)
    given(recorded).when(calendar.publish, first, None).then(first)
    given(recorded).when(calendar.publish, first, "known early").then(first)
    known = given(recorded, first)
    known.when(calendar.publish, first, None).then()
    known.when(calendar.publish, first, "to be sure").then()
    known.when(calendar.publish, year("another source"), None).then()
    known.when(calendar.publish, other, None).then(CalendarTaken)
    known.when(calendar.publish, other, "a later notice").then(other)


def days(text: str) -> Any:
    return gives(calendar.parse_days, text, 2030, "days.csv")


HOLIDAY = "2030-01-01,holiday,New Year\n"


def test_a_calendar_has_a_holiday() -> None:
    assert days(HOLIDAY) == ({NEW_YEAR: "New Year"}, {})
    assert days(HOLIDAY + "2030-01-05,workday,make-up\n") == ({NEW_YEAR: "New Year"}, {MAKE_UP: "make-up"})
    assert days("2030-01-05,workday,make-up\n") is CalendarWithoutHoliday
    assert days("date,kind,name\n") is CalendarWithoutHoliday
    assert days("") is CalendarWithoutHoliday


def test_working_days_are_those_of_a_recorded_year() -> None:
    known = {2030: recorded(None, year(make_up=MAKE_UP), None)}
    working = [date(2030, 1, 2), date(2030, 1, 4), MAKE_UP, date(2030, 12, 31)]
    free = [NEW_YEAR, date(2030, 1, 6), date(2030, 1, 12), date(2030, 1, 13)]
    assert [calendar.is_workday(known, day) for day in working] == [True] * 4
    assert [calendar.is_workday(known, day) for day in free] == [False] * 4
    assert gives(calendar.is_workday, known, date(2029, 12, 31)) is CalendarMissing
    assert gives(calendar.is_workday, known, date(2031, 1, 1)) is CalendarMissing
    assert calendar.next_workday(known, NEW_YEAR) == date(2030, 1, 2)
    assert calendar.next_workday(known, MAKE_UP) == MAKE_UP
    assert calendar.next_workday(known, date(2030, 1, 6)) == date(2030, 1, 7)
    assert gives(calendar.next_workday, known, date(2031, 1, 1)) is CalendarMissing


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        row("another kind", "2030-01-01,halfday,New Year\n", BadCalendarRow),
        row("a column missing", "2030-01-01,holiday\n", BadCalendarRow),
        row("a column more", "2030-01-01,holiday,New Year,off\n", BadCalendarRow),
        row("a header in another row", HOLIDAY + "date,kind,name\n", BadCalendarRow),
        row("a row of nothing", HOLIDAY + "\n", ({NEW_YEAR: "New Year"}, {})),
        row("a header, and spaces", "Date,kind,name\n2030-01-01 , holiday , New Year\n", ({NEW_YEAR: "New Year"}, {})),
        row("a holiday twice", HOLIDAY + HOLIDAY, CalendarDayTwice),
        row("a holiday and a working day", HOLIDAY + "2030-01-01,workday,x\n", CalendarDayTwice),
        row("a field beyond the parser's limit", f"2030-01-01,holiday,{'x' * 131_073}\n", CalendarNotCsv),
        row("a field at the limit", f"2030-01-01,holiday,{'x' * 131_072}\n", ({NEW_YEAR: "x" * 131_072}, {})),
        row("no date", "1 January,holiday,New Year\n", BadCalendarDay),
        row("a day that there is not", "2030-02-30,holiday,New Year\n", BadCalendarDay),
    ],
)
def test_a_calendar_file_has_a_row_a_day(text: str, outcome: Any) -> None:
    assert days(text) == outcome


@pytest.mark.parametrize(
    ("text", "place"),
    [
        row("a row", "2030-01-01,halfday,x\n", "days.csv:1"),
        row("a row behind a header", "date,kind,name\n2030-01-01,halfday,x\n", "days.csv:2"),
        row("a day twice", HOLIDAY + "\n" + HOLIDAY, "days.csv:3"),
        row("no date", HOLIDAY + "2030-02-30,holiday,x\n", "days.csv:2"),
        row("another year", HOLIDAY + "2031-01-01,holiday,x\n", "days.csv:2"),
    ],
)
def test_what_is_wrong_with_a_calendar_file_has_its_line(text: str, place: str) -> None:
    with pytest.raises(Refusal) as refused:
        calendar.parse_days(text, 2030, "days.csv")
    assert refused.value.place == place


# --- Readings ---


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        row("a word", "minimum_kind=deductible", ("minimum_kind", "deductible")),
        row("yes", "minimum_inclusive=true", ("minimum_inclusive", True)),
        row("no", "minimum_inclusive=false", ("minimum_inclusive", False)),
        row("a number", "availability_decimals=2", ("availability_decimals", 2)),
        row("no value", "minimum_kind", NotReadingAndValue),
        row("no switch", "=deductible", NotReadingAndValue),
        row("another switch", "colour=red", UnknownReading),
        row("nearly a switch", "minimum_knd=franchise", UnknownReadingMeant),
    ],
)
def test_a_reading_is_a_switch_and_a_value(text: str, outcome: Any) -> None:
    assert gives(parse_setting, text) == outcome


@pytest.mark.parametrize(
    ("key", "value", "refused"),
    [
        row("a value of the switch", "minimum_kind", "deductible", None),
        row("a value of no switch", "minimum_kind", "free", UnknownReadingValue),
        row("a number for a word", "minimum_kind", 1, UnknownReadingValue),
        row("a number for yes", "minimum_inclusive", 1, UnknownReadingValue),
        row("no such switch", "colour", "red", UnknownReading),
        row("12 decimals", "availability_decimals", 12, None),
        row("13 decimals", "availability_decimals", 13, UnknownReadingValue),
        row("a zone", "timezone", "Europe/London", None),
        row("no zone", "timezone", "Asia/Atlantis", UnknownReadingZone),
        row("a path", "timezone", "../Shanghai", UnknownReadingZone),
    ],
)
def test_a_reading_has_one_of_its_values(key: str, value: str | int, refused: type[Refusal] | None) -> None:
    assert gives(check_readings, {key: value}) is refused
    changed = gives(with_readings, versions(), {key: value})
    if refused is not None:
        assert changed is refused
        return
    assert getattr(changed[0].terms.readings, key) == value


# --- The version that governs a month ---


def test_a_month_before_the_first_terms_has_none() -> None:
    assert gives(agreement.in_force, (), "2018-08") is NoTermsInForce
    assert gives(agreement.in_force, versions(), "2018-07") is TermsNotYetInForce
    assert agreement.in_force(versions(), "2018-08") == versions()[0]
    in_mid_month = versions(amended("v", "2018-08-15"))
    assert gives(agreement.in_force, in_mid_month, "2018-08") is TermsNotYetInForce
    assert agreement.in_force(in_mid_month, "2018-09") == in_mid_month[0]
    at_its_end = versions(amended("v", "2018-08-15", ('in_force = "month_start"', 'in_force = "month_end"')))
    assert gives(agreement.in_force, at_its_end, "2018-07") is TermsNotYetInForce
    assert agreement.in_force(at_its_end, "2018-08") == at_its_end[0]


def test_a_version_is_found_by_its_name() -> None:
    published = versions(SHIPPED, amended("next", "2026-07-01"))
    assert agreement.by_name(published, "next") is published[1]
    assert gives(agreement.by_name, published, "none") is UnknownTerms
    assert gives(agreement.by_name, (), "next") is UnknownTerms


# --- Publication ---

OTHER = shipped_agreements("aws-ec2")[0]
EUROS = OTHER.replace('"USD"', '"EUR"').replace('"2022-05-05"', '"v2"').replace("= 2022-05-05", "= 2030-01-01", 1)
JULY = amended("2026-07-01", "2026-07-01")
IN_TIME = "2026-06-01 00:00"


def published(document: str, noticed: str | None = None) -> TermsPublished:
    terms = parse_terms(document)
    return TermsPublished(
        agreement=terms.agreement,
        version=terms.version,
        effective_at=terms.effective_at,
        sha256=document_sha256(document),
        document=document,
        noticed_at=None if noticed is None else at(noticed),
    )


def evolve(known: tuple[Version, ...] | None, event: Event, reason: str | None) -> tuple[Version, ...]:
    assert isinstance(event, TermsPublished)
    return agreement.evolve(known or (), event)


def under(*documents: str) -> Given:
    """What is published; nothing where no document is named."""
    known = given(evolve, *map(published, documents))
    known.state = known.state or ()
    return known


def noticed(text: str | None = None) -> PublishTerms:
    return PublishTerms(noticed_at=None if text is None else Instant(at(text)))


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        row("a rate of 100 %", SHIPPED.replace('"14%"', '"100%"'), None),
        row("a rate above 100 %", SHIPPED.replace('"14%"', '"100.000000001%"'), WrongTerms),
        row("tiers that meet", SHIPPED.replace('"95%"', '"96%"'), None),
        row("a gap between tiers", SHIPPED.replace('at_least = "95%"', 'at_least = "96%"'), WrongTerms),
        row("a cause twice", SHIPPED.replace("2.3(2)", "2.3(1)"), WrongTerms),
        row("the first year of terms", amended("v", "1971-01-01"), None),
        row("a year too early", amended("v", "1970-12-31"), WrongTerms),
    ],
)
def test_a_document_keeps_its_rules(document: str, outcome: type[Refusal] | None) -> None:
    first = noticed()
    under().when(agreement.publish, first, document).then(outcome or published(document))


def test_a_ledger_holds_one_agreement() -> None:
    under(SHIPPED).when(agreement.publish, noticed("2018-08-01 00:00"), OTHER).then(TermsOtherAgreement)
    under(OTHER).when(agreement.publish, noticed("2018-08-01 00:00"), SHIPPED).then(TermsOtherAgreement)


def test_a_ledger_counts_in_one_currency() -> None:
    under(OTHER).when(agreement.publish, noticed("2020-01-01 00:00"), EUROS).then(TermsOtherCurrency)
    dollars = EUROS.replace('"EUR"', '"USD"')
    under(OTHER).when(agreement.publish, noticed("2020-01-01 00:00"), dollars).then(
        published(dollars, "2020-01-01 00:00")
    )


@pytest.mark.parametrize(
    ("told", "in_time"),
    [
        row("30 days before, to the instant", IN_TIME, True),
        row("a microsecond late", "2026-06-01 00:00:00.000001", False),
        row("a microsecond early", "2026-05-31 23:59:59.999999", True),
        row("not at all", None, False),
        row("afterwards", "2026-07-02 00:00", False),
    ],
)
def test_an_amendment_is_announced_30_days_before(told: str | None, in_time: bool) -> None:
    outcome = published(JULY, told) if in_time else TermsWithoutNotice
    under(SHIPPED).when(agreement.publish, noticed(told), JULY).then(outcome)


def test_the_notice_period_is_that_of_the_version_before() -> None:
    shorter = amended("2026-07-01", "2026-07-01", ("value = 30", "value = 10"))
    again, ten_days_before = amended("2026-09-01", "2026-09-01"), "2026-08-22 00:00"
    under(SHIPPED, shorter).when(agreement.publish, noticed(ten_days_before), again).then(
        published(again, ten_days_before)
    )
    under(SHIPPED).when(agreement.publish, noticed(ten_days_before), again).then(TermsWithoutNotice)
    earlier = amended("earlier", "2018-07-31")
    under(SHIPPED).when(agreement.publish, noticed(), earlier).then(published(earlier))
    between = amended("2026-08-01", "2026-08-01")
    under(SHIPPED, shorter, again).when(agreement.publish, noticed("2026-07-22 00:00"), between).then(
        published(between, "2026-07-22 00:00")
    )


def test_the_first_version_needs_no_notice() -> None:
    under().when(agreement.publish, noticed(), SHIPPED).then(published(SHIPPED))
    assert gives(agreement.latest, ()) is NoTermsPublished
    assert agreement.latest(versions(JULY, SHIPPED)).terms.version == "2026-07-01"


def test_a_document_can_be_read() -> None:
    under().when(agreement.publish, noticed(), "agreement = ").then(UnreadableTerms)
    under().when(agreement.publish, noticed(), "{}").then(UnreadableTerms)
    under().when(agreement.publish, noticed(), "[" * 10_000).then(UnreadableTerms)
    misspelt = SHIPPED.replace("minimum_kind", "minimum_kinds")
    under().when(agreement.publish, noticed(), misspelt).then(UnreadableTerms)


def test_a_published_version_never_changes() -> None:
    known = under(SHIPPED, JULY)
    known.when(agreement.publish, noticed(), SHIPPED).then()
    known.when(agreement.publish, noticed(), JULY).then()
    known.when(agreement.publish, noticed(IN_TIME), JULY + "\n# amended\n").then(TermsVersionTaken)
    known.when(agreement.publish, noticed(IN_TIME), amended("2018-08-01", "2026-09-01")).then(TermsVersionTaken)


def test_a_day_has_one_version() -> None:
    known = under(SHIPPED, JULY)
    known.when(agreement.publish, noticed(IN_TIME), amended("other", "2026-07-01")).then(TermsSameDay)
    known.when(agreement.publish, noticed(IN_TIME), amended("other", "2018-08-01")).then(TermsSameDay)
    later = amended("other", "2026-07-02")
    known.when(agreement.publish, noticed(IN_TIME), later).then(published(later, IN_TIME))


# --- What no document expresses, and days of another year ---


def test_a_calendar_file_has_the_days_of_one_year() -> None:
    assert days("2030-12-31,holiday,x\n") == ({date(2030, 12, 31): "x"}, {})
    assert days("2029-12-31,holiday,x\n") is DayOfAnotherYear
    assert days(HOLIDAY + "2031-01-01,holiday,x\n") is DayOfAnotherYear


@pytest.mark.parametrize("kind", ["error_rate", "user_minutes", "trailing_year", "per_minute"])
def test_a_measure_that_cannot_be_computed_is_not_published(kind: str) -> None:
    by_word = SHIPPED + f'\n[measure]\nkind = "{kind}"\n'
    by_value = SHIPPED + f'\n[measure]\nkind = {{ value = "{kind}", clause = "2" }}\n'
    for document in (by_word, by_value):
        under().when(agreement.publish, noticed(), document).then(TermsNotExpressible)


def test_a_measure_that_nobody_knows_is_unreadable() -> None:
    time = SHIPPED + '\n[measure]\nkind = { value = "time", clause = "2" }\n'
    under().when(agreement.publish, noticed(), time).then(published(time))
    under().when(agreement.publish, noticed(), time.replace('"time"', '"feeling"')).then(UnreadableTerms)
