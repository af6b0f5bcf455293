"""Who signs with which keys, what must be signed, and who may change either: the rules of signed commands.

What an event may do is judged by the state before it, so by its position in the log and not by a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from domain.case import Fact
from domain.commands import AddKey, RetireKey, SetControls
from domain.events import ActorKeyAdded, ActorKeyRetired, ControlsSet
from domain.keys import short_name, verifier_key
from domain.refusals.signing import (
    KeyNeedsSignature,
    KeyOfAnother,
    KeyRegistered,
    KeyUndone,
    LastStewardKey,
    NoSuchKey,
    NotSteward,
    NotStewardForFirstKey,
    NotStewardForOthersKeys,
    RetiredKey,
    UnregisteredKey,
    UnsignedCommand,
    UnsignedControl,
)
from domain.text import enumerated


class Signer(NamedTuple):
    """The actor of an event, and the key that signed it; None where none did."""

    actor: str
    public_key: str | None


class RegisteredKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of an actor: who registered it, where and when, signed by which key, and why it was retired."""

    public_key: str
    actor: str
    added_by: str
    added_at: int
    position: int
    signed_by: str | None
    retired: str | None = None
    retired_at: int | None = None

    @property
    def is_retired(self) -> bool:
        return self.retired is not None


class Signing(msgspec.Struct, frozen=True, kw_only=True):
    """The registered keys by their text, and the stewards: the actors who signed a `controls set`.

    `is_required` where the control `signed` holds; None where the controls are not known.
    """

    keys: Mapping[str, RegisteredKey] = {}
    stewards: frozenset[str] = frozenset()
    is_required: bool | None = False

    def of(self, actor: str) -> list[RegisteredKey]:
        """The keys that were ever registered for an actor."""
        return [key for key in self.keys.values() if key.actor == actor]

    def is_steward(self, actor: str) -> bool:
        """Whether an actor may do what is a steward's; where the controls are not known, nobody is refused."""
        return self.is_required is None or (self.is_required and actor in self.stewards)


def signing_of(facts: Iterable[Fact]) -> Signing:
    """The state after events of keys and controls, in log order."""
    signing = Signing()
    for fact in facts:
        signing = evolve(signing, fact)
    return signing


def evolve(signing: Signing, fact: Fact) -> Signing:
    """The state after one more event; those that are not about keys or controls leave it."""
    match fact.event:
        case ActorKeyAdded(public_key=text):
            key = RegisteredKey(
                public_key=text,
                actor=fact.event.actor,
                added_by=fact.actor,
                added_at=fact.recorded_at,
                position=fact.position,
                signed_by=fact.public_key,
            )
            return msgspec.structs.replace(signing, keys={**signing.keys, text: key})
        case ActorKeyRetired(public_key=text) if text in signing.keys:
            key = msgspec.structs.replace(signing.keys[text], retired=fact.reason or "-", retired_at=fact.recorded_at)
            return msgspec.structs.replace(signing, keys={**signing.keys, text: key})
        case ControlsSet():
            signer = frozenset() if fact.public_key is None else frozenset({fact.actor})
            required = fact.event.signed if signing.is_required is not None else None
            return msgspec.structs.replace(signing, stewards=signing.stewards | signer, is_required=required)
    return signing


def check_signer(signing: Signing, by: Signer) -> None:
    """Check that an event may be recorded as it is signed.

    Raises Refusal `unsigned` where it must be signed and is not, `unknown_key`, `key_of_another`, `retired_key`.
    """
    if by.public_key is None:
        if signing.is_required:
            raise UnsignedCommand(actor=by.actor)
        return
    key = signing.keys.get(by.public_key)
    name = short_name(by.public_key)
    if key is None:
        raise UnregisteredKey(key=name, actor=by.actor)
    if key.actor != by.actor:
        raise KeyOfAnother(key=name, owner=key.actor, actor=by.actor)
    if key.retired is not None:
        raise RetiredKey(key=name, actor=by.actor, retired=key.retired)


def add_key(signing: Signing, command: AddKey, by: Signer) -> tuple[ActorKeyAdded, ...]:
    """Register a key for an actor. No event where it is registered.

    Raises Refusal `key_of_another`, `undone`, `needs_signature`, `unsigned`, `not_steward`.
    """
    actor, text = str(command.actor), str(command.public_key)
    held = signing.keys.get(text)
    for key in _of_same_bytes(signing, text):
        if key.actor != actor or held is None:
            raise KeyRegistered(key=short_name(key.public_key), owner=key.actor)
    if held is not None and held.retired is None:
        return ()
    if held is not None and held.retired is not None and not command.again:
        raise KeyUndone(key=short_name(text), actor=actor, retired=held.retired)
    if signing.of(actor):
        _check_own_or_steward(signing, actor, by)
    elif signing.is_required:
        check_signer(signing, by)
        _check_steward(signing, by, NotStewardForFirstKey)
    return (ActorKeyAdded(actor=actor, public_key=text),)


def retire_key(signing: Signing, command: RetireKey, by: Signer) -> tuple[ActorKeyRetired, ...]:
    """Retire a key of an actor. No event where it is retired.

    Raises Refusal `unknown_key`, `needs_signature`, `not_steward`, `last_steward_key`.
    """
    actor, text = str(command.actor), str(command.public_key)
    held = signing.keys.get(text)
    if held is None or held.actor != actor:
        raise NoSuchKey(key=short_name(text), actor=actor)
    if held.is_retired:
        return ()
    _check_own_or_steward(signing, actor, by)
    if signing.is_required and actor in signing.stewards and set(_of_stewards(signing)) == {text}:
        raise LastStewardKey(key=short_name(text), actor=actor)
    return (ActorKeyRetired(actor=actor, public_key=text),)


def check_controls(signing: Signing, command: SetControls, by: Signer) -> None:
    """Check who sets controls: while commands must be signed a steward, and that they must be by a signed command.

    Raises Refusal `unsigned`, `not_steward`.
    """
    if signing.is_required:
        check_signer(signing, by)
        _check_steward(signing, by, NotSteward)
    elif command.signed and by.public_key is None:
        raise UnsignedControl(actor=by.actor)


def _check_own_or_steward(signing: Signing, actor: str, by: Signer) -> None:
    """Check that a change of an actor's keys is signed by the actor, or by a steward while commands must be signed."""
    if by.public_key is None:
        check_signer(signing, by)
        raise KeyNeedsSignature(actor=actor)
    if by.actor == actor or signing.is_steward(by.actor):
        return
    if signing.is_required:
        _check_steward(signing, by, NotStewardForOthersKeys)
    raise KeyNeedsSignature(actor=actor)


def _check_steward(signing: Signing, by: Signer, refusal: type[NotSteward]) -> None:
    if not signing.is_steward(by.actor):
        raise refusal(actor=by.actor, stewards=enumerated(sorted(signing.stewards)))


def _of_same_bytes(signing: Signing, text: str) -> Iterator[RegisteredKey]:
    """The registered keys that are the same key, under whatever name."""
    wanted = verifier_key(text)
    for key in signing.keys.values():
        held = verifier_key(key.public_key)
        if key.public_key == text or (wanted is not None and held is not None and held.data == wanted.data):
            yield key


def _of_stewards(signing: Signing) -> Iterator[str]:
    """The keys of stewards that are not retired."""
    for key in signing.keys.values():
        if key.actor in signing.stewards and not key.is_retired:
            yield key.public_key
