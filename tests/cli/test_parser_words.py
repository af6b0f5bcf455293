"""What the parser of structs says: sentences of ours where we know them, and readable where we do not."""

from __future__ import annotations

import re

import msgspec
import pytest

from cli.terminal.language import in_language
from domain.parser_messages import parser_words
from domain.refusals import Unreadable
from domain.text import Said
from ledger.commands import parsing

CHINESE = re.compile(r"[一-鿿]")

KNOWN = [
    "Object missing required field `account`",
    "Object contains unknown field `acount`",
    "Expected `int`, got `str`",
    "Expected `int` >= 1",
    "Expected `array` of length >= 1",
    "Expected `str` matching regex '^[0-9]+$'",
    "Invalid enum value 'x'",
    "Invalid value 'claim fly'",
    "Expected a string, got int",
    'Expected a string, got float (amounts are decimal strings, like "600.00")',
    "Expected a percentage in quotes such as '99.8%', got float",
    "Expected an amount in quotes such as '1.00', got int",
    "JSON is malformed: invalid character (byte 3)",
    "Input data was truncated",
]
"""What it says today, as far as we met it."""


@pytest.mark.parametrize("text", KNOWN)
@pytest.mark.parametrize("place", ["", " - at `$.bills[2].amount`"])
def test_what_is_known_is_the_same_in_english_and_has_a_translation(text: str, place: str) -> None:
    told = parser_words(text + place)
    assert isinstance(told, Said)
    assert str(told) == text + place
    chinese = in_language(told, "zh")
    assert CHINESE.search(chinese)
    assert place.removeprefix(" - at ") in chinese


UNKNOWN = "Wanted a `decimal`, but {this} is %s, 还有"
"""What a later release might say: signs that templates are made of are nothing but text."""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_not_known_is_told_as_it_stands(lang: str) -> None:
    assert in_language(parser_words(UNKNOWN), lang) == UNKNOWN
    assert in_language(parser_words(""), lang) == ""


def test_its_place_is_told_all_the_same() -> None:
    told = parser_words(f"{UNKNOWN} - at `$.amount`")
    assert str(told) == f"{UNKNOWN} - at `$.amount`"
    assert in_language(told, "zh") == f"{UNKNOWN}（见 `$.amount`）"


class Later:
    """A decoder of a later release, whose words are others."""

    def __init__(self, text: str) -> None:
        self.text = text

    def decode(self, line: bytes) -> object:
        raise msgspec.ValidationError(self.text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{UNKNOWN} - at `$.amount`", f"amount: {UNKNOWN}"),
        (UNKNOWN, UNKNOWN),
        (f"{UNKNOWN} (in $.amount)", f"{UNKNOWN} (in $.amount)"),
    ],
)
def test_a_line_that_cannot_be_taken_is_refused_with_it(
    monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setattr(parsing, "_decoder", lambda: Later(text))
    with pytest.raises(Unreadable) as refused:
        parsing.parse_line(b"{}")
    assert (refused.value.code, str(refused.value.message)) == ("bad_field", message)
    assert UNKNOWN in in_language(refused.value.message, "zh")
    assert refused.value.hint
