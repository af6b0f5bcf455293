"""`slaledger actor`: list. The commands that change the ledger are generated."""

from __future__ import annotations

import click

from cli.answers.whole.actors import actor_keys, print_actor_keys
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.terminal.output import emit, format_option


@click.command("list", short_help="List the keys with which actors sign.")
@knowledge_options
@format_option
def list_(asked: KnownAtOptions, format_: str | None) -> None:
    """List the registered keys: whose they are, who registered them, signed with which key, and which are retired.

    \b
    Example:
      slaledger actor list
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        rows = actor_keys(log.signing(), zone_known(log, known))
    emit(rows, format_, lambda: print_actor_keys(rows))
