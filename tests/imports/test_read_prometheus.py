"""What samples of series say: outages from sample to sample, or a refusal that names the sample."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from swaps import swapped

from domain.refusals import Refusal
from ledger.imports.label_rules import LabelRules, parse_episode
from ledger.imports.prometheus import samples
from ledger.imports.prometheus.options import SeriesOptions, parse_ratio, parse_span_us
from ledger.imports.prometheus.reader import read_prometheus
from ledger.imports.statements import Policy, Reading, SourceFile
from ledger.refusals import ManyFaults, Misread

CASES = Path(__file__).parents[3] / "shared" / "cases" / "sources"
Json = dict[str, Any]
RULES = LabelRules(functions={("job", "line"): "inbound_routing"}, all_accounts=True)
LABELS = {"__name__": "up", "job": "line", "tenant": "1001", "zone": "east"}
NAME = 'up{job="line", tenant="1001", zone="east"}'
OTHER = {**LABELS, "pod": "b"}
T0 = 1_772_503_200
STEP = 15


def series(values: str, first: int = 0, labels: Json = LABELS, step: int = STEP) -> Json:
    """A sample a word, `first` seconds after T0; a dot is a missing one."""
    pairs = [[T0 + first + step * n, word] for n, word in enumerate(values.split()) if word != "."]
    return {"metric": labels, "values": pairs}


def answer(*result: Json, **more: Any) -> Json:
    return {"status": "success", "data": {"resultType": "matrix", "result": list(result)}, **more}


def read(*files: Any, rules: LabelRules = RULES, threshold: str | None = None, **asked: Any) -> Reading:
    """Each file is bytes, a document, or a list of documents, one a line."""
    ratio = None if threshold is None else parse_ratio(threshold)
    given = [SourceFile(f"p{number}.json", io.BytesIO(written(data))) for number, data in enumerate(files, 1)]
    return read_prometheus(given, SeriesOptions(rules=rules, threshold=ratio, **asked))


def written(data: Any) -> bytes:
    if isinstance(data, bytes):
        return data
    documents = data if isinstance(data, list) else [data]
    return "".join(json.dumps(each) + "\n" for each in documents).encode()


def refused(*files: Any, **asked: Any) -> list[Refusal]:
    with pytest.raises((Misread, ManyFaults)) as caught:
        read(*files, **asked)
    error = caught.value
    return list(error.refusals) if isinstance(error, ManyFaults) else [error]


def codes(*files: Any, **asked: Any) -> list[str]:
    return [error.code for error in refused(*files, **asked)]


Span = tuple[int, int | None]


def spans(reading: Reading) -> list[Span]:
    """Outages in seconds after T0; None where it lasts."""
    return [
        (each.start.us // 10**6 - T0, None if each.end is None else each.end.us // 10**6 - T0)
        for each in reading.statements
    ]


def test_a_statement_says_all_of_an_outage() -> None:
    reading = read(answer(series("1 0 0 1")))
    (only,) = reading.statements
    assert (reading.source, reading.scope, reading.said_at) == ("prometheus", "", None)
    assert reading.policy == Policy(one_a_key=False, resolution_us=15_000_000)
    assert (only.key, only.name, only.function, only.target) == (NAME, NAME, "inbound_routing", {"all_accounts": True})
    assert only.incident.startswith("prometheus:") and only.incident.endswith(":20260303T020015Z")
    assert only.end is not None
    assert (only.start.text, only.end.text) == ("2026-03-03T02:00:15+00:00", "2026-03-03T02:00:45+00:00")
    assert only.place == only.start.place == "p1.json:1: $.data.result[0].values[1]"
    assert only.end.place == "p1.json:1: $.data.result[0].values[3]"
    assert (only.uncertainty_us, only.start_known, only.seen_until) == (15_000_000, True, None)
    (extent,) = reading.extents
    assert extent.keys == {NAME: (T0 * 10**6, (T0 + 45) * 10**6)}


@pytest.mark.parametrize(
    ("values", "threshold", "expected"),
    [
        ("1 1 1", None, []),
        ("1 0 1", None, [(15, 30)]),
        ("1 0.0 1.00", None, [(15, 30)]),
        ("1 0 1 0", None, [(15, 30), (45, None)]),
        ("1 0.95 1", "0.95", []),
        ("1 0.9499999999999999999 1", "0.95", [(15, 30)]),
        ("1 1e-05 1", "0.00001", []),
        ("1 9E-6 1", "0.00001", [(15, 30)]),
        ("0.3 0.29 0.3", "0.3", [(15, 30)]),
    ],
)
def test_what_is_down(values: str, threshold: str | None, expected: list[Span]) -> None:
    assert spans(read(answer(series(values)), threshold=threshold)) == expected


def test_at_the_edges_a_statement_says_what_it_does_not_know() -> None:
    begun, lasting = read(answer(series("0 1 0"))).statements
    assert (begun.start_known, begun.start.us, begun.seen_until) == (False, T0 * 10**6, None)
    assert (lasting.start_known, lasting.end, lasting.seen_until) == (True, None, (T0 + 30) * 10**6)


# Samples of one series, what the gap is said to be, and the outages.
GAPS = [
    ("1 . . 1", "down", [(15, 45)]),
    ("1 . . 1", "up", []),
    ("1 0 . . 1", "down", [(15, 60)]),
    ("1 0 . . 1", "up", [(15, 30)]),
    ("1 0 . . 0 1", "up", [(15, 30), (60, 75)]),
    ("1 0 . . 0 1", "down", [(15, 75)]),
    ("1 . 1 . 0 . 1", "down", [(15, 30), (45, 90)]),
    ("1 NaN 1 1", "down", [(15, 30)]),
    ("1 0 NaN 1", "up", [(15, 30)]),
    ("1 0 NaN NaN 0 1", "up", [(15, 30), (60, 75)]),
    ("NaN 1 1", "up", []),
]


@pytest.mark.parametrize(("values", "gap", "expected"), GAPS)
def test_what_a_gap_is_is_said_by_a_person(values: str, gap: str, expected: list[Span]) -> None:
    data = answer(series(values))
    assert codes(data, step_us=15_000_000) == ["missing_samples"]
    assert spans(read(data, step_us=15_000_000, gap=gap)) == expected


# A series beside one that is up from 0 to 75 s: where it begins and ends is a gap too.
ENDS = [
    ("1 0 0", 0, "up", [(15, 45)]),
    ("1 0 0", 0, "down", [(15, None)]),
    ("1 1 1", 0, "up", []),
    ("1 1 1", 0, "down", [(45, None)]),
    ("1 1 1", 45, "up", []),
    ("1 0 1", 45, "down", [(0, 45), (60, 75)]),
    ("0 1 1", 45, "up", [(45, 60)]),
    ("0 1", 30, "down", [(0, 45), (60, None)]),
]


@pytest.mark.parametrize(("values", "first", "gap", "expected"), ENDS)
def test_where_a_series_begins_late_or_ends_early_samples_are_missing(
    values: str, first: int, gap: str, expected: list[Span]
) -> None:
    data = answer(series("1 1 1 1 1 1", labels=OTHER), series(values, first))
    assert set(codes(data)) == {"missing_samples"}
    reading = read(data, gap=gap)
    assert spans(reading) == expected
    (extent,) = reading.extents
    assert set((extent.keys or {}).values()) == {(T0 * 10**6, (T0 + 75) * 10**6)}
    assert [each.seen_until for each in reading.statements if each.end is None] == [
        (T0 + 75) * 10**6 for _, end in expected if end is None
    ]


def test_a_start_that_a_person_said_after_an_up_sample_is_known() -> None:
    data = answer(series("1 1 1 1 1 1", labels=OTHER), series("1 0 1", 45))
    assert [each.start_known for each in read(data, gap="down").statements] == [False, True]


def test_series_off_by_less_than_a_step_are_whole() -> None:
    data = answer(series("1 0 0 1", step=60), series("1 1 0 0 1", -30, OTHER, 60))
    assert spans(read(data)) == [(60, 180), (90, 210)]


def test_the_query_may_have_reached_further_than_its_series_show() -> None:
    data = answer(series("1 0 1"))
    whole = {"since": T0 * 10**6, "until": (T0 + 45) * 10**6}
    assert spans(read(data, **whole)) == [(15, 30)]
    assert spans(read(data, since=(T0 + 20) * 10**6, until=(T0 + 21) * 10**6)) == [(15, 30)]
    assert codes(data, since=(T0 - 15) * 10**6) == ["missing_samples"]
    assert codes(data, until=(T0 + 46) * 10**6) == ["missing_samples"]
    (extent,) = read(data, since=(T0 - 30) * 10**6, until=(T0 + 60) * 10**6, gap="up").extents
    assert extent.keys == {NAME: ((T0 - 30) * 10**6, (T0 + 45) * 10**6)}
    assert codes(answer(series("")), step_us=15_000_000, **whole) == ["missing_samples"]
    assert spans(read(answer(series("")), step_us=15_000_000, gap="down", **whole)) == [(0, None)]
    assert read(answer(series("")), step_us=15_000_000).extents == ()


def pieces(values: str, *cuts: int, shared: int = 0) -> list[Json]:
    """The samples of a series in several answers, of which each repeats `shared` samples of the one before."""
    words = values.split()
    bounds = [0, *cuts, len(words)]
    return [
        answer(series(" ".join(words[max(0, since - shared) : until]), STEP * max(0, since - shared)))
        for since, until in itertools.pairwise(bounds)
    ]


@pytest.mark.parametrize("shared", [0, 1, 3])
@pytest.mark.parametrize("how", ["lines", "files", "files in another order", "one twice"])
def test_a_month_may_come_in_several_answers(shared: int, how: str) -> None:
    parts = pieces("1 1 1 0 0 0 0 1 1 0 1 1", 4, 7, 10, shared=shared)
    files: list[Any] = {"lines": [parts], "files in another order": parts[::-1], "one twice": [*parts, parts[1]]}.get(
        how, parts
    )
    reading = read(*files)
    assert spans(reading) == [(45, 105), (135, 150)]
    (extent,) = reading.extents
    assert extent.keys == {NAME: (T0 * 10**6, (T0 + 165) * 10**6)}


def test_a_sample_may_be_written_in_two_ways_but_not_say_two_things() -> None:
    assert spans(read(answer(series("1 0.5 0.50")), answer(series("0.500 1", 30)), threshold="0.9")) == [(15, 45)]
    (error,) = refused(answer(series("1 0 1")), answer(series("0 1 1", 30)))
    assert error.code == "contradiction"
    assert error.message.startswith("p2.json:1: $.data.result[0].values[0]")
    assert "p1.json:1: $.data.result[0].values[2]" in error.message
    assert codes(answer(series("1 1 0 1")), answer(series("1 1 1", 15))) == ["contradiction"]


def test_late_samples_fill_a_gap() -> None:
    holed, later = answer(series("1 . . 1 1")), answer(series("1 0 0 1"))
    assert codes(holed, step_us=15_000_000) == ["missing_samples"]
    for files in ([holed, later], [later, holed]):
        reading = read(*files)
        assert spans(reading) == [(15, 45)]
        end = reading.statements[0].end
        assert end is not None and end.place.endswith("values[1]" if files[0] is holed else "values[3]")


def test_answers_with_another_offset_are_one_series() -> None:
    """The next query began 7 s off the grid of the first, which overlaps with it or not."""
    first = answer(series("1 1 0 0"))
    assert spans(read(first, answer(series("0 0 1", 52)))) == [(30, 82)]
    assert spans(read(first, answer(series("0 0 0 1", 37)))) == [(30, 82)]
    assert codes(first, answer(series("0 1", 61))) == ["missing_samples"]


def test_a_piece_that_is_missing_is_missing() -> None:
    parts = pieces("1 0 0 1 1 1", 2, 4)
    assert codes(parts[0], parts[2]) == ["missing_samples"]


@pytest.mark.parametrize(
    "more",
    [
        {"isPartial": True},
        {"isPartial": "yes"},
        {"warnings": ["fetch from store 10.0.0.3 failed: partial response"]},
        {"warnings": [{"x": "y"}]},
    ],
)
def test_an_incomplete_answer_is_refused_until_it_is_asked_for(more: Json) -> None:
    parts = [answer(series("1 0 1")), answer(series("1 1", 45), **more)]
    assert codes(*parts) == ["incomplete"]
    reading = read(*parts, partial=True)
    assert (spans(reading), reading.extents, len(reading.notes)) == ([(15, 30)], (), 1)


def test_a_complete_answer_says_so_or_nothing() -> None:
    data = answer(series("1 0 1"), isPartial=False, warnings=[], infos=["rate of a gauge"])
    assert read(data).notes == ("the server said: rate of a gauge",)
    assert len(read(data).extents) == 1


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"account_label": "tenant"}, {"account": "1001"}),
        ({"region_label": "zone"}, {"regions": ["east"]}),
        ({"region_label": "nobody"}, "no_region_label"),
        ({"account_label": "nobody"}, "no_account_label"),
        ({"region_label": "zone", "all_accounts": True}, "bad_target"),
    ],
)
def test_whom_it_touches(rules: dict[str, Any], expected: object) -> None:
    asked = LabelRules(functions=RULES.functions, **rules)
    if isinstance(expected, str):
        assert codes(answer(series("1 0 1")), rules=asked) == [expected]
    else:
        assert read(answer(series("1 0 1")), rules=asked).statements[0].target == expected


def test_what_is_left_out() -> None:
    data = answer(series("1 0 1"), series("0 1 1", labels={"job": "x"}))
    assert codes(data) == ["unmapped_labels"]
    for options in ({"only_mapped": True}, {"skip": frozenset({("job", "x")})}):
        reading = read(data, rules=LabelRules(functions=RULES.functions, all_accounts=True, **options))
        assert spans(reading) == [(15, 30)]
        assert [each.key for each in reading.left_out] == ['{job="x"}']
        assert [set(each.keys or ()) for each in reading.extents] == [{NAME}]


def test_one_outage_of_a_series_is_left_out_by_its_start_to_within_a_step() -> None:
    data = answer(series("1 0 1 0 1"), series("1 1 1 1 1", labels=OTHER))
    incident = read(data).statements[0].incident
    digest = incident.split(":")[1]
    for word in (f"{digest}@2026-03-03T02:00:15Z", f"{digest}@2026-03-03T02:00:07Z", incident):
        episode = parse_episode(word)
        assert episode is not None
        skip = frozenset({episode})
        reading = read(data, rules=LabelRules(functions=RULES.functions, all_accounts=True, skip_episodes=skip))
        assert spans(reading) == [(45, 60)]
        assert [each.key for each in reading.left_out] == [f"{NAME}@2026-03-03T02:00:15+00:00"]
        assert [NAME in (each.keys or ()) for each in reading.extents] == [False]


def test_the_step() -> None:
    assert read(answer(series("1 0 1", step=60))).policy.resolution_us == 60_000_000
    assert codes(answer(series("1 0 1", step=60)), step_us=30_000_000) == ["missing_samples"]
    assert codes(answer(series("1 0 1", step=60)), step_us=45_000_000) == ["off_step"]
    assert codes(answer(series("1"))) == codes(answer(series(""))) == ["unknown_step"]
    assert read(answer(series("1")), step_us=15_000_000).statements == ()
    twice = answer({"metric": LABELS, "values": [[T0, "1"], [T0, "1"]]})
    assert codes(twice) == codes(twice, step_us=15_000_000) == ["not_ascending"]


def test_what_begins_up_is_told() -> None:
    reading = read(answer(series("1 0 1"), series("0 1 1", labels=OTHER)))
    (told,) = reading.begins_up
    assert told.end is not None
    assert (told.key, told.start.us, told.end.us, told.start_known) == (NAME, T0 * 10**6, T0 * 10**6, False)
    assert read(answer(series("1 0 1"), warnings=["slow"]), partial=True).begins_up == ()


def test_an_answer_without_series_states_nothing() -> None:
    reading = read(answer())
    assert (reading.statements, reading.extents) == ((), ())
    assert reading.notes[0] == "the answer has no series: it states nothing"
    skip = frozenset({("zone", "east")})
    left_out = read(answer(series("1")), rules=LabelRules(functions=RULES.functions, all_accounts=True, skip=skip))
    assert (left_out.statements, [each.key for each in left_out.left_out]) == ((), [NAME])


ONE = "p1.json:1: $.data.result[0]"
BAD: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"\n", "empty_file", "p1.json"),
    "cut off": (written(answer(series("1 0 1")))[:-20], "bad_json", "p1.json:1:"),
    "cut off in the samples": (written(answer(series("1 0 1")))[:-9], "bad_json", "p1.json:1:"),
    "not UTF-8": (b"\xfe" + written(answer()), "not_utf8", "p1.json:1:1"),
    "not UTF-8 in a value": (
        written(answer(series("1 x"))).replace(b"x", b"\xfe"), "not_utf8", "p1.json:1:"
    ),
    "a key twice": (
        written(answer(series("1 0 1"))).replace(b'"values"', b'"values": [[1, "1"]], "values"'),
        "bad_json", "p1.json:1",
    ),
    "a sample between brackets": (
        written(answer(series("1 1"))).replace(b"[17", b"[[17", 1), "bad_json", "p1.json:1"
    ),
    "a failed query": (b'{"status":"error","errorType":"timeout","error":"too slow"}', "failed_query", "p1.json:1: $"),
    "no answer": (b'{"data": {}}', "unknown_status", "p1.json:1: $.status"),
    "a histogram": (written(answer({"metric": LABELS, "histograms": []})), "not_a_ratio", ONE),
    "over one": (written(answer(series("1 1.01"))), "not_a_ratio", f"{ONE}.values[1]"),
    "below zero": (written(answer(series("1 -0.1"))), "not_a_ratio", f"{ONE}.values[1]"),
    "endless": (written(answer(series("1 +Inf"))), "not_a_ratio", f"{ONE}.values[1]"),
    "digits of another script": (written(answer(series("1 ١"))), "not_a_ratio", f"{ONE}.values[1]"),
    "digits with a line between": (written(answer(series("1 1_0"))), "not_a_ratio", f"{ONE}.values[1]"),
    "neither up nor down": (written(answer(series("1 0.5"))), "threshold_needed", f"{ONE}.values[1]"),
    "a sample twice": (
        written(answer({"metric": LABELS, "values": [[T0, "1"], [T0, "1"]]})), "not_ascending", f"{ONE}.values[1]",
    ),
    "a time that is text": (
        written(answer({"metric": LABELS, "values": [[str(T0), "1"]]})), "wrong_shape", f"{ONE}.values[0]",
    ),
    "a time with decimals that is text": (
        written(answer({"metric": LABELS, "values": [[T0, "1"], ["1.5", "1"]]})), "wrong_shape", f"{ONE}.values[1]",
    ),
    "a value that is a number": (
        written(answer({"metric": LABELS, "values": [[T0, 1]]})), "wrong_shape", f"{ONE}.values[0]",
    ),
    "a sample of three": (
        written(answer({"metric": LABELS, "values": [[T0, "1"], [T0, "1", 1]]})), "wrong_shape", f"{ONE}.values[1]",
    ),
    "a time with an exponent": (
        written(answer(series("1 1"))).replace(str(T0).encode(), b"1e9"), "bad_time", f"{ONE}.values[0]",
    ),
    "a time before 1970": (
        written(answer(series("1 1"))).replace(str(T0).encode(), b"-1"), "bad_time", f"{ONE}.values[0]",
    ),
    "a time after 2286": (
        written(answer(series("1 1"))).replace(str(T0).encode(), b"17725032000"), "bad_time", f"{ONE}.values[0]",
    ),
    "an outage after the year 2199": (
        written(answer(series("1 0 0", first=9_000_000_000 - T0))), "bad_time", f"{ONE}.values[1]",
    ),
    "a time below the microsecond": (
        written(answer(series("1 1"))).replace(str(T0).encode(), b"1.0000001"), "bad_time", f"{ONE}.values[0]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    data, code, place = BAD[what]
    (error,) = refused(data)
    assert isinstance(error, Misread)
    assert (error.code, error.place[: len(place)]) == (code, place)


def test_all_faults_of_all_files_are_told_at_once() -> None:
    first = [
        answer(series("1 2"), series("1 1", labels={"job": "x"}), series("1 . 1 1", labels=OTHER)),
        {"status": "error", "error": "too slow"},
    ]
    second = written(answer(series("1 1 1 1", labels={**OTHER, "pod": "c"}), isPartial=True)) + b"{"
    assert codes(first, second, step_us=15_000_000) == [
        "not_a_ratio",
        "unmapped_labels",
        "failed_query",
        "incomplete",
        "bad_json",
        "missing_samples",
    ]
    many = answer(*[series("1 . 1", labels={**LABELS, "pod": str(n)}) for n in range(80)])
    assert codes(many, step_us=15_000_000) == ["missing_samples"] * 50


def test_times_are_taken_exactly_from_their_text() -> None:
    data = written(answer({"metric": LABELS, "values": [[1, "1"], [2, "0"]]}))
    data = data.replace(b"[1,", b"[1435781430.781,").replace(b"[2,", b"[1435781445.781000,")
    (only,) = read(data).statements
    assert only.start.text == "2015-07-01T20:10:45.781000+00:00"
    (carefully,) = read(marked(data)).statements
    assert carefully == only


def marked(data: bytes) -> bytes:
    """The document with a text in it that makes the reader take the careful way."""
    return data.replace(b"{", b'{"note": "@samples:0", ', 1)


def outcome(data: bytes, **asked: Any) -> object:
    try:
        reading = read(data, **asked)
        return [reading, reading.statements, reading.extents]
    except (Refusal, ManyFaults) as error:
        refusals = error.refusals if isinstance(error, ManyFaults) else [error]
        return [(each.code, each.message) for each in refusals]


VALUES = ["1", "0", "1", "1.0", "0.5", "NaN", "1e-1", "2", "-0", "+1", "x", "1]]", '"', "", "+Inf"]
SPACES: list[Callable[[Json], str]] = [
    json.dumps,
    lambda document: json.dumps(document, separators=(",", ":")),
    lambda document: json.dumps(document, indent=2),
    lambda document: json.dumps(document).replace("]", " ]").replace("[", "[ "),
]


@pytest.mark.parametrize("how", SPACES)
@pytest.mark.parametrize("decimals", [b"", b".250"])
def test_the_quick_way_is_taken_however_the_json_is_spaced(how: Callable[[Json], str], decimals: bytes) -> None:
    data = how(answer(series("1 0 1"), series("1 1 1", labels=OTHER))).encode()
    data = data.replace(str(T0).encode(), str(T0).encode() + decimals)
    found = samples.parse_answer(samples.Values(None), data, "p", None)
    assert len(found.samples) == 2
    assert samples.parse_answer(samples.Values(None), marked(data), "p", None).samples == {}


@pytest.mark.parametrize("seed", range(60))
def test_the_quick_way_and_the_careful_one_say_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    monkeypatch.setattr(samples, "_BLOCK", random.choice((1, 40, 2**20)))
    lists = []
    for pod in range(random.randrange(1, 4)):
        kinds = VALUES if random.random() < 0.3 else VALUES[: random.choice((2, 4, 5, 7))]
        words = [random.choice(kinds) for _ in range(random.randrange(12))]
        pairs: list[Any] = [[T0 + STEP * number, word] for number, word in enumerate(words)]
        if pairs and random.random() < 0.2:
            random.choice(pairs)[0] = random.choice((1.5, "1", -1, T0, [], 10**12, None, True))
        if pairs and random.random() < 0.1:
            pairs[random.randrange(len(pairs))] = random.choice(([], [1], {}, "x", [1, "1", 1], [[1, "1"]]))
        lists.append({"metric": {**LABELS, "pod": str(pod)}, "values": pairs})
    data = random.choice(SPACES)(answer(*lists)).encode()
    for asked in ({}, {"gap": "up"}, {"gap": "down", "threshold": "0.6"}, {"gap": "up", "step_us": 15_000_000}):
        assert outcome(data, **asked) == outcome(marked(data), **asked)


FUZZED = answer(series("1 0 1"), series("1 1 0.5", labels=OTHER), warnings=["w"], infos=["i"], isPartial=False)


def test_no_type_at_any_path_is_more_than_refused() -> None:
    """Each value of a sample is replaced by one of each type of JSON."""
    by_label = LabelRules(functions=RULES.functions, account_label="tenant", only_mapped=True)
    tried = 0
    for _, document in swapped(FUZZED):
        for asked in ({"partial": True, "gap": "up", "threshold": "0.9"}, {"rules": by_label}):
            for files in ([document], [FUZZED, document]):
                told = outcome(written([*files]), **asked)
                assert isinstance(told, list) and told
                tried += 1
    assert tried > 2000


def cases() -> Iterator[tuple[str, dict[str, Any], object]]:
    yield "p1-churn.json", {}, ["missing_samples"] * 2
    yield "p1-churn.json", {"gap": "up"}, [180]
    yield "p2-vanish-up.json", {}, ["missing_samples"]
    yield "p2-vanish-up.json", {"gap": "up"}, []
    yield "p3-late.json", {}, ["missing_samples"]
    yield "p3-late.json", {"gap": "up"}, []
    yield "p-interior.json", {}, ["missing_samples"]
    yield "p4-chunks.jsonl", {}, [120]
    yield "p4b-chunks.jsonl", {}, [240]
    yield "p7a.json", {}, [None]
    yield "p7b.json", {}, [120]
    yield "p7a.json p7b.json", {}, [240]
    yield "p7b.json p7a.json", {}, [240]
    yield "p8-ha.json", {}, [120, 120]
    yield "t-vm.json", {}, ["incomplete"]
    yield "t-thanos.json", {}, ["incomplete"]
    yield "t-vm.json", {"partial": True}, []
    yield "t-thanos.json", {"partial": True}, []


@pytest.mark.parametrize(("names", "asked", "expected"), list(cases()))
def test_cases_from_public_reports(names: str, asked: dict[str, Any], expected: object) -> None:
    if not CASES.exists():
        pytest.skip("skipped: ../shared/cases is not here")
    rules = LabelRules(functions={("job", "routing"): "inbound_routing"}, all_accounts=True)
    files = [CASES.joinpath(name).read_bytes() for name in names.split()]
    try:
        reading = read(*files, rules=rules, **asked)
    except (Refusal, ManyFaults) as error:
        refusals = error.refusals if isinstance(error, ManyFaults) else [error]
        assert [each.code for each in refusals] == expected
        return
    assert [None if each.end is None else (each.end.us - each.start.us) // 10**6 for each in reading.statements] == (
        expected
    )


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
