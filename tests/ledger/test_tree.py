"""The kept tree: the same as what the rows say, with work for new events alone, whatever happens to its file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from conftest import CommandLine
from forks import Gate
from stores import Place, Raw, SqliteFile, Store, sqlite_only

from cli.commands.audit import checkpoint as audit_tree
from cli.commands.audit.consistency import consistency
from cli.main import Settings
from domain.refusals import Conflict, Damaged, Refusal, Unreadable
from ledger.application import Ledger
from ledger.commands.execution import initialise
from ledger.log.codec import Row
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader
from ledger.store.open import open_store
from ledger.store.sqlite.files import kept_path
from ledger.transparency import catch_up, merkle, proofs
from ledger.transparency.log_root import LogRoot, ledger_id
from ledger.transparency.log_root import derived as derive
from ledger.transparency.tree import first_difference, tree_as_kept, tree_of


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def defined_leaf(row: Row) -> bytes:
    """A leaf, from its description: each part behind its length in 8 bytes."""
    parts = (row.stream.encode(), b"%d" % row.version, row.topic.encode(), row.state)
    return hashlib.sha256(b"\x00" + b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


class Placed(Ledger):
    """An open ledger, and where it is."""

    place: Place


@pytest.fixture
def ledger(slaledger: CommandLine) -> Iterator[Placed]:
    """A new ledger, open."""
    with Placed(open_store(slaledger.url)) as opened:
        opened.place = slaledger.place
        yield opened


def record(place: Place, count: int, *, gap: Callable[[], int] = lambda: 1, name: str = "1001/noted") -> None:
    """Rows at the end of the log, of one stream, each so many positions after the one before."""
    rows = place.rows()
    position, found = rows[-1][0], sum(row[1] == name for row in rows)
    added: list[Raw] = []
    for version in range(found + 1, found + 1 + count):
        position += gap()
        added.append((position, name, version, "noted", b'{"n":%d}' % version))
    place.record(added)


def rows_of(place: Place) -> list[Row]:
    return [Row(*each) for each in place.rows()]


def every(ledger: Placed, nth: int) -> int:
    """How far to step through a log: over every event of a file, over a sample of what a server is asked for."""
    return 1 if isinstance(ledger.place, SqliteFile) else nth


def derived_of(ledger: Ledger, size: int | None = None) -> LogRoot:
    with ledger.reading() as log:
        return derive(log, size)


def check_fits(ledger: Placed) -> str | None:
    """Hold the kept tree to the rows; gives why it was made again."""
    leaves = [defined_leaf(row) for row in rows_of(ledger.place)]
    with tree_of(ledger) as tree:
        assert (tree.size, tree.root(), tree.position) == derived_of(ledger)
        assert (tree.size, tree.root()) == (len(leaves), defined_root(leaves))
        assert list(tree.leaves(tree.size)) == leaves
        return tree.remade


# The tree


@pytest.mark.parametrize("seed", range(6))
def test_kept_derived_and_defined_roots_are_one_for_random_ledgers_and_sizes(ledger: Placed, seed: int) -> None:
    chance = Random(seed)
    for _ in range(chance.randint(1, 5)):
        record(ledger.place, chance.randint(0, 40), gap=lambda: chance.choice((1, 1, 1, 2, 9)))
        assert check_fits(ledger) is None
    rows = rows_of(ledger.place)
    leaves = [defined_leaf(row) for row in rows]
    with tree_of(ledger) as tree:
        assert [tree.subtree(0, index) for index in range(tree.size)] == leaves
        for size in range(0, len(rows) + 1, every(ledger, 7)):
            position = rows[size - 1].position if size else 0
            assert tree.root(size) == defined_root(leaves[:size])
            assert derived_of(ledger, size) == (size, tree.root(size), position)


@pytest.mark.parametrize("seed", range(4))
def test_every_proof_checks_without_the_ledger(ledger: Placed, seed: int) -> None:
    chance = Random(seed)
    record(ledger.place, chance.randint(1, 60))
    with tree_of(ledger) as tree:
        for _ in range(60):
            new = chance.randint(1, tree.size)
            old, index = chance.randint(1, new), chance.randrange(new)
            merkle.verify_inclusion(index, new, tree.subtree(0, index), tree.inclusion(index, new), tree.root(new))
            merkle.verify_consistency(old, new, tree.consistency(old, new), tree.root(old), tree.root(new))


@pytest.mark.parametrize("seed", range(4))
def test_a_leaf_is_found_by_its_position_though_positions_have_gaps(ledger: Placed, seed: int) -> None:
    chance = Random(seed)
    for _ in range(3):
        record(ledger.place, chance.randint(1, 15), gap=lambda: chance.choice((1, 1, 2, 5)))
        with tree_of(ledger):
            pass
    positions = [row.position for row in rows_of(ledger.place)]
    with tree_of(ledger) as tree:
        assert [tree.position_of(index) for index in range(tree.size)] == positions
        for position in range(positions[-1] + 3):
            assert tree.size_at(position) == sum(each <= position for each in positions)
            if position in positions:
                assert tree.index_of(position) == positions.index(position)
            else:
                with pytest.raises(Refusal) as refused:
                    tree.index_of(position)
                assert refused.value.code == ("no_such_event" if position <= positions[-1] else "beyond_the_log")


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda tree: tree.root(tree.size + 1), "beyond_the_log"),
        (lambda tree: tree.root(-1), "beyond_the_log"),
        (lambda tree: tree.inclusion(tree.size), "beyond_the_log"),
        (lambda tree: tree.inclusion(3, 3), "beyond_the_log"),
        (lambda tree: tree.inclusion(-1), "beyond_the_log"),
        (lambda tree: tree.consistency(1, tree.size + 1), "beyond_the_log"),
        (lambda tree: tree.consistency(0, 4), "no_proof"),
        (lambda tree: tree.consistency(5, 4), "no_proof"),
        (lambda tree: tree.position_of(tree.size), "beyond_the_log"),
        (lambda tree: tree.position_of(-1), "beyond_the_log"),
    ],
)
def test_what_lies_beyond_the_log_is_refused(ledger: Placed, ask: Callable[[Any], object], code: str) -> None:
    with tree_of(ledger) as tree, pytest.raises(Refusal) as refused:
        ask(tree)
    assert refused.value.code == code


def test_a_ledger_without_an_id_has_no_tree(store: Store, tmp_path: Path) -> None:
    with Ledger.create(store.empty(tmp_path).url) as ledger:
        assert derived_of(ledger) == (0, merkle.EMPTY_ROOT, 0)
        with pytest.raises(Unreadable) as refused, tree_of(ledger):
            pass
    assert refused.value.code == "no_ledger_id"


# Work


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions of the rows whose leaf hashes are made, in order."""
    seen: list[int] = []

    def counted(row: Row) -> bytes:
        seen.append(row.position)
        return leaf_hash(row)

    monkeypatch.setattr(catch_up, "leaf_hash", counted)
    return seen


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions of the rows that are read in log order."""
    seen: list[int] = []
    since = Reader.since

    def counted(self: Reader, position: int) -> Iterator[Row]:
        for row in since(self, position):
            seen.append(row.position)
            yield row

    monkeypatch.setattr(Reader, "since", counted)
    return seen


@pytest.mark.parametrize("new", [0, 1, 7, 300])
def test_catch_up_is_work_for_the_new_events(ledger: Placed, hashes: list[int], read: list[int], new: int) -> None:
    record(ledger.place, 500)
    with tree_of(ledger) as tree:
        last = tree.position
    record(ledger.place, new)
    hashes.clear()
    read.clear()
    with tree_of(ledger) as tree:
        assert tree.position == last + new
        tree.root()
    assert hashes == read == list(range(last, last + new + 1))


def test_deriving_holds_no_more_for_a_longer_log(ledger: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a page is; here it is short, so that a log of many pages is soon made."""

    def most() -> int:
        tracemalloc.start()
        derived_of(ledger)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    def record_streams(numbers: range) -> None:
        rows = [(number * 100 + version, f"{number}/noted", version) for number in numbers for version in range(1, 101)]
        ledger.place.record((*row, "noted", b"{}") for row in rows)

    for page in ("transparency.log_root", "store.sqlite.session", "store.postgres.session"):
        monkeypatch.setattr(f"ledger.{page}._PAGE", 500)
    record_streams(range(1, 11))
    derived_of(ledger)
    short = most()
    record_streams(range(11, 41))
    assert most() < short * 2


def test_an_interrupted_catch_up_keeps_what_was_there(ledger: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    with tree_of(ledger) as tree:
        before = tree.size
    record(ledger.place, 30)
    with monkeypatch.context() as patched:
        patched.setattr(catch_up, "_FLUSH", 3)
        patched.setattr(catch_up, "leaf_hash", lambda row: leaf_hash(row) if row.version < 20 else 1 // 0)
        with pytest.raises(ZeroDivisionError), tree_of(ledger):
            pass
    with tree_as_kept(ledger) as kept:
        assert kept is not None
        assert kept.size == before
    assert check_fits(ledger) is None


# Its file


Spoil = Callable[[Placed], None]


def _statements(*statements: str, **values: object) -> Spoil:
    def spoil(ledger: Placed) -> None:
        with ledger.place.beside("tree") as execute:
            for statement in statements:
                execute(statement, *values.values())

    return spoil


def _bytes(change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(ledger: Placed) -> None:
        path = tree_file(ledger)
        path.write_bytes(change(path.read_bytes()))

    return spoil


def tree_file(ledger: Placed) -> Path:
    assert isinstance(ledger.place, SqliteFile)
    return kept_path(ledger.place.file, "tree")


def _log(statement: str, **values: object) -> Spoil:
    return lambda ledger: ledger.place.tamper(statement, *values.values())


def _of_another_format(ledger: Placed) -> None:
    on_file = isinstance(ledger.place, SqliteFile)
    _statements("PRAGMA user_version = 99" if on_file else "UPDATE formats SET format = 99")(ledger)


def _of_another_format_without_nodes(ledger: Placed) -> None:
    _of_another_format(ledger)
    _statements("DROP TABLE nodes")(ledger)


LAST = "(SELECT MAX(position) FROM stored_events)"
Spoilt = tuple[str, Spoil, str | None]
SPOILT: list[Spoilt] = [
    ("forgotten", lambda ledger: ledger.place.forget(), None),
    ("another format", _of_another_format, None),
    ("another format's tables", _of_another_format_without_nodes, None),
    ("a table missing", _statements("DROP TABLE runs"), "runs"),
    ("another ledger's", _statements("UPDATE reached SET ledger = 'slaledger-00'"), "another ledger"),
    ("another root", _statements("UPDATE reached SET root = ?", root=bytes(32)), "did not agree"),
    ("nothing reached", _statements("DELETE FROM reached"), None),
    ("negative", _statements("UPDATE reached SET size = -1"), "how far"),
    ("no runs", _statements("DELETE FROM runs"), "lacks the positions"),
    ("other runs", _statements("UPDATE runs SET first_position = first_position + 1"), "positions did not agree"),
    ("no nodes", _statements("DELETE FROM nodes"), "lacks the hash"),
    ("another peak", _statements("UPDATE nodes SET hash = ? WHERE level = 4", hash=bytes(32)), "did not agree"),
    ("ahead of the log", _log(f"DELETE FROM stored_events WHERE position > {LAST} - 3"), "the log "),
    (
        "the last event changed",
        _log(f"UPDATE stored_events SET state = ? WHERE position = {LAST}", state=b"\0"),
        "another event",
    ),
    ("the last event moved", _log(f"UPDATE stored_events SET position = 900 WHERE position = {LAST}"), "another event"),
]
SPOILT_FILES: list[Spoilt] = [
    ("deleted", lambda ledger: tree_file(ledger).unlink(), None),
    ("empty file", _bytes(lambda data: b""), None),
    ("garbage", _bytes(lambda data: b"no database at all" * 100), "not a database"),
    ("cut off", _bytes(lambda data: data[: len(data) // 2]), "its tables"),
    ("nonsense reached", _statements("UPDATE reached SET position = 'far'"), "how far"),
    ("a node of text", _statements("UPDATE nodes SET hash = 'x'"), "lacks the hash"),
]
"""What only a file can be, and a column that takes every kind."""


@pytest.mark.parametrize(("spoil", "why"), [each[1:] for each in SPOILT], ids=[each[0] for each in SPOILT])
@pytest.mark.parametrize("more", [0, 10])
def test_what_does_not_fit_is_made_again(ledger: Placed, spoil: Spoil, why: str | None, more: int) -> None:
    check_made_again(ledger, spoil, why, more)


@sqlite_only("a file's bytes, and columns that take every kind")
@pytest.mark.parametrize(("spoil", "why"), [each[1:] for each in SPOILT_FILES], ids=[each[0] for each in SPOILT_FILES])
@pytest.mark.parametrize("more", [0, 10])
def test_a_file_that_does_not_fit_is_made_again(ledger: Placed, spoil: Spoil, why: str | None, more: int) -> None:
    check_made_again(ledger, spoil, why, more)


def check_made_again(ledger: Placed, spoil: Spoil, why: str | None, more: int) -> None:
    record(ledger.place, 31 - (len(rows_of(ledger.place)) % 16))
    assert check_fits(ledger) is None
    spoil(ledger)
    if more:
        record(ledger.place, more, name="1002/noted")
    remade = check_fits(ledger)
    assert (remade is None) is (why is None), remade
    assert why is None or why in str(remade)
    assert check_fits(ledger) is None


@sqlite_only("one file in another's place")
def test_the_tree_of_another_ledger_is_not_taken_for_this_one(ledger: Placed, tmp_path: Path) -> None:
    with Ledger.create(f"sqlite:///{tmp_path}/other.db") as other:
        initialise(other, "clerk")
        with tree_of(other):
            pass
    tree_file(ledger).write_bytes(kept_path(tmp_path / "other.db", "tree").read_bytes())
    with tree_as_kept(ledger) as kept:
        assert kept is None
    assert "another ledger" in str(check_fits(ledger))


@sqlite_only("the permissions of files")
@pytest.mark.parametrize("frozen", ["ledger", "folder", "tree"])
@pytest.mark.parametrize("kept", [False, True])
def test_where_nothing_may_be_written_it_is_made_in_passing(slaledger: CommandLine, frozen: str, kept: bool) -> None:
    url, ledger_file = slaledger.url, slaledger.ledger
    beside = kept_path(ledger_file, "tree")
    if kept or frozen == "tree":
        with Ledger.open(url) as ledger, tree_of(ledger):
            pass
        record(slaledger.place, 5)
    before = beside.read_bytes() if beside.exists() else None
    place, mode = {"ledger": (ledger_file, 0o444), "folder": (ledger_file.parent, 0o555), "tree": (beside, 0o444)}[
        frozen
    ]
    usual = place.stat().st_mode
    place.chmod(mode)
    try:
        with Ledger.open(url) as ledger, tree_of(ledger) as tree:
            assert (tree.size, tree.root(), tree.position) == derived_of(ledger)
        if frozen != "folder" or before is None:
            assert (beside.read_bytes() if beside.exists() else None) == before
    finally:
        place.chmod(usual)


def test_a_reader_keeps_its_tree_while_others_catch_up(ledger: Placed) -> None:
    with tree_of(ledger) as early:
        size, root = early.size, early.root()
        record(ledger.place, 50)
        with tree_of(ledger) as late:
            assert late.size == size + 50
            merkle.verify_consistency(size, late.size, late.consistency(size), root, late.root())
        assert (early.size, early.root()) == (size, root)


def test_many_readers_at_once_get_one_answer(ledger: Placed) -> None:
    record(ledger.place, 400)
    roots: list[bytes] = []
    expected = derived_of(ledger).root

    def ask() -> None:
        with Ledger.open(ledger.place.url) as own, tree_of(own) as tree:
            roots.append(tree.root())

    readers = [threading.Thread(target=ask) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert roots == [expected] * 8


READ = """
import sys
from ledger.application import Ledger
from ledger.transparency.tree import tree_of
with Ledger.open(sys.argv[1]) as ledger, tree_of(ledger) as tree:
    print(tree.root().hex())
"""


def test_processes_that_find_garbage_at_once_get_one_answer(ledger: Placed, slaledger: CommandLine) -> None:
    if isinstance(ledger.place, SqliteFile):
        tree_file(ledger).write_bytes(b"garbage" * 1000)
    else:
        check_fits(ledger)
        _statements("DROP TABLE nodes", "CREATE TABLE nodes (garbage INTEGER)", "DROP TABLE runs")(ledger)
    gate = Gate()
    running = [slaledger.start("audit", "checkpoint", gate=gate) for _ in range(5)]
    gate.open()
    for each in running:
        done = each.ended()
        assert done.returncode == 0, done.stderr
        assert proofs.parse_checkpoint(done.stdout).root == derived_of(ledger).root
    assert check_fits(ledger) is None


@sqlite_only("the lock of a file that another program holds")
def test_a_tree_that_another_holds_is_waited_for_and_then_told(ledger: Placed, monkeypatch: pytest.MonkeyPatch) -> None:
    check_fits(ledger)
    record(ledger.place, 1)
    monkeypatch.setattr("ledger.store.sqlite.side_store.LOCK_SECONDS", 0)
    with closing(sqlite3.connect(tree_file(ledger), isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(Conflict) as refused, tree_of(ledger):
            pass
        raw.execute("ROLLBACK")
    assert refused.value.code == "locked"
    assert check_fits(ledger) is None


# What differs


def _difference(ledger: Placed, vouched: tuple[int, bytes] | None = None) -> int | None:
    with tree_as_kept(ledger) as kept, ledger.reading() as log:
        assert kept is not None
        return first_difference(log, kept, vouched)


def nth(number: int) -> str:
    """The position of the nth event."""
    return f"(SELECT position FROM stored_events ORDER BY position LIMIT 1 OFFSET {number - 1})"


@pytest.mark.parametrize(
    ("change", "values", "number"),
    [
        (f"UPDATE stored_events SET state = ? WHERE position = {nth(4)}", (b"{} ",), 4),
        (f"UPDATE stored_events SET topic = 'other' WHERE position = {nth(1)}", (), 1),
        (f"DELETE FROM stored_events WHERE position = {nth(5)}", (), 5),
        (f"DELETE FROM stored_events WHERE position > {nth(7)}", (), 8),
        ("INSERT INTO stored_events VALUES (900, 'x', 1, 'noted', ?)", (b"\0",), None),
        ("UPDATE stored_events SET position = position + 1000", (), None),
    ],
)
def test_the_first_changed_position_is_found(
    ledger: Placed, change: str, values: tuple[object, ...], number: int | None
) -> None:
    with tree_of(ledger) as tree:
        vouched = tree.size, tree.root()
    positions = [row.position for row in rows_of(ledger.place)]
    ledger.place.tamper(change, *values)
    assert _difference(ledger) == _difference(ledger, vouched) == (number and positions[number - 1])


@sqlite_only("a column that takes every kind, and a check that may be left out")
@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("UPDATE stored_events SET state = state || x'20' WHERE position = 4", 4),
        ("UPDATE stored_events SET state = CAST(state AS TEXT) WHERE position = 4", 4),
        ("INSERT INTO stored_events VALUES (0, 'x', 1, 'noted', x'00')", 0),
    ],
)
def test_the_first_changed_position_of_a_file_is_found(ledger: Placed, change: str, place: int) -> None:
    with tree_of(ledger) as tree:
        vouched = tree.size, tree.root()
    with ledger.place.open(guarded=False) as execute:
        execute("PRAGMA ignore_check_constraints = ON")
        execute(change)
    assert _difference(ledger) == _difference(ledger, vouched) == place


def test_a_tree_that_was_changed_with_the_log_tells_nothing(ledger: Placed) -> None:
    with tree_of(ledger) as tree:
        vouched = tree.size, tree.root()
    ledger.place.tamper(f"UPDATE stored_events SET state = ? WHERE position = {nth(4)}", b"\0")
    ledger.place.forget()
    with tree_of(ledger) as tree:
        assert tree.root() != vouched[1]
    assert _difference(ledger) is None
    assert _difference(ledger, vouched) is None
    assert _difference(ledger, (vouched[0] + 1, vouched[1])) is None


@sqlite_only("a column that takes every kind")
def test_a_row_whose_columns_are_not_of_their_kinds_is_named(ledger: Placed) -> None:
    ledger.place.tamper("UPDATE stored_events SET state = 'text' WHERE position = 4")
    with pytest.raises(Damaged, match="position 4") as refused:
        derived_of(ledger)
    assert refused.value.code == "unreadable_event"
    with pytest.raises(Damaged, match="position 4"), tree_of(ledger):
        pass


def test_nothing_kept_is_no_tree(ledger: Placed) -> None:
    with tree_as_kept(ledger) as kept:
        assert kept is None


def test_a_hash_that_is_missing_is_told_when_it_is_needed(ledger: Placed) -> None:
    record(ledger.place, 2, gap=lambda: 3)
    check_fits(ledger)
    _statements("DELETE FROM nodes WHERE level = 0 AND at = 2", "DELETE FROM runs WHERE first_index <= 2")(ledger)
    with tree_of(ledger) as tree:
        for ask in (lambda: tree.subtree(0, 2), lambda: tree.position_of(2)):
            with pytest.raises(Damaged) as refused:
                ask()
            assert refused.value.code == "tree_damaged"


# The commands


def run(command: click.Command, ledger: Placed, *words: str) -> Result:
    settings = Settings(ledger.place.url, None, "en")
    return CliRunner().invoke(command, words, obj=settings)


def said(command: click.Command, ledger: Placed, *words: str) -> str:
    result = run(command, ledger, *words)
    assert result.exit_code == 0, result.output or result.exception
    return result.stdout


def refusal(command: click.Command, ledger: Placed, *words: str) -> tuple[str, int]:
    error = run(command, ledger, *words).exception
    assert isinstance(error, Refusal), error
    return error.code, error.status


def test_a_checkpoint_is_the_log_in_three_lines(ledger: Placed) -> None:
    checkpoint = proofs.parse_checkpoint(said(audit_tree.checkpoint, ledger))
    with ledger.reading() as log:
        assert checkpoint.origin == ledger_id(log)
    assert (checkpoint.size, checkpoint.root) == derived_of(ledger)[:2]
    assert said(audit_tree.checkpoint, ledger, "--format", "json") == checkpoint.text()


def test_an_events_proof_checks_offline(ledger: Placed, tmp_path: Path) -> None:
    record(ledger.place, 9, gap=lambda: 3)
    kept = tmp_path / "kept"
    kept.write_text(said(audit_tree.checkpoint, ledger))
    record(ledger.place, 4)
    rows = rows_of(ledger.place)[:-4]
    for number in range(len(rows) - 1, -1, -every(ledger, 4)):
        row = rows[number]
        for words in (str(row.position),), (f"{row.stream}@{row.version}",), (str(row.position), "--checkpoint", kept):
            text = said(audit_tree.prove, ledger, *map(str, words))
            proof, _ = proofs.verify_proof(text, defined_leaf(row))
            assert proof.index == number
            assert (proof.checkpoint == kept.read_text()) is (len(words) == 3)
            with pytest.raises(Refusal) as refused:
                proofs.verify_proof(text, hashlib.sha256(b"another").digest())
            assert refused.value.code == "wrong_proof"


def test_a_proof_in_json_has_the_parts(ledger: Placed) -> None:
    shape = json.loads(said(audit_tree.prove, ledger, "~/ledger@1", "--format", "json"))
    first = rows_of(ledger.place)[0]
    proof, head = proofs.verify_proof(
        said(audit_tree.prove, ledger, str(first.position)),
        proofs.decoded(shape["leaf_hash"]) or b"",
        origin=shape["ledger"],
    )
    assert [proofs.decoded(each) for each in shape["hashes"]] == list(proof.hashes)
    assert (shape["index"], shape["size"], shape["checkpoint"]) == (0, head.size, head.text())
    assert (shape["position"], shape["stream"], shape["version"]) == (first.position, "~/ledger", 1)


def test_a_consistency_proof_checks_offline(ledger: Placed, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(said(audit_tree.checkpoint, ledger))
    record(ledger.place, 20)
    size = len(rows_of(ledger.place))
    for old, new in (("3", "7"), (str(kept), str(size)), ("1", str(kept))):
        shape = json.loads(said(consistency, ledger, old, new))
        roots = [proofs.decoded(shape[name]) or b"" for name in ("old_root", "new_root")]
        hashes = [proofs.decoded(each) or b"" for each in shape["hashes"]]
        merkle.verify_consistency(shape["old_size"], shape["new_size"], hashes, roots[0], roots[1])
    assert "new size" in said(consistency, ledger, "3", "7", "--format", "table")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("0", ("no_such_event", 1)),
        ("900", ("beyond_the_log", 1)),
        ("999999999999999999", ("beyond_the_log", 1)),
        ("1001/account@1", ("no_such_event", 1)),
        ("~/ledger@3", ("no_such_event", 1)),
        ("~/ledger@x", ("bad_event", 2)),
        ("@1", ("bad_event", 2)),
        ("-", ("bad_event", 2)),
        ("٣", ("bad_event", 2)),
    ],
)
def test_an_event_that_is_not_there_is_refused(ledger: Placed, event: str, expected: tuple[str, int]) -> None:
    assert refusal(audit_tree.prove, ledger, event) == expected


def test_a_position_in_a_gap_is_no_event(ledger: Placed) -> None:
    record(ledger.place, 1, gap=lambda: 5)
    gap = str(rows_of(ledger.place)[-1].position - 1)
    assert refusal(audit_tree.prove, ledger, gap) == ("no_such_event", 1)


def test_a_checkpoint_that_does_not_fit_is_refused(ledger: Placed, tmp_path: Path) -> None:
    record(ledger.place, 20)
    kept = tmp_path / "kept"
    head = proofs.parse_checkpoint(said(audit_tree.checkpoint, ledger))
    cases = [
        (head._replace(origin="slaledger-ffff").text(), ("other_ledger", 1)),
        (head._replace(size=head.size + 1).text(), ("log_truncated", 4)),
        (head._replace(root=bytes(32)).text(), ("log_rewritten", 4)),
        (head.text().replace("\n", "\r\n"), ("bad_checkpoint", 2)),
        (head.text() + "\nno signature\n", ("bad_note", 2)),
    ]
    for text, expected in cases:
        kept.write_bytes(text.encode())
        assert refusal(consistency, ledger, str(kept), str(head.size)) == expected
        assert refusal(audit_tree.prove, ledger, "~/ledger@1", "--checkpoint", str(kept)) == expected
    kept.write_bytes(b"\xff\xfe")
    assert refusal(consistency, ledger, str(kept), "3") == ("unreadable_file", 2)
    assert refusal(consistency, ledger, str(tmp_path / "none"), "3") == ("unreadable_file", 2)
    assert refusal(consistency, ledger, "3", str(head.size + 1)) == ("beyond_the_log", 1)
    assert refusal(consistency, ledger, "7", "3") == ("no_proof", 1)
    assert refusal(consistency, ledger, "0", "3") == ("no_proof", 1)


def test_an_event_that_was_changed_since_is_not_proved(ledger: Placed) -> None:
    check_fits(ledger)
    position = rows_of(ledger.place)[3].position
    ledger.place.tamper("UPDATE stored_events SET state = ? WHERE position = ?", b"\0", position)
    assert refusal(audit_tree.prove, ledger, str(position)) == ("log_rewritten", 4)


def test_a_proof_that_does_not_hold_is_not_printed(ledger: Placed) -> None:
    record(ledger.place, 3)
    check_fits(ledger)
    _statements("UPDATE nodes SET hash = ? WHERE level = 0 AND at = 2", hash=bytes(32))(ledger)
    assert refusal(audit_tree.prove, ledger, str(rows_of(ledger.place)[3].position)) == ("tree_damaged", 4)
    assert refusal(consistency, ledger, "3", str(len(rows_of(ledger.place)))) == ("tree_damaged", 4)


def test_a_log_cut_behind_the_kept_tree_is_told(ledger: Placed, slaledger: CommandLine) -> None:
    check_fits(ledger)
    ledger.place.tamper(f"DELETE FROM stored_events WHERE position = {LAST}")
    done = slaledger.run("audit", "checkpoint")
    assert "no longer reached its last event" in done.stderr
    assert proofs.parse_checkpoint(done.stdout).size == len(rows_of(ledger.place))
