"""What a source states: outages, how far its file reaches, and what was left out of it.

A source does not send commands. It states what it holds to be so now. A reader turns a file into statements, and
`reconcile` compares these with what the ledger holds of the same source; the difference becomes commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

import msgspec

from domain.refusals import Refusal
from domain.time import FOREVER, SECOND_US
from ledger.imports.source import SourceTime
from ledger.refusals import ManyFaults

MOST_FAULTS = 50
"""How many faults of a file are listed; reading stops there."""

Target = Mapping[str, object]
"""Whom an outage touches, as the fields of `incident open`: `account`, `accounts` or `all_accounts`."""


class SourceFile(msgspec.Struct, frozen=True):
    """A file as it was named, and its lines with their ends, read once."""

    name: str
    lines: Iterable[bytes]


class ExcludedSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A span that the source itself names as excluded (clause 2.3), in microseconds; None is the outage's own bound.

    `announced_from` and `announced_to` are the announced window of maintenance (R23): both or neither.
    """

    clause: str
    reason: str
    place: str
    from_at: int | None = None
    to_at: int | None = None
    notified_at: int | None = None
    announced_from: int | None = None
    announced_to: int | None = None


Told = Literal["fired", "ended", "inferred"]
"""What a file says of a start: that it went on in it, that it ended, or only that another one ended later."""


class OutageStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A function's outage as the source tells it now.

    `key` is the source's own identity of what was out (a fingerprint, a series, an incident and its component);
    `incident` is the id that the ledger gives an outage that is new to it. `scope` names the page or query that tells
    of it. Instants are in microseconds. Without an `end` it goes on; `seen_until` is then the last instant at which
    the source looked, where it does not state the present. `start_known=False` says that it began at or before
    `start`: the file begins in the middle of it. `uncertainty_us` is how far off start and end may be.
    """

    key: str
    incident: str
    name: str
    scope: str
    function: str
    target: Target
    start: SourceTime
    end: SourceTime | None
    place: str
    start_known: bool = True
    seen_until: int | None = None
    uncertainty_us: int | None = None
    exclusions: tuple[ExcludedSpan, ...] = ()
    said_at: int | None = None
    end_inferred: bool = False
    """Whether the end is concluded from another word of the source."""
    end_told: bool = True
    """Whether the files tell its end, or that it goes on. Otherwise it is over, and the ledger may hold its end."""
    starts: Mapping[int, Told] = {}
    """Where reports of several starts were put together: each start, and what was told of it."""
    states_all: bool = False
    """Whether the file states all that is out of its key now, and not one report of several."""
    parent: str = ""
    """The key of the outage that it was merged into: both end together, and it does not end before `merged_at`."""
    parent_told: bool = True
    """Whether `end` is that of both. Otherwise no file tells of the parent, and the ledger may hold it."""
    merged_at: SourceTime | None = None


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """What a file would contain if it were so: an outage that it covers and does not state has vanished.

    `since` to `until`: every outage of the scope whose span lies in there. `open_only`: outages that are still open,
    and no others. `keys`: for each key that is named there, every outage from its first to its second instant; with
    it, `since` and `until` do not count. A partial or filtered file has no extent at all. `planned` outages are
    maintenances.
    """

    scope: str
    since: int = 0
    until: int = FOREVER
    open_only: bool = False
    planned: bool = False
    keys: Mapping[str, tuple[int, int]] | None = None

    @property
    def lists_all(self) -> bool:
        """Whether every outage from `since` on, that was not planned, is in the file."""
        return not self.open_only and not self.planned and self.keys is None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How the source behaves.

    `one_a_key`: all outages of one key are one thing whose times the source may edit, so that statements and outages
    of a key that do not overlap are matched in order of time. Otherwise a key has many outages, known by overlap.
    `grows`: two reports of an outage that overlap or touch are one outage from the earlier start to the later end
    (an Alertmanager's replicas). Instants that differ by no more than `resolution_us` are the same.
    """

    one_a_key: bool
    grows: bool = False
    resolution_us: int = SECOND_US


class LeftOut(msgspec.Struct, frozen=True):
    """What a file tells and the import did not take, by the source's key, and why."""

    key: str
    why: str

    def is_about(self, key: str) -> bool:
        """Whether it is what has this key, one outage of that, or all that the source's id names."""
        return key in (self.key, self.key.rpartition("@")[0]) or key.startswith(f"{self.key}:")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """All that the files of one source say.

    `said_at` is when the source said so, in microseconds, by its own clock: None where the format does not tell.
    `ends` are the ends of a growing source's keys in order of receipt, each later than all before it. `begins_up` are
    keys that are up where the files begin: a statement without length, which ends what was open until then.
    What tells of an outage that the ledger holds by an id of `skip_incidents` is left out.
    """

    source: str
    policy: Policy
    statements: tuple[OutageStatement, ...]
    ends: Mapping[str, tuple[int, ...]] = {}
    begins_up: tuple[OutageStatement, ...] = ()
    skip_incidents: frozenset[str] = frozenset()
    extents: tuple[Extent, ...] = ()
    said_at: int | None = None
    scope: str = ""
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


class Faults:
    """Collects the refusals of a file, so that all of them are told at once.

    faults = Faults()
    for node in nodes:
        with faults.gathering():
            statements.append(read(node))
    faults.check()
    """

    def __init__(self) -> None:
        self._found: list[Refusal] = []
        self._told: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._found)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Keep a refusal that is raised inside, and go on behind the block. Raises ManyFaults at `MOST_FAULTS`."""
        try:
            yield
        except ManyFaults:
            raise
        except Refusal as refusal:
            self.add(refusal)

    def add(self, refusal: Refusal) -> None:
        """One more fault, unless the same was told of the same place. Raises ManyFaults at `MOST_FAULTS`."""
        told = refusal.code, refusal.message
        if told in self._told:
            return
        self._told.add(told)
        self._found.append(refusal)
        if len(self._found) >= MOST_FAULTS:
            self.check()

    def check(self) -> None:
        """Raises the only fault as it is, several as ManyFaults, nothing where there is none."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise ManyFaults(self._found)
