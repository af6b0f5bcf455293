"""What imports and the decisions that rest on them must not leave unsaid, through the command line."""

from __future__ import annotations

from typing import Any

from conftest import CommandLine
from test_import_outages import DOWN, LATER, UP, WORDS, Json, alerts, books, day, page, samples, span, take, write

__all__ = ["books"]


# Open outages.


def test_a_decision_names_the_outages_that_are_open_and_no_others(books: CommandLine) -> None:
    for id_, clock in (("LASTS", "10:00"), ("ENDED", "12:00")):
        words = ("--account", "1001", "--function", "agent_calls", "--started-at", day(clock))
        books.ok("incident", "open", id_, *words)
    books.ok("incident", "close", "ENDED", "--ended-at", day("13:00"))
    books.ok("claim", "file", "1001", "2026-03", "--filed-at", "2026-04-10T10:00:00+08:00")
    decided = ("--decided-at", "2026-04-11T10:00:00+08:00")
    refused = books.refused("claim", "decide", "1001", "2026-03", *decided, "--strict")
    assert refused["message"] == "1001 2026-03: counts outages that are still open: LASTS"
    warning = books.ok("claim", "decide", "1001", "2026-03", *decided)["warnings"][0]
    assert warning.endswith(": LASTS")


# Lists of alerts.


def listed(updated: str) -> list[Json]:
    """A list of the Alertmanager's API with one alert that fires since 10:00, told by Prometheus at a clock."""
    told = {"labels": {"alertname": "Down", "tenant": "1001"}, "fingerprint": "aa", "startsAt": day("10:00")}
    return [told | {"endsAt": day("23:00"), "updatedAt": day(updated), "status": {"state": "active"}}]


def test_a_list_of_before_the_end_does_not_open_an_outage_again(books: CommandLine) -> None:
    take(books, "alertmanager", [listed("10:05")])
    take(books, "alertmanager", alerts(day("11:00")))
    write(books, "told.json", [listed("10:05")])
    error = books.refused("import", "alertmanager", "told.json", *WORDS["alertmanager"])
    assert (error["code"], span(books)) == ("older_file", (day("10:00"), day("11:00")))
    take(books, "alertmanager", [listed("11:05")])
    assert span(books) == (day("10:00"), None)


# What moved is told.


def maintenance(until: str, said_at: str) -> Json:
    """A maintenance from 10:00 to 14:00, announced at 09:00 from 10:00 until a clock."""
    told = page(
        ("09:00", "scheduled", "operational", "operational"),
        ("10:00", "in_progress", "operational", "under_maintenance"),
        ("14:00", "completed", "under_maintenance", "operational"),
        said_at=said_at,
    )
    window = {"impact": "maintenance", "scheduled_for": day("10:00"), "scheduled_until": day(until)}
    return {"page": told["page"], "scheduled_maintenances": [told["incidents"][0] | window]}


def unavailable(books: CommandLine) -> Any:
    return books.ok("availability", "1001", "2026-03")["unavailable_seconds"]


def test_an_announced_window_that_moved_is_told_with_both_and_the_claims_that_rest_on_it(books: CommandLine) -> None:
    take(books, "statuspage", [maintenance("12:00", "15:00")])
    assert unavailable(books) == 7_200
    books.ok("claim", "file", "1001", "2026-03", "--filed-at", "2026-04-10T10:00:00+08:00")
    books.ok("claim", "decide", "1001", "2026-03", "--decided-at", "2026-04-11T10:00:00+08:00")
    answer = take(books, "statuspage", [maintenance("14:00", "16:00")])
    was, now = (f"2.3(5) {day('10:00')}/{day(until)}" for until in ("12:00", "14:00"))
    assert answer["corrected"] == [{"incident": "i1:ph", "field": "exclusions", "was": was, "is": now}]
    (note,) = [each for each in answer["notes"] if was in each]
    assert now in note
    assert "1001 2026-03" in note
    assert unavailable(books) == 0


def test_a_persons_exclusion_stays_and_the_source_s_is_told(books: CommandLine) -> None:
    take(books, "statuspage", [maintenance("12:00", "15:00")])
    books.ok("exclusion", "withdraw", "i1:ph", "1", "--reason", "nobody was told")
    answer = take(books, "statuspage", [maintenance("12:00", "16:00")])
    assert answer["corrected"] == []
    assert f"statuspage says 2.3(5) {day('10:00')}/{day('12:00')}" in answer["notes"][-1]
    assert unavailable(books) == 14_400


# Starts and ends that belong to each other only by conclusion.


def alert(begins: str, ends: str) -> list[Json]:
    """A payload of one alert that is resolved."""
    told = alerts(ends)[0]
    told["alerts"][0]["startsAt"] = begins
    return [told]


def test_an_open_outage_that_a_later_start_ends_is_told(books: CommandLine) -> None:
    take(books, "alertmanager", alerts(None))
    answer = take(books, "alertmanager", alert("2026-03-05T10:00:00+08:00", "2026-03-05T11:00:00+08:00"))
    assert answer["closed"] == ["alertmanager:aa:20260303T020000Z"]
    (note,) = answer["notes"]
    assert "was open since 2026-03-03T10:00:00+08:00" in note
    assert "2026-03-05T11:00:00+08:00" in note
    assert take(books, "alertmanager", alert("2026-03-05T10:00:00+08:00", "2026-03-05T11:00:00+08:00"))["notes"] == []


def test_an_end_of_the_same_start_needs_no_word(books: CommandLine) -> None:
    take(books, "alertmanager", alerts(None))
    assert take(books, "alertmanager", alerts(day("11:00")))["notes"] == []


def test_an_alert_without_length_that_ends_nothing_is_left_out_by_name(books: CommandLine) -> None:
    answer = take(books, "alertmanager", alerts(day("10:00")))
    assert answer["left_out"] == [{"key": "aa", "why": f"the outage at {day('10:00')} has no length"}]
    assert answer["opened"] == []


# Chunks of a query that do not meet.


def test_an_outage_that_goes_on_over_time_that_no_file_tells_is_noted(books: CommandLine) -> None:
    take(books, "prometheus", [samples("1 0 0")])
    first = [samples("0 0 1", 1_772_503_230 + 3_600)]
    (note,) = take(books, "prometheus", first)["notes"]
    assert "was down at 2026-03-03T10:00:30+08:00 and is down at 2026-03-03T11:00:30+08:00" in note
    assert span(books) == ("2026-03-03T10:00:15+08:00", "2026-03-03T11:01:00+08:00")
    assert take(books, "prometheus", first)["notes"] == []


def test_an_outage_that_goes_on_where_the_files_meet_needs_no_word(books: CommandLine) -> None:
    take(books, "prometheus", [samples("1 0 0")])
    assert take(books, "prometheus", [samples("0 0 1", 1_772_503_245)])["notes"] == []


# When a source said it.


def test_what_a_source_says_tomorrow_is_refused_as_all_later_files_would_be_older(books: CommandLine) -> None:
    told = page(DOWN, UP)
    told["page"]["updated_at"] = "2126-03-03T12:00:00+08:00"
    write(books, "told.json", [told])
    error = books.refused("import", "statuspage", "told.json", *WORDS["statuspage"])
    assert (error["code"], error["message"].partition(":")[0]) == ("in_the_future", "told.json")
    words = ("--as-of", "2126-03-03T12:00:00+08:00")
    write(books, "told.json", alerts(None))
    assert books.refused("import", "alertmanager", "told.json", *WORDS["alertmanager"], *words)["code"] == error["code"]
    refused = books.refused("import", "alertmanager", "told.json", *WORDS["alertmanager"], "--as-of", "noon", status=2)
    assert (refused["code"], refused["message"]) == ("bad_time", "--as-of: 'noon' is not an RFC 3339 time")
    assert books.ok("history", "1001")["incidents"] == []


def test_a_list_without_a_time_is_as_new_as_as_of_says(books: CommandLine) -> None:
    take(books, "statuspage", [page(DOWN, UP, said_at="15:00")])
    take(books, "statuspage", [page(DOWN, LATER)["incidents"]], "--as-of", day("16:00"))
    assert span(books) == (day("10:00"), day("14:00"))
