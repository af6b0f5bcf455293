"""The eventsourcing library's own published test cases, run against our recorders and factories, on both stores."""

from __future__ import annotations

import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import AggregateRecorder, ApplicationRecorder, TrackingRecorder
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteDatastore
from eventsourcing.tests import persistence as published
from eventsourcing.utils import Environment
from stores import PostgresSchema, PostgresStore

from ledger.application import Ledger
from ledger.store.sqlite import recorder as store


def _datastore(folder: str) -> SQLiteDatastore:
    factory = store.SqliteFactory(
        Environment(env={"SQLITE_DBNAME": f"file:{folder}/log.db", "ORIGINATOR_ID_TYPE": "text"})
    )
    return factory.datastore


class _JoiningThreads:
    """The published cases tell their reading threads to stop and do not wait for them.

    A connection that such a thread still reads must not be closed under it.
    """

    def setUp(self) -> None:
        self.threads = set(threading.enumerate())

    def tearDown(self) -> None:
        for thread in set(threading.enumerate()) - self.threads:
            if not isinstance(thread, threading.Timer) and "pool" not in thread.name:
                thread.join(timeout=30)


class _InFolder(_JoiningThreads):
    """Every case works on a file of its own, as the ledger does."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = tempfile.TemporaryDirectory()
        self.datastore = _datastore(self.folder.name)

    def tearDown(self) -> None:
        super().tearDown()
        self.datastore.close()
        self.folder.cleanup()

    def new_originator_id(self) -> str:
        return f"1001/{uuid4().hex}"


class TestApplicationRecorder(_InFolder, published.ApplicationRecorderTestCase[Any]):
    def create_recorder(self) -> ApplicationRecorder:
        recorder = store.SqliteRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestNonInterleavingPositions(_InFolder, published.NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000

    def create_recorder(self) -> ApplicationRecorder:
        recorder = store.SqliteRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestTrackingRecorder(_InFolder, published.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        recorder = store.SqliteTracking(self.datastore)
        recorder.create_table()
        return recorder


class TestProcessRecorder(_InFolder, published.ProcessRecorderTestCase):
    def create_recorder(self) -> Any:
        recorder = store.SqliteLogRecorder(self.datastore)
        recorder.create_table()
        return recorder


class _InSchema(_JoiningThreads):
    """Every case works in a schema of its own, on connections of its own."""

    @pytest.fixture(autouse=True)
    def _schema(self, postgres_store: PostgresStore) -> None:
        self.schema = postgres_store.schema()

    def setUp(self) -> None:
        super().setUp()
        self.datastore = server_datastore(self.schema)

    def tearDown(self) -> None:
        super().tearDown()
        self.datastore.close()

    def new_originator_id(self) -> str:
        return f"1001/{uuid4().hex}"


def _connection(schema: PostgresSchema) -> dict[str, str]:
    """How the library is told where a schema is."""
    from psycopg.conninfo import conninfo_to_dict

    given = conninfo_to_dict(schema.server.url)
    names = {"dbname": "DBNAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    told = {f"POSTGRES_{name}": str(given.get(key) or "") for key, name in names.items()}
    return {
        **told,
        "POSTGRES_PORT": told["POSTGRES_PORT"] or "5432",
        "POSTGRES_PASSWORD": told["POSTGRES_PASSWORD"] or "none is asked for",
        "POSTGRES_SCHEMA": schema.name,
        "POSTGRES_POOL_SIZE": "2",
        "POSTGRES_MAX_OVERFLOW": "20",
    }


def server_datastore(schema: PostgresSchema) -> Any:
    from ledger.store.postgres import recorder as postgres

    return postgres.PostgresFactory(Environment(env={**_connection(schema), "ORIGINATOR_ID_TYPE": "text"})).datastore


class TestServerApplicationRecorder(_InSchema, published.ApplicationRecorderTestCase[Any]):
    def create_recorder(self) -> ApplicationRecorder:
        from ledger.store.postgres import recorder as postgres

        recorder = postgres.PostgresRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestServerNonInterleavingPositions(_InSchema, published.NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000

    def create_recorder(self) -> ApplicationRecorder:
        from ledger.store.postgres import recorder as postgres

        recorder = postgres.PostgresRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestServerTrackingRecorder(_InSchema, published.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        from ledger.store.postgres import recorder as postgres

        recorder = postgres.PostgresTracking(self.datastore)
        recorder.create_table()
        return recorder


class TestServerProcessRecorder(_InSchema, published.ProcessRecorderTestCase):
    def create_recorder(self) -> Any:
        from ledger.store.postgres import recorder as postgres

        recorder = postgres.PostgresLogRecorder(
            self.datastore, events_table_name="stored_events", tracking_table_name="notification_tracking"
        )
        recorder.create_table()
        return recorder


class OwnTracking(store.SqliteTracking):
    """A subclass that the factory must be able to build by class and by topic."""


class TestFactory(published.InfrastructureFactoryTestCase[store.SqliteFactory]):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.env = Environment(
            name="Ledger",
            env={
                "PERSISTENCE_MODULE": "ledger.store.sqlite.recorder",
                "SQLITE_DBNAME": f"file:{self.folder.name}/log.db",
            },
        )
        super().setUp()

    def tearDown(self) -> None:
        super().tearDown()
        self.folder.cleanup()

    def expected_factory_class(self) -> type[store.SqliteFactory]:
        return store.SqliteFactory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return SQLiteAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return store.SqliteRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return store.SqliteTracking

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return OwnTracking

    def expected_process_recorder_class(self) -> Any:
        return store.SqliteLogRecorder


class TestServerFactory(published.InfrastructureFactoryTestCase[Any]):
    @pytest.fixture(autouse=True)
    def _schema(self, postgres_store: PostgresStore) -> None:
        self.schema = postgres_store.schema()

    def setUp(self) -> None:
        self.env = Environment(
            name="Ledger", env={"PERSISTENCE_MODULE": "ledger.store.postgres.recorder", **_connection(self.schema)}
        )
        super().setUp()

    def expected_factory_class(self) -> Any:
        from ledger.store.postgres import recorder as postgres

        return postgres.PostgresFactory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        from eventsourcing.postgres import PostgresAggregateRecorder

        return PostgresAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        from ledger.store.postgres import recorder as postgres

        return postgres.PostgresRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        from ledger.store.postgres import recorder as postgres

        return postgres.PostgresTracking

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return _own_server_tracking()

    def expected_process_recorder_class(self) -> Any:
        from ledger.store.postgres import recorder as postgres

        return postgres.PostgresLogRecorder


def __getattr__(name: str) -> Any:
    """The topic of `OwnServerTracking` leads here: a class that is there where PostgreSQL's library is."""
    if name == "OwnServerTracking":
        return _own_server_tracking()
    raise AttributeError(name)


@cache
def _own_server_tracking() -> type[TrackingRecorder]:
    from ledger.store.postgres import recorder as postgres

    return type("OwnServerTracking", (postgres.PostgresTracking,), {"__module__": __name__})


@pytest.mark.parametrize(
    "statement",
    [
        "update stored_events set topic = 'x'",
        "update stored_events set state = x'00' where position = 1",
        "delete from stored_events",
        "delete from stored_events where position = 1",
        "insert or replace into stored_events values (1, '9/account', 1, 'x', x'00')",
        "insert or replace into stored_events (originator_id, originator_version, topic, state) "
        "select originator_id, originator_version, 'x', x'00' from stored_events limit 1",
        "replace into stored_events select position, originator_id, originator_version, 'x', state from stored_events",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_recorded(tmp_path: Path, statement: str) -> None:
    import sqlite3

    from eventsourcing.persistence import StoredEvent

    datastore = _datastore(str(tmp_path))
    recorder = store.SqliteRecorder(datastore)
    recorder.create_table()
    recorder.insert_events([StoredEvent("1001/account", 1, "account.enrolled", b"{}")])
    datastore.close()
    stranger = sqlite3.connect(tmp_path / "log.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(statement)
    assert stranger.execute("select * from stored_events").fetchall() == [
        (1, "1001/account", 1, "account.enrolled", b"{}")
    ]


@pytest.mark.parametrize("position", [-1, 0])
def test_no_event_stands_before_the_first_position(tmp_path: Path, position: int) -> None:
    """SQLite shows a trigger -1 where a position is still to be given, so the table itself refuses such a one."""
    import sqlite3

    datastore = _datastore(str(tmp_path))
    store.SqliteRecorder(datastore).create_table()
    datastore.close()
    stranger = sqlite3.connect(tmp_path / "log.db")
    for verb in ("insert", "insert or replace"):
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            stranger.execute(f"{verb} into stored_events values ({position}, '9/account', 1, 'x', x'00')")


ONE = "insert into stored_events (originator_id, originator_version, topic, state) values"


@pytest.mark.parametrize(
    "statement",
    [
        "update stored_events set topic = 'x'",
        "update stored_events set state = '\\x00' where position = 10",
        "update stored_events set topic = topic where false",
        "delete from stored_events",
        "delete from stored_events where position = 10",
        "truncate stored_events",
        f"{ONE} ('1001/account', 1, 'x', '\\x00') on conflict (originator_id, originator_version) "
        "do update set state = excluded.state",
        "insert into stored_events overriding system value values (10, '9/account', 1, 'x', '\\x00') "
        "on conflict (position) do update set state = excluded.state",
        "insert into stored_events overriding system value values (9, '9/account', 1, 'x', '\\x00')",
        "insert into stored_events overriding system value values (0, '9/account', 1, 'x', '\\x00')",
        "insert into stored_events overriding system value values (-1, '9/account', 1, 'x', '\\x00')",
        "insert into stored_events overriding system value values (20, '9/account', 1, 'x', '\\x00'), "
        "(9, '9/account', 2, 'x', '\\x00')",
        "insert into stored_events values (20, '9/account', 1, 'x', '\\x00')",
        "merge into stored_events s using (select 10 as position) n on s.position = n.position "
        "when matched then update set topic = 'x'",
        "merge into stored_events s using (select 10 as position) n on s.position = n.position "
        "when matched then delete",
    ],
)
def test_the_server_itself_refuses_to_change_what_is_recorded(postgres_store: PostgresStore, statement: str) -> None:
    """Position 10 is recorded, in a log that began with a gap."""
    import psycopg

    place = postgres_store.schema()
    Ledger.create(place.url).close()
    recorded = [(10, "1001/account", 1, "account.enrolled", b"{}")]
    with place.open() as execute:
        execute("ALTER TABLE stored_events ALTER COLUMN position RESTART WITH 10")
        execute(f"{ONE} ('1001/account', 1, 'account.enrolled', ?)", b"{}")
    with pytest.raises(psycopg.Error) as refused, place.open() as execute:
        execute(statement)
    assert "append-only" in str(refused.value) or isinstance(
        refused.value, psycopg.errors.GeneratedAlways if "(20," in statement else psycopg.errors.CheckViolation
    )
    assert place.rows() == recorded


def test_the_server_takes_what_comes_behind_the_last_position(postgres_store: PostgresStore) -> None:
    place = postgres_store.schema()
    Ledger.create(place.url).close()
    place.insert("1001/account", "account.enrolled", b"{}")
    with place.open() as execute:
        execute("insert into stored_events overriding system value values (20, '9/account', 1, 'x', '\\x00')")
    assert [row[0] for row in place.rows()] == [1, 20]
