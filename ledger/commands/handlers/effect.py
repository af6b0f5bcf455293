"""What a handler gives back, and what several handlers need."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from domain import events as e
from domain.text import said
from ledger.commands.receipts import Receipt
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.refusals.commands import IdTaken


class Effect(msgspec.Struct, kw_only=True):
    """What a command comes to: events and their streams (none for a no-op), and what to tell whoever asked."""

    events: list[tuple[str, e.Event]] = []
    receipt: Receipt = Receipt()
    warnings: list[str] = []


Handler = Callable[[Reader, Any, int], Effect]
"""Gathers what a command needs from the log, at an instant, and lets the domain decide."""


def on(stream: str, events: tuple[e.Event, ...], receipt: Receipt) -> Effect:
    """The effect of a command that records on one stream."""
    return Effect(events=[(stream, event) for event in events], receipt=receipt)


def content_sha256(*values: object) -> str:
    """A hash of what an id is taken for, by which a repeat is told from another use."""
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()


def reserve(log: Reader, kind: Any, id_: str, owner: str, content: str) -> list[tuple[str, e.Event]]:
    """Take an id that is unique in the ledger; nothing where it was taken for the same. Raises Refusal `id_taken`."""
    taken = log.reservation(kind, id_)
    if taken is None:
        reserved = e.IdReserved(kind=kind, id=id_, owner=owner, content_sha256=content)
        return [(streams.reservation(kind, id_), reserved)]
    if (taken.owner, taken.content_sha256) == (owner, content):
        return []
    where = (
        said("of account {account}", account=taken.owner)
        if taken.owner != streams.SHARED
        else said("shared by accounts")
    )
    raise IdTaken(kind=kind, id=id_, where=where)
