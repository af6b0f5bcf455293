"""What may be recorded of a claim for one account and month: every refusal, in the order of declaration (3.2)."""

from __future__ import annotations

import pytest
from build import at, row
from spec import Given, given

from domain import claim
from domain.claim import Claim, Decided, check_decided_at
from domain.commands import DecideClaim, DisputeClaim, FileClaim, RedecideClaim
from domain.decision import Outcome
from domain.decision_record import Head
from domain.events import ClaimDisputed, ClaimEvidenced, ClaimFiled, ClaimWithdrawn, Evidence
from domain.refusals import Refusal
from domain.refusals.claim import (
    ClaimAlreadyDecided,
    ClaimAlreadyDisputed,
    ClaimAlreadyFiled,
    ClaimEvidenceDiffers,
    ClaimUndecided,
    ClaimUndone,
    ClaimWasWithdrawn,
    ClaimWithdrawnBefore,
    DecidedBeforeDecided,
    DecidedBeforeFiled,
    DecidedClaimNotWithdrawn,
    DisputedBeforeFiled,
    MonthNotOver,
)
from domain.time import Instant, MonthText
from domain.values import EvidenceField, Hash, Id, Words

ACCOUNT, MONTH = Id("1001"), MonthText("2026-03")
OVER = at("04-01 00:00")
FILED = ClaimFiled(account="1001", month="2026-03", filed_at=at("04-10 09:00"), statement=None)
WITHDRAWN = (ClaimWithdrawn(account="1001", month="2026-03"), "no outage")
DISPUTED = ClaimDisputed(account="1001", month="2026-03", disputed_at=at("04-20 09:00"), grounds="it was longer")


def file(filed_at: str, statement: str | None = None, *names: str, again: bool = False) -> FileClaim:
    return FileClaim(
        account=ACCOUNT,
        month=MONTH,
        filed_at=Instant(at(filed_at)),
        statement=None if statement is None else Words(statement),
        evidence=tuple(EvidenceField(name=Words(name), sha256=Hash("ab" * 32)) for name in names),
        again=again,
    )


def sent(*names: str) -> ClaimEvidenced:
    evidence = tuple(Evidence(name=name, sha256="ab" * 32) for name in names)
    return ClaimEvidenced(account="1001", month="2026-03", evidence=evidence)


def filed(filed_at: str, statement: str | None = None) -> ClaimFiled:
    return ClaimFiled(account="1001", month="2026-03", filed_at=at(filed_at), statement=statement)


def dispute(disputed_at: str, grounds: str = "it was longer") -> DisputeClaim:
    return DisputeClaim(account=ACCOUNT, month=MONTH, disputed_at=Instant(at(disputed_at)), grounds=Words(grounds))


class Decided18April:
    """A claim that was filed on 10 April and decided on 18 April; what follows is folded onto it."""

    def __init__(self, outcome: Outcome = "awarded") -> None:
        self.outcome = outcome

    def __call__(self, known: Claim | None, event: object, reason: str | None) -> Claim:
        if known is None:
            known = claim.evolve(None, FILED, None)
            head = Head(number=1, outcome=self.outcome, decided_at=at("04-18 00:00"), credit=None)
            known.decisions.append(Decided(head=head, record=b"", filed_at=known.filed_at, reason=None, by="decider"))
            known.pending = None
        return known if event is FILED else claim.evolve(known, event, reason)  # type: ignore[arg-type]


def test_a_claim_is_for_a_month_that_is_over() -> None:
    given(claim.evolve).when(claim.file, file("04-01 00:00"), OVER).then(
        ClaimFiled(account="1001", month="2026-03", filed_at=OVER, statement=None)
    )
    given(claim.evolve).when(claim.file, file("03-31 23:59:59.999999"), OVER).then(MonthNotOver)


def test_one_claim_of_a_month_waits_at_a_time() -> None:
    given(claim.evolve, FILED).when(claim.file, file("04-10 09:00"), OVER).then()
    given(claim.evolve, FILED).when(claim.file, file("04-10 09:01"), OVER).then(ClaimAlreadyFiled)
    given(claim.evolve, FILED).when(claim.file, file("04-10 09:00", "no calls"), OVER).then(ClaimAlreadyFiled)
    given(claim.evolve, FILED, WITHDRAWN).when(claim.file, file("04-10 09:01"), OVER).then(filed("04-10 09:01"))


def test_a_claim_that_was_withdrawn_is_filed_again_only_where_that_is_said() -> None:
    withdrawn = given(claim.evolve, FILED, WITHDRAWN)
    withdrawn.when(claim.file, file("04-10 09:00"), OVER).then(ClaimUndone)
    withdrawn.when(claim.file, file("04-10 09:00", again=True), OVER).then(FILED)
    withdrawn.when(claim.file, file("04-10 09:00", "no calls"), OVER).then(filed("04-10 09:00", "no calls"))
    refiled = given(claim.evolve, FILED, WITHDRAWN, FILED)
    for again in (False, True):
        refiled.when(claim.file, file("04-10 09:00", again=again), OVER).then()
    other = given(claim.evolve, FILED, WITHDRAWN, filed("04-10 09:01"))
    other.when(claim.file, file("04-10 09:00"), OVER).then(ClaimUndone)
    other.when(claim.file, file("04-10 09:00", again=True), OVER).then(ClaimAlreadyFiled)
    given(claim.evolve, FILED, WITHDRAWN, FILED, WITHDRAWN).when(claim.file, file("04-10 09:00"), OVER).then(
        ClaimUndone
    )


def test_what_the_customer_sent_is_recorded_with_the_claim_and_not_added_later() -> None:
    mail = file("04-10 09:00", None, "mail.eml")
    given(claim.evolve).when(claim.file, mail, OVER).then(FILED, sent("mail.eml"))
    with_mail = given(claim.evolve, FILED, sent("mail.eml"))
    with_mail.when(claim.file, mail, OVER).then()
    with_mail.when(claim.file, file("04-10 09:00"), OVER).then()
    with_mail.when(claim.file, file("04-10 09:00", None, "mail.eml", "log.txt"), OVER).then(ClaimEvidenceDiffers)
    with_mail.when(claim.file, file("04-10 09:01", None, "mail.eml"), OVER).then(ClaimAlreadyFiled)
    given(claim.evolve, FILED).when(claim.file, mail, OVER).then(ClaimEvidenceDiffers)
    withdrawn = given(claim.evolve, FILED, WITHDRAWN)
    withdrawn.when(claim.file, mail, OVER).then(ClaimUndone)
    withdrawn.when(claim.file, file("04-10 09:00", None, "mail.eml", again=True), OVER).then(FILED, sent("mail.eml"))


@pytest.mark.parametrize(
    ("outcome", "refused"),
    [
        row("awarded stands", "awarded", True),
        row("the commitment was met stands", "commitment_met", True),
        row("nothing to credit stands", "nothing_to_credit", True),
        row("not covered stands", "not_covered", True),
        row("too late stands", "too_late", True),
        row("too early may be filed again", "too_early", False),
    ],
)
def test_a_decision_stands(outcome: Outcome, refused: bool) -> None:
    again = ClaimFiled(account="1001", month="2026-03", filed_at=at("04-19 09:00"), statement=None)
    told = ClaimAlreadyDecided if refused else again
    given(Decided18April(outcome), FILED).when(claim.file, file("04-19 09:00"), OVER).then(told)


REFILED = ClaimFiled(account="1001", month="2026-03", filed_at=at("04-19 09:00"), statement="no calls")


def test_a_claim_that_was_refused_as_too_early_is_filed_again() -> None:
    refused = Decided18April("too_early")
    again = file("04-19 09:00", "no calls")
    given(refused, FILED).when(claim.file, again, OVER).then(REFILED)
    given(refused, FILED).when(claim.file, file("04-10 09:00"), OVER).then()
    given(refused, FILED, REFILED).when(claim.file, again, OVER).then()
    given(refused, FILED, REFILED).when(claim.file, file("04-19 09:01"), OVER).then(ClaimAlreadyFiled)
    given(refused, FILED, REFILED).when(claim.withdraw, "no outage").then(WITHDRAWN[0])
    withdrawn = given(refused, FILED, REFILED, WITHDRAWN)
    withdrawn.when(claim.withdraw, "no outage").then()
    withdrawn.when(claim.withdraw, "another").then(ClaimWithdrawnBefore)
    withdrawn.when(claim.file, again, OVER).then(ClaimUndone)
    withdrawn.when(claim.file, file("04-19 09:00", "no calls", again=True), OVER).then(REFILED)
    withdrawn.when(claim.file, file("04-10 09:00"), OVER).then()
    withdrawn.when(claim.check_is_decided).then(ClaimWasWithdrawn)


def test_only_a_claim_that_waits_is_withdrawn() -> None:
    given(claim.evolve, FILED).when(claim.withdraw, "no outage").then(WITHDRAWN[0])
    given(claim.evolve, FILED, WITHDRAWN).when(claim.withdraw, "no outage").then()
    given(claim.evolve, FILED, WITHDRAWN).when(claim.withdraw, "another").then(ClaimWithdrawnBefore)
    given(Decided18April(), FILED).when(claim.withdraw, "no outage").then(DecidedClaimNotWithdrawn)


@pytest.mark.parametrize(
    ("decided_at", "again", "refused"),
    [
        row("at its filing", "04-10 09:00", False, None),
        row("before its filing", "04-10 08:59:59.999999", False, DecidedBeforeFiled),
        row("again at the decision", "04-18 00:00", True, None),
        row("again before it", "04-17 23:59:59.999999", True, DecidedBeforeDecided),
    ],
)
def test_a_decision_is_dated_behind_what_it_follows(
    decided_at: str, again: bool, refused: type[Refusal] | None
) -> None:
    command: DecideClaim | RedecideClaim = DecideClaim(account=ACCOUNT, month=MONTH)
    if again:
        command = RedecideClaim(account=ACCOUNT, month=MONTH, reason=Words("late evidence"))
    known = given(Decided18April(), FILED).state
    if refused is None:
        check_decided_at(known, command, at(decided_at))
        return
    with pytest.raises(refused):
        check_decided_at(known, command, at(decided_at))


def test_a_dispute_is_of_a_decision() -> None:
    decided = Decided18April()
    given(decided, FILED).when(claim.dispute, dispute("04-20 09:00")).then(DISPUTED)
    given(decided, FILED).when(claim.dispute, dispute("04-10 09:00")).then(
        ClaimDisputed(account="1001", month="2026-03", disputed_at=at("04-10 09:00"), grounds="it was longer")
    )
    given(decided, FILED).when(claim.dispute, dispute("04-10 08:59:59.999999")).then(DisputedBeforeFiled)
    given(decided, FILED, DISPUTED).when(claim.dispute, dispute("04-20 09:00")).then()
    given(decided, FILED, DISPUTED).when(claim.dispute, dispute("04-21 09:00", "another")).then(ClaimAlreadyDisputed)
    given(claim.evolve, FILED).when(claim.dispute, dispute("04-20 09:00")).then(ClaimUndecided)
    given(claim.evolve, FILED, WITHDRAWN).when(claim.dispute, dispute("04-20 09:00")).then(ClaimWasWithdrawn)


def test_only_what_is_decided_is_decided_again() -> None:
    claim.check_is_decided(given(Decided18April(), FILED).state)
    claim.check_is_decided(given(Decided18April(), FILED, DISPUTED).state)
    given(claim.evolve, FILED).when(claim.check_is_decided).then(ClaimUndecided)
    given(claim.evolve, FILED, WITHDRAWN).when(claim.check_is_decided).then(ClaimWasWithdrawn)
    refused = Decided18April("too_early")
    given(refused, FILED, REFILED).when(claim.check_is_decided).then(ClaimUndecided)
    given(refused, FILED, REFILED).when(claim.dispute, dispute("04-20 09:00")).then(ClaimUndecided)


def test_a_claim_waits_until_it_is_decided() -> None:
    assert claim.is_pending(given(claim.evolve, FILED).state)
    assert not claim.is_pending(given(Decided18April(), FILED).state)
    assert claim.is_pending(given(Decided18April("too_early"), FILED, REFILED).state)
    given(claim.evolve, FILED, WITHDRAWN).when(claim.is_pending).then(ClaimWasWithdrawn)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        row("it waits", given(claim.evolve, FILED), "filed"),
        row("it waits again", given(Decided18April("too_early"), FILED, REFILED), "filed"),
        row("it was withdrawn", given(claim.evolve, FILED, WITHDRAWN), "withdrawn"),
        row("it was withdrawn again", given(Decided18April("too_early"), FILED, REFILED, WITHDRAWN), "withdrawn"),
        row("too early", given(Decided18April("too_early"), FILED), "refused"),
        row("too late", given(Decided18April("too_late"), FILED), "refused"),
        row("the commitment was met", given(Decided18April("commitment_met"), FILED), "not_awarded"),
        row("awarded, and nothing left to issue", given(Decided18April(), FILED), "settled"),
        row("disputed", given(Decided18April(), FILED, DISPUTED), "disputed"),
    ],
)
def test_a_claim_has_a_status(state: Given, status: str) -> None:
    assert claim.status(state.state) == status


def late(state: Claim, *bills: str) -> str | None:
    """What is noted after bills, or after an account's enrolment, stage or region, which is an empty string here."""
    for each in bills:
        claim.note_late(state, each)
    return state.late


@pytest.mark.parametrize(
    ("recorded", "noted"),
    [
        row("nothing", (), None),
        row("the account", ("",), ""),
        row("a bill", ("B-1",), "B-1"),
        row("another bill", ("B-1", "B-2"), "B-2"),
        row("the account, then a bill", ("", "B-1"), "B-1"),
        row("a bill, then the account", ("B-1", ""), "B-1"),
    ],
)
def test_what_is_recorded_since_a_decision_is_noted_and_a_bill_rather_than_the_account(
    recorded: tuple[str, ...], noted: str | None
) -> None:
    assert late(given(Decided18April(), FILED).state, *recorded) == noted
    assert late(given(claim.evolve, FILED).state, *recorded) is None
    assert late(given(Decided18April("too_early"), FILED, REFILED).state, *recorded) is None
