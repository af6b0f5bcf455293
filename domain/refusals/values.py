"""Refusals of ids, times, amounts and texts."""

from __future__ import annotations

from domain.refusals import BadValue, LocalTime, UnreadableValue


class BadClause(BadValue, code="unknown_clause"):
    """An exclusion is named by its clause, such as 2.3(1)."""

    message = "{text!r} is not an exclusion"
    hint = "`slaledger terms show` lists them"
    text: str


class BadFunction(UnreadableValue, code="unknown_function"):
    """A function has a name of small letters, digits and underscores."""

    message = "{text!r} is not a function"
    hint = "`slaledger terms show` lists them"
    text: str


class BadId(BadValue, code="bad_id"):
    """An id is short and has no blanks, so that it can stand in a command."""

    message = "{text!r} is not an id"
    hint = "ids have 1 to 64 of A-Z a-z 0-9 . _ : @ -"
    text: str


class BadVoucherId(BadValue, code="bad_id"):
    """A voucher's id is short and has no blanks."""

    message = "{text!r} is not a voucher id"
    hint = "1 to 96 of A-Z a-z 0-9 . _ : @ -"
    text: str


class BadRedemptions(BadValue, code="bad_redemptions"):
    """Redemptions are named by their number, with their voucher where several vouchers paid the bill."""

    message = "{text!r} names no redemptions"
    hint = "none, or numbers such as 1 or VOUCHER/1, with commas between several"
    text: str


class BadText(BadValue, code="bad_text"):
    """A text for people is short and can be printed."""

    message = "needs 1 to 2,000 characters and no control characters"
    hint = "one or two sentences are enough"


class BadKey(BadValue, code="bad_key"):
    """An idempotency key is short and can be printed."""

    message = "{text!r} is not a key"
    hint = "a key has 1 to 64 printable characters"
    text: str


class BadPublicKey(UnreadableValue, code="bad_public_key"):
    """A key of an actor is the verifier key that `slaledger keygen` printed."""

    message = "{text!r} is not an Ed25519 verifier key"
    hint = "NAME+ID+BASE64, as `slaledger keygen NAME -o KEYFILE` printed it"
    text: str


class PrivateKeyGiven(UnreadableValue, code="bad_public_key"):
    """A signer key stays in its file: whoever reads it can sign as its owner."""

    message = "this is a private key"
    hint = (
        "give the verifier key, which `slaledger keygen NAME -o KEYFILE` printed; "
        "if others may have read this one, make another"
    )


class BadActorName(BadValue, code="bad_actor"):
    """The actor is recorded with each event, and printed."""

    message = "{text!r} is not an actor"
    hint = "an actor has 1 to 200 printable characters"
    text: str


class BadSha256(BadValue, code="bad_sha256"):
    """A document is identified by its SHA-256, 64 hexadecimal digits."""

    message = "{text!r} is not a SHA-256"
    hint = "64 hexadecimal digits"
    text: str


class BadAmount(UnreadableValue, code="bad_amount"):
    """An amount is a decimal string; money is never a binary fraction."""

    message = "{text!r} is not an amount"
    hint = "write a decimal string with at most two places, like 600.00"
    text: str


class BadLimit(UnreadableValue, code="bad_amount"):
    """A limit is an amount, or none."""

    message = "{text!r} is neither an amount nor none"
    hint = "write a decimal string with at most two places, like 600.00, or none"
    text: str


class TooManyDecimals(BadValue, code="too_many_decimals"):
    """Amounts are kept to the fen."""

    message = "{text!r} has more than two decimals"
    hint = "write a decimal string with at most two places, like 600.00"
    text: str


class BadTime(UnreadableValue, code="bad_time"):
    """Times are written according to RFC 3339."""

    message = "{text!r} is not an RFC 3339 time"
    hint = "write it like 2026-03-03T10:00:00+08:00"
    text: str


class TimeMeant(BadTime):
    """Times are written according to RFC 3339. This one lacks its offset from UTC, and perhaps its clock."""

    hint = "did you mean {meant}?"
    meant: LocalTime


class TimeWithoutOffset(BadValue, code="time_without_offset"):
    """A time without its offset from UTC could be any of many instants."""

    message = "{text!r} has no offset from UTC"
    hint = "did you mean {meant}?"
    text: str
    meant: LocalTime


class TimeTooFine(UnreadableValue, code="bad_time"):
    """Instants are kept to the microsecond."""

    message = "{text!r} is finer than a microsecond"
    hint = "write it like 2026-03-03T10:00:00+08:00"
    text: str


class TimeOutOfRange(BadValue, code="time_out_of_range"):
    """An instant lies in the years for which calendars and time zones are known."""

    message = "{text!r} is not between {first_year} and {last_year}"
    hint = "check the year; it comes first, as in 2026-03-03T10:00:00+08:00"
    text: str
    first_year: int
    last_year: int


class BadSeconds(BadValue, code="bad_seconds"):
    """A span is longer than zero and at most a month."""

    message = "{text} is not a span of seconds"
    hint = "more than 0 and at most 2678400, with at most six decimals, like 15 or 0.5"
    text: str


class BadMonth(UnreadableValue, code="bad_month"):
    """A month is written YYYY-MM."""

    message = "{text!r} is not a month"
    hint = "write it like 2026-03"
    text: str


class ImpossibleTime(UnreadableValue, code="bad_time"):
    """The text has the form of a time, but there is no such time."""

    message = "{text!r} is not a time: {error}"
    hint = "write it like 2026-03-03T10:00:00+08:00"
    text: str
    error: str


class UnreadableSeconds(UnreadableValue, code="bad_seconds"):
    """A span is a decimal number of seconds."""

    message = "{text} is not a span of seconds"
    hint = "more than 0 and at most 2678400, with at most six decimals, like 15 or 0.5"
    text: str
