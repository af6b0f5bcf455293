"""What a step rests on and came to, as texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.terminal.numbers import date_of, moment
from cli.terminal.values import ZonedInstant
from domain.decision import Step
from domain.money import percent_cut, yuan
from domain.text import Said
from domain.time import seconds_text

Inputs = dict[str, str]
"""The inputs of a step, as texts."""
Sentence = Callable[[Step, Inputs], Said]
"""Makes the sentence of a step."""


def shown(name: str, value: Any, zone: str, lang: str) -> str:
    """An input of a step as a text: what it is follows from its name."""
    if value is None:
        return "-"
    if name.endswith("_us"):
        return duration(value)
    if name.endswith("_fen"):
        return yuan(value)
    if name.endswith("_at") or name in ("start", "end", "month_start", "month_end"):
        at = ZonedInstant(value, zone)
        return date_of(at.day(), lang) if name == "effective_at" else moment(at.in_table(), lang)
    if name == "nth_workday":
        return date_of(str(value), lang)
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)


def duration(span_us: int) -> str:
    """A span as hours, minutes and exact seconds."""
    minutes, rest_us = divmod(span_us, 60_000_000)
    hours, minutes = divmod(minutes, 60)
    seconds = seconds_text(rest_us)
    return f"{hours}:{minutes:02d}:{seconds if rest_us >= 10_000_000 else '0' + seconds}"


def number(step: Step) -> int:
    """The number that a step came to; 0 where it came to none."""
    return step.result if isinstance(step.result, int) else 0


def percent(ratio: str) -> str:
    """An exact ratio as a percentage for display, cut to four decimals, without decimals where it is whole."""
    numerator, denominator = map(int, ratio.split("/"))
    return percent_cut(numerator, denominator).removesuffix(".0000") + "%"
