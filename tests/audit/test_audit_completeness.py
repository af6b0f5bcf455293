"""What is missing from an intact log: each kind of finding in a story made for it, and gone when it is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from build import SHIPPED, amended, at, row
from conftest import CommandLine
from test_audit_replay import Line, audit, bill, command_of, decide, enroll, filed, outage, redecide, when

from domain.time import DAY_US, HOUR_US
from ledger import clock
from ledger.application import Ledger
from ledger.commands.execution import carry_out, initialise

TODAY = at("2024-07-01 09:00")
"""The day on which it is asked; the first quarter's claims were handled when they came."""
Found = tuple[str, str | None, str | None]


class Book:
    """A ledger kept on a clock that is set by hand."""

    def __init__(self, path: Path, now: int) -> None:
        self.path = path
        self.now = now

    @classmethod
    def new(cls, path: Path, began: str) -> Book:
        """A ledger made at an instant."""
        made = cls(path, at(began))
        with Ledger.create(f"sqlite:///{path}") as ledger:
            initialise(ledger, "clerk", lambda: made.now)
        return made

    def tell(self, *lines: Line, on: str | None = None) -> None:
        """Carry out commands, at an instant where one is given."""
        self.now = self.now if on is None else at(f"2024-{on}")
        with Ledger.open(f"sqlite:///{self.path}") as ledger, ledger.writing() as log:
            for line in lines:
                carry_out(log, command_of(line), "clerk", self.now)

    def put_back(self, instant: str) -> None:
        """Give the last command's events an earlier instant of recording, as a clock that ran back did once."""
        changed = f"CAST(replace(CAST(state AS TEXT), '{self.now}', '{at(f'2024-{instant}')}') AS BLOB)"
        CommandLine(self.path.parent).tamper(
            f"UPDATE stored_events SET state = {changed} WHERE CAST(state AS TEXT) LIKE '%:{self.now},%'"
        )

    def findings(self, *words: str) -> list[Line]:
        """What is missing; held to the exit status, 3 where anything is."""
        status, said = audit(self.path, "completeness", *words)
        assert status == (3 if said else 0), said
        for each in said:
            assert {"kind", "message", "account", "month", "position"} == set(each)
            assert each["message"]
        return list(said)

    def found(self, *words: str) -> list[Found]:
        return [(each["kind"], each["account"], each["month"]) for each in self.findings(*words)]


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an account with a claim that was filed, decided and paid as it should be."""
    kept = Book.new(tmp_path_factory.mktemp("complete") / "slaledger.db", "2024-03-01 09:00")
    kept.tell(enroll("1001") | {"enrolled_at": when("03-01 00:00")}, on="03-01 09:00")
    kept.tell(*outage("OUT", "03-10 10:00", "03-10 16:00", account="1001"), on="03-11 09:00")
    kept.tell(bill("1001", month="2024-03", months=4), on="05-01 09:00")
    kept.tell(filed("1001", "04-15 10:00", "2024-03"), on="05-01 10:00")
    kept.tell(decide("1001", "2024-03"), on="05-02 09:00")
    kept.tell({"command": "voucher issue", "account": "1001", "month": "2024-03"}, on="05-02 10:00")
    return kept.path


@pytest.fixture
def book(complete: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A copy of it; nothing is missing in July."""
    kept = Book(tmp_path / "slaledger.db", TODAY)
    kept.path.write_bytes(complete.read_bytes())
    monkeypatch.setattr(clock, "now_us", lambda: kept.now)
    return kept


def test_nothing_is_missing_from_a_complete_ledger(book: Book) -> None:
    assert book.findings() == []
    assert book.findings("--year", "2024") == []


def test_nothing_is_missing_from_a_new_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = Book.new(tmp_path / "slaledger.db", "2024-03-01 09:00")
    monkeypatch.setattr(clock, "now_us", lambda: new.now)
    assert new.findings() == []


BECAUSE = {"reason": "mended"}
SECOND = [enroll("1002") | {"enrolled_at": when("05-15 00:00")}]
BILLED = [bill("1002", month="2024-05", months=2)]
CLAIM = [
    *SECOND,
    *BILLED,
    *outage("MAY", "05-20 10:00", "05-20 18:00", account="1002"),
    filed("1002", "06-20 10:00", "2024-05"),
]
ISSUE: Line = {"command": "voucher issue", "account": "1002", "month": "2024-05"}
OFFSET: Line = {"voucher_offset": {"service": "12.00", "call": "3.00"}}
KINDS: list[Any] = [
    row(
        "months without a bill",
        SECOND,
        [("month_without_bill", "1002", "2024-05"), ("month_without_bill", "1002", "2024-06")],
        BILLED,
    ),
    row(
        "a month whose bill is void",
        [*SECOND, *BILLED, {"command": "fees void", "bill": "B-1002-2024-05", **BECAUSE}],
        [("month_without_bill", "1002", "2024-05"), ("month_without_bill", "1002", "2024-06")],
        [bill("1002", month="2024-05", months=2) | {"bill": "ANEW"}],
    ),
    row(
        "an account that closed needs no bill after it",
        [*SECOND, {"command": "account close", "account": "1002", "closed_at": when("06-01 00:00")}],
        [("month_without_bill", "1002", "2024-05")],
        [bill("1002", month="2024-05")],
    ),
    row(
        "an incident never closed",
        outage("OPEN", "06-10 10:00", "06-10 11:00", account="1001")[:1],
        [("incident_never_closed", "1001", "2024-06")],
        [{"command": "incident close", "incident": "OPEN", "ended_at": when("06-10 11:00")}],
    ),
    row(
        "an open incident that was none",
        outage("OPEN", "06-10 10:00", "06-10 11:00", account="1001")[:1],
        [("incident_never_closed", "1001", "2024-06")],
        [{"command": "incident withdraw", "incident": "OPEN", **BECAUSE}],
    ),
    row("a claim that waits", CLAIM, [("claim_waits", "1002", "2024-05")], [decide("1002", "2024-05"), ISSUE]),
    row(
        "a claim that waited and was withdrawn",
        CLAIM,
        [("claim_waits", "1002", "2024-05")],
        [{"command": "claim withdraw", "account": "1002", "month": "2024-05", **BECAUSE}],
    ),
    row(
        "an award without a voucher",
        [*CLAIM, decide("1002", "2024-05")],
        [("award_without_voucher", "1002", "2024-05")],
        [ISSUE],
    ),
    row(
        "the rest of an award",
        [
            {"command": "fees correct", "bill": "B-1001-2024-03", "product_fee": "9000.00", **BECAUSE},
            redecide("1001", "2024-03"),
        ],
        [("award_without_voucher", "1001", "2024-03")],
        [ISSUE | {"account": "1001", "month": "2024-03"}],
    ),
    row(
        "an award that was none",
        [*CLAIM, decide("1002", "2024-05")],
        [("award_without_voucher", "1002", "2024-05")],
        [{"command": "incident withdraw", "incident": "MAY", **BECAUSE}, redecide("1002", "2024-05")],
    ),
    row(
        "voucher offsets that no redemption explains",
        [{"command": "fees correct", "bill": "B-1001-2024-03", **OFFSET, **BECAUSE}],
        [("unexplained_voucher_offset", "1001", "2024-03")],
        [
            {
                "command": "fees correct",
                "bill": "B-1001-2024-03",
                "voucher_offset": {"service": "0.00", "call": "0.00"},
                **BECAUSE,
            }
        ],
    ),
    row(
        "voucher offsets of a bill that is void",
        [bill("1001", month="2024-06", **OFFSET)],
        [("unexplained_voucher_offset", "1001", "2024-06")],
        [{"command": "fees void", "bill": "B-1001-2024-06", **BECAUSE}],
    ),
]


@pytest.mark.parametrize(("told", "expected", "mended"), KINDS)
def test_what_is_missing_is_found_until_it_is_mended(
    book: Book, told: list[Line], expected: list[Found], mended: list[Line]
) -> None:
    book.tell(*told, on="06-30 09:00")
    book.now = at("2024-07-05 09:00")
    assert book.found() == expected
    book.tell(*mended)
    assert book.found() == []


def test_a_shared_incident_is_missing_its_end_for_each_account_that_it_touches(book: Book) -> None:
    book.tell(*SECOND, *BILLED, on="06-30 09:00")
    opened, closed = outage("ALL", "06-10 10:00", "06-10 10:01", all_accounts=True)
    book.tell(opened)
    assert [each for each in book.found() if each[0] != "award_without_voucher"] == [
        ("incident_never_closed", account, "2024-06") for account in ("1001", "1002")
    ]
    book.tell(closed)
    assert book.found() == []


def test_an_open_incident_that_does_not_touch_an_account_is_not_its_finding(book: Book) -> None:
    """The account left the region before it began: everybody else's there, not this one's (R22)."""
    opened, _ = outage("ALL", "05-20 10:00", "05-20 10:01", regions=["r1"])
    moved = {"command": "account move", "account": "1002", "region": "r2", "moved_at": when("05-18 00:00")}
    book.tell(*SECOND, *BILLED, moved, opened, on="06-30 09:00")
    assert book.found() == [("incident_never_closed", "1001", "2024-05")]


@pytest.mark.parametrize(
    ("after_us", "waits"),
    [row("10 days", 10 * DAY_US, False), row("10 days and a moment", 10 * DAY_US + 1, True)],
)
def test_a_claim_may_wait_for_ten_days(book: Book, after_us: int, waits: bool) -> None:
    book.tell(*CLAIM, on="06-21 09:00")
    book.tell(bill("1001", month="2024-07") | {"bill": "JULY"}, on="06-22 09:00")
    book.now = at("2024-06-20 10:00") + after_us
    assert [each[0] for each in book.found()] == (["claim_waits"] if waits else [])


def test_a_running_month_needs_no_bill_yet(book: Book) -> None:
    book.now = at("2024-08-01 00:00") - 1
    assert book.found() == []
    book.now += 1
    assert book.found() == [("month_without_bill", "1001", "2024-07")]


def test_a_calendar_is_missing_for_a_month_that_was_claimed(book: Book, tmp_path: Path) -> None:
    """The ledger was made in 2022, when nobody knew the working days of 2024 yet."""
    early = Book.new(tmp_path / "early.db", "2022-06-01 09:00")
    early.tell(enroll("1001") | {"enrolled_at": when("2023-12-01 00:00")}, on="02-20 09:00")
    early.tell(bill("1001", month="2023-12", months=2) | {"billed_at": when("02-01 00:00")})
    early.tell(filed("1001", "02-20 09:00", "2023-12"))
    book.now = at("2024-02-21 09:00")
    assert early.found() == [("calendar_missing", "1001", "2023-12")]
    early.tell({"command": "calendar publish", "year": 2024})
    assert early.found() == []


CHECKED = at("2026-11-22 12:00")


@pytest.mark.parametrize(
    ("after_us", "stale"), [row("a year", 365 * DAY_US, False), row("a day more", 366 * DAY_US, True)]
)
def test_terms_whose_source_was_checked_long_ago_are_named(book: Book, after_us: int, stale: bool) -> None:
    assert "checked_on = 2026-11-22" in SHIPPED
    book.now = CHECKED + after_us
    found = [each for each in book.findings() if each["kind"] == "source_not_checked"]
    assert len(found) == stale
    assert all("2018-08-01" in each["message"] and "2026-11-22" in each["message"] for each in found)


def test_each_version_of_the_terms_has_a_source(book: Book) -> None:
    changed = amended("2024-08-01", "2024-08-01", ("checked_on = 2026-11-22", "checked_on = 2023-06-30"))
    book.tell({"command": "terms publish", "document": changed, "noticed_at": when("06-01 00:00")})
    assert book.found() == [("source_not_checked", None, None)]
    assert "2024-08-01" in book.findings()[0]["message"]


def test_a_clock_that_went_backwards_is_named_with_its_position(book: Book) -> None:
    book.tell(bill("1001", month="2024-05") | {"bill": "ONE"}, on="06-20 09:00")
    book.tell(bill("1001", month="2024-05") | {"bill": "TWO"}, on="06-21 09:00")
    book.put_back("06-19 09:00")
    book.now = TODAY
    with Ledger.open(f"sqlite:///{book.path}") as ledger, ledger.reading() as log:
        positions = [each.position for each in log.since(0)][-2:]
    found = book.findings()
    assert {each["kind"] for each in found} == {"clock_went_backwards"}
    assert [each["position"] for each in found] == positions
    assert "2024-06-19T09:00:00+08:00" in found[0]["message"]
    assert "2024-06-20T09:00:00+08:00" in found[0]["message"]


def test_decisions_and_vouchers_dated_earlier_than_recorded_are_named(book: Book) -> None:
    book.tell(*CLAIM, on="06-21 09:00")
    book.tell(decide("1002", "2024-05", decided_at=when("06-22 09:00")), on="06-23 09:00")
    assert book.found() == [
        ("award_without_voucher", "1002", "2024-05"),
        ("dated_earlier_than_recorded", "1002", "2024-05"),
    ]
    book.tell(ISSUE | {"issued_at": when("06-23 09:00")}, on="06-24 09:00")
    found = book.findings()
    assert [each["kind"] for each in found] == ["dated_earlier_than_recorded"] * 2
    said = [each["message"] for each in found]
    assert "decision" in said[0]
    assert "V-1002-2024-05-1" in said[1]
    assert "2024-06-22 09:00" in said[0]
    assert "2024-06-23 09:00" in said[0]
    assert all(each["position"] for each in found)


def test_what_was_dated_at_the_moment_it_was_recorded_is_no_finding(book: Book) -> None:
    book.tell(*CLAIM, on="06-21 09:00")
    book.tell(decide("1002", "2024-05", decided_at=when("06-22 09:00")), on="06-22 09:00")
    book.tell(ISSUE | {"issued_at": when("06-22 09:00")})
    assert book.found() == []


def test_a_year_shows_only_its_own_months(book: Book) -> None:
    early = enroll("1003") | {"enrolled_at": when("2023-11-01 00:00")}
    book.tell(early)
    everything = book.found()
    assert [each[2] for each in everything] == ["2023-11", "2023-12", *(f"2024-0{month}" for month in range(1, 7))]
    assert book.found("--year", "2023") == everything[:2]
    assert book.found("--year", "2024") == everything[2:]
    assert book.found("--year", "2025") == []


def test_a_finding_without_a_month_is_of_every_year(book: Book) -> None:
    book.tell(bill("1001", month="2024-05") | {"bill": "ONE"}, on="06-20 09:00")
    book.tell(bill("1001", month="2024-05") | {"bill": "TWO"}, on="06-21 09:00")
    book.put_back("06-19 09:00")
    book.now = TODAY
    assert {each[0] for each in book.found("--year", "2025")} == {"clock_went_backwards"}


@pytest.mark.parametrize("year", ["24", "abc", "1999", "2024-05"])
def test_a_year_that_is_none_is_refused(book: Book, year: str) -> None:
    assert audit(book.path, "completeness", "--year", year)[0] == 2


def test_an_incomplete_ledger_is_intact(book: Book) -> None:
    """Incompleteness is no difference of any decision."""
    book.tell(*CLAIM, on="06-21 09:00")
    book.tell(decide("1002", "2024-05"), on="06-22 09:00")
    book.now = TODAY + HOUR_US
    assert book.found() != []
    assert audit(book.path, "replay")[0] == 0


def test_the_demo_exits_3_and_names_what_is_missing(shown: tuple[Path, str]) -> None:
    command_line = CommandLine(shown[0])
    done = command_line.run("audit", "completeness")
    assert done.returncode == 3, done.stderr
    assert "dated_earlier_than_recorded" in done.stdout
    table = command_line.run("audit", "completeness", "--format", "table")
    assert table.returncode == 3
    assert "findings" in table.stdout.splitlines()[-1]
