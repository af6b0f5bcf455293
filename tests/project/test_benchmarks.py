"""The benchmark's arithmetic, verdicts and texts; what its ledgers are made of. None of it asserts a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import generate
import installed
import machine
import prepared
import prepared_claims
import prepared_receipts
import pytest
import results
import rows_audit  # noqa: F401 - adds its rows
import rows_commands  # noqa: F401 - adds its rows
import rows_imports  # noqa: F401 - adds its rows
import rows_memory  # noqa: F401 - adds its rows
import rows_others  # noqa: F401 - adds its rows
import rows_server  # noqa: F401 - adds its rows
import rows_site  # noqa: F401 - adds its rows
from conftest import ROOT, CommandLine
from measuring import Comparison, Cost, compare, paired
from prepared import FULL, QUICK, TINY, Sizes
from rows import PAIRS, ROWS, Row

# Pairs --------------------------------------------------------------------------------------------------------------


def test_a_run_is_compared_with_the_mean_of_the_runs_around_it() -> None:
    assert paired([6.0, 9.0], [1.0, 3.0, 6.0]) == [3.0, 2.0]


def test_a_steady_drift_of_the_machine_cancels() -> None:
    slowness = [1 + step / 10 for step in range(11)]
    theirs, ours = slowness[::2], [4 * slow for slow in slowness[1::2]]
    assert paired(ours, theirs) == pytest.approx([4.0] * 5)


def test_there_must_be_one_more_of_their_runs() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired([1.0, 1.0], [1.0, 1.0])


@pytest.mark.parametrize(("warm", "order"), [(False, "totot"), (True, "ottotot")])
def test_their_runs_are_first_and_last(warm: bool, order: str) -> None:
    ran: list[str] = []

    def side(name: str) -> Cost:
        ran.append(name)
        return Cost(float(len(ran)), 2.0)

    found = compare(lambda: side("o"), lambda: side("t"), 2, warm=warm)
    assert ("".join(ran), len(found.ours), len(found.theirs)) == (order, 2, 3)


def test_both_clocks_have_ratios_of_their_own() -> None:
    found = Comparison([Cost(2.0, 12.0)], [Cost(1.0, 3.0), Cost(3.0, 3.0)])
    assert (found.amounts, found.processor, found.medians) == ([1.0], [4.0], (2.0, 2.0))


def test_memory_has_no_processor_time() -> None:
    assert Comparison([Cost(40.0)], [Cost(40.0), Cost(40.0)]).processor == []


# Verdicts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "reach", "at_least", "expected"),
    [
        (3.79, 4.0, False, "yes"),
        (3.81, 4.0, False, "by less than 5 %"),
        (4.00, 4.0, False, "by less than 5 %"),
        (4.01, 4.0, False, "no"),
        (3.16, 3.0, True, "yes"),
        (3.14, 3.0, True, "by less than 5 %"),
        (3.00, 3.0, True, "by less than 5 %"),
        (2.99, 3.0, True, "no"),
        (99.0, None, False, ""),
    ],
)
def test_a_target_met_by_less_than_five_percent_is_not_met(
    ratio: float, reach: float | None, at_least: bool, expected: str
) -> None:
    assert results.verdict(ratio, reach, at_least=at_least) == expected


def test_the_verdict_is_by_the_median_on_the_row_s_own_clock() -> None:
    wall, processor = [1.0, 9.0, 2.0], [5.0, 5.0, 5.0]
    by_wall = results.figures(wall, processor, reach=4, at_least=False, by_processor=False)
    by_processor = results.figures(wall, processor, reach=4, at_least=False, by_processor=True)
    assert by_wall == {"ratio": "2.00 ×", "spread": "1.00 to 9.00", "processor": "5.00 ×", "met": "yes"}
    assert by_processor == {**by_wall, "met": "no"}


def test_how_many_times_as_fast_is_the_ratio_turned_round() -> None:
    found = results.figures([0.25, 0.5], [], reach=3, at_least=True, by_processor=False)
    assert found == {"ratio": "3.00 ×", "spread": "2.00 to 4.00", "processor": "", "met": "by less than 5 %"}


# Texts --------------------------------------------------------------------------------------------------------------


def line(**cells: str) -> results.Line:
    given = {"what": "`audit replay`", "against": "reading", "reach": "≤ 4 ×", "then": "≤ 3 ×", "ratio": "3.50 ×"}
    about = {"sides": "7.0 s : 2.0 s", "clock": "wall", "pairs": "5", "load": "0.1", "measured_on": "2026-11-29"}
    return results.Line(**{**given, **about, **cells})


def test_a_row_of_the_table_has_a_cell_for_each_heading() -> None:
    head, rule, row = results.table([line(met="yes", spread="3.40 to 3.60", processor="6.20 ×")]).splitlines()
    assert head.count("|") == rule.count("|") == row.count("|") == len(results.Line.__struct_fields__) + 1
    measured = "3.50 × | 3.40 to 3.60 | 6.20 × | 7.0 s : 2.0 s | yes"
    assert row == f"| `audit replay` | reading | ≤ 4 × | ≤ 3 × | {measured} | wall | 5 | 0.1 | 2026-11-29 |"


def test_the_file_names_the_command_and_the_machine() -> None:
    text = results.report([line()], "- 2 cores", "make bench-quick")
    assert text.startswith("# Measured ratios\n\nMade by `make bench-quick`.\n")
    assert "\n\n- 2 cores\n\n| ours | against |" in text


@pytest.mark.parametrize(
    ("value", "unit", "expected"), [(1.5, "s", "1500 ms"), (12.34, "s", "12.3 s"), (37.4, "MB", "37 MB")]
)
def test_amounts_have_as_many_digits_as_they_are_worth(value: float, unit: str, expected: str) -> None:
    assert results.amount(value, unit) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("'--enable-optimizations' '--with-lto=full'", "PGO on, LTO on"),
        ("'--enable-shared'", "PGO off, LTO off"),
    ],
)
def test_the_header_says_how_the_interpreter_was_built(arguments: str, expected: str) -> None:
    assert machine.build(arguments) == expected


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
@pytest.mark.parametrize("sizes", [FULL, QUICK, TINY], ids=["full", "quick", "tiny"])
def test_each_row_has_five_pairs_a_reason_and_texts(row: Row, sizes: Sizes) -> None:
    assert row.pairs >= PAIRS == 5
    assert row.sides.__doc__
    texts = (row.what.format(sizes=sizes), row.against.format(sizes=sizes))
    assert not any(sign in text for text in texts for sign in "{}|")


def test_no_two_rows_have_the_same_name() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)


# Processes ----------------------------------------------------------------------------------------------------------

ORPHAN = """
import os, time
parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent or time.process_time() < 0.05:
        pass
    os.write(1, str(time.process_time()).encode())
"""
"""It ends at once, but not the process that it started."""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere orphans cannot be adopted")
def test_the_processor_time_of_processes_that_outlive_their_parent_is_counted() -> None:
    told, telling = os.pipe()
    watched = [sys.executable, ROOT / "benchmarks" / "watch.py", str(telling), "seconds", sys.executable, "-c", ORPHAN]
    with os.fdopen(told, "rb") as figures:
        done = subprocess.run(watched, stdout=subprocess.PIPE, pass_fds=[telling], check=True)
        os.close(telling)
        assert json.loads(figures.read())["processor"] >= float(done.stdout)


# The wheel ----------------------------------------------------------------------------------------------------------


def digest(folder: Path) -> str:
    return installed.digest(folder, installed.sources(folder), "3.11")


def test_an_environment_is_made_again_where_a_shipped_file_changes(tmp_path: Path) -> None:
    for name in ("domain/money.py", "domain/__pycache__/money.pyc", "tests/test_money.py", "slaledger.db-wal"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    assert [path.name for path in installed.sources(tmp_path)] == ["money.py"]
    before = digest(tmp_path)
    (tmp_path / "tests/test_money.py").write_text("2")
    assert digest(tmp_path) == before
    (tmp_path / "domain/money.py").write_text("2")
    changed = digest(tmp_path)
    (tmp_path / "domain/money.py").rename(tmp_path / "domain/cash.py")
    assert len({before, changed, digest(tmp_path)}) == 3
    assert installed.digest(tmp_path, [], "3.11") != installed.digest(tmp_path, [], "3.12")


def test_the_step_that_builds_the_wheel_is_among_its_sources() -> None:
    """`pyproject.toml` names the step by its module."""
    assert {ROOT / "pyproject.toml", ROOT / "tools/wheel.py"} <= set(installed.sources(ROOT))


# Ledgers ------------------------------------------------------------------------------------------------------------


def test_a_month_of_pending_claims_is_sound_and_decided_by_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "DATA", tmp_path)
    monkeypatch.setattr(prepared_claims, "COHORT", 8)
    prepared_claims.pending_claims(20).rename(tmp_path / "slaledger.db")
    slaledger = CommandLine(tmp_path)
    run = slaledger.ok("claim", "decide", "--all", prepared_claims.MONTH)
    assert {each["outcome"] for each in run["done"]} == {"awarded"}
    verified = slaledger.ok("audit", "verify")
    assert (len(run["done"]), run["refused"], verified["damage"], verified["inadmissible"]) == (20, [], [], [])


def test_the_events_after_a_receipt_are_as_many_as_were_asked_for(tmp_path: Path) -> None:
    path, lines = tmp_path / "slaledger.db", tmp_path / "new.jsonl"
    assert [*generate.generate(f"sqlite:///{path}", 2000, prepared.SEED)]
    lines.write_text("".join(json.dumps(line) + "\n" for line in prepared_receipts.new_lines(140)), "utf-8")
    recorded = CommandLine(tmp_path).ok("batch", str(lines))
    assert (recorded["recorded"], recorded["refused"]) == (140, [])
