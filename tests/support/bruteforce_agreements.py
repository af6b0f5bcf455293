"""Other agreements read second by second: an independent implementation that the real one is compared with.

Written from the texts of the agreements, without any code of slaledger; the numbers are here a second time. An account
has one fee and one function, outages that overlap or touch are one, and a month is a natural month.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from bruteforce import first_day, half_up, last_day, later_month, midnight, month_bounds, total_seconds

Span = tuple[int, int]


@dataclass(frozen=True)
class Text:
    """An agreement's numbers: tiers as (below so many per cent, per cent of the fee), the mildest first."""

    tiers: tuple[tuple[str, int], ...]
    minimum: int
    minutes: str = "exact"
    """Whether an outage is counted in seconds, or in minutes rounded `up` or `down`."""
    gross: bool = False
    """Whether rates are of the whole fee, also where vouchers paid of it."""
    cap: int | None = None
    """The most for a month, in per cent of what was paid without vouchers."""
    above_fen: int = 0
    """A credit is given only where it is above this."""
    workday: int | None = None
    """A claim is in time from the day after this working day of the next month on; else from the month's end on."""
    months: int | None = None
    days: int | None = None
    zone: str = "UTC"
    in_term: bool = False
    """Whether a service month has only the days of the month within the term of the service."""
    over: bool = False
    """Whether an outage must last longer than the minimum to count; else one that lasts just as long counts."""
    prepaid: bool = True
    """Whether a payment for several months is in the base, in equal parts, the odd cents in the first months."""


TEXTS = {
    "aliyun-datahub": Text(
        (("99.9", 20), ("99", 30), ("95", 50)), 60, "down", True, 50, workday=5, months=2, zone="Asia/Shanghai"
    ),
    "aliyun-ecs": Text(
        (("99.975", 10), ("99", 25), ("95", 100)), 60, "down", cap=100, workday=5, months=2, zone="Asia/Shanghai"
    ),
    "aws-connect": Text((("99.99", 5), ("99", 15), ("95", 100)), 0, above_fen=100, months=2),
    "aws-ec2": Text((("99.99", 10), ("99", 30), ("95", 100)), 0, above_fen=100, months=2, prepaid=False),
    "gcp-filestore": Text((("99.9", 10), ("99", 25), ("95", 50)), 300, cap=50, days=30),
    "huawei-cph": Text((("99.95", 10), ("99", 25), ("95", 100)), 0, workday=5, months=2, zone="Asia/Shanghai"),
    "huawei-cph 2021-01-01": Text((("99.95", 10), ("99", 25)), 0, zone="Asia/Shanghai"),
    "tencent-cbs": Text(
        (("99.95", 10), ("99", 25), ("95", 100)),
        60,
        "down",
        cap=100,
        workday=5,
        days=60,
        zone="Asia/Shanghai",
        in_term=True,
    ),
    "tencent-cvm": Text(
        (("99.975", 10), ("99", 25), ("95", 100)),
        60,
        "up",
        cap=100,
        workday=5,
        days=60,
        zone="Asia/Shanghai",
        in_term=True,
    ),
    "tencent-cvm 2020-01-01": Text(
        (("99.95", 10), ("99", 25), ("95", 100)),
        60,
        "up",
        cap=100,
        workday=5,
        days=60,
        zone="Asia/Shanghai",
        in_term=True,
        over=True,
    ),
    "tencent-vpn": Text(
        (("99.95", 10), ("99", 25), ("95", 100)),
        60,
        "down",
        cap=100,
        workday=5,
        days=60,
        zone="Asia/Shanghai",
        in_term=True,
    ),
}


def down_seconds(text: Text, down: Sequence[Span], month: str) -> int:
    """Each unbroken outage that is long enough, as far as it lies in the month, in minutes where they count."""
    first, end = month_bounds(month, text.zone)
    total = 0
    for start, stop in _unbroken(down):
        lasted = stop - start
        counts = lasted > text.minimum if text.over else lasted >= text.minimum
        inside = max(0, min(stop, end) - max(start, first)) if counts else 0
        minutes, rest = divmod(inside, 60)
        total += {"exact": inside, "up": (minutes + (rest > 0)) * 60, "down": minutes * 60}[text.minutes]
    return min(total, total_seconds(month))


def _unbroken(down: Sequence[Span]) -> list[Span]:
    seconds = {second for start, stop in down for second in range(start, stop)}
    starts = sorted(second for second in seconds if second - 1 not in seconds)
    stops = sorted(second + 1 for second in seconds if second + 1 not in seconds)
    return list(zip(starts, stops, strict=True))


def rate(text: Text, ratio: Fraction) -> int:
    """The per cent of the fee: that of the last tier below whose bound the month lies."""
    return max((rate for below, rate in text.tiers if ratio < Fraction(below) / 100), default=0)


def credit_fen(text: Text, ratio: Fraction, fee_fen: int, vouchers_fen: int) -> int:
    """What a month is worth: the rate of the fee, at most the cap, and nothing where it is not above the minimum."""
    paid = fee_fen - vouchers_fen
    amount = half_up(Fraction((fee_fen if text.gross else paid) * rate(text, ratio), 100))
    if text.cap is not None:
        amount = min(amount, paid * text.cap // 100)
    return amount if amount > text.above_fen else 0


def service_days(text: Text, month: str, term: tuple[date, date]) -> list[date]:
    """The days of the service month."""
    of_month = [first_day(month) + timedelta(days=n) for n in range(last_day(month).day)]
    return [day for day in of_month if not text.in_term or term[0] <= day <= term[1]]


def window(
    text: Text, month: str, is_workday: Callable[[date], bool], ended: date | None = None
) -> tuple[int, int | None]:
    """The first instant at which a claim is in time, and the first at which it no longer is; None where it always is.

    `ended` is the last day of the service month, where it may end before the month does.
    """
    opens = first_day(later_month(month, 1))
    if text.workday is not None:
        days = [opens + timedelta(days=n) for n in range(31)]
        opens = [day for day in days if is_workday(day)][text.workday - 1] + timedelta(days=1)
    opens_at = midnight(opens, text.zone)
    if text.days is not None:
        last = (last_day(month) if ended is None else ended) + timedelta(days=text.days)
    elif text.months is not None:
        last = last_day(later_month(month, text.months))
    else:
        return opens_at, None
    return opens_at, midnight(last + timedelta(days=1), text.zone)


def decide(
    text: Text,
    down: Sequence[Span],
    month: str,
    fee: tuple[int, int],
    filed: int,
    is_workday: Callable[[date], bool],
    term: tuple[date, date] = (date.min, date.max),
    prepaid: tuple[int, int] = (0, 1),
) -> tuple[str, int]:
    """A claim's outcome and credit in fen; `fee` is what was billed and what of it was paid with vouchers.

    `prepaid` is another payment, made for so many months from this one on.

    `term` are the first and the last day of the service, which begin and end at midnight.
    """
    days = service_days(text, month, term)
    opens, closes = window(text, month, is_workday, days[-1])
    if filed < opens:
        return "too_early", 0
    if closes is not None and filed >= closes:
        return "too_late", 0
    total = len(days) * 86_400
    ratio = Fraction(total - min(total, down_seconds(text, down, month)), total)
    if rate(text, ratio) == 0:
        return "commitment_met", 0
    in_advance, months = prepaid
    counted = in_advance // months + (in_advance % months > 0) if text.prepaid or months == 1 else 0
    amount = credit_fen(text, ratio, fee[0] + counted, fee[1])
    return ("awarded", amount) if amount else ("nothing_to_credit", 0)
