"""The command that sets the ledger's controls."""

from __future__ import annotations

from domain.commands.command import Command
from domain.values import Limit, Words


class SetControls(Command, tag="controls set", frozen=True, kw_only=True):
    """Set which awards need an approval, whether commands must be signed, and who the provider is. What is left out
    stays.
    """

    approval_above: Limit | None = None
    provider_name: Words | None = None
    provider_address: Words | None = None
    signed: bool | None = None
    reason: Words
