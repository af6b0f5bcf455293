"""Bytes of any kind as a dossier, and as the checkpoint that its reader kept, to all three checkers.

Dossiers that were sealed again after a change are in `tests/audit/test_both_checkers.py`. Here nothing is sealed
again: no checker may fail otherwise than by saying so, and what one takes the others take.
"""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_checker import BrowserChecker
from conftest import SOAK, CommandLine
from fuzzing import dice, mutated
from soaking import seed
from stores import SqliteStore
from test_verifier import verifier

CHUNKS, EACH = (20, 100) if SOAK else (1, 25)
Record = Callable[[str, object], None]
STATUS = {0: "right", 1: "wrong", 2: "wrong", 3: "wrong", 4: "wrong"}


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger, with a dossier, and the checkpoint that its reader kept."""
    folder = tmp_path_factory.mktemp("resealed")
    made = CommandLine(folder, sqlite_store.taken_over(shown[0] / "slaledger.db", folder))
    (folder / "kept.txt").write_text(made.run("audit", "checkpoint").stdout)
    assert made.run("dossier", "1001", "2026-07", "-o", "case.json").returncode == 0
    return made


def by_both(of: CommandLine, file: str, kept: str) -> tuple[int, int]:
    """The exit statuses of our checker and of the stand-alone one."""
    ours = of.run("verify-dossier", file, "--checkpoint", kept).returncode
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        theirs: int = verifier.main([str(of.folder / file), "--checkpoint", str(of.folder / kept)])
    return ours, theirs


def asked(in_browser: BrowserChecker, case: bytes, kept: bytes) -> str:
    """What the page says; a kept checkpoint that is no text it cannot be given."""
    try:
        text = kept.decode()
    except UnicodeDecodeError:
        return "wrong"
    (found,) = in_browser.check([case], kept=text)
    return "right" if found.is_sound else "wrong"


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("name", ["case.json", "kept.txt"])
def test_all_checkers_read_or_refuse_any_bytes(
    demo: CommandLine, in_browser: BrowserChecker, name: str, chunk: int, record_property: Record
) -> None:
    original, case = (demo.folder / name).read_bytes(), (demo.folder / "case.json").read_bytes()
    thrown, kept = dice("resealed", name, chunk), (demo.folder / "kept.txt").read_bytes()
    said: Counter[tuple[int, int]] = Counter()
    for number in range(EACH):
        data = mutated(original, thrown) if number else original
        (demo.folder / "changed").write_bytes(data)
        given = {"case.json": "case.json", "kept.txt": "kept.txt", name: "changed"}
        ours, theirs = by_both(demo, given["case.json"], given["kept.txt"])
        said[ours, theirs] += 1
        assert STATUS[ours] == STATUS[theirs], f"seed {seed()}, {name} {chunk}, number {number}: {ours} {theirs}"
        if number % (1 if SOAK else 5) == 0:
            in_page = asked(in_browser, case, data) if name == "kept.txt" else asked(in_browser, data, kept)
            assert in_page == STATUS[theirs], f"seed {seed()}, {name} {chunk}, number {number}: {theirs} {in_page}"
    record_property("statuses", {f"{ours}/{theirs}": count for (ours, theirs), count in said.items()})
    assert said[0, 0], said
