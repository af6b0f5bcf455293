"""A log that was moved into a file or out of one."""

from __future__ import annotations

import msgspec

from cli.answers.would_record import Events, More, dry_run_of, print_by_topic
from domain.keys import encoded
from ledger.copies.moved import Moved


class MovedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A log that was moved into a file or out of one.

    What follows `root` is of a dry run; `topics` says how many events of each topic there are.
    """

    file: str
    ledger: str
    events: int
    position: int
    root: str
    dry_run: bool | msgspec.UnsetType
    would_record: Events
    would_record_more: More
    topics: dict[str, int] | msgspec.UnsetType

    def print_events(self) -> None:
        """Print how many events of each topic a dry run found; nothing where it was none."""
        if self.topics is not msgspec.UNSET:
            print_by_topic(self.topics)


def moved_answer(file: str, moved: Moved) -> MovedAnswer:
    """A log that was moved, or would have been."""
    return MovedAnswer(
        file=file,
        ledger=moved.ledger,
        events=moved.events,
        position=moved.position,
        root=encoded(moved.root),
        topics=msgspec.UNSET if moved.supposed is None else dict(sorted(moved.supposed.topics.items())),
        **msgspec.structs.asdict(dry_run_of(moved.supposed)),
    )
