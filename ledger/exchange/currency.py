"""In which currency amounts are: that of the terms which govern a month."""

from __future__ import annotations

from collections.abc import Sequence

from domain.terms import Version

YUAN = "CNY"
"""ISO 4217's code of what amounts are in: the schema of terms knows no other currency."""


def currency_of(versions: Sequence[Version], month: str) -> str:
    """The currency of what is paid for a month."""
    return YUAN


def currencies_of(versions: Sequence[Version]) -> list[str]:
    """Every currency that some version pays in, in order of their codes."""
    return [YUAN]
