"""A finding of `slaledger doctor`."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["ok", "note", "wrong", "damaged"]
"""`note`: works, and could be better; `wrong`: something does not work; `damaged`: the store is."""


class Diagnosis(NamedTuple):
    """What was checked, its state, and what to do where something is wrong."""

    what: str
    state: State
    message: str
    hint: str | None = None
