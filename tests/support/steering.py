"""Steers a process: kills or stops it at a moment of its work, or ends its turns after a number of lines.

So a test decides where a process dies, or where it pauses while others work, and the result is the same on any machine.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any, NamedTuple

from ledger.application import Ledger, Writer
from ledger.commands import batch

MOMENTS = (
    "before a line",
    "between the events of a command",
    "before the note",
    "in the note",
    "after the note",
    "after the commit",
    "before the answer",
)
"""Where a batch may die, in the order in which a transaction of it comes there."""
STATEMENT = "at a statement"
"""Where any command may: before a statement of SQL is carried out."""


class Steering(NamedTuple):
    """`lines` are a turn. Every `time`-th time that it comes to a `moment` it gets a signal: it dies, or it stops."""

    lines: int | None = None
    moment: str | None = None
    time: int = 1
    signal: int = signal.SIGKILL


def turns_of(lines: int) -> Callable[[], Callable[[], bool]]:
    """Turns of so many lines, instead of so much time: for `ledger.commands.batch.turn`."""

    def turn() -> Callable[[], bool]:
        told = count(1)
        return lambda: next(told) >= lines

    return turn


def steer(steering: Steering) -> None:
    """Make this process do so, for as long as it lives."""
    if steering.lines is not None:
        batch.turn = turns_of(steering.lines)
    if steering.moment is not None:
        _Met(steering.moment, steering.time, steering.signal).prepare()


class _Met:
    """A moment that is met."""

    def __init__(self, moment: str, time: int, signal_: int) -> None:
        self._moment, self._time, self._signal = moment, time, signal_
        self._times = 0

    def _come_to(self, moment: str) -> bool:
        """Whether it is time for the signal, where the moment is the one."""
        self._times += moment == self._moment
        return moment == self._moment and self._times % self._time == 0

    def _get_signal(self) -> None:
        """As `kill` does it: nothing is flushed, closed or told."""
        os.kill(os.getpid(), self._signal)

    def _meet(self, moment: str) -> None:
        if self._come_to(moment):
            self._get_signal()

    def prepare(self) -> None:
        """Put the moment into what has it."""
        if self._moment == STATEMENT:
            self._count_statements()
            return
        assert self._moment in MOMENTS, self._moment
        self._before(batch.Batch, "_run_line", "before a line")
        self._before(Writer, "note_progress", "before the note")
        self._within_the_note()
        self._within_a_command()
        self._around_the_commit()
        run = batch.Batch.run

        @wraps(run)
        def answered(own: batch.Batch, **given: Any) -> batch.Report:
            report = run(own, **given)
            self._meet("before the answer")
            return report

        batch.Batch.run = answered

    def _before(self, of: type, name: str, moment: str) -> None:
        usual = getattr(of, name)

        @wraps(usual)
        def coming(*given: Any, **named: Any) -> Any:
            self._meet(moment)
            return usual(*given, **named)

        setattr(of, name, coming)

    def _within_the_note(self) -> None:
        """The note is two statements: the earlier one is dropped, and this one is made."""
        noting = Writer.note_progress

        @wraps(noting)
        def noted(log: Writer, replaced: str | None, note: Any) -> None:
            if self._come_to("in the note"):
                query, statements = log._query, count(1)

                def dying(statement: str, *values: object) -> Any:
                    if next(statements) == 2:
                        self._get_signal()
                    return query(statement, *values)

                log._query = dying
            noting(log, replaced, note)

        Writer.note_progress = noted

    def _within_a_command(self) -> None:
        """The first of several events is recorded, and no other."""
        append = Writer.append

        @wraps(append)
        def appended(log: Writer, events: Sequence[Any], *given: Any) -> list[int]:
            if len(events) > 1 and self._come_to("between the events of a command"):
                first = append(log, events[:1], *given)
                self._get_signal()
                return [*first, *append(log, events[1:], *given)]
            return append(log, events, *given)

        Writer.append = appended

    def _around_the_commit(self) -> None:
        writing = Ledger.writing

        @contextmanager
        def around(ledger: Ledger, *, commit: bool = True) -> Iterator[Writer]:
            with writing(ledger, commit=commit) as log:
                yield log
                self._meet("after the note")
            self._meet("after the commit")

        Ledger.writing = around

    def _count_statements(self) -> None:
        """Meet each statement of SQL, whatever it is for."""

        def told(_: object = None) -> None:
            self._meet(STATEMENT)

        usual = sqlite3.connect

        def connect(*given: Any, **named: Any) -> sqlite3.Connection:
            connection = usual(*given, **named)
            connection.set_trace_callback(told)
            return connection

        sqlite3.connect = connect
        if find_spec("psycopg"):
            self._before(import_module("psycopg").Cursor, "execute", STATEMENT)
