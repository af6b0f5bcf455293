"""Refusals of a ledger where it is kept."""

from __future__ import annotations

from domain.refusals import Conflict, Damaged, Unreadable


class UnknownTopic(Damaged, code="unknown_event"):
    """The log holds an event that this version does not know. Leaving it out could change decisions, so nothing is
    answered.
    """

    message = "position {position}: unknown topic {topic!r} in stream {stream}"
    hint = "upgrade slaledger if a newer version wrote it, else restore a copy; nothing is skipped"
    position: int
    topic: str
    stream: str


class UnreadableState(Damaged, code="unreadable_event"):
    """The log holds an event that this software would not write."""

    message = "position {position}: the {topic!r} event in stream {stream} cannot be read: {error}"
    hint = "restore a copy of the ledger; `slaledger audit verify` says more"
    position: int
    topic: str
    stream: str
    error: str


class ReadOnlyLedger(Unreadable, code="read_only"):
    """The ledger's file or folder may not be written."""

    message = "{name} may only be read"
    hint = "give it write permission, or use another ledger"
    name: str


class StoreDamaged(Damaged, code="store_damaged"):
    """The database found damage in the ledger's tables."""

    message = "{name}: {told}"
    hint = "restore a copy; `slaledger audit verify` says more"
    name: str
    told: str


class Locked(Conflict, code="locked"):
    """Writers take turns, and another writer held the lock for longer than this one waits."""

    message = "{name} is locked by another writer"
    hint = "try again when it is done"
    name: str


class StoreUnusable(Unreadable, code="store_unusable"):
    """The file could not be written: the disk may be full."""

    message = "{name}: {told}"
    hint = "nothing was recorded; check the disk"
    name: str
    told: str


class NoLedgerFolder(Unreadable, code="no_folder"):
    """--ledger names a file in a folder that does not exist."""

    message = "there is no folder {folder}"
    hint = "create it, or check --ledger"
    folder: object


class ChangedMeanwhile(Conflict, code="conflict"):
    """Between reading and recording, another writer recorded something. Nothing of this command was recorded."""

    message = "another writer changed {name} meanwhile"
    hint = "try again"
    name: str


class UnknownLedgerUrl(Unreadable, code="bad_ledger_url"):
    """--ledger is a SQLite file or a PostgreSQL database."""

    message = "{url!r} names no ledger that this installation can open"
    hint = "sqlite:///NAME.db for a file here, sqlite:////PATH/NAME.db for one elsewhere"
    url: str


class LedgerInMemory(Unreadable, code="bad_ledger_url"):
    """A ledger must outlive the command."""

    message = "a ledger in memory would be lost when the command ends"
    hint = "sqlite:///NAME.db"


class UnsettledLedger(Unreadable, code="unsettled_ledger"):
    """A writer died before it finished. SQLite must complete its work before anyone can read, and for that it writes
    next to the file.
    """

    message = "{path} was left by a writer that died, and its folder may not be written"
    hint = "run any command once where the folder may be written, or copy the file with its -wal"
    path: object


class NoLedger(Unreadable, code="no_ledger"):
    """A mistyped --ledger must not become a new, empty ledger."""

    message = "there is no ledger at {url}"
    hint = "`slaledger init` makes one"
    url: str


class DatabaseWithoutLedger(Unreadable, code="not_a_ledger"):
    """--ledger names another program's database."""

    message = "{path} is a database, but not a ledger"
    hint = "check --ledger"
    path: object


class NewerLedger(Unreadable, code="newer_ledger"):
    """A later version of slaledger stores something in the ledger that this version does not know and would misread."""

    message = "{name} was written by a newer version (its schema is {schema}, this one knows {schema_version})"
    hint = "upgrade slaledger"
    name: object
    schema: str
    schema_version: int


class NewerRules(Unreadable, code="newer_ledger"):
    """A later version of slaledger records by stricter rules. What this version records could break them."""

    message = "this ledger is recorded by rules {rules}, and this version knows {known}"
    hint = "upgrade slaledger; reading is possible"
    rules: int
    known: int


class FileUnusable(Unreadable, code="store_unusable"):
    """The file could not be opened."""

    message = "{path}: {error}"
    hint = "check the disk, and which program has it open"
    path: object
    error: str


class NotALedger(Unreadable, code="not_a_ledger"):
    """--ledger, or the file of a copy, names a file that is not a database, or only the beginning of one."""

    message = "{path} is not a ledger: {error}"
    hint = "check the name, in --ledger or behind the command; the file may be cut off"
    path: object
    error: str


class UnreadableRow(Damaged, code="unreadable_event"):
    """A column of the event has the wrong type."""

    message = "position {position}: {stream} cannot be read: {error}"
    hint = "restore a copy of the ledger; `slaledger audit verify` says more"
    position: int
    stream: str
    error: str


class NoPsycopg(Unreadable, code="no_psycopg"):
    """A ledger on PostgreSQL needs a package that is not installed."""

    message = "a ledger on PostgreSQL needs psycopg: {error}"
    hint = "pip install 'slaledger[postgres]'"
    error: str


class ReadOnlyProjections(Unreadable, code="read_only"):
    """Rebuilding needs the right to write the projections."""

    message = "the projections of {name} may not be written here"
    hint = "run it as a user who may write them"
    name: str
