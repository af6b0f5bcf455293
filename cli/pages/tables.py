"""The columns of the tables on pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.pages import words
from cli.pages.style import NUMBER, PageColumn, Tables
from domain.text import Said

_CASE = {
    "episodes": ("no#", "from", "to", "length#", "counts#", "less", "incidents_of"),
    "incidents": ("incident", "function", "from", "to", "state", "events"),
    "bills": (
        "bill",
        "months",
        "billed",
        "service_fee#",
        "call_fee#",
        "service_paid#",
        "call_paid#",
        "state",
        "events",
    ),
    "vouchers": ("voucher", "decision#", "issued", "amount#", "redeemed#", "cancelled#", "left#", "events"),
    "evidence": ("document", "sha256", "place", "about", "events"),
    "otherwise": ("says_reading", "outcome", "credit#", "difference#"),
}
"""The words of each table's columns on a case's page; `#` marks numbers."""


_MONTH = {
    "tiers": ("tier", "accounts#", "would#", "awarded#"),
    "accounts": (
        "account",
        "availability#",
        "unavailable#",
        "tier",
        "would_one#",
        "claim",
        "outcome",
        "awarded#",
        "issued#",
    ),
    "swings": ("account", "swing", "says_reading"),
}


def of_case() -> Tables:
    """The columns of a case's page."""
    return _columns(_CASE, words.case_words())


def of_month(seldom: Sequence[Said]) -> Tables:
    """The columns of a month's page; `seldom` are the headings of amounts that only some months have."""
    found = _columns(_MONTH, words.month_words())
    return {**found, "accounts": [*found["accounts"], *(PageColumn(heading, NUMBER) for heading in seldom)]}


def _columns(tables: Mapping[str, Sequence[str]], w: Mapping[str, Said]) -> dict[str, list[PageColumn]]:
    return {
        name: [PageColumn(w[one.rstrip("#")], NUMBER if one.endswith("#") else "") for one in columns]
        for name, columns in tables.items()
    }
