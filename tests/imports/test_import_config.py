"""`slaledger import --config imports.toml`: every import that a file names, each recorded by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine

Json = dict[str, Any]
JUNE = ROOT / "examples" / "imports" / "june"
PAGE = """[[import]]
format = "statuspage"
files = ["page.json"]
all-accounts = true
map = ["Phone=agent_calls"]
"""
ALERTS = """[[import]]
format = "alertmanager"
files = ["alerts/*.json"]
account-label = "tenant"
map = ["alertname=Down=inbound_routing", "alertname=Dead=agent_sign_in"]
only-mapped = true
"""


def page(component_status: str = "major_outage") -> Json:
    change = {"code": "ph", "name": "Phone", "old_status": "operational", "new_status": component_status}
    at = "2026-03-03T10:00:00+08:00"
    update = {"status": "investigating", "display_at": at, "affected_components": [change]}
    incident = {"id": "i1", "name": "Calls fail", "status": "investigating", "impact": "major", "created_at": at}
    incident |= {"started_at": at, "resolved_at": None, "incident_updates": [update]}
    return {"page": {"id": "pg", "updated_at": "2026-03-03T12:00:00+08:00"}, "incidents": [incident]}


def alert(name: str, fingerprint: str, ends: str | None = "2026-03-03T11:00:00Z") -> Json:
    told = {"labels": {"alertname": name, "tenant": "1001"}, "fingerprint": fingerprint}
    told |= {"startsAt": "2026-03-03T10:00:00Z", "endsAt": ends or "0001-01-01T00:00:00Z"}
    return {"version": "4", "alerts": [told | {"status": "resolved" if ends else "firing"}]}


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    """A ledger with an account, beside polled files of a page and of alerts."""
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    write(slaledger, "polled/page.json", page())
    write(slaledger, "polled/alerts/1.json", alert("Down", "aa"))
    write(slaledger, "polled/alerts/2.json", alert("Dead", "bb"))
    return slaledger


def write(books: CommandLine, name: str, content: Json | str) -> None:
    path = books.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def run(books: CommandLine, config: str, *words: str) -> tuple[int, list[Json], list[Json]]:
    """The exit status, the answers and the errors of a run. The folder of the file is not the one that it runs in."""
    write(books, "polled/imports.toml", config)
    done = books.run("import", "--config", "polled/imports.toml", *words)
    errors = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    return done.returncode, json.loads(done.stdout) if done.stdout else [], errors


def incidents(books: CommandLine) -> dict[str, str | None]:
    return {each["incident"]: each["ended_at"] for each in books.ok("history", "1001")["incidents"]}


def test_several_formats_are_answered_as_a_list_in_order(books: CommandLine) -> None:
    status, answers, errors = run(books, PAGE + ALERTS)
    assert (status, errors) == (0, [])
    assert answers[0]["file"] == "polled/page.json"
    assert answers[1]["files"] == ["polled/alerts/1.json", "polled/alerts/2.json"]
    assert [len(answer["opened"]) for answer in answers] == [1, 2]
    assert answers[0]["left_open"] == ["i1:ph"]
    assert len(incidents(books)) == 3


def test_again_records_nothing(books: CommandLine) -> None:
    run(books, PAGE + ALERTS)
    _, answers, _ = run(books, PAGE + ALERTS)
    assert [(answer["recorded"], answer["unchanged"]) for answer in answers] == [(0, 1), (0, 2)]


def test_one_import_is_still_answered_as_a_list(books: CommandLine) -> None:
    _, answers, _ = run(books, PAGE)
    assert [answer["opened"] for answer in answers] == [["i1:ph"]]


def test_one_that_is_refused_stops_none_of_the_others(books: CommandLine) -> None:
    """The exit status is that of the first refused one."""
    write(books, "polled/page.json", page("asleep"))
    status, answers, errors = run(books, PAGE + ALERTS)
    assert status == 2
    assert [error["error"]["code"] for error in errors] == ["unknown_component_status"]
    assert [len(answer["opened"]) for answer in answers] == [2]
    assert "i1:ph" not in incidents(books)


def test_the_exit_status_is_that_of_the_first_that_was_refused(books: CommandLine) -> None:
    """An outage that vanished is refused with 1, an alert of no function with 2."""
    run(books, PAGE)
    gone = page() | {"incidents": [page()["incidents"][0] | {"id": "i0", "created_at": "2026-03-02T10:00:00+08:00"}]}
    write(books, "polled/page.json", gone | {"page": {"id": "pg", "updated_at": "2026-03-03T13:00:00+08:00"}})
    status, answers, errors = run(books, PAGE + ALERTS.replace("only-mapped = true\n", "").replace("Dead", "Dead2"))
    assert [error["error"]["code"] for error in errors] == ["vanished", "unmapped_labels"]
    assert status == 1
    assert [answer["vanished"] for answer in answers] == [["i1:ph"]]


def test_a_dry_run_records_nothing(books: CommandLine) -> None:
    before = books.ok("history", "1001")["position"]
    status, answers, _ = run(books, PAGE + ALERTS, "--dry-run")
    assert (status, [answer["dry_run"] for answer in answers]) == (0, [True, True])
    assert [len(answer["opened"]) for answer in answers] == [1, 2]
    assert books.ok("history", "1001")["position"] == before


def test_an_absolute_pattern_is_taken_as_it_is(books: CommandLine) -> None:
    _, answers, _ = run(books, ALERTS.replace("alerts/*.json", f"{books.folder}/polled/alerts/[2-9].json"))
    assert [answer["file"] for answer in answers] == [f"{books.folder}/polled/alerts/2.json"]


def test_a_switch_that_is_false_is_not_given(books: CommandLine) -> None:
    write(books, "polled/alerts/3.json", alert("DiskFull", "cc"))
    status, _, errors = run(books, ALERTS.replace("only-mapped = true", "only-mapped = false"))
    assert (status, [error["error"]["code"] for error in errors]) == (2, ["unmapped_labels"])


REFUSED = {
    "no TOML": ("[[import", "bad_config", "imports.toml"),
    "no list": ('format = "statuspage"\n', "bad_config", "imports.toml"),
    "more than the list": (f'since = "June"\n{PAGE}', "bad_config", "imports.toml"),
    "no table": ("import = [7]\n", "bad_config", "import 1"),
    "no format": (PAGE + '[[import]]\nfiles = ["a.json"]\n', "unknown_format", "import 2"),
    "a format that is a list": (PAGE.replace('"statuspage"', '["statuspage"]'), "unknown_format", "import 1"),
    "the events of a ledger": (PAGE.replace('"statuspage"', '"events"'), "unknown_format", "import 1"),
    "no files": (PAGE.replace('files = ["page.json"]\n', ""), "bad_config", "import 1"),
    "files that are none": (PAGE.replace('["page.json"]', "[1]"), "bad_config", "import 1"),
    "a pattern that fits nothing": (PAGE.replace("page.json", "pages/*.json"), "no_file_fits", "import 1"),
    "a value of another kind": (PAGE + "older = 1.5\n", "bad_config", "import 1"),
}


@pytest.mark.parametrize(("config", "code", "place"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_runs_nothing(books: CommandLine, config: str, code: str, place: str) -> None:
    status, answers, errors = run(books, config + ALERTS if config.startswith("[[import]]") else config)
    assert (status, answers) == (2, [])
    assert [error["error"]["code"] for error in errors] == [code]
    assert place in errors[0]["error"]["message"]
    assert incidents(books) == {}


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("mapp = 'Phone=agent_calls'", "--mapp"),
        ("dry-run = 'soon'", "--dry-run"),
        ("as-of = 'yesterday'", "yesterday"),
        ("account = '1001'", "--all-accounts"),
    ],
)
def test_an_option_that_the_format_does_not_take_stops_its_own_import(
    books: CommandLine, option: str, told: str
) -> None:
    status, answers, errors = run(books, f"{PAGE}{option}\n{ALERTS}")
    assert status == 2
    assert len(errors) == 1 and told in errors[0]["error"]["message"]
    assert [len(answer["opened"]) for answer in answers] == [2]


def test_a_file_that_is_missing_stops_its_own_import(books: CommandLine) -> None:
    status, answers, errors = run(books, PAGE.replace("page.json", "nowhere.json") + ALERTS)
    assert (status, [error["error"]["code"] for error in errors]) == (2, ["unreadable_file"])
    assert [len(answer["opened"]) for answer in answers] == [2]


def test_options_stand_behind_the_format_where_one_is_named(books: CommandLine) -> None:
    assert books.run("import", "--dry-run", "statuspage", "page.json").returncode == 2
    assert books.run("import", "--config", "polled/imports.toml", "statuspage", "page.json").returncode == 2
    assert books.run("import").returncode == 2


def test_the_month_of_the_guide_has_one_file_of_imports() -> None:
    days = sorted(JUNE.glob("*/imports.toml"))
    assert len(days) == 4
    (text,) = {day.read_text("utf-8") for day in days}
    guide = Path(ROOT, "docs", "polled-month.md").read_text("utf-8")
    assert text.partition("\n")[2] in guide
