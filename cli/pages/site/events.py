"""Events in a table, each with its place in the log's pages."""

from __future__ import annotations

from collections.abc import Sequence

from cli.pages import labels, words
from cli.pages.log import LogEntry
from cli.pages.log import rows as entries
from cli.pages.recorders import recorders
from cli.pages.site import paths
from cli.pages.site.parts import Cell, PageTable, Site
from cli.pages.style import LONG, NUMBER, SHORT, PageColumn
from domain.case import Fact
from domain.text import listed, said
from ledger.log import streams
from ledger.log.reader import Reader


def events_table(site: Site, log: Reader, facts: Sequence[Fact], *, with_ids: bool = False) -> PageTable:
    """A table of events, each with its place in the log's pages; with `with_ids` the table is that place."""
    found = entries(facts, {}, site.zone, recorders(log, facts))
    w = words.case_words()
    columns = [
        PageColumn(w["position"], NUMBER),
        *(PageColumn(w["recorded"], SHORT), PageColumn(w["actor"]), PageColumn(w["topic"], SHORT)),
        *(PageColumn(w[name], LONG) for name in ("stream", "data")),
    ]
    return PageTable(
        "events",
        None if with_ids else w["event_table"],
        columns,
        [_event(entry, with_ids=with_ids) for entry in found],
        said("There is no event."),
        [f"e{entry.position}" for entry in found] if with_ids else (),
    )


def _event(entry: LogEntry, *, with_ids: bool) -> list[Cell]:
    data = [said("{field}: {value}", field=name, value=value) for name, value in entry.data]
    because = [said("because: {reason}", reason=entry.reason)] if entry.reason else []
    owner = streams.owner(entry.stream)
    return [
        Cell(str(entry.position), "" if with_ids else paths.event(entry.position)),
        Cell(entry.recorded_at),
        Cell(entry.actor),
        Cell(entry.what),
        Cell(entry.stream, paths.account(owner) if with_ids and owner != streams.SHARED else ""),
        Cell(labels.spoken(listed([*data, *because]))),
    ]
