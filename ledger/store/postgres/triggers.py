"""The functions that keep the log's table in order, as SQL: they take the write lock, refuse changes, check positions.

A writer locks a table that only the owner may lock, through a function that only writers may call. An advisory lock
would be open to every login, and the log's own table is locked by VACUUM and by every insert before its trigger runs.
"""

from __future__ import annotations

TABLE = "stored_events"
WRITER, BEGIN, LOCK, REFUSE, ORDER = "_writer", "_begin", "_lock", "_refuse", "_order"
"""What follows the log's name in those of the table that is locked, and of the functions."""
_OWN = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

_WRITER_TABLE = "CREATE TABLE IF NOT EXISTS {writer} ()"
_BEGIN_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {{begin}}() RETURNS void LANGUAGE plpgsql {_OWN} AS $$
BEGIN
    LOCK TABLE {{writer}} IN EXCLUSIVE MODE;
END $$
"""
_LOCK_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {{lock}}() RETURNS trigger LANGUAGE plpgsql {_OWN} AS $$
BEGIN
    LOCK TABLE {{writer}} IN EXCLUSIVE MODE;
    RETURN NULL;
END $$
"""
_REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
# The look-up must use the index: for a table that was never analysed, the planner would read all of it.
_ORDER_FUNCTION = """
CREATE OR REPLACE FUNCTION {order}() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF (SELECT COUNT(*) FROM added) <
       (SELECT COUNT(*) FROM {table} WHERE position >= (SELECT MIN(position) FROM added)) THEN
        RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (SELECT MAX(position) FROM added) > {most} OR (SELECT MAX(position) FROM added) >
       (SELECT MAX(position) FROM {table} WHERE position < (SELECT MIN(position) FROM added)) + {step} THEN
        RAISE EXCEPTION 'positions go up in steps' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM pg_notify({channel}, '');
    RETURN NULL;
END $$
"""
# A trigger function can be made somebody's own trigger by whoever may execute it.
_REVOKED = "REVOKE ALL ON FUNCTION {begin}(), {lock}() FROM PUBLIC"
FUNCTIONS = (_WRITER_TABLE, _BEGIN_FUNCTION, _LOCK_FUNCTION, _REVOKED, _REFUSE_FUNCTION, _ORDER_FUNCTION)
"""The statements that make the table and the functions, with the names of each in braces."""
