"""TOML read from its text, in a time that grows with its length."""

from __future__ import annotations

from typing import Any

from domain.text import said

_MOST_DOTS = 100
"""The parser takes the square of a key's parts in time."""


def parse_toml(text: str) -> dict[str, Any]:
    """Parse a document. Raises ValueError, whatever is wrong with it."""
    import tomllib  # most commands read none

    if any(part.count(".") > _MOST_DOTS for line in text.splitlines() for part in line.split("=")):
        raise ValueError(said("a line has more dots between its equals signs than any key has"))
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from None
