"""Turns msgspec's messages about bad input into sentences of ours: the same English, but translatable."""

from __future__ import annotations

import re

from domain.text import said

_PLACE = " - at `"
_SENTENCES = (
    (r"Object missing required field `(.+)`", lambda name: said("Object missing required field `{field}`", field=name)),
    (r"Object contains unknown field `(.+)`", lambda name: said("Object contains unknown field `{field}`", field=name)),
    (
        r"Expected `(.+)`, got `(.+)`",
        lambda one, got: said("Expected `{expected}`, got `{got}`", expected=one, got=got),
    ),
    (r"Expected `([^`]+)` ([<>]=? .+)", lambda one, bound: said("Expected `{kind}` {bound}", kind=one, bound=bound)),
    (
        r"Expected `([^`]+)` of length ([<>]=? .+)",
        lambda one, bound: said("Expected `{kind}` of length {bound}", kind=one, bound=bound),
    ),
    (
        r"Expected `str` matching regex (.+)",
        lambda pattern: said("Expected `str` matching regex {pattern}", pattern=pattern),
    ),
    (r"Invalid enum value (.+)", lambda value: said("Invalid enum value {value}", value=value)),
    (r"Invalid value (.+)", lambda value: said("Invalid value {value}", value=value)),
    (
        r'Expected a string, got (\w+) \(amounts are decimal strings, like "600.00"\)',
        lambda got: said('Expected a string, got {got} (amounts are decimal strings, like "600.00")', got=got),
    ),
    (r"Expected a string, got (\w+)", lambda got: said("Expected a string, got {got}", got=got)),
    (
        r"Expected a percentage in quotes such as '99.8%', got (\w+)",
        lambda got: said("Expected a percentage in quotes such as '99.8%', got {got}", got=got),
    ),
    (
        r"Expected an amount in quotes such as '1.00', got (\w+)",
        lambda got: said("Expected an amount in quotes such as '1.00', got {got}", got=got),
    ),
    (
        r"JSON is malformed: (.+) \(byte (\d+)\)",
        lambda what, byte: said("JSON is malformed: {what} (byte {byte})", what=what, byte=byte),
    ),
    ("Input data was truncated", lambda: said("Input data was truncated")),
)
"""What the parser says, as a pattern that is compiled when something is wrong, and the sentence of its groups."""


def parser_words(text: str) -> str:
    """A parser's message, with the place that it names, as a sentence. An unknown message stays as it is."""
    message, place, path = text.partition(_PLACE)
    told = _sentence(message)
    return said("{message} - at `{path}`", message=told, path=path.removesuffix("`")) if place else told


def _sentence(text: str) -> str:
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, text):
            return sentence(*found.groups())
    return text
