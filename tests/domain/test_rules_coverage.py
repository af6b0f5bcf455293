"""The opening clause and what is still open or taken back (R17, R19), in tables of outages of 3 March 2026."""

from __future__ import annotations

import msgspec
import pytest
from build import account, at, clock, counted, incidents, measured, row, terms

from domain.account import Account
from domain.events import ExclusionWithdrawn, IncidentWithdrawn
from domain.incident import evolve
from domain.rules.coverage import covered
from domain.terms.versions import Cited


@pytest.mark.parametrize(
    ("held", "unavailable"),
    [
        row("enrolled long before", account(), "10:00"),
        row("enrolled midway", account("03-03 10:05"), "5:00"),
        row("enrolled for the last minute: two minutes are tested before", account("03-03 10:09"), "1:00"),
        row("enrolled as it began", account("03-03 10:00"), "10:00"),
        row("enrolled as it ended", account("03-03 10:10"), "0:00"),
        row("closed midway", account(closed="03-03 10:01"), "1:00"),
        row("closed as it began", account(closed="03-03 10:00"), "0:00"),
        row("closed as it ended", account(closed="03-03 10:10"), "10:00"),
        row("public beta", account(stage="public_beta"), "0:00"),
        row("invited beta", account(stage="invited_beta"), "0:00"),
        row("beta, covered", account(stage="public_beta", covered_in_beta=True), "10:00"),
        row("beta, covered, closed midway", account(stage="public_beta", covered_in_beta=True, closed="10:04"), "4:00"),
        row("out of beta midway", account(stage="public_beta", restaged=[("10:04", "general")]), "6:00"),
        row("into beta midway", account(restaged=[("10:04", "invited_beta")]), "4:00"),
        row(
            "in beta for two minutes",
            account(restaged=[("10:04", "public_beta"), ("10:06", "general")]),
            "8:00",
        ),
        row("told out of order", account(restaged=[("10:06", "general"), ("10:04", "public_beta")]), "8:00"),
        row("restaged after its closure", account(restaged=[("10:06", "public_beta")], closed="10:04"), "4:00"),
        row("restaged before its enrolment", account("10:05", "public_beta", [("10:01", "general")]), "5:00"),
        row(
            "from one beta into the other",
            account(stage="invited_beta", restaged=[("10:04", "public_beta"), ("10:06", "general")]),
            "4:00",
        ),
    ],
)
def test_r17_only_covered_time_counts(held: Account, unavailable: str) -> None:
    result = measured(incidents("inbound 10:00 to 10:10"), covered=covered(held, terms()))
    assert clock(result.unavailable_us) == unavailable
    assert result.total_us == 31 * 86_400_000_000


def test_r17_stages_that_follow_each_other_covered_are_one_span() -> None:
    held = account("10:00", "public_beta", [("10:04", "general")], closed="10:09", covered_in_beta=True)
    assert covered(held, terms()) == [(at("10:00"), at("10:09"))]


def test_r17_terms_may_cover_beta() -> None:
    shipped = terms()
    service = msgspec.structs.replace(shipped.service, beta_covered=Cited(value=True, clause="opening"))
    beta = account("03-03 10:05", stage="public_beta")
    assert covered(beta, shipped) == []
    assert covered(beta, msgspec.structs.replace(shipped, service=service))[0][0] == at("10:05")


def test_r17_a_month_without_covered_time_says_so() -> None:
    held = account(closed="2026-03-01 00:00")
    assert measured([], "2026-03", covered=covered(held, terms())).covered_us == 0
    assert measured([], "2026-02", covered=covered(held, terms())).covered_us == 28 * 86_400_000_000


@pytest.mark.parametrize(
    ("until", "march", "april"),
    [
        row("before it began", "03-31 09:00", "0:00", "0:00"),
        row("almost two minutes later", "03-31 23:51:59.999999", "0:00", "0:00"),
        row("two minutes later", "03-31 23:52", "2:00", "0:00"),
        row("at the month's end", "04-01 00:00", "10:00", "0:00"),
        row("after it", "04-01 00:01", "10:00", "1:00"),
        row("long after", "05-07 00:00", "10:00", "43200:00"),
    ],
)
def test_r19_an_open_outage_counts_up_to_the_instant_asked_for(until: str, march: str, april: str) -> None:
    outage = "inbound 03-31 23:50 to open"
    assert counted(outage, until=until) == march
    assert counted(outage, until=until, month="2026-04") == april


def test_r19_an_exclusion_without_an_end_lasts_as_long_as_the_open_incident() -> None:
    outage = "inbound 10:00 to open less 10:05 to end"
    assert counted(outage, until="03-03 10:04") == "4:00"
    assert counted(outage, until="03-03 12:00") == "5:00"


def test_r19_an_open_episode_has_no_end_and_a_closed_one_has() -> None:
    found = incidents("inbound 10:00 to open", "calls 08:00 to 09:00")
    ends = [episode.end for episode in measured(found, until="03-03 11:00").episodes]
    assert ends == [at("09:00"), None]


def test_r19_an_outage_cut_at_the_months_end_or_by_an_exclusion_has_an_end_there_though_it_is_open() -> None:
    found = incidents("inbound 03-31 23:00 to open less 03-31 23:30 to 03-31 23:40")
    cut = measured(found, month_straddle="clip_then_test", minimum_tested="after_exclusions")
    assert [episode.end for episode in cut.episodes] == [at("03-31 23:30"), at("04-01 00:00")]
    assert [episode.end for episode in measured(found).episodes] == [None]
    pieces = measured(found, minimum_tested="after_exclusions")
    assert [episode.end for episode in pieces.episodes] == [at("03-31 23:30"), None]


def test_r19_a_closed_outage_counts_whole_whenever_it_is_looked_at() -> None:
    assert counted("inbound 10:00 to 10:05", until="03-03 10:01") == "5:00"


def test_a_withdrawn_incident_neither_counts_nor_joins_nor_excludes() -> None:
    found = incidents("inbound 10:00 to 10:01", "calls 10:01 to 10:03 less start to end", "inbound 10:01 to 10:03")
    assert clock(measured(found, exclusion_removes="time").unavailable_us) == "1:00"
    evolve(found[1], IncidentWithdrawn(incident="B"), "was none")
    assert clock(measured(found, exclusion_removes="time").unavailable_us) == "3:00"
    evolve(found[2], IncidentWithdrawn(incident="C"), "was none")
    assert clock(measured(found).unavailable_us) == "0:00"


def test_a_withdrawn_exclusion_excludes_nothing_and_the_others_stand() -> None:
    found = incidents("inbound 10:00 to 10:10 less 10:00 to 10:03 less 10:02 to 10:05")
    assert clock(measured(found).unavailable_us) == "5:00"
    evolve(found[0], ExclusionWithdrawn(incident="A", exclusion=1), "no carrier fault")
    assert clock(measured(found).unavailable_us) == "7:00"
