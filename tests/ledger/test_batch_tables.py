"""Batches from plain tables: the header names the fields, and refusals name the line of the table."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import CommandLine
from stores import SqliteStore

from domain.commands import BY_WORDS
from ledger.commands.parsing import content, parse_line
from ledger.imports.command_table import command_lines
from ledger.refusals import ManyFaults, Misread

ENROLL = "account enroll"
ACCOUNTS = "account,enrolled_at,region\nA,2026-01-01T00:00:00+08:00,\nB,2026-01-01T00:00:00+08:00,cn-beijing\n"


@pytest.fixture
def on_file(sqlite_store: SqliteStore, tmp_path: Path) -> CommandLine:
    """The command line on a new ledger in a file."""
    return CommandLine(tmp_path, sqlite_store.blank(tmp_path))


def lines(text: str | bytes, words: str) -> list[Any]:
    """The batch lines of a table as JSON; None for a blank one."""
    data = text if isinstance(text, bytes) else text.encode()
    made = b"".join(command_lines(io.BytesIO(data), "t.csv", words))
    return [json.loads(line) if line else None for line in made.decode().split("\n")[:-1]]


def refused(text: str | bytes, words: str) -> list[tuple[str, str]]:
    with pytest.raises((Misread, ManyFaults)) as caught:
        lines(text, words)
    found = caught.value.refusals if isinstance(caught.value, ManyFaults) else (caught.value,)
    return [(each.code, each.values["place"]) for each in found]


def put(slaledger: CommandLine, name: str, text: str) -> None:
    (slaledger.folder / name).write_text(text, "utf-8")


ROWS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "texts": ("claim file", "account,month\nA,2026-03\n", {"account": "A", "month": "2026-03"}),
    "a cell that is empty": (
        "claim file",
        "account,statement,month\nA,,2026-03\n",
        {"account": "A", "month": "2026-03"},
    ),
    "blanks around a cell": ("claim file", "account,month\n A\t,2026-03\n", {"account": "A", "month": "2026-03"}),
    "a field of a field": (
        "fees bill",
        "bill,voucher_offset.service,voucher_offset.call\nB,1.00,\n",
        {"bill": "B", "voucher_offset": {"service": "1.00"}},
    ),
    "no field of a field": ("fees bill", "bill,voucher_offset.service\nB,\n", {"bill": "B"}),
    "a whole number": ("fees bill", "bill,months\nB,12\n", {"bill": "B", "months": 12}),
    "no whole number": ("fees bill", "bill,months\nB,1.5\n", {"bill": "B", "months": "1.5"}),
    "an amount is a text": ("fees bill", "bill,product_fee\nB,600\n", {"bill": "B", "product_fee": "600"}),
    "yes": ("incident open", "incident,all_accounts\nI,true\n", {"incident": "I", "all_accounts": True}),
    "yes, as a spreadsheet writes it": (
        "incident open",
        "incident,all_accounts\nI,TRUE\n",
        {"incident": "I", "all_accounts": True},
    ),
    "no": ("incident open", "incident,all_accounts\nI,False\n", {"incident": "I", "all_accounts": False}),
    "neither": ("incident open", "incident,all_accounts\nI,maybe\n", {"incident": "I", "all_accounts": "maybe"}),
    "a list": ("incident open", "incident,accounts\nI,A; B;C\n", {"incident": "I", "accounts": ["A", "B", "C"]}),
    "a list of one": (
        "incident open",
        "incident,regions\nI,cn-beijing\n",
        {"incident": "I", "regions": ["cn-beijing"]},
    ),
    "a field that is a word of Python": ("exclusion apply", "incident,from\nI,x\n", {"incident": "I", "from": "x"}),
    "a piece of evidence": (
        "exclusion apply",
        "incident,evidence.name,evidence.sha256\nI,n,abc\n",
        {"incident": "I", "evidence": [{"name": "n", "sha256": "abc"}]},
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_cells_become_fields(case: str) -> None:
    words, table, expected = ROWS[case]
    assert lines(table, words) == [None, {"command": words, **expected}]


def test_a_line_stands_where_its_row_begins() -> None:
    table = 'account,month,statement\nA,2026-03,"two\r\nlines"\nB,2026-03,\n'
    told = lines(table, "claim file")
    assert told == [
        None,
        {"command": "claim file", "account": "A", "month": "2026-03", "statement": "two\nlines"},
        None,
        {"command": "claim file", "account": "B", "month": "2026-03"},
    ]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_with_a_mark_or_other_line_ends_it_is_the_same(mark: bytes, end: str) -> None:
    table = "account,month\n客-1,2026-03\n".replace("\n", end)
    assert lines(mark + table.encode(), "claim file") == lines(table, "claim file")


BROKEN: dict[str, tuple[str | bytes, list[tuple[str, str]]]] = {
    "nothing": ("", [("empty_file", "t.csv")]),
    "a header alone": ("account,month\n", [("empty_file", "t.csv")]),
    "columns that the command does not have": (
        "account,monat,month,grund\nA,x,2026-03,y\n",
        [("unknown_column", "t.csv:1"), ("unknown_column", "t.csv:1")],
    ),
    "a column without a name": ("account,,month\nA,,2026-03\n", [("unknown_column", "t.csv:1")]),
    "the command's own name": ("account,month,command\nA,2026-03,x\n", [("unknown_column", "t.csv:1")]),
    "a column twice": ("account,month,account\nA,2026-03,B\n", [("duplicate_column", "t.csv:1")]),
    "rows that are too short and too long": (
        "account,month\nA\nB,2026-03\nC,2026-03,x\n",
        [("bad_row", "t.csv:2"), ("bad_row", "t.csv:4")],
    ),
    "a blank line between": ("account,month\nA,2026-03\n\nB,2026-03\n", [("blank_line", "t.csv:3")]),
    "a quote that does not end": ('account,month\nA,"2026-03\n', [("bad_csv", "t.csv:2")]),
    "another encoding": ("account,month\n客,2026-03\n".encode("gb18030"), [("not_utf8", "t.csv:2")]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_table_that_is_broken_is_refused_before_anything_is_carried_out(case: str) -> None:
    table, expected = BROKEN[case]
    found = refused(table, "claim file")
    assert [
        (code, place[: len(wanted)]) for (code, place), (_, wanted) in zip(found, expected, strict=True)
    ] == expected


def test_every_command_can_be_a_row() -> None:
    """What a table's row says is what the batch line of the same fields says."""
    given: dict[str, dict[str, str]] = {
        "fees bill": {
            "bill": "B",
            "account": "A",
            "first_month": "2026-03",
            "months": "3",
            "billed_at": "2026-04-01T00:00:00+08:00",
            "product_fee": "10.00",
            "call_fee": "1.00",
            "voucher_offset.service": "2.00",
        },
        "incident open": {
            "incident": "I",
            "accounts": "A;B",
            "function": "agent_calls",
            "started_at": "2026-03-01T00:00:00+08:00",
        },
    }
    for words, fields in given.items():
        out = io.StringIO()
        csv.writer(out).writerows([fields.keys(), fields.values()])
        (_, line) = lines(out.getvalue(), words)
        command = parse_line(json.dumps(line).encode())
        assert isinstance(command, BY_WORDS[words])
        assert msgspec.json.decode(content(command))["command"] == words
    for words in BY_WORDS:
        with pytest.raises((Misread, ManyFaults)):
            lines("no such field\nx\n", words)


def test_a_table_is_carried_out_and_again_is_nothing(slaledger: CommandLine) -> None:
    put(slaledger, "accounts.csv", ACCOUNTS)
    words = ("batch", "accounts.csv", "--command", ENROLL)
    first = slaledger.ok(*words)
    assert (first["recorded"], first["noops"], first["refused"]) == (2, 0, [])
    again = slaledger.ok(*words)
    assert (again["recorded"], again["noops"]) == (0, 2)
    assert [row[1] for row in slaledger.rows()[-2:]] == ["A/account", "B/account"]


def test_a_refusal_names_the_line_and_what_came_before_stays(on_file: CommandLine) -> None:
    on_file.ok("account", "enroll", "A", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    put(
        on_file,
        "claims.csv",
        "account,month,filed_at,statement\n"
        'A,2026-03,2026-04-10T09:00:00+08:00,"by mail,\non paper"\n'
        "X,2026-03,2026-04-10T09:00:00+08:00,\n"
        "A,2026-3,2026-04-10T09:00:00+08:00,\n"
        "A,2026-02,2026-03-10T09:00:00+08:00,\n",
    )
    words = ("batch", "claims.csv", "--command", "claim file")
    done = on_file.run(*words, "--dry-run", "--keep-going")
    assert [each["line"] for each in json.loads(done.stdout)["refused"]] == [4, 5]
    done = on_file.run(*words)
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["code"], error["line"]) == (1, "unknown_account", 4)
    assert error["message"].startswith("claims.csv:4: ")
    assert json.loads(done.stdout)["recorded"] == 1
    done = on_file.run(*words, "--keep-going")
    report = json.loads(done.stdout)
    assert [(each["line"], each["code"]) for each in report["refused"]] == [(4, "unknown_account"), (5, "bad_month")]
    assert (report["done_before"] > 0, report["recorded"]) == (True, 1)
    assert on_file.ok("claim", "show", "A", "2026-03")["status"] == "filed"
    assert on_file.ok("claim", "show", "A", "2026-02")["status"] == "filed"


def test_a_run_that_stopped_goes_on_where_it_was(on_file: CommandLine) -> None:
    """Lines that undo one another are not carried out again."""
    put(on_file, "accounts.csv", ACCOUNTS)
    on_file.ok("batch", "accounts.csv", "--command", ENROLL)
    bill = "B-1,A,2026-03,2026-04-01T00:00:00+08:00,10.00,0.00"
    other = bill.replace("B-1,A", "B-2,X")
    table = f"bill,account,first_month,billed_at,product_fee,call_fee\n{bill}\n{other}\n"
    put(on_file, "bills.csv", table)
    assert on_file.run("batch", "bills.csv", "--command", "fees bill").returncode == 1
    on_file.ok("fees", "void", "B-1", "--reason", "twice")
    put(on_file, "bills.csv", table.replace(",X,", ",B,"))
    report = on_file.ok("batch", "bills.csv", "--command", "fees bill")
    assert (report["recorded"], report["done_before"]) == (2, 2)


def test_a_table_from_standard_input_and_wrong_usage(on_file: CommandLine) -> None:
    done = on_file.run("batch", "-", "--command", ENROLL, stdin=ACCOUNTS.encode())
    assert (done.returncode, json.loads(done.stdout)["recorded"]) == (0, 2)
    put(on_file, "accounts.csv", ACCOUNTS)
    assert on_file.refused("batch", "accounts.csv", status=2)["code"] == "usage"
    assert on_file.refused("batch", "accounts.csv", "--command", "account enrol", status=2)["code"] == "usage"
    assert on_file.refused("batch", "nothing.csv", "--command", ENROLL, status=2)["code"] == "unreadable_file"
    put(on_file, "accounts.csv", ACCOUNTS.replace("region", "reg") + "C\n")
    done = on_file.run("batch", "accounts.csv", "--command", ENROLL)
    told = json.loads(done.stderr)
    assert (done.returncode, [each["code"] for each in told["errors"]]) == (2, ["unknown_column", "bad_row"])
    assert "its fields are account, enrolled_at" in told["error"]["hint"]


def test_one_list_of_outages_has_their_starts_and_their_ends(on_file: CommandLine) -> None:
    on_file.ok("account", "enroll", "A", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    put(
        on_file,
        "outages.csv",
        "incident,function,account,started_at,ended_at,bridge\n"
        "OPS-1,agent_calls,A,2026-03-03T10:00:00+08:00,2026-03-03T11:00:00+08:00,x\n",
    )
    opening, closing = (("batch", "outages.csv", "--command", f"incident {verb}") for verb in ("open", "close"))
    assert on_file.refused(*opening, status=2)["code"] == "unknown_column"
    done = on_file.run(*opening, "--only-fields", "--format", "table")
    assert (done.returncode, done.stderr) == (0, "slaledger: note: columns left out: ended_at, bridge\n")
    done = on_file.run(*closing, "--only-fields", "--format", "table")
    assert (done.returncode, done.stderr) == (
        0,
        "slaledger: note: columns left out: function, account, started_at, bridge\n",
    )
    assert on_file.ok("incident", "show", "OPS-1")["ended_at"] == "2026-03-03T11:00:00+08:00"
    assert on_file.run(*closing).returncode == 2


def test_only_fields_is_for_a_table(on_file: CommandLine) -> None:
    put(on_file, "lines.jsonl", "")
    assert on_file.refused("batch", "lines.jsonl", "--only-fields", status=2)["code"] == "usage"
