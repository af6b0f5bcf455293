"""The interface's section "Repeating": what already holds is a no-op, the same id with other content is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from stores import Raw, Store

from ledger.shipped import shipped_agreements

Line = dict[str, Any]
AMENDED = (
    shipped_agreements()[0]
    .replace('version = "2018-08-01"', 'version = "2027-06-01"')
    .replace("effective_from = 2018-08-01", "effective_from = 2027-06-01")
)


def line(command: str, **fields: Any) -> Line:
    """A command as a line of a batch; a field named `from` is written `from_` here."""
    return {"command": command, **{name.rstrip("_"): value for name, value in fields.items()}}


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def rows(slaledger: CommandLine) -> list[Raw]:
    """The whole log."""
    return slaledger.rows()


def told(slaledger: CommandLine, *lines: Line) -> list[Line]:
    """Carry out each line and hold it to record something; gives the lines."""
    done = slaledger.batch(*lines)
    report = json.loads(done.stdout)
    assert (done.returncode, report["noops"]) == (0, 0), done.stdout
    return list(lines)


def is_noop(slaledger: CommandLine, *lines: Line) -> None:
    """Hold every line to be a no-op, as a command among others."""
    before = rows(slaledger)
    done = slaledger.batch(*lines)
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert (report["recorded"], report["noops"], report["position"]) == (0, len(lines), before[-1][0]), report
    assert rows(slaledger) == before


def is_refused(slaledger: CommandLine, wrong: Line, names: str) -> None:
    """Hold a line to be refused by a rule, with a message that names something."""
    before = rows(slaledger)
    done = slaledger.batch(wrong)
    assert done.returncode == 1, done.stdout
    assert names in json.loads(done.stderr)["error"]["message"]
    assert rows(slaledger) == before


def listed(slaledger: CommandLine, account: str = "1001") -> Line:
    claim: Line = slaledger.ok("claim", "show", account, "2026-03")
    return claim


ENROLL = line("account enroll", account="1001", enrolled_at=at("01-01"), region="cn-hangzhou")
OPEN = line("incident open", incident="INC-1", account="1001", function="inbound_routing", started_at=at("03-03 10:00"))
CLOSE = line("incident close", incident="INC-1", ended_at=at("03-03 11:30"))
BILL = line(
    "fees bill",
    bill="B-1",
    account="1001",
    first_month="2026-03",
    billed_at=at("04-01"),
    product_fee="1000.00",
    call_fee="400.00",
)
LATER_BILL = {**BILL, "bill": "B-2", "first_month": "2026-04", "billed_at": at("05-01")}
FILE = line("claim file", account="1001", month="2026-03", filed_at=at("04-10"))
DECIDE = line("claim decide", account="1001", month="2026-03", decided_at=at("04-11"))
ISSUE = line("voucher issue", account="1001", month="2026-03", issued_at=at("04-12"))
REDEEM = line(
    "voucher redeem",
    voucher="V-1001-2026-03-1",
    account="1001",
    bill="B-2",
    part="service",
    amount="50.00",
    redeemed_at=at("05-02"),
)
TO_DECISION = [ENROLL, OPEN, CLOSE, BILL, LATER_BILL, FILE, DECIDE]
TO_VOUCHER = [*TO_DECISION, ISSUE]

LIFE = [
    ENROLL,
    line("account enroll", account="1002", enrolled_at=at("01-01"), stage="public_beta"),
    line("account restage", account="1002", stage="general", changed_at=at("02-01")),
    line("account correct", account="1001", region="cn-beijing", covered_in_beta=True, reason="as in the contract"),
    line("terms publish", document=AMENDED, noticed_at=at("11-01"), reason="new prices"),
    OPEN,
    CLOSE,
    line("incident correct", incident="INC-1", started_at=at("03-03 09:50"), reason="gateway log"),
    line("incident open", incident="INC-2", accounts=["1001", "1002"], function="agent_calls", started_at=at("05-01")),
    line("incident withdraw", incident="INC-2", reason="false alarm"),
    line("incident open", incident="INC-3", all_accounts=True, function="agent_calls", started_at=at("03-04 10:00")),
    line("incident close", incident="INC-3", ended_at=at("03-04 10:30")),
    line("exclusion apply", incident="INC-3", clause="2.3(1)", reason="carrier"),
    line("exclusion apply", incident="INC-3", clause="2.3(5)", notified_at=at("03-01"), from_=at("03-04 10:10")),
    line("exclusion withdraw", incident="INC-3", exclusion=2, reason="no mail was sent"),
    BILL,
    LATER_BILL,
    line("fees correct", bill="B-1", call_fee="300.00", reason="wrong tariff"),
    {**BILL, "bill": "B-3", "product_fee": "7.00", "call_fee": "0.00"},
    line("fees void", bill="B-3", reason="billed twice"),
    FILE,
    DECIDE,
    ISSUE,
    line("claim dispute", account="1001", month="2026-03", disputed_at=at("04-20"), grounds="it lasted longer"),
    line("claim redecide", account="1001", month="2026-03", reason="the dispute", decided_at=at("04-21")),
    line("claim file", account="1001", month="2026-02", filed_at=at("03-10"), statement="calls did not ring"),
    line("claim withdraw", account="1001", month="2026-02", reason="filed by mistake"),
    REDEEM,
    {**REDEEM, "part": "call", "amount": "3.00"},
    line("voucher reverse", voucher="V-1001-2026-03-1", redemption=2, reason="wrong part"),
    line("voucher cancel", voucher="V-1001-2026-03-1", reason="waived"),
    line("account close", account="1002", closed_at=at("06-01")),
]
"""A whole life of the ledger: every command takes effect in it once."""

TAKEN_BACK = [
    line("exclusion apply", incident="INC-3", clause="2.3(5)", notified_at=at("03-01"), from_=at("03-04 10:10")),
    line("claim file", account="1001", month="2026-02", filed_at=at("03-10"), statement="calls did not ring"),
    {**REDEEM, "part": "call", "amount": "3.00"},
    {**BILL, "bill": "B-3", "product_fee": "7.00", "call_fee": "0.00"},
    ISSUE,
    line("incident open", incident="INC-2", accounts=["1001", "1002"], function="agent_calls", started_at=at("05-01")),
]
"""Those whose effect no longer holds at the end, because a later line took it back."""


@pytest.fixture(scope="module")
def lived(store: Store, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger with that life."""
    folder = tmp_path_factory.mktemp("lived")
    slaledger = CommandLine(folder, store.blank(folder))
    told(slaledger, *LIFE)
    return slaledger


@pytest.fixture
def life(lived: CommandLine, tmp_path: Path) -> CommandLine:
    return lived.copy(tmp_path)


# No-ops.


def test_a_command_whose_effect_holds_is_a_noop(life: CommandLine) -> None:
    is_noop(life, *reversed([each for each in LIFE if each not in TAKEN_BACK]))


def test_a_noop_says_so_and_exits_0(life: CommandLine) -> None:
    position = rows(life)[-1][0]
    answer = life.ok("account", "close", "1002", "--closed-at", at("06-01"))
    wanted = {"command": "account close", "noop": True, "recorded": 0, "position": position}
    assert answer.items() >= wanted.items()


SAME_WITH_OTHER_WORDS = {
    "the same instant with another offset": {**CLOSE, "ended_at": "2026-03-03T03:30:00Z"},
    "the same amount with fewer places": {**BILL, "product_fee": "1000", "call_fee": "400.0"},
    "the default said": {**BILL, "months": 1},
    "one account as a list": {**{name: OPEN[name] for name in OPEN if name != "account"}, "accounts": ["1001"]},
}


def test_the_same_content_in_other_words_is_a_noop(slaledger: CommandLine) -> None:
    told(slaledger, *TO_DECISION)
    is_noop(slaledger, *SAME_WITH_OTHER_WORDS.values())


def test_a_published_calendar_published_again_is_a_noop(slaledger: CommandLine) -> None:
    is_noop(slaledger, line("calendar publish", year=2026))


def test_times_that_were_defaulted_are_not_content(slaledger: CommandLine) -> None:
    decide, issue = ({name: each[name] for name in ("command", "account", "month")} for each in (DECIDE, ISSUE))
    told(slaledger, *TO_DECISION[:-1], decide, issue)
    is_noop(slaledger, decide, issue)
    keyed = ({**decide, "key": "K"}, {**issue, "key": "L"})
    spent = json.loads(slaledger.batch(*keyed).stdout)
    assert (spent["noops"], spent["recorded"]) == (2, 2), "the keys alone"
    is_noop(slaledger, *keyed)


def test_a_claim_with_nothing_left_to_decide_is_a_noop_whenever_it_is_asked(slaledger: CommandLine) -> None:
    told(slaledger, *TO_DECISION)
    is_noop(slaledger, {**DECIDE, "decided_at": at("05-11")}, line("claim redecide", reason="again", **_claim()))


def _claim() -> dict[str, str]:
    return {"account": "1001", "month": "2026-03"}


def test_what_was_taken_back_is_done_again_only_where_that_is_said(life: CommandLine) -> None:
    """Neither a no-op nor done again: the very same words are refused, all of them, until they say so."""
    before = rows(life)
    report = json.loads(life.batch(*TAKEN_BACK).stdout)
    assert [each["code"] for each in report["refused"]] == ["undone"] * len(TAKEN_BACK), report
    assert (report["noops"], rows(life)) == (0, before)
    later = [{**each, "issued_at": at("04-22")} if each is ISSUE else each for each in TAKEN_BACK]
    again = [{**each, "again": True} for each in later if each["command"] != "voucher redeem"]
    done = life.batch(*again)
    assert (done.returncode, json.loads(done.stdout)["noops"]) == (0, 0), done.stdout
    assert life.ok("claim", "show", "1001", "2026-02")["status"] == "filed"
    is_noop(life, *again)


# The same id with other content.

OTHERWISE: dict[str, tuple[Line, str]] = {
    "an account in another stage": ({**ENROLL, "stage": "public_beta"}, "1001"),
    "an account from another day": ({**ENROLL, "enrolled_at": at("01-02")}, "1001"),
    "an incident from another time": ({**OPEN, "started_at": at("03-03 10:01")}, "INC-1"),
    "an incident of another function": ({**OPEN, "function": "agent_calls"}, "INC-1"),
    "an incident of another account": ({**OPEN, "account": "1002"}, "INC-1"),
    "an incident of everybody": ({**{k: OPEN[k] for k in OPEN if k != "account"}, "all_accounts": True}, "INC-1"),
    "an incident of fewer accounts": (
        line("incident open", incident="INC-2", account="1001", function="agent_calls", started_at=at("05-01")),
        "INC-2",
    ),
    "an incident closed at another time": (
        line("incident close", incident="INC-1", ended_at=at("03-03 12:00")),
        "INC-1",
    ),
    "an incident withdrawn for another reason": (line("incident withdraw", incident="INC-2", reason="no"), "INC-2"),
    "an exclusion withdrawn for another reason": (
        line("exclusion withdraw", incident="INC-3", exclusion=2, reason="other"),
        "INC-3",
    ),
    "a bill of another amount": ({**BILL, "product_fee": "1000.01"}, "B-1"),
    "a bill of another account": ({**BILL, "account": "1002"}, "B-1"),
    "a bill of another month": ({**BILL, "first_month": "2026-04"}, "B-1"),
    "a bill for more months": ({**BILL, "months": 2}, "B-1"),
    "a bill with vouchers": ({**BILL, "voucher_offset": {"service": "1.00"}}, "B-1"),
    "a bill void for another reason": (line("fees void", bill="B-3", reason="other"), "B-3"),
    "a claim filed at another time": ({**FILE, "filed_at": at("04-11")}, "2026-03"),
    "a claim withdrawn for another reason": (
        line("claim withdraw", account="1001", month="2026-02", reason="other"),
        "2026-02",
    ),
    "a redemption undone for another reason": (
        line("voucher reverse", voucher="V-1001-2026-03-1", redemption=2, reason="other"),
        "V-1001-2026-03-1",
    ),
    "a voucher cancelled for another reason": (
        line("voucher cancel", voucher="V-1001-2026-03-1", reason="other"),
        "V-1001-2026-03-1",
    ),
    "an account closed at another time": (line("account close", account="1002", closed_at=at("06-02")), "1002"),
    "terms of the same version": (
        line("terms publish", document=AMENDED.replace("14%", "15%"), noticed_at=at("11-01")),
        "2027-06-01",
    ),
}


def test_the_same_id_with_other_content_is_refused(life: CommandLine) -> None:
    before = rows(life)
    text = "".join(json.dumps(wrong) + "\n" for wrong, _ in OTHERWISE.values())
    done = life.run("batch", "-", "--keep-going", stdin=text.encode())
    refused = {refusal["line"]: refusal["message"] for refusal in json.loads(done.stdout)["refused"]}
    for number, (name, (_, names)) in enumerate(OTHERWISE.items(), start=1):
        assert names in refused.get(number, "not refused"), name
    assert done.returncode == 1
    assert rows(life) == before


# Claims: deciding again, issuing the difference.


def test_a_claim_refused_as_too_early_is_filed_and_decided_again(slaledger: CommandLine) -> None:
    early = {**FILE, "filed_at": at("04-02")}
    told(slaledger, ENROLL, OPEN, CLOSE, BILL, early, {**DECIDE, "decided_at": at("04-03")})
    assert (listed(slaledger)["status"], listed(slaledger)["awarded"]) == ("refused", "0.00")
    is_noop(slaledger, early, DECIDE)

    told(slaledger, FILE, DECIDE)
    claim = listed(slaledger)
    assert [decision["outcome"] for decision in claim["decisions"]] == ["too_early", "awarded"]
    assert (claim["status"], claim["awarded"], claim["filed_at"]) == ("awarded", "104.00", at("04-10"))
    is_noop(slaledger, early, FILE, DECIDE)


def test_a_month_with_a_standing_decision_cannot_be_filed_again(slaledger: CommandLine) -> None:
    told(slaledger, *TO_DECISION)
    is_refused(slaledger, {**FILE, "filed_at": at("04-20")}, "2026-03")


def test_a_redecision_that_raised_the_credit_issues_the_difference(slaledger: CommandLine) -> None:
    """Service 600.00 to 700.00 by a late bill: 98.00 + 20.00 instead of 84.00 + 20.00."""
    late = {**BILL, "bill": "B-9", "product_fee": "100.00", "call_fee": "0.00"}
    redecide = line("claim redecide", reason="a late bill", **_claim())
    issue = {name: ISSUE[name] for name in ("command", "account", "month")}
    told(slaledger, *TO_VOUCHER, late)
    assert (listed(slaledger)["status"], listed(slaledger)["awarded"]) == ("settled", "104.00")

    told(slaledger, redecide)
    claim = listed(slaledger)
    assert (claim["status"], claim["awarded"], claim["issued"]) == ("awarded", "118.00", "104.00")

    told(slaledger, issue)
    is_noop(slaledger, redecide, issue)
    claim = listed(slaledger)
    assert (claim["status"], claim["awarded"], claim["issued"], claim["overpaid"]) == (
        *("settled", "118.00", "118.00", "0.00"),
    )
    assert claim["vouchers"] == ["V-1001-2026-03-1", "V-1001-2026-03-2"]
    assert slaledger.ok("voucher", "show", "V-1001-2026-03-2")["issued"] == "14.00"


def test_a_redecision_that_lowered_the_credit_takes_nothing_back(slaledger: CommandLine) -> None:
    """Calls 400.00 to 200.00 and product 1000.00 to 700.00: 70.00 + 10.00 instead of 84.00 + 20.00."""
    fewer = line("fees correct", bill="B-1", product_fee="700.00", call_fee="200.00", reason="tariff")
    redecide = line("claim redecide", reason="the tariff", **_claim())
    told(slaledger, *TO_VOUCHER, fewer, redecide)
    is_noop(slaledger, ISSUE, redecide)

    claim = listed(slaledger)
    assert (claim["status"], claim["awarded"], claim["issued"], claim["overpaid"]) == (
        *("settled", "80.00", "104.00", "24.00"),
    )
    assert slaledger.ok("voucher", "show", "V-1001-2026-03-1")["balance"] == "104.00"
    told(slaledger, {**REDEEM, "amount": "104.00"})


def test_a_dispute_is_answered_by_a_redecision_even_where_it_decides_alike(slaledger: CommandLine) -> None:
    dispute = line("claim dispute", disputed_at=at("05-01"), grounds="it lasted longer", **_claim())
    redecide = line("claim redecide", reason="looked again", **_claim())
    told(slaledger, *TO_VOUCHER, dispute)
    is_noop(slaledger, dispute)
    assert listed(slaledger)["status"] == "disputed"
    told(slaledger, redecide)
    is_noop(slaledger, redecide, dispute)
    claim = listed(slaledger)
    assert (claim["status"], len(claim["decisions"]), claim["awarded"]) == ("settled", 2, "104.00")


# Keys.

KEYED = line("exclusion apply", incident="INC-1", clause="2.3(1)", key="K-1")


def test_a_key_makes_a_command_a_noop_for_ever(slaledger: CommandLine) -> None:
    undo = line("exclusion withdraw", incident="INC-1", exclusion=1, reason="denied")
    told(slaledger, ENROLL, OPEN, CLOSE, KEYED, undo)
    is_noop(slaledger, KEYED)
    words = ("exclusion", "apply", "INC-1", "--clause", "2.3(1)", "--key", "K-1")
    assert slaledger.ok(*words)["noop"] is True
    keyless = {name: KEYED[name] for name in KEYED if name != "key"}
    is_refused(slaledger, keyless, "denied")
    told(slaledger, {**keyless, "again": True})


OTHER_CONTENT = {
    "another cause": {**KEYED, "clause": "2.3(2)"},
    "a field more": {**KEYED, "reason": "carrier"},
    "another command": line("account close", account="1001", closed_at=at("06-01"), key="K-1"),
    "what is a no-op anyway": {**OPEN, "key": "K-1"},
}


@pytest.mark.parametrize("name", OTHER_CONTENT)
def test_a_key_with_other_content_is_refused(slaledger: CommandLine, name: str) -> None:
    told(slaledger, ENROLL, OPEN, CLOSE, KEYED)
    is_refused(slaledger, OTHER_CONTENT[name], "K-1")


def test_a_key_of_a_refused_command_is_not_spent(slaledger: CommandLine) -> None:
    is_refused(slaledger, {**ENROLL, "enrolled_at": "2026-01-01T00:00:00", "key": "K-1"}, "enrolled_at")
    told(slaledger, {**ENROLL, "key": "K-1"})


def test_every_command_may_carry_a_key(slaledger: CommandLine) -> None:
    keyed = [{**each, "key": f"key {number}"} for number, each in enumerate(LIFE)]
    told(slaledger, *keyed)
    is_noop(slaledger, *reversed(keyed))


@pytest.mark.parametrize(("length", "status"), [(64, 0), (65, 1)])
def test_a_key_has_at_most_64_characters(slaledger: CommandLine, length: int, status: int) -> None:
    assert slaledger.batch({**ENROLL, "key": "k" * length}).returncode == status


# Batches run again.

TOGGLES = [
    *TO_VOUCHER,
    line("exclusion apply", incident="INC-1", clause="2.3(1)"),
    line("exclusion withdraw", incident="INC-1", exclusion=1, reason="denied"),
    REDEEM,
    line("voucher reverse", voucher="V-1001-2026-03-1", redemption=1, reason="wrong bill"),
    line("incident correct", incident="INC-1", ended_at=at("03-03 12:00"), reason="there"),
    line("incident correct", incident="INC-1", ended_at=at("03-03 11:30"), reason="and back"),
    line("fees correct", bill="B-1", call_fee="300.00", reason="there"),
    line("fees correct", bill="B-1", call_fee="400.00", reason="and back"),
    line("account correct", account="1001", region="cn-beijing", reason="there"),
    line("account correct", account="1001", region="cn-hangzhou", reason="and back"),
]


def test_a_batch_run_twice_adds_nothing(slaledger: CommandLine) -> None:
    told(slaledger, *LIFE)
    is_noop(slaledger, *LIFE)
    is_noop(slaledger, *LIFE)


def test_a_batch_whose_lines_undo_one_another_adds_nothing_when_run_twice(slaledger: CommandLine) -> None:
    told(slaledger, *TOGGLES)
    is_noop(slaledger, *TOGGLES)
    is_noop(slaledger, *TOGGLES)


def test_a_batch_read_from_a_file_after_standard_input_is_the_same_batch(slaledger: CommandLine) -> None:
    told(slaledger, *TOGGLES)
    path = slaledger.folder / "again.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in TOGGLES), encoding="utf-8")
    report = slaledger.ok("batch", "again.jsonl")
    assert (report["recorded"], report["noops"]) == (0, len(TOGGLES))


def test_a_batch_that_stopped_goes_on_when_it_is_mended_and_run_again(slaledger: CommandLine) -> None:
    wrong = {**BILL, "bill": "B-9", "call_fee": "9999.00"}
    rest = [{**BILL, "bill": "B-10"}, line("account close", account="1001", closed_at=at("08-01"))]

    stopped = slaledger.batch(*TOGGLES, wrong, *rest)
    report = json.loads(stopped.stdout)
    assert stopped.returncode == 1
    assert [refused["line"] for refused in report["refused"]] == [len(TOGGLES) + 1]
    then = rows(slaledger)

    again = slaledger.batch(*TOGGLES, wrong, *rest)
    assert again.returncode == 1
    assert rows(slaledger) == then

    mended = slaledger.batch(*TOGGLES, {**wrong, "call_fee": "99.00"}, *rest)
    report = json.loads(mended.stdout)
    assert (mended.returncode, report["refused"], report["noops"]) == (0, [], len(TOGGLES))
    assert rows(slaledger)[: len(then)] == then
    assert len(rows(slaledger)) - len(then) == report["recorded"] > 0
    is_noop(slaledger, *TOGGLES, {**wrong, "call_fee": "99.00"}, *rest)


def test_a_batch_that_stopped_goes_on_even_when_others_recorded_something_meanwhile(slaledger: CommandLine) -> None:
    wrong = {**BILL, "bill": "B-9", "call_fee": "9999.00"}
    assert slaledger.batch(*TOGGLES, wrong).returncode == 1
    slaledger.ok("account", "enroll", "2002", "--enrolled-at", at("01-01"))
    then = rows(slaledger)

    mended = slaledger.batch(*TOGGLES, {**wrong, "call_fee": "99.00"})
    assert (mended.returncode, json.loads(mended.stdout)["noops"]) == (0, len(TOGGLES))
    assert rows(slaledger)[: len(then)] == then


def test_a_batch_that_grew_carries_out_only_what_is_new(slaledger: CommandLine) -> None:
    told(slaledger, *TOGGLES)
    done = slaledger.batch(*TOGGLES, {**BILL, "bill": "B-9"})
    report = json.loads(done.stdout)
    assert (done.returncode, report["noops"], report["lines"]) == (0, len(TOGGLES), len(TOGGLES) + 1)


def test_the_months_run_again_does_only_what_is_left(slaledger: CommandLine) -> None:
    run = [
        line("claim decide", all=True, month="2026-03"),
        line("voucher issue", all=True, month="2026-03"),
    ]
    told(slaledger, *TO_DECISION[:-1], *run)
    slaledger.ok("account", "enroll", "2002", "--enrolled-at", at("01-01"))
    is_noop(slaledger, *run)
    assert listed(slaledger)["issued"] == "104.00"


def test_a_batch_that_kept_going_past_a_refusal_adds_nothing_when_run_again(slaledger: CommandLine) -> None:
    """Otherwise its exclusion, withdrawn in the file, would stand after the second run."""
    lines = [line("account close", account="nobody", closed_at=at("06-01")), *TOGGLES]
    text = "".join(json.dumps(each) + "\n" for each in lines).encode()
    assert slaledger.run("batch", "-", "--keep-going", stdin=text).returncode == 1
    then = rows(slaledger)

    again = slaledger.run("batch", "-", "--keep-going", stdin=text)

    assert [refused["line"] for refused in json.loads(again.stdout)["refused"]] == [1]
    assert rows(slaledger) == then
