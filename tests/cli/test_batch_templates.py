"""`batch --template`: an empty line or table of every command, which nobody records by accident."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import msgspec
import pytest
from conftest import CommandLine

from domain.commands import BY_WORDS, BillFees, Command, CorrectFees, RenameAccount
from domain.refusals import Refusal
from domain.values import VoucherOffset
from ledger.commands.parsing import parse_line
from ledger.commands.templates import template_line, template_table
from ledger.imports.command_table import command_lines

VALUES = {
    "ID": "A-1",
    "TIME": "2026-03-03T10:00:00+08:00",
    "YYYY-MM": "2026-03",
    "AMOUNT": "10.00",
    "TEXT": "because",
    "FUNCTION": "agent_calls",
    "CLAUSE": "2.3(1)",
    "ACTOR": "alice",
    "PUBLIC KEY": "alice+ffbed0da+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd",
}
NUMBERS = {"exclusion": 1, "redemption": 1, "year": 2026}
ALSO = {"claim decide": {"account": "A-1"}, "voucher issue": {"account": "A-1"}}
"""What a command needs besides: one of two fields, which are both optional."""
REQUIRED = re.compile("<required: ([^>]*)>")


def _filled(template: dict[str, Any]) -> dict[str, Any]:
    return template | {name: _value(name, text) for name, text in template.items() if _marked(text)}


def _marked(value: object) -> bool:
    return isinstance(value, str) and REQUIRED.fullmatch(value) is not None


def _value(name: str, text: str) -> object:
    kind = REQUIRED.sub(r"\1", text)
    return NUMBERS[name] if kind == "N" else VALUES.get(kind, kind.split("|")[0])


def _required(words: str) -> dict[str, Any]:
    """A line of a command with nothing but its required fields."""
    needed = [field.encode_name for field in msgspec.structs.fields(BY_WORDS[words]) if field.required]
    return {"command": words, **{name: _filled(json.loads(template_line(words)))[name] for name in needed}}


def _parsed(line: dict[str, Any]) -> Command:
    return parse_line(json.dumps(line).encode())


@pytest.mark.parametrize("words", BY_WORDS)
def test_a_line_has_every_field_and_filled_in_it_is_the_command(words: str) -> None:
    template = json.loads(template_line(words))
    assert {*template} == {"command", *BY_WORDS[words].__struct_encode_fields__}
    also = ALSO.get(words, {})
    filled, needed = _parsed(_filled(template) | also), _parsed(_required(words) | also)
    assert filled == needed or words in ("fees bill", "fees correct")


def test_a_voucher_offset_of_no_amounts_is_none() -> None:
    """`fees bill` and `fees correct` have an offset in two parts; left empty, it is an offset of nothing."""
    for words in ("fees bill", "fees correct"):
        filled = _parsed(_filled(json.loads(template_line(words))))
        assert isinstance(filled, BillFees | CorrectFees)
        assert filled.voucher_offset == VoucherOffset()
        assert msgspec.structs.replace(filled, voucher_offset=None) == _parsed(_required(words))


@pytest.mark.parametrize("words", BY_WORDS)
def test_a_table_filled_in_is_the_command(words: str) -> None:
    header, row = csv.reader(io.StringIO(template_table(words)))
    also = ALSO.get(words, {})
    filled = _filled(dict(zip(header, row, strict=True))) | also
    table = io.StringIO()
    csv.writer(table).writerows([filled.keys(), filled.values()])
    (line,) = filter(bytes.strip, command_lines([*map(str.encode, table.getvalue().splitlines(True))], "t.csv", words))
    assert parse_line(line) == _parsed(_required(words) | also)


MARKED = [(words, name) for words in BY_WORDS for name in _required(words) if name != "command"]


@pytest.mark.parametrize(("words", "name"), MARKED)
def test_a_placeholder_that_is_left_is_refused(words: str, name: str) -> None:
    template = json.loads(template_line(words))
    with pytest.raises(Refusal) as refused:
        _parsed(_filled(template) | ALSO.get(words, {}) | {name: template[name]})
    assert refused.value.code == "placeholder_left"
    assert refused.value.values["field"] == name


def test_words_in_angle_brackets_are_words() -> None:
    renamed = _parsed({"command": "account rename", "account": "1", "name": "<required>"})
    assert isinstance(renamed, RenameAccount)
    assert renamed.name == "<required>"


def test_the_command_line_prints_a_line_or_a_table(slaledger: CommandLine) -> None:
    (slaledger.folder / "line.jsonl").write_text(slaledger.run("batch", "--template", "claim file").stdout)
    (slaledger.folder / "t.csv").write_text(
        slaledger.run("batch", "--template", "claim file", "--format", "csv").stdout
    )
    assert slaledger.refused("batch", "line.jsonl", status=2)["code"] == "placeholder_left"
    assert slaledger.refused("batch", "t.csv", "--command", "claim file", status=2)["line"] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--template", "clam file"), "did you mean 'claim file'?"),
        (("--template", "nothing at all"), "there are account enroll"),
        (("--template", "claim file", "lines.jsonl"), "--template reads no file"),
        ((), "give a FILE"),
    ],
)
def test_what_is_no_template_is_said(slaledger: CommandLine, words: tuple[str, ...], told: str) -> None:
    done = slaledger.run("batch", *words)
    assert done.returncode == 2
    assert told in done.stderr
