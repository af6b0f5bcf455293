"""Queries about the whole ledger: its log, where a text stands in it, and where it stands."""

from __future__ import annotations

import click

from cli.answers.whole.log import emit_log, hits_shown, print_hits
from cli.answers.whole.status import status as where_it_stands
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.terminal.instants import instant_asked
from cli.terminal.output import emit, emit_each, format_option
from domain.terms.versions import currency_of
from domain.text import said
from ledger.log.reader import Reader
from ledger.queries.standing import standing
from ledger.queries.whole_log import Which, events
from ledger.queries.whole_log import search as searched


@click.command()
@click.option("--since", metavar="TIME|POSITION", help="Only what was recorded after it.")
@click.option("--until", metavar="TIME|POSITION", help="Only what was recorded up to it.")
@click.option("--actor", metavar="NAME", help="Only what this actor recorded.")
@click.option("--topic", metavar="TOPIC", help="Only events of this topic, such as claim.decided, or claim for all.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N events.")
@click.option("--reverse", "oldest_first", is_flag=True, help="The oldest event first.")
@format_option
def log(
    since: str | None,
    until: str | None,
    actor: str | None,
    topic: str | None,
    limit: int | None,
    oldest_first: bool,
    format_: str | None,
) -> None:
    """List the events of the whole ledger, the newest first: who recorded what, when and why.

    \b
    Example:
      slaledger log --topic claim --limit 20
    """
    with open_ledger() as ledger, knowing(ledger, KnownAtOptions(None, None)) as known, ledger.reading() as read:
        last = read.position()
        first = 0 if since is None else _position(read, "--since", since, known.at)
        end = last if until is None else _position(read, "--until", until, known.at)
        which = Which(after=first, last=end, actor=actor, topic=topic, limit=limit)
        emit_log(events(read, which, newest_first=not oldest_first), zone_known(read, known), last, format_)


def _position(read: Reader, name: str, text: str, now: int) -> int:
    """The position that is meant: itself, or the last one known at a time. Raises as `instant_asked` does."""
    if text.isdecimal() and text.isascii():
        return min(int(text), read.position())
    return read.position_known_at(instant_asked(name, text, now))


@click.command()
@click.argument("text")
@knowledge_options
@format_option
def search(text: str, asked: KnownAtOptions, format_: str | None) -> None:
    """List the events in which TEXT stands, in small or capital letters: in ids, names, reasons, statements, evidence.

    \b
    Example:
      slaledger search gateway
    """
    if not text.strip():
        raise click.UsageError(said("give a text to search for"))
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as read:
        emit_each(hits_shown(searched(read, text), zone_known(read, known)), format_, print_hits)


@click.command()
@knowledge_options
@format_option
def status(asked: KnownAtOptions, format_: str | None) -> None:
    """Show on one screen where the ledger stands: its last event, the terms, what waits, and the last imports.

    \b
    Example:
      slaledger status
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        found = standing(ledger, known.at, known.upto)
        with ledger.reading(known.upto) as read:
            zone, currency = zone_known(read, known), currency_of(read.versions())
        answer = where_it_stands(found, ledger.store.name, zone, currency, known.at)
    emit(answer, format_, answer.table)
