"""Stories through the command line, from the outage to the voucher, with money that was worked out by hand.

March 2026 has 2,678,400 s: 99.8 % is missed from 5,356.8 s on. April has 2,592,000 s: exactly 5,184 s are 99.8 %.
Unless a story says otherwise, the bill is 1,000.00 with 400.00 of calls, so the service fee is 600.00.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import CommandLine

from ledger.shipped import shipped_agreements

Line = dict[str, Any]
SHANGHAI = timezone(timedelta(hours=8))
JANUARY = "2026-01-01T00:00:00+08:00"


def line(command: str, **fields: Any) -> Line:
    """A command as a line of a batch; a field named `from` is written `from_` here."""
    return {"command": command, **{name.rstrip("_"): value for name, value in fields.items()}}


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026, `2024-02-01` as it says; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    day = day if len(day) == 10 else f"2026-{day}"
    return f"{day}T{clock or '00:00'}{':00' if clock.count(':') < 2 else ''}+08:00"


def after(text: str, seconds: int) -> str:
    return (datetime.fromisoformat(at(text)) + timedelta(seconds=seconds)).isoformat()


def enroll(account: str = "1001", **particulars: Any) -> Line:
    return line("account enroll", **{"account": account, "enrolled_at": JANUARY, **particulars})


def outage(incident: str, start: str, end: str | None, *, seconds: int | None = None, **scope: Any) -> list[Line]:
    """An incident of inbound calls, of account 1001 unless said otherwise; over `seconds`, or until `end`."""
    scope = scope or {"account": "1001"}
    opened = line("incident open", incident=incident, function="inbound_routing", started_at=at(start), **scope)
    if seconds is not None:
        return [opened, line("incident close", incident=incident, ended_at=after(start, seconds))]
    return [opened] if end is None else [opened, line("incident close", incident=incident, ended_at=at(end))]


def bill(
    name: str = "B-1",
    month: str = "2026-03",
    billed: str = "04-01",
    product: str = "1000.00",
    call: str = "400.00",
    **more: Any,
) -> Line:
    fields = {"account": "1001", "first_month": month, "billed_at": at(billed), **more}
    return line("fees bill", bill=name, product_fee=product, call_fee=call, **fields)


def claimed(
    month: str = "2026-03", filed: str = "04-10", decided: str = "04-11", account: str = "1001", **more: Any
) -> list[Line]:
    claim = {"account": account, "month": month}
    return [
        line("claim file", **claim, filed_at=at(filed), **more),
        line("claim decide", **claim, decided_at=at(decided)),
    ]


def issued(month: str = "2026-03", when: str = "04-12", account: str = "1001") -> Line:
    return line("voucher issue", account=account, month=month, issued_at=at(when))


def redeem(amount: str, bill_: str, part: str = "service", when: str = "05-02", month: str = "2026-03") -> Line:
    fields = {"account": "1001", "bill": bill_, "redeemed_at": at(when)}
    return line("voucher redeem", voucher=f"V-1001-{month}-1", part=part, amount=amount, **fields)


def redecide(reason: str = "looked again", month: str = "2026-03", **more: Any) -> Line:
    return line("claim redecide", account="1001", month=month, reason=reason, **more)


def tell(slaledger: CommandLine, *lines: Line) -> None:
    done = slaledger.batch(*lines)
    assert done.returncode == 0, done.stdout


def claim_of(slaledger: CommandLine, month: str = "2026-03", account: str = "1001") -> Line:
    found: Line = slaledger.ok("claim", "show", account, month)
    return found


def decided(slaledger: CommandLine, month: str = "2026-03", account: str = "1001") -> Line:
    """The latest decision."""
    latest: Line = claim_of(slaledger, month, account)["decisions"][-1]
    return latest


def credit(decision: Line) -> tuple[str, str, str] | None:
    """A decision's credit: service part, call part, total."""
    if decision["credit"] is None:
        return None
    return (*(decision["credit"][part]["amount"] for part in ("service", "call")), decision["credit"]["total"])


OUTAGE = outage("INC-7", "03-03 10:00", "03-03 11:30")


# The interface's own example.


def test_an_hour_and_a_half_in_march_gives_104_yuan(slaledger: CommandLine) -> None:
    tell(slaledger, enroll(), *OUTAGE, bill(), *claimed(), issued())

    claim = claim_of(slaledger)
    assert (
        claim.items()
        >= {
            "account": "1001",
            "month": "2026-03",
            "status": "settled",
            "filed_at": at("04-10"),
            "window": {"opens": at("04-09"), "closes": at("06-02")},
            "awarded": "104.00",
            "issued": "104.00",
            "overpaid": "0.00",
            "vouchers": ["V-1001-2026-03-1"],
        }.items()
    )

    (decision,) = claim["decisions"]
    assert (decision["number"], decision["format"], decision["outcome"]) == (1, 3, "awarded")
    assert (decision["account"], decision["month"], decision["decided_at"]) == ("1001", "2026-03", at("04-11"))
    assert decision["terms"].items() >= {"agreement": "aliyun-ccc", "version": "2018-08-01"}.items()
    assert all(len(decision[name]["sha256"]) == 64 for name in ("terms", "calendar", "facts"))
    assert len(decision["sha256"]) == 64
    assert decision["facts"].keys() >= {"position", "count", "sha256"}
    assert decision["availability"] == slaledger.ok("availability", "1001", "2026-03")
    assert decision["availability"]["availability"] == {"numerator": 495, "denominator": 496, "percent": "99.7983"}
    assert decision["bases"] == {
        "service": {"product_fee": "1000.00", "call_fee": "400.00", "voucher_offset": "0.00", "net": "600.00"},
        "call": {"call_fee": "400.00", "voucher_offset": "0.00", "net": "400.00"},
    }
    assert decision["credit"] == {
        "service": {"rate": "14%", "amount": "84.00"},
        "call": {"rate": "5%", "amount": "20.00"},
        "total": "104.00",
    }
    assert all(step.keys() >= {"clause", "step", "inputs", "result", "says"} for step in decision["steps"])
    cited = [step["clause"] for step in decision["steps"]]
    assert {"1", "2.1", "2.2", "3.1", "3.2"} <= set(cited)
    assert slaledger.ok("claim", "explain", "1001", "2026-03") == decision


# Outcomes and statuses.

OUTCOMES: dict[str, tuple[list[Line], str]] = {
    "awarded": ([enroll(), *OUTAGE, bill(), *claimed()], "awarded"),
    "commitment_met": (
        [enroll(), *outage("INC-7", "03-03 10:00", None, seconds=5356), bill(), *claimed()],
        "not_awarded",
    ),
    "nothing_to_credit": ([enroll(), *OUTAGE, *claimed()], "not_awarded"),
    "too_early": ([enroll(), *OUTAGE, bill(), *claimed(filed="04-08 23:59:59")], "refused"),
    "too_late": ([enroll(), *OUTAGE, bill(), *claimed(filed="06-02", decided="06-03")], "refused"),
    "not_covered": ([enroll(stage="public_beta"), *OUTAGE, bill(), *claimed()], "not_awarded"),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_outcome_of_a_decision(slaledger: CommandLine, outcome: str) -> None:
    lines, status = OUTCOMES[outcome]
    tell(slaledger, *lines)
    claim = claim_of(slaledger)
    (decision,) = claim["decisions"]
    assert (decision["outcome"], claim["status"]) == (outcome, status)
    if outcome == "awarded":
        return
    assert (decision["credit"], claim["awarded"]) == (None, "0.00")
    if outcome in ("too_early", "too_late"):
        assert decision["availability"] is None
    if outcome != "nothing_to_credit":
        assert decision["bases"] is None


DISPUTE = line("claim dispute", account="1001", month="2026-03", disputed_at=at("05-01"), grounds="it lasted longer")
STATUSES: dict[str, list[Line]] = {
    "filed": claimed()[:1],
    "withdrawn": [*claimed()[:1], line("claim withdraw", account="1001", month="2026-03", reason="by mistake")],
    "refused": claimed(filed="06-02", decided="06-03"),
    "awarded": claimed(),
    "not_awarded": [line("incident withdraw", incident="INC-7", reason="false alarm"), *claimed()],
    "disputed": [*claimed(), issued(), DISPUTE],
    "settled": [*claimed(), issued(), DISPUTE, redecide()],
}


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_of_a_claim(slaledger: CommandLine, status: str) -> None:
    tell(slaledger, enroll(), *OUTAGE, bill(), *STATUSES[status])
    assert claim_of(slaledger)["status"] == status
    assert [row["status"] for row in slaledger.ok("claim", "list")] == [status]


# How much for how long.

APRIL_TIERS = [
    ("exactly 99.8 %", 5_184, "99.8000", None, None),
    ("a second more", 5_185, "99.7999", 1, ("84.00", "20.00", "104.00")),
    ("exactly 99 %", 25_920, "99.0000", 1, ("84.00", "20.00", "104.00")),
    ("a second below 99 %", 25_921, "98.9999", 2, ("168.00", "40.00", "208.00")),
    ("exactly 95 %", 129_600, "95.0000", 2, ("168.00", "40.00", "208.00")),
    ("a second below 95 %", 129_601, "94.9999", 3, ("600.00", "80.00", "680.00")),
    ("all month", 2_592_000, "0.0000", 3, ("600.00", "80.00", "680.00")),
]


def test_the_edges_of_the_tiers_in_a_month_of_30_days(slaledger: CommandLine) -> None:
    lines: list[Line] = []
    for number, (_, seconds, *_) in enumerate(APRIL_TIERS):
        name = f"a{number}"
        lines += [enroll(name), *outage(f"I-{name}", "04-01 00:00", None, seconds=seconds, account=name)]
        lines += [bill(f"B-{name}", "2026-04", "05-01", account=name), *claimed("2026-04", "05-12", "05-13", name)]
    tell(slaledger, *lines)

    for number, (name, seconds, percent, tier, money) in enumerate(APRIL_TIERS):
        decision = decided(slaledger, "2026-04", f"a{number}")
        month = decision["availability"]
        assert (month["unavailable_seconds"], month["availability"]["percent"]) == (seconds, percent), name
        assert (month["tier"], month["meets_commitment"]) == (tier, tier is None), name
        assert credit(decision) == money, name


def test_two_minutes_count_and_less_does_not(slaledger: CommandLine) -> None:
    short = outage("INC-1", "03-03 10:00", None, seconds=119)
    long = outage("INC-2", "03-04 10:00", None, seconds=120)
    tell(slaledger, enroll(), *short, *long)
    month = slaledger.ok("availability", "1001", "2026-03")
    assert month["unavailable_seconds"] == 120
    assert [episode["counted_seconds"] for episode in month["episodes"] if episode["counted_seconds"]] == [120]


def test_outages_at_the_same_time_count_once(slaledger: CommandLine) -> None:
    calls = {"incident": "INC-8", "function": "agent_calls", "started_at": at("03-03 11:00"), "account": "1001"}
    overlapping = [line("incident open", **calls), line("incident close", incident="INC-8", ended_at=at("03-03 12:00"))]
    tell(slaledger, enroll(), *OUTAGE, *overlapping)
    month = slaledger.ok("availability", "1001", "2026-03")
    assert month["unavailable_seconds"] == 7200
    (episode,) = month["episodes"]
    assert (episode["seconds"], sorted(episode["incidents"])) == (7200, ["INC-7", "INC-8"])


def test_a_fraction_of_a_second_is_kept(slaledger: CommandLine) -> None:
    opened = OUTAGE[0]
    tell(
        slaledger,
        enroll(),
        opened,
        line("incident close", incident="INC-7", ended_at="2026-03-03T11:30:00.250000+08:00"),
    )
    month = slaledger.ok("availability", "1001", "2026-03")
    assert month["unavailable_seconds"] == 5400.25
    assert month["episodes"][0]["end"] == "2026-03-03T11:30:00.250000+08:00"


def test_an_outage_across_a_months_end_gives_each_month_its_part(slaledger: CommandLine) -> None:
    """Ninety seconds on either side: three minutes in all, so both count, in the months they fell in."""
    tell(slaledger, enroll(), *outage("INC-7", "03-31 23:58:30", "04-01 00:01:30"))
    for month in ("2026-03", "2026-04"):
        assert slaledger.ok("availability", "1001", month)["unavailable_seconds"] == 90


def test_a_leap_february_has_29_days(slaledger: CommandLine) -> None:
    """2,505,600 s: 5,011.2 s are 0.2 %. The fifth working day of March 2024 is the 7th."""
    february = outage("INC-7", "2024-02-29 22:00", None, seconds=5_012)
    lines = [bill(month="2024-02", billed="2024-03-01"), *claimed("2024-02", "2024-03-08", "2024-03-09")]
    tell(slaledger, enroll(enrolled_at="2024-01-01T00:00:00+08:00"), *february, *lines)
    claim = claim_of(slaledger, "2024-02")
    month = claim["decisions"][0]["availability"]
    assert (month["total_seconds"], month["unavailable_seconds"], month["tier"]) == (2_505_600, 5_012, 1)
    assert claim["window"] == {"opens": at("2024-03-08"), "closes": at("2024-05-01")}
    assert claim["awarded"] == "104.00"


# The claim window.

WINDOWS = [
    ("2026-03", "04-09", "06-02", "Qingming; 31 May is a Sunday"),
    ("2026-02", "03-07", "05-01", "plain"),
    ("2026-04", "05-12", "07-01", "May holidays, make-up work on Saturday the 9th"),
    ("2026-01", "02-07", "04-01", "before the Spring Festival"),
    ("2025-12", "01-09", "03-01", "New Year, make-up work on Sunday the 4th"),
    (
        "2025-09",
        "2025-10-15",
        "2025-12-02",
        "the October week; Sunday 30 November rolls",
    ),
]


def test_the_claim_window_by_the_published_working_days(slaledger: CommandLine) -> None:
    lines = [line("claim file", account="1001", month=month, filed_at=at(opens)) for month, opens, _, _ in WINDOWS]
    tell(slaledger, enroll(enrolled_at="2025-01-01T00:00:00+08:00"), *lines)
    for month, opens, closes, why in WINDOWS:
        assert claim_of(slaledger, month)["window"] == {"opens": at(opens), "closes": at(closes)}, why


@pytest.mark.parametrize(
    ("filed", "outcome"),
    [
        pytest.param("2026-04-08T23:59:59.999999+08:00", "too_early", id="a microsecond before it opens"),
        pytest.param("2026-04-09T00:00:00+08:00", "awarded", id="the first instant"),
        pytest.param("2026-06-01T23:59:59.999999+08:00", "awarded", id="the last instant: Sunday 31 May rolls"),
        pytest.param("2026-06-01T16:00:00Z", "too_late", id="the instant it closes, told in UTC"),
    ],
)
def test_the_edges_of_the_claim_window(slaledger: CommandLine, filed: str, outcome: str) -> None:
    file = line("claim file", account="1001", month="2026-03", filed_at=filed)
    decide = line("claim decide", account="1001", month="2026-03", decided_at=at("07-01"))
    tell(slaledger, enroll(), *OUTAGE, bill(), file, decide)
    assert decided(slaledger)["outcome"] == outcome


def test_an_early_or_late_claim_is_recorded_with_a_warning(slaledger: CommandLine) -> None:
    tell(slaledger, enroll())
    for month, filed in (("2026-03", "04-02"), ("2026-02", "05-01")):
        done = slaledger.run("claim", "file", "1001", month, "--filed-at", at(filed))
        assert (done.returncode, json.loads(done.stdout)["recorded"]) == (0, 1)
        assert month in done.stderr
        assert claim_of(slaledger, month)["status"] == "filed"
    in_time = slaledger.run("claim", "file", "1001", "2026-01", "--filed-at", at("02-10"))
    assert (in_time.returncode, in_time.stderr) == (0, "")


# Disputes.


def test_a_dispute_that_is_right_is_paid_the_difference(slaledger: CommandLine) -> None:
    """It lasted eight hours, 28,800 s: below 99 %, so 168.00 + 40.00, of which 104.00 is issued."""
    tell(slaledger, enroll(), *OUTAGE, bill(), *claimed(), issued(), DISPUTE)
    longer = line("incident correct", incident="INC-7", ended_at=at("03-03 18:00"), reason="gateway log")
    tell(slaledger, longer)
    assert (claim_of(slaledger)["status"], claim_of(slaledger)["awarded"]) == ("disputed", "104.00")

    tell(slaledger, redecide("the dispute of 1 May"), line("voucher issue", account="1001", month="2026-03"))

    claim = claim_of(slaledger)
    assert [(made["number"], credit(made)) for made in claim["decisions"]] == [
        (1, ("84.00", "20.00", "104.00")),
        (2, ("168.00", "40.00", "208.00")),
    ]
    assert (claim["status"], claim["awarded"], claim["issued"]) == ("settled", "208.00", "208.00")
    vouchers = slaledger.ok("voucher", "list", "--account", "1001")
    assert [(voucher["voucher"], voucher["issued"]) for voucher in vouchers] == [
        ("V-1001-2026-03-1", "104.00"),
        ("V-1001-2026-03-2", "104.00"),
    ]


def test_a_dispute_that_finds_no_breach_takes_nothing_back(slaledger: CommandLine) -> None:
    shorter = line("incident correct", incident="INC-7", ended_at=at("03-03 11:00"), reason="gateway log")
    tell(slaledger, enroll(), *OUTAGE, bill(), *claimed(), issued(), DISPUTE, shorter, redecide())
    claim = claim_of(slaledger)
    assert claim["decisions"][-1]["outcome"] == "commitment_met"
    assert (claim["status"], claim["awarded"], claim["issued"], claim["overpaid"]) == (
        *("not_awarded", "0.00", "104.00", "104.00"),
    )
    assert slaledger.ok("voucher", "show", "V-1001-2026-03-1")["balance"] == "104.00"


def test_a_decision_is_made_again_without_a_dispute(slaledger: CommandLine) -> None:
    tell(slaledger, enroll(), *OUTAGE, *claimed(), bill(), redecide("the bill came late"))
    assert [made["outcome"] for made in claim_of(slaledger)["decisions"]] == ["nothing_to_credit", "awarded"]


# Exclusions.


def test_an_excluded_cause_is_taken_out_and_comes_back_when_withdrawn(slaledger: CommandLine) -> None:
    """Ten minutes of the carrier's: 4,800 s remain, and the commitment is met."""
    part = line("exclusion apply", incident="INC-7", clause="2.3(1)", from_=at("03-03 10:00"), to=at("03-03 10:10"))
    tell(slaledger, enroll(), *OUTAGE, bill(), part, *claimed())
    decision = decided(slaledger)
    assert (decision["outcome"], decision["availability"]["unavailable_seconds"]) == ("commitment_met", 4800)
    (episode,) = decision["availability"]["episodes"]
    assert (episode["seconds"], episode["counted_seconds"]) == (5400, 4800)
    assert "2.3(1)" in [step["clause"] for step in decision["steps"]]

    tell(slaledger, line("exclusion withdraw", incident="INC-7", exclusion=1, reason="denied"), redecide())
    assert decided(slaledger)["credit"]["total"] == "104.00"


def test_an_exclusion_of_one_incident_leaves_another_in_the_same_minutes(slaledger: CommandLine) -> None:
    other = outage("INC-8", "03-03 10:00", "03-03 11:30")
    tell(slaledger, enroll(), *OUTAGE, *other, line("exclusion apply", incident="INC-7", clause="2.3(11)"))
    assert slaledger.ok("availability", "1001", "2026-03")["unavailable_seconds"] == 5400
    tell(slaledger, line("exclusion apply", incident="INC-8", clause="2.3(11)"))
    assert slaledger.ok("availability", "1001", "2026-03")["unavailable_seconds"] == 0


def test_maintenance_announced_before_it_began_is_excluded(slaledger: CommandLine) -> None:
    told = {"clause": "2.3(5)", "notified_at": at("03-03 09:59:59")}
    tell(slaledger, enroll(), *OUTAGE, line("exclusion apply", incident="INC-7", **told))
    assert slaledger.ok("availability", "1001", "2026-03")["unavailable_seconds"] == 0


# Fees.


def test_a_payment_for_three_months_is_divided_in_fen(slaledger: CommandLine) -> None:
    """1,000.00, 400.01 and 1.00 by three: 333.34/.33/.33, 133.34/.34/.33 and 0.34/.33/.33; March is the second."""
    offset = {"service": "1.00", "call": "0.00"}
    quarter = bill(month="2026-02", months=3, product="1000.00", call="400.01", voucher_offset=offset)
    tell(slaledger, enroll(), *OUTAGE, quarter, *claimed())
    decision = decided(slaledger)
    assert decision["bases"] == {
        "service": {"product_fee": "333.33", "call_fee": "133.34", "voucher_offset": "0.33", "net": "199.66"},
        "call": {"call_fee": "133.34", "voucher_offset": "0.00", "net": "133.34"},
    }
    # 14 % of 199.66 is 27.9524, 5 % of 133.34 is 6.667.
    assert credit(decision) == ("27.95", "6.67", "34.62")


@pytest.mark.parametrize(
    ("lines", "money"),
    [
        pytest.param([bill(), bill("B-2", product="50.50", call="0.00")], ("91.07", "20.00", "111.07"), id="two bills"),
        pytest.param(
            [bill(), line("fees correct", bill="B-1", call_fee="300.00", reason="tariff")],
            ("98.00", "15.00", "113.00"),
            id="corrected: 300.00 of calls",
        ),
        pytest.param(
            [bill(), bill("B-2"), line("fees void", bill="B-2", reason="billed twice")],
            ("84.00", "20.00", "104.00"),
            id="one of two void",
        ),
        pytest.param(
            [bill(), line("fees void", bill="B-1", reason="wrong"), bill("B-2", product="500.00", call="500.00")],
            ("0.00", "25.00", "25.00"),
            id="void and billed anew: calls only",
        ),
        pytest.param(
            [bill(voucher_offset={"service": "100.00", "call": "40.00"})],
            ("70.00", "18.00", "88.00"),
            id="partly paid with vouchers",
        ),
        pytest.param([bill(product="0.25", call="0.00")], ("0.04", "0.00", "0.04"), id="3.5 fen, half up"),
        pytest.param([bill(month="2026-04"), bill("B-2", month="2026-02")], None, id="bills of other months"),
    ],
)
def test_what_was_billed_for_the_month_is_the_base(
    slaledger: CommandLine, lines: Iterable[Line], money: tuple[str, str, str] | None
) -> None:
    tell(slaledger, enroll(), *OUTAGE, *lines, *claimed())
    assert credit(decided(slaledger)) == money


def test_bills_after_the_decision_change_nothing_decided(slaledger: CommandLine) -> None:
    tell(slaledger, enroll(), *OUTAGE, bill(), *claimed())
    before = claim_of(slaledger)
    late = bill("B-2", billed="04-20", product="100.00", call="0.00")
    tell(slaledger, late, line("fees correct", bill="B-1", call_fee="0.00", reason="tariff"))
    tell(slaledger, line("incident withdraw", incident="INC-7", reason="false alarm"))
    assert claim_of(slaledger) == before


# Vouchers.


def test_a_redemption_lowers_a_later_months_base(slaledger: CommandLine) -> None:
    """50.00 of April's service fee was paid with March's voucher: 14 % of 550.00, and 5 % of 400.00."""
    april = [*outage("INC-8", "04-08 10:00", "04-08 11:30"), bill("B-2", "2026-04", "05-01")]
    tell(slaledger, enroll(), *OUTAGE, bill(), *claimed(), issued(), *april, redeem("50.00", "B-2"))
    tell(slaledger, *claimed("2026-04", "05-12", "05-13"))
    decision = decided(slaledger, "2026-04")
    assert decision["bases"]["service"]["voucher_offset"] == "50.00"
    assert credit(decision) == ("77.00", "20.00", "97.00")

    undo = line("voucher reverse", voucher="V-1001-2026-03-1", redemption=1, reason="wrong bill")
    tell(slaledger, undo, redecide(month="2026-04"))
    assert credit(decided(slaledger, "2026-04")) == ("84.00", "20.00", "104.00")


def test_a_months_own_voucher_does_not_lower_its_base(slaledger: CommandLine) -> None:
    """A late bill of 100.00 for March, half of it paid with March's own voucher: 14 % of 700.00."""
    late = bill("B-2", billed="05-01", product="100.00", call="0.00")
    tell(slaledger, enroll(), *OUTAGE, bill(), *claimed(), issued(), late, redeem("50.00", "B-2"), redecide())
    assert credit(decided(slaledger)) == ("98.00", "20.00", "118.00")


def test_a_vouchers_life(slaledger: CommandLine) -> None:
    later = bill("B-2", "2026-04", "05-01")
    tell(slaledger, enroll(), *OUTAGE, bill(), *claimed(), issued(), later)
    tell(slaledger, redeem("60.00", "B-2"), redeem("4.00", "B-2", "call"), redeem("40.00", "B-2", when="05-03"))
    assert _balance(slaledger) == ("104.00", "104.00", "0.00", "0.00")
    tell(slaledger, line("voucher reverse", voucher="V-1001-2026-03-1", redemption=1, reason="wrong bill"))
    assert _balance(slaledger) == ("104.00", "44.00", "0.00", "60.00")
    tell(slaledger, line("voucher cancel", voucher="V-1001-2026-03-1", reason="waived"))
    assert _balance(slaledger) == ("104.00", "44.00", "60.00", "0.00")


def _balance(slaledger: CommandLine) -> tuple[str, ...]:
    (row,) = slaledger.ok("voucher", "list")
    return tuple(row[name] for name in ("issued", "redeemed", "cancelled", "balance"))


# Whom an incident touches.


def down(slaledger: CommandLine, *accounts: str) -> list[int]:
    return [slaledger.ok("availability", account, "2026-03")["unavailable_seconds"] for account in accounts]


def test_an_incident_of_several_accounts_touches_those_named(slaledger: CommandLine) -> None:
    tell(slaledger, enroll(), enroll("1002"), enroll("1003"))
    tell(slaledger, *outage("INC-7", "03-03 10:00", "03-03 11:30", accounts=["1001", "1002"]))
    assert down(slaledger, "1001", "1002", "1003") == [5400, 5400, 0]
    assert [row["account"] for row in slaledger.ok("breaches", "2026-03")] == ["1001", "1002"]


def test_an_incident_of_a_region_touches_who_is_covered_there_while_it_lasts(slaledger: CommandLine) -> None:
    """Enrolments recorded after the incident count as of when they were; one during it counts from then on (R22)."""
    tell(slaledger, enroll("before", region="cn-hangzhou"), enroll("elsewhere", region="cn-beijing"), enroll("nowhere"))
    tell(slaledger, *outage("INC-7", "03-03 10:00", "03-03 11:30", regions=["cn-hangzhou", "cn-shanghai"]))
    tell(
        slaledger,
        enroll("later", region="cn-shanghai"),
        enroll("during", region="cn-hangzhou", enrolled_at=at("03-03 10:30")),
        enroll("behind", region="cn-hangzhou", enrolled_at=at("03-03 11:30")),
        line("account correct", account="nowhere", region="cn-hangzhou", reason="left out"),
    )
    assert down(slaledger, "before", "elsewhere", "nowhere", "later") == [5400, 0, 5400, 5400]
    assert down(slaledger, "during", "behind") == [3600, 0]


def test_an_account_that_moves_is_touched_while_it_is_there(slaledger: CommandLine) -> None:
    """What is left before the minimum is tested: a stay of 119 s is too short, whatever goes on behind it (R22)."""
    tell(slaledger, *(enroll(account, region="cn-beijing") for account in ("comes", "goes", "passes", "stays")))
    tell(slaledger, *outage("INC-7", "03-03 10:00", "03-03 11:30", regions=["cn-hangzhou"]))
    moves = [
        ("comes", "cn-hangzhou", "03-03 11:00"),
        ("goes", "cn-hangzhou", "03-01"),
        ("goes", "cn-beijing", "03-03 10:10"),
        ("passes", "cn-hangzhou", "03-03 10:30"),
        ("passes", "cn-beijing", "03-03 10:31:59"),
    ]
    tell(slaledger, *(line("account move", account=a, region=to, moved_at=at(since)) for a, to, since in moves))
    assert down(slaledger, "comes", "goes", "passes", "stays") == [1800, 600, 0, 0]
    tell(slaledger, line("account move", account="passes", region="cn-hangzhou", moved_at=at("03-03 11:28")))
    assert down(slaledger, "passes") == [120]


def test_a_move_that_is_told_later_changes_no_decision_and_is_an_impact(slaledger: CommandLine) -> None:
    """It is among the facts of decisions made from then on; those made before replay as they were."""
    tell(slaledger, enroll(region="cn-hangzhou"), bill())
    tell(slaledger, *outage("INC-7", "03-03 10:00", "03-03 11:30", regions=["cn-hangzhou"]), *claimed())
    assert decided(slaledger)["availability"]["unavailable_seconds"] == 5400
    tell(slaledger, line("account move", account="1001", region="cn-beijing", moved_at=at("03-03 10:30")))
    assert slaledger.ok("audit", "replay")["different"] == []
    (changed,) = slaledger.ok("audit", "impact")["changed"]
    assert (changed["new"]["outcome"], changed["causes"][0]["topic"]) == ("commitment_met", "account.moved")


def test_an_incident_of_everybody_touches_who_is_enrolled_while_it_lasts(slaledger: CommandLine) -> None:
    tell(slaledger, enroll("1001"), *outage("INC-7", "03-03 10:00", "03-03 11:30", all_accounts=True))
    tell(slaledger, enroll("1002"), enroll("1003", enrolled_at=at("03-03 10:00:01")))
    assert down(slaledger, "1001", "1002", "1003") == [5400, 5400, 5399]
    assert [row["account"] for row in slaledger.ok("breaches", "2026-03")] == ["1001", "1002", "1003"]


def test_maintenance_counts_as_far_as_it_was_not_announced(slaledger: CommandLine) -> None:
    """It began at 10:00 and ended at 11:30; from 10:30 to 11:00 was announced (R23)."""
    tell(slaledger, enroll(), *OUTAGE)
    told = ("--clause", "2.3(5)", "--notified-at", at("03-01"), "--announced-from", at("03-03 10:30"))
    error = slaledger.refused("exclusion", "apply", "INC-7", *told)
    assert (error["code"], error["clause"]) == ("announced_window", "2.3(5)")
    slaledger.ok("exclusion", "apply", "INC-7", *told, "--announced-to", at("03-03 11:00"))
    assert down(slaledger, "1001") == [3600]


# Beta, closed accounts.


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        pytest.param([enroll(stage="public_beta")], 0, id="public beta"),
        pytest.param([enroll(stage="invited_beta")], 0, id="invited beta"),
        pytest.param([enroll(stage="public_beta", covered_in_beta=True)], 5400, id="beta, covered by agreement"),
        pytest.param(
            [
                enroll(stage="public_beta"),
                line("account restage", account="1001", stage="general", changed_at=at("03-03 11:00")),
            ],
            1800,
            id="general from 11:00 on",
        ),
        pytest.param([enroll(enrolled_at=at("03-03 11:29"))], 60, id="enrolled a minute before its end"),
        pytest.param(
            [enroll(), line("account close", account="1001", closed_at=at("03-03 10:10"))], 600, id="closed at 10:10"
        ),
    ],
)
def test_only_covered_time_counts_against_the_whole_month(
    slaledger: CommandLine, lines: Iterable[Line], seconds: int
) -> None:
    tell(slaledger, *lines, *OUTAGE)
    month = slaledger.ok("availability", "1001", "2026-03")
    assert (month["unavailable_seconds"], month["total_seconds"]) == (seconds, 2_678_400)


def test_a_closed_account_claims_its_months_and_uses_its_vouchers(slaledger: CommandLine) -> None:
    close = line("account close", account="1001", closed_at=at("03-20"))
    tell(slaledger, enroll(), *OUTAGE, bill(), close, *claimed(), issued())
    tell(slaledger, bill("B-2", "2026-03", "05-01", "50.00", "0.00"), redeem("50.00", "B-2"))
    assert _balance(slaledger) == ("104.00", "50.00", "0.00", "54.00")


# Open outages.


def test_an_open_outage_counts_to_the_months_end_in_a_decision(slaledger: CommandLine) -> None:
    tell(slaledger, enroll(), *outage("INC-7", "03-31 22:30", None), bill(), *claimed())
    decision = decided(slaledger)
    (episode,) = decision["availability"]["episodes"]
    assert (episode["end"], decision["availability"]["unavailable_seconds"]) == (None, 5400)
    assert credit(decision) == ("84.00", "20.00", "104.00")
    assert slaledger.ok("availability", "1001", "2026-04")["unavailable_seconds"] == 2_592_000

    tell(slaledger, line("incident close", incident="INC-7", ended_at=at("03-31 23:00")), redecide())
    assert decided(slaledger)["outcome"] == "commitment_met"


def test_an_open_outage_counts_to_now_in_the_running_month(slaledger: CommandLine, noon: datetime) -> None:
    month_start = noon.replace(day=1, hour=0)
    started = (month_start - timedelta(hours=1)).isoformat()
    tell(slaledger, enroll(), {**OUTAGE[0], "started_at": started})
    found = slaledger.ok("availability", "1001", f"{noon:%Y-%m}")
    assert found["unavailable_seconds"] == (noon - month_start).total_seconds()
    assert found["episodes"][0]["end"] is None


# An amendment.

AMENDED = (
    shipped_agreements()[0]
    .replace('version = "2018-08-01"', 'version = "2026-04-15"')
    .replace("effective_from = 2018-08-01", "effective_from = 2026-04-15")
    .replace('service_rate = "14%"', 'service_rate = "20%"')
    .replace('minimum_kind = "franchise"', 'minimum_kind = "deductible"')
)


def test_an_amendment_governs_only_months_that_begin_under_it(slaledger: CommandLine) -> None:
    """In force from 15 April: 20 % for service, and two minutes come off each outage. April began before it."""
    (slaledger.folder / "amended.toml").write_text(AMENDED, encoding="utf-8")
    slaledger.ok("terms", "publish", "amended.toml", "--noticed-at", at("03-16"))
    lines = [enroll(), *OUTAGE, *outage("INC-8", "04-08 10:00", "04-08 11:30")]
    lines += [*outage("INC-9", "05-20 10:00", "05-20 11:30"), *outage("INC-10", "06-10 10:00", "06-10 11:30")]
    for number, month in enumerate(("2026-03", "2026-04", "2026-05", "2026-06"), start=3):
        lines += [bill(f"B-{number}", month, f"{number + 1:02d}-01")]
        lines += claimed(month, f"{number + 1:02d}-20", f"{number + 1:02d}-21")
    tell(slaledger, *lines)

    told = {}
    for month in ("2026-03", "2026-04", "2026-05", "2026-06"):
        decision = decided(slaledger, month)
        seconds = decision["availability"]["unavailable_seconds"]
        told[month] = (decision["terms"]["version"], seconds, decision["outcome"], credit(decision))
    assert told == {
        "2026-03": ("2018-08-01", 5400, "awarded", ("84.00", "20.00", "104.00")),
        "2026-04": ("2018-08-01", 5400, "awarded", ("84.00", "20.00", "104.00")),
        "2026-05": ("2026-04-15", 5280, "commitment_met", None),
        "2026-06": ("2026-04-15", 5280, "awarded", ("120.00", "20.00", "140.00")),
    }
    assert [version["version"] for version in slaledger.ok("terms", "list")] == ["2018-08-01", "2026-04-15"]


# Looking over accounts and years.


@pytest.mark.parametrize(
    ("second", "mean", "meets"),
    [
        pytest.param("04-11 00:30", 90 * 86_400, True, id="90 days exactly"),
        pytest.param("04-11 00:29:59", 90 * 86_400 - 1, False, id="a second less"),
    ],
)
def test_the_mean_time_between_failures(slaledger: CommandLine, second: str, mean: int, meets: bool) -> None:
    """By single outages, which is the other reading: neither month is below the target (R10)."""
    first = outage("INC-1", "01-11 00:00", "01-11 00:30")
    tell(slaledger, enroll(), *first, *outage("INC-2", second, None, seconds=600))
    found = slaledger.ok("mtbf", "1001", "2026")
    assert (found["mtbf_event"], found["events"], found["mean_seconds"]) == ("month_below_target", 0, None)
    assert found["other"] == {
        "mtbf_event": "outage",
        "events": 2,
        "mean_seconds": mean,
        "commitment_days": 90,
        "meets_commitment": meets,
    }


def test_the_worklist_from_breach_to_voucher(slaledger: CommandLine, noon: datetime) -> None:
    """Last month's claim window is open now or opens soon; March's is long closed, and March is no work any more."""
    before = noon.replace(month=noon.month - 1)
    month = f"{before:%Y-%m}"
    lines = [
        {**OUTAGE[0], "incident": "INC-8", "started_at": before.isoformat()},
        line("incident close", incident="INC-8", ended_at=(before + timedelta(hours=2)).isoformat()),
        {**bill("B-8", month), "billed_at": before.isoformat()},
    ]
    tell(slaledger, enroll(), *OUTAGE, bill(), *lines)
    (one,) = slaledger.ok("worklist")["unclaimed"]
    assert (one["account"], one["month"], one["tier"], one["credit"]) == ("1001", month, 1, "104.00")

    steps = [
        ("to_decide", line("claim file", account="1001", month="2026-03", filed_at=at("04-10"))),
        ("to_issue", line("claim decide", account="1001", month="2026-03")),
        (None, line("voucher issue", account="1001", month="2026-03")),
    ]
    for waits, step in steps:
        tell(slaledger, step)
        work = slaledger.ok("worklist")
        assert [name for name in ("to_decide", "to_issue") if work[name]] == ([waits] if waits else [])
        assert [one["month"] for one in work["unclaimed"]] == [month]
