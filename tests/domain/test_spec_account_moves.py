"""What may be recorded of an account that moves (R22): every refusal, in the order of declaration."""

from __future__ import annotations

from typing import Any

import pytest
from build import at, row
from spec import given

from domain import account
from domain.commands import CloseAccount, CorrectAccount, MoveAccount
from domain.events import AccountClosed, AccountCorrected, AccountEnrolled, AccountMoved, Event
from domain.refusals.account import AfterClosure, AfterMove, ClosedBeforeEnrolment, MovedBeforeEnrolment
from domain.time import Instant
from domain.values import Id, Words

ENROLLED = AccountEnrolled(account="1001", enrolled_at=at("10:00"), stage="general", region="cn-hangzhou")
CLOSED = AccountClosed(account="1001", closed_at=at("18:00"))


def evolve(known: account.Account | None, event: Event, reason: str | None) -> account.Account:
    return account.evolve(known, event)


def move(region: str, moved_at: str) -> MoveAccount:
    return MoveAccount(account=Id("1001"), region=Id(region), moved_at=Instant(at(moved_at)))


def moved(region: str, moved_at: str) -> AccountMoved:
    return AccountMoved(account="1001", region=region, moved_at=at(moved_at))


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        row("to another region", move("cn-shanghai", "12:00"), moved("cn-shanghai", "12:00")),
        row("as it is enrolled", move("cn-shanghai", "10:00"), moved("cn-shanghai", "10:00")),
        row("as it is enrolled, to where it is enrolled", move("cn-hangzhou", "10:00"), None),
        row("to where it is, from a later instant on", move("cn-hangzhou", "12:00"), moved("cn-hangzhou", "12:00")),
        row("before its enrolment", move("cn-shanghai", "09:59:59.999999"), MovedBeforeEnrolment),
        row("as it is closed", move("cn-shanghai", "18:00"), moved("cn-shanghai", "18:00")),
        row("after its closure", move("cn-shanghai", "18:00:00.000001"), AfterClosure),
    ],
)
def test_an_account_moves_between_its_enrolment_and_its_closure(asked: MoveAccount, outcome: Any) -> None:
    expected = () if outcome is None else (outcome,)
    given(evolve, ENROLLED, CLOSED).when(account.move, asked).then(*expected)


def test_the_same_move_again_is_nothing_and_another_at_its_instant_replaces_it() -> None:
    known = given(evolve, ENROLLED, moved("cn-shanghai", "12:00"))
    known.when(account.move, move("cn-shanghai", "12:00")).then()
    known.when(account.move, move("cn-beijing", "12:00")).then(moved("cn-beijing", "12:00"))
    assert given(evolve, ENROLLED, moved("cn-shanghai", "12:00"), moved("cn-beijing", "12:00")).state.regions == {
        "cn-hangzhou",
        "cn-beijing",
    }


def test_a_correction_says_where_it_was_at_its_enrolment_and_leaves_its_moves() -> None:
    corrected = AccountCorrected(account="1001", region="cn-shenzhen")
    known = given(evolve, ENROLLED, moved("cn-shanghai", "12:00"), corrected).state
    assert (known.region, known.moved) == ("cn-shenzhen", {at("12:00"): "cn-shanghai"})


def test_nothing_begins_behind_a_move() -> None:
    known = given(evolve, ENROLLED, moved("cn-shanghai", "12:00"))
    late = CorrectAccount(account=Id("1001"), enrolled_at=Instant(at("12:00:00.000001")), reason=Words("why"))
    known.when(account.correct, late).then(AfterMove)
    on_time = CorrectAccount(account=Id("1001"), enrolled_at=Instant(at("12:00")), reason=Words("why"))
    known.when(account.correct, on_time).then(AccountCorrected(account="1001", enrolled_at=at("12:00")))
    twice = given(evolve, ENROLLED, moved("cn-shanghai", "12:00"), moved("cn-beijing", "14:00"))
    twice.when(account.correct, late).then(AfterMove)
    early = CloseAccount(account=Id("1001"), closed_at=Instant(at("11:59:59.999999")))
    known.when(account.close, early).then(ClosedBeforeEnrolment)
    known.when(account.close, CloseAccount(account=Id("1001"), closed_at=Instant(at("12:00")))).then(
        AccountClosed(account="1001", closed_at=at("12:00"))
    )
