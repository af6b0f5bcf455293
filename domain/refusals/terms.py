"""Refusals of terms, readings and calendars."""

from __future__ import annotations

from domain.refusals import InstantUs, Refusal, Unreadable


class CalendarTaken(Refusal, code="calendar_taken", clause="3.2"):
    """A recorded calendar changes only with a reason: decisions rest on it."""

    message = "the calendar of {year} was recorded with other days"
    hint = "give --reason to record what was published since; earlier decisions keep the calendar that they used"
    year: int


class CalendarWithoutHoliday(Unreadable, code="bad_calendar"):
    """A calendar without holidays is incomplete: it would count every weekday as a working day."""

    message = "{name}: the calendar has no holiday"
    hint = "list all holidays and make-up working days of {year}, such as {year}-10-01,holiday,National Day"
    name: str
    year: int


class CalendarMissing(Refusal, code="calendar_missing", clause="3.2"):
    """The claim window is counted in working days, and those of this year are not recorded."""

    message = "the working days of {year} are not recorded"
    hint = "`slaledger calendar publish {year}` once the State Council has published them"
    year: int


class BadCalendarRow(Unreadable, code="bad_calendar"):
    """A calendar file has three columns: date, kind and name."""

    message = "{place}: a row is a date, `holiday` or `workday`, and a name"
    hint = "such as {year}-10-01,holiday,National Day"
    place: str
    year: int


class CalendarDayTwice(Unreadable, code="bad_calendar"):
    """A day is a working day or a holiday, once."""

    message = "{place}: {day} appears twice"
    hint = "leave one of the two rows out"
    place: str
    day: object


class CalendarNotCsv(Unreadable, code="bad_calendar"):
    """The calendar file is not a CSV file."""

    message = "{name}:{line_num}: {error}"
    hint = "save it as CSV in UTF-8, a row a day: date, kind, name"
    name: str
    line_num: str
    error: str


class BadCalendarDay(Unreadable, code="bad_calendar"):
    """The days of a calendar file are written YYYY-MM-DD."""

    message = "{place}: {text!r} is not a date like {year}-10-01"
    hint = "write year, month and day with leading zeros"
    place: str
    text: str
    year: int


class NotReadingAndValue(Unreadable, code="bad_reading"):
    """A reading is set as READING=VALUE."""

    message = "{text!r} is not READING=VALUE"
    hint = "such as minimum_kind=deductible; `slaledger readings list` lists the readings and their values"
    text: str


class UnknownReading(Unreadable, code="bad_reading"):
    """A reading has one of the names that `slaledger readings list` lists."""

    message = "there is no reading {key!r}"
    hint = "the readings are {names}"
    key: str
    names: str


class UnknownReadingMeant(UnknownReading):
    """The name is nearly that of a reading."""

    hint = "did you mean {near}? The readings are {names}"
    near: str


class UnknownReadingValue(Unreadable, code="bad_reading"):
    """A reading has one of its values, which `slaledger readings list` lists."""

    message = "the reading {key} has no value {value!r}"
    hint = "the values of {key}: {known}"
    key: str
    value: str
    known: str


class UnknownReadingZone(UnknownReadingValue):
    """The clock of a month is one of the IANA time zone database."""

    hint = "the value of {key} is a time zone of the IANA database, such as {known}"


class NoTerms(Refusal, code="no_terms", clause="4"):
    """No version of the agreement governs that month: the ledger has none yet, or the first takes effect later."""


class NoTermsInForce(NoTerms):
    """No version of the agreement governs that month."""

    message = "no terms were in force in {month}"
    hint = "see `slaledger terms list`"
    month: str


class TermsNotYetInForce(NoTermsInForce):
    """The first version of the agreement takes effect later."""

    message = "no terms were in force in {month} (the first takes effect on {first})"
    first: object


class UnknownTerms(Refusal, code="unknown_terms"):
    """No version of the terms has this name."""

    message = "there is no version {name!r} of the terms"
    hint = "see `slaledger terms list`"
    name: str


class WrongTerms(Unreadable, code="bad_terms"):
    """The document breaks a rule of its schema."""

    message = "the terms document is wrong: {finding} - at `{path}`"
    hint = "docs/agreements.md describes what is allowed there"
    finding: str
    path: str


class TermsOtherAgreement(Refusal, code="terms_other_agreement"):
    """A ledger holds the accounts of one agreement."""

    message = "this ledger's accounts are under {held}; terms of {other} would govern nothing"
    hint = 'write agreement = "{held}" in the amendment'
    held: str
    other: str


class TermsOtherCurrency(Refusal, code="terms_other_currency"):
    """A ledger counts in one currency."""

    message = "this ledger's amounts are in {held}; they cannot become amounts in {other} - at `$.currency`"
    hint = "keep bills in another currency in a separate ledger"
    held: str
    other: str


class TermsWithoutNotice(Refusal, code="terms_without_notice", clause="4"):
    """An amendment is announced before it takes effect (clause 4)."""

    message = (
        "version {version} takes effect at {effective_at} and {told}: that is less than {days} days before - "
        "at `$.effective_from`"
    )
    hint = "move the effective date, or give the correct --noticed-at"
    version: str
    effective_at: InstantUs
    told: str
    days: int


class NoTermsPublished(NoTerms):
    """The ledger has no terms yet."""

    message = "no terms are published"
    hint = "`slaledger init`"


class UnreadableTerms(Unreadable, code="bad_terms"):
    """The document is not a terms document."""

    message = "the terms document cannot be read: {error}"
    hint = "docs/agreements.md describes the document, key by key"
    error: str


class TermsVersionTaken(Refusal, code="terms_version_taken", clause="4"):
    """A published version changes only in its readings, and with a reason; an amendment has a name of its own."""

    message = "version {version} of {agreement} was published with other content"
    hint = "where only readings changed, give --reason; an amendment has a version and an effective date of its own"
    version: str
    agreement: str


class TermsMoreThanReadings(Refusal, code="terms_more_than_readings", clause="4"):
    """A published version is published again with other readings. Anything else in it is an amendment."""

    message = "version {version} of {agreement} differs in more than its readings from what was published"
    hint = "an amendment has a version and an effective date of its own"
    version: str
    agreement: str


class ReadingByAmendment(Refusal, code="reading_by_amendment", clause="4"):
    """The zone, and when an amendment takes hold, decide where past months lie. They need an amendment."""

    message = "version {version}: the reading {reading} moves months that are past"
    hint = "change it in an amendment, with a version and an effective date of its own"
    version: str
    reading: str


class TermsSameDay(Refusal, code="terms_same_day", clause="4"):
    """Two versions cannot take effect on the same day."""

    message = "version {version} already takes effect on {effective_from}"
    hint = "give the amendment its own effective date"
    version: str
    effective_from: object


class DayOfAnotherYear(Unreadable, code="bad_calendar"):
    """A calendar file has the days of one year."""

    message = "{place}: {day} is not in {year}"
    hint = "leave the row out, or `slaledger calendar publish {other}` with the days of {other}"
    place: str
    day: object
    year: int
    other: int


class TermsNotExpressible(Unreadable, code="terms_not_expressible"):
    """The software recognises agreements of this kind, but cannot calculate them; docs/agreements.md lists them."""

    message = "these terms cannot be worked out here: {why} - at `$.measure.kind`"
    hint = "{instead}"
    why: str
    instead: str
