"""The commands about the keys with which actors sign."""

from __future__ import annotations

from domain.commands.command import Command
from domain.values import ActorName, PublicKey, Words


class AddKey(Command, tag="actor add-key", frozen=True, kw_only=True):
    """Register a key with which an actor signs what they record."""

    ARGUMENTS = ("actor", "public_key")
    actor: ActorName
    public_key: PublicKey
    reason: Words | None = None
    again: bool = False


class RetireKey(Command, tag="actor retire-key", frozen=True, kw_only=True):
    """Retire a key of an actor: from then on it signs nothing."""

    ARGUMENTS = ("actor", "public_key")
    actor: ActorName
    public_key: PublicKey
    reason: Words | None = None
