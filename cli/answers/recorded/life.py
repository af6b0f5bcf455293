"""The life of an account, an incident or a bill: its events in order, each with what it changed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.answers.history.changes import change_told
from cli.answers.history.descriptions import described, different
from cli.answers.history.events import EventShown, event_shown, print_events
from cli.terminal.output import print_text
from domain.case import Fact, evolve, fold
from domain.text import said
from ledger.queries.case_history import subject


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A field that an event changed, with both values."""

    field: str
    was: object
    # `is` is a keyword of Python
    now: object = msgspec.field(name="is")


class LifeEvent(EventShown, frozen=True, kw_only=True):
    """An event as it was recorded, and the fields that it changed; the first one changes none."""

    changes: list[Changed]

    def told_changes(self) -> list[str]:
        """The changes as sentences."""
        return [change_told(one.field, one.was, one.now) for one in self.changes]


def life_of(facts: Sequence[Fact], zone: str) -> list[LifeEvent]:
    """The events of one subject, in order, each with what it changed."""
    case = fold(())
    found = []
    for fact in facts:
        before = described(case, subject(fact), zone)
        evolve(case, fact)
        after = described(case, subject(fact), zone)
        changes = [
            Changed(field=field, was=was, now=now)
            for what, field, was, now in different(before, after)
            if what in before and what in after
        ]
        shown = msgspec.structs.asdict(event_shown(fact, zone))
        found.append(LifeEvent(**shown, changes=changes))
    return found


def print_life(events: Sequence[LifeEvent]) -> None:
    """Print the events below what they come to, one by one."""
    print()
    print_text(said("What was recorded, by whom and why"))
    print_events(events, {event.position: event.told_changes() for event in events})
