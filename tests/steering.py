"""Steers a process: it is killed at a moment of its work, or gives way to others after so many lines.

So a test says where a process dies, and it dies there on any machine.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from importlib import import_module
from itertools import count
from typing import Any, NamedTuple, NoReturn

from ledger import batch
from ledger.application import Ledger, Writer

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


class Steering(NamedTuple):
    """`lines` a turn; killed the `time`-th time (from 1) it comes to a `moment`, or at the `time`-th SQL statement."""

    lines: int | None = None
    moment: str | None = None
    time: int = 1


def turns_of(lines: int) -> Callable[[], Callable[[], bool]]:
    """Turns of so many lines, instead of so much time: for `ledger.batch.turn`."""

    def turn() -> Callable[[], bool]:
        told = count(1)
        return lambda: next(told) >= lines

    return turn


def steer(steering: Steering) -> None:
    """Make this process do so, for as long as it lives."""
    if steering.lines is not None:
        batch.turn = turns_of(steering.lines)
    if steering.moment is not None:
        _Dying(steering.moment, steering.time).prepare()


def die() -> NoReturn:
    """As `kill -9` does it: nothing is flushed, closed or told."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes on")


class _Dying:
    def __init__(self, moment: str, time: int) -> None:
        self._moment, self._time, self._times = moment, time, 0

    def _come_to(self, moment: str) -> bool:
        """Whether this is the time to die, where the moment is the one."""
        self._times += moment == self._moment
        return moment == self._moment and self._times == self._time

    def _die_at(self, moment: str) -> None:
        if self._come_to(moment):
            die()

    def prepare(self) -> None:
        """Put the moment into what has it."""
        if self._moment == "at a statement":
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
            self._die_at("before the answer")
            return report

        batch.Batch.run = answered

    def _before(self, of: type, name: str, moment: str) -> None:
        usual = getattr(of, name)

        @wraps(usual)
        def coming(*given: Any, **named: Any) -> Any:
            self._die_at(moment)
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
                        die()
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
                append(log, events[:1], *given)
                die()
            return append(log, events, *given)

        Writer.append = appended

    def _around_the_commit(self) -> None:
        writing = Ledger.writing

        @contextmanager
        def around(ledger: Ledger, *, commit: bool = True) -> Iterator[Writer]:
            with writing(ledger, commit=commit) as log:
                yield log
                self._die_at("after the note")
            self._die_at("after the commit")

        Ledger.writing = around

    def _count_statements(self) -> None:
        """Die before a statement of SQL, whatever it is for."""

        def told(_: object = None) -> None:
            self._die_at("at a statement")

        usual = sqlite3.connect

        def connect(*given: Any, **named: Any) -> sqlite3.Connection:
            connection = usual(*given, **named)
            connection.set_trace_callback(told)
            return connection

        sqlite3.connect = connect
        with suppress(ImportError):
            self._before(import_module("psycopg").Cursor, "execute", "at a statement")
