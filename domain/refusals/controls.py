"""Refusals of the ledger's controls."""

from __future__ import annotations

from domain.refusals import Refusal


class NoControlGiven(Refusal, code="nothing_given"):
    """A command that sets controls names at least one of them."""

    message = "no control is given to set"
    hint = "`slaledger controls set --help` lists them; what is left out stays as it is"
