"""An account under the agreement: its enrolment, stages and closure, and the commands that may change them."""

from __future__ import annotations

import msgspec

from domain.commands import CloseAccount, CorrectAccount, EnrollAccount, MoveAccount, RenameAccount, RestageAccount
from domain.events import (
    AccountClosed,
    AccountCorrected,
    AccountEnrolled,
    AccountMoved,
    AccountNamed,
    AccountRestaged,
    Event,
    Stage,
)
from domain.refusals.account import (
    AccountAlreadyClosed,
    AccountTaken,
    AfterClosure,
    AfterMove,
    AfterRestaging,
    ClosedBeforeEnrolment,
    MovedBeforeEnrolment,
    NothingToCorrectInAccount,
    RestagedBeforeEnrolment,
)


class Account(msgspec.Struct, kw_only=True):
    """`stage` and `region` are those at enrolment, `restaged` and `moved` the later ones by their first instants.

    `names` are all that it ever had, the latest last.
    """

    account: str
    enrolled_at: int
    stage: Stage
    region: str | None
    covered_in_beta: bool
    enrolled_as: AccountEnrolled
    restaged: dict[int, Stage] = {}
    moved: dict[int, str] = {}
    closed_at: int | None = None
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str | None:
        """The name for people to read; None where it was given none."""
        return self.names[-1] if self.names else None

    @property
    def regions(self) -> set[str]:
        """Every region that the account was in."""
        return {region for region in (self.region, *self.moved.values()) if region is not None}


def _stage_recorded_at(account: Account, instant: int) -> Stage | None:
    """The stage recorded to begin at exactly this instant. A stage that began earlier may still be corrected."""
    return account.restaged.get(instant, account.stage if instant == account.enrolled_at else None)


def evolve(account: Account | None, event: Event) -> Account:
    """Apply one more event to an account's state."""
    match event:
        case AccountEnrolled():
            return Account(
                account=event.account,
                enrolled_at=event.enrolled_at,
                stage=event.stage,
                region=event.region,
                covered_in_beta=event.covered_in_beta,
                enrolled_as=event,
                restaged={},
                moved={},
            )
        case _ if account is None:
            raise ValueError(f"an account cannot begin with {type(event).__name__}")
        case AccountRestaged():
            account.restaged[event.changed_at] = event.stage
        case AccountMoved():
            account.moved[event.moved_at] = event.region
        case AccountCorrected():
            for name in ("enrolled_at", "stage", "region", "covered_in_beta"):
                value = getattr(event, name)
                if value is not None:
                    setattr(account, name, value)
        case AccountNamed():
            account.names = (*account.names, event.name)
        case AccountClosed():
            account.closed_at = event.closed_at
        case _:
            raise ValueError(f"{type(event).__name__} is no event of an account")
    return account


def enroll(account: Account | None, command: EnrollAccount) -> tuple[Event, ...]:
    """Enrol an account, and name it where a name is given.

    Raises Refusal `account_taken` where it was enrolled with other data. A name that it had before is no other data.
    """
    wanted = AccountEnrolled(
        account=str(command.account),
        enrolled_at=int(command.enrolled_at),
        stage=command.stage,
        region=None if command.region is None else str(command.region),
        covered_in_beta=command.covered_in_beta,
    )
    if account is None:
        named = () if command.name is None else (AccountNamed(account=wanted.account, name=str(command.name)),)
        return (wanted, *named)
    if wanted in (account.enrolled_as, _as_corrected(account)) and command.name in (None, *account.names):
        return ()
    raise AccountTaken(account=command.account)


def _as_corrected(account: Account) -> AccountEnrolled:
    return AccountEnrolled(
        account=account.account,
        enrolled_at=account.enrolled_at,
        stage=account.stage,
        region=account.region,
        covered_in_beta=account.covered_in_beta,
    )


def restage(account: Account, command: RestageAccount) -> tuple[Event, ...]:
    """Move an account to another stage. Raises Refusal `before_enrolment`, `account_closed`."""
    if command.changed_at < account.enrolled_at:
        raise RestagedBeforeEnrolment(account=account.account, enrolled_at=account.enrolled_at, stage=command.stage)
    _check_closed(account, command.changed_at)
    if _stage_recorded_at(account, command.changed_at) == command.stage:
        return ()
    return (AccountRestaged(account=account.account, stage=command.stage, changed_at=int(command.changed_at)),)


def move(account: Account, command: MoveAccount) -> tuple[Event, ...]:
    """The account is in another region from an instant on. Raises Refusal `before_enrolment`, `account_closed`."""
    if command.moved_at < account.enrolled_at:
        raise MovedBeforeEnrolment(account=account.account, enrolled_at=account.enrolled_at, region=command.region)
    _check_closed(account, command.moved_at)
    recorded = account.moved.get(command.moved_at, account.region if command.moved_at == account.enrolled_at else None)
    if recorded == command.region:
        return ()
    return (AccountMoved(account=account.account, region=str(command.region), moved_at=int(command.moved_at)),)


def rename(account: Account, command: RenameAccount) -> tuple[Event, ...]:
    """Give an account a name, or another one; no event where it has that name."""
    if account.name == command.name:
        return ()
    return (AccountNamed(account=account.account, name=str(command.name)),)


def correct(account: Account, command: CorrectAccount) -> tuple[Event, ...]:
    """The enrolment should have said otherwise.

    Raises Refusal `nothing_given`, `account_closed`, `after_restaging`, `after_move`.
    """
    given = {
        name: value
        for name in ("enrolled_at", "stage", "region", "covered_in_beta")
        if (value := getattr(command, name)) is not None
    }
    if not given:
        raise NothingToCorrectInAccount(account=account.account)
    if all(getattr(account, name) == value for name, value in given.items()):
        return ()
    if command.enrolled_at is not None:
        _check_closed(account, command.enrolled_at)
        if account.restaged and min(account.restaged) < command.enrolled_at:
            raise AfterRestaging(account=account.account, restaged_at=min(account.restaged))
        if account.moved and min(account.moved) < command.enrolled_at:
            raise AfterMove(account=account.account, moved_at=min(account.moved))
    return (
        AccountCorrected(
            account=account.account,
            enrolled_at=None if command.enrolled_at is None else int(command.enrolled_at),
            stage=command.stage,
            region=None if command.region is None else str(command.region),
            covered_in_beta=command.covered_in_beta,
        ),
    )


def close(account: Account, command: CloseAccount) -> tuple[Event, ...]:
    """Close an account. Raises Refusal `account_closed`, `before_enrolment`."""
    if account.closed_at == command.closed_at:
        return ()
    if account.closed_at is not None:
        raise AccountAlreadyClosed(account=account.account, closed_at=account.closed_at)
    begun = max((account.enrolled_at, *account.restaged, *account.moved))
    if command.closed_at < begun:
        raise ClosedBeforeEnrolment(account=account.account, begun_at=begun)
    return (AccountClosed(account=account.account, closed_at=int(command.closed_at)),)


def _check_closed(account: Account, instant: int) -> None:
    if account.closed_at is not None and instant > account.closed_at:
        raise AfterClosure(account=account.account, closed_at=account.closed_at)
