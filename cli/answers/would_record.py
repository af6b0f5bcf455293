"""What a dry run would have recorded, event by event."""

from __future__ import annotations

import msgspec

from cli.answers.history.events import EventShown, event_shown, print_line
from cli.terminal.output import print_text
from domain.text import counted
from ledger.commands.supposed import Supposed

_MOST_SHOWN = 20
"""How many events a table lists; JSON has more of them."""
_NOT_SHOWN = ("id.reserved", "key.used", "source.read")
"""Topics that a table leaves out: they say nothing that the other events do not say."""

Events = list[EventShown] | msgspec.UnsetType
More = int | msgspec.UnsetType


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that a dry run adds to an answer; `would_record_more` is given where some events are not listed."""

    dry_run: bool | msgspec.UnsetType = msgspec.UNSET
    would_record: Events = msgspec.UNSET
    would_record_more: More = msgspec.UNSET


def dry_run_of(found: Supposed | None) -> DryRun:
    """What a dry run would have recorded; nothing where it was none."""
    if found is None:
        return DryRun()
    return DryRun(
        dry_run=True,
        would_record=[event_shown(fact, found.zone) for fact in found.facts],
        would_record_more=found.more or msgspec.UNSET,
    )


def print_would_record(events: Events, more: More) -> None:
    """Print the events of a dry run, a line each, as many as a screen holds."""
    shown = [event for event in events or () if event.topic not in _NOT_SHOWN]
    for event in shown[:_MOST_SHOWN]:
        print_line(event)
    left = len(shown[_MOST_SHOWN:]) + (more or 0)
    if left:
        print_text(
            counted("  … and {n} more; --format json lists it", "  … and {n} more; --format json lists them", n=left)
        )
