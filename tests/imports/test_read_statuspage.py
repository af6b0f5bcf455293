"""What the files of a status page state, how far they reach, and what is refused of them. Nothing is recorded here."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.refusals import Refusal
from ledger.imports.statements import ExcludedSpan, Extent, OutageStatement, Reading, SourceFile
from ledger.imports.statuspage.mapping import StatuspageOptions
from ledger.imports.statuspage.reader import read_statuspage
from ledger.refusals import ManyFaults

CASES = Path(__file__).parents[3] / "shared" / "cases" / "sources"
Json = dict[str, Any]
PHONE = StatuspageOptions(functions={"Phone": "agent_calls"}, all_accounts=True)
SAID = "2026-03-31T16:00:00Z"
UP, SLOW, PART, OUT, WORK = (
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
)


def at(clock: str) -> str:
    """A time on 3 March 2026, on the clock of Shanghai."""
    return f"2026-03-03T{clock}:00+08:00"


def us(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=UTC)
    return round(moment.total_seconds()) * 1_000_000


def change(old: str, new: str, code: str = "ph", name: str = "Phone") -> Json:
    return {"code": code, "name": name, "old_status": old, "new_status": new}


def update(clock: str, *changes: Json, status: str = "investigating") -> Json:
    return {"status": status, "display_at": at(clock), "affected_components": list(changes) or None}


def incident(*updates: Json, status: str = "investigating", **more: object) -> Json:
    """An incident `i1` with its updates given oldest first; the page lists the newest first."""
    made: Json = {"id": "i1", "name": "Phones", "status": status, "impact": "major", "created_at": at("09:50")}
    return made | {"incident_updates": list(reversed(updates))} | more


def maintenance(*updates: Json, status: str = "completed", **more: object) -> Json:
    """A maintenance `m1` that was announced at 8:00 for 10:00 to 10:40."""
    window = {"created_at": at("08:00"), "scheduled_for": at("10:00"), "scheduled_until": at("10:40")}
    return incident(*updates, status=status, **({"id": "m1", "impact": "maintenance"} | window | more))


def page(*incidents: Json, maintenances: tuple[Json, ...] | None = None, **more: object) -> Json:
    """What /api/v2/incidents.json answers, and with `maintenances` the other list too."""
    planned = {} if maintenances is None else {"scheduled_maintenances": list(maintenances)}
    return {"page": {"id": "pg", "updated_at": SAID}, "incidents": list(incidents), **planned, **more}


def files(*documents: object) -> list[SourceFile]:
    return [
        SourceFile(f"p{number}.json", io.BytesIO(one if isinstance(one, bytes) else json.dumps(one).encode()))
        for number, one in enumerate(documents, 1)
    ]


def read(*documents: object, asked: StatuspageOptions = PHONE) -> Reading:
    return read_statuspage(files(*documents), asked)


def faults(*documents: object, asked: StatuspageOptions = PHONE) -> list[Refusal]:
    """Everything that is refused of the files."""
    with pytest.raises((Refusal, ManyFaults)) as caught:
        read(*documents, asked=asked)
    return [caught.value] if isinstance(caught.value, Refusal) else list(getattr(caught.value, "refusals", ()))


def clock(text: str | None) -> str:
    return "" if text is None else text[11:16]


def brief(reading: Reading) -> list[str]:
    """Outages as `i1:ph 10:00-10:40`, with no end while they are open."""
    return [f"{one.incident} {clock(one.start.text)}-{clock(one.end and one.end.text)}" for one in reading.statements]


DOWN = update("10:00", change(UP, OUT))
BACK = update("10:40", change(OUT, UP))
RESOLVED = {"status": "resolved", "resolved_at": at("11:00")}
OVER = incident(DOWN, BACK, **RESOLVED)

COURSES: dict[str, tuple[Json, list[str], str]] = {
    "still down": (incident(update("10:00", change(UP, PART))), ["i1:ph 10:00-"], ""),
    "down and back": (OVER, ["i1:ph 10:00-10:40"], ""),
    "worse and better is one outage": (
        incident(update("10:00", change(UP, PART)), update("10:10", change(PART, OUT)), BACK),
        ["i1:ph 10:00-10:40"],
        "",
    ),
    "slow ends an outage": (
        incident(DOWN, update("10:20", change(OUT, SLOW)), **RESOLVED),
        ["i1:ph 10:00-10:20"],
        "",
    ),
    "down again within an incident": (
        incident(DOWN, BACK, update("10:50", change(UP, PART)), **RESOLVED),
        ["i1:ph 10:00-10:40", "i1:ph:2 10:50-11:00"],
        "no update says when it recovered",
    ),
    "resolved and opened again": (
        incident(DOWN, update("10:40", change(OUT, UP), status="resolved"), update("10:50", change(UP, OUT))),
        ["i1:ph 10:00-10:40", "i1:ph:2 10:50-"],
        "",
    ),
    "resolved while down, and opened again": (
        incident(DOWN, update("10:40", change(OUT, OUT), status="resolved"), update("10:50", change(OUT, OUT))),
        ["i1:ph 10:00-"],
        "",
    ),
    "the component never returns": (
        incident(DOWN, **RESOLVED),
        ["i1:ph 10:00-11:00"],
        "no update says when it recovered; its outage ends when this was resolved, at 2026-03-03T11:00:00+08:00",
    ),
    "resolved by an update alone": (
        incident(DOWN, update("10:50", status="resolved"), status="postmortem"),
        ["i1:ph 10:00-10:50"],
        "no update says when it recovered",
    ),
    "told afterwards, in one update": (
        incident(update("10:40", change(OUT, UP), status="resolved"), **RESOLVED, started_at=at("09:30")),
        ["i1:ph 09:30-10:40"],
        "taken from 2026-03-03T09:30:00+08:00, when this began, check its start",
    ),
    "first named while down, and it says since when": (
        incident(update("10:00", change(OUT, OUT)), BACK, started_at=at("09:30")),
        ["i1:ph 09:30-10:40"],
        "taken from 2026-03-03T09:30:00+08:00",
    ),
    "first named while down": (
        incident(update("10:00", change(OUT, OUT)), BACK),
        ["i1:ph 10:00-10:40"],
        "its outage is taken from there, check its start",
    ),
    "what the updates say goes before when it is said to have begun": (
        incident(DOWN, BACK, started_at=at("09:30")),
        ["i1:ph 10:00-10:40"],
        "",
    ),
    "grave, and nothing was down": (
        incident(update("10:40", change(UP, UP), status="resolved"), **RESOLVED, impact="critical"),
        [],
        "i1 (Phones): Phone never went down (operational) although the impact is critical: no outage",
    ),
    "slow in a major incident": (
        incident(update("10:00", change(UP, SLOW))),
        [],
        "Phone never went down (degraded_performance) although the impact is major: no outage",
    ),
    "slow in a minor incident": (incident(update("10:00", change(UP, SLOW)), impact="minor"), [], ""),
    "named under maintenance": (
        incident(update("10:00", change(WORK, WORK)), update("10:30", change(WORK, UP)), **RESOLVED),
        [],
        "was under maintenance when this incident named it, at 2026-03-03T10:00:00+08:00: no outage of this incident",
    ),
    "fails under maintenance": (
        incident(update("10:00", change(WORK, WORK)), update("10:10", change(WORK, OUT)), BACK),
        ["i1:ph 10:10-10:40"],
        "was under maintenance when this incident named it",
    ),
    "taken into maintenance by an incident": (
        incident(update("10:00", change(UP, WORK)), update("10:40", change(WORK, UP))),
        ["i1:ph 10:00-10:40"],
        "",
    ),
    "no length": (incident(update("11:00", change(UP, OUT)), **RESOLVED), [], "no update says"),
    "only others were touched": (
        incident(update("10:00", change(UP, OUT, "wb", "Web"))),
        [],
        "components that are not mapped were left out (1): Web (wb)",
    ),
}
OLD = incident(
    update("01:00", change(UP, SLOW, "ol", "Old")), id="i0", impact="minor", status="resolved", created_at=at("00:10")
)
"""Makes a file one that lists what is over too."""


@pytest.mark.parametrize("case", COURSES)
def test_an_outage_lasts_from_going_down_to_coming_back(case: str) -> None:
    told, expected, note = COURSES[case]
    reading = read(page(told))
    assert brief(reading) == expected
    assert note in "\n".join(reading.notes)
    if not note:
        assert [one for one in reading.notes if "i1" in one] == []


def test_a_statement_has_the_identity_of_incident_and_component() -> None:
    (told,) = read(page(OVER)).statements
    assert told == OutageStatement(
        key="i1:ph",
        incident="i1:ph",
        name="i1 (Phones): Phone",
        scope="pg/incidents",
        function="agent_calls",
        target={"all_accounts": True},
        start=told.start,
        end=told.end,
        place="p1.json: $.incidents[0].incident_updates[1]",
        said_at=us(SAID),
    )
    assert (told.start.us, told.end and told.end.us) == (us(at("10:00")), us(at("10:40")))


def test_outages_of_one_component_in_one_incident_have_one_key_and_are_numbered() -> None:
    told = read(page(COURSES["down again within an incident"][0])).statements
    assert [(one.key, one.incident) for one in told] == [("i1:ph", "i1:ph"), ("i1:ph", "i1:ph:2")]


def test_an_outage_without_length_is_left_out_and_takes_no_number() -> None:
    blink = [update("09:55", change(UP, OUT)), update("09:55", change(OUT, UP))]
    reading = read(page(incident(*blink, DOWN, BACK, **RESOLVED)))
    assert brief(reading) == ["i1:ph 10:00-10:40"]
    assert [(one.key, one.why) for one in reading.left_out] == [("i1:ph", f"the outage at {at('09:55')} has no length")]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (change(UP, UP), ["i1:ph 10:00-10:40", "i2:ph 10:20-10:40"]),
        (change(OUT, UP), ["i1:ph 10:00-10:40", "i2:ph 10:20-11:30"]),
        (change(UP, PART), ["i1:ph 10:00-10:40", "i2:ph 10:20-10:40", "i2:ph:2 11:30-"]),
    ],
)
def test_what_an_incident_finds_up_another_one_brought_back(last: Json, expected: list[str]) -> None:
    second = incident(update("10:20", change(OUT, OUT)), update("11:30", last, status="monitoring"), id="i2")
    assert brief(read(page(second, OVER))) == expected


def test_what_another_incident_accounts_for_needs_no_start() -> None:
    other = incident(BACK, id="i2", started_at=at("09:00"))
    reading = read(page(incident(DOWN, **RESOLVED), other))
    assert brief(reading) == ["i1:ph 10:00-11:00"]
    assert not [note for note in reading.notes if "check its start" in note]


def test_a_component_that_comes_back_in_a_list_of_open_ones_may_have_gone_down_in_another() -> None:
    reading = read(page(incident(BACK, started_at=at("09:00"))))
    assert brief(reading) == []
    assert "does not list the incident that took it down: left out" in reading.notes[0]


@pytest.mark.parametrize("key", ["ph", "Phone", "Voice - Phone"])
def test_a_component_goes_by_any_of_its_names(key: str) -> None:
    told = incident(update("10:00", change(UP, OUT)), update("10:40", change(OUT, UP, name="Voice - Phone")))
    asked = StatuspageOptions(functions={key: "agent_calls"}, accounts=("1001", "1002"))
    (statement,) = read(page(told), asked=asked).statements
    assert statement.target == {"accounts": ["1001", "1002"]}


# Maintenance.

BEGUN = update("10:00", change(UP, WORK), status="in_progress")
DONE = update("10:40", change(WORK, UP), status="completed")
WINDOW = (us(at("10:00")), us(at("10:40")))
MAINTENANCES: dict[str, tuple[Json, list[str], tuple[int, int] | str | None, str]] = {
    "as announced": (maintenance(BEGUN, DONE), ["m1:ph 10:00-10:40"], WINDOW, ""),
    "under way": (maintenance(BEGUN, status="in_progress"), ["m1:ph 10:00-"], WINDOW, "still under way"),
    "not begun": (
        maintenance(update("08:00", change(UP, UP), status="scheduled"), status="scheduled"),
        [],
        None,
        "has not begun: nothing recorded",
    ),
    "called off": (
        maintenance(update("09:00", status="completed"), components=[{"id": "ph", "name": "Phone"}]),
        [],
        None,
        "without having begun",
    ),
    "runs over": (
        maintenance(BEGUN, DONE, scheduled_until=at("10:30")),
        ["m1:ph 10:00-10:40"],
        (us(at("10:00")), us(at("10:30"))),
        "announced until 2026-03-03T10:30:00+08:00, ran until 2026-03-03T10:40:00+08:00; what lies after",
    ),
    "begins early": (
        maintenance(BEGUN, DONE, scheduled_for=at("10:20")),
        ["m1:ph 10:00-10:40"],
        (us(at("10:20")), us(at("10:40"))),
        "announced from 2026-03-03T10:20:00+08:00, began at 2026-03-03T10:00:00+08:00; what lies before",
    ),
    "fails afterwards": (
        maintenance(
            update("10:00", change(UP, UP), status="in_progress"),
            update("10:50", change(UP, OUT), status="in_progress"),
            update("11:30", change(OUT, UP), status="completed"),
        ),
        ["m1:ph 10:50-11:30"],
        WINDOW,
        "ran until 2026-03-03T11:30:00+08:00",
    ),
    "announced when it began": (
        maintenance(BEGUN, DONE, created_at=at("10:00")),
        ["m1:ph 10:00-10:40"],
        None,
        "announced at 2026-03-03T10:00:00+08:00, not before it began: not excluded",
    ),
    "begins early, before it was announced": (
        maintenance(BEGUN, DONE, created_at=at("10:10"), scheduled_for=at("10:20")),
        ["m1:ph 10:00-10:40"],
        (us(at("10:20")), us(at("10:40"))),
        "began at",
    ),
    "no end was announced": (
        maintenance(BEGUN, DONE, scheduled_until=None),
        ["m1:ph 10:00-10:40"],
        "no window",
        "no announced window is given; all of it is excluded",
    ),
    "only listed": (
        maintenance(
            update("10:00", status="in_progress"),
            update("10:40", status="completed"),
            components=[{"id": "ph", "name": "Phone"}],
        ),
        ["m1:ph 10:00-10:40"],
        WINDOW,
        "",
    ),
    "first named when it ends": (
        maintenance(update("10:00", status="in_progress"), DONE),
        ["m1:ph 10:00-10:40"],
        WINDOW,
        "taken from 2026-03-03T10:00:00+08:00",
    ),
    "announced during another outage": (
        maintenance(update("08:00", change(OUT, OUT), status="scheduled"), BEGUN, DONE),
        ["m1:ph 10:00-10:40"],
        WINDOW,
        "",
    ),
    "named and never down": (
        maintenance(update("10:00", change(UP, UP), status="in_progress"), update("10:40", status="completed")),
        [],
        None,
        "Phone was named in this maintenance but never went down (operational): no outage",
    ),
}


@pytest.mark.parametrize("case", MAINTENANCES)
def test_maintenance_carries_its_exclusion_and_its_announced_window(case: str) -> None:
    told, expected, window, note = MAINTENANCES[case]
    reading = read(page(OLD, maintenances=(told,)))
    assert brief(reading) == expected
    found = [span for one in reading.statements for span in one.exclusions]
    notes = [one for one in reading.notes if "m1" in one]
    assert note in "\n".join(notes) and bool(note) == bool(notes)
    if window is None:
        assert found == []
        return
    since, until = (None, None) if isinstance(window, str) else window
    assert found == [
        ExcludedSpan(
            clause="2.3(5)",
            reason="announced maintenance m1",
            place="p1.json: $.scheduled_maintenances[0].created_at",
            notified_at=us(told["created_at"]),
            announced_from=since,
            announced_to=until,
        )
    ]
    assert {one.scope for one in reading.statements} == {"pg/maintenances"}


def test_a_component_that_an_incident_has_down_is_a_mention_in_a_maintenance() -> None:
    told = maintenance(update("10:10", change(OUT, OUT), status="in_progress"), update("10:30", status="completed"))
    reading = read(page(OVER, maintenances=(told,)))
    assert brief(reading) == ["i1:ph 10:00-10:40"]
    assert any("already down in an incident when this maintenance named it" in note for note in reading.notes)


# How far files reach.

SINCE = us(at("09:50"))
COMPLETE = Extent(scope="pg/incidents", since=SINCE, until=us(SAID))
UNRESOLVED = Extent(scope="pg/incidents", open_only=True)
OPEN = incident(DOWN)
EXTENTS: dict[str, tuple[Json | list[Json], list[Extent]]] = {
    "incidents.json": (page(OVER), [COMPLETE]),
    "a list that is older at its end": (
        page(OVER, OLD),
        [Extent(scope="pg/incidents", since=us(at("00:10")), until=us(SAID))],
    ),
    "nothing is over": (page(OPEN), [UNRESOLVED]),
    "nothing at all": (page(), [UNRESOLVED]),
    "summary.json": (
        page(OPEN, maintenances=(), status={"indicator": "major"}, components=[{"id": "ph", "name": "Phone"}]),
        [UNRESOLVED, Extent(scope="pg/maintenances", open_only=True, planned=True)],
    ),
    "scheduled-maintenances.json": (
        {"page": {"id": "pg", "updated_at": SAID}, "scheduled_maintenances": [maintenance(BEGUN, DONE)]},
        [Extent(scope="pg/maintenances", since=us(at("10:00")), until=us(SAID), planned=True)],
    ),
    "a page of the v1 list": (
        [OVER | {"page_id": "pg"}, OLD | {"page_id": "pg"}],
        [Extent(scope="pg/incidents", since=us(at("00:10")), until=SINCE)],
    ),
    "a file that does not say of which page it is": ({"incidents": [OVER]}, []),
}


@pytest.mark.parametrize("case", EXTENTS)
def test_extents(case: str) -> None:
    told, expected = EXTENTS[case]
    assert list(read(told).extents) == expected


def test_a_list_of_what_is_open_is_said_to_be_partial() -> None:
    note = "p1.json lists only what is unresolved: it says nothing of outages that have ended"
    assert note in read(page(OPEN)).notes
    assert note not in read(page(OPEN, OVER | {"id": "i2"})).notes


def test_when_the_page_said_so() -> None:
    assert read(page(OVER)).said_at == us(SAID)
    listed = [OVER | {"updated_at": at("11:05")}, OLD | {"updated_at": at("03:00")}]
    reading = read(listed)
    assert (reading.said_at, reading.statements[0].said_at) == (us(at("11:05")), us(at("11:05")))
    assert read([OVER]).said_at is None


# Several files.


def later(document: Json, said_at: str) -> Json:
    return document | {"page": {"id": "pg", "updated_at": said_at}}


def test_incidents_and_maintenances_come_in_two_files() -> None:
    planned = {"page": {"id": "pg", "updated_at": SAID}, "scheduled_maintenances": [maintenance(BEGUN, DONE)]}
    reading = read(page(OVER), planned)
    assert brief(reading) == ["i1:ph 10:00-10:40", "m1:ph 10:00-10:40"]
    assert (reading.scope, len(reading.extents)) == ("pg", 2)


def test_the_later_word_on_an_incident_counts_in_whatever_order_the_files_are_given() -> None:
    before, after = page(OPEN), later(page(OVER), "2026-04-01T00:00:00Z")
    assert brief(read(before, after)) == brief(read(after, before)) == ["i1:ph 10:00-10:40"]
    assert read(before, after).said_at == us("2026-04-01T00:00:00Z")


def test_of_two_words_of_a_list_in_pages_the_one_that_was_changed_later_counts() -> None:
    old, new = [OPEN | {"updated_at": at("10:00")}], [OVER | {"updated_at": at("11:00")}]
    assert brief(read(old, new)) == brief(read(new, old)) == ["i1:ph 10:00-10:40"]


def test_the_same_incident_on_two_pages_is_one() -> None:
    assert brief(read([OVER], [OVER, OLD])) == ["i1:ph 10:00-10:40"]


def test_two_words_without_an_order_are_refused() -> None:
    (fault,) = faults(page(OPEN), page(OVER))
    assert (fault.code, fault.message) == (
        "duplicate_id",
        "p2.json: $.incidents[0].id: the id i1 stands here a second time",
    )


def test_what_the_newer_file_no_longer_lists_is_not_taken_from_the_older() -> None:
    gone = OVER | {"id": "i2"}
    reading = read(page(OVER, gone), later(page(OVER), "2026-04-01T00:00:00Z"))
    assert brief(reading) == ["i1:ph 10:00-10:40"]
    assert "i2 (Phones): left out, the newer p2.json no longer lists it" in reading.notes
    summary = later(page(OPEN), "2026-04-01T00:00:00Z")
    assert brief(read(page(OPEN, gone, OPEN | {"id": "i3"}), summary)) == ["i1:ph 10:00-", "i2:ph 10:00-10:40"]


def test_a_page_of_another_page_is_refused() -> None:
    other = page(OVER | {"id": "i2"}) | {"page": {"id": "qq", "updated_at": SAID}}
    (fault,) = faults(page(OVER), other)
    assert (fault.code, fault.message) == (
        "other_page",
        "p2.json: this file is of status page qq, and p1.json is of pg",
    )
    (fault,) = faults([OVER | {"page_id": "pg"}, OLD | {"page_id": "qq"}])
    assert (fault.code, fault.message.partition(": this")[0]) == ("other_page", "p1.json: $[1]")


@pytest.mark.parametrize("empty", [[], {"incidents": []}])
def test_an_empty_page_is_the_end_of_a_list_in_pages(empty: object) -> None:
    first = [OVER | {"page_id": "pg"}, OLD | {"page_id": "pg"}]
    assert read(first, empty) == read(first)
    assert read(empty, [OVER], empty).notes == read(empty, [OVER]).notes


def test_maintenances_in_the_v1_list_are_such() -> None:
    (told,) = read([maintenance(BEGUN, DONE)]).statements
    assert (told.scope, len(told.exclusions)) == ("/maintenances", 1)


# What a person says.


def test_skipping_by_incident_by_component_and_by_outage() -> None:
    twice = page(COURSES["down again within an incident"][0])

    def skipping(*words: str) -> Reading:
        return read(twice, asked=StatuspageOptions(functions=PHONE.functions, all_accounts=True, skip=frozenset(words)))

    assert brief(skipping("i1")) == brief(skipping("i1:ph")) == []
    for start in (f"i1@{at('10:00')}", "i1:ph@2026-03-03T02:00:00.5Z"):
        reading = skipping(start)
        assert brief(reading) == ["i1:ph:2 10:50-11:00"]
        assert [(one.key, "skipped as asked" in one.why) for one in reading.left_out] == [("i1:ph", True)]
    for second in ("i1:ph:2", f"i1:ph:2@{at('10:50')}"):
        assert brief(skipping(second)) == ["i1:ph 10:00-10:40"]
    reading = skipping("i9", f"i1@{at('10:01')}")
    assert len(reading.statements) == 2
    assert [one for one in reading.notes if "--skip" in one] == [
        f"--skip i1@{at('10:01')}: nothing in this file has that id",
        "--skip i9: nothing in this file has that id",
    ]


def test_what_is_skipped_is_not_looked_at() -> None:
    odd = {"id": "i2", "impact": "who knows", "incident_updates": 7}
    reading = read(
        page(OVER, odd), asked=StatuspageOptions(functions=PHONE.functions, all_accounts=True, skip=frozenset({"i2"}))
    )
    assert brief(reading) == ["i1:ph 10:00-10:40"]
    assert [(one.key, one.why) for one in reading.left_out] == [("i2", "skipped as asked")]


def test_what_is_not_mapped_and_was_down_is_left_out_by_name() -> None:
    told = incident(update("10:00", change(UP, OUT, "wb", "Web"), change(UP, SLOW, "ap", "API")))
    reading = read(page(told), asked=StatuspageOptions(functions={"Fone": "agent_calls"}, all_accounts=True))
    assert [(one.key, one.why) for one in reading.left_out] == [("i1:wb", "Web is not mapped")]
    assert "components that are not mapped were left out (2): API (ap), Web (wb)" in reading.notes
    assert "--map 'Fone': no component in this file has that name or code" in reading.notes


def test_a_mistyped_component_is_refused_where_any_of_the_files_lists_all() -> None:
    summary = page(OPEN, components=[{"id": "ph", "name": "Phone"}, {"id": "g", "name": "All", "group": True}])
    asked = StatuspageOptions(functions={"Fone": "agent_calls", "All": "agent_calls"}, all_accounts=True)
    found = faults(page(OPEN), summary, asked=asked)
    assert [(fault.code, fault.message) for fault in found] == [
        ("unknown_component", "p1.json: no component is called 'Fone'"),
        ("unknown_component", "p1.json: no component is called 'All'"),
    ]


# What is refused.

LONG = "i" * 64
WEB = [{"id": "ph", "name": "Phone"}]
ODD = change(UP, "odd", "wb", "Web")
REFUSALS: dict[str, tuple[object, str, str]] = {
    "not JSON": (b'{\n "incidents": [}', "bad_json", ":2:16"),
    "half of a character": (b'{"incidents": [], "x": "\\ud800"}', "bad_json", ""),
    "not an object": (7, "not_a_status_page", ":1:1"),
    "a list of something else": ([{"fingerprint": "a"}], "not_a_status_page", ":1:1"),
    "an empty list": ([], "not_a_status_page", ":1:1"),
    "neither of the two lists": ({"page": {"id": "pg"}}, "not_a_status_page", ":1:1"),
    "an incident is no object": (page("x"), "wrong_shape", ": $.incidents[0]"),  # type: ignore[arg-type]
    "unknown impact": (page(incident(DOWN, impact=["major"])), "unknown_impact", ": $.incidents[0].impact"),
    "unknown incident status": (page(incident(DOWN, status="napping")), "unknown_status", ": $.incidents[0].status"),
    "unknown status of a component that is not mapped": (
        page(incident(update("10:00", ODD))),
        "unknown_component_status",
        ": $.incidents[0].incident_updates[0].affected_components[0].new_status",
    ),
    "no such day": (
        page(incident(DOWN | {"display_at": "2026-02-30T10:00:00Z"})),
        "bad_time",
        ": $.incidents[0].incident_updates[0].display_at",
    ),
    "a year that the ledger does not have": (
        page(incident(DOWN | {"display_at": "1969-12-31T10:00:00Z"})),
        "bad_time",
        ": $.incidents[0].incident_updates[0].display_at",
    ),
    "resolved at no time": (page(incident(DOWN, status="resolved")), "missing_time", ": $.incidents[0].resolved_at"),
    "resolved before it began": (
        page(incident(DOWN, status="resolved", resolved_at=at("09:00"))),
        "ends_before_start",
        ": $.incidents[0].resolved_at",
    ),
    "nothing says what was down": (page(incident(update("10:00"))), "not_attributable", ": $.incidents[0]"),
    "nothing says when ours was down": (
        page(incident(update("10:00"), components=WEB)),
        "not_attributable",
        ": $.incidents[0]",
    ),
    "nothing says since when": (page(OLD, incident(BACK)), "unknown_start", ": $.incidents[1].incident_updates[0]"),
    "down before, and the incident itself had it up": (
        page(OLD, incident(update("09:50", change(UP, UP)), BACK, started_at=at("09:00"))),
        "unknown_start",
        ": $.incidents[1].incident_updates[0]",
    ),
    "maintenance of which nothing says when it was announced": (
        page(maintenances=(maintenance(BEGUN, DONE, created_at=None),)),
        "missing_time",
        ": $.scheduled_maintenances[0].created_at",
    ),
    "a window that ends before it begins": (
        page(maintenances=(maintenance(BEGUN, DONE, scheduled_until=at("09:00")),)),
        "ends_before_start",
        ": $.scheduled_maintenances[0].scheduled_until",
    ),
    "an id that the ledger cannot take": (
        page(incident(DOWN, id=LONG)),
        "bad_id",
        ": $.incidents[0].incident_updates[0]",
    ),
    "one id twice, and different": (page(OPEN, OVER), "duplicate_id", ": $.incidents[1].id"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_understood_is_refused_with_its_place(case: str) -> None:
    told, code, place = REFUSALS[case]
    (fault,) = faults(told)
    assert (fault.code, getattr(fault, "place", "")) == (code, f"p1.json{place}")
    assert fault.hint


def test_every_fault_of_every_file_is_told_at_once() -> None:
    bad = incident(
        update("10:00", ODD, status="odd"), update("11:00") | {"display_at": "soon"}, impact="vast", status="asleep"
    )
    silent = [incident(update("10:00"), id=f"q{number}") for number in range(3)]
    found = faults(page(bad, *silent), b"{", {"page": {"id": "qq"}, "incidents": []})
    assert [fault.code for fault in found] == [
        "unknown_impact",
        "unknown_status",
        "bad_time",
        "unknown_component_status",
        "bad_json",
        "other_page",
        "not_attributable",
        "not_attributable",
        "not_attributable",
    ]


def test_at_most_fifty_faults_are_told() -> None:
    assert len(faults(page(*[incident(update("10:00"), id=f"q{number}") for number in range(60)]))) == 50


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (StatuspageOptions(functions={}, all_accounts=True), "no_mapping"),
        (StatuspageOptions(functions={"Phone": "agent calls"}, all_accounts=True), "unknown_function"),
        (StatuspageOptions(functions=PHONE.functions), "bad_target"),
        (StatuspageOptions(functions=PHONE.functions, accounts=("1",), all_accounts=True), "bad_target"),
        (
            StatuspageOptions(functions={"Phone": "agent_calls", "ph": "agent_sign_in"}, all_accounts=True),
            "mapped_twice",
        ),
    ],
)
def test_a_wish_that_cannot_be_meant(asked: StatuspageOptions, code: str) -> None:
    assert [fault.code for fault in faults(page(OPEN), asked=asked)] == [code]


def test_a_name_of_two_components_asks_for_a_code() -> None:
    (fault,) = faults(page(incident(DOWN, update("10:10", change(UP, OUT, "p2")))))
    assert (fault.code, fault.hint) == ("ambiguous_component", "map one of these codes: p2, ph")


# Files that went wrong elsewhere.

ROUTING = StatuspageOptions(functions={"Inbound routing": "inbound_routing"}, all_accounts=True)
KNOWN: dict[str, list[float | None]] = {
    "x1-a": [3600],
    "x1-b": [14_400],
    "s6-a": [3600],
    "s6-b": [5400, 5400],
    "s6-c": [4200, 5400],
    "s3-backfill": [],
    "o-backfill1": [3600],
    "o-backfill2": [3600],
    "s7-reopen": [3600, 1800],
    "s7b-reopen": [None],
    "s8-drop": [28_800],
    "s9b-early": [14_400],
    "s9-over": [21_600],
    "s9d-major": [34_200],
    "s5-v1": [3600],
}


def case(name: str) -> SourceFile:
    path = CASES / f"{name}.json"
    if not path.exists():
        pytest.skip("skipped: ../shared/cases is not here")
    return SourceFile(path.name, io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize("name", KNOWN)
def test_known_files(name: str) -> None:
    told = read_statuspage([case(name)], ROUTING).statements
    assert [None if one.end is None else (one.end.us - one.start.us) / 1e6 for one in told] == KNOWN[name]


def test_a_known_file_that_names_no_component_is_refused_in_one_answer() -> None:
    with pytest.raises(ManyFaults) as caught:
        read_statuspage([case("s4b-incidentio")], ROUTING)
    assert [fault.code for fault in caught.value.refusals] == ["not_attributable"] * 5
