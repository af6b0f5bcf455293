"""A log that was moved into a file or out of one."""

from __future__ import annotations

import msgspec

from cli.terminal.output import print_table
from cli.terminal.vocabulary import word
from domain.keys import encoded
from domain.text import said
from ledger.copies.moved import Moved


class MovedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A log that was moved into a file or out of one.

    A dry run has `topics`: how many events of each topic would be recorded. The file itself lists them.
    """

    file: str
    ledger: str
    events: int
    position: int
    root: str
    dry_run: bool | msgspec.UnsetType = msgspec.UNSET
    topics: dict[str, int] | msgspec.UnsetType = msgspec.UNSET

    def print_topics(self) -> None:
        """Print how many events of each topic a dry run found; nothing where it was none."""
        if self.topics is not msgspec.UNSET:
            rows = [(word(topic), count) for topic, count in self.topics.items()]
            print_table((said("topic"), said("events")), rows, right=[said("events")])


def moved_answer(file: str, moved: Moved) -> MovedAnswer:
    """A log that was moved, or would have been."""
    return MovedAnswer(
        file=file,
        ledger=moved.ledger,
        events=moved.events,
        position=moved.position,
        root=encoded(moved.root),
        dry_run=msgspec.UNSET if moved.topics is None else True,
        topics=msgspec.UNSET if moved.topics is None else dict(sorted(moved.topics.items())),
    )
