"""Refusals of CloudEvents."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord


class UnknownType(Misread, code="unknown_type"):
    """An event's type names a command."""

    message = "unknown type: {kind}"
    hint = "a type is {prefix} and a command's words with dots; --skip TYPE leaves it out"
    kind: str
    prefix: str


class BadSource(Misread, code="bad_source"):
    """A CloudEvents source is a URI reference, which has no blanks."""

    message = "there is a blank in it"
    hint = "a source is a URI"


class DataNotJson(Misread, code="not_json_data"):
    """The data of an event are the fields of a command."""

    message = "the data is no JSON: {kind}"
    hint = "send the command's fields as a JSON object in `data`"
    kind: object


class EventToldOtherwise(Misread, code="contradiction"):
    """Two events with the same source and id say different things."""

    message = "this event is another at {earlier}"
    hint = "source and id name one event for ever"
    earlier: str


class DataNotBase64(Misread, code="not_json_data"):
    """The data of an event are not in base64."""

    message = "this is no base64"
    hint = "send the command's fields as a JSON object in `data`"


class DataToldTwice(Misread, code="data_twice"):
    """An event has its data once: as JSON, or in base64."""

    message = "both `data` and `data_base64` are given"
    hint = "leave one of the two out"


class BadNumber(Misread, code="bad_number"):
    """A number of a command is whole."""

    message = "{number} is no whole number"
    hint = 'amounts and spans with decimals are texts, like "600.00"'
    number: str


class UnknownSpecversion(UnknownWord, code="unknown_specversion"):
    """An event follows version 1.0 of CloudEvents."""

    message = "unknown specversion: {value}"
    hint = "only CloudEvents 1.0 is known"


class FieldNotTaken(Misread, code="field_not_taken"):
    """The event itself says what this field of a command would."""

    message = "{name} is not taken from an event"
    hint = "{why}"
    name: str
    why: str
