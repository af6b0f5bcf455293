"""A log that was moved into a file or out of one, and the result of importing a file of another system."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.terminal.output import print_text
from domain.text import said
from ledger.copies.transfer import Moved
from ledger.imports.record import Taken
from ledger.transparency.signed_notes import encoded


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


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The result of importing a file of another system."""

    file: str
    commands: int
    recorded: int
    noops: int
    position: int
    notes: list[str]
    dry_run: bool | msgspec.UnsetType

    def table(self) -> None:
        """Print the result in a sentence."""
        numbers = {"file": self.file, "commands": self.commands, "recorded": self.recorded, "noops": self.noops}
        print_text(
            said("{file}: {commands} commands would record {recorded} events, {noops} no-ops", **numbers)
            if self.dry_run
            else said("{file}: {commands} commands, {recorded} events recorded, {noops} no-ops", **numbers)
        )


def import_answer(file: str, commands: int, taken: Taken, notes: Sequence[str], *, dry_run: bool) -> ImportAnswer:
    """The result of importing a file with a number of commands."""
    return ImportAnswer(
        file=file,
        commands=commands,
        recorded=taken.recorded,
        noops=taken.noops,
        position=taken.position,
        notes=list(notes),
        dry_run=dry_run or msgspec.UNSET,
    )
