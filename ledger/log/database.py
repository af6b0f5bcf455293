"""What the log, and what is kept beside it, ask of a database.

Statements are of the SQL that SQLite and PostgreSQL share, with values marked `?`; text sorts by its bytes in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.log.codec import Entry, Row

Kind = Literal["views", "tree"]
"""What is kept beside a log: the projections, and the Merkle tree."""
KINDS: tuple[Kind, ...] = ("views", "tree")
ColumnKind = Literal["text", "int", "bytes"]


class Session(Protocol):
    """One connection inside a transaction: everything that a reading one sees is of one moment."""

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives, all at once; none where it gives none."""

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a long answer, fetched a page at a time."""


class Transaction(Session, Protocol):
    """A writing session: what it read is still so when it appends, since it holds the write lock."""

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Record events and give their positions."""

    def insert(self, rows: Iterable[Row]) -> None:
        """Take rows over as they are, at their own positions, which lie behind the last one."""


class SideTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of a kept store: its columns in order, those of its key, and columns that have an index."""

    columns: dict[str, ColumnKind]
    key: tuple[str, ...]
    indexes: tuple[str, ...] = ()


class SideStore(Session, Protocol):
    """A store beside the log, on a connection of its own. Every method raises KeptError where the database does."""

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or with `writing` a transaction that keeps other writers out."""

    def commit(self) -> None:
        """End the transaction and keep what it wrote."""

    def rollback(self) -> None:
        """End the transaction and drop what it wrote."""

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry a statement out for each row of values."""

    def format(self) -> int:
        """The format of what is kept; 0 where nothing is."""

    def make(self, tables: dict[str, SideTable], format_: int) -> None:
        """Empty tables of a format, in place of whatever has their names."""

    def close(self) -> None:
        """Let go of the connection; what was not committed is dropped."""


class SideStoreError(Exception):
    """A database's own error about a kept store, kept apart from errors of the log.

    `is_passing` where the store itself may be well: it is locked, the disk is full, or it may not be written;
    `forbids_writing` where this process or role may not write it; `is_gone` where another process may have deleted the
    file to make it anew.
    """

    def __init__(self, cause: Exception, *, is_passing: bool, forbids_writing: bool, is_gone: bool = False) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.is_passing = is_passing
        self.forbids_writing = forbids_writing
        self.is_gone = is_gone


@contextmanager
def transaction(kept: SideStore, *, writing: bool = False) -> Iterator[None]:
    """A transaction of a kept store, dropped where an exception leaves it."""
    kept.begin(writing=writing)
    with ExitStack() as undo:
        undo.callback(kept.rollback)
        yield
        kept.commit()
        undo.pop_all()


class Store(Protocol):
    """Where a ledger is: `name` is how messages call it, `url` how another process finds it, with its password.

    `path` is the file that it is, where it is one;
    `is_shared` where several roles use it, of which only the owner may make tables; `notes` are words for the person
    beside an answer, such as what became of a connection that broke.
    """

    name: str
    url: str
    path: Path | None
    is_shared: bool
    notes: list[str]

    @property
    def writable(self) -> bool:
        """Whether this process may write the log."""

    def reading(self) -> AbstractContextManager[Session]:
        """A snapshot of the log."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction under the write lock, kept on leaving unless an exception leaves it."""

    def check_writable(self) -> None:
        """Raises Unreadable `read_only` with the reason where the log may not be written."""

    def translating_errors(self, kind: Kind | None = None) -> AbstractContextManager[None]:
        """The database's own errors as refusals that say what to do: about the log, or what of a kind is kept of it.

        KeptError passes where no kind is given: only who opened a kept store knows whether it can be made again.
        """

    def can_write_side_store(self, kind: Kind) -> bool:
        """Whether a store may be kept beside the log and written."""

    def kept(self, kind: Kind, *, anew: bool = False, read_only: bool = False) -> SideStore:
        """The store beside the log; `anew` drops what is there. Raises KeptError."""

    def drop_kept(self) -> None:
        """Drop all that is kept beside the log: it is made again when it is asked for."""

    def close(self) -> None:
        """Let go of every connection."""


T = TypeVar("T")
ATTEMPTS = 8
"""How often a side store is opened while other processes find it broken too and make it anew."""


def opened_or_made_anew(store: Store, kind: Kind, use: Callable[[SideStore], T]) -> tuple[T, SideStoreError | None]:
    """What `use` makes of the side store, and why the store had to be made anew; None where it did not.

    A broken store is dropped. Where another process drops the file meanwhile, its new one is used.
    Raises SideStoreError where that does not help.
    """
    broken: SideStoreError | None = None
    drop = False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return use(store.kept(kind, anew=drop)), broken
        except SideStoreError as error:
            if error.is_gone and attempt < ATTEMPTS:
                drop = False
                continue
            if error.forbids_writing or error.is_passing or attempt == ATTEMPTS:
                raise
            broken, drop = broken or error, True
    raise AssertionError("the last attempt returns or raises")
