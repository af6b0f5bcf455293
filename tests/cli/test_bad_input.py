"""What must be refused: with its exit status, the place, the clause, what to do next, and an untouched log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from _pytest.mark import ParameterSet
from conftest import NOON, CommandLine
from keys import ALICE
from stores import Raw, SqliteFile, Store, sqlite_only

from domain.commands import BY_WORDS
from domain.events import LedgerCreated
from ledger.application import Ledger
from ledger.log import streams
from ledger.shipped import shipped_agreements

Line = dict[str, Any]
SHIPPED = shipped_agreements()[0]
SHANGHAI = timezone(timedelta(hours=8))
REFUSED, UNREADABLE, DAMAGED, LOCKED = 1, 2, 4, 5
AMENDED = SHIPPED.replace('version = "2018-08-01"', 'version = "2026-06-01"').replace(
    "effective_from = 2018-08-01", "effective_from = 2026-06-01"
)


def line(command: str, **fields: Any) -> Line:
    """A command as a line of a batch."""
    return {"command": command, **fields}


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


def bill(name: str, account: str, month: str, billed: str, **changed: Any) -> Line:
    fields = {"account": account, "first_month": month, "billed_at": at(billed)}
    return line("fees bill", bill=name, **{**fields, "product_fee": "1000.00", "call_fee": "400.00", **changed})


def outage(incident: str, account: str, start: str, end: str | None) -> list[Line]:
    opened = line("incident open", incident=incident, account=account, function="inbound_routing", started_at=at(start))
    return [opened, line("incident close", incident=incident, ended_at=at(end))] if end else [opened]


def redemption(**changed: str) -> Line:
    fields = {"voucher": "V-1001-2026-03-1", "account": "1001", "bill": "B-2", "redeemed_at": at("05-02")}
    return line("voucher redeem", **{**fields, "part": "call", "amount": "40.00", **changed})


SHOP = [
    *[line("account enroll", account=a, enrolled_at="2018-08-01T00:00:00+08:00") for a in ("1001", "1002", "1003")],
    *outage("INC-1", "1001", "03-03 10:00", "03-03 11:30"),
    *outage("INC-2", "1002", "03-03 10:00", "03-03 11:30"),
    *outage("INC-3", "1003", "05-01 10:00", None),
    *outage("INC-4", "1002", "02-03 10:00", "02-03 10:10"),
    line("incident withdraw", incident="INC-4", reason="false alarm"),
    *outage("INC-5", "1003", "02-03 10:00", "02-03 11:30"),
    bill("B-5", "1003", "2026-02", "03-01"),
    line("claim file", account="1003", month="2026-02", filed_at=at("03-10")),
    line("claim decide", account="1003", month="2026-02", decided_at=at("03-11")),
    line("voucher issue", account="1003", month="2026-02", issued_at=at("03-12")),
    line("voucher cancel", voucher="V-1003-2026-02-1", reason="in error"),
    bill("B-1", "1001", "2026-03", "04-01"),
    bill("B-2", "1001", "2026-04", "05-01"),
    bill("B-3", "1002", "2026-04", "05-01"),
    bill("B-4", "1002", "2026-03", "04-01"),
    line("claim file", account="1001", month="2026-03", filed_at=at("04-10")),
    line("claim decide", account="1001", month="2026-03", decided_at=at("04-11")),
    line("voucher issue", account="1001", month="2026-03", issued_at=at("04-12")),
    redemption(),
    redemption(part="service", amount="10.00"),
    line("voucher reverse", voucher="V-1001-2026-03-1", redemption=2, reason="wrong part"),
    line("claim file", account="1002", month="2026-03", filed_at=at("04-10")),
    line("claim decide", account="1002", month="2026-03", decided_at=at("04-20")),
    line("claim file", account="1001", month="2026-04", filed_at=at("05-12")),
    line("claim file", account="1003", month="2026-03", filed_at=at("04-10")),
    line("actor add-key", actor="alice", public_key=ALICE.public),
]
"""1001: March settled, 64.00 of 104.00 left, April waits. 1002: March awarded. 1003: February's voucher is
cancelled, INC-3 open, March waits. INC-4 is withdrawn.
"""


def stored(slaledger: CommandLine) -> tuple[list[Raw], bytes]:
    """Every row of the log, and the ledger file's bytes where it is a file."""
    rows = slaledger.rows()
    if not isinstance(slaledger.place, SqliteFile):
        return rows, b""
    with closing(sqlite3.connect(slaledger.ledger)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return rows, slaledger.ledger.read_bytes()


@contextmanager
def untouched(slaledger: CommandLine) -> Iterator[None]:
    """Hold the log to be the same, row by row and byte by byte, before and after."""
    before = stored(slaledger)
    yield
    after = stored(slaledger)
    assert after[0] == before[0]
    assert after[1] == before[1]


@pytest.fixture(scope="module")
def told(store: Store, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger that was told the above."""
    folder = tmp_path_factory.mktemp("shop")
    shop = CommandLine(folder, store.blank(folder))
    with patch("ledger.clock.time", SimpleNamespace(time_ns=lambda: int(NOON.timestamp()) * 10**9)):
        done = shop.batch(*SHOP)
    assert done.returncode == 0, done.stderr
    return shop


@pytest.fixture
def shop(told: CommandLine, tmp_path: Path) -> CommandLine:
    return told.copy(tmp_path)


class Wrong(NamedTuple):
    """What is refused, and what its error has to say."""

    command: Line
    names: tuple[str, ...]
    clause: str | None = None
    hint: bool = False
    status: int = REFUSED


def row(name: str, command: Line, *names: str, clause: str | None = None, hint: bool = False) -> ParameterSet:
    return pytest.param(Wrong(command, names, clause, hint), id=name)


def check(error: Line, wrong: Wrong) -> None:
    for name in wrong.names:
        assert name in error["message"]
    if wrong.clause is not None:
        assert error.get("clause") == wrong.clause
    if wrong.hint:
        assert error.get("hint")


def is_refused(slaledger: CommandLine, wrong: Wrong) -> Line:
    """Hold a batch line to be refused; gives the error, whose message begins with FILE:LINE."""
    with untouched(slaledger):
        (slaledger.folder / "wrong.jsonl").write_text(json.dumps(wrong.command) + "\n", encoding="utf-8")
        error = slaledger.refused("batch", "wrong.jsonl", status=wrong.status)
    assert "wrong.jsonl:1" in error["message"]
    assert error["line"] == 1
    check(error, wrong)
    return error


def all_refused(slaledger: CommandLine, *wrong: Line) -> list[Line]:
    """Hold every line of a batch that keeps going to be refused; gives the refusals in order."""
    lines = "".join(json.dumps(each) + "\n" for each in wrong)
    with untouched(slaledger):
        done = slaledger.run("batch", "-", "--keep-going", stdin=lines.encode())
    assert done.returncode == REFUSED
    refused: list[Line] = json.loads(done.stdout)["refused"]
    assert [refusal["line"] for refusal in refused] == list(range(1, len(wrong) + 1))
    return refused


def words_refused(slaledger: CommandLine, *words: str, status: int = REFUSED) -> Line:
    """Hold words on the command line to be refused; gives the error."""
    with untouched(slaledger):
        return slaledger.refused(*words, status=status)


INCIDENT = line("incident open", incident="INC-9", account="1001", function="agent_calls", started_at=at("05-03 10:00"))
EXCLUSION = line("exclusion apply", incident="INC-1", clause="2.3(1)")
MAINTENANCE = {**EXCLUSION, "clause": "2.3(5)"}
MARCH = {"account": "1002", "month": "2026-03"}
APRIL = {"account": "1001", "month": "2026-04"}


# Times.


@pytest.mark.parametrize(
    "wrong",
    [
        row("start", {**INCIDENT, "started_at": "2026-03-03T10:00:00"}, "started_at", hint=True),
        row("end", line("incident close", incident="INC-3", ended_at="2026-05-02T10:00:00"), "ended_at", hint=True),
        row("filing", line("claim file", **{**MARCH, "filed_at": "2026-04-10T00:00:00"}), "filed_at", hint=True),
        row("a span's start", {**EXCLUSION, "from": "2026-03-03T10:00:00"}, "from", hint=True),
    ],
)
def test_a_time_without_offset(shop: CommandLine, wrong: Wrong) -> None:
    is_refused(shop, wrong)


@pytest.mark.parametrize("text", ["yesterday", "2026-03-03", "2026-02-30T10:00:00+08:00", "2026-03-03T25:00:00+08:00"])
def test_what_is_no_time_is_unreadable(shop: CommandLine, text: str) -> None:
    is_refused(shop, Wrong({**INCIDENT, "started_at": text}, ("started_at",), hint=True, status=UNREADABLE))


@pytest.mark.parametrize(
    ("command", "field"),
    [
        pytest.param(INCIDENT, "started_at", id="incident open"),
        pytest.param(line("incident close", incident="INC-3"), "ended_at", id="incident close"),
        pytest.param(line("account enroll", account="1009"), "enrolled_at", id="account enroll"),
        pytest.param(line("claim file", **MARCH), "filed_at", id="claim file"),
        pytest.param(line("claim decide", **APRIL), "decided_at", id="claim decide"),
        pytest.param(line("voucher issue", **MARCH), "issued_at", id="voucher issue"),
        pytest.param(redemption(amount="1.00"), "redeemed_at", id="voucher redeem"),
        pytest.param(bill("B-9", "1001", "2026-05", "06-01"), "billed_at", id="fees bill"),
    ],
)
def test_more_than_5_minutes_in_the_future(shop: CommandLine, noon: datetime, command: Line, field: str) -> None:
    later = noon + timedelta(minutes=5, seconds=1)
    is_refused(shop, Wrong({**command, field: later.isoformat()}, (field,), hint=True))


def test_5_minutes_in_the_future_are_taken(shop: CommandLine, noon: datetime) -> None:
    later = noon + timedelta(minutes=5)
    assert shop.batch({**INCIDENT, "started_at": later.isoformat()}).returncode == 0


# Rules. What each rule refuses is in the specs (`tests/domain/test_spec_*.py`), and what it says is frozen
# (`test_golden_refusals.py`). Here each command is refused once, on each store.

RULES = [
    row("account enroll", line("account enroll", account="1001", enrolled_at=at("01-01")), "1001", hint=True),
    row(
        "account restage",
        line("account restage", account="1001", stage="general", changed_at="2018-07-01T00:00:00+08:00"),
        "1001",
        clause="opening",
    ),
    row(
        "account move",
        line("account move", account="1001", region="cn-beijing", moved_at="2018-07-01T00:00:00+08:00"),
        "1001",
        hint=True,
    ),
    row("account rename", line("account rename", account="10001", name="Lakeside Bank"), "10001", clause="opening"),
    row("account correct", line("account correct", account="1001", reason="x"), "1001", hint=True),
    row("account close", line("account close", account="1001", closed_at="2018-07-01T00:00:00+08:00"), "1001"),
    row("terms publish", line("terms publish", document=AMENDED), "2026-06-01", "30 days", clause="4", hint=True),
    row("calendar publish", line("calendar publish", year=2199), "2199", clause="3.2", hint=True),
    row("incident open", {**INCIDENT, "all_accounts": True}, "INC-9", hint=True),
    row("incident close", line("incident close", incident="INC-1", ended_at=at("03-03 12:00")), "INC-1", hint=True),
    row(
        "incident correct",
        line("incident correct", incident="INC-1", ended_at=at("03-03 09:59"), reason="x"),
        "INC-1",
        clause="1",
    ),
    row("incident reopen", line("incident reopen", incident="INC-4", reason="x"), "INC-4", hint=True),
    row("incident withdraw", line("incident withdraw", incident="INC-4", reason="another reason"), "INC-4", hint=True),
    row("exclusion apply", MAINTENANCE, "INC-1", clause="2.3(5)", hint=True),
    row(
        "exclusion withdraw",
        line("exclusion withdraw", incident="INC-1", exclusion=7, reason="x"),
        *("INC-1", "7"),
    ),
    row("fees bill", bill("B-9", "1001", "2026-05", "06-01", call_fee="1000.01"), "B-9", clause="1"),
    row(
        "fees correct",
        line("fees correct", bill="B-2", call_fee="39.99", reason="x"),
        *("B-2", "40.00"),
        clause="3.1",
        hint=True,
    ),
    row("fees void", line("fees void", bill="B-2", reason="x"), "B-2", clause="3.1", hint=True),
    row(
        "claim file",
        line("claim file", account="1001", month="2026-11", filed_at=at("11-20")),
        *("1001", "2026-11"),
        clause="3.2",
        hint=True,
    ),
    row("claim withdraw", line("claim withdraw", **MARCH, reason="x"), "1002", "2026-03", clause="3.2"),
    row("claim decide", line("claim decide", **APRIL, decided_at=at("05-11")), "2026-04", "2026-05-12"),
    row("claim dispute", line("claim dispute", **APRIL, disputed_at=at("06-01"), grounds="x"), "2026-04", hint=True),
    row(
        "claim redecide",
        line("claim redecide", **MARCH, reason="x", decided_at=at("04-19")),
        *("2026-03", "2026-04-20"),
    ),
    row("controls set", line("controls set", reason="x"), hint=True),
    row("actor add-key", line("actor add-key", actor="bob", public_key=ALICE.public), "alice", hint=True),
    row("actor retire-key", line("actor retire-key", actor="alice", public_key=ALICE.public), "alice", hint=True),
    row("voucher approve", line("voucher approve", **MARCH), "1002", "2026-03", hint=True),
    row("voucher issue", line("voucher issue", **MARCH, issued_at=at("04-19")), "2026-03", "2026-04-20"),
    row(
        "voucher redeem",
        redemption(part="service", amount="64.01"),
        *("V-1001-2026-03-1", "64.00"),
        clause="3.1",
    ),
    row(
        "voucher reverse",
        line("voucher reverse", voucher="V-1001-2026-03-1", redemption=3, reason="x"),
        *("V-1001-2026-03-1", "3"),
        hint=True,
    ),
    row(
        "voucher cancel",
        line("voucher cancel", voucher="V-1003-2026-02-1", reason="another reason"),
        "V-1003-2026-02-1",
        hint=True,
    ),
]


@pytest.mark.parametrize("wrong", RULES)
def test_each_command_is_refused_by_a_rule(shop: CommandLine, wrong: Wrong) -> None:
    is_refused(shop, wrong)


def test_every_command_is_refused_above() -> None:
    assert {rule.id for rule in RULES} == set(BY_WORDS)


def test_an_incident_moved_before_the_notice_of_its_maintenance(shop: CommandLine) -> None:
    assert shop.batch({**MAINTENANCE, "notified_at": at("03-03 09:00")}).returncode == 0
    moved = line("incident correct", incident="INC-1", started_at=at("03-03 08:00"), reason="x")
    is_refused(shop, Wrong(moved, ("INC-1",), clause="2.3(5)"))


def test_a_claim_that_is_not_decided_is_not_decided_again(shop: CommandLine) -> None:
    wrong = line("claim redecide", **APRIL, reason="x")
    is_refused(shop, Wrong(wrong, ("1001", "2026-04"), hint=True))


# What was never recorded.


@pytest.mark.parametrize(
    "wrong",
    [
        row("incident close", line("incident close", incident="INC-99", ended_at=at("03-03 12:00")), "INC-99"),
        row(
            "incident correct",
            line("incident correct", incident="INC-99", ended_at=at("03-03 12:00"), reason="x"),
            "INC-99",
        ),
        row("incident withdraw", line("incident withdraw", incident="INC-99", reason="x"), "INC-99"),
        row("exclusion apply", {**EXCLUSION, "incident": "INC-99"}, "INC-99"),
        row(
            "exclusion withdraw",
            line("exclusion withdraw", incident="INC-99", exclusion=1, reason="x"),
            "INC-99",
        ),
        row("fees correct", line("fees correct", bill="B-99", call_fee="1.00", reason="x"), "B-99"),
        row("fees void", line("fees void", bill="B-99", reason="x"), "B-99"),
        row("claim decide", line("claim decide", account="1002", month="2026-05"), "1002", "2026-05"),
        row("voucher redeem", redemption(voucher="V-9"), "V-9"),
        row("voucher redeem: the bill", redemption(bill="B-99"), "B-99"),
        row("voucher reverse", line("voucher reverse", voucher="V-9", redemption=1, reason="x"), "V-9"),
        row("voucher cancel", line("voucher cancel", voucher="V-9", reason="x"), "V-9"),
    ],
)
def test_what_was_never_recorded_is_not_changed(shop: CommandLine, wrong: Wrong) -> None:
    assert is_refused(shop, wrong)["hint"]


@pytest.mark.parametrize("clause", ["2.3(12)", "2.3(0)", "2.3", "3.1", "2.3(1) "])
def test_an_unknown_clause(shop: CommandLine, clause: str) -> None:
    is_refused(shop, Wrong({**EXCLUSION, "clause": clause}, ("clause", clause), hint=True))


# Terms and calendars.


@pytest.mark.parametrize(
    "words",
    [
        "claim file 1001 2018-07 --filed-at 2018-09-10T00:00:00+08:00",
        "availability 1001 2018-07",
        "breaches 2018-07",
    ],
)
def test_a_month_before_the_first_terms(shop: CommandLine, words: str) -> None:
    error = words_refused(shop, *words.split())
    check(error, Wrong({}, ("2018-07", "2018-08-01"), clause="4", hint=True))


@pytest.mark.parametrize("words", ["calendar publish 2199", "calendar show 2199"])
def test_a_working_day_calendar_that_is_not_published_yet(shop: CommandLine, words: str) -> None:
    check(words_refused(shop, *words.split()), Wrong({}, ("2199",), clause="3.2", hint=True))


def test_a_decision_that_needs_a_calendar_which_is_not_recorded(store: Store, tmp_path: Path) -> None:
    bare = CommandLine(tmp_path, store.empty(tmp_path))
    with Ledger.create(bare.url) as made, made.writing() as log:
        log.append([(streams.LEDGER, LedgerCreated(ledger="without-calendars"))], 0, "clerk", None, None)
    setup = bare.batch(
        line("terms publish", document=SHIPPED), SHOP[0], line("claim file", **{**APRIL, "filed_at": at("05-12")})
    )
    assert setup.returncode == 0
    wrong = Wrong(line("claim decide", **APRIL), ("2026",), clause="3.2", hint=True)
    is_refused(bare, wrong)


def test_a_redemption_undone_twice_by_the_identical_command_is_a_noop(shop: CommandLine) -> None:
    with untouched(shop):
        done = shop.batch(SHOP[-6])
    assert SHOP[-6]["command"] == "voucher reverse"
    assert (done.returncode, json.loads(done.stdout)["noops"]) == (0, 1)


# Ids.


@pytest.mark.parametrize(
    "wrong",
    [
        row("incident", {**INCIDENT, "incident": "INC-1", "account": "1002"}, "INC-1", hint=True),
        row("bill", bill("B-1", "1002", "2026-03", "04-01"), "B-1", hint=True),
        row("voucher", line("voucher issue", **MARCH, voucher="V-1001-2026-03-1"), "V-1001-2026-03-1", hint=True),
    ],
)
def test_the_same_id_on_another_account(shop: CommandLine, wrong: Wrong) -> None:
    is_refused(shop, wrong)


BAD_IDS = {
    "space": "a b",
    "slash": "a/b",
    "backslash": "a\\b",
    "control": "a\x07b",
    "line end": "a\n",
    "not ASCII": "账户",
    "empty": "",
    "65 characters": "a" * 65,
}


@pytest.mark.parametrize(
    ("command", "field"),
    [
        pytest.param(line("account enroll", enrolled_at=at("01-01")), "account", id="account"),
        pytest.param(INCIDENT, "incident", id="incident"),
        pytest.param(bill("B", "1001", "2026-05", "06-01"), "bill", id="bill"),
    ],
)
def test_an_id_of_other_characters_or_length(shop: CommandLine, command: Line, field: str) -> None:
    refused = all_refused(shop, *({**command, field: text} for text in BAD_IDS.values()))
    for name, refusal in zip(BAD_IDS, refused, strict=True):
        assert field in refusal["message"], name
        assert refusal["hint"], name


@pytest.mark.parametrize("name", ["space", "slash", "control"])
def test_an_id_of_other_characters_on_the_command_line(shop: CommandLine, name: str) -> None:
    error = words_refused(shop, "account", "enroll", BAD_IDS[name], "--enrolled-at", at("01-01"))
    assert "account" in error["message"]
    assert error["hint"]


@pytest.mark.parametrize("text", ["a b", "a/b", "V" * 97], ids=["space", "slash", "97 characters"])
def test_a_voucher_id_of_other_characters_or_length(shop: CommandLine, text: str) -> None:
    is_refused(shop, Wrong(line("voucher issue", **MARCH, voucher=text), ("voucher",), hint=True))


# Accounts that were never enrolled.

NOBODY = {"account": "nobody"}
NAMING_AN_ACCOUNT = [
    line("account restage", **NOBODY, stage="general", changed_at=at("02-01")),
    line("account correct", **NOBODY, region="cn-hangzhou", reason="x"),
    line("account close", **NOBODY, closed_at=at("02-01")),
    {**INCIDENT, **NOBODY},
    {**{name: INCIDENT[name] for name in INCIDENT if name != "account"}, "accounts": ["1001", "nobody"]},
    bill("B-9", "nobody", "2026-05", "06-01"),
    line("claim file", **NOBODY, month="2026-03", filed_at=at("04-10")),
    line("claim withdraw", **NOBODY, month="2026-03", reason="x"),
    line("claim decide", **NOBODY, month="2026-03"),
    line("claim dispute", **NOBODY, month="2026-03", disputed_at=at("04-20"), grounds="x"),
    line("claim redecide", **NOBODY, month="2026-03", reason="x"),
    line("voucher issue", **NOBODY, month="2026-03"),
]


@pytest.mark.parametrize(
    "command", NAMING_AN_ACCOUNT, ids=[f"{n} {each['command']}" for n, each in enumerate(NAMING_AN_ACCOUNT)]
)
def test_an_account_never_enrolled(shop: CommandLine, command: Line) -> None:
    is_refused(shop, Wrong(command, ("nobody",), clause="opening", hint=True))


def test_a_redemption_by_an_account_never_enrolled(shop: CommandLine) -> None:
    is_refused(shop, Wrong(redemption(account="nobody", amount="1.00"), ("nobody",)))


@pytest.mark.parametrize(
    "words",
    [
        "availability nobody 2026-03",
        "mtbf nobody 2026",
        "history nobody",
        "claim show nobody 2026-03",
        "claim explain nobody 2026-03",
    ],
)
def test_a_question_about_an_account_never_enrolled(shop: CommandLine, words: str) -> None:
    check(words_refused(shop, *words.split()), Wrong({}, ("nobody",), clause="opening", hint=True))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("claim show 1002 2026-05", "2026-05"),
        ("claim explain 1001 2026-04", "2026-04"),
        ("voucher show V-9", "V-9"),
        ("terms show 1999-01-01", "1999-01-01"),
    ],
)
def test_a_question_about_what_is_not_there(shop: CommandLine, words: str, name: str) -> None:
    check(words_refused(shop, *words.split()), Wrong({}, (name,), hint=True))


# Batch lines.

ENROLL = b'"command": "account enroll", "account": "1009", "enrolled_at": "2026-01-01T00:00:00+08:00"'
UNREADABLE_LINES = {
    "not JSON": (b"account enroll 1009", ()),
    "half an object": (b"{" + ENROLL, ()),
    "two objects": (b"{" + ENROLL + b"} {" + ENROLL + b"}", ()),
    "an array": (b"[{" + ENROLL + b"}]", ()),
    "a text": (b'"account enroll"', ()),
    "not UTF-8": (b'{"command": "account enroll", "account": "\xd5\xcb\xbb\xa7"}', ("UTF-8",)),
    "no command": (b'{"account": "1009"}', ("command",)),
    "an unknown command": (b'{"command": "account sell", "account": "1009"}', ("account sell",)),
    "a reading command": (b'{"command": "claim list"}', ("claim list",)),
    "an unknown field": (b"{" + ENROLL + b', "colour": "red"}', ("colour",)),
    "a missing field": (b'{"command": "account enroll", "account": "1009"}', ("enrolled_at",)),
    "an id as a number": (b'{"command": "account close", "account": 1001, "closed_at": "x"}', ("account",)),
    "an unknown stage": (b"{" + ENROLL + b', "stage": "alpha"}', ("stage", "alpha")),
}
ITEMS = {
    "a float with three decimals": 1.005,
    "a float": 1.5,
    "an integer": 10,
    "a negative amount": "-1.00",
    "an exponent": "1e3",
    "a thousands mark": "1,000.00",
    "nothing": "",
    "null": None,
}


@pytest.mark.parametrize("name", UNREADABLE_LINES)
def test_a_batch_line_that_cannot_be_read(shop: CommandLine, name: str) -> None:
    wrong, names = UNREADABLE_LINES[name]
    fine = b'{"command": "account close", "account": "1001", "closed_at": "2018-07-01T00:00:00+08:00"}'
    (shop.folder / "lines.jsonl").write_bytes(wrong + b"\n" + fine + b"\n")
    with untouched(shop):
        error = shop.refused("batch", "lines.jsonl", status=UNREADABLE)
    assert "lines.jsonl:1" in error["message"]
    assert error["line"] == 1
    check(error, Wrong({}, names))


@pytest.mark.parametrize("name", ITEMS)
def test_an_amount_that_is_no_decimal_string(shop: CommandLine, name: str) -> None:
    command = bill("B-9", "1001", "2026-05", "06-01", product_fee=ITEMS[name])
    is_refused(shop, Wrong(command, ("product_fee",), status=UNREADABLE))


def test_an_amount_as_a_string_with_three_decimals(shop: CommandLine) -> None:
    command = bill("B-9", "1001", "2026-05", "06-01", product_fee="1.005")
    is_refused(shop, Wrong(command, ("product_fee", "1.005"), hint=True))


def test_a_batch_names_the_line_that_it_stopped_at(shop: CommandLine) -> None:
    lines = [SHOP[0], SHOP[1], line("fees void", bill="B-99", reason="x")]
    (shop.folder / "lines.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    before = shop.rows()
    error = shop.refused("batch", "lines.jsonl")
    assert ("lines.jsonl:3" in error["message"], error["line"]) == (True, 3)
    assert shop.rows() == before


# Ledger files.

CHANGING: tuple[str, ...] = ("account", "enroll", "1009", "--enrolled-at", at("01-01"))
READING = [
    ("availability", "1001", "2026-03"),
    ("claim", "list"),
    ("claim", "show", "1001", "2026-03"),
    ("voucher", "list"),
    ("history", "1001"),
    ("worklist",),
    ("breaches", "2026-03"),
    ("report", "2026-03"),
]


def a_text(path: Path) -> None:
    path.write_text("dear ledger,\n" * 500, encoding="utf-8")


def a_foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE stored_events (position INTEGER PRIMARY KEY, state BLOB)")
        store.commit()


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("make", [a_text, a_foreign_database, empty])
@pytest.mark.parametrize("words", [CHANGING, ("claim", "list"), ("init",), ("batch", "-")], ids=" ".join)
def test_a_file_that_is_not_a_ledger(tmp_path: Path, make: Callable[[Path], None], words: tuple[str, ...]) -> None:
    """The interface leaves it open whether `init` may fill an empty file; the product does."""
    here = CommandLine(tmp_path)
    make(here.ledger)
    if make is empty and words == ("init",):
        assert here.ok("init")["noop"] is False
        return
    before = here.ledger.read_bytes()
    error = here.refused(*words, status=UNREADABLE)
    assert "slaledger.db" in error["message"]
    assert error["hint"]
    assert here.ledger.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["slaledger.db"]


@pytest.mark.parametrize("words", [CHANGING, ("claim", "list"), ("batch", "-"), ("rebuild",)], ids=" ".join)
def test_a_ledger_that_is_not_there(tmp_path: Path, words: tuple[str, ...]) -> None:
    error = CommandLine(tmp_path).refused(*words, status=UNREADABLE)
    assert "slaledger.db" in error["message"]
    assert "init" in error["hint"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["sqlite:slaledger.db", "sqlite://", "mysql://host/ledger", "sqlite:///no/such/folder/a.db"]
)
def test_a_url_that_names_no_ledger(shop: CommandLine, url: str) -> None:
    for words in (CHANGING, ("init",)):
        error = words_refused(shop, "--ledger", url, *words, status=UNREADABLE)
        assert error["hint"]


@sqlite_only("a file's permissions; a role's are PostgreSQL's")
def test_a_ledger_that_may_only_be_read(shop: CommandLine) -> None:
    shop.ledger.chmod(0o444)
    before = shop.ledger.read_bytes()
    for question in READING:
        assert shop.run(*question).returncode == 0, question
    for words in (CHANGING, ("claim", "decide", "--all", "2026-03"), ("init",)):
        error = shop.refused(*words, status=UNREADABLE)
        assert "slaledger.db" in error["message"]
        assert error["hint"]
    assert shop.batch(SHOP[0]).returncode == UNREADABLE
    assert shop.ledger.read_bytes() == before


def test_a_ledger_that_another_writer_holds(shop: CommandLine) -> None:
    impatient = {"SLALEDGER_LOCK_SECONDS": "0"}
    name = shop.name
    with untouched(shop), shop.opened() as other, other.writing():
        for words in (CHANGING, ("batch", "-")):
            done = shop.run(*words, stdin=json.dumps(INCIDENT).encode(), env=impatient)
            assert done.returncode == LOCKED
            error = json.loads(done.stderr)["error"]
            assert name in error["message"]
            assert "again" in error["hint"]
        for question in READING[:3]:
            assert shop.run(*question, env=impatient).returncode == 0


def test_a_ledger_of_a_newer_version(store: Store, shop: CommandLine) -> None:
    newer = {
        "sqlite": "PRAGMA user_version = 999",
        "postgres": "COMMENT ON TABLE stored_events IS 'slaledger 999'",
    }
    shop.place.query(newer[store.name])
    for words in (CHANGING, ("claim", "list"), ("init",), ("history", "1001")):
        error = words_refused(shop, *words, status=UNREADABLE)
        assert "999" in error["message"]
        assert "upgrade" in error["hint"]


def test_an_event_of_a_newer_version(shop: CommandLine) -> None:
    """The interface leaves the status open; the product calls it damage (4), and skips nothing."""
    assert [version for _, stream, version, _, _ in shop.rows() if stream == "1001/account"] == [1]
    shop.insert("1001/account", "account.gilded")
    for words in (
        ("history", "1001"),
        ("availability", "1001", "2026-03"),
        ("claim", "list"),
        ("account", "close", "1001", "--closed-at", at("06-01")),
        ("claim", "decide", "1001", "2026-04"),
    ):
        error = words_refused(shop, *words, status=DAMAGED)
        assert "account.gilded" in error["message"]
        assert "1001/account" in error["message"]
        assert "newer" in error["hint"]


# Terms documents.

BROKEN_TERMS = {
    "no TOML": ("schema = 1", "schema 1", ""),
    "an unknown key": ("schema = 1", 'schema = 1\ncolour = "red"', "colour"),
    "a finding": ('clause = "2.3(2)"', 'clause = "2.3(1)"', "exclusions[1]"),
}
"""One of each kind; `tests/domain/test_terms_document.py` has all that can be wrong."""


def broken(name: str) -> str:
    old, new, _ = BROKEN_TERMS[name]
    assert old in SHIPPED
    return SHIPPED.replace(old, new, 1)


@pytest.mark.parametrize("name", BROKEN_TERMS)
def test_a_terms_document_that_is_broken(shop: CommandLine, name: str) -> None:
    (shop.folder / "broken.toml").write_text(broken(name), encoding="utf-8")
    error = words_refused(shop, "terms", "check", "broken.toml", status=UNREADABLE)
    assert BROKEN_TERMS[name][2] in error["message"]


def test_broken_terms_are_not_published(shop: CommandLine) -> None:
    error = is_refused(
        shop, Wrong(line("terms publish", document=broken("an unknown key")), status=UNREADABLE, names=())
    )
    assert "colour" in error["message"]
    refused = all_refused(shop, *(line("terms publish", document=broken(name)) for name in BROKEN_TERMS))
    for (_, _, place), refusal in zip(BROKEN_TERMS.values(), refused, strict=True):
        assert place in refusal["message"]


def test_terms_as_a_file_and_a_document(shop: CommandLine) -> None:
    (shop.folder / "a.toml").write_text(AMENDED, encoding="utf-8")
    both = line("terms publish", document=AMENDED, file="a.toml", noticed_at=at("01-01"))
    for wrong in (both, line("terms publish", noticed_at=at("01-01"))):
        is_refused(shop, Wrong(wrong, (), status=UNREADABLE))


# Files.


def a_folder(path: Path) -> None:
    path.mkdir()


def no_text(path: Path) -> None:
    path.write_bytes(b"\xd4\xc6\xba\xf4\xbd\xd0\n")


def nothing_there(path: Path) -> None:
    """Leaves no file."""


@pytest.mark.parametrize("make", [nothing_there, a_folder, no_text])
@pytest.mark.parametrize(
    "words",
    ["batch input", "terms publish input", "terms check input", "calendar publish 2030 --file input --source x"],
)
def test_a_file_that_cannot_be_read(shop: CommandLine, make: Callable[[Path], None], words: str) -> None:
    make(shop.folder / "input")
    error = words_refused(shop, *words.split(), status=UNREADABLE)
    assert "input" in error["message"]


def test_a_calendar_file_that_is_broken(shop: CommandLine) -> None:
    (shop.folder / "days.csv").write_text("date,kind,name\n2030-02-30,holiday,New Year\n", encoding="utf-8")
    command = line("calendar publish", year=2030, file="days.csv", source="State Council")
    is_refused(shop, Wrong(command, ("days.csv:2",), status=UNREADABLE))


def test_a_calendar_recorded_otherwise_needs_a_reason(shop: CommandLine) -> None:
    (shop.folder / "days.csv").write_text("2026-01-01,holiday,New Year\n", encoding="utf-8")
    command = line("calendar publish", year=2026, file="days.csv", source="State Council")
    is_refused(shop, Wrong(command, ("2026",), clause="3.2", hint=True))
    assert shop.batch({**command, "reason": "a later notice"}).returncode == 0


def test_a_calendar_file_needs_its_source(shop: CommandLine) -> None:
    (shop.folder / "days.csv").write_text("2030-01-01,holiday,New Year\n", encoding="utf-8")
    command = line("calendar publish", year=2030, file="days.csv")
    is_refused(shop, Wrong(command, ("source",), hint=True, status=UNREADABLE))


# Words.

USAGE = {
    "an unknown group": ("sell", "sell"),
    "an unknown verb": ("account sell 1001", "sell"),
    "an unknown option": ("claim list --colour red", "--colour"),
    "an unknown option of a changing command": ("account close 1001 --colour red", "--colour"),
    "a missing argument": ("account enroll", "ACCOUNT"),
    "a missing option": ("account enroll 1009", "--enrolled-at"),
    "an argument too many": ("availability 1001 2026-03 2026-04", "2026-04"),
    "an unknown stage": (f"account restage 1001 --stage alpha --changed-at {at('01-01')}", "alpha"),
    "an unknown function": (f"incident open I --account 1001 --function fax --started-at {at('01-01')}", "fax"),
    "an unknown part": (
        f"voucher redeem V --account 1001 --bill B-2 --part cash --amount 1 --redeemed-at {at('05-02')}",
        "cash",
    ),
    "a month that is none": ("availability 1001 2026-13", "2026-13"),
    "a month in other words": ("breaches March", "March"),
    "a year that is none": ("mtbf 1001 MMXXVI", "MMXXVI"),
    "a number that is none": ("exclusion withdraw INC-1 one --reason x", "EXCLUSION"),
    "half a month's run": ("claim decide 1001", "--all"),
    "a month's run for one account": ("claim decide --all 1001 2026-03", "--all"),
    "evidence without a hash": ("exclusion apply INC-1 --clause 2.3(1) --evidence report.pdf", "report.pdf"),
    "an unknown language": ("--lang fr claim list", "fr"),
}


@pytest.mark.parametrize("name", USAGE)
def test_words_that_are_no_command(shop: CommandLine, name: str) -> None:
    words, named = USAGE[name]
    error = words_refused(shop, *words.split(), status=UNREADABLE)
    assert named in error["message"]


def test_an_unknown_format_is_told_in_plain_words(shop: CommandLine) -> None:
    with untouched(shop):
        done = shop.run("claim", "list", "--format", "xml")
    assert (done.returncode, done.stdout) == (UNREADABLE, "")
    assert "xml" in done.stderr


def test_evidence_with_half_a_hash(shop: CommandLine) -> None:
    wrong = {**EXCLUSION, "evidence": [{"name": "report.pdf", "sha256": "abc"}]}
    is_refused(shop, Wrong(wrong, ("evidence", "sha256"), hint=True))


@pytest.mark.parametrize("seconds", ["soon", "-1", "1.5"])
def test_lock_seconds_that_are_no_number(shop: CommandLine, seconds: str) -> None:
    with untouched(shop):
        done = shop.run(*CHANGING, env={"SLALEDGER_LOCK_SECONDS": seconds})
    assert done.returncode == UNREADABLE
    assert "SLALEDGER_LOCK_SECONDS" in json.loads(done.stderr)["error"]["message"]


@pytest.mark.parametrize(
    "reason", ["", "   ", "a\x07b", "x" * 2001], ids=["empty", "blank", "control", "2,001 characters"]
)
def test_a_reason_that_says_nothing_or_too_much(shop: CommandLine, reason: str) -> None:
    is_refused(shop, Wrong(line("incident withdraw", incident="INC-1", reason=reason), ("reason",)))
