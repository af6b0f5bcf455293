"""What a PostgreSQL server says, as refusals that say what to do."""

from __future__ import annotations

import psycopg
from psycopg import errors

from domain.refusals import Conflict, Damaged, Refusal, Unreadable
from domain.wording import said
from ledger.store.session import KeptError

_FORBIDDING = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)
_PASSING = (psycopg.OperationalError, errors.LockNotAvailable, errors.QueryCanceled, errors.DiskFull, *_FORBIDDING)
_ROLES = said("`slaledger postgres roles` prints what each role may do")


class Unreachable(psycopg.OperationalError):
    """No connection could be made."""


def kept_error(error: psycopg.Error) -> KeptError:
    """A server's error about a kept store."""
    return KeptError(error, is_passing=isinstance(error, _PASSING), forbids_writing=isinstance(error, _FORBIDDING))


def not_allowed(name: str, role: str) -> Refusal:
    """What is said to a role that may not record."""
    return Unreadable(
        "read_only",
        said("role {role} may not record in {name}", role=role, name=name),
        hint=said("log in as a role that may: `slaledger postgres roles` tells them apart"),
    )


def lost(name: str, error: psycopg.Error) -> Refusal:
    """What is said where a connection broke before anything was recorded."""
    return Conflict(
        "connection_lost",
        said("the connection to {name} was lost ({error}); nothing was recorded", name=name, error=_said(error)),
        hint=said("run it again"),
    )


def unknown(name: str, position: int, error: psycopg.Error) -> Refusal:
    """What is said where nobody can tell any more whether something was recorded."""
    return Conflict(
        "outcome_unknown",
        said(
            "the connection to {name} was lost while the transaction ended ({error}), "
            "and the server does not come back: whether position {position} was recorded is not known",
            name=name,
            error=_said(error),
            position=position,
        ),
        hint=said("run it again when the server answers: what was recorded is not recorded twice"),
    )


def _unreachable(name: str, error: psycopg.Error) -> Refusal:
    told = _said(error)
    if "does not exist" in told and "database" in told:
        return Unreadable(
            "no_database", said("{name}: {told}", name=name, told=told), hint=said("`createdb`, then `slaledger init`")
        )
    if any(word in told for word in ("authentication failed", "no password", "pg_hba.conf", "role ")):
        return Unreadable(
            "login_refused",
            said("{name} refuses the login: {told}", name=name, told=told),
            hint=said("check user and password"),
        )
    return Unreadable(
        "server_unreachable",
        said("{name} cannot be reached: {told}", name=name, told=told),
        hint=said("check host and port, and whether the server is up"),
    )


def _said(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].removesuffix(".") if lines else type(error).__name__


def refusal(name: str, role: str, error: psycopg.Error) -> Refusal:
    """An error of a server or of the way to it, as what is said of the ledger `name`."""
    match error:
        case Unreachable():
            return _unreachable(name, error)
        case errors.UniqueViolation() | errors.SerializationFailure() | errors.DeadlockDetected():
            return Conflict(
                "conflict", said("somebody else changed {name} meanwhile", name=name), hint=said("try again")
            )
        case errors.LockNotAvailable():
            return Conflict(
                "locked", said("{name} is locked by another writer", name=name), hint=said("try again when it is done")
            )
        case errors.InsufficientPrivilege():
            return Unreadable(
                "not_allowed",
                said("role {role} may not do this in {name}: {error}", role=role, name=name, error=_said(error)),
                hint=_ROLES,
            )
        case errors.ReadOnlySqlTransaction():
            return Unreadable(
                "read_only",
                said("{name} may only be read: {error}", name=name, error=_said(error)),
                hint=said("write to the primary"),
            )
        case errors.UndefinedTable() | errors.UndefinedColumn() | errors.InvalidSchemaName():
            hint = said("`slaledger init` makes what is missing")
            return Unreadable(
                "no_ledger",
                said("{name} lacks a part of the ledger's schema: {error}", name=name, error=_said(error)),
                hint=hint,
            )
        case errors.DiskFull():
            hint = said("nothing was recorded; look at the server's disk")
            return Unreadable("store_unusable", said("{name}: {error}", name=name, error=_said(error)), hint=hint)
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return lost(name, error)
        case _:
            hint = said("restore a copy; `slaledger audit verify` says more")
            return Damaged("store_damaged", said("{name}: {error}", name=name, error=_said(error)), hint=hint)
