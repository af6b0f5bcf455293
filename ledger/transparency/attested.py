"""Checkpoints that a third party attests, kept beside the ledger: with cosignatures, or with a time stamp (RFC 3161).

They are kept in `<ledger file>.proofs/`, or on a server in a table of the schema beside the log. The log does not have
them, so they cannot be made again. What is kept is not trusted: whoever reads it compares its root with the log's.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager

import msgspec

from domain.keys import encoded
from domain.refusals import Unreadable
from domain.text import said
from ledger.application import Ledger
from ledger.log.database import CheckpointStore, KeptCheckpoint
from ledger.refusals.audit.timestamps import (
    KeptCheckpointDiffers,
    KeptCheckpointOfOtherLedger,
    KeptCheckpointUnreadable,
)
from ledger.transparency.attested_files import CheckpointFiles, proofs_folder, writing_files
from ledger.transparency.cosignatures import Note, read_note
from ledger.transparency.log_root import ledger_id
from ledger.transparency.proofs import Checkpoint, check_origin, read_checkpoint


class Attested(msgspec.Struct, frozen=True, kw_only=True):
    """A kept checkpoint: its note verbatim, what the note says, and the time stamp of its body in DER, if any."""

    note: str
    checkpoint: Checkpoint
    timestamp: bytes | None = None

    @property
    def is_cosigned(self) -> bool:
        """Whether the note has the line of a cosignature. It is not checked: that takes the witness's key."""
        return any(line.has_time for line in read_note(self.note).signatures)


def body_of(note: str) -> str:
    """The body of a checkpoint, bare or in a note: its three lines, each with its newline.

    Raises Unreadable `bad_checkpoint`, `bad_note`.
    """
    return read_checkpoint(note).text()


def keep(ledger: Ledger, note: str, timestamp: bytes | None = None) -> Attested:
    """Keep a checkpoint durably, and return all that is kept of it now.

    Signature lines join those kept of the same size; a line of the same key takes the place of the earlier one, as a
    time stamp does. The caller has checked signatures and time stamp, and compared the root with the log's.

    Raises Refusal `other_ledger`; Damaged `kept_checkpoint_differs` where another root is kept of the same size,
    `kept_checkpoint_unreadable`; Unreadable `bad_checkpoint`, `bad_note`, `unwritable_file`.
    """
    checkpoint = read_note(note).checkpoint
    check_origin(checkpoint, _id_of(ledger))
    with _opened(ledger, writing=True) as store:
        there = _read(ledger, store, checkpoint.size, checkpoint.origin)
        if there is not None and there.checkpoint != checkpoint:
            raise KeptCheckpointDiffers(
                file=place_of(ledger, checkpoint.size),
                size=checkpoint.size,
                kept=encoded(there.checkpoint.root),
                given=encoded(checkpoint.root),
            )
        joined = note if there is None else _joined(there.note, note)
        stamp = timestamp if timestamp is not None or there is None else there.timestamp
        store.write(KeptCheckpoint(size=checkpoint.size, note=joined, timestamp=stamp))
    return Attested(note=joined, checkpoint=checkpoint, timestamp=stamp)


def kept_checkpoints(ledger: Ledger, *, upto: int | None = None) -> Generator[Attested]:
    """Every kept checkpoint, the largest first; of `upto` events at most, where that is given.

    Raises Damaged `kept_checkpoint_unreadable`, Refusal `other_ledger`.
    """
    origin = _id_of(ledger)
    with _opened(ledger) as store:
        for size in store.sizes():
            found = _read(ledger, store, size, origin) if upto is None or size <= upto else None
            if found is not None:
                yield found


def newest_timestamped(ledger: Ledger, *, upto: int | None = None) -> Attested | None:
    """The largest kept checkpoint that has a time stamp. Raises Damaged `kept_checkpoint_unreadable`."""
    return _first(ledger, upto, lambda kept: kept.timestamp is not None)


def newest_cosigned(
    ledger: Ledger, counts: Callable[[Attested], bool] = lambda kept: True, *, upto: int | None = None
) -> Attested | None:
    """The largest kept checkpoint with a cosignature, of those that `counts` accepts.

    Raises Damaged `kept_checkpoint_unreadable`.
    """
    return _first(ledger, upto, lambda kept: kept.is_cosigned and counts(kept))


def _first(ledger: Ledger, upto: int | None, wanted: Callable[[Attested], bool]) -> Attested | None:
    with closing(kept_checkpoints(ledger, upto=upto)) as kept:
        return next(filter(wanted, kept), None)


@contextmanager
def _opened(ledger: Ledger, *, writing: bool = False) -> Iterator[CheckpointStore]:
    table = ledger.store.checkpoints(writing=writing)
    if table is not None:
        with table as opened:
            yield opened
    elif ledger.store.path is None:
        raise TypeError(f"no place for checkpoints beside {ledger.store.name}")
    elif writing:
        with writing_files(proofs_folder(ledger.store.path)) as files:
            yield files
    else:
        yield CheckpointFiles(proofs_folder(ledger.store.path))


def _id_of(ledger: Ledger) -> str:
    with ledger.reading() as log:
        return ledger_id(log)


def _read(ledger: Ledger, store: CheckpointStore, size: int, origin: str) -> Attested | None:
    kept = store.read(size)
    if kept is None:
        return None
    try:
        checkpoint = read_checkpoint(kept.note)
    except Unreadable as unreadable:
        raise KeptCheckpointUnreadable(file=place_of(ledger, size), why=unreadable.message) from None
    if checkpoint.size != size:
        raise KeptCheckpointUnreadable(
            file=place_of(ledger, size), why=said("its size is {size}", size=checkpoint.size)
        )
    if checkpoint.origin != origin:
        raise KeptCheckpointOfOtherLedger(file=place_of(ledger, size), origin=checkpoint.origin, ledger=origin)
    return Attested(note=kept.note, checkpoint=checkpoint, timestamp=kept.timestamp)


def place_of(ledger: Ledger, size: int) -> str:
    """The name of a kept checkpoint for people: its file, or its row."""
    path = ledger.store.path
    return f"{ledger.store.name} ({size})" if path is None else f"{proofs_folder(path)}/{size}.checkpoint"


def _joined(kept: str, given: str) -> str:
    """The note with the signature lines of both, one a key, in the order in which they came. Raises as `read_note`."""
    notes = (read_note(kept), read_note(given))
    lines = {(line.name, line.id): line for note in notes for line in note.signatures}
    return Note(notes[1].checkpoint, ()).with_signatures(lines.values()).text()
