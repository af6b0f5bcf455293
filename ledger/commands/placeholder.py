"""The placeholder that a template holds where a value must be given, and which no batch carries out."""

from __future__ import annotations

from collections.abc import Mapping

BEGINS = "<required: "


def placeholder_left(line: str, fields: Mapping[str, object]) -> str | None:
    """The field of a batch line that still holds a template's placeholder; None where none does."""
    if BEGINS not in line:
        return None
    texts = ((name, value) for name, value in fields.items() if isinstance(value, str))
    return next((name for name, value in texts if value.startswith(BEGINS) and value.endswith(">")), None)
