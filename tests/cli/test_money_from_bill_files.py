"""A bill that comes from a file beside a redemption recorded here: the clerk is asked, and can answer."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from bill_files import ALIYUN, Line, aliyun_csv
from conftest import CommandLine
from stores import SqliteStore
from test_money_after_the_voucher import BASE, V, redeem, told

NO_CALLS = (*ALIYUN, "--no-calls", "--take-source", "aliyun:K:2026-07")
JULY = Line(account="K", month="2026-07")


@pytest.fixture
def ledger(sqlite_store: SqliteStore, tmp_path: Path) -> CommandLine:
    """A voucher of 140.00, of which 50.00 paid a bill that a file told without an offset of its own."""
    made = CommandLine(tmp_path, sqlite_store.blank(tmp_path))
    told(made, *BASE)
    (tmp_path / "bill.csv").write_bytes(aliyun_csv(JULY))
    made.ok(*ALIYUN, "--no-calls")
    told(made, redeem("50.00", on="aliyun:K:2026-07") | {"redeemed_at": "2026-08-03T00:00:00+08:00"})
    return made


def in_bill(ledger: CommandLine) -> tuple[str, bool]:
    """The offset of July's bill, and whether it shows the redemption."""
    (bill,) = (each for each in ledger.ok("history", "K")["bills"] if each["bill"] == "aliyun:K:2026-07")
    return bill["voucher_offset"]["service"], bill["payments"][0]["shown_on_bill"]


@pytest.mark.parametrize(("said", "shown"), [(f"{V}/1", True), ("none", False)])
def test_the_question_of_an_import_names_the_command_that_answers_it(
    said: str, shown: bool, ledger: CommandLine
) -> None:
    (ledger.folder / "bill.csv").write_bytes(aliyun_csv(JULY._replace(voucher="50")))
    before = ledger.rows()
    error = ledger.refused(*NO_CALLS)
    assert (error["code"], ledger.rows()) == ("same_payment", before)
    (named,) = re.findall(r"`slaledger (.*?)`", error["hint"])
    ledger.ok(*shlex.split(named.replace(f"{V}/1", said).replace("…", "'as billed'")))
    assert in_bill(ledger) == ("50.00", shown)
    assert ledger.ok(*NO_CALLS)["unchanged"] == 1


def test_an_offset_of_any_amount_is_asked_of(ledger: CommandLine) -> None:
    for voucher in ("0.01", "49.99", "50.01", "700"):
        (ledger.folder / "bill.csv").write_bytes(aliyun_csv(JULY._replace(voucher=voucher)))
        assert ledger.refused(*NO_CALLS)["code"] == "same_payment", voucher
        words = ("fees", "correct", "aliyun:K:2026-07", "--service-voucher", voucher, "--reason", "as billed")
        assert ledger.refused(*words)["code"] == "same_payment", voucher
    ledger.ok("voucher", "reverse", V, "1", "--reason", "not paid")
    assert ledger.ok(*NO_CALLS)["corrected"][0]["is"] == "700.00"
