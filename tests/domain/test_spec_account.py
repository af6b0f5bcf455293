"""What may be recorded of an account: every refusal, in the order of declaration (opening)."""

from __future__ import annotations

from typing import Any

import pytest
from build import at, row
from spec import Given, given

from domain import account, case
from domain.account import Account
from domain.case import Case, Fact
from domain.commands import CloseAccount, CorrectAccount, EnrollAccount, RestageAccount
from domain.events import (
    AccountClosed,
    AccountCorrected,
    AccountEnrolled,
    AccountRestaged,
    Event,
    IncidentClosed,
    KeyUsed,
    RedemptionReversed,
    Stage,
    VoucherIssued,
)
from domain.refusals import Refusal
from domain.refusals.account import (
    AccountAlreadyClosed,
    AccountTaken,
    AfterClosure,
    AfterRestaging,
    ClosedBeforeEnrolment,
    EventOfNoCase,
    ImpossibleEvent,
    NothingToCorrectInAccount,
    RestagedBeforeEnrolment,
    UnknownAccount,
)
from domain.time import Instant
from domain.values import Id, Words

NAME = Id("1001")
SINCE = "02-01 00:00"
A_MOMENT_BEFORE = "01-31 23:59:59.999999"


def evolve(known: Account | None, event: Event, reason: str | None) -> Account:
    """No event of an account depends on its reason."""
    return account.evolve(known, event)


def known(*events: Event) -> Given:
    return given(evolve, *events)


def enrolled(stage: Stage = "general", region: str | None = "cn-hangzhou", beta: bool = False) -> AccountEnrolled:
    return AccountEnrolled(account="1001", enrolled_at=at(SINCE), stage=stage, region=region, covered_in_beta=beta)


def restaged(stage: Stage, changed_at: str) -> AccountRestaged:
    return AccountRestaged(account="1001", stage=stage, changed_at=at(changed_at))


def corrected(enrolled_at: str | None = None, **fields: Any) -> AccountCorrected:
    return AccountCorrected(account="1001", enrolled_at=None if enrolled_at is None else at(enrolled_at), **fields)


ENROLLED = enrolled()
BETA_FROM_MARCH = restaged("public_beta", "03-01 00:00")
CLOSED = AccountClosed(account="1001", closed_at=at("06-01 00:00"))


def enroll(
    enrolled_at: str = SINCE, stage: Stage = "general", region: str | None = "cn-hangzhou", beta: bool = False
) -> EnrollAccount:
    return EnrollAccount(
        account=NAME,
        enrolled_at=Instant(at(enrolled_at)),
        stage=stage,
        region=None if region is None else Id(region),
        covered_in_beta=beta,
    )


def restage(stage: Stage, changed_at: str) -> RestageAccount:
    return RestageAccount(account=NAME, stage=stage, changed_at=Instant(at(changed_at)))


def correct(
    enrolled_at: str | None = None, stage: Stage | None = None, region: str | None = None, beta: bool | None = None
) -> CorrectAccount:
    return CorrectAccount(
        account=NAME,
        enrolled_at=None if enrolled_at is None else Instant(at(enrolled_at)),
        stage=stage,
        region=None if region is None else Id(region),
        covered_in_beta=beta,
        reason=Words("the contract says so"),
    )


def close(closed_at: str) -> CloseAccount:
    return CloseAccount(account=NAME, closed_at=Instant(at(closed_at)))


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        row("the same", enroll(), ()),
        row("another stage", enroll(stage="public_beta"), (AccountTaken,)),
        row("another instant", enroll("02-01 00:00:00.000001"), (AccountTaken,)),
        row("another region", enroll(region="cn-beijing"), (AccountTaken,)),
        row("no region", enroll(region=None), (AccountTaken,)),
        row("covered in beta", enroll(beta=True), (AccountTaken,)),
    ],
)
def test_an_account_is_enrolled_once(command: EnrollAccount, outcome: Any) -> None:
    known().when(account.enroll, command).then(
        AccountEnrolled(
            account="1001",
            enrolled_at=command.enrolled_at,
            stage=command.stage,
            region=command.region,
            covered_in_beta=command.covered_in_beta,
        )
    )
    known(ENROLLED).when(account.enroll, command).then(*outcome)


def test_an_enrolment_is_repeated_as_it_was_said_or_as_it_was_corrected() -> None:
    then = known(ENROLLED, corrected("01-01 00:00", region="cn-beijing"))
    then.when(account.enroll, enroll()).then()
    then.when(account.enroll, enroll("01-01 00:00", region="cn-beijing")).then()
    then.when(account.enroll, enroll("01-01 00:00")).then(AccountTaken)


def test_a_later_stage_or_closure_does_not_change_what_an_enrolment_said() -> None:
    known(ENROLLED, BETA_FROM_MARCH, CLOSED).when(account.enroll, enroll()).then()
    known(ENROLLED, BETA_FROM_MARCH).when(account.enroll, enroll(stage="public_beta")).then(AccountTaken)


def test_a_stage_changes_from_the_enrolment_on() -> None:
    known(ENROLLED).when(account.restage, restage("public_beta", SINCE)).then(restaged("public_beta", SINCE))
    known(ENROLLED).when(account.restage, restage("public_beta", A_MOMENT_BEFORE)).then(RestagedBeforeEnrolment)


def test_a_stage_that_is_recorded_from_an_instant_is_not_recorded_again() -> None:
    known(ENROLLED).when(account.restage, restage("general", SINCE)).then()
    then = known(ENROLLED, BETA_FROM_MARCH)
    then.when(account.restage, restage("public_beta", "03-01 00:00")).then()
    then.when(account.restage, restage("general", "03-01 00:00")).then(restaged("general", "03-01 00:00"))
    then.when(account.restage, restage("public_beta", "03-02 00:00")).then(restaged("public_beta", "03-02 00:00"))
    then.when(account.restage, restage("general", SINCE)).then()
    corrected_once = known(ENROLLED, BETA_FROM_MARCH, restaged("general", "03-01 00:00"))
    corrected_once.when(account.restage, restage("general", "03-01 00:00")).then()
    corrected_once.when(account.restage, restage("public_beta", "03-01 00:00")).then(BETA_FROM_MARCH)


def test_a_stage_at_the_enrolment_replaces_that_of_the_enrolment() -> None:
    then = known(ENROLLED, restaged("public_beta", SINCE))
    then.when(account.restage, restage("public_beta", SINCE)).then()
    then.when(account.restage, restage("general", SINCE)).then(restaged("general", SINCE))


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        row("nothing", correct(), NothingToCorrectInAccount),
        row("the enrolment", correct("01-01 00:00"), corrected("01-01 00:00")),
        row("the stage", correct(stage="invited_beta"), corrected(stage="invited_beta")),
        row("the region", correct(region="cn-beijing"), corrected(region="cn-beijing")),
        row("the cover in beta", correct(beta=True), corrected(covered_in_beta=True)),
        row(
            "several at once",
            correct("01-01 00:00", "general", "cn-hangzhou", True),
            corrected("01-01 00:00", stage="general", region="cn-hangzhou", covered_in_beta=True),
        ),
    ],
)
def test_a_correction_says_what_it_corrects(command: CorrectAccount, outcome: Any) -> None:
    known(ENROLLED).when(account.correct, command).then(outcome)


def test_a_correction_to_what_is_recorded_is_a_noop() -> None:
    known(ENROLLED).when(account.correct, correct(region="cn-hangzhou")).then()
    known(ENROLLED).when(account.correct, correct(SINCE, "general", "cn-hangzhou", False)).then()
    then = known(ENROLLED, corrected(covered_in_beta=True))
    then.when(account.correct, correct(beta=True)).then()
    then.when(account.correct, correct(beta=False)).then(corrected(covered_in_beta=False))


def test_an_account_is_closed_once() -> None:
    known(ENROLLED).when(account.close, close("06-01 00:00")).then(CLOSED)
    known(ENROLLED, CLOSED).when(account.close, close("06-01 00:00")).then()
    known(ENROLLED, CLOSED).when(account.close, close("06-02 00:00")).then(AccountAlreadyClosed)
    known(ENROLLED, CLOSED).when(account.close, close("01-01 00:00")).then(AccountAlreadyClosed)


def test_an_account_is_closed_after_all_that_began() -> None:
    known(ENROLLED).when(account.close, close(SINCE)).then(AccountClosed(account="1001", closed_at=at(SINCE)))
    known(ENROLLED).when(account.close, close(A_MOMENT_BEFORE)).then(ClosedBeforeEnrolment)
    then = known(ENROLLED, BETA_FROM_MARCH, restaged("general", "02-15 00:00"))
    then.when(account.close, close("03-01 00:00")).then(AccountClosed(account="1001", closed_at=at("03-01 00:00")))
    then.when(account.close, close("02-28 23:59:59.999999")).then(ClosedBeforeEnrolment)
    moved = known(ENROLLED, corrected("01-01 00:00"))
    moved.when(account.close, close(A_MOMENT_BEFORE)).then(AccountClosed(account="1001", closed_at=at(A_MOMENT_BEFORE)))


def test_nothing_begins_after_the_closure() -> None:
    then = known(ENROLLED, CLOSED)
    then.when(account.restage, restage("public_beta", "06-01 00:00")).then(restaged("public_beta", "06-01 00:00"))
    then.when(account.restage, restage("public_beta", "06-01 00:00:00.000001")).then(AfterClosure)
    then.when(account.restage, restage("general", "06-01 00:00:00.000001")).then(AfterClosure)
    then.when(account.correct, correct("06-01 00:00")).then(corrected("06-01 00:00"))
    then.when(account.correct, correct("06-01 00:00:00.000001")).then(AfterClosure)
    then.when(account.correct, correct(region="cn-beijing")).then(corrected(region="cn-beijing"))


def test_an_enrolment_is_not_corrected_to_after_a_stage() -> None:
    then = known(ENROLLED, restaged("general", "04-01 00:00"), BETA_FROM_MARCH)
    then.when(account.correct, correct("03-01 00:00")).then(corrected("03-01 00:00"))
    then.when(account.correct, correct("03-01 00:00:00.000001")).then(AfterRestaging)
    then.when(account.correct, correct(region="cn-beijing")).then(corrected(region="cn-beijing"))


# --- A case: the account with all that is recorded of it ---


def fact(event: Event) -> Fact:
    return Fact(
        stream="1001/account",
        version=1,
        position=7,
        recorded_at=0,
        actor="clerk",
        reason=None,
        key=None,
        topic="a.topic",
        event=event,
    )


def folded(*events: Event) -> Case:
    return case.fold(fact(event) for event in events)


def test_a_case_has_an_account_once_it_is_enrolled() -> None:
    assert case.account_of(folded(ENROLLED), "1001").account == "1001"
    with pytest.raises(UnknownAccount) as refused:
        case.account_of(folded(), "1001")
    assert refused.value.account == "1001"


VOUCHER = VoucherIssued(
    voucher="V", account="1001", month="2026-03", amount_fen=1, issued_at=0, decision=1, version="2018-08-01"
)


@pytest.mark.parametrize(
    ("events", "damage"),
    [
        row("of no case", [KeyUsed(key="k", command="c", content_sha256="")], EventOfNoCase),
        row("of an account that was never enrolled", [CLOSED], ImpossibleEvent),
        row("of an incident that was never opened", [IncidentClosed(incident="I", ended_at=0)], ImpossibleEvent),
        row(
            "of a redemption that there is not",
            [VOUCHER, RedemptionReversed(voucher="V", redemption=1)],
            ImpossibleEvent,
        ),
    ],
)
def test_an_event_that_cannot_be_is_damage(events: list[Event], damage: type[Refusal]) -> None:
    with pytest.raises(damage) as refused:
        folded(*events)
    assert (type(refused.value), refused.value.status, refused.value.position) == (damage, 4, 7)
