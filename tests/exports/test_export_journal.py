"""`export journal`: Beancount and hledger accept it, and hold for each voucher what `voucher list` says."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import generate
import pytest
from beancount.scripts.check import main as bean_check
from beanquery.shell import main as bean_query
from click.testing import CliRunner
from conftest import CommandLine
from hypothesis import given
from hypothesis import strategies as st
from stores import SqliteFile
from system import tool

from ledger.exports.journal import component

FORMATS = ("beancount", "hledger")
ODD = "@a_b.c:Q-d"
"""An account's id with all that a part of an account's name may not have."""


def checked(*words: str | Path) -> str:
    """Run another tool, hold it to find nothing wrong, and give what it prints."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def bean(command: click.Command, *words: str | Path) -> str:
    """Run a command of Beancount in this process, hold it to find nothing wrong, and give what it prints."""
    done = CliRunner().invoke(command, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def beancount_balances(file: Path) -> dict[str, str]:
    """What each account of vouchers holds, as bean-query has it."""
    assert bean(bean_check, file) == ""
    query = "SELECT account, sum(number) AS held WHERE account ~ 'Liabilities' GROUP BY account"
    rows = csv.DictReader(io.StringIO(bean(bean_query, "-f", "csv", file, query)))
    return {row["account"]: row["held"].strip() for row in rows}


def hledger_balances(file: Path) -> dict[str, str]:
    """What each account of vouchers holds, as hledger has it."""
    hledger = tool("hledger")
    checked(hledger, "-f", file, "check", "--strict")
    rows, _ = json.loads(checked(hledger, "-f", file, "balance", "--empty", "--flat", "-O", "json", "Liabilities"))
    return {name: _decimal(amounts) for name, _, _, amounts in rows}


def _decimal(amounts: list[dict[str, Any]]) -> str:
    if not amounts:
        return "0.00"
    assert [amount["acommodity"] for amount in amounts] == ["CNY"]
    digits, places = (amounts[0]["aquantity"][name] for name in ("decimalMantissa", "decimalPlaces"))
    fen = digits * 10 ** (2 - places)
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


BALANCES: dict[str, Callable[[Path], dict[str, str]]] = {"beancount": beancount_balances, "hledger": hledger_balances}


def listed(slaledger: CommandLine, *asked: str) -> dict[str, str]:
    """What `voucher list` says, by the accounts of a journal; what is owed is negative there."""
    return {
        f"Liabilities:Vouchers:{component(row['account'])}:{component(row['voucher'])}": (
            row["balance"] if row["balance"] == "0.00" else f"-{row['balance']}"
        )
        for row in slaledger.ok("voucher", "list", *asked)
    }


def exported(slaledger: CommandLine, format_: str, *asked: str) -> Path:
    file = slaledger.folder / f"vouchers.{format_}"
    answer = slaledger.ok("export", "journal", "--format", format_, "-o", str(file), "--force", *asked)
    assert answer["vouchers"] == len(slaledger.ok("voucher", "list", *asked))
    return file


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A copy of the demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("demo") / "demo")))


@pytest.fixture(scope="module", params=[1, 2])
def random(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger of random lives: vouchers redeemed, reversed and cancelled."""
    file = tmp_path_factory.mktemp("random") / "slaledger.db"
    assert [*generate.generate(f"sqlite:///{file}", 8000, request.param)]
    return CommandLine(file.parent, SqliteFile(file))


@pytest.fixture
def odd(slaledger: CommandLine) -> CommandLine:
    """A ledger whose ids are as odd as ids may be; its voucher was redeemed, reversed, redeemed again, cancelled."""
    month, at = "2026-03", "2026-03-03T00:00:00+08:00"
    bill = {"command": "fees bill", "account": ODD, "months": 1, "product_fee": "1000.00", "call_fee": "0.00"}
    redeem = {"command": "voucher redeem", "voucher": "-v.1", "account": ODD, "bill": "b:2", "part": "service"}
    done = slaledger.batch(
        {"command": "account enroll", "account": ODD, "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {"command": "incident open", "incident": "I", "account": ODD, "function": "agent_calls", "started_at": at},
        {"command": "incident close", "incident": "I", "ended_at": "2026-03-03T10:00:00+08:00"},
        {**bill, "bill": "b:1", "first_month": month, "billed_at": "2026-04-01T00:00:00+08:00"},
        {**bill, "bill": "b:2", "first_month": "2026-04", "billed_at": "2026-05-01T00:00:00+08:00"},
        {"command": "claim file", "account": ODD, "month": month, "filed_at": "2026-04-10T00:00:00+08:00"},
        {"command": "claim decide", "account": ODD, "month": month, "decided_at": "2026-04-10T00:00:00+08:00"},
        {
            "command": "voucher issue",
            "account": ODD,
            "month": month,
            "voucher": "-v.1",
            "issued_at": "2026-04-15T23:30:00+08:00",
        },
        {**redeem, "amount": "40.00", "redeemed_at": "2026-05-02T00:00:00+08:00"},
        {"command": "voucher reverse", "voucher": "-v.1", "redemption": 1, "reason": "wrong bill"},
        {**redeem, "amount": "25.01", "redeemed_at": "2026-05-03T07:59:59+08:00"},
    )
    assert done.returncode == 0, done.stderr
    return slaledger


@pytest.mark.parametrize("format_", FORMATS)
def test_the_tool_holds_what_the_ledger_says_of_the_demo(demo: CommandLine, format_: str) -> None:
    expected = listed(demo)
    assert len(expected) > 10
    assert BALANCES[format_](exported(demo, format_)) == expected


@pytest.mark.parametrize("format_", FORMATS)
def test_the_tool_holds_what_the_ledger_says_of_random_lives(random: CommandLine, format_: str) -> None:
    expected = listed(random)
    assert len(expected) > 20
    topics = {row[3] for row in random.rows()}
    assert {"voucher.redeemed", "voucher.redemption_reversed"} <= topics
    assert BALANCES[format_](exported(random, format_)) == expected


ENTRY = re.compile(r"^(2026-\d\d-\d\d) \* .*\n(?: .*\n)+? +(\w+:\w+)  (-?\d+\.\d\d) CNY\n", re.MULTILINE)


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize("format_", FORMATS)
def test_ids_of_all_kinds_and_each_kind_of_movement(odd: CommandLine, format_: str) -> None:
    name = "Liabilities:Vouchers:Q40aQ5FbQ2EcQ3AQ51-d:Q2DvQ2E1"
    assert BALANCES[format_](exported(odd, format_)) == {name: "-254.99"} == listed(odd)
    odd.ok("voucher", "cancel", "--reason", 'typed "in error"; account: 9', "--", "-v.1")
    assert BALANCES[format_](exported(odd, format_)) == {name: "0.00"} == listed(odd)
    entries = ENTRY.findall(exported(odd, format_).read_text())[:5]
    assert [(account, amount) for _, account, amount in entries] == [
        ("Expenses:ServiceCredits", "280.00"),
        ("Assets:Receivables", "-40.00"),
        ("Assets:Receivables", "40.00"),
        ("Assets:Receivables", "-25.01"),
        ("Income:CancelledVouchers", "-254.99"),
    ]
    today = odd.ok("history", ODD)["events"][-1]["recorded_at"][:10]
    assert [day for day, *_ in entries] == ["2026-04-15", "2026-05-02", today, "2026-05-03", today]


def test_a_journal_of_what_was_known_then(odd: CommandLine) -> None:
    redeemed = [row[0] for row in odd.rows() if row[3] == "voucher.redeemed"]
    asked = ("--at-position", str(redeemed[0]))
    file = exported(odd, "beancount", *asked)
    assert beancount_balances(file) == listed(odd, *asked)
    assert set(beancount_balances(file).values()) == {"-240.00"}


def test_a_balance_that_is_a_fen_off_is_found(odd: CommandLine) -> None:
    for format_ in FORMATS:
        file = exported(odd, format_)
        file.write_text(file.read_text().replace("Expenses:ServiceCredits  280.00", "Expenses:ServiceCredits  280.01"))
        file.write_text(file.read_text().replace("Q2DvQ2E1  -280.00", "Q2DvQ2E1  -280.01"))
        with pytest.raises(AssertionError, match=r"(?i)balance"):
            BALANCES[format_](file)


def test_tags_lead_back_to_the_ledger(odd: CommandLine) -> None:
    hledger, file = tool("hledger"), exported(odd, "hledger")
    assert checked(hledger, "-f", file, "tags", "--values", "bill").split() == ["b:2"]
    assert set(checked(hledger, "-f", file, "tags").split()) == {
        *("account", "bill", "month", "position", "type", "voucher")
    }
    query = "SELECT DISTINCT any_meta('voucher'), any_meta('account'), any_meta('month') WHERE any_meta('bill') = 'b:2'"
    rows = csv.reader(io.StringIO(bean(bean_query, "-f", "csv", exported(odd, "beancount"), query)))
    assert [cell.strip() for cell in list(rows)[1]] == ["-v.1", ODD, "2026-03"]
    positions = re.findall(r"position: (\d+)", file.read_text())
    assert positions == [str(row[0]) for row in odd.rows() if row[3].startswith("voucher.")]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_ledger_without_vouchers_has_a_journal_too(slaledger: CommandLine, format_: str) -> None:
    assert BALANCES[format_](exported(slaledger, format_)) == {}


@given(st.text("AQZaqz019._:@-", min_size=1, max_size=96))
def test_every_id_has_a_name_of_its_own(id_: str) -> None:
    name = component(id_)
    assert re.fullmatch(r"[A-Z0-9][A-Za-z0-9-]*", name)
    assert re.sub(r"Q([0-9A-F]{2})", lambda escaped: chr(int(escaped[1], 16)), name) == id_


def test_ids_that_need_none_have_no_escapes() -> None:
    assert component("V-1001-2026-07-1") == "V-1001-2026-07-1"


@pytest.mark.parametrize(("name", "format_"), [("a.bean", "beancount"), ("a.J", "hledger"), ("a.journal", "hledger")])
def test_the_name_of_the_file_says_its_format(slaledger: CommandLine, name: str, format_: str) -> None:
    slaledger.ok("export", "journal", "-o", name)
    written = (slaledger.folder / name).read_text()
    assert written == slaledger.run("export", "journal", "--format", format_).stdout


def test_a_format_that_nothing_says_is_refused(slaledger: CommandLine) -> None:
    for words in ((), ("-o", "vouchers.txt")):
        error = slaledger.refused("export", "journal", *words, status=2)
        assert error["code"] == "no_format"
        assert "--format beancount|hledger" in error["hint"]
    assert not (slaledger.folder / "vouchers.txt").exists()


@pytest.mark.parametrize("format_", FORMATS)
def test_a_journal_in_chinese_is_the_same_but_for_its_words(demo: CommandLine, format_: str) -> None:
    english = demo.run("export", "journal", "--format", format_).stdout
    chinese = demo.run("--lang", "zh", "export", "journal", "--format", format_).stdout
    assert "代金券 V-1001-2025-08-1" in chinese
    kept = [line for line in chinese.splitlines() if " * " not in line]
    assert kept == [line for line in english.splitlines() if " * " not in line]
    file = demo.folder / f"chinese.{format_}"
    file.write_text(chinese, "utf-8")
    assert BALANCES[format_](file) == listed(demo)


@pytest.mark.parametrize("format_", FORMATS)
def test_amounts_are_in_the_currency_of_the_terms(tmp_path: Path, format_: str) -> None:
    dollars = CommandLine(tmp_path)
    dollars.ok("init", "--agreement", "aws-ec2")
    at = "2026-03-03T00:00:00Z"
    done = dollars.batch(
        {"command": "account enroll", "account": "a", "enrolled_at": "2026-01-01T00:00:00Z"},
        {"command": "incident open", "incident": "I", "account": "a", "function": "region", "started_at": at},
        {"command": "incident close", "incident": "I", "ended_at": "2026-03-04T00:00:00Z"},
        {"command": "fees bill", "bill": "b", "account": "a", "first_month": "2026-03", "product_fee": "1000.00"}
        | {"billed_at": "2026-04-01T00:00:00Z"},
        {"command": "claim file", "account": "a", "month": "2026-03", "filed_at": "2026-04-10T00:00:00Z"},
        {"command": "claim decide", "account": "a", "month": "2026-03", "decided_at": "2026-04-10T00:00:00Z"},
        {"command": "voucher issue", "account": "a", "month": "2026-03", "issued_at": "2026-04-10T00:00:00Z"},
    )
    assert done.returncode == 0, done.stderr
    file = exported(dollars, format_)
    tool_finds_nothing = {
        "beancount": lambda: bean(bean_check, file),
        "hledger": lambda: checked(tool("hledger"), "-f", file, "check", "--strict"),
    }
    assert tool_finds_nothing[format_]() == ""
    assert set(re.findall(r"\d ([A-Z]{3})$", file.read_text(), re.MULTILINE)) == {"USD"}
    assert "Liabilities:Vouchers:Q61:V-a-2026-03-1  -" in file.read_text()
