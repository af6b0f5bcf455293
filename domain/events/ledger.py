"""Events of the ledger itself: its id, and the ids, keys and source files that it took."""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.events.event import Event, InstantUs


class LedgerCreated(Event, frozen=True, kw_only=True):
    """The ledger was created; `ledger` is its permanent id."""

    ledger: str


class LedgerUpgraded(Event, frozen=True, kw_only=True):
    """From here on everybody records by these rules; see `domain/recording_rules.py`. `rules` never falls.

    `version` is the release of slaledger that began it.
    """

    rules: int
    version: str


class IdReserved(Event, frozen=True, kw_only=True):
    """An id that is unique in the ledger was taken; `content_sha256` is the hash of the facts it was taken with."""

    kind: Literal["incident", "bill", "voucher"]
    id: str
    owner: str
    content_sha256: str


class KeyUsed(Event, frozen=True, kw_only=True):
    """An idempotency key was used for a command; `content_sha256` is the hash of the command without the key."""

    key: str
    command: str
    content_sha256: str


class Heard(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a source said of an outage, by its key, and when it said it."""

    key: str
    said_at: InstantUs


class SourceRead(Event, frozen=True, kw_only=True):
    """An import took what a source said. `files` are the SHA-256 of its files, `said_at` when the source said it.

    `since` and `until` are how far the files reach, where they do: what lies there and is not told has vanished.
    `lasting` are outages that began again by the source's word and were held open: a later file that tells of an end
    before that has an older word.
    """

    source: str
    scope: str
    files: tuple[str, ...]
    said_at: InstantUs | None = None
    since: InstantUs | None = None
    until: InstantUs | None = None
    lasting: tuple[Heard, ...] = ()
