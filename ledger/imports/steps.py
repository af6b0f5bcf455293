"""A step of an import: a command by which the ledger comes to hold what a source states."""

from __future__ import annotations

import msgspec

from domain.case import SourceMark
from domain.commands import Command


class SourceStep(msgspec.Struct, frozen=True, kw_only=True):
    """A command, the place in the file that it comes from, and the source that says it; None is a person's word."""

    command: Command
    place: str
    source: SourceMark | None
