"""Checks that each incident, bill and voucher has its id reserved by the same command, and that none stands alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from domain import events as e
from domain.admissible.check import Inadmissible
from domain.case import Fact
from domain.text import said
from ledger.commands.handlers.effect import content_sha256
from ledger.log import streams


class _Begun(NamedTuple):
    """An event that begins what has an id of its own, until the reservation behind it is met."""

    fact: Fact
    owner: str
    members: list[str]

    @property
    def content_sha256(self) -> str:
        """The hash that the reservation must have."""
        event = self.fact.event
        return (
            content_sha256(event, tuple(self.members)) if isinstance(event, e.IncidentOpened) else content_sha256(event)
        )


class Reservations:
    """The state of the check, event by event, over a log or a part of it.

    In a part of a log, what belongs to something that begins before the part is put aside, until the part is joined to
    the one before it.
    """

    def __init__(self, *, is_part: bool = False) -> None:
        self._is_part = is_part
        self._begun: dict[tuple[str, str], _Begun] = {}
        self._put_aside: list[Fact] = []

    def take(self, fact: Fact) -> Iterator[Inadmissible]:
        """What is wrong with the next event; any may be given."""
        event, owner = fact.event, streams.owner(fact.stream)
        match event:
            case e.IncidentOpened():
                self._begun["incident", event.incident] = _Begun(fact, owner, [])
            case e.FeesBilled():
                self._begun["bill", event.bill] = _Begun(fact, owner, [])
            case e.VoucherIssued():
                self._begun["voucher", event.voucher] = _Begun(fact, owner, [])
            case e.IncidentJoined():
                yield from self._joined(fact, event)
            case e.IdReserved():
                yield from self._reserved(fact, event)

    def join(self, later: Reservations) -> Iterator[Inadmissible]:
        """What is wrong with the next part, as far as it belongs to what began before it."""
        for fact in later._put_aside:
            yield from self.take(fact)
        self._begun |= later._begun

    def end(self) -> Iterator[Inadmissible]:
        """What is wrong once the whole log was taken."""
        for (kind, id_), left in self._begun.items():
            message = said("{kind} {id} is not reserved with it", kind=kind, id=id_)
            yield Inadmissible.of(left.fact, "not_reserved", message)

    def _joined(self, fact: Fact, event: e.IncidentJoined) -> Iterator[Inadmissible]:
        shared = self._begun.get(("incident", event.incident))
        if shared is None and self._is_part:
            self._put_aside.append(fact)
        elif shared is None or not _is_for_several(shared.fact):
            yield Inadmissible.of(fact, "half_recorded", said("no shared incident is opened with it"))
        elif not _is_recorded_with(shared.fact, fact):
            yield Inadmissible.of(fact, "half_recorded", said("its parts were recorded apart"))
        else:
            shared.members.append(event.account)

    def _reserved(self, fact: Fact, event: e.IdReserved) -> Iterator[Inadmissible]:
        begun = self._begun.pop((event.kind, event.id), None)
        if begun is None and self._is_part:
            self._put_aside.append(fact)
        elif begun is None:
            message = said("what it reserves {id} for is not recorded with it", id=event.id)
            yield Inadmissible.of(fact, "half_recorded", message)
        elif not _is_recorded_with(begun.fact, fact):
            yield Inadmissible.of(begun.fact, "half_recorded", said("its parts were recorded apart"))
        elif (event.owner, event.content_sha256) != (begun.owner, begun.content_sha256) or fact.version != 1:
            yield Inadmissible.of(fact, "recorded_otherwise", said("{id} is reserved for something else", id=event.id))


def _is_recorded_with(one: Fact, other: Fact) -> bool:
    return (one.recorded_at, one.actor) == (other.recorded_at, other.actor)


def _is_for_several(fact: Fact) -> bool:
    return isinstance(fact.event, e.IncidentOpened) and fact.event.scope == "accounts"
