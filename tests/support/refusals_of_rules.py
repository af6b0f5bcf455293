"""Refusals by rules and of invalid values: accounts, incidents, bills, claims, vouchers, terms, calendars."""

from __future__ import annotations

import re

from conftest import ROOT
from frozen import Frozen
from refusal_scenarios import Scenario, at, bytes_of_line, line, split

_SHIPPED = (ROOT / "ledger" / "agreements" / "aliyun-ccc-2018-08-01.2.toml").read_text("utf-8")
_LAST_CAUSE = r"\[\[exclusions\]\]\nclause = \"2\.3\(11\)\"\ncause = .*\n"
_VOUCHER = "V-1001-2026-03-1"


def _bill(name: str, bill: str = "B-9", **fields: object) -> Scenario:
    given = {"account": "1001", "first_month": "2026-05", "billed_at": at("06-01")}
    return line(name, "fees bill", bill=bill, **{**given, "product_fee": "1000.00", "call_fee": "400.00", **fields})


def _redeem(name: str, **fields: str) -> Scenario:
    given = {"voucher": _VOUCHER, "account": "1001", "bill": "B-2", "redeemed_at": at("05-02")}
    return line(name, "voucher redeem", **{**given, "part": "call", "amount": "1.00", **fields})


def _open(name: str, **fields: object) -> Scenario:
    given = {"incident": "INC-9", "account": "1001", "function": "agent_calls", "started_at": at("05-03 10:00")}
    return line(name, "incident open", **{**given, **fields})


ACCOUNTS = [
    Scenario(
        "closed again",
        f"account close 1003 --closed-at {at('07-01')}",
        before=(f"account close 1003 --closed-at {at('06-01')}",),
    ),
    Scenario(
        "restaged after its closure",
        f"account restage 1003 --stage invited_beta --changed-at {at('07-01')}",
        before=(f"account close 1003 --closed-at {at('06-01')}",),
    ),
    Scenario("enrolled otherwise", f"account enroll 1001 --enrolled-at {at('01-01')}"),
    Scenario(
        "enrolled after a stage",
        "account correct 1003 --enrolled-at 2021-01-01T00:00:00+08:00 --reason x",
        before=("account restage 1003 --stage public_beta --changed-at 2020-01-01T00:00:00+08:00",),
    ),
    Scenario(
        "restaged before its enrolment",
        "account restage 1001 --stage public_beta --changed-at 2018-07-01T00:00:00+08:00",
    ),
    Scenario(
        "enrolled after a move",
        "account correct 1003 --enrolled-at 2021-01-01T00:00:00+08:00 --reason x",
        before=("account move 1003 --region cn-beijing --moved-at 2020-01-01T00:00:00+08:00",),
    ),
    Scenario(
        "moved before its enrolment", "account move 1001 --region cn-beijing --moved-at 2018-07-01T00:00:00+08:00"
    ),
    Scenario("closed before its enrolment", "account close 1001 --closed-at 2018-07-01T00:00:00+08:00"),
    Scenario("nothing to correct", "account correct 1001 --reason x"),
    Scenario("never enrolled", "availability nobody 2026-03"),
    Scenario("enrolled only later", "history 1001 --valid-at 2018-01-01T00:00:00+08:00"),
    Scenario("not enrolled yet, as it was known", "availability 1001 2026-03 --at-position 2"),
]

INCIDENTS = [
    Scenario(
        "withdrawn before",
        f"incident open INC-2 --account 1002 --function inbound_routing --started-at {at('03-03 10:00')}",
        before=("incident withdraw INC-2 --reason mistyped",),
    ),
    Scenario(
        "the id of a withdrawn one",
        f"incident open INC-2 --account 1002 --function agent_calls --started-at {at('03-04 10:00')}",
        before=("incident withdraw INC-2 --reason mistyped",),
    ),
    Scenario(
        "an exclusion that was withdrawn before",
        "exclusion apply INC-2 --clause '2.3(1)'",
        before=(
            "exclusion apply INC-2 --clause '2.3(1)'",
            "exclusion withdraw INC-2 1 --reason 'it was another clause'",
        ),
    ),
    Scenario("unknown", f"incident close INC-99 --ended-at {at('03-03 12:00')}"),
    Scenario("unknown, and near to one", f"incident close INC3 --ended-at {at('05-03 12:00')}"),
    Scenario(
        "told of by somebody else",
        f"incident close INC-1 --ended-at {at('03-03 11:30')} --reported-by 'duty officer'",
    ),
    bytes_of_line("a field with another name", b'{"command":"claim file","account":"1001","filedat":"x"}\n'),
    bytes_of_line("a command with another name", b'{"command":"claim fil"}\n'),
    line("a template that was not filled in", "incident reopen", incident="INC-1", reason="<required: TEXT>"),
    _open("a value of a few, mistyped", function="inbound_rooting"),
    line("a stage, mistyped", "account enroll", account="1009", enrolled_at=at("01-01"), stage="generall"),
    line("a stage that there is not", "account enroll", account="1009", enrolled_at=at("01-01"), stage="beta"),
    Scenario("a time with a blank", "account close 1003 --closed-at '2026-06-01 12:00'"),
    Scenario("a day for a time", "account close 1003 --closed-at 2026-06-01"),
    Scenario("a word that is mistyped", "incidnt list"),
    Scenario("an option that is mistyped", "incident list --acount 1001"),
    Scenario("of a topic that there is not", "log --topic clam"),
    Scenario("of a source that was never read", "incident list --source pagerduty"),
    Scenario("ends before its start", f"incident close INC-3 --ended-at {at('05-01 09:59')}"),
    Scenario("closed", f"incident close INC-1 --ended-at {at('03-03 12:00')}"),
    Scenario("open", f"incident correct INC-3 --ended-at {at('05-02')} --reason x"),
    Scenario("nothing to correct", "incident correct INC-1 --reason x"),
    Scenario("touches nobody", f"incident open INC-9 --function agent_calls --started-at {at('05-03 10:00')}"),
    Scenario(
        "withdrawn", "incident withdraw INC-1 --reason other", before=("incident withdraw INC-1 --reason 'a test'",)
    ),
    Scenario(
        "an excluded span that is empty",
        f"exclusion apply INC-1 --clause '2.3(1)' --from {at('03-03 11:00')} --to {at('03-03 11:00')}",
    ),
    Scenario(
        "an excluded span outside",
        f"exclusion apply INC-1 --clause '2.3(1)' --from {at('03-04 10:00')} --to {at('03-04 10:10')}",
    ),
    Scenario(
        "half an announced window",
        f"exclusion apply INC-1 --clause '2.3(5)' --notified-at {at('03-01')} --announced-from {at('03-03 10:00')}",
    ),
    Scenario("maintenance without notice", "exclusion apply INC-1 --clause '2.3(5)'"),
    Scenario(
        "maintenance that was told of too late",
        f"exclusion apply INC-1 --clause '2.3(5)' --notified-at {at('03-03 10:30')}",
    ),
    Scenario("an exclusion that is none", "exclusion withdraw INC-1 7 --reason x"),
    Scenario(
        "an exclusion beyond the last",
        "exclusion withdraw INC-1 7 --reason x",
        before=("exclusion apply INC-1 --clause '2.3(1)'",),
    ),
    Scenario(
        "an exclusion that was withdrawn",
        "exclusion withdraw INC-1 1 --reason other",
        before=("exclusion apply INC-1 --clause '2.3(1)'", "exclusion withdraw INC-1 1 --reason 'it was not'"),
    ),
    Scenario("a clause that cannot be one", "exclusion apply INC-1 --clause '3 1'"),
    Scenario("a clause of no exclusion", "exclusion apply INC-1 --clause '2.3(12)'"),
    Scenario(
        "a cause that these terms do not exclude",
        "exclusion apply INC-1 --clause '2.3(11)'",
        prepare=lambda frozen: _publish(frozen, _dated(re.sub(_LAST_CAUSE, "", _SHIPPED))),
    ),
    _open("a function that cannot be one", function="no function"),
    _open("a function of no agreement", function="teleport"),
    _open("the id is taken", incident="INC-1"),
]

BILLS = [
    _bill("the id is taken", "B-1"),
    Scenario(
        "the id of a void one",
        f"fees bill B-3 --account 1002 --first-month 2026-05 --billed-at {at('06-01')} --product-fee 1 --call-fee 0",
        before=("fees void B-3 --reason 'billed twice'",),
    ),
    _bill("no months", months=0),
    _bill("too many months", months=121),
    _bill("the call fee is above the whole", call_fee="1000.01"),
    _bill("service vouchers above the fee", voucher_offset={"service": "600.01"}),
    _bill("call vouchers above the fee", voucher_offset={"call": "400.01"}),
    Scenario(
        "the call fee is not said",
        f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')} --product-fee 10.00",
    ),
    Scenario("unknown", "fees void B-99 --reason x"),
    Scenario("nothing to correct", "fees correct B-3 --reason x"),
    Scenario("corrected below what vouchers paid", "fees correct B-2 --call-fee 39.99 --reason x"),
    Scenario("voided while a voucher paid it", "fees void B-2 --reason x"),
    Scenario(
        "told again although it was voided",
        f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')} --product-fee 10.00"
        " --call-fee 0",
        before=(
            f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')} --product-fee 10.00"
            " --call-fee 0",
            "fees void B-9 --reason 'billed twice'",
        ),
    ),
    Scenario("voided already", "fees void B-3 --reason other", before=("fees void B-3 --reason 'billed twice'",)),
    Scenario(
        "a call part that the terms do not have",
        f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')}"
        " --product-fee 10.00 --call-fee 5.00",
        on="none",
        before=(
            "init --agreement aws-ec2",
            "account enroll 1001 --enrolled-at 2026-01-01T00:00:00+08:00",
        ),
    ),
]

CLAIMS = [
    Scenario("the month is not over", "claim file 1001 2026-11 --filed-at 2026-11-20T00:00:00+08:00"),
    Scenario("filed already", f"claim file 1001 2026-04 --filed-at {at('05-13')}"),
    Scenario(
        "filed already, without that evidence",
        f"claim file 1001 2026-04 --filed-at {at('05-12')} --evidence mail.eml={'ab' * 32}",
    ),
    Scenario("filed again after the decision", f"claim file 1002 2026-03 --filed-at {at('05-10')}"),
    Scenario("nothing filed", "claim decide 1002 2026-05"),
    Scenario(
        "an outage is still open",
        "claim decide 1003 2026-05 --strict",
        before=(f"claim file 1003 2026-05 --filed-at {at('06-10')}",),
    ),
    Scenario("nothing filed, to be shown", "claim show 1002 2026-05"),
    Scenario("withdrawn after the decision", "claim withdraw 1002 2026-03 --reason x"),
    Scenario(
        "withdrawn for another reason",
        "claim withdraw 1001 2026-04 --reason other",
        before=("claim withdraw 1001 2026-04 --reason 'a mistake'",),
    ),
    Scenario(
        "decided after it was withdrawn",
        "claim decide 1001 2026-04",
        before=("claim withdraw 1001 2026-04 --reason 'a mistake'",),
    ),
    Scenario("decided before it was filed", f"claim decide 1001 2026-04 --decided-at {at('05-11')}"),
    Scenario(
        "decided again before the last time",
        f"claim redecide 1002 2026-03 --reason x --decided-at {at('04-19')}",
    ),
    Scenario("disputed before it was filed", f"claim dispute 1002 2026-03 --disputed-at {at('04-09')} --grounds x"),
    Scenario(
        "disputed twice",
        f"claim dispute 1002 2026-03 --disputed-at {at('05-02')} --grounds other",
        before=(f"claim dispute 1002 2026-03 --disputed-at {at('05-01')} --grounds 'it lasted longer'",),
    ),
    Scenario("redecided before any decision", "claim redecide 1001 2026-04 --reason x"),
    Scenario("explained before any decision", "claim explain 1001 2026-04"),
    Scenario("a decision that is none", "claim explain 1002 2026-03 --decision 7"),
    Scenario("a dossier of no decision", "dossier 1001 2026-04 -o case.json"),
    line(
        "a month's run of a batch in which one is refused",
        "claim decide",
        month="2026-03",
        all=True,
        decided_at=at("04-01"),
    ),
]

VOUCHERS = [
    Scenario("issued before any decision", "voucher issue 1001 2026-04"),
    Scenario("issued before the decision's day", f"voucher issue 1002 2026-03 --issued-at {at('04-19')}"),
    Scenario(
        "nothing was awarded",
        "voucher issue 1003 2026-03",
        before=("claim decide 1003 2026-03",),
    ),
    Scenario("the id is taken", f"voucher issue 1002 2026-03 --voucher {_VOUCHER}"),
    Scenario("unknown, to be cancelled", "voucher cancel V-9 --reason x"),
    Scenario("unknown, to be shown", "voucher show V-9"),
    Scenario(
        "nothing is left",
        f"voucher cancel {_VOUCHER} --reason other",
        before=(f"voucher cancel {_VOUCHER} --reason 'in error'",),
    ),
    _redeem("another account's voucher", account="1002", bill="B-3"),
    _redeem("another account's bill", bill="B-3"),
    _redeem("an earlier bill", bill="B-1"),
    _redeem("a bill of earlier months", voucher="V-1002-2026-03-1", account="1002", bill="B-3")._replace(
        prepare=lambda frozen: _issued_under(frozen, 'voucher_pays_later_by = "usage_month"')
    ),
    _redeem("beyond the balance", part="service", amount="64.01"),
    _redeem("nothing to redeem", amount="0.00"),
    _redeem("before it was issued", redeemed_at=at("04-11")),
    _redeem("a bill that is void", bill="B-9")._replace(
        before=(
            f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')}"
            " --product-fee 30.00 --call-fee 20.00",
            "fees void B-9 --reason 'billed twice'",
        )
    ),
    _redeem("more than the bill's part owes", bill="B-9", amount="20.01", redeemed_at=at("06-02"))._replace(
        before=(
            f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')}"
            " --product-fee 30.00 --call-fee 20.00",
        )
    ),
    _redeem("a part that the terms do not let it pay", voucher="V-1002-2026-03-1", account="1002", bill="B-3")._replace(
        prepare=lambda frozen: _issued_under(frozen, 'voucher_pays = "service"')
    ),
    Scenario(
        "a part that the fee does not have",
        f"voucher redeem {_VOUCHER} --account 1001 --bill B-2 --part call --amount 1.00 --redeemed-at {at('05-02')}",
        on="none",
        before=(
            "init --agreement aliyun-ecs",
            "account enroll 1001 --enrolled-at 2025-01-01T00:00:00+08:00",
            f"incident open INC-1 --account 1001 --function instance --started-at {at('03-03 10:00')}",
            f"incident close INC-1 --ended-at {at('03-03 20:00')}",
            f"fees bill B-1 --account 1001 --first-month 2026-03 --billed-at {at('04-01')} --product-fee 1000.00",
            f"fees bill B-2 --account 1001 --first-month 2026-04 --billed-at {at('05-01')} --product-fee 1000.00",
            f"claim file 1001 2026-03 --filed-at {at('04-10')}",
            f"claim decide 1001 2026-03 --decided-at {at('04-11')}",
            f"voucher issue 1001 2026-03 --issued-at {at('04-12')}",
        ),
    ),
    Scenario("a redemption that is none", f"voucher reverse {_VOUCHER} 3 --reason x"),
    Scenario("a redemption reversed for another reason", f"voucher reverse {_VOUCHER} 2 --reason other"),
]

VALUES = [
    _open("a time without offset", started_at="2026-03-03T10:00:00"),
    _open("no time", started_at="yesterday"),
    _open("finer than a microsecond", started_at="2026-03-03T10:00:00.1234567+08:00"),
    _open("a day that there is not", started_at="2026-02-30T10:00:00+08:00")._replace(
        theirs=("is not a time: ", "不是时间：")
    ),
    _open("a time of another age", started_at="1950-03-03T10:00:00+08:00"),
    _open("a time ahead of the clock", started_at="2026-12-24T10:00:00+08:00"),
    _open("an id that is none", incident="a b"),
    Scenario("a voucher's id that is none", "voucher issue 1002 2026-03 --voucher 'V 1'"),
    _open("a key that is none", key="k" * 65),
    _open("no span of seconds", uncertainty_seconds="soon"),
    _bill("no amount", product_fee="ten"),
    _bill("more than two decimals", product_fee="10.001"),
    _bill("no month", first_month="2026-13"),
    line("a reason of nothing", "fees void", bill="B-3", reason=" "),
    Scenario("no hash", "exclusion apply INC-1 --clause '2.3(1)' --evidence report.pdf=abc"),
    Scenario("evidence that is none", "exclusion apply INC-1 --clause '2.3(1)' --evidence report.pdf"),
    Scenario(
        "a key that was used for another command",
        f"account enroll 1009 --enrolled-at {at('01-01')} --key one",
        before=(f"account enroll 1008 --enrolled-at {at('01-01')} --key one",),
    ),
    bytes_of_line("a line that is no JSON", b"account enroll 1009\n", ("JSON object: ", "JSON 对象：")),
    bytes_of_line("a line that is not UTF-8", b'{"command": "fees void", "bill": "\xff"}\n'),
    bytes_of_line("a field that stands twice", b'{"command": "fees void", "bill": "1", "bill": "2", "reason": "x"}\n'),
    bytes_of_line("no command", b'{"command": "fees burn"}\n'),
    bytes_of_line("a field that there is not", b'{"command": "fees void", "bill": "1", "reason": "x", "why": "y"}\n'),
    bytes_of_line("a month's run of one account", b'{"command": "claim decide", "month": "2026-04"}\n'),
    bytes_of_line(
        "an amount that is a number",
        b'{"command": "fees correct", "bill": "B-1", "product_fee": 12.5, "reason": "x"}\n',
    ),
    Scenario(
        "several lines",
        "batch lines.jsonl --keep-going",
        files={"lines.jsonl": '{"command": "fees void", "bill": "B-99", "reason": "x"}\n' * 3},
    ),
    Scenario("a batch file that is not there", "batch nothing.jsonl"),
]


def _terms(name: str, was: str, now: str) -> Scenario:
    document = _SHIPPED.replace("2018-08-01", "2027-01-01")
    assert was in document, was
    return Scenario(name, "terms check terms.toml", files={"terms.toml": document.replace(was, now, 1)})


def _published(name: str, document: str, *options: str, before: tuple[str, ...] = ()) -> Scenario:
    return Scenario(
        name, " ".join(("terms publish terms.toml", *options)), before=before, files={"terms.toml": document}
    )


_NEXT = _SHIPPED.replace('version = "2018-08-01"', 'version = "next"').replace(
    "effective_from = 2018-08-01", "effective_from = 2027-01-01"
)
_IN_TIME = "--noticed-at 2026-11-01T00:00:00+08:00"


def _of_version(version: str, effective_from: str) -> str:
    named = _SHIPPED.replace('version = "2018-08-01"', f'version = "{version}"')
    return named.replace("effective_from = 2018-08-01", f"effective_from = {effective_from}")


TERMS = [
    Scenario("a version that is none", "terms show 1999-01-01"),
    Scenario("a month before the first terms", "availability 1001 2018-07"),
    Scenario("no terms at all", "claim list", on="none", prepare=lambda frozen: _made_without_terms(frozen)),
    Scenario(
        "no terms at all, in a month",
        "breaches 2026-03",
        on="none",
        prepare=lambda frozen: _made_without_terms(frozen),
    ),
    _published("a version that is taken", _SHIPPED + "\n# amended\n", _IN_TIME),
    _published(
        "a version that is taken, and more than readings changed",
        _SHIPPED.replace("value = 120", "value = 60"),
        "--reason x",
    ),
    _published(
        "a version that is taken, read on another clock",
        _SHIPPED.replace('"Asia/Shanghai"', '"UTC"'),
        "--reason x",
    ),
    _published("a day that is taken", _of_version("other", "2018-08-01"), _IN_TIME),
    _published("without notice", _NEXT),
    _published("notice that came too late", _NEXT, "--noticed-at 2026-11-21T00:00:00+08:00")._replace(
        files={"terms.toml": _of_version("next", "2026-11-22")}
    ),
    _published(
        "another currency",
        _NEXT.replace('agreement = "aliyun-ccc"', 'agreement = "aliyun-ccc"\ncurrency = "USD"'),
        _IN_TIME,
    ),
    _published("another agreement", _NEXT.replace('agreement = "aliyun-ccc"', 'agreement = "other"'), _IN_TIME),
    line("neither file nor document", "terms publish"),
    Scenario(
        "a document that is no TOML",
        "terms check terms.toml",
        files={"terms.toml": "agreement = "},
        theirs=("cannot be read: ", "协议文件："),
    ),
    _terms("a field that there is not", 'agreement = "aliyun-ccc"', 'agreement = "aliyun-ccc"\ncolour = "red"'),
    _terms("a cause that is none of the eleven", '"2.3(11)"', '"2.3(12)"'),
    _terms("a cause that stands twice", '"2.3(11)"', '"2.3(10)"'),
    *[
        Scenario(
            f"what cannot be worked out: {kind}",
            "terms check terms.toml",
            files={"terms.toml": _SHIPPED + f'\n[measure]\nkind = "{kind}"\n'},
        )
        for kind in ("error_rate", "user_minutes", "trailing_year", "per_minute")
    ],
    Scenario("an agreement that does not ship", "init --agreement nothing", on="none"),
    Scenario("a reading that is none", "audit what-if --set colour=red"),
    Scenario("a reading that is nearly one", "audit what-if --set minimum_knd=franchise"),
    Scenario("no reading and value", "audit what-if --set minimum_kind"),
    Scenario("a reading's value that is none", "audit what-if --set minimum_kind=red"),
    Scenario("a reading's zone that is none", "audit what-if --set timezone=Asia/Atlantis"),
    Scenario(
        "a calendar that is not published", "calendar publish 2199", theirs=(re.compile(r"(?<=holidays )[0-9.]+"),)
    ),
    Scenario("a calendar that is not recorded", "calendar show 2199"),
    Scenario(
        "a decision that needs a calendar",
        "claim decide 1001 2026-04",
        on="none",
        prepare=lambda frozen: _made_without_calendars(frozen),
    ),
    Scenario(
        "a calendar that was recorded otherwise",
        "calendar publish 2026 --file days.csv --source gov.cn",
        files={"days.csv": "2026-01-01,holiday,New Year\n"},
    ),
    Scenario(
        "a calendar without its source",
        "calendar publish 2027 --file days.csv",
        files={"days.csv": "2027-01-01,holiday,New Year\n"},
    ),
    *[
        Scenario(
            f"a calendar's file: {name}",
            "calendar publish 2027 --file days.csv --source gov.cn",
            files={"days.csv": text},
            theirs=("days.csv:1: field", "days.csv:1：field"),
        )
        for name, text in (
            ("no row", "2027-01-01,feast,New Year\n"),
            ("a day twice", "2027-01-01,holiday,New Year\n2027-01-01,workday,New Year\n"),
            ("no holiday", "2027-01-02,workday,Saturday\n"),
            ("no date", "1 January,holiday,New Year\n"),
            ("another year", "2026-01-01,holiday,New Year\n"),
            ("no CSV", "2027-01-01,holiday," + "x" * 200_000 + "\n"),
        )
    ],
]


def _amended(reading: str) -> str:
    """The shipped terms with a reading of their own, in force before anything that the shop recorded."""
    key = reading.partition(" ")[0]
    return _dated(re.sub(rf"(?m)^{key} .*$", reading, _SHIPPED))


def _dated(document: str) -> str:
    """The same as an amendment that takes effect on the first day of 2019."""
    named = document.replace('version = "2018-08-01"', 'version = "2019-01-01"')
    return named.replace("effective_from = 2018-08-01", "effective_from = 2019-01-01")


def _publish(frozen: Frozen, document: str) -> None:
    """Publish an amendment as it was announced in time."""
    (frozen.folder / "amended.toml").write_text(document, "utf-8")
    frozen.do(*split("terms publish amended.toml --noticed-at 2018-10-01T00:00:00+08:00"))


def _issued_under(frozen: Frozen, reading: str) -> None:
    """A voucher of a decision that was made under a reading of its own."""
    _publish(frozen, _amended(reading))
    frozen.do(*split(f"claim redecide 1002 2026-03 --reason amended --decided-at {at('04-21')}"))
    frozen.do(*split(f"voucher issue 1002 2026-03 --issued-at {at('04-22')}"))


def _made_without_terms(frozen: Frozen) -> None:
    """A ledger of which `init` recorded the id and no more."""
    _cut(frozen, "topic <> 'ledger.created'")


def _made_without_calendars(frozen: Frozen) -> None:
    """A ledger without working days, with a claim that waits."""
    _cut(frozen, "topic NOT IN ('ledger.created', 'terms.published')")
    frozen.batch(
        {"command": "account enroll", "account": "1001", "enrolled_at": "2018-08-01T00:00:00+08:00"},
        {"command": "claim file", "account": "1001", "month": "2026-04", "filed_at": at("05-12")},
    )


def _cut(frozen: Frozen, what: str) -> None:
    """Make a ledger of which some events were never recorded."""
    frozen.do("init")
    frozen.slaledger.tamper(f"DELETE FROM stored_events WHERE {what}")
