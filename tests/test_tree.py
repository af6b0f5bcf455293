"""The kept tree: the same as what the rows say, with work for new events alone, whatever happens to its file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
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

from cli import audit_tree
from cli.main import Settings
from domain.refusals import Conflict, Damaged, Refusal, Unreadable
from ledger.application import Ledger
from ledger.audit import catching_up, merkle, proofs
from ledger.audit.derived import Derived, ledger_id
from ledger.audit.derived import derived as derive
from ledger.audit.tree import first_difference, tree_as_kept, tree_of
from ledger.execution import initialise
from ledger.store.codec import Row
from ledger.store.leaves import leaf_hash
from ledger.store.location import kept_path
from ledger.store.reader import Reader


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


def record(path: Path, count: int, *, gap: Callable[[], int] = lambda: 1, name: str = "1001/noted") -> None:
    """Rows at the end of the log, of one stream, each so many positions after the one before."""
    with closing(sqlite3.connect(path)) as raw, raw:
        (position,) = raw.execute("SELECT MAX(position) FROM stored_events").fetchone()
        found = raw.execute("SELECT COUNT(*) FROM stored_events WHERE originator_id = ?", (name,)).fetchone()
        for version in range(found[0] + 1, found[0] + 1 + count):
            position += gap()
            state = b'{"n":%d}' % version
            raw.execute("INSERT INTO stored_events VALUES (?, ?, ?, 'noted', ?)", (position, name, version, state))


def tamper(path: Path, *statements: str) -> None:
    """Change what is recorded, the triggers dropped, as an operator with the file can."""
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for name in ("no_update", "no_delete", "no_replace"):
            raw.execute(f"DROP TRIGGER IF EXISTS stored_events_{name}")
        for statement in statements:
            raw.execute(statement)


def rows_of(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path)) as raw:
        columns = "position, originator_id, originator_version, topic, state"
        return [Row(*each) for each in raw.execute(f"SELECT {columns} FROM stored_events ORDER BY position")]


def derived_of(ledger: Ledger, size: int | None = None) -> Derived:
    with ledger.reading() as log:
        return derive(log, size)


def check_fits(ledger: Ledger) -> str | None:
    """Hold the kept tree to the rows; gives why it was made again."""
    leaves = [defined_leaf(row) for row in rows_of(ledger.store.path)]
    with tree_of(ledger) as tree:
        assert (tree.size, tree.root(), tree.position) == derived_of(ledger)
        assert (tree.size, tree.root()) == (len(leaves), defined_root(leaves))
        assert [tree.subtree(0, index) for index in range(tree.size)] == leaves
        return tree.remade


# The tree


@pytest.mark.parametrize("seed", range(6))
def test_kept_derived_and_defined_roots_are_one_for_random_ledgers_and_sizes(ledger: Ledger, seed: int) -> None:
    chance = Random(seed)
    for _ in range(chance.randint(1, 5)):
        record(ledger.store.path, chance.randint(0, 40), gap=lambda: chance.choice((1, 1, 1, 2, 9)))
        assert check_fits(ledger) is None
    rows = rows_of(ledger.store.path)
    leaves = [defined_leaf(row) for row in rows]
    with tree_of(ledger) as tree:
        for size in range(len(rows) + 1):
            position = rows[size - 1].position if size else 0
            assert tree.root(size) == defined_root(leaves[:size])
            assert derived_of(ledger, size) == (size, tree.root(size), position)


@pytest.mark.parametrize("seed", range(4))
def test_every_proof_checks_without_the_ledger(ledger: Ledger, seed: int) -> None:
    chance = Random(seed)
    record(ledger.store.path, chance.randint(1, 60))
    with tree_of(ledger) as tree:
        for _ in range(60):
            new = chance.randint(1, tree.size)
            old, index = chance.randint(1, new), chance.randrange(new)
            merkle.verify_inclusion(index, new, tree.subtree(0, index), tree.inclusion(index, new), tree.root(new))
            merkle.verify_consistency(old, new, tree.consistency(old, new), tree.root(old), tree.root(new))


@pytest.mark.parametrize("seed", range(4))
def test_a_leaf_is_found_by_its_position_though_positions_have_gaps(ledger: Ledger, seed: int) -> None:
    chance = Random(seed)
    for _ in range(3):
        record(ledger.store.path, chance.randint(1, 15), gap=lambda: chance.choice((1, 1, 2, 5)))
        with tree_of(ledger):
            pass
    positions = [row.position for row in rows_of(ledger.store.path)]
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
def test_what_lies_beyond_the_log_is_refused(ledger: Ledger, ask: Callable[[Any], object], code: str) -> None:
    with tree_of(ledger) as tree, pytest.raises(Refusal) as refused:
        ask(tree)
    assert refused.value.code == code


def test_a_ledger_without_an_id_has_no_tree(tmp_path: Path) -> None:
    with Ledger.create(f"sqlite:///{tmp_path}/empty.db") as ledger:
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

    monkeypatch.setattr(catching_up, "hashed", counted)
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
def test_catching_up_is_work_for_the_new_events(ledger: Ledger, hashes: list[int], read: list[int], new: int) -> None:
    record(ledger.store.path, 500)
    with tree_of(ledger) as tree:
        last = tree.position
    record(ledger.store.path, new)
    hashes.clear()
    read.clear()
    with tree_of(ledger) as tree:
        assert tree.position == last + new
        tree.root()
    assert hashes == read == list(range(last, last + new + 1))


def test_deriving_holds_no_more_for_a_longer_log(ledger: Ledger) -> None:
    def most() -> int:
        tracemalloc.start()
        derived_of(ledger)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    record(ledger.store.path, 10_000)
    short = most()
    record(ledger.store.path, 30_000)
    assert most() < short * 2


def test_an_interrupted_catching_up_keeps_what_was_there(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with tree_of(ledger) as tree:
        before = tree.size
    record(ledger.store.path, 30)
    with monkeypatch.context() as patched:
        patched.setattr(catching_up, "_FLUSH", 3)
        patched.setattr(catching_up, "hashed", lambda row: leaf_hash(row) if row.version < 20 else 1 // 0)
        with pytest.raises(ZeroDivisionError), tree_of(ledger):
            pass
    with tree_as_kept(ledger) as kept:
        assert kept is not None
        assert kept.size == before
    assert check_fits(ledger) is None


# Its file


def _statements(*statements: str) -> Callable[[Ledger], None]:
    def spoil(ledger: Ledger) -> None:
        with closing(sqlite3.connect(kept_path(ledger.store.path, "tree"), isolation_level=None)) as raw:
            for statement in statements:
                raw.execute(statement)

    return spoil


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[Ledger], None]:
    def spoil(ledger: Ledger) -> None:
        path = kept_path(ledger.store.path, "tree")
        path.write_bytes(change(path.read_bytes()))

    return spoil


def _log(*statements: str) -> Callable[[Ledger], None]:
    return lambda ledger: tamper(ledger.store.path, *statements)


LAST = "(SELECT MAX(position) FROM stored_events)"
SPOILT: list[tuple[str, Callable[[Ledger], None], str | None]] = [
    ("deleted", lambda ledger: kept_path(ledger.store.path, "tree").unlink(), None),
    ("empty file", _bytes(lambda data: b""), None),
    ("garbage", _bytes(lambda data: b"no database at all" * 100), "not a database"),
    ("cut off", _bytes(lambda data: data[: len(data) // 2]), "its tables"),
    ("another format", _statements("PRAGMA user_version = 99"), None),
    ("another format's tables", _statements("PRAGMA user_version = 99", "DROP TABLE nodes"), None),
    ("a table missing", _statements("DROP TABLE runs"), "runs"),
    ("another ledger's", _statements("UPDATE reached SET ledger = 'slaledger-00'"), "another ledger"),
    ("another root", _statements("UPDATE reached SET root = zeroblob(32)"), "did not agree"),
    ("nothing reached", _statements("DELETE FROM reached"), None),
    ("nonsense reached", _statements("UPDATE reached SET position = 'far'"), "how far"),
    ("negative", _statements("UPDATE reached SET size = -1"), "how far"),
    ("no runs", _statements("DELETE FROM runs"), "lacks the positions"),
    ("other runs", _statements("UPDATE runs SET first_position = 2"), "positions did not agree"),
    ("no nodes", _statements("DELETE FROM nodes"), "lacks the hash"),
    ("a node of text", _statements("UPDATE nodes SET hash = 'x'"), "lacks the hash"),
    ("another peak", _statements("UPDATE nodes SET hash = zeroblob(32) WHERE level = 4"), "did not agree"),
    ("ahead of the log", _log(f"DELETE FROM stored_events WHERE position > {LAST} - 3"), "the log "),
    (
        "the last event changed",
        _log(f"UPDATE stored_events SET state = x'00' WHERE position = {LAST}"),
        "another event",
    ),
    ("the last event moved", _log(f"UPDATE stored_events SET position = 900 WHERE position = {LAST}"), "another event"),
]


@pytest.mark.parametrize(("spoil", "why"), [each[1:] for each in SPOILT], ids=[each[0] for each in SPOILT])
@pytest.mark.parametrize("more", [0, 10])
def test_what_does_not_fit_is_made_again(
    ledger: Ledger, spoil: Callable[[Ledger], None], why: str | None, more: int
) -> None:
    record(ledger.store.path, 31 - (len(rows_of(ledger.store.path)) % 16))
    assert check_fits(ledger) is None
    spoil(ledger)
    if more:
        record(ledger.store.path, more, name="1002/noted")
    remade = check_fits(ledger)
    assert (remade is None) is (why is None), remade
    assert why is None or why in str(remade)
    assert check_fits(ledger) is None


def test_the_tree_of_another_ledger_is_not_taken_for_this_one(ledger: Ledger, tmp_path: Path) -> None:
    with Ledger.create(f"sqlite:///{tmp_path}/other.db") as other:
        initialise(other, "clerk")
        check_fits(other)
    kept_path(ledger.store.path, "tree").write_bytes(kept_path(tmp_path / "other.db", "tree").read_bytes())
    with tree_as_kept(ledger) as kept:
        assert kept is None
    assert "another ledger" in str(check_fits(ledger))


@pytest.mark.parametrize("frozen", ["ledger", "folder", "tree"])
@pytest.mark.parametrize("kept", [False, True])
def test_where_nothing_may_be_written_it_is_made_in_passing(ledger_file: Path, frozen: str, kept: bool) -> None:
    url, beside = f"sqlite:///{ledger_file}", kept_path(ledger_file, "tree")
    if kept or frozen == "tree":
        with Ledger.open(url) as ledger:
            check_fits(ledger)
        record(ledger_file, 5)
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


def test_a_reader_keeps_its_tree_while_others_catch_up(ledger: Ledger) -> None:
    with tree_of(ledger) as early:
        size, root = early.size, early.root()
        record(ledger.store.path, 50)
        with tree_of(ledger) as late:
            assert late.size == size + 50
            merkle.verify_consistency(size, late.size, late.consistency(size), root, late.root())
        assert (early.size, early.root()) == (size, root)


def test_many_readers_at_once_get_one_answer(ledger: Ledger) -> None:
    record(ledger.store.path, 400)
    roots: list[bytes] = []
    expected = derived_of(ledger).root

    def ask() -> None:
        with Ledger.open(f"sqlite:///{ledger.store.path}") as own, tree_of(own) as tree:
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
from ledger.audit.tree import tree_of
with Ledger.open(sys.argv[1]) as ledger, tree_of(ledger) as tree:
    print(tree.root().hex())
"""


def test_processes_that_find_garbage_at_once_get_one_answer(ledger: Ledger) -> None:
    kept_path(ledger.store.path, "tree").write_bytes(b"garbage" * 1000)
    command = [sys.executable, "-c", READ, f"sqlite:///{ledger.store.path}"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(5)]
    for each in running:
        out, said = each.communicate()
        assert out.decode().split() == [derived_of(ledger).root.hex()], said.decode()
    assert check_fits(ledger) is None


def test_a_tree_that_another_holds_is_waited_for_and_then_told(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    check_fits(ledger)
    record(ledger.store.path, 1)
    monkeypatch.setattr("ledger.store.embedded.LOCK_SECONDS", 0)
    with closing(sqlite3.connect(kept_path(ledger.store.path, "tree"), isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(Conflict) as refused, tree_of(ledger):
            pass
        raw.execute("ROLLBACK")
    assert refused.value.code == "locked"
    assert check_fits(ledger) is None


# What differs


def _difference(ledger: Ledger, vouched: tuple[int, bytes] | None = None) -> int | None:
    with tree_as_kept(ledger) as kept, ledger.reading() as log:
        assert kept is not None
        return first_difference(log, kept, vouched)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("UPDATE stored_events SET state = state || x'20' WHERE position = 4", 4),
        ("UPDATE stored_events SET state = CAST(state AS TEXT) WHERE position = 4", 4),
        ("UPDATE stored_events SET topic = 'other' WHERE position = 1", 1),
        ("DELETE FROM stored_events WHERE position = 5", 5),
        ("DELETE FROM stored_events WHERE position > 7", 8),
        ("INSERT INTO stored_events VALUES (0, 'x', 1, 'noted', x'00')", 0),
        ("INSERT INTO stored_events VALUES (900, 'x', 1, 'noted', x'00')", None),
        ("UPDATE stored_events SET position = position + 100", None),
    ],
)
def test_the_first_changed_position_is_found(ledger: Ledger, change: str, place: int | None) -> None:
    with tree_of(ledger) as tree:
        vouched = tree.size, tree.root()
    tamper(ledger.store.path, change)
    assert _difference(ledger) == _difference(ledger, vouched) == place


def test_a_tree_that_was_changed_with_the_log_tells_nothing(ledger: Ledger) -> None:
    with tree_of(ledger) as tree:
        vouched = tree.size, tree.root()
    tamper(ledger.store.path, "UPDATE stored_events SET state = x'00' WHERE position = 4")
    kept_path(ledger.store.path, "tree").unlink()
    with tree_of(ledger) as tree:
        assert tree.root() != vouched[1]
    assert _difference(ledger) is None
    assert _difference(ledger, vouched) is None
    assert _difference(ledger, (vouched[0] + 1, vouched[1])) is None


def test_a_row_whose_columns_are_not_of_their_kinds_is_named(ledger: Ledger) -> None:
    tamper(ledger.store.path, "UPDATE stored_events SET state = 'text' WHERE position = 4")
    with pytest.raises(Damaged, match="position 4") as refused:
        derived_of(ledger)
    assert refused.value.code == "unreadable_event"
    with pytest.raises(Damaged, match="position 4"), tree_of(ledger):
        pass


def test_nothing_kept_is_no_tree(ledger: Ledger) -> None:
    with tree_as_kept(ledger) as kept:
        assert kept is None


def test_a_hash_that_is_missing_is_told_when_it_is_needed(ledger: Ledger) -> None:
    record(ledger.store.path, 2, gap=lambda: 3)
    check_fits(ledger)
    _statements("DELETE FROM nodes WHERE level = 0 AND at = 2", "DELETE FROM runs WHERE first_index = 0")(ledger)
    with tree_of(ledger) as tree:
        for ask in (lambda: tree.subtree(0, 2), lambda: tree.position_of(2)):
            with pytest.raises(Damaged) as refused:
                ask()
            assert refused.value.code == "tree_damaged"


# The commands


def run(command: click.Command, ledger: Ledger, *words: str) -> Result:
    settings = Settings(f"sqlite:///{ledger.store.path}", None, "en")
    return CliRunner().invoke(command, words, obj=settings)


def said(command: click.Command, ledger: Ledger, *words: str) -> str:
    result = run(command, ledger, *words)
    assert result.exit_code == 0, result.output or result.exception
    return result.stdout


def refusal(command: click.Command, ledger: Ledger, *words: str) -> tuple[str, int]:
    error = run(command, ledger, *words).exception
    assert isinstance(error, Refusal), error
    return error.code, error.status


def test_a_checkpoint_is_the_log_in_three_lines(ledger: Ledger) -> None:
    checkpoint = proofs.parse_checkpoint(said(audit_tree.checkpoint, ledger))
    with ledger.reading() as log:
        assert checkpoint.origin == ledger_id(log)
    assert (checkpoint.size, checkpoint.root) == derived_of(ledger)[:2]
    assert said(audit_tree.checkpoint, ledger, "--format", "json") == checkpoint.text()


def test_an_events_proof_checks_offline(ledger: Ledger, tmp_path: Path) -> None:
    record(ledger.store.path, 9, gap=lambda: 3)
    kept = tmp_path / "kept"
    kept.write_text(said(audit_tree.checkpoint, ledger))
    record(ledger.store.path, 4)
    for number, row in enumerate(rows_of(ledger.store.path)[:-4]):
        for words in (str(row.position),), (f"{row.stream}@{row.version}",), (str(row.position), "--checkpoint", kept):
            text = said(audit_tree.prove, ledger, *map(str, words))
            proof, _ = proofs.verify_proof(text, defined_leaf(row))
            assert proof.index == number
            assert (proof.checkpoint == kept.read_text()) is (len(words) == 3)
            with pytest.raises(Refusal) as refused:
                proofs.verify_proof(text, hashlib.sha256(b"another").digest())
            assert refused.value.code == "wrong_proof"


def test_a_proof_in_json_has_the_parts(ledger: Ledger) -> None:
    shape = json.loads(said(audit_tree.prove, ledger, "~/ledger@1", "--format", "json"))
    proof, head = proofs.verify_proof(
        said(audit_tree.prove, ledger, "1"), proofs.decoded(shape["leaf_hash"]) or b"", origin=shape["ledger"]
    )
    assert [proofs.decoded(each) for each in shape["hashes"]] == list(proof.hashes)
    assert (shape["index"], shape["size"], shape["checkpoint"]) == (0, head.size, head.text())
    assert (shape["position"], shape["stream"], shape["version"]) == (1, "~/ledger", 1)


def test_a_consistency_proof_checks_offline(ledger: Ledger, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(said(audit_tree.checkpoint, ledger))
    record(ledger.store.path, 20)
    size = len(rows_of(ledger.store.path))
    for old, new in (("3", "7"), (str(kept), str(size)), ("1", str(kept))):
        shape = json.loads(said(audit_tree.consistency, ledger, old, new))
        roots = [proofs.decoded(shape[name]) or b"" for name in ("old_root", "new_root")]
        hashes = [proofs.decoded(each) or b"" for each in shape["hashes"]]
        merkle.verify_consistency(shape["old_size"], shape["new_size"], hashes, roots[0], roots[1])
    assert "new size" in said(audit_tree.consistency, ledger, "3", "7", "--format", "table")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("0", ("no_such_event", 1)),
        ("900", ("beyond_the_log", 1)),
        ("999999999999999999", ("beyond_the_log", 1)),
        ("1001/account@1", ("no_such_event", 1)),
        ("~/ledger@2", ("no_such_event", 1)),
        ("~/ledger@x", ("bad_event", 2)),
        ("@1", ("bad_event", 2)),
        ("-", ("bad_event", 2)),
        ("٣", ("bad_event", 2)),
    ],
)
def test_an_event_that_is_not_there_is_refused(ledger: Ledger, event: str, expected: tuple[str, int]) -> None:
    assert refusal(audit_tree.prove, ledger, event) == expected


def test_a_position_in_a_gap_is_no_event(ledger: Ledger) -> None:
    record(ledger.store.path, 1, gap=lambda: 5)
    gap = str(rows_of(ledger.store.path)[-1].position - 1)
    assert refusal(audit_tree.prove, ledger, gap) == ("no_such_event", 1)


def test_a_checkpoint_that_does_not_fit_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    record(ledger.store.path, 20)
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
        assert refusal(audit_tree.consistency, ledger, str(kept), str(head.size)) == expected
        assert refusal(audit_tree.prove, ledger, "1", "--checkpoint", str(kept)) == expected
    kept.write_bytes(b"\xff\xfe")
    assert refusal(audit_tree.consistency, ledger, str(kept), "3") == ("unreadable_file", 2)
    assert refusal(audit_tree.consistency, ledger, str(tmp_path / "none"), "3") == ("unreadable_file", 2)
    assert refusal(audit_tree.consistency, ledger, "3", str(head.size + 1)) == ("beyond_the_log", 1)
    assert refusal(audit_tree.consistency, ledger, "7", "3") == ("no_proof", 1)
    assert refusal(audit_tree.consistency, ledger, "0", "3") == ("no_proof", 1)


def test_an_event_that_was_changed_since_is_not_proved(ledger: Ledger) -> None:
    check_fits(ledger)
    tamper(ledger.store.path, "UPDATE stored_events SET state = x'00' WHERE position = 4")
    assert refusal(audit_tree.prove, ledger, "4") == ("log_rewritten", 4)


def test_a_proof_that_does_not_hold_is_not_printed(ledger: Ledger) -> None:
    record(ledger.store.path, 3)
    check_fits(ledger)
    _statements("UPDATE nodes SET hash = zeroblob(32) WHERE level = 0 AND at = 2")(ledger)
    assert refusal(audit_tree.prove, ledger, "4") == ("tree_damaged", 4)
    assert refusal(audit_tree.consistency, ledger, "3", str(len(rows_of(ledger.store.path)))) == ("tree_damaged", 4)


def test_a_log_cut_behind_the_kept_tree_is_told(ledger: Ledger) -> None:
    check_fits(ledger)
    tamper(ledger.store.path, f"DELETE FROM stored_events WHERE position = {LAST}")
    result = run(audit_tree.checkpoint, ledger)
    assert "no longer reached its last event" in result.stderr
    assert proofs.parse_checkpoint(result.stdout).size == len(rows_of(ledger.store.path))
