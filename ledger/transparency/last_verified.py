"""The last sound verifications, noted in the side store of the tree, so that `status` can tell them.

A note is a reminder and no evidence: whoever may write the side store may write a note, and it goes with the store. Its
owner keeps a receipt or a checkpoint elsewhere. Where this process may not write side stores, nothing is noted.
"""

from __future__ import annotations

from contextlib import closing
from typing import NamedTuple

import msgspec

from domain.text import said, words_of
from ledger.application import Ledger
from ledger.log.database import SideStore, SideStoreError, opened_or_made_anew, transaction

_TABLE = (
    "CREATE TABLE IF NOT EXISTS verified (scope TEXT PRIMARY KEY, ledger TEXT, size BIGINT, position BIGINT, "
    "verified_at BIGINT, actor TEXT, went_on_from BIGINT)"
)
"""Not among the tree's tables: those are made again with each new format, and a note cannot be made again."""
_NOTED = (
    "SELECT size, position, verified_at, actor, went_on_from FROM verified WHERE ledger = ? AND position <= ? "
    "ORDER BY verified_at DESC"
)


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """A sound verification: of how many events, up to which position, when (microseconds), and under which name.

    `went_on_from` is the number of events of the receipt from which it went on; None where it was of the whole ledger.
    """

    size: int
    position: int
    verified_at: int
    actor: str | None
    went_on_from: int | None


class LastVerified(NamedTuple):
    """The last verification, and the last one of the whole ledger."""

    latest: Verification | None
    whole: Verification | None


def note_verified(ledger: Ledger, name: str, made: Verification) -> None:
    """Note a sound verification of the ledger with this id, in place of the earlier one of its kind.

    An error of the side store becomes a warning: the verification itself is not affected.
    """
    if not ledger.store.can_write_side_store("tree"):
        return
    try:
        opened_or_made_anew(ledger.store, "tree", lambda kept: _write(kept, name, made))
    except SideStoreError as error:
        if not error.forbids_writing:
            ledger.store.notes.append(
                said("`slaledger status` will not show this verification: {error}", error=words_of(error))
            )


def last_verified(ledger: Ledger, name: str | None, position: int) -> LastVerified:
    """The verifications that were noted of the ledger with this id, which goes up to a position.

    A note of more events than there are is of another log, such as one whose end was cut off since.
    """
    try:
        with closing(ledger.store.kept("tree", read_only=True)) as kept:
            kept.begin()
            rows = kept.query(_NOTED, name, position)
    except SideStoreError:
        return LastVerified(None, None)  # nothing was ever noted, or it cannot be read
    fields = Verification.__struct_fields__
    noted = [Verification(**dict(zip(fields, row, strict=True))) for row in rows]
    return LastVerified(next(iter(noted), None), next((one for one in noted if one.went_on_from is None), None))


def _write(kept: SideStore, name: str, made: Verification) -> None:
    scope = "whole" if made.went_on_from is None else "since"
    with closing(kept), transaction(kept, writing=True):
        kept.query(_TABLE)
        kept.query("DELETE FROM verified WHERE scope = ?", scope)
        kept.query("INSERT INTO verified VALUES (?, ?, ?, ?, ?, ?, ?)", scope, name, *msgspec.structs.astuple(made))
