"""What PagerDuty's answers and events state of incidents, and what is refused of them. Nothing is recorded here."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.refusals import Refusal
from ledger.imports.pagerduty.reader import PagerDutyOptions, read_pagerduty
from ledger.imports.statements import OutageStatement, Reading, SourceFile
from ledger.refusals import ManyFaults

CASES = Path(__file__).parents[3] / "shared" / "cases" / "sources"
Json = dict[str, Any]
ROUTING: Json = {"functions": {"Routing": "inbound_routing"}, "all_accounts": True}


def at(clock: str) -> str:
    """A time on 3 March 2026, in UTC."""
    return f"2026-03-03T{clock}:00Z"


def us(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=UTC)
    return round(moment.total_seconds()) * 1_000_000


def row(id_: str = "Q1", status: str = "triggered", changed: str = "02:00", **more: object) -> Json:
    """An incident as /incidents lists it, created at 2:00; one that is resolved was so when its status changed."""
    made: Json = {"id": id_, "status": status, "created_at": at("02:00"), "last_status_change_at": at(changed)}
    made |= {"service": {"id": "P1", "summary": "Routing"}, "urgency": "high", "priority": None}
    return made | ({"resolved_at": at(changed)} if status == "resolved" else {}) | more


def listed(*rows: Json, **more: object) -> Json:
    return {"incidents": list(rows), "more": False, **more}


def event(kind: str, clock: str, **more: object) -> Json:
    status = "resolved" if kind == "resolved" else "triggered"
    data = {"id": "Q1", "status": status, "created_at": at("02:00"), "service": {"id": "P1", "summary": "Routing"}}
    return {"event": {"event_type": f"incident.{kind}", "occurred_at": at(clock), "data": data | more}}


def file(*documents: object, name: str = "d.json") -> SourceFile:
    """A file with a document a line; bytes stand as they are."""
    data = b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in documents)
    return SourceFile(name, io.BytesIO(data))


def read(*documents: object, **asked: Any) -> Reading:
    return read_pagerduty([file(*documents)], PagerDutyOptions(**(ROUTING | asked)))


def faults(*documents: object, **asked: Any) -> list[Refusal]:
    """Everything that is refused of a file."""
    with pytest.raises((Refusal, ManyFaults)) as caught:
        read(*documents, **asked)
    return [caught.value] if isinstance(caught.value, Refusal) else list(getattr(caught.value, "refusals", ()))


def brief(reading: Reading) -> list[str]:
    """Outages as `Q1 02:00-03:00`, with no end while they are open."""
    return [
        f"{one.key} {one.start.text[11:16]}-{'' if one.end is None else one.end.text[11:16]}"
        for one in reading.statements
    ]


DONE = row(status="resolved", changed="03:00")
TRIGGERED, RESOLVED = event("triggered", "02:00"), event("resolved", "03:00")
REOPENED = event("reopened", "04:00")
MERGED = {"type": "merge_resolve_reason", "incident": {"id": "Q9", "type": "incident_reference"}}
CHILD = row(status="resolved", changed="02:10", resolve_reason=MERGED)
TOLD: dict[str, tuple[list[object], list[str]]] = {
    "triggered": ([listed(row())], ["Q1 02:00-"]),
    "acknowledged": ([listed(row(status="acknowledged", changed="02:05"))], ["Q1 02:00-"]),
    "resolved": ([listed(DONE)], ["Q1 02:00-03:00"]),
    "resolved, as an older answer has it": ([listed(DONE | {"resolved_at": None})], ["Q1 02:00-03:00"]),
    "resolved, then triggered again": ([listed(DONE), listed(row(changed="04:00"))], ["Q1 02:00-"]),
    "the later change counts, not the later line": ([listed(row(changed="04:00")), listed(DONE)], ["Q1 02:00-"]),
    "resolved again": (
        [listed(DONE), listed(row(changed="04:00")), listed(row(status="resolved", changed="05:00"))],
        ["Q1 02:00-05:00"],
    ),
    "on two pages": (
        [listed(row("Q2"), DONE, more=True, offset=0, limit=2), listed(DONE, offset=2, limit=2)],
        ["Q1 02:00-03:00", "Q2 02:00-"],
    ),
    "pages that tell no offset": ([listed(row("Q2"), more=True), listed(DONE)], ["Q1 02:00-03:00", "Q2 02:00-"]),
    "events": ([TRIGGERED, event("acknowledged", "02:05"), RESOLVED], ["Q1 02:00-03:00"]),
    "events out of order and twice": ([RESOLVED, TRIGGERED, RESOLVED], ["Q1 02:00-03:00"]),
    "the last event alone": ([RESOLVED], ["Q1 02:00-03:00"]),
    "opened again": ([TRIGGERED, RESOLVED, REOPENED], ["Q1 02:00-"]),
    "opened again, told out of order": ([REOPENED, RESOLVED], ["Q1 02:00-"]),
    "opened again at once": ([RESOLVED, event("reopened", "03:00")], ["Q1 02:00-"]),
    "opened again, and resolved": ([RESOLVED, REOPENED, event("resolved", "05:00")], ["Q1 02:00-05:00"]),
    "resolved twice, what was between is not told": ([RESOLVED, event("resolved", "05:00")], ["Q1 02:00-05:00"]),
    "an event after the end says by the way that it is over": (
        [RESOLVED, event("priority_updated", "04:00", status="resolved")],
        ["Q1 02:00-03:00"],
    ),
    "an answer and events": ([listed(DONE), REOPENED], ["Q1 02:00-"]),
    "a list of answers": ([[listed(DONE), listed(row("Q2"))]], ["Q1 02:00-03:00", "Q2 02:00-"]),
    "merged": ([listed(CHILD, row("Q9", status="resolved", changed="03:30"))], ["Q1 02:00-03:30", "Q9 02:00-03:30"]),
    "merged into one that lasts": ([listed(CHILD, row("Q9"))], ["Q1 02:00-", "Q9 02:00-"]),
    "merged into one that was over already": (
        [listed(CHILD, row("Q9", status="resolved", changed="02:05"))],
        ["Q1 02:00-02:10", "Q9 02:00-02:05"],
    ),
    "merged, by way of another": (
        [
            listed(
                CHILD,
                row("Q9", status="resolved", changed="02:20", resolve_reason=MERGED | {"incident": {"id": "Q8"}}),
                row("Q8", status="resolved", changed="04:00"),
            )
        ],
        ["Q1 02:00-04:00", "Q8 02:00-04:00", "Q9 02:00-04:00"],
    ),
    "resolved by the way, nothing says since when": (
        [event("priority_updated", "04:00", status="resolved")],
        ["Q1 02:00-"],
    ),
    "merged into one that no file tells of": ([listed(CHILD)], ["Q1 02:00-02:10"]),
    "merged into such a one as soon as it began": (
        [listed(CHILD | {"last_status_change_at": at("02:00"), "resolved_at": at("02:00")})],
        ["Q1 02:00-02:00"],
    ),
    "merged, then opened again by itself": ([listed(CHILD), listed(row(changed="02:30"))], ["Q1 02:00-"]),
    "merged in an event": (
        [event("resolved", "02:10", resolve_reason=MERGED), listed(row("Q9", status="resolved", changed="03:30"))],
        ["Q1 02:00-03:30", "Q9 02:00-03:30"],
    ),
    "no length": ([listed(row(status="resolved", changed="02:00"))], []),
}


@pytest.mark.parametrize("case", TOLD)
def test_an_incident_is_one_outage_until_it_was_last_resolved(case: str) -> None:
    documents, expected = TOLD[case]
    assert brief(read(*documents)) == expected


def test_a_statement_has_the_identity_of_the_incident_and_the_time_of_its_last_change() -> None:
    (told,) = read(listed(DONE)).statements
    assert told == OutageStatement(
        key="Q1",
        incident="pagerduty:Q1",
        name="incident Q1 of service Routing",
        scope="incidents",
        function="inbound_routing",
        target={"all_accounts": True},
        start=told.start,
        end=told.end,
        place="d.json:1: $.incidents[0].created_at",
        said_at=us(at("03:00")),
    )
    assert [one.said_at for one in read(TRIGGERED, RESOLVED, REOPENED).statements] == [us(at("04:00"))]
    child, parent = read(listed(CHILD, row("Q9", status="resolved", changed="03:30"))).statements
    assert child.said_at == parent.said_at == us(at("03:30"))


def test_an_answer_does_not_say_what_it_was_asked() -> None:
    reading = read(listed(DONE))
    assert (reading.extents, reading.said_at, reading.scope) == ((), None, "incidents")
    assert reading.policy.one_a_key


def test_events_that_tell_nothing_are_counted() -> None:
    ping = {"event": {"event_type": "pagey.ping", "data": {}}}
    assert read(ping, TRIGGERED).notes == ("1 event says nothing of an outage",)


def test_merged_and_moved_incidents_are_noted() -> None:
    (note,) = read(listed(CHILD, row("Q9", status="resolved", changed="03:30"))).notes
    assert note == "incident Q1 of service Routing was merged into Q9: its outage ends when that one does"
    moved = event("service_updated", "02:30", service={"id": "P2", "summary": "Sign-in"})
    reading = read(TRIGGERED, moved, functions={"Routing": "inbound_routing", "P2": "agent_sign_in"})
    assert [one.function for one in reading.statements] == ["agent_sign_in"]
    assert reading.notes == ("incident Q1 moved from service Routing to Sign-in: its outage is one of Sign-in",)


# Urgency and priority.

MIXED = listed(
    row("Q1", priority={"id": "PX", "summary": "P1", "name": "P1"}),
    row("Q2", urgency="low"),
    row("Q3", priority={"id": "PY", "summary": "P3"}),
)


def test_without_a_choice_all_urgencies_and_priorities_are_taken_and_noted() -> None:
    reading = read(MIXED)
    assert len(reading.statements) == 3
    assert reading.notes == (
        "incidents by urgency: 2 high, 1 low; all are taken (--urgency high takes the high ones only)",
        "incidents by priority: 1 P1, 1 P3, 1 without; all are taken (--priority NAME takes one priority only)",
    )


@pytest.mark.parametrize(
    ("asked", "taken", "why"),
    [
        ({"urgency": "high"}, ["Q1", "Q3"], ["incident Q2 of service Routing: its urgency is low"]),
        (
            {"urgency": "low"},
            ["Q2"],
            [f"incident {id_} of service Routing: its urgency is high" for id_ in ("Q1", "Q3")],
        ),
        (
            {"priority": frozenset({"P1"})},
            ["Q1"],
            [
                "incident Q2 of service Routing: it has no priority",
                "incident Q3 of service Routing: its priority is P3",
            ],
        ),
        (
            {"priority": frozenset({"P1", "PY"}), "urgency": "high"},
            ["Q1", "Q3"],
            ["incident Q2 of service Routing: its urgency is low"],
        ),
    ],
)
def test_a_choice_leaves_the_others_out_by_name(asked: Json, taken: list[str], why: list[str]) -> None:
    reading = read(MIXED, **asked)
    assert [one.key for one in reading.statements] == taken
    assert [one.why for one in reading.left_out] == why


def test_the_urgency_that_an_incident_has_now_counts() -> None:
    raised = event("priority_updated", "02:30", urgency="high")
    assert brief(read(event("triggered", "02:00", urgency="low"), raised, urgency="high")) == ["Q1 02:00-"]


def test_a_choice_by_urgency_needs_one() -> None:
    (fault,) = faults(listed(row(urgency=None)), urgency="high")
    assert (fault.code, fault.hint) == ("missing_text", "leave it out with --skip Q1, or import without --urgency")


# What a person leaves out.


def test_skipping_by_incident_by_start_and_by_kind_of_event() -> None:
    dreamt = event("dreamt", "02:30")
    assert brief(read(listed(DONE, row("Q2")), skip=frozenset({"Q1"}))) == ["Q2 02:00-"]
    assert brief(read(listed(DONE), skip=frozenset({"Q1@2026-03-03T10:00:00+08:00"}))) == []
    for word in ("pagerduty:Q1", "pagerduty:Q1@2026-03-03T10:00:00+08:00"):
        reading = read(listed(DONE), skip=frozenset({word}))
        assert (brief(reading), reading.notes) == ([], ())
    assert brief(read(dreamt, RESOLVED, skip=frozenset({"incident.dreamt"}))) == ["Q1 02:00-03:00"]
    reading = read(listed(DONE), skip=frozenset({"Q7"}))
    assert reading.notes == ("--skip Q7: nothing in this file has that id",)
    reading = read(TRIGGERED, RESOLVED, skip=frozenset({"Q1"}))
    assert [(one.key, one.why) for one in reading.left_out] == [("Q1", "skipped as asked")]


def test_what_no_rule_fits_is_refused_by_name_until_it_is_left_out() -> None:
    odd = row("Q2", service={"id": "P2", "summary": "Website"})
    (fault,) = faults(listed(DONE, odd))
    assert (fault.code, fault.message) == (
        "unmapped_service",
        "d.json:1: $.incidents[1]: incident Q2 of service Website fits no --map",
    )
    reading = read(listed(DONE, odd), only_mapped=True, functions={"P1": "inbound_routing", "Ruting": "agent_calls"})
    assert brief(reading) == ["Q1 02:00-03:00"]
    assert reading.notes == (
        "left out as asked (1): incident Q2 of service Website",
        "--map 'Ruting': no incident here is of a service with that name or id",
    )
    assert [one.key for one in reading.left_out] == ["Q2"]


def test_an_incident_that_is_left_out_needs_no_parent() -> None:
    odd = CHILD | {"service": {"id": "P2", "summary": "Website"}}
    assert brief(read(listed(odd), only_mapped=True)) == []
    assert brief(read(listed(CHILD | {"urgency": "low"}), urgency="high")) == []


def test_what_is_resolved_by_the_way_leaves_its_end_to_the_ledger() -> None:
    late = event("priority_updated", "04:00", status="resolved")
    (told,) = read(late).statements
    assert (told.end, told.end_told, told.said_at) == (None, False, us(at("04:00")))
    (told,) = read(late, RESOLVED).statements
    assert (told.end_told, told.said_at) == (True, us(at("04:00")))


# Pages of an answer.


def paged(offset: int, *, more: bool, limit: int = 2) -> Json:
    return listed(row(f"Q{offset}"), more=more, offset=offset, limit=limit, total=None)


def test_all_pages_are_taken_in_whatever_order_and_files() -> None:
    pages = [paged(4, more=False), paged(0, more=True), paged(2, more=True)]
    assert brief(read(*pages)) == ["Q0 02:00-", "Q2 02:00-", "Q4 02:00-"]
    several = [file(one, name=f"{number}.json") for number, one in enumerate(pages)]
    assert brief(read_pagerduty(several, PagerDutyOptions(**ROUTING))) == ["Q0 02:00-", "Q2 02:00-", "Q4 02:00-"]
    assert brief(read(*(page | {"total": 3} for page in pages))) == ["Q0 02:00-", "Q2 02:00-", "Q4 02:00-"]


@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        ([listed(row(), more=True)], "`more` is true, and no page follows"),
        ([paged(0, more=True)], "the page at offset 2 (limit 2) is missing"),
        ([paged(0, more=True), paged(4, more=False)], "the page at offset 2 (limit 2) is missing"),
        ([paged(2, more=False)], "the pages begin at offset 2"),
        ([listed(row()), listed(row("Q2"), more=True)], "`more` is true, and no page follows"),
        (
            [listed(row("Q2"), DONE, more=True), listed(DONE)],
            "`more` is true, and what follows is not the next page: incident Q1 stands in both",
        ),
        ([listed(row(), total=2)], "incidents: 1 of 2 are there"),
        ([listed(row(), total=1), listed(row("Q2"), offset=0, total=3)], "incidents: 1 of 3 are there"),
        ([paged(0, more=True), paged(2, more=False) | {"total": 3}], "incidents: 2 of 3 are there"),
    ],
)
def test_a_part_of_an_answer_is_refused(pages: list[Json], missing: str) -> None:
    (fault,) = faults(*pages)
    assert (fault.code, fault.message.partition(": $: ")[2]) == ("incomplete", f"the answer is not complete: {missing}")
    assert "raise offset by limit" in (fault.hint or "")


# What is refused.

CSV = b"id,incident_number,service_name,created_on,resolved_on\nQ1,12,Routing,2026-03-03T09:00:00+08:00,\n"
BAD: dict[str, tuple[list[object], str, str]] = {
    "cut off": ([b'{"incidents": ['], "bad_json", "d.json:1:"),
    "a CSV": ([CSV], "csv_given", "d.json:1"),
    "a CSV in quotes behind a blank line": ([b"\xef\xbb\xbf\n" + b'"id","urgency"\n'], "csv_given", "d.json:1"),
    "something else": ([{}], "not_pagerduty", "d.json:1: $"),
    "an unknown status": ([listed(row(status="snoozed"))], "unknown_status", "d.json:1: $.incidents[0].status"),
    "an unknown urgency": ([listed(row(urgency="huge"))], "unknown_urgency", "d.json:1: $.incidents[0].urgency"),
    "an unknown event": ([event("exploded", "02:00")], "unknown_event_type", "d.json:1: $.event.event_type"),
    "an unknown status in an event": (
        [event("triggered", "02:00", status="odd")],
        "unknown_status",
        "d.json:1: $.event.data.status",
    ),
    "no offset of the clock": (
        [listed(row(created_at="2026-03-03T02:00:00"))],
        "bad_time",
        "d.json:1: $.incidents[0].created_at",
    ),
    "a year that the ledger does not have": (
        [listed(row(created_at="0001-01-01T00:00:00+08:00"))],
        "bad_time",
        "d.json:1: $.incidents[0].created_at",
    ),
    "resolved at no time": (
        [listed(row(status="resolved", resolved_at=None, last_status_change_at=None))],
        "missing_time",
        "d.json:1: $.incidents[0].resolved_at",
    ),
    "ends before it starts": (
        [listed(DONE | {"resolved_at": at("01:00")})],
        "ends_before_start",
        "d.json:1: $.incidents[0].resolved_at",
    ),
    "resolved for a reason that is not known": (
        [listed(CHILD | {"resolve_reason": {"type": "bored"}})],
        "unknown_resolve_reason",
        "d.json:1: $.incidents[0].resolve_reason.type",
    ),
    "two states at one instant": (
        [listed(DONE), listed(row(changed="03:00"))],
        "contradiction",
        "d.json:2: $.incidents[0]",
    ),
    "two services at one instant": (
        [TRIGGERED, event("triggered", "02:00", service={"id": "P2"})],
        "contradiction",
        "d.json:2: $.event.data",
    ),
    "two beginnings at one instant": (
        [TRIGGERED, event("triggered", "02:00", created_at=at("01:00"))],
        "contradiction",
        "d.json:2: $.event.data",
    ),
    "a limit that is no number": ([listed(row(), limit="25")], "wrong_shape", "d.json:1: $.limit"),
    "more that is neither": ([listed(row(), more="yes")], "wrong_shape", "d.json:1: $.more"),
}


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    documents, code, place = BAD[what]
    (fault,) = faults(*documents)
    given = str(getattr(fault, "place", ""))
    assert (fault.code, given[: len(place)]) == (code, place)
    assert fault.hint


def test_a_circle_of_merged_incidents_is_refused() -> None:
    back = row("Q9", status="resolved", changed="02:20", resolve_reason=MERGED | {"incident": {"id": "Q1"}})
    assert [fault.code for fault in faults(listed(CHILD, back))] == ["merged", "merged"]


def test_a_parent_that_cannot_be_read_is_one_fault() -> None:
    assert [fault.code for fault in faults(listed(CHILD, row("Q9", status="odd")))] == ["unknown_status"]


def test_every_fault_is_told_at_once() -> None:
    found = faults(listed(row(status="odd"), CHILD | {"id": "Q2"}, more=True), event("exploded", "02:00"), [{}])
    assert [fault.code for fault in found] == [
        "unknown_status",
        "unknown_event_type",
        "not_pagerduty",
        "incomplete",
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"functions": {}}, "no_mapping"),
        ({"functions": {"a": "Inbound routing"}}, "unknown_function"),
        ({"all_accounts": False}, "bad_target"),
        ({"functions": {"Routing": "agent_calls", "P1": "inbound_routing"}}, "mapped_twice"),
    ],
)
def test_rules_that_cannot_be_meant(asked: Json, code: str) -> None:
    assert [fault.code for fault in faults(listed(DONE), **asked)] == [code]


# Files that went wrong elsewhere.

KNOWN: dict[str, list[float | None]] = {
    "g1-urgency.json": [600, 28_800],
    "g6-merge.json": [3600, 3300],
    "g7-one.jsonl": [None],
    "g7a.json": [600],
    "g7b.json": [15_000],
    "g7c.json": [None],
}


def case(name: str) -> SourceFile:
    path = CASES / name
    if not path.exists():
        pytest.skip("skipped: ../shared/cases is not here")
    return SourceFile(path.name, io.BytesIO(path.read_bytes()))


AGENT_CALLS = PagerDutyOptions(functions={"Agent calls": "agent_calls"}, all_accounts=True)


@pytest.mark.parametrize("name", KNOWN)
def test_known_files(name: str) -> None:
    told = read_pagerduty([case(name)], AGENT_CALLS).statements
    assert [None if one.end is None else (one.end.us - one.start.us) / 1e6 for one in told] == KNOWN[name]


def test_a_known_answer_of_which_pages_are_missing_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        read_pagerduty([case("g8.jsonl")], AGENT_CALLS)
    assert caught.value.code == "incomplete"


def test_a_known_csv_is_refused_as_one() -> None:
    with pytest.raises(Refusal) as caught:
        read_pagerduty([case("g3.csv")], AGENT_CALLS)
    assert caught.value.code == "csv_given"
