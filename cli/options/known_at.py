"""`--known-at T` and `--at-position N`: the answer on the facts known then, for every command that reads."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from cli.options.suggestions import suggest
from cli.refusals import KnownAtBeyondLog
from cli.terminal.instants import instant_asked
from domain.refusals import Refusal
from domain.terms.versions import latest, zone_of
from domain.text import said
from ledger import clock
from ledger.application import Ledger
from ledger.log.reader import Reader


class KnownAtOptions(NamedTuple):
    """The requested knowledge, as the user wrote it; that of now where neither option was given."""

    known_at: str | None
    at_position: int | None


class KnownAt(NamedTuple):
    """A state of knowledge: the log up to a position (None: all of it), and the instant of it.

    Open outages count up to that instant (R19).
    """

    upto: int | None
    at: int


def knowledge_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options; the command gets them as `asked`. Raises click.UsageError where both are given."""

    @click.option("--known-at", metavar="TIME", help="Use only what was recorded by TIME.")
    @click.option("--at-position", type=int, metavar="N", help="Use only what was recorded up to event N.")
    @functools.wraps(command)
    def asking(*words: Any, known_at: str | None, at_position: int | None, **given: Any) -> Any:
        if known_at is not None and at_position is not None:
            raise click.UsageError(said("give --known-at or --at-position, not both"), click.get_current_context())
        return command(*words, asked=KnownAtOptions(known_at, at_position), **given)

    return asking


@contextmanager
def knowing(ledger: Ledger, asked: KnownAtOptions) -> Iterator[KnownAt]:
    """Resolve the requested knowledge; a refusal in the block also says up to where the log was known.

    Raises Refusal `time_without_offset`, `in_the_future`, `beyond_the_log`, Unreadable `bad_time`.
    """
    known = resolved(ledger, asked, clock.now_us())
    try:
        yield known
    except Refusal as refusal:
        if known.upto is None:
            suggest(ledger, refusal)
        if known.upto is None or refusal.status != Refusal.status:
            raise
        refusal.reword(
            said("{message} (as it was known at position {upto})", message=refusal.message, upto=known.upto),
            said("leave --known-at and --at-position out for what is known now"),
        )
        raise


def resolved(ledger: Ledger, asked: KnownAtOptions, now: int) -> KnownAt:
    """Resolve the requested state of knowledge. Raises as `knowing` does."""
    if asked.known_at is not None:
        return known_at(ledger, instant_asked("--known-at", asked.known_at, now))
    if asked.at_position is not None:
        return _at_position(ledger, asked.at_position)
    return KnownAt(None, now)


def known_at(ledger: Ledger, instant: int) -> KnownAt:
    """The knowledge at an instant: the longest prefix of the log in which nothing was recorded after it."""
    with ledger.reading() as log:
        return KnownAt(log.position_known_at(instant), instant)


def _at_position(ledger: Ledger, position: int) -> KnownAt:
    with ledger.reading() as log:
        last = log.position()
    if not 1 <= position <= last:
        raise KnownAtBeyondLog(position=position, last=last)
    with ledger.reading(position) as log:
        return KnownAt(position, log.recorded_at())


def zone_known(log: Reader, known: KnownAt) -> str:
    """The zone in which instants are printed: that of the terms known then, or the default before there are any.

    Raises Refusal `no_terms` where no terms are known now.
    """
    versions = log.versions()
    return latest(versions).terms.zone if known.upto is None else zone_of(versions)
