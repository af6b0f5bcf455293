"""`slaledger import`: a status page's incidents, the provider's bill, a whole ledger's events."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from cli.completion import accounts, files
from cli.context import actor, lock_seconds, open_ledger, settings
from cli.output import Json, emit, format_option, put, warn
from cli.progress import progress
from cli.transfer import counts, tell
from domain.refusals import Unreadable
from domain.wording import said
from ledger.exchange import moving, source
from ledger.exchange.aliyun_bill import read_aliyun_bill
from ledger.exchange.intake import take_over
from ledger.exchange.statuspage import read_statuspage
from ledger.files import read_bytes


@click.group("import")
def imports() -> None:
    """Take over a status page's, a bill's or a ledger's export: wholly, or not at all."""


_DRY_RUN = click.option("--dry-run", is_flag=True, help="Check everything and record nothing.")


@imports.command("statuspage", short_help="Incidents of an Atlassian Statuspage (v2 JSON).")
@click.argument("file", shell_complete=files)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    shell_complete=accounts,
    metavar="ID",
    help="The account that they touch; repeatable.",
)
@click.option("--all-accounts", is_flag=True, help="They touch everybody.")
@click.option("--map", "mapping", multiple=True, required=True, metavar="COMPONENT=FUNCTION", help="Repeatable.")
@click.option("--skip", multiple=True, metavar="INCIDENT", help="Leave an incident of the page out; repeatable.")
@_DRY_RUN
@format_option
def statuspage(
    file: str,
    accounts: tuple[str, ...],
    all_accounts: bool,
    mapping: tuple[str, ...],
    skip: tuple[str, ...],
    dry_run: bool,
    format_: str | None,
) -> None:
    """Incidents of a Statuspage, a component's outages from its status transitions; maintenance that was
    announced before it began is excluded under 2.3(5).

    \b
    Example:
      slaledger import statuspage incidents.json --all-accounts --map 'Inbound calls=inbound_routing'
    """
    if bool(accounts) == all_accounts:
        raise click.UsageError(said("say whom they touch: --account, repeatable, or --all-accounts"))
    functions = dict(_pair(text) for text in mapping)
    _import(
        file,
        lambda data: read_statuspage(
            data, name=file, accounts=accounts, all_accounts=all_accounts, functions=functions, skip=frozenset(skip)
        ),
        dry_run,
        format_,
    )


@imports.command("aliyun-bill", short_help="The provider's instance bill (41-column CSV).")
@click.argument("file", shell_complete=files)
@click.option("--call-item", "call_items", multiple=True, required=True, metavar="NAME", help="A 计费项 that is calls.")
@click.option("--product", "products", multiple=True, metavar="NAME", help="Only rows of this 产品; repeatable.")
@_DRY_RUN
@format_option
def aliyun_bill(
    file: str, call_items: tuple[str, ...], products: tuple[str, ...], dry_run: bool, format_: str | None
) -> None:
    """The provider's instance bill, UTF-8 or GB18030: what was payable, and what of it vouchers (代金券) paid.

    \b
    Example:
      slaledger import aliyun-bill bill.csv --call-item 通话费
    """
    _import(
        file,
        lambda data: read_aliyun_bill(data, name=file, call_items=frozenset(call_items), products=frozenset(products)),
        dry_run,
        format_,
    )


@imports.command("events", short_help="A whole ledger, as `export events` wrote it.")
@click.argument("file", shell_complete=files)
@_DRY_RUN
@format_option
def events(file: str, dry_run: bool, format_: str | None) -> None:
    """Make the ledger that --ledger names of an export: the same events at the same positions, with the same root.

    There must be no ledger yet, or an empty one. - reads standard input.

    \b
    Example:
      slaledger --ledger sqlite:///moved.db import events events.jsonl
    """
    with progress("events") as advance:
        moved = moving.import_events(
            settings().url, file, dry_run=dry_run, lock_seconds=lock_seconds(), on_progress=advance
        )
    if dry_run:
        words = said("{file}: {events} events checked, none recorded, up to position {position}", **counts(file, moved))
        tell(file, moved, words, format_, dry_run=True)
    else:
        words = said("{file}: {events} events recorded, up to position {position}", **counts(file, moved))
        tell(file, moved, words, format_)


def _pair(text: str) -> tuple[str, str]:
    component, equals, function = text.rpartition("=")
    if not equals:
        raise click.UsageError(said("--map {text!r} is not COMPONENT=FUNCTION", text=text))
    return component, function


def _import(file: str, read: Callable[[bytes], source.Reading], dry_run: bool, format_: str | None) -> None:
    try:
        found = read(read_bytes(file))
    except source.Unreadable as refused:
        raise Unreadable(
            refused.code, said("{place}: {message}", place=refused.place, message=refused.message), hint=refused.hint
        ) from None
    with open_ledger() as ledger:
        taken = take_over(ledger, found.commands, actor(), dry_run=dry_run)
    notes = [*found.notes, *taken.left_alone]
    _tell_notes(notes)
    answer: Json = {
        "file": file,
        "commands": len(found.commands),
        "recorded": taken.recorded,
        "noops": taken.noops,
        "position": taken.position,
        "notes": notes,
    }
    words = said(
        "{file}: {commands} commands, {recorded} events recorded, {noops} no-ops",
        file=file,
        commands=len(found.commands),
        recorded=taken.recorded,
        noops=taken.noops,
    )
    emit({**answer, "dry_run": True} if dry_run else answer, format_, lambda: put(words))


def _tell_notes(notes: Iterable[str]) -> None:
    for note in notes:
        warn(note)
