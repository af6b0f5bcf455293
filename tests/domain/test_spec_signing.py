"""Who may sign, register and retire keys, and set controls: every refusal, on both sides of its rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keys import ALICE, ALICE_2, BOB, Key

from domain import signing
from domain.case import Fact
from domain.commands import AddKey, RetireKey, SetControls
from domain.events import ActorKeyAdded, ActorKeyRetired, ControlsSet, Event
from domain.keys import encoded, key_id, verifier_key
from domain.refusals import Refusal
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
from domain.signing import Signer, Signing
from domain.values import ActorName, PublicKey, Words

Told = tuple[Signer, Event]
CLERK, AS_ALICE, AS_BOB = Signer("clerk", None), Signer("alice", ALICE.public), Signer("bob", BOB.public)
AS_ALICE_2 = Signer("alice", ALICE_2.public)


def added(by: Signer, actor: str, key: Key) -> Told:
    return by, ActorKeyAdded(actor=actor, public_key=key.public)


def retired(by: Signer, actor: str, key: Key) -> Told:
    return by, ActorKeyRetired(actor=actor, public_key=key.public)


ALICES, BOBS = added(CLERK, "alice", ALICE), added(CLERK, "bob", BOB)
SECOND = added(AS_ALICE, "alice", ALICE_2)
HELD, LIFTED = (AS_ALICE, ControlsSet(signed=True)), (AS_ALICE, ControlsSet())
BY_BOB = (AS_BOB, ControlsSet(provider_name="Cloud"))


def after(*told: Told) -> Signing:
    """The state after events, each with its signer; retired keys are lost."""
    facts = (
        Fact("~/x", number, number, number, by.actor, "lost", None, "x", event, None, by.public_key)
        for number, (by, event) in enumerate(told, start=1)
    )
    return signing.signing_of(facts)


def add(actor: str, key: Key, *, again: bool = False) -> AddKey:
    return AddKey(actor=ActorName(actor), public_key=PublicKey(key.public), again=again)


def retire(actor: str, key: Key) -> RetireKey:
    return RetireKey(actor=ActorName(actor), public_key=PublicKey(key.public))


def holds(outcome: Callable[[], object], expected: object) -> None:
    """Hold a decision to its events, or to the class of its refusal."""
    if isinstance(expected, type):
        with pytest.raises(Refusal) as refused:
            outcome()
        assert type(refused.value) is expected
        assert refused.value.message and refused.value.hint
    else:
        assert outcome() == expected


@pytest.mark.parametrize(
    ("known", "by", "expected"),
    [
        ((), CLERK, None),
        ((ALICES,), CLERK, None),
        ((ALICES,), Signer("alice", None), None),
        ((ALICES,), AS_ALICE, None),
        ((), AS_ALICE, UnregisteredKey),
        ((ALICES,), Signer("clerk", ALICE.public), KeyOfAnother),
        ((ALICES, SECOND, retired(AS_ALICE_2, "alice", ALICE)), AS_ALICE, RetiredKey),
        ((ALICES, SECOND, retired(AS_ALICE_2, "alice", ALICE)), AS_ALICE_2, None),
        ((ALICES, HELD), AS_ALICE, None),
        ((ALICES, HELD), Signer("alice", None), UnsignedCommand),
        ((ALICES, HELD), CLERK, UnsignedCommand),
        ((ALICES, HELD, LIFTED), CLERK, None),
    ],
)
def test_what_may_be_recorded_as_it_is_signed(known: tuple[Told, ...], by: Signer, expected: object) -> None:
    holds(lambda: signing.check_signer(after(*known), by), expected)


@pytest.mark.parametrize(
    ("known", "command", "by", "expected"),
    [
        ((), add("alice", ALICE), CLERK, "added"),
        ((BOBS,), add("alice", ALICE), AS_BOB, "added"),
        ((ALICES,), add("alice", ALICE), CLERK, ()),
        ((ALICES,), add("bob", ALICE), CLERK, KeyRegistered),
        ((ALICES,), add("alice", ALICE_2), CLERK, KeyNeedsSignature),
        ((ALICES,), add("alice", ALICE_2), Signer("alice", None), KeyNeedsSignature),
        ((ALICES, BOBS, BY_BOB), add("alice", ALICE_2), AS_BOB, KeyNeedsSignature),
        ((ALICES,), add("alice", ALICE_2), AS_ALICE, "added"),
        ((ALICES, SECOND, retired(AS_ALICE, "alice", ALICE_2)), add("alice", ALICE_2), AS_ALICE, KeyUndone),
        ((ALICES, SECOND, retired(AS_ALICE, "alice", ALICE_2)), add("alice", ALICE_2, again=True), AS_ALICE, "added"),
        ((ALICES, retired(AS_ALICE, "alice", ALICE)), add("alice", ALICE_2), CLERK, KeyNeedsSignature),
        ((ALICES, HELD), add("bob", BOB), CLERK, UnsignedCommand),
        ((ALICES, HELD), add("bob", BOB), AS_BOB, UnregisteredKey),
        ((ALICES, HELD), add("bob", BOB), AS_ALICE, "added"),
        ((ALICES, BOBS, HELD), add("carol", ALICE_2), AS_BOB, NotStewardForFirstKey),
        ((ALICES, BOBS, HELD), add("bob", ALICE_2), AS_BOB, "added"),
        ((ALICES, BOBS, HELD), add("bob", ALICE_2), AS_ALICE, "added"),
        ((ALICES, BOBS, HELD), add("alice", ALICE_2), AS_BOB, NotStewardForOthersKeys),
        ((ALICES, BOBS, BY_BOB, HELD), add("alice", ALICE_2), AS_BOB, "added"),
        ((ALICES, HELD), add("alice", ALICE_2), Signer("alice", None), UnsignedCommand),
    ],
)
def test_who_registers_a_key(known: tuple[Told, ...], command: AddKey, by: Signer, expected: object) -> None:
    if expected == "added":
        expected = (ActorKeyAdded(actor=str(command.actor), public_key=str(command.public_key)),)
    holds(lambda: signing.add_key(after(*known), command, by), expected)


def test_the_same_key_under_another_name_is_the_same_key() -> None:
    bytes_of = verifier_key(ALICE.public)
    assert bytes_of is not None
    name = "carol"
    renamed = f"{name}+{key_id(name, bytes_of.data).hex()}+{encoded(bytes([1]) + bytes_of.data)}"
    for actor in ("carol", "alice"):
        command = AddKey(actor=ActorName(actor), public_key=PublicKey.parse(renamed))
        holds(lambda command=command: signing.add_key(after(ALICES), command, AS_ALICE), KeyRegistered)


@pytest.mark.parametrize(
    ("known", "command", "by", "expected"),
    [
        ((ALICES,), retire("alice", ALICE), AS_ALICE, "retired"),
        ((ALICES, SECOND), retire("alice", ALICE), AS_ALICE_2, "retired"),
        ((ALICES, retired(AS_ALICE, "alice", ALICE)), retire("alice", ALICE), CLERK, ()),
        ((ALICES,), retire("alice", ALICE_2), AS_ALICE, NoSuchKey),
        ((ALICES, BOBS), retire("bob", ALICE), AS_ALICE, NoSuchKey),
        ((ALICES,), retire("alice", ALICE), CLERK, KeyNeedsSignature),
        ((ALICES, BOBS, BY_BOB), retire("alice", ALICE), AS_BOB, KeyNeedsSignature),
        ((ALICES, HELD), retire("alice", ALICE), AS_ALICE, LastStewardKey),
        ((ALICES, BOBS, HELD), retire("alice", ALICE), AS_BOB, NotStewardForOthersKeys),
        ((ALICES, BOBS, HELD), retire("bob", BOB), AS_BOB, "retired"),
        ((ALICES, BOBS, HELD), retire("bob", BOB), AS_ALICE, "retired"),
        ((ALICES, SECOND, HELD), retire("alice", ALICE), AS_ALICE, "retired"),
        ((ALICES, BOBS, BY_BOB, HELD), retire("alice", ALICE), AS_ALICE, "retired"),
        ((ALICES, HELD, LIFTED), retire("alice", ALICE), AS_ALICE, "retired"),
        ((ALICES, HELD), retire("alice", ALICE), Signer("alice", None), UnsignedCommand),
    ],
)
def test_who_retires_a_key(known: tuple[Told, ...], command: RetireKey, by: Signer, expected: object) -> None:
    if expected == "retired":
        expected = (ActorKeyRetired(actor=str(command.actor), public_key=str(command.public_key)),)
    holds(lambda: signing.retire_key(after(*known), command, by), expected)


@pytest.mark.parametrize(
    ("known", "signed", "by", "expected"),
    [
        ((), None, CLERK, None),
        ((), False, CLERK, None),
        ((ALICES,), True, CLERK, UnsignedControl),
        ((ALICES,), True, AS_ALICE, None),
        ((ALICES, BOBS, HELD), None, AS_BOB, NotSteward),
        ((ALICES, BOBS, HELD), False, AS_BOB, NotSteward),
        ((ALICES, BOBS, HELD), False, CLERK, UnsignedCommand),
        ((ALICES, BOBS, HELD), False, AS_ALICE, None),
        ((ALICES, BOBS, BY_BOB, HELD), False, AS_BOB, None),
    ],
)
def test_who_sets_controls(known: tuple[Told, ...], signed: bool | None, by: Signer, expected: object) -> None:
    command = SetControls(signed=signed, reason=Words("r"))
    holds(lambda: signing.check_controls(after(*known), command, by), expected)


def test_a_case_without_the_controls_holds_nobody_to_being_a_steward() -> None:
    known = signing.evolve(Signing(is_required=None), Fact("~/x", 1, 1, 1, "clerk", None, None, "x", ALICES[1]))
    assert signing.add_key(known, add("alice", ALICE_2), AS_BOB)
    assert signing.retire_key(known, retire("alice", ALICE), AS_BOB)
    holds(lambda: signing.add_key(known, add("alice", ALICE_2), CLERK), KeyNeedsSignature)


@pytest.mark.parametrize(
    "text", ["", "alice", ALICE.public[:-1], f"{ALICE.public}A", ALICE.signer, "a b+0+A", "x" * 301]
)
def test_what_is_no_verifier_key(text: str) -> None:
    with pytest.raises(Refusal):
        PublicKey.parse(text)
    assert PublicKey.parse(f" {ALICE.public}\n") == ALICE.public
