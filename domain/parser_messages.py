"""Turns msgspec's messages about bad input into sentences of ours: the same English, but translatable."""

from __future__ import annotations

import re

from domain.text import said

_PLACE = " - at `"
_MISSING = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_KIND = re.compile(r"Expected `(.+)`, got `(.+)`")
_BOUND = re.compile(r"Expected `([^`]+)` ([<>]=? .+)")
_LENGTH = re.compile(r"Expected `([^`]+)` of length ([<>]=? .+)")
_PATTERN = re.compile(r"Expected `str` matching regex (.+)")
_ENUM = re.compile(r"Invalid enum value (.+)")
_CHOICE = re.compile(r"Invalid value (.+)")
_TEXT = re.compile(r"Expected a string, got (\w+)")
_AMOUNT = re.compile(r'Expected a string, got (\w+) \(amounts are decimal strings, like "600.00"\)')
_PERCENT = re.compile(r"Expected a percentage in quotes such as '99.8%', got (\w+)")
_IN_QUOTES = re.compile(r"Expected an amount in quotes such as '1.00', got (\w+)")
_BROKEN = re.compile(r"JSON is malformed: (.+) \(byte (\d+)\)")


def parser_words(text: str) -> str:
    """A parser's message, with the place that it names, as a sentence. An unknown message stays as it is."""
    message, place, path = text.partition(_PLACE)
    told = _sentence(message)
    return said("{message} - at `{path}`", message=told, path=path.removesuffix("`")) if place else told


def _sentence(text: str) -> str:
    if found := _MISSING.fullmatch(text):
        return said("Object missing required field `{field}`", field=found[1])
    if found := _UNKNOWN.fullmatch(text):
        return said("Object contains unknown field `{field}`", field=found[1])
    if found := _KIND.fullmatch(text):
        return said("Expected `{expected}`, got `{got}`", expected=found[1], got=found[2])
    if found := _BOUND.fullmatch(text):
        return said("Expected `{kind}` {bound}", kind=found[1], bound=found[2])
    if found := _LENGTH.fullmatch(text):
        return said("Expected `{kind}` of length {bound}", kind=found[1], bound=found[2])
    if found := _PATTERN.fullmatch(text):
        return said("Expected `str` matching regex {pattern}", pattern=found[1])
    return _of_value(text)


def _of_value(text: str) -> str:
    if found := _ENUM.fullmatch(text):
        return said("Invalid enum value {value}", value=found[1])
    if found := _CHOICE.fullmatch(text):
        return said("Invalid value {value}", value=found[1])
    if found := _AMOUNT.fullmatch(text):
        return said('Expected a string, got {got} (amounts are decimal strings, like "600.00")', got=found[1])
    if found := _TEXT.fullmatch(text):
        return said("Expected a string, got {got}", got=found[1])
    if found := _PERCENT.fullmatch(text):
        return said("Expected a percentage in quotes such as '99.8%', got {got}", got=found[1])
    if found := _IN_QUOTES.fullmatch(text):
        return said("Expected an amount in quotes such as '1.00', got {got}", got=found[1])
    if found := _BROKEN.fullmatch(text):
        return said("JSON is malformed: {what} (byte {byte})", what=found[1], byte=found[2])
    if text == "Input data was truncated":
        return said("Input data was truncated")
    return text
