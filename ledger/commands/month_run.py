"""The month's run: decides every pending claim of a month, or issues every voucher that is awarded and not issued."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from domain.claim import Claim
from domain.commands import Command, DecideMonth, IssueMonth, MonthCommand
from domain.money import Fen
from domain.refusals import Damaged, Refusal
from domain.terms.versions import currency_of
from domain.text import counted, said
from domain.values import Id
from ledger import clock
from ledger.application import Ledger, Writer
from ledger.commands.execution import Clock, Done, carry_out, execute, is_spent, spend_key, turn
from ledger.commands.receipts import DecisionReceipt, IssueReceipt
from ledger.commands.supposed import Supposed, supposed
from ledger.log.reader import Reader
from ledger.refusals.store import ChangedMeanwhile


class RunRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """An account for which the run's command was refused."""

    account: str
    refusal: Refusal


class MonthRun(msgspec.Struct, kw_only=True):
    """The result of a month's run: a receipt or a refusal for each account that had something to do.

    `begun_at` is the log's last position before it. `recorded` counts what it appended: the accounts' events and the
    run's key; `position` is that of the last one. `noop` where it appended nothing for an account. `supposed` is what
    a dry run would have recorded.
    """

    month: str
    currency: str
    position: int
    begun_at: int
    done: list[DecisionReceipt | IssueReceipt] = []
    refused: list[RunRefusal] = []
    warnings: list[str] = []
    recorded: int = 0
    noop: bool = True
    spent_before: bool = False
    supposed: Supposed | None = None

    @property
    def total(self) -> Fen:
        return Fen(sum(receipt.amount for receipt in self.done))


def execute_month(ledger: Ledger, command: MonthCommand, actor: str, now: Clock = clock.now_us) -> MonthRun:
    """Carry out a month's run, as many accounts in a transaction as a turn at the write lock lasts.

    Raises as `execute` does.
    """
    with ledger.reading() as log:
        accounts, run = _waiting(log, command), _begun(log, command)
    with telling_done(run):
        left = deque(accounts)
        while left:
            _take_turn(ledger, command, left, actor, now, run)
        if command.key is not None and _spends(run):
            with ledger.writing() as log:
                _count(run, spend_key(log, command, actor, now()))
    return run


def suppose_month(ledger: Ledger, command: MonthCommand, actor: str, now: Clock = clock.now_us) -> MonthRun:
    """Carry out a month's run and record nothing. Raises as `carry_out` does."""
    with ledger.writing(commit=False) as log:
        run = carry_out_month(log, command, actor, now)
        run.supposed, run.position = supposed(log, run.begun_at), run.begun_at
    return run


def _take_turn(ledger: Ledger, command: MonthCommand, left: deque[str], actor: str, now: Clock, run: MonthRun) -> None:
    """Carry out a run for the first accounts of those that are left, and count it once it is committed.

    Where their transaction is refused, each gets one of its own, so that the refusal stops only the account concerned.
    """
    taken: list[str] = []
    part = MonthRun(month=run.month, currency=run.currency, position=run.position, begun_at=run.position)
    try:
        with ledger.writing() as log:
            _carry_out(command, _for_a_turn(left, taken), lambda one: carry_out(log, one, actor, now()), part)
    except Refusal as refusal:
        if refusal.status != 1 and not isinstance(refusal, ChangedMeanwhile):
            raise
        _carry_out(command, taken or [left.popleft()], lambda one: execute(ledger, one, actor, now), run)
    else:
        _add(run, part)


def _for_a_turn(left: deque[str], taken: list[str]) -> Iterator[str]:
    """Take accounts from those that are left until a turn at the write lock is over."""
    is_over = turn()
    while left:
        taken.append(left.popleft())
        yield taken[-1]
        if is_over():
            return


def _add(run: MonthRun, part: MonthRun) -> None:
    run.done += part.done
    run.refused += part.refused
    run.warnings += part.warnings
    run.recorded += part.recorded
    run.position = part.position
    run.noop = run.noop and part.noop


@contextmanager
def telling_done(run: MonthRun) -> Iterator[None]:
    """Add to a refusal that stops a run, or what is asked after it, for how many accounts the run is recorded."""
    try:
        yield
    except Refusal as refusal:
        if run.done:
            message = counted(
                "{message}; {n} claim of the month was done before",
                "{message}; {n} claims of the month were done before",
                n=len(run.done),
                message=refusal.message,
            )
            hint = said("run it again when that is resolved: it does what is left")
            refusal.reword(message, None if isinstance(refusal, Damaged) else hint)
        raise


def carry_out_month(log: Writer, command: MonthCommand, actor: str, now: Clock) -> MonthRun:
    """Carry out a month's run in a running transaction. Raises as `carry_out` does."""
    accounts, run = _waiting(log, command), _begun(log, command)
    _carry_out(command, accounts, lambda one: carry_out(log, one, actor, now()), run)
    if _spends(run):
        _count(run, spend_key(log, command, actor, now()))
    return run


def _count(run: MonthRun, done: Done) -> None:
    run.recorded += done.recorded
    run.position = done.position


def _begun(log: Reader, command: MonthCommand) -> MonthRun:
    return MonthRun(
        month=str(command.month),
        currency=currency_of(log.versions()),
        position=log.position(),
        begun_at=log.position(),
        spent_before=is_spent(log, command),
    )


def _waiting(log: Reader, command: MonthCommand) -> list[str]:
    """The accounts for which a month's run has something to do, in order; none where its key was used.

    Raises Refusal `key_taken`.
    """
    if is_spent(log, command):
        return []
    return [
        account
        for account in log.claimants(command.month)
        if _waits(log.claim_case(account, command.month).claims[command.month], command)
    ]


def _waits(claim: Claim, command: MonthCommand) -> bool:
    match command:
        case DecideMonth():
            return claim.pending is not None
        case IssueMonth():
            return claim.due_fen != 0
        case _:
            raise ValueError(f"{type(command).__name__} is no month's run")


def _carry_out(
    command: MonthCommand, accounts: Iterable[str], carry_out_one: Callable[[Command], Done], run: MonthRun
) -> None:
    """Carry out a command for each account; a refusal of one does not stop the rest."""
    for account in accounts:
        try:
            done = carry_out_one(command.of(Id(account)))
        except Refusal as refusal:
            if refusal.status != 1:
                raise
            run.refused.append(RunRefusal(account=account, refusal=refusal))
            continue
        _count(run, done)
        run.noop = run.noop and done.noop
        run.warnings += done.warnings
        if isinstance(done.receipt, DecisionReceipt | IssueReceipt):
            run.done.append(done.receipt)


def _spends(run: MonthRun) -> bool:
    """Whether a run uses up its key: nothing was refused that it could do later. A run without effect uses it too."""
    return not run.refused and not run.spent_before
