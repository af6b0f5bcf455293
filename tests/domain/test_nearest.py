"""What was probably meant by a word or an id that is not known."""

from __future__ import annotations

import pytest

from domain.nearest import distance, nearest_id, nearest_word

FIELDS = ("account", "month", "filed_at", "statement", "evidence", "key")
IDS = ("1001", "1002", "INC-3", "INC-2606-01", "B-1")


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("", "", 0), ("", "ab", 2), ("abc", "abc", 0), ("abc", "ac", 1), ("abc", "abd", 1), ("abc", "acb", 1)],
)
def test_the_letters_between_two_words(one: str, other: str, letters: int) -> None:
    assert distance(one, other) == distance(other, one) == letters


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("filedat", "filed_at"),
        ("field_at", "filed_at"),
        ("Month", "month"),
        ("state", "statement"),
        ("ke", "key"),
        ("amount", "account"),
        ("voucher", None),
        ("month", None),
        ("x", None),
    ],
)
def test_a_word(wanted: str, meant: str | None) -> None:
    assert nearest_word(wanted, FIELDS) == meant


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("1O01", "1001"),
        ("1010", "1001"),
        ("1003", None),
        ("inc-3", "INC-3"),
        ("INC-9", None),
        ("INC-99", None),
        ("INC-2606-1", "INC-2606-01"),
        ("INC2606-1", "INC-2606-01"),
        ("b1", "B-1"),
        ("OUTAGE", None),
    ],
)
def test_an_id(wanted: str, meant: str | None) -> None:
    assert nearest_id(wanted, IDS) == meant


def test_nothing_is_near_to_nothing() -> None:
    assert nearest_word("month", ()) is None
    assert nearest_id("1001", ()) is None
