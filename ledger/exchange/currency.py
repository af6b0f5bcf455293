"""In which currency amounts are: that of the terms which govern a month."""

from __future__ import annotations

from collections.abc import Sequence

from domain.terms import Version, in_force


def currency_of(versions: Sequence[Version], month: str) -> str:
    """The currency of what is paid for a month. Raises Refusal `no_terms`."""
    return in_force(versions, month).terms.currency


def currencies_of(versions: Sequence[Version]) -> list[str]:
    """Every currency that some version pays in, in order of their codes."""
    return sorted({version.terms.currency for version in versions})
