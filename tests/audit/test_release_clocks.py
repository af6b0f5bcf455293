"""A second ledger of the release before: two clocks, an hour too many, an open outage beside one that ends later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine
from test_release_before import holds
from test_verifier import disagreements, dossiers

FOLDER = ROOT / "tests" / "golden_ledger" / "clocks"
ANSWERS: dict[str, Any] = json.loads((FOLDER / "answers.json").read_text("utf-8"))
SHOWN = [words for words in ANSWERS if words.startswith("claim show")]


@pytest.fixture
def before(tmp_path: Path) -> CommandLine:
    """The command line on the ledger as it was."""
    line = CommandLine(tmp_path)
    line.ok("import", "events", str(FOLDER / "events.jsonl"))
    return line


def decisions(words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ANSWERS[words]["decisions"]
    return found


def test_the_ledger_holds_what_it_is_for() -> None:
    made = [each for words in SHOWN for each in decisions(words)]
    measured = [each["availability"] for each in made if each["availability"]]
    assert {each["format"] for each in made} == {1, 2}
    assert any(each["covered_seconds"] > each["total_seconds"] for each in measured)
    assert [2025, 2026] in [each["calendar"]["years"] for each in made]
    opened = [each["incidents"] for month in measured for each in month["episodes"] if each["end"] is None]
    assert opened == [["A-AUTUMN", "A-LATER", "A-OPEN"], ["B-LONG", "B-OVER"]]


@pytest.mark.parametrize("words", [words for words in ANSWERS if words != "audit replay"])
def test_it_answers_what_it_answered(before: CommandLine, words: str) -> None:
    now = before.ok(*words.split())
    assert holds(now, ANSWERS[words]), (now, ANSWERS[words])


def test_every_decision_is_identical_and_the_log_is_sound(before: CommandLine) -> None:
    replayed = before.ok("audit", "replay")
    assert (replayed["decisions"], replayed["identical"], replayed["different"]) == (7, 7, [])
    before.ok("audit", "verify")
    with before.opened() as ledger:
        made = dossiers(ledger)
    assert len(made) == 6
    assert disagreements(made) == {}


def test_a_difference_of_form_alone_is_no_change(before: CommandLine) -> None:
    """November 2025 has an hour more than its days, and October's outage has ended since."""
    for account, month in (("A", "2025-09"), ("A", "2025-10"), ("A", "2025-11"), ("B", "2026-07")):
        assert before.ok("claim", "redecide", account, month, "--reason", "the form")["noop"], month
    changed = [(each["account"], each["month"]) for each in before.ok("audit", "impact")["changed"]]
    assert changed == [("B", "2026-08"), ("B", "2026-09")]


def test_no_time_is_in_two_months_from_now_on(before: CommandLine) -> None:
    """Twelve hours up to 06:00 of 1 August in Shanghai, which is 18:00 of 31 July in New York: all of July's."""
    counted = [before.ok("availability", "B", month)["unavailable_seconds"] for month in ("2026-07", "2026-08")]
    assert counted == [12 * 3600, 0]
    before.ok("claim", "redecide", "B", "2026-08", "--reason", "July has it")
    held, again = before.ok("claim", "show", "B", "2026-08")["decisions"]
    assert (held["availability"]["unavailable_seconds"], held["format"]) == (6 * 3600, 2)
    assert (again["outcome"], again["format"]) == ("commitment_met", 3)
    assert before.ok("audit", "replay")["different"] == []
    with before.opened() as ledger:
        assert disagreements(dossiers(ledger)) == {}


def test_an_episode_ends_where_its_last_outage_does(before: CommandLine) -> None:
    """As of 12 October 2026 the first was open; the second had an end that was later, and known."""
    words = ("--reason", "again", "--decided-at", "2026-10-12T00:00:00+08:00")
    before.ok("claim", "dispute", "B", "2026-09", "--disputed-at", "2026-10-20T00:00:00+08:00", "--grounds", "the end")
    before.ok("claim", "redecide", "B", "2026-09", *words)
    held, again = before.ok("claim", "show", "B", "2026-09")["decisions"]
    ends = [each["availability"]["episodes"][0]["end"] for each in (held, again)]
    assert ends == [None, "2026-10-20T00:00:00+08:00"]
    assert held["availability"]["unavailable_seconds"] == again["availability"]["unavailable_seconds"]
