"""`SLALEDGER_FORMAT` is the format where `--format` is not given, for answers and for errors."""

from __future__ import annotations

import json

from conftest import CommandLine


def test_the_variable_is_the_format_where_none_is_given(slaledger: CommandLine) -> None:
    table = slaledger.run("terms", "list", "--format", "table").stdout
    assert slaledger.run("terms", "list", env={"SLALEDGER_FORMAT": "table"}).stdout == table
    csv = slaledger.run("terms", "list", env={"SLALEDGER_FORMAT": "csv"}).stdout
    assert csv.startswith("agreement,")
    assert json.loads(slaledger.run("terms", "list", "--format", "json", env={"SLALEDGER_FORMAT": "csv"}).stdout)


def test_errors_follow_it_too(slaledger: CommandLine) -> None:
    words = ("account", "show", "9")
    assert "slaledger: account 9" in slaledger.run(*words, env={"SLALEDGER_FORMAT": "table"}).stderr
    told = slaledger.run(*words, env={"SLALEDGER_FORMAT": "jsonl"}).stderr
    assert json.loads(told)["error"]["code"] == "unknown_account"


def test_another_word_in_it_is_refused(slaledger: CommandLine) -> None:
    done = slaledger.run("terms", "list", env={"SLALEDGER_FORMAT": "yaml"})
    assert done.returncode == 2
    assert "'yaml' is not one of" in done.stderr


def test_commands_with_formats_of_their_own_do_not_take_it(slaledger: CommandLine) -> None:
    assert slaledger.run("audit", "prove", "~/ledger@1", env={"SLALEDGER_FORMAT": "csv"}).returncode == 0


def test_an_import_follows_it(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    event = {"account": "1001", "name": "Lakeside"}
    told = {"specversion": "1.0", "id": "1", "source": "desk", "type": "slaledger.account.rename", "data": event}
    (slaledger.folder / "events.json").write_text(json.dumps(told))
    done = slaledger.run("import", "cloudevents", "events.json", env={"SLALEDGER_FORMAT": "table"})
    assert done.stdout.startswith("events.json: 2 events recorded")


def test_what_was_written_to_a_file_is_told_in_it(slaledger: CommandLine) -> None:
    """There `--format` is the file's."""
    words = ("export", "claims", "--force", "-o", "claims.csv")
    assert slaledger.run(*words, env={"SLALEDGER_FORMAT": "table"}).stdout.startswith("claims.csv: ")
    assert json.loads(slaledger.run(*words, env={"SLALEDGER_FORMAT": "json"}).stdout)["file"] == "claims.csv"
    assert json.loads(slaledger.run(*words, env={"SLALEDGER_FORMAT": "yaml"}).stdout)["file"] == "claims.csv"
