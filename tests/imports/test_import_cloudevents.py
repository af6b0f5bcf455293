"""CloudEvents carry commands: source and id are their key, and nothing of this machine is opened to them."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from conftest import CommandLine

from ledger.imports.cloudevents import CloudEventsOptions, read_cloudevents
from ledger.imports.source import CommandReading
from ledger.refusals import ManyFaults, Misread

Json = dict[str, Any]
OPEN: Json = {
    "incident": "M-1",
    "account": "1001",
    "function": "agent_calls",
    "started_at": "2026-03-03T10:00:00+08:00",
}


def event(data: object = OPEN, words: str = "slaledger.incident.open", **fields: Any) -> Json:
    told = {"specversion": "1.0", "id": "1", "source": "/monitoring/a", "type": words, "data": data, **fields}
    return {name: value for name, value in told.items() if value is not None}


def read(told: object, asked: CloudEventsOptions = CloudEventsOptions()) -> CommandReading:  # noqa: B008 - it is frozen
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    return read_cloudevents(io.BytesIO(data), name="e.json", asked=asked)


def refused(told: object, asked: CloudEventsOptions = CloudEventsOptions()) -> Misread:  # noqa: B008 - it is frozen
    with pytest.raises(Misread) as caught:
        read(told, asked)
    return caught.value


def test_an_event_is_a_command_with_its_source_and_id_as_key() -> None:
    (command,) = read(event(time="2026-03-03T10:01:00Z", subject="x", traceparent="00-0")).commands
    assert command.place == "e.json:1: $"
    assert command.fields == {"command": "incident open", **OPEN, "key": "cloudevents /monitoring/a 1"}


@pytest.mark.parametrize("form", ["one", "batch", "lines", "base64"])
def test_forms(form: str) -> None:
    encoded = base64.b64encode(json.dumps(OPEN).encode()).decode()
    text = {
        "one": json.dumps(event(), indent=1),
        "batch": json.dumps([event()]),
        "lines": json.dumps(event()) + "\n\n" + json.dumps(event()) + "\n",
        "base64": json.dumps(event(data=None, data_base64=encoded)),
    }[form]
    (command,) = read(text.encode()).commands
    assert command.fields == {"command": "incident open", **OPEN, "key": "cloudevents /monitoring/a 1"}


def test_a_long_identity_is_digested_and_no_two_are_one() -> None:
    events = [event(source="/" + "s" * 70, id="1"), event(source="/" + "s" * 70, id="2"), event(source="/a", id="b")]
    keys = [str(command.fields["key"]) for command in read(events).commands]
    assert len(set(keys)) == 3
    assert all(len(key) <= 64 for key in keys)


def test_whole_numbers_stay_numbers_and_others_are_refused() -> None:
    (command,) = read(event({**OPEN, "uncertainty_seconds": 15})).commands
    assert command.fields["uncertainty_seconds"] == 15
    error = refused(event({**OPEN, "uncertainty_seconds": 0.5}))
    assert (error.code, error.place) == ("bad_number", "e.json:1: $.data.uncertainty_seconds")


def test_another_prefix_and_types_left_out() -> None:
    told = [event(words="com.example.sla.incident.open"), event(words="com.example.other", id="2")]
    reading = read(told, CloudEventsOptions("com.example.sla.", frozenset({"com.example.other"})))
    assert len(reading.commands) == 1
    assert reading.notes == ("1 event left out as asked",)


BAD: dict[str, tuple[object, str, str]] = {
    "cut off": (json.dumps(event())[:-9].encode(), "bad_json", "e.json:1:"),
    "not UTF-8": (b'{"id":"\xff"}', "not_utf8", "e.json:1:8"),
    "a text": ("x", "wrong_shape", "e.json:1: $"),
    "another version": (event(specversion="0.3"), "unknown_specversion", "e.json:1: $.specversion"),
    "another type": (event(words="com.example.incident.open"), "unknown_type", "e.json:1: $.type"),
    "an unknown command": (event(words="slaledger.incident.explode"), "unknown_type", "e.json:1: $.type"),
    "a question": (event(words="slaledger.claim.show"), "unknown_type", "e.json:1: $.type"),
    "no id": (event(id=None), "missing_text", "e.json:1: $.id"),
    "no source": (event(source=""), "missing_text", "e.json:1: $.source"),
    "a blank in the source": (event(source="/a b"), "bad_source", "e.json:1: $.source"),
    "data of another kind": (event(datacontenttype="text/xml"), "not_json_data", "e.json:1: $.datacontenttype"),
    "no data": (event(None), "wrong_shape", "e.json:1: $.data"),
    "a list as data": (event([]), "wrong_shape", "e.json:1: $.data"),
    "its data twice": (event(data_base64="e30="), "data_twice", "e.json:1: $.data_base64"),
    "a type that is a list": (event(words=["a"]), "missing_text", "e.json:1: $.type"),  # type: ignore[arg-type]
    "no base64": (event(None, data_base64="!"), "not_json_data", "e.json:1: $.data_base64"),
    "a key": (event({**OPEN, "key": "k"}), "field_not_taken", "e.json:1: $.data.key"),
    "a command in the data": (event({**OPEN, "command": "x"}), "field_not_taken", "e.json:1: $.data.command"),
    "a file": (
        event({"file": "/etc/passwd"}, "slaledger.terms.publish"),
        "field_not_taken",
        "e.json:1: $.data.file",
    ),
    "a month's run": (
        event({"month": "2026-03", "all": True}, "slaledger.claim.decide"),
        "field_not_taken",
        "e.json:1: $.data.all",
    ),
    "one identity, two events": ([event(), event({**OPEN, "incident": "M-2"})], "contradiction", "e.json:1: $[1].id"),
}


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    told, code, place = BAD[what]
    error = refused(told)
    assert (error.code, error.place[: len(place)]) == (code, place)


def take(slaledger: CommandLine, told: object) -> Any:
    (slaledger.folder / "e.json").write_text(json.dumps(told))
    return slaledger.ok("import", "cloudevents", "e.json")


def test_through_the_command_line_an_event_is_carried_out_once_for_ever(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    closed = event({"incident": "M-1", "ended_at": "2026-03-03T11:00:00+08:00"}, "slaledger.incident.close", id="2")
    assert take(slaledger, [event(), closed])["recorded"] == 5
    assert take(slaledger, [event(), closed])["recorded"] == 0
    corrected = ("--ended-at", "2026-03-03T12:00:00+08:00", "--reason", "the log says so")
    slaledger.ok("incident", "correct", "M-1", *corrected)
    assert take(slaledger, [closed])["recorded"] == 0


def test_every_fault_of_a_file_is_told_at_once() -> None:
    with pytest.raises(ManyFaults) as caught:
        read([event(specversion="0.3"), event(), event(id=None), event({**OPEN, "incident": "M-2"})])
    assert [fault.code for fault in caught.value.refusals] == ["unknown_specversion", "missing_text", "contradiction"]


def test_every_refusal_of_the_ledger_is_told_at_once_and_none_that_follows_from_another(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    before = slaledger.rows()
    told: list[Json] = [
        event({**OPEN, "account": "7"}),
        event({"incident": "M-1", "ended_at": "2026-03-03T11:00:00+08:00"}, "slaledger.incident.close"),
        event({**OPEN, "incident": "M-2"}),
        event({"incident": "M-2", "ended_at": "2026-03-03T09:00:00+08:00"}, "slaledger.incident.close"),
        event({"account": "8", "enrolled_at": "yesterday"}, "slaledger.account.enroll"),
        event({**OPEN, "account": "8", "incident": "M-3"}),
        event({"incident": ["M-4"]}, "slaledger.incident.close"),
    ]
    (slaledger.folder / "e.json").write_text(json.dumps([each | {"id": str(n)} for n, each in enumerate(told)]))
    done = slaledger.run("import", "cloudevents", "e.json")
    found = [(fault["code"], fault["place"]) for fault in json.loads(done.stderr)["errors"]]
    assert found == [
        ("unknown_account", "e.json:1: $[0]"),
        ("ends_before_start", "e.json:1: $[3]"),
        ("bad_time", "e.json:1: $[4]"),
        ("bad_field", "e.json:1: $[6]"),
    ]
    assert slaledger.rows() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"account": "7"}, "unknown_account"),
        ({"started_at": "2026-03-03T10:00:00"}, "time_without_offset"),
        ({"function": "agent_cals"}, "unknown_function"),
        ({"severity": "high"}, "bad_field"),
    ],
)
def test_what_the_ledger_refuses_is_refused_with_the_place(slaledger: CommandLine, change: Json, code: str) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    before = slaledger.rows()
    (slaledger.folder / "e.json").write_text(
        json.dumps([event(), event({**OPEN, "incident": "M-2", **change}, id="2")])
    )
    done = slaledger.run("import", "cloudevents", "e.json")
    error = json.loads(done.stderr)["error"]
    assert error["code"] == code
    assert "e.json:1: $[1]" in error["message"]
    assert slaledger.rows() == before
