"""One use case a command: gather what it needs, let the domain decide, say what is to be recorded where."""

from __future__ import annotations

from domain import commands as c
from domain.refusals import Refusal
from domain.terms.versions import zone_of
from ledger.commands.handlers import account, bill, calendar, claim, incident, terms, voucher
from ledger.commands.handlers.effect import Effect, Handler
from ledger.log.reader import Reader

_HANDLERS: dict[type[c.Command], Handler] = {
    **account.HANDLERS,
    **terms.HANDLERS,
    **calendar.HANDLERS,
    **incident.HANDLERS,
    **bill.HANDLERS,
    **claim.HANDLERS,
    **voucher.HANDLERS,
}


def handle(log: Reader, command: c.Command, now: int) -> Effect:
    """The effect of a command on the ledger as `log` has it. Raises Refusal as the rules say."""
    handler = _HANDLERS[type(command)]
    try:
        return handler(log, command, now)
    except Refusal as refusal:
        refusal.zone = refusal.zone or zone_of(log.versions())
        raise
