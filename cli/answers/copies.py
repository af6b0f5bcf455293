"""A log that was moved into a file or out of one."""

from __future__ import annotations

import msgspec

from domain.keys import encoded
from ledger.copies.transfer import Moved


class MovedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A log that was moved into a file or out of one."""

    file: str
    ledger: str
    events: int
    position: int
    root: str
    dry_run: bool | msgspec.UnsetType = msgspec.UNSET


def moved_answer(file: str, moved: Moved, *, dry_run: bool = False) -> MovedAnswer:
    """A log that was moved, or would have been."""
    return MovedAnswer(
        file=file,
        ledger=moved.ledger,
        events=moved.events,
        position=moved.position,
        root=encoded(moved.root),
        dry_run=dry_run or msgspec.UNSET,
    )
