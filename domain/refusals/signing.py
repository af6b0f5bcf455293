"""Refusals of signed commands, and of the keys with which actors sign."""

from __future__ import annotations

from domain.refusals import Refusal, Undone


class UnsignedCommand(Refusal, code="unsigned"):
    """While the control `signed` holds, every event is signed by its actor."""

    message = "this ledger takes signed commands only, and this one is not signed"
    hint = "give --sign KEYFILE, with a key that is registered for {actor}"
    actor: str


class UnsignedControl(Refusal, code="unsigned"):
    """Who asks everybody to sign can sign: otherwise nobody could lift the control again."""

    message = "that commands must be signed is itself set by a signed command"
    hint = "give --sign KEYFILE, with a key that is registered for {actor}"
    actor: str


class UnregisteredKey(Refusal, code="unknown_key"):
    """A signature counts by a key that was registered for the actor before."""

    message = "{key} is not a key of {actor}"
    hint = "`slaledger actor add-key {actor} PUBLIC_KEY` registers it, an actor's first key without --sign"
    key: str
    actor: str


class KeyOfAnother(Refusal, code="key_of_another"):
    """A key belongs to one actor for good, so that two actors cannot be one person with one key."""

    message = "{key} is a key of {owner}, not of {actor}"
    hint = "`slaledger keygen NAME -o KEYFILE` makes another key; `--actor {owner}` records as {owner}"
    key: str
    owner: str
    actor: str


class KeyRegistered(Refusal, code="key_of_another"):
    """A key is registered once, for one actor and under one name."""

    message = "this key is registered already, as {key} of {owner}"
    hint = "`slaledger keygen NAME -o KEYFILE` makes another key"
    key: str
    owner: str


class RetiredKey(Refusal, code="retired_key"):
    """A key that was retired signs nothing any more."""

    message = "{key} is retired: {retired}"
    hint = "sign with another key of {actor}"
    key: str
    actor: str
    retired: str


class KeyNeedsSignature(Refusal, code="needs_signature"):
    """An actor's keys change by the actor's own signature, so that nobody can sign in their name. Only the first key is
    registered without one.
    """

    message = "{actor} has keys already, so a change of them is signed with one of these"
    hint = "give --actor {actor} --sign KEYFILE, with one of these keys"
    actor: str


class NotSteward(Refusal, code="not_steward"):
    """While the control `signed` holds, stewards alone set controls, register first keys and change keys of others: the
    actors who signed a `controls set`.
    """

    message = "{actor} is no steward: while commands must be signed, a steward sets the controls"
    hint = "ask a steward: {stewards}"
    actor: str
    stewards: str


class NotStewardForFirstKey(NotSteward):
    """Otherwise anybody who may sign could register a key for an actor that they invent."""

    message = "{actor} is no steward: while commands must be signed, a steward registers an actor's first key"


class NotStewardForOthersKeys(NotSteward):
    """Otherwise anybody who may sign could sign as somebody else."""

    message = "{actor} is no steward: the keys of others are changed by a steward alone"


class LastStewardKey(Refusal, code="last_steward_key"):
    """Without a steward's key nobody could lift the control `signed`, or register another key."""

    message = "{key} is the last key of a steward, and commands must be signed"
    hint = "`slaledger actor add-key {actor} PUBLIC_KEY` registers another one first"
    key: str
    actor: str


class NoSuchKey(Refusal, code="unknown_key"):
    """A key is retired for the actor for whom it was registered."""

    message = "{key} was never registered for {actor}"
    hint = "`slaledger actor list` has all keys"
    key: str
    actor: str


class KeyUndone(Undone):
    """What was done and then undone is not done again by itself."""

    message = "{key} was registered for {actor} before and retired: {retired}"
    hint = "say --again where it is safe after all; `slaledger keygen NAME -o KEYFILE` makes another key"
    key: str
    actor: str
    retired: str
