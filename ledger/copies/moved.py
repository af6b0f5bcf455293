"""What moving a log came to."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ledger.transparency.proofs import Checkpoint


class Moved(msgspec.Struct, frozen=True):
    """The result of a move: the ledger's id, the number of events, the last one's position, and the root.

    `topics` has the number of events of each topic that a dry run would have recorded.
    """

    ledger: str
    events: int
    position: int
    root: bytes
    topics: Mapping[str, int] | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.ledger, self.events, self.root)
