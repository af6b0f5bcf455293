"""A ledger of the release before: it answers as it did, its decisions replay, and it reads otherwise only when told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine
from test_verifier import disagreements, dossiers

FOLDER = ROOT / "tests" / "golden_ledger"
ANSWERS: dict[str, Any] = json.loads((FOLDER / "answers.json").read_text("utf-8"))
SECOND = ROOT / "ledger" / "agreements" / "aliyun-ccc-2018-08-01.2.toml"


@pytest.fixture
def before(tmp_path: Path) -> CommandLine:
    """The command line on the ledger as it was."""
    line = CommandLine(tmp_path)
    line.ok("import", "events", str(FOLDER / "events.jsonl"))
    return line


def holds(now: Any, then: Any) -> bool:
    """Whether an answer says all that it said; keys may be added."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(key in now and holds(now[key], value) for key, value in then.items())
    if isinstance(then, list) and isinstance(now, list):
        return len(now) == len(then) and all(map(holds, now, then))
    return bool(now == then and type(now) is type(then))


TILED = "availability A 2025-01"
"""The month of the amendment of the zone. Its first thirteen hours were in no month before months tiled time."""


def test_the_month_of_an_amendment_begins_where_the_one_before_ended(before: CommandLine) -> None:
    """From 23:00 in Shanghai to 02:00 in New York: one hour of December, and fifteen of January; before, two of it."""
    now = before.ok(*TILED.split())
    assert (ANSWERS[TILED]["unavailable_seconds"], now["unavailable_seconds"]) == (2 * 3600, 15 * 3600)
    assert before.ok("availability", "A", "2024-12")["unavailable_seconds"] == 3600
    (held,) = before.ok("claim", "show", "A", "2025-01")["decisions"]
    assert holds(held, ANSWERS["claim show A 2025-01"]["decisions"][0])
    (changed,) = (each for each in before.ok("audit", "impact")["changed"] if each["month"] == "2025-01")
    assert changed["account"] == "A"


@pytest.mark.parametrize("words", [words for words in ANSWERS if words not in ("audit replay", TILED)])
def test_it_answers_what_it_answered(before: CommandLine, words: str) -> None:
    now = before.ok(*words.split())
    assert holds(now, ANSWERS[words]), (now, ANSWERS[words])


def test_its_decisions_replay_byte_for_byte_in_both_formats(before: CommandLine) -> None:
    replayed = before.ok("audit", "replay")
    assert (replayed["decisions"], replayed["different"]) == (ANSWERS["audit replay"]["decisions"], [])
    shown = [ANSWERS[words]["decisions"] for words in ANSWERS if words.startswith("claim show")]
    assert {made["format"] for decisions in shown for made in decisions} == {1, 2}


def test_the_second_verifier_agrees_with_each_decision(before: CommandLine) -> None:
    with before.opened() as ledger:
        made = dossiers(ledger)
    assert len(made) == 8
    assert disagreements(made) == {}


def test_an_upgrade_changes_no_reading_unasked(before: CommandLine) -> None:
    """`init` adds nothing of the terms; doctor says what is newer, and the command."""
    before.ok("init")
    assert [version["sha256"] for version in before.ok("terms", "list")] == [
        version["sha256"] for version in ANSWERS["terms list"]
    ]
    (newer,) = (each for each in before.ok("doctor") if each["what"] == "terms" and each["state"] == "note")
    assert "revision 2 of aliyun-ccc 2018-08-01" in newer["message"]
    assert newer["message"].endswith("mtbf_event, deadline_rolls, shared_touches, maintenance_excluded")
    assert f"slaledger terms publish {SECOND} --reason" in newer["hint"]


def test_the_second_document_holds_for_decisions_made_from_then_on(before: CommandLine) -> None:
    """B came during an outage of everybody: by R22 it touches B from then on."""
    refused = before.refused("terms", "publish", str(SECOND))
    assert refused["code"] == "terms_version_taken"
    before.ok("terms", "publish", str(SECOND), "--reason", "R22 as the contract says it")
    assert before.ok("audit", "replay")["different"] == []
    changed = {(each["account"], each["month"]): each for each in before.ok("audit", "impact")["changed"]}
    assert changed["B", "2024-05"]["causes"][-1]["topic"] == "terms.published"
    assert before.ok("availability", "B", "2024-05")["unavailable_seconds"] == 5520 + 5400
    (first,) = before.ok("claim", "show", "B", "2024-05")["decisions"]
    before.ok("claim", "redecide", "B", "2024-05", "--reason", "R22")
    held, again = before.ok("claim", "show", "B", "2024-05")["decisions"]
    assert (held, held["format"], again["format"]) == (first, 1, 3)
    assert again["terms"]["sha256"] != first["terms"]["sha256"]
    assert before.ok("audit", "replay")["different"] == []
    with before.opened() as ledger:
        assert disagreements(dossiers(ledger)) == {}
    assert not [each for each in before.ok("doctor") if each["what"] == "terms" and each["state"] == "note"]
