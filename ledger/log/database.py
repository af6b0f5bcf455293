"""The interface that a database must implement for the log and its side stores.

Statements use the SQL that SQLite and PostgreSQL share, with values marked `?`. Text sorts by its bytes in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.log.codec import Entry, Row
    from ledger.log.logins import Logins

Kind = Literal["views", "tree"]
"""The side stores of a log: the projections, and the Merkle tree."""
KINDS: tuple[Kind, ...] = ("views", "tree")
ColumnKind = Literal["text", "int", "bytes"]


class Session(Protocol):
    """One connection inside a transaction. A reading session sees a consistent snapshot."""

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows; none where it returns none."""

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Run a statement and yield its rows, fetched in pages."""


class Transaction(Session, Protocol):
    """A writing session. It holds the write lock, so that what it read is still true when it appends."""

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Append events and return their positions."""

    def insert(self, rows: Iterable[Row]) -> None:
        """Insert rows unchanged, at their own positions, which must follow the last one."""


class SideTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of a side store: its columns in order, those of its key, and columns that have an index."""

    columns: dict[str, ColumnKind]
    key: tuple[str, ...]
    indexes: tuple[str, ...] = ()


class SideStore(Session, Protocol):
    """A side store on a separate connection. Every method turns the database's errors into SideStoreError."""

    def begin(self, *, writing: bool = False) -> None:
        """Begin a snapshot, or with `writing` a transaction that locks out other writers."""

    def commit(self) -> None:
        """Commit the transaction."""

    def rollback(self) -> None:
        """Roll the transaction back."""

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of values."""

    def format(self) -> int:
        """The format of the stored tables; 0 where there are none."""

    def make(self, tables: dict[str, SideTable], format_: int) -> None:
        """Create empty tables of a format, replacing any of the same names."""

    def close(self) -> None:
        """Close the connection; uncommitted changes are rolled back."""


class KeptCheckpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint kept beside the log: its number of events, its note verbatim, and a time stamp of it in DER."""

    size: int
    note: str
    timestamp: bytes | None = None


class CheckpointStore(Protocol):
    """The checkpoints kept beside a log, one a size. Unlike a side store they cannot be made again."""

    def sizes(self) -> list[int]:
        """The sizes that are kept, the largest first."""

    def read(self, size: int) -> KeptCheckpoint | None:
        """The checkpoint kept of a size; None where there is none."""

    def write(self, kept: KeptCheckpoint) -> None:
        """Keep a checkpoint durably, in place of the one of its size."""


class SideStoreError(Exception):
    """A database's error about a side store, as distinct from errors about the log.

    `is_passing` where the store itself may be intact: it is locked, the disk is full, or it may not be written;
    `forbids_writing` where this process or role may not write it; `is_gone` where another process may have deleted the
    file to create it again.
    """

    def __init__(self, cause: Exception, *, is_passing: bool, forbids_writing: bool, is_gone: bool = False) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.is_passing = is_passing
        self.forbids_writing = forbids_writing
        self.is_gone = is_gone


@contextmanager
def transaction(kept: SideStore, *, writing: bool = False) -> Iterator[None]:
    """A transaction of a side store. It commits on leaving; an exception rolls it back."""
    kept.begin(writing=writing)
    with ExitStack() as undo:
        undo.callback(kept.rollback)
        yield
        kept.commit()
        undo.pop_all()


class Guard(msgspec.Struct, frozen=True):
    """Whether a server holds who may do what, and the line that its owner runs where it does not."""

    state: Literal["current", "outdated", "missing"]
    line: str


class LoginBook(Protocol):
    """What a store knows of who recorded what."""

    def logins(self, session: Session) -> Logins:
        """The logins with their names, in a session's snapshot; none where events may name any actor."""

    def recorded_through(self, session: Session, positions: Sequence[int]) -> dict[int, str]:
        """The login that recorded an event under another name than its own, by the positions of such events."""


class Store(LoginBook, Protocol):
    """The store of a ledger: `name` is for messages; `url`, with its password, lets another process open it.

    `path` is its file, where it is one;
    `is_shared` where several roles use it, of which only the owner may create tables; `notes` are warnings printed
    after the answer, such as about a connection that broke.
    """

    name: str
    url: str
    path: Path | None
    is_shared: bool
    notes: list[str]

    @property
    def login(self) -> str | None:
        """The login that a server holds every event to; None where events may name any actor."""

    @property
    def guard(self) -> Guard | None:
        """Whether the server holds who may do what; None for a file."""

    @property
    def has_queue(self) -> bool:
        """Whether writers get the write lock in the order in which they ask for it."""

    @property
    def writable(self) -> bool:
        """Whether this process may write the log."""

    def reading(self) -> AbstractContextManager[Session]:
        """A snapshot of the log."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction under the write lock. It commits on leaving; an exception rolls it back."""

    def check_writable(self) -> None:
        """Check that the log may be written. Raises Unreadable `read_only` with the reason."""

    def translating_errors(self, kind: Kind | None = None) -> AbstractContextManager[None]:
        """Turn the database's errors into refusals that say what to do, about the log or a side store of a kind.

        SideStoreError passes where no kind is given: only the opener of a side store knows if it can be made again.
        """

    def can_write_side_store(self, kind: Kind) -> bool:
        """Whether this process may create and write a side store."""

    def trusts_side_store(self) -> bool:
        """Whether this process may go on from side stores that it cannot write, since only the owner can."""

    def kept(self, kind: Kind, *, anew: bool = False, read_only: bool = False) -> SideStore:
        """Open a side store; `anew` drops the existing one first. Raises SideStoreError."""

    def checkpoints(self, *, writing: bool = False) -> AbstractContextManager[CheckpointStore] | None:
        """The table of kept checkpoints, in a transaction; with `writing` it locks out other writers.

        None for a file, beside which a folder has them.
        """

    def drop_kept(self) -> None:
        """Drop all side stores: they are made again on demand."""

    def close(self) -> None:
        """Close every connection."""


T = TypeVar("T")
ATTEMPTS = 8
"""How often a side store is opened while other processes also find it broken and replace it."""


def opened_or_made_anew(store: Store, kind: Kind, use: Callable[[SideStore], T]) -> tuple[T, SideStoreError | None]:
    """The result of `use` on the side store, and the error for which the store was replaced, or None.

    A broken store is dropped and made again. Where another process drops the file meanwhile, its new one is used.
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
