"""Commands from their wire form: a batch line, or the words and options of the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Union

import msgspec

from domain.commands import BY_WORDS, COMMANDS, Command, parse_value
from domain.parser_words import parser_words
from domain.refusals import BadValue, Refusal, Unreadable
from domain.wording import said, words_of


@cache
def _decoder() -> msgspec.json.Decoder[Command]:
    """Made when a batch line comes: it costs more than a command."""
    return msgspec.json.Decoder(Union[COMMANDS], dec_hook=parse_value)  # noqa: UP007 - made of a tuple


def parse_line(line: bytes) -> Command:
    """The command of a batch line.

    Raises Unreadable `not_utf8`, `not_json`, `bad_field`, `unknown_command`, or Refusal with a value's own code.
    """
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(
            "not_utf8",
            said("not UTF-8: byte {start} is 0x{byte:02x}", start=error.start + 1, byte=line[error.start]),
            hint=said("save the file as UTF-8"),
        ) from None
    try:
        _ONCE.decode(text.removeprefix("\ufeff"))
        command = _decoder().decode(line)
    except msgspec.ValidationError as error:
        raise _explained(error) from None
    except (msgspec.DecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(
            "not_json",
            said("not a JSON object: {error}", error=parser_words(str(error))),
            hint=said("one command a line"),
        ) from None
    return _complete(command)


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Raises Unreadable `field_twice`: of two values for a field, nobody could say which was meant."""
    if len(dict(pairs)) == len(pairs):
        return
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Unreadable(
                "field_twice", said("{name}: stands twice", name=name), hint=said("leave one of the two out")
            )


_ONCE = json.JSONDecoder(object_pairs_hook=_once)
"""Reads a line only to see that no field stands twice: msgspec takes the last of two."""


def build(words: str, fields: Mapping[str, Any]) -> Command:
    """The command of given words and fields in their wire form. Raises as `parse_line` does."""
    try:
        command = msgspec.convert({**fields, "command": words}, BY_WORDS[words], dec_hook=parse_value)
    except msgspec.ValidationError as error:
        raise _explained(error) from None
    return _complete(command)


def _complete(command: Command) -> Command:
    """A month's run is for all accounts or for one. Raises Unreadable `bad_field`."""
    if hasattr(command, "all") and hasattr(command, "account") and command.all == (command.account is not None):
        raise Unreadable(
            "bad_field",
            said("give an account, or all for the month's run"),
            hint=said('"account": "1001", or "all": true'),
        )
    return command


def _explained(error: msgspec.ValidationError) -> Refusal:
    told, _, path = str(error).partition(" - at `$")
    field = path.removesuffix("`").lstrip(".")
    cause = error.__cause__
    if isinstance(cause, BadValue):
        kind = Unreadable if cause.unreadable else Refusal
        return kind(cause.code, _of_field(field, words_of(cause)), hint=cause.hint)
    if field == "command":
        return Unreadable(
            "unknown_command",
            said("{field}: {message}", field=field, message=parser_words(told)),
            hint=said("`slaledger --help` lists them"),
        )
    return Unreadable(
        "bad_field",
        _of_field(field, parser_words(told)),
        hint=said("the command's `--help` lists its fields, and ends with an example"),
    )


def _of_field(field: str, message: str) -> str:
    return said("{field}: {message}", field=field, message=message) if field else message
