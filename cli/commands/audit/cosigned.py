"""Checkpoints that witnesses cosigned: what they returned is joined, kept beside the ledger, and found again."""

from __future__ import annotations

from collections.abc import Sequence

from cli.options.context import open_ledger
from ledger.files.reading import read_text
from ledger.refusals.audit.witnesses import NothingCosigned
from ledger.transparency.attested import Attested, newest_cosigned
from ledger.transparency.cosignatures import Note, cosignatures, joined, read_note
from ledger.transparency.policies import witness_keys


def joined_files(returned: Sequence[str], witnesses: Sequence[str]) -> Note:
    """Join the notes in the files that witnesses returned. Raises as `joined` and `witness_keys` do."""
    return joined([(file, read_note(read_text(file))) for file in returned], witness_keys(witnesses))


def newest_witnessed(witnesses: Sequence[str]) -> str:
    """The newest kept checkpoint that all of these witnesses cosigned.

    Raises Refusal `not_cosigned`, `bad_signature`, Unreadable `bad_key`.
    """
    keys = witness_keys(witnesses)

    def has_all(kept: Attested) -> bool:
        return len(cosignatures(read_note(kept.note), keys)) == len(keys)

    with open_ledger(read_only=True) as ledger:
        found = newest_cosigned(ledger, has_all)
    if found is None:
        raise NothingCosigned
    return found.note
