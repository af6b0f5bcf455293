"""What was probably meant by an id that is not recorded: the whole line again, with the id that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.terminal.meant import line_meant, line_with
from domain.refusals import ManyFaults, Refusal, Undone
from domain.refusals.values import TimeMeant, TimeWithoutOffset
from domain.text import said
from domain.time import DEFAULT_ZONE, in_zone
from ledger.application import Ledger
from ledger.queries.nearest import meant
from ledger.refusals.imports.bills import BillsDisagree, SharesDiffer


def suggest(ledger: Ledger, refusal: Refusal) -> None:
    """Advise the line with the id that is near, where a refusal is about an id that is not recorded."""
    with ledger.reading() as log:
        found = meant(log, refusal)
    if found is None:
        return
    line = line_meant(found.wrong, found.near)
    if line is None and found.show is not None:
        line = f"slaledger {found.show} {found.near}"
    if line is not None:
        refusal.reword(refusal.message, said("did you mean {near}? `{line}`", near=found.near, line=line))


@contextmanager
def suggesting_times() -> Iterator[None]:
    """Advise the whole line, where a refusal of the block is about a time on it without an offset."""
    try:
        yield
    except (TimeMeant, TimeWithoutOffset) as refusal:
        line = line_meant(refusal.text, in_zone(refusal.meant, refusal.zone or DEFAULT_ZONE))
        if line is not None:
            refusal.reword(refusal.message, said("{hint} `{line}`", hint=refusal.hint, line=line))
        raise


@contextmanager
def suggesting(ledger: Ledger) -> Iterator[None]:
    """Add to a refusal of the block what was probably meant, or the line that does again what was undone."""
    try:
        yield
    except Undone as refusal:
        line = line_with("--again")
        if line is not None and "`" not in (refusal.hint or ""):
            refusal.reword(refusal.message, said("{hint}: `{line}`", hint=refusal.hint, line=line))
        raise
    except Refusal as refusal:
        suggest(ledger, refusal)
        raise


@contextmanager
def suggesting_whose_counts() -> Iterator[None]:
    """Advise the whole line, where a source's bill differs from the ledger's, that takes the one or keeps the other."""
    try:
        yield
    except BillsDisagree as refusal:
        _suggest_whose_counts(refusal)
        raise
    except ManyFaults as faults:
        for each in faults.refusals:
            if isinstance(each, BillsDisagree):
                _suggest_whose_counts(each)
        raise


def _suggest_whose_counts(refusal: BillsDisagree) -> None:
    words = ("--skip", refusal.bill) if isinstance(refusal, SharesDiffer) else ("--take-source", refusal.first)
    line = line_with(*words)
    if line is not None:
        refusal.reword(refusal.message, said("{hint}: `{line}`", hint=refusal.hint, line=line))
