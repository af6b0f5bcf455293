"""Makes `docs/errors.md` below its first lines: every refusal with its exit status, message, hint and reason.

    python tools/errors.py

A new refusal needs nothing here: its module decides the chapter, and its docstring gives the reason.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from declared import ROOT, refusals

from domain.refusals import Refusal

PATH = ROOT / "docs" / "errors.md"
_BEGINS = "\n## By code\n"

CHAPTERS = {
    "cli.refusals": "The command line and batch files",
    "ledger.refusals.commands": "The command line and batch files",
    "domain.refusals.values": "Ids, times, amounts, texts",
    "domain.refusals.account": "Accounts",
    "domain.refusals.incident": "Incidents and exclusions",
    "domain.refusals.bill": "Bills",
    "domain.refusals.claim": "Claims and decisions",
    "domain.refusals.voucher": "Vouchers",
    "domain.refusals.controls": "Controls and approvals",
    "ledger.refusals.approvals": "Controls and approvals",
    "domain.refusals.terms": "Terms, readings, calendars",
    "ledger.refusals.imports": "Importing",
    "ledger.refusals.copies": "Exports, copies, moves",
    "ledger.refusals.audit": "Checkpoints, proofs, replay, dossiers, pages",
    "ledger.refusals": "The ledger where it is kept, in a file or on PostgreSQL",
}
"""The chapter of each module, or of all in a folder, in the order of the page."""


def page() -> str:
    """The page; the text above the first refusal stays."""
    ways: defaultdict[str, list[type[Refusal]]] = defaultdict(list)
    for kind in sorted(refusals(), key=lambda kind: list(CHAPTERS.values()).index(_chapter(kind))):
        ways[kind.code].append(kind)
    return "\n".join((PATH.read_text("utf-8").partition(_BEGINS)[0] + _BEGINS, *_sections(dict(sorted(ways.items())))))


def _chapter(kind: type[Refusal]) -> str:
    return CHAPTERS.get(kind.__module__) or CHAPTERS[kind.__module__.rpartition(".")[0]]


def _sections(ways: dict[str, list[type[Refusal]]]) -> Iterator[str]:
    for letter, codes in groupby(ways, key=itemgetter(0)):
        yield f"**{letter}** " + " · ".join(f"[{code}](#{code})" for code in codes) + "\n"
    for title in dict.fromkeys(CHAPTERS.values()):
        yield f"## {title}\n"
        yield from (_entry(code, kinds) for code, kinds in ways.items() if _chapter(kinds[0]) == title)


def _entry(code: str, ways: list[type[Refusal]]) -> str:
    statuses = sorted({each.status for each in ways})
    clauses = sorted({each.clause for each in ways if each.clause})
    cited = f", {'clauses' if len(clauses) > 1 else 'clause'} {', '.join(clauses)}" if clauses else ""
    reasons = dict.fromkeys(" ".join(str(inspect.getdoc(each)).split()) for each in ways)
    head = " ".join((f"Exit {' or '.join(map(str, statuses))}{cited}.", *reasons))
    told = dict.fromkeys((str(each.status), each.message_template, each.hint_template or "") for each in ways)
    rows = [("exit", "what is said", "what to do"), *sorted(told, key=itemgetter(0))]
    shown = [list(map(_cell, row if len(statuses) > 1 else row[1:])) for row in rows]
    first, *rest = (f"| {' | '.join(row)} |\n" for row in shown)
    return f"### {code}\n\n{head}\n\n{first}{'|---' * len(shown[0])}|\n{''.join(rest)}"


def _cell(text: str) -> str:
    """A text escaped for a cell of a Markdown table."""
    plain = text.replace("|", "\\|").replace("\n", " ")
    return plain if "`" in text else plain.replace("<", "&lt;").replace("*", "\\*")


if __name__ == "__main__":
    PATH.write_text(page(), "utf-8")
