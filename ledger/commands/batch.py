"""Batch files: one command per line, many lines per transaction, and safe to run again wherever they stopped.

The lines done are noted, as a sum of their hashes, in the same transaction as their events. So a file whose run died,
or stopped at a line that was corrected since, goes on from there, even where its lines undo one another. Deciding and
issuing act on what is pending: if anything was recorded since a run stopped, such lines are carried out again. A
completed file is remembered only until something else is recorded. After that its lines are commands like any other,
and no-ops where their effect already holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Literal

from domain.commands import ApproveVoucher, Command, DecideClaim, IssueVoucher, MonthCommand
from domain.refusals import Conflict, Damaged, Refusal, Undone
from domain.text import counted, said
from ledger import clock
from ledger.application import Ledger, Writer
from ledger.commands.batch_report import LineRefusal, Report
from ledger.commands.execution import Clock, carry_out, turn
from ledger.commands.month_run import carry_out_month
from ledger.commands.parsing import parse_line
from ledger.commands.supposed import supposed
from ledger.log.reader import BatchNote
from ledger.memory import gc_paused
from ledger.refusals.commands import BatchGoesOn, RunIncomplete, RunLeavesUndone


class Batch:
    """One run of a batch file over a ledger. `lines` must be seekable: it is read twice where a run is resumed."""

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
        """Carry out the lines, and report the refused ones. A dry run records nothing.

        Raises Conflict, Damaged, and Unreadable where the store fails; earlier transactions stay committed.
        """
        numbered = enumerate(self._lines, start=1)
        started, more, kept = False, True, 0
        while more:
            with _telling(kept), self._ledger.writing(commit=not dry_run) as log:
                if not started:
                    self._recall(log)
                elif self._noted is not None and not any(note.lines_sha256 == self._noted for note in log.progress()):
                    raise BatchGoesOn()
                started, before, begun = True, self._report.recorded, log.position()
                with gc_paused():
                    more = self._run_lines(log, numbered, whole=dry_run)
                if dry_run:
                    self._report.supposed = supposed(log, begun)
                if self._noted or self._report.recorded > before:
                    self._note(log, "running" if more else "stopped" if self._report.refused else "done")
            kept = self._report.lines
            self._on_progress(kept)
        if dry_run:
            with self._ledger.reading() as log:
                self._report.position = log.position()
        return self._report

    def _recall(self, log: Writer) -> None:
        """Find the note of an earlier run of this file, if any, with the lines that it had done."""
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
        """Carry out lines for a turn, or all with `whole`; returns whether there are more."""
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
            if refusal is not None and not self._goes_past(refusal):
                return False
            if is_over() and not whole:
                return True
        return False

    def _goes_past(self, refusal: Refusal) -> bool:
        """Whether the lines after a refused one are carried out: what was undone since is only listed."""
        return self._keep_going or isinstance(refusal, Undone)

    def _count(self, number: int, line: bytes, refusal: Refusal | None) -> None:
        """Count a line as done, or as refused, to be tried again with the next run of the file."""
        if refusal is None:
            self._sum = _with(self._sum, number, line)
            self._refused.discard(number)
        else:
            self._report_refusal(number, refusal)
            if not self._goes_past(refusal):
                return
            self._refused.add(number)
        self._sum_lines = max(self._sum_lines, number)

    def _run_line(self, log: Writer, line: bytes) -> Refusal | None:
        if not line.strip():
            return None
        try:
            self._carry_out(log, parse_line(line))
        except (Conflict, Damaged):
            raise
        except Refusal as refusal:
            return refusal
        return None

    def _carry_out(self, log: Writer, command: Command) -> None:
        if isinstance(command, MonthCommand):
            self._run_month(log, command)
            return
        done = carry_out(log, command, self._actor, self._now())
        if done.recorded:
            self._report.position = done.position
        if isinstance(command, ApproveVoucher):
            self._ledger.store.notes += done.warnings
        self._report.recorded += done.recorded
        self._report.noops += done.noop

    def _run_month(self, log: Writer, command: MonthCommand) -> None:
        """Carry out a month's run; its events are counted. Raises Refusal `run_incomplete` where some were refused,
        `undone` where all of these were undone since.
        """
        run = carry_out_month(log, command, self._actor, self._now)
        if log.position() != run.begun_at:
            self._report.position = log.position()
        self._report.recorded += run.recorded
        if run.refused:
            undone = all(isinstance(one.refusal, Undone) for one in run.refused)
            kind = RunLeavesUndone if undone else RunIncomplete
            raise kind(refused=len(run.refused), done=len(run.done), what=run.refused[0].refusal.message)
        self._report.noops += run.noop

    def _report_refusal(self, number: int, refusal: Refusal) -> None:
        self._report.refused.append(LineRefusal(line=number, refusal=refusal))
        self._report.status = 1 if self._goes_past(refusal) else refusal.status

    def _note(self, log: Writer, state: Literal["running", "stopped", "done"]) -> None:
        """Note the lines done, in the same transaction."""
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
    """Add to a refusal that stops a run which lines earlier transactions had done."""
    try:
        yield
    except Refusal as refusal:
        if kept:
            refusal.reword(
                counted(
                    "{message}; line {n} is recorded, later ones are not",
                    "{message}; lines 1 to {n} are recorded, later ones are not",
                    n=kept,
                    message=refusal.message,
                ),
                None
                if isinstance(refusal, Damaged)
                else said("run the file again when that is resolved: it continues there"),
            )
        raise


def _is_what_is_left(line: bytes) -> bool:
    """Whether a line decides or issues: done again, it acts on what became pending since."""
    return bool(line.strip()) and isinstance(parse_line(line), DecideClaim | IssueVoucher | MonthCommand)


def _with(lines_sum: int, number: int, line: bytes) -> int:
    """Add a line to the sum over done lines: its hash with its number, so that the order of lines does not matter."""
    hashed = hashlib.sha256(b"%d:%s" % (number, line.rstrip(b"\r\n"))).digest()
    return (lines_sum + int.from_bytes(hashed, "big")) % 2**256


def _text(lines_sum: int) -> str:
    return f"{lines_sum:064x}"
