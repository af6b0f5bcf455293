"""What receipts of alerts say: outages by fingerprint, or a refusal that names the alert."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from swaps import swapped

from domain.refusals import Refusal
from ledger.imports.alertmanager.alerts import fingerprint
from ledger.imports.alertmanager.options import AlertOptions
from ledger.imports.alertmanager.reader import read_alertmanager
from ledger.imports.label_rules import LabelRules, parse_episode
from ledger.imports.statements import Extent, Policy, Reading, SourceFile
from ledger.refusals import ManyFaults, Misread

CASES = Path(__file__).parents[3] / "shared" / "cases" / "sources"
Json = dict[str, Any]
DOWN = {("alertname", "LineDown"): "inbound_routing"}
EVERYBODY = LabelRules(functions=DOWN, all_accounts=True)
LABELS = {"alertname": "LineDown", "tenant": "1001", "zone": "east"}
FP = "00000000000000aa"


def at(clock: str) -> str:
    """An instant of 2026-03-03, UTC."""
    return f"2026-03-03T{clock}Z"


def fires(start: str, fp: str | None = FP, **more: Any) -> Json:
    return told("firing", start, "0001-01-01T00:00:00Z", fp, **more)


def ends(start: str, end: str, fp: str | None = FP, **more: Any) -> Json:
    return told("resolved", start, at(end), fp, **more)


def told(status: str, start: str, end: str, fp: str | None, **more: Any) -> Json:
    alert = {"status": status, "labels": LABELS, "startsAt": at(start), "endsAt": end, "fingerprint": fp, **more}
    return {key: value for key, value in alert.items() if value is not None}


def payload(*alerts: Json, **more: Any) -> Json:
    return {"version": "4", "status": "firing", "alerts": list(alerts), "truncatedAlerts": 0, **more}


def listed(start: str, updated: str | None = None, state: str = "active", fp: str | None = FP, **more: Any) -> Json:
    """An alert as /api/v2/alerts lists it."""
    alert = {"labels": LABELS, "status": {"state": state}, "startsAt": at(start), "endsAt": at("23:59:59"), **more}
    return alert | ({} if updated is None else {"updatedAt": at(updated)}) | ({} if fp is None else {"fingerprint": fp})


def read(*files: object, rules: LabelRules = EVERYBODY, truncated: bool = False) -> Reading:
    """Each file is bytes, or a list of documents, one a line."""
    sources = [
        SourceFile(f"a{number}.json", io.BytesIO(data if isinstance(data, bytes) else lines(data)))
        for number, data in enumerate(files, 1)
    ]
    return read_alertmanager(sources, AlertOptions(rules=rules, truncated=truncated))


def lines(documents: object) -> bytes:
    assert isinstance(documents, list)
    return "".join(json.dumps(each) + "\n" for each in documents).encode()


def receipts(*alerts: Json) -> list[Json]:
    """Each alert in a payload of its own, in order of receipt."""
    return [payload(alert) for alert in alerts]


def spans(reading: Reading) -> list[tuple[str, str | None]]:
    return [(clock(each.start.text), None if each.end is None else clock(each.end.text)) for each in reading.statements]


def clock(text: str) -> str:
    return text.removeprefix("2026-03-03T").removesuffix("Z")


def refused(*files: object, **given: Any) -> list[Refusal]:
    with pytest.raises((Misread, ManyFaults)) as caught:
        read(*files, **given)
    error = caught.value
    return list(error.refusals) if isinstance(error, ManyFaults) else [error]


# What a sequence of receipts of one alert comes to: start and end on one day, None while it fires.
SEQUENCES: dict[str, tuple[list[Json], list[tuple[str, str | None]]]] = {
    "it fires": ([fires("08:00:00")], [("08:00:00", None)]),
    "it fires and is resolved": ([fires("08:00:00"), ends("08:00:00", "08:10:00")], [("08:00:00", "08:10:00")]),
    "only the end came": ([ends("08:00:00", "08:10:00")], [("08:00:00", "08:10:00")]),
    "two replicas, the second late": (
        [fires("08:00:00"), ends("08:00:00", "08:10:00"), fires("08:00:00"), ends("08:00:00", "08:10:00")],
        [("08:00:00", "08:10:00")],
    ),
    "two replicas say two ends": (
        [fires("08:00:00"), ends("08:00:00", "08:10:00"), ends("08:00:00", "08:12:00")], [("08:00:00", "08:12:00")]
    ),
    "the earlier of two ends comes last": (
        [ends("08:00:00", "08:12:00"), ends("08:00:00", "08:10:00")], [("08:00:00", "08:12:00")]
    ),
    "ended by a timeout, then by the rule": (
        [fires("08:00:00"), ends("08:00:00", "08:05:00"), fires("08:00:00"), ends("08:00:00", "09:30:00")],
        [("08:00:00", "09:30:00")],
    ),
    "it fires again with the same start": (
        [fires("08:00:00"), ends("08:00:00", "08:10:00"), fires("08:00:00")], [("08:00:00", None)]
    ),
    "its start moved to an earlier one": (
        [fires("08:00:15"), ends("08:00:00", "08:10:00")], [("08:00:00", "08:10:00")]
    ),
    "its start moved while it fired": (
        [fires("08:00:15"), fires("08:00:00"), ends("08:00:00", "08:10:00")], [("08:00:00", "08:10:00")]
    ),
    "its start moved to a later one": (
        [fires("08:00:00"), ends("08:00:20", "08:10:00")], [("08:00:00", "08:10:00")]
    ),
    "resolved with its end as its start": (
        [fires("08:00:00"), ends("08:10:00", "08:10:00")], [("08:00:00", "08:10:00")]
    ),
    "an end alone that is its start": ([ends("08:10:00", "08:10:00")], [("08:10:00", "08:10:00")]),
    "told late that it fired after an end that covers it": (
        [ends("08:00:00", "08:10:00"), fires("08:00:15")], [("08:00:00", None)]
    ),
    "fires again where it ended": (
        [ends("08:00:00", "08:10:00"), fires("08:10:00")], [("08:00:00", None)]
    ),
    "two that touch": ([ends("08:00:00", "08:10:00"), ends("08:10:00", "08:20:00")], [("08:00:00", "08:20:00")]),
    "two that overlap, the later told first": (
        [ends("08:05:00", "08:20:00"), ends("08:00:00", "08:10:00")], [("08:00:00", "08:20:00")]
    ),
    "one within another": ([ends("08:00:00", "09:00:00"), ends("08:05:00", "08:10:00")], [("08:00:00", "09:00:00")]),
    "two apart": (
        [ends("08:00:00", "08:10:00"), ends("08:10:01", "08:20:00")],
        [("08:00:00", "08:10:00"), ("08:10:01", "08:20:00")],
    ),
    "an old one ended, a new one fires": (
        [fires("08:00:00"), ends("08:00:00", "08:10:00"), fires("09:00:00")],
        [("08:00:00", "08:10:00"), ("09:00:00", None)],
    ),
    "the end of an old one comes after the start of a new one": (
        [fires("08:00:00"), fires("09:00:00"), ends("08:00:00", "08:10:00")],
        [("08:00:00", "08:10:00"), ("09:00:00", None)],
    ),
    "a moved start does not keep later ones open": (
        [fires("08:00:15"), ends("08:00:00", "08:10:00"), fires("09:00:00"), ends("09:00:00", "09:05:00")],
        [("08:00:00", "08:10:00"), ("09:00:00", "09:05:00")],
    ),
    "nanoseconds are cut": (
        [fires("08:00:00.032813093"), ends("08:00:00.032813999", "08:10:00.1234567")],
        [("08:00:00.032813", "08:10:00.123456")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SEQUENCES)
@pytest.mark.parametrize("files", [1, 2, 9])
def test_what_receipts_come_to(what: str, files: int) -> None:
    """In one file or in several: files as given are in order of receipt."""
    told_, expected = SEQUENCES[what]
    size = -(-len(told_) // files)
    chunks = [receipts(*told_[since : since + size]) for since in range(0, len(told_), size)]
    assert spans(read(*chunks)) == expected


def test_a_statement_says_all_of_an_outage() -> None:
    reading = read(receipts(fires("08:00:00.5"), ends("08:00:00.5", "08:10:00")))
    (only,) = reading.statements
    assert (reading.source, reading.scope, reading.said_at, reading.extents) == ("alertmanager", "", None, ())
    assert reading.policy == Policy(one_a_key=False, grows=True, resolution_us=0)
    assert (only.key, only.incident) == (FP, f"alertmanager:{FP}:20260303T080000.5Z")
    assert (only.name, only.function, only.target) == (
        f"alert LineDown ({FP})",
        "inbound_routing",
        {"all_accounts": True},
    )
    assert only.end is not None
    assert (only.place, only.start.place, only.end.place) == (
        "a1.json:1: $.alerts[0]",
        "a1.json:1: $.alerts[0].startsAt",
        "a1.json:2: $.alerts[0].endsAt",
    )
    assert only.end.us - only.start.us == 599_500_000
    assert (only.scope, only.start_known, only.uncertainty_us, only.said_at) == ("", True, None, None)


def test_a_group_is_resolved_at_once_and_each_alert_counts_by_itself() -> None:
    group = [ends("08:00:00", f"08:1{n}:00", f"{n:016x}") for n in range(5)]
    still = fires("08:00:00", "ff")
    reading = read([payload(*group, still, status="resolved")])
    assert spans(reading) == [("08:00:00", f"08:1{n}:00") for n in range(5)] + [("08:00:00", None)]


def test_without_a_fingerprint_the_labels_tell_it() -> None:
    """Known values of Prometheus' own: no labels at all give the offset of FNV-1a."""
    assert fingerprint({}) == "cbf29ce484222325"
    assert fingerprint({"a": "b"}) != fingerprint({"ab": ""})
    reordered = {key: LABELS[key] for key in sorted(LABELS, reverse=True)}
    first = read(receipts(fires("08:00:00", None), ends("08:00:00", "08:10:00", None, labels=reordered)))
    assert spans(first) == [("08:00:00", "08:10:00")]
    assert first.statements[0].key == fingerprint(LABELS)
    named = read(receipts(fires("08:00:00", None), ends("08:00:00", "08:10:00", fingerprint(LABELS))))
    assert spans(named) == [("08:00:00", "08:10:00")]


WRAPPED: dict[str, Callable[[Json], Json]] = {
    "body": lambda inner: {"method": "POST", "headers": {}, "body": inner},
    "body as text": lambda inner: {"method": "POST", "body": json.dumps(inner)},
    "json": lambda inner: {"args": {}, "data": json.dumps(inner), "json": inner},
    "content": lambda inner: {"uuid": "1", "content": json.dumps(inner, indent=1)},
}


@pytest.mark.parametrize("how", WRAPPED)
def test_a_payload_as_a_recorder_of_requests_wraps_it(how: str) -> None:
    assert spans(read([WRAPPED[how](payload(ends("08:00:00", "08:10:00")))])) == [("08:00:00", "08:10:00")]
    (error,) = refused([WRAPPED[how](payload(fires("soon")))])
    assert error.code == "bad_time"


def test_no_alerts_say_nothing() -> None:
    reading = read([payload()])
    assert (reading.statements, reading.extents) == ((), ())


@pytest.mark.parametrize("state", ["active", "suppressed", "unprocessed"])
def test_the_list_of_the_api_states_what_fires_now(state: str) -> None:
    reading = read([[listed("08:00:00", "08:30:00", state), listed("07:00:00", "08:29:00", fp="bb")]])
    assert spans(reading) == [("07:00:00", None), ("08:00:00", None)]
    assert reading.extents == (Extent(scope="api", open_only=True),)
    assert {each.scope for each in reading.statements} == {reading.scope} == {"api"}
    assert [each.said_at for each in reading.statements] == [1772526540 * 10**6, 1772526600 * 10**6]
    assert reading.said_at == 1772526600 * 10**6
    assert reading.statements[0].place == "a1.json:1: $[1]"


def test_an_empty_list_of_the_api_says_that_nothing_fires() -> None:
    reading = read(b"[]")
    assert (reading.statements, reading.said_at) == ((), None)
    assert reading.extents == (Extent(scope="api", open_only=True),)


def test_of_several_lists_the_last_says_what_fires() -> None:
    assert spans(read([[listed("08:00:15")], [listed("08:00:00")]])) == [("08:00:00", None)]
    assert [error.code for error in refused([[listed("08:00:00")], []])] == ["missing_end"]
    assert [error.code for error in refused([[listed("08:00:00")], [listed("09:00:00")]])] == ["contradiction"]
    assert [error.code for error in refused([[listed("08:00:00")], payload()])] == ["mixed_forms"]


def test_two_starts_that_fire_at_once_are_refused_with_both_readings() -> None:
    alerts = receipts(fires("08:00:00"), fires("09:00:00"))
    (error,) = refused(alerts)
    assert error.code == "contradiction"
    assert at("08:00:00") in error.message and at("09:00:00") in error.message
    assert error.hint and f"--skip {FP}@" in error.hint
    for start, left in (("08:00:00", "09:00:00"), ("09:00:00", "08:00:00")):
        episode = parse_episode(f"{FP}@{at(start)}")
        assert episode is not None
        rules = LabelRules(functions=DOWN, all_accounts=True, skip_episodes=frozenset({episode}))
        reading = read(alerts, rules=rules)
        assert spans(reading) == [(left, None)]
        assert [each.key for each in reading.left_out] == [f"{FP}@{at(start)}"]


def test_another_zone_and_nanoseconds_name_the_same_episode() -> None:
    episode = parse_episode(f"{FP}@2026-03-03T16:00:00.032813999+08:00")
    assert episode is not None
    rules = LabelRules(functions=DOWN, all_accounts=True, skip_episodes=frozenset({episode}))
    assert read(receipts(fires("08:00:00.032813093")), rules=rules).statements == ()
    assert [parse_episode(text) for text in ("aa", "aa@", "@" + at("08:00:00"), "a=b@c", "aa@2026-03-03")] == [None] * 5


def test_an_outage_is_left_out_by_the_id_of_its_incident() -> None:
    data = receipts(ends("08:00:00", "08:10:00"), ends("08:05:00", "08:20:00"), ends("09:00:00", "09:10:00"))
    incident = read(data).statements[0].incident
    for word in (incident, f"{incident}@{at('08:00:00')}", f"alertmanager:{FP}:20260303T080500Z"):
        episode = parse_episode(word)
        assert episode is not None
        reading = read(data, rules=LabelRules(functions=DOWN, all_accounts=True, skip_episodes=frozenset({episode})))
        assert spans(reading) == [("09:00:00", "09:10:00")]
        assert [each.key for each in reading.left_out] == [f"{FP}@{at('08:00:00')}"]
        assert not [note for note in reading.notes if "--skip" in note]
    for word, skipped in (
        (f"{incident}@{at('09:00:00')}", set()),
        (other := f"alertmanager:{FP}:20260303T1Z", {other}),
    ):
        episode = parse_episode(word)
        assert episode is not None
        reading = read(data, rules=LabelRules(functions=DOWN, all_accounts=True, skip_episodes=frozenset({episode})))
        assert (len(reading.statements), reading.skip_incidents) == (2, skipped)
        assert len([note for note in reading.notes if "--skip" in note]) == (0 if skipped else 1)


def test_several_starts_in_one_outage_are_noted() -> None:
    (note,) = read(receipts(fires("08:00:15"), ends("08:00:00", "08:10:00"))).notes
    assert f"alert LineDown ({FP})" in note


def test_what_is_left_out_is_listed_and_what_asks_for_nothing_is_noted() -> None:
    disk = fires("08:00:00", "bb", labels={"alertname": "DiskFull", "tenant": "1"})
    data = receipts(ends("08:00:00", "08:10:00"), disk, disk)
    (error,) = refused(data)
    assert (error.code, str(error).partition(" ")[0]) == ("unmapped_labels", "a1.json:2:")
    for options in (
        {"only_mapped": True},
        {"skip": frozenset({("alertname", "DiskFull")})},
        {"skip": frozenset({("fingerprint", "bb")})},
    ):
        reading = read(data, rules=LabelRules(functions=DOWN, all_accounts=True, **options))
        assert spans(reading) == [("08:00:00", "08:10:00")]
        assert [each.key for each in reading.left_out] == ["bb"]
        assert reading.notes == ()
    episode = parse_episode(f"cc@{at('08:00:00')}")
    assert episode is not None
    rules = LabelRules(
        functions={**DOWN, ("alertname", "LineDwon"): "agent_calls"},
        all_accounts=True,
        skip=frozenset({("tenant", "7")}),
        skip_episodes=frozenset({episode}),
    )
    assert len(read(receipts(fires("08:00:00")), rules=rules).notes) == 3


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"account_label": "tenant"}, {"account": "1001"}),
        ({"region_label": "zone"}, {"regions": ["east"]}),
        ({"accounts": ("7",)}, {"account": "7"}),
        ({"accounts": ("7", "8")}, {"accounts": ["7", "8"]}),
        ({"account_label": "nobody"}, "no_account_label"),
        ({"region_label": "nobody"}, "no_region_label"),
        ({"region_label": "alertname", "account_label": "tenant"}, "bad_target"),
        ({"region_label": "alertname", "all_accounts": True}, "bad_target"),
        ({"account_label": "tenant", "all_accounts": True}, "bad_target"),
        ({}, "bad_target"),
    ],
)
def test_whom_it_touches(rules: dict[str, Any], expected: object) -> None:
    asked = LabelRules(functions=DOWN, **rules)
    if isinstance(expected, str):
        assert [error.code for error in refused(receipts(fires("08:00:00")), rules=asked)] == [expected]
    else:
        assert read(receipts(fires("08:00:00")), rules=asked).statements[0].target == expected


def test_truncated_payloads_are_refused_until_they_are_asked_for() -> None:
    data = [payload(ends("08:00:00", "08:10:00"), truncatedAlerts=3)]
    assert [error.code for error in refused(data)] == ["truncated_alerts"]
    assert len(read(data, truncated=True).statements) == 1


FIRST = "a1.json:1: $.alerts[0]"
BAD: dict[str, tuple[object, str, str]] = {
    "nothing": (b"\n \n", "empty_file", "a1.json"),
    "cut off": (lines([payload(fires("08:00:00"))])[:-9], "bad_json", "a1.json:1:"),
    "half a character": (
        lines([payload(fires("08:00:00"))]).replace(b"aa", b"\\ud83d"), "bad_json", "a1.json:1"
    ),
    "no alerts": ([{"version": "4"}], "not_alerts", "a1.json:1: $"),
    "a text": ([7], "wrong_shape", "a1.json:1: $"),
    "another version": ([payload(version="1")], "unknown_version", "a1.json:1: $.version"),
    "an unknown status": ([payload(told("asleep", "08:00:00", "", FP))], "unknown_status", f"{FIRST}.status"),
    "an unknown state": ([[listed("08:00:00", state="asleep")]], "unknown_status", "a1.json:1: $[0].status.state"),
    "a fingerprint that is a number": ([payload(fires("08:00:00") | {"fingerprint": 7})], "missing_text", FIRST),
    "no offset": ([payload(fires("08:00:00") | {"startsAt": "2026-03-03T10:00:00"})], "bad_time", FIRST),
    "ten decimals": ([payload(fires("08:00:00.0123456789"))], "bad_time", f"{FIRST}.startsAt"),
    "five digits of a second": ([payload(fires("08:00:00123"))], "bad_time", f"{FIRST}.startsAt"),
    "no start": ([payload(fires("") | {"startsAt": "0001-01-01T00:00:00Z"})], "missing_time", f"{FIRST}.startsAt"),
    "no start on another clock": (
        [payload(fires("") | {"startsAt": "0001-01-01T00:00:00+08:00"})], "bad_time", f"{FIRST}.startsAt"
    ),
    "the last day on another clock": (
        [payload(fires("") | {"startsAt": "9999-12-31T23:00:00-08:00"})], "bad_time", f"{FIRST}.startsAt"
    ),
    "a start that the ledger does not have": (
        [payload(fires("") | {"startsAt": "1969-12-31T23:59:59Z"})], "bad_time", f"{FIRST}.startsAt"
    ),
    "an end that the ledger does not have": (
        [payload(told("resolved", "08:00:00", "2200-01-01T00:00:00Z", FP))], "bad_time", f"{FIRST}.endsAt"
    ),
    "resolved without end": (
        [payload(told("resolved", "08:00:00", "0001-01-01T00:00:00Z", FP))], "missing_time", f"{FIRST}.endsAt"
    ),
    "ends before it starts": ([payload(ends("08:00:00", "07:00:00"))], "ends_before_start", f"{FIRST}.endsAt"),
    "a label that is no text": (
        [payload(fires("08:00:00", labels={"alertname": 1}))], "wrong_shape", f"{FIRST}.labels.alertname"
    ),
    "one fingerprint with two meanings": (
        receipts(fires("08:00:00"), fires("08:00:00", labels={"alertname": "Other"})), "unmapped_labels", "a1.json:2:"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    data, code, place = BAD[what]
    (error,) = refused(data)
    assert isinstance(error, Misread)
    assert (error.code, error.place[: len(place)]) == (code, place)


def test_one_fingerprint_of_two_functions_is_refused() -> None:
    rules = LabelRules(functions={**DOWN, ("alertname", "Other"): "agent_calls"}, all_accounts=True)
    data = receipts(fires("08:00:00"), fires("08:00:00", labels={"alertname": "Other"}))
    assert [error.code for error in refused(data, rules=rules)] == ["contradiction"]


def test_all_faults_of_all_files_are_told_at_once() -> None:
    first = [payload(fires("soon"), fires("08:00:00"), ends("08:00:00", "07:00:00")), {"version": "4"}]
    second = lines([payload(fires("08:00:00", "bb", labels={"alertname": "X"})), payload(fires("later"))])
    errors = refused(first, second + b"{")
    assert [error.code for error in errors] == [
        "bad_time",
        "ends_before_start",
        "not_alerts",
        "unmapped_labels",
        "bad_time",
        "bad_json",
    ]
    many = [payload(*[fires("soon") for _ in range(80)])]
    assert len(refused(many)) == 50


SAMPLES: dict[str, object] = {
    "payload": payload(ends("08:00:00", "08:10:00"), fires("09:00:00", "bb")),
    "wrapped": {"method": "POST", "body": payload(ends("08:00:00", "08:10:00"))},
    "text": {"method": "POST", "body": json.dumps(payload(ends("08:00:00", "08:10:00")))},
    "list": [listed("08:00:00", "08:10:00"), listed("09:00:00", fp="bb")],
}


def read_or_refused(document: object) -> None:
    for rules in (EVERYBODY, LabelRules(functions=DOWN, account_label="tenant", only_mapped=True)):
        for truncated in (False, True):
            for documents in ([document], [SAMPLES["payload"], document], [document, document]):
                try:
                    read(documents, rules=rules, truncated=truncated)
                except (Refusal, ManyFaults) as refusal:
                    assert str(refusal)


@pytest.mark.parametrize("what", SAMPLES)
def test_no_type_at_any_path_is_more_than_refused(what: str) -> None:
    """Each value of a sample is replaced by one of each type of JSON."""
    tried = [read_or_refused(other) for _, other in swapped(SAMPLES[what])]
    assert len(tried) > 30


def cases() -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, int | None]]]]:
    yield "a3", ("a3-merge.jsonl",), [("08:38:00", 600)]
    yield "a4", ("a4-start-is-end.jsonl",), [("08:38:00", 600)]
    yield "a5", ("a5-labels.jsonl",), [("08:38:00", None), ("08:40:00", 600)]
    yield "a7", ("a7-nofp.jsonl",), [("08:38:00", 600)]
    yield "a8", ("a8-wrapped.jsonl",), [("08:38:00", 600)]
    yield "x2-a", ("x2-a.jsonl",), [("08:38:00", 645)]
    yield "x2-b", ("x2-a.jsonl", "x2-b.jsonl"), [("08:38:00", None)]
    yield "x2-c", ("x2-a.jsonl", "x2-b.jsonl", "x2-c.jsonl"), [("08:38:00", 15_045)]
    yield "a6", ("a6-api.json",), [("08:38:00.000", None)]
    yield "empty", ("a-empty.json",), []
    yield "a1", ("a1-ha.jsonl",), [("08:38:00.032813", 645)]
    yield "a2", ("a2-timeout.jsonl",), [("08:38:00.032813", 3119)]
    yield "a2b", ("a2b.jsonl",), [("08:38:00.032813", 764), ("2026-03-09T01:00:00", 3600)]


@pytest.mark.parametrize(("what", "names", "expected"), list(cases()))
def test_cases_from_public_reports(what: str, names: tuple[str, ...], expected: list[tuple[str, int | None]]) -> None:
    if not CASES.exists():
        pytest.skip("skipped: ../shared/cases is not here")
    rules = LabelRules(functions={("alertname", "RoutingDown"): "inbound_routing"}, all_accounts=True)
    reading = read(*[CASES.joinpath(name).read_bytes() for name in names], rules=rules)
    lasted = [None if each.end is None else (each.end.us - each.start.us) // 10**6 for each in reading.statements]
    starts = [clock(each.start.text) for each in reading.statements]
    assert list(zip(starts, lasted, strict=True)) == expected
