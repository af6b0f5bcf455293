"""Measured rows as text: their verdicts, the table, and the file that it is in."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import msgspec

MARGIN = 0.05
"""A target that is met by less than this part of it is not met: the next measurement may miss it."""
_HEAD = ("ours", "against", "reach", "then", "ratio", "least to most", "processor time", "medians", "met")
_ABOUT = ("judged by", "pairs", "load", "measured")
_NOTE = """\
Both sides run in turn on the same machine: theirs, ours, theirs, ours, … theirs. Each run of ours is compared with \
the mean of their two runs around it, so that a drift of the machine cancels; the ratio is the median of these. With \
≤ it is ours ÷ theirs, with ≥ it is theirs ÷ ours. *Processor time* is the same ratio by the processor seconds of all \
processes of a run. Memory is the peak of the sum over all processes of a run of their proportional set sizes (PSS): \
a page that several of them share counts once.

A target that is met by less than 5 % is not met. *Load* is the machine's load average of the minute before the row; \
on an idle machine it is that of the benchmark itself. All processes run from an installed wheel. What each row \
measures, and why that is fair, stands in `rows_*.py`; where a row is missed, \
[the record of speed](../docs/decisions/18-speed.md) says what dominates and what was tried.
"""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A measured row as text: the cells of the table, in their order."""

    what: str
    against: str
    reach: str
    then: str
    ratio: str
    spread: str = ""
    processor: str = ""
    sides: str
    met: str = ""
    clock: str
    pairs: str
    load: str
    measured_on: str


def figures(
    amounts: Sequence[float],
    processor: Sequence[float],
    *,
    reach: float | None,
    at_least: bool,
    by_processor: bool,
) -> dict[str, str]:
    """The cells of a row's ratios of ours to theirs, and its verdict."""
    by_amount, by_time = _turned(amounts, at_least), _turned(processor, at_least)
    judged = by_time if by_processor else by_amount
    return {
        "ratio": _times(median(by_amount)),
        "spread": f"{min(by_amount):.2f} to {max(by_amount):.2f}",
        "processor": _times(median(by_time)) if by_time else "",
        "met": verdict(median(judged), reach, at_least=at_least),
    }


def _turned(ratios: Sequence[float], at_least: bool) -> list[float]:
    return [1 / ratio for ratio in ratios] if at_least else list(ratios)


def _times(ratio: float) -> str:
    return f"{ratio:.2f} ×"


def verdict(ratio: float, reach: float | None, *, at_least: bool) -> str:
    """Whether a ratio meets its target: `yes`, `by less than 5 %`, or `no`; empty where there is no target."""
    if reach is None:
        return ""
    ahead = ratio - reach if at_least else reach - ratio
    return "no" if ahead < 0 else "by less than 5 %" if ahead < reach * MARGIN else "yes"


def target(value: float | None, *, at_least: bool) -> str:
    """A target's cell."""
    return "" if value is None else f"{'≥' if at_least else '≤'} {value:g} ×"


def amount(value: float, unit: str) -> str:
    """Seconds or MB, with as many digits as they are worth."""
    return f"{value:.0f} MB" if unit == "MB" else f"{value * 1000:.0f} ms" if value < 2 else f"{value:.1f} s"


def table(lines: Sequence[Line]) -> str:
    """Lines as a table in Markdown."""
    head = (*_HEAD, *_ABOUT)
    cells = (head, ["---"] * len(head), *map(msgspec.structs.astuple, lines))
    return "\n".join("| " + " | ".join(each) + " |" for each in cells)


def report(lines: Sequence[Line], machine: str, made_by: str) -> str:
    """The file of results; `made_by` is the command that makes it."""
    return f"# Measured ratios\n\nMade by `{made_by}`.\n\n{_NOTE}\n{machine}\n\n{table(lines)}\n"
