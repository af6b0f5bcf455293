"""A shell asks for the words that may stand next: commands, options, and ids from the ledger that the line names."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import click
import pytest
from conftest import COMMAND, NOON, CommandLine
from declared import commands

from cli.commands.completion import SHELLS
from cli.options.completion import OF_FIELD

THIS_MONTH = f"{NOON:%Y-%m}"


@pytest.fixture
def told(slaledger: CommandLine, noon: datetime) -> CommandLine:
    """A ledger with three accounts, two incidents, a bill and a voucher."""
    enrolled = "2026-01-01T00:00:00+08:00"
    lines: list[dict[str, object]] = [
        {"command": "account enroll", "account": account, "enrolled_at": enrolled}
        for account in ("1001", "1001-b", "2002")
    ]
    for incident, account in (("INC-1", "1001"), ("INC-2", "2002")):
        when = {"started_at": "2026-03-03T10:00:00+08:00"}
        lines.append(
            {"command": "incident open", "incident": incident, "account": account, "function": "agent_calls", **when}
        )
        lines.append({"command": "incident close", "incident": incident, "ended_at": "2026-03-03T14:00:00+08:00"})
    fees = {"first_month": "2026-03", "product_fee": "1000.00", "call_fee": "300.00"}
    billed = {"bill": "B-1", "account": "1001", "billed_at": "2026-04-01T00:00:00+08:00"}
    lines.append({"command": "fees bill", **billed, **fees})
    month = {"account": "1001", "month": "2026-03"}
    lines.append({"command": "claim file", **month, "filed_at": "2026-04-10T09:00:00+08:00"})
    lines.append({"command": "claim decide", **month})
    lines.append({"command": "voucher issue", **month})
    assert slaledger.batch(*lines).returncode == 0
    return slaledger


def proposed(slaledger: CommandLine, line: str, *, shell: str = "bash") -> list[str]:
    """What is proposed for the last word of a line, as the shells' scripts ask for it."""
    words = line.split(" ")
    asked = {"_SLALEDGER_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = slaledger.run(env=asked)
    assert done.stderr == ""
    return [each.partition(",")[2] for each in done.stdout.splitlines() if each]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("slaledger vou", ["voucher"]),
        ("slaledger voucher re", ["redeem", "reverse"]),
        ("slaledger availability ", ["1001", "1001-b", "2002"]),
        ("slaledger availability 1", ["1001", "1001-b"]),
        ("slaledger availability 1001-", ["1001-b"]),
        ("slaledger availability 3", []),
        (f"slaledger availability 1001 {THIS_MONTH}", [THIS_MONTH]),
        ("slaledger claim decide 2", ["2002"]),
        (f"slaledger claim decide 2002 {THIS_MONTH}", [THIS_MONTH]),
        (f"slaledger claim decide --all {THIS_MONTH}", [THIS_MONTH]),
        (f"slaledger claim letter --all {THIS_MONTH}", [THIS_MONTH]),
        ("slaledger claim letter 2", ["2002"]),
        ("slaledger incident close ", ["INC-1", "INC-2"]),
        ("slaledger exclusion apply INC-2", ["INC-2"]),
        ("slaledger fees correct ", ["B-1"]),
        ("slaledger voucher redeem V-1001-2026-03-1 --bill B", ["B-1"]),
        ("slaledger voucher show ", ["V-1001-2026-03-1"]),
        ("slaledger voucher list --account 1001-", ["1001-b"]),
        ("slaledger terms show 2018", ["2018-08-01"]),
        ("slaledger history 1001 --fo", ["--format"]),
        ("slaledger history 1001 --format js", ["json", "jsonl"]),
    ],
)
def test_what_is_proposed(told: CommandLine, line: str, words: list[str]) -> None:
    assert proposed(told, line) == words


def test_months_are_the_last_two_years_latest_first(told: CommandLine) -> None:
    found = proposed(told, "slaledger breaches ")
    assert len(found) == 24
    assert found[0] == THIS_MONTH
    assert found == sorted(found, reverse=True)


def test_without_a_ledger_nothing_is_proposed_and_nothing_said(tmp_path: Path) -> None:
    nowhere = CommandLine(tmp_path)
    assert proposed(nowhere, "slaledger availability ") == []
    assert not nowhere.ledger.exists()


def test_the_ledger_is_the_one_that_the_line_names(told: CommandLine, tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    there.mkdir()
    assert proposed(CommandLine(there, told.place), f"slaledger --ledger {told.url} availability 2") == ["2002"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_for_each_shell(slaledger: CommandLine, shell: str) -> None:
    script = slaledger.run("completion", shell).stdout
    assert f"_SLALEDGER_COMPLETE={shell}_complete" in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script.encode(), check=True)


def test_bash_completes_with_its_script(told: CommandLine) -> None:
    """The whole way: bash reads the script, and its function gives the ids."""
    script = told.run("completion", "bash").stdout
    asks = f"""
        PATH={shlex.quote(str(COMMAND.parent))}:$PATH
        eval "$SCRIPT"
        COMP_WORDS=(slaledger availability 1) COMP_CWORD=2
        found=$(complete -p slaledger)
        found=${{found#*-F }}
        ${{found%% *}} slaledger 1 availability
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    env = told.environment({"SCRIPT": script})
    done = subprocess.run(["bash", "-c", asks], cwd=told.folder, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1001", "1001-b"]


def test_every_field_that_can_be_completed_is() -> None:
    """A new command completes what others complete."""
    missing = [
        f"{name}: {param.name}"
        for name, command in commands()
        for param in command.params
        if param.name in OF_FIELD and isinstance(param, click.Argument)
        if param._custom_shell_complete is None and not isinstance(param.type, click.Path)
    ]
    assert missing == []
