"""Which end has a component that was down and never told to be back."""

from __future__ import annotations

from collections.abc import Sequence

from domain.text import said
from ledger.imports.source import SourceTime, recordable
from ledger.imports.statuspage.pages import PageEvent
from ledger.imports.statuspage.pieces import MAINTAINED, ComponentCourse, Loose, Piece, began
from ledger.refusals.imports.statuspage import RecoveryWithoutStart


def settle(course: ComponentCourse, loose: Loose, firm: Sequence[tuple[ComponentCourse, Piece]]) -> None:
    """A component that was down before it was first named: another event's outage accounts for that, or the incident
    says since when. Raises Unreadable `unknown_start`.
    """
    moment, change = loose.moment, loose.change
    covered = any(_covers(other, piece, course.code, moment) for other, piece in firm)
    own = next((piece for piece in course.pieces if piece.start == moment), None)
    if covered:
        if own is not None and course.event.planned and change.old == change.new != MAINTAINED:
            course.pieces.remove(own)
            course.notes.append(
                said(
                    "{who} was already down in an incident when this maintenance named it, at {text}: no maintenance",
                    who=course.who,
                    text=moment.text,
                )
            )
        return
    if own is None and course.event.partial:
        course.notes.append(
            said(
                "{who} recovers at {text}, but this file does not list the incident that took it down: left out",
                who=course.who,
                text=moment.text,
            )
        )
        return
    since = _since(course.event, moment) if loose.first else None
    if since is not None:
        if own is not None:
            course.pieces.remove(own)
        course.pieces.append(Piece(since, moment if own is None else own.end))
        course.notes.append(
            said(
                "{who} was already down when first named, at {moment}: its outage is taken from {since}, when this "
                "began, check its start",
                who=course.who,
                moment=moment.text,
                since=since.text,
            )
        )
    elif own is None:
        raise RecoveryWithoutStart(place=moment.place, who=said("{who} was already down", who=course.who))
    else:
        course.notes.append(
            said(
                "{who} was already down when first named, at {text}: its outage is taken from there, check its start",
                who=course.who,
                text=moment.text,
            )
        )


def _covers(other: ComponentCourse, piece: Piece, code: str, moment: SourceTime) -> bool:
    return other.code == code and piece.start.at < moment.at and (piece.end is None or moment.at <= piece.end.at)


def _since(event: PageEvent, moment: SourceTime) -> SourceTime | None:
    """When an incident began by `started_at`, or a maintenance by its updates, where that is before `moment`."""
    since = began(event)
    if not event.planned and event.node.at("started_at").value is not None:
        since = recordable(event.node.moment("started_at"))
    return since if since is not None and since.at < moment.at else None
