"""Claims under other agreements against an independent reading of their texts, and under random switches."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import bruteforce as brute
import msgspec
import pytest
from agreements import YEARS, decided, incident_of, version_of
from bruteforce_agreements import TEXTS, Text, decide, window
from build import SECOND_US, account, calendars
from conftest import SOAK

from domain.calendar import is_workday
from domain.money import Fen, percent_text, yuan
from domain.terms.parsing import parse_terms
from domain.terms.parts import Claims, CreditLimits, Fees, Tier
from domain.terms.versions import Cited, Terms, Version
from ledger.shipped import shipped_agreements

CALENDARS = calendars(*YEARS)
MONTHS = ("2024-02", "2024-06", "2025-02", "2025-12", "2026-04")


def workday(day: date) -> bool:
    return is_workday(CALENDARS, day)


def some_outages(dice: Random, text: Text, month: str) -> list[tuple[int, int]]:
    """Outages that crowd at the minimum, at whole minutes, at the month's edges and at the bounds of tiers."""
    first, end = brute.month_bounds(month, text.zone)
    found = []
    for _ in range(dice.randint(0, 5)):
        start = dice.choice((dice.randint(first, end), first - dice.randint(0, 400), end - dice.randint(0, 400)))
        length = dice.choice((text.minimum, 60 * dice.randint(1, 12))) + dice.choice((-1, 0, 1, 30))
        found.append((start, start + max(0, length)))
    if dice.random() < 0.7:
        below = Fraction(dice.choice(text.tiers)[0]) / 100
        start = first + dice.randint(0, 86_400)
        length = int(brute.total_seconds(month) * (1 - below)) + dice.randint(-70, 70)
        found.append((start, start + max(1, length)))
    return found


def some_fee(dice: Random) -> tuple[int, int]:
    fee = dice.choice((dice.randint(0, 300), dice.randint(900, 1100), dice.randint(0, 10**6)))
    return fee, dice.choice((0, 0, dice.randint(0, fee), fee))


def some_filing(dice: Random, text: Text, month: str) -> int:
    opens, closes = window(text, month, workday)
    if closes is None:
        return dice.choice((opens - 1, opens, opens + dice.randint(0, 10**9)))
    return dice.choice((opens - 1, opens, closes - 1, closes, *[dice.randint(opens, closes - 1)] * 8))


def some_prepaid(dice: Random) -> tuple[int, int]:
    """A payment in cents, and the months that it is for."""
    return dice.choice(((0, 1), (0, 1), (dice.randint(0, 2000), 1), (dice.randint(0, 10**5), dice.randint(2, 36))))


def compared(dice: Random, text: Text, version: Version) -> str:
    """A random claim, decided both ways; its outcome."""
    month = dice.choice(MONTHS)
    down, fee, filed = some_outages(dice, text, month), some_fee(dice), some_filing(dice, text, month)
    prepaid = some_prepaid(dice)
    found = [
        incident_of(version.terms, f"I{number}", start * SECOND_US, end * SECOND_US)
        for number, (start, end) in enumerate(down)
    ]
    made = decided(
        version,
        month,
        found,
        fee=yuan(fee[0]),
        vouchers=yuan(fee[1]),
        prepaid=(yuan(prepaid[0]), prepaid[1]),
        filed_at=filed * SECOND_US,
    )
    told = made.outcome, 0 if made.credit is None else made.credit.total_fen
    assert told == decide(text, down, month, fee, filed, workday, prepaid=prepaid), (month, down, fee, filed, text)
    return made.outcome


@pytest.mark.parametrize("agreement", sorted(TEXTS))
@pytest.mark.parametrize(
    "first", [0, pytest.param(100, marks=pytest.mark.soak), pytest.param(200, marks=pytest.mark.soak)]
)
def test_a_claim_comes_to_what_its_agreement_says(agreement: str, first: int) -> None:
    version = version_of(agreement)
    terms = msgspec.structs.replace(version.terms, effective_from=date(2018, 1, 1))
    seen = Counter(
        compared(Random(seed), TEXTS[agreement], msgspec.structs.replace(version, terms=terms))
        for seed in range(first, first + 100)
    )
    never_late = TEXTS[agreement].months is None and TEXTS[agreement].days is None
    expected = {"too_early", "too_late", "commitment_met", "nothing_to_credit", "awarded"}
    assert set(seen) >= expected - ({"too_late"} if never_late else set()), seen


def some_text(dice: Random) -> Text:
    """Any combination of the switches."""
    workdays, days, ends = dice.choice((None, 1, 5)), dice.choice((None, 15, 30, 60)), dice.random() < 0.9
    return Text(
        tiers=dice.choice(
            ((("99.99", 10), ("99", 30), ("95", 100)), (("99.9", 20), ("95", 50)), (("99.5", 100),)),
        ),
        minimum=dice.choice((0, 60, 120, 300)),
        minutes=dice.choice(("exact", "up", "down")),
        gross=dice.random() < 0.5,
        cap=dice.choice((None, 20, 50, 100)),
        above_fen=dice.choice((0, 100, 500)),
        workday=workdays,
        months=dice.choice((1, 2, 3)) if days is None and ends else None,
        days=days if ends else None,
        over=dice.random() < 0.2,
        prepaid=dice.random() < 0.5,
        zone=dice.choice(("UTC", "Asia/Shanghai", "America/New_York")),
    )


def terms_of(text: Text) -> Terms:
    """The terms document that says a text's numbers."""
    (document,) = shipped_agreements("gcp-filestore")
    base = parse_terms(document)
    bounds = [Fraction(below) / 100 for below, _ in text.tiers]
    return msgspec.structs.replace(
        base,
        effective_from=date(2018, 1, 1),
        service=msgspec.structs.replace(
            base.service,
            minimum_outage_seconds=Cited(value=text.minimum, clause="1"),
            whole_minutes_only=Cited(value=text.minutes == "down", clause="1"),
        ),
        commitment=msgspec.structs.replace(base.commitment, availability=Cited(value=bounds[0], clause="2")),
        claims=Claims(
            opens_after_working_day=_cited(text.workday),
            closes_after_months=_cited(text.months),
            closes_after_days=_cited(text.days),
            closes=Cited(value="never", clause="3") if text.days is None and text.months is None else None,
        ),
        fees=Fees(
            parts=Cited(value="single", clause="1"),
            base=Cited(value="gross" if text.gross else "net_of_vouchers", clause="1"),
            prepayments=None if text.prepaid else Cited(value="outside", clause="1"),
        ),
        credit=CreditLimits(
            cap=None if text.cap is None else Cited(value=Fraction(text.cap, 100), clause="3"),
            minimum_credit=Cited(value=Fen(text.above_fen), clause="3") if text.above_fen else None,
        ),
        tiers=tuple(
            Tier(below=below, at_least=least, service_rate=Fraction(rate, 100), clause="3")
            for below, least, (_, rate) in zip(bounds, [*bounds[1:], None], text.tiers, strict=True)
        ),
        readings=msgspec.structs.replace(
            base.readings,
            timezone=text.zone,
            quantise="ceil_minute_per_episode" if text.minutes == "up" else "exact",
            minimum_inclusive=not text.over,
        ),
    )


def _cited(value: int | None) -> Cited[int] | None:
    return None if value is None else Cited(value=value, clause="3")


@pytest.mark.parametrize(
    "first", [0, pytest.param(500, marks=pytest.mark.soak), pytest.param(1000, marks=pytest.mark.soak)]
)
def test_a_claim_comes_to_what_any_combination_of_switches_says(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + 500):
        dice = Random(seed)
        text = some_text(dice)
        terms = terms_of(text)
        assert [percent_text(tier.below) for tier in terms.tiers] == [f"{below}%" for below, _ in text.tiers]
        seen[compared(dice, text, msgspec.structs.replace(version_of("gcp-filestore"), terms=terms))] += 1
    assert min(seen[each] for each in ("too_early", "too_late", "commitment_met", "nothing_to_credit")) > 3, seen
    assert seen["awarded"] > 100, seen


@pytest.mark.parametrize("agreement", sorted(name for name, text in TEXTS.items() if text.in_term))
def test_a_service_month_is_the_part_of_the_month_within_the_term(agreement: str) -> None:
    """The account comes, or goes, at a midnight within the month."""
    text, version = TEXTS[agreement], version_of(agreement)
    terms = msgspec.structs.replace(version.terms, effective_from=date(2018, 1, 1))
    seen: Counter[str] = Counter()
    for seed in range(200 if SOAK else 60):
        dice = Random(seed)
        month = dice.choice(MONTHS)
        days = brute.last_day(month).day
        comes, goes = sorted(dice.sample(range(1, days + 1), 2))
        term = date.fromisoformat(f"{month}-{comes:02d}"), date.fromisoformat(f"{month}-{goes:02d}")
        first, after = brute.midnight(term[0], text.zone), brute.midnight(term[1], text.zone) + brute.DAY
        start = dice.randint(first, after - 1)
        length = dice.choice(
            (60 * dice.randint(1, 20), int((after - first) * Fraction(dice.choice(("0.001", "0.05")))))
        )
        down, fee = [(start, min(after, start + length))], some_fee(dice)
        opens, closes = window(text, month, workday, term[1])
        assert closes is not None
        filed = dice.choice((opens - 1, opens, closes - 1, closes, *[(opens + closes) // 2] * 6))
        holder = account(f"{term[0]} 00:00", closed=f"{term[1] + timedelta(days=1)} 00:00")
        found = [incident_of(terms, "I", down[0][0] * SECOND_US, down[0][1] * SECOND_US)]
        made = decided(
            msgspec.structs.replace(version, terms=terms),
            month,
            found,
            fee=yuan(fee[0]),
            vouchers=yuan(fee[1]),
            filed_at=filed * SECOND_US,
            holder=holder,
        )
        told = made.outcome, 0 if made.credit is None else made.credit.total_fen
        assert told == decide(text, down, month, fee, filed, workday, term), (seed, term, down)
        seen[made.outcome] += 1
    assert set(seen) >= {"too_early", "too_late", "commitment_met", "awarded"}, seen
