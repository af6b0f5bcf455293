"""What PagerDuty's answers and events say of an incident: one word a row or event, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from domain.text import said
from domain.time import SECOND_US
from ledger.imports.json_texts import documents
from ledger.imports.outages import source_id
from ledger.imports.skips import Skips
from ledger.imports.source import Node, Number, SourceTime, recordable
from ledger.imports.statements import Faults, SourceFile
from ledger.refusals.imports.pagerduty import (
    CsvGiven,
    IncompleteList,
    NotPagerduty,
    PagerdutyEndToldOtherwise,
    PagerdutyStartToldOtherwise,
    UnknownEventType,
    UnknownIncidentStatus,
    UnknownResolveReason,
    UnknownUrgency,
    UnreadablePaging,
)

SOURCE = "pagerduty"
STATUSES = frozenset({"triggered", "acknowledged", "resolved"})
URGENCIES = frozenset({"high", "low"})
RESOLVED, REOPENED = "incident.resolved", "incident.reopened"
_DIGITS = 9
TELLING = frozenset(
    f"incident.{what}"
    for what in [
        "triggered",
        "acknowledged",
        "unacknowledged",
        "delegated",
        "escalated",
        "reassigned",
        "priority_updated",
        "service_updated",
        "resolved",
        "reopened",
    ]
)
"""Events that carry the incident itself."""
SILENT = frozenset({"pagey.ping", "service.created", "service.updated", "service.deleted"}) | frozenset(
    f"incident.{what}"
    for what in [
        "annotated",
        "responder.added",
        "responder.replied",
        "status_update_published",
        "conference_bridge.updated",
        "custom_field_values.updated",
        "incident_type.changed",
        "workflow.started",
        "workflow.completed",
        "role.assigned",
        "role.unassigned",
        "action_invocation.created",
        "action_invocation.updated",
        "action_invocation.terminated",
    ]
)
"""Events that say nothing of when anything was down."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """What a row or an event says of an incident. `changed`: when its status became this one, as far as it tells.

    `service` are the names that a mapping may use. An event about something else tells the status by the way; where
    that is "resolved", it has no `end`.
    `told` orders what else was changed, such as the service; `rank` the changes of one instant.
    """

    node: Node
    id: str
    service: tuple[str, str]
    start: SourceTime
    over: bool
    end: SourceTime | None
    changed: SourceTime
    told: int
    rank: int
    row: bool
    urgency: str | None
    priority: tuple[str, ...]
    parent: str | None

    @property
    def name(self) -> str:
        return said("incident {id} of service {service}", id=self.id, service=self.service[1] or self.service[0])


class PagedIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident by all that was said of it: `word` is the latest on what it is, the rest on how it stands.

    `services` are those that it was of, the last one being the present. `said_at`: when the source last said something
    of it. `end_told=False`: it is over, and no word says since when.
    """

    word: Word
    end: SourceTime | None
    end_told: bool
    parent: str | None
    said_at: int
    services: tuple[tuple[str, str], ...]


class IncidentPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an answer: the ids of its incidents, and `offset`, `limit` and `total` where it tells them."""

    place: str
    ids: frozenset[object]
    offset: int | None
    limit: int | None
    total: int | None
    more: bool

    @property
    def is_all(self) -> bool:
        """Whether it is the only page of its answer."""
        return not self.offset and not self.more


class Found(msgspec.Struct, kw_only=True):
    """The words of all files, by incident and in order of receipt; the pages; how many events tell nothing.

    `ids` are those of all incidents that are named and not skipped, of which some may have no word that can be read.
    """

    words: dict[str, list[Word]]
    pages: list[IncidentPage]
    ids: set[str] = msgspec.field(default_factory=set)
    skipped: set[str] = msgspec.field(default_factory=set)
    silent: int = 0

    def add(self, word: Word) -> None:
        """One more word on an incident."""
        self.words.setdefault(word.id, []).append(word)


def names(id_: str) -> tuple[str, str]:
    """What PagerDuty calls an incident, and what the ledger does."""
    return id_, source_id(SOURCE, id_)


def read_words(files: Sequence[SourceFile], skips: Skips, faults: Faults) -> Found:
    """All that the files say. `faults` gets what cannot be read, and pages that are missing."""
    found = Found(words={}, pages=[])
    for file in files:
        with faults.gathering():
            for root in documents(_no_csv(file), file.name):
                with faults.gathering():
                    _document(root, skips, found, faults)
    with faults.gathering():
        _check_complete(found.pages)
    return found


def incidents(words: Iterable[Sequence[Word]], faults: Faults) -> dict[str, PagedIncident]:
    """What the words on each incident come to."""
    found = {}
    for said_of_one in words:
        with faults.gathering():
            incident = _incident(said_of_one)
            found[incident.word.id] = incident
    return found


def _no_csv(file: SourceFile) -> Iterator[bytes]:
    """The lines of a file. Raises Unreadable `csv_given`."""
    begun = False
    for line in file.lines:
        begin = line.removeprefix(b"\xef\xbb\xbf").lstrip()
        if begin and not begun:
            begun = True
            if begin[:1] not in (b"{", b"[") and b"," in begin:
                raise CsvGiven(place=f"{file.name}:1")
        yield line


def _document(root: Node, skips: Skips, found: Found, faults: Faults) -> None:
    """An answer, an event, or a list of such."""
    if isinstance(root.value, list):
        for index, value in enumerate(root.value):
            with faults.gathering():
                _one(Node(root.file, f"{root.path}[{index}]", value), skips, found, faults)
    else:
        _one(root, skips, found, faults)


def _one(root: Node, skips: Skips, found: Found, faults: Faults) -> None:
    if isinstance(root.fields().get("incidents"), list):
        with faults.gathering():
            found.pages.append(_page(root))
        for node in root.items("incidents"):
            with faults.gathering():
                id_ = node.text("id")
                if skips.has(*names(id_)):
                    found.skipped.add(id_)
                else:
                    found.ids.add(id_)
                    found.add(_row(node))
        return
    event = root.at("event")
    if event.value is None:
        raise NotPagerduty(place=root.place)
    _event(event, skips, found)


def _page(root: Node) -> IncidentPage:
    more = root.at("more")
    if more.value not in (None, True, False):
        raise UnreadablePaging(place=more.place)
    rows = [node.value for node in root.items("incidents")]
    return IncidentPage(
        place=root.place,
        ids=frozenset(id_ for row in rows if isinstance(row, dict) and isinstance(id_ := row.get("id"), str)),
        offset=_whole(root.at("offset")),
        limit=_whole(root.at("limit")),
        total=_whole(root.at("total")),
        more=bool(more.value),
    )


def _whole(node: Node) -> int | None:
    if node.value is None:
        return None
    if not isinstance(node.value, Number) or not node.value.isdigit() or len(node.value) > _DIGITS:
        raise UnreadablePaging(place=node.place)
    return int(node.value)


def _check_complete(pages: Sequence[IncidentPage]) -> None:
    """Raises Unreadable `incomplete` where a page says that there are more incidents, and they are not here."""
    offsets = {page.offset for page in pages}
    if pages and None not in offsets and 0 not in offsets:
        raise IncompleteList(
            place=pages[0].place, missing=said("the pages begin at offset {n}", n=min(filter(None, offsets)))
        )
    for number, page in enumerate(pages):
        if not page.more:
            continue
        if page.offset is None or not page.limit:
            if number + 1 == len(pages):
                raise IncompleteList(place=page.place, missing=said("`more` is true, and no page follows"))
            if again := page.ids & pages[number + 1].ids:
                missing = said(
                    "`more` is true, and what follows is not the next page: incident {id} stands in both",
                    id=min(map(str, again)),
                )
                raise IncompleteList(place=page.place, missing=missing)
        elif page.offset + page.limit not in offsets:
            missing = said(
                "the page at offset {offset} (limit {limit}) is missing",
                offset=page.offset + page.limit,
                limit=page.limit,
            )
            raise IncompleteList(place=page.place, missing=missing)
    listed = frozenset[object]().union(*(page.ids for page in pages))
    for page in pages:
        n = len(page.ids if page.is_all else listed)
        if page.total is not None and page.total > n:
            missing = said("there are {n} of {total} incidents", n=n, total=page.total)
            raise IncompleteList(place=page.place, missing=missing)


def _row(node: Node) -> Word:
    """An incident of the REST API."""
    over = node.choice("status", STATUSES, UnknownIncidentStatus) == "resolved"
    end = recordable(node.moment("resolved_at", "last_status_change_at")) if over else None
    start = recordable(node.moment("created_at"))
    times = [node.moment(key) for key in ("last_status_change_at", "updated_at") if node.at(key).value is not None]
    changed = times[0] if node.at("last_status_change_at").value is not None else end or start
    return _word(
        node, start, over, end, changed, max((changed.us, *(time.us for time in times))), rank=int(over), row=True
    )


def _event(event: Node, skips: Skips, found: Found) -> None:
    """The word of a webhook's event; those that tell nothing are counted, those to be left out are not."""
    kind = event.text("event_type")
    if skips.has(kind):
        return
    if kind in SILENT:
        found.silent += 1
        return
    kind = event.choice("event_type", TELLING, UnknownEventType)
    data = event.at("data")
    id_ = data.text("id")
    if skips.has(*names(id_)):
        found.skipped.add(id_)
        return
    found.ids.add(id_)
    changed = recordable(event.moment("occurred_at"))
    over = data.choice("status", STATUSES, UnknownIncidentStatus) == "resolved" or kind == RESOLVED
    end = changed if kind == RESOLVED else None
    rank = 2 if kind == REOPENED else int(over)
    if kind == REOPENED:
        over = False
    start = recordable(data.moment("created_at"))
    found.add(_word(data, start, over, end, changed, changed.us, rank=rank))


def _word(
    node: Node,
    start: SourceTime,
    over: bool,
    end: SourceTime | None,
    changed: SourceTime,
    told: int,
    *,
    rank: int,
    row: bool = False,
) -> Word:
    service = node.at("service")
    urgency = None if node.at("urgency").value is None else node.choice("urgency", URGENCIES, UnknownUrgency)
    return Word(
        node=node,
        id=node.text("id"),
        service=(service.text("id"), _optional(service, "summary")),
        start=start,
        over=over,
        end=end,
        changed=changed,
        told=told,
        rank=rank,
        row=row,
        urgency=urgency,
        priority=_priority(node.at("priority")),
        parent=_parent(node) if over else None,
    )


def _optional(node: Node, key: str) -> str:
    return "" if node.at(key).value in (None, "") else node.text(key)


def _priority(node: Node) -> tuple[str, ...]:
    """The names of a priority, the one that people use first; empty where there is none."""
    if node.value is None:
        return ()
    return tuple(name for key in ("summary", "name", "id") if (name := _optional(node, key)))


def _parent(node: Node) -> str | None:
    """The incident into which this one was merged. Raises Unreadable for another reason, or none that is told."""
    reason = node.at("resolve_reason")
    if reason.value is None:
        return None
    reason.choice("type", {"merge_resolve_reason"}, UnknownResolveReason)
    return reason.at("incident").text("id")


def _incident(words: Sequence[Word]) -> PagedIncident:
    """What the words on one incident come to. Raises Unreadable `contradiction`."""
    _check_agree(words)
    latest = max(words, key=lambda word: word.told)
    in_order = sorted(words, key=lambda word: (word.changed.us, word.rank))
    closing: list[Word] = []
    for word in in_order:
        closing = [*closing, word] if word.over else []
    ends = [word.end for word in closing if word.end is not None]
    return PagedIncident(
        word=latest,
        end=ends[-1] if ends else None,
        end_told=bool(ends) or not closing,
        parent=next((word.parent for word in reversed(closing) if word.parent), None),
        said_at=latest.told,
        services=tuple(dict.fromkeys(word.service for word in sorted(words, key=lambda word: word.told))),
    )


def _check_agree(words: Sequence[Word]) -> None:
    """Two words of the same instant must say the same. Raises Unreadable `contradiction`."""
    rows: dict[int, Word] = {}
    told: dict[int, Word] = {}
    for word in words:
        row = rows.setdefault(word.changed.us, word) if word.row else word
        if (row.over, row.end and row.end.us) != (word.over, word.end and word.end.us):
            raise PagerdutyEndToldOtherwise(place=word.node.place, name=word.name, earlier=row.node.place)
        known = told.setdefault(word.told, word)
        if known.service[0] != word.service[0] or abs(known.start.us - word.start.us) >= SECOND_US:
            raise PagerdutyStartToldOtherwise(place=word.node.place, name=word.name, earlier=known.node.place)
