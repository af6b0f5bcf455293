"""What is answered, frozen: every reading command on the demo's ledger, and the receipt of every command.

`tests/golden_answers/README.md` says how the files are made and when they may change.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from authority import Authority
from conftest import ROOT, CommandLine
from declared import commands
from demonstration import demonstration
from frozen import Frozen, Speech, hold, spread, written
from receipts import RECEIPTS, prepare

from domain.commands import COMMANDS

READING = [
    "availability 1005 2026-06",
    "availability 1005 2026-05",
    "availability 1003 2026-05",
    "availability 1002 2026-12 --known-at 2026-11-21T10:05:00+08:00",
    "availability 1002 2026-09 --at-position 412",
    "breaches 2026-09",
    "breaches 2026-10",
    "breaches 2025-11 --at-position 100",
    "mtbf 1003 2026",
    "mtbf 1006 2025",
    "report 2026-09",
    "worklist",
    "worklist --at-position 300",
    "worklist --known-at 2026-10-15T18:00:00+08:00",
    "claim show 1001 2026-07",
    "claim show 1004 2026-02",
    "claim show 1005 2025-11",
    "claim show 1009 2026-03 --at-position 240",
    "claim list",
    "claim list --month 2026-09",
    "claim list --month 2024-01",
    "claim explain 1002 2026-09",
    "claim explain 1003 2026-04",
    "claim explain 1009 2026-06",
    "claim explain 1001 2026-07 --decision 1",
    "claim explain 1003 2026-05 --readings",
    "claim explain 1008 2026-09",
    "claim explain 1004 2026-02",
    "voucher list",
    "voucher list --account 1003",
    "voucher show V-1003-2026-03-1",
    "voucher show V-1007-2026-06-1",
    "history 1003",
    "history 1004 --month 2025-09",
    "history 1001 --valid-at 2026-01-15T00:00:00+08:00",
    "history 1005 --at-position 120",
    "history 1001 --month 2026-07 --known-at 2026-08-14T09:00:00+08:00 --diff 2026-11-16T09:00:00+08:00",
    "account list",
    "account show 1007",
    "account show 1008 --at-position 70",
    "incident list --month 2026-09",
    "incident list --account 1004",
    "incident list --open --at-position 67",
    "incident list --source statuspage",
    "incident show INC-2606-01",
    "incident show INC-2602-01",
    "fees list --month 2026-09",
    "fees list --account 1003",
    "fees show aliyun:1002:2026-09",
    "log --limit 4",
    "log --topic exclusion --reverse",
    "log --since 440 --until 2026-11-16T12:00:00+08:00 --topic voucher",
    "search CARRIER",
    "search 2606-01",
    "status",
    "status --at-position 300",
    "terms show",
    "terms show 2018-08-01",
    "terms list",
    "terms list --shipped",
    "terms check ledger/agreements/aliyun-ccc-2018-08-01.toml",
    "readings list",
    "calendar show 2026",
    "audit replay",
    "audit replay 1001",
    "audit replay --month 2026-09",
    "audit impact",
    "audit impact 1001",
    "audit impact --with correction.jsonl",
    "audit what-if --set timezone=UTC",
    "audit what-if --set minimum_kind=deductible --set timezone=UTC",
    "audit checkpoint",
    "audit prove 1001/account@1",
    "keygen ledger.example.com -o ledger.key",
    "audit checkpoint --sign ledger.key",
    "audit prove 17 --sign ledger.key",
    "audit consistency 5 10",
    "audit verify",
    "audit completeness",
    "audit completeness --year 2026",
    "audit duties --since 450",
    "postgres roles",
]
"""Commands that record nothing, as a person types them."""

WRITING = [
    "keygen ledger.example.com -o ledger.key",
    "dossier 1001 2026-07 -o case.json",
    "dossier 1002 2026-09 -o signed.json --sign ledger.key",
    "verify-dossier case.json",
    "verify-dossier signed.json",
    "keygen --witness customer.example -o customer.key",
    "audit monthly -o months --sign ledger.key",
    "witness sign months/2026-11.checkpoint --key customer.key --state customer.state",
    "audit monthly -o months --sign ledger.key --no-timestamp",
    "export claims --format csv -o -",
    "export vouchers --format csv -o -",
    "export availability 2026-09 --format csv -o -",
    "export availability --from 2026-08 --to 2026-09 --format csv -o availability.csv",
    "export claims -o claims.csv",
    "export vouchers -o vouchers.csv",
    "export journal --format hledger -o -",
    "export journal --format beancount -o vouchers.beancount",
    "export openslo -o -",
    "export openslo -o promise.yaml",
    "export ics -o claims.ics",
    "export site -o site",
    "export events -o events.jsonl",
    "--ledger sqlite:///moved.db import events events.jsonl --dry-run",
    "--ledger sqlite:///moved.db import events events.jsonl",
    "backup backup.db",
    "--ledger sqlite:///restored.db restore backup.db",
    "claim letter 1001 2026-07 --format txt",
    "claim letter 1004 2026-02 --format txt",
    "claim letter 1002 2026-09 -o letter.html",
    "claim letter --all 2026-09 -o letters",
    "report 2026-09 --html report.html",
    "dossier 1001 2026-07 --html case.html",
    "rebuild",
    "init",
]
"""Commands that write files; those that are texts are frozen where they go to standard output."""

TIMED = [
    "audit timestamp checkpoint.txt answer.tsr --request request.tsq --tsa certificates.pem",
    "audit timestamp checkpoint.txt answer.tsr",
    "verify-dossier case.json --tsa certificates.pem",
    "verify-dossier case.json --tsa other.pem",
    "verify-dossier case.json",
]
"""Commands about an authority's time stamp, and about the dossier of a claim, made once it is kept."""

MAIN = [
    "availability 1005 2026-06",
    "breaches 2026-09",
    "claim list",
    "claim show 1001 2026-07",
    "claim explain 1003 2026-05 --readings",
    "voucher list",
    "voucher show V-1003-2026-03-1",
    "worklist",
    "history 1004 --month 2025-09",
    "audit replay",
    "mtbf 1003 2026",
    "account show 1007",
    "incident list --month 2026-09",
    "fees list --month 2026-09",
    "log --topic exclusion --reverse",
    "search 2606-01",
    "status",
]
"""Commands whose answers are frozen as CSV and JSON Lines too."""
CORRECTION = {
    "command": "incident correct",
    "incident": "INC-2606-01",
    "ended_at": "2026-06-11T10:30:00+08:00",
    "reason": "log of the gateway",
}


@pytest.fixture(scope="module")
def demo(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """The demo's ledger, made under a standing clock, in a folder with what the commands name."""
    folder = tmp_path_factory.mktemp("frozen")
    for name in ("examples", "ledger"):
        (folder / name).symlink_to(ROOT / name)
    made = Frozen(CommandLine(folder))
    for part in demonstration.parts():
        for command in part.commands:
            made.do(*demonstration.words_of(command))
    return made


def taken(demo: Frozen, folder: Path) -> Frozen:
    """The demo's ledger once more, in a folder with what the commands name."""
    for name in ("examples", "ledger"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "correction.jsonl").write_text(json.dumps(CORRECTION) + "\n")
    return demo.copy(folder)


@pytest.fixture(scope="module")
def update(pytestconfig: pytest.Config) -> bool:
    """Whether the files are to be written anew."""
    return bool(pytestconfig.getoption("--golden-update"))


def said(frozen: Frozen, line: str, *options: str, before: tuple[str, ...] = ()) -> str:
    """A command, asked in a way, and what it says."""
    words = [*before, *shlex.split(line), *options]
    return written(line, words, without_machine(frozen.say(*words)))


def without_machine(speech: Speech) -> Speech:
    """What was said without figures that are the machine's."""
    out = re.sub(r"\b\d+ MB\b", "‹some› MB", speech.out)
    return speech._replace(
        out=re.sub(r"Python [\d.]+[,，] ?slaledger [^\"\n]*(\n {10}[^\n]*)*", "‹versions of this installation›", out)
    )


def takes_format(line: str) -> bool:
    """Whether a command answers in the four formats."""
    words = [
        word for word in shlex.split(line) if word not in ("--ledger", "sqlite:///moved.db", "sqlite:///restored.db")
    ]
    found = [command for name, command in commands() if words[: len(name.split())] == name.split()]
    options = [each for each in found[0].params if "--format" in each.opts]
    return "--format" not in words and any("table" in getattr(each.type, "choices", ()) for each in options)


@pytest.mark.parametrize(
    ("name", "before", "form"),
    [
        ("reading.json.txt", (), "json"),
        ("reading.table.txt", (), "table"),
        ("reading.table.zh.txt", ("--lang", "zh"), "table"),
    ],
)
def test_what_is_answered(
    demo: Frozen, tmp_path: Path, update: bool, name: str, before: tuple[str, ...], form: str
) -> None:
    frozen = taken(demo, tmp_path)
    hold(name, (said(frozen, line, *asked(line, form), before=before) for line in READING), update)


def asked(line: str, form: str) -> tuple[str, ...]:
    return ("--format", form) if takes_format(line) else ()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_answered_to_programs(demo: Frozen, tmp_path: Path, update: bool, form: str) -> None:
    frozen = taken(demo, tmp_path)
    hold(f"reading.{form}.txt", (said(frozen, line, "--format", form) for line in MAIN), update)


@pytest.mark.parametrize(
    ("name", "before", "form"),
    [
        ("files.json.txt", (), "json"),
        ("files.table.txt", (), "table"),
        ("files.table.zh.txt", ("--lang", "zh"), "table"),
    ],
)
def test_what_is_said_of_files(
    demo: Frozen, tmp_path: Path, update: bool, name: str, before: tuple[str, ...], form: str
) -> None:
    frozen = taken(demo, tmp_path)
    hold(name, (said(frozen, line, *asked(line, form), before=before) for line in WRITING), update)


def test_what_is_said_of_time(demo: Frozen, tmp_path: Path, update: bool) -> None:
    """The dossier has events that were recorded after the time stamp."""
    frozen = taken(demo, tmp_path)
    asked = frozen.say("audit", "checkpoint", "--timestamp-request", "request.tsq")
    (tmp_path / "checkpoint.txt").write_text(asked.out)
    desk, other = Authority(tmp_path / "desk"), Authority(tmp_path / "other", of="Sundials")
    desk.answer(tmp_path / "request.tsq", tmp_path / "answer.tsr")
    for file, authority in (("certificates.pem", desk), ("other.pem", other)):
        (tmp_path / file).write_bytes(Path(authority.certificates).read_bytes())
    blocks = []
    for before, form in (((), "json"), ((), "table"), (("--lang", "zh"), "table")):
        for line in TIMED:
            if line == TIMED[2]:
                frozen.do("account", "rename", "1001", "--name", f"Lakeside Bank {len(blocks)}")
                frozen.do("dossier", "1001", "2026-07", "-o", "case.json", "--force")
            spoken = said(frozen, line, "--format", form, before=before)
            blocks.append(re.sub(r"(given: |签署的：).*", r"\1‹words of a library›", spoken))
    hold("timestamps.txt", blocks, update)


def test_a_dossier(demo: Frozen, tmp_path: Path, update: bool) -> None:
    """The file itself, which is one object."""
    frozen = taken(demo, tmp_path)
    frozen.do("dossier", "1003", "2026-05", "-o", "case.json")
    held = json.loads((tmp_path / "case.json").read_text("utf-8"))
    hold("dossier.txt", [spread(held) + "\n"], update)


@pytest.mark.parametrize(
    ("name", "before", "form"),
    [
        ("receipts.json.txt", (), "json"),
        ("receipts.table.txt", (), "table"),
        ("receipts.table.zh.txt", ("--lang", "zh"), "table"),
    ],
)
def test_what_is_said_of_what_was_recorded(
    blank: Path, tmp_path: Path, update: bool, name: str, before: tuple[str, ...], form: str
) -> None:
    """Each command on a new ledger, in order, and each once more, which is nothing new."""
    prepare(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    frozen = Frozen(CommandLine(tmp_path))
    blocks = []
    for line in RECEIPTS:
        blocks.append(said(frozen, line, "--format", form, before=before))
        blocks.append(said(frozen, line, "--format", form, before=before).replace("### ", "### again: ", 1))
    hold(name, blocks, update)


def _words(line: str) -> str:
    """A command without the options before its group."""
    return re.sub(r"^(--(ledger|actor|sign) \S+ )+", "", line)


def test_every_command_has_a_receipt() -> None:
    recorded = {str(kind.__struct_config__.tag) for kind in COMMANDS}
    lines = [_words(line) for line in RECEIPTS]
    assert {each for each in recorded if not any(line.startswith(each) for line in lines)} == set()


def test_every_command_is_asked() -> None:
    """But for scripts that complete, documents, and the verifier, which are held by what they do."""
    lines = [_words(line) for line in (*READING, *WRITING, *TIMED, *RECEIPTS)]
    unasked = {name for name, _ in commands() if not any(f"{line} ".startswith(f"{name} ") for line in lines)}
    assert unasked == {"completion", "docs", "verifier"}
