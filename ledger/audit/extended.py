"""Holds a log to checkpoints: one that an auditor kept, and those that are kept beside the ledger with attestations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.text import counted, said
from ledger.application import Ledger
from ledger.audit.verified import Damage
from ledger.log.reader import Reader
from ledger.transparency.attested import kept_checkpoints, place_of
from ledger.transparency.log_root import LogRoot
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.tree import KeptTree, first_difference

RootOf = Callable[[int], bytes]
"""The root of a log's first events, of which the number is given."""


def not_extended(
    log: Reader, found: LogRoot, checkpoint: Checkpoint, root_of: RootOf, kept: KeptTree | None
) -> Iterator[Damage]:
    """What is wrong where a log does not extend that of a checkpoint; by the stored tree, the first position of it."""
    if found.size < checkpoint.size:
        what = counted(
            "the log has {n} event, the checkpoint {stated}: its end was cut off",
            "the log has {n} events, the checkpoint {stated}: its end was cut off",
            n=found.size,
            stated=checkpoint.size,
        )
        yield Damage(kind="truncated", message=what, position=found.position + 1)
    elif root_of(checkpoint.size) != checkpoint.root:
        position = first_difference(log, kept, (checkpoint.size, checkpoint.root)) if kept is not None else None
        what = counted(
            "the first event is not that of the checkpoint",
            "the first {n} events are not those of the checkpoint",
            n=checkpoint.size,
        )
        yield Damage(kind="rewritten", message=located(what, position), position=position)


def not_those_kept(
    ledger: Ledger,
    log: Reader,
    found: LogRoot,
    root_of: RootOf,
    kept: KeptTree | None,
    known: Checkpoint | None = None,
) -> Iterator[Damage]:
    """What is wrong where a log does not extend the checkpoints that are kept beside it, but for one already `known`.

    Raises Damaged `kept_checkpoint_unreadable`, Refusal `other_ledger`, where one is no longer of this ledger.
    """
    for attested in kept_checkpoints(ledger):
        if attested.checkpoint != known:
            for damage in not_extended(log, found, attested.checkpoint, root_of, kept):
                what = said("{file}: {what}", file=place_of(ledger, attested.checkpoint.size), what=damage.message)
                yield Damage(kind=damage.kind, message=what, position=damage.position)


def located(what: str, position: int | None) -> str:
    """What is wrong, with the first position that differs, where that is known."""
    return (
        what
        if position is None
        else said("{what}: position {position} is the first that differs", what=what, position=position)
    )
