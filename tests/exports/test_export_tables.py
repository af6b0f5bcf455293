"""`export claims|vouchers|availability`: the same rows as the questions give, exactly, in three formats."""

from __future__ import annotations

import csv
import os
import pty
import shutil
import string
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet
import pytest
from conftest import COMMAND, CommandLine
from python_calamine import CalamineWorkbook

from domain.values import Id, VoucherId
from ledger.exports import parquet, xlsx
from ledger.exports.tables import TABLES

FORMATS = ("csv", "xlsx", "parquet")
MONTHS = ("2026-03", "2026-04")
JANUARY = "2026-01-01T00:00:00+08:00"
LARGEST = "999999999999.99"


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A copy of the demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("demo") / "demo")))


def exported(slaledger: CommandLine, table: str, format_: str, *asked: str) -> Path:
    file = slaledger.folder / f"{table}.{format_}"
    slaledger.ok("export", table, *asked, "-o", str(file), "--force")
    return file


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_xlsx(file: Path) -> list[dict[str, Any]]:
    names, *rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def read_parquet(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(file).to_pylist()
    return rows


def wanted(slaledger: CommandLine, table: str, *asked: str) -> list[dict[str, Any]]:
    """The rows as the ledger's own questions give them, as text."""
    if table != "availability":
        found = slaledger.ok(table.removesuffix("s"), "list", *asked)
        return [{**row, "currency": "CNY"} for row in found]
    accounts = sorted({row[1].partition("/")[0] for row in slaledger.rows() if row[1].endswith("/account")})
    shapes = [slaledger.ok("availability", account, month) for account in accounts for month in MONTHS]
    return [
        {
            "account": shape["account"],
            "month": shape["month"],
            **shape["terms"],
            **{f"{name}_seconds": shape[f"{name}_seconds"] for name in ("total", "covered", "unavailable")},
            **shape["availability"],
            "meets_commitment": shape["meets_commitment"],
            "tier": shape["tier"],
        }
        for shape in shapes
    ]


ASKED = {"claims": (), "vouchers": (), "availability": ("--from", MONTHS[0], "--to", MONTHS[1])}
PLACES = {"money": 2, "seconds": 6, "percent": 4}


def in_format(value: Any, kind: str, format_: str) -> Any:
    """A value of the ledger's JSON as a cell of a format."""
    if format_ == "csv":
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    if value is None:
        return "" if format_ == "xlsx" else None
    if kind == "instant":
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=None) if format_ == "xlsx" else at.astimezone(UTC)
    if kind in PLACES:
        return float(value) if format_ == "xlsx" else Decimal(str(value)).quantize(Decimal(1).scaleb(-PLACES[kind]))
    return value


READ = {"csv": read_csv, "xlsx": read_xlsx, "parquet": read_parquet}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("table", TABLES)
def test_each_format_has_the_rows_that_the_ledger_gives(demo: CommandLine, table: str, format_: str) -> None:
    rows = READ[format_](exported(demo, table, format_, *ASKED[table]))
    expected = wanted(demo, table)
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    assert len(expected) > 10
    assert list(rows[0]) == list(kinds)
    assert set(kinds) == set(expected[0])
    assert len(rows) == len(expected)
    for row, given in zip(rows, expected, strict=True):
        cells = {name: in_format(given[name], kind, format_) for name, kind in kinds.items()}
        if format_ == "xlsx":
            row = {name: close_to(cell, cells[name]) for name, cell in row.items()}
        assert row == cells


def close_to(cell: Any, expected: Any) -> Any:
    """What a spreadsheet keeps of an instant is within a millisecond of it."""
    if isinstance(cell, datetime) and abs((cell - expected).total_seconds()) <= 0.001:
        return expected
    return cell


ODD = ("-1-1", "@A1", "007", "1e5", "a_x0041_b", "TRUE", "..", "2026-03")


@pytest.fixture
def odd(slaledger: CommandLine) -> CommandLine:
    """Accounts whose ids a spreadsheet would like to read as something else, and one with the largest of amounts."""
    done = slaledger.batch(
        *({"command": "account enroll", "account": account, "enrolled_at": JANUARY} for account in (*ODD, "rich")),
        {"command": "incident open", "incident": "I", "all_accounts": True, "function": "agent_calls"}
        | {"started_at": "2026-03-03T00:00:00.000001+08:00"},
        {"command": "incident close", "incident": "I", "ended_at": "2026-03-13T00:00:00+08:00"},
        {"command": "fees bill", "bill": "B", "account": "rich", "first_month": "2026-03", "call_fee": "0.00"}
        | {"billed_at": "2026-04-01T00:00:00+08:00", "product_fee": LARGEST},
        {"command": "claim file", "account": "rich", "month": "2026-03", "filed_at": "2026-04-10T00:00:00+08:00"},
        {"command": "claim decide", "account": "rich", "month": "2026-03", "decided_at": "2026-04-10T00:00:00+08:00"},
        {"command": "voucher issue", "account": "rich", "month": "2026-03", "voucher": "-V"}
        | {"issued_at": "2026-04-15T23:30:00.000001+08:00"},
    )
    assert done.returncode == 0, done.stderr
    return slaledger


@pytest.mark.parametrize("format_", FORMATS)
def test_ids_stay_what_they_are(odd: CommandLine, format_: str) -> None:
    rows = READ[format_](exported(odd, "availability", format_, "2026-03"))
    assert [row["account"] for row in rows] == sorted([*ODD, "rich"])
    assert {type(row["account"]) for row in rows} == {str}


def test_the_largest_amount_is_exact(odd: CommandLine) -> None:
    assert [row["issued"] for row in read_csv(exported(odd, "vouchers", "csv"))] == [LARGEST]
    assert [row["issued"] for row in read_parquet(exported(odd, "vouchers", "parquet"))] == [Decimal(LARGEST)]
    file = exported(odd, "vouchers", "xlsx")
    values = [value.text or "" for sheet in parts(file, "worksheet") for value in of(sheet, "v")]
    assert Decimal(LARGEST) in [Decimal(value) for value in values if "." in value]
    assert [f"{row['issued']:.2f}" for row in read_xlsx(file)] == [LARGEST]


def test_instants_are_exact_to_the_microsecond_but_in_a_spreadsheet(odd: CommandLine) -> None:
    assert [row["issued_at"] for row in read_csv(exported(odd, "vouchers", "csv"))] == [
        "2026-04-15T23:30:00.000001+08:00"
    ]
    assert [row["issued_at"] for row in read_parquet(exported(odd, "vouchers", "parquet"))] == [
        datetime(2026, 4, 15, 15, 30, 0, 1, UTC)
    ]
    assert [row["issued_at"] for row in read_xlsx(exported(odd, "vouchers", "xlsx"))] == [
        datetime.fromisoformat("2026-04-15T23:30:00")
    ]
    seconds = read_parquet(exported(odd, "availability", "parquet", "2026-03"))[0]["unavailable_seconds"]
    assert seconds == Decimal("863999.999999")


def test_no_id_can_be_a_formula() -> None:
    """What CSV relies on: none of these may be in an id, so that none calls anything, whatever it begins with."""
    for char in "=+(|!\t\r\n\"'":
        for kind in (Id, VoucherId):
            with pytest.raises(ValueError, match="no"):
                kind.parse(f"-1{char}1")
    allowed = [char for char in string.printable if _is_id(char)]
    assert set(allowed) - set(string.ascii_letters + string.digits) == set("._:@-")
    text = {column.name for table in TABLES.values() for column in table.columns if column.kind == "text"}
    assert text == {*("account", "month", "voucher", "status", "outcome", "currency", "agreement", "version")}


def _is_id(text: str) -> bool:
    try:
        return bool(Id.parse(text))
    except ValueError:
        return False


SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
"""The namespace of a spreadsheet's elements."""


def parts(file: Path, kind: str) -> list[ElementTree.Element]:
    """The parts of a spreadsheet's file that are of a kind, told by their outermost element, by name."""
    with zipfile.ZipFile(file) as archive:
        found = [ElementTree.fromstring(archive.read(name)) for name in sorted(archive.namelist())]
    return [part for part in found if part.tag == SHEETS + kind]


def of(part: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    """The elements of a kind within a part."""
    return list(part.iter(SHEETS + kind))


def test_a_spreadsheet_shows_amounts_with_two_places_and_says_what_its_columns_mean(demo: CommandLine) -> None:
    file = exported(demo, "vouchers", "xlsx")
    (styles,), (sheet, *_) = parts(file, "styleSheet"), parts(file, "worksheet")
    codes = {"4": "#,##0.00"} | {each.attrib["numFmtId"]: each.attrib["formatCode"] for each in of(styles, "numFmt")}
    (formats,) = of(styles, "cellXfs")
    shown = [codes.get(each.attrib["numFmtId"]) for each in of(formats, "xf")]
    (issued,) = (cell for cell in of(sheet, "c") if cell.attrib["r"] == "D2")
    assert [Decimal(value.text or "") for value in of(issued, "v")] == [Decimal("155.60")]
    assert shown[int(issued.attrib["s"])] == "#,##0.00"
    assert [pane.attrib["ySplit"] for pane in of(sheet, "pane")] == ["1"]
    assert of(sheet, "f") == []
    second = CalamineWorkbook.from_path(str(file)).get_sheet_by_name("columns").to_python()
    assert [row[0] for row in second[:-1]] == [column.name for column in TABLES["vouchers"].columns]
    assert ["issued_at", "when it was issued, on the clock of Asia/Shanghai"] in second
    assert "position" in str(second[-1][1])


def test_parquet_says_what_its_columns_are(demo: CommandLine) -> None:
    file = exported(demo, "availability", "parquet", "2026-03")
    schema = pyarrow.parquet.read_schema(file)
    assert {name: schema.field(name).type for name in ("numerator", "unavailable_seconds", "meets_commitment")} == {
        "numerator": pyarrow.int64(),
        "unavailable_seconds": pyarrow.decimal128(18, 6),
        "meets_commitment": pyarrow.bool_(),
    }
    assert schema.metadata[b"position"].decode() == str(demo.rows()[-1][0])
    assert b"lowest terms" in schema.field("numerator").metadata[b"meaning"]
    money = pyarrow.parquet.read_schema(exported(demo, "claims", "parquet"))
    assert (money.field("awarded").type, money.field("filed_at").type) == (
        pyarrow.decimal128(18, 2),
        pyarrow.timestamp("us", "UTC"),
    )


def test_parquet_is_written_a_batch_at_a_time(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_parquet(exported(demo, "vouchers", "parquet"))
    monkeypatch.setattr(parquet, "BATCH", 7)
    file = exported(demo, "vouchers", "parquet")
    assert pyarrow.parquet.ParquetFile(file).num_row_groups == -(-len(whole) // 7)
    assert read_parquet(file) == whole


@pytest.mark.parametrize("format_", FORMATS)
def test_a_ledger_with_nothing_in_it_has_empty_tables(slaledger: CommandLine, format_: str) -> None:
    for table in TABLES:
        assert READ[format_](exported(slaledger, table, format_, *ASKED[table])) == []
    header = slaledger.run("export", "claims", "--format", "csv").stdout
    assert header == ",".join(column.name for column in TABLES["claims"].columns) + "\r\n"


def test_a_table_of_what_was_known_then(odd: CommandLine) -> None:
    issued = next(row[0] for row in odd.rows() if row[3] == "voucher.issued")
    asked = ("--at-position", str(issued - 1))
    assert read_csv(exported(odd, "vouchers", "csv", *asked)) == []
    claims = read_csv(exported(odd, "claims", "csv", *asked))
    assert [(row["status"], row["awarded"], row["issued"]) for row in claims] == [("awarded", LARGEST, "0.00")]


def test_availability_has_the_months_in_which_an_account_was_enrolled(slaledger: CommandLine) -> None:
    slaledger.batch(
        {"command": "account enroll", "account": "early", "enrolled_at": "2026-01-31T23:59:59.999999+08:00"},
        {"command": "account enroll", "account": "later", "enrolled_at": "2026-02-01T00:00:00+08:00"},
        {"command": "account enroll", "account": "beta", "enrolled_at": JANUARY, "stage": "public_beta"},
        {"command": "account enroll", "account": "gone", "enrolled_at": JANUARY},
        {"command": "account close", "account": "gone", "closed_at": "2026-02-01T00:00:00+08:00"},
    )
    rows = read_csv(exported(slaledger, "availability", "csv", "--from", "2026-01", "--to", "2026-02"))
    assert [(row["account"], row["month"], row["covered_seconds"]) for row in rows] == [
        ("beta", "2026-01", "0"),
        ("beta", "2026-02", "0"),
        ("early", "2026-01", "0.000001"),
        ("early", "2026-02", "2419200"),
        ("gone", "2026-01", "2678400"),
        ("later", "2026-02", "2419200"),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "give MONTH, or --from and --to"),
        (("--from", "2026-01"), "give MONTH, or --from and --to"),
        (("2026-01", "--to", "2026-02"), "give MONTH, or --from and --to"),
        (("--from", "2026-02", "--to", "2026-01"), "--to 2026-01 is before --from 2026-02"),
        (("2026-1",), "is not a month"),
    ],
)
def test_months_that_are_none_are_refused(slaledger: CommandLine, words: tuple[str, ...], told: str) -> None:
    error = slaledger.refused("export", "availability", *words, "-o", "a.csv", status=2)
    assert (error["code"], told in error["message"]) == ("usage", True)
    assert not (slaledger.folder / "a.csv").exists()


def test_a_month_before_all_terms_is_refused(slaledger: CommandLine) -> None:
    assert slaledger.refused("export", "availability", "2018-07", "-o", "a.csv")["code"] == "no_terms"
    assert not (slaledger.folder / "a.csv").exists()


@pytest.mark.parametrize(("format_", "module"), [("xlsx", "xlsxwriter"), ("parquet", "pyarrow")])
def test_a_missing_library_is_named(
    slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch, format_: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    error = slaledger.refused("export", "claims", "-o", f"claims.{format_}", status=2)
    assert (error["code"], error["hint"]) == ("missing_extra", f"pip install 'slaledger[{format_}]'")
    assert not (slaledger.folder / f"claims.{format_}").exists()


def test_more_rows_than_a_spreadsheet_has_are_refused(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = len(demo.ok("voucher", "list"))
    monkeypatch.setattr(xlsx, "LAST_ROW", rows + 1)
    assert len(read_xlsx(exported(demo, "vouchers", "xlsx"))) == rows
    monkeypatch.setattr(xlsx, "LAST_ROW", rows)
    error = demo.refused("export", "vouchers", "-o", "many.xlsx")
    assert (error["code"], "parquet" in error["hint"]) == ("too_many_rows", True)
    assert not (demo.folder / "many.xlsx").exists()


@pytest.mark.parametrize("format_", FORMATS)
def test_a_terminal_is_given_no_binary(ledger_file: Path, format_: str) -> None:
    slaledger = CommandLine(ledger_file.parent)
    ours, terminal = pty.openpty()
    done = subprocess.run(
        [str(COMMAND), "export", "claims", "--format", format_],
        cwd=slaledger.folder,
        env=slaledger.environment(),
        stdout=terminal,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(terminal)
    os.close(ours)
    refused = "slaledger: " + format_ + " is not text, and standard output is a terminal"
    assert (done.returncode, refused in done.stderr) == ((0, False) if format_ == "csv" else (2, True))


@pytest.mark.parametrize("format_", FORMATS)
def test_a_pipe_is_given_what_a_file_would_be(demo: CommandLine, format_: str) -> None:
    piped = subprocess.run(
        [str(COMMAND), "export", "vouchers", "--format", format_],
        cwd=demo.folder,
        env=demo.environment(),
        capture_output=True,
    )
    assert piped.returncode == 0, piped.stderr
    (demo.folder / f"piped.{format_}").write_bytes(piped.stdout)
    assert READ[format_](demo.folder / f"piped.{format_}") == READ[format_](exported(demo, "vouchers", format_))


@pytest.mark.parametrize("table", TABLES)
def test_a_file_that_exists_is_kept(slaledger: CommandLine, table: str) -> None:
    (slaledger.folder / "kept.csv").write_text("of last month")
    error = slaledger.refused("export", table, *ASKED[table], "-o", "kept.csv", status=2)
    assert (error["code"], "--force" in error["hint"]) == ("file_exists", True)
    assert (slaledger.folder / "kept.csv").read_text() == "of last month"
