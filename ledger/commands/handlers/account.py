"""Accounts: enrolment, stage, correction, closure."""

from __future__ import annotations

from domain import account as accounts
from domain import commands as c
from domain.case import account_of, unknown_account
from ledger.commands.handlers.effect import Effect, Handler, Origin, on
from ledger.commands.receipts import AccountReceipt
from ledger.log import streams
from ledger.log.reader import Reader


def _account(log: Reader, account: str) -> accounts.Account:
    return account_of(log.fold_streams(streams.account(account)), account)


def check_enrolled(log: Reader, account: str) -> None:
    """Check that an account exists, without reading it. Raises Refusal `unknown_account`."""
    if not log.version(streams.account(account)):
        raise unknown_account(account)


def _enroll(log: Reader, command: c.EnrollAccount, origin: Origin) -> Effect:
    stream = streams.account(command.account)
    known = log.fold_streams(stream).account
    return on(stream, accounts.enroll(known, command), AccountReceipt(account=command.account))


def _restage(log: Reader, command: c.RestageAccount, origin: Origin) -> Effect:
    events = accounts.restage(_account(log, command.account), command)
    return on(streams.account(command.account), events, AccountReceipt(account=command.account))


def _move(log: Reader, command: c.MoveAccount, origin: Origin) -> Effect:
    events = accounts.move(_account(log, command.account), command)
    return on(streams.account(command.account), events, AccountReceipt(account=command.account))


def _rename(log: Reader, command: c.RenameAccount, origin: Origin) -> Effect:
    events = accounts.rename(_account(log, command.account), command)
    return on(streams.account(command.account), events, AccountReceipt(account=command.account))


def _correct(log: Reader, command: c.CorrectAccount, origin: Origin) -> Effect:
    events = accounts.correct(_account(log, command.account), command)
    return on(streams.account(command.account), events, AccountReceipt(account=command.account))


def _close(log: Reader, command: c.CloseAccount, origin: Origin) -> Effect:
    events = accounts.close(_account(log, command.account), command)
    return on(streams.account(command.account), events, AccountReceipt(account=command.account))


HANDLERS: dict[type[c.Command], Handler] = {
    c.EnrollAccount: _enroll,
    c.RestageAccount: _restage,
    c.MoveAccount: _move,
    c.RenameAccount: _rename,
    c.CorrectAccount: _correct,
    c.CloseAccount: _close,
}
