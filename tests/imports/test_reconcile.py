"""A source's statements against what the ledger holds of it: the difference as commands, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.commands import Command
from domain.events import SourceRead
from domain.incident import Incident
from domain.refusals import ManyFaults, Refusal
from domain.time import FOREVER, MINUTE_US, SECOND_US
from ledger.imports.reconciling.continued import with_ends
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.reconciling.outcome import AskedOfOutages, Reconciled
from ledger.imports.reconciling.reconcile import reconcile
from ledger.imports.source import SourceTime
from ledger.imports.statements import ExcludedSpan, Extent, LeftOut, OutageStatement, Policy, Reading
from ledger.refusals.imports.pagerduty import EndNotTold, MergedIntoMissing
from ledger.refusals.imports.reconcile import (
    BeginningUnknown,
    EndBeforeKnownStart,
    EndBeforeToldStart,
    OlderStatement,
    OtherTarget,
)

DAY = datetime(2026, 3, 3, tzinfo=UTC)
DAY_US = int(DAY.timestamp()) * SECOND_US
EDITS = Policy(one_a_key=True)
EPISODES = Policy(one_a_key=False)
GROWS = Policy(one_a_key=False, grows=True, resolution_us=0)


def at(minute: float) -> SourceTime:
    instant = DAY + timedelta(minutes=minute)
    return SourceTime(instant, instant.isoformat(), f"file: ${minute}")


def us(minute: float) -> int:
    return DAY_US + int(minute * MINUTE_US)


def told(start: float, end: float | None, key: str = "k", id_: str = "", **more: Any) -> OutageStatement:
    given = {"function": "agent_calls", "target": {"all_accounts": True}, "scope": "page"} | more
    return OutageStatement(
        key=key,
        incident=id_ or f"{key}:{start:g}",
        name=f"outage {key}",
        start=at(start),
        end=None if end is None else at(end),
        place=f"file: {key}",
        **given,
    )


def holds(start: float, end: float | None, key: str = "k", id_: str = "", **more: Any) -> Holding:
    withdrawn = more.pop("withdrawn", None)
    within = more.pop("within_us", None)
    incident = Incident(
        incident=id_ or f"{key}:{start:g}",
        function="agent_calls",
        scope=more.pop("target", "all"),
        account=None,
        regions=(),
        started_at=us(start),
        ended_at=None if end is None else us(end),
        started_within_us=within,
        ended_within_us=within,
        withdrawn=withdrawn,
        exclusions=[],
    )
    return Holding(incident=incident, key=key, scope=more.pop("scope", "page"), **more)


def words(command: Command) -> str:
    """A command as minutes of the day: `open k:0 0`, `correct k:0 start 5 end 20`."""
    given = msgspec.structs.asdict(command)
    verb = str(command.__struct_config__.tag).removeprefix("incident ")
    parts = [verb, str(given["incident"])]
    for name in ("started_at", "ended_at"):
        if given.get(name) is not None:
            parts += [name.removesuffix("ed_at"), f"{(given[name] - DAY_US) / MINUTE_US:g}"]
    parts += [str(given["function"])] if verb == "correct" and given["function"] else []
    parts += [str(given["clause"])] if verb == "exclusion apply" else []
    parts += [str(given["exclusion"])] if verb == "exclusion withdraw" else []
    return " ".join(parts)


def outcome(
    statements: list[OutageStatement],
    held: list[Holding],
    policy: Policy = EDITS,
    asked: AskedOfOutages | None = None,
    **more: Any,
) -> Reconciled:
    ends = {"k": tuple(one.end.us for one in statements if one.end is not None)} if policy.grows else {}
    reading = Reading(source="page", policy=policy, statements=tuple(statements), ends=ends, **more)
    return reconcile(reading, held, asked)


def steps(*given: Any, **more: Any) -> list[str]:
    return [words(step.command) for step in outcome(*given, **more).steps]


@pytest.mark.parametrize(
    ("statement", "held", "commands"),
    [
        (told(0, 60), None, ["open k:0 start 0", "close k:0 end 60"]),
        (told(0, None), None, ["open k:0 start 0"]),
        (told(0, 60), holds(0, None), ["close k:0 end 60"]),
        (told(0, 60), holds(0, 60), []),
        (told(0, 60), holds(0, 60 + 0.9 / 60), []),
        (told(0, 60), holds(0, 60 + 1 / 60), ["correct k:0 end 60"]),
        (told(0, None), holds(0, 60), ["reopen k:0"]),
        (told(0, None), holds(0, None), []),
        (told(20, 60), holds(0, 60), ["correct k:0 start 20"]),
        (told(0, 240), holds(0, 60), ["correct k:0 end 240"]),
        (told(20, 90), holds(0, 60), ["correct k:0 start 20 end 90"]),
        (told(20, 90), holds(0, None), ["correct k:0 start 20", "close k:0 end 90"]),
        (told(20, None), holds(0, 60), ["reopen k:0", "correct k:0 start 20"]),
        (told(300, 360), holds(0, 60), ["correct k:0 start 300 end 360"]),
        (told(0, 60, function="agent_sign_in"), holds(0, 60), ["correct k:0 agent_sign_in"]),
    ],
)
def test_the_ledger_follows_the_source(statement: OutageStatement, held: Holding | None, commands: list[str]) -> None:
    assert steps([statement], [] if held is None else [held]) == commands


def child(start: float, merged: float, end: float | None, **more: Any) -> OutageStatement:
    """An outage that was merged into `p`."""
    return told(start, end, "c", parent="p", merged_at=at(merged), **more)


@pytest.mark.parametrize(
    ("statement", "parent", "commands"),
    [
        (child(0, 10, 10), holds(0, 60, "p"), ["open c:0 start 0", "close c:0 end 60"]),
        (child(0, 0, 0), holds(0, 60, "p"), ["open c:0 start 0", "close c:0 end 60"]),
        (child(0, 70, 70), holds(0, 60, "p"), ["open c:0 start 0", "close c:0 end 70"]),
        (child(0, 10, 10), holds(0, None, "p"), ["open c:0 start 0"]),
    ],
)
def test_what_was_merged_into_an_outage_of_the_ledger_lasts_as_long(
    statement: OutageStatement, parent: Holding, commands: list[str]
) -> None:
    orphan = msgspec.structs.replace(statement, parent_told=False)
    found = outcome([orphan], [parent])
    assert [words(step.command) for step in found.steps] == commands
    assert {step.source.parent for step in found.steps if step.source is not None} == {"p"}


@pytest.mark.parametrize("held", [[], [holds(0, 60, "p", withdrawn="by mistake")], [holds(0, 60, "other")]])
def test_what_was_merged_into_something_unknown_is_refused(held: list[Holding]) -> None:
    with pytest.raises(MergedIntoMissing) as refused:
        outcome([child(0, 10, 10, parent_told=False)], held)
    assert (refused.value.id, refused.value.parent) == ("c", "p")


@pytest.mark.parametrize(
    ("statement", "held", "commands"),
    [
        (child(0, 10, None), holds(0, None, "c"), ["close c:0 end 10", "reopen c:0"]),
        (child(0, 10, None), holds(0, None, "c", parent="p"), []),
        (told(0, None, "c", said_at=us(20)), holds(0, None, "c", parent="p"), ["close c:0 end 20", "reopen c:0"]),
        (child(0, 10, None), holds(0, None, "c", persons=frozenset({"ended_at"})), []),
        (child(0, 10, None), holds(0, 10, "c"), ["reopen c:0"]),
        (child(0, 10, 60), holds(0, None, "c"), ["close c:0 end 60"]),
    ],
)
def test_the_ledger_remembers_into_what_an_open_outage_was_merged(
    statement: OutageStatement, held: Holding, commands: list[str]
) -> None:
    assert steps([told(0, statement.end and 60, "p"), statement], [holds(0, None, "p"), held]) == [
        *(["close p:0 end 60"] if statement.end else []),
        *commands,
    ]


@pytest.mark.parametrize(
    ("parent", "held", "commands"),
    [
        (told(0, 60, "p"), (None, None), ["close p:0 end 60", "close c:0 end 60"]),
        (told(0, 90, "p"), (60, 60), ["correct p:0 end 90", "correct c:0 end 90"]),
        (told(0, None, "p"), (60, 60), ["reopen p:0", "reopen c:0"]),
        (told(0, 60, "p"), (60, 70), []),
        (told(0, None, "p"), (None, None), []),
    ],
)
def test_what_was_merged_follows_its_parent_that_is_told_alone(
    parent: OutageStatement, held: tuple[float | None, float | None], commands: list[str]
) -> None:
    of_ledger = [holds(0, held[0], "p"), holds(0, held[1], "c", parent="p"), holds(0, 5, "d", parent="q")]
    assert steps([parent], of_ledger) == commands


def test_what_was_merged_into_what_was_merged_follows_too() -> None:
    held = [holds(0, None, "p"), holds(0, None, "c", parent="p"), holds(0, None, "d", parent="c")]
    assert steps([told(0, 60, "p")], held) == ["close p:0 end 60", "close c:0 end 60", "close d:0 end 60"]
    late = [holds(0, None, "p", parent="q"), holds(0, None, "q")]
    found = [told(0, 60, "q"), child(0, 10, 10, parent_told=False)]
    assert steps(found, late) == ["open c:0 start 0", "close q:0 end 60", "close p:0 end 60", "close c:0 end 60"]


@pytest.mark.parametrize(
    ("held", "commands"),
    [
        (holds(0, 60, "c"), []),
        (holds(0, 60, "c", withdrawn="by mistake"), ["restore c:0"]),
        (holds(0, 60, "c", withdrawn="by mistake", persons=frozenset({"withdrawn"})), []),
        (holds(0, None, "c", parent="p"), []),
        (holds(0, None, "c"), None),
        (holds(0, 60, "other"), None),
    ],
)
def test_what_is_over_without_an_end_ends_as_the_ledger_has_it(held: Holding, commands: list[str] | None) -> None:
    silent = told(0, None, "c", end_told=False)
    if commands is not None:
        assert steps([silent], [held]) == commands
        return
    with pytest.raises(EndNotTold):
        outcome([silent], [held])


def test_what_is_over_without_an_end_follows_its_parent() -> None:
    held = [holds(0, None, "p"), holds(0, None, "c", parent="p")]
    found = [told(0, 60, "p"), told(0, None, "c", end_told=False)]
    assert steps(found, held) == ["close p:0 end 60", "close c:0 end 60"]


def test_what_it_came_to_is_listed() -> None:
    statements = [
        told(0, 60, "a"),
        told(0, None, "b"),
        told(0, 60, "c"),
        told(0, None, "d"),
        told(0, 90, "e"),
        told(0, 9, "f"),
    ]
    held = [holds(0, None, "c"), holds(0, 60, "d"), holds(0, 60, "e"), holds(0, 9, "f")]
    found = outcome(statements, held)
    assert (found.opened, found.closed, found.reopened) == (["a:0", "b:0"], ["a:0", "c:0"], ["d:0"])
    assert [(one.incident, one.field, one.was, one.now) for one in found.corrected] == [
        ("d:0", "ended_at", us(60), None),
        ("e:0", "ended_at", us(60), us(90)),
    ]
    assert (found.left_open, found.unchanged) == (["b:0", "d:0"], 1)


# Whose word counts.


@pytest.mark.parametrize(
    ("persons", "statement", "commands", "staying"),
    [
        ({"ended_at"}, told(0, 90), [], ("ended_at", us(60), us(90))),
        ({"ended_at"}, told(0, None), [], ("ended_at", us(60), None)),
        ({"ended_at"}, told(0, 60), [], None),
        ({"ended_at"}, told(10, 90), ["correct k:0 start 10"], ("ended_at", us(60), us(90))),
        ({"started_at"}, told(10, 90), ["correct k:0 end 90"], ("started_at", us(0), us(10))),
        ({"function"}, told(0, 60, function="agent_sign_in"), [], ("function", "agent_calls", "agent_sign_in")),
    ],
)
def test_a_persons_word_stays_field_by_field(
    persons: set[Any], statement: OutageStatement, commands: list[str], staying: Any
) -> None:
    held = holds(0, 60, persons=frozenset(persons))
    found = outcome([statement], [held])
    assert [words(step.command) for step in found.steps] == commands
    assert [(one.field, one.was, one.now) for one in found.staying] == ([] if staying is None else [staying])


def test_an_outage_that_a_person_withdrew_stays_withdrawn() -> None:
    held = holds(0, 60, withdrawn="none of ours", persons=frozenset({"withdrawn"}))
    found = outcome([told(0, 90)], [held])
    assert found.steps == []
    assert [(one.field, one.was) for one in found.staying] == [("withdrawn", "none of ours")]


def test_the_sources_word_is_taken_again_for_every_field() -> None:
    held = holds(0, 60, withdrawn="none", persons=frozenset({"withdrawn", "ended_at"}))
    asked = AskedOfOutages(take_source=frozenset({"k:0"}))
    assert steps([told(0, 90)], [held], asked=asked) == ["release k:0", "restore k:0", "correct k:0 end 90"]


def test_the_source_says_its_own_commands_and_a_person_the_others() -> None:
    found = outcome(
        [told(0, 90, said_at=5)],
        [holds(0, 60, said_at=5)],
        asked=AskedOfOutages(take_source=frozenset({"k:0"})),
        said_at=7,
    )
    release, correct = found.steps
    assert release.source is None
    assert correct.source is not None
    assert (correct.source.name, correct.source.scope, correct.source.key, correct.source.said_at) == (
        "page",
        "page",
        "k",
        5,
    )


# Which outage a statement is about.


def test_one_statement_is_about_one_outage_and_each_outage_has_one_statement() -> None:
    held = [holds(0, 60), holds(100, 160)]
    assert steps([told(10, 60), told(100, 170), told(300, 310)], held) == [
        "correct k:0 start 10",
        "correct k:100 end 170",
        "open k:300 start 300",
        "close k:300 end 310",
    ]


def test_two_outages_that_the_source_now_tells_as_one() -> None:
    held = [holds(0, 60), holds(100, 160)]
    found = outcome([told(0, 160)], held)
    assert [words(step.command) for step in found.steps] == ["correct k:0 end 160", "withdraw k:100"]
    assert [step.source is None for step in found.steps] == [False, False]


def test_an_outage_that_the_source_now_tells_as_two_gets_a_second_id() -> None:
    assert steps([told(0, 60), told(100, 160)], [holds(0, 160)]) == [
        "correct k:0 end 60",
        "open k:100 start 100",
        "close k:100 end 160",
    ]


def test_an_id_that_is_taken_is_not_given_again() -> None:
    held = [holds(500, 560, id_="e:c")]
    statements = [told(0, 60, id_="e:c"), told(500, 560, id_="e:c:2")]
    assert steps(statements, held) == ["open e:c:2 start 0", "close e:c:2 end 60"]


def test_an_outage_that_the_source_withdrew_as_a_part_comes_back() -> None:
    held = [holds(0, 160), holds(100, 160, withdrawn="part of another")]
    assert steps([told(0, 60), told(100, 160)], held, EPISODES) == ["correct k:0 end 60", "restore k:100"]


def test_episodes_are_known_by_overlap_alone() -> None:
    assert steps([told(300, 360)], [holds(0, 60)], EPISODES) == ["open k:300 start 300", "close k:300 end 360"]


def test_a_measurement_in_other_steps_is_no_second_outage() -> None:
    held = holds(0.5, 1.5, within_us=MINUTE_US)
    assert steps([told(0, 1, uncertainty_us=MINUTE_US)], [held], EPISODES) == []
    assert steps([told(2.5, 3.5, uncertainty_us=MINUTE_US)], [held], EPISODES) == [
        "open k:2.5 start 2.5",
        "close k:2.5 end 3.5",
    ]


@pytest.mark.parametrize(
    ("statement", "held", "commands"),
    [
        (told(10, 60), holds(0, None), ["close k:0 end 60"]),
        (told(-5, 60), holds(0, None), ["correct k:0 start -5", "close k:0 end 60"]),
        (told(0, 50), holds(0, 60), []),
        (told(60, 90), holds(0, 60), ["correct k:0 end 90"]),
        (told(0, None), holds(0, 60), ["reopen k:0"]),
        (told(61, 90), holds(0, 60), ["open k:61 start 61", "close k:61 end 90"]),
    ],
)
def test_replicas_reports_of_one_outage_grow_together(
    statement: OutageStatement, held: Holding, commands: list[str]
) -> None:
    assert steps([statement], [held], GROWS) == commands


# Files that begin or end in the middle.


def test_a_file_that_begins_while_it_lasts_goes_on_with_what_the_ledger_holds() -> None:
    assert steps([told(30, 60, start_known=False)], [holds(0, None)], EPISODES) == ["close k:0 end 60"]


def test_a_file_that_begins_while_it_lasts_needs_its_beginning() -> None:
    with pytest.raises(BeginningUnknown):
        outcome([told(30, 60, start_known=False)], [], EPISODES)
    with pytest.raises(BeginningUnknown):
        outcome([told(30, 60, start_known=False)], [holds(40, None)], EPISODES)


def test_a_file_that_ends_while_it_lasts_says_nothing_of_later() -> None:
    lasting = told(0, None, seen_until=us(30))
    assert steps([lasting], [holds(0, 60)], EPISODES) == []
    assert steps([lasting], [holds(0, 20)], EPISODES) == ["reopen k:0"]


# What a source no longer tells of.


PAGE = Extent(scope="page", since=us(0))


@pytest.mark.parametrize(
    ("extent", "held", "vanished"),
    [
        (PAGE, holds(0, 60), True),
        (PAGE, holds(-1, 60), False),
        (PAGE, holds(0, None), True),
        (PAGE, holds(0, 60, scope="other"), False),
        (PAGE, holds(0, 60, kept=True), False),
        (PAGE, holds(0, 60, withdrawn="none", persons=frozenset({"withdrawn"})), False),
        (Extent(scope="page", since=us(0), until=us(60)), holds(0, 60), True),
        (Extent(scope="page", since=us(0), until=us(60)), holds(0, 61), False),
        (Extent(scope="page", open_only=True), holds(0, None), True),
        (Extent(scope="page", open_only=True), holds(0, 60), False),
        (Extent(scope="", keys={"k": (us(0), us(60))}), holds(0, 60), True),
        (Extent(scope="", keys={"k": (us(60), us(90))}), holds(0, 60), False),
        (Extent(scope="", keys={"k": (us(60), us(90))}), holds(0, None), True),
        (Extent(scope="", keys={"other": (us(0), us(60))}), holds(0, 60), False),
    ],
)
def test_an_outage_that_a_file_would_contain_has_vanished(extent: Extent, held: Holding, vanished: bool) -> None:
    found = outcome([told(0, 5, "new")], [held], extents=(extent,))
    assert found.vanished == (["k:0"] if vanished and held.start == us(0) else [held.id] if vanished else [])
    assert found.opened == ["new:0"]
    assert (found.left_open == [held.id]) == (held.end == FOREVER)


@pytest.mark.parametrize(
    ("word", "held", "commands"),
    [
        ("kept", holds(0, 60), ["keep k:0"]),
        ("withdrawn", holds(0, 60), ["withdraw k:0"]),
        (us(30), holds(0, 60), ["correct k:0 end 30", "keep k:0"]),
        (us(30), holds(0, None), ["close k:0 end 30", "keep k:0"]),
        (us(30), holds(0, 30, kept=True), []),
        ("kept", holds(0, 30, kept=True), []),
    ],
)
def test_a_person_says_what_became_of_it(word: Any, held: Holding, commands: list[str]) -> None:
    found = outcome([], [held], extents=(PAGE,), asked=AskedOfOutages(gone={"k:0": word}))
    assert [words(step.command) for step in found.steps] == commands
    assert all(step.source is None for step in found.steps)
    assert found.vanished == []


def test_a_word_about_an_outage_that_is_not_there_is_noted() -> None:
    assert (
        "nosuch: no outage of page has this id" in outcome([], [], asked=AskedOfOutages(gone={"nosuch": "kept"})).notes
    )


# Exclusions.


NOTICE = ExcludedSpan(clause="2.3(5)", reason="announced", place="file: m", notified_at=us(-60))


def test_a_new_outage_has_the_sources_exclusion() -> None:
    assert steps([told(0, 60, exclusions=(NOTICE,))], []) == [
        "open k:0 start 0",
        "exclusion apply k:0 2.3(5)",
        "close k:0 end 60",
    ]


# What does not go together.


@pytest.mark.parametrize(
    ("statement", "held", "refusal"),
    [
        (told(60, 0), None, EndBeforeToldStart),
        (told(0, 30), holds(40, 60, persons=frozenset({"started_at"})), EndBeforeKnownStart),
        (told(0, 60), holds(0, 60, target="accounts"), OtherTarget),
        (told(0, 90, said_at=5), holds(0, 60, said_at=6), OlderStatement),
    ],
)
def test_a_contradiction_is_refused(statement: OutageStatement, held: Holding | None, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        outcome([statement], [] if held is None else [held])


def test_an_older_statement_is_taken_where_that_is_said() -> None:
    statement, held = told(0, 90, said_at=5), holds(0, 60, said_at=6)
    assert steps([statement], [held], asked=AskedOfOutages(older=True)) == ["correct k:0 end 90"]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ManyFaults) as caught:
        outcome([told(60, 0, "a"), told(0, 30, "b", start_known=False), told(90, 0, "c")], [])
    assert [type(each) for each in caught.value.refusals] == [
        EndBeforeToldStart,
        EndBeforeToldStart,
        BeginningUnknown,
    ]


def test_an_outage_without_length_is_left_out() -> None:
    found = outcome([told(0, 0)], [])
    assert (found.steps, [one.key for one in found.left_out]) == ([], ["k"])


def test_what_an_import_was_asked_to_leave_out_has_not_vanished() -> None:
    left_out = (LeftOut("event", "skipped as asked"),)
    found = outcome([], [holds(0, 60, key="event:c"), holds(0, 60)], extents=(PAGE,), left_out=left_out)
    assert found.vanished == ["k:0"]


@pytest.mark.parametrize(
    ("spans", "commands", "vanished"),
    [
        ([(0, 59)], ["close k:30 end 60"], []),
        ([(0, 58)], [], ["k:30"]),
        ([(0, 60)], [], ["k:30"]),
        ([(0, 70)], [], ["k:30"]),
        ([], [], ["k:30"]),
        ([(0, 40), (40, 59)], [], ["k:30"]),
        ([(0, 40), (20, 59)], ["close k:30 end 60"], []),
    ],
)
def test_an_outage_that_was_open_ends_where_the_next_file_begins_up(
    spans: list[tuple[int, int]], commands: list[str], vanished: list[str]
) -> None:
    earlier = [SourceRead(source="p", scope="", files=(), since=us(first), until=us(last)) for first, last in spans]
    reading = Reading(
        source="p",
        policy=Policy(one_a_key=False, resolution_us=MINUTE_US),
        statements=(),
        begins_up=(told(60, 60, start_known=False),),
        extents=(Extent(scope="page", keys={"k": (us(60), us(90)), "l": (us(60), us(90))}),),
    )
    held = [holds(30, None), holds(10, 20), holds(30, None, "l", withdrawn="by mistake")]
    found = reconcile(with_ends(reading, held, earlier), held)
    assert ([words(step.command) for step in found.steps], found.vanished) == (commands, vanished)


@pytest.mark.parametrize("policy", [EPISODES, GROWS])
def test_an_outage_of_the_ledger_is_left_out_by_its_id_though_its_start_moved(policy: Policy) -> None:
    firing = Extent(scope="page", open_only=True)
    held = [holds(5, None), holds(20, 30)]
    found = outcome([told(0, 60)], held, policy, extents=(firing,), skip_incidents=frozenset({"k:5"}))
    assert (found.steps, found.vanished, found.left_open) == ([], [], ["k:5"])
    assert [one.key for one in found.left_out] == ["k@2026-03-03T00:00:00+00:00"]


def test_an_outage_that_was_left_out_by_its_start_has_not_vanished() -> None:
    firing = Extent(scope="page", open_only=True)
    found = outcome([], [holds(0, None)], extents=(firing,), left_out=(LeftOut("k@2026-03-03T00:00:00Z", "skipped"),))
    assert found.vanished == []
