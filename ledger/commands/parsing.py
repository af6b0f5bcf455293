"""Parses commands from their wire form: a batch line, or the words and options of the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Union

import msgspec

from domain.commands import BY_WORDS, COMMANDS, Command, DecideClaimOrMonth, IssueVoucherOrMonth
from domain.parser_messages import parser_words
from domain.refusals import BadValue, Refusal
from domain.values import parse_value
from ledger.refusals.commands import (
    AccountOrAll,
    AgainForOneAccount,
    BadField,
    FieldTwice,
    LineNotUtf8,
    NotJson,
    UnknownCommand,
)


@cache
def _decoder() -> msgspec.json.Decoder[Command]:
    """The decoder of batch lines, made at first use: that takes longer than a command."""
    return msgspec.json.Decoder(Union[COMMANDS], dec_hook=parse_value)  # noqa: UP007 - built from a tuple


def parse_line(line: bytes) -> Command:
    """Parse a batch line into a command.

    Raises Unreadable `not_utf8`, `not_json`, `bad_field`, `unknown_command`, or Refusal with a value's own code.
    """
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise LineNotUtf8(start=error.start + 1, byte=line[error.start]) from None
    try:
        _ONCE.decode(text.removeprefix("\ufeff"))
        command = _decoder().decode(line)
    except msgspec.ValidationError as error:
        raise _explained(error) from None
    except (msgspec.DecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotJson(error=parser_words(str(error))) from None
    return _complete(command)


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Check that no field is given twice, since either value could be meant. Raises Unreadable `field_twice`."""
    if len(dict(pairs)) == len(pairs):
        return
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise FieldTwice(name=name)


_ONCE = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str)
"""Reads a line only to check that no field is given twice: msgspec would take the last one. Numbers stay texts."""


def build(words: str, fields: Mapping[str, object]) -> Command:
    """Build a command from its words and its fields in their wire form. Raises as `parse_line` does."""
    try:
        command = msgspec.convert({**fields, "command": words}, BY_WORDS[words], dec_hook=parse_value)
    except msgspec.ValidationError as error:
        raise _explained(error) from None
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


def _explained(error: msgspec.ValidationError) -> Refusal:
    told, _, path = str(error).partition(" - at `$")
    field = path.removesuffix("`").lstrip(".")
    cause = error.__cause__
    if isinstance(cause, BadValue):
        if field:
            cause.at(field)
        return cause
    if field == "command":
        return UnknownCommand(field=field, what=parser_words(told))
    refusal = BadField(what=parser_words(told))
    if field:
        refusal.at(field)
    return refusal


def content(command: Command) -> bytes:
    """What a command says, without its key, as bytes that are equal exactly where the wishes are."""
    return msgspec.json.encode(msgspec.structs.replace(command.wire(), key=None), order="sorted", enc_hook=_plain)


def _plain(value: object) -> object:
    if isinstance(value, int):
        return int(value)
    return str(value)
