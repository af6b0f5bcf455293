"""Random accounts that come, move and go, with incidents of regions and of everybody, told alike to both readings.

Their times crowd within minutes of each other: where an account comes or moves while an incident goes on, and where
what is left of the incident lasts about two minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import bruteforce as brute
from build import SECOND_US, exclusion

from domain.account import Account, evolve
from domain.events import AccountEnrolled, AccountMoved, AccountRestaged
from domain.incident import Incident
from domain.intervals import Span

MONTH = "2026-03"
START = brute.month_bounds(MONTH, "Asia/Shanghai")[0] + 10 * brute.DAY
REGIONS = ("cn-hangzhou", "cn-shanghai", "cn-beijing")


@dataclass(frozen=True)
class Moving:
    """An account and what happened, in seconds since the epoch; `beta` are the spans in which it is not covered."""

    where: brute.Whereabouts
    beta: tuple[Span, ...]
    outages: tuple[brute.Outage, ...]
    at: int
    readings: dict[str, object]

    def covered(self) -> list[Span]:
        """The covered seconds, as the second reading takes them."""
        edges = [self.where.enrolled, *(edge for span in self.beta for edge in span), 2**40]
        return [(since, until) for since, until in zip(edges[::2], edges[1::2], strict=True) if since < until]

    def account(self) -> Account:
        """The account as the domain knows it."""
        region, enrolled_at = self.where.region, self.where.enrolled * SECOND_US
        enrolled = AccountEnrolled(account="1001", enrolled_at=enrolled_at, stage="general", region=region)
        held = evolve(None, enrolled)
        for since, to in self.where.moves:
            held = evolve(held, AccountMoved(account="1001", region=to, moved_at=since * SECOND_US))
        for since, until in self.beta:
            for edge, stage in ((since, "public_beta"), (until, "general")):
                held = evolve(held, AccountRestaged(account="1001", changed_at=edge * SECOND_US, stage=stage))  # type: ignore[arg-type]
        return held

    def incidents(self) -> list[Incident]:
        """The outages as the domain knows them."""
        return [_incident(outage) for outage in self.outages]


def _incident(outage: brute.Outage) -> Incident:
    spans = enumerate(outage.exclusions, start=1)
    exclusions = [exclusion(number, _us(since), _us(until)) for number, (since, until) in spans]
    for held, window in zip(exclusions, outage.announced, strict=False):
        if window is not None:
            held.announced_from, held.announced_to = (edge * SECOND_US for edge in window)
    return Incident(
        incident=outage.incident,
        function=outage.function,
        scope="account" if outage.regions is None else "regions" if outage.regions else "all",
        account="1001" if outage.regions is None else None,
        regions=outage.regions or (),
        started_at=outage.start * SECOND_US,
        ended_at=_us(outage.end),
        exclusions=exclusions,
    )


def _us(second: int | None) -> int | None:
    return None if second is None else second * SECOND_US


def moving(seed: int) -> Moving:
    """A history by its seed."""
    dice = Random(seed)
    outages = tuple(_outage(dice, "ABCDEF"[number]) for number in range(dice.choice((1, 2, 2, 3, 5))))
    edges = [edge for each in outages for edge in (each.start, each.end or each.start + 300)]

    def near() -> int:
        return dice.choice(edges) + dice.choice((0, 0, 1, -1, 119, 120, 121, -120, dice.randint(-400, 400)))

    enrolled = dice.choice((START - brute.DAY, START - brute.DAY, near()))
    moves = {max(enrolled, near()): dice.choice(REGIONS) for _ in range(dice.choice((0, 1, 1, 2, 3)))}
    first = max(enrolled + 1, near())
    beta = dice.choice(((), (), ((first, first + dice.choice((60, 120, 400))),)))
    last_open = dice.choice((False, False, True))
    if last_open:
        outages = (*outages[:-1], replace(outages[-1], end=None))
    where = brute.Whereabouts(enrolled, dice.choice((*REGIONS, None)), tuple(sorted(moves.items())))
    readings: dict[str, object] = {
        "shared_touches": dice.choice(("any_covered", "any_covered", "at_start")),
        "maintenance_excluded": dice.choice(("announced", "announced", "actual")),
        "minimum_applies_to": dice.choice(("merged", "merged", "per_function", "per_incident")),
        "minimum_tested": dice.choice(("before_exclusions", "after_exclusions")),
        "exclusion_removes": dice.choice(("cause", "time")),
    }
    return Moving(where, beta, outages, max(edges) + dice.choice((0, 120, 3000)), readings)


def _outage(dice: Random, name: str) -> brute.Outage:
    start = START + dice.randint(0, 900)
    end = start + dice.choice((dice.randint(118, 122), dice.randint(1, 700), 240, 241))
    excluded: list[tuple[int | None, int | None]] = []
    windows: list[Span | None] = []
    for _ in range(dice.choice((0, 0, 0, 1, 1, 2))):
        excluded.append(dice.choice(((None, None), (start + dice.randint(-60, 200), None), (None, end - 60))))
        opens = start + dice.randint(-200, 300)
        windows.append(dice.choice((None, (opens, opens + dice.randint(1, 500)), (start - 60, end + 60))))
    regions = dice.choice((None, (), (dice.choice(REGIONS),), (dice.choice(REGIONS),), REGIONS[:2]))
    return brute.Outage(
        name, dice.choice(tuple(brute.FUNCTION_OF)), start, end, tuple(excluded), tuple(windows), regions
    )
