"""A third ledger of the release before: what it cancelled of vouchers counted as paid, and counts as not issued now."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine
from test_release_before import holds
from test_verifier import disagreements, dossiers

FOLDER = ROOT / "tests" / "golden_ledger" / "cancellations"
ANSWERS: dict[str, Any] = json.loads((FOLDER / "answers.json").read_text("utf-8"))
SHOWN = [words for words in ANSWERS if words.startswith("claim show")]
MEANT_OTHERWISE = ("audit replay", "claim list", *SHOWN)
"""Answers with figures that mean something else now; their decisions and faces are compared by themselves."""

NOW = {
    ("A", "2024-05"): ("0.00", "140.00", "0.00"),
    ("A", "2024-06"): ("50.00", "90.00", "0.00"),
    ("A", "2024-07"): ("70.00", "140.00", "0.00"),
    ("A", "2025-03"): ("0.00", "84.00", "0.00"),
    ("A", "2026-04"): ("60.00", "80.00", "0.00"),
    ("A", "2026-05"): ("84.00", "0.00", "0.00"),
    ("B", "2024-06"): ("140.00", "0.00", "0.00"),
    ("B", "2026-04"): ("0.00", "140.00", "0.00"),
}
"""Of each claim with cancellations, worked out by hand: what is held, due and overpaid."""

FIGURES = re.compile(r"(\w+) (\d{4}-\d\d): .* due (\S+), before (\S+); overpaid (\S+), before (\S+)")


@pytest.fixture
def before(tmp_path: Path) -> CommandLine:
    """The command line on the ledger as it was."""
    line = CommandLine(tmp_path)
    line.ok("import", "events", str(FOLDER / "events.jsonl"))
    return line


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def upgraded(ledger: CommandLine) -> dict[tuple[str, str], tuple[str, str, str, str]]:
    """What doctor says of each claim: due, due before, overpaid, overpaid before."""
    found = [FIGURES.fullmatch(each["message"]) for each in ledger.ok("doctor") if each["what"] == "claims"]
    return {(each[1], each[2]): (each[3], each[4], each[5], each[6]) for each in found if each}


def test_the_ledger_holds_what_it_is_for() -> None:
    made = [each for words in SHOWN for each in ANSWERS[words]["decisions"]]
    assert {each["format"] for each in made} == {1, 2}
    rolled = ANSWERS["claim show A 2025-03"]
    assert (rolled["window"]["closes"], rolled["decisions"][0]["calendar"]["years"]) == (
        "2025-06-04T00:00:00-04:00",
        [2025],
    )
    assert ANSWERS["availability A 2025-03"]["episodes"][0]["start"].endswith("-05:00")
    assert ANSWERS["availability A 2025-03"]["episodes"][0]["end"].endswith("-04:00")
    assert ANSWERS["claim show B 2026-09"]["decisions"][0]["availability"]["episodes"][-1]["end"] is None
    topics = [json.loads(line)["type"] for line in (FOLDER / "events.jsonl").read_text("utf-8").splitlines()]
    assert (topics.count("voucher.cancelled"), topics.count("claim.payment_cancelled")) == (9, 0)


def test_every_decision_is_identical_and_the_log_is_sound(before: CommandLine) -> None:
    replayed = before.ok("audit", "replay")
    assert (replayed["decisions"], replayed["identical"], replayed["different"]) == (15, 15, [])
    assert before.ok("audit", "verify")["damage"] == []
    with before.opened() as ledger:
        made = dossiers(ledger)
    assert len(made) == 10
    assert disagreements(made) == {}


@pytest.mark.parametrize("words", [words for words in ANSWERS if words not in MEANT_OTHERWISE])
def test_it_answers_what_it_answered(before: CommandLine, words: str) -> None:
    now = before.ok(*words.split())
    assert holds(now, ANSWERS[words]), (now, ANSWERS[words])


def test_each_decision_is_shown_as_it_was(before: CommandLine) -> None:
    for words in SHOWN:
        now = before.ok(*words.split())
        for name in ("filed_at", "window", "awarded", "decisions", "vouchers"):
            assert holds(now[name], ANSWERS[words][name]), (words, name)


def test_doctor_lists_each_claim_whose_due_or_overpaid_is_another(before: CommandLine) -> None:
    expected = {}
    for then in ANSWERS["claim list"]:
        claim = then["account"], then["month"]
        held, due, over = NOW.get(claim, (then["issued"], f"{fen(then['awarded']) - fen(then['issued'])}", "0.00"))
        now = before.ok("claim", "show", *claim)
        assert fen(now["issued"]) + fen(now["due"]) == fen(now["awarded"]) + fen(now["overpaid"])
        assert (fen(now["issued"]), fen(now["due"]), fen(now["overpaid"])) == (fen(held), fen(due), fen(over)), claim
        due_then = fen(then["awarded"]) - fen(then["issued"]) + fen(then["overpaid"])
        if (due_then, fen(then["overpaid"])) != (fen(due), fen(over)):
            expected[claim] = (now["due"], f"{due_then // 100}.00", now["overpaid"], then["overpaid"])
    assert expected.keys() == NOW.keys()
    assert upgraded(before) == expected


def test_what_is_issued_by_the_new_rule_is_listed_no_more(before: CommandLine) -> None:
    """Neither at once nor after a later decision: its figures are not those of the release before."""
    before.ok("voucher", "issue", "A", "2024-05", "--again")
    before.ok("voucher", "issue", "A", "2024-07")
    left = NOW.keys() - {("A", "2024-05"), ("A", "2024-07")}
    assert upgraded(before).keys() == left
    before.ok("fees", "correct", "F-A-2024-05", "--product-fee", "600", "--reason", "rebate")
    before.ok("claim", "redecide", "A", "2024-05", "--reason", "rebate")
    assert before.ok("claim", "show", "A", "2024-05")["overpaid"] == "56.00"
    assert upgraded(before).keys() == left


def test_what_was_cancelled_before_is_due_again(before: CommandLine) -> None:
    """Since the latest decision: only where that is said. Before it: as what is awarded anew."""
    for month in ("2024-05", "2024-06", "2025-03", "2026-04"):
        assert before.refused("voucher", "issue", "A", month)["code"] == "undone"
    assert before.ok("voucher", "issue", "A", "2025-03", "--again")["amount"] == "84.00"
    assert before.ok("voucher", "issue", "A", "2024-07")["amount"] == "140.00"
    assert before.ok("voucher", "issue", "B", "2024-06")["noop"] is True
    assert [each["amount"] for each in before.ok("worklist")["given_back"]] == ["60.00"]
    assert before.ok("audit", "replay")["different"] == []
    assert before.ok("audit", "verify")["damage"] == []
