"""The events of the keys with which actors sign."""

from __future__ import annotations

from domain.events.event import Event


class ActorKeyAdded(Event, frozen=True, kw_only=True):
    """From now on events that an actor records may be signed by this key, a verifier key `NAME+ID+BASE64`."""

    actor: str
    public_key: str


class ActorKeyRetired(Event, frozen=True, kw_only=True):
    """From now on the key signs nothing any more. What it signed before stays signed."""

    actor: str
    public_key: str
