"""`slaledger doctor`: what is missing or misconfigured, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from cli.answers.whole.setup import finding_shown, print_examined
from cli.options.context import settings
from cli.terminal.output import emit, format_option
from domain.refusals import Damaged, Unreadable
from domain.text import said
from ledger.doctor.diagnosis import Diagnosis
from ledger.doctor.examination import examined

_STATUS = {"ok": 0, "note": 0, "wrong": Unreadable.status, "damaged": Damaged.status}


@click.command()
@format_option
def doctor(format_: str | None) -> int:
    """Check the installation, its environment and the ledger, and report what is missing or misconfigured.

    Nothing is changed. Exit status 0 if everything works, 2 if something does not, 4 if the store is damaged.

    \b
    Example:
      slaledger doctor
    """
    found = [*_surroundings(), *examined(settings().url)]
    rows = [finding_shown(finding) for finding in found]
    emit(rows, format_, lambda: print_examined(rows))
    return max(_STATUS[finding.state] for finding in found)


def _surroundings() -> Iterator[Diagnosis]:
    """Findings about the terminal, which only the command line can make."""
    encoding = (sys.stdout.encoding or "").lower()
    if encoding not in ("utf-8", "utf8"):
        message = said("the terminal's encoding is {encoding}: Chinese text is shown as escapes", encoding=encoding)
        yield Diagnosis("terminal", "note", message, said("set LANG or PYTHONIOENCODING to UTF-8"))
