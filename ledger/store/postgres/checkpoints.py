"""The checkpoints kept beside a log on a PostgreSQL server: a table in the schema of the side stores."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.sql import Identifier

from ledger.log.database import KeptCheckpoint
from ledger.store.postgres.session import DURABLE, PostgresSession

TABLE = "kept_checkpoints"


class PostgresCheckpoints(PostgresSession):
    """The kept checkpoints, inside a transaction. Only the owner of the schema may write them, or lock out who does."""

    def __init__(self, connection: Connection[Any], schema: str, *, writing: bool) -> None:
        super().__init__(connection)
        self._table = Identifier(schema, TABLE).as_string()
        if writing:
            columns = "size BIGINT PRIMARY KEY, note TEXT NOT NULL, time_stamp BYTEA"
            self.query(f"CREATE TABLE IF NOT EXISTS {self._table} ({columns})")
            self.query(f"LOCK TABLE {self._table} IN EXCLUSIVE MODE")
            self.query(DURABLE)

    def _is_there(self) -> bool:
        return bool(self.query("SELECT to_regclass(?) IS NOT NULL", self._table)[0][0])

    def sizes(self) -> list[int]:
        """The sizes that are kept, the largest first."""
        if not self._is_there():
            return []
        return [size for (size,) in self.query(f"SELECT size FROM {self._table} ORDER BY size DESC")]

    def read(self, size: int) -> KeptCheckpoint | None:
        """The checkpoint kept of a size; None where there is none."""
        if not self._is_there():
            return None
        rows = self.query(f"SELECT note, time_stamp FROM {self._table} WHERE size = ?", size)
        return KeptCheckpoint(size=size, note=rows[0][0], timestamp=rows[0][1]) if rows else None

    def write(self, kept: KeptCheckpoint) -> None:
        """Keep a checkpoint, in place of the one of its size."""
        self.query(
            f"INSERT INTO {self._table} VALUES (?, ?, ?) "
            "ON CONFLICT (size) DO UPDATE SET note = excluded.note, time_stamp = excluded.time_stamp",
            *(kept.size, kept.note, kept.timestamp),
        )
