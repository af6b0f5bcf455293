"""The result of a handler, and helpers that several handlers use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from domain import events as e
from domain.refusals import Refusal
from domain.signing import Signer
from domain.text import said
from ledger.commands.receipts import Receipt
from ledger.log import streams
from ledger.log.reader import Reader


class Effect(msgspec.Struct, kw_only=True):
    """The effect of a command: events with their streams (none for a no-op), the receipt and warnings."""

    events: list[tuple[str, e.Event]] = []
    receipt: Receipt = Receipt()
    warnings: list[str] = []


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """When a command is carried out, by whom, and signed with which key, if any.

    `is_claimed` where nothing but the actor's own word says who it is.
    """

    now: int
    by: Signer
    is_claimed: bool

    @property
    def actor(self) -> str:
        return self.by.actor


Handler = Callable[[Reader, Any, Origin], Effect]
"""Reads what a command needs from the log and lets the domain decide."""


def on(stream: str, events: tuple[e.Event, ...], receipt: Receipt) -> Effect:
    """The effect of a command that records on one stream."""
    return Effect(events=[(stream, event) for event in events], receipt=receipt)


def content_sha256(*values: object) -> str:
    """A hash of the values that an id is taken for. It tells a repeat from another use."""
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()


Taken = Callable[[str], Refusal]
"""The refusal of an id that something else has, by a text that says whose it is."""


def reserve(log: Reader, kind: Any, id_: str, owner: str, content: str, refuse: Taken) -> list[tuple[str, e.Event]]:
    """Reserve a unique id; no event where it is reserved for the same content.

    Raises Refusal `id_taken`, which `refuse` makes.
    """
    taken = log.reservation(kind, id_)
    if taken is None:
        reserved = e.IdReserved(kind=kind, id=id_, owner=owner, content_sha256=content)
        return [(streams.reservation(kind, id_), reserved)]
    if (taken.owner, taken.content_sha256) == (owner, content):
        return []
    where = (
        said("of account {account}", account=taken.owner)
        if taken.owner != streams.SHARED
        else said("shared by several accounts")
    )
    raise refuse(where)
