"""Deciding again what was decided: identical on an honest log, and exactly the touched decisions on another."""

from __future__ import annotations

import inspect
import io
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, redirect_stdout
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import click
import msgspec
import pytest
from build import amended, at, row
from conftest import CommandLine

import domain.assessment
import domain.money
import domain.rules.availability
import domain.rules.compensation
import domain.rules.runs
from cli.main import cli
from domain.commands import Command
from domain.refusals import Refusal
from domain.time import HOUR_US, MINUTE_US, rfc3339
from ledger.application import Ledger, Writer
from ledger.commands.execution import carry_out
from ledger.commands.parsing import parse_line

Line = dict[str, Any]
Raw = tuple[int, str, int, str, bytes]
Named = set[tuple[str, str, int]]

NOW = at("2025-03-01 09:00")


def when(text: str) -> str:
    """An instant on Shanghai's clock: `03-03 10:00` in 2024, seconds and another year where there are any."""
    day, _, clock = text.partition(" ")
    return f"{'2024-' if len(day) == 5 else ''}{day}T{clock}{'' if clock.count(':') == 2 else ':00'}+08:00"


def enroll(account: str, region: str = "r1") -> Line:
    return {"command": "account enroll", "account": account, "enrolled_at": when("01-01 00:00"), "region": region}


def outage(incident: str, start: str, end: str, function: str = "inbound_routing", **whom: Any) -> list[Line]:
    """An incident opened and closed, of `account`, `accounts`, `regions` or `all_accounts`."""
    opened = {"command": "incident open", "incident": incident, "function": function, "started_at": when(start)}
    return [opened | whom, {"command": "incident close", "incident": incident, "ended_at": when(end)}]


def bill(account: str, product: str = "1000.00", call: str = "300.00", month: str = "2024-04", **more: Any) -> Line:
    billed = {"command": "fees bill", "bill": f"B-{account}-{month}", "account": account, "first_month": month}
    return billed | {"billed_at": when("05-01 00:00"), "product_fee": product, "call_fee": call} | more


def filed(account: str, filed_at: str = "06-03 10:00", month: str = "2024-04") -> Line:
    return {"command": "claim file", "account": account, "month": month, "filed_at": when(filed_at)}


def decide(account: str, month: str = "2024-04", **more: Any) -> Line:
    return {"command": "claim decide", "account": account, "month": month} | more


def redecide(account: str, month: str = "2024-04", **more: Any) -> Line:
    return {"command": "claim redecide", "account": account, "month": month, "reason": "looked at again"} | more


def command_of(told: Line) -> Command:
    return parse_line(msgspec.json.encode(told))


def tell(path: Path, told: Iterable[Line], now: int = NOW) -> int:
    """Carry out commands in one transaction, a minute apart; a refusal is a mistake. Gives the clock behind them."""
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.writing() as log:
        for line in told:
            now += MINUTE_US
            carry_out(log, command_of(line), "clerk", now)
    return now


def audit(path: Path, *words: str) -> tuple[int, Any]:
    """`slaledger audit …` in this process: its exit status, and the JSON that it printed or why it was refused."""
    said = io.StringIO()
    url = f"sqlite:///{path}"
    try:
        with redirect_stdout(said):
            status = cli.main(
                ["--ledger", url, "--actor", "clerk", "audit", *words, "--format", "json"],
                prog_name="slaledger",
                standalone_mode=False,
            )
    except Refusal as refusal:
        return refusal.status, refusal.message
    except click.ClickException as error:
        return 2, error.format_message()
    return status if isinstance(status, int) else 0, json.loads(said.getvalue())


def rows(path: Path) -> list[Raw]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(
            "SELECT position, originator_id, originator_version, topic, state FROM stored_events ORDER BY position"
        ).fetchall()


def settle(path: Path) -> bytes:
    """A ledger's bytes with nothing left beside the file."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


# An honest log.


class Told:
    """A random history: a few dozen accounts, every kind of fact, decisions in between; what is refused is left out."""

    REGIONS = ("r1", "r2", "r3")
    MONTHS = ("2024-02", "2024-03", "2024-04", "2024-05")

    def __init__(self, log: Writer, seed: int, folder: Path, accounts: int = 36) -> None:
        self.log = log
        self.random = Random(seed)
        self.now = NOW
        self.folder = folder
        self.accounts = [f"{1000 + number}" for number in range(accounts)]
        self.incidents: list[str] = []
        self.bills: list[str] = []
        self.done = 0

    def tell(self, line: Line) -> bool:
        self.now += MINUTE_US
        try:
            carry_out(self.log, command_of(line), "clerk", self.now)
        except Refusal as refusal:
            assert refusal.status in (1, 2), refusal.code
            return False
        self.done += 1
        return True

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def instant(self) -> str:
        """From January to June, often about the edges of months."""
        month, day = self.random.randint(1, 6), self.pick(1, 1, 3, 10, 15, 28)
        return when(f"{month:02d}-{day:02d} {self.pick('00:00', '10:00', '23:58')}")

    def begin(self) -> None:
        """Accounts with bills and an outage or two, shared incidents among them, and claims in and out of time."""
        for account in self.accounts:
            beta = {"stage": "public_beta"} if self.random.random() < 0.15 else {}
            self.tell(enroll(account, self.pick(*self.REGIONS)) | beta)
            self.tell(bill(account, f"{self.random.randint(300, 9000)}.25", "100.10", "2024-02", months=4))
            self.bills.append(f"B-{account}-2024-02")
        for _ in range(40):
            self.open_incident()
        for account in self.accounts:
            for month in self.MONTHS:
                if self.random.random() < 0.6:
                    following = int(month[5:]) + 1
                    days = (f"{following:02d}-02 10:00", f"{following:02d}-15 10:00", f"{following + 1:02d}-12 10:00")
                    self.tell(filed(account, self.pick(*days, days[1], "07-20 10:00"), month))

    def open_incident(self) -> None:
        name = f"I{len(self.incidents)}"
        whom: Line = self.pick(
            *({"account": self.pick(*self.accounts)} for _ in range(9)),
            {"accounts": self.random.sample(self.accounts, 5)},
            {"regions": self.random.sample(self.REGIONS, 2)},
            {"all_accounts": True},
        )
        day = f"{self.random.randint(2, 5):02d}-{self.random.randint(1, 28):02d}"
        end = self.pick("10:01:59", "10:02", "11:26:24", "12:00", "18:00", "23:00")
        function = self.pick("inbound_routing", "agent_calls", "agent_sign_in")
        opened, closed = outage(name, f"{day} 10:00", f"{day} {end}", function, **whom)
        if self.tell(opened):
            self.incidents.append(name)
            if self.random.random() < 0.95:
                self.tell(closed)

    def step(self, *, moves: bool = False) -> None:
        """One more command of any kind; with `moves`, accounts are found to belong to other regions too."""
        account, month = self.pick(*self.accounts), self.pick(*self.MONTHS)
        kind = self.pick(*("decide",) * 6, *("fact",) * 5, *("redecide",) * 3, "money", "money", "dispute")
        if kind == "decide":
            backdated = {"decided_at": when(self.pick("06-05 12:00", "07-21 12:00"))} if self.pick(0, 1) else {}
            self.tell(decide(account, month) | backdated)
        elif kind == "redecide":
            self.tell(redecide(account, month))
        elif kind == "dispute":
            dispute = {"command": "claim dispute", "account": account, "month": month, "grounds": "not so"}
            self.tell(dispute | {"disputed_at": when("08-01 10:00")})
        elif kind == "money":
            self.money(account, month)
        else:
            self.fact(account, moves)

    def money(self, account: str, month: str) -> None:
        today = rfc3339(self.now, "Asia/Shanghai")
        self.tell({"command": "voucher issue", "account": account, "month": month, "issued_at": today})
        later = bill(account, "800.00", "200.00", self.pick("2024-05", "2024-06")) | {"billed_at": today}
        self.tell(later)
        redeemed = {"command": "voucher redeem", "voucher": f"V-{account}-{month}-1", "account": account}
        self.tell(redeemed | {"bill": later["bill"], "part": "service", "amount": "1.00", "redeemed_at": today})

    def fact(self, account: str, moves: bool) -> None:
        """A late fact: an incident, an exclusion, a bill or an account turn out otherwise."""
        incident, known_bill = self.pick(*self.incidents), self.pick(*self.bills)
        because = {"reason": "late evidence"}
        corrected: Line = {"covered_in_beta": True} if not moves else {"region": self.pick(*self.REGIONS)}
        lines: list[Line] = [
            {"command": "incident correct", "incident": incident, "ended_at": self.instant(), **because},
            {"command": "incident correct", "incident": incident, "started_at": self.instant(), **because},
            {"command": "incident withdraw", "incident": incident, **because},
            {"command": "exclusion apply", "incident": incident, "clause": "2.3(1)"},
            {"command": "exclusion apply", "incident": incident, "clause": "2.3(6)", "to": self.instant()},
            {"command": "exclusion withdraw", "incident": incident, "exclusion": 1, **because},
            {
                "command": "fees correct",
                "bill": known_bill,
                "product_fee": f"{self.random.randint(200, 900)}.50",
                **because,
            },
            {"command": "fees void", "bill": known_bill, **because},
            {"command": "account correct", "account": account, **corrected, **because},
            {"command": "account restage", "account": account, "stage": "general", "changed_at": self.instant()},
            {"command": "account close", "account": account, "closed_at": when("05-20 00:00")},
        ]
        if self.random.random() < 0.2:
            self.open_incident()
        else:
            self.tell(self.pick(*lines))

    def amend_terms(self) -> None:
        changed = ('service_rate = "14%"', 'service_rate = "15%"'), ('"before_exclusions"', '"after_exclusions"')
        document = amended("2024-04-01", "2024-04-01", *changed)
        assert self.tell({"command": "terms publish", "document": document, "noticed_at": when("02-01 00:00")})

    def replace_calendar(self) -> None:
        days = self.folder / "2024.csv"
        days.write_text("2024-01-01,holiday,New Year\n2024-04-04,holiday,Qingming\n2024-05-01,holiday,May Day\n")
        replaced = {"command": "calendar publish", "year": 2024, "file": str(days), "source": "a notice"}
        assert self.tell(replaced | {"reason": "replaced"})


def generate(path: Path, seed: int, *, moves: bool = False) -> int:
    """Tell a random history on a ledger; gives the clock behind it."""
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.writing() as log:
        told = Told(log, seed, path.parent)
        told.begin()
        for change in (told.amend_terms, told.replace_calendar, lambda: None):
            for _ in range(150):
                told.step(moves=moves)
            change()
        return told.now


SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def generated(request: pytest.FixtureRequest, blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a random history."""
    path = tmp_path_factory.mktemp("generated") / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    generate(path, request.param)
    return path


def decided(path: Path) -> list[tuple[str, str, int]]:
    """Every recorded decision: account, month, number; from the raw rows."""
    found = [
        (stream.partition("/")[0], json.loads(state)["data"]["month"], json.loads(state)["data"]["decision"]["number"])
        for _, stream, _, topic, state in rows(path)
        if topic == "claim.decided"
    ]
    return sorted(found)


def test_the_demos_decisions_replay_identically(shown: tuple[Path, str]) -> None:
    command_line = CommandLine(shown[0])
    said = command_line.ok("audit", "replay")
    recorded = decided(command_line.ledger)
    assert len(recorded) > 15
    assert (said["decisions"], said["identical"], said["different"]) == (len(recorded), len(recorded), [])


def test_a_generated_ledgers_decisions_replay_identically(generated: Path) -> None:
    recorded = decided(generated)
    status, said = audit(generated, "replay")
    assert (status, said["different"]) == (0, [])
    assert said["decisions"] == said["identical"] == len(recorded) > 40


def test_a_generated_ledger_has_all_that_it_is_to_have(generated: Path) -> None:
    made = [json.loads(state) for *_, topic, state in rows(generated) if topic == "claim.decided"]
    records = [each["data"]["decision"] for each in made]
    assert {"awarded", "too_early", "too_late"} <= {record["outcome"] for record in records}
    assert max(record["number"] for record in records) > 1
    assert {record["terms"]["version"] for record in records} == {"2018-08-01", "2024-04-01"}
    assert len({record["calendar"]["sha256"] for record in records}) > 1
    assert any(record["decided_at"] < each["recorded_at"] for each, record in zip(made, records, strict=True))
    assert any(
        len(found["incidents"]) > 1
        for record in records
        for found in (record["availability"] or {}).get("episodes", ())
    )


def test_replay_says_what_the_interface_promises(generated: Path) -> None:
    _, said = audit(generated, "replay")
    assert {"decisions", "identical", "different", "events", "seconds"} <= set(said)
    assert said["events"] == sum(not stream.startswith("~") for _, stream, *_ in rows(generated))
    assert isinstance(said["seconds"], int)


def test_replay_can_be_limited_to_an_account_and_a_month(generated: Path) -> None:
    recorded = decided(generated)
    account, month, _ = max(recorded, key=lambda each: each[2])

    def count(*words: str) -> int:
        status, said = audit(generated, "replay", *words)
        assert (status, said["decisions"]) == (0, said["identical"])
        return int(said["decisions"])

    assert count(account) == sum(each[0] == account for each in recorded)
    assert count("--month", month) == sum(each[1] == month for each in recorded)
    assert count(account, "--month", month) == sum(each[:2] == (account, month) for each in recorded) > 1
    assert count("--month", "2023-01") == 0


REFUSED = [
    row("an account that never was", ("9",), 1),
    row("no month", ("1000", "--month", "2024-13"), 2),
    row("two accounts", ("1000", "1001"), 2),
]


@pytest.mark.parametrize(("words", "status"), REFUSED)
def test_replay_refuses_what_it_cannot_look_for(generated: Path, words: tuple[str, ...], status: int) -> None:
    assert audit(generated, "replay", *words)[0] == status


def test_what_is_found_later_does_not_disturb_replay(blank: Path, tmp_path: Path) -> None:
    path = tmp_path / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    generate(path, 7)
    recorded = decided(path)
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.writing() as log:
        late = Told(log, 8, tmp_path)
        late.now += 9000 * HOUR_US
        late.incidents = [f"I{number}" for number in range(40)]
        late.bills = [f"B-{account}-2024-02" for account in late.accounts]
        for _ in range(200):
            late.fact(late.pick(*late.accounts), False)
        assert late.done > 60
    status, said = audit(path, "replay")
    assert (status, said["decisions"], said["different"]) == (0, len(recorded), [])


def test_an_account_that_moves_to_another_region_later_does_not_disturb_replay(blank: Path, tmp_path: Path) -> None:
    """Then it was hit by its former region's incident, and not by that of the region which it is in now."""
    path = tmp_path / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    tell(
        path,
        [
            enroll("1001", "r1"),
            bill("1001"),
            *outage("FORMER", "04-03 10:00", "04-03 16:00", regions=["r1"]),
            *outage("PRESENT", "04-05 10:00", "04-05 17:00", regions=["r2"]),
            filed("1001"),
            decide("1001"),
            {"command": "account correct", "account": "1001", "region": "r2", "reason": "taken over wrongly"},
        ],
    )
    assert audit(path, "replay")[1]["different"] == []


# A log that somebody changed.

ACCOUNTS = ("1001", "1002", "1003")
SHARED_OF = {"1001": {"ALL", "EAST", "NAMED"}, "1002": {"ALL", "WEST", "NAMED"}, "1003": {"ALL"}}
STORY: list[Line] = [
    enroll("1001", "east"),
    enroll("1002", "west"),
    enroll("1003", "south"),
    *(bill(account, month=month) for account in ACCOUNTS for month in ("2024-03", "2024-04")),
    bill("1003", month="2024-12"),
    *outage("OWN", "04-03 10:00", "04-03 16:00", account="1001"),
    *outage("OTHERS", "04-04 10:00", "04-04 16:00", account="1002"),
    *outage("MARCH", "03-04 10:00", "03-04 16:00", account="1003"),
    *outage("WINTER", "12-04 10:00", "12-04 16:00", account="1003"),
    *outage("ALL", "04-05 10:00", "04-05 11:00", "agent_calls", all_accounts=True),
    *outage("EAST", "04-06 10:00", "04-06 11:00", "agent_sign_in", regions=["east"]),
    *outage("WEST", "04-07 10:00", "04-07 11:00", "agent_sign_in", regions=["west"]),
    *outage("NAMED", "04-08 10:00", "04-08 11:00", "agent_sign_in", accounts=["1001", "1002"]),
    {"command": "exclusion apply", "incident": "OWN", "clause": "2.3(1)", "to": when("04-03 10:10")},
    *(filed(account) for account in ACCOUNTS),
    filed("1003", "04-12 10:00", "2024-03"),
    filed("1003", "2025-01-20 10:00", "2024-12"),
    *(decide(account) for account in ACCOUNTS),
    {"command": "incident correct", "incident": "ALL", "ended_at": when("04-05 12:00"), "reason": "the log"},
    redecide("1001"),
    decide("1003", "2024-03"),
    {"command": "voucher issue", "account": "1002", "month": "2024-04"},
    decide("1003", "2024-12", decided_at=when("2025-01-31 10:00")),
    {"command": "fees correct", "bill": "B-1002-2024-04", "product_fee": "900.00", "reason": "credited"},
    redecide("1002"),
    {
        "command": "claim dispute",
        "account": "1001",
        "month": "2024-04",
        "disputed_at": when("12-01 10:00"),
        "grounds": "g",
    },
]


@pytest.fixture(scope="module")
def story(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Three accounts with seven decisions, some resting on what is shared."""
    path = tmp_path_factory.mktemp("story") / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    tell(path, STORY)
    return settle(path)


@pytest.fixture
def told(story: bytes, tmp_path: Path) -> Path:
    """That story on a ledger of one's own."""
    path = tmp_path / "slaledger.db"
    path.write_bytes(story)
    return path


class Tampered:
    """A ledger's file in the hands of somebody who knows SQL: no trigger stands in the way."""

    def __init__(self, path: Path) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None)
        for (name,) in self.raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self.raw.execute(f"DROP TRIGGER {name}")

    def __enter__(self) -> Tampered:
        return self

    def __exit__(self, *_: object) -> None:
        self.raw.close()

    def run(self, statement: str, *values: object) -> int:
        return self.raw.execute(statement, values).rowcount

    def edit(self, stream: str, version: int, old: bytes, new: bytes) -> None:
        """Replace bytes of a state; that they are not there is a mistake of the test."""
        which = (stream, version)
        where = "WHERE originator_id = ? AND originator_version = ?"
        (state,) = self.raw.execute(f"SELECT state FROM stored_events {where}", which).fetchone()
        assert state.count(old) >= 1, (old, state)
        head, _, rest = state.rpartition(old)
        self.run(f"UPDATE stored_events SET state = ? {where}", head + new + rest, *which)

    def insert_at(self, position: int, stream: str, version: int, topic: str, state: bytes) -> None:
        """Put a row before the one at a position; what follows moves up."""
        self.run("UPDATE stored_events SET position = position + 1000001 WHERE position >= ?", position)
        self.run("UPDATE stored_events SET position = position - 1000000 WHERE position > 1000000")
        self.run("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", position, stream, version, topic, state)


def named(said: Any) -> Named:
    return {(each["account"], each["month"], each["number"]) for each in said["different"]}


def records(log: Sequence[Raw]) -> dict[tuple[str, str, int], tuple[Raw, Any]]:
    """Each decision with its row and its record."""
    found = {}
    for each in log:
        if each[3] == "claim.decided":
            record = json.loads(each[4])["data"]["decision"]
            found[each[1].partition("/")[0], record["month"], record["number"]] = (each, record)
    return found


def resting_on(changed: Raw, log: Sequence[Raw]) -> Named:
    """The decisions that knew a row: it is the account's, or shared with it, and the decision came after it."""
    position, stream = changed[:2]
    return {
        decision
        for decision, (_, record) in records(log).items()
        if position <= record["facts"]["position"]
        and (
            stream.startswith((f"{decision[0]}/", "~/terms/"))
            or stream in {f"~/calendar/CN-{year}" for year in record["calendar"]["years"]}
            or stream in {f"~/incident/{name}" for name in SHARED_OF[decision[0]]}
        )
    }


def naming(position: int, log: Sequence[Raw]) -> Named:
    """The decisions that name a position as the last of the log that they knew."""
    return {decision for decision, (_, record) in records(log).items() if record["facts"]["position"] == position}


def test_the_story_replays_as_it_was_told(told: Path) -> None:
    status, said = audit(told, "replay")
    assert (status, said["decisions"], said["different"]) == (0, 7, [])
    years = {decision: record["calendar"]["years"] for decision, (_, record) in records(rows(told)).items()}
    assert years == {decision: [2024] for decision in EVERY} | {WINTER: [2025]}


def test_one_byte_of_any_event_is_seen_by_exactly_the_decisions_that_knew_it(told: Path) -> None:
    """The byte changes nobody's amount: the actor's name. Decisions are bound to what was stored, not to its sense."""
    log = rows(told)
    untouched = touched = 0
    with Tampered(told) as tampered:
        for each in log:
            position, state = each[0], each[4]
            edited = state.replace(b'"actor":"clerk"', b'"actor":"clerj"', 1)
            assert edited != state
            tampered.run("UPDATE stored_events SET state = ? WHERE position = ?", edited, position)
            status, said = audit(told, "replay")
            tampered.run("UPDATE stored_events SET state = ? WHERE position = ?", state, position)
            expected = resting_on(each, log)
            assert (status, named(said)) == (3 if expected else 0, expected), each
            for found in said["different"]:
                _, record = records(log)[found["account"], found["month"], found["number"]]
                assert (found["path"], found["recorded"]) == ("$.facts.sha256", record["facts"]["sha256"])
                assert found["replayed"] != found["recorded"]
            touched += bool(expected)
            untouched += not expected
    assert touched > 30
    assert untouched > 10
    assert audit(told, "replay")[0] == 0


def test_one_byte_of_the_demos_events_is_seen(shown: tuple[Path, str], tmp_path: Path) -> None:
    """Of an account's own events: each decision of it that came later, and no other account's."""
    path = tmp_path / "slaledger.db"
    path.write_bytes(settle(shown[0] / "slaledger.db"))
    log = rows(path)
    own = [each for each in log if not each[1].startswith("~")]
    with Tampered(path) as tampered:
        for each in own[::7]:
            position, stream, _, _, state = each
            edited = state.replace(b'"actor":"clerk"', b'"actor":"clerj"', 1)
            tampered.run("UPDATE stored_events SET state = ? WHERE position = ?", edited, position)
            _, said = audit(path, "replay")
            tampered.run("UPDATE stored_events SET state = ? WHERE position = ?", state, position)
            account = stream.partition("/")[0]
            later = {
                decision
                for decision, (_, record) in records(log).items()
                if decision[0] == account and position <= record["facts"]["position"]
            }
            assert named(said) == later, each


EVERY = {("1001", "2024-04", 1), ("1001", "2024-04", 2), ("1002", "2024-04", 1), ("1002", "2024-04", 2)} | {
    ("1003", "2024-04", 1),
    ("1003", "2024-03", 1),
    ("1003", "2024-12", 1),
}
OF_1003 = {each for each in EVERY if each[0] == "1003"}
FIRST_AND_SECOND = {("1001", "2024-04", 1), ("1001", "2024-04", 2)}
WINTER = ("1003", "2024-12", 1)
EDITS = [
    row("a fee", "1001/bill/B-1001-2024-04", 1, b":100000", b":200000", FIRST_AND_SECOND, "$.facts.sha256"),
    row(
        "a correction of a fee",
        "1002/bill/B-1002-2024-04",
        2,
        b":90000",
        b":90001",
        {("1002", "2024-04", 2)},
        "$.facts.sha256",
    ),
    row(
        "an incident's end, which leaves nothing to claim",
        "1003/incident/MARCH",
        2,
        str(at("2024-03-04 16:00")).encode(),
        str(at("2024-03-04 10:01")).encode(),
        OF_1003,
        dict.fromkeys(OF_1003, "$.facts.sha256") | {("1003", "2024-03", 1): "$.outcome"},
    ),
    row(
        "a shared incident's end, as it was corrected",
        "~/incident/ALL",
        3,
        str(at("2024-04-05 12:00")).encode(),
        str(at("2024-04-05 12:01")).encode(),
        {("1001", "2024-04", 2), ("1002", "2024-04", 2), ("1003", "2024-03", 1), WINTER},
        "$.facts.sha256",
    ),
    row(
        "a day of a calendar", "~/calendar/CN-2024", 1, b"2024-05-02", b"2024-05-09", EVERY - {WINTER}, "$.facts.sha256"
    ),
    row("a day of the next year", "~/calendar/CN-2025", 1, b"2025-10-02", b"2025-10-09", {WINTER}, "$.facts.sha256"),
    row("a year that nobody needed", "~/calendar/CN-2023", 1, b"2023-05-02", b"2023-05-09", set(), ""),
    row("the terms' rate", "~/terms/aliyun-ccc", 1, b'service_rate = \\"14%', b'service_rate = \\"13%', EVERY, ""),
    row(
        "when a claim was filed",
        "1003/claim/2024-12",
        1,
        str(at("2025-01-20 10:00")).encode(),
        str(at("2025-01-20 10:01")).encode(),
        OF_1003,
        dict.fromkeys(OF_1003, "$.facts.sha256") | {WINTER: "$.filed_at"},
    ),
    row(
        "a voucher that a decision came after",
        "1002/voucher/V-1002-2024-04-1",
        1,
        b"clerk",
        b"clerj",
        {("1002", "2024-04", 2)},
        "",
    ),
]


@pytest.mark.parametrize(("stream", "version", "old", "new", "expected", "path"), EDITS)
def test_an_edited_event_is_named_by_what_rested_on_it(
    told: Path, stream: str, version: int, old: bytes, new: bytes, expected: Named, path: str | dict[Any, str]
) -> None:
    log = rows(told)
    with Tampered(told) as tampered:
        tampered.edit(stream, version, old, new)
    status, said = audit(told, "replay")
    assert (status, named(said)) == (3 if expected else 0, expected)
    assert said["identical"] == 7 - len(expected)
    for found in said["different"]:
        decision = (found["account"], found["month"], found["number"])
        wanted = path[decision] if isinstance(path, dict) else path
        assert not wanted or found["path"] == wanted
        assert found["recorded"] != found["replayed"]
        assert found["recorded"] == at_path(records(log)[decision][1], found["path"])


def at_path(value: Any, path: str) -> Any:
    """What stands at a path such as `$.facts.sha256`."""
    for name in path.removeprefix("$").replace("[", ".").replace("]", "").split(".")[1:]:
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


RECORD_EDITS = [
    row("its number", b'"number":1', b'"number":7', "$.number", 7, 1),
    row("its outcome", b'"outcome":"awarded"', b'"outcome":"too_late"', "$.outcome", "too_late", "awarded"),
    row("its month", b'"month":"2024-03"', b'"month":"2024-04"', None, None, None),
    row("its account", b'"account":"1003"', b'"account":"1002"', "$.account", "1002", "1003"),
    row("the position that it knew", b'"position":', b'"position":1', None, None, None),
    row("how many events it knew", b'"count":', b'"count":1', "$.facts.count", None, None),
    row("whether a step was reached", b'"long_enough":true', b'"long_enough":false', None, False, True),
    row("the credit", b'"total_fen":', b'"total_fen":1', "$.credit.total_fen", None, None),
    row(
        "the terms", b'"version":"2018-08-01"', b'"version":"2018-08-02"', "$.terms.version", "2018-08-02", "2018-08-01"
    ),
    row(
        "a reading", b'"deadline_rolls":true', b'"deadline_rolls":false', "$.terms.readings.deadline_rolls", False, True
    ),
    row("the calendar", b'"years":[2024]', b'"years":[2023]', None, None, None),
    row("white space only", b'"outcome":"awarded"', b'"outcome": "awarded"', None, None, None),
]


@pytest.mark.parametrize(("old", "new", "path", "recorded", "replayed"), RECORD_EDITS)
def test_an_edited_record_is_named(
    told: Path, old: bytes, new: bytes, path: str | None, recorded: object, replayed: object
) -> None:
    decision_row, _ = records(rows(told))["1003", "2024-03", 1]
    head, _, record = decision_row[4].partition(b'"decision":')
    assert old in record
    edited = head + b'"decision":' + record.replace(old, new, 1)
    with Tampered(told) as tampered:
        tampered.run("UPDATE stored_events SET state = ? WHERE position = ?", edited, decision_row[0])
    status, said = audit(told, "replay")
    assert status == 3
    found = {each["position"]: each for each in said["different"]}
    later = records(rows(told))["1003", "2024-12", 1][0][0]
    assert set(found) == {decision_row[0], later}
    first = found[decision_row[0]]
    if path is not None:
        assert first["path"] == path
    if recorded is not None:
        assert (first["recorded"], first["replayed"]) == (recorded, replayed)


def test_the_position_that_a_record_names_is_the_logs_at_that_time(told: Path) -> None:
    """One less, where that event was somebody else's, leaves count and hash alike."""
    log = rows(told)
    decision_row, record = records(log)["1002", "2024-04", 1]
    position = record["facts"]["position"]
    assert log[position - 1][1].startswith("1001/")
    old, new = f'"position":{position}'.encode(), f'"position":{position - 1}'.encode()
    with Tampered(told) as tampered:
        tampered.edit(decision_row[1], decision_row[2], old, new)
    status, said = audit(told, "replay")
    assert status == 3
    assert ("1002", "2024-04", 1) in named(said)


UNREADABLE = [
    row("an event", "1003/incident/MARCH", 2, b'"ended_at":', b'"ended-at":'),
    row("an event that is no JSON", "1003/incident/MARCH", 2, b"}}", b"}]"),
    row("a record's outcome", "1003/claim/2024-03", 2, b'"outcome":"awarded"', b'"outcome":"awardee"'),
    row("a record's shape", "1003/claim/2024-03", 2, b'"filed_at":', b'"filed-at":'),
    row("a record's format", "1003/claim/2024-03", 2, b'"format":3', b'"format":2'),
    row("a calendar's day", "~/calendar/CN-2024", 1, b"2024-05-02", b"2024-15-02"),
    row("the terms document", "~/terms/aliyun-ccc", 1, b"schema = 1", b"schema = 2"),
]


@pytest.mark.parametrize("words", [(), ("1003",), ("1003", "--month", "2024-12")], ids=["all", "account", "month"])
@pytest.mark.parametrize(("stream", "version", "old", "new"), UNREADABLE)
def test_what_cannot_be_read_any_more_is_damage_or_a_difference(
    told: Path, stream: str, version: int, old: bytes, new: bytes, words: tuple[str, ...]
) -> None:
    with Tampered(told) as tampered:
        tampered.edit(stream, version, old, new)
    status, said = audit(told, "replay", *words)
    assert status in (3, 4), said
    if status == 4:
        position = next(each[0] for each in rows(told) if each[1:3] == (stream, version))
        assert f"position {position}:" in said
    assert words or status == 4 or ("1003", "2024-03", 1) in named(said)


def test_an_event_whose_topic_was_edited_is_never_skipped(told: Path) -> None:
    """Where a decision knew it, or it is a decision."""
    skipped = []
    with Tampered(told) as tampered:
        for each in (log := rows(told)):
            topic = each[3][:-1] + "x"
            tampered.run("UPDATE stored_events SET topic = ? WHERE position = ?", topic, each[0])
            status, _ = audit(told, "replay")
            tampered.run("UPDATE stored_events SET topic = ? WHERE position = ?", each[3], each[0])
            if status != 4 and (resting_on(each, log) or each[3] == "claim.decided"):
                skipped.append((status, *each[:2], each[3]))
    assert skipped == []


def test_any_deleted_event_is_missed_by_the_decisions_that_knew_it(told: Path) -> None:
    """Where what follows makes no sense without it, the log is damaged, and that is said."""
    log = rows(told)
    wrong: list[tuple[int, str, str, Any]] = []
    with Tampered(told) as tampered:
        for each in log:
            expected = resting_on(each, log) | naming(each[0], log)
            tampered.run("DELETE FROM stored_events WHERE position = ?", each[0])
            status, said = audit(told, "replay")
            tampered.run("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", *each)
            fits = (
                status == 4 and bool(expected)
                if status == 4
                else (status, named(said)) == (3 if expected else 0, expected)
            )
            if not fits and each[3] != "account.enrolled":
                wrong.append((*each[:2], each[3], said))
    assert wrong == []
    assert audit(told, "replay")[0] == 0


def test_an_account_whose_enrolment_was_deleted_is_not_left_out(told: Path) -> None:
    """Its decisions still stand in the log, and rest on an enrolment that is not there."""
    with Tampered(told) as tampered:
        assert tampered.run("DELETE FROM stored_events WHERE originator_id = '1001/account'") == 1
    status, said = audit(told, "replay")
    assert status in (3, 4), said
    assert status == 4 or named(said) >= FIRST_AND_SECOND


ADDED = b'{"recorded_at":1740790860000000,"actor":"clerk","data":{"bill":"B-1001-2024-04","call_fee_fen":1}}'


def test_an_event_put_in_between_is_named_by_what_came_after_it(told: Path) -> None:
    log = rows(told)
    last = next(each for each in log if each[1] == "1001/bill/B-1001-2024-04")
    with Tampered(told) as tampered:
        tampered.insert_at(last[0] + 1, "1001/bill/B-1001-2024-04", 2, "fees.corrected", ADDED)
    status, said = audit(told, "replay", "1001")
    assert (status, named(said)) == (3, FIRST_AND_SECOND)


def test_an_event_added_at_the_end_is_nothing_that_a_decision_knew(told: Path) -> None:
    end = rows(told)[-1][0] + 1
    with Tampered(told) as tampered:
        tampered.run(
            "INSERT INTO stored_events VALUES (?, '1001/bill/B-1001-2024-04', 2, 'fees.corrected', ?)", end, ADDED
        )
    assert audit(told, "replay")[0] == 0


def test_an_event_moved_to_another_account_is_missed_and_found(told: Path) -> None:
    with Tampered(told) as tampered:
        moved = "UPDATE stored_events SET originator_id = '1002/incident/OWN' WHERE originator_id = '1001/incident/OWN'"
        assert tampered.run(moved) == 3
    status, said = audit(told, "replay")
    assert status == 3
    assert named(said) == {each for each in EVERY if each[0] in ("1001", "1002")}


def test_two_events_that_changed_places_are_named_by_what_knew_them(told: Path) -> None:
    log = rows(told)
    one, other = (next(each for each in log if each[1] == f"1001/bill/B-1001-2024-0{month}") for month in (3, 4))
    with Tampered(told) as tampered:
        swap = "UPDATE stored_events SET position = ? WHERE position = ?"
        for new, old in ((1_000_000, one[0]), (one[0], other[0]), (other[0], 1_000_000)):
            tampered.run(swap, new, old)
    status, said = audit(told, "replay")
    assert (status, named(said)) == (3, FIRST_AND_SECOND)


def test_the_command_line_says_where_a_decision_differs_and_exits_3(told: Path) -> None:
    with Tampered(told) as tampered:
        tampered.edit("1003/claim/2024-03", 2, b'"outcome":"awarded"', b'"outcome":"too_late"')
    done = CommandLine(told.parent).run("audit", "replay", "--month", "2024-03", "--format", "table")
    assert done.returncode == 3
    assert "1003 2024-03 decision 1" in done.stdout
    assert "$.outcome" in done.stdout
    assert "too_late" in done.stdout
    assert "awarded" in done.stdout


# Rules that somebody changed.

SIX_HOURS = ("04-09 10:00", "04-09 16:00")
BOUNDARY: dict[str, list[Line]] = {
    "99.8": [*outage("A", "04-09 10:00", "04-09 11:26:24", account="99.8")],
    "99": [*outage("B", "04-09 10:00", "04-09 17:12", account="99")],
    "half-fen": [*outage("C", *SIX_HOURS, account="half-fen")],
    "two-minutes": [
        *outage("D", *SIX_HOURS, account="two-minutes"),
        *outage("E", "04-10 10:00", "04-10 10:02", account="two-minutes"),
    ],
    "opens": [*outage("F", *SIX_HOURS, account="opens")],
    "closes": [*outage("G", *SIX_HOURS, account="closes")],
    "plain": [*outage("H", *SIX_HOURS, account="plain")],
}
FILED = {"opens": "05-11 00:00", "closes": "07-02 00:00"}


@pytest.fixture(scope="module")
def boundary(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An account on each boundary of the rules, and one on none; every claim is decided."""
    path = tmp_path_factory.mktemp("boundary") / "slaledger.db"
    path.write_bytes(blank.read_bytes())
    lines: list[Line] = []
    for account, incidents in BOUNDARY.items():
        product = "100.25" if account == "half-fen" else "1000.00"
        call = "0.00" if account == "half-fen" else "300.00"
        lines += [enroll(account), bill(account, product, call), *incidents]
        lines += [filed(account, FILED.get(account, "06-03 10:00")), decide(account)]
    tell(path, lines)
    return path


def change_rule(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, old: str, new: str, *users: ModuleType
) -> None:
    """Replace a piece of a rule's source, as if its file had been edited, in its module and where it is imported."""
    rule: Callable[..., object] = getattr(module, name)
    source = inspect.getsource(rule)
    assert source.count(old) == 1, f"{name} has no {old!r}"
    namespace = dict(vars(module))
    exec(compile(source.replace(old, new), f"changed {name}", "exec"), namespace)
    for user in (module, *users):
        monkeypatch.setattr(user, name, namespace[name])


AVAILABILITY, ASSESSMENT, WINDOW = domain.rules.availability, domain.assessment, domain.rules.claim_window
CHANGES = [
    row(
        "a tier's upper bound belongs to it",
        (AVAILABILITY, "tier_of", "value < tier.below", "value <= tier.below", ASSESSMENT),
        ("99.8", "$.availability.tier", None, 1),
    ),
    row(
        "a tier's lower bound does not",
        (AVAILABILITY, "tier_of", "value >= tier.at_least", "value > tier.at_least", ASSESSMENT),
        ("99", "$.outcome", "awarded", "commitment_met"),
    ),
    row(
        "the commitment must be exceeded",
        (AVAILABILITY, "meets_commitment", ">=", ">", ASSESSMENT),
        ("99.8", "$.availability.meets_commitment", True, False),
    ),
    row(
        "half a fen is dropped",
        (
            domain.money,
            "half_up",
            "+ denominator)",
            "+ denominator - 1)",
            domain.rules.compensation,
        ),
        ("half-fen", "$.credit.service.amount_fen", 1404, 1403),
    ),
    row(
        "two minutes are too short",
        (domain.rules.runs, "_run", ">= minimum_us", "> minimum_us"),
        ("two-minutes", "$.availability.unavailable_us", 21_720_000_000, 21_600_000_000),
    ),
    row(
        "the window opens an instant later",
        (WINDOW, "timing_of", "filed_at < window.opens_at", "filed_at <= window.opens_at", ASSESSMENT),
        ("opens", "$.outcome", "awarded", "too_early"),
    ),
    row(
        "the window closes an instant later",
        (WINDOW, "timing_of", "filed_at >= window.closes_at", "filed_at > window.closes_at", ASSESSMENT),
        ("closes", "$.outcome", "too_late", "awarded"),
    ),
]


def test_the_boundaries_replay_under_the_rules_as_they_are(boundary: Path) -> None:
    status, said = audit(boundary, "replay")
    assert (status, said["decisions"], said["identical"]) == (0, len(BOUNDARY), len(BOUNDARY))


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_changed_rule_is_named_by_the_decision_on_its_boundary(
    boundary: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[Any, ...],
    expected: tuple[str, str, object, object],
) -> None:
    change_rule(monkeypatch, *change)
    status, said = audit(boundary, "replay")
    assert status == 3
    found = [(each["account"], each["path"], each["recorded"], each["replayed"]) for each in said["different"]]
    assert found == [expected]
    assert said["different"][0]["month"] == "2024-04"
    assert said["different"][0]["number"] == 1
