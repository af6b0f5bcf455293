"""Through whose hands the money of claims went, account by account."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap

import msgspec

from domain.duties import Hands, OneHand, hands, one_hand
from ledger.log.logins import Logins
from ledger.log.reader import Reader


class Duties(msgspec.Struct, frozen=True, kw_only=True):
    """Decided claims with the acts that their money rests on, and where one person did what two should have."""

    claims: tuple[Hands, ...]
    findings: tuple[OneHand, ...]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What one person did alone: in how many claims, and the money of these. Each claim counts with its largest."""

    person: str
    actors: tuple[str, ...]
    claims: int
    findings: int
    amount_fen: int


def duties_of(log: Reader, first: str, end: str, *, since: int, logins: Logins) -> Duties:
    """The duties of the accounts with streams from `first` up to `end`: what has an act behind position `since`."""
    claims: list[Hands] = []
    findings: list[OneHand] = []
    position = log.position()
    for life in log.account_histories(first, end):
        for found in hands(life.case(position), life.account, life.all_facts(), logins.person):
            if found.acts[-1].position > since:
                claims.append(found)
                findings += (one for one in one_hand(found) if one.positions[-1] > since)
    return Duties(claims=tuple(claims), findings=tuple(findings))


def people(findings: Sequence[OneHand]) -> list[Person]:
    """The persons of findings, who has the most money first."""
    own: dict[str, list[OneHand]] = {}
    for one in findings:
        own.setdefault(one.person, []).append(one)
    return sorted(starmap(_person, own.items()), key=lambda person: (-person.amount_fen, person.person))


def _person(name: str, own: Sequence[OneHand]) -> Person:
    amounts: dict[tuple[str, str], int] = {}
    for one in own:
        amounts[one.account, one.month] = max(one.amount_fen, amounts.get((one.account, one.month), 0))
    return Person(
        person=name,
        actors=tuple(dict.fromkeys(actor for one in own for actor in one.actors)),
        claims=len(amounts),
        findings=len(own),
        amount_fen=sum(amounts.values()),
    )
