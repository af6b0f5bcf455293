"""Who recorded what, on pages: whether a name is only claimed, and which limit held, set by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cli.pages import labels
from domain.case import Fact
from domain.decision_record import head
from domain.events import ClaimDecided, Event, VoucherIssued
from domain.terms.versions import Terms
from domain.text import Said, said
from ledger.log.reader import Reader
from ledger.queries.controls_held import LimitHeld, held_at


class Recorders(NamedTuple):
    """What is known of those who recorded: `through` has the login by position, where it is not the actor itself."""

    are_claimed: bool
    through: dict[int, str]

    def by(self, fact: Fact) -> str | Said:
        """The actor of an event, with the login behind a name that a server let it use."""
        return named(fact.actor, self.through.get(fact.position))

    @property
    def note(self) -> Said | None:
        """What a reader must know of the names; None where a server held each to its login."""
        return claimed() if self.are_claimed else None


def recorders(log: Reader, facts: Iterable[Fact]) -> Recorders:
    """What the store knows of those who recorded these facts."""
    return Recorders(log.logins().login is None, log.recorded_through([fact.position for fact in facts]))


def named(actor: str, login: str | None) -> str | Said:
    """An actor, with the login through which it was claimed."""
    return actor if login is None else said("{actor} (claimed through {login})", actor=actor, login=login)


def claimed() -> Said:
    """The sentence where nothing holds an actor to a login."""
    return said("Names of actors are claimed by whoever wrote to the ledger; nothing proves them.")


class LimitLine(NamedTuple):
    """An act, and the limit that held for it."""

    position: int
    act: Said
    limit: Said


def limit_lines(known: Sequence[LimitHeld], facts: Iterable[Fact], month: str, terms: Terms) -> list[LimitLine]:
    """The limit at each decision and voucher of a month; none where the ledger never had a limit."""
    if not known:
        return []
    found = []
    for fact in facts:
        act = _act(fact.event, month)
        if act is not None:
            found.append(LimitLine(fact.position, act, limit_words(held_at(known, fact.position), terms)))
    return found


def _act(event: Event, month: str) -> Said | None:
    """A decision or a voucher of the month; None for any other event."""
    match event:
        case ClaimDecided() if event.month == month:
            return said("Decision {number}", number=head(bytes(event.decision)).number)
        case VoucherIssued() if event.month == month:
            return said("Voucher {voucher}", voucher=event.voucher)
        case _:
            return None


def limit_words(limit: LimitHeld, terms: Terms) -> Said:
    """A limit, since when it held, and who set it."""
    if limit.set_by is None:
        return said("no award needed an approval")
    fen = limit.approval_above_fen
    what = (
        said("no award needed an approval")
        if fen is None
        else said("awards above {limit} needed an approval", limit=labels.money(fen, terms.currency))
    )
    return said(
        "{what}; set by {actor}, {recorded_at} (position {position})",
        what=what,
        actor=named(limit.set_by.actor, limit.through),
        recorded_at=labels.moment(limit.set_by.recorded_at, terms.zone),
        position=limit.set_by.position,
    )
