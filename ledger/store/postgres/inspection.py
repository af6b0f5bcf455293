"""How a ledger on a server is found: what a login sees of it, and what the login may do."""

from __future__ import annotations

from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.sql import Identifier

from ledger.log.database import Guard
from ledger.store.postgres.recorder import LOCKS
from ledger.store.postgres.roles import roles_comment
from ledger.store.postgres.session import advisory
from ledger.store.postgres.triggers import BEGIN, TABLE

_INSPECT = """
SELECT current_schema() AS schema,
       obj_description(to_regclass(format('%I.stored_events', current_schema())), 'pg_class') AS comment,
       to_regclass(format('%I.stored_events', current_schema()))::oid::bigint AS oid,
       has_any_column_privilege(to_regclass(format('%I.stored_events', current_schema())), 'INSERT') AS may_insert,
       has_table_privilege(to_regclass(format('%I.formats', current_schema() || '_views')), 'INSERT') AS may_keep,
       (SELECT bool_and(beside.relowner = log.relowner AND NOT EXISTS (
            SELECT FROM aclexplode(beside.relacl) AS held
            WHERE held.grantee <> beside.relowner AND held.privilege_type <> 'SELECT'))
        FROM pg_class AS beside, pg_class AS log
        WHERE log.oid = to_regclass(format('%I.stored_events', current_schema())) AND beside.relkind = 'r'
        AND beside.relnamespace = to_regnamespace(format('%I', current_schema() || '_views'))) AS kept_by_owner,
       to_regclass(format('%I.batch_progress', current_schema() || '_views')) IS NOT NULL AS has_all,
       pg_is_in_recovery() AS is_replica,
       current_setting('default_transaction_read_only') = 'on' AS is_read_only,
       current_user AS role,
       session_user AS login,
       to_regprocedure(format('%I.stored_events_begin()', current_schema())) IS NOT NULL AS has_lock,
       to_regclass(format('%I.stored_events_logins', current_schema())) IS NOT NULL AS has_logins,
       (SELECT COALESCE(obj_description(oid, 'pg_trigger'), '') FROM pg_trigger
        WHERE tgname = 'e_admit' AND tgenabled <> 'D'
        AND tgrelid = to_regclass(format('%I.stored_events', current_schema()))) AS guard
"""


class Inspected(NamedTuple):
    """The ledger that a connection sees, as the server describes it."""

    schema: str | None
    comment: str | None
    oid: int | None
    may_insert: bool | None
    may_keep: bool | None
    kept_by_owner: bool | None
    has_all: bool
    is_replica: bool
    is_read_only: bool
    role: str
    login: str
    has_lock: bool
    has_logins: bool
    guard: str | None

    def lock_statement(self) -> str:
        """The statement that takes the log's lock; an advisory lock where the writers' table is not there yet."""
        if self.has_lock:
            return f"SELECT {Identifier(self.schema or '', TABLE + BEGIN).as_string()}()"
        return advisory(LOCKS + (self.oid or 0))

    def guard_state(self) -> Guard:
        """Whether the server holds who may do what, as this version says."""
        option = "" if self.schema == "public" else f" --schema {self.schema}"
        line = f'slaledger postgres roles{option} | psql "$SLALEDGER_URL"'
        if self.guard is None:
            return Guard("missing", line)
        return Guard("current" if self.guard == roles_comment() else "outdated", line)


def inspect(connection: Connection[Any]) -> Inspected:
    """Describe the ledger that a connection sees. Raises psycopg.Error."""
    return Inspected(*(connection.execute(_INSPECT).fetchone() or ()))
