"""What would come out otherwise: with what is known now, with commands not yet recorded, under other readings."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from build import SHARED, SHIPPED, amended, row
from conftest import CommandLine
from test_audit_replay import (
    NOW,
    Line,
    Told,
    audit,
    bill,
    command_of,
    decide,
    enroll,
    filed,
    generate,
    outage,
    redecide,
    rows,
    settle,
    tell,
    when,
)

from domain.decision import substance
from domain.decision_record import decode
from domain.money import yuan
from domain.refusals import Refusal
from domain.terms.parsing import parse_terms
from domain.terms.readings import NUMBERS, VALUES
from domain.terms.versions import Readings
from domain.time import HOUR_US, MINUTE_US
from ledger import clock
from ledger.application import Ledger
from ledger.audit.impact import Impact, impacts_of_now, outcome_of
from ledger.commands.batch import Batch
from ledger.commands.execution import carry_out, initialise
from ledger.log import streams
from ledger.log.reader import Reader

LATER = NOW + 20_000 * HOUR_US
"""When it is asked: long after all that was told."""


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still while it is asked."""
    monkeypatch.setattr(clock, "now_us", lambda: LATER)


@pytest.fixture
def path(blank: Path, tmp_path: Path) -> Path:
    """A new ledger's file."""
    new = tmp_path / "slaledger.db"
    new.write_bytes(blank.read_bytes())
    return new


def copy_of(path: Path, name: str = "copy") -> Path:
    folder = path.parent / name
    folder.mkdir()
    copied = folder / path.name
    copied.write_bytes(settle(path))
    return copied


def hear_late_facts(path: Path, seed: int, count: int = 80) -> None:
    """What comes to light after the decisions of a random history, shared incidents and moved accounts included."""
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.writing() as log:
        late = Told(log, seed, path.parent)
        late.now = NOW + 10_000 * HOUR_US
        late.incidents = [f"I{number}" for number in range(40)]
        late.bills = [f"B-{account}-2024-02" for account in late.accounts]
        for _ in range(count):
            late.fact(late.pick(*late.accounts), late.pick(True, False))
        assert late.done > count // 4


# With what is known now.


def redecided(path: Path) -> dict[tuple[str, str], Any]:
    """Every decided claim really decided again: those that changed, with what came out and what then stands."""
    changed: dict[tuple[str, str], Any] = {}
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.writing() as log:
        for account in log.accounts():
            for month, claim in log.case(account).claims.items():
                if claim.latest is None or claim.pending is not None:
                    continue
                old = decode(claim.decisions[-1].record)
                try:
                    done = carry_out(log, command_of(redecide(account, month)), "clerk", LATER)
                except Refusal as refusal:
                    changed[account, month] = (outcome_of(old), refusal.message, None, None)
                    continue
                then = log.case(account).claims[month]
                new = decode(then.decisions[-1].record)
                if substance(new) != substance(old):
                    assert not done.noop
                    changed[account, month] = (outcome_of(old), outcome_of(new), then.due_fen, then.overpaid_fen)
                else:
                    assert done.noop or claim.disputed
    return changed


def impacts(path: Path) -> list[Impact]:
    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger, ledger.reading() as log:
        return impacts_of_now(log, *streams.ACCOUNTS, at=LATER)


@pytest.mark.parametrize("seed", range(4), ids=lambda seed: f"seed {seed}")
def test_impact_is_what_deciding_again_would_do(path: Path, seed: int) -> None:
    generate(path, 100 + seed, moves=True)
    hear_late_facts(path, 200 + seed)
    found = impacts(path)
    really = redecided(copy_of(path))
    assert len(really) > 10
    assert [(each.account, each.month) for each in found] == sorted(really)
    for each in found:
        old, new, owed, overpaid = really[each.account, each.month]
        assert each.old == old
        if owed is None:
            assert (each.new.outcome, each.new.refused) == ("refused", new)
            continue
        assert (each.new, each.owed_fen, each.overpaid_fen) == (new, owed, overpaid)
    check_causes(path, found)


def check_causes(path: Path, found: Iterable[Impact]) -> None:
    """Events after the decision, of the account or shared, that are facts and neither claims nor vouchers."""
    log = {each[0]: each for each in rows(path)}
    latest: dict[tuple[str, str], int] = {}
    for _, stream, _, topic, state in log.values():
        if topic == "claim.decided":
            record = json.loads(state)["data"]["decision"]
            latest[stream.partition("/")[0], record["month"]] = record["facts"]["position"]
    for each in found:
        for cause in each.causes:
            assert cause.position > latest[each.account, each.month]
            assert cause.stream.partition("/")[0] in (each.account, "~")
            assert cause.topic.partition(".")[0] in ("account", "incident", "exclusion", "fees", "terms", "calendar")
            assert log[cause.position][1] == cause.stream


def test_the_command_says_the_same_and_adds_it_up(path: Path) -> None:
    generate(path, 5)
    hear_late_facts(path, 6)
    found = impacts(path)
    status, said = audit(path, "impact")
    assert status == 0
    assert [(each["account"], each["month"], each["number"]) for each in said["changed"]] == [
        (each.account, each.month, each.number) for each in found
    ]
    for told, each in zip(said["changed"], found, strict=True):
        assert told["new"]["credit"] == yuan(each.new.credit_fen)
        assert told["difference"] == yuan(each.new.credit_fen - each.old.credit_fen)
    assert said["owed"] == yuan(sum(each.owed_fen for each in found))
    assert said["overpaid"] == yuan(sum(each.overpaid_fen for each in found))
    one = found[0].account
    status, alone = audit(path, "impact", one)
    assert [each["account"] for each in alone["changed"]] == [each.account for each in found if each.account == one]


STANDING: list[Line] = [
    enroll("1001"),
    enroll("1002"),
    *(bill(account, month=month) for account in ("1001", "1002") for month in ("2024-03", "2024-04")),
    *outage("OWN", "04-03 10:00", "04-03 16:00", account="1001"),
    *outage("OTHERS", "04-03 10:00", "04-03 16:00", account="1002"),
    *outage("EDGE", "04-30 23:59:00", "05-01 00:00", account="1001"),
    {"command": "exclusion apply", "incident": "OWN", "clause": "2.3(1)", "to": when("04-03 10:30")},
    *(filed(account) for account in ("1001", "1002")),
    *(decide(account) for account in ("1001", "1002")),
    *({"command": "voucher issue", "account": account, "month": "2024-04"} for account in ("1001", "1002")),
]
BECAUSE = {"reason": "late evidence"}
TO_MARCH = {"started_at": when("03-03 10:00"), "ended_at": when("03-03 16:00")}
LATE: list[Any] = [
    row(
        "an incident of the account",
        outage("NEW", "04-20 10:00", "04-20 20:00", account="1001"),
        ["incident.opened", "incident.closed"],
    ),
    row(
        "a shared incident",
        outage("NEW", "04-20 10:00", "04-20 20:00", accounts=["1001"])
        + outage("ALL", "04-21 10:00", "04-21 20:00", all_accounts=True),
        ["incident.opened", "incident.closed"] * 2,
    ),
    row(
        "an exclusion withdrawn",
        [{"command": "exclusion withdraw", "incident": "OWN", "exclusion": 1, **BECAUSE}],
        ["exclusion.withdrawn"],
    ),
    row(
        "an incident withdrawn",
        [{"command": "incident withdraw", "incident": "OWN", **BECAUSE}],
        ["incident.withdrawn"],
    ),
    row(
        "an incident that lasted longer",
        [{"command": "incident correct", "incident": "OWN", "ended_at": when("04-03 20:00"), **BECAUSE}],
        ["incident.corrected"],
    ),
    row(
        "an incident that was in another month",
        [{"command": "incident correct", "incident": "OWN", **TO_MARCH, **BECAUSE}],
        ["incident.corrected"],
    ),
    row(
        "an incident of the next month that goes on where one of this month ended",
        outage("NEXT", "05-01 00:00", "05-01 00:05", account="1001"),
        ["incident.opened", "incident.closed"],
    ),
    row(
        "a bill corrected",
        [{"command": "fees correct", "bill": "B-1001-2024-04", "product_fee": "2000.00", **BECAUSE}],
        ["fees.corrected"],
    ),
    row(
        "a bill void, and one of another month too",
        [{"command": "fees void", "bill": f"B-1001-2024-{month}", **BECAUSE} for month in ("04", "03")],
        ["fees.voided"],
    ),
    row("one more bill", [bill("1001", "500.00", "0.00") | {"bill": "MORE"}], ["fees.billed"]),
    row(
        "an account that was not covered yet",
        [{"command": "account correct", "account": "1001", "enrolled_at": when("05-01 00:00"), **BECAUSE}],
        ["account.corrected"],
    ),
    row(
        "an account that was closed",
        [{"command": "account close", "account": "1001", "closed_at": when("04-03 12:00")}],
        ["account.closed"],
    ),
    row(
        "a calendar of another year beside a bill",
        [
            {"command": "calendar publish", "year": 2019, "file": "2019.csv", "source": "a notice", **BECAUSE},
            {"command": "fees correct", "bill": "B-1001-2024-04", "product_fee": "2000.00", **BECAUSE},
        ],
        ["fees.corrected"],
    ),
]


@pytest.mark.parametrize(("late", "causes"), LATE)
def test_a_late_fact_is_named_as_the_cause(
    path: Path, monkeypatch: pytest.MonkeyPatch, late: list[Line], causes: list[str]
) -> None:
    """And what concerns only others, other months, or the claim's own money, is not."""
    monkeypatch.chdir(path.parent)
    (path.parent / "2019.csv").write_text("2019-01-01,holiday,New Year\n")
    end = tell(path, STANDING)
    besides = [
        {"command": "incident correct", "incident": "OTHERS", "ended_at": when("04-03 20:00"), **BECAUSE},
        *outage("MAY", "05-10 10:00", "05-10 12:00", account="1001"),
        bill("1001", month="2024-05"),
        bill("1002", month="2024-05"),
    ]
    before = rows(path)[-1][0]
    tell(path, [*late, *besides], end)
    found = [each for each in impacts(path) if each.account == "1001"]
    assert [(each.month, each.number) for each in found] == [("2024-04", 1)]
    assert sorted(fact.topic for fact in found[0].causes) == sorted(causes)
    assert all(fact.position > before for fact in found[0].causes)
    really = redecided(copy_of(path))["1001", "2024-04"]
    assert (found[0].old, found[0].new, found[0].owed_fen, found[0].overpaid_fen) == really


def test_what_leaves_every_decision_as_it_was_is_no_impact(path: Path) -> None:
    end = tell(path, STANDING)
    tell(path, outage("MAY", "05-10 10:00", "05-10 12:00", account="1001"), end)
    assert audit(path, "impact")[1] == {"changed": [], "owed": "0.00", "overpaid": "0.00"}
    assert redecided(copy_of(path)) == {}


def test_a_dispute_without_new_facts_is_no_impact(path: Path) -> None:
    disputed = {"command": "claim dispute", "account": "1001", "month": "2024-04", "grounds": "no"}
    tell(path, [*STANDING, disputed | {"disputed_at": when("12-01 10:00")}])
    assert audit(path, "impact")[1]["changed"] == []


# With commands that are not recorded.

KINDS: list[Any] = [
    row("one correction", [{"command": "fees correct", "bill": "B-1001-2024-04", "product_fee": "2000.00", **BECAUSE}]),
    row(
        "a shared incident, an exclusion, a key",
        [
            *outage("ALL", "04-21 10:00", "04-21 23:00", all_accounts=True),
            {
                "command": "exclusion apply",
                "incident": "ALL",
                "clause": "2.3(1)",
                "to": when("04-21 11:00"),
                "key": "k",
            },
            {
                "command": "exclusion apply",
                "incident": "ALL",
                "clause": "2.3(1)",
                "to": when("04-21 11:00"),
                "key": "k",
            },
        ],
    ),
    row(
        "a claim that is filed and decided, and then turns out otherwise",
        [
            *outage("MARCH", "03-10 10:00", "03-10 16:00", account="1002"),
            filed("1002", "04-15 10:00", "2024-03"),
            decide("1002", "2024-03"),
            {"command": "voucher issue", "account": "1002", "month": "2024-03"},
            {"command": "incident withdraw", "incident": "MARCH", **BECAUSE},
        ],
    ),
    row(
        "a decision made again",
        [{"command": "incident withdraw", "incident": "OWN", **BECAUSE}, redecide("1001"), enroll("1003")],
    ),
    row(
        "a month's run",
        [
            *outage("MARCH", "03-10 10:00", "03-10 16:00", account="1002"),
            filed("1002", "04-15 10:00", "2024-03"),
            {"command": "claim decide", "month": "2024-03", "all": True},
            {"command": "voucher issue", "month": "2024-03", "all": True},
            {"command": "incident withdraw", "incident": "MARCH", **BECAUSE},
        ],
    ),
    row(
        "many",
        [
            line
            for day in range(4, 29)
            for line in outage(f"X{day}", f"04-{day:02d} 10:00", f"04-{day:02d} 11:00", account="1001")
        ],
    ),
    row("nothing", []),
]


def written(folder: Path, lines: Iterable[Line], name: str = "late.jsonl") -> str:
    file = folder / name
    file.write_text("".join(json.dumps(line) + "\n\n" for line in lines))
    return str(file)


def state_of(path: Path) -> tuple[str, int, int]:
    """The file's hash and times, and how much lies beside it in the write-ahead log."""
    beside = path.with_name(path.name + "-wal")
    stat = path.stat()
    return (
        hashlib.sha256(path.read_bytes()).hexdigest(),
        stat.st_mtime_ns,
        beside.stat().st_size if beside.exists() else 0,
    )


@pytest.mark.parametrize("late", KINDS)
def test_commands_not_recorded_have_the_impact_that_recording_them_has(path: Path, late: list[Line]) -> None:
    tell(path, STANDING)
    file = written(path.parent, late)
    copied = copy_of(path)
    before = state_of(path)
    status, said = audit(path, "impact", "--with", file)
    assert status == 0, said
    assert state_of(path) == before
    with Ledger.open(f"sqlite:///{copied}") as ledger, Path(file).open("rb") as lines:
        report = Batch(ledger, lines, actor="clerk", now=lambda: LATER).run()
    assert report.refused == []
    assert audit(copied, "impact")[1] == said
    assert state_of(path)[0] != hashlib.sha256(settle(copied)).hexdigest() or not late


@pytest.mark.parametrize("seed", [31, 32], ids=lambda seed: f"seed {seed}")
def test_a_random_file_has_the_impact_that_recording_it_has(path: Path, seed: int) -> None:
    """The commands of a random history, as they were carried out, replayed from a file on a ledger without them."""
    generate(path, seed)
    copied = copy_of(path)
    lines: list[Line] = []
    with Ledger.open(f"sqlite:///{copied}") as ledger, ledger.writing() as log:
        late = Told(log, seed + 1, path.parent)
        late.now = NOW + 10_000 * HOUR_US
        late.incidents = [f"I{number}" for number in range(40)]
        late.bills = [f"B-{account}-2024-02" for account in late.accounts]
        told = late.tell

        def keep(line: Line) -> bool:
            done = told(line)
            lines.extend([line] if done else [])
            return done

        late.tell = keep  # type: ignore[method-assign]
        for _ in range(120):
            late.step(moves=True)
        assert any(line["command"] == "claim redecide" for line in lines)
    file = written(path.parent, lines)
    copied.write_bytes(settle(path))
    before = state_of(path)
    status, said = audit(path, "impact", "--with", file)
    assert (status, state_of(path)) == (0, before), said
    with Ledger.open(f"sqlite:///{copied}") as ledger, Path(file).open("rb") as batch:
        assert Batch(ledger, batch, actor="clerk", now=lambda: LATER).run().refused == []
    assert audit(copied, "impact")[1] == said
    assert len(said["changed"]) > 5


GOOD = {"command": "fees correct", "bill": "B-1001-2024-04", "product_fee": "2000.00", **BECAUSE}
BAD: list[Any] = [
    row("refused by a rule", json.dumps({**GOOD, "bill": "NONE"}).encode(), 1),
    row("no JSON", b"{", 2),
    row("not UTF-8", b'{"command": "\xff"}', 2),
    row("unknown", b'{"command": "fees burn"}', 2),
    row("in the future", json.dumps(decide("1001", decided_at="2099-01-01T00:00:00Z")).encode(), 1),
]


@pytest.mark.parametrize(("line", "status"), BAD)
def test_a_line_that_is_refused_is_named_and_nothing_is_recorded(path: Path, line: bytes, status: int) -> None:
    tell(path, STANDING)
    file = path.parent / "late.jsonl"
    file.write_bytes(json.dumps(GOOD).encode() + b"\n\n" + line + b"\n" + json.dumps(GOOD).encode() + b"\n")
    settle(path)
    before = state_of(path)
    refused, said = audit(path, "impact", "--with", str(file))
    assert refused == status
    assert f"{file}:3:" in said
    assert state_of(path) == before


def test_a_months_run_spends_its_key_as_it_does_where_it_is_recorded(path: Path) -> None:
    tell(path, [*STANDING, filed("1002", "04-15 10:00", "2024-03")])
    run = {"month": "2024-03", "all": True, "key": "k"}
    file = written(path.parent, [{"command": "claim decide"} | run, {"command": "voucher issue"} | run])
    status, said = audit(path, "impact", "--with", file)
    assert status == 1
    assert f"{file}:3: key 'k' was used for another command" in said


def test_a_file_that_is_not_there_is_refused(path: Path) -> None:
    status, said = audit(path, "impact", "--with", str(path.parent / "none.jsonl"))
    assert status == 2
    assert "none.jsonl" in said


def test_the_impact_of_an_unknown_account_is_refused(path: Path) -> None:
    assert audit(path, "impact", "1001")[0] == 1


def test_the_impact_of_a_file_takes_a_ledger_that_may_be_written(path: Path) -> None:
    """It needs the write lock for what it drops; a file that may only be read is refused, and answered without."""
    tell(path, STANDING)
    file = written(path.parent, [GOOD])
    settle(path)
    path.chmod(0o444)
    assert audit(path, "impact", "--with", file)[0] == 2
    assert audit(path, "impact")[0] == 0


# Under other terms and readings.

READ: dict[str, list[Line]] = {
    "minimum": [
        *outage("A", "04-09 10:00", "04-09 11:25", account="minimum"),
        *outage("B", "04-10 10:00", "04-10 10:02", account="minimum"),
    ],
    "deducted": [*outage("C", "04-09 10:00", "04-09 11:26:40", account="deducted")],
    "functions": [
        *outage("D", "04-09 10:00", "04-09 11:25", account="functions"),
        *outage("E", "04-10 10:00", "04-10 10:01", "agent_sign_in", account="functions"),
        *outage("F", "04-10 10:01", "04-10 10:02", "inbound_routing", account="functions"),
    ],
    "pieces": [
        *outage("G", "04-09 10:00", "04-09 11:25", account="pieces"),
        *outage("H", "04-10 10:00", "04-10 10:05", account="pieces"),
        {
            "command": "exclusion apply",
            "incident": "H",
            "clause": "2.3(1)",
            "from": when("04-10 10:01:40"),
            "to": when("04-10 10:04:10"),
        },
    ],
    "causes": [
        *outage("I", "04-09 10:00", "04-09 12:00", account="causes"),
        *outage("J", "04-09 10:00", "04-09 12:00", "agent_calls", account="causes"),
        {"command": "exclusion apply", "incident": "I", "clause": "2.3(1)"},
    ],
    "minutes": [*outage("K", "04-09 10:00", "04-09 11:26:10", account="minutes")],
    "straddling": [
        *outage("L", "03-31 23:59", "04-01 00:01", account="straddling"),
        *outage("M", "04-09 10:00", "04-09 11:25:50", account="straddling"),
    ],
    "midnight": [*outage("N", "04-01 00:00", "04-01 06:00", account="midnight")],
    "decimals": [*outage("O", "04-09 10:00", "04-09 11:26:30", account="decimals")],
    "fen": [*outage("P", "04-09 10:00", "04-09 16:00", account="fen")],
    "early": [*outage("Q", "04-09 10:00", "04-09 16:00", account="early")],
    "late": [*outage("R", "04-09 10:00", "04-09 16:00", account="late")],
    "february": [*outage("S", "02-09 10:00", "02-09 16:00", account="february")],
    "newcomer": [*outage("U", "04-08 10:00", "04-08 16:00", regions=["r9"])],
    "announced": [
        *outage("V", "04-09 10:00", "04-09 16:00", account="announced"),
        {
            "command": "exclusion apply",
            "incident": "V",
            "clause": "2.3(5)",
            "notified_at": when("04-08 10:00"),
            "announced_from": when("04-09 10:00"),
            "announced_to": when("04-09 12:00"),
        },
    ],
    "plain": [*outage("T", "04-09 10:00", "04-09 16:00", account="plain")],
}
FILINGS = {
    "early": ("05-10 10:00", "2024-04"),
    "late": ("07-01 10:00", "2024-04"),
    "february": ("04-30 10:00", "2024-02"),
}
ENROLLED = {"newcomer": enroll("newcomer", "r9") | {"enrolled_at": when("04-08 12:00")}}
CHANGES: dict[tuple[str, Any], set[str]] = {
    ("minimum_inclusive", False): {"minimum", "functions", "straddling"},
    ("minimum_kind", "deductible"): {"deducted"},
    ("minimum_applies_to", "per_function"): {"functions"},
    ("minimum_applies_to", "per_incident"): {"functions"},
    ("minimum_tested", "after_exclusions"): {"pieces"},
    ("exclusion_removes", "time"): {"causes"},
    ("quantise", "ceil_minute_per_episode"): {"minutes"},
    ("month_straddle", "clip_then_test"): {"straddling"},
    ("timezone", "UTC"): {"midnight"},
    ("availability_decimals", 0): {"decimals"},
    ("availability_decimals", 1): {"decimals"},
    ("availability_decimals", 2): {"decimals"},
    ("availability_decimals", 3): {"decimals"},
    ("availability_decimals", 4): set(),
    ("mtbf_event", "outage"): set(),
    ("rounding", "once_on_total"): {"fen"},
    ("claim_opens", "on_the_day"): {"early"},
    ("claim_closes", "corresponding_day"): {"february"},
    ("deadline_rolls", False): {"late"},
    ("version_in_force", "month_end"): set(),
    ("voucher_pays_later_by", "usage_month"): set(),
    ("voucher_pays", "service"): set(),
    ("shared_touches", "at_start"): {"newcomer"},
    ("maintenance_excluded", "actual"): {"announced"},
}
"""Whose decision another reading is sure to change, and that it is the only one where the set is empty."""
DEFAULTS = [(key, values[0]) for key, values in VALUES.items()]


def reading_lines() -> list[Line]:
    lines: list[Line] = []
    for account, incidents in READ.items():
        filed_at, month = FILINGS.get(account, ("06-03 10:00", "2024-04"))
        amounts = ("100.35", "0.10") if account == "fen" else ("1000.00", "300.00")
        lines += [ENROLLED.get(account) or enroll(account), bill(account, *amounts, month=month), *incidents]
        lines += [filed(account, filed_at, month), decide(account, month, decided_at=when("07-20 10:00"))]
    return lines


@pytest.fixture(scope="module")
def read(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose decisions each turn on a doubtful clause, and one that turns on none."""
    path = tmp_path_factory.mktemp("read") / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    tell(path, reading_lines())
    settle(path)
    return path


def toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)


def document(key: str, value: Any) -> str:
    """The shipped document with one reading changed."""
    changed, count = re.subn(rf"(?m)^{key} = \S+", f"{key} = {toml(value)}", SHIPPED)
    assert count == 1, key
    return changed


def plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def outcomes(path: Path) -> dict[str, tuple[str, int | None, int]]:
    """Each account's only decision, from the raw record: outcome, tier, credit in fen."""
    found = {}
    for *_, topic, state in rows(path):
        if topic == "claim.decided":
            record = json.loads(state)["data"]["decision"]
            tier = record["availability"]["tier"] if record["availability"] else None
            found[record["account"]] = (
                record["outcome"],
                tier,
                record["credit"]["total_fen"] if record["credit"] else 0,
            )
    return found


def decided_under(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, int | None, int]]:
    """The same story on a ledger that never had other terms than the given ones."""
    monkeypatch.setattr("ledger.shipped.shipped_agreements", lambda *_: [text])
    with Ledger.create(f"sqlite:///{folder / 'slaledger.db'}") as ledger:
        initialise(ledger, "clerk", lambda: NOW)
    tell(folder / "slaledger.db", reading_lines())
    return outcomes(folder / "slaledger.db")


@pytest.mark.parametrize(
    ("key", "value"),
    [row(f"{key}={plain(value)}", key, value) for key, values in VALUES.items() for value in values],
)
def test_another_reading_decides_as_terms_with_that_reading_do(
    read: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: Any
) -> None:
    status, said = audit(read, "what-if", "--set", f"{key}={plain(value)}")
    assert status == 0, said
    text = document(key, value)
    (tmp_path / "terms.toml").write_text(text)
    assert audit(read, "what-if", "--terms", str(tmp_path / "terms.toml")) == (0, said)
    was, would_be = outcomes(read), decided_under(tmp_path, text, monkeypatch)
    expected = {account: (was[account], new) for account, new in would_be.items() if new != was[account]}
    assert {each["account"]: (told(each["old"]), told(each["new"])) for each in said["changed"]} == expected
    sure = CHANGES.get((key, value), set())
    assert sure <= set(expected)
    assert sure or not expected
    assert "plain" not in expected or key == "minimum_kind"


def told(outcome: Line) -> tuple[str, int | None, int]:
    return outcome["outcome"], outcome["tier"], int(outcome["credit"].replace(".", ""))


def test_every_other_reading_is_in_the_table() -> None:
    held = parse_terms(SHIPPED).readings
    others = {(key, value) for key, values in VALUES.items() for value in values if value != getattr(held, key)}
    assert set(CHANGES) >= others


def test_several_readings_can_be_changed_at_once(read: Path) -> None:
    settings = ("--set", "rounding=once_on_total", "--set", "claim_opens=on_the_day")
    _, said = audit(read, "what-if", *settings)
    assert {each["account"] for each in said["changed"]} == {"fen", "early"}


def test_other_terms_govern_instead(read: Path, tmp_path: Path) -> None:
    """Twice the rate of the mildest tier; owed is what no voucher holds of it, and none was issued."""
    file = tmp_path / "terms.toml"
    file.write_text(amended("2", "2024-01-01", ('service_rate = "14%"', 'service_rate = "28%"')))
    _, said = audit(read, "what-if", "--terms", str(file))
    plainly = next(each for each in said["changed"] if each["account"] == "plain")
    assert (plainly["old"]["credit"], plainly["new"]["credit"]) == ("113.00", "211.00")
    assert (plainly["difference"], plainly["owed"], plainly["overpaid"]) == ("98.00", "211.00", "0.00")
    assert plainly["causes"] == []
    assert {each["old"]["outcome"] for each in said["changed"]} == {"awarded"}


def test_what_if_decides_from_what_each_decision_knew(path: Path) -> None:
    """What came to light later plays no part, and each decision of a claim is asked for itself."""
    late = [GOOD, redecide("1001")]
    end = tell(path, STANDING)
    _, before = audit(path, "what-if", "--set", "minimum_kind=deductible")
    tell(path, late, end)
    _, after = audit(path, "what-if", "--set", "minimum_kind=deductible")
    assert before == after
    tell(path, [{"command": "incident withdraw", "incident": "OWN", **BECAUSE}], end + 10 * MINUTE_US)
    _, still = audit(path, "what-if", "--set", "exclusion_removes=time")
    assert still["changed"] == []


BAD_SETTINGS = [
    row("no such reading", ("--set", "minimum_age=7")),
    row("no value", ("--set", "minimum_kind")),
    row("another reading's value", ("--set", "minimum_kind=exact")),
    row("a word for a truth", ("--set", "minimum_inclusive=yes")),
    row("a number for a truth", ("--set", "deadline_rolls=1")),
    row("a negative number", ("--set", "availability_decimals=-1")),
    row("too many decimals", ("--set", "availability_decimals=13")),
    row("no zone", ("--set", "timezone=Nowhere")),
    row("an empty zone", ("--set", "timezone=")),
    row("a path for a zone", ("--set", "timezone=../../etc/localtime")),
    row("one good and one bad", ("--set", "rounding=once_on_total", "--set", "rounding=never")),
    row("nothing at all", ()),
    row("terms and a setting", ("--terms", "good.toml", "--set", "rounding=once_on_total")),
    row("terms that are not there", ("--terms", "none.toml")),
    row("terms that are no TOML", ("--terms", "broken.toml")),
    row("terms with a gap between the tiers", ("--terms", "gap.toml")),
    row("terms with a reading that there is not", ("--terms", "reading.toml")),
    row("terms that are not UTF-8", ("--terms", "latin.toml")),
    row("a folder", ("--terms", ".")),
]


@pytest.mark.parametrize("words", BAD_SETTINGS)
def test_bad_settings_and_bad_terms_are_refused(
    read: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.toml").write_text(SHIPPED)
    Path("broken.toml").write_text(SHIPPED + "\n[[")
    Path("gap.toml").write_text(SHIPPED.replace('below = "99%"', 'below = "98%"'))
    Path("reading.toml").write_text(SHIPPED.replace('"franchise"', '"franchised"'))
    Path("latin.toml").write_bytes(SHIPPED.encode() + b"# caf\xe9\n")
    status, said = audit(read, "what-if", *words)
    assert status == 2
    assert isinstance(said, str)
    assert said


AUDITS = [
    row("replay", ("replay",)),
    row("what-if --set", ("what-if", "--set", "minimum_kind=deductible")),
    row("what-if --terms", ("what-if", "--terms", "terms.toml")),
    row("completeness", ("completeness",)),
]


@pytest.mark.parametrize("words", AUDITS)
def test_the_store_is_opened_so_that_it_cannot_be_written(
    read: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """The database itself refuses an INSERT through the very connection that is read."""
    monkeypatch.chdir(tmp_path)
    Path("terms.toml").write_text(SHIPPED)
    own = tmp_path / "slaledger.db"
    own.write_bytes(read.read_bytes())
    refused: list[str] = []
    honest = Reader.since if words == ("completeness",) else Reader.accounts_rows

    def writing_too(log: Reader, *given: Any) -> Any:
        statement = "INSERT INTO stored_events VALUES (9999, 'x', 1, 'x', x'00')"
        with pytest.raises(sqlite3.OperationalError) as error:
            log._query(statement)
        refused.append(str(error.value))
        return honest(log, *given)

    monkeypatch.setattr(Reader, honest.__name__, writing_too)
    before = state_of(own)
    audit(own, *words)
    assert refused
    assert all("readonly" in each for each in refused)
    assert state_of(own) == before


@pytest.mark.parametrize("words", AUDITS)
def test_a_file_that_may_only_be_read_is_answered_alike(
    read: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("terms.toml").write_text(SHIPPED)
    own = tmp_path / "slaledger.db"
    own.write_bytes(read.read_bytes())
    status, said = audit(own, *words)
    own.chmod(0o444)
    before = state_of(own)
    again, the_same = audit(own, *words)
    assert again == status
    if "seconds" in said:
        del said["seconds"], the_same["seconds"]
    assert the_same == said
    assert state_of(own) == before


def test_the_demo_is_asked_and_left_as_it_was(shown: tuple[Path, str], tmp_path: Path) -> None:
    own = tmp_path / "slaledger.db"
    own.write_bytes(settle(shown[0] / "slaledger.db"))
    before = state_of(own)
    command_line = CommandLine(tmp_path)
    for words in (("impact",), ("what-if", "--set", "minimum_kind=deductible")):
        assert {"changed", "owed", "overpaid"} <= set(command_line.ok("audit", *words))
    for name, words in {"--set": ("rounding=never",), "--terms": ("none.toml",)}.items():
        assert command_line.refused("audit", "what-if", name, *words, status=2)["code"]
    assert state_of(own) == before


# The switches themselves.


def test_every_reading_of_the_terms_has_a_number_and_values() -> None:
    fields = list(Readings.__struct_fields__)
    assert list(VALUES) == fields
    assert list(NUMBERS) == fields
    for key, kind in get_type_hints(Readings).items():
        assert VALUES[key][0] == getattr(Readings(), key)
        assert len(set(map(plain, VALUES[key]))) == len(VALUES[key]) > 1
        if get_origin(kind) is Literal:
            assert set(VALUES[key]) == set(get_args(kind))
        elif kind is bool:
            assert set(VALUES[key]) == {True, False}


def listed() -> dict[str, tuple[str, list[str]]]:
    """The switches that the readings' table lists: number, and the values as they are written there."""
    file = SHARED / "READINGS.md"
    if not file.is_file():
        pytest.skip("skipped: the agreement's folder is not there")
    found = {}
    for line in file.read_text("utf-8").splitlines():
        numbered = re.match(r"\| (R\d+) \|", line)
        if numbered is None:
            continue
        for part in line.rsplit("|", 2)[1].split("; "):
            assigned = re.search(r"`(\w+)` = (.*)", part)
            if assigned:
                plainly = re.sub(r"\([^)]*\)", "", assigned[2])
                found[assigned[1]] = (numbered[1], [value.strip('"') for value in re.findall(r"`([^`]+)`", plainly)])
    return found


def test_each_switch_has_the_number_and_the_values_of_the_readings_table() -> None:
    """The table may list a reading that no version of the software has yet, and may change which one is the default."""
    found = listed()
    assert {key: found[key][0] for key in NUMBERS} == NUMBERS
    for key in NUMBERS:
        if key in ("timezone", "availability_decimals"):
            assert found[key][1] == [plain(VALUES[key][0])]
        else:
            assert sorted(found[key][1]) == sorted(map(plain, VALUES[key])), key


def test_the_readings_table_is_read_at_all() -> None:
    assert listed()["minimum_applies_to"] == ("R3", ["merged", "per_function", "per_incident"])
