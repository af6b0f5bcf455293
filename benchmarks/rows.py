"""The rows of the table: each says what is compared with what, why that is fair, and the ratio that we aim for.

A row's function prepares both sides for given sizes and returns them, so that `--quick` runs the same on less data.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import prepared
from lives import OUTAGES
from measuring import SLALEDGER, Side, Skipped, own_figure, peak_mb, run, side, slaledger
from prepared import Sizes


class Row(NamedTuple):
    """A comparison. `reach` is the largest ratio of ours to theirs that we aim for. `unit` is s or MB."""

    name: str
    what: str
    against: str
    reach: float
    repeats: int
    warm: bool
    unit: str
    sides: Callable[[Sizes], tuple[Side, Side]]


ROWS: list[Row] = []


def row(
    name: str, what: str, against: str, reach: float, *, repeats: int = 3, warm: bool = False, unit: str = "s"
) -> Callable[[Callable[[Sizes], tuple[Side, Side]]], Callable[[Sizes], tuple[Side, Side]]]:
    """Register a function as a row; the texts may name sizes as `{sizes.main:,}`."""

    def taken(sides: Callable[[Sizes], tuple[Side, Side]]) -> Callable[[Sizes], tuple[Side, Side]]:
        ROWS.append(Row(name, what, against, reach, repeats, warm, unit, sides))
        return sides

    return taken


def _floor(path: Path) -> Side:
    return lambda: side("floor", path).seconds


@row(
    "replay",
    "`audit replay` of {sizes.main:,} events, SQLite, one process",
    "reading all rows with `sqlite3` and decoding each with msgspec",
    4,
)
def replay(sizes: Sizes) -> tuple[Side, Side]:
    """The floor is the least work of any program that reads every event: SQL, and typed structs of the JSON.

    Ours also groups by account, folds, assesses, hashes the facts, encodes, and compares. Both are whole processes.
    """
    path = prepared.ledger(sizes.main)
    return lambda: slaledger(path, "audit", "replay").seconds, _floor(path)


@row("fold", "the fold alone, all accounts of {sizes.main:,} events", "the same reading and decoding", 1.8)
def fold(sizes: Sizes) -> tuple[Side, Side]:
    """Every account's case from the events that concern it, without assessment, against the floor of `replay`."""
    path = prepared.ledger(sizes.main)
    return lambda: side("fold", path).seconds, _floor(path)


@row(
    "library",
    "`audit replay` of {sizes.main:,} events",
    "the eventsourcing library's default: JSON transcoder, mapper, its notification log (5,000 a page); the same fold "
    "and assessment behind it",
    1 / 3,
)
def library(sizes: Sizes) -> tuple[Side, Side]:
    """The library has ids as text, the best page size, one pass in log order with every case in memory, and trusts a
    decision's recorded facts; ours hashes them again."""
    path, theirs = prepared.ledger(sizes.main), prepared.library(sizes.main)
    return lambda: slaledger(path, "audit", "replay").seconds, lambda: side("library_replay", theirs).seconds


@row(
    "rebuild",
    "`rebuild` of all projections of {sizes.main:,} events",
    "reading all rows with `sqlite3` and decoding each with msgspec",
    3,
)
def rebuild(sizes: Sizes) -> tuple[Side, Side]:
    """Ours also folds every account, measures its months, and writes three tables; against the floor of `replay`."""
    path = prepared.ledger(sizes.main)
    return lambda: slaledger(path, "rebuild").seconds, _floor(path)


@row("merkle", "re-deriving the Merkle root of {sizes.main:,} events", "reading the rows and one SHA-256 each", 1.5)
def merkle(sizes: Sizes) -> tuple[Side, Side]:
    """A tree needs two hashes per leaf, and each leaf is over the whole row; theirs is over the state alone."""
    path = prepared.ledger(sizes.main)
    return lambda: side("root", path).seconds, lambda: side("hashes", path).seconds


_ACCOUNT = "A0000012"


@row(
    "history",
    "`history` of an account in a ledger of {sizes.large:,} events",
    "the same account in one of {sizes.small:,}",
    1.3,
    repeats=7,
    warm=True,
)
def history(sizes: Sizes) -> tuple[Side, Side]:
    """Both recorded the same commands of the account; whole processes, as a clerk waits for them."""
    large, small = prepared.ledger(sizes.large), prepared.ledger(sizes.small)
    return (
        lambda: slaledger(large, "history", _ACCOUNT).seconds,
        lambda: slaledger(small, "history", _ACCOUNT).seconds,
    )


@row(
    "history-inside",
    "the same in one process, 60 times ({sizes.large:,} events)",
    "the same ({sizes.small:,} events)",
    1.3,
    repeats=7,
    warm=True,
)
def history_inside(sizes: Sizes) -> tuple[Side, Side]:
    """As `history`, without the start of Python, which is the same for both."""
    large, small = prepared.ledger(sizes.large), prepared.ledger(sizes.small)
    return (
        lambda: own_figure("history_own_seconds", large, _ACCOUNT),
        lambda: own_figure("history_own_seconds", small, _ACCOUNT),
    )


@row(
    "decide",
    "a `claim decide` in {sizes.large:,} events",
    "one in {sizes.small:,}",
    1.3,
    repeats=5,
    warm=True,
)
def decide(sizes: Sizes) -> tuple[Side, Side]:
    """Whole processes that record a decision durably: of a pending claim in the large ledger (which grows by one event
    each time), and in a fresh copy of the small one."""
    large, small = prepared.ledger(sizes.large), prepared.ledger(sizes.small)

    def decided(path: Path) -> float:
        return slaledger(path, "claim", "decide", *prepared.waiting(path)[0]).seconds

    return lambda: decided(large), lambda: decided(prepared.scratch(small))


@row(
    "decide-inside",
    "the same in one process, dropped at the end ({sizes.large:,} events)",
    "the same ({sizes.small:,} events)",
    1.3,
    repeats=7,
    warm=True,
)
def decide_inside(sizes: Sizes) -> tuple[Side, Side]:
    """As `decide`, without the start of Python and the wait for the disk; pending claims in both ledgers."""
    large, small = prepared.ledger(sizes.large), prepared.ledger(sizes.small)
    both = [claim for claim in prepared.waiting(small) if claim in prepared.waiting(large)]
    claims = [f"{account}/{month}" for account, month in both or prepared.waiting(small)[:3]]
    others = claims if both else [f"{account}/{month}" for account, month in prepared.waiting(large)[:3]]
    return (
        lambda: own_figure("decide_own_seconds", large, *others),
        lambda: own_figure("decide_own_seconds", small, *claims),
    )


@row(
    "batch",
    "`batch` of {sizes.commands:,} commands, a year of everything, decisions among them",
    "`executemany` of the same rows with `sqlite3`, 10,000 a durable commit",
    8,
)
def batch(sizes: Sizes) -> tuple[Side, Side]:
    """Ours reads JSON, looks up the state, decides each command, and records it; theirs has the rows in memory and a
    table with the same keys. Both sync their commits."""
    begun, lines = prepared.new_ledger(), prepared.batch_file(sizes.commands)
    target, plain = prepared.DATA / "scratch.db", prepared.DATA / "scratch-plain.db"

    def ours() -> float:
        return slaledger(prepared.scratch(begun), "batch", lines).seconds

    def theirs() -> float:
        for left in prepared.DATA.glob("scratch-plain.db*"):
            left.unlink()
        return own_figure("insert_own_seconds", target, plain, "11")

    return ours, theirs


@row(
    "record",
    "one recorded command, as a process",
    "a Python process that imports click and commits one row durably",
    2.5,
    repeats=15,
    warm=True,
)
def record(sizes: Sizes) -> tuple[Side, Side]:
    """The minimum of any command line that records something: Python, click, SQLite with synchronous=FULL."""
    path = prepared.scratch(prepared.ledger(sizes.small))
    plain = prepared.DATA / "scratch-plain.db"
    numbers = iter(range(10_000))

    def ours() -> float:
        at = datetime.fromtimestamp(1_700_000_000, UTC).isoformat()
        return slaledger(path, "account", "enroll", f"N{next(numbers)}", "--enrolled-at", at).seconds

    return ours, lambda: side("click_and_commit", plain).seconds


@row("help", "`slaledger --help`", '`python -c "import click"`', 2, repeats=15, warm=True)
def help_(sizes: Sizes) -> tuple[Side, Side]:
    """The cost of a click command line before it does anything."""
    import sys

    return lambda: run(SLALEDGER, "--help").seconds, lambda: run(sys.executable, "-c", "import click").seconds


def _hledger(sizes: Sizes) -> Side:
    if shutil.which("hledger") is None:
        raise Skipped("hledger is not here: `apt-get install hledger`")
    journal = prepared.hledger_journal(sizes.main)
    return lambda: run("hledger", "-f", journal, "balance", "vouchers").seconds


def _beanquery(sizes: Sizes) -> Side:
    import sys

    query = "SELECT account, sum(position) WHERE account ~ '^Assets' GROUP BY account"
    book = prepared.beancount_file(sizes.main)
    return lambda: run(Path(sys.executable).with_name("bean-query"), "-q", book, query).seconds


def _kept_vouchers(sizes: Sizes) -> Side:
    path = prepared.projected(prepared.ledger(sizes.main))
    return lambda: slaledger(path, "voucher", "list", "--format", "csv").seconds


def _folded_vouchers(sizes: Sizes) -> Side:
    path = prepared.ledger(sizes.main)
    return lambda: side("vouchers_from_events", path).seconds


_POSTINGS = "of a ledger of {sizes.main:,} events"


@row("hledger-kept", f"voucher balances {_POSTINGS}, from the projection", "`hledger balance` on the same postings", 1)
def hledger_kept(sizes: Sizes) -> tuple[Side, Side]:
    """Each prints a balance for each voucher. hledger's journal has only the vouchers' movements, two postings each;
    ours is the whole ledger, including bills and outages."""
    return _kept_vouchers(sizes), _hledger(sizes)


@row("hledger-folded", f"voucher balances {_POSTINGS}, from the events", "`hledger balance` on the same postings", 1)
def hledger_folded(sizes: Sizes) -> tuple[Side, Side]:
    """As `hledger-kept`, without read models: the whole log is read, and the vouchers' events are folded."""
    return _folded_vouchers(sizes), _hledger(sizes)


@row("bean-kept", f"voucher balances {_POSTINGS}, from the projection", "`bean-query` (Beancount 3) on the same", 1)
def bean_kept(sizes: Sizes) -> tuple[Side, Side]:
    """As `hledger-kept`; Beancount reads its text each time (its cache of the parsed file is off)."""
    return _kept_vouchers(sizes), _beanquery(sizes)


@row("bean-folded", f"voucher balances {_POSTINGS}, from the events", "`bean-query` (Beancount 3) on the same", 1)
def bean_folded(sizes: Sizes) -> tuple[Side, Side]:
    """As `hledger-folded`, against Beancount."""
    return _folded_vouchers(sizes), _beanquery(sizes)


def _duckdb(sizes: Sizes) -> Side:
    table = prepared.flat_incidents(sizes.outages)
    return lambda: side("months_by_duckdb", table).seconds


@row(
    "months-rebuilt",
    "month availability of all accounts, {sizes.outages:,} events of outages: `rebuild`",
    "DuckDB SQL over a flat table of the incidents, with the same union, threshold and clip",
    5,
)
def months_rebuilt(sizes: Sizes) -> tuple[Side, Side]:
    """DuckDB has the final state of each incident in a table, on both cores; ours reads the events, folds the history
    of each incident, and writes the projection."""
    path = prepared.ledger(sizes.outages, OUTAGES)
    return lambda: slaledger(path, "rebuild").seconds, _duckdb(sizes)


@row(
    "months-kept",
    "the same, from the projection",
    "the same DuckDB SQL",
    1,
    warm=True,
)
def months_kept(sizes: Sizes) -> tuple[Side, Side]:
    """The time of reading the projection, against DuckDB answering from its table. Both sum up all months."""
    path = prepared.projected(prepared.ledger(sizes.outages, OUTAGES))
    ours, theirs = (
        side("months_from_projection", path),
        side("months_by_duckdb", prepared.flat_incidents(sizes.outages)),
    )
    if ours.printed != theirs.printed:
        raise ValueError(f"the months differ: {ours.printed} and {theirs.printed}")
    return lambda: side("months_from_projection", path).seconds, _duckdb(sizes)


@row(
    "memory-replay",
    "peak memory of `audit replay` at {sizes.large:,} events",
    "at {sizes.main:,}",
    1.2,
    repeats=1,
    unit="MB",
)
def memory_replay(sizes: Sizes) -> tuple[Side, Side]:
    """`ru_maxrss` of the process; a command's memory must not grow with the log."""
    large, main = prepared.ledger(sizes.large), prepared.ledger(sizes.main)
    return (
        lambda: peak_mb(large, "audit", "replay"),
        lambda: peak_mb(main, "audit", "replay"),
    )


@row(
    "memory-rebuild",
    "peak memory of `rebuild` at {sizes.large:,} events",
    "at {sizes.main:,}",
    1.2,
    repeats=1,
    unit="MB",
)
def memory_rebuild(sizes: Sizes) -> tuple[Side, Side]:
    """As `memory-replay`, with the projections written."""
    large, main = prepared.ledger(sizes.large), prepared.ledger(sizes.main)
    return lambda: peak_mb(large, "rebuild"), lambda: peak_mb(main, "rebuild")
