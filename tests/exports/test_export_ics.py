"""`export ics`: the worklist's days and to-dos as a calendar that RFC 5545 describes."""

from __future__ import annotations

import shutil
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from conftest import CommandLine

from cli.commands.export import exports
from ledger.queries.worklist import Breach, Unclaimed, Work

SHANGHAI = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A copy of the demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("demo") / "demo")))


def exported(slaledger: CommandLine, *asked: str) -> bytes:
    slaledger.ok("export", "ics", *asked, "-o", "claims.ics", "--force")
    return (slaledger.folder / "claims.ics").read_bytes()


def calendar(slaledger: CommandLine, *asked: str) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(exported(slaledger, *asked))


def entries(slaledger: CommandLine, *asked: str) -> dict[str, Any]:
    """Events and to-dos by their UID, the ledger's name left out of it."""
    found = [each for each in calendar(slaledger, *asked).walk() if each.name in ("VEVENT", "VTODO")]
    return {str(each["UID"]).partition("@slaledger-")[0]: each for each in found}


def test_each_breach_has_the_days_on_which_its_window_opens_and_ends(demo: CommandLine) -> None:
    found, waits = entries(demo), demo.ok("worklist")["unclaimed"]
    assert len(waits) == 2
    for one in waits:
        opens, closes = (datetime.fromisoformat(one[name]) for name in ("opens", "closes"))
        first, last = (found[f"{kind}/{one['account']}/{one['month']}"] for kind in ("opens", "closes"))
        assert first.decoded("DTSTART") == opens.date()
        assert (last.decoded("DTSTART"), last.decoded("DTEND")) == (closes.date() - timedelta(days=1), closes.date())
        assert (closes.hour, closes.minute) == (0, 0)
        assert one["credit"] + " CNY" in last["DESCRIPTION"]
        assert last["TRANSP"] == "TRANSPARENT"
    assert str(found["closes/1004/2026-09"]["SUMMARY"]) == "Last day to claim: 1004, 2026-09"
    assert found["closes/1004/2026-09"].decoded("DTSTART") == date(2026, 11, 30)


def test_the_last_day_is_reminded_of_a_week_before_at_nine(demo: CommandLine) -> None:
    last = entries(demo)["closes/1004/2026-09"]
    (alarm,) = last.walk("VALARM")
    assert (str(alarm["ACTION"]), alarm["TRIGGER"].dt) == ("DISPLAY", -timedelta(days=6, hours=15))
    begins = datetime.combine(last.decoded("DTSTART"), datetime.min.time(), SHANGHAI)
    assert (begins + alarm["TRIGGER"].dt).isoformat() == "2026-11-23T09:00:00+08:00"


def test_what_waits_is_a_to_do_without_a_deadline(demo: CommandLine) -> None:
    found = entries(demo)
    todos = {name: each for name, each in found.items() if each.name == "VTODO"}
    assert {name: str(each["SUMMARY"]) for name, each in todos.items()} == {
        "decide/1005/2026-09": "Decide the claim of 1005 for 2026-09",
        "issue/1006/2026-09": "Issue 86.26 CNY to 1006 for 2026-09",
        "issue/1007/2026-06": "Issue 231.63 CNY to 1007 for 2026-06",
    }
    given_up = todos.pop("issue/1007/2026-06")
    assert str(given_up["DESCRIPTION"]) == "`slaledger voucher issue 1007 2026-06 --again`"
    assert not any("DUE" in each for each in todos.values())
    filed = datetime.fromisoformat(demo.ok("worklist")["to_decide"][0]["filed_at"])
    assert todos["decide/1005/2026-09"].decoded("DTSTART") == filed
    assert todos["decide/1005/2026-09"]["DTSTART"].params["TZID"] == "Asia/Shanghai"


def test_the_calendar_is_as_the_standard_has_it(demo: CommandLine) -> None:
    written = exported(demo)
    assert written.endswith(b"\r\n")
    lines = written.removesuffix(b"\r\n").split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\n" in line for line in lines)
    whole = calendar(demo)
    assert (whole["VERSION"], whole["METHOD"], whole["X-WR-TIMEZONE"]) == ("2.0", "PUBLISH", "Asia/Shanghai")
    (zone,) = whole.walk("VTIMEZONE")
    assert zone.to_tz().utcoffset(datetime(2026, 11, 30)) == timedelta(hours=8)  # noqa: DTZ001
    found = [each for each in whole.walk() if each.name in ("VEVENT", "VTODO")]
    assert len({str(each["UID"]) for each in found}) == len(found) == 7
    for each in found:
        assert {"UID", "DTSTAMP", "SUMMARY", "SEQUENCE"} <= set(each)
        assert each.errors == []


def test_entries_keep_their_names_and_grow_newer(slaledger: CommandLine) -> None:
    enroll = {"command": "account enroll", "account": "a", "enrolled_at": "2026-01-01T00:00:00+08:00"}
    down = {"incident": "I", "account": "a", "function": "agent_calls", "started_at": "2026-10-03T00:00:00+08:00"}
    slaledger.batch(enroll, {"command": "incident open", **down})
    slaledger.ok("incident", "close", "I", "--ended-at", "2026-10-04T00:00:00+08:00")
    before = entries(slaledger)
    slaledger.ok("incident", "correct", "I", "--ended-at", "2026-10-05T00:00:00+08:00", "--reason", "the gateway's log")
    after = entries(slaledger)
    assert set(before) == set(after) == {"opens/a/2026-10", "closes/a/2026-10"}
    for name in before:
        assert before[name]["UID"] == after[name]["UID"]
        assert before[name]["SEQUENCE"] < after[name]["SEQUENCE"]
    slaledger.ok("claim", "file", "a", "2026-10", "--filed-at", "2026-11-10T09:00:00+08:00")
    assert set(entries(slaledger)) == {"decide/a/2026-10"}
    asked = ("--at-position", str(before["opens/a/2026-10"]["SEQUENCE"]))
    assert set(entries(slaledger, *asked)) == set(before)


def test_of_one_account(demo: CommandLine) -> None:
    assert set(entries(demo, "--account", "1008")) == {"opens/1008/2026-09", "closes/1008/2026-09"}
    assert set(entries(demo, "--account", "1006")) == {"issue/1006/2026-09"}
    assert entries(demo, "--account", "1001") == {}
    error = demo.refused("export", "ics", "--account", "nobody", "-o", "nobody.ics")
    assert error["code"] == "unknown_account"
    assert not (demo.folder / "nobody.ics").exists()


def test_nothing_that_waits_is_a_calendar_too(slaledger: CommandLine) -> None:
    assert entries(slaledger) == {}
    assert slaledger.ok("export", "ics", "-o", "none.ics") == {"file": "none.ics", "events": 0, "todos": 0}


def test_a_breach_whose_window_is_not_known_is_told_of(slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in December, where the next year's working days are not published yet."""
    breach = Breach(account="a", month="2026-12", numerator=9, denominator=10, tier=3, credit_fen=100, still_open=())
    unknown = Unclaimed(breach=breach, earlier=None, opens_at=None, closes_at=None)
    nothing: dict[str, Any] = {kind: [] for kind in Work.__struct_fields__}
    monkeypatch.setattr(exports, "work", lambda *_: Work(**{**nothing, "unclaimed": [unknown]}))
    done = slaledger.run("export", "ics", "-o", "claims.ics")
    assert (done.returncode, "1 breach is left out" in done.stderr) == (0, True)
    assert b"VEVENT" not in (slaledger.folder / "claims.ics").read_bytes()


def test_a_missing_library_is_named(slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    error = slaledger.refused("export", "ics", "-o", "x.ics", status=2)
    assert (error["code"], error["hint"]) == ("missing_extra", "pip install 'slaledger[ics]'")
    assert not (slaledger.folder / "x.ics").exists()
