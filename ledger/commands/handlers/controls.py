"""The ledger's controls are set, and the keys with which actors sign are registered and retired."""

from __future__ import annotations

from msgspec import UNSET

from domain import commands as c
from domain import controls, signing
from domain.money import Fen
from domain.text import said
from ledger.commands.handlers.effect import Effect, Handler, Origin, on
from ledger.commands.receipts import ActorKeyReceipt, ControlsReceipt
from ledger.log import streams
from ledger.log.reader import Reader


def _set(log: Reader, command: c.SetControls, origin: Origin) -> Effect:
    held = log.controls()
    events = controls.set_controls(held, command)
    for event in events:
        signing.check_controls(log.signing(), command, origin.by)
        held = controls.evolve(held, event)
    receipt = ControlsReceipt(
        approval_above=None if held.approval_above_fen is None else Fen(held.approval_above_fen),
        provider_name=held.provider_name,
        provider_address=held.provider_address,
        signed=held.signed,
        stewards=tuple(sorted(_stewards(log, origin))) if held.signed else UNSET,
    )
    return on(streams.CONTROLS, events, receipt)


def _stewards(log: Reader, origin: Origin) -> set[str]:
    """The stewards, once the command is recorded."""
    return {*log.signing().stewards, *([origin.actor] if origin.by.public_key is not None else [])}


def _add_key(log: Reader, command: c.AddKey, origin: Origin) -> Effect:
    known = log.signing()
    events = signing.add_key(known, command, origin.by)
    effect = on(streams.actor(command.actor), events, _receipt(command))
    if events and origin.by.public_key is None:
        effect.warnings = [
            said(
                "the first key of {actor} is not signed: compare it with what {actor} says, since anybody can add it",
                actor=str(command.actor),
            )
        ]
    return effect


def _retire_key(log: Reader, command: c.RetireKey, origin: Origin) -> Effect:
    events = signing.retire_key(log.signing(), command, origin.by)
    return on(streams.actor(command.actor), events, _receipt(command))


def _receipt(command: c.AddKey | c.RetireKey) -> ActorKeyReceipt:
    return ActorKeyReceipt(actor=str(command.actor), public_key=str(command.public_key))


HANDLERS: dict[type[c.Command], Handler] = {
    c.SetControls: _set,
    c.AddKey: _add_key,
    c.RetireKey: _retire_key,
}
