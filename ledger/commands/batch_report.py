"""What came of a batch."""

from __future__ import annotations

import msgspec

from domain.refusals import Refusal
from ledger.commands.supposed import Supposed


class LineRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was refused, and the refusal."""

    line: int
    refusal: Refusal


class Report(msgspec.Struct, kw_only=True):
    """The result of a batch. `done_before` counts the no-ops that an earlier, interrupted run had done.

    `supposed` is what a dry run would have recorded.
    """

    lines: int = 0
    recorded: int = 0
    noops: int = 0
    done_before: int = 0
    refused: list[LineRefusal] = []
    position: int = 0
    status: int = 0
    supposed: Supposed | None = None
