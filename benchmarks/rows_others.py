"""The rows of what other programs do: voucher balances by plain-text accounting, months by DuckDB."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import prepared
import prepared_outages
import prepared_vouchers
from lives import OUTAGES
from measuring import Side, Skipped, run, side, slaledger
from prepared import Sizes
from rows import Target, row

# Vouchers -----------------------------------------------------------------------------------------------------------

_BALANCES = "voucher balances of a ledger of {sizes.main:,} events"
_HLEDGER = "`hledger balance` on the same postings"
_BEAN = "`bean-query` (Beancount 3) on the same"


def _hledger(sizes: Sizes) -> Side:
    if shutil.which("hledger") is None:
        raise Skipped("hledger is not here: `apt-get install hledger`")
    journal = prepared_vouchers.hledger_journal(sizes.main)
    return lambda: run("hledger", "-f", journal, "balance", "vouchers").cost


def _beanquery(sizes: Sizes) -> Side:
    query = "SELECT account, sum(position) WHERE account ~ '^Assets' GROUP BY account"
    book = prepared_vouchers.beancount_file(sizes.main)
    return lambda: run(Path(sys.executable).with_name("bean-query"), "-q", book, query).cost


def _stored_vouchers(sizes: Sizes) -> Side:
    path = prepared.projected(prepared.ledger(sizes.main))
    return lambda: slaledger(path, "voucher", "list", "--format", "csv").cost


def _folded_vouchers(sizes: Sizes) -> Side:
    path = prepared.ledger(sizes.main)
    return lambda: side("vouchers_from_events", path).cost


@row("hledger-kept", f"{_BALANCES}, from the projection", _HLEDGER, Target(1))
def hledger_kept(sizes: Sizes) -> tuple[Side, Side]:
    """Each prints a balance for each voucher. hledger's journal has only the vouchers' movements, two postings each;
    ours is the whole ledger, including bills and outages."""
    return _stored_vouchers(sizes), _hledger(sizes)


@row("hledger-folded", f"{_BALANCES}, from the events", _HLEDGER, Target(0.35, 0.25))
def hledger_folded(sizes: Sizes) -> tuple[Side, Side]:
    """As `hledger-kept`, without read models: the whole log is read, and the vouchers' events are folded."""
    return _folded_vouchers(sizes), _hledger(sizes)


@row("bean-kept", f"{_BALANCES}, from the projection", _BEAN, Target(1))
def bean_kept(sizes: Sizes) -> tuple[Side, Side]:
    """As `hledger-kept`; Beancount reads its text each time (its cache of the parsed file is off)."""
    return _stored_vouchers(sizes), _beanquery(sizes)


@row("bean-folded", f"{_BALANCES}, from the events", _BEAN, Target(0.12))
def bean_folded(sizes: Sizes) -> tuple[Side, Side]:
    """As `hledger-folded`, against Beancount."""
    return _folded_vouchers(sizes), _beanquery(sizes)


# Months -------------------------------------------------------------------------------------------------------------

_REBUILT = "month availability of all accounts, {sizes.outages:,} events of outages: `rebuild`"


def _by_duckdb(sizes: Sizes) -> Side:
    table = prepared_outages.flat_incidents(sizes.outages)
    return lambda: side("months_by_duckdb", table).cost


def _rebuilding(sizes: Sizes) -> Side:
    path = prepared.ledger(sizes.outages, OUTAGES)
    return lambda: slaledger(path, "rebuild").cost


@row("months", _REBUILT, "DuckDB SQL over the same stored events", Target(3, 2))
def months(sizes: Sizes) -> tuple[Side, Side]:
    """Both begin at the stored events, fold the history of each incident, and measure its months with the same union,
    threshold and clip. DuckDB's events are read by Python's `sqlite3` and handed over as JSON lines, which it takes
    apart on all cores, as all that follows; it keeps its result in memory, ours writes the projections."""
    path = prepared.projected(prepared.ledger(sizes.outages, OUTAGES))
    _check_same(side("months_from_projection", path).printed, side("months_by_duckdb_from_events", path).printed)
    return _rebuilding(sizes), lambda: side("months_by_duckdb_from_events", path).cost


@row("months-flat", "the same", "DuckDB SQL over a flat table of the incidents", Target(5))
def months_flat(sizes: Sizes) -> tuple[Side, Side]:
    """DuckDB has the final state of each incident in a table of its own format, on all cores; ours reads the events,
    folds the history of each incident, and writes the projection."""
    return _rebuilding(sizes), _by_duckdb(sizes)


@row("months-kept", "the same, from the projection", "the same DuckDB SQL", Target(1), warm=True)
def months_kept(sizes: Sizes) -> tuple[Side, Side]:
    """The time of reading the projection, against DuckDB answering from its table. Both sum up all months."""
    path = prepared.projected(prepared.ledger(sizes.outages, OUTAGES))
    table = prepared_outages.flat_incidents(sizes.outages)
    _check_same(side("months_from_projection", path).printed, side("months_by_duckdb", table).printed)
    return lambda: side("months_from_projection", path).cost, _by_duckdb(sizes)


def _check_same(ours: str, theirs: str) -> None:
    if ours != theirs:
        raise ValueError(f"the months differ: {ours} and {theirs}")
