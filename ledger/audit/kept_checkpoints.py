"""Whether a dossier's log continues the one of which somebody kept a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from domain.refusals import Unreadable
from domain.text import said
from ledger.audit.dossier import Dossier, Since
from ledger.transparency.consistency import why_not_continued
from ledger.transparency.proofs import Checkpoint, read_checkpoint


def wrong_since(dossier: Dossier, tree: Checkpoint) -> Iterator[str]:
    """What is wrong with the earlier checkpoint of a dossier and its proof; nothing where it has none."""
    if not isinstance(dossier.since, Since):
        return
    try:
        earlier = read_checkpoint(dossier.since.checkpoint)
    except Unreadable as unreadable:
        yield unreadable.message
        return
    if earlier.origin != tree.origin:
        yield said(
            "the earlier checkpoint belongs to {origin}, the dossier to {ledger}",
            origin=earlier.origin,
            ledger=tree.origin,
        )
    error = why_not_continued(earlier, tree, dossier.since.proof)
    if error is not None:
        yield said("the log does not continue the earlier checkpoint: {error}", error=error)


def against(dossier: Dossier, tree: Checkpoint, kept: Checkpoint) -> Iterator[str]:
    """What in a checkpoint that the reader kept contradicts a dossier, whose own proofs are checked already."""
    if kept.origin != tree.origin:
        yield said(
            "the checkpoint that was kept belongs to {kept}, the dossier to {stated}",
            kept=kept.origin,
            stated=tree.origin,
        )
        return
    for held in _heads(dossier, tree):
        if held.size == kept.size and held.root != kept.root:
            yield said("the checkpoint that was kept has another root for the same size, {size}", size=kept.size)
            return


def is_tied(dossier: Dossier, tree: Checkpoint, kept: Checkpoint) -> bool:
    """Whether a dossier proves that its log contains the one of a kept checkpoint."""
    return any((held.size, held.root) == (kept.size, kept.root) for held in _heads(dossier, tree))


def _heads(dossier: Dossier, tree: Checkpoint) -> Iterator[Checkpoint]:
    """The heads of the log that a dossier proves: its own, and the earlier ones that it continues."""
    yield tree
    notes = [dossier.since.checkpoint] if isinstance(dossier.since, Since) else []
    notes += [each.checkpoint for each in dossier.attestations or ()]
    for note in notes:
        with suppress(Unreadable):  # `wrong_since` and `proved_attestations` say so
            yield read_checkpoint(note)
