"""`slaledger export`: the ledger's data as files for other tools."""

from __future__ import annotations

import click

from cli.answers.exports import DeadlinesWritten, JournalWritten, PromiseWritten
from cli.commands.export.site import site
from cli.commands.export.tables import availability, claims, vouchers
from cli.commands.whole.transfer import export_events
from cli.options.completion import accounts, versions
from cli.options.context import open_ledger
from cli.options.known_at import KnownAtOptions, knowing, knowledge_options, zone_known
from cli.options.output_file import print_receipt, target_options
from cli.terminal.language import localized
from cli.terminal.output import warn
from domain.case import unknown_account
from domain.terms.versions import by_name, currency_of, latest
from domain.text import counted
from domain.time import CLOCK_TOLERANCE_US
from ledger.copies.transfer import check_is_not
from ledger.exports.ics import Context, write_calendar
from ledger.exports.journal import STYLES, write_journal
from ledger.exports.openslo import write_openslo
from ledger.files.writing import new_file
from ledger.log import streams
from ledger.queries.worklist import of_account, work


@click.group("export")
def export() -> None:
    """Write what the ledger knows to files for other tools. A file is written whole or not at all."""


for command in (export_events, claims, vouchers, availability, site):
    export.add_command(command)


JOURNALS = {"beancount": (".beancount", ".bean"), "hledger": (".journal", ".hledger", ".j")}


@export.command("journal", short_help="Write vouchers as a liability, for Beancount or hledger.")
@target_options(JOURNALS)
@knowledge_options
def journal(file: str, format_: str, force: bool, asked: KnownAtOptions) -> None:
    """Write vouchers as a liability, for Beancount or hledger: issued, redeemed, reversed, cancelled.

    Each is one transaction, dated in the terms' time zone; at the end the balance of each voucher is asserted.

    \b
    Example:
      slaledger export journal --format beancount -o vouchers.beancount
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        check_is_not(ledger, file)
        until = known.at + CLOCK_TOLERANCE_US
        with new_file(file, force=force) as out:
            written = write_journal(log, zone_known(log, known), until, STYLES[format_](localized), out.write)
    vouchers = counted("{n} voucher", "{n} vouchers", n=written.vouchers)
    words = counted(
        "{vouchers}, {n} transaction", "{vouchers}, {n} transactions", n=written.transactions, vouchers=vouchers
    )
    print_receipt(JournalWritten(file=file, vouchers=written.vouchers, transactions=written.transactions), words)


@export.command("openslo", short_help="Write what is promised as OpenSLO v1.")
@click.argument("version", required=False, shell_complete=versions)
@target_options()
@knowledge_options
def openslo(version: str | None, file: str, force: bool, asked: KnownAtOptions) -> None:
    """Write what a version of the agreement promises, the latest by default, as OpenSLO v1 documents in YAML.

    \b
    Example:
      slaledger export openslo -o promise.yaml
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        check_is_not(ledger, file)
        found = latest(log.versions()) if version is None else by_name(log.versions(), version)
        with new_file(file, force=force) as out:
            count = write_openslo(found, localized, out.write)
    words = counted("{n} document of {version}", "{n} documents of {version}", n=count, version=found.terms.version)
    print_receipt(PromiseWritten(file=file, documents=count, version=found.terms.version), words)


@export.command("ics", short_help="Write claim windows and open tasks as a calendar.")
@click.option("--account", metavar="ID", help="Only this account's.", shell_complete=accounts)
@target_options()
@knowledge_options
def ics(account: str | None, file: str, force: bool, asked: KnownAtOptions) -> None:
    """Write the worklist as a calendar (RFC 5545): when claim windows open and close, what is to be decided and issued.

    \b
    Example:
      slaledger export ics -o claims.ics
    """
    with open_ledger() as ledger, knowing(ledger, asked) as known, ledger.reading(known.upto) as log:
        check_is_not(ledger, file)
        if account is not None and not log.version(streams.account(account)):
            raise unknown_account(account)
        waits = of_account(work(ledger, known.at, known.upto), account)
        about = Context(
            log.ledger_id() or "",
            log.position(),
            known.at,
            zone_known(log, known),
            currency_of(log.versions()),
            localized,
        )
        with new_file(file, force=force) as out:
            written = write_calendar(waits, about, out.write)
    if written.without_window:
        warn(
            counted(
                "{n} breach is left out: the working days of its claim window are not recorded yet",
                "{n} breaches are left out: the working days of their claim windows are not recorded yet",
                n=written.without_window,
            )
        )
    events = counted("{n} event", "{n} events", n=written.events)
    words = counted("{events}, {n} to-do", "{events}, {n} to-dos", n=written.todos, events=events)
    print_receipt(DeadlinesWritten(file=file, events=written.events, todos=written.todos), words)
