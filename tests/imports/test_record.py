"""What a source states, recorded: whose word each event is, what was read, and that it is all or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import CommandLine

from cli.terminal.language import in_language
from domain.refusals import Refusal
from domain.time import SECOND_US
from ledger.application import Ledger
from ledger.imports.reconciling.holdings import Holding, holdings
from ledger.imports.reconciling.outcome import AskedOfOutages
from ledger.imports.record import ReadFile, Taken, reconcile_source
from ledger.imports.source import SourceTime
from ledger.imports.statements import Extent, OutageStatement, Policy, Reading
from ledger.log import streams
from ledger.log.codec import decode
from ledger.refusals.imports.reconcile import FileTakenBefore, OlderFile

DAY = datetime(2026, 3, 3, tzinfo=UTC)
DAY_US = int(DAY.timestamp()) * SECOND_US
EDITS = Policy(one_a_key=True)
HOUR_US = 3600 * SECOND_US


def told(start: int, end: int | None, key: str = "e:c", **more: Any) -> OutageStatement:
    """An outage of hours of the day."""
    instants = [None if hour is None else DAY + timedelta(hours=hour) for hour in (start, end)]
    times = [None if each is None else SourceTime(each, each.isoformat(), f"page.json: {key}") for each in instants]
    assert times[0] is not None
    given: dict[str, Any] = {"target": {"all_accounts": True}, "function": "agent_calls", "scope": "pg"}
    return OutageStatement(
        key=key, incident=key, name=key, start=times[0], end=times[1], place=f"page.json: {key}", **(given | more)
    )


def read(*statements: OutageStatement, said_at: int | None = None, **more: Any) -> Reading:
    instant = None if said_at is None else DAY_US + said_at * HOUR_US
    return Reading(source="statuspage", policy=EDITS, statements=statements, said_at=instant, scope="pg", **more)


class Source:
    """A source whose files are imported into one ledger, one after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.files = 0

    def take(self, reading: Reading, *, file: str | None = None, dry_run: bool = False, **asked: Any) -> Taken:
        self.files += 1
        sha256 = f"{file or self.files:0>64}"
        return reconcile_source(
            self.ledger,
            reading,
            [ReadFile("page.json", sha256)],
            "clerk",
            asked=AskedOfOutages(**asked),
            dry_run=dry_run,
        )

    def held(self) -> dict[str, Holding]:
        with self.ledger.reading() as log:
            found = holdings(log, "statuspage", [told(0, 1)], one_a_key=True)
        return {holding.id: holding for holding in found}

    def hours(self) -> list[tuple[float, float | None]]:
        """The outages that stand, in hours of the day."""
        spans = ((each.incident.started_at, each.incident.ended_at) for each in self.held().values() if each.stands)
        return [((a - DAY_US) / HOUR_US, None if b is None else (b - DAY_US) / HOUR_US) for a, b in sorted(spans)]

    def topics(self, stream: str) -> list[tuple[str, bool]]:
        """The events of a stream, and whether each is the source's word."""
        with self.ledger.reading() as log:
            facts = map(decode, log.stream(stream))
        return [(fact.topic, fact.source is not None) for fact in facts]


@pytest.fixture
def source(ledger: Ledger, slaledger: CommandLine) -> Source:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    return Source(ledger)


def test_a_source_that_goes_on_and_changes_its_mind(source: Source) -> None:
    assert source.take(read(told(1, None), said_at=2)).outcome.left_open == ["e:c"]
    assert source.take(read(told(1, 2), said_at=3)).outcome.closed == ["e:c"]
    assert source.take(read(told(1, 5), said_at=6)).outcome.unchanged == 0
    assert source.hours() == [(1, 5)]
    assert source.take(read(told(1, None), said_at=7)).outcome.reopened == ["e:c"]
    assert source.hours() == [(1, None)]
    assert source.topics("~/incident/e:c") == [
        ("incident.opened", True),
        ("incident.closed", True),
        ("incident.corrected", True),
        ("incident.reopened", True),
    ]


def test_the_same_file_again_records_nothing(source: Source) -> None:
    first = source.take(read(told(1, 2), said_at=3), file="a")
    assert (first.commands, first.recorded) == (2, 4)
    again = source.take(read(told(1, 2), said_at=3), file="a")
    assert (again.commands, again.recorded, again.outcome.unchanged) == (0, 0, 1)


def test_each_newer_file_is_noted_once(source: Source) -> None:
    extent = Extent(scope="pg", since=DAY_US)
    for said_at in (1, 2):
        source.take(read(told(1, 2), said_at=said_at, extents=(extent,)))
    assert source.topics("~/source/statuspage") == [("source.read", True)] * 2
    with source.ledger.reading() as log:
        event: Any = decode(log.stream(streams.source("statuspage"))[0]).event
    assert (event.scope, event.said_at, event.since, event.until) == ("pg", DAY_US + HOUR_US, DAY_US, None)


def reaching(since: int, said_at: int, **more: Any) -> Reading:
    """A page of that hour which lists all since another."""
    until = DAY_US + said_at * HOUR_US
    return read(said_at=said_at, extents=(Extent(scope="pg", since=DAY_US + since * HOUR_US, until=until, **more),))


def test_how_far_files_reach_is_noted_where_no_earlier_ones_reach_to_their_beginning(source: Source) -> None:
    note = "these files reach back to 2026-03-03T10:00:00+08:00: earlier outages, in 2026-03 or before, are not in them"
    assert source.take(reaching(1, 4, planned=True)).notes == []
    assert source.take(reaching(2, 4)).notes == [note]
    assert source.take(reaching(2, 5)).notes == []
    assert source.take(reaching(5, 9)).notes == []
    (gap,) = source.take(reaching(10, 12)).notes
    assert "2026-03-03T18:00:00+08:00" in gap
    before_any_account = -24 * 62
    assert source.take(reaching(before_any_account, 13)).notes == []


def test_the_month_that_files_lack_is_the_one_before_where_they_begin_with_a_month(source: Source) -> None:
    (note,) = source.take(reaching(-24 * 2 - 8, 4)).notes
    assert note.endswith("2026-03-01T00:00:00+08:00: earlier outages, in 2026-02 or before, are not in them")


def test_an_incident_to_be_left_out_that_nobody_has_is_noted(source: Source) -> None:
    source.take(read(told(1, None)))
    taken = source.take(read(told(1, 2), skip_incidents=frozenset({"e:c", "f:c"})))
    assert (taken.commands, taken.notes) == (0, ["--skip f:c: nothing in this file has that id"])


def test_an_older_file_is_refused_until_that_is_said(source: Source) -> None:
    source.take(read(told(1, 5), said_at=6))
    with pytest.raises(OlderFile):
        source.take(read(told(1, 2), said_at=3))
    assert source.hours() == [(1, 5)]
    source.take(read(told(1, 2), said_at=3), older=True)
    assert source.hours() == [(1, 2)]


def test_files_without_a_time_of_their_own_are_known_by_their_bytes(source: Source) -> None:
    source.take(read(told(1, None)), file="a")
    source.take(read(told(1, 2)), file="b")
    with pytest.raises(FileTakenBefore):
        source.take(read(told(1, None)), file="a")
    assert source.take(read(told(1, 2)), file="b").recorded == 0
    assert source.hours() == [(1, 2)]


def test_what_a_person_changed_stays_and_is_handed_back_when_asked(source: Source, slaledger: CommandLine) -> None:
    source.take(read(told(1, 2)))
    slaledger.ok("incident", "correct", "e:c", "--ended-at", "2026-03-03T03:00:00Z", "--reason", "the gateway's log")
    assert source.held()["e:c"].persons == {"ended_at"}
    taken = source.take(read(told(0, 4)))
    assert source.hours() == [(0, 3)]
    assert any("e:c: ended_at stays 2026-03-03T11:00:00+08:00, as a person said" in note for note in taken.notes)
    source.take(read(told(0, 4)), take_source=frozenset({"e:c"}))
    assert source.hours() == [(0, 4)]
    assert source.held()["e:c"].persons == frozenset()


def test_in_chinese_a_note_names_fields_and_functions_in_words(source: Source) -> None:
    source.take(read(told(1, 2)))
    notes = source.take(read(told(1, 3, function="inbound_routing"))).notes
    assert [in_language(note, "zh") for note in notes] == [
        "e:c：结束时间原为2026-03-03T10:00:00+08:00，现为2026-03-03T11:00:00+08:00",
        "e:c：功能原为坐席通话，现为呼入路由",
    ]


def test_a_withdrawal_by_a_person_stays(source: Source, slaledger: CommandLine) -> None:
    source.take(read(told(1, 2)))
    slaledger.ok("incident", "withdraw", "e:c", "--reason", "a test call")
    assert source.take(read(told(1, 4))).commands == 0
    assert source.hours() == []
    source.take(read(told(1, 4)), take_source=frozenset({"e:c"}))
    assert source.hours() == [(1, 4)]


def test_what_vanished_stays_until_a_person_says_what_became_of_it(source: Source) -> None:
    extents = (Extent(scope="pg", since=DAY_US),)
    source.take(read(told(1, 2), told(3, None, "f:c")))
    assert source.take(read(told(3, 4, "f:c"), extents=extents)).outcome.vanished == ["e:c"]
    assert source.hours() == [(1, 2), (3, 4)]
    taken = source.take(read(told(3, 4, "f:c"), extents=extents), gone={"e:c": "withdrawn"})
    assert (taken.outcome.vanished, source.hours()) == ([], [(3, 4)])
    assert source.topics("~/incident/e:c")[-1] == ("incident.withdrawn", False)
    assert source.take(read(told(3, 4, "f:c"), extents=extents)).outcome.vanished == []


def test_a_vanished_outage_that_is_kept_is_not_asked_about_again(source: Source) -> None:
    extents = (Extent(scope="pg", since=DAY_US),)
    source.take(read(told(1, None)))
    source.take(read(extents=extents), gone={"e:c": DAY_US + 2 * HOUR_US})
    assert source.hours() == [(1, 2)]
    again = source.take(read(extents=extents))
    assert (again.commands, again.outcome.vanished, source.held()["e:c"].kept) == (0, [], True)


def test_one_fault_and_nothing_is_recorded(source: Source) -> None:
    with source.ledger.reading() as log:
        before = log.position()
    with pytest.raises(Refusal):
        source.take(read(told(1, 2), told(3, 4, "f:c", function="no_such")))
    with source.ledger.reading() as log:
        assert log.position() == before


def test_a_dry_run_records_nothing(source: Source) -> None:
    assert source.take(read(told(1, 2)), dry_run=True).recorded == 4
    assert source.hours() == []


def test_decided_claims_that_rest_on_a_corrected_outage_are_named(source: Source, slaledger: CommandLine) -> None:
    source.take(read(told(1, 5)))
    slaledger.ok("claim", "file", "1001", "2026-03", "--filed-at", "2026-04-15T09:00:00+08:00")
    slaledger.ok("claim", "decide", "1001", "2026-03", "--decided-at", "2026-04-20T09:00:00+08:00")
    (note,) = source.take(read(told(1, 2))).notes
    assert note == (
        "e:c: ended_at was 2026-03-03T13:00:00+08:00, is 2026-03-03T10:00:00+08:00 now; decided claims rest on it: "
        "1001 2026-03; see `slaledger audit impact`"
    )


def test_an_outage_of_an_older_release_is_known_by_its_id_and_key(source: Source, slaledger: CommandLine) -> None:
    opening = ("--all-accounts", "--function", "agent_calls", "--started-at", "2026-03-03T01:00:00Z")
    slaledger.ok("incident", "open", "e:c", *opening)
    slaledger.ok("incident", "close", "e:c", "--ended-at", "2026-03-03T02:00:00Z", "--key", "statuspage:e:c:close")
    assert source.held()["e:c"].persons == frozenset()
    assert source.take(read(told(1, 4))).commands == 1
    assert source.hours() == [(1, 4)]


@pytest.mark.parametrize("target", [{"account": "1001"}, {"accounts": ["1001", "1002"]}, {"regions": ["cn-hangzhou"]}])
def test_whom_an_outage_touches(source: Source, slaledger: CommandLine, target: dict[str, Any]) -> None:
    slaledger.ok("account", "enroll", "1002", "--enrolled-at", "2026-01-01T00:00:00+08:00", "--region", "cn-hangzhou")
    source.take(read(told(1, None, target=target)))
    source.take(read(told(1, 2, target=target)))
    assert source.hours() == [(1, 2)]
