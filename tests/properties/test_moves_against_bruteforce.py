"""R22 and R23 against the second-by-second reading: accounts that come and move, maintenance that was announced."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import bruteforce as brute
import pytest
from build import SECOND_US, terms
from moving import MONTH, Moving, moving

from domain.intervals import union
from domain.rules.coverage import covered
from domain.rules.touching import touching
from domain.rules.unavailability import Asked, measure


def measured(history: Moving) -> int:
    """A month's unavailable time in microseconds."""
    account, read = history.account(), terms(**history.readings)
    found = touching(account, history.incidents(), read, history.at * SECOND_US)
    return measure(found, covered(account, read), Asked.alone(MONTH, read), history.at * SECOND_US, read).unavailable_us


def second_by_second(history: Moving) -> int:
    readings, spans = brute.READINGS | history.readings, history.covered()
    touched = brute.touching(history.outages, history.where, spans, history.at, readings)
    return brute.counted_seconds(touched, spans, MONTH, history.at, readings)


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(500, 5000, 500))])
def test_who_is_touched_and_what_is_excluded_is_what_counting_the_seconds_gives(first: int) -> None:
    histories = ((seed, moving(seed)) for seed in range(first, first + 500))
    wrong = [seed for seed, history in histories if measured(history) != second_by_second(history) * SECOND_US]
    assert wrong == [], moving(wrong[0])


@pytest.mark.parametrize("seed", [996, 1097, 1156])
def test_an_open_incident_counts_no_further_than_it_is_looked_at_also_where_the_account_moves_later(seed: int) -> None:
    history = moving(seed)
    assert any(outage.end is None for outage in history.outages)
    assert max(since for since, _ in history.where.moves) > history.at
    assert measured(history) == second_by_second(history) * SECOND_US


def test_both_know_the_same_covered_time() -> None:
    for seed in range(300):
        history = moving(seed)
        told = union((since * SECOND_US, min(until * SECOND_US, 2**62)) for since, until in history.covered())
        assert [span[0] for span in covered(history.account(), terms())] == [span[0] for span in told]


def test_the_histories_are_not_trivial() -> None:
    """Of a hundred histories, at least as many come out otherwise where one of these is otherwise."""
    seen: Counter[str] = Counter()
    for seed in range(400):
        history = moving(seed)
        here = second_by_second(history)
        others = {
            "shared_touches": {"any_covered": "at_start", "at_start": "any_covered"},
            "maintenance_excluded": {"announced": "actual", "actual": "announced"},
        }
        for key, other in others.items():
            changed = replace(history, readings=history.readings | {key: other[str(history.readings[key])]})
            seen[key] += second_by_second(changed) != here
        stayed = replace(history, where=replace(history.where, moves=()))
        seen["moves"] += second_by_second(stayed) != here
        seen["counts"] += here > 0
    least = {"shared_touches": 5, "maintenance_excluded": 5, "moves": 10, "counts": 40}
    assert {name: seen[name] / 4 for name in least if seen[name] / 4 < least[name]} == {}, seen
