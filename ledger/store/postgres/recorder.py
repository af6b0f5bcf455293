"""The log on PostgreSQL: eventsourcing's recorders over our append-only table, whose triggers keep it in order.

The triggers take the write lock before an insert gets its positions, so log order is commit order for any client.
They refuse every change of a recorded event, and an event before the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eventsourcing import postgres as library
from eventsourcing.persistence import Notification, StoredEvent
from psycopg.sql import SQL, Composed, Identifier, Literal

from ledger.log.streams import APPLICATION_ID, LONGEST_STEP, MOST_POSITION, SCHEMA_VERSION
from ledger.store.postgres import triggers

if TYPE_CHECKING:
    from psycopg import Cursor

COMMENT = f"slaledger {SCHEMA_VERSION}"
"""The table's comment, which marks it as a ledger of a schema version."""
LOCKS = APPLICATION_ID << 32
"""An advisory lock is this plus the oid of the locked table.

It is taken where tables are made, and on a server whose owner has not yet run the SQL that brings the writers' table.
"""

_TABLE = """
CREATE TABLE IF NOT EXISTS {table} (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (position > 0),
    originator_id TEXT COLLATE "C" NOT NULL,
    originator_version BIGINT NOT NULL,
    topic TEXT COLLATE "C" NOT NULL,
    state BYTEA NOT NULL,
    UNIQUE (originator_id, originator_version))
"""
_STATEMENTS = (
    _TABLE,
    "COMMENT ON TABLE {table} IS {comment}",
    "CREATE INDEX IF NOT EXISTS {filed} ON {table} (originator_id) WHERE topic = 'claim.filed'",
    *triggers.FUNCTIONS,
    "CREATE OR REPLACE TRIGGER a_lock BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {lock}()",
    "CREATE OR REPLACE TRIGGER b_no_change BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {refuse}()",
    "CREATE OR REPLACE TRIGGER c_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {refuse}()",
    "CREATE OR REPLACE TRIGGER d_in_order AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION {order}()",
)


def table_statements(schema: str, table: str = "stored_events") -> list[Composed]:
    """The statements that create the log's table with its triggers; they change nothing where it exists."""
    names = {
        "table": Identifier(schema, table),
        "filed": Identifier(f"{table}_filed"),
        "writer": Identifier(schema, f"{table}{triggers.WRITER}"),
        "begin": Identifier(schema, f"{table}{triggers.BEGIN}"),
        "lock": Identifier(schema, f"{table}{triggers.LOCK}"),
        "refuse": Identifier(schema, f"{table}{triggers.REFUSE}"),
        "order": Identifier(schema, f"{table}{triggers.ORDER}"),
        "comment": Literal(COMMENT),
        "channel": Literal(table),
        "most": Literal(MOST_POSITION),
        "step": Literal(LONGEST_STEP),
    }
    return [SQL(statement).format(**names) for statement in _STATEMENTS]


class BorrowedDatastore(library.PostgresDatastore):
    """A datastore without connections, for a recorder that is always given the cursors of our own connections."""

    def __init__(self, schema: str) -> None:
        super().__init__("", "", 0, "", "", schema=schema, originator_id_type="text")

    def register_type_adapters(self) -> None:
        """Register nothing: events are sent as arrays of their columns."""


class PostgresRecorder(library.PostgresApplicationRecorder):
    """The log: `stored_events(position, originator_id, originator_version, topic, state)`, append-only."""

    def __init__(self, datastore: library.PostgresDatastore, *, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.check_identifier_length(f"{events_table_name}_refuse")
        table = Identifier(datastore.schema, events_table_name)
        self.sql_create_statements = table_statements(datastore.schema, events_table_name)
        self.insert_events_statement = SQL(
            "INSERT INTO {} (originator_id, originator_version, topic, state) "
            "SELECT id, version, topic, state FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::bytea[]) "
            "WITH ORDINALITY AS added (id, version, topic, state, place) ORDER BY place RETURNING position"
        ).format(table)
        self.max_notification_id_statement = SQL("SELECT MAX(position) FROM {}").format(table)
        self._select_statement = SQL("SELECT * FROM {}").format(table)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append events and return their positions; with `cursor`, as part of its transaction."""
        cursor: Cursor[Any] | None = kwargs.pop("cursor", None)
        if not stored_events and not kwargs:
            return None
        if kwargs:
            positions: Sequence[int] | None = super().insert_events(stored_events, **kwargs)
            return positions
        if cursor is not None:
            self._insert_stored_events(cursor, stored_events)
            return [row[0] for row in cursor.fetchall()]
        with self.datastore.get_connection() as connection, connection.cursor(binary=True) as own:
            self._insert_stored_events(own, stored_events)  # one statement is one transaction
            return [row["position"] for row in own.fetchall()]

    def _insert_stored_events(self, curs: Cursor[Any], stored_events: Sequence[StoredEvent], **_: Any) -> None:
        columns = (
            [event.originator_id for event in stored_events],
            [event.originator_version for event in stored_events],
            [event.topic for event in stored_events],
            [event.state for event in stored_events],
        )
        curs.execute(self.insert_events_statement, columns, prepare=True)

    def _fetch_ids_after_insert_events(
        self, curs: Cursor[Any], stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int] | None:
        return [row["position"] for row in curs.fetchall()]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """A page of the log in order of position."""
        conditions: list[tuple[str, Any]] = [
            ("position >= %s" if inclusive_of_start else "position > %s", start),
            ("position <= %s", stop),
            ("topic = ANY(%s)", list(topics) or None),
        ]
        given = [(condition, value) for condition, value in conditions if value is not None]
        where = SQL(" WHERE " + " AND ".join(condition for condition, _ in given) if given else "")
        statement = self._select_statement + where + SQL(" ORDER BY position LIMIT %s")
        with self.datastore.get_connection() as connection, connection.cursor(binary=True) as cursor:
            cursor.execute(statement, [*(value for _, value in given), limit], prepare=True)
            return [
                Notification(
                    id=row["position"],
                    originator_id=row["originator_id"],
                    originator_version=row["originator_version"],
                    topic=row["topic"],
                    state=row["state"],
                )
                for row in cursor.fetchall()
            ]


class PostgresTracking(library.PostgresTrackingRecorder):
    """The library's tracking of positions; part of its contract."""


class PostgresLogRecorder(library.PostgresProcessRecorder, PostgresRecorder):
    """A log that also tracks another's; part of the library's contract."""


class PostgresFactory(library.PostgresFactory):
    """Makes the recorders above."""

    application_recorder_class = PostgresRecorder
    tracking_recorder_class = PostgresTracking
    process_recorder_class = PostgresLogRecorder
