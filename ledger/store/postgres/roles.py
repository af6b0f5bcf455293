"""The roles of a ledger on PostgreSQL, what each may record, and the SQL that gives it to them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from ledger.log.database import KINDS
from ledger.log.streams import LONGEST_STEP, MOST_POSITION
from ledger.refusals.server import BadRoleName
from ledger.store.postgres import triggers
from ledger.store.postgres.guard import guard_sql

RECORDER, FINANCE, APPROVER, STEWARD, AUDITOR = "recorder", "finance", "approver", "steward", "auditor"
ROLES = (RECORDER, FINANCE, APPROVER, STEWARD, AUDITOR)
WRITERS = (RECORDER, FINANCE, APPROVER, STEWARD)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,57}", re.ASCII)

_ID = "[A-Za-z0-9._:@-]{1,64}"
_OWN_ACCOUNT = f"{_ID}/account"
_INCIDENT = f"({_ID}|~)/incident/{_ID}"
_BILL = f"{_ID}/bill/{_ID}"
_CLAIM = f"{_ID}/claim/[0-9]{{4}}-[0-9]{{2}}"
_VOUCHER = f"{_ID}/voucher/[A-Za-z0-9._:@-]{{1,96}}"

RIGHTS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("ledger.created", "~/ledger", (STEWARD,)),
    ("ledger.upgraded", "~/ledger", (STEWARD,)),
    ("terms.published", "~/terms/[^/]{1,200}", (STEWARD,)),
    ("calendar.published", "~/calendar/[A-Za-z]{2}-[0-9]{4}", (STEWARD,)),
    ("controls.set", "~/controls", (STEWARD,)),
    ("actor.key_added", "~/actor/.{1,200}", (STEWARD,)),
    ("actor.key_retired", "~/actor/.{1,200}", (STEWARD,)),
    ("key.used", "~/key/.{1,64}", WRITERS),
    ("source.read", "~/source/.{1,200}", (RECORDER, FINANCE)),
    ("id.reserved", f"~/id/incident/{_ID}", (RECORDER,)),
    ("id.reserved", f"~/id/bill/{_ID}", (FINANCE,)),
    ("id.reserved", "~/id/voucher/[A-Za-z0-9._:@-]{1,96}", (FINANCE,)),
    ("account.enrolled", _OWN_ACCOUNT, (RECORDER,)),
    ("account.restaged", _OWN_ACCOUNT, (RECORDER,)),
    ("account.moved", _OWN_ACCOUNT, (RECORDER,)),
    ("account.named", _OWN_ACCOUNT, (RECORDER,)),
    ("account.corrected", _OWN_ACCOUNT, (RECORDER,)),
    ("account.closed", _OWN_ACCOUNT, (RECORDER,)),
    ("incident.opened", _INCIDENT, (RECORDER,)),
    ("incident.opened_within", _INCIDENT, (RECORDER,)),
    ("incident.joined", _INCIDENT, (RECORDER,)),
    ("incident.closed", _INCIDENT, (RECORDER,)),
    ("incident.closed_within", _INCIDENT, (RECORDER,)),
    ("incident.corrected", _INCIDENT, (RECORDER,)),
    ("incident.corrected_within", _INCIDENT, (RECORDER,)),
    ("incident.withdrawn", _INCIDENT, (RECORDER,)),
    ("incident.reopened", _INCIDENT, (RECORDER,)),
    ("incident.function_corrected", _INCIDENT, (RECORDER,)),
    ("incident.restored", _INCIDENT, (RECORDER,)),
    ("incident.reported", _INCIDENT, (RECORDER,)),
    ("incident.kept", _INCIDENT, (RECORDER,)),
    ("incident.released", _INCIDENT, (RECORDER,)),
    ("exclusion.applied.v2", _INCIDENT, (RECORDER,)),
    ("exclusion.applied_as_announced", _INCIDENT, (RECORDER,)),
    ("exclusion.withdrawn", _INCIDENT, (RECORDER,)),
    ("fees.billed", _BILL, (FINANCE,)),
    ("fees.corrected", _BILL, (FINANCE,)),
    ("fees.voided", _BILL, (FINANCE,)),
    ("fees.restored", _BILL, (FINANCE,)),
    ("fees.paid_by_voucher", _BILL, (FINANCE,)),
    ("fees.payment_reversed", _BILL, (FINANCE,)),
    ("fees.offset_explained", _BILL, (FINANCE,)),
    ("claim.filed", _CLAIM, (RECORDER,)),
    ("claim.evidenced", _CLAIM, (RECORDER,)),
    ("claim.withdrawn", _CLAIM, (RECORDER,)),
    ("claim.disputed", _CLAIM, (RECORDER,)),
    ("claim.decided", _CLAIM, (FINANCE,)),
    ("claim.approved", _CLAIM, (APPROVER,)),
    ("claim.paid", _CLAIM, (FINANCE,)),
    ("claim.payment_cancelled", _CLAIM, (FINANCE,)),
    ("voucher.issued", _VOUCHER, (FINANCE,)),
    ("voucher.redeemed", _VOUCHER, (FINANCE,)),
    ("voucher.redemption_reversed", _VOUCHER, (FINANCE,)),
    ("voucher.cancelled", _VOUCHER, (FINANCE,)),
)
"""Each topic, the streams that it belongs on (a regular expression), and the roles that may record it.

A new topic gets a line here, and reaches a server when its owner runs the SQL again. Without one only the owner may
record it. A topic that is no longer written has none.
"""

TABLES = (
    "stored_events",
    "stored_events_rights",
    "stored_events_actors",
    "stored_events_logins",
    "stored_events_shapes",
)
"""The log, and the tables of its trigger: everybody may read them."""

# What it makes belongs to whoever runs it, and the owner must be able to lock and fill it.
_IS_OWNER = """
DO $owner$ BEGIN
    IF (SELECT relowner <> current_user::regrole FROM pg_class WHERE oid = '{log}'::regclass) THEN
        RAISE EXCEPTION 'run this as the owner of {log}, or SET ROLE to the owner first';
    END IF;
END $owner$;
"""
_BATCH_NOTES = """
DO $notes$ BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('{beside}.batch_progress') AND relkind = 'r') THEN
        ALTER TABLE {beside}.batch_progress RENAME TO batch_notes;
        ALTER TABLE {beside}.batch_notes ADD COLUMN login NAME NOT NULL DEFAULT session_user;
        ALTER TABLE {beside}.batch_notes DROP CONSTRAINT batch_progress_pkey;
        ALTER TABLE {beside}.batch_notes ADD PRIMARY KEY (login, lines_sha256);
    END IF;
END $notes$;
CREATE OR REPLACE VIEW {beside}.batch_progress WITH (security_barrier) AS
    SELECT lines_sha256, lines, refused, position, state FROM {beside}.batch_notes WHERE login = session_user;
"""


def roles_sql(schema: str, names: Mapping[str, str]) -> str:
    """The statements that create the roles and hold who may do what; `names` has the name of each on the server.

    Every role may read. All but the auditor may append events of their topics. Only the owner could change or delete an
    event, and the table's triggers refuse that to the owner too. A second run changes nothing.
    Raises Unreadable `bad_role_name`.
    """
    for name in (schema, *names.values()):
        if not _NAME.fullmatch(name):
            raise BadRoleName(name=name)
    lines = [
        f"-- The roles of a slaledger ledger in schema {schema}. Run this as the owner of its tables, after `slaledger",
        "-- init` and again after an upgrade; give each role a password of its own: \\password NAME",
        "BEGIN;",
        _IS_OWNER.format(log=f"{_quoted(schema)}.stored_events").strip(),
        *_statements(schema, names),
        f"COMMENT ON TRIGGER e_admit ON {_quoted(schema)}.stored_events IS '{roles_comment()}';",
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"


@cache
def roles_comment() -> str:
    """The comment of the trigger. It tells whether a server ran the SQL of this version."""
    text = "\n".join(_statements("schema", {role: role for role in ROLES}))
    return f"slaledger roles {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _statements(schema: str, names: Mapping[str, str]) -> Iterator[str]:
    within, beside = _quoted(schema), _quoted(f"{schema}_views")
    writers = ", ".join(_quoted(names[role]) for role in WRITERS)
    everybody = ", ".join(_quoted(names[role]) for role in ROLES)
    yield from (_made(names[role]) for role in ROLES)
    yield f"REVOKE CREATE ON SCHEMA {within} FROM PUBLIC;"
    yield f"GRANT USAGE ON SCHEMA {within}, {beside} TO {everybody};"
    yield "-- The functions of the log's triggers, and the tables that writers lock."
    yield from _functions(within)
    yield from (f"CREATE TABLE IF NOT EXISTS {beside}.{kind}_writer ();" for kind in KINDS)
    yield f"REVOKE ALL ON {within}.stored_events_writer FROM PUBLIC, {everybody};"
    yield f"GRANT EXECUTE ON FUNCTION {within}.stored_events_begin() TO {writers};"
    yield "-- The log: which events each may append, under which name, and when. Positions are the server's."
    yield guard_sql(within)
    yield f"DELETE FROM {within}.stored_events_rights;"
    yield f"INSERT INTO {within}.stored_events_rights (topic, streams, role) VALUES"
    yield ",\n".join(_rights(names)) + ";"
    tables = ", ".join(f"{within}.{table}" for table in TABLES)
    yield f"REVOKE ALL ON {tables} FROM PUBLIC, {everybody};"
    yield f"GRANT SELECT ON {tables} TO {everybody};"
    columns = "originator_id, originator_version, topic, state"
    yield f"GRANT INSERT ({columns}) ON {within}.stored_events TO {writers};"
    yield from _kept(beside, writers, everybody)


def _kept(beside: str, writers: str, everybody: str) -> Iterator[str]:
    """The statements about the schema of the side stores."""
    yield "-- What is kept beside the log, projections and the tree: only the owner writes it."
    yield _BATCH_NOTES.format(beside=beside).strip()
    yield f"REVOKE ALL ON SCHEMA {beside} FROM PUBLIC;"
    yield f"REVOKE CREATE ON SCHEMA {beside} FROM {everybody};"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {beside} FROM PUBLIC, {everybody};"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {beside} TO {everybody};"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {beside} REVOKE ALL ON TABLES FROM {everybody};"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {beside} GRANT SELECT ON TABLES TO {everybody};"
    yield "-- How far batch files came: each login sees and writes its own notes."
    yield f"REVOKE ALL ON {beside}.batch_notes FROM {everybody};"
    yield f"GRANT INSERT, UPDATE, DELETE ON {beside}.batch_progress TO {writers};"


def _functions(schema: str) -> Iterator[str]:
    """The statements that a ledger of an earlier version lacks; `schema` is a quoted name."""
    name = f"{schema}.{triggers.TABLE}"
    for statement in triggers.FUNCTIONS:
        text = statement.format(
            table=name,
            writer=f"{name}{triggers.WRITER}",
            begin=f"{name}{triggers.BEGIN}",
            lock=f"{name}{triggers.LOCK}",
            refuse=f"{name}{triggers.REFUSE}",
            order=f"{name}{triggers.ORDER}",
            channel=f"'{triggers.TABLE}'",
            most=MOST_POSITION,
            step=LONGEST_STEP,
        )
        yield f"{text.strip()};"


def _rights(names: Mapping[str, str]) -> Iterator[str]:
    for topic, streams, roles in RIGHTS:
        for role in roles:
            yield f"    ('{topic}', '^{streams}$', '{names[role]}')"


def _made(name: str) -> str:
    """The statement that makes a role. Where the role is there, the owner needs no right to make roles."""
    there = f"SELECT FROM pg_roles WHERE rolname = ''{name}''"
    made = f"IF NOT EXISTS ({there}) THEN CREATE ROLE {_quoted(name)} LOGIN; END IF;"
    return f"DO 'BEGIN {made} EXCEPTION WHEN duplicate_object THEN NULL; END';"


def _quoted(name: str) -> str:
    return f'"{name}"'
