"""The ledger's controls are set."""

from __future__ import annotations

from domain import commands as c
from domain import controls
from domain.money import Fen
from ledger.commands.handlers.effect import Effect, Handler, Origin, on
from ledger.commands.receipts import ControlsReceipt
from ledger.log import streams
from ledger.log.reader import Reader


def _set(log: Reader, command: c.SetControls, origin: Origin) -> Effect:
    held = log.controls()
    events = controls.set_controls(held, command)
    for event in events:
        held = controls.evolve(held, event)
    receipt = ControlsReceipt(
        approval_above=None if held.approval_above_fen is None else Fen(held.approval_above_fen),
        provider_name=held.provider_name,
        provider_address=held.provider_address,
    )
    return on(streams.CONTROLS, events, receipt)


HANDLERS: dict[type[c.Command], Handler] = {
    c.SetControls: _set,
}
