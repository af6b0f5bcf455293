"""Checks what is signed: each signature is of its event, by a key that its actor had then, and nothing lacks one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from domain import events as e
from domain import signing
from domain.admissible.check import Inadmissible
from domain.case import Fact
from domain.commands import AddKey, RetireKey
from domain.keys import short_name
from domain.refusals import Refusal
from domain.signing import Signer, Signing
from domain.text import Said, counted, said
from domain.values import ActorName, PublicKey, Words
from ledger.log.codec import Row
from ledger.refusals.audit.keys import NoCryptography
from ledger.transparency.event_signatures import has_right_signature
from ledger.transparency.signed_notes import check_can_sign


def signer_of(known: Signing, fact: Fact) -> Iterator[Inadmissible]:
    """Whether an event may be recorded as it is signed, or unsigned as it is; `known` is the state before it."""
    try:
        signing.check_signer(known, Signer(fact.actor, fact.public_key))
    except Refusal as refusal:
        yield Inadmissible.of(fact, refusal.code, refusal.message)


def change_of_keys(known: Signing, fact: Fact, event: e.ActorKeyAdded | e.ActorKeyRetired) -> Iterator[Inadmissible]:
    """What is wrong with a change of an actor's keys, by the command that records it."""
    by = Signer(fact.actor, fact.public_key)
    try:
        actor, key = ActorName.parse(event.actor), PublicKey.parse(event.public_key)
        reason = None if fact.reason is None else Words.parse(fact.reason)
        if isinstance(event, e.ActorKeyAdded):
            added = AddKey(actor=actor, public_key=key, reason=reason, again=True)
            expected: tuple[e.Event, ...] = signing.add_key(known, added, by)
        else:
            expected = signing.retire_key(known, RetireKey(actor=actor, public_key=key, reason=reason), by)
    except Refusal as refusal:
        yield Inadmissible.of(fact, refusal.code, refusal.message)
        return
    if not expected:
        yield Inadmissible.of(fact, "no_effect", said("its effect held already, so no command records it"))
    elif expected != (event,):
        yield Inadmissible.of(fact, "recorded_otherwise", said("the rules would have recorded something else"))


class Signatures(msgspec.Struct, frozen=True, kw_only=True):
    """How many events are signed, and of how many the signature was checked: of none without the extra `sign`."""

    signed: int
    checked: int

    def plus(self, other: Signatures) -> Signatures:
        """Those of both."""
        return Signatures(signed=self.signed + other.signed, checked=self.checked + other.checked)

    def unchecked(self) -> Said | None:
        """What to say where signatures were not checked; None where all were."""
        if self.checked == self.signed:
            return None
        return counted(
            "{n} signature was not checked: that needs the extra `sign`",
            "{n} signatures were not checked: that needs the extra `sign`",
            n=self.signed - self.checked,
        )


class SignatureCheck:
    """Checks the signatures of a ledger's events, one after another. Whose keys they are is checked by `LogCheck`."""

    def __init__(self, ledger: str) -> None:
        self._ledger = ledger
        self._signed = self._checked = 0
        try:
            check_can_sign()
            self._can_check = True
        except NoCryptography:
            self._can_check = False

    def take(self, row: Row, fact: Fact) -> Iterator[Inadmissible]:
        """What is wrong with the signature of the next event."""
        if fact.public_key is None and fact.signature is None:
            return
        self._signed += 1
        if not self._can_check:
            return
        self._checked += 1
        if not has_right_signature(self._ledger, row, fact):
            message = said(
                "the signature by {key} is not of this event: one of them was changed",
                key="-" if fact.public_key is None else short_name(fact.public_key),
            )
            yield Inadmissible.of(fact, "bad_signature", message)

    def result(self) -> Signatures:
        """How many were signed and checked so far."""
        return Signatures(signed=self._signed, checked=self._checked)
