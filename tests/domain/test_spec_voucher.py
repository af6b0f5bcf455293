"""What may be recorded of a voucher: every refusal, in the order of declaration (3.1; R20, R21)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest
from build import at, bill, fen, row, terms
from spec import Reasoned, given

from domain import claim, voucher
from domain.bill import Bill, owed_fen
from domain.claim import Claim, Decided
from domain.claim import status as status_of
from domain.commands import CancelVoucher, IssueVoucher, RedeemVoucher, ReverseRedemption
from domain.controls import Controls
from domain.decision import Outcome
from domain.decision_record import Head
from domain.events import (
    ClaimPaid,
    ClaimPaymentCancelled,
    Event,
    FeesOffsetExplained,
    FeesPaidByVoucher,
    FeesPaymentReversed,
    Part,
    RedemptionReversed,
    VoucherCancelled,
    VoucherIssued,
    VoucherRedeemed,
)
from domain.money import Fen
from domain.refusals.voucher import (
    BeyondBalance,
    BeyondBill,
    CallPartNotPayable,
    CancelsBeyondBalance,
    ClaimNotDecided,
    EarlierBill,
    FeeWithoutCallPart,
    IssuedBeforeDecided,
    IssueUndone,
    NothingAwarded,
    NothingLeft,
    NothingToCancel,
    NothingToRedeem,
    NotShownOnBill,
    NotTransferable,
    OtherAccountsBill,
    RecordedAsAnother,
    RedeemedBeforeIssued,
    RedemptionUndone,
    RedemptionWasReversed,
    SamePayment,
    UnknownRedemption,
    VoidBillNotPayable,
)
from domain.rules.compensation import Credit, PartCredit
from domain.terms.parsing import parse_terms
from domain.terms.versions import Terms
from domain.time import Instant, MonthText
from domain.values import Id, VoucherId, Words
from ledger.shipped import shipped_agreements

NAME = VoucherId("V")
ISSUED_AT = "04-20 12:00"
TERMS = terms()
ONE_FEE = parse_terms(shipped_agreements("aliyun-ecs")[0])


def issued(
    yuan: str = "100", when: str = ISSUED_AT, *, name: str = "V", decision: int = 1, version: str = "2018-08-01"
) -> VoucherIssued:
    """A voucher of account 1001 for March, issued on 20 April at noon unless said otherwise."""
    return VoucherIssued(
        voucher=name,
        account="1001",
        month="2026-03",
        amount_fen=fen(yuan),
        issued_at=at(when),
        decision=decision,
        version=version,
    )


ISSUED = issued()


def asked(
    yuan: str = "10",
    part: Part = "service",
    account: str = "1001",
    when: str = "05-02 00:00",
    on: str = "B",
    *,
    shown: bool | None = None,
    again: bool = False,
) -> RedeemVoucher:
    return RedeemVoucher(
        voucher=NAME,
        account=Id(account),
        bill=Id(on),
        part=part,
        amount=Fen.parse(yuan),
        redeemed_at=Instant(at(when)),
        shown_on_bill=shown,
        again=again,
    )


def used(
    yuan: str = "10", number: int = 1, part: Part = "service", when: str = "05-02 00:00", on: str = "B"
) -> VoucherRedeemed:
    return VoucherRedeemed(
        voucher="V", redemption=number, bill=on, part=part, amount_fen=fen(yuan), redeemed_at=at(when)
    )


def redeemed(
    yuan: str = "10", number: int = 1, part: Part = "service", when: str = "05-02 00:00"
) -> tuple[VoucherRedeemed, FeesPaidByVoucher]:
    """Both sides of a redemption."""
    paid = FeesPaidByVoucher(
        bill="B", voucher="V", redemption=number, voucher_month="2026-03", part=part, amount_fen=fen(yuan)
    )
    return used(yuan, number, part, when), paid


SHOWN = FeesOffsetExplained(bill="B", voucher="V", redemption=1)
REVERSED = (RedemptionReversed(voucher="V", redemption=1), "wrong bill")


def cancel(yuan: str | None = None, reason: str = "account gone") -> CancelVoucher:
    """A cancellation of the balance, or of an amount."""
    return CancelVoucher(voucher=NAME, amount=None if yuan is None else Fen.parse(yuan), reason=Words(reason))


def took(yuan: str) -> VoucherCancelled:
    return VoucherCancelled(voucher="V", amount_fen=fen(yuan))


CANCELLED = (VoucherCancelled(voucher="V", amount_fen=fen("90")), "account gone")


def void() -> Bill:
    owing = bill("50")
    owing.voided = "billed twice"
    return owing


def outcome_of(
    on: Bill, command: RedeemVoucher, *expected: Any, of: Iterable[Event | Reasoned] = (ISSUED,), under: Terms = TERMS
) -> None:
    """What a redemption on a bill gives, of a voucher with these events."""
    given(voucher.evolve, *of).when(voucher.redeem, on, command, under).then(*expected)


def test_a_void_bill_is_not_paid() -> None:
    outcome_of(bill("50"), asked(), *redeemed())
    outcome_of(void(), asked(), VoidBillNotPayable)


def test_a_redemption_pays_something() -> None:
    outcome_of(bill("50"), asked("0.01"), *redeemed("0.01"))
    outcome_of(bill("50"), asked("0"), NothingToRedeem)


def test_a_voucher_pays_from_its_issue_on() -> None:
    outcome_of(bill("50"), asked(when=ISSUED_AT), *redeemed(when=ISSUED_AT))
    outcome_of(bill("50"), asked(when="04-20 11:59:59.999999"), RedeemedBeforeIssued)


def test_a_fee_without_parts_has_no_call_part_to_pay() -> None:
    outcome_of(bill("50"), asked(part="service"), *redeemed(), under=ONE_FEE)
    outcome_of(bill("50", "20"), asked(part="call"), FeeWithoutCallPart, under=ONE_FEE)


def test_r21_a_voucher_pays_both_parts_or_the_service_part_alone() -> None:
    service_only = terms(voucher_pays="service")
    outcome_of(bill("50", "20"), asked(part="service"), *redeemed(part="service"))
    outcome_of(bill("50", "20"), asked(part="call"), *redeemed(part="call"))
    outcome_of(bill("50", "20"), asked(part="service"), *redeemed(part="service"), under=service_only)
    outcome_of(bill("50", "20"), asked(part="call"), CallPartNotPayable, under=service_only)


def test_a_voucher_never_changes_hands() -> None:
    outcome_of(bill("50"), asked(account="1002"), NotTransferable)
    outcome_of(bill("50", owner="1002"), asked(account="1002"), NotTransferable)


def test_a_voucher_pays_bills_of_its_own_account() -> None:
    outcome_of(bill("50", owner="1002"), asked(), OtherAccountsBill)


@pytest.mark.parametrize(
    ("billed", "first", "by_bill_date", "by_usage_month"),
    [
        row("dated a microsecond before the issue", "04-20 11:59:59.999999", "2026-05", False, True),
        row("dated as it was issued", "04-20 12:00", "2026-05", True, True),
        row("dated later, for the month of the issue", "05-01 00:00", "2026-04", True, False),
        row("dated later, for months from before it", "05-01 00:00", "2026-03", True, False),
        row("dated before, for an earlier month", "04-01 00:00", "2026-03", False, False),
    ],
)
def test_r20_later_fees_are_later_bills_or_later_months(
    billed: str, first: str, by_bill_date: bool, by_usage_month: bool
) -> None:
    for by, allowed in (("bill_date", by_bill_date), ("usage_month", by_usage_month)):
        expected = redeemed() if allowed else (EarlierBill,)
        owing = bill("50", first=first, months=3, billed=f"2026-{billed}")
        outcome_of(owing, asked(), *expected, under=terms(voucher_pays_later_by=by))


def test_r20_a_usage_month_begins_at_its_first_instant() -> None:
    by_month = terms(voucher_pays_later_by="usage_month")
    may = bill("50", first="2026-05", billed="2026-06-01 00:00")
    outcome_of(may, asked(), *redeemed(), of=[issued(when="05-01 00:00")], under=by_month)
    outcome_of(may, asked(), EarlierBill, of=[issued(when="05-01 00:00:00.000001")], under=by_month)


def test_a_voucher_is_cancelled_while_something_is_left() -> None:
    given(voucher.evolve, ISSUED).when(voucher.cancel, cancel()).then(took("100"))
    given(voucher.evolve, ISSUED, used()).when(voucher.cancel, cancel()).then(CANCELLED[0])
    given(voucher.evolve, ISSUED, used("99.99")).when(voucher.cancel, cancel()).then(took("0.01"))
    given(voucher.evolve, ISSUED, used("100")).when(voucher.cancel, cancel()).then(NothingLeft)
    given(voucher.evolve, ISSUED, used("100")).when(voucher.cancel, cancel("1")).then(NothingLeft)


def test_a_part_of_a_voucher_is_cancelled() -> None:
    known = given(voucher.evolve, ISSUED, used())
    known.when(voucher.cancel, cancel("56")).then(took("56"))
    known.when(voucher.cancel, cancel("90")).then(took("90"))
    known.when(voucher.cancel, cancel("90.01")).then(CancelsBeyondBalance)
    known.when(voucher.cancel, cancel("0")).then(NothingToCancel)
    parted = given(voucher.evolve, ISSUED, used(), (took("56"), "account gone"))
    parted.when(voucher.cancel, cancel("56")).then()
    parted.when(voucher.cancel, cancel("56", "too much")).then(CancelsBeyondBalance)
    parted.when(voucher.cancel, cancel("34")).then(took("34"))
    parted.when(voucher.cancel, cancel()).then(took("34"))


def test_a_voucher_is_cancelled_once_for_a_reason() -> None:
    known = given(voucher.evolve, ISSUED, used(), CANCELLED)
    known.when(voucher.cancel, cancel()).then()
    known.when(voucher.cancel, cancel(reason="another")).then(NothingLeft)


def test_what_a_reversal_returns_is_cancelled_too() -> None:
    known = given(voucher.evolve, ISSUED, used(), CANCELLED, REVERSED)
    known.when(voucher.cancel, cancel()).then(took("10"))


def test_a_reversal_gives_back_what_can_be_spent_of_a_cancelled_voucher() -> None:
    def given_back(*events: Event | Reasoned) -> int:
        found: int = given(voucher.evolve, ISSUED, *events).state.given_back_fen
        return found

    assert given_back(used(), REVERSED) == 0
    assert given_back(used(), CANCELLED) == 0
    assert given_back(used(), CANCELLED, REVERSED) == fen("10")
    assert given_back(used(), (took("56"), "too much"), REVERSED) == 0
    assert given_back(used(), (took("56"), "too much"), (took("34"), "gone"), REVERSED) == fen("10")
    assert given_back(used(), CANCELLED, REVERSED, (took("10"), "gone")) == 0


def test_the_claim_is_told_of_a_cancellation() -> None:
    known = given(voucher.evolve, ISSUED).state
    told = ClaimPaymentCancelled(account="1001", month="2026-03", voucher="V", amount_fen=fen("56"))
    assert voucher.cancelled(known, took("56")) == told


class DecidedAs:
    """A claim of account 1001 for March, decided on 18 April; `paid` are the vouchers that were issued for it."""

    def __init__(self, outcome: Outcome | None = None, yuan: str = "0", number: int = 1, **paid: str) -> None:
        self.claim = Claim(account="1001", month="2026-03")
        if outcome is not None:
            part = PartCredit(rate=Fraction(0), amount_fen=0)
            credit = Credit(service=part, call=part, total_fen=fen(yuan)) if outcome == "awarded" else None
            head = Head(number=number, outcome=outcome, decided_at=at("04-18 00:00"), credit=credit)
            self.claim.decisions = [Decided(head=head, record=b"", filed_at=0, reason=None, by="decider")]
            self.claim.paid = {name: fen(each) for name, each in paid.items()}

    def cancelling(self, yuan: str) -> DecidedAs:
        """The same after a cancellation of voucher V."""
        self.claim = claim.evolve(self.claim, took(yuan), "gone")
        return self

    def issues(self, *expected: Any, when: str = "04-18 00:00", name: str | None = None, again: bool = False) -> None:
        """What an issue gives."""
        command = IssueVoucher(
            account=Id("1001"),
            month=MonthText("2026-03"),
            voucher=None if name is None else VoucherId(name),
            again=again,
        )
        claimed = given(lambda state, event, reason: self.claim, ISSUED)
        claimed.when(voucher.issue, command, at(when), "2018-08-01", Controls()).then(*expected)


def test_a_voucher_is_issued_for_what_a_decision_awards() -> None:
    DecidedAs().issues(ClaimNotDecided)
    first = issued("50", "04-18 00:00", name="V-1001-2026-03-1")
    DecidedAs("awarded", "50").issues(first)
    assert voucher.paid(first) == ClaimPaid(
        account="1001", month="2026-03", voucher="V-1001-2026-03-1", amount_fen=fen("50")
    )


def test_a_voucher_is_issued_under_the_terms_and_for_the_decision_that_are_named() -> None:
    DecidedAs("awarded", "50", 3).issues(issued("50", "04-18 00:00", name="SPRING-1", decision=3), name="SPRING-1")


def test_the_rest_of_an_award_is_issued() -> None:
    second = issued("20", "04-18 00:00", name="V-1001-2026-03-2")
    DecidedAs("awarded", "50", V1="30").issues(second)
    third = issued("0.01", "04-18 00:00", name="V-1001-2026-03-3")
    DecidedAs("awarded", "50", V1="30", V2="19.99").issues(third)
    DecidedAs("awarded", "50", V1="30", V2="20").issues()
    DecidedAs("awarded", "50", V1="70").issues()
    DecidedAs("awarded", "50", V1="50").issues(when="04-17 00:00")
    DecidedAs("awarded", "50", V1="50").issues(when="05-12 00:00", name="ANOTHER")


@pytest.mark.parametrize(
    ("before", "status", "left", "overpaid"),
    [
        row("nothing", "0", "awarded", "50", "0"),
        row("all but a fen", "49.99", "awarded", "0.01", "0"),
        row("all", "50", "settled", "0", "0"),
        row("a fen more", "50.01", "settled", "0", "0.01"),
    ],
)
def test_what_was_issued_counts_against_the_latest_award(before: str, status: str, left: str, overpaid: str) -> None:
    claimed = DecidedAs("awarded", "50", V1=before).claim
    assert (status_of(claimed), claimed.held_fen) == (status, fen(before))
    assert (claimed.due_fen, claimed.overpaid_fen) == (fen(left), fen(overpaid))


@pytest.mark.parametrize(
    ("taken", "status", "left", "overpaid"),
    [
        row("all of it", "84", "awarded", "50", "0"),
        row("a part of what is too much", "10", "settled", "0", "24"),
        row("what is too much", "34", "settled", "0", "0"),
        row("a fen more", "34.01", "awarded", "0.01", "0"),
    ],
)
def test_what_was_cancelled_counts_as_not_issued(taken: str, status: str, left: str, overpaid: str) -> None:
    """A voucher of 84.00, where the latest decision awards 50.00."""
    claimed = DecidedAs("awarded", "50", V="84").cancelling(taken).claim
    assert status_of(claimed) == status
    assert (claimed.held_fen, claimed.cancelled_fen) == (fen("84") - fen(taken), fen(taken))
    assert (claimed.due_fen, claimed.overpaid_fen) == (fen(left), fen(overpaid))
    assert claimed.held_fen + claimed.due_fen == claimed.awarded_fen + claimed.overpaid_fen


def test_a_cancellation_since_the_decision_is_issued_again_only_where_that_is_said() -> None:
    second = issued("50", "04-18 00:00", name="V-1001-2026-03-2")
    DecidedAs("awarded", "50", V="50").cancelling("50").issues(IssueUndone)
    DecidedAs("awarded", "50", V="50").cancelling("50").issues(second, again=True)
    DecidedAs("awarded", "50", V="84").cancelling("34").issues()
    DecidedAs("awarded", "50", V="84").cancelling("34").issues(again=True)
    rest = issued("6", "04-18 00:00", name="V-1001-2026-03-2")
    DecidedAs("awarded", "50", V="84").cancelling("40").issues(IssueUndone)
    DecidedAs("awarded", "50", V="84").cancelling("40").issues(rest, again=True)


def test_the_claims_side_of_a_cancellation_is_never_summed() -> None:
    claimed = DecidedAs("awarded", "50", V="50").cancelling("20").claim
    told = ClaimPaymentCancelled(account="1001", month="2026-03", voucher="V", amount_fen=fen("20"))
    after = claim.evolve(claimed, told, "gone")
    assert (after.held_fen, after.due_fen, after.cancelled_fen) == (fen("30"), fen("20"), fen("20"))


def test_a_payment_that_the_bill_shows_counts_once() -> None:
    """60.00, of which the bill itself says that 10.00 were paid with vouchers."""
    owing = bill("60", service_voucher="10")
    outcome_of(owing, asked("10"), SamePayment)
    outcome_of(owing, asked("9.99"), SamePayment)
    outcome_of(owing, asked("10.01"), *redeemed("10.01"))
    outcome_of(owing, asked("50", shown=False), *redeemed("50"))
    outcome_of(owing, asked("50.01", shown=False), BeyondBill)
    outcome_of(owing, asked("10", shown=True), *redeemed("10"), SHOWN)
    outcome_of(owing, asked("10.01", shown=True), NotShownOnBill)
    outcome_of(bill("60"), asked("1", shown=True), NotShownOnBill)


def test_a_bill_wholly_paid_so_is_recorded_as_shown() -> None:
    outcome_of(bill("10", service_voucher="10"), asked("10"), SamePayment)
    outcome_of(bill("10", service_voucher="10"), asked("10", shown=False), BeyondBill)
    outcome_of(bill("10", service_voucher="10"), asked("10", shown=True), *redeemed("10"), SHOWN)


def test_what_a_redemption_explains_of_an_offset_is_not_asked_for_again() -> None:
    owing = bill("60", service_voucher="15", paid=[("2026-03", "service", "10")])
    owing.payments[0].shown = True
    assert owed_fen(owing, "service") == fen("45")
    outcome_of(owing, asked("5.01"), *redeemed("5.01"))
    outcome_of(owing, asked("5"), SamePayment)
    outcome_of(owing, asked("5.01", shown=True), NotShownOnBill)
    owing.payments[0].reversed = True
    outcome_of(owing, asked("10"), SamePayment)


def test_a_redemption_that_stands_is_not_recorded_once_more_as_shown() -> None:
    owing = bill("60", service_voucher="10", paid=[("2026-03", "service", "10")])
    owing.payments[0].voucher, owing.payments[0].redemption = "V", 1
    held = [ISSUED, used()]
    outcome_of(owing, asked(), of=held)
    outcome_of(owing, asked(shown=False), of=held)
    outcome_of(owing, asked(shown=True), RecordedAsAnother, of=held)
    owing.payments[0].shown = True
    for shown in (None, False, True):
        outcome_of(owing, asked(shown=shown), of=held)


def test_a_voucher_is_issued_at_its_decision_or_later() -> None:
    DecidedAs("awarded", "50").issues(issued("50", "04-18 00:00", name="V-1001-2026-03-1"), when="04-18 00:00")
    DecidedAs("awarded", "50").issues(IssuedBeforeDecided, when="04-17 23:59:59.999999")


def test_a_voucher_pays_its_balance() -> None:
    held = [issued("10")]
    outcome_of(bill("50"), asked("9.99"), *redeemed("9.99"), of=held)
    outcome_of(bill("50"), asked("10"), *redeemed("10"), of=held)
    outcome_of(bill("50"), asked("10.01"), BeyondBalance, of=held)


def test_the_balance_is_what_no_redemption_and_no_cancellation_took() -> None:
    held = [issued("10"), used("6")]
    outcome_of(bill("50"), asked("4"), *redeemed("4", 2), of=held)
    outcome_of(bill("50"), asked("4.01"), BeyondBalance, of=held)
    outcome_of(bill("50"), asked("10"), *redeemed("10", 2), of=[*held, REVERSED])
    outcome_of(bill("50"), asked("10.01"), BeyondBalance, of=[*held, REVERSED])
    outcome_of(bill("50"), asked("0.01"), BeyondBalance, of=[ISSUED, used(), CANCELLED])
    spent = given(voucher.evolve, ISSUED, used(), used("5", 2), CANCELLED, REVERSED).state
    assert (spent.redeemed_fen, spent.cancelled_fen, spent.balance_fen) == (fen("5"), fen("90"), fen("5"))


@pytest.mark.parametrize(
    ("part", "yuan", "outcome"),
    [
        row("service: what is owed", "service", "25", redeemed("25")),
        row("service: a fen more", "service", "25.01", (BeyondBill,)),
        row("calls: what is owed", "call", "15", redeemed("15", part="call")),
        row("calls: a fen more", "call", "15.01", (BeyondBill,)),
    ],
)
def test_a_bill_is_paid_what_each_part_owes(part: Part, yuan: str, outcome: Any) -> None:
    """50.00 with 20.00 of calls; vouchers from outside paid 5.00 of each part."""
    owing = bill("50", "20", service_voucher="5", call_voucher="5")
    outcome_of(owing, asked(yuan, part), *outcome)


def test_a_part_owes_what_no_redemption_paid() -> None:
    owing = bill("50", "20", paid=[("2026-03", "service", "6"), ("2026-02", "call", "1")])
    outcome_of(owing, asked("24"), *redeemed("24"))
    outcome_of(owing, asked("24.01"), BeyondBill)
    outcome_of(owing, asked("19", "call"), *redeemed("19", part="call"))
    outcome_of(owing, asked("19.01", "call"), BeyondBill)
    owing.payments[0].reversed = True
    outcome_of(owing, asked("30"), *redeemed("30"))
    outcome_of(owing, asked("30.01"), BeyondBill)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        row("the same", asked(), ()),
        row("another part", asked(part="call"), redeemed(number=2, part="call")),
        row("another amount", asked("10.01"), redeemed("10.01", 2)),
        row("another instant", asked(when="05-02 00:00:00.000001"), redeemed(number=2, when="05-02 00:00:00.000001")),
        row("by another account", asked(account="1002"), (NotTransferable,)),
    ],
)
def test_a_redemption_that_stands_is_not_made_twice(command: RedeemVoucher, expected: Any) -> None:
    outcome_of(bill("50", "20"), command, *expected, of=[ISSUED, used()])


def test_the_same_amount_pays_another_bill_too() -> None:
    held = given(voucher.evolve, ISSUED, used(on="A"))
    held.when(voucher.redeem, bill("50"), asked(), TERMS).then(*redeemed(number=2))


def test_a_redemption_that_was_reversed_is_made_again_only_where_that_is_said() -> None:
    undone = [ISSUED, used(), REVERSED]
    outcome_of(bill("50"), asked(), RedemptionUndone, of=undone)
    outcome_of(bill("50"), asked(again=True), *redeemed(number=2), of=undone)
    outcome_of(bill("50"), asked("10.01"), *redeemed("10.01", 2), of=undone)
    for again in (False, True):
        outcome_of(bill("50"), asked(again=again), of=[*undone, used(number=2)])
    twice = [*undone, used(number=2), (RedemptionReversed(voucher="V", redemption=2), "again wrong")]
    outcome_of(bill("50"), asked(), RedemptionUndone, of=twice)


def test_a_reversed_redemption_that_was_not_shown_is_another_than_one_that_is() -> None:
    owing = bill("60", service_voucher="10", paid=[("2026-03", "service", "10")])
    owing.payments[0].voucher, owing.payments[0].redemption, owing.payments[0].reversed = "V", 1, True
    undone = [ISSUED, used(), REVERSED]
    outcome_of(owing, asked(shown=False), RedemptionUndone, of=undone)
    outcome_of(
        owing,
        asked(shown=True),
        *redeemed(number=2),
        FeesOffsetExplained(bill="B", voucher="V", redemption=2),
        of=undone,
    )


def test_a_redemption_that_stands_is_a_noop_even_where_nothing_could_be_paid() -> None:
    outcome_of(void(), asked("100"), of=[ISSUED, used("100")])


def reverse(number: int = 1, reason: str = "wrong bill") -> ReverseRedemption:
    return ReverseRedemption(voucher=NAME, redemption=number, reason=Words(reason))


def test_a_redemption_is_reversed_by_its_number() -> None:
    known = given(voucher.evolve, ISSUED, used(on="A"), used(number=2))
    known.when(voucher.reverse, reverse(1)).then(
        RedemptionReversed(voucher="V", redemption=1), FeesPaymentReversed(bill="A", voucher="V", redemption=1)
    )
    known.when(voucher.reverse, reverse(2)).then(
        RedemptionReversed(voucher="V", redemption=2), FeesPaymentReversed(bill="B", voucher="V", redemption=2)
    )
    known.when(voucher.reverse, reverse(3)).then(UnknownRedemption)
    given(voucher.evolve, ISSUED).when(voucher.reverse, reverse(1)).then(UnknownRedemption)


def test_a_redemption_is_reversed_once() -> None:
    known = given(voucher.evolve, ISSUED, used(), REVERSED)
    known.when(voucher.reverse, reverse()).then()
    known.when(voucher.reverse, reverse(reason="another")).then(RedemptionWasReversed)


@pytest.mark.parametrize(
    ("outcome", "refused"),
    [
        row("the commitment was met", "commitment_met", True),
        row("nothing to credit", "nothing_to_credit", True),
        row("not covered", "not_covered", True),
        row("too early", "too_early", True),
        row("too late", "too_late", True),
        row("an award of nothing", "awarded", False),
    ],
)
def test_nothing_is_issued_where_nothing_is_awarded(outcome: Outcome, refused: bool) -> None:
    DecidedAs(outcome).issues(*(NothingAwarded,) if refused else ())
    DecidedAs(outcome, V1="30").issues()
