"""Names a file of another kind where it cannot be read as what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from domain.refusals import ManyFaults, Unreadable
from ledger.files.kinds import StartOfLines, Wanted, other_kind
from ledger.refusals.imports.kinds import OtherKind
from ledger.refusals.imports.pagerduty import CsvGiven


@contextmanager
def naming_other_kinds(files: Sequence[StartOfLines], wanted: Wanted, own: str | None = None) -> Iterator[None]:
    """Say of the files that the block reads which is of another kind, in place of what is wrong in it.

    A reader that has named it by itself is left to it. Raises Unreadable `other_kind`.
    """
    try:
        yield
    except CsvGiven:
        raise
    except (Unreadable, ManyFaults):
        for file in files:
            kind = other_kind(file.start, wanted, own)
            if kind is not None:
                raise OtherKind(place=file.name, kind=kind.name, advice=kind.advice) from None
        raise
