"""What was probably meant by an id that is not recorded: the whole line again, with the id that is."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from domain.refusals import Refusal
from domain.text import said
from ledger.application import Ledger
from ledger.queries.nearest import meant


def suggest(ledger: Ledger, refusal: Refusal) -> None:
    """Advise the line with the id that is near, where a refusal is about an id that is not recorded."""
    with ledger.reading() as log:
        found = meant(log, refusal)
    if found is not None:
        line = line_meant(found.wrong, found.near) or f"slaledger {found.show} {found.near}"
        refusal.reword(refusal.message, said("did you mean {near}? `{line}`", near=found.near, line=line))


@contextmanager
def suggesting(ledger: Ledger) -> Iterator[None]:
    """Add to a refusal of the block what was probably meant."""
    try:
        yield
    except Refusal as refusal:
        suggest(ledger, refusal)
        raise


def line_meant(wrong: str, right: str) -> str | None:
    """The command line with a word replaced; None where it does not stand there, or the line may hold a password."""
    words = sys.argv[1:]
    if any("://" in each and "@" in each for each in words):
        return None
    again = [_replaced(each, wrong, right) for each in words]
    return None if again == words else shlex.join(["slaledger", *again])


def _replaced(word: str, wrong: str, right: str) -> str:
    """A word with another value: of its own, or behind the `=` of an option."""
    name, equals, value = word.partition("=")
    if equals and name.startswith("--") and value == wrong:
        return f"{name}={right}"
    return right if word == wrong else word
