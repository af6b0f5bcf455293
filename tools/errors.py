"""Makes `docs/errors.md`: every refusal with its exit status, message, hint and reason, from its class.

    python tools/errors.py

A new refusal needs nothing here: its module decides the chapter, and its docstring gives the reason.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from declared import refusals

from domain.refusals import Refusal

PATH = Path(__file__).resolve().parents[1] / "docs" / "errors.md"

CHAPTERS = {
    "cli.refusals": "The command line and batch files",
    "ledger.refusals.commands": "The command line and batch files",
    "domain.refusals.values": "Ids, times, amounts, texts",
    "domain.refusals.account": "Accounts",
    "domain.refusals.incident": "Incidents and exclusions",
    "domain.refusals.bill": "Bills",
    "domain.refusals.claim": "Claims and decisions",
    "domain.refusals.voucher": "Vouchers",
    "domain.refusals.terms": "Terms, readings, calendars",
    "ledger.refusals.imports": "Importing",
    "ledger.refusals.copies": "Exports, copies, moves",
    "ledger.refusals.audit": "Checkpoints, proofs, replay, dossiers, pages",
    "ledger.refusals.store": "The ledger where it is kept",
    "ledger.refusals.server": "PostgreSQL",
}
"""The chapter of each module, or of all in a folder, in the order of the page."""

_TOP = """# When something is refused

Made by `python tools/errors.py` from the classes that declare them: every refusal, what is said, and
what to do. Nothing is recorded when something is refused, and what was to be recorded can be run again as it is: what
holds already is a no-op.

<!-- on the demo's ledger -->
```
$ slaledger claim explain 1004 2026-09
slaledger: 1004 filed no claim for 2026-09 (clause 3.2)
  what to do: `slaledger claim file 1004 2026-09 --filed-at …`
```

With `--format json`, and when output is piped, the same is one object on stderr, whose `code` never changes:
`{"error": {"code": "unknown_claim", "message": "…", "clause": "3.2", "hint": "…"}}`. The names in braces below stand
for the ids, times and amounts of the case.

| exit | |
|---|---|
| 1 | a rule forbids it |
| 2 | wrong usage, or what cannot be read as what it should be |
| 3 | an audit found a difference: its answer lists it, and it is none of the refusals below |
| 4 | the store is damaged, or was tampered with |
| 5 | somebody else changed the ledger meanwhile, or holds it: try again |
"""


def page() -> str:
    """The page."""
    ways: defaultdict[str, list[type[Refusal]]] = defaultdict(list)
    for kind in sorted(refusals(), key=lambda kind: list(CHAPTERS).index(_place(kind))):
        ways[kind.code].append(kind)
    chapters: defaultdict[str, list[str]] = defaultdict(list)
    for code in sorted(ways):
        chapters[CHAPTERS[_place(ways[code][0])]].append(code)
    return "\n".join((_TOP, *_index(sorted(ways)), *_chapters(chapters, ways)))


def _place(kind: type[Refusal]) -> str:
    """The module of a refusal, or the folder of its module, whichever has a chapter."""
    return kind.__module__ if kind.__module__ in CHAPTERS else kind.__module__.rpartition(".")[0]


def _index(codes: list[str]) -> Iterator[str]:
    yield "## By code\n"
    for letter, names in groupby(codes, key=lambda code: code[0]):
        yield f"**{letter}** " + " · ".join(f"[{name}](#{name})" for name in names) + "\n"


def _chapters(chapters: Mapping[str, list[str]], ways: Mapping[str, list[type[Refusal]]]) -> Iterator[str]:
    for title in dict.fromkeys(CHAPTERS.values()):
        yield f"## {title}\n"
        for code in chapters[title]:
            yield from _entry(code, ways[code])


def _entry(code: str, ways: list[type[Refusal]]) -> Iterator[str]:
    yield f"### {code}\n"
    statuses = " or ".join(str(status) for status in sorted({each.status for each in ways}))
    clauses = sorted({each.clause for each in ways if each.clause})
    cited = f", {'clauses' if len(clauses) > 1 else 'clause'} {', '.join(clauses)}" if clauses else ""
    reasons = dict.fromkeys(" ".join(inspect.getdoc(each).split()) for each in ways)  # type: ignore[union-attr]
    yield " ".join((f"Exit {statuses}{cited}.", *reasons)) + "\n"
    mixed = len({each.status for each in ways}) > 1
    yield "| exit | what is said | what to do |\n|---|---|---|" if mixed else "| what is said | what to do |\n|---|---|"
    told = dict.fromkeys((each.status, _cell(each.message_template), _cell(each.hint_template or "")) for each in ways)
    rows = sorted(told, key=lambda row: row[0])
    yield "".join(
        f"| {status} | {said} | {hint} |\n" if mixed else f"| {said} | {hint} |\n" for status, said, hint in rows
    )


def _cell(text: str) -> str:
    """A text escaped for a cell of a Markdown table."""
    quoted = "`" in text
    plain = text.replace("|", "\\|").replace("\n", " ")
    return plain if quoted else plain.replace("<", "&lt;").replace("*", "\\*")


if __name__ == "__main__":
    PATH.write_text(page(), "utf-8")
