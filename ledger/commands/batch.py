"""Batch files: one command a line, many lines a transaction, and safe to run again wherever they stopped.

Which lines were carried out is noted, by a sum of their hashes, in the same transaction as their events. So a file
whose run died, or stopped at a line that has been mended since, goes on where it was, even where its lines undo one
another. Deciding and issuing are "what is left" by nature: where anything was recorded since a run stopped, those of
its lines are carried out again. A file that was wholly done is remembered only until anything else is recorded; from
then on its lines are commands like any other, and no-ops where their effect holds.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Literal

import msgspec

from domain.commands import Command, DecideClaim, IssueVoucher
from domain.refusals import Conflict, Damaged, Refusal
from domain.text import said
from ledger import clock
from ledger.application import Ledger, Writer
from ledger.commands.execution import Clock, carry_out, spend_key
from ledger.commands.month_run import run_month, waiting
from ledger.commands.parsing import parse_line
from ledger.log.reader import BatchNote
from ledger.memory import uncollected
from ledger.refusals.commands import BatchGoesOn, RunIncomplete

TURN_NS = 250_000_000
"""How long one transaction may hold the write lock before others get a turn."""


def turn() -> Callable[[], bool]:
    """Begin a turn at the write lock; gives a function, asked after each line, that says whether the turn is over."""
    until = time.monotonic_ns() + TURN_NS
    return lambda: time.monotonic_ns() > until


class LineRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was refused, and why."""

    line: int
    refusal: Refusal


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
        self._earlier: BatchNote | None = None
        self._noted: str | None = None
        self._sum = 0
        self._sum_lines = 0
        self._refused: set[int] = set()
        self._outdated = False

    def run(self, *, dry_run: bool = False) -> Report:
        """Carry out the lines; nothing is kept of a dry run. Lines' refusals are reported.

        Raises Conflict, Damaged, and Unreadable where the store fails; what earlier transactions recorded is kept.
        """
        numbered = enumerate(self._lines, start=1)
        started, more, kept = False, True, 0
        while more:
            with _telling(kept), self._ledger.writing(commit=not dry_run) as log:
                if not started:
                    self._recall(log)
                elif self._noted is not None and not any(note.lines_sha256 == self._noted for note in log.progress()):
                    raise BatchGoesOn()
                started, before = True, self._report.recorded
                with uncollected():
                    more = self._run_lines(log, numbered, whole=dry_run)
                if self._noted or self._report.recorded > before:
                    self._note(log, "running" if more else "stopped" if self._report.refused else "done")
            kept = self._report.lines
            self._on_progress(kept)
        if dry_run:
            with self._ledger.reading() as log:
                self._report.position = log.position()
        return self._report

    def _recall(self, log: Writer) -> None:
        """Find the note of an earlier run of this file, if there is one: which lines it had done."""
        position = self._report.position = log.position()
        candidates = [note for note in log.progress() if note.state != "done" or note.position == position]
        sums = dict.fromkeys((note.lines_sha256 for note in candidates), 0)
        last = max((note.lines for note in candidates), default=0)
        for number, line in enumerate(islice(self._lines, last), start=1):
            for note in candidates:
                if number <= note.lines and number not in note.refused:
                    sums[note.lines_sha256] = _with(sums[note.lines_sha256], number, line)
        self._lines.seek(0)
        held = [note for note in candidates if _text(sums[note.lines_sha256]) == note.lines_sha256]
        if held:
            self._earlier = max(held, key=lambda note: note.lines)
            self._noted = self._earlier.lines_sha256
            self._sum, self._sum_lines = sums[self._noted], self._earlier.lines
            self._refused = set(self._earlier.refused)
            self._outdated = self._earlier.state == "stopped" and self._earlier.position != position

    def _is_done(self, number: int) -> bool:
        earlier = self._earlier
        return earlier is not None and number <= earlier.lines and number not in earlier.refused

    def _run_lines(self, log: Writer, numbered: Iterator[tuple[int, bytes]], *, whole: bool) -> bool:
        """Carry out lines for a turn, or all; gives whether there are more."""
        is_over = turn()
        for number, line in numbered:
            self._report.lines = number
            if self._is_done(number):
                self._report.done_before += 1
                again = self._outdated and _is_what_is_left(line)
                if not again or self._run_line(log, line) is not None:
                    self._report.noops += bool(line.strip())
                continue
            refusal = self._run_line(log, line)
            self._count(number, line, refusal)
            if refusal is not None and not self._keep_going:
                return False
            if is_over() and not whole:
                return True
        return False

    def _count(self, number: int, line: bytes, refusal: Refusal | None) -> None:
        """Take a line in among those that are done, or that were refused and are tried again when the file is."""
        if refusal is None:
            self._sum = _with(self._sum, number, line)
            self._refused.discard(number)
        else:
            self._report_refusal(number, refusal)
            if not self._keep_going:
                return
            self._refused.add(number)
        self._sum_lines = max(self._sum_lines, number)

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
        return None

    def _carry_out(self, log: Writer, command: Command) -> int:
        if not (isinstance(command, DecideClaim | IssueVoucher) and command.all):
            done = carry_out(log, command, self._actor, self._now())
            if not done.noop:
                self._report.position = done.position
            return done.recorded
        run = run_month(
            command,
            waiting(log, command),
            lambda one: carry_out(log, one, self._actor, self._now()),
            self._report.position,
        )
        if run.done and not run.refused:
            spend_key(log, command, self._actor, self._now())
        if run.refused:
            self._report.recorded += run.recorded
            self._report.position = run.position
            first = run.refused[0]
            raise RunIncomplete(refused=len(run.refused), done=len(run.done), what=first.refusal.message)
        if run.recorded:
            self._report.position = log.position()
        return run.recorded

    def _report_refusal(self, number: int, refusal: Refusal) -> None:
        self._report.refused.append(LineRefusal(line=number, refusal=refusal))
        self._report.status = 1 if self._keep_going else refusal.status

    def _note(self, log: Writer, state: Literal["running", "stopped", "done"]) -> None:
        """Note which lines are done, in the transaction that did them."""
        note = BatchNote(
            lines_sha256=_text(self._sum),
            lines=self._sum_lines,
            refused=tuple(sorted(self._refused)),
            position=log.position(),
            state=state,
        )
        log.note_progress(self._noted, note)
        self._noted = note.lines_sha256


@contextmanager
def _telling(kept: int) -> Iterator[None]:
    """What stops a run in the middle also says which lines earlier transactions of it had done."""
    try:
        yield
    except Refusal as refusal:
        if kept:
            refusal.reword(
                said(
                    "{message}; what lines 1 to {kept} recorded is kept, and nothing of those behind",
                    message=refusal.message,
                    kept=kept,
                ),
                None
                if isinstance(refusal, Damaged)
                else said("run the file again when that has passed: it goes on there"),
            )
        raise


def _is_what_is_left(line: bytes) -> bool:
    """Whether a line that was done before decides or issues: what came to be left since is done then."""
    return bool(line.strip()) and isinstance(parse_line(line), DecideClaim | IssueVoucher)


def _with(lines_sum: int, number: int, line: bytes) -> int:
    """The sum over done lines with one more: each line's hash with its number, in whatever order they are done."""
    hashed = hashlib.sha256(b"%d:%s" % (number, line.rstrip(b"\r\n"))).digest()
    return (lines_sum + int.from_bytes(hashed, "big")) % 2**256


def _text(lines_sum: int) -> str:
    return f"{lines_sum:064x}"
