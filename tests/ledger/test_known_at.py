"""What was known at a position or an instant: every prefix of the demo's log, folded again here; and stories."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from build import at, row
from click.testing import CliRunner
from conftest import SOAK, CommandLine
from stores import SqliteFile, Store

from cli.answers.history.case import case_shown
from cli.main import cli
from cli.options.known_at import KnownAtOptions, resolved
from cli.terminal.output import to_json
from domain.case import Fact, fold
from domain.events import IncidentJoined, IncidentOpened
from domain.refusals import Refusal
from ledger.commands.execution import execute, initialise
from ledger.commands.parsing import parse_line
from ledger.log.codec import Row, decode
from ledger.queries.worklist import account_then

LATE_US = 2**60


@pytest.fixture(scope="module")
def demo(store: Store, shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A copy of the demo's ledger."""
    folder = tmp_path_factory.mktemp("known")
    return CommandLine(folder, store.taken_over(shown[0] / "slaledger.db", folder))


def all_facts(of: CommandLine) -> list[Fact]:
    """The whole log in order, read past the code under test."""
    return [decode(Row._make(each)) for each in of.rows() if not each[1].startswith("~/id/")]


def of_account(prefix: list[Fact], account: str) -> list[Fact]:
    """The facts of a prefix that concern an account, told apart one by one."""
    own = [fact for fact in prefix if fact.stream.startswith(f"{account}/")]
    holder = fold(fact for fact in own if fact.topic.startswith("account.")).account
    joined = {fact.event.incident for fact in own if isinstance(fact.event, IncidentJoined)}
    shared = {
        fact.stream
        for fact in prefix
        if isinstance(fact.event, IncidentOpened)
        and fact.stream.startswith("~/")
        and (
            fact.event.scope == "all"
            or fact.event.incident in joined
            or (holder is not None and holder.region in fact.event.regions)
        )
    }
    return [
        fact
        for fact in prefix
        if fact in own or fact.stream in shared or fact.stream.startswith(("~/terms/", "~/calendar/"))
    ]


ACCOUNTS = [f"100{number}" for number in range(1, 10)]


def ask(of: CommandLine, *words: str) -> Any:
    """The command's JSON, in this process. Raises Refusal."""
    done = CliRunner().invoke(
        cli,
        ["--ledger", of.url, *words, "--format", "json"],
        catch_exceptions=False,
        standalone_mode=False,
    )
    return json.loads(done.stdout)


def plain(shape: object) -> Any:
    return json.loads(to_json(shape))


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_position_of_the_demo_is_its_prefix_folded(demo: CommandLine, account: str) -> None:
    """A server's rows take the same way from the reader on: there, positions that share no factor with its gaps."""
    log = all_facts(demo)
    with demo.opened() as ledger:
        for position in range(1, log[-1].position + 1, 1 if SOAK or isinstance(demo.place, SqliteFile) else 17):
            prefix = [fact for fact in log if fact.position <= position]
            known = resolved(ledger, KnownAtOptions(None, position), LATE_US)
            with ledger.reading(known.upto) as reader:
                then = account_then(reader, account, known.at)
            expected = of_account(prefix, account)
            assert then.known == then.facts == expected
            case = fold(expected)
            assert then.case == case
            assert plain(case_shown(then.case, "Asia/Shanghai")) == plain(case_shown(case, "Asia/Shanghai"))


def test_every_position_is_known_at_its_own_time(demo: CommandLine) -> None:
    """The longest prefix in which nothing was recorded after T, for each T at which anything was, and between."""
    log = all_facts(demo)
    rows = [(position, json.loads(state)["recorded_at"]) for position, _, _, _, state in demo.rows()]
    with demo.opened() as ledger, ledger.reading() as reader:
        for instant in sorted({fact.recorded_at + step for fact in log for step in (-1, 0)}):
            later = [position for position, recorded in rows if recorded > instant]
            expected = max((position for position, _ in rows if not later or position < later[0]), default=0)
            assert reader.position_known_at(instant) == expected


@pytest.mark.parametrize("step", [0, *(pytest.param(step, marks=pytest.mark.soak) for step in range(1, 4))])
def test_the_other_commands_agree_with_history_at_the_same_position(demo: CommandLine, step: int) -> None:
    log = all_facts(demo)
    for position in range(100 + 23 * step, log[-1].position + 1, 92 if isinstance(demo.place, SqliteFile) else 276):
        options = ("--at-position", str(position))
        vouchers = {one["voucher"]: one for one in ask(demo, "voucher", "list", *options)}
        claims = {(one["account"], one["month"]): one for one in ask(demo, "claim", "list", *options)}
        seen: list[str] = []
        breached: dict[str, set[str]] = {}
        for account in ACCOUNTS:
            prefix = [fact for fact in log if fact.position <= position]
            if fold(of_account(prefix, account)).account is None:
                with pytest.raises(Refusal, match="was never enrolled"):
                    ask(demo, "history", account, *options)
                continue
            found = ask(demo, "history", account, *options)
            assert (found["position"], found["known_at"]) == (position, found["valid_at"])
            for month in found["months"]:
                assert ask(demo, "availability", account, month["month"], *options) == month
                breached.setdefault(month["month"], set())
                if month["tier"] is not None:
                    breached[month["month"]].add(account)
            for claim in found["claims"]:
                one = ask(demo, "claim", "show", account, claim["month"], *options)
                for name in ("status", "filed_at", "awarded", "issued", "overpaid"):
                    assert one[name] == claim[name] == claims[account, claim["month"]][name]
            for voucher in found["vouchers"]:
                seen.append(voucher["voucher"])
                shown = ask(demo, "voucher", "show", voucher["voucher"], *options)
                assert shown == {**voucher, "currency": "CNY"}
                listed = vouchers[voucher["voucher"]]
                assert {name: shown[name] for name in listed} == listed
            mean = ask(demo, "mtbf", account, "2026", *options)
            assert mean["events"] <= sum(len(month["episodes"]) for month in found["months"])
        assert sorted(seen) == sorted(vouchers)
        for month, accounts in list(breached.items())[-3:]:
            assert {one["account"] for one in ask(demo, "breaches", month, *options)} == accounts


@pytest.mark.parametrize("position", [60, 436, 467])
def test_the_command_line_says_the_same(demo: CommandLine, position: int) -> None:
    found = demo.ok("history", "1001", "--at-position", str(position))
    expected = of_account([fact for fact in all_facts(demo) if fact.position <= position], "1001")
    rules = ("~/terms/", "~/calendar/")
    assert [one["position"] for one in found["events"]] == [
        fact.position for fact in expected if not fact.stream.startswith(rules)
    ]
    assert {name: found[name] for name in ("incidents", "bills", "claims", "vouchers")} == plain(
        case_shown(fold(expected), "Asia/Shanghai")
    )


# Stories on a ledger of its own, whose clock says what the story says. Times are of 2024 in Shanghai.


def when(text: str) -> int:
    return at(f"2024-{text}")


def iso(text: str) -> str:
    return f"2024-{text.replace(' ', 'T')}:00+08:00"


Tell = Callable[..., None]


@pytest.fixture
def story(store: Store, tmp_path: Path) -> Iterator[tuple[CommandLine, Tell]]:
    """A ledger made at the new year of 2024, and what tells it a command at a time of its clock."""
    of = CommandLine(tmp_path, store.bare(tmp_path))
    with of.opened() as ledger:
        initialise(ledger, "clerk", lambda: when("01-01 00:00"))

        def tell(recorded: str, words: str, actor: str = "clerk", **fields: Any) -> None:
            command = parse_line(msgspec.json.encode({"command": words, **fields}))
            execute(ledger, command, actor, lambda: when(recorded))

        tell("01-01 00:01", "account enroll", account="1001", enrolled_at=iso("01-01 00:00"))
        yield of, tell


def opened(tell: Tell, recorded: str, name: str, since: str, until: str | None = None) -> None:
    fields = {"account": "1001", "function": "inbound_routing", "started_at": iso(since)}
    tell(recorded, "incident open", incident=name, **fields)
    if until is not None:
        tell(recorded, "incident close", incident=name, ended_at=iso(until))


def unavailable(found: Any, month: str = "2024-03") -> int:
    return sum(one["unavailable_seconds"] for one in found["months"] if one["month"] == month)


def test_a_clock_that_goes_backwards_ends_the_prefix_at_the_first_later_event(story: tuple[CommandLine, Tell]) -> None:
    """Older releases recorded with such a clock: here the rules of recording are the first ones."""
    of, tell = story
    of.tamper("DELETE FROM stored_events WHERE topic = 'ledger.upgraded'")
    with patch("ledger.application.RULES", 1):
        opened(tell, "03-10 10:00", "FIRST", "03-03 10:00", "03-03 11:00")
        opened(tell, "03-20 10:00", "AHEAD", "03-04 10:00", "03-04 11:00")
        opened(tell, "03-12 10:00", "BACK", "03-05 10:00", "03-05 11:00")
    known = {
        day: [one["incident"] for one in ask(of, "history", "1001", "--known-at", iso(day))["incidents"]]
        for day in ("03-10 09:59", "03-10 10:00", "03-15 00:00", "03-20 10:00")
    }
    assert known == {
        "03-10 09:59": [],
        "03-10 10:00": ["FIRST"],
        "03-15 00:00": ["FIRST"],  # BACK was recorded before, but behind AHEAD
        "03-20 10:00": ["FIRST", "AHEAD", "BACK"],
    }


def test_an_open_outage_counts_up_to_the_instant_that_was_asked_for(story: tuple[CommandLine, Tell]) -> None:
    of, tell = story
    opened(tell, "03-03 10:05", "A", "03-03 10:00")
    position = str(ask(of, "history", "1001")["position"])
    minutes = {
        "known at 10:30": unavailable(ask(of, "history", "1001", "--known-at", iso("03-03 10:30"))) // 60,
        "at its position": unavailable(ask(of, "history", "1001", "--at-position", position)) // 60,
        "valid at 10:20": unavailable(ask(of, "history", "1001", "--valid-at", iso("03-03 10:20"))) // 60,
    }
    assert minutes == {"known at 10:30": 30, "at its position": 5, "valid at 10:20": 20}
    month = ask(of, "availability", "1001", "2024-03", "--known-at", iso("03-03 10:30"))
    assert (month["unavailable_seconds"], month["episodes"][0]["end"]) == (1800, None)
    assert ask(of, "worklist", "--known-at", iso("03-03 10:30"))["unclaimed"] == []
    assert ask(of, "breaches", "2024-03", "--known-at", iso("03-03 12:30"))[0]["account"] == "1001"


def test_both_axes_at_once(story: tuple[CommandLine, Tell]) -> None:
    """What was so on 3 March at noon, as it was known a day, a week and a month later."""
    of, tell = story
    opened(tell, "03-03 10:05", "A", "03-03 10:00", None)
    tell("03-05 09:00", "incident close", incident="A", ended_at=iso("03-03 11:30"))
    tell("03-20 09:00", "incident correct", incident="A", ended_at=iso("03-03 13:00"), reason="the log of the gateway")
    noon = ("--valid-at", iso("03-03 12:00"))
    asked = {
        day: ask(of, "history", "1001", *noon, "--known-at", iso(day))
        for day in ("03-04 12:00", "03-10 12:00", "04-03 12:00")
    }
    seen = [(found["incidents"][0]["ended_at"], unavailable(found) // 60) for found in asked.values()]
    assert seen == [(None, 120), (iso("03-03 11:30"), 90), (None, 120)]
    assert {found["valid_at"] for found in asked.values()} == {iso("03-03 12:00")}
    with pytest.raises(Refusal, match="was enrolled only at 2024-01-01") as refused:
        ask(of, "history", "1001", "--valid-at", "2023-12-31T00:00:00+08:00")
    assert refused.value.code == "unknown_account"


def test_rules_as_they_were_known(story: tuple[CommandLine, Tell]) -> None:
    of, _ = story
    first, second = (str(position) for position, *_ in of.rows()[1:3])
    assert ask(of, "terms", "list", "--at-position", first) == []
    assert [one["version"] for one in ask(of, "terms", "list", "--at-position", second)] == ["2018-08-01"]
    assert ask(of, "voucher", "list", "--at-position", first) == ask(of, "claim", "list", "--at-position", first) == []
    assert ask(of, "calendar", "show", "2019", "--known-at", iso("01-01 00:00"))["year"] == 2019
    for words, code in (
        (("terms", "show", "--at-position", first), "no_terms"),
        (("calendar", "show", "2019", "--at-position", second), "calendar_missing"),
        (("history", "1001", "--at-position", second), "unknown_account"),
        (("mtbf", "1001", "2024", "--known-at", "2023-01-01T00:00:00Z"), "unknown_account"),
    ):
        with pytest.raises(Refusal, match="as it was known at position") as refused:
            ask(of, *words)
        assert refused.value.code == code


READING = [
    ("availability", "1001", "2024-03"),
    ("breaches", "2024-03"),
    ("mtbf", "1001", "2024"),
    ("worklist",),
    ("claim", "show", "1001", "2024-03"),
    ("claim", "list"),
    ("claim", "explain", "1001", "2024-03"),
    ("voucher", "list"),
    ("voucher", "show", "V"),
    ("history", "1001"),
    ("terms", "show"),
    ("terms", "list"),
    ("calendar", "show", "2024"),
]
BAD = [
    row("no offset", ("--known-at", "2024-03-03T10:00:00"), 1, "time_without_offset"),
    row("in the future", ("--known-at", "2199-01-01T00:00:00Z"), 1, "in_the_future"),
    row("no time", ("--known-at", "yesterday"), 2, "bad_time"),
    row("position 0", ("--at-position", "0"), 1, "beyond_the_log"),
    row("below", ("--at-position", "-1"), 1, "beyond_the_log"),
    row("beyond", ("--at-position", "99999999999999999999"), 1, "beyond_the_log"),
    row("no number", ("--at-position", "last"), 2, "usage"),
    row("both", ("--at-position", "1", "--known-at", "2024-03-03T10:00:00Z"), 2, "usage"),
]


@pytest.mark.parametrize(("options", "status", "code"), BAD)
def test_bad_input(slaledger: CommandLine, options: tuple[str, ...], status: int, code: str) -> None:
    assert slaledger.refused("history", "1001", *options, status=status)["code"] == code


@pytest.mark.parametrize("words", READING, ids=lambda words: " ".join(words))
def test_every_reading_command_refuses_a_position_beyond_the_log(
    story: tuple[CommandLine, Tell], words: tuple[str, ...]
) -> None:
    of, _ = story
    last = ask(of, "history", "1001")["position"]
    with pytest.raises(Refusal, match=f"there is no position {last + 1}: the log's last is {last}") as refused:
        ask(of, *words, "--at-position", str(last + 1))
    assert (refused.value.code, refused.value.status) == ("beyond_the_log", 1)


@pytest.mark.parametrize("name", ["--valid-at", "--diff"])
@pytest.mark.parametrize(
    ("time", "code"),
    [
        row("no offset", "2024-03-03T10:00:00", "time_without_offset"),
        row("in the future", "2199-01-01T00:00:00Z", "in_the_future"),
        row("no time", "noon", "bad_time"),
    ],
)
def test_bad_instants_of_history(story: tuple[CommandLine, Tell], name: str, time: str, code: str) -> None:
    with pytest.raises(Refusal, match=name) as refused:
        ask(story[0], "history", "1001", name, time)
    assert refused.value.code == code


@pytest.fixture
def revised(story: tuple[CommandLine, Tell]) -> CommandLine:
    """A March with an excluded outage, and what was learnt of it on three days of May."""
    of, tell = story
    opened(tell, "03-04 09:00", "A", "03-03 10:00", "03-03 12:00")
    tell("03-05 09:00", "exclusion apply", incident="A", clause="2.3(1)", reason="carrier")
    money = {"product_fee": "1000.00", "call_fee": "0.00"}
    tell(
        "04-02 09:00",
        "fees bill",
        bill="B",
        account="1001",
        first_month="2024-03",
        billed_at=iso("04-01 00:00"),
        **money,
    )
    opened(tell, "05-01 09:00", "LATE", "03-09 10:00", "03-09 11:00")
    tell("05-02 09:00", "exclusion withdraw", "auditor", incident="A", exclusion=1, reason="the carrier denies it")
    tell("05-03 09:00", "fees correct", "cashier", bill="B", product_fee="1200.00", reason="calls left out")
    opened(tell, "05-04 09:00", "APRIL", "04-09 10:00", "04-09 11:00")
    return of


def test_a_difference_says_who_why_and_what_it_did_to_month_and_credit(revised: CommandLine) -> None:
    found = ask(revised, "history", "1001", "--known-at", iso("05-03 12:00"), "--diff", iso("04-30 00:00"))
    diff = found["diff"]
    assert diff["from"]["known_at"] == iso("04-30 00:00")
    assert diff["to"] == {"known_at": iso("05-03 12:00"), "position": found["position"]}
    assert [(one["topic"], one["actor"], one["reason"]) for one in diff["events"]] == [
        ("incident.opened", "clerk", None),
        ("incident.closed", "clerk", None),
        ("exclusion.withdrawn", "auditor", "the carrier denies it"),
        ("fees.corrected", "cashier", "calls left out"),
    ]
    positions = [one["position"] for one in diff["events"]]
    changed = {(one["what"], one["field"]): one for one in diff["changes"]}
    assert set(changed) == {
        *(("incident LATE", field) for field in ("function", "scope", "started_at", "ended_at", "status")),
        ("exclusion 1 of incident A", "status"),
        ("bill B", "product_fee"),
    }
    assert changed["incident LATE", "started_at"]["to"] == iso("03-09 10:00")
    assert [changed["incident LATE", name]["position"] for name in ("started_at", "ended_at")] == positions[:2]
    assert changed["exclusion 1 of incident A", "status"] == {
        "what": "exclusion 1 of incident A",
        "field": "status",
        "from": "stands",
        "to": "withdrawn",
        "by": "auditor",
        "reason": "the carrier denies it",
        "position": positions[2],
    }
    assert (changed["bill B", "product_fee"]["from"], changed["bill B", "product_fee"]["to"]) == ("1000.00", "1200.00")
    assert changed["bill B", "product_fee"]["by"] == "cashier"
    before = ask(revised, "availability", "1001", "2024-03", "--known-at", iso("04-30 00:00"))
    after = ask(revised, "availability", "1001", "2024-03", "--known-at", iso("05-03 12:00"))
    breach = ask(revised, "breaches", "2024-03", "--known-at", iso("05-03 12:00"))[0]
    assert diff["months"] == [
        {
            "month": "2024-03",
            "unavailable_seconds": [0, 10800],
            "percent": [before["availability"]["percent"], after["availability"]["percent"]],
            "tier": [None, after["tier"]],
            "credit": ["0.00", breach["credit"]],
        }
    ]


def test_a_difference_is_the_same_from_either_end_and_goes_to_now_by_default(revised: CommandLine) -> None:
    early, late = iso("04-30 00:00"), iso("05-03 12:00")
    one = ask(revised, "history", "1001", "--known-at", early, "--diff", late)
    other = ask(revised, "history", "1001", "--known-at", late, "--diff", early)
    assert one["diff"] == other["diff"]
    assert len(one["events"]) < len(other["events"])
    now = ask(revised, "history", "1001", "--diff", late)["diff"]
    assert [each["what"] for each in now["changes"]] == ["incident APRIL"] * 5
    assert [each["month"] for each in now["months"]] == ["2024-04"]
    march = ask(revised, "history", "1001", "--diff", late, "--month", "2024-03")["diff"]
    assert (march["events"], march["changes"], march["months"]) == ([], [], [])


def test_a_difference_from_before_the_account_was_known(revised: CommandLine) -> None:
    diff = ask(revised, "history", "1001", "--diff", "2023-06-01T00:00:00Z")["diff"]
    assert diff["from"]["position"] == 0
    assert diff["months"][0]["credit"][0] is None
    assert {"account 1001", "terms 2018-08-01", "bill B"} <= {one["what"] for one in diff["changes"]}


def test_an_incident_that_comes_to_concern_the_account_is_laid_to_what_moved_it(
    story: tuple[CommandLine, Tell],
) -> None:
    of, tell = story
    region = {"function": "inbound_routing", "started_at": iso("03-03 10:00"), "regions": ["north"]}
    tell("03-04 00:00", "incident open", incident="R", **region)
    tell("03-05 00:00", "account correct", "auditor", account="1001", region="north", reason="left out at enrolment")
    diff = ask(of, "history", "1001", "--diff", iso("03-04 12:00"), "--valid-at", iso("03-03 11:00"))["diff"]
    shared = [one for one in diff["changes"] if one["what"] == "incident R"]
    assert {(one["by"], one["reason"]) for one in shared} == {("auditor", "left out at enrolment")}
    assert diff["months"][0]["unavailable_seconds"] == [0, 3600]


def test_a_month_alone(revised: CommandLine) -> None:
    march, april = (ask(revised, "history", "1001", "--month", month) for month in ("2024-03", "2024-04"))
    assert [one["incident"] for one in march["incidents"]] == ["A", "LATE"]
    assert [one["incident"] for one in april["incidents"]] == ["APRIL"]
    assert ([one["bill"] for one in march["bills"]], april["bills"]) == (["B"], [])
    assert [one["month"] for one in (*march["months"], *april["months"])] == ["2024-03", "2024-04"]
    assert [one["topic"] for one in april["events"]] == ["account.enrolled", "incident.opened", "incident.closed"]


def test_a_difference_reads_within_eighty_columns(revised: CommandLine) -> None:
    done = revised.run("history", "1001", "--diff", iso("04-30 00:00"), "--format", "table")
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    told = done.stdout.partition("What changed from")[2]
    for said in (
        "exclusion 1 of incident A, by auditor",
        "    because: the carrier denies it\n    status: stands -> withdrawn",
        "    product fee: 1000.00 -> 1200.00",
        "0 -> 10800",
    ):
        assert said in told, told
    same = revised.run("history", "1001", "--diff", iso("05-05 00:00"), "--format", "table").stdout
    assert same.endswith("\nnothing\n")
