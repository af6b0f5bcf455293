"""The pieces of a component's course: when it was down, in maintenance, or down without an end that was told."""

from __future__ import annotations

import msgspec

from ledger.imports.source import SourceTime
from ledger.imports.statuspage.pages import PageEvent, StatusChange

FAILED = frozenset({"partial_outage", "major_outage"})
MAINTAINED = "under_maintenance"


class Piece(msgspec.Struct, frozen=True):
    """A component was down from `start` to `end`; None while it is."""

    start: SourceTime
    end: SourceTime | None


class Loose(msgspec.Struct, frozen=True, kw_only=True):
    """An update that names a component which was down already. `first` where the event did not name it before."""

    moment: SourceTime
    change: StatusChange
    first: bool


class ComponentCourse(msgspec.Struct, kw_only=True):
    """What one event tells of one component."""

    event: PageEvent
    code: str
    pieces: list[Piece]
    loose: list[Loose]
    notes: list[str]

    @property
    def who(self) -> str:
        return f"{self.event.label}: {self.event.touched[self.code]}"


def began(event: PageEvent) -> SourceTime | None:
    """The first update that puts a maintenance in progress."""
    return next((step.moment for step in event.steps if step.status in ("in_progress", "verifying")), None)
