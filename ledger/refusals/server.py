"""Refusals of a PostgreSQL server."""

from __future__ import annotations

from domain.refusals import Conflict, Unreadable


class BadRoleName(Unreadable, code="bad_role_name"):
    """Names of roles and schemas are written into SQL."""

    message = "{name!r} is not a name for a role or schema"
    hint = "letters, digits and _"
    name: str


class NoLedgerOnServer(Unreadable, code="no_ledger"):
    """The database has no ledger yet."""

    message = "there is no ledger at {name}, {where}"
    hint = "`slaledger init` makes one"
    name: str
    where: str


class TableOfSomethingElse(Unreadable, code="not_a_ledger"):
    """The database has a table of the same name that slaledger did not make."""

    message = "{name} has a table stored_events, but it is not a ledger"
    hint = "check --ledger"
    name: str


class NoSchema(Unreadable, code="no_schema"):
    """The ledger lies in the first schema of the search path."""

    message = "{name}: the search path names no schema"
    hint = "create it first, or put another schema into the search path"
    name: str


class ReadOnlyReplica(Unreadable, code="read_only"):
    """A replica follows its primary and takes no writes."""

    message = "{name} is a replica: it may only be read"
    hint = "write to the primary"
    name: str


class OpenedReadOnly(Unreadable, code="read_only"):
    """This connection was opened for reading."""

    message = "{name} is opened for reading only"
    hint = "use another connection"
    name: str


class UnreadableLedgerUrl(Unreadable, code="bad_ledger_url"):
    """--ledger is not a URL of PostgreSQL."""

    message = "the ledger's URL cannot be read: {error}"
    hint = "postgresql://USER@HOST/DATABASE"
    error: str


class RoleMayNotRecord(Unreadable, code="read_only"):
    """The login may read the ledger, but not record in it."""

    message = "role {role} may not record in {name}"
    hint = "log in as a role that may; `slaledger postgres roles` shows the rights of each"
    role: str
    name: str


class ConnectionLost(Conflict, code="connection_lost"):
    """The connection was lost before the transaction ended; the log was checked and does not have it."""

    message = "the connection to {name} was lost ({error}); nothing was recorded"
    hint = "run it again"
    name: str
    error: str


class OutcomeUnknown(Conflict, code="outcome_unknown"):
    """The connection was lost while the transaction was ending, and the server cannot be asked. It is safe to run the
    command again.
    """

    message = (
        "the connection to {name} was lost while the transaction ended ({error}), and the server does not answer: it "
        "is unknown whether position {position} was recorded"
    )
    hint = "run it again when the server answers: nothing is recorded twice"
    name: str
    error: str
    position: int


class ServerUnreachable(Unreadable, code="server_unreachable"):
    """The server does not answer."""

    message = "{name} cannot be reached: {told}"
    hint = "check host and port, and whether the server is up"
    name: str
    told: str


class NoDatabase(Unreadable, code="no_database"):
    """The server has no such database."""

    message = "{name}: {told}"
    hint = "`createdb`, then `slaledger init`"
    name: str
    told: str


class LoginRefused(Unreadable, code="login_refused"):
    """The server refuses this user."""

    message = "{name} refuses the login: {told}"
    hint = "check user and password"
    name: str
    told: str


class NotAllowed(Unreadable, code="not_allowed"):
    """The login lacks a right that the command needs."""

    message = "role {role} may not do this in {name}: {error}"
    hint = "`slaledger postgres roles` prints what each role may do"
    role: str
    name: str
    error: str


class ReadOnlyServer(Unreadable, code="read_only"):
    """The server takes no writes now."""

    message = "{name} may only be read: {error}"
    hint = "write to the primary"
    name: str
    error: str


class IncompleteSchema(Unreadable, code="no_ledger"):
    """A part of the ledger's tables is missing, or this login may not see it."""

    message = "{name} lacks a part of the ledger's schema: {error}"
    hint = "`slaledger init` makes what is missing"
    name: str
    error: str


class ServerUnusable(Unreadable, code="store_unusable"):
    """The server could not write: its disk may be full."""

    message = "{name}: {error}"
    hint = "nothing was recorded; check the server's disk"
    name: str
    error: str
