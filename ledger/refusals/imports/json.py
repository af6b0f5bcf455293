"""Refusals of JSON texts, and of what stands in them."""

from __future__ import annotations

from ledger.refusals import Misread


class BadTimeInSource(Misread, code="bad_time"):
    """The time is not written as RFC 3339 says."""

    message = "{value!r} is not a time such as 2026-03-03T10:00:00+08:00"
    hint = "times need an offset (Z or +08:00) and at most six decimals"
    value: object


class NotObject(Misread, code="wrong_shape"):
    """The file is not of the form that its source exports."""

    message = "an object is expected here"
    hint = "export the file again, and leave it as it comes"


class NotList(Misread, code="wrong_shape"):
    """The file is not of the form that its source exports."""

    message = "a list is expected here"
    hint = "export the file again, and leave it as it comes"


class MissingText(Misread, code="missing_text"):
    """The file lacks a text that is needed."""

    message = "a text is expected here and there is none"
    hint = "export the file again, and leave it as it comes"


class MissingTime(Misread, code="missing_time"):
    """The file lacks a time that is needed."""

    message = "a time is expected here and there is none"
    hint = "export the file again, and leave it as it comes"


class BadJson(Misread, code="bad_json"):
    """The file is not JSON."""

    message = "broken JSON: {error}"
    hint = "export the file again: it is cut off, or was edited"
    error: str


class JsonKeyTwice(Misread, code="bad_json"):
    """Of two values for a key, either could be meant."""

    message = "broken JSON: an object gives {key!r} twice"
    hint = "leave one of the two out; nobody could say which was meant"
    key: str


class JsonHalfCharacter(Misread, code="bad_json"):
    """A text of the file has half a character, which cannot be written anywhere."""

    message = "broken JSON: a text has half a surrogate pair"
    hint = "export the file again: it is cut off, or was edited"


class JsonTooDeep(Misread, code="bad_json"):
    """The file is not what its source exports."""

    message = "the JSON is nested too deeply to be what it should be"
    hint = "give the file as its source exports it"


class ImpossibleTimeInSource(Misread, code="bad_time"):
    """The text has the form of a time, and there is no such time."""

    message = "{value!r} is no time: {error}"
    hint = "write it like 2026-03-03T10:00:00+08:00"
    value: str
    error: str
