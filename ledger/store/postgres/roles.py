"""The roles of a ledger on PostgreSQL and their grants, as SQL for its owner to run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ledger.refusals.server import BadRoleName

ROLES = ("recorder", "finance", "auditor")
_WRITING = ("recorder", "finance")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,57}", re.ASCII)


def roles_sql(schema: str, names: Mapping[str, str]) -> str:
    """The statements that create the three roles with their grants; `names` has the name of each on the server.

    Recorder and finance may read and append, and may write the side stores, which can be made again from the log. The
    auditor may only read. Only the owner could change or delete an event, and the table's triggers refuse that to the
    owner too. A second run changes nothing. Raises Unreadable `bad_role_name`.
    """
    for name in (schema, *names.values()):
        if not _NAME.fullmatch(name):
            raise BadRoleName(name=name)
    beside, log = _quoted(f"{schema}_views"), f"{_quoted(schema)}.stored_events"
    writers = ", ".join(_quoted(names[role]) for role in _WRITING)
    everybody = ", ".join(_quoted(names[role]) for role in ROLES)
    auditor = _quoted(names["auditor"])
    lines = [
        f"-- The roles of a slaledger ledger in schema {schema}. Run this as the owner of its tables, after `slaledger",
        "-- init` and again after an upgrade; give each role a password of its own: \\password NAME",
        "BEGIN;",
        *(_made(names[role]) for role in ROLES),
        f"REVOKE CREATE ON SCHEMA {_quoted(schema)} FROM PUBLIC;",
        f"REVOKE ALL ON {log} FROM PUBLIC, {everybody};",
        f"GRANT USAGE ON SCHEMA {_quoted(schema)}, {beside} TO {everybody};",
        f"GRANT SELECT ON {log} TO {everybody};",
        f"GRANT INSERT ON {log} TO {writers};",
        "-- What is kept beside the log: projections, the tree, how far batch files came.",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {beside} FROM {auditor};",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {beside} TO {auditor};",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {beside} TO {writers};",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {beside} GRANT SELECT ON TABLES TO {auditor};",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {beside} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {writers};",
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"


def _made(name: str) -> str:
    return f"DO $$ BEGIN CREATE ROLE {_quoted(name)} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"


def _quoted(name: str) -> str:
    return f'"{name}"'
