"""The eventsourcing library's own published test cases, run against our recorders and factory."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import AggregateRecorder, ApplicationRecorder, TrackingRecorder
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteDatastore
from eventsourcing.tests import persistence as published
from eventsourcing.utils import Environment

from ledger.store import sqlite as store


def _datastore(folder: str) -> SQLiteDatastore:
    factory = store.Factory(Environment(env={"SQLITE_DBNAME": f"file:{folder}/log.db", "ORIGINATOR_ID_TYPE": "text"}))
    return factory.datastore


class _InFolder:
    """Every case works on a file of its own, as the ledger does.

    The published cases tell their reading threads to stop and do not wait for them: a connection that such a thread
    still reads must not be closed under it.
    """

    def setUp(self) -> None:
        self.threads = set(threading.enumerate())
        self.folder = tempfile.TemporaryDirectory()
        self.datastore = _datastore(self.folder.name)

    def tearDown(self) -> None:
        for thread in set(threading.enumerate()) - self.threads:
            thread.join(timeout=30)
        self.datastore.close()
        self.folder.cleanup()

    def new_originator_id(self) -> str:
        return f"1001/{uuid4().hex}"


class TestApplicationRecorder(_InFolder, published.ApplicationRecorderTestCase[Any]):
    def create_recorder(self) -> ApplicationRecorder:
        recorder = store.Recorder(self.datastore)
        recorder.create_table()
        return recorder


class TestNonInterleavingPositions(_InFolder, published.NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000

    def create_recorder(self) -> ApplicationRecorder:
        recorder = store.Recorder(self.datastore)
        recorder.create_table()
        return recorder


class TestTrackingRecorder(_InFolder, published.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        recorder = store.TrackingRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestProcessRecorder(_InFolder, published.ProcessRecorderTestCase):
    def create_recorder(self) -> Any:
        recorder = store.LogProcessRecorder(self.datastore)
        recorder.create_table()
        return recorder


class OwnTracking(store.TrackingRecorder):
    """A subclass that the factory must be able to build by class and by topic."""


class TestFactory(published.InfrastructureFactoryTestCase[store.Factory]):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.env = Environment(
            name="Ledger",
            env={"PERSISTENCE_MODULE": "ledger.store.sqlite", "SQLITE_DBNAME": f"file:{self.folder.name}/log.db"},
        )
        super().setUp()

    def tearDown(self) -> None:
        super().tearDown()
        self.folder.cleanup()

    def expected_factory_class(self) -> type[store.Factory]:
        return store.Factory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return SQLiteAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return store.Recorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return store.TrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return OwnTracking

    def expected_process_recorder_class(self) -> Any:
        return store.LogProcessRecorder


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
    recorder = store.Recorder(datastore)
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
    store.Recorder(datastore).create_table()
    datastore.close()
    stranger = sqlite3.connect(tmp_path / "log.db")
    for verb in ("insert", "insert or replace"):
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            stranger.execute(f"{verb} into stored_events values ({position}, '9/account', 1, 'x', x'00')")
