"""What was so at an instant: tables in the reader's notation, a line an event, told to a ledger and asked again.

Times are of 2024 on Shanghai's clock. `recorded` is when the ledger's clock said so, `happened` is the event's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from build import at, fen, row

from domain import events as e
from domain.as_of import as_of, concerning
from domain.case import Case, Fact, fold
from domain.claim import status
from domain.refusals import Damaged
from ledger.log.codec import TOPIC_OF

Told = tuple[str, str, e.Event]
"""When it was recorded, in which stream, what."""


def when(text: str) -> int:
    return at(f"2024-{text}")


def facts(*told: Told) -> list[Fact]:
    """The events as the log has them, in the order in which they are told."""
    versions: dict[str, int] = {}
    made = []
    for position, (recorded, stream, event) in enumerate(told, start=1):
        versions[stream] = versions.get(stream, 0) + 1
        topic = TOPIC_OF[type(event)]
        made.append(Fact(stream, versions[stream], position, when(recorded), "clerk", "why", None, topic, event))
    return made


def then(told: list[Fact], instant: str) -> Case:
    return fold(as_of(told, when(instant)))


ENROLLED: Told = (
    "01-01 00:00",
    "1001/account",
    e.AccountEnrolled(account="1001", enrolled_at=when("01-01 00:00"), stage="general"),
)
INC, BILL, CLAIM, V = "1001/incident/A", "1001/bill/B", "1001/claim/2024-03", "1001/voucher/V"
OPENED: Told = (
    "03-03 10:05",
    INC,
    e.IncidentOpened(
        incident="A", function="inbound_routing", started_at=when("03-03 10:00"), scope="account", account="1001"
    ),
)
CLOSED: Told = ("03-03 13:00", INC, e.IncidentClosed(incident="A", ended_at=when("03-03 12:00")))
LATER_START: Told = ("03-09 00:00", INC, e.IncidentCorrected(incident="A", started_at=when("03-03 11:00")))
LATER_END: Told = ("03-09 00:00", INC, e.IncidentCorrected(incident="A", ended_at=when("03-03 15:00")))
EARLIER_END: Told = ("03-09 00:00", INC, e.IncidentCorrected(incident="A", ended_at=when("03-03 11:00")))
BOTH: Told = (
    "03-09 00:00",
    INC,
    e.IncidentCorrected(incident="A", started_at=when("03-03 09:00"), ended_at=when("03-03 15:00")),
)
WITHDRAWN: Told = ("03-20 00:00", INC, e.IncidentWithdrawn(incident="A"))


def outage(case: Case) -> str:
    """The incident as a reader would say it."""
    found = case.incidents.get("A")
    if found is None:
        return "not there"
    return found.status


@pytest.mark.parametrize(
    ("told", "instant", "expected"),
    [
        row("before it began", [OPENED, CLOSED], "03-03 09:59", "not there"),
        row("as it began", [OPENED, CLOSED], "03-03 10:00", "open"),
        row("it was recorded later than it began", [OPENED], "03-03 10:01", "open"),
        row("before it ended", [OPENED, CLOSED], "03-03 11:59", "open"),
        row("as it ended", [OPENED, CLOSED], "03-03 12:00", "closed"),
        row("the end is recorded later", [OPENED, CLOSED], "03-03 12:30", "closed"),
        row("never closed", [OPENED], "04-01 00:00", "open"),
        row("a corrected start: not there yet", [OPENED, CLOSED, LATER_START], "03-03 10:30", "not there"),
        row("a corrected start: there", [OPENED, CLOSED, LATER_START], "03-03 11:00", "open"),
        row("a later end: still open at the first", [OPENED, CLOSED, LATER_END], "03-03 12:30", "open"),
        row("a later end: over", [OPENED, CLOSED, LATER_END], "03-03 15:00", "closed"),
        row("an earlier end: over before the first", [OPENED, CLOSED, EARLIER_END], "03-03 11:30", "closed"),
        row("an earlier end: open before it", [OPENED, CLOSED, EARLIER_END], "03-03 10:30", "open"),
        row("both corrected: there before the first start", [OPENED, CLOSED, BOTH], "03-03 09:00", "open"),
        row("both corrected: open", [OPENED, CLOSED, BOTH], "03-03 14:59", "open"),
        row("withdrawn later: it never was", [OPENED, CLOSED, WITHDRAWN], "03-03 12:30", "withdrawn"),
        row("withdrawn, and not there", [OPENED, CLOSED, WITHDRAWN], "03-03 09:00", "not there"),
    ],
)
def test_incidents(told: list[Told], instant: str, expected: str) -> None:
    assert outage(then(facts(ENROLLED, *told), instant)) == expected


def test_a_correction_of_both_edges_keeps_the_start_of_an_open_incident() -> None:
    found = then(facts(ENROLLED, OPENED, CLOSED, BOTH), "03-03 14:00").incidents["A"]
    assert (found.started_at, found.ended_at) == (when("03-03 09:00"), None)


def excluded(number: int, since: str | None) -> Told:
    from_at = None if since is None else when(f"03-03 {since}")
    return ("03-04 00:00", INC, e.ExclusionApplied(incident="A", exclusion=number, clause="2.3(1)", from_at=from_at))


def taken_back(number: int) -> Told:
    return ("03-05 00:00", INC, e.ExclusionWithdrawn(incident="A", exclusion=number))


@pytest.mark.parametrize(
    ("told", "instant", "expected"),
    [
        row("its span began", [excluded(1, "10:30")], "10:30", [(1, "stands")]),
        row("its span begins later", [excluded(1, "11:00")], "10:30", []),
        row("of the whole incident", [excluded(1, None)], "10:00", [(1, "stands")]),
        row("withdrawn whenever that is known", [excluded(1, "10:30"), taken_back(1)], "10:30", [(1, "withdrawn")]),
        row("withdrawn before it began", [excluded(1, "11:00"), taken_back(1)], "10:30", []),
        row("the second began first", [excluded(1, "11:30"), excluded(2, "10:30")], "10:45", [(2, "stands")]),
        row(
            "the second, withdrawn, began first",
            [excluded(1, "11:30"), excluded(2, "10:30"), taken_back(2)],
            "10:45",
            [(2, "withdrawn")],
        ),
        row(
            "both, the second withdrawn",
            [excluded(1, "11:30"), excluded(2, "10:30"), taken_back(2)],
            "11:45",
            [(1, "stands"), (2, "withdrawn")],
        ),
    ],
)
def test_exclusions(told: list[Told], instant: str, expected: list[tuple[int, str]]) -> None:
    found = then(facts(ENROLLED, OPENED, CLOSED, *told), f"03-03 {instant}").incidents["A"]
    assert [(each.number, "stands" if each.stands else "withdrawn") for each in found.exclusions] == expected


ACCOUNT = "1001/account"
RESTAGED: Told = (
    "05-01 00:00",
    ACCOUNT,
    e.AccountRestaged(account="1001", stage="public_beta", changed_at=when("02-01 00:00")),
)
GONE: Told = ("06-01 00:00", ACCOUNT, e.AccountClosed(account="1001", closed_at=when("05-20 00:00")))
MOVED: Told = ("06-02 00:00", ACCOUNT, e.AccountCorrected(account="1001", region="cn-beijing"))
LATE: Told = ("06-02 00:00", ACCOUNT, e.AccountCorrected(account="1001", enrolled_at=when("01-15 00:00")))


def holder(case: Case) -> str:
    found = case.account
    if found is None:
        return "none"
    said = [f"in {found.region}"] if found.region else []
    said += ["restaged"] if found.restaged else []
    return " ".join(["enrolled", *said, *(["closed"] if found.closed_at is not None else [])])


@pytest.mark.parametrize(
    ("told", "instant", "expected"),
    [
        row("before its enrolment", [], "2023", "none"),
        row("as it is enrolled", [], "01-01 00:00", "enrolled"),
        row("before a new stage", [RESTAGED], "01-31 23:59", "enrolled"),
        row("a new stage, recorded later", [RESTAGED], "02-01 00:00", "enrolled restaged"),
        row("before it closed", [GONE], "05-19 23:59", "enrolled"),
        row("closed, recorded later", [GONE], "05-20 00:00", "enrolled closed"),
        row("a correction applies whenever it is known", [MOVED], "01-02 00:00", "enrolled in cn-beijing"),
        row("before the corrected enrolment", [LATE, MOVED], "01-14 00:00", "none"),
        row("at the corrected enrolment", [LATE], "01-15 00:00", "enrolled"),
    ],
)
def test_accounts(told: list[Told], instant: str, expected: str) -> None:
    known = facts(ENROLLED, *told)
    if instant == "2023":
        assert fold(as_of(known, at("2023-12-31 23:59"))).account is None
    else:
        assert holder(then(known, instant)) == expected


def billed(bill: str, on: str) -> Told:
    event = e.FeesBilled(
        bill=bill,
        account="1001",
        first_month="2024-03",
        months=1,
        billed_at=when(on),
        product_fee_fen=fen("1000"),
        call_fee_fen=0,
    )
    return "06-01 00:00", f"1001/bill/{bill}", event


FILED: Told = ("04-10 09:00", CLAIM, e.ClaimFiled(account="1001", month="2024-03", filed_at=when("04-10 09:00")))
TAKEN_BACK: Told = ("04-11 09:00", CLAIM, e.ClaimWithdrawn(account="1001", month="2024-03"))
AGAIN: Told = ("04-12 09:00", CLAIM, e.ClaimFiled(account="1001", month="2024-03", filed_at=when("04-09 09:00")))


def decided(number: int, on: str, outcome: str = "awarded", fen_: int = 10000) -> Told:
    """A decision; of its record only what the fold reads is told."""
    credit = {
        "service": {"rate": "14%", "amount_fen": fen_},
        "call": {"rate": "5%", "amount_fen": 0},
        "total_fen": fen_,
    }
    head = {"number": number, "outcome": outcome, "decided_at": when(on), "credit": credit if fen_ else None}
    event = e.ClaimDecided(account="1001", month="2024-03", decision=msgspec.Raw(msgspec.json.encode(head)))
    return "06-01 00:00", CLAIM, event


DISPUTED: Told = (
    "06-01 00:00",
    CLAIM,
    e.ClaimDisputed(account="1001", month="2024-03", disputed_at=when("04-20 09:00"), grounds="longer"),
)
ISSUED: Told = (
    "06-01 00:00",
    V,
    e.VoucherIssued(
        voucher="V",
        account="1001",
        month="2024-03",
        amount_fen=10000,
        issued_at=when("04-15 09:00"),
        decision=1,
        version="2018-08-01",
    ),
)
PAID: Told = ("06-01 00:00", CLAIM, e.ClaimPaid(account="1001", month="2024-03", voucher="V", amount_fen=10000))


def claim(case: Case) -> str:
    found = case.claims.get("2024-03")
    return "none" if found is None else status(found)


LIFE = [FILED, decided(1, "04-13 09:00"), ISSUED, PAID, DISPUTED, decided(2, "04-25 09:00")]


@pytest.mark.parametrize(
    ("told", "instant", "expected"),
    [
        row("not filed yet", LIFE, "04-10 08:59", "none"),
        row("filed", LIFE, "04-10 09:00", "filed"),
        row("decided, whenever recorded", LIFE, "04-13 09:00", "awarded"),
        row("issued", LIFE, "04-15 09:00", "settled"),
        row("disputed", LIFE, "04-20 09:00", "disputed"),
        row("decided again", LIFE, "04-25 09:00", "settled"),
        row("before it was taken back", [FILED, TAKEN_BACK], "04-11 08:59", "filed"),
        row("taken back when that was recorded", [FILED, TAKEN_BACK], "04-11 09:00", "withdrawn"),
        row("filed again with an earlier date", [FILED, TAKEN_BACK, AGAIN], "04-09 10:00", "filed"),
        row("filed again, taken back before", [FILED, TAKEN_BACK, AGAIN], "04-11 10:00", "filed"),
        row(
            "recorded before it was filed, by a clock that went backwards",
            [FILED, ("04-01 00:00", CLAIM, TAKEN_BACK[2])],
            "04-05 00:00",
            "none",
        ),
    ],
)
def test_claims(told: list[Told], instant: str, expected: str) -> None:
    assert claim(then(facts(ENROLLED, *told), instant)) == expected


def redeemed(number: int, on: str, amount: str, bill: str = "B", recorded: str = "06-02 00:00") -> list[Told]:
    both = {"voucher": "V", "redemption": number, "bill": bill, "part": "service", "amount_fen": fen(amount)}
    side: Callable[..., Any] = e.VoucherRedeemed
    return [
        (recorded, V, side(**both, redeemed_at=when(on))),
        (recorded, f"1001/bill/{bill}", e.FeesPaidByVoucher(**both, voucher_month="2024-03")),
    ]


def undone(number: int, recorded: str, bill: str = "B") -> list[Told]:
    return [
        (recorded, V, e.RedemptionReversed(voucher="V", redemption=number)),
        (recorded, f"1001/bill/{bill}", e.FeesPaymentReversed(bill=bill, voucher="V", redemption=number)),
    ]


def cancelled(amount: str, recorded: str) -> list[Told]:
    return [(recorded, V, e.VoucherCancelled(voucher="V", amount_fen=fen(amount)))]


def money(case: Case) -> str:
    """What is left of the voucher, and what stands on the bill, in yuan."""
    voucher, bill = case.vouchers.get("V"), case.bills.get("B")
    left = "no voucher" if voucher is None else f"{voucher.balance_fen // 100} left"
    paid = [] if bill is None else [payment.amount_fen for payment in bill.payments if not payment.reversed]
    return f"{left}, " + ("no bill" if bill is None else f"{sum(paid) // 100} paid")


BEFORE = [FILED, decided(1, "04-13 09:00"), ISSUED, PAID, billed("B", "05-01 00:00")]


@pytest.mark.parametrize(
    ("told", "instant", "expected"),
    [
        row("before the issue", [], "04-15 08:59", "no voucher, no bill"),
        row("issued", [], "04-15 09:00", "100 left, no bill"),
        row("billed", [], "05-01 00:00", "100 left, 0 paid"),
        row("before a redemption", redeemed(1, "05-02 00:00", "40"), "05-01 23:59", "100 left, 0 paid"),
        row("redeemed", redeemed(1, "05-02 00:00", "40"), "05-02 00:00", "60 left, 40 paid"),
        row("on a bill of a later date", redeemed(1, "04-20 00:00", "40"), "04-25 00:00", "100 left, no bill"),
        row("on that bill, then", redeemed(1, "04-20 00:00", "40"), "05-01 00:00", "60 left, 40 paid"),
        row(
            "before a reversal was recorded",
            [*redeemed(1, "05-02 00:00", "40"), *undone(1, "06-03 00:00")],
            "06-02 23:59",
            "60 left, 40 paid",
        ),
        row(
            "reversed when that was recorded",
            [*redeemed(1, "05-02 00:00", "40"), *undone(1, "06-03 00:00")],
            "06-03 00:00",
            "100 left, 0 paid",
        ),
        row(
            "the second was made first and is undone",
            [*redeemed(1, "05-20 00:00", "40"), *redeemed(2, "05-02 00:00", "10"), *undone(2, "05-10 00:00")],
            "05-15 00:00",
            "100 left, 0 paid",
        ),
        row(
            "the second, before it is undone",
            [*redeemed(1, "05-20 00:00", "40"), *redeemed(2, "05-02 00:00", "10"), *undone(2, "05-10 00:00")],
            "05-09 00:00",
            "90 left, 10 paid",
        ),
        row("before it was cancelled", cancelled("100", "06-05 00:00"), "06-04 23:59", "100 left, 0 paid"),
        row("cancelled when that was recorded", cancelled("100", "06-05 00:00"), "06-05 00:00", "0 left, 0 paid"),
        row(
            "a cancellation never before what led to it",
            [
                *redeemed(1, "05-02 00:00", "40"),
                *undone(1, "06-05 00:00"),
                *cancelled("100", "06-04 00:00"),
            ],
            "06-04 12:00",
            "60 left, 40 paid",
        ),
    ],
)
def test_vouchers_and_both_sides_of_a_redemption(told: list[Told], instant: str, expected: str) -> None:
    assert money(then(facts(ENROLLED, *BEFORE, *told), instant)) == expected


def test_corrections_and_voids_of_bills_are_knowledge() -> None:
    corrected: Told = ("07-01 00:00", BILL, e.FeesCorrected(bill="B", product_fee_fen=fen("900")))
    void: Told = ("07-02 00:00", BILL, e.FeesVoided(bill="B"))
    known = facts(ENROLLED, billed("B", "05-01 00:00"), corrected, void)
    assert then(known, "04-30 23:59").bills == {}
    found = then(known, "05-01 00:00").bills["B"]
    assert (found.product_fee_fen, found.voided) == (fen("900"), "why")
    restored: Told = ("07-03 00:00", BILL, e.FeesRestored(bill="B"))
    found = then(facts(ENROLLED, billed("B", "05-01 00:00"), corrected, void, restored), "05-01 00:00").bills["B"]
    assert (found.product_fee_fen, found.voided) == (fen("900"), None)


def test_at_the_end_of_time_it_is_the_plain_fold() -> None:
    told = facts(
        ENROLLED, OPENED, CLOSED, BOTH, excluded(1, "11:00"), excluded(2, "10:30"), taken_back(2), *LIFE,
        billed("B", "05-01 00:00"), *redeemed(1, "05-02 00:00", "40"), *undone(1, "06-03 00:00"), GONE, MOVED,
    )  # fmt: skip
    assert as_of(told, when("12-31 00:00")) == told


def test_every_prefix_folds_at_every_instant() -> None:
    """Whatever is known and whatever instant is asked for, there is an answer."""
    told = facts(
        ENROLLED, OPENED, excluded(1, "11:30"), excluded(2, "10:30"), taken_back(2), CLOSED, BOTH, FILED, TAKEN_BACK,
        AGAIN, decided(1, "04-13 09:00"), ISSUED, PAID, DISPUTED, decided(2, "04-25 09:00"), billed("B", "05-01 00:00"),
        *redeemed(1, "05-20 00:00", "40"), *redeemed(2, "05-02 00:00", "10"), *undone(2, "05-10 00:00"),
        *cancelled("60", "06-05 00:00"), RESTAGED, GONE, LATE, WITHDRAWN,
    )  # fmt: skip
    instants = {fact.recorded_at + step for fact in told for step in (-1, 0)}
    instants |= {when(f"{day} {hour:02d}:30") for day in ("03-03", "04-09", "04-13", "05-02") for hour in range(24)}
    for known in range(len(told) + 1):
        for instant in instants:
            case = fold(as_of(told[:known], instant))
            for voucher in case.vouchers.values():
                assert voucher.balance_fen >= 0
                sides = [(one.number, one.reversed is not None) for one in voucher.redemptions]
                payments = [(one.redemption, one.reversed) for bill in case.bills.values() for one in bill.payments]
                whole = not isinstance(told[known - 1].event, e.VoucherRedeemed | e.RedemptionReversed)
                assert sides == payments or not whole


@pytest.mark.parametrize(
    ("month", "incidents", "bills", "claims"),
    [
        row("its own", "2024-03", ["A"], ["B"], ["2024-03"]),
        row("another", "2024-04", [], [], []),
    ],
)
def test_what_concerns_a_month(month: str, incidents: list[str], bills: list[str], claims: list[str]) -> None:
    case = fold(facts(ENROLLED, OPENED, CLOSED, *BEFORE))
    found = concerning(case, month, when("12-31 00:00"))
    assert (list(found.incidents), list(found.bills), list(found.claims)) == (incidents, bills, claims)
    assert list(found.vouchers) == (["V"] if month == "2024-03" else [])
    assert found.account is case.account


@pytest.mark.parametrize(
    ("until", "months"),
    [
        row("open up to April", "04-02 00:00", ["2024-03", "2024-04"]),
        row("open up to the end of March", "04-01 00:00", ["2024-03"]),
    ],
)
def test_an_open_incident_touches_months_up_to_the_instant(until: str, months: list[str]) -> None:
    case = fold(facts(ENROLLED, OPENED))
    asked = ("2024-02", "2024-03", "2024-04")
    assert [month for month in asked if concerning(case, month, when(until)).incidents] == months


def test_an_event_that_makes_no_case_stops_it() -> None:
    reserved = e.IdReserved(kind="bill", id="B", owner="1001", content_sha256="")
    with pytest.raises(Damaged, match="unknown event"):
        as_of(facts(ENROLLED, ("01-01 00:00", "~/id/bill/B", reserved)), when("12-31 00:00"))
