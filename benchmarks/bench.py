"""Measures every row of the table and writes `benchmarks/RESULTS.md`.

python benchmarks/run.py                  # everything: the first time it makes ledgers of up to ten million events
python benchmarks/run.py --quick          # small sizes, for trying; writes nothing
python benchmarks/run.py --only replay    # one row, or several: what was measured of others before stays
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sqlite3
import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import msgspec
import rows_imports  # noqa: F401 - adds its rows
import rows_shared  # noqa: F401 - adds its rows
from measuring import HERE, PROCESSOR_TIME, Comparison, Skipped, compare, run
from prepared import DATA, FULL, QUICK, Sizes
from rows import ROWS, Row

PACKAGES = ("eventsourcing", "msgspec", "click", "duckdb", "beancount", "beanquery", "psycopg", "dask")
RESULTS = HERE / "RESULTS.md"
KEPT = DATA / "results.json"


_CLOCK = "processor" if PROCESSOR_TIME in os.environ else "wall"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A measured row as text, with its clock, its number of pairs of runs, and its date."""

    what: str
    against: str
    reach: str
    ratio: str
    spread: str
    sides: str
    met: str
    clock: str
    runs: str
    measured_on: str


def measured(row: Row, sizes: Sizes) -> Line:
    """Measure a row; where that is impossible, the line says why."""
    try:
        ours, theirs = row.sides(sizes)
        found = compare(ours, theirs, row.repeats, warm=row.warm)
    except Skipped as skipped:
        return _line(row, sizes, ratio="skipped", sides=str(skipped))
    except Exception:  # noqa: BLE001 - one row's failure is shown in the table and stops no other
        traceback.print_exc()
        return _line(row, sizes, ratio="failed", sides="see the error above")
    return _line(row, sizes, **_figures(row, found))


def _figures(row: Row, found: Comparison) -> dict[str, str]:
    low, high = min(found.ratios), max(found.ratios)
    return {
        "ratio": f"{found.ratio:.2f} ×",
        "spread": f"{low:.2f} to {high:.2f}",
        "sides": f"{_amount(median(found.ours), row.unit)} : {_amount(median(found.theirs), row.unit)}",
        "met": "yes" if found.ratio <= row.reach else "no",
    }


def _amount(value: float, unit: str) -> str:
    return f"{value:.0f} MB" if unit == "MB" else f"{value * 1000:.0f} ms" if value < 2 else f"{value:.1f} s"


def _line(row: Row, sizes: Sizes, *, ratio: str, sides: str, spread: str = "", met: str = "") -> Line:
    return Line(
        what=row.what.format(sizes=sizes),
        against=row.against.format(sizes=sizes),
        reach=f"≤ {row.reach:.2g} ×",
        ratio=ratio,
        spread=spread,
        sides=sides,
        met=met,
        clock=_CLOCK if row.unit == "s" else "",
        runs=str(row.repeats),
        measured_on=f"{datetime.now(UTC):%Y-%m-%d}",
    )


def table(lines: list[Line]) -> str:
    """Lines as a table in Markdown."""
    head = ("ours", "against", "reach", "ratio", "least to most", "medians", "met", "clock", "runs", "measured")
    cells = (head, ["---"] * len(head), *map(msgspec.structs.astuple, lines))
    return "\n".join("| " + " | ".join(each) + " |" for each in cells)


def machine() -> str:
    """The machine and versions of the measurement."""
    packages = []
    for name in PACKAGES:
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    tools = [run(name, "--version").printed.strip() for name in ("hledger", "postgres") if shutil.which(name)]
    return "\n".join(
        (
            f"- {os.cpu_count()} cores, {_cpu()}; {platform.system()} {platform.release()}",
            f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(packages)}",
            *(f"- {tool}" for tool in tools),
        )
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor()


def report(lines: list[Line]) -> str:
    """The file of results."""
    return (
        "# Measured ratios\n\n"
        "Made by `make bench`. Both sides of a row run in turn on the same machine; the ratio is that of their "
        "medians, the spread that of the pairs of runs. Where the clock is the processor's, the machine was in use, "
        "and waiting for the disk is not counted. What each row measures, and why that is fair, stands in "
        "`rows.py` and `rows_shared.py`; where a row is missed, "
        "[the record of 2026-11-24](../docs/decisions/18-speed.md) says what dominates and what was tried.\n\n"
        f"{machine()}\n\n{table(lines)}\n"
    )


def main() -> None:
    """The command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--quick", action="store_true")
    words.add_argument("--only", action="append", choices=[row.name for row in ROWS], metavar="NAME")
    words.add_argument("--repeats", type=int, metavar="N", help="Of each row, instead of its own number.")
    asked = words.parse_args()
    kept: dict[str, Line] = {}
    if KEPT.exists() and not asked.quick:
        kept = msgspec.json.decode(KEPT.read_bytes(), type=dict[str, Line])
    for row in ROWS:
        if asked.only and row.name not in asked.only:
            continue
        line = kept[row.name] = measured(
            row._replace(repeats=asked.repeats or row.repeats), QUICK if asked.quick else FULL
        )
        print(f"{row.name:<16} {line.ratio:>9}  reach {line.reach:<8} {line.spread:<16} {line.sides}", flush=True)
        if not asked.quick:
            DATA.mkdir(exist_ok=True)
            KEPT.write_bytes(msgspec.json.encode(kept))
            RESULTS.write_text(report([kept[each.name] for each in ROWS if each.name in kept]), "utf-8")
    sys.exit(0)


if __name__ == "__main__":
    main()
