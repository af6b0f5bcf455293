"""What imports and the decisions that rest on them must not leave unsaid, through the command line."""

from __future__ import annotations

from conftest import CommandLine
from test_import_outages import WORDS, Json, alerts, books, day, span, take, write

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
    (warning,) = books.ok("claim", "decide", "1001", "2026-03", *decided)["warnings"]
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
