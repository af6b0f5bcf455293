"""Parses commands from their wire form: a batch line, or the words and options of the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from domain.commands import BY_WORDS, COMMANDS, Command, DecideClaimOrMonth, IssueVoucherOrMonth
from domain.nearest import nearest_word
from domain.parser_messages import parser_words
from domain.refusals import BadValue, Refusal
from domain.values import parse_value
from ledger.commands.placeholder import placeholder_left
from ledger.refusals.commands import (
    AccountOrAll,
    AgainForOneAccount,
    BadField,
    CommandMeant,
    FieldMeant,
    FieldTwice,
    LineNotUtf8,
    NotJson,
    PlaceholderLeft,
    UnknownCommand,
    ValueMeant,
    ValueUnlisted,
)


@cache
def _decoder() -> msgspec.json.Decoder[Command]:
    """The decoder of batch lines, made at first use: that takes longer than a command."""
    return msgspec.json.Decoder(Union[COMMANDS], dec_hook=parse_value)  # noqa: UP007 - built from a tuple


def parse_line(line: bytes) -> Command:
    """Parse a batch line into a command.

    Raises Unreadable `not_utf8`, `not_json`, `placeholder_left`, `bad_field`, `unknown_command`, or Refusal with a
    value's own code.
    """
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise LineNotUtf8(start=error.start + 1, byte=line[error.start]) from None
    try:
        given = _ONCE.decode(text.removeprefix("\ufeff"))
        _check_filled_in(text, given)
        command = _decoder().decode(line)
    except msgspec.ValidationError as error:
        raise _explained(error, given if isinstance(given, dict) else {}) from None
    except (msgspec.DecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotJson(error=parser_words(str(error))) from None
    return _complete(command)


def _check_filled_in(text: str, given: object) -> None:
    """Check that no placeholder of a template is left. Raises Unreadable `placeholder_left`."""
    if isinstance(given, dict) and (field := placeholder_left(text, given)) is not None:
        raise PlaceholderLeft(field=field, text=given[field])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of an object, none given twice, since either value could be meant. Raises Unreadable `field_twice`."""
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise FieldTwice(name=name)
    return fields


_ONCE = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str)
"""Reads a line only to check that no field is given twice: msgspec would take the last one. Numbers stay texts."""


def build(words: str, fields: Mapping[str, object]) -> Command:
    """Build a command from its words and its fields in their wire form. Raises as `parse_line` does."""
    try:
        command = msgspec.convert({**fields, "command": words}, BY_WORDS[words], dec_hook=parse_value)
    except msgspec.ValidationError as error:
        raise _explained(error, {**fields, "command": words}) from None
    return _complete(command)


def _complete(command: Command) -> Command:
    """Turn a wire form that stands for two commands into the one that is meant. Raises Unreadable `bad_field`."""
    if not isinstance(command, DecideClaimOrMonth | IssueVoucherOrMonth):
        return command
    if command.all == (command.account is not None):
        raise AccountOrAll()
    if isinstance(command, IssueVoucherOrMonth) and command.all and command.again:
        raise AgainForOneAccount()
    return command.parsed()


def _explained(error: msgspec.ValidationError, given: Mapping[str, object]) -> Refusal:
    told, _, path = str(error).partition(" - at `$")
    field = path.removesuffix("`").lstrip(".")
    cause = error.__cause__
    if isinstance(cause, BadValue):
        if field:
            cause.at(field)
        return cause
    words = str(given.get("command", ""))
    if field == "command":
        return _unknown_command(field, parser_words(told), words)
    refusal = _bad_field(parser_words(told), words, field, given)
    if field:
        refusal.at(field)
    return refusal


def _unknown_command(field: str, what: str, words: str) -> UnknownCommand:
    near = nearest_word(words, BY_WORDS)
    if near is None:
        return UnknownCommand(field=field, what=what)
    return CommandMeant(field=field, what=what, near=near)


def _bad_field(what: str, words: str, field: str, given: Mapping[str, object]) -> BadField:
    """The refusal of a field that a command does not have or take so, with the one that was meant where it is near."""
    kind = BY_WORDS.get(words)
    if kind is None:
        return BadField(what=what)
    if not field:
        known = [*kind.__struct_encode_fields__]
        meant = [(name, near) for name in given if (near := _unknown(name, known)) is not None]
        if not meant:
            return BadField(what=what)
        return FieldMeant(what=what, command=words, near=meant[0][1], known=", ".join(known))
    values = _values(kind, field)
    if not values:
        return BadField(what=what)
    near, listed = nearest_word(str(given.get(field)), values), ", ".join(values)
    return ValueUnlisted(what=what, known=listed) if near is None else ValueMeant(what=what, near=near, known=listed)


def _unknown(name: str, known: list[str]) -> str | None:
    return None if name in known or name == "command" else nearest_word(name, known)


def _values(kind: type[Command], field: str) -> list[str]:
    """The values that a field may have, where it takes a few words; none otherwise."""
    hint = get_type_hints(kind).get(field)
    options = [hint, *get_args(hint)]
    return [value for option in options if get_origin(option) is Literal for value in get_args(option)]


def content(command: Command) -> bytes:
    """What a command says, without its key, as bytes that are equal exactly where the wishes are."""
    return msgspec.json.encode(msgspec.structs.replace(command.wire(), key=None), order="sorted", enc_hook=_plain)


def _plain(value: object) -> object:
    if isinstance(value, int):
        return int(value)
    return str(value)
