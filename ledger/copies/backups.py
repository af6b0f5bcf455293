"""Backups: copies a ledger consistently while others write, and restores a ledger from a verified copy.

A backup of an SQLite ledger is a single SQLite file. Restoring does not copy the file: its rows are read, checked and
inserted into a new one, so that nothing else in the file is taken over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from domain.refusals import Damaged
from domain.text import said
from ledger.application import Ledger
from ledger.copies.events_file import EventsFile
from ledger.copies.moved import Moved
from ledger.copies.transfer import Progress, RowSource, check_is_not, export_events, move_in
from ledger.files.lines import open_lines
from ledger.files.reading import unreadable
from ledger.files.writing import check_is_alone, replacing
from ledger.log.codec import Row, decode
from ledger.log.leaves import leaf_hash
from ledger.log.reader import BatchNote, Reader
from ledger.refusals.copies.events import GapInCopy, NeedsCheckpoint, WrongPositionInCopy
from ledger.store.sqlite import files
from ledger.store.sqlite.store import translating_errors
from ledger.transparency.log_root import BEFORE_ALL, derived, ledger_id
from ledger.transparency.proofs import Checkpoint

_SQLITE = b"SQLite format 3\x00"
_PAGES = 1000
"""Pages that are copied between two reports of progress."""


def backup(
    ledger: Ledger, file: str, *, force: bool = False, on_progress: Progress = lambda done, total: None
) -> Checkpoint:
    """Copy a snapshot of a ledger to a file, and return the checkpoint derived from the copy.

    For a ledger on a server, the copy is an export of its events.

    Others may write meanwhile. The file is written completely or not at all. Raises Unreadable `file_exists`,
    `no_folder`, `unwritable_file`, `store_unusable`, `left_beside`, `file_is_ledger`, `no_ledger_id`; Damaged.
    """
    path = ledger.store.path
    if path is None:
        return export_events(ledger, file, force=force, on_progress=on_progress).checkpoint
    check_is_not(ledger, file)
    check_is_alone(Path(file))
    with translating_errors(file), replacing(Path(file), force=force) as temporary:
        _copy(files.sqlite_uri(path, writable=ledger.writable), temporary, on_progress)
        files.checkpoint_wal(temporary)
        with Ledger.open(f"sqlite:///{temporary}", read_only=True) as copy, copy.reading() as log:
            found = derived(log)
            checkpoint = Checkpoint(ledger_id(log), found.size, found.root)
    return checkpoint


def _copy(database: str, to: Path, on_progress: Progress) -> None:
    """Run SQLite's online backup on one snapshot, which a reading transaction holds while others write."""
    with (
        closing(sqlite3.connect(database, uri=True, isolation_level=None)) as source,
        closing(sqlite3.connect(files.sqlite_uri(to, writable=True, create=True), uri=True)) as target,
    ):
        source.execute("BEGIN")
        source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES, progress=lambda _, left, total: on_progress(total - left, total))


def restore(
    url: str,
    file: str,
    *,
    against: Checkpoint | None = None,
    verifier_keys: Sequence[str] = (),
    lock_seconds: int | None = None,
    on_progress: Progress = lambda done, total: None,
) -> tuple[Moved, bool]:
    """Restore a backup or an export into a new or empty ledger, after its root is verified.

    Returns what was restored, and whether it was checked against a checkpoint: `against`, or the one at an export's
    end. Where keys are given, one of them must have signed that. Raises as `move_in` and `open_lines` do, and
    Unreadable `needs_checkpoint`.
    """
    with _source(file, () if against else verifier_keys) as source:
        if verifier_keys and against is None and not isinstance(source, EventsFile):
            raise NeedsCheckpoint()
        moved = move_in(source, url, against=against, lock_seconds=lock_seconds, on_progress=on_progress)
        return moved, against is not None or source.stated is not None


@contextmanager
def _source(file: str, verifier_keys: Sequence[str]) -> Iterator[RowSource]:
    """Open a file as a backup or an export, by its first bytes."""
    if not _is_sqlite(file):
        with open_lines(file) as lines:
            yield EventsFile(lines, file, verifier_keys)
        return
    files.check_is_ledger(Path(file), f"sqlite:///{file}")
    with Ledger.open(f"sqlite:///{file}", read_only=True) as ledger, ledger.reading() as log:
        yield _Copy(log, file)


def _is_sqlite(file: str) -> bool:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(len(_SQLITE)) == _SQLITE
    except (OSError, ValueError) as error:
        raise unreadable(file, getattr(error, "strerror", None) or str(error)) from None


class _Copy:
    """A backup's file as a source of rows. It has no checkpoint."""

    stated: Checkpoint | None = None
    gap = GapInCopy

    def __init__(self, log: Reader, file: str) -> None:
        self._log = log
        self._file = file
        self._position = 0

    @property
    def place(self) -> str:
        """The place of the row read last."""
        return said("{file}: position {position}", file=self._file, position=self._position)

    def notes(self) -> Sequence[BatchNote]:
        """The progress of batch files."""
        return self._log.progress()

    def rows(self) -> Iterator[Row]:
        """The rows in log order. Raises Damaged for one that cannot be read, or is not behind the one before."""
        with translating_errors(self._file):
            for row in self._log.since(BEFORE_ALL):
                before, self._position = self._position, row.position
                if row.position <= before:
                    raise WrongPositionInCopy(place=self.place)
                try:
                    leaf_hash(row)
                    decode(row)
                except Damaged as damaged:
                    damaged.at(self._file)
                    raise
                yield row
