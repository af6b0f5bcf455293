"""The trigger that admits events to a log on PostgreSQL: who may record what, under which name, and when.

It goes by `session_user`, the login, which `SET ROLE` does not change. The owner of the table may record any topic: the
owner could drop the trigger as well. What the owner inserts into an empty log is a restored copy, and passes.
"""

from __future__ import annotations

from domain.time import CLOCK_TOLERANCE_US
from ledger.store.postgres.shapes import FITS, envelope_shape, shapes

STATE_BYTES = 4 << 20
"""The largest state. Escaped into a line of an export, it stays below the longest line that an import reads."""

# The look-ups must use the indexes: for a table that was never analysed, the planner would read all of it.
_ADMIT = """
CREATE OR REPLACE FUNCTION {admit}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $admit$
DECLARE
    said json;
    is_owner boolean;
BEGIN
    SELECT pg_has_role(session_user, relowner, 'MEMBER') INTO is_owner FROM pg_class WHERE oid = TG_RELID;
    IF is_owner AND COALESCE(
        (SELECT first.xmin = pg_current_xact_id()::xid FROM {log} AS first ORDER BY first.position LIMIT 1), true) THEN
        RETURN NEW;  -- the log was empty when the transaction began: a copy is restored
    END IF;
    IF NOT is_owner AND NOT EXISTS (
        SELECT FROM {rights} AS held WHERE held.topic = NEW.topic AND NEW.originator_id ~ held.streams
        AND pg_has_role(session_user, held.role, 'MEMBER')) THEN
        RAISE EXCEPTION '% may not record % on stream %',
            session_user, left(NEW.topic, 80), left(NEW.originator_id, 200) USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.originator_version <> 1 + COALESCE(
        (SELECT MAX(originator_version) FROM {log} WHERE originator_id = NEW.originator_id), 0) THEN
        RAISE EXCEPTION 'version % of stream % is not the next one', NEW.originator_version, NEW.originator_id
            USING ERRCODE = 'unique_violation';
    END IF;
    IF octet_length(NEW.state) > {most} THEN
        RAISE EXCEPTION 'a state has at most {most} bytes' USING ERRCODE = 'insufficient_privilege';
    END IF;
    said := convert_from(NEW.state, 'UTF8')::json;
    IF NOT {fits}(said, '{envelope}') OR EXISTS (
        SELECT FROM {shapes} AS known WHERE known.topic = NEW.topic AND NOT {fits}(said -> 'data', known.shape)) THEN
        RAISE EXCEPTION 'the state is no event %', left(NEW.topic, 80) USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF said ->> 'actor' <> session_user AND NOT EXISTS (
        SELECT FROM {actors} AS named WHERE named.login = session_user AND named.actor = said ->> 'actor') THEN
        RAISE EXCEPTION '% may not record as %', session_user, left(said ->> 'actor', 200)
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF abs((said ->> 'recorded_at')::numeric - EXTRACT(EPOCH FROM clock_timestamp()) * 1000000) > {tolerance} THEN
        RAISE EXCEPTION 'recorded_at is not within five minutes of the server''s clock'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Not the sequence's: inserts that are rolled back move it on, past the longest step.
    NEW.position := 1 + COALESCE((SELECT MAX(position) FROM {log}), 0);
    IF said ->> 'actor' <> session_user THEN
        INSERT INTO {logins} (position, login, actor) VALUES (NEW.position, session_user, said ->> 'actor')
            ON CONFLICT (position) DO UPDATE SET login = EXCLUDED.login, actor = EXCLUDED.actor;
    END IF;
    RETURN NEW;
END $admit$;
"""
_STATEMENTS = (
    """
CREATE TABLE IF NOT EXISTS {rights} (
    topic TEXT COLLATE "C" NOT NULL, streams TEXT COLLATE "C" NOT NULL, role NAME NOT NULL,
    PRIMARY KEY (topic, streams, role));
CREATE TABLE IF NOT EXISTS {actors} (login NAME NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (login, actor));
CREATE TABLE IF NOT EXISTS {logins} (position BIGINT PRIMARY KEY, login NAME NOT NULL, actor TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS {shapes} (topic TEXT COLLATE "C" PRIMARY KEY, shape JSONB NOT NULL);
""",
    FITS,
    _ADMIT,
    "CREATE OR REPLACE TRIGGER e_admit BEFORE INSERT ON {log} FOR EACH ROW EXECUTE FUNCTION {admit}();\n"
    "REVOKE ALL ON FUNCTION {admit}() FROM PUBLIC;\n",
    "DELETE FROM {shapes};\nINSERT INTO {shapes} (topic, shape) VALUES\n{topics};\n",
)


def guard_sql(schema: str) -> str:
    """The statements that make the trigger and the tables that it reads; `schema` is a quoted name."""
    return "".join(_STATEMENTS).format(
        log=f"{schema}.stored_events",
        admit=f"{schema}.stored_events_admit",
        rights=f"{schema}.stored_events_rights",
        actors=f"{schema}.stored_events_actors",
        logins=f"{schema}.stored_events_logins",
        most=STATE_BYTES,
        tolerance=CLOCK_TOLERANCE_US,
        shapes=f"{schema}.stored_events_shapes",
        fits=f"{schema}.stored_events_fits",
        envelope=_literal(envelope_shape()),
        topics=",\n".join(f"    ('{topic}', '{_literal(shape)}')" for topic, shape in shapes()),
    )


def _literal(text: str) -> str:
    return text.replace("'", "''")
