"""The ledger's controls: which awards need an approval, whether commands must be signed, and who the provider is."""

from __future__ import annotations

import msgspec

from domain.commands import SetControls
from domain.events import ControlsSet
from domain.refusals.controls import NoControlGiven


class Controls(msgspec.Struct, frozen=True, kw_only=True):
    """The controls that hold. An award above `approval_above_fen` needs an approval; with None no award needs one.

    With `signed` every event must be signed by its actor (`domain/signing.py`).
    """

    approval_above_fen: int | None = None
    provider_name: str | None = None
    provider_address: str | None = None
    signed: bool = False


_GIVEN = ("approval_above", "provider_name", "provider_address", "signed")


def evolve(controls: Controls | None, event: ControlsSet) -> Controls:
    """The controls from an event on: it has all of them."""
    return Controls(**msgspec.structs.asdict(event))


def set_controls(controls: Controls | None, command: SetControls) -> tuple[ControlsSet, ...]:
    """Set the controls that are given; the others stay. No event where nothing changes.

    Raises Refusal `nothing_given`.
    """
    held = controls or Controls()
    if all(getattr(command, name) is None for name in _GIVEN):
        raise NoControlGiven()
    wanted = Controls(
        approval_above_fen=held.approval_above_fen if command.approval_above is None else command.approval_above.fen,
        provider_name=held.provider_name if command.provider_name is None else str(command.provider_name),
        provider_address=held.provider_address if command.provider_address is None else str(command.provider_address),
        signed=held.signed if command.signed is None else command.signed,
    )
    return () if wanted == held else (ControlsSet(**msgspec.structs.asdict(wanted)),)
