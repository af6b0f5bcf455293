"""A recorded act: the events that one command recorded, and the values in them as a command has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from domain.account import Account
from domain.bill import Bill
from domain.case import Case, Fact
from domain.claim import Claim
from domain.events import Event, Evidence
from domain.incident import Incident
from domain.money import Fen
from domain.text import Said, said
from domain.time import CLOCK_TOLERANCE_US, END_OF_TIME_US, LONGEST_UNCERTAINTY_US, Instant, Seconds
from domain.values import EvidenceField, Hash, Words
from domain.voucher import Voucher

_MOST_FEN = 10**14
_Event = TypeVar("_Event", bound=Event)


class Forbidden(Exception):
    """What no command records; `code` is stable."""

    def __init__(self, code: str, message: Said) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Act(NamedTuple):
    """An event at its place in its account's log, and the account's case before it, with the rules known then."""

    facts: Sequence[Fact]
    place: int
    case: Case

    @property
    def fact(self) -> Fact:
        """The event with which the act begins."""
        return self.facts[self.place]

    def parts(self, count: int) -> Sequence[Fact]:
        """The event and those behind it, as many as there are of `count`."""
        return self.facts[self.place : self.place + count]

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
        if instant_us > self.fact.recorded_at + CLOCK_TOLERANCE_US:
            raise Forbidden("in_the_future", said("an instant is later than its recording by more than 5 minutes"))
        return Instant(instant_us)

    def maybe_at(self, instant_us: int | None) -> Instant | None:
        """An instant that may be left out."""
        return None if instant_us is None else self.at(instant_us)

    def same_act(self, kind: type[_Event]) -> list[_Event]:
        """The events of a kind that follow at once, recorded by the same command."""
        found: list[_Event] = []
        for place in range(self.place + 1, len(self.facts)):
            fact = self.facts[place]
            if not isinstance(fact.event, kind) or not is_one_act([self.fact, fact]):
                break
            found.append(fact.event)
        return found

    def account(self) -> Account:
        """The account. Raises Forbidden where it is not enrolled."""
        if self.case.account is None:
            raise Forbidden("unknown_account", said("the account is not enrolled"))
        return self.case.account

    def incident(self, name: str) -> Incident:
        """An incident. Raises Forbidden where it was never opened."""
        found = self.case.incidents.get(name)
        if found is None:
            raise Forbidden("unknown_incident", said("incident {incident} was never opened", incident=name))
        return found

    def bill(self, name: str) -> Bill:
        """A bill. Raises Forbidden where it was never recorded."""
        found = self.case.bills.get(name)
        if found is None:
            raise Forbidden("unknown_bill", said("bill {bill} was never recorded", bill=name))
        return found

    def claim(self, month: str) -> Claim:
        """The claim for a month. Raises Forbidden where none was filed."""
        found = self.case.claims.get(month)
        if found is None:
            raise Forbidden("unknown_claim", said("no claim for {month} was filed", month=month))
        return found

    def voucher(self, name: str) -> Voucher:
        """A voucher. Raises Forbidden where it was never issued."""
        found = self.case.vouchers.get(name)
        if found is None:
            raise Forbidden("unknown_voucher", said("voucher {voucher} was never issued", voucher=name))
        return found


def is_one_act(facts: Sequence[Fact]) -> bool:
    """Whether facts were recorded by the same command: by the same person at the same instant for the same reason."""
    return len({(fact.recorded_at, fact.actor, fact.reason, fact.key) for fact in facts}) == 1


def amount(amount_fen: int) -> Fen:
    """An amount. Raises Forbidden where no command could have given it."""
    if not 0 <= amount_fen < _MOST_FEN:
        raise Forbidden("bad_amount", said("{amount} fen is no amount", amount=amount_fen))
    return Fen(amount_fen)


def maybe_amount(amount_fen: int | None) -> Fen | None:
    """An amount that may be left out."""
    return None if amount_fen is None else amount(amount_fen)


def evidence_field(piece: Evidence) -> EvidenceField:
    """A piece of evidence as a command gives it. Raises BadValue where no command could have given it."""
    uri = None if piece.uri is None else Words.parse(piece.uri)
    return EvidenceField(name=Words.parse(piece.name), sha256=Hash.parse(piece.sha256), uri=uri)


def uncertainty(event: Event) -> Seconds | None:
    """The uncertainty of an event's instants, where it has one. Raises Forbidden where none could have been given."""
    within_us = getattr(event, "uncertainty_us", None)
    if within_us is None:
        return None
    if not 0 < within_us <= LONGEST_UNCERTAINTY_US:
        raise Forbidden("bad_seconds", said("{us} microseconds is no uncertainty", us=within_us))
    return Seconds(within_us)
