"""What a status page's updates tell of a component: from when to when an incident or a maintenance had it down.

A component is down from the update that takes it down to the one that no longer does. That an update merely names a
component which something else has down is a mention, and no transition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.text import said
from ledger.imports.source import SourceTime, recordable
from ledger.imports.statements import Faults
from ledger.imports.statuspage.pages import DOWN, OVER, PageEvent, StatusChange
from ledger.imports.statuspage.pieces import FAILED, MAINTAINED, ComponentCourse, Loose, Piece, began
from ledger.imports.statuspage.settling import settle
from ledger.refusals.imports.statuspage import NotAttributable, UpdateWithoutStart

_Recoveries = Mapping[str, Sequence[SourceTime]]


def courses(events: Iterable[PageEvent], codes: Iterable[str], faults: Faults) -> list[ComponentCourse]:
    """What the events tell of the components of `codes`, one course for each event that touches one.

    `faults` gets what cannot be told without guessing.
    """
    wanted = frozenset(codes)
    begun = [event for event in events if _has_begun(event)]
    recoveries = _recoveries(begun)
    found = [course for event in begun for course in _courses(event, wanted, recoveries, faults)]
    firm = [(course, piece) for course in found for piece in course.pieces]
    for course in found:
        for loose in course.loose:
            with faults.gathering():
                settle(course, loose, firm)
        course.pieces.sort(key=lambda piece: piece.start.at)
        course.notes += _never_down(course)
    return found


def not_begun(events: Iterable[PageEvent]) -> Iterator[str]:
    """Maintenances of which nothing is recorded yet, or ever."""
    for event in events:
        if event.planned and event.status == "scheduled":
            yield said("maintenance {label} has not begun: nothing recorded", label=event.label)
        elif not _has_begun(event):
            yield said("maintenance {label} was completed without having begun: nothing recorded", label=event.label)


def _has_begun(event: PageEvent) -> bool:
    if not event.planned:
        return True
    return event.status != "scheduled" and (
        event.status != "completed" or began(event) is not None or bool(event.named)
    )


def _recoveries(events: Iterable[PageEvent]) -> _Recoveries:
    """When updates of any event bring each component back, in order of time."""
    found: dict[str, list[SourceTime]] = {}
    for event in events:
        for step in event.steps:
            for change in step.changes:
                if change.old in DOWN and change.new not in DOWN:
                    found.setdefault(change.code, []).append(step.moment)
    return {code: sorted(moments, key=lambda moment: moment.at) for code, moments in found.items()}


def _courses(
    event: PageEvent, codes: frozenset[str], recoveries: _Recoveries, faults: Faults
) -> Iterator[ComponentCourse]:
    with faults.gathering():
        _check_attributed(event, codes)
        for code in sorted(codes & event.touched.keys()):
            with faults.gathering():
                yield _course(event, code, recoveries.get(code, ()))


def _check_attributed(event: PageEvent, codes: frozenset[str]) -> None:
    """An incident must say by its updates what a mapped component did; a maintenance by its list at least."""
    silent = sorted(event.components[code] for code in codes & (event.components.keys() - event.named.keys()))
    if not event.touched:
        message = said("no update names a component, so nobody can tell what was down")
    elif silent and not event.planned:
        message = said("it lists {silent}, but no update says when that was down", silent=", ".join(silent))
    else:
        return
    raise NotAttributable(place=event.node.place, id=event.id, name=event.name, what=message)


def _course(event: PageEvent, code: str, recoveries: Sequence[SourceTime]) -> ComponentCourse:
    """When the event had the component down; a maintenance whose updates do not name it: all the while.

    Where an update finds it up that was down, another event's update brought it back (one of `recoveries`).
    """
    course = ComponentCourse(event=event, code=code, pieces=[], loose=[], notes=[])
    if code not in event.named:
        if (start := began(event)) is None:
            raise UpdateWithoutStart(place=event.node.place, id=event.id)
        course.pieces.append(Piece(start, _over(event)))
        return course
    down: SourceTime | None = None
    first = True
    for moment, change in _changes(event, code):
        if down is not None and change.old not in DOWN and (back := _brought_back(event, down, moment, recoveries)):
            course.pieces.append(Piece(down, back))
            down = None
        if down is None and not event.planned and change.old == MAINTAINED and change.new not in FAILED:
            course.notes.append(
                said(
                    "{who} was under maintenance when this incident named it, at {text}: no outage of this incident",
                    who=course.who,
                    text=moment.text,
                )
            )
        elif down is None:
            if change.old in FAILED or (event.planned and change.old == MAINTAINED):
                course.loose.append(Loose(moment=moment, change=change, first=first))
            down = moment if change.new in DOWN else None
        elif change.new not in DOWN:
            course.pieces.append(Piece(down, moment))
            down = None
        first = False
    if down is not None:
        end = _over(event)
        course.pieces.append(Piece(down, end))
        course.notes += _never_back(course, end)
    return course


def _brought_back(
    event: PageEvent, down: SourceTime, found_up: SourceTime, recoveries: Iterable[SourceTime]
) -> SourceTime | None:
    """When another event's update brought a component back; None where the event itself was over in between."""
    if any(step.status in OVER and down.at < step.moment.at < found_up.at for step in event.steps):
        return None
    return next((one for one in recoveries if down.at < one.at < found_up.at), None)


def _changes(event: PageEvent, code: str) -> Iterator[tuple[SourceTime, StatusChange]]:
    """What the updates say of one component; that an announcement repeats its status is no transition."""
    for step in event.steps:
        for change in step.changes:
            if change.code == code and (step.status != "scheduled" or change.old != change.new):
                yield step.moment, change


def _over(event: PageEvent) -> SourceTime | None:
    """When the event was over: an incident by `resolved_at`, a maintenance by its last `completed` update."""
    if event.status not in OVER:
        return None
    closing = [step.moment for step in event.steps if step.status in ("resolved", "completed")]
    if closing and (event.planned or event.node.at("resolved_at").value is None):
        return closing[-1]
    return recordable(event.node.moment("resolved_at"))


def _never_back(course: ComponentCourse, end: SourceTime | None) -> Iterator[str]:
    """No update tells when the component came back; where the event is over, that is taken for it."""
    if end is not None:
        yield said(
            "{who}: no update says when it recovered; its outage ends when this was resolved, at {text}",
            who=course.who,
            text=end.text,
        )


def _never_down(course: ComponentCourse) -> Iterator[str]:
    """A component of a grave incident, or of a maintenance, that no update took down."""
    event = course.event
    if course.pieces or course.notes or course.loose:
        return
    worse = {change.new for _, change in _changes(event, course.code)} - {"operational"}
    seen = ", ".join(sorted(worse)) or "operational"
    if event.planned:
        yield said(
            "{who} was named in this maintenance but never went down ({seen}): no outage", who=course.who, seen=seen
        )
    elif event.impact in ("major", "critical"):
        yield said(
            "{who} never went down ({seen}) although the impact is {impact}: no outage",
            who=course.who,
            seen=seen,
            impact=event.impact,
        )
