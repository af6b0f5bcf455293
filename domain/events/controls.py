"""The event of the ledger's controls."""

from __future__ import annotations

from domain.events.event import Event


class ControlsSet(Event, frozen=True, kw_only=True):
    """The controls were set. It has all of them as they are from now on; one that is left out is not set."""

    approval_above_fen: int | None = None
    provider_name: str | None = None
    provider_address: str | None = None
    signed: bool = False
