"""The stored log as a stranger meets it: rows of a SQLite file, read and hashed here without any of our code."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from stores import Raw, SqliteFile, Store, sqlite_only

from ledger.application import Ledger

FEES = {"months": 1, "product_fee": "1000.00", "call_fee": "300.00"}
STORY: list[dict[str, Any]] = [
    {
        "command": "account enroll",
        "account": "1001",
        "enrolled_at": "2020-01-01T00:00:00+08:00",
        "region": "cn-hangzhou",
    },
    {
        "command": "account enroll",
        "account": "1002",
        "enrolled_at": "2020-01-01T00:00:00+08:00",
        "region": "cn-beijing",
    },
    {"command": "account enroll", "account": "10010", "enrolled_at": "2020-01-01T00:00:00+08:00"},
    {
        "command": "incident open",
        "incident": "OWN",
        "account": "1001",
        "function": "inbound_routing",
        "started_at": "2023-03-03T10:00:00+08:00",
    },
    {"command": "incident close", "incident": "OWN", "ended_at": "2023-03-03T16:00:00+08:00"},
    {
        "command": "incident open",
        "incident": "OTHER",
        "account": "1002",
        "function": "inbound_routing",
        "started_at": "2023-03-03T10:00:00+08:00",
    },
    {
        "command": "incident open",
        "incident": "HANGZHOU",
        "regions": ["cn-hangzhou", "cn-shanghai"],
        "function": "agent_calls",
        "started_at": "2023-03-04T10:00:00+08:00",
    },
    {
        "command": "incident open",
        "incident": "BEIJING",
        "regions": ["cn-beijing"],
        "function": "agent_calls",
        "started_at": "2023-03-05T10:00:00+08:00",
    },
    {
        "command": "incident open",
        "incident": "ALL",
        "all_accounts": True,
        "function": "agent_sign_in",
        "started_at": "2023-03-06T10:00:00+08:00",
    },
    {
        "command": "incident open",
        "incident": "JOINED",
        "accounts": ["1001", "10010"],
        "function": "agent_sign_in",
        "started_at": "2023-03-07T10:00:00+08:00",
    },
    {
        "command": "incident open",
        "incident": "NOT-JOINED",
        "accounts": ["1002", "10010"],
        "function": "agent_sign_in",
        "started_at": "2023-03-08T10:00:00+08:00",
    },
    *(
        {"command": "incident close", "incident": name, "ended_at": f"2023-03-0{day}T11:00:00+08:00"}
        for name, day in {"HANGZHOU": 4, "BEIJING": 5, "ALL": 6, "JOINED": 7, "NOT-JOINED": 8}.items()
    ),
    {
        "command": "exclusion apply",
        "incident": "ALL",
        "clause": "2.3(1)",
        "from": "2023-03-06T10:00:00+08:00",
        "to": "2023-03-06T10:10:00+08:00",
    },
    *(
        {
            "command": "fees bill",
            "bill": f"B-{account}",
            "account": account,
            "first_month": "2023-03",
            "billed_at": "2023-04-01T00:00:00+08:00",
            **FEES,
        }
        for account in ("1001", "1002", "10010")
    ),
    *(
        {"command": "claim file", "account": account, "month": "2023-03", "filed_at": "2023-04-20T09:00:00+08:00"}
        for account in ("1001", "1002", "10010")
    ),
]
DECIDE = {"command": "claim decide", "month": "2023-03", "decided_at": "2023-04-21T12:00:00+08:00"}
SHARED_OF = {
    "1001": {"HANGZHOU", "ALL", "JOINED"},
    "1002": {"BEIJING", "ALL", "NOT-JOINED"},
    "10010": {"ALL", "JOINED", "NOT-JOINED"},
}


def leaf_hash(row: Raw) -> bytes:
    """SHA-256 over 0x00, then stream, version as decimal text, topic and state, each behind its 8-byte length."""
    _, stream, version, topic, state = row
    hashed = hashlib.sha256(b"\x00")
    for part in (stream.encode(), str(version).encode("ascii"), topic.encode(), state):
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.digest()


def facts_by_hand(account: str, log: Iterable[Raw], upto: int, years: Iterable[int]) -> dict[str, Any]:
    """What a decision on an account says it rests on, from the raw rows."""
    calendars = {f"~/calendar/CN-{year}" for year in years}
    shared = {f"~/incident/{name}" for name in SHARED_OF[account]}
    known = [
        row
        for row in log
        if row[0] <= upto
        and (row[1].startswith((f"{account}/", "~/terms/aliyun-ccc")) or row[1] in calendars or row[1] in shared)
    ]
    leaves = b"".join(leaf_hash(row) for row in known)
    return {"position": upto, "count": len(known), "sha256": hashlib.sha256(leaves).hexdigest()}


@pytest.fixture(scope="module")
def story(store: Store, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger with three accounts, incidents of every scope, bills, and a claim of each."""
    folder = tmp_path_factory.mktemp("story")
    written = CommandLine(folder, store.blank(folder))
    done = written.batch(*STORY)
    assert done.returncode == 0, done.stderr
    return written


@pytest.fixture
def told(story: CommandLine, tmp_path: Path) -> CommandLine:
    """That story on a ledger of one's own."""
    return story.copy(tmp_path)


def decided(told: CommandLine, account: str) -> dict[str, Any]:
    """The facts of an account's latest decision."""
    facts: dict[str, Any] = told.ok("claim", "show", account, "2023-03")["decisions"][-1]["facts"]
    return facts


@pytest.mark.parametrize("account", sorted(SHARED_OF))
def test_the_facts_of_a_decision_can_be_hashed_by_hand(told: CommandLine, account: str) -> None:
    before = told.rows()
    assert told.batch({**DECIDE, "account": account}).returncode == 0
    assert decided(told, account) == facts_by_hand(account, before, before[-1][0], [2023])


def test_a_second_decision_rests_on_the_first_too(told: CommandLine) -> None:
    assert told.batch({**DECIDE, "account": "1001"}).returncode == 0
    longer = {
        "command": "incident correct",
        "incident": "OWN",
        "ended_at": "2023-03-03T18:00:00+08:00",
        "reason": "log",
    }
    assert told.batch(longer).returncode == 0
    before = told.rows()
    again = {**DECIDE, "command": "claim redecide", "account": "1001", "reason": "the log"}
    assert told.batch(again).returncode == 0
    first, second = told.ok("claim", "show", "1001", "2023-03")["decisions"]
    assert second["facts"] == facts_by_hand("1001", before, before[-1][0], [2023])
    assert first["facts"] == facts_by_hand("1001", before, first["facts"]["position"], [2023])
    assert second["facts"]["count"] == first["facts"]["count"] + 2


def test_a_decision_at_the_turn_of_the_year_rests_on_both_calendars_and_no_third(told: CommandLine) -> None:
    december = {"account": "1001", "month": "2023-12"}
    filed = {"command": "claim file", **december, "filed_at": "2024-01-20T09:00:00+08:00"}
    assert told.batch(filed).returncode == 0
    before = told.rows()
    assert (
        told.batch({"command": "claim decide", **december, "decided_at": "2024-01-21T09:00:00+08:00"}).returncode == 0
    )
    facts = told.ok("claim", "show", "1001", "2023-12")["decisions"][0]["facts"]
    assert facts == facts_by_hand("1001", before, before[-1][0], [2024])
    calendars = [row for row in before if row[1].startswith("~/calendar/")]
    assert len(calendars) > 3


OTHERS: list[dict[str, Any]] = [
    {"command": "incident correct", "incident": "OTHER", "started_at": "2023-03-03T09:00:00+08:00", "reason": "r"},
    {"command": "incident correct", "incident": "BEIJING", "ended_at": "2023-03-05T19:00:00+08:00", "reason": "r"},
    {"command": "incident withdraw", "incident": "NOT-JOINED", "reason": "r"},
    {"command": "fees correct", "bill": "B-10010", "product_fee": "2000.00", "reason": "r"},
    {"command": "account correct", "account": "10010", "region": "cn-hangzhou", "reason": "r"},
    {"command": "account enroll", "account": "100", "enrolled_at": "2020-01-01T00:00:00+08:00"},
    {
        "command": "incident open",
        "incident": "ELSEWHERE",
        "regions": ["cn-shenzhen"],
        "function": "agent_calls",
        "started_at": "2023-03-05T10:00:00+08:00",
    },
]
MINE: list[dict[str, Any]] = [
    {"command": "incident correct", "incident": "ALL", "ended_at": "2023-03-06T12:00:00+08:00", "reason": "r"},
    {"command": "incident correct", "incident": "HANGZHOU", "ended_at": "2023-03-04T12:00:00+08:00", "reason": "r"},
    {"command": "incident correct", "incident": "JOINED", "ended_at": "2023-03-07T12:00:00+08:00", "reason": "r"},
    {"command": "fees correct", "bill": "B-1001", "product_fee": "2000.00", "reason": "r"},
]


def test_what_concerns_others_does_not_enter(told: CommandLine) -> None:
    """The count stays, and so do the very leaves: only events of the account and those shared with it."""
    mine = facts_by_hand("1001", told.rows(), told.rows()[-1][0], [2023])
    assert told.batch(*OTHERS).returncode == 0
    assert told.rows()[-1][0] >= mine["position"] + len(OTHERS)
    assert told.batch({**DECIDE, "account": "1001"}).returncode == 0
    facts = decided(told, "1001")
    assert (facts["count"], facts["sha256"]) == (mine["count"], mine["sha256"])


def test_what_concerns_the_account_enters(told: CommandLine) -> None:
    mine = facts_by_hand("1001", told.rows(), told.rows()[-1][0], [2023])
    assert told.batch(*MINE).returncode == 0
    before = told.rows()
    assert told.batch({**DECIDE, "account": "1001"}).returncode == 0
    facts = decided(told, "1001")
    assert facts == facts_by_hand("1001", before, before[-1][0], [2023])
    assert facts["count"] == mine["count"] + len(MINE)


def test_positions_are_strictly_increasing_whatever_is_refused_or_repeated(told: CommandLine) -> None:
    told.refused("incident", "close", "NO-SUCH", "--ended-at", "2023-03-03T10:00:00+08:00")
    assert told.ok("incident", "close", "OWN", "--ended-at", "2023-03-03T16:00:00+08:00")["noop"] is True
    before = [row[0] for row in told.rows()]
    made = told.ok("claim", "decide", "--all", "2023-03")
    assert len(made["done"]) == 3
    positions = [row[0] for row in told.rows()]
    assert all(earlier < later for earlier, later in pairwise(positions))
    assert positions[:-3] == before
    assert positions[-1] == made["position"]
    if isinstance(told.place, SqliteFile):
        assert made["position"] == before[-1] + 3


def test_versions_of_a_stream_count_from_one_in_log_order(told: CommandLine) -> None:
    seen: dict[str, int] = {}
    for _, stream, version, _, _ in told.rows():
        assert version == seen.get(stream, 0) + 1, stream
        seen[stream] = version


@sqlite_only("it is SQLite's own shell that reads here")
def test_states_are_plain_json_that_any_sqlite_shell_can_read(told: CommandLine) -> None:
    with closing(sqlite3.connect(told.ledger)) as raw:
        invalid = raw.execute("SELECT COUNT(*) FROM stored_events WHERE NOT json_valid(CAST(state AS TEXT))").fetchone()
        found = raw.execute(
            "SELECT json_extract(CAST(state AS TEXT), '$.data.product_fee_fen'), "
            "json_extract(CAST(state AS TEXT), '$.actor'), typeof(json_extract(CAST(state AS TEXT), '$.recorded_at')) "
            "FROM stored_events WHERE topic = 'fees.billed'"
        ).fetchall()
    assert invalid == (0,)
    assert found == [(100_000, "clerk", "integer")] * 3


def test_every_state_says_when_and_who_and_holds_no_float(told: CommandLine) -> None:
    assert told.ok("claim", "decide", "--all", "2023-03")["refused"] == []
    for _, _, _, _, state in told.rows():
        said = json.loads(state, parse_float=lambda text: pytest.fail(f"a float in the log: {text}"))
        assert {"recorded_at", "actor", "data"} <= set(said) <= {"recorded_at", "actor", "data", "reason", "key"}
        assert isinstance(said["recorded_at"], int)


EMPTY = b'{"recorded_at":1,"actor":"a","data":{}}'


@pytest.mark.parametrize("stream", ["1001/incident/OWN", "1001/account", "1001/claim/2023-03", "1001/novelty/1"])
@pytest.mark.parametrize(
    "words", [("history", "1001"), ("availability", "1001", "2023-03")], ids=lambda words: words[0]
)
def test_an_unknown_topic_stops_with_position_and_topic(told: CommandLine, stream: str, words: tuple[str, ...]) -> None:
    position = told.insert(stream, "incident.exploded", EMPTY)
    error = told.refused(*words, status=4)
    assert error["code"] == "unknown_event"
    assert f"position {position}:" in error["message"]
    assert "'incident.exploded'" in error["message"]


def test_an_unknown_topic_of_one_account_leaves_the_others_their_answers(told: CommandLine) -> None:
    words = (("history", "10010"), ("availability", "10010", "2023-03"), ("claim", "show", "10010", "2023-03"))
    before = [told.ok(*each) for each in words]
    told.insert("1001/incident/OWN", "incident.exploded", EMPTY)
    after = [told.ok(*each) for each in words]
    for earlier, later in zip(before, after, strict=True):
        for moving in ("known_at", "valid_at", "position"):
            assert (moving in earlier) == (moving in later)
            earlier[moving] = later[moving] = None
    assert before == after
    assert told.batch({**DECIDE, "account": "1002"}).returncode == 0
    told.refused("claim", "decide", "1001", "2023-03", status=4)


def test_an_unknown_topic_that_concerns_everybody_stops_everybody(told: CommandLine) -> None:
    told.insert("~/incident/ALL", "incident.exploded", EMPTY)
    for account in SHARED_OF:
        assert told.refused("availability", account, "2023-03", status=4)["code"] == "unknown_event"


@pytest.mark.parametrize("words", [("breaches", "2023-03"), ("claim", "list"), ("voucher", "list"), ("worklist",)])
def test_an_unknown_topic_is_never_skipped_by_the_projections(told: CommandLine, words: tuple[str, ...]) -> None:
    position = told.insert("1001/incident/OWN", "incident.exploded", EMPTY)
    error = told.refused(*words, status=4)
    assert error["code"] == "unknown_event"
    assert f"position {position}:" in error["message"]


def test_nothing_is_recorded_by_a_command_that_met_an_unknown_topic(told: CommandLine) -> None:
    told.insert("1001/claim/2023-03", "claim.exploded", EMPTY)
    before = told.rows()
    told.refused("claim", "decide", "1001", "2023-03", status=4)
    assert told.rows() == before


def test_a_known_topic_with_a_state_that_cannot_be_read_stops_too(told: CommandLine) -> None:
    position = told.insert("1001/incident/OWN", "incident.closed", b'{"recorded_at":1,"actor":"a"')
    error = told.refused("history", "1001", status=4)
    assert (error["code"], f"position {position}:" in error["message"]) == ("unreadable_event", True)


@pytest.fixture
def make(store: Store, tmp_path: Path) -> Callable[[str], CommandLine]:
    def made(name: str) -> CommandLine:
        folder = tmp_path / name
        folder.mkdir()
        return CommandLine(folder, store.empty(folder))

    return made


def test_every_ledger_has_an_id_of_its_own_and_keeps_it(make: Callable[[str], CommandLine]) -> None:
    one, other = make("one"), make("other")
    first, second = one.ok("init")["ledger"], other.ok("init")["ledger"]
    assert re.fullmatch(r"slaledger-[0-9a-f]{32}", first)
    assert first != second
    again = one.ok("init")
    assert (again["noop"], again["recorded"], again["ledger"]) == (True, 0, first)
    (created,) = [row for row in one.rows() if row[3] == "ledger.created"]
    assert (created[0], created[1], created[2]) == (1, "~/ledger", 1)
    assert json.loads(created[4])["data"] == {"ledger": first}


def test_a_copy_of_a_ledger_is_the_same_ledger(make: Callable[[str], CommandLine]) -> None:
    one = make("one")
    made = one.ok("init")["ledger"]
    copy = one.copy(one.folder / "copy")
    assert copy.ok("init")["ledger"] == made


@pytest.mark.parametrize(("seconds", "waits"), [(None, 10), (3, 3), (0, 0)])
def test_a_writer_waits_for_another_as_long_as_it_is_told(
    ledger_file: Path, monkeypatch: pytest.MonkeyPatch, seconds: int | None, waits: int
) -> None:
    """0 is not to wait at all, as on a server."""
    connect, found = sqlite3.connect, set()

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:
        found.add(named.get("timeout"))
        return connect(*given, **named)

    monkeypatch.setattr(sqlite3, "connect", connected)
    with Ledger.open(f"sqlite:///{ledger_file}", lock_seconds=seconds) as ledger, ledger.writing():
        pass
    assert found - {None} == {waits}
