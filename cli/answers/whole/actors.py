"""The keys with which actors sign, as a list."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.terminal.output import print_table
from cli.terminal.values import ZonedInstant
from domain.keys import short_name
from domain.signing import Signing
from domain.text import said


class ActorKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of an actor. `signed_by` is the key that signed its registration; None where it is not signed."""

    actor: str
    key: str
    public_key: str
    added_at: ZonedInstant
    added_by: str
    signed_by: str | None
    retired_at: ZonedInstant | None
    retired: str | None
    steward: bool


def actor_keys(signing: Signing, zone: str) -> list[ActorKey]:
    """The registered keys, actor by actor, in order of their registration."""
    keys = sorted(signing.keys.values(), key=lambda key: (key.actor, key.position))
    return [
        ActorKey(
            actor=key.actor,
            key=short_name(key.public_key),
            public_key=key.public_key,
            added_at=ZonedInstant(key.added_at, zone),
            added_by=key.added_by,
            signed_by=None if key.signed_by is None else short_name(key.signed_by),
            retired_at=None if key.retired_at is None else ZonedInstant(key.retired_at, zone),
            retired=key.retired,
            steward=key.actor in signing.stewards,
        )
        for key in keys
    ]


def print_actor_keys(keys: Sequence[ActorKey]) -> None:
    """Print the keys, one per row."""
    rows = [
        [
            key.actor,
            key.key,
            said("{added_by}, not signed", added_by=key.added_by) if key.signed_by is None else key.added_by,
            "" if key.retired is None else key.retired,
        ]
        for key in keys
    ]
    print_table([said("actor"), said("signing key"), said("added by"), said("retired")], rows)
