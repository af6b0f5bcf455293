"""What may be recorded of an incident and its exclusions: every refusal, in the order of declaration (1, 2.3)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from build import at, row, terms
from spec import given

from domain import incident
from domain.commands import ApplyExclusion, CloseIncident, CorrectIncident, WithdrawExclusion
from domain.events import (
    ExclusionApplied,
    ExclusionAppliedAsAnnounced,
    ExclusionWithdrawn,
    IncidentClosed,
    IncidentCorrected,
    IncidentOpened,
    IncidentWithdrawn,
)
from domain.refusals.incident import (
    BadAnnouncedWindow,
    EmptySpan,
    EndsBeforeStart,
    ExclusionWasWithdrawn,
    IncidentStillOpen,
    IncidentWasClosed,
    IncidentWasWithdrawn,
    NoExclusions,
    NothingToCorrectInIncident,
    NoticeMissing,
    NoticeTooLate,
    OutsideIncident,
    UnknownExclusion,
    UnlistedCause,
)
from domain.time import Instant
from domain.values import Clause, Id, Words

NAME = Id("INC-7")
OPENED = IncidentOpened(
    incident="INC-7", account="1001", function="inbound_routing", scope="account", regions=(), started_at=at("10:00")
)
CLOSED = IncidentClosed(incident="INC-7", ended_at=at("11:00"))
WITHDRAWN = (IncidentWithdrawn(incident="INC-7"), "a false alarm")
TERMS = terms()


def when(text: str | None) -> Instant | None:
    return None if text is None else Instant(at(text))


def close(ended_at: str) -> CloseIncident:
    return CloseIncident(incident=NAME, ended_at=Instant(at(ended_at)))


def correct(started_at: str | None = None, ended_at: str | None = None) -> CorrectIncident:
    return CorrectIncident(incident=NAME, started_at=when(started_at), ended_at=when(ended_at), reason=Words("late"))


def exclude(clause: str = "2.3(1)", since: str | None = None, to: str | None = None, told: str | None = None) -> Any:
    return ApplyExclusion(
        incident=NAME,
        clause=Clause(clause),
        from_=when(since),
        to=when(to),
        notified_at=when(told),
        reason=Words("why"),
    )


def excluded(number: int = 1, clause: str = "2.3(1)", since: str | None = None, to: str | None = None) -> Any:
    return ExclusionApplied(
        incident="INC-7",
        exclusion=number,
        clause=clause,
        from_at=when(since),
        to_at=when(to),
        notified_at=None,
        evidence=(),
    )


EXCLUDED = (excluded(), "why")


def test_it_ends_at_its_start_or_later() -> None:
    given(incident.evolve, OPENED).when(incident.close, close("10:00")).then(
        IncidentClosed(incident="INC-7", ended_at=at("10:00"))
    )
    given(incident.evolve, OPENED).when(incident.close, close("09:59:59.999999")).then(EndsBeforeStart)


def test_it_ends_once() -> None:
    given(incident.evolve, OPENED, CLOSED).when(incident.close, close("11:00")).then()
    given(incident.evolve, OPENED, CLOSED).when(incident.close, close("11:01")).then(IncidentWasClosed)
    given(incident.evolve, OPENED, WITHDRAWN).when(incident.close, close("11:00")).then(IncidentWasWithdrawn)


def test_a_correction_changes_what_it_names() -> None:
    known = given(incident.evolve, OPENED, CLOSED)
    known.when(incident.correct, correct(ended_at="12:00"), TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=None, ended_at=at("12:00"))
    )
    known.when(incident.correct, correct(ended_at="11:00"), TERMS).then()
    known.when(incident.correct, correct(), TERMS).then(NothingToCorrectInIncident)
    known.when(incident.correct, correct(ended_at="09:59"), TERMS).then(EndsBeforeStart)
    given(incident.evolve, OPENED).when(incident.correct, correct(ended_at="12:00"), TERMS).then(IncidentStillOpen)
    given(incident.evolve, OPENED, WITHDRAWN).when(incident.correct, correct(ended_at="12:00"), TERMS).then(
        IncidentWasWithdrawn
    )


def test_it_is_withdrawn_once() -> None:
    given(incident.evolve, OPENED).when(incident.withdraw, "a false alarm").then(IncidentWithdrawn(incident="INC-7"))
    given(incident.evolve, OPENED, WITHDRAWN).when(incident.withdraw, "a false alarm").then()
    given(incident.evolve, OPENED, WITHDRAWN).when(incident.withdraw, "another").then(IncidentWasWithdrawn)


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        row("the whole incident", exclude(), excluded()),
        row("a part", exclude(since="10:10", to="10:20"), excluded(since="10:10", to="10:20")),
        row("up to its last moment", exclude(since="10:59:59.999999"), excluded(since="10:59:59.999999")),
        row("nothing", exclude(since="10:10", to="10:10"), EmptySpan),
        row("from its end on", exclude(since="11:00", to="11:30"), OutsideIncident),
        row("up to its start", exclude(since="09:00", to="10:00"), OutsideIncident),
        row("a cause that the terms do not list", exclude("2.3(12)"), UnlistedCause),
        row("maintenance of which nobody was told", exclude("2.3(5)"), NoticeMissing),
        row("maintenance announced when it began", exclude("2.3(5)", told="10:00"), NoticeTooLate),
    ],
)
def test_an_exclusion_takes_out_time_of_its_own_incident(asked: ApplyExclusion, outcome: Any) -> None:
    given(incident.evolve, OPENED, CLOSED).when(incident.apply_exclusion, asked, TERMS).then(outcome)


def test_maintenance_is_excluded_where_it_was_announced_a_moment_before() -> None:
    asked = exclude("2.3(5)", told="09:59:59.999999")
    given(incident.evolve, OPENED, CLOSED).when(incident.apply_exclusion, asked, TERMS).then(
        ExclusionApplied(
            incident="INC-7",
            exclusion=1,
            clause="2.3(5)",
            from_at=None,
            to_at=None,
            notified_at=at("09:59:59.999999"),
            evidence=(),
        )
    )


def test_an_exclusion_that_stands_is_not_applied_twice() -> None:
    given(incident.evolve, OPENED, CLOSED, EXCLUDED).when(incident.apply_exclusion, exclude(), TERMS).then()
    given(incident.evolve, OPENED, CLOSED, WITHDRAWN).when(incident.apply_exclusion, exclude(), TERMS).then(
        IncidentWasWithdrawn
    )


def announced(
    since: str | None, to: str | None, told: str | None = "09:00", clause: str = "2.3(5)", begins: str | None = None
) -> ApplyExclusion:
    return ApplyExclusion(
        incident=NAME,
        clause=Clause(clause),
        from_=when(begins),
        notified_at=when(told),
        announced_from=when(since),
        announced_to=when(to),
        reason=Words("why"),
    )


def in_window(since: str, to: str, told: str = "09:00", begins: str | None = None) -> ExclusionAppliedAsAnnounced:
    return ExclusionAppliedAsAnnounced(
        incident="INC-7",
        exclusion=1,
        clause="2.3(5)",
        from_at=when(begins),
        notified_at=at(told),
        evidence=(),
        announced_from=at(since),
        announced_to=at(to),
    )


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        row("with its window", announced("10:00", "10:30"), in_window("10:00", "10:30")),
        row("without its end", announced("10:00", None), BadAnnouncedWindow),
        row("without its beginning", announced(None, "10:30"), BadAnnouncedWindow),
        row("that is empty", announced("10:00", "10:00"), BadAnnouncedWindow),
        row("told before it was to begin", announced("10:30", "11:00", "10:29"), in_window("10:30", "11:00", "10:29")),
        row("told as it was to begin", announced("10:30", "11:00", "10:30"), NoticeTooLate),
        row(
            "told before it did begin, late", announced("09:30", "11:00", "09:59"), in_window("09:30", "11:00", "09:59")
        ),
        row("told as it did begin", announced("09:30", "11:00", "10:00"), NoticeTooLate),
        row(
            "told before a part of it began",
            announced("09:30", "11:00", "10:10", begins="10:20"),
            in_window("09:30", "11:00", "10:10", begins="10:20"),
        ),
        row("nobody was told", announced("10:00", "10:30", None), NoticeMissing),
    ],
)
def test_r23_maintenance_is_recorded_with_its_announced_window(asked: ApplyExclusion, outcome: Any) -> None:
    given(incident.evolve, OPENED, CLOSED).when(incident.apply_exclusion, asked, TERMS).then(outcome)


def test_r23_another_window_is_another_exclusion() -> None:
    known = given(incident.evolve, OPENED, CLOSED, (in_window("10:00", "10:30"), "why"))
    known.when(incident.apply_exclusion, announced("10:00", "10:30"), TERMS).then()
    known.when(incident.apply_exclusion, announced("10:00", "10:31"), TERMS).then(
        msgspec.structs.replace(in_window("10:00", "10:31"), exclusion=2)
    )


def test_r23_a_corrected_start_still_needs_notice_before_it_or_before_the_window() -> None:
    known = given(incident.evolve, OPENED, CLOSED, (in_window("10:30", "11:00", "10:20"), "why"))
    known.when(incident.correct, correct(started_at="09:00"), TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=at("09:00"), ended_at=None)
    )
    known = given(incident.evolve, OPENED, CLOSED, (in_window("09:30", "11:00", "09:59"), "why"))
    known.when(incident.correct, correct(started_at="09:40"), TERMS).then(NoticeTooLate)


def withdraw(number: int, reason: str = "denied") -> WithdrawExclusion:
    return WithdrawExclusion(incident=NAME, exclusion=number, reason=Words(reason))


def test_an_exclusion_is_withdrawn_once() -> None:
    taken_back = (ExclusionWithdrawn(incident="INC-7", exclusion=1), "denied")
    given(incident.evolve, OPENED, EXCLUDED).when(incident.withdraw_exclusion, withdraw(1)).then(taken_back[0])
    given(incident.evolve, OPENED, EXCLUDED, taken_back).when(incident.withdraw_exclusion, withdraw(1)).then()
    given(incident.evolve, OPENED, EXCLUDED, taken_back).when(incident.withdraw_exclusion, withdraw(1, "why")).then(
        ExclusionWasWithdrawn
    )
    given(incident.evolve, OPENED, EXCLUDED).when(incident.withdraw_exclusion, withdraw(2)).then(UnknownExclusion)
    given(incident.evolve, OPENED).when(incident.withdraw_exclusion, withdraw(1)).then(NoExclusions)
