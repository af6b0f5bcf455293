"""Whatever somebody changes in the stored projections is noticed at the next read, and no answer is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from conftest import NOON, CommandLine
from stores import Execute, Store, sqlite_only

from ledger.queries.projected import BY_ACCOUNT, TABLES
from ledger.queries.read_models import ReadModels

MONTH = "2024-03"
QUESTIONS = (
    ("breaches", MONTH),
    ("claim", "list"),
    ("voucher", "list"),
    ("worklist",),
    ("export", "claims", "--format", "csv"),
)
NOTES = ("the projections were damaged or changed", "the projections were of another log")


def at(text: str) -> str:
    return f"2024-{text}T10:00:00+08:00"


def story() -> Iterator[dict[str, Any]]:
    """Two accounts with a voucher each, and an outage of a third that lasts."""
    for account in ("A", "B", "C"):
        yield {"command": "account enroll", "account": account, "enrolled_at": at("01-01"), "region": "r"}
    for account in ("A", "B"):
        down = {"incident": f"I-{account}", "function": "agent_calls"}
        claim = {"account": account, "month": MONTH}
        yield {"command": "incident open", **down, "account": account, "started_at": at("03-03")}
        yield {"command": "incident close", "incident": f"I-{account}", "ended_at": at("03-04")}
        bill = {"bill": f"B-{account}", "account": account, "first_month": MONTH, "billed_at": at("04-01")}
        yield {"command": "fees bill", **bill, "product_fee": "1000.00", "call_fee": "100.00"}
        yield {"command": "claim file", **claim, "filed_at": at("04-20")}
        yield {"command": "claim decide", **claim, "decided_at": at("04-21")}
        yield {"command": "voucher issue", **claim, "issued_at": at("04-22")}
    yield {"command": "claim dispute", "account": "A", "month": MONTH, "disputed_at": at("05-01"), "grounds": "g"}
    yield {"command": "voucher cancel", "voucher": f"V-B-{MONTH}-1", "amount": "1.00", "reason": "r"}
    lasting = {"incident": "I-C", "account": "C", "function": "agent_calls", "started_at": at("05-03")}
    yield {"command": "incident open", **lasting}


@pytest.fixture(scope="module", autouse=True)
def standing_clock() -> Iterator[None]:
    """An outage that lasts is measured up to the same instant each time."""
    with patch("ledger.clock.time", SimpleNamespace(time_ns=lambda: int(NOON.timestamp()) * 10**9)):
        yield


@pytest.fixture(scope="module")
def told(store: Store, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    folder = tmp_path_factory.mktemp("told")
    made = CommandLine(folder, store.blank(folder))
    done = made.batch(*story())
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def expected(told: CommandLine) -> list[str]:
    told.place.forget()
    return answers(told)[0]


def answers(of: CommandLine) -> tuple[list[str], str]:
    """What the commands that read the projections say, and what they note."""
    done = [of.run(*words) for words in QUESTIONS]
    assert [each.returncode for each in done] == [0] * len(done), done
    return [each.stdout for each in done], "".join(each.stderr for each in done)


COLUMNS = [(table, column) for table, kept in TABLES.items() for column in kept.columns]


def other(value: object, kind: str) -> object:
    """Another value of a column."""
    match kind:
        case "text":
            return f"{value or ''}x"
        case "int":
            return int(str(value or 0)) + 1
        case _:
            return bytes(32)


def edited(table: str, column: str) -> Callable[[Execute], None]:
    """One value of the first row of a table changed."""

    def change(execute: Execute) -> None:
        keys = TABLES[table].key
        ((value, *at_keys),) = execute(f"SELECT {', '.join((column, *keys))} FROM {table} ORDER BY {keys[0]} LIMIT 1")
        where = " AND ".join(f"{key} = ?" for key in keys)
        changed = other(value, TABLES[table].columns[column])
        execute(f"UPDATE {table} SET {column} = ? WHERE {where}", changed, *at_keys)

    return change


def hold(told: CommandLine, expected: list[str], change: Callable[[Execute], None]) -> None:
    with told.opened() as ledger, ReadModels.of(ledger):
        pass
    with told.place.beside("views") as execute:
        change(execute)
    (found,) = (one for one in json.loads(told.run("doctor").stdout) if one["what"] == "projections")
    assert found["state"] == "wrong", found
    said, notes = answers(told)
    assert said == expected
    assert any(note in notes for note in NOTES), notes
    assert answers(told) == (expected, "")


@sqlite_only("the rows are the same on a server; one of each table is edited there")
@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_an_edited_value_is_noticed_and_the_rows_are_made_anew(
    told: CommandLine, expected: list[str], table: str, column: str
) -> None:
    hold(told, expected, edited(table, column))


@pytest.mark.parametrize("table", TABLES)
def test_an_edited_row_of_each_table_is_noticed_on_both_stores(
    told: CommandLine, expected: list[str], table: str
) -> None:
    hold(told, expected, edited(table, list(TABLES[table].columns)[-2]))


@sqlite_only("as above")
@pytest.mark.parametrize("table", [*BY_ACCOUNT, "parts"])
def test_a_row_that_is_gone_is_noticed(told: CommandLine, expected: list[str], table: str) -> None:
    key = TABLES[table].key[-1]
    hold(told, expected, lambda execute: execute(f"DELETE FROM {table} WHERE {key} = (SELECT MIN({key}) FROM {table})"))


@sqlite_only("as above")
@pytest.mark.parametrize("table", BY_ACCOUNT)
def test_a_row_too_many_is_noticed(told: CommandLine, expected: list[str], table: str) -> None:
    key = TABLES[table].key[0]
    columns = ", ".join(f"'Z' AS {each}" if each == key else each for each in TABLES[table].columns)
    hold(told, expected, lambda execute: execute(f"INSERT INTO {table} SELECT {columns} FROM {table} LIMIT 1"))


def test_the_parts_are_the_same_whenever_they_are_written(
    told: CommandLine, expected: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Those of accounts are written before the end where there are many, and what somebody changes is noticed."""
    copy = told.copy(tmp_path_factory.mktemp("copy"))
    written = []
    for most in (10_000, 1):
        with patch("ledger.queries.sealed_tables.MOST_PARTS", most):
            copy.ok("rebuild")
        with copy.place.beside("views") as execute:
            parts = execute("SELECT name, part, number, seals FROM parts ORDER BY name, part")
            written.append([(*key, bytes(seals)) for *key, seals in parts])
    assert written[0] == written[1]
    assert len(written[0]) > 2
    hold(copy, expected, edited("vouchers", "issued_fen"))


@pytest.mark.parametrize("column", ["issued_fen", "account", "seal"])
def test_an_edit_is_noticed_by_the_command_that_goes_on_from_it(
    told: CommandLine, tmp_path_factory: pytest.TempPathFactory, column: str
) -> None:
    """Catching up replaces an account's rows: it does not make an edited one its own."""
    copy = told.copy(tmp_path_factory.mktemp("copy"))
    with copy.opened() as ledger, ReadModels.of(ledger):
        pass
    with copy.place.beside("views") as execute:
        edited("vouchers", column)(execute)
    copy.ok("voucher", "cancel", f"V-A-{MONTH}-1", "--amount", "1.00", "--reason", "r")
    done = copy.run("voucher", "list")
    assert NOTES[0] in done.stderr
    copy.place.forget()
    assert json.loads(done.stdout) == copy.ok("voucher", "list")
