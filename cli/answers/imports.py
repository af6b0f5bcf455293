"""What an import came to: events recorded, and each outage that it opened, closed, corrected or left as it was."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.answers.would_record import Events, More, dry_run_of, print_would_record
from cli.terminal.output import print_text
from cli.terminal.values import ZonedInstant
from domain.text import counted, said
from ledger.imports.record import Taken
from ledger.imports.statements import LeftOut

_MOST_SHOWN = 20
"""How many things that were left out a table lists; JSON has them all."""


class Corrected(msgspec.Struct, frozen=True, kw_only=True, rename={"now": "is"}):
    """A field of an outage that the source says otherwise now; None is an end that is not known."""

    incident: str
    field: str
    was: ZonedInstant | str | None
    now: ZonedInstant | str | None


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the files of another system came to."""

    file: str | msgspec.UnsetType
    files: list[str] | msgspec.UnsetType
    commands: int
    recorded: int
    noops: int
    position: int
    opened: list[str]
    closed: list[str]
    reopened: list[str]
    corrected: list[Corrected]
    unchanged: int
    left_open: list[str]
    vanished: list[str]
    left_out: list[LeftOut]
    notes: list[str]
    dry_run: bool | msgspec.UnsetType
    would_record: Events
    would_record_more: More

    def table(self) -> None:
        """What it came to, in sentences."""
        name = self.file if isinstance(self.file, str) else ", ".join(self.files or ())
        print_recorded(name, self.recorded, self.noops, is_dry_run=self.dry_run is True)
        corrected = {one.incident for one in self.corrected}
        if self.opened or self.closed or self.reopened or corrected or self.unchanged:
            print_text(
                said(
                    "  outages: {opened} opened, {closed} closed, {reopened} reopened, {corrected} corrected, "
                    "{unchanged} unchanged",
                    opened=len(self.opened),
                    closed=len(self.closed),
                    reopened=len(self.reopened),
                    corrected=len(corrected),
                    unchanged=self.unchanged,
                )
            )
        for one in self.left_out[:_MOST_SHOWN]:
            print_text(said("  left out: {key}: {why}", key=one.key, why=one.why))
        if len(self.left_out) > _MOST_SHOWN:
            print_text(
                counted(
                    "  left out: {n} more; --format json lists it",
                    "  left out: {n} more; --format json lists them",
                    n=len(self.left_out) - _MOST_SHOWN,
                )
            )
        if self.left_open:
            print_text(said("  still open: {ids}", ids=", ".join(self.left_open)))
        print_would_record(self.would_record, self.would_record_more)


def print_recorded(name: str, recorded: int, noops: int, *, is_dry_run: bool) -> None:
    """How many events files came to, and how many commands changed nothing, where there are such."""
    told = (
        counted("{file}: {n} event would be recorded", "{file}: {n} events would be recorded", n=recorded, file=name)
        if is_dry_run
        else counted("{file}: {n} event recorded", "{file}: {n} events recorded", n=recorded, file=name)
    )
    print_text(counted("{told}, {n} no-op", "{told}, {n} no-ops", n=noops, told=told) if noops else told)


def import_answer(names: Sequence[str], taken: Taken, zone: str) -> ImportAnswer:
    """What files came to; instants on the clock of a zone."""
    outcome = taken.outcome
    single = len(names) == 1
    return ImportAnswer(
        file=names[0] if single else msgspec.UNSET,
        files=msgspec.UNSET if single else list(names),
        commands=taken.commands,
        recorded=taken.recorded,
        noops=taken.noops,
        position=taken.position,
        opened=outcome.opened,
        closed=outcome.closed,
        reopened=outcome.reopened,
        corrected=[
            Corrected(incident=one.incident, field=one.field, was=_shown(one.was, zone), now=_shown(one.now, zone))
            for one in outcome.corrected
        ],
        unchanged=outcome.unchanged,
        left_open=outcome.left_open,
        vanished=outcome.vanished,
        left_out=outcome.left_out,
        notes=list(taken.notes),
        **msgspec.structs.asdict(dry_run_of(taken.supposed)),
    )


def _shown(value: int | str | None, zone: str) -> ZonedInstant | str | None:
    return ZonedInstant(value, zone) if isinstance(value, int) else value
