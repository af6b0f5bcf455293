"""What reconciling asks and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from domain.events import Heard
from ledger.imports.reconciling.holdings import Field
from ledger.imports.statements import LeftOut
from ledger.imports.steps import SourceStep


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A field of an outage that the source says otherwise: instants in microseconds, None for an end not known."""

    incident: str
    field: Field
    was: int | str | None
    now: int | str | None


class AskedOfOutages(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about a source's outages, by their ids.

    `gone`: what became of outages that vanished: an end in microseconds, `withdrawn` or `kept`. `take_source`: outages
    of which the source's word counts again. `older`: take also what is older than what the ledger holds.
    """

    gone: Mapping[str, int | str] = {}
    take_source: frozenset[str] = frozenset()
    older: bool = False


class Reconciled(msgspec.Struct, kw_only=True):
    """What reconciling came to. `staying` are fields where a person's word stays; `left_open` is in order of start.

    `lasting` are outages that began again by the source's word, and were held open.
    """

    steps: list[SourceStep] = []
    opened: list[str] = []
    closed: list[str] = []
    reopened: list[str] = []
    corrected: list[Correction] = []
    staying: list[Correction] = []
    left_open: list[str] = []
    vanished: list[str] = []
    unchanged: int = 0
    left_out: list[LeftOut] = []
    notes: list[str] = []
    lasting: list[Heard] = []
