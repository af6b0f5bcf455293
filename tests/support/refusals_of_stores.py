"""Refusals of stores: files that are no ledgers, ledgers that were tampered with, servers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any
from unittest.mock import patch

import click
from frozen import MINUTE_NS, Frozen
from refusal_scenarios import Scenario, at, made, raising

from cli.options.context import settings
from domain.text import said
from ledger.copies.transfer import _prove
from ledger.files.lines import _line
from ledger.files.writing import explain_write_errors
from ledger.imports.label_rules import LabelRules
from ledger.imports.outages import check_functions, target
from ledger.store.sqlite import store
from ledger.transparency.proofs import Checkpoint, parse_proof, verify_proof
from ledger.transparency.tree import KeptTree

_READS = "history 1001"
_WRITES = f"account enroll 1009 --enrolled-at {at('01-01')}"
_CANNOT_BE_READ = ("cannot be read: ", "事件：", "~/ledger：", "审核结果：", "的 URL：")


def _inserted(stream: str, topic: str, data: str) -> Callable[[Frozen], None]:
    """An event that no version of the software records there."""
    state = f'{{"recorded_at":1795226400000000,"actor":"clerk","data":{data}}}'.encode()

    def prepare(frozen: Frozen) -> None:
        frozen.slaledger.insert(stream, topic, state)

    return prepare


def _recorded_later(frozen: Frozen) -> None:
    """The clock is put back by an hour since the last command."""
    frozen.clock.now_ns -= 60 * MINUTE_NS


def _sql(*statements: str) -> Callable[[Frozen], None]:
    """The file in a stranger's hands."""

    def prepare(frozen: Frozen) -> None:
        with closing(sqlite3.connect(frozen.slaledger.ledger, isolation_level=None)) as raw:
            for statement in statements:
                raw.execute(statement)

    return prepare


def _left_by_the_dead(frozen: Frozen) -> None:
    (frozen.folder / "slaledger.db-wal").write_bytes(b"of a writer that died")
    frozen.folder.chmod(0o555)


def _in_a_frozen_folder(frozen: Frozen) -> None:
    frozen.folder.chmod(0o555)


def _unwritable(frozen: Frozen) -> None:
    frozen.slaledger.ledger.chmod(0o444)


def _overwritten(frozen: Frozen) -> None:
    """Pages of the file are of another."""
    with closing(sqlite3.connect(frozen.slaledger.ledger)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    data = frozen.slaledger.ledger.read_bytes()
    frozen.slaledger.ledger.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def _another_run() -> ExitStack:
    """A batch whose file another run goes on with, between two transactions of this one."""
    during = ExitStack()
    during.enter_context(patch("ledger.commands.batch.Batch._run_lines", _some_lines))
    during.enter_context(patch("ledger.log.reader.Reader.progress", lambda _: ()))
    return during


def _some_lines(batch: Any, *_: object, **__: object) -> bool:
    batch._noted = "0" * 64
    return True


STORES = [
    Scenario("another run of a batch", "batch lines.jsonl", files={"lines.jsonl": "{}\n"}, within=_another_run),
    Scenario(
        "a file that SQLite cannot open",
        "worklist",
        within=raising("sqlite3.connect", lambda: sqlite3.OperationalError("disk I/O error")),
    ),
    Scenario("no ledger", "--ledger sqlite:///nothing.db worklist"),
    Scenario("a ledger to be made in no folder", "--ledger sqlite:///nowhere/a.db init", on="none"),
    Scenario("no URL that can be opened", "--ledger mysql://h/db worklist"),
    Scenario("a ledger in memory", "--ledger sqlite:///:memory: worklist"),
    Scenario(
        "a server's URL that cannot be read",
        "--ledger 'postgresql://u@h/db?no_such=1' worklist",
        theirs=_CANNOT_BE_READ,
    ),
    Scenario(
        "a letter",
        "worklist",
        on="none",
        files={"slaledger.db": "a letter\n" * 99},
        theirs=("not a ledger: ", "不是台账："),
    ),
    Scenario("another database", "worklist", on="none", prepare=_sql("CREATE TABLE a (b)")),
    Scenario("a newer version's", "worklist", prepare=_sql("PRAGMA user_version = 99")),
    Scenario("left by a writer that died", "worklist", prepare=_left_by_the_dead),
    Scenario("may only be read", _WRITES, prepare=_unwritable),
    Scenario("projections that may not be written", "rebuild", prepare=_in_a_frozen_folder),
    Scenario("pages of another file", "claim list", prepare=_overwritten, theirs=("slaledger.db: ", "slaledger.db：")),
    Scenario("a topic that nobody knows", _READS, prepare=_inserted("1001/account", "account.levitated", "{}")),
    Scenario(
        "an event that nothing is made of",
        _READS,
        prepare=_inserted("1001/account", "key.used", '{"key":"k","command":"c","content_sha256":""}'),
    ),
    Scenario("a clock behind the last event", _WRITES, prepare=_recorded_later),
    Scenario(
        "rules of a newer release",
        _WRITES,
        prepare=_inserted("~/ledger", "ledger.upgraded", '{"rules":99,"version":"9.9"}'),
    ),
    Scenario(
        "an event that cannot be",
        _READS,
        prepare=_inserted("1001/incident/INC-1", "exclusion.withdrawn", '{"incident":"INC-1","exclusion":7}'),
        theirs=("INC-1: ", "'exclusion.withdrawn'："),
    ),
    Scenario(
        "a state that cannot be read",
        _READS,
        prepare=_inserted("1001/account", "account.closed", "{}"),
        theirs=_CANNOT_BE_READ,
    ),
    Scenario(
        "a time of recording that cannot be read",
        f"worklist --known-at {at('11-20')}",
        prepare=lambda frozen: frozen.slaledger.tamper("UPDATE stored_events SET state = CAST('{}' AS BLOB)"),
        theirs=_CANNOT_BE_READ,
    ),
    Scenario(
        "a column of another kind",
        "audit checkpoint",
        prepare=lambda frozen: frozen.slaledger.tamper("UPDATE stored_events SET state = CAST(state AS TEXT)"),
    ),
]


def caught(make: Callable[[], Any]) -> Callable[[], BaseException]:
    """What a function raises."""

    def caught() -> BaseException:
        try:
            make()
        except Exception as error:  # noqa: BLE001 - whatever it raises is what is told
            return error
        raise AssertionError("nothing was refused")

    return caught


def _explained(error: Exception) -> Callable[[], BaseException]:
    """What is made of an error of SQLite's."""

    def raised() -> None:
        with store.translating_errors("slaledger.db"):
            raise error

    return caught(raised)


class _FailingDisk:
    """A file that cannot be read any more."""

    def readline(self, _: int) -> bytes:
        raise OSError(5, "Input/output error")


def _tree(size: int, position: int) -> KeptTree:
    """A tree of so many leaves, of which nothing more is asked."""

    class Runs:
        def run_of_position(self, _: int) -> tuple[int, int]:
            return 0, 1

        def next_run(self, _: int) -> int:
            return 1

        def run_of_index(self, _: int) -> tuple[int, int]:
            return 0, 1

    return KeptTree(Runs(), ("ledger", size, position, b""))  # type: ignore[arg-type]


_PROOF = "c2sp.org/tlog-proof@v1\nindex 0\n\nledger\n2\n" + "A" * 43 + "=\n"


def _outside() -> None:
    with click.Context(click.Command("report")):
        settings()


def _onto_a_full_disk() -> None:
    with explain_write_errors(said("standard output"), said("the output is incomplete; check the disk")):
        raise OSError(28, "No space left on device")


_HERE, _THERE = (Checkpoint("ledger", 1, each * 32) for each in (b"a", b"b"))
MADE = [
    made("outside the command line", caught(_outside)),
    made("what was stored is not what was read", caught(lambda: _prove(None, None, _HERE, _THERE, None))),  # type: ignore[arg-type]
    made("nobody whom outages touch", caught(lambda: target("page.json", (), False))),
    made("nothing that outages are of", caught(lambda: check_functions("page.json", []))),
    made(
        "accounts of a label and by name",
        caught(lambda: LabelRules(functions={("a", "b"): "c"}, accounts=("1",), account_label="d").check("a.json")),
    ),
    made("a proof that is none", caught(lambda: parse_proof("hello"))),
    made(
        "a proof whose extra data are none", caught(lambda: parse_proof(_PROOF.replace("index 0", "extra %\nindex 0")))
    ),
    made("a proof without an index", caught(lambda: parse_proof(_PROOF.replace("index 0", "index 007")))),
    made("a proof with a hash that is none", caught(lambda: parse_proof(_PROOF.replace("index 0", "index 0\nhash")))),
    made("a proof of another event", caught(lambda: verify_proof(_PROOF, bytes(32)))),
    made("an index that the log does not have", caught(lambda: _tree(2, 5).position_of(7))),
    made("a position that the log does not have", caught(lambda: _tree(2, 5).index_of(7))),
    made("a position at which nothing stands", caught(lambda: _tree(2, 5).index_of(4))),
    made("standard output on a full disk", caught(_onto_a_full_disk)),
    made("SQLite: somebody else was first", _explained(store.IntegrityError("UNIQUE constraint failed"))),
    made("SQLite: locked", _explained(sqlite3.OperationalError("database is locked"))),
    made("SQLite: a full disk", _explained(sqlite3.OperationalError("database or disk is full"))),
    made("SQLite: broken", _explained(sqlite3.DatabaseError("database disk image is malformed"))),
    made("a disk that cannot be read", caught(lambda: _line(_FailingDisk(), "events.jsonl:7", 99, ()))),  # type: ignore[arg-type]
]
