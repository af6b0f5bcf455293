"""The months of all accounts by DuckDB: from a flat table of incidents, or from the stored events of a ledger.

Incidents that overlap or touch are one outage, which counts from 120 s on. Excluded time is taken out of its own
incident only. The rest, each instant once, is cut at the ends of months in Shanghai's time zone.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

Month = tuple[str, str, int]
"""An account, a month, and its unavailable time in microseconds."""


def from_table(path: str) -> list[Month]:
    """The months from the table `incidents` of a DuckDB file, which has the final state of each incident."""
    return duckdb.connect(path, read_only=True).execute(_MONTHS).fetchall()


def from_events(path: str) -> list[Month]:
    """The months from the stored events of a SQLite ledger, each read once.

    They are handed over as a file of JSON lines, which DuckDB reads with all cores: its extension that reads SQLite is
    not part of its package, and is fetched from the network.
    """
    with TemporaryDirectory() as folder, closing(sqlite3.connect(path)) as raw, duckdb.connect() as made:
        lines = Path(folder, "events.jsonl")
        with lines.open("w", encoding="utf-8") as out:
            out.writelines(line for (line,) in raw.execute(_LINES))
        made.execute(f"CREATE TABLE events AS SELECT p, t, unnest(s.data) FROM read_json('{lines}', {_SHAPE})")
        made.execute(_INCIDENTS)
        return made.execute(_MONTHS).fetchall()


_LINES = """
SELECT '{"p":' || position || ',"t":"' || topic || '","s":' || CAST(state AS TEXT) || '}' || char(10)
FROM stored_events ORDER BY position
"""
_SHAPE = """format = 'newline_delimited', columns = {p: 'BIGINT', t: 'VARCHAR', s: 'STRUCT(data STRUCT(
    incident VARCHAR, account VARCHAR, started_at BIGINT, ended_at BIGINT, exclusion BIGINT, from_at BIGINT,
    to_at BIGINT))'}"""
_INCIDENTS = """
CREATE TABLE incidents AS
WITH ended AS (
    SELECT incident, any_value(account) AS account, arg_max(started_at, p) AS s, arg_max(ended_at, p) AS e
    FROM events WHERE starts_with(t, 'incident.') GROUP BY incident
    HAVING NOT bool_or(t = 'incident.withdrawn')
), excluded AS (
    SELECT incident, arg_min(coalesce(from_at, -1), p) AS from_at, arg_min(coalesce(to_at, -1), p) AS to_at
    FROM events
    ANTI JOIN (SELECT incident, exclusion FROM events WHERE t = 'exclusion.withdrawn') AS undone
        USING (incident, exclusion)
    WHERE t = 'exclusion.applied.v2' GROUP BY incident
)
SELECT account, s, e, CASE from_at WHEN -1 THEN s ELSE from_at END AS ex_from,
    CASE to_at WHEN -1 THEN e ELSE to_at END AS ex_to
FROM ended LEFT JOIN excluded USING (incident)
WHERE account NOT IN (SELECT account FROM ended WHERE e IS NULL)
"""
_MONTHS = """
WITH reached AS (
    SELECT *, max(e) OVER (PARTITION BY account ORDER BY s, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM incidents WHERE s < e
), numbered AS (
    SELECT *, sum(CASE WHEN s <= reach THEN 0 ELSE 1 END) OVER (PARTITION BY account ORDER BY s, e
        ROWS UNBOUNDED PRECEDING) AS outage
    FROM reached
), long AS (
    SELECT account, outage FROM numbered GROUP BY account, outage HAVING max(e) - min(s) >= 120000000
), pieces AS (
    SELECT account, s, coalesce(ex_from, e) AS e FROM numbered SEMI JOIN long USING (account, outage)
    UNION ALL
    SELECT account, ex_to, e FROM numbered SEMI JOIN long USING (account, outage) WHERE ex_to IS NOT NULL
), left_over AS (
    SELECT *, max(e) OVER (PARTITION BY account ORDER BY s, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM pieces WHERE s < e
), once AS (
    SELECT account, greatest(s, coalesce(reach, s)) AS s, e FROM left_over WHERE e > coalesce(reach, s)
), months AS (
    SELECT epoch_us(m - INTERVAL 8 HOUR) AS begins, epoch_us(m + INTERVAL 1 MONTH - INTERVAL 8 HOUR) AS ends,
        strftime(m, '%Y-%m') AS month
    FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2027-01-01', INTERVAL 1 MONTH) t(m)
)
SELECT account, month, sum(least(e, ends) - greatest(s, begins))::BIGINT
FROM once JOIN months ON s < ends AND e > begins GROUP BY account, month ORDER BY account, month
"""
