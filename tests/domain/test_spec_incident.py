"""What may be recorded of an incident and its exclusions: every refusal, in the order of declaration (1, 2.3)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from build import at, row, terms
from spec import given

from domain import exclusions, incident
from domain.commands import ApplyExclusion, CloseIncident, CorrectIncident, OpenIncident, WithdrawExclusion
from domain.events import (
    ExclusionApplied,
    ExclusionAppliedAsAnnounced,
    ExclusionWithdrawn,
    IncidentClosed,
    IncidentCorrected,
    IncidentCorrectedWithin,
    IncidentFunctionCorrected,
    IncidentOpened,
    IncidentOpenedWithin,
    IncidentReopened,
    IncidentReported,
    IncidentRestored,
    IncidentWithdrawn,
)
from domain.refusals.incident import (
    BadAnnouncedWindow,
    EmptySpan,
    EndsBeforeStart,
    ExclusionUndone,
    ExclusionWasWithdrawn,
    IncidentScope,
    IncidentStillOpen,
    IncidentUndone,
    IncidentWasClosed,
    IncidentWasWithdrawn,
    NoExclusions,
    NothingToCorrectInIncident,
    NoticeMissing,
    NoticeTooLate,
    OutsideIncident,
    ReportDiffers,
    UnknownExclusion,
    UnlistedCause,
)
from domain.time import Instant, Seconds
from domain.values import Clause, EvidenceField, FunctionName, Hash, Id, Words

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
MAINTENANCE = msgspec.structs.replace(excluded(clause="2.3(5)"), notified_at=at("09:30"))
MAINTENANCE_FROM_1030 = msgspec.structs.replace(excluded(clause="2.3(5)", since="10:30"), notified_at=at("10:29"))


def open_(known: incident.Incident | None, **scope: Any) -> tuple[IncidentOpened, ...]:
    """An incident's first event depends on no earlier one."""
    assert known is None
    command = OpenIncident(
        incident=NAME, function=FunctionName("inbound_routing"), started_at=Instant(at("10:00")), **scope
    )
    return (incident.opened(command),)


ONE, TWO = Id("1001"), Id("1002")


@pytest.mark.parametrize(
    ("scope", "outcome"),
    [
        row("nobody", {}, IncidentScope),
        row("no account", {"accounts": ()}, IncidentScope),
        row("no region", {"regions": ()}, IncidentScope),
        row("one and all", {"account": ONE, "all_accounts": True}, IncidentScope),
        row("one and several", {"account": ONE, "accounts": (ONE, TWO)}, IncidentScope),
        row("accounts and regions", {"accounts": (ONE,), "regions": (ONE,)}, IncidentScope),
        row("one", {"account": ONE}, OPENED),
        row("one, as a list", {"accounts": (ONE,)}, OPENED),
        row("one, twice", {"accounts": (ONE, ONE)}, OPENED),
        row("several", {"accounts": (TWO, ONE)}, {"scope": "accounts", "account": None}),
        row(
            "regions", {"regions": (TWO, ONE, TWO)}, {"scope": "regions", "account": None, "regions": ("1001", "1002")}
        ),
        row("all", {"all_accounts": True}, {"scope": "all", "account": None}),
    ],
)
def test_it_affects_accounts_in_one_way(scope: dict[str, Any], outcome: Any) -> None:
    if isinstance(outcome, dict):
        outcome = msgspec.structs.replace(OPENED, **outcome)
    given(incident.evolve).when(lambda known: open_(known, **scope)).then(outcome)


def test_it_may_be_measured_in_steps() -> None:
    within = IncidentOpenedWithin(**msgspec.structs.asdict(OPENED), uncertainty_us=30_000_000)
    given(incident.evolve).when(lambda known: open_(known, account=ONE, uncertainty_seconds=Seconds(30_000_000))).then(
        within
    )


def test_it_ends_at_its_start_or_later() -> None:
    given(incident.evolve, OPENED).when(incident.close, close("10:00")).then(
        IncidentClosed(incident="INC-7", ended_at=at("10:00"))
    )
    given(incident.evolve, OPENED).when(incident.close, close("09:59:59.999999")).then(EndsBeforeStart)


def test_it_ends_once() -> None:
    given(incident.evolve, OPENED, CLOSED).when(incident.close, close("11:00")).then()
    given(incident.evolve, OPENED, CLOSED).when(incident.close, close("11:01")).then(IncidentWasClosed)
    given(incident.evolve, OPENED, WITHDRAWN).when(incident.close, close("11:00")).then(IncidentWasWithdrawn)


def test_who_told_of_its_end_is_recorded_with_it_and_not_later() -> None:
    told = IncidentReported(incident="INC-7", moment="end", reported_by="the duty desk")
    closed = msgspec.structs.replace(close("11:00"), reported_by=Words("the duty desk"))
    given(incident.evolve, OPENED).when(incident.close, closed).then(CLOSED, told)
    given(incident.evolve, OPENED, CLOSED, told).when(incident.close, closed).then()
    given(incident.evolve, OPENED, CLOSED, told).when(incident.close, close("11:00")).then()
    another = msgspec.structs.replace(closed, reported_by=Words("the pager"))
    given(incident.evolve, OPENED, CLOSED, told).when(incident.close, another).then(ReportDiffers)
    given(incident.evolve, OPENED, CLOSED).when(incident.close, closed).then(ReportDiffers)


def test_a_correction_changes_what_it_names() -> None:
    known = given(incident.evolve, OPENED, CLOSED)
    known.when(incident.correct, correct(ended_at="12:00"), TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=None, ended_at=at("12:00"))
    )
    known.when(incident.correct, correct(ended_at="11:00"), TERMS).then()
    known.when(incident.correct, correct(), TERMS).then(NothingToCorrectInIncident)
    known.when(incident.correct, correct(ended_at="10:00"), TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=None, ended_at=at("10:00"))
    )
    known.when(incident.correct, correct(ended_at="09:59:59.999999"), TERMS).then(EndsBeforeStart)
    known.when(incident.correct, correct(started_at="11:00"), TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=at("11:00"), ended_at=None)
    )
    known.when(incident.correct, correct(started_at="11:00:00.000001"), TERMS).then(EndsBeforeStart)
    known.when(incident.correct, correct("12:00", "13:00"), TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=at("12:00"), ended_at=at("13:00"))
    )
    given(incident.evolve, OPENED).when(incident.correct, correct(ended_at="12:00"), TERMS).then(IncidentStillOpen)
    given(incident.evolve, OPENED, WITHDRAWN).when(incident.correct, correct(ended_at="12:00"), TERMS).then(
        IncidentWasWithdrawn
    )


def test_what_was_corrected_is_what_the_next_command_meets() -> None:
    later_start = IncidentCorrected(incident="INC-7", started_at=at("10:30"), ended_at=None)
    known = given(incident.evolve, OPENED, CLOSED, later_start)
    known.when(incident.correct, correct("10:30", "11:00"), TERMS).then()
    known.when(incident.correct, correct(ended_at="10:29"), TERMS).then(EndsBeforeStart)
    later_end = IncidentCorrected(incident="INC-7", started_at=None, ended_at=at("12:00"))
    known = given(incident.evolve, OPENED, CLOSED, later_end)
    known.when(incident.correct, correct("10:00", "12:00"), TERMS).then()
    known.when(incident.close, close("12:00")).then()
    known.when(incident.close, close("11:00")).then(IncidentWasClosed)


def test_a_correction_keeps_the_notice_before_the_maintenance() -> None:
    known = given(incident.evolve, OPENED, CLOSED, MAINTENANCE)
    moved = IncidentCorrected(incident="INC-7", started_at=at("09:30:00.000001"), ended_at=None)
    known.when(incident.correct, correct("09:30:00.000001"), TERMS).then(moved)
    known.when(incident.correct, correct("09:30"), TERMS).then(NoticeTooLate)
    part = given(incident.evolve, OPENED, CLOSED, MAINTENANCE_FROM_1030)
    part.when(incident.correct, correct("09:00"), TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=at("09:00"), ended_at=None)
    )
    taken_back = (ExclusionWithdrawn(incident="INC-7", exclusion=1), "no mail was sent")
    given(incident.evolve, OPENED, CLOSED, MAINTENANCE, taken_back).when(
        incident.correct, correct("09:30"), TERMS
    ).then(IncidentCorrected(incident="INC-7", started_at=at("09:30"), ended_at=None))


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
        row("backwards", exclude(since="10:20", to="10:10"), EmptySpan),
        row("of another day", exclude(since="03-04 10:00", to="03-04 10:10"), OutsideIncident),
        row("from its end on", exclude(since="11:00", to="11:30"), OutsideIncident),
        row("up to its start", exclude(since="09:00", to="10:00"), OutsideIncident),
        row("a cause that the terms do not list", exclude("2.3(12)"), UnlistedCause),
        row("maintenance of which nobody was told", exclude("2.3(5)"), NoticeMissing),
        row("maintenance announced when it began", exclude("2.3(5)", told="10:00"), NoticeTooLate),
        row("maintenance announced during it", exclude("2.3(5)", told="10:30"), NoticeTooLate),
        row("a part, announced when that began", exclude("2.3(5)", since="10:30", told="10:30"), NoticeTooLate),
        row("a part, announced before it", exclude("2.3(5)", since="10:30", told="10:29"), MAINTENANCE_FROM_1030),
    ],
)
def test_an_exclusion_takes_out_time_of_its_own_incident(asked: ApplyExclusion, outcome: Any) -> None:
    given(incident.evolve, OPENED, CLOSED).when(exclusions.apply, asked, TERMS).then(outcome)


def test_maintenance_is_excluded_where_it_was_announced_a_moment_before() -> None:
    asked = exclude("2.3(5)", told="09:59:59.999999")
    given(incident.evolve, OPENED, CLOSED).when(exclusions.apply, asked, TERMS).then(
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


def test_an_open_incident_is_excluded_from_its_start_on() -> None:
    known = given(incident.evolve, OPENED)
    known.when(exclusions.apply, exclude(), TERMS).then(excluded())
    known.when(exclusions.apply, exclude(since="03-04 10:00"), TERMS).then(excluded(since="03-04 10:00"))
    known.when(exclusions.apply, exclude(since="09:00", to="10:00"), TERMS).then(OutsideIncident)


EVIDENCE = EvidenceField(name=Words("mail.eml"), sha256=Hash("0" * 64))


@pytest.mark.parametrize(
    "changed",
    [
        row("another cause", {"clause": Clause("2.3(2)")}),
        row("another start", {"from_": Instant(at("10:10"))}),
        row("another end", {"to": Instant(at("10:20"))}),
        row("another notice", {"notified_at": Instant(at("09:00"))}),
        row("another reason", {"reason": Words("another")}),
        row("evidence", {"evidence": (EVIDENCE,)}),
    ],
)
def test_another_exclusion_of_the_same_incident_is_applied_too(changed: dict[str, Any]) -> None:
    command = msgspec.structs.replace(exclude(), **changed)
    events = exclusions.apply(given(incident.evolve, OPENED, CLOSED, EXCLUDED).state, command, TERMS)
    wanted = ExclusionApplied(
        incident="INC-7",
        exclusion=2,
        clause=command.clause,
        from_at=command.from_,
        to_at=command.to,
        notified_at=command.notified_at,
        evidence=tuple(piece.recorded() for piece in command.evidence),
    )
    assert events == (wanted,)


def test_an_exclusion_that_stands_is_not_applied_twice() -> None:
    given(incident.evolve, OPENED, CLOSED, EXCLUDED).when(exclusions.apply, exclude(), TERMS).then()
    given(incident.evolve, OPENED, CLOSED, WITHDRAWN).when(exclusions.apply, exclude(), TERMS).then(
        IncidentWasWithdrawn
    )


def test_an_exclusion_that_was_withdrawn_is_applied_again_where_that_is_said() -> None:
    taken_back = (ExclusionWithdrawn(incident="INC-7", exclusion=1), "denied")
    before = given(incident.evolve, OPENED, CLOSED, EXCLUDED, taken_back)
    before.when(exclusions.apply, exclude(), TERMS).then(ExclusionUndone)
    again = msgspec.structs.replace(exclude(), again=True)
    before.when(exclusions.apply, again, TERMS).then(excluded(2))
    before.when(exclusions.apply, exclude("2.3(2)"), TERMS).then(excluded(2, "2.3(2)"))


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
    given(incident.evolve, OPENED, CLOSED).when(exclusions.apply, asked, TERMS).then(outcome)


def test_r23_another_window_is_another_exclusion() -> None:
    known = given(incident.evolve, OPENED, CLOSED, (in_window("10:00", "10:30"), "why"))
    known.when(exclusions.apply, announced("10:00", "10:30"), TERMS).then()
    known.when(exclusions.apply, announced("10:00", "10:31"), TERMS).then(
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
    given(incident.evolve, OPENED, EXCLUDED).when(exclusions.withdraw, withdraw(1)).then(taken_back[0])
    given(incident.evolve, OPENED, EXCLUDED, taken_back).when(exclusions.withdraw, withdraw(1)).then()
    given(incident.evolve, OPENED, EXCLUDED, taken_back).when(exclusions.withdraw, withdraw(1, "why")).then(
        ExclusionWasWithdrawn
    )
    given(incident.evolve, OPENED, EXCLUDED).when(exclusions.withdraw, withdraw(2)).then(UnknownExclusion)
    given(incident.evolve, OPENED).when(exclusions.withdraw, withdraw(1)).then(NoExclusions)


# Reopened, restored, corrected in function.


def test_an_incident_is_open_again_where_its_end_is_not_known_after_all() -> None:
    reopened = IncidentReopened(incident="INC-7")
    given(incident.evolve, OPENED, CLOSED).when(incident.reopen).then(reopened)
    given(incident.evolve, OPENED).when(incident.reopen).then()
    given(incident.evolve, OPENED, CLOSED, reopened).when(incident.reopen).then()
    given(incident.evolve, OPENED, CLOSED, WITHDRAWN).when(incident.reopen).then(IncidentWasWithdrawn)
    given(incident.evolve, OPENED, CLOSED, reopened).when(incident.close, close("12:00")).then(
        IncidentClosed(incident="INC-7", ended_at=at("12:00"))
    )


def repeat(state: incident.Incident, again: bool) -> Any:
    return incident.repeat(state, again=again)


def test_an_incident_that_was_withdrawn_is_recorded_again_where_that_is_said() -> None:
    given(incident.evolve, OPENED, CLOSED).when(repeat, False).then()
    given(incident.evolve, OPENED, CLOSED, WITHDRAWN).when(repeat, False).then(IncidentUndone)
    restored = IncidentRestored(incident="INC-7")
    given(incident.evolve, OPENED, CLOSED, WITHDRAWN).when(repeat, True).then(restored)
    state = given(incident.evolve, OPENED, CLOSED, WITHDRAWN, restored).state
    assert (state.status, state.ended_at) == ("closed", at("11:00"))


def test_a_function_is_corrected_with_times_or_alone() -> None:
    wish = CorrectIncident(incident=NAME, function=FunctionName("agent_calls"), reason=Words("the trunk"))
    corrected = IncidentFunctionCorrected(incident="INC-7", function="agent_calls")
    given(incident.evolve, OPENED).when(incident.correct, wish, TERMS).then(corrected)
    given(incident.evolve, OPENED, corrected).when(incident.correct, wish, TERMS).then()
    both = msgspec.structs.replace(wish, started_at=when("10:05"))
    given(incident.evolve, OPENED).when(incident.correct, both, TERMS).then(
        IncidentCorrected(incident="INC-7", started_at=at("10:05")), corrected
    )
    assert given(incident.evolve, OPENED, corrected).state.function == "agent_calls"


def test_a_correction_by_a_measurement_says_how_far_off_it_may_be() -> None:
    wish = msgspec.structs.replace(correct(ended_at="11:30"), uncertainty_seconds=Seconds(60_000_000))
    corrected = IncidentCorrectedWithin(incident="INC-7", ended_at=at("11:30"), uncertainty_us=60_000_000)
    given(incident.evolve, OPENED, CLOSED).when(incident.correct, wish, TERMS).then(corrected)
    state = given(incident.evolve, OPENED, CLOSED, corrected).state
    assert (state.ended_at, state.ended_within_us, state.started_within_us) == (at("11:30"), 60_000_000, None)
