"""One handler per command: it reads what the command needs, lets the domain decide, and names the streams."""

from __future__ import annotations

from domain import commands as c
from domain.refusals import Refusal
from domain.terms.versions import zone_of
from ledger.commands.handlers import account, bill, calendar, claim, controls, incident, terms, voucher
from ledger.commands.handlers.effect import Effect, Handler, Origin
from ledger.log.reader import Reader

_HANDLERS: dict[type[c.Command], Handler] = {
    **account.HANDLERS,
    **terms.HANDLERS,
    **calendar.HANDLERS,
    **incident.HANDLERS,
    **bill.HANDLERS,
    **claim.HANDLERS,
    **voucher.HANDLERS,
    **controls.HANDLERS,
}


def handle(log: Reader, command: c.Command, origin: Origin) -> Effect:
    """The effect of a command on the ledger in `log`. Raises Refusal where a rule forbids it."""
    handler = _HANDLERS[type(command)]
    try:
        return handler(log, command, origin)
    except Refusal as refusal:
        refusal.zone = refusal.zone or zone_of(log.versions())
        raise
