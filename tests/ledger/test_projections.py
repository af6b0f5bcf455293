"""Random histories, carried out command by command: what no history may do, and what the projections make of each.

The pools are small so that commands meet: two accounts and a third that was never enrolled, a few ids, two months.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from build import amended
from conftest import CommandLine
from hypothesis import event, given, settings
from hypothesis import strategies as st
from stores import Place, SqliteFile, Store, sqlite_only

from domain.bill import owed_fen
from domain.case import Case, fold
from domain.commands import MonthCommand
from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.commands.batch import Batch
from ledger.commands.execution import execute
from ledger.commands.month_run import execute_month
from ledger.commands.parsing import build, parse_line
from ledger.log.codec import decode
from ledger.queries.projected import FORMAT, TABLES
from ledger.queries.read_models import ReadModels, rebuild
from ledger.queries.worklist import breaches_of
from ledger.store.sqlite.files import kept_path
from projections.claims import claim_rows
from projections.months import has_open_incident, month_rows
from projections.vouchers import voucher_rows

Line = dict[str, Any]
Rows = tuple[list[Any], list[Any], list[Any], list[str]]

START_US = 1_719_792_000_000_000
"""2024-07-01T00:00:00Z: the clock of a history stands here, and goes on by hours."""
HOUR_US = 3_600_000_000
MONTH, NEXT = "2024-03", "2024-04"


def at(text: str) -> str:
    """An instant of 2024 on Shanghai's clock: `03-03 10:00`."""
    return f"2024-{text.replace(' ', 'T')}:00+08:00"


accounts = st.sampled_from(["A", "A", "A", "B", "C"])
enrolled = st.sampled_from(["A", "A", "B"])
months = st.sampled_from([MONTH, MONTH, MONTH, NEXT])
incidents = st.sampled_from(["I1", "I2", "SHARED"])
bills = st.sampled_from(["OLD", "LATE", "LATER"])
vouchers = st.sampled_from([f"V-A-{MONTH}-1", f"V-A-{MONTH}-1", f"V-A-{MONTH}-2", f"V-B-{MONTH}-1", "V-NONE"])
numbers = st.integers(1, 3)
reasons = st.sampled_from(["r", "s"])
starts = st.sampled_from(["03-03 10:00", "03-31 20:00", "03-03 09:58", "04-02 00:00"]).map(at)
ends = st.sampled_from(["03-03 09:59", "03-03 10:01", "03-03 16:00", "03-05 10:00", "03-31 23:59", "04-03 00:00"]).map(
    at
)
filings = st.sampled_from(["03-31 10:00", "04-02 10:00", "04-20 10:00", "05-20 10:00", "06-20 10:00"]).map(at)
decidings = st.sampled_from(["04-02 12:00", "05-20 12:00", "06-21 12:00", "06-25 12:00"]).map(at)
issuings = st.sampled_from(["06-25 12:00", "06-26 12:00", "04-21 12:00"]).map(at)
amounts = st.sampled_from(["0.01", "20.00", "60.00", "113.00", "200.00", "1000.00", "0.00"])
fees = st.sampled_from(["0.00", "10.00", "100.00", "1000.00", "2500.00"])
maybe_key = {"key": st.sampled_from(["k1", "k2"])}


def line(
    command: str, optional: dict[str, st.SearchStrategy[Any]] | None = None, **fields: Any
) -> st.SearchStrategy[Line]:
    """A batch line of a command; a field is a strategy or a fixed value."""
    drawn = {name: value if isinstance(value, st.SearchStrategy) else st.just(value) for name, value in fields.items()}
    return st.fixed_dictionaries({"command": st.just(command), **drawn}, optional=optional or {})


offset = st.fixed_dictionaries({}, optional={"service": fees, "call": fees})
SETTING: list[st.SearchStrategy[Line]] = [
    line("account enroll", account=accounts, enrolled_at=at("01-01 00:00"), region=st.sampled_from(["r1", "r2"])),
    line("account restage", account=accounts, stage=st.sampled_from(["public_beta", "general"]), changed_at=starts),
    line(
        "account correct",
        account=accounts,
        reason=reasons,
        optional={"region": st.sampled_from(["r1", "r2"]), "enrolled_at": starts, "covered_in_beta": st.booleans()},
    ),
    line("account close", account=accounts, closed_at=ends),
    line("incident open", incident=incidents, account=accounts, function="inbound_routing", started_at=starts),
    line("incident open", incident=incidents, regions=["r1"], function="agent_calls", started_at=starts),
    line("incident open", incident=incidents, all_accounts=True, function="agent_calls", started_at=starts),
    line("incident open", incident=incidents, accounts=["A", "B"], function="agent_sign_in", started_at=starts),
    line("incident close", incident=incidents, ended_at=ends),
    line("incident correct", incident=incidents, reason=reasons, optional={"started_at": starts, "ended_at": ends}),
    line("incident withdraw", incident=incidents, reason=reasons),
    line(
        "exclusion apply",
        incident=incidents,
        clause=st.sampled_from(["2.3(1)", "2.3(5)"]),
        optional={"from": starts, "to": ends, "notified_at": starts, "reason": reasons},
    ),
    line("exclusion withdraw", incident=incidents, exclusion=numbers, reason=reasons),
    line(
        "fees bill",
        bill=bills,
        account=accounts,
        first_month=months,
        billed_at=at("04-01 00:00"),
        product_fee=fees,
        call_fee=fees,
        optional={"months": st.integers(0, 3), "voucher_offset": offset},
    ),
]
MONEY: list[st.SearchStrategy[Line]] = [
    line(
        "fees correct",
        bill=bills,
        reason=reasons,
        optional={"product_fee": fees, "call_fee": fees, "voucher_offset": offset},
    ),
    line("fees void", bill=bills, reason=reasons),
    line("claim file", account=accounts, month=months, filed_at=filings),
    line("claim withdraw", account=accounts, month=months, reason=reasons),
    line("claim decide", account=enrolled, month=months, optional={"decided_at": decidings, **maybe_key}),
    line("claim decide", month=months, all=True),
    line("claim dispute", account=accounts, month=months, disputed_at=decidings, grounds=reasons),
    line("claim redecide", account=enrolled, month=months, reason=reasons, optional={"decided_at": decidings}),
    line(
        "voucher issue",
        account=enrolled,
        month=months,
        optional={"issued_at": issuings, "voucher": vouchers, **maybe_key},
    ),
    line("voucher issue", month=months, all=True),
    line(
        "voucher redeem",
        voucher=vouchers,
        account=enrolled,
        bill=bills,
        part=st.sampled_from(["service", "call"]),
        amount=amounts,
        redeemed_at=st.sampled_from(["06-27 12:00", "06-28 12:00"]).map(at),
        optional=maybe_key,
    ),
    line("voucher reverse", voucher=vouchers, redemption=numbers, reason=reasons),
    line("voucher cancel", voucher=vouchers, reason=reasons),
]


HOT: list[st.SearchStrategy[Line]] = [
    line("incident correct", incident="I1", reason=reasons, ended_at=ends),
    line("fees correct", bill="OLD", reason=reasons, product_fee=fees),
    line("claim redecide", account="A", month=MONTH, reason=reasons, decided_at=at("06-25 12:00")),
    line("voucher issue", account="A", month=MONTH, issued_at=at("06-25 12:00")),
    line(
        "voucher redeem",
        voucher=st.sampled_from([f"V-A-{MONTH}-1", f"V-A-{MONTH}-2"]),
        account="A",
        bill=st.sampled_from(["LATE", "LATER"]),
        part=st.sampled_from(["service", "call"]),
        amount=st.sampled_from(["20.00", "60.00", "93.00", "113.00", "300.00"]),
        redeemed_at=st.sampled_from(["06-27 12:00", "06-28 12:00"]).map(at),
    ),
    line("voucher reverse", voucher=f"V-A-{MONTH}-1", redemption=numbers, reason=reasons),
    line("fees correct", bill=st.sampled_from(["LATE", "LATER"]), reason=reasons, product_fee=fees, call_fee=fees),
    line("claim dispute", account="A", month=MONTH, disputed_at=at("06-25 12:00"), grounds=reasons),
]
"""What moves the award of one account up and down, and its money to and fro."""
LOOK: Line = {}
"""Not a command: look at the projections now."""


def weighed(**kinds: tuple[int, list[st.SearchStrategy[Line]]]) -> st.SearchStrategy[Line]:
    """A line of one of the kinds, each so often as its weight says."""
    return st.sampled_from([kind for weight, kind in kinds.values() for _ in range(weight)]).flatmap(
        lambda kind: st.sampled_from(kind).flatmap(lambda one: one)
    )


anything = weighed(look=(1, [st.just(LOOK)]), setting=(3, SETTING), money=(3, MONEY), hot=(3, HOT))
of_money = weighed(money=(2, MONEY), hot=(4, HOT))


def opening() -> list[Line]:
    """Two accounts with an outage each, bills for it and later ones, and claims that wait."""
    made: list[Line] = []
    for account, incident in (("A", "I1"), ("B", "I2")):
        made += [
            {"command": "account enroll", "account": account, "enrolled_at": at("01-01 00:00"), "region": "r1"},
            {
                "command": "incident open",
                "incident": incident,
                "account": account,
                "function": "inbound_routing",
                "started_at": at("03-03 10:00"),
            },
            {"command": "incident close", "incident": incident, "ended_at": at("03-03 16:00")},
            {
                "command": "claim file",
                "account": account,
                "month": MONTH,
                "filed_at": at("04-20 10:00"),
            },
        ]
    billed = {"command": "fees bill", "account": "A", "product_fee": "1000.00", "call_fee": "300.00"}
    for bill, first, when in (("OLD", MONTH, "04-01"), ("LATE", "2024-05", "06-26"), ("LATER", "2024-06", "06-27")):
        made.append(billed | {"bill": bill, "first_month": first, "billed_at": at(f"{when} 12:00")})
    return made


@pytest.fixture(scope="module")
def opened(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A ledger with the opening told, as it stood then."""
    place = store.blank(tmp_path_factory.mktemp("opened"))
    with Ledger.open(place.url) as ledger:
        for told in opening():
            execute(ledger, command_of(told), "clerk", lambda: START_US)
    return place


def command_of(told: Line) -> Any:
    return parse_line(msgspec.json.encode(told))


@contextlib.contextmanager
def own(opened: Place) -> Iterator[Ledger]:
    """A copy of a ledger in a folder of its own."""
    with TemporaryDirectory() as folder:
        copy = opened.copy(Path(folder))
        try:
            with Ledger.open(copy.url) as ledger:
                yield ledger
        finally:
            copy.drop()


class Story:
    """A history being told on a ledger, each step on a clock that never stands still."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.now = START_US

    def tell(self, told: Line) -> bool:
        """Carry out a command, or a month's run; only a Refusal may leave it. Gives whether it was carried out."""
        self.now += HOUR_US
        try:
            command = command_of(told)
        except Refusal as refusal:
            assert refusal.code and refusal.message
            return False
        if isinstance(command, MonthCommand):
            execute_month(self.ledger, command, "clerk", lambda: self.now)
            return True
        before = positions(self.ledger)
        try:
            done = execute(self.ledger, command, "clerk", lambda: self.now)
        except Refusal as refusal:
            assert refusal.status in (1, 2), refusal.code
            assert positions(self.ledger) == before, "a refused command recorded something"
            return False
        assert count(self.ledger, before) == done.recorded
        again = execute(self.ledger, command, "clerk", lambda: self.now)
        assert again.noop, f"{told} was not a no-op when it was repeated"
        return True


def positions(ledger: Ledger) -> int:
    with ledger.reading() as log:
        return log.position()


def count(ledger: Ledger, after: int) -> int:
    """How many events stand behind a position."""
    with ledger.reading() as log:
        return sum(1 for _ in log.since(after))


def cases(ledger: Ledger) -> dict[str, Case]:
    with ledger.reading() as log:
        return {account: log.case(account) for account in log.accounts()}


def kept(ledger: Ledger) -> Rows:
    """The projections as they are read: caught up from where they were."""
    with ReadModels.of(ledger) as views:
        return views.months(), views.claims(), views.vouchers(), views.open_accounts()


def folded(ledger: Ledger) -> Rows:
    """The same from the events alone."""
    found = cases(ledger)
    closed = {account: case for account, case in found.items() if not has_open_incident(case)}
    months_, claims, vouchers_ = (
        [row for account, case in closed.items() for row in month_rows(case, account, 0)],
        [row for case in found.values() for row in claim_rows(case)],
        [row for case in found.values() for row in voucher_rows(case)],
    )
    return (
        sorted(months_, key=lambda row: (row.account, row.month)),
        sorted(claims, key=lambda row: (row.month, row.account)),
        sorted(vouchers_, key=lambda row: row.voucher),
        sorted(set(found) - set(closed)),
    )


def check_money(found: dict[str, Case]) -> None:
    """What no history may do to anybody's money."""
    for case in found.values():
        for voucher in case.vouchers.values():
            assert 0 <= voucher.balance_fen <= voucher.amount_fen, voucher
            for redemption in voucher.redemptions:
                sides = [
                    payment
                    for payment in case.bills[redemption.bill].payments
                    if (payment.voucher, payment.redemption) == (voucher.voucher, redemption.number)
                ]
                assert [(side.amount_fen, side.reversed) for side in sides] == [
                    (redemption.amount_fen, redemption.reversed is not None)
                ]
        for bill in case.bills.values():
            assert owed_fen(bill, "service") >= 0, bill
            assert owed_fen(bill, "call") >= 0, bill
            assert bill.voided is None or all(payment.reversed for payment in bill.payments), bill
        for month, claim in case.claims.items():
            vouchers = [voucher for voucher in case.vouchers.values() if voucher.month == month]
            held = sum(voucher.amount_fen - voucher.cancelled_fen for voucher in vouchers)
            awards = [decided.head.awarded_fen for decided in claim.decisions]
            assert held <= max(awards, default=0), (month, held, awards)
            assert held == claim.held_fen


def examples(store: Store) -> settings:
    """As many as elsewhere; a tenth on a server, which takes many times as long as a file in memory."""
    count = settings.default.max_examples
    return settings(max_examples=count if store.name == "sqlite" else count // 10)


def test_a_random_history(store: Store, opened: Place) -> None:
    """Accepted or refused and nothing else; nobody's money is spent twice; the projections are the fold."""

    @examples(store)
    @given(st.booleans(), st.lists(anything, min_size=10, max_size=40))
    def holds(begun: bool, history: list[Line]) -> None:
        with own(opened) as ledger:
            story = Story(ledger)
            kept(ledger)
            for told in [*(award() if begun else []), *history]:
                if told:
                    story.tell(told)
                    check_money(cases(ledger))
                else:
                    assert kept(ledger) == folded(ledger)
            rows = kept(ledger)
            assert rows == folded(ledger)
            rebuild(ledger)
            assert kept(ledger) == rows
            event(f"vouchers: {min(len(rows[2]), 3)}")
            event(f"decided claims: {sum(row.outcome is not None for row in rows[1])}")
            event(f"redeemed: {any(row.redeemed_fen for row in rows[2])}")

    holds()


def test_folding_a_part_and_then_the_rest_is_folding_all(store: Store, opened: Place) -> None:

    @examples(store)
    @given(st.lists(of_money, min_size=5, max_size=25), st.data())
    def holds(history: list[Line], data: st.DataObject) -> None:
        with own(opened) as ledger:
            story = Story(ledger)
            for told in [*award(), *history]:
                story.tell(told)
            with ledger.reading() as log:
                facts = [decode(row) for row in log.case_rows("A")]
                whole = fold(facts)
                cut = data.draw(st.integers(0, len(facts)), label="cut")
                assert fold(facts[cut:], case=fold(facts[:cut])) == whole
                assert log.case("A") == whole
            if cut:
                with ledger.reading(upto=facts[cut - 1].position) as then:
                    assert then.case("A") == fold(facts[:cut])

    holds()


def award() -> list[Line]:
    """From the opening to a voucher that is partly spent."""
    return [
        {"command": "claim decide", "account": "A", "month": MONTH, "decided_at": at("04-21 12:00")},
        {"command": "voucher issue", "account": "A", "month": MONTH, "issued_at": at("04-22 12:00")},
        {
            "command": "voucher redeem",
            "voucher": f"V-A-{MONTH}-1",
            "account": "A",
            "bill": "LATE",
            "part": "service",
            "amount": "20.00",
            "redeemed_at": at("06-27 12:00"),
        },
    ]


def test_a_random_history_of_money(store: Store, opened: Place) -> None:
    """From a voucher that is partly spent on: awards go up and down, and no fen is issued or paid twice."""

    @examples(store)
    @given(st.lists(of_money, min_size=15, max_size=40))
    def holds(history: list[Line]) -> None:
        with own(opened) as ledger:
            story = Story(ledger)
            for told in [*award(), *history]:
                story.tell(told)
            check_money(cases(ledger))
            rows = kept(ledger)
            assert rows == folded(ledger)
            event(f"vouchers: {min(len(rows[2]), 3)}")
            event(f"redeemed: {min(sum(row.redeemed_fen for row in rows[2]), 10_000) // 2000}")
            event(f"overpaid: {any(row.overpaid_fen for row in rows[1])}")

    holds()


def test_the_opening_and_the_award_are_what_the_histories_rest_on(opened: Place) -> None:
    with own(opened) as ledger:
        story = Story(ledger)
        assert all(story.tell(told) for told in award())
        months_, claims, (voucher,), open_accounts = kept(ledger)
        assert [(row.account, row.month, row.tier) for row in months_] == [("A", MONTH, 1), ("B", MONTH, 1)]
        assert [row.status for row in claims] == ["settled", "filed"]
        assert (voucher.issued_fen, voucher.redeemed_fen, voucher.balance_fen) == (11_300, 2000, 9300)
        assert open_accounts == []


# ---- whatever became of the kept rows, the answers are the same ----


@pytest.fixture(scope="module")
def awarded(opened: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A ledger on which a voucher is partly spent."""
    place = opened.copy(tmp_path_factory.mktemp("awarded"))
    with Ledger.open(place.url) as ledger:
        story = Story(ledger)
        assert all(story.tell(told) for told in award())
    return place


@pytest.fixture
def answered(opened: Place, tmp_path: Path) -> Iterator[CommandLine]:
    """Such a ledger, with its projections as they stood before that; its permissions are given back afterwards."""
    folder = tmp_path / "ledger"
    place = opened.copy(folder)
    with Ledger.open(place.url) as ledger:
        kept(ledger)
        story = Story(ledger)
        assert all(story.tell(told) for told in award())
    yield CommandLine(folder, place)
    folder.chmod(0o755)


QUESTIONS = (("breaches", MONTH), ("claim", "list"), ("voucher", "list"), ("worklist",))


def answers(command_line: CommandLine) -> list[Any]:
    return [command_line.ok(*words) for words in QUESTIONS]


@pytest.fixture(scope="module")
def expected(awarded: Place, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The answers from the events alone, without any kept row."""
    folder = tmp_path_factory.mktemp("expected")
    command_line = CommandLine(folder, awarded.copy(folder))
    found = answers(command_line)
    assert [len(answer) for answer in found[:3]] == [2, 2, 1]
    return found


def _delete(views: Path) -> None:
    views.unlink()


def _empty(views: Path) -> None:
    views.write_bytes(b"")


def _garbage(views: Path) -> None:
    views.write_bytes(b"garbage " * 4096)


def _cut_short(views: Path) -> None:
    views.write_bytes(views.read_bytes()[: views.stat().st_size // 2])


def _torn_pages(views: Path) -> None:
    """A sound header and schema before pages that are none."""
    written = bytearray(views.read_bytes())
    written[4096:] = b"\xff" * (len(written) - 4096)
    views.write_bytes(written)


def _foreign(views: Path) -> None:
    """A sound database that holds something else."""
    views.unlink()
    with closing(sqlite3.connect(views)) as raw:
        raw.execute("CREATE TABLE cookies (name)")


def _foreign_of_our_format(views: Path) -> None:
    _foreign(views)
    with closing(sqlite3.connect(views)) as raw:
        raw.execute(f"PRAGMA user_version = {FORMAT}")


Spoil = Callable[[CommandLine], None]


def _file(change: Callable[[Path], None]) -> Spoil:
    return lambda command_line: change(kept_path(command_line.ledger, "views"))


def _statements(*statements: str) -> Spoil:
    """Statements on the kept tables; one that raises the format says it as its store does."""

    def spoil(command_line: CommandLine) -> None:
        with command_line.place.beside("views") as execute:
            for statement in statements:
                execute(statement)

    return spoil


def _later_format(command_line: CommandLine) -> None:
    """Another version's: its number, and columns that ours does not have."""
    on_file = isinstance(command_line.place, SqliteFile)
    raised = f"PRAGMA user_version = {FORMAT + 1}" if on_file else f"UPDATE formats SET format = {FORMAT + 1}"
    _statements(
        "ALTER TABLE vouchers ADD COLUMN colour INTEGER", "ALTER TABLE months RENAME COLUMN tier TO grade", raised
    )(command_line)


def _foreign_tables(command_line: CommandLine) -> None:
    """Tables of our format, one of our names, that hold something else."""
    _statements(*(f"DROP TABLE {table}" for table in TABLES), "CREATE TABLE vouchers (name INTEGER)")(command_line)


FOREIGN_CLAIM = (
    "INSERT INTO claims SELECT 'Z', month, status, filed_at, outcome, 1, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL"
    " FROM claims LIMIT 1"
)
SPOILT: dict[str, Spoil] = {
    "forgotten": lambda command_line: command_line.place.forget(),
    "no tables": _statements(*(f"DROP TABLE {table}" for table in TABLES)),
    "foreign tables": _foreign_tables,
    "later format": _later_format,
    "a stranger's table beside the log": lambda command_line: command_line.place.query(
        "CREATE TABLE claims (name TEXT)"
    ),
    # Another ledger's rows, that claim to have come as far as ours and further.
    "of another ledger": _statements(
        "UPDATE tracking SET application_name = 'slaledger-other' WHERE application_name LIKE 'slaledger-%'",
        "UPDATE vouchers SET balance_fen = 99999",
        FOREIGN_CLAIM,
    ),
    # The ledger was given back from a copy, and went on from there to the same position.
    "of a copy that went on": _statements("UPDATE tracking SET leaf_sha256 = 'another'", FOREIGN_CLAIM),
    # Rows of a later state: the ledger was given back from a copy.
    "ahead": _statements("UPDATE tracking SET notification_id = notification_id + 1000", FOREIGN_CLAIM),
}
SPOILT_FILES: dict[str, Spoil] = {
    change.__name__.strip("_"): _file(change)
    for change in (_delete, _empty, _garbage, _cut_short, _torn_pages, _foreign, _foreign_of_our_format)
}


@pytest.mark.parametrize("how", SPOILT)
def test_spoilt_projections_change_no_answer(answered: CommandLine, expected: list[Any], how: str) -> None:
    with answered.opened() as ledger:
        kept(ledger)
    SPOILT[how](answered)
    assert answers(answered) == expected


@pytest.mark.parametrize("how", SPOILT)
def test_rebuild_mends_spoilt_projections(answered: CommandLine, expected: list[Any], how: str) -> None:
    with answered.opened() as ledger:
        kept(ledger)
    SPOILT[how](answered)
    assert answered.ok("rebuild")["accounts"] == 2
    assert answered.ok("voucher", "list") == expected[2]


@sqlite_only("the bytes of a file")
@pytest.mark.parametrize("how", SPOILT_FILES)
def test_a_spoilt_file_of_projections_changes_no_answer_and_is_mended(
    answered: CommandLine, expected: list[Any], how: str
) -> None:
    for mend in (False, True):
        with answered.opened() as ledger:
            kept(ledger)
        SPOILT_FILES[how](answered)
        if mend:
            assert answered.ok("rebuild")["accounts"] == 2
        assert answers(answered) == expected


def test_projections_that_lag_behind_are_caught_up(answered: CommandLine, expected: list[Any]) -> None:
    assert answers(answered) == expected


def _may_not_be_written(path: Path) -> None:
    path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def _ledger_read_only(command_line: CommandLine) -> None:
    _may_not_be_written(command_line.ledger)


def _views_read_only(command_line: CommandLine) -> None:
    _may_not_be_written(kept_path(command_line.ledger, "views"))


def _folder_read_only(command_line: CommandLine) -> None:
    _may_not_be_written(command_line.ledger)
    _may_not_be_written(command_line.folder)


def _folder_read_only_without_views(command_line: CommandLine) -> None:
    kept_path(command_line.ledger, "views").unlink()
    _may_not_be_written(command_line.folder)


@sqlite_only("the permissions of files")
@pytest.mark.parametrize(
    "lock",
    [_ledger_read_only, _views_read_only, _folder_read_only, _folder_read_only_without_views],
    ids=lambda lock: lock.__name__.strip("_"),
)
def test_who_may_only_read_gets_the_same_answers(
    answered: CommandLine, expected: list[Any], lock: Callable[[CommandLine], None]
) -> None:
    lock(answered)
    before = {path.name: path.read_bytes() for path in answered.folder.iterdir() if path.is_file()}
    assert answers(answered) == expected
    after = {path.name: path.read_bytes() for path in answered.folder.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before


@sqlite_only("the permissions of files")
def test_what_a_killed_writer_left_is_read_in_a_read_only_folder_too(
    answered: CommandLine, expected: list[Any], tmp_path: Path
) -> None:
    """Its last transactions stand in SQLite's write-ahead log, beside the file: they were committed.

    To say that it cannot be read is honest; to answer without them is not.
    """
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with answered.opened() as ledger:
        filed = {"account": "A", "month": NEXT, "filed_at": at("05-20 10:00")}
        execute(ledger, build("claim file", filed), "clerk")
        for file in answered.folder.glob("slaledger.db*"):
            if "views" not in file.name and not file.name.endswith("-shm"):
                shutil.copy(file, crashed / file.name)
    copy = CommandLine(crashed)
    _may_not_be_written(copy.ledger)
    _may_not_be_written(crashed)
    try:
        done = copy.run("claim", "list")
    finally:
        crashed.chmod(0o755)
    assert done.returncode == 2 or len(json.loads(done.stdout)) == len(expected[1]) + 1, done.stdout


@sqlite_only("the permissions of files")
def test_rebuild_of_projections_that_may_not_be_written_says_so_and_harms_nothing(
    answered: CommandLine, expected: list[Any]
) -> None:
    _folder_read_only(answered)
    done = answered.run("rebuild")
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert answers(answered) == expected


def test_a_shared_incident_reaches_every_account_that_it_touches(opened: Place) -> None:
    with own(opened) as ledger:
        kept(ledger)
        story = Story(ledger)
        shared = {"command": "incident open", "incident": "SHARED", "regions": ["r1"], "function": "agent_calls"}
        assert story.tell(shared | {"started_at": at("04-02 00:00")})
        assert kept(ledger)[3] == ["A", "B"]
        assert story.tell({"command": "incident close", "incident": "SHARED", "ended_at": at("04-03 00:00")})
        assert [(row.account, row.month) for row in kept(ledger)[0]] == [
            ("A", MONTH),
            ("A", NEXT),
            ("B", MONTH),
            ("B", NEXT),
        ]
        assert story.tell({"command": "account correct", "account": "B", "region": "r2", "reason": "a slip"})
        assert [(row.account, row.month) for row in kept(ledger)[0]] == [("A", MONTH), ("A", NEXT), ("B", MONTH)]
        assert kept(ledger) == folded(ledger)


def test_an_open_outage_is_measured_up_to_when_one_looks(opened: Place) -> None:
    with own(opened) as ledger:
        story = Story(ledger)
        lasting = {"command": "incident open", "incident": "SHARED", "account": "B", "function": "agent_calls"}
        assert story.tell(lasting | {"started_at": at("04-29 00:00")})
        kept(ledger)
        seen = [breaches_of(ledger, NEXT, START_US - days * 24 * HOUR_US) for days in (70, 62, 61, 0)]
        assert [[breach.tier for breach in found] for found in seen] == [[], [2], [3], [3]]


def test_terms_published_later_are_taken_into_account(opened: Place) -> None:
    """A new version governs months from its first day on; the kept months are measured again."""
    document = amended(
        "2024-04-01",
        "2024-04-01",
        ("minimum_outage_seconds = { value = 120", "minimum_outage_seconds = { value = 86400"),
    )
    with own(opened) as ledger:
        story = Story(ledger)
        outage = {"command": "incident open", "incident": "SHARED", "account": "B", "function": "agent_calls"}
        assert story.tell(outage | {"started_at": at("04-02 00:00")})
        assert story.tell({"command": "incident close", "incident": "SHARED", "ended_at": at("04-02 12:00")})
        assert [row.tier for row in kept(ledger)[0] if row.month == NEXT] == [2]
        assert story.tell({"command": "terms publish", "document": document, "noticed_at": at("01-01 00:00")})
        assert [row.tier for row in kept(ledger)[0] if row.month == NEXT] == [None]
        assert kept(ledger) == folded(ledger)


def test_a_batch_is_seen_by_the_projections_like_single_commands(opened: Place, tmp_path: Path) -> None:
    with own(opened) as ledger:
        kept(ledger)
        file = tmp_path / "award.jsonl"
        file.write_bytes(b"".join(msgspec.json.encode(told) + b"\n" for told in award()))
        with file.open("rb") as lines:
            report = Batch(ledger, lines, actor="clerk", now=lambda: START_US + HOUR_US).run()
        assert (report.refused, report.lines) == ([], 3)
        assert kept(ledger) == folded(ledger)
        assert [row.balance_fen for row in kept(ledger)[2]] == [9300]
