"""What imports and the decisions that rest on them must not leave unsaid, through the command line."""

from __future__ import annotations

from conftest import CommandLine
from test_import_outages import books, day

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
