"""A recorded act: the events that one command recorded, and the values in them as a command has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from domain.case import Case, Fact
from domain.events import Event
from domain.money import Fen
from domain.text import Said, said
from domain.time import END_OF_TIME_US, MINUTE_US, Instant, Seconds
from domain.values import Words

AHEAD_US = 5 * MINUTE_US
"""How far an instant may be ahead of the clock that it is recorded by, in microseconds."""
_MOST_FEN = 10**14
_LONGEST_US = 31 * 24 * 60 * MINUTE_US
_Event = TypeVar("_Event", bound=Event)


class Forbidden(Exception):
    """What no command records; `code` is stable."""

    def __init__(self, code: str, message: Said) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Act(NamedTuple):
    """An event, what its account's log holds behind it, and the account's case before it, with the rules known then."""

    fact: Fact
    behind: Sequence[Fact]
    case: Case

    @property
    def reason(self) -> Words:
        """The reason that was given. Raises BadValue where it is no reason."""
        return Words.parse(self.fact.reason or "")

    def at(self, instant_us: int) -> Instant:
        """An instant in the event. Raises Forbidden where no command could have given it."""
        if not 0 <= instant_us < END_OF_TIME_US:
            raise Forbidden(
                "time_out_of_range", said("{instant} is no instant of the years 1970 to 2199", instant=instant_us)
            )
        if instant_us > self.fact.recorded_at + AHEAD_US:
            raise Forbidden("in_the_future", said("an instant is later than its recording by more than 5 minutes"))
        return Instant(instant_us)

    def maybe_at(self, instant_us: int | None) -> Instant | None:
        """An instant that may be left out."""
        return None if instant_us is None else self.at(instant_us)

    def same_act(self, kind: type[_Event]) -> list[_Event]:
        """The events of a kind that follow at once, recorded by the same person at the same instant."""
        found: list[_Event] = []
        for fact in self.behind:
            if not isinstance(fact.event, kind) or not _is_one_act(self.fact, fact):
                break
            found.append(fact.event)
        return found


def _is_one_act(one: Fact, other: Fact) -> bool:
    return (one.recorded_at, one.actor, one.reason, one.key) == (
        other.recorded_at,
        other.actor,
        other.reason,
        other.key,
    )


def is_one_act(facts: Sequence[Fact]) -> bool:
    """Whether facts were recorded by the same command: by the same person at the same instant for the same reason."""
    return all(_is_one_act(facts[0], other) for other in facts[1:])


def amount(amount_fen: int) -> Fen:
    """An amount. Raises Forbidden where no command could have given it."""
    if not 0 <= amount_fen < _MOST_FEN:
        raise Forbidden("bad_amount", said("{amount} fen is no amount", amount=amount_fen))
    return Fen(amount_fen)


def maybe_amount(amount_fen: int | None) -> Fen | None:
    """An amount that may be left out."""
    return None if amount_fen is None else amount(amount_fen)


def uncertainty(event: Event) -> Seconds | None:
    """The uncertainty of an event's instants, where it has one. Raises Forbidden where none could have been given."""
    within_us = getattr(event, "uncertainty_us", None)
    if within_us is None:
        return None
    if not 0 < within_us <= _LONGEST_US:
        raise Forbidden("bad_seconds", said("{us} microseconds is no uncertainty", us=within_us))
    return Seconds(within_us)
