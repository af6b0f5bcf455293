"""Where one person did what two should have: each pair of stages, told by one person and by two."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from build import at
from conftest import CommandLine
from test_audit_replay import Line, audit, bill, command_of, decide, enroll, filed, outage, redecide, when

from domain.duties import CONFLICTS, STAGE_OF, STAGES
from domain.events.topics import TOPICS
from domain.time import MINUTE_US
from ledger.application import Ledger
from ledger.commands.execution import carry_out, initialise
from ledger.log.logins import Logins

PERSONS = {stage: f"the one of {stage}" for stage in STAGES}
CLAIM = {"account": "1001", "month": "2024-04"}
NOW = at("2024-09-10 09:00")


class Book:
    """A ledger in which each command is told by a person of its own."""

    def __init__(self, path: Path, now: int = NOW) -> None:
        self.path = path
        self.now = now

    @classmethod
    def new(cls, path: Path) -> Book:
        book = cls(path)
        with Ledger.create(f"sqlite:///{path}") as ledger:
            initialise(ledger, "owner", lambda: book.now)
        return book

    def tell(self, actor: str, *lines: Line) -> int:
        """Carry out commands as an actor, a millisecond apart; gives the log's last position."""
        with Ledger.open(f"sqlite:///{self.path}") as ledger, ledger.writing() as log:
            for line in lines:
                self.now += MINUTE_US // 60_000
                carry_out(log, command_of(line), actor, self.now)
            return log.position()

    def told(self, by: Mapping[str, str] = PERSONS) -> Book:
        """A claim from the incident to the redemption, each stage by the person given for it."""
        self.tell(by["incident"], *outage("OUT", "04-10 10:00", "04-11 16:00", account="1001"))
        excluded = {"from": when("04-10 10:00"), "to": when("04-10 12:00"), "reason": "the customer's own"}
        self.tell(by["exclusion"], {"command": "exclusion apply", "incident": "OUT", "clause": "2.3(2)", **excluded})
        self.tell(by["fee"], bill("1001"), bill("1001", month="2024-07", billed_at=when("08-01 00:00")))
        self.tell("clerk", filed("1001"))
        self.tell(by["decision"], decide("1001", decided_at=when("06-10 10:00")))
        self.tell(by["approval"], {"command": "voucher approve", **CLAIM})
        self.tell(by["issue"], {"command": "voucher issue", **CLAIM, "voucher": "V", "issued_at": when("06-11 10:00")})
        self.tell(by["redemption"], redeem("20.00"))
        return self

    def duties(self, *words: str) -> Any:
        """The answer; held to the exit status, 3 where anything is found."""
        status, said = audit(self.path, "duties", *words)
        assert status == (3 if said["findings"] else 0), said
        return said

    def found(self, *words: str) -> list[tuple[str, str]]:
        return [tuple(one["stages"]) for one in self.duties(*words)["findings"]]


def redeem(amount: str) -> Line:
    paid = {"bill": "B-1001-2024-07", "part": "service", "amount": amount, "redeemed_at": when("08-02 00:00")}
    return {"command": "voucher redeem", "voucher": "V", "account": "1001", **paid}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = Book.new(tmp_path_factory.mktemp("duties") / "slaledger.db")
    book.tell("owner", {"command": "controls set", "approval_above": "1.00", "reason": "two people"})
    book.tell("clerk", enroll("1001"))
    return book.path


@pytest.fixture
def book(begun: Path, tmp_path: Path) -> Book:
    kept = Book(tmp_path / "slaledger.db")
    kept.path.write_bytes(begun.read_bytes())
    return kept


def test_a_claim_through_seven_hands_has_no_finding(book: Book) -> None:
    said = book.told().duties()
    assert said["findings"] == said["people"] == []
    (claim,) = said["claims"]
    assert (claim["account"], claim["month"]) == ("1001", "2024-04")
    assert [(one["stage"], one["persons"]) for one in claim["stages"]] == [
        (stage, [PERSONS[stage]]) for stage in STAGES
    ]


TOGETHER = [pair for pair in combinations(STAGES, 2) if pair != ("decision", "approval")]
"""Every two stages that one person can do; the rules keep who decided from approving."""


@pytest.mark.parametrize("pair", TOGETHER, ids="-".join)
def test_two_stages_by_one_person_are_found_where_they_conflict(book: Book, pair: tuple[str, str]) -> None:
    first, second = pair
    book.told({**PERSONS, second: PERSONS[first]})
    conflicts = {(one.first, one.second) for one in CONFLICTS}
    assert book.found() == ([pair] if pair in conflicts else [])


def test_who_decided_and_approved_is_found_where_a_log_holds_it(book: Book) -> None:
    """The rules refuse it, so it is put into the log by its own bytes."""
    book.told()
    text = f'"actor":"{PERSONS["approval"]}"'.encode(), f'"actor":"{PERSONS["decision"]}"'.encode()
    with Ledger.open(f"sqlite:///{book.path}") as ledger, ledger.reading() as log:
        rows = [row._replace(state=row.state.replace(*text)) for row in log.since(0)]
    forged = book.path.with_name("forged.db")
    with Ledger.create(f"sqlite:///{forged}") as ledger, ledger.writing() as log:
        log.insert(rows)
    assert Book(forged).found() == [("decision", "approval")]


def test_the_amount_is_what_went_through_both_hands(book: Book) -> None:
    book.told(dict.fromkeys(STAGES, "X") | {"approval": "Y"})
    said = book.duties()
    amounts = {tuple(one["stages"]): one["amount"] for one in said["findings"]}
    awarded = said["claims"][0]["awarded"]
    assert amounts == {
        ("incident", "decision"): awarded,
        ("exclusion", "decision"): awarded,
        ("fee", "decision"): awarded,
        ("decision", "issue"): awarded,
        ("issue", "redemption"): "20.00",
    }
    assert {tuple(one["approved_by"]) for one in said["findings"]} == {("Y",)}
    (person,) = said["people"]
    assert person == {"person": "X", "actors": ["X"], "claims": 1, "findings": 5, "amount": awarded}


def test_a_voucher_that_another_issued_is_other_money(book: Book) -> None:
    """X issued the second voucher of the month and redeemed the first."""
    book.told({**PERSONS, "redemption": "X"})
    book.tell(
        PERSONS["fee"], {"command": "fees correct", "bill": "B-1001-2024-04", "product_fee": "3000", "reason": "r"}
    )
    book.tell(PERSONS["decision"], redecide("1001", decided_at=when("07-01 10:00")))
    book.tell(PERSONS["approval"], {"command": "voucher approve", **CLAIM})
    book.tell("X", {"command": "voucher issue", **CLAIM, "voucher": "W", "issued_at": when("07-02 10:00")})
    assert book.found() == []
    book.tell("X", redeem("1.00") | {"voucher": "W"})
    (one,) = book.duties()["findings"]
    assert (one["voucher"], one["amount"]) == ("W", "1.00")


def test_facts_that_were_recorded_after_the_decision_had_no_part_in_it(book: Book) -> None:
    book.told()
    late = {"command": "fees correct", "bill": "B-1001-2024-04", "call_fee": "301.00", "reason": "r"}
    book.tell(PERSONS["decision"], late)
    assert book.found() == []
    book.tell("another", redecide("1001"))
    assert book.found() == [("fee", "decision")]


def test_an_outage_that_is_corrected_away_after_the_decision_is_found(book: Book) -> None:
    book.told({**PERSONS, "incident": PERSONS["decision"]})
    moved = {"started_at": when("05-10 10:00"), "ended_at": when("05-11 16:00"), "reason": "another month"}
    book.tell("another", {"command": "incident correct", "incident": "OUT", **moved})
    assert book.found() == [("incident", "decision")]


def test_an_outage_of_another_month_is_no_act_of_the_claim(book: Book) -> None:
    book.tell(PERSONS["decision"], *outage("OTHER", "05-10 10:00", "05-11 16:00", account="1001"))
    assert book.told().found() == []


def test_since_leaves_out_what_was_there_before(book: Book) -> None:
    book.told({**PERSONS, "incident": PERSONS["decision"]})
    position = book.tell("clerk", enroll("1002"))
    assert (book.found(), book.found("--since", str(position))) == ([("incident", "decision")], [])
    assert book.duties("--since", str(position))["claims"] == []
    book.tell(PERSONS["issue"], redeem("1.00"))
    assert book.found("--since", str(position)) == [("issue", "redemption")]


@pytest.mark.parametrize("since", ["2024-01-01", "yesterday", "-1", "2199-01-01T00:00:00Z"])
def test_since_is_an_instant_or_a_position(book: Book, since: str) -> None:
    status, _ = audit(book.path, "duties", "--since", since)
    assert status in (1, 2)


def test_an_instant_is_the_position_that_was_known_then(book: Book) -> None:
    book.told({**PERSONS, "incident": PERSONS["decision"]})
    assert book.found("--since", "2024-01-01T00:00:00+08:00") == [("incident", "decision")]


def test_the_answer_of_several_workers_is_the_same(book: Book) -> None:
    book.told(dict.fromkeys(STAGES, "X") | {"approval": "Y"})
    assert book.duties("--workers", "2") == book.duties()


def test_the_names_of_one_login_are_one_person() -> None:
    logins = Logins(login="bob", names=(("alice", "Alice Chen"), ("alice", "desk"), ("bob", "desk")), approvers=())
    assert [logins.person(name) for name in ("alice", "Alice Chen", "desk", "bob")] == ["alice", "alice", "desk", "bob"]
    assert logins.own("desk") == {"bob", "desk"}
    assert Logins().own("clerk") == {"clerk"}


def test_every_event_is_a_stage_or_is_said_to_be_none() -> None:
    none = {
        "ledger.created", "terms.published", "calendar.published", "controls.set", "key.used", "source.read",
        "id.reserved", "account.enrolled", "account.restaged", "account.moved", "account.corrected", "account.closed",
        "incident.joined", "incident.kept", "incident.released", "claim.filed", "claim.withdrawn", "claim.disputed",
        "claim.paid", "claim.payment_cancelled", "fees.paid_by_voucher", "fees.payment_reversed",
        "fees.offset_explained", "voucher.redemption_reversed", "voucher.cancelled", "ledger.upgraded", "account.named",
        "actor.key_added", "actor.key_retired", "incident.reported", "claim.evidenced",
    }  # fmt: skip
    assert {topic for topic, event in TOPICS.items() if event not in STAGE_OF} == none


def test_one_person_alone_is_told_in_a_table(book: Book, tmp_path: Path) -> None:
    book.told(dict.fromkeys(STAGES, "X") | {"approval": "Y"})
    done = CommandLine(tmp_path).run("audit", "duties", "--format", "table")
    assert done.returncode == 3, done.stderr
    assert "who makes a voucher should not also spend it" in done.stdout
    assert done.stdout.splitlines()[-1] == "5 findings"
