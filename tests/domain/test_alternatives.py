"""What one other reading of a clause would give: the swing of a claim, by a table and against trying every reading."""

from __future__ import annotations

import msgspec
import pytest
from build import SECOND_US, at, bill, calendars, claimed, incidents, row, versions
from histories import History, month_history, seeded

from domain.alternatives import Swing, decided_under, reading_chooser, swing
from domain.case import Case
from domain.refusals import Refusal
from domain.terms.readings import NUMBERS, VALUES, others, with_readings
from domain.terms.versions import in_force
from domain.time import DAY_US, month_span

FEES = bill("1000.00", "400.00")
LATER = at("2026-07-01 00:00")


@pytest.mark.parametrize(
    ("outage", "filed", "expected"),
    [
        row("three hours", "10:00 to 13:00", "2026-04-10 09:00", None),
        row("just enough", "10:00 to 11:30", "2026-04-10 09:00", ("R2", "deductible", 10_400)),
        row("just too little", "10:00 to 11:29:16", "2026-04-10 09:00", ("R6", "ceil_minute_per_episode", 10_400)),
        row(
            "after the month, but in it by UTC", "04-01 02:00 to 04-01 05:00", "2026-04-10 09:00", ("R8", "UTC", 10_400)
        ),
        row("the fifth working day itself", "10:00 to 13:00", "2026-04-08 09:00", ("R14", "on_the_day", 10_400)),
        row("the Sunday on which the window ends", "10:00 to 13:00", "2026-05-31 09:00", None),
        row("the Monday after it", "10:00 to 13:00", "2026-06-01 09:00", ("R15", False, 10_400)),
        row("the day after that", "10:00 to 13:00", "2026-06-02 09:00", None),
    ],
)
def test_a_claim_swings_by_the_reading_that_changes_its_credit_most(
    outage: str, filed: str, expected: tuple[str, object, int] | None
) -> None:
    case = claimed(at(filed), found=incidents(f"inbound {outage}"), bills=[FEES])
    found = swing(case, "1001", "2026-03", LATER)
    assert (None if found is None else (found.reading, found.value, found.amount_fen)) == expected


def test_a_reading_that_needs_a_calendar_which_is_not_recorded_is_no_swing() -> None:
    """By the reading of this ledger no working day decides; those that ask for one cannot be tried."""
    case = claimed(at("2026-06-10 09:00"), found=incidents("inbound 10:00 to 13:00"), bills=[FEES])
    never = msgspec.structs.replace(case, calendars={})
    with pytest.raises(Refusal):
        decided_under(never, "1001", "2026-03", LATER, in_force)
    assert swing(never, "1001", "2026-03", LATER) is None


def case_of(history: History, seed: int) -> Case:
    """A claim for a random month, under the history's readings; filed in time, or about an edge of the window."""
    end = month_span(history.month, "Asia/Shanghai")[1]
    filed_at = end + (20, 20, 5, 8, 59, 61)[seed % 6] * DAY_US
    case = claimed(filed_at, history.month, history.incidents(), [bill("1000.00", "400.00", first=history.month)])
    read = with_readings(versions(), {key: value for key, value in history.readings.items() if _is_value(value)})
    return msgspec.structs.replace(case, versions=read, calendars=calendars(2024, 2025, 2026))


def _is_value(value: object) -> bool:
    return isinstance(value, str | int)


def tried(case: Case, month: str, when: int) -> int:
    """The greatest difference of the credit by any one other value, each tried on the whole case."""

    def credit(key: str | None, value: str | int | bool = "") -> int | None:
        try:
            chosen = in_force if key is None else reading_chooser({key: value})
            made = decided_under(case, "1001", month, when, chosen)
        except Refusal:
            return None
        return 0 if made.credit is None else made.credit.total_fen

    as_read = credit(None)
    if as_read is None:
        return 0
    readings = in_force(case.versions, month).terms.readings
    found = [credit(key, value) for key, value in others(readings)]
    return max(abs(each - as_read) for each in found if each is not None)


SEEDS = range(100)


def test_the_swing_of_random_months_is_the_greatest_difference_of_all_readings() -> None:
    swings: list[Swing] = []
    for seed in SEEDS:
        history = seeded(month_history, seed)
        if all(outage.incident != "L" for outage in history.outages):
            continue  # without a long outage the month meets the commitment by every reading
        case, when = case_of(history, seed), history.at * SECOND_US
        found = swing(case, "1001", history.month, when)
        assert (0 if found is None else found.amount_fen) == tried(case, history.month, when), seed
        swings += [] if found is None else [found]
    assert 5 < len(swings) < len(SEEDS)
    assert {"R8", "R9"} <= {each.reading for each in swings}


def test_every_switch_has_a_number_and_values() -> None:
    assert list(NUMBERS) == list(VALUES)
    assert all(len(values) > 1 for values in VALUES.values())
