"""Refusals of kept checkpoints and of time stamps (RFC 3161)."""

from __future__ import annotations

from domain.refusals import Damaged


class KeptCheckpointDiffers(Damaged, code="kept_checkpoint_differs"):
    """A checkpoint of the same size was kept earlier. One log has one root at each size, so one of the two is of a log
    that was rewritten.
    """

    message = "{file}: the checkpoint kept of {size} events has the root {kept}, this one {given}"
    hint = "keep both: `slaledger audit verify --against {file}` says whether this log is that of the kept one"
    file: str
    size: int
    kept: str
    given: str


class KeptCheckpointUnreadable(Damaged, code="kept_checkpoint_unreadable"):
    """A checkpoint that was kept with its time stamp or cosignatures was changed. The ledger itself is not affected."""

    message = "{file}: the kept checkpoint cannot be read: {why}"
    hint = "put back a copy of the file, or move it away and keep the checkpoint again"
    file: str
    why: str
