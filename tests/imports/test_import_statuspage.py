"""A status page becomes commands or is refused with the place: not understood must not count as green."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ledger.imports.statuspage_commands import read_statuspage

from ledger.imports.source import Reading
from ledger.refusals import Misread

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "statuspage-incidents.json"
PHONE = {"Phone": "agent_calls"}
Page = dict[str, Any]


def read(page: object, functions: Mapping[str, str] = PHONE, skip: tuple[str, ...] = ()) -> Reading:
    data = page if isinstance(page, bytes) else json.dumps(page).encode()
    return read_statuspage(
        io.BytesIO(data),
        name="p.json",
        accounts=("1001",),
        all_accounts=False,
        functions=functions,
        skip=frozenset(skip),
    )


def refused(page: object, functions: Mapping[str, str] = PHONE, skip: tuple[str, ...] = ()) -> Misread:
    with pytest.raises(Misread) as caught:
        read(page, functions, skip)
    return caught.value


def at(clock: str) -> str:
    return f"2026-03-03T{clock}:00+08:00"


def change(old: str, new: str, code: str = "ph", name: str = "Phone") -> Page:
    return {"code": code, "name": name, "old_status": old, "new_status": new}


def update(clock: str, *changes: Page, status: str = "investigating") -> Page:
    return {"status": status, "display_at": at(clock), "affected_components": list(changes) or None}


def incident(*updates: Page, status: str = "investigating", **more: object) -> Page:
    """An incident `i1` with its updates given oldest first; the page lists the newest first."""
    page: Page = {"id": "i1", "name": "Phones", "status": status, "impact": "major", "components": []}
    return page | {"incident_updates": list(reversed(updates))} | more


def page(*incidents: Page, maintenances: tuple[Page, ...] = ()) -> Page:
    listed = [
        {"id": "ph", "name": "Phone"},
        {"id": "wb", "name": "Web"},
        {"id": "g", "name": "All", "group": True},
    ]
    return {"components": listed, "incidents": list(incidents), "scheduled_maintenances": list(maintenances)}


def brief(reading: Reading) -> list[str]:
    """Commands as `open i1:ph 10:00`."""
    rows = []
    for command in (sourced.fields for sourced in reading.commands):
        when = command.get("started_at") or command.get("ended_at") or command.get("notified_at")
        rows.append(f"{str(command['command']).split()[1]} {command['incident']} {str(when)[11:16]}")
    return rows


def maintenance(*updates: Page, status: str, created: str = "08:00", **more: object) -> Page:
    return incident(*updates, status=status, impact="maintenance", id="m1", created_at=at(created), **more)


UP, SLOW, PART, OUT, WORK = (
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
)
RESOLVED = {"status": "resolved", "resolved_at": at("11:00")}
BACK = update("10:40", change(OUT, UP))

INTERVALS: dict[str, tuple[Page, list[str]]] = {
    "still down": (incident(update("10:00", change(UP, PART))), ["open i1:ph 10:00"]),
    "down and back": (
        incident(update("10:00", change(UP, OUT)), BACK, **RESOLVED),
        ["open i1:ph 10:00", "close i1:ph 10:40"],
    ),
    "worse and better is one outage": (
        incident(update("10:00", change(UP, PART)), update("10:10", change(PART, OUT)), BACK),
        ["open i1:ph 10:00", "close i1:ph 10:40"],
    ),
    "slow is not down": (incident(update("10:00", change(UP, SLOW))), []),
    "slow ends an outage": (
        incident(update("10:00", change(UP, OUT)), update("10:20", change(OUT, SLOW)), **RESOLVED),
        ["open i1:ph 10:00", "close i1:ph 10:20"],
    ),
    "resolved without a word": (
        incident(update("10:00", change(UP, OUT)), **RESOLVED),
        ["open i1:ph 10:00", "close i1:ph 11:00"],
    ),
    "resolved by an update, no resolved_at": (
        incident(update("10:00", change(UP, OUT)), update("10:50", status="resolved"), status="postmortem"),
        ["open i1:ph 10:00", "close i1:ph 10:50"],
    ),
    "twice": (
        incident(update("10:00", change(UP, OUT)), BACK, update("10:50", change(UP, WORK)), **RESOLVED),
        ["open i1:ph 10:00", "close i1:ph 10:40", "open i1:ph:2 10:50", "close i1:ph:2 11:00"],
    ),
    "down when first named": (incident(update("10:00", change(OUT, OUT))), ["open i1:ph 10:00"]),
    "another component": (incident(update("10:00", change(UP, OUT, "wb", "Web"))), []),
    "only others listed": (incident(update("10:00"), components=[{"id": "wb", "name": "Web"}]), []),
    "no length": (incident(update("11:00", change(UP, OUT)), **RESOLVED), []),
}


@pytest.mark.parametrize("case", INTERVALS)
def test_an_outage_lasts_from_going_down_to_coming_back(case: str) -> None:
    event, expected = INTERVALS[case]
    assert brief(read(page(event))) == expected


def test_a_command_has_the_fields_of_a_batch_line_and_its_place() -> None:
    opened, closed = read(page(incident(update("10:00", change(UP, OUT)), BACK))).commands
    assert opened.place == "p.json: $.incidents[0].incident_updates[1]"
    assert opened.fields == {
        "command": "incident open",
        "incident": "i1:ph",
        "account": "1001",
        "function": "agent_calls",
        "started_at": "2026-03-03T10:00:00+08:00",
    }
    assert closed.place == "p.json: $.incidents[0].incident_updates[0]"
    assert closed.fields == {
        "command": "incident close",
        "incident": "i1:ph",
        "ended_at": at("10:40"),
        "key": "statuspage:i1:ph:close",
    }


@pytest.mark.parametrize(
    ("accounts", "everybody", "fields"),
    [
        (("1001",), False, {"account": "1001"}),
        (("1001", "1002"), False, {"accounts": ["1001", "1002"]}),
        ((), True, {"all_accounts": True}),
        ((), False, None),
        (("1001",), True, None),
    ],
)
def test_whom_it_touches(accounts: tuple[str, ...], everybody: bool, fields: dict[str, object] | None) -> None:
    data = json.dumps(page(incident(update("10:00", change(UP, OUT))))).encode()

    def run() -> Reading:
        return read_statuspage(io.BytesIO(data), name="p", accounts=accounts, all_accounts=everybody, functions=PHONE)

    if fields is None:
        with pytest.raises(Misread, match="either accounts or all accounts"):
            run()
    else:
        assert fields.items() <= run().commands[0].fields.items()


def test_commands_come_in_order_of_time_whatever_the_order_of_the_file() -> None:
    late = incident(update("10:30", change(UP, OUT, "wb", "Web")), id="i2")
    early = incident(update("10:00", change(UP, OUT)), BACK)
    reading = read(page(late, early), {"ph": "agent_calls", "Web": "agent_sign_in"})
    assert brief(reading) == ["open i1:ph 10:00", "open i2:wb 10:30", "close i1:ph 10:40"]


def test_a_later_state_of_the_page_gives_the_same_opening_and_adds_the_close() -> None:
    first = update("10:00", change(UP, OUT))
    before, after = (read(page(incident(first))), read(page(incident(first, BACK, **RESOLVED))))
    assert [one.fields for one in after.commands][:1] == [one.fields for one in before.commands]
    assert brief(after) == ["open i1:ph 10:00", "close i1:ph 10:40"]
    assert read(page(incident(first))) == before


def test_display_at_orders_the_updates_and_created_at_stands_in_for_it() -> None:
    shown = update("10:00", change(UP, OUT)) | {"created_at": at("10:45")}
    made = {key: value for key, value in BACK.items() if key != "display_at"} | {"created_at": at("10:40")}
    assert brief(read(page(incident(made, shown)))) == ["open i1:ph 10:00", "close i1:ph 10:40"]


def test_a_component_goes_by_any_of_its_names() -> None:
    event = incident(update("10:00", change(UP, OUT, name="Voice - Phone")))
    for key in ("ph", "Phone", "Voice - Phone"):
        assert brief(read(page(event), {key: "agent_calls"})) == ["open i1:ph 10:00"]


def test_an_outage_told_by_two_incidents_may_end_in_either() -> None:
    other = incident(BACK, id="i2")
    assert brief(read(page(incident(update("10:00", change(UP, OUT)), **RESOLVED), other))) == [
        "open i1:ph 10:00",
        "close i1:ph 11:00",
    ]


def test_what_was_left_out_is_said() -> None:
    events = [incident(update("10:00", change(UP, OUT, "wb", "Web"))), incident(id="i2", impact="who knows")]
    assert read(page(*events), skip=("i2",)).notes == (
        "1 skipped as asked: i2",
        "components that are not mapped were left out (1): Web (wb)",
    )
    assert "no length" in read(page(INTERVALS["no length"][0])).notes[0]
    assert "check its start" in read(page(INTERVALS["down when first named"][0])).notes[0]


BEGUN = update("10:00", change(UP, WORK), status="in_progress")
DONE = update("10:40", change(WORK, UP), status="completed")
LISTED: Page = {"components": [{"id": "ph", "name": "Phone"}]}
ALL = ["open m1:ph 10:00", "apply m1:ph 08:00", "close m1:ph 10:40"]
MAINTENANCES: dict[str, tuple[Page, list[str], str]] = {
    "not begun": (
        maintenance(update("08:00", change(UP, UP), status="scheduled"), status="scheduled"),
        [],
        "not begun",
    ),
    "under way": (maintenance(BEGUN, status="in_progress"), ALL[:2], ""),
    "done": (maintenance(BEGUN, DONE, status="completed"), ALL, ""),
    "announced when it began": (
        maintenance(BEGUN, DONE, status="completed", created="10:00"),
        [ALL[0], ALL[2]],
        "not excluded",
    ),
    "announced during another outage": (
        maintenance(update("08:00", change(OUT, OUT), status="scheduled"), BEGUN, DONE, status="completed"),
        ALL,
        "",
    ),
    "beyond its time": (
        maintenance(BEGUN, DONE, status="completed", scheduled_until=at("10:30")),
        ALL,
        "went on",
    ),
    "only listed": (
        maintenance(
            update("10:00", status="in_progress"),
            update("10:40", status="completed"),
            status="completed",
            **LISTED,
        ),
        ALL,
        "",
    ),
    "only listed, under way": (
        maintenance(update("10:00", status="in_progress"), status="verifying", **LISTED),
        ALL[:2],
        "",
    ),
    "called off": (
        maintenance(update("09:00", status="completed"), status="completed", **LISTED),
        [],
        "without having begun",
    ),
}


@pytest.mark.parametrize("case", MAINTENANCES)
def test_maintenance_is_excluded_when_it_was_announced_before(case: str) -> None:
    event, expected, note = MAINTENANCES[case]
    reading = read(page(maintenances=(event,)))
    assert brief(reading) == expected
    assert note in " ".join(reading.notes) and bool(note) == bool(reading.notes)


def test_the_exclusion_names_the_clause_the_notice_and_the_maintenance() -> None:
    fields = read(page(maintenances=(maintenance(BEGUN, status="in_progress"),))).commands[1].fields
    assert fields == {
        "command": "exclusion apply",
        "incident": "m1:ph",
        "clause": "2.3(5)",
        "notified_at": at("08:00"),
        "reason": "announced maintenance m1",
        "key": "statuspage:m1:ph:exclusion",
    }


WEB = change(UP, OUT, "wb", "Web")
FIRST = update("10:00", change(UP, OUT))
REFUSALS: dict[str, tuple[object, str, str]] = {
    "not JSON": (b'{\n "incidents": [}', "bad_json", "p.json:2:16"),
    "not UTF-8": (b'{"incidents":\n "\xff"}', "not_utf8", "p.json:2:3"),
    "a key twice": (b'{"incidents": [], "incidents": []}', "bad_json", "p.json"),
    "nested without end": (b"[" * 200_000, "bad_json", "p.json"),
    "not an object": ([], "not_a_status_page", "p.json:1:1"),
    "no incidents": ({"scheduled_maintenances": []}, "not_a_status_page", "p.json:1:1"),
    "an incident is no object": (page("x"), "wrong_shape", "$.incidents[0]"),  # type: ignore[arg-type]
    "updates are no list": (
        page(incident() | {"incident_updates": 7}),
        "wrong_shape",
        "$.incidents[0].incident_updates",
    ),
    "unknown incident status": (
        page(incident(FIRST, status="napping")),
        "unknown_status",
        "$.incidents[0].status",
    ),
    "unknown impact": (page(incident(FIRST, impact="odd")), "unknown_impact", "$.incidents[0].impact"),
    "no impact": (page(incident(FIRST, impact=None)), "unknown_impact", "$.incidents[0].impact"),
    "unknown update status": (
        page(incident(update("10:00", WEB, status="odd"))),
        "unknown_status",
        "$.incidents[0].incident_updates[0].status",
    ),
    "unknown status of a component that is not mapped": (
        page(incident(update("10:00", change(UP, "odd", "wb", "Web")))),
        "unknown_component_status",
        "$.incidents[0].incident_updates[0].affected_components[0].new_status",
    ),
    "unknown status in the list of components": (
        {"incidents": [], "components": [{"id": "ph", "name": "Phone", "status": "odd"}]},
        "unknown_component_status",
        "$.components[0].status",
    ),
    "maintenance with an incident's status": (
        page(maintenances=(maintenance(BEGUN, status="resolved"),)),
        "unknown_status",
        "$.scheduled_maintenances[0].status",
    ),
    "no time": (
        page(incident({"status": "identified"})),
        "missing_time",
        "$.incidents[0].incident_updates[0].display_at",
    ),
    "no offset": (
        page(incident(FIRST | {"display_at": "2026-03-03T10:00:00"})),
        "bad_time",
        "$.incidents[0].incident_updates[0].display_at",
    ),
    "no such day": (
        page(incident(FIRST | {"display_at": "2026-02-30T10:00:00Z"})),
        "bad_time",
        "$.incidents[0].incident_updates[0].display_at",
    ),
    "resolved, nobody says when": (
        page(incident(FIRST, status="resolved")),
        "missing_time",
        "$.incidents[0].resolved_at",
    ),
    "resolved before it began": (
        page(incident(FIRST, status="resolved", resolved_at=at("09:00"))),
        "ends_before_start",
        "$.incidents[0].resolved_at",
    ),
    "nobody says what was down": (page(incident(update("10:00"))), "not_attributable", "$.incidents[0]"),
    "nobody says when ours was down": (
        page(incident(update("10:00", WEB), components=[{"id": "ph", "name": "Phone"}])),
        "not_attributable",
        "$.incidents[0]",
    ),
    "nobody says since when": (page(incident(BACK)), "unknown_start", "$.incidents[0].incident_updates[0]"),
    "maintenance of we know not what": (
        page(maintenances=(maintenance(update("10:00", status="in_progress"), status="in_progress"),)),
        "not_attributable",
        "$.scheduled_maintenances[0]",
    ),
    "maintenance without announcement time": (
        page(maintenances=(maintenance(BEGUN, status="in_progress") | {"created_at": None},)),
        "missing_time",
        "$.scheduled_maintenances[0].created_at",
    ),
    "an id too long": (page(incident(FIRST, id="i" * 64)), "bad_id", "$.incidents[0].incident_updates[0]"),
    "an id with a blank": (page(incident(FIRST, id="i 1")), "bad_id", "$.incidents[0].incident_updates[0]"),
    "one id twice": (page(incident(FIRST), incident(FIRST)), "duplicate_id", "$.incidents[1].id"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_understood_is_refused_with_its_place(case: str) -> None:
    given, code, place = REFUSALS[case]
    error = refused(given)
    assert error.code == code
    assert error.place == (place if place.startswith("p.json") else f"p.json: {place}")
    assert error.finding and str(error) == error.message == f"{error.place}: {error.finding}"


Mistake = tuple[dict[str, str], tuple[str, ...], str]
MISTAKES: dict[str, Mistake] = {
    "nothing mapped": ({}, (), "no_mapping"),
    "mistyped component": ({"Fone": "agent_calls"}, (), "unknown_component"),
    "a group": ({"All": "agent_calls"}, (), "unknown_component"),
    "mistyped function": ({"Phone": "agent calls"}, (), "unknown_function"),
    "name and code disagree": ({"Phone": "agent_calls", "ph": "agent_sign_in"}, (), "mapped_twice"),
    "nothing to skip": (PHONE, ("i9",), "unknown_skip"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistyped_wish_is_refused(case: str) -> None:
    functions, skip, code = MISTAKES[case]
    assert refused(page(incident(FIRST)), functions, skip).code == code


def test_a_name_of_two_components_asks_for_a_code() -> None:
    error = refused(page(incident(update("10:00", change(UP, OUT, "p2")))))
    assert (error.code, error.hint) == ("ambiguous_component", "map one of these codes: p2, ph")


def test_a_page_that_lists_no_components_cannot_tell_a_mistyped_one() -> None:
    assert read({"incidents": []}).commands == ()


def test_an_incident_that_nobody_can_attribute_says_what_to_do() -> None:
    hint = refused(page(incident(update("10:00")))).hint or ""
    assert "slaledger incident open" in hint and "--skip ID" in hint


def sample() -> bytes:
    if not SAMPLE.exists():
        pytest.skip("skipped: ../shared/samples is not here")
    return SAMPLE.read_bytes()


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ("Git Operations", [("s6d4x8c6cvv5:8l4ygp009s5s", "2025-07-28T17:30:04.478Z")]),
        ("brv1bkgrwx7q", [("61btx2g21zc6:brv1bkgrwx7q", "2025-07-28T22:40:05.888Z")]),
        ("Webhooks", []),
    ],
)
def test_a_real_page(component: str, expected: list[tuple[str, str]]) -> None:
    reading = read(sample(), {component: "agent_calls"}, ("qjbc2h6dfyvc",))
    assert [(one.fields["incident"], one.fields["started_at"]) for one in reading.commands] == expected


def test_a_real_incident_without_components_is_refused() -> None:
    error = refused(sample(), {"Git Operations": "agent_calls"})
    assert (error.code, error.place) == ("not_attributable", "p.json: $.incidents[0]")


CORRUPTIONS: dict[str, Callable[[Page], object]] = {
    "impact": lambda page: page["incidents"][1].update(impact="minro"),
    "status": lambda page: page["incidents"][1].update(status="open"),
    "component status": lambda page: page["components"][3].update(status="down"),
}


@pytest.mark.parametrize("case", CORRUPTIONS)
def test_a_real_page_with_one_word_changed_is_refused(case: str) -> None:
    whole: Page = json.loads(sample())
    CORRUPTIONS[case](whole)
    assert refused(whole, {"Webhooks": "agent_calls"}, ("qjbc2h6dfyvc",)).code.startswith("unknown_")


def test_a_file_that_does_not_list_the_pages_components_may_lack_a_mapped_one() -> None:
    given = {"incidents": [incident(update("10:00", change(UP, OUT)), BACK)]}
    reading = read(given, functions={"Phone": "agent_calls", "Inbound": "inbound_routing"})
    assert [command.fields["incident"] for command in reading.commands] == ["i1:ph", "i1:ph"]
