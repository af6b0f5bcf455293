"""Refusals of ledgers on a PostgreSQL server."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from conftest import CommandLine
from psycopg import errors
from refusal_scenarios import made
from refusals_of_stores import caught
from servers import Server

from domain.refusals.controls import OwnDecisionByAnotherName
from ledger.refusals.approvals import NobodyElseMayApprove
from ledger.store.postgres import errors as server_errors
from ledger.store.postgres.store import ServerStore

NAME = "postgresql://h/db"
SERVERS_WORDS = (
    re.compile(
        r'(?:connection (?:failed|is bad|to server)|permission denied|relation )[^\n]*?(?=", "hint"|$)', re.MULTILINE
    ),
)
"""The words of the server, or of the way to it."""
_numbers = count(1)
_NOWHERE = CommandLine(Path("/"))
Made = Callable[[Server], str]


def _database(*statements: str) -> Made:
    """A new database after these statements."""

    def url(server: Server) -> str:
        made_url = server.database(f"golden_{next(_numbers)}")
        with psycopg.connect(made_url) as raw:
            for statement in statements:
                raw.execute(statement)
        return made_url

    return url


def _login(made_url: Made, user: str) -> Made:
    return lambda server: made_url(server).replace("postgres@", f"{user}@")


def _with_roles(server: Server) -> str:
    """A ledger whose roles were made by what the command prints."""
    url = _ledger(server)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(_NOWHERE.run("postgres", "roles").stdout)
    return url


def _ledger(server: Server, *statements: str) -> str:
    """A new ledger after these statements."""
    url = _database()(server)
    done = _NOWHERE.run("init", env={"SLALEDGER_URL": url})
    assert done.returncode == 0, done.stderr
    with psycopg.connect(url) as raw:
        for statement in statements:
            raw.execute(statement)
    return url


_ENROLL = "account enroll 1009 --enrolled-at 2026-01-01T00:00:00+08:00"
SERVERS: list[tuple[str, Made, str]] = [
    ("a server that is down", lambda server: server.url("any").replace(str(server.folder), "/nowhere"), "worklist"),
    ("a database that is not there", lambda server: server.url("no_such"), "init"),
    ("a role that is not there", _login(_database(), "nobody"), "worklist"),
    ("no ledger there", _database(), "worklist"),
    ("a table that is no ledger's", _database("CREATE TABLE stored_events (a int)"), "worklist"),
    (
        "a newer version's",
        lambda server: _ledger(server, "COMMENT ON TABLE stored_events IS 'slaledger 99'"),
        "worklist",
    ),
    (
        "a part of the schema is missing",
        lambda server: _ledger(server, "DROP SCHEMA public_views CASCADE"),
        "batch line.jsonl",
    ),
    (
        "a connection for reading only",
        lambda server: _ledger(server) + "&options=-cdefault_transaction_read_only%3Don",
        _ENROLL,
    ),
    ("a role that may not record", _login(_with_roles, "slaledger_auditor"), _ENROLL),
    (
        "a role that may do nothing",
        _login(lambda server: _ledger(server, "CREATE ROLE stranger LOGIN"), "stranger"),
        "worklist",
    ),
]


def _replica() -> None:
    found = SimpleNamespace(is_replica=True)
    ServerStore.check_writable(SimpleNamespace(writable=False, _found=found, name=NAME))  # type: ignore[arg-type]


def _no_schema() -> None:
    found = SimpleNamespace(schema=None)
    ServerStore._make(SimpleNamespace(check_writable=lambda: None, _found=found, name=NAME))  # type: ignore[arg-type]


_AWARD: dict[str, Any] = {"account": "1001", "month": "2026-03", "number": 1, "deciders": "Carol Ng"}
SERVERS_MADE = [
    made(
        "an award that no other login may approve",
        lambda: NobodyElseMayApprove(award=14000, limit=5000, **_AWARD),
    ),
    made(
        "an approval by another name of the login that decided",
        lambda: OwnDecisionByAnotherName(actor="carol", decider="Carol Ng", **_AWARD),
    ),
    made("a replica", caught(_replica)),
    made("no schema", caught(_no_schema)),
    made("a connection that was lost", lambda: server_errors.lost(NAME, psycopg.OperationalError("it closed"))),
    made(
        "a connection that was lost at the end",
        lambda: server_errors.unknown(NAME, 7, psycopg.OperationalError("it closed")),
    ),
    *[
        made(name, lambda error=error: server_errors.refusal(NAME, "clerk", error))
        for name, error in (
            ("a full disk", errors.DiskFull("no space left on device")),
            ("somebody else was first", errors.UniqueViolation("duplicate key")),
            ("a lock that is held", errors.LockNotAvailable("lock timeout")),
            ("a transaction that may only read", errors.ReadOnlySqlTransaction("cannot execute INSERT")),
            ("a right that is missing", errors.InsufficientPrivilege("permission denied")),
            ("a table that is missing", errors.UndefinedTable("no such relation")),
            ("a connection that was closed", errors.AdminShutdown("terminating connection")),
            ("a page that is broken", errors.DataCorrupted("invalid page")),
            ("no such database", server_errors.Unreachable('database "x" does not exist')),
            ("a wrong password", server_errors.Unreachable("password authentication failed")),
            ("nobody there", server_errors.Unreachable("connection refused")),
        )
    ],
]
