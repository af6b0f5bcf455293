"""Bills: recorded, corrected and voided."""

from __future__ import annotations

from functools import partial

from domain import bill as bills
from domain import bill_corrections as corrections
from domain import commands as c
from domain.refusals import Refusal
from domain.terms import versions as agreement
from domain.values import Id
from ledger.commands.handlers.account import check_enrolled
from ledger.commands.handlers.effect import Effect, Handler, Origin, content_sha256, on, reserve
from ledger.commands.receipts import BillReceipt
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.refusals.commands import UnknownBill
from ledger.refusals.ids import BillIdTaken, BillIdVoided


def _record(log: Reader, command: c.BillFees, origin: Origin) -> Effect:
    event = bills.billed(command, agreement.latest(log.versions()).terms.single_fee)
    reserved = reserve(
        log, "bill", event.bill, event.account, content_sha256(event), partial(_taken, log, command.bill)
    )
    receipt = BillReceipt(bill=event.bill)
    if not reserved:
        stream, known = bill_of(log, command.bill)
        explained = corrections.explained(known, command.offset_explained_by)
        return on(stream, (*bills.repeat(known, again=command.again), *explained), receipt)
    corrections.check_named(event, command.offset_explained_by)
    check_enrolled(log, event.account)
    return Effect(events=[(streams.bill(event.account, event.bill), event), *reserved], receipt=receipt)


def _taken(log: Reader, id_: Id, where: str) -> Refusal:
    """The refusal of an id that another bill has, which may be void."""
    _, known = bill_of(log, id_)
    if known.voided is None:
        return BillIdTaken(id=id_, where=where)
    return BillIdVoided(id=id_, where=where, reason=known.voided)


def bill_of(log: Reader, id_: str) -> tuple[str, bills.Bill]:
    """A bill's stream and state, by its id alone. Raises Refusal `unknown_bill`."""
    reserved = log.reservation("bill", id_)
    if reserved is None:
        raise UnknownBill(id=id_)
    stream = streams.bill(reserved.owner, id_)
    return stream, log.fold_streams(stream).bills[id_]


def _correct(log: Reader, command: c.CorrectFees, origin: Origin) -> Effect:
    stream, bill = bill_of(log, command.bill)
    single_fee = agreement.latest(log.versions()).terms.single_fee
    return on(stream, corrections.correct(bill, command, single_fee), BillReceipt(bill=command.bill))


def _void(log: Reader, command: c.VoidFees, origin: Origin) -> Effect:
    stream, bill = bill_of(log, command.bill)
    return on(stream, bills.void(bill, command.reason), BillReceipt(bill=command.bill))


HANDLERS: dict[type[c.Command], Handler] = {
    c.BillFees: _record,
    c.CorrectFees: _correct,
    c.VoidFees: _void,
}
