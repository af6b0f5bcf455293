"""Accounts: the list, and one with its life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from cli.answers.recorded.life import LifeEvent, life_of, print_life
from cli.terminal.output import print_pairs, print_table
from cli.terminal.values import ZonedInstant, zoned
from cli.terminal.vocabulary import word
from domain.account import Account
from domain.case import Case
from domain.text import said
from ledger.queries.recorded import RecordedAccount


class AccountListed(msgspec.Struct, frozen=True, kw_only=True):
    """An account in a list, as it is at the time of the answer; `actor` enrolled it, at `recorded_at`."""

    account: str
    name: str | None
    enrolled_at: ZonedInstant
    stage: str
    region: str | None
    covered_in_beta: bool
    closed_at: ZonedInstant | None
    recorded_at: ZonedInstant
    actor: str


class From(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A stage or a region, and the instant from which on the account is in it."""

    value: str | None
    from_: ZonedInstant


class AccountAnswer(AccountListed, frozen=True, kw_only=True):
    """`slaledger account show`: an account, how much is recorded of it, and the events of its own life."""

    stages: list[From]
    regions: list[From]
    incidents: int
    bills: int
    claims: int
    vouchers: int
    events: list[LifeEvent]

    def table(self) -> None:
        """Print the account, and its events one by one."""
        print_pairs(
            [
                (word("account"), self.account),
                (word("name"), self.name),
                (word("enrolled"), self.enrolled_at),
                *((word("stage"), _since(one)) for one in self.stages),
                *((word("region"), _since(one)) for one in self.regions if one.value is not None),
                (word("covered in beta"), word("true") if self.covered_in_beta else None),
                (word("closed at"), self.closed_at),
                *((said("incidents"), self.incidents), (said("bills"), self.bills)),
                *((said("claims"), self.claims), (said("vouchers"), self.vouchers)),
            ]
        )
        print_life(self.events)


def _since(one: From) -> str:
    return said("{value}, from {at}", value=word(one.value or ""), at=one.from_.to_the_second())


def account_listed(found: RecordedAccount, zone: str, at: int) -> AccountListed:
    """An account in a list, with the stage and region that it has at an instant."""
    one = found.account
    return AccountListed(
        account=one.account,
        name=one.name,
        enrolled_at=ZonedInstant(one.enrolled_at, zone),
        stage=str(_latest(one.stage, one.restaged, at)),
        region=_latest(one.region, one.moved, at),
        covered_in_beta=one.covered_in_beta,
        closed_at=zoned(one.closed_at, zone),
        recorded_at=ZonedInstant(found.facts[0].recorded_at, zone),
        actor=found.facts[0].actor,
    )


def _latest(first: str | None, later: Mapping[int, str], at: int) -> str | None:
    begun = [instant for instant in later if instant <= at]
    return later[max(begun)] if begun else first


def account_answer(found: RecordedAccount, case: Case, zone: str, at: int) -> AccountAnswer:
    """An account with its life; `case` has what else is recorded of it."""
    one = found.account
    return AccountAnswer(
        **msgspec.structs.asdict(account_listed(found, zone, at)),
        stages=_spans(one, one.stage, one.restaged, zone),
        regions=_spans(one, one.region, one.moved, zone),
        incidents=len(case.incidents),
        bills=len(case.bills),
        claims=len(case.claims),
        vouchers=len(case.vouchers),
        events=life_of(found.facts, zone),
    )


def _spans(account: Account, first: str | None, later: Mapping[int, str], zone: str) -> list[From]:
    begun = {account.enrolled_at: first, **later}
    return [From(value=value, from_=ZonedInstant(at, zone)) for at, value in sorted(begun.items())]


def print_accounts(accounts: Iterable[AccountListed]) -> None:
    """Print accounts, one per row."""
    rows = [
        (
            one.account if one.name is None else f"{one.account} {one.name}",
            word(one.stage),
            one.region,
            one.enrolled_at.day(),
            None if one.closed_at is None else one.closed_at.day(),
            one.actor,
        )
        for one in accounts
    ]
    columns = (word("account"), word("stage"), word("region"), word("enrolled"), word("closed at"), said("by"))
    print_table(columns, rows)
