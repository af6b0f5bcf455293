"""Makes `docs/errors.md`: every refusal with its exit status, what is said, and what to do, from the code itself.

    python tools/errors.py

A new code needs nothing here: its group is told by its module, and by the nouns in it where a module serves all.
`tools/causes.toml` may say what lies behind a code whose sentence is not enough.
"""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from named import ROOT
from refusals import Refused, refusals

PATH = Path(__file__).resolve().parents[1] / "docs" / "errors.md"
CAUSES: Mapping[str, str] = tomllib.loads(Path(__file__).with_name("causes.toml").read_text("utf-8"))


class Group(NamedTuple):
    """A chapter of the page: the modules whose refusals it holds, and the nouns by which others belong to it."""

    title: str
    modules: tuple[str, ...]
    nouns: tuple[str, ...] = ()


_IMPORTING = Group(
    "Importing",
    (
        "ledger/exchange/source.py",
        "ledger/exchange/intake.py",
        "cli/import*",
        "cli/taking_over.py",
        *(
            f"ledger/exchange/{each}.py"
            for each in ("outages", "labels", "table", "charges", "statuspage", "aliyun_bill")
        ),
        *(f"ledger/exchange/{each}.py" for each in ("alertmanager", "prometheus", "pagerduty", "focus", "bss")),
        "ledger/exchange/cloudevents.py",
    ),
)
_MOVING = Group(
    "Exports, copies, moves", ("ledger/exchange/*", "ledger/new_files.py", "cli/transfer.py", "cli/export*")
)
_STORE = Group("The ledger where it is kept", ("ledger/store/*",), ("event", "ledger", "store"))
_ANYWHERE = Group("The command line and batch files", ("*",))
GROUPS = (
    _ANYWHERE,
    Group("Ids, times, amounts, texts", ("domain/commands.py", "domain/time.py", "domain/money.py")),
    Group("Accounts", ("domain/account.py",), ("account",)),
    Group("Incidents and exclusions", ("domain/incident.py",), ("incident", "exclusion", "clause", "function")),
    Group("Bills", ("domain/bill.py",), ("bill", "fee")),
    Group("Claims and decisions", ("domain/claim.py", "cli/claim.py"), ("claim", "decision")),
    Group("Vouchers", ("domain/voucher.py", "domain/rules/vouchers.py"), ("voucher",)),
    Group(
        "Terms, readings, calendars",
        ("domain/terms*", "domain/readings.py", "domain/calendar.py", "domain/rules/*", "ledger/published.py"),
        ("terms", "reading", "calendar"),
    ),
    _IMPORTING,
    _MOVING,
    Group(
        "Checkpoints, proofs, replay, dossiers, pages",
        ("ledger/audit/*", "cli/audit*", "cli/dossier.py", "cli/pages/*"),
    ),
    _STORE,
    Group(
        "PostgreSQL", ("ledger/store/server*", "ledger/store/postgres.py", "ledger/store/roles.py", "cli/postgres.py")
    ),
)

_TOP = """# When something is refused

Made by `python tools/errors.py` from the code: every refusal, what is said, and what to do. Nothing is recorded when
something is refused, and what was to be recorded can be run again as it is: what holds already is a no-op.

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
    entries: defaultdict[str, list[Refused]] = defaultdict(list)
    for refused in refusals():
        entries[refused.code].append(refused)
    readers = {module for ways in entries.values() for module in {each.module for each in ways} if _reads(module)}
    chapters: defaultdict[Group, list[str]] = defaultdict(list)
    for name in sorted(entries):
        chapters[min((group_of(each, readers) for each in entries[name]), key=GROUPS.index)].append(name)
    return "\n".join((_TOP, *_index(sorted(entries)), *_chapters(chapters, entries)))


def group_of(refused: Refused, readers: set[str]) -> Group:
    """The chapter of a refusal: by its module, by a noun in its code where the module serves all, else the first."""
    if refused.module in readers:
        return _IMPORTING
    for group in sorted(GROUPS, key=lambda group: group in (_STORE, _MOVING)):
        if group is not _ANYWHERE and any(fnmatch(refused.module, pattern) for pattern in group.modules):
            return group
    return next((group for group in GROUPS if any(noun in refused.code for noun in group.nouns)), _ANYWHERE)


def _reads(module: str) -> bool:
    """Whether a module is a reader of another tool's files: those share `ledger/exchange/source.py`."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    imported = (node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return module.startswith("ledger/exchange/") and "ledger.exchange.source" in imported


def _index(codes: list[str]) -> Iterator[str]:
    yield "## By code\n"
    for letter, names in groupby(codes, key=lambda code: code[0]):
        yield f"**{letter}** " + " · ".join(f"[{name}](#{name})" for name in names) + "\n"


def _chapters(chapters: Mapping[Group, list[str]], entries: Mapping[str, list[Refused]]) -> Iterator[str]:
    for group in GROUPS:
        if chapters.get(group):
            yield f"## {group.title}\n"
            for name in chapters[group]:
                yield from _entry(name, entries[name])


def _entry(name: str, ways: list[Refused]) -> Iterator[str]:
    yield f"### {name}\n"
    statuses = " or ".join(str(status) for status in sorted({each.status for each in ways}))
    clauses = sorted({each.clause for each in ways if each.clause})
    cited = f", {'clauses' if len(clauses) > 1 else 'clause'} {', '.join(clauses)}" if clauses else ""
    yield " ".join((f"Exit {statuses}{cited}.", *([CAUSES[name]] if name in CAUSES else []))) + "\n"
    rows = dict.fromkeys(
        (each.status, *row) for each in sorted(ways, key=lambda each: each.status) for row in _rows(each)
    )
    mixed = len({status for status, *_ in rows}) > 1
    yield "| exit | what is said | what to do |\n|---|---|---|" if mixed else "| what is said | what to do |\n|---|---|"
    yield "".join(
        f"| {status} | {said} | {hint} |\n" if mixed else f"| {said} | {hint} |\n" for status, said, hint in rows
    )


def _rows(refused: Refused) -> Iterator[tuple[str, str]]:
    """What is said and what to do: in pairs where there are as many of both, as where a table gives both."""
    messages = refused.messages or ("what the library says of it",)
    paired = len(messages) == len(refused.hints)
    for at, message in enumerate(messages):
        yield _cell(message), "<br>".join(map(_cell, refused.hints[at : at + 1] if paired else refused.hints))


def _cell(text: str) -> str:
    """A text in a cell of a table, as Markdown shows it unchanged."""
    quoted = "`" in text
    plain = text.replace("|", "\\|").replace("\n", " ")
    return plain if quoted else plain.replace("<", "&lt;").replace("*", "\\*")


if __name__ == "__main__":
    PATH.write_text(page(), "utf-8")
