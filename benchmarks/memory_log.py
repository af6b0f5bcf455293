"""A log in memory for the active accounts: the ledger's own handlers carry out commands on it.

It answers their queries from states in memory instead of reading them back, which makes generating fast, and returns
the rows that a real ledger's writer would have stored. Decisions are made by the domain's own assessment on the case
in memory; their facts are hashed from the collected leaves of each account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from domain import claim as claims
from domain import commands as c
from domain import events as e
from domain.assessment import assess
from domain.calendar import COUNTRY
from domain.case import Case, Fact, SourceMark, evolve, fold
from domain.controls import Controls
from domain.decision import NO_FACTS, Facts
from domain.incident import Incident
from domain.terms.versions import Version, in_force
from ledger.application import New, Writer
from ledger.commands.execution import carry_out
from ledger.commands.parsing import content
from ledger.log import streams as layout
from ledger.log.codec import TOPIC_OF, Envelope, Row, decode, encode
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader

Leaf = tuple[int, bytes]
"""A position, and the leaf hash of the event there."""


class Beneath(NamedTuple):
    """The input of a hash: the content of a command or of a created object, or for a decision the leaves that are not
    the account's own, and the count of all."""

    said: bytes
    decision: bool = False
    facts: int = 0


class _Held:
    """An active account: its own case (without shared incidents), leaves, and the shared incidents that name it."""

    def __init__(self, rules: Case) -> None:
        self.case = Case(
            incidents={}, bills={}, claims={}, vouchers={}, versions=rules.versions, calendars=rules.calendars
        )
        self.leaves: list[Leaf] = []
        self.joined: set[str] = set()


class _Shared:
    """The shared incidents: their state, and the leaves of each one's stream."""

    def __init__(self) -> None:
        self.case = Case(incidents={}, bills={}, claims={}, vouchers={}, calendars={})
        self.leaves: dict[str, list[Leaf]] = {}

    def concerning(self, held: _Held) -> list[str]:
        """The shared incidents of all accounts, of the account's known region, and those that name it."""
        region = held.case.account.region if held.case.account is not None else None
        return [
            name
            for name, incident in self.case.incidents.items()
            if incident.scope == "all" or name in held.joined or region in incident.regions
        ]


class MemoryLog(Writer):
    """A writer for handlers that collects rows instead of writing a table.

    `rows` has the appended rows, `beneath` the inputs of their hashes by position; the reader of both empties them.
    `forget` removes accounts that are no longer active.
    """

    def __init__(self, begun: Iterable[Row]) -> None:
        rows = list(begun)
        self.actors_are_claimed = True
        self._position = rows[-1].position
        self._rules = fold(decode(row) for row in rows if row.topic in ("terms.published", "calendar.published"))
        self._rule_leaves = {row.stream: (row.position, leaf_hash(row)) for row in rows}
        self._terms = layout.terms(self._rules.versions[-1].terms.agreement)
        self._shared = _Shared()
        self.rows: list[Row] = []
        self.beneath: dict[int, Beneath] = {}
        self.forget()

    def controls(self) -> Controls:
        """The controls that hold, by the rows collected so far."""
        return Reader.controls(self)

    def skip_to(self, position: int) -> None:
        """Continue after a position: the earlier events were made elsewhere, and concern no account here."""
        self._position = position

    def forget(self) -> None:
        """Forget every account, with its ids and the versions of its streams; shared state stays."""
        self._held: dict[str, _Held] = {}
        self._versions: dict[str, int] = {}
        self._reserved: dict[str, e.IdReserved] = {}

    # Queries of handlers -------------------------------------------------------------------------------------------

    def position(self) -> int:
        return self._position

    def version(self, stream: str) -> int:
        return self._versions.get(stream, 0)

    def stream(self, stream: str) -> list[Row]:
        """Always empty: only keys are read by stream, and no simulated account uses one twice."""
        if not stream.startswith("~/key/"):
            raise NotImplementedError(f"a log in memory does not keep {stream}")
        return []

    def reservation(self, kind: str, id_: str) -> e.IdReserved | None:
        return self._reserved.get(layout.reservation(kind, id_))

    def versions(self) -> tuple[Version, ...]:
        return self._rules.versions

    def rules(self) -> Case:
        return self._rules

    def fold_streams(self, *streams: str) -> Case:
        """The owner's whole case: the caller takes the part of its stream out of it."""
        owner = layout.owner(streams[-1])
        if owner == layout.SHARED:
            return self._rules
        held = self._held.get(owner)
        return Case() if held is None else held.case

    def claim_case(self, account: str, month: str) -> Case:
        """The same: an account's claim is part of its whole case."""
        return self.fold_streams(layout.claim(account, month))

    def incident(self, id_: str) -> tuple[str, Incident] | None:
        reserved = self.reservation("incident", id_)
        if reserved is None:
            return None
        case = self._shared.case if reserved.owner == layout.SHARED else self._held[reserved.owner].case
        return layout.incident(reserved.owner, id_), case.incidents[id_]

    def case(self, account: str) -> Case:
        """The account's own case; shared incidents are left out."""
        return self.fold_streams(layout.account(account))

    # Recording -----------------------------------------------------------------------------------------------------

    def record(self, command: c.Command, actor: str, now: int) -> None:
        """Carry out a command as the ledger does, but make a decision without reading its account back."""
        match command:
            case c.DecideClaim(account=str(account), month=month, decided_at=int(at)):
                self._decide(str(account), str(month), int(at), actor, now, None)
            case c.RedecideClaim(account=account, month=month, decided_at=int(at), reason=reason):
                self._decide(str(account), str(month), int(at), actor, now, str(reason))
            case _:
                carry_out(self, command, actor, now)
                if command.key is not None:
                    self.beneath[self._position] = Beneath(content(command))

    def _decide(self, account: str, month: str, at: int, actor: str, now: int, reason: str | None) -> None:
        held = self._held[account]
        shared = self._shared.concerning(held)
        incidents = {name: self._shared.case.incidents[name] for name in shared}
        case = msgspec.structs.replace(held.case, incidents={**incidents, **held.case.incidents})
        decision = assess(case, account, month, in_force(case.versions, month), at, NO_FACTS)
        facts = self._facts(held, shared, decision.calendar.years)
        events = claims.decided(msgspec.structs.replace(decision, facts=facts))
        self.append([(layout.claim(account, month), event) for event in events], now, actor, reason, None)

    def _facts(self, held: _Held, shared: Sequence[str], years: Iterable[int]) -> Facts:
        streams = [self._terms, *(layout.calendar(COUNTRY, year) for year in years)]
        leaves = [self._rule_leaves[stream] for stream in streams]
        for name in shared:
            leaves += self._shared.leaves[name]
        leaves.sort()
        others = b"".join([leaf for _, leaf in leaves])
        self.beneath[self._position + 1] = Beneath(others, True, len(leaves) + len(held.leaves))
        leaves += held.leaves
        leaves.sort()
        hashed = hashlib.sha256(b"".join([leaf for _, leaf in leaves])).hexdigest()
        return Facts(position=self._position, count=len(leaves), sha256=hashed)

    def append(
        self,
        events: Sequence[New],
        recorded_at: int,
        actor: str,
        reason: str | None = None,
        key: str | None = None,
        source: SourceMark | None = None,
    ) -> list[int]:
        """Append events to their streams and return their positions."""
        first = self._position + 1
        for stream, event in events:
            self._position += 1
            version = self._versions[stream] = self._versions.get(stream, 0) + 1
            topic = TOPIC_OF[type(event)]
            envelope = Envelope(recorded_at=recorded_at, actor=actor, data=event, reason=reason, key=key, source=source)
            row = Row(self._position, stream, version, topic, encode(envelope))
            self.rows.append(row)
            if isinstance(event, e.IdReserved):
                self._reserved[stream] = event
                self.beneath[self._position] = Beneath(_content(event.kind, events[0][1]))
            elif not isinstance(event, e.KeyUsed):
                fact = Fact(stream, version, self._position, recorded_at, actor, reason, key, topic, event)
                self._take_in(row, fact)
        return list(range(first, self._position + 1))

    def _take_in(self, row: Row, fact: Fact) -> None:
        owner = layout.owner(row.stream)
        leaf = (row.position, leaf_hash(row))
        if owner == layout.SHARED:
            self._shared.leaves.setdefault(row.stream.removeprefix(layout.SHARED_INCIDENTS), []).append(leaf)
            evolve(self._shared.case, fact)
            return
        held = self._held.get(owner)
        if held is None:
            held = self._held[owner] = _Held(self._rules)
        held.leaves.append(leaf)
        if isinstance(fact.event, e.IncidentJoined):
            held.joined.add(fact.event.incident)
        evolve(held.case, fact)


def _content(kind: str, created: e.Event) -> bytes:
    """The input of a reservation's hash: the event that took the id, and an incident's named accounts."""
    return msgspec.json.encode((created, ()) if kind == "incident" else (created,))
