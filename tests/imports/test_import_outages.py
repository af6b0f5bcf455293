"""`slaledger import` of outages through the command line: what it opens, closes, corrects, lists and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine

Json = dict[str, Any]
SHARED = Path(__file__).parents[3] / "shared" / "samples"


def day(clock: str) -> str:
    return f"2026-03-03T{clock}:00+08:00"


# One file of each source.


def page(*updates: tuple[str, str, str, str], said_at: str = "12:00", id_: str = "i1") -> Json:
    """A status page with one incident of one component; an update is (clock, status, old, new)."""
    told = [
        {
            "status": status,
            "display_at": day(clock),
            "affected_components": [{"code": "ph", "name": "Phone", "old_status": old, "new_status": new}],
        }
        for clock, status, old, new in reversed(updates)
    ]
    incident = {
        "id": id_,
        "name": "Calls fail",
        "impact": "major",
        "status": updates[-1][1],
        "created_at": day("09:00"),
    }
    incident |= {"started_at": day("09:00"), "incident_updates": told, "resolved_at": None}
    if updates[-1][1] == "resolved":
        incident["resolved_at"] = told[0]["display_at"]
    return {"page": {"id": "pg", "updated_at": day(said_at)}, "incidents": [incident]}


DOWN = ("10:00", "investigating", "operational", "major_outage")
UP = ("11:00", "resolved", "major_outage", "operational")
LATER = ("14:00", "resolved", "major_outage", "operational")


def alerts(*ends: str | None) -> list[Json]:
    """Payloads of one alert from 10:00, in order of receipt; None while it fires."""
    told: Json = {"labels": {"alertname": "Down", "tenant": "1001"}, "fingerprint": "aa", "startsAt": day("10:00")}
    return [
        {"version": "4", "alerts": [told | {"status": "resolved" if end else "firing", "endsAt": end or "0001-01-01"}]}
        for end in ends
    ]


def samples(values: str, first: int = 1_772_503_200) -> Json:
    """A series from 10:00 at 15 s; a sample a word."""
    told = [[first + 15 * number, value] for number, value in enumerate(values.split())]
    result = [{"metric": {"job": "routing", "tenant": "1001"}, "values": told}]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def paged(status: str, changed: str, **fields: Any) -> Json:
    incident = {"id": "Q1", "status": status, "created_at": day("10:00"), "last_status_change_at": day(changed)}
    incident |= {"service": {"id": "P1", "summary": "Routing"}, "resolve_reason": None, "urgency": "high"}
    return {"incidents": [incident | fields], "more": False}


WORDS: dict[str, tuple[str, ...]] = {
    "statuspage": ("--account", "1001", "--map", "Phone=agent_calls"),
    "alertmanager": ("--account-label", "tenant", "--map", "alertname=Down=agent_calls"),
    "prometheus": ("--account-label", "tenant", "--map", "job=routing=agent_calls"),
    "pagerduty": ("--account", "1001", "--map", "Routing=agent_calls"),
}
STATES: dict[str, tuple[str, list[list[Json]]]] = {
    "statuspage": ("i1:ph", [[page(DOWN, said_at="10:30")], [page(DOWN, UP)], [page(DOWN, LATER, said_at="15:00")]]),
    "alertmanager": (
        "alertmanager:aa:20260303T020000Z",
        [alerts(None), alerts(None, day("11:00")), alerts(day("14:00"))],
    ),
    "pagerduty": (
        "pagerduty:Q1",
        [
            [paged("triggered", "10:00")],
            [paged("resolved", "11:00", resolved_at=day("11:00"))],
            [paged("resolved", "14:00", resolved_at=day("14:00"))],
        ],
    ),
}


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    return slaledger


def write(books: CommandLine, name: str, documents: list[Json]) -> str:
    (books.folder / name).write_text("".join(f"{json.dumps(one)}\n" for one in documents))
    return name


def take(books: CommandLine, source: str, documents: list[Json], *words: str) -> Any:
    return books.ok("import", source, write(books, "told.json", documents), *WORDS[source], *words)


def span(books: CommandLine) -> tuple[str, str | None]:
    (incident,) = books.ok("history", "1001")["incidents"]
    return incident["started_at"], incident["ended_at"]


# The life of an outage.


@pytest.mark.parametrize("source", STATES)
def test_an_outage_opens_closes_and_ends_as_the_source_says_last(books: CommandLine, source: str) -> None:
    id_, (opens, closes, corrects) = STATES[source]
    opened = take(books, source, opens)
    assert (opened["opened"], opened["closed"], opened["left_open"]) == ([id_], [], [id_])
    closed = take(books, source, closes)
    assert (closed["closed"], closed["left_open"], closed["unchanged"]) == ([id_], [], 0)
    assert take(books, source, closes)["recorded"] == 0
    corrected = take(books, source, corrects)
    assert corrected["corrected"] == [{"incident": id_, "field": "ended_at", "was": day("11:00"), "is": day("14:00")}]
    assert span(books) == (day("10:00"), day("14:00"))


def test_a_later_chunk_goes_on_with_an_open_outage(books: CommandLine) -> None:
    assert take(books, "prometheus", [samples("1 0 0")])["left_open"] != []
    assert take(books, "prometheus", [samples("0 0 1", 1_772_503_230)])["left_open"] == []
    (incident,) = books.ok("history", "1001")["incidents"]
    assert (incident["started_at"], incident["started_within_seconds"]) == ("2026-03-03T10:00:15+08:00", 15)
    assert (incident["ended_at"], incident["ended_within_seconds"]) == ("2026-03-03T10:01:00+08:00", 15)


def test_an_outage_that_was_open_ends_where_the_next_chunk_begins_up(books: CommandLine) -> None:
    (open_,) = take(books, "prometheus", [samples("1 0 0")])["left_open"]
    answer = take(books, "prometheus", [samples("1 1 1", 1_772_503_245)])
    assert (answer["closed"], answer["left_open"], answer["vanished"]) == ([open_], [], [])
    assert take(books, "prometheus", [samples("1 1 1", 1_772_503_245)])["unchanged"] == 0


def test_a_merged_incident_of_pagerduty_ends_with_its_parent_that_a_later_file_tells_alone(books: CommandLine) -> None:
    parent, merged = {"id": "Q9"}, {"type": "merge_resolve_reason", "incident": {"id": "Q9"}}
    child = paged("resolved", "10:10", resolved_at=day("10:10"), resolve_reason=merged)
    for first in ([paged("triggered", "10:00"), paged("triggered", "10:00", **parent)], [child]):
        assert len(take(books, "pagerduty", first)["left_open"]) == 2
    assert take(books, "pagerduty", [child])["recorded"] == 0
    ended = take(books, "pagerduty", [paged("resolved", "12:00", resolved_at=day("12:00"), **parent)])
    assert (ended["closed"], ended["left_open"]) == (["pagerduty:Q9", "pagerduty:Q1"], [])
    ends = {one["incident"]: one["ended_at"] for one in books.ok("history", "1001")["incidents"]}
    assert ends == dict.fromkeys(("pagerduty:Q1", "pagerduty:Q9"), day("12:00"))


def test_an_outage_that_fires_again_is_open_again(books: CommandLine) -> None:
    take(books, "alertmanager", alerts(None, day("11:00")))
    again = take(books, "alertmanager", alerts(None))
    assert again["reopened"] == again["left_open"] == ["alertmanager:aa:20260303T020000Z"]
    assert again["corrected"][0]["is"] is None
    assert span(books)[1] is None


# What an import answers.


def test_what_an_import_answers(books: CommandLine) -> None:
    answer = take(books, "statuspage", [page(DOWN, UP)])
    assert list(answer) == [
        "file",
        "commands",
        "recorded",
        "noops",
        "position",
        "opened",
        "closed",
        "reopened",
        "corrected",
        "unchanged",
        "left_open",
        "vanished",
        "left_out",
        "notes",
    ]
    assert (answer["file"], answer["commands"], answer["recorded"], answer["noops"]) == ("told.json", 2, 4, 0)


def test_several_files_are_one_import(books: CommandLine) -> None:
    first, second = (write(books, name, [samples(values, at)]) for name, values, at in CHUNKS)
    answer = books.ok("import", "prometheus", first, second, *WORDS["prometheus"])
    assert (answer["files"], answer["opened"], answer["left_open"]) == ([first, second], answer["closed"], [])
    assert len(answer["opened"]) == 1


CHUNKS = (("a.json", "1 0 0", 1_772_503_200), ("b.json", "0 0 1", 1_772_503_230))


def test_a_dry_run_says_the_same_and_records_nothing(books: CommandLine) -> None:
    before = books.rows()
    assert take(books, "statuspage", [page(DOWN)], "--dry-run")["dry_run"] is True
    assert books.rows() == before
    assert take(books, "statuspage", [page(DOWN)])["recorded"] == 3


def test_the_table_names_what_is_left_open(books: CommandLine) -> None:
    file = write(books, "told.json", [page(DOWN)])
    done = books.run("import", "statuspage", file, *WORDS["statuspage"], "--format", "table")
    assert "outages: 1 opened, 0 closed, 0 reopened, 0 corrected, 0 unchanged" in done.stdout
    assert "still open: i1:ph" in done.stdout


# Words about vanished outages, older files, and a person's own.


def test_a_vanished_outage_is_refused_after_all_else_was_recorded(books: CommandLine) -> None:
    take(books, "statuspage", [page(DOWN, UP)])
    other = page(DOWN, UP, id_="i2", said_at="16:00")
    write(books, "told.json", [other])
    error = books.refused("import", "statuspage", "told.json", *WORDS["statuspage"])
    assert (error["code"], "i1:ph" in error["message"]) == ("vanished", True)
    assert {one["incident"] for one in books.ok("history", "1001")["incidents"]} == {"i1:ph", "i2:ph"}
    assert take(books, "statuspage", [other], "--gone", "i1:ph=kept")["vanished"] == []
    assert take(books, "statuspage", [other])["vanished"] == []


@pytest.mark.parametrize("word", ["i1:ph", "i1:ph=soon", "i1:ph=2026-03-03T11:00:00"])
def test_what_became_of_it_is_an_end_or_one_of_two_words(books: CommandLine, word: str) -> None:
    write(books, "told.json", [page(DOWN)])
    error = books.refused("import", "statuspage", "told.json", *WORDS["statuspage"], "--gone", word, status=2)
    assert error["code"] == "bad_gone"


def test_a_file_of_yesterday_is_refused_after_one_of_today(books: CommandLine) -> None:
    take(books, "statuspage", [page(DOWN, LATER, said_at="15:00")])
    write(books, "told.json", [page(DOWN, UP, said_at="12:00")])
    assert books.refused("import", "statuspage", "told.json", *WORDS["statuspage"])["code"] == "older_file"
    assert span(books) == (day("10:00"), day("14:00"))
    take(books, "statuspage", [page(DOWN, UP, said_at="12:00")], "--older")
    assert span(books) == (day("10:00"), day("11:00"))


def test_when_a_source_said_it_may_be_told_by_hand(books: CommandLine) -> None:
    take(books, "alertmanager", alerts(day("14:00")), "--as-of", day("15:00"))
    write(books, "told.json", alerts(day("11:00")))
    words = (*WORDS["alertmanager"], "--as-of", day("12:00"))
    assert books.refused("import", "alertmanager", "told.json", *words)["code"] == "older_file"


def test_an_incident_that_a_person_withdrew_stays_so_until_the_source_is_taken(books: CommandLine) -> None:
    take(books, "statuspage", [page(DOWN)])
    books.ok("incident", "withdraw", "i1:ph", "--reason", "a false alarm")
    kept = take(books, "statuspage", [page(DOWN, UP)])
    assert (kept["opened"], kept["closed"]) == ([], [])
    assert any("a false alarm" in note and "--take-source i1:ph" in note for note in kept["notes"])
    assert books.ok("history", "1001")["incidents"][0]["status"] == "withdrawn"
    take(books, "statuspage", [page(DOWN, UP)], "--take-source", "i1:ph")
    assert span(books) == (day("10:00"), day("11:00"))


# What is refused.


def test_an_unknown_account_is_refused_with_the_place_and_nothing_is_recorded(slaledger: CommandLine) -> None:
    before = slaledger.rows()
    write(slaledger, "told.json", [page(DOWN, UP)])
    error = slaledger.refused("import", "statuspage", "told.json", *WORDS["statuspage"])
    assert error["code"] == "unknown_account"
    assert "told.json: $.incidents[0].incident_updates[1]" in error["message"]
    assert slaledger.rows() == before


def test_every_fault_is_told_at_once(books: CommandLine) -> None:
    broken = page(DOWN, UP)
    broken["incidents"] += [{**broken["incidents"][0], "id": name, "impact": "huge"} for name in ("i2", "i3")]
    file = write(books, "told.json", [broken])
    done = books.run("import", "statuspage", file, *WORDS["statuspage"])
    told = json.loads(done.stderr.splitlines()[-1])
    assert done.returncode == 2
    assert told["error"]["code"] == "unknown_impact"
    assert [(one["code"], one["place"]) for one in told["errors"]] == [
        ("unknown_impact", "told.json: $.incidents[1].impact"),
        ("unknown_impact", "told.json: $.incidents[2].impact"),
    ]
    table = books.run("import", "statuspage", file, *WORDS["statuspage"], "--format", "table")
    assert table.stderr.count("slaledger: told.json: $.incidents[") == 2
    assert table.stderr.count("what to do") == 1


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("alertmanager", ("--map", "alertname=X")),
        ("alertmanager", ("--map", "X=agent_calls", "--all-accounts")),
        ("alertmanager", ("--map", "a=b=agent_calls", "--map", "a=b=agent_sign_in", "--all-accounts")),
        ("alertmanager", ("--map", "a=b=agent_calls")),
        ("alertmanager", ("--map", "a=b=agent_calls", "--all-accounts", "--account", "1")),
        ("alertmanager", ("--map", "a=b=agent_calls", "--all-accounts", "--skip", "a")),
        ("prometheus", ("--map", "a=b=agent_calls", "--all-accounts", "--threshold", "2")),
        ("prometheus", ("--map", "a=b=agent_calls", "--all-accounts", "--step", "soon")),
        ("prometheus", ("--map", "a=b=agent_calls", "--all-accounts", "--gap", "unknown")),
        ("pagerduty", ("--map", "a=agent_calls", "--all-accounts", "--urgency", "some")),
        ("statuspage", ("--map", "a=agent_calls")),
    ],
)
def test_wrong_usage(books: CommandLine, source: str, wrong: tuple[str, ...]) -> None:
    file = write(books, "told.json", [page(DOWN)])
    assert books.refused("import", source, file, *wrong, status=2)["code"] == "usage"


def test_a_gigabyte_of_one_line_is_refused_by_its_place(books: CommandLine) -> None:
    with (books.folder / "told.json").open("wb") as file:
        file.truncate(2**30)
    error = books.refused("import", "alertmanager", "told.json", *WORDS["alertmanager"], status=2)
    assert (error["code"], "told.json:1" in error["message"]) == ("line_too_long", True)


# Published samples.


def sample(name: str) -> str:
    path = SHARED / name
    if not path.exists():
        pytest.skip("skipped: ../shared/samples is not here")
    return str(path)


def test_the_published_payload_of_the_alertmanager(books: CommandLine) -> None:
    words = ("--map", "alertname=Deployment=agent_calls", "--all-accounts")
    answer = books.ok("import", "alertmanager", sample("alertmanager-webhook.json"), *words)
    assert answer["opened"] == answer["closed"] == ["alertmanager:fbab788ec4c1018b:20220729T111327.3Z"]


@pytest.mark.parametrize(
    ("component", "opened"),
    [
        ("Git Operations", ["s6d4x8c6cvv5:8l4ygp009s5s"]),
        ("brv1bkgrwx7q", ["61btx2g21zc6:brv1bkgrwx7q"]),
        ("Webhooks", []),
    ],
)
def test_a_published_status_page(books: CommandLine, component: str, opened: list[str]) -> None:
    file = sample("statuspage-incidents.json")
    words = ("--map", f"{component}=agent_calls", "--all-accounts", "--skip", "qjbc2h6dfyvc")
    answer = books.ok("import", "statuspage", file, *words, "--dry-run")
    assert answer["opened"] == opened


def test_a_published_incident_without_components_is_refused(books: CommandLine) -> None:
    file = sample("statuspage-incidents.json")
    words = ("--map", "Git Operations=agent_calls", "--all-accounts")
    error = books.refused("import", "statuspage", file, *words, status=2)
    assert (error["code"], "$.incidents[0]" in error["message"]) == ("not_attributable", True)
