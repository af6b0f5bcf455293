"""Series become outages from sample to sample, with the step as their uncertainty, or are refused with the sample."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from typing import Any

import pytest
from conftest import CommandLine

from ledger.imports.label_rules import LabelRules
from ledger.imports.prometheus import Gap, SeriesOptions, parse_ratio, parse_span_us, read_prometheus
from ledger.imports.source import Reading
from ledger.refusals import Misread

RULES = LabelRules(functions={("job", "routing"): "inbound_routing"}, account_label="tenant")
LABELS = {"__name__": "up", "job": "routing", "tenant": "1001"}
T0 = 1_772_503_200  # 2026-03-03T02:00:00Z
Json = dict[str, Any]


def series(values: str, step: int = 15, labels: dict[str, str] = LABELS, first: int = T0) -> Json:
    """A sample a word; a dot is a missing one."""
    samples = [[first + step * n, word] for n, word in enumerate(values.split()) if word != "."]
    return {"metric": labels, "values": samples}


def answer(*result: Json, **data: Any) -> bytes:
    told = {"status": "success", "data": {"resultType": "matrix", "result": list(result), **data}}
    return json.dumps(told).encode()


def read(
    data: bytes,
    threshold: str | None = None,
    step: str | None = None,
    gap: Gap | None = None,
    rules: LabelRules = RULES,
) -> Reading:
    ratio = None if threshold is None else parse_ratio(threshold)
    measure = SeriesOptions(ratio, None if step is None else parse_span_us(step), gap)
    return read_prometheus(io.BytesIO(data), name="p.json", rules=rules, measure=measure)


def refused(data: bytes, **given: Any) -> Misread:
    with pytest.raises(Misread) as caught:
        read(data, **given)
    return caught.value


def spans(reading: Reading) -> list[tuple[int, int | None]]:
    """Outages as numbers of seconds after the first sample; None where it lasts."""
    from domain.time import Instant

    found: dict[object, tuple[int, int | None]] = {}
    for command in reading.commands:
        fields = command.fields
        text = str(fields["started_at"] if fields["command"] == "incident open" else fields["ended_at"])
        second = Instant.parse(text) // 1_000_000 - T0
        opened = found.get(fields["incident"])
        found[fields["incident"]] = (second, None) if opened is None else (opened[0], second)
    return sorted(found.values())


def test_an_outage_lasts_from_the_first_sample_down_to_the_first_up_and_says_its_step() -> None:
    opening, closing = read(answer(series("1 0 0 1"))).commands
    assert opening.place == "p.json:1: $.data.result[0].values[1]"
    assert opening.fields == {
        "command": "incident open",
        "incident": opening.fields["incident"],
        "account": "1001",
        "function": "inbound_routing",
        "started_at": "2026-03-03T02:00:15+00:00",
        "uncertainty_seconds": "15",
    }
    assert str(opening.fields["incident"]).startswith("prometheus:")
    assert str(opening.fields["incident"]).endswith(":20260303T020015Z")
    assert closing.fields["ended_at"] == "2026-03-03T02:00:45+00:00"
    assert closing.fields["uncertainty_seconds"] == "15"


@pytest.mark.parametrize(
    ("values", "threshold", "expected"),
    [
        ("1 1 1", None, []),
        ("1 0 1", None, [(15, 30)]),
        ("1 0 0", None, [(15, None)]),
        ("1 0 1 0", None, [(15, 30), (45, None)]),
        ("1 0.95 1", "0.95", []),  # at the threshold is up
        ("1 0.9499999999999999999 1", "0.95", [(15, 30)]),  # below it is down, however little
        ("1 1e-05 1", "0.00001", []),
        ("1 0 1", "1", [(15, 30)]),
        ("0.3 0.29 0.3", "0.3", [(15, 30)]),
    ],
)
def test_what_is_down(values: str, threshold: str | None, expected: list[tuple[int, int | None]]) -> None:
    assert spans(read(answer(series(values)), threshold)) == expected


@pytest.mark.parametrize(
    ("values", "gap", "expected"),
    [
        ("1 . . 1", "down", [(15, 45)]),
        ("1 . . 1", "up", []),
        ("1 0 . . 1", "down", [(15, 60)]),
        ("1 0 . . 1", "up", [(15, 30)]),
        ("1 0 . . 0 1", "up", [(15, 30), (60, 75)]),
        ("1 NaN 1 1", "down", [(15, 30)]),
        ("1 NaN 1 1", "up", []),
        ("NaN 1 1", "up", []),
    ],
)
def test_what_a_gap_is_is_said_by_a_person(values: str, gap: Gap, expected: list[tuple[int, int | None]]) -> None:
    data = answer(series(values))
    assert refused(data, step="15s").code == "missing_samples"
    assert spans(read(data, step="15s", gap=gap)) == expected


def test_a_sample_time_is_taken_exactly_from_its_text() -> None:
    data = answer({"metric": LABELS, "values": [[1, "1"], [2, "0"]]})
    data = data.replace(b"[1,", b"[1435781430.781,").replace(b"[2,", b"[1435781445.781,")
    (opening,) = read(data).commands
    assert opening.fields["started_at"] == "2015-07-01T20:10:45.781000+00:00"


def test_the_step_is_the_shortest_span_unless_it_is_given() -> None:
    assert read(answer(series("1 0 1", 60))).commands[0].fields["uncertainty_seconds"] == "60"
    assert refused(answer(series("1 0 1", 60)), step="30s").code == "missing_samples"
    assert refused(answer(series("1 0 1", 60)), step="45s").code == "off_step"
    assert refused(answer(series("1"))).code == "unknown_step"
    assert read(answer(series("1")), step="15s").commands == ()


def test_a_series_may_go_on_in_the_next_document() -> None:
    two = answer(series("1 0")) + b"\n" + answer(series("0 1", first=T0 + 30))
    assert spans(read(two)) == [(15, 45)]
    assert refused(answer(series("1 0")) + b"\n" + answer(series("0 1", first=T0 + 15))).code == "not_ascending"


def test_each_series_has_outages_of_its_own() -> None:
    other = series("1 0 1", labels={**LABELS, "tenant": "1002"})
    accounts = [command.fields.get("account") for command in read(answer(series("1 0 1"), other)).commands]
    assert sorted(account for account in accounts if account) == ["1001", "1002"]


def test_samples_off_whole_steps_are_noted() -> None:
    assert read(answer(series("1 1"))).notes == ()
    (note,) = read(answer(series("1 1", first=T0 + 7))).notes
    assert 'up{job="routing", tenant="1001"}' in note


def test_what_the_server_warns_of_is_noted() -> None:
    data = answer(series("1 1"))[:-1] + b', "warnings": ["partial response"]}'
    assert "partial response" in read(data).notes[0]


ONE = "p.json:1: $.data.result[0]"
BAD: dict[str, tuple[bytes, str, str]] = {
    "cut off": (answer(series("1 0 1"))[:-20], "bad_json", "p.json:1:"),
    "not UTF-8": (b"\xfe" + answer(), "not_utf8", "p.json:1:1"),
    "a failed query": (b'{"status":"error","errorType":"timeout","error":"too slow"}', "failed_query", "p.json:1: $"),
    "no answer": (b'{"data": {}}', "unknown_status", "p.json:1: $.status"),
    "an instant query": (answer(resultType="vector"), "unknown_result_type", "p.json:1: $.data.resultType"),
    "a histogram": (answer({"metric": LABELS, "histograms": []}), "not_a_ratio", ONE),
    "another series": (answer(series("1 1", labels={"job": "x"})), "unmapped_labels", ONE),
    "no account": (answer(series("1 1", labels={"job": "routing"})), "no_account_label", f"{ONE}.metric"),
    "down from the first": (answer(series("0 1")), "unknown_start", f"{ONE}.values[0]"),
    "over one": (answer(series("1 1.01")), "not_a_ratio", f"{ONE}.values[1]"),
    "below zero": (answer(series("1 -0.1")), "not_a_ratio", f"{ONE}.values[1]"),
    "endless": (answer(series("1 +Inf")), "not_a_ratio", f"{ONE}.values[1]"),
    "neither up nor down": (answer(series("1 0.5")), "threshold_needed", f"{ONE}.values[1]"),
    "a sample twice": (
        answer({"metric": LABELS, "values": [[T0, "1"], [T0, "1"]]}), "not_ascending", f"{ONE}.values[1]",
    ),
    "a time that is text": (
        answer({"metric": LABELS, "values": [[str(T0), "1"]]}), "wrong_shape", f"{ONE}.values[0]",
    ),
    "a value that is a number": (
        answer({"metric": LABELS, "values": [[T0, 1]]}), "wrong_shape", f"{ONE}.values[0]",
    ),
    "a time with an exponent": (
        answer(series("1 1")).replace(str(T0).encode(), b"1e9"), "bad_time", f"{ONE}.values[0]",
    ),
    "a time below the microsecond": (
        answer(series("1 1")).replace(str(T0).encode(), b"1.0000001"), "bad_time", f"{ONE}.values[0]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    data, code, place = BAD[what]
    error = refused(data)
    assert (error.code, error.place[: len(place)]) == (code, place)


@pytest.mark.parametrize(
    ("text", "us"),
    [("15", 15_000_000), ("0.5", 500_000), ("15s", 15_000_000), ("1m", 60_000_000), ("250ms", 250_000)]
    + [(text, None) for text in ("0", "", "-1", "15 s", "1y", "1e3", "0.0001ms")],
)  # fmt: skip
def test_spans(text: str, us: int | None) -> None:
    assert parse_span_us(text) == us


@pytest.mark.parametrize(
    ("text", "ratio"), [("0.95", Fraction(19, 20)), ("1", Fraction(1)), ("0", None), ("1.01", None), ("NaN", None)]
)  # fmt: skip
def test_thresholds(text: str, ratio: Fraction | None) -> None:
    assert parse_ratio(text) == ratio


COMMAND = ("import", "prometheus", "p.json", "--map", "job=routing=inbound_routing", "--account-label", "tenant")


def test_through_the_command_line_a_longer_range_closes_and_twice_is_nothing(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    file = slaledger.folder / "p.json"
    file.write_bytes(answer(series("1 0 0")))
    assert slaledger.ok(*COMMAND)["recorded"] == 2
    file.write_bytes(answer(series("1 0 0 0 1")))
    assert slaledger.ok(*COMMAND)["recorded"] == 2
    assert slaledger.ok(*COMMAND)["recorded"] == 0
    (incident,) = slaledger.ok("history", "1001")["incidents"]
    assert (incident["started_at"], incident["started_within_seconds"]) == ("2026-03-03T10:00:15+08:00", 15)
    assert (incident["ended_at"], incident["ended_within_seconds"]) == ("2026-03-03T10:01:00+08:00", 15)


@pytest.mark.parametrize("wrong", [("--threshold", "2"), ("--step", "soon"), ("--gap", "unknown")])
def test_wrong_usage(slaledger: CommandLine, wrong: tuple[str, ...]) -> None:
    assert slaledger.refused(*COMMAND, *wrong, status=2)["code"] == "usage"
