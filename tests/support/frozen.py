"""Answers and refusals frozen as readable files: the commands, on a fixed clock, with their output.

The clock begins at a fixed instant and advances one minute per command, ids are counted, and the release is named 1.0,
so that a run has the same output on any day and in every release. Nothing else of the program is replaced: the files
have what the command line prints.
"""

from __future__ import annotations

import difflib
import json
import re
import shlex
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from conftest import CommandLine
from releases import LAY_OUT, is_locked

FOLDER = Path(__file__).parents[1] / "golden_answers"
HOW = "`python -m pytest tests/cli --golden-update` writes it anew"
BEGIN_NS = 1_795_226_400_000_000_000
"""The clock's first instant: 2026-11-21T10:00:00+08:00, when all that the demo's files tell lies before."""
MINUTE_NS = 60_000_000_000
WIDTH = 120
PLAIN = {"COLUMNS": "100"}
SPEAKING = (*LAY_OUT, "holidays", "msgspec", "psycopg")
"""The libraries whose words, data or layout are in what is said."""
LIBRARY = "‹words of a library›"


class Speech(NamedTuple):
    """What a command left: its exit status, and the two streams."""

    status: int
    out: str
    err: str


class Standing:
    """A clock that stands, and ids that are counted."""

    def __init__(self) -> None:
        self.now_ns = BEGIN_NS

    @contextmanager
    def held(self) -> Iterator[None]:
        """The time and the ids of a command: the clock is a minute further than at the one before."""
        self.now_ns += MINUTE_NS
        ids = count(self.now_ns // MINUTE_NS << 16)
        with ExitStack() as during:
            during.enter_context(patch("time.time_ns", lambda: self.now_ns))
            during.enter_context(patch("time.monotonic_ns", lambda: self.now_ns))
            during.enter_context(patch("ledger.clock.release", lambda: "1.0"))
            during.enter_context(patch("uuid.uuid4", lambda: uuid.UUID(int=next(ids))))
            during.enter_context(patch("secrets.token_bytes", lambda length: bytes(range(length))))
            yield


class Frozen:
    """The command line in a folder, under a standing clock."""

    def __init__(self, slaledger: CommandLine, clock: Standing | None = None) -> None:
        self.slaledger = slaledger
        self.clock = clock or Standing()

    @property
    def folder(self) -> Path:
        """Where it runs."""
        return self.slaledger.folder

    def copy(self, folder: Path) -> Frozen:
        """The same ledger in another folder, at the same time."""
        clock = Standing()
        clock.now_ns = self.clock.now_ns
        return Frozen(self.slaledger.copy(folder), clock)

    def say(
        self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, terminal: bool = False
    ) -> Speech:
        """Carry a command out; the folder's name is left out of what it says."""
        with self.clock.held():
            done = self.slaledger.run(*words, stdin=stdin, env={**PLAIN, **(env or {})}, terminal=terminal)
        return Speech(done.returncode, *(self._shown(text) for text in (done.stdout, done.stderr)))

    def do(self, *words: str, stdin: bytes = b"") -> None:
        """Carry a command out that must succeed."""
        done = self.say(*words, stdin=stdin)
        assert done.status == 0, (words, done)

    def batch(self, *commands: Mapping[str, object]) -> None:
        """Carry out commands that must all succeed."""
        self.do("batch", "-", stdin=lines(commands))

    def _shown(self, text: str) -> str:
        """A text without the folder's name, a carriage return as a sign that an editor keeps."""
        for name in (str(self.folder), str(self.folder).lstrip("/")):
            text = text.replace(name, "FOLDER")
        return text.replace("\r", "␍")


def lines(commands: Iterable[Mapping[str, object]]) -> bytes:
    """Commands as the lines of a batch file."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in commands).encode()


def written(title: str, words: Iterable[str], speech: Speech) -> str:
    """A command and what it said, as they stand in a file."""
    parts = [f"### {title}\n$ slaledger {shlex.join(words)}\nexit {speech.status}\n"]
    for name, text in (("stdout", speech.out), ("stderr", speech.err)):
        if text:
            parts.append(_stream(name, text))
    return "".join(parts)


def _stream(name: str, text: str) -> str:
    spread = list(_spread_lines(text))
    if spread and spread[-1] is not None:
        kind, shown = "json", "".join(f"{each}\n" for each in spread)
    else:
        kind, shown = "text", text if text.endswith("\n") else text + "‹no end of line›\n"
    return f"--- {name} ({kind})\n{shown}"


def _spread_lines(text: str) -> Iterator[str | None]:
    """Each line of JSON over as many lines as it needs; None at the end where that would hide how it is written."""
    for line in text.splitlines():
        read = _json(line)
        if read is None:
            yield None
            return
        style, value = read
        yield f"{style} {spread(value)}"
    if not text.endswith("\n"):
        yield None


def _json(line: str) -> tuple[str, object] | None:
    """An object or a list and whether blanks stand in it; None where writing it again gives other bytes."""
    if line[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    styles = {"dense": (",", ":"), "loose": (", ", ": ")}
    for style, separators in styles.items():
        if json.dumps(value, ensure_ascii=False, separators=separators) == line:
            return style, value
    return None


def spread(value: object, indent: str = "") -> str:
    """JSON in lines of a width that a person can read, keys in their order."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {spread(each, deeper)}" for key, each in value.items()]
        first, last = "{}"
    else:
        items = [spread(each, deeper) for each in value]
        first, last = "[]"
    inside = ",\n".join(deeper + item for item in items)
    return f"{first}\n{inside}\n{indent}{last}"


def without(theirs: Sequence[str | re.Pattern[str]], text: str) -> str:
    """A text without the words of a library: what a pattern fits, and behind a beginning the rest of line or string."""
    for each in theirs:
        if isinstance(each, re.Pattern):
            text = each.sub(LIBRARY, text)
            continue
        rest = r"(?:\\.|[^\"\\\n])*" if text.startswith("{") else r"[^\n]*"
        text = re.sub(f"(?<={re.escape(each)}){rest}", LIBRARY, text)
    return text


def facts(text: str) -> list[str]:
    """Of commands and what they said: which they were, how they ended, and the codes of their refusals."""
    return re.findall(r'^(?:### .*|\$ .*|exit \d+)$|"code": "\w+"', text, re.MULTILINE)


def hold(name: str, blocks: Iterable[str], update: bool) -> None:
    """Hold what was said to a file; written anew where that is asked for.

    With other releases than the locked ones, whose words and layout are others, it is held to the facts alone.
    """
    path = FOLDER / name
    now = "\n".join(blocks)
    if update:
        path.write_text(now, "utf-8")
        return
    frozen = path.read_text("utf-8") if path.exists() else ""
    differing = difflib.unified_diff(
        frozen.splitlines(keepends=True), now.splitlines(keepends=True), f"golden_answers/{name}", "said now", n=4
    )
    told = "".join(differing)
    same = frozen == now if is_locked(*SPEAKING) else facts(frozen) == facts(now)
    assert same, f"something is said differently; if that is meant, {HOW}\n{told}"
