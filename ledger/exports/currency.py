"""In which currency a ledger's amounts are."""

from __future__ import annotations

from collections.abc import Sequence

from domain.money import DEFAULT_CURRENCY
from domain.terms.versions import Version, latest


def currency_of(versions: Sequence[Version]) -> str:
    """The currency of all amounts, by ISO 4217: that of the terms, of which no version may have another."""
    return latest(versions).terms.currency if versions else DEFAULT_CURRENCY
