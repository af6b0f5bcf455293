"""What only a server can do to a ledger: refuse a login, be down, be a replica, lose a connection, have roles."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest
from desks import Desk
from servers import Server, Wire

from cli.commands.whole import init
from domain.commands import EnrollAccount
from domain.refusals import Conflict, Refusal
from domain.time import Instant
from domain.values import Id
from ledger import clock
from ledger.application import Ledger
from ledger.commands.execution import carry_out, execute
from ledger.refusals.server import ConnectionLost

ENROLLED = "2026-01-01T00:00:00+08:00"
_numbers = count(1)


@pytest.fixture
def desk(tmp_path: Any) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def bare(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The database of a ledger just made, no role on it."""
    url = server.database("bare")
    Desk(tmp_path_factory.mktemp("bare")).at(url, "init")
    return url


@pytest.fixture
def url(server: Server, bare: str) -> Iterator[str]:
    """A new ledger's URL."""
    with server.copied("bare", f"ledger_{next(_numbers)}") as url:
        yield url


def positions(url: str) -> list[int]:
    with psycopg.connect(url) as raw:
        return [position for (position,) in raw.execute("SELECT position FROM stored_events ORDER BY position")]


def enroll(account: str) -> EnrollAccount:
    return EnrollAccount(account=Id(account), enrolled_at=Instant.parse(ENROLLED))


# What a server can refuse


def test_a_server_that_is_down(server: Server, desk: Desk, tmp_path: Any) -> None:
    error = desk.refused_at(server.url("any", host=tmp_path), "worklist", status=2)
    assert error["code"] == "server_unreachable"
    assert "whether the server is up" in error["hint"]
    assert str(tmp_path) in error["message"]
    assert desk.refused_at("postgresql://postgres@127.0.0.1:1/any", "init", status=2)["code"] == "server_unreachable"


def test_a_password_that_is_wrong_or_missing_is_never_shown(server: Server, desk: Desk, url: str) -> None:
    server.demand_password("clerk", "right")
    for given in (":wrong", ""):
        wrong = url.replace("postgres@", f"clerk{given}@")
        error = desk.refused_at(wrong, "worklist", status=2)
        assert error["code"] == "login_refused"
        assert "wrong" not in error["message"]
    right = url.replace("postgres@", "clerk:right@")
    error = desk.refused_at(right, "worklist", status=2)  # the login holds, and the role was granted nothing
    assert error["code"] == "not_allowed"


def test_a_role_or_database_that_is_not_there(server: Server, desk: Desk, url: str) -> None:
    assert desk.refused_at(url.replace("postgres@", "nobody@"), "worklist", status=2)["code"] == "login_refused"
    error = desk.refused_at(server.url("no_such"), "init", status=2)
    assert (error["code"], "createdb" in error["hint"]) == ("no_database", True)


def test_a_database_without_the_ledgers_tables(server: Server, desk: Desk) -> None:
    bare = server.database(f"bare_{next(_numbers)}")
    error = desk.refused_at(bare, "worklist", status=2)
    assert error["code"] == "no_ledger"
    with psycopg.connect(bare) as raw:
        raw.execute("CREATE TABLE stored_events (a int)")
    assert desk.refused_at(bare, "worklist", status=2)["code"] == "not_a_ledger"
    assert desk.refused_at(bare, "init", status=2)["code"] == "not_a_ledger"


def test_a_ledger_of_a_newer_version(desk: Desk, url: str) -> None:
    with psycopg.connect(url) as raw:
        raw.execute("COMMENT ON TABLE stored_events IS 'slaledger 99'")
    assert desk.refused_at(url, "worklist", status=2)["code"] == "newer_ledger"


def test_a_ledger_that_lacks_a_part_of_its_schema(desk: Desk, url: str) -> None:
    with psycopg.connect(url) as raw:
        raw.execute("DROP SCHEMA public_views CASCADE")
    assert desk.at(url, "worklist")["unclaimed"] == []  # what is kept is made for this once
    lines = json.dumps({"command": "account enroll", "account": "1002", "enrolled_at": ENROLLED}) + "\n"
    done = desk.run("batch", "-", stdin=lines.encode(), env={"SLALEDGER_URL": url})
    assert done.returncode == 2
    error = json.loads(done.stderr)["error"]
    assert (error["code"], "init" in error["hint"]) == ("no_ledger", True)
    desk.at(url, "init")
    assert desk.run("batch", "-", stdin=lines.encode(), env={"SLALEDGER_URL": url}).returncode == 0


@pytest.mark.parametrize("bad", ["postgresql://[", "postgresql://u@h/db?no_such=1", "mysql://h/db"])
def test_a_url_that_is_none(desk: Desk, bad: str) -> None:
    assert desk.refused_at(bad, "worklist", status=2)["code"] == "bad_ledger_url"


def test_a_replica_is_read_and_never_written(server: Server, desk: Desk, url: str) -> None:
    desk.at(url, "account", "enroll", "1001", "--enrolled-at", ENROLLED)
    root = desk.at(url, "audit", "verify")["root"]
    replica = server.replica()
    try:
        there = replica.url(url.partition("@/")[2].partition("?")[0])
        assert desk.at(there, "audit", "verify")["root"] == root
        assert desk.at(there, "voucher", "list") == []
        error = desk.refused_at(there, "account", "enroll", "1002", "--enrolled-at", ENROLLED, status=2)
        assert error["code"] == "read_only"
        assert "replica" in error["message"]
        assert desk.refused_at(there, "init", status=2)["code"] == "read_only"
    finally:
        replica.stop()


@pytest.mark.parametrize(
    ("error", "code", "status", "said"),
    [
        (psycopg.errors.DiskFull("no space left on device"), "store_unusable", 2, "nothing was recorded"),
        (psycopg.errors.UniqueViolation("duplicate key"), "conflict", 5, "try again"),
        (psycopg.errors.SerializationFailure("could not serialize"), "conflict", 5, "try again"),
        (psycopg.errors.LockNotAvailable("lock timeout"), "locked", 5, "try again"),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT"), "read_only", 2, "primary"),
        (psycopg.errors.InsufficientPrivilege("permission denied"), "not_allowed", 2, "postgres roles"),
        (psycopg.errors.UndefinedTable("no such relation"), "no_ledger", 2, "init"),
        (psycopg.errors.AdminShutdown("terminating connection"), "connection_lost", 5, "run it again"),
        (psycopg.OperationalError("server closed the connection"), "connection_lost", 5, "run it again"),
        (psycopg.errors.DataCorrupted("invalid page"), "store_damaged", 4, "restore"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_a_server_says_is_told_with_what_to_do(
    url: str, error: psycopg.Error, code: str, status: int, said: str
) -> None:
    with Ledger.open(url) as ledger:
        with pytest.raises(Refusal) as refused, ledger.writing():
            raise error
        told = refused.value
        assert (told.code, told.status) == (code, status)
        assert said in f"{told.message} {told.hint}"
        with ledger.reading() as log:
            assert log.position() == positions(url)[-1]


# Connections that break


def is_commit(data: bytes) -> bool:
    return b"COMMIT\0" in data


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_connection_cut_while_a_command_ends_has_a_certain_outcome(server: Server, url: str, moment: str) -> None:
    wire = Wire(server, lambda data: moment if is_commit(data) else None)
    through = url.replace(str(server.folder), str(wire.folder))
    before = positions(url)
    with Ledger.open(through) as ledger:
        if moment == "after":
            done = execute(ledger, enroll("1001"), "clerk")
            assert done.recorded == 1
            assert positions(url) == [*before, done.position]
            assert "all of it was recorded" in ledger.store.notes[0]
        else:
            with pytest.raises(Conflict) as refused:
                execute(ledger, enroll("1001"), "clerk")
            assert refused.value.code == "connection_lost"
            assert "nothing was recorded" in refused.value.message
            assert positions(url) == before
        again = execute(ledger, enroll("1001"), "clerk")
        assert again.recorded == (0 if moment == "after" else 1)
    assert len(positions(url)) == len(before) + 1
    wire.close()


def test_a_connection_cut_before_a_command_ends_recorded_nothing(server: Server, url: str) -> None:
    wire = Wire(server, lambda data: "before" if b"INSERT INTO" in data else None)
    before = positions(url)
    with Ledger.open(url.replace(str(server.folder), str(wire.folder))) as ledger:
        with pytest.raises(Conflict) as refused:
            execute(ledger, enroll("1001"), "clerk")
        assert (refused.value.code, refused.value.status) == ("connection_lost", 5)
        assert positions(url) == before
        assert execute(ledger, enroll("1001"), "clerk").recorded == 1
    wire.close()


def test_an_init_that_lost_the_connection_behind_the_ledger_says_that_it_is_there(
    url: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: object) -> None:
        raise ConnectionLost(name="the server", error="gone")

    monkeypatch.setattr(init, "tree_of", lost)
    error = desk.refused_at(url, "init", status=5)
    assert error["message"].endswith("(gone); nothing was recorded; the ledger itself was made before")
    assert error["hint"] == "run it again"


def test_a_server_that_does_not_come_back_leaves_the_outcome_unknown_and_says_so(server: Server, url: str) -> None:
    wire = Wire(server, lambda data: "after" if is_commit(data) else None)
    with Ledger.open(url.replace(str(server.folder), str(wire.folder)), lock_seconds=1) as ledger:
        wire.is_down = True
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Conflict) as refused:
            patch.setattr("ledger.store.postgres.store.CONNECT_SECONDS", 1)
            execute(ledger, enroll("1001"), "clerk")
    assert refused.value.code == "outcome_unknown"
    assert "run it again" in str(refused.value.hint)
    with Ledger.open(url) as ledger:
        assert execute(ledger, enroll("1001"), "clerk").recorded == 0
    wire.close()


def test_a_session_ended_by_the_servers_owner_is_told_as_what_it_is(server: Server, url: str) -> None:
    with Ledger.open(url) as ledger:
        with pytest.raises(Conflict) as refused, ledger.writing() as log:
            name = url.partition("@/")[2].partition("?")[0]
            statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            server.owner.execute(statement, (name,))
            log.position()
        assert refused.value.code == "connection_lost"
        assert execute(ledger, enroll("1001"), "clerk").recorded == 1


def test_a_writer_waits_for_another_and_gives_up_in_time(url: str) -> None:
    with Ledger.open(url) as holding, holding.writing(), Ledger.open(url, lock_seconds=0) as waiting:
        with pytest.raises(Conflict) as refused:
            execute(waiting, enroll("1001"), "clerk")
        assert refused.value.code == "locked"
        with waiting.reading() as log:
            assert log.position() > 0


# Positions


def waiting_for_locks(url: str) -> int:
    """How many wait for a lock."""
    with psycopg.connect(url) as raw:
        ((waiting,),) = raw.execute("SELECT COUNT(*) FROM pg_locks WHERE NOT granted").fetchall()
        return int(waiting)


def test_log_order_is_commit_order_whoever_inserts(url: str) -> None:
    """A stranger's insert that has its positions first is also seen first: who follows the log misses nothing."""
    insert = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (%s, 1, 'x', '')"
    with psycopg.connect(url) as first, psycopg.connect(url) as second:
        first.execute(insert, ("a/account",))
        committed = threading.Event()

        def insert_and_commit() -> None:
            second.execute(insert, ("b/account",))
            second.commit()
            committed.set()

        thread = threading.Thread(target=insert_and_commit)
        thread.start()
        while not committed.is_set() and not waiting_for_locks(url):
            time.sleep(0.01)
        assert not committed.is_set()
        first.commit()
        thread.join()
        rows = first.execute("SELECT originator_id FROM stored_events ORDER BY position DESC LIMIT 2").fetchall()
    assert [stream for (stream,) in rows] == ["b/account", "a/account"]


def test_what_was_rolled_back_leaves_a_gap_and_nothing_else(url: str, desk: Desk) -> None:
    with Ledger.open(url) as ledger:
        with pytest.raises(ZeroDivisionError), ledger.writing() as log:
            carry_out(log, enroll("1001"), "clerk", clock.now_us())
            raise ZeroDivisionError
        last = positions(url)[-1]
        done = execute(ledger, enroll("1002"), "clerk")
    assert done.position > last + 1
    assert desk.at(url, "audit", "verify")["size"] == len(positions(url))
