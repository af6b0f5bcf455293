"""Long runs go on where they were interrupted, and are repeated by their seed."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
import soaking


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a long run notes what it has done."""
    monkeypatch.setattr(soaking, "SOAK", True)
    monkeypatch.delenv("SLALEDGER_SEED", raising=False)
    monkeypatch.setenv("SLALEDGER_SOAK_STATE", str(tmp_path / "notes"))
    return tmp_path / "notes"


def test_an_interrupted_run_goes_on_with_the_case_that_failed(noted: Path) -> None:
    cases, done = soaking.Cases("of a test", 1, 5), []
    with pytest.raises(ZeroDivisionError):
        for number in cases:
            cases.tally["even"] += number % 2 == 0
            done.append(1 // (3 - number))
    again = soaking.Cases("of a test", 1, 5)
    assert (again.seed, again.tally["even"]) == (cases.seed, 2)
    assert list(again) == [3, 4]
    figures = json.loads((noted / "figures.jsonl").read_text())
    assert figures == {"what": "of a test", "seed": cases.seed, "cases": 5, "even": 2}
    assert list(soaking.Cases("of a test", 1, 5)) == []
    assert len((noted / "figures.jsonl").read_text().splitlines()) == 1


def test_a_seed_that_is_given_is_taken_and_one_that_is_not_is_kept(
    noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = soaking.seed()
    assert soaking.seed() == kept == int((noted / "seed").read_text())
    monkeypatch.setenv("SLALEDGER_SEED", "7")
    cases = soaking.Cases("of a test", 1, 5)
    assert cases.seed == soaking.seed() == 7
    assert Random(cases.random(3)).random() == Random("7 of a test 3").random()


def test_a_short_run_notes_nothing(noted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soaking, "SOAK", False)
    assert list(soaking.Cases("of a test", 2, 5)) == [0, 1]
    assert soaking.Cases("of a test", 2, 5).seed == soaking.seed()
    assert not noted.exists()
