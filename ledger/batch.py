"""Batch files: one command a line, many lines a transaction, and safe to run again wherever they stopped.

A line that was carried out is known by the hash of the file up to it, noted in the same transaction as its events.
So an interrupted file, or one that was mended behind the lines that were done, goes on where it stopped, even
where its lines undo one another. A file that came to its end is remembered only until anything else is recorded;
from then on its lines are commands like any other, and no-ops where their effect holds.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO

import msgspec

from domain.commands import Command, DecideClaim, IssueVoucher
from domain.refusals import Conflict, Damaged, Refusal
from ledger import clock
from ledger.application import Ledger, Writer
from ledger.execution import Clock, carry_out
from ledger.month_run import run_month, waiting
from ledger.parsing import parse_line

CHUNK_NS = 250_000_000
"""How long one transaction may hold the write lock before others get a turn."""


class LineRefusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    line: int
    code: str
    message: str
    clause: str | None = None
    hint: str | None = None


class Report(msgspec.Struct, kw_only=True):
    """What a batch came to. `done_before` of the no-ops are lines that an earlier, interrupted run had done."""

    lines: int = 0
    recorded: int = 0
    noops: int = 0
    done_before: int = 0
    refused: list[LineRefusal] = []
    position: int = 0
    status: int = 0


class Batch:
    """One run of a batch file over a ledger. `lines` must be seekable: it is read once to see what is done."""

    def __init__(
        self,
        ledger: Ledger,
        lines: IO[bytes],
        *,
        actor: str,
        keep_going: bool = False,
        now: Clock = clock.now_us,
        on_progress: Callable[[int], None] = lambda lines: None,
    ) -> None:
        self._ledger = ledger
        self._lines = lines
        self._actor = actor
        self._keep_going = keep_going
        self._now = now
        self._on_progress = on_progress
        self._report = Report(refused=[])
        self._prefix = hashlib.sha256()
        self._prefix_lines = 0
        self._noted: str | None = None

    def run(self, *, dry_run: bool = False) -> Report:
        """Carry out the lines; nothing is kept of a dry run. Raises Conflict, Damaged; lines' refusals are reported."""
        self._skip_done()
        numbered = enumerate(islice(self._lines, self._prefix_lines, None), start=self._prefix_lines + 1)
        more = True
        while more:
            with self._ledger.writing(commit=not dry_run) as log:
                before = self._report.recorded
                more, ended = self._run_lines(log, numbered, whole=dry_run)
                if self._noted or self._report.recorded > before:
                    self._note(log, finished=ended)
            self._on_progress(self._report.lines)
        return self._report

    def _skip_done(self) -> None:
        """Pass over the lines that an earlier run of this file had done."""
        with self._ledger.reading() as log:
            progress, position = log.progress(), log.position()
        self._report.position = position
        counts = {lines for lines, _, _ in progress.values()}
        hashed = hashlib.sha256()
        for number, line in enumerate(self._lines if counts else (), start=1):
            hashed.update(_ended(line))
            if number in counts and (prefix := hashed.hexdigest()) in progress:
                lines, then, finished = progress[prefix]
                if lines == number and (not finished or then == position):
                    self._prefix, self._prefix_lines, self._noted = hashed.copy(), number, prefix
        self._lines.seek(0)
        self._report.lines = self._report.noops = self._report.done_before = self._prefix_lines

    def _run_lines(self, log: Writer, numbered: Iterator[tuple[int, bytes]], *, whole: bool) -> tuple[bool, bool]:
        """Carry out lines for a moment, or all; gives whether to go on, and whether the file came to its end."""
        until = time.monotonic_ns() + CHUNK_NS
        for number, line in numbered:
            self._report.lines = number
            refusal = self._run_line(log, line)
            if refusal is not None:
                self._refused(number, refusal)
                if not self._keep_going:
                    return False, False
            if not self._report.refused:
                self._prefix.update(_ended(line))
                self._prefix_lines = number
            if time.monotonic_ns() > until and not whole:
                return True, False
        return False, not self._report.refused

    def _run_line(self, log: Writer, line: bytes) -> Refusal | None:
        if not line.strip():
            return None
        try:
            recorded = self._carry_out(log, parse_line(line))
        except (Conflict, Damaged):
            raise
        except Refusal as refusal:
            return refusal
        self._report.recorded += recorded
        self._report.noops += not recorded
        self._report.position = log.position() if recorded else self._report.position
        return None

    def _carry_out(self, log: Writer, command: Command) -> int:
        if not (isinstance(command, DecideClaim | IssueVoucher) and command.all):
            return carry_out(log, command, self._actor, self._now()).recorded
        run = run_month(
            command,
            waiting(log, command),
            lambda one: carry_out(log, one, self._actor, self._now()),
            self._report.position,
        )
        if run.refused:
            self._report.recorded += run.recorded
            first = run.refused[0]
            raise Refusal("run_incomplete", f"{len(run.refused)} refused, {len(run.done)} done; {first.message}")
        return run.recorded

    def _refused(self, number: int, refusal: Refusal) -> None:
        self._report.refused.append(
            LineRefusal(
                line=number, code=refusal.code, message=refusal.message, clause=refusal.clause, hint=refusal.hint
            )
        )
        self._report.status = 1 if self._keep_going else refusal.status

    def _note(self, log: Writer, *, finished: bool) -> None:
        prefix = self._prefix.hexdigest()
        log.note_progress(self._noted, prefix, self._prefix_lines, finished)
        self._noted = prefix


def _ended(line: bytes) -> bytes:
    """A line as it counts for the hash: the last one of a file may want its line end."""
    return line.rstrip(b"\r\n") + b"\n"
