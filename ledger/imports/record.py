"""Recording what a reader took out of a source: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.refusals import Refusal
from domain.refusals.incident import IncidentWasWithdrawn
from domain.text import said
from ledger import clock
from ledger.application import Ledger
from ledger.commands.execution import Clock, carry_out
from ledger.commands.parsing import build
from ledger.imports.source import Sourced


class Taken(msgspec.Struct, kw_only=True):
    """What taking over a source came to."""

    recorded: int = 0
    noops: int = 0
    position: int = 0
    left_alone: list[str] = []
    """What the source says of incidents that a person withdrew since: it does not bring them back."""


def take_over(
    ledger: Ledger, found: Sequence[Sourced], actor: str, *, dry_run: bool = False, now: Clock = clock.now_us
) -> Taken:
    """Carry out a source's commands. Raises Refusal that names the source's place; nothing is recorded then."""
    taken = Taken(left_alone=[])
    with ledger.writing(commit=not dry_run) as log:
        for sourced in found:
            fields = dict(sourced.fields)
            words = str(fields.pop("command"))
            try:
                done = carry_out(log, build(words, fields), actor, now())
            except IncidentWasWithdrawn as refusal:
                taken.left_alone.append(
                    said("{place}: left alone: {message}", place=sourced.place, message=refusal.message)
                )
                taken.noops += 1
                continue
            except Refusal as refusal:
                refusal.at(sourced.place)
                raise
            taken.recorded += done.recorded
            taken.noops += done.noop
        taken.position = log.position()
    return taken
