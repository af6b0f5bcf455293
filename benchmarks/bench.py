"""Measures rows and writes the file of results: the second half of `run.py`, in the environment that it made."""

from __future__ import annotations

import argparse
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import rows_audit  # noqa: F401 - adds its rows
import rows_commands  # noqa: F401 - adds its rows
import rows_imports  # noqa: F401 - adds its rows
import rows_memory  # noqa: F401 - adds its rows
import rows_others  # noqa: F401 - adds its rows
import rows_server  # noqa: F401 - adds its rows
import rows_site  # noqa: F401 - adds its rows
from machine import is_from_wheel, load, machine
from measuring import Skipped, compare
from places import DATA, HERE
from prepared import FULL, QUICK, TINY, Sizes
from results import Line, amount, figures, report, target
from rows import ROWS, Row


class Size(NamedTuple):
    """A choice of sizes: the command that asks for it, and the file of its results; None where nothing is written."""

    sizes: Sizes
    made_by: str
    results: Path | None = None
    pairs: int | None = None
    memory_pairs: int | None = None
    """The numbers of pairs for rows of time and of memory, instead of their own. Memory varies little between runs."""

    @property
    def kept(self) -> Path:
        """The file that keeps the measured lines."""
        return DATA / f"{self.made_by.replace(' ', '-')}.json"

    def pairs_of(self, row: Row) -> int:
        """The number of pairs for a row."""
        return (self.memory_pairs if row.unit == "MB" else self.pairs) or row.pairs

    def kept_lines(self) -> dict[str, Line]:
        """The lines that were measured before, by the name of their row."""
        return msgspec.json.decode(self.kept.read_bytes(), type=dict[str, Line]) if self.kept.exists() else {}


FAILED = "failed"
SIZES = {
    "full": Size(FULL, "make bench", HERE / "RESULTS.md"),
    "quick": Size(QUICK, "make bench-quick", HERE / "QUICK.md", memory_pairs=1),
    "tiny": Size(TINY, "run.py --size tiny", pairs=1, memory_pairs=1),
}


def measured(row: Row, sizes: Sizes) -> Line:
    """Measure a row; where that is impossible, the line says why."""
    before = load()
    try:
        ours, theirs = row.sides(sizes)
        found = compare(ours, theirs, row.pairs, warm=row.warm)
    except Skipped as skipped:
        return _line(row, sizes, before, ratio="skipped", sides=str(skipped))
    except Exception:  # noqa: BLE001 - one row's failure is shown in the table and stops no other
        traceback.print_exc()
        return _line(row, sizes, before, ratio=FAILED, sides="")
    own, other = found.medians
    aim = row.target
    cells = figures(
        found.amounts,
        found.processor,
        reach=aim.reach,
        at_least=aim.at_least,
        by_processor=aim.clock == "processor",
    )
    return _line(row, sizes, before, sides=f"{amount(own, row.unit)} : {amount(other, row.unit)}", **cells)


def _line(row: Row, sizes: Sizes, before: float, **cells: str) -> Line:
    aim = row.target
    return Line(
        what=row.what.format(sizes=sizes),
        against=row.against.format(sizes=sizes),
        reach=target(aim.reach, at_least=aim.at_least),
        then=target(aim.then, at_least=aim.at_least),
        clock=aim.clock if row.unit == "s" else "memory",
        pairs=str(row.pairs),
        load=f"{before:.1f}",
        measured_on=f"{datetime.now(UTC):%Y-%m-%d}",
        **cells,
    )


def _write(size: Size, kept: dict[str, Line], header: str) -> None:
    if size.results is not None:  # tiny sizes are for trying
        size.kept.write_bytes(msgspec.json.encode(kept))
        lines = [kept[row.name] for row in ROWS if row.name in kept]
        size.results.write_text(report(lines, header, size.made_by), "utf-8")


def main() -> None:
    """The command line."""
    words = argparse.ArgumentParser(prog="run.py", description="Measure the rows of the table.")
    words.add_argument("--size", choices=SIZES, default="full")
    words.add_argument("--only", action="append", choices=[row.name for row in ROWS], metavar="NAME")
    asked = words.parse_args()
    if not is_from_wheel():
        sys.exit("slaledger is not installed from a wheel here: run benchmarks/run.py, which installs one")
    size, header = SIZES[asked.size], machine()
    kept = size.kept_lines()
    rows = [row for row in ROWS if not asked.only or row.name in asked.only]
    for row in rows:
        line = kept[row.name] = measured(row._replace(pairs=size.pairs_of(row)), size.sizes)
        told = f"{line.ratio:>9}  processor {line.processor:>8}  {line.reach:<9} {line.met:<16} {line.spread:<16}"
        print(f"{row.name:<16} {told} {line.sides}", flush=True)
        _write(size, kept, header)
    sys.exit(any(kept[row.name].ratio == FAILED for row in rows))


if __name__ == "__main__":
    main()
