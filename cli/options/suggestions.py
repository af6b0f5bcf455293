"""What was probably meant by an id that is not recorded: the whole line again, with the id that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.terminal.meant import line_meant, line_with
from domain.refusals import Refusal, Undone
from domain.text import said
from ledger.application import Ledger
from ledger.queries.nearest import meant


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
