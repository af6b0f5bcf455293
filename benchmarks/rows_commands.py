"""The rows of commands: of one account in a long log, of a batch, of a month, and of one process."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count

import prepared
import prepared_claims
from measuring import SLALEDGER, Cost, Side, own_cost, run, side, slaledger
from places import DATA
from prepared import Sizes
from rows import Target, row

_ACCOUNT = "A0000012"
_LONG = Target(1.3)
"""What concerns one account must not take longer in a longer log."""


@row(
    "history",
    "`history` of an account in a ledger of {sizes.large:,} events",
    "the same account in one of {sizes.small:,}",
    _LONG,
    pairs=7,
    warm=True,
)
def history(sizes: Sizes) -> tuple[Side, Side]:
    """Both recorded the same commands of the account; whole processes, as a clerk waits for them."""
    large, small = prepared.ledger(sizes.large), prepared.ledger(sizes.small)
    return lambda: slaledger(large, "history", _ACCOUNT).cost, lambda: slaledger(small, "history", _ACCOUNT).cost


@row(
    "history-inside",
    "the same in one process, 60 times ({sizes.large:,} events)",
    "the same ({sizes.small:,} events)",
    _LONG,
    pairs=7,
    warm=True,
)
def history_inside(sizes: Sizes) -> tuple[Side, Side]:
    """As `history`, without the start of Python, which is the same for both."""
    large, small = prepared.ledger(sizes.large), prepared.ledger(sizes.small)
    return lambda: own_cost("own_history", large, _ACCOUNT), lambda: own_cost("own_history", small, _ACCOUNT)


@row(
    "decide",
    "a `claim decide` in {sizes.large:,} events",
    "one in {sizes.small:,}",
    _LONG,
    warm=True,
)
def decide(sizes: Sizes) -> tuple[Side, Side]:
    """Whole processes that record a decision durably, each of a pending claim in a copy of the ledger. The copy of the
    small one is fresh each time; that of the large one grows by one event."""
    large, small = prepared.scratch(prepared.ledger(sizes.large), "deciding.db"), prepared.ledger(sizes.small)
    claims = iter(prepared.waiting(large))
    first = prepared.waiting(small)[0]
    return (
        lambda: slaledger(large, "claim", "decide", *next(claims)).cost,
        lambda: slaledger(prepared.scratch(small), "claim", "decide", *first).cost,
    )


@row(
    "decide-inside",
    "the same in one process, dropped at the end ({sizes.large:,} events)",
    "the same ({sizes.small:,} events)",
    _LONG,
    pairs=7,
    warm=True,
)
def decide_inside(sizes: Sizes) -> tuple[Side, Side]:
    """As `decide`, without the start of Python and the wait for the disk; pending claims in both ledgers."""
    large, small = prepared.ledger(sizes.large), prepared.ledger(sizes.small)
    both = [claim for claim in prepared.waiting(small) if claim in prepared.waiting(large)]
    claims = [f"{account}/{month}" for account, month in both or prepared.waiting(small)[:3]]
    others = claims if both else [f"{account}/{month}" for account, month in prepared.waiting(large)[:3]]
    return lambda: own_cost("own_decide", large, *others), lambda: own_cost("own_decide", small, *claims)


@row(
    "batch",
    "`batch` of {sizes.commands:,} commands, a year of everything, decisions among them",
    "`executemany` of the same rows with `sqlite3`, 10,000 a durable commit",
    Target(10, 8),
    warm=True,
)
def batch(sizes: Sizes) -> tuple[Side, Side]:
    """Ours reads JSON, looks up the state, decides each command, and records it; theirs has the rows in memory and a
    table with the same keys. Both sync their commits."""
    begun, lines = prepared.new_ledger(), prepared.batch_file(sizes.commands)
    after = prepared.last_position(begun)
    return (
        lambda: slaledger(prepared.scratch(begun), "batch", lines).cost,
        lambda: _inserted_again(after),
    )


@row(
    "decide-all",
    "`claim decide --all` of {sizes.claims:,} claims of a month, a decision for each",
    "`executemany` of the same rows with `sqlite3`, 10,000 a durable commit",
    Target(None),
    warm=True,
)
def decide_all(sizes: Sizes) -> tuple[Side, Side]:
    """Both sides' seconds divided by the same number of claims, so that the ratio is also that for one claim. Ours
    reads the account, measures its month, assesses it and records the decision; theirs has these rows in memory."""
    path = prepared_claims.pending_claims(sizes.claims)
    after = prepared.last_position(path)
    return (
        lambda: slaledger(prepared.scratch(path), "claim", "decide", "--all", prepared_claims.MONTH).cost,
        lambda: _inserted_again(after),
    )


def _inserted_again(after: int) -> Cost:
    """The cost of inserting what the last run of ours recorded after a position."""
    plain = DATA / "plain.db"
    prepared.remove(plain)
    return own_cost("own_insert", DATA / "scratch.db", plain, str(after))


@row(
    "report",
    "`report` of a month over all accounts of {sizes.main:,} events, as JSON",
    "reading the month's rows of the projections with `sqlite3`",
    Target(None),
)
def report(sizes: Sizes) -> tuple[Side, Side]:
    """Theirs are the rows that `rebuild` made of the same events: the month's outages, claims and vouchers. Ours also
    has the accounts without any, open outages and what a claim would get, and reads them from the log. Both are whole
    processes. An account has about fifty events: 20,000 accounts in 1,000,000."""
    path, month = prepared.projected(prepared.ledger(sizes.main)), "2026-03"
    return (
        lambda: slaledger(path, "report", month, "--format", "json").cost,
        lambda: side("rows_of_month", path, month).cost,
    )


@row(
    "record",
    "one recorded command, as a process",
    "a Python process that imports click and commits one row durably",
    Target(2.3, 2),
    pairs=15,
    warm=True,
)
def record(sizes: Sizes) -> tuple[Side, Side]:
    """The minimum of any command line that records something: Python, click, SQLite with synchronous=FULL."""
    path = prepared.scratch(prepared.ledger(sizes.small))
    plain, numbers = DATA / "plain.db", count()
    at = datetime.fromtimestamp(1_700_000_000, UTC).isoformat()
    prepared.remove(plain)
    return (
        lambda: slaledger(path, "account", "enroll", f"N{next(numbers)}", "--enrolled-at", at).cost,
        lambda: side("click_and_commit", plain).cost,
    )


@row("help", "`slaledger --help`", '`python -c "import click"`', Target(2), pairs=15, warm=True)
def help_(sizes: Sizes) -> tuple[Side, Side]:
    """The cost of a click command line before it does anything."""
    return lambda: run(SLALEDGER, "--help").cost, lambda: run(sys.executable, "-c", "import click").cost
