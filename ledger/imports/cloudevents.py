"""Commands as CloudEvents 1.0 (JSON format): one event, a batch of them, or one a line.

An event's type is a prefix and the command's words with dots (`slaledger.incident.open`), its data the command's
fields as in a batch line, its source and id together the command's key: an event that comes again is nothing new.
What other systems send is not let into this machine: no event may name a file, and none starts a month's run.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

import msgspec

from domain.commands import BY_WORDS
from domain.text import counted, said
from ledger.imports.json_texts import documents, parse_json
from ledger.imports.outages import source_key
from ledger.imports.source import CommandReading, Node, Number, Sourced
from ledger.imports.statements import Faults
from ledger.refusals.imports.cloudevents import (
    BadNumber,
    BadSource,
    DataNotBase64,
    DataNotJson,
    DataToldTwice,
    EventToldOtherwise,
    FieldNotTaken,
    UnknownSpecversion,
    UnknownType,
)

PREFIX = "slaledger."
TYPES = {words.replace(" ", "."): words for words in BY_WORDS}
_JSON = re.compile(r"application/([a-z0-9.-]+\+)?json(;.*)?", re.IGNORECASE)
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_REFUSED_FIELDS = {
    "command": said("the type says the command"),
    "key": said("the event's source and id are the key"),
    "file": said("an event names no file of this machine: give the document itself"),
    "all": said("an event is of one account: run the month with `slaledger batch`"),
}


class CloudEventsOptions(msgspec.Struct, frozen=True):
    """What stands before the command's words in a type, and the types that are left out."""

    prefix: str = PREFIX
    skip: frozenset[str] = frozenset()


def read_cloudevents(lines: Iterable[bytes], *, name: str, asked: CloudEventsOptions) -> CommandReading:
    """The commands that the events carry, in the order of the file. Raises Unreadable, or ManyFaults."""
    found: dict[str, Sourced] = {}
    left_out = 0
    faults = Faults()
    with faults.gathering():
        for event in _events(lines, name):
            with faults.gathering():
                kind = event.at("type").value
                if isinstance(kind, str) and kind in asked.skip:
                    left_out += 1
                    continue
                command = _command(event, asked.prefix)
                known = found.setdefault(str(command.fields["key"]), command)
                if known.fields != command.fields:
                    raise EventToldOtherwise(place=event.at("id").place, earlier=known.place)
    faults.check()
    text = counted("{n} event left out as asked", "{n} events left out as asked", left_out)
    return CommandReading(commands=tuple(found.values()), notes=(text,) if left_out else ())


def _events(lines: Iterable[bytes], file: str) -> Iterator[Node]:
    for root in documents(lines, file):
        if isinstance(root.value, list):
            yield from (Node(root.file, f"{root.path}[{index}]", value) for index, value in enumerate(root.value))
        else:
            yield root


def _command(event: Node, prefix: str) -> Sourced:
    """The command of an event. Raises Unreadable."""
    event.choice("specversion", {"1.0"}, UnknownSpecversion)
    kind = event.text("type")
    words = TYPES.get(kind.removeprefix(prefix)) if kind.startswith(prefix) else None
    if words is None:
        raise UnknownType(place=event.at("type").place, kind=kind, prefix=prefix)
    source, id_ = event.text("source"), event.text("id")
    if " " in source:
        raise BadSource(place=event.at("source").place)
    data = _data(event)
    fields = {name: _plain(data.at(name)) for name in data.fields()}
    for name, why in _REFUSED_FIELDS.items():
        if name in fields:
            raise FieldNotTaken(place=data.at(name).place, name=name, why=why)
    key = source_key(f"cloudevents {source} {id_}")
    return Sourced(place=event.place, fields={"command": words, **fields, "key": key})


def _data(event: Node) -> Node:
    """The event's data, an object. Raises Unreadable `data_twice`, `not_json_data`, `wrong_shape`."""
    given = event.at("datacontenttype")
    if given.value is not None and not (isinstance(given.value, str) and _JSON.fullmatch(given.value)):
        raise DataNotJson(place=given.place, kind=given.value)
    encoded = event.at("data_base64")
    if encoded.value is not None and event.at("data").value is not None:
        raise DataToldTwice(place=encoded.place)
    if encoded.value is None:
        data = event.at("data")
        data.fields()
        return data
    try:
        text = base64.b64decode(event.text("data_base64"), validate=True)
    except (binascii.Error, ValueError):
        raise DataNotBase64(place=encoded.place) from None
    root = parse_json(text, encoded.place)
    root.fields()
    return root


def _plain(node: Node) -> object:
    """A value of the data with its whole numbers as integers. Raises Unreadable `bad_number` for any other number."""
    value = node.value
    if isinstance(value, Number):
        if not _WHOLE.fullmatch(value):
            raise BadNumber(place=node.place, number=value)
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(node.at(name)) for name in value}
    if isinstance(value, list):
        return [_plain(Node(node.file, f"{node.path}[{index}]", each)) for index, each in enumerate(value)]
    return value
