"""Outages from a status page: the v2 JSON of incidents and scheduled maintenances, a summary with both, the v1 list.

The page says per update which component went from which status to which; an outage of a component lasts
from the first update that takes it down to the one that no longer does. Down are `partial_outage`,
`major_outage` and `under_maintenance`. `degraded_performance` is not: the agreement (clause 1) speaks of
agents that *cannot* sign in and of calls that are *not* routed, and slow is not "cannot". Words that are not
known here are refused wherever they stand: a status that nobody understood must not count as green.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.text import said
from ledger.imports.outages import BY_HAND, check_functions, target
from ledger.imports.skips import Skips
from ledger.imports.source import checked_id, recordable
from ledger.imports.statements import (
    ExcludedSpan,
    Faults,
    LeftOut,
    OutageStatement,
    Policy,
    Reading,
    SourceFile,
    Target,
)
from ledger.imports.statuspage.courses import courses, not_begun
from ledger.imports.statuspage.files import read_files
from ledger.imports.statuspage.mapping import StatuspageOptions, left_out_of, mapping_of, skipped_ids, unmapped_notes
from ledger.imports.statuspage.pages import PageFile, extents, later_words, scope_of
from ledger.imports.statuspage.pieces import ComponentCourse, Piece
from ledger.refusals.imports.shared import ToldEndBeforeStart
from ledger.refusals.imports.statuspage import WindowEndsBeforeStart

SOURCE = "statuspage"
POLICY = Policy(one_a_key=True)


def read_statuspage(files: Sequence[SourceFile], asked: StatuspageOptions) -> Reading:
    """What the files of one page state of the mapped components.

    Components that are not mapped are left out. A maintenance that was announced before it began carries the
    exclusion of clause 2.3(5). Raises Unreadable, or ManyFaults.
    """
    name = files[0].name if files else ""
    whom = target(name, asked.accounts, asked.all_accounts)
    check_functions(name, asked.functions.values())
    faults, skips, notes = Faults(), Skips(asked.skip), list[str]()
    pages = read_files(files, skips, faults)
    events = later_words(pages, faults, notes)
    mapped, misses = mapping_of(pages, events, asked.functions, faults)
    told = courses(events, mapped, faults)
    made = _PageStatements(pages, mapped, whom, skips, faults)
    for course in told:
        made.take(course)
    faults.check()
    skipped = [LeftOut(id_, said("skipped as asked")) for id_ in skipped_ids(pages)]
    notes += [note for course in told for note in course.notes]
    notes += [*not_begun(events), *made.notes, *unmapped_notes(events, mapped, misses), *_reach(pages)]
    return Reading(
        source=SOURCE,
        policy=POLICY,
        statements=tuple(sorted(made.statements, key=lambda one: (one.start.us, one.incident))),
        extents=tuple(extents(pages)),
        said_at=max((page.said_at for page in pages if page.said_at is not None), default=None),
        scope=made.page,
        left_out=(*skipped, *made.left_out, *left_out_of(events, mapped)),
        notes=(*notes, *skips.notes()),
    )


class _PageStatements:
    """Makes statements of what components did; `faults` gets what cannot be one."""

    def __init__(
        self, pages: Sequence[PageFile], mapped: Mapping[str, str], whom: Target, skips: Skips, faults: Faults
    ) -> None:
        self.page = next((page.page for page in pages if page.page), "")
        self.statements: list[OutageStatement] = []
        self.left_out: list[LeftOut] = []
        self.notes: list[str] = []
        self._mapped = mapped
        self._whom = whom
        self._skips = skips
        self._faults = faults

    def take(self, course: ComponentCourse) -> None:
        """The outages of one component in one event, numbered from 1."""
        key = f"{course.event.id}:{course.code}"
        if course.pieces and self._skips.has(key):
            self.left_out.append(LeftOut(key, said("skipped as asked")))
            return
        number = 0
        for piece in course.pieces:
            with self._faults.gathering():
                if self._lasts(course, key, piece):
                    number += 1
                    self._state(course, key, piece, number)

    def _lasts(self, course: ComponentCourse, key: str, piece: Piece) -> bool:
        """Whether an outage has a length. Raises Unreadable `ends_before_start`."""
        start, end = piece.start, piece.end
        if end is not None and end.us < start.us:
            raise ToldEndBeforeStart(place=end.place, end=end.text, start=start.text, advice=BY_HAND)
        if end is not None and end.us == start.us:
            self.left_out.append(LeftOut(key, said("the outage at {at} has no length", at=start.text)))
            return False
        return True

    def _state(self, course: ComponentCourse, key: str, piece: Piece, number: int) -> None:
        """One outage. A skipped one keeps its number."""
        event = course.event
        incident = key if number == 1 else f"{key}:{number}"
        if self._skips.has_episode(piece.start, event.id, key, incident) or (number > 1 and self._skips.has(incident)):
            self.left_out.append(LeftOut(key, said("the outage at {at} is skipped as asked", at=piece.start.text)))
            return
        statement = OutageStatement(
            key=key,
            incident=checked_id(incident, piece.start.place),
            name=course.who,
            scope=scope_of(self.page, planned=event.planned),
            function=self._mapped[course.code],
            target=self._whom,
            start=piece.start,
            end=piece.end,
            place=piece.start.place,
            exclusions=self._exclusion(course, piece) if event.planned else (),
            said_at=event.updated_at if event.said_at is None else event.said_at,
        )
        self.statements.append(statement)

    def _exclusion(self, course: ComponentCourse, piece: Piece) -> tuple[ExcludedSpan, ...]:
        """Clause 2.3(5): maintenance that was announced before it began, as far as its announced window goes (R23)."""
        node = course.event.node
        notice = recordable(node.moment("created_at"))
        window = None
        if node.at("scheduled_for").value is not None and node.at("scheduled_until").value is not None:
            window = recordable(node.moment("scheduled_for")), recordable(node.moment("scheduled_until"))
            if window[1].us <= window[0].us:
                raise WindowEndsBeforeStart(place=window[1].place, start=window[0].text, end=window[1].text)
        latest = piece.start if window is None or window[0].us < piece.start.us else window[0]
        if notice.us >= latest.us:
            self.notes.append(
                said(
                    "{who}: announced at {at}, not before it began: not excluded",
                    who=course.who,
                    at=notice.text,
                )
            )
            return ()
        excluded = ExcludedSpan(
            clause="2.3(5)",
            reason=f"announced maintenance {course.event.id}",
            place=notice.place,
            notified_at=notice.us,
            announced_from=None if window is None else window[0].us,
            announced_to=None if window is None else window[1].us,
        )
        if window is None:
            self.notes.append(said("{who}: no announced window is given; all of it is excluded", who=course.who))
        else:
            self._note_outside(course, piece, (window[0].text, window[0].us), (window[1].text, window[1].us))
        return (excluded,)

    def _note_outside(
        self, course: ComponentCourse, piece: Piece, since: tuple[str, int], until: tuple[str, int]
    ) -> None:
        """What lies outside of the announced window was not announced."""
        if piece.start.us < since[1]:
            self.notes.append(
                said(
                    "{who}: announced from {announced}, began at {begun}; what lies before the announced window is "
                    "not excluded (R23)",
                    who=course.who,
                    announced=since[0],
                    begun=piece.start.text,
                )
            )
        if piece.end is not None and piece.end.us > until[1]:
            self.notes.append(
                said(
                    "{who}: announced until {announced}, ran until {ended}; what lies after the announced window is "
                    "not excluded (R23)",
                    who=course.who,
                    announced=until[0],
                    ended=piece.end.text,
                )
            )
        if piece.end is None and course.event.said_at is not None and course.event.said_at > until[1]:
            self.notes.append(
                said("{who}: announced until {announced}, still under way", who=course.who, announced=until[0])
            )


def _reach(pages: Iterable[PageFile]) -> Iterator[str]:
    """Of which page the files are, and whether what is over is in them."""
    for page in pages:
        if not page.page:
            yield said("{file} does not name its status page: outages missing from it go unnoticed", file=page.name)
        if page.lists and not any(listed.complete or listed.paged for listed in page.lists):
            yield said(
                "{file} lists only what is unresolved: it says nothing of outages that have ended", file=page.name
            )
