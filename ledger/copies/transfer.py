"""Moves a ledger: exports its events in a snapshot, and imports them into an empty store in one transaction.

Rows are inserted unchanged. Their root is derived from the rows as stored and verified before the commit. A new ledger
file gets its name only then.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from domain.keys import encoded
from domain.refusals import Refusal
from ledger.application import Ledger, Writer
from ledger.copies.events_file import EventsFile, write_events
from ledger.copies.moved import Moved
from ledger.files.lines import new_lines, open_lines
from ledger.files.writing import SIDECARS, check_is_alone, explain_write_errors, replacing
from ledger.log.codec import Row
from ledger.log.database import KINDS
from ledger.log.reader import BatchNote
from ledger.refusals.copies.events import (
    CopyRewritten,
    CopyTruncated,
    FileIsLedger,
    GapInCopy,
    GapInFile,
    LedgerNotEmpty,
    StoredRootDiffers,
)
from ledger.store.sqlite import files
from ledger.store.sqlite.store import translating_errors
from ledger.store.sqlite.turns import SUFFIX
from ledger.store.urls import is_server
from ledger.transparency.log_root import BEFORE_ALL, LogRoot, derived, ledger_id
from ledger.transparency.proofs import Checkpoint, check_origin

Progress = Callable[[int, int], None]
PAGE = 1000
"""Events per insert, and per report of progress."""
_STREAMS = 100_000
"""The number of streams whose last version is cached; those of others are looked up in the store."""


class RowSource(Protocol):
    """A source of rows in log order, each checked as far as it can be by itself.

    `stated` is the source's own checkpoint, known once all rows were read; `notes` are the progress of batch files
    there.
    """

    stated: Checkpoint | None

    def rows(self) -> Iterator[Row]:
        """The rows, one at a time. Raises Unreadable or Damaged with the place."""

    @property
    def gap(self) -> type[GapInCopy] | type[GapInFile]:
        """The refusal to raise where a stream lacks a version."""

    @property
    def place(self) -> str:
        """The place of the row read last."""

    def notes(self) -> Sequence[BatchNote]:
        """The progress of batch files."""


def export_events(
    ledger: Ledger,
    file: str,
    *,
    force: bool = False,
    sign: Callable[[str], str] = lambda text: text,
    on_progress: Progress = lambda done, total: None,
) -> Moved:
    """Write a snapshot of a ledger's events to a file, completely or not at all, except for `-`.

    Raises Unreadable `file_exists`, `no_folder`, `unwritable_file`, `no_zstd`, `no_ledger_id`; Damaged.
    """
    check_is_not(ledger, file)
    with ledger.reading() as log:
        name, last = ledger_id(log), log.position()
        with new_lines(file, force=force) as out:
            rows = _told(log.since(BEFORE_ALL), last, on_progress)
            tally = write_events(rows, name, out.write, sign)
    head = tally.checkpoint(name)
    return Moved(name, head.size, tally.position, head.root)


def import_events(
    url: str,
    file: str,
    *,
    dry_run: bool = False,
    lock_seconds: int | None = None,
    on_progress: Progress = lambda done, total: None,
) -> Moved:
    """Import a file of events into a new or empty ledger. Raises as `move_in` does."""
    with open_lines(file) as lines:
        return move_in(
            EventsFile(lines, file), url, dry_run=dry_run, lock_seconds=lock_seconds, on_progress=on_progress
        )


def move_in(
    source: RowSource,
    url: str,
    *,
    against: Checkpoint | None = None,
    dry_run: bool = False,
    lock_seconds: int | None = None,
    on_progress: Progress = lambda done, total: None,
) -> Moved:
    """Copy all of a source's rows into the ledger at a URL, or none.

    Raises Refusal `ledger_not_empty`, Unreadable or Damaged for errors in the source; Damaged `root_differs`,
    `log_truncated`, `log_rewritten` where the rows as stored are not those of the source's checkpoint, or do not
    extend `against`; Refusal `other_ledger`; and what opening and writing a ledger raise.
    """
    with empty_ledger(url, keep=not dry_run, lock_seconds=lock_seconds) as ledger:
        ledger.store.check_writable()
        with ledger.writing(commit=not dry_run) as log:
            if log.position():
                raise _not_empty(ledger.store.name)
            _insert(log, source, on_progress)
            found = derived(log)
            name = ledger_id(log)
            _prove(log, found, Checkpoint(name, found.size, found.root), source.stated, against)
            _note(log, source.notes())
            topics = Counter(row.topic for row in log.since(BEFORE_ALL)) if dry_run else None
        return Moved(name, found.size, found.position, found.root, topics)


@contextmanager
def empty_ledger(url: str, *, keep: bool, lock_seconds: int | None) -> Iterator[Ledger]:
    """An empty ledger at a URL. A new file gets its name only when the block ends without an error.

    Side stores left over from an earlier ledger of that name are deleted: they may be of the same ledger, but of
    events that the new one does not have.
    """
    if is_server(url):
        with TemporaryDirectory() as folder:
            place = url if keep else f"sqlite:///{folder}/slaledger.db"
            with Ledger.create(place, lock_seconds=lock_seconds) as ledger:
                yield ledger
                ledger.store.drop_kept()
        return
    path = files.ledger_path(url)
    if path.exists() and (keep or not files.is_blank(path)):
        with Ledger.create(url, lock_seconds=lock_seconds) as ledger:
            yield ledger
            if keep:
                ledger.store.drop_kept()
        return
    check_is_alone(path)
    with translating_errors(str(path)), replacing(path, force=not keep, keep=keep) as temporary:
        with Ledger.create(f"sqlite:///{temporary}", lock_seconds=lock_seconds) as ledger:
            yield ledger
        files.checkpoint_wal(temporary)
        if keep:
            files.drop_kept(path)


def _insert(log: Writer, source: RowSource, on_progress: Progress) -> None:
    """Insert a source's rows in pages; check that the versions of each stream run from 1 without a gap."""
    page: list[Row] = []
    ends: dict[str, int] = {}
    done = 0
    for row in source.rows():
        last = ends.get(row.stream)
        last = log.version(row.stream) if last is None else last
        if row.version != last + 1:
            raise source.gap(place=source.place, version=row.version, stream=row.stream, last=last)
        ends[row.stream] = row.version
        page.append(row)
        if len(page) == PAGE:
            log.insert(page)
            done += len(page)
            page = []
            ends = ends if len(ends) < _STREAMS else {}
            on_progress(done, 0)
    log.insert(page)


def _prove(
    log: Writer, found: LogRoot, head: Checkpoint, stated: Checkpoint | None, against: Checkpoint | None
) -> None:
    """Check that the stored rows equal the source's, and extend the log of the checkpoint `against`."""
    if stated is not None and stated != head:
        raise StoredRootDiffers(stored=encoded(head.root), stated=encoded(stated.root))
    if against is None:
        return
    check_origin(against, head.origin)
    if found.size < against.size:
        raise CopyTruncated(size=found.size, stated=against.size)
    if derived(log, against.size).root != against.root:
        raise CopyRewritten(size=against.size)


def _note(log: Writer, notes: Sequence[BatchNote]) -> None:
    """Copy the progress of batch files. Completed ones come last, since noting another would drop them."""
    for note in sorted(notes, key=lambda note: note.state == "done"):
        log.note_progress(None, note)


def _not_empty(name: str) -> Refusal:
    return LedgerNotEmpty(name=name)


def check_is_not(ledger: Ledger, file: str) -> None:
    """Check that a copy would replace neither the ledger nor a file that belongs to it.

    Raises Unreadable `file_is_ledger`, `unwritable_file`.
    """
    own = ledger.store.path
    if own is None:
        return
    with explain_write_errors(file):
        target = Path(os.path.realpath(file))
        is_own = Path(file).exists() and Path(file).samefile(own)
    suffixes, kept = (*SIDECARS, SUFFIX), (files.kept_path(own, kind).name for kind in KINDS)
    beside = {*(f"{own.name}{suffix}" for suffix in suffixes), *kept}
    if is_own or (target.name in beside and target.parent == Path(os.path.realpath(own)).parent):
        raise FileIsLedger(file=file)


def _told(rows: Iterator[Row], last: int, on_progress: Progress) -> Iterator[Row]:
    for done, row in enumerate(rows, start=1):
        if done % PAGE == 0:
            on_progress(row.position, last)
        yield row
