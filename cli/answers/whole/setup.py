"""Answers about the installation and its setup: `doctor`, `rebuild`, a year's calendar."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.terminal.language import localized
from cli.terminal.output import WIDTH, console, print_pairs, print_table, print_text, wrapped
from cli.terminal.vocabulary import label, word
from cli.terminal.widths import cells, padded
from domain.calendar import CalendarYear
from domain.text import counted, said
from ledger.doctor.diagnosis import Diagnosis

_MARKS = {"ok": ("✓", "green"), "note": ("·", "yellow"), "wrong": ("✗", "red"), "damaged": ("✗", "bold red")}
_SOUND = ("ok", "note")


class FindingShown(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger doctor`: what was checked, its state, and what to do where something is wrong."""

    what: str
    state: str
    message: str
    hint: str | msgspec.UnsetType


def finding_shown(finding: Diagnosis) -> FindingShown:
    """A finding, without a hint where there is none."""
    hint = msgspec.UNSET if finding.hint is None else finding.hint
    return FindingShown(what=finding.what, state=finding.state, message=finding.message, hint=hint)


def print_examined(found: Sequence[FindingShown]) -> None:
    """Print the findings, each after its mark, and whether everything works."""
    from rich.text import Text

    names = [localized(word(finding.what)) for finding in found]
    width = max(map(cells, names)) + 4
    screen = console()
    for name, finding in zip(names, found, strict=True):
        mark, style = _MARKS[finding.state]
        first, *rest = wrapped(finding.message, WIDTH - width)
        screen.print(Text.assemble((mark, style), f" {padded(name, width - 2)}{first}"))
        hint = wrapped(said("what to do: {hint}", hint=finding.hint), WIDTH - width) if finding.hint else []
        for line in [*rest, *hint]:
            screen.print(" " * width + line)
    wrong = sum(finding.state not in _SOUND for finding in found)
    screen.print(localized(said("everything works") if not wrong else said("{wrong} to be fixed", wrong=wrong)))


class RebuiltAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger rebuild`: the number of projected accounts, and the position reached."""

    command: str
    accounts: int
    position: int

    def table(self) -> None:
        """The same in a sentence."""
        print_text(
            counted(
                "rebuilt: {n} account, up to position {position}",
                "rebuilt: {n} accounts, up to position {position}",
                n=self.accounts,
                position=self.position,
            )
        )


class DayShown(msgspec.Struct, frozen=True, kw_only=True):
    """A day off, or a make-up working day."""

    date: str
    kind: str
    name: str


class CalendarAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger calendar show`: a year's exceptions to Monday-to-Friday weeks."""

    year: int
    sha256: str
    source: str
    days: list[DayShown]

    def table(self) -> None:
        """Print the year, one day per row."""
        print_pairs([(label("year"), self.year), (label("source"), self.source), (label("sha256"), self.sha256)])
        print()
        rows = [(day.date, word(day.kind), day.name) for day in self.days]
        print_table((said("date"), said("kind"), said("name")), rows)


def calendar_answer(year: int, found: CalendarYear) -> CalendarAnswer:
    """A year's days off and make-up working days in order."""
    days = [(day, "holiday", name) for day, name in found.holidays.items()]
    days += [(day, "workday", name) for day, name in found.workdays.items()]
    return CalendarAnswer(
        year=year,
        sha256=found.sha256,
        source=found.source,
        days=[DayShown(date=day.isoformat(), kind=kind, name=name) for day, kind, name in sorted(days)],
    )
