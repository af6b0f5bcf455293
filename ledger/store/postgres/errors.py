"""Turns a PostgreSQL server's errors into refusals that say what to do."""

from __future__ import annotations

import psycopg
from psycopg import errors

from domain.refusals import Refusal
from ledger.log.database import SideStoreError
from ledger.refusals.server import (
    ConnectionLost,
    IncompleteSchema,
    LoginRefused,
    NoDatabase,
    NotAllowed,
    OutcomeUnknown,
    ReadOnlyServer,
    RoleMayNotRecord,
    ServerUnreachable,
    ServerUnusable,
)
from ledger.refusals.store import ChangedMeanwhile, Locked, StoreDamaged

_FORBIDDING = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)
_PASSING = (psycopg.OperationalError, errors.LockNotAvailable, errors.QueryCanceled, errors.DiskFull, *_FORBIDDING)


class Unreachable(psycopg.OperationalError):
    """No connection could be made."""


def kept_error(error: psycopg.Error) -> SideStoreError:
    """A server's error about a side store."""
    return SideStoreError(error, is_passing=isinstance(error, _PASSING), forbids_writing=isinstance(error, _FORBIDDING))


def not_allowed(name: str, role: str) -> Refusal:
    """The refusal for a role that may not record."""
    return RoleMayNotRecord(role=role, name=name)


def lost(name: str, error: psycopg.Error) -> Refusal:
    """The refusal where a connection broke before anything was recorded."""
    return ConnectionLost(name=name, error=_said(error))


def unknown(name: str, position: int, error: psycopg.Error) -> Refusal:
    """The refusal where it cannot be determined whether something was recorded."""
    return OutcomeUnknown(name=name, error=_said(error), position=position)


def _unreachable(name: str, error: psycopg.Error) -> Refusal:
    told = _said(error)
    if "does not exist" in told and "database" in told:
        return NoDatabase(name=name, told=told)
    if any(word in told for word in ("authentication failed", "no password", "pg_hba.conf", "role ")):
        return LoginRefused(name=name, told=told)
    return ServerUnreachable(name=name, told=told)


def _said(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].removesuffix(".") if lines else type(error).__name__


def refusal(name: str, role: str, error: psycopg.Error) -> Refusal:
    """Turn an error of a server or its connection into a refusal about the ledger `name`."""
    match error:
        case Unreachable():
            return _unreachable(name, error)
        case errors.UniqueViolation() | errors.SerializationFailure() | errors.DeadlockDetected():
            return ChangedMeanwhile(name=name)
        case errors.LockNotAvailable():
            return Locked(name=name)
        case errors.InsufficientPrivilege():
            return NotAllowed(role=role, name=name, error=_said(error))
        case errors.ReadOnlySqlTransaction():
            return ReadOnlyServer(name=name, error=_said(error))
        case errors.UndefinedTable() | errors.UndefinedColumn() | errors.InvalidSchemaName():
            return IncompleteSchema(name=name, error=_said(error))
        case errors.DiskFull():
            return ServerUnusable(name=name, error=_said(error))
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return lost(name, error)
        case _:
            return StoreDamaged(name=name, told=_said(error))
