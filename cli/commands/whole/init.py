"""`slaledger init` and `rebuild`."""

from __future__ import annotations

import click

from cli.answers.whole.setup import RebuiltAnswer
from cli.commands.recording import print_receipt
from cli.options.context import actor, lock_seconds, open_ledger, settings, signer
from cli.options.workers import workers_options
from cli.terminal.output import emit, format_option
from cli.terminal.progress import progress
from domain.refusals import Refusal
from domain.text import said
from ledger.application import Ledger
from ledger.commands.execution import initialise
from ledger.demo import check_can_be_demo, check_is_demo_or_new
from ledger.parallel.work import Workers
from ledger.queries import read_models
from ledger.shipped import shipped_agreements
from ledger.transparency.tree import tree_of


@click.command()
@click.option("--agreement", metavar="NAME", help="The accounts' agreement; aliyun-ccc by default.")
@click.option(
    "--demo",
    is_flag=True,
    help="Make a ledger for demonstrations: it says DEMO everywhere, and takes `slaledger --now TIME`.",
)
@format_option
def init(agreement: str | None, demo: bool, format_: str | None) -> None:
    """Create a ledger: its id, its agreement, and the working days that the agreement needs.

    On an existing ledger it adds what an upgrade brought. `terms list --shipped` lists the shipped agreements; the
    working days are those published in China from 2018 on.

    \b
    Example:
      slaledger init
    """
    if agreement is not None:
        shipped_agreements(agreement)  # before there is a ledger
    sign = signer(settings().sign)
    if sign is not None:
        sign()  # before there is a ledger, too
    if demo:
        check_can_be_demo(settings().url)
    elif settings().now is not None:
        raise click.UsageError(said("a ledger that is made with --now needs --demo"))
    with Ledger.create(settings().url, lock_seconds=lock_seconds()) as ledger:
        ledger.signer = sign
        ledger.store.check_writable()
        if demo:
            check_is_demo_or_new(ledger)
        done = initialise(ledger, actor(ledger), agreement=agreement, demo=demo)
        if ledger.store.is_shared:
            _make_what_is_kept(ledger)
    print_receipt(done, format_)


def _make_what_is_kept(ledger: Ledger) -> None:
    """Create the side stores' tables in this version's formats: on a server, other roles may only fill them.

    A refusal says that the ledger itself is there.
    """
    try:
        with read_models.ReadModels.of(ledger), tree_of(ledger):
            pass
    except Refusal as refusal:
        refusal.reword(said("{message}; the ledger itself was made before", message=refusal.message))
        raise


@click.command()
@workers_options
@format_option
def rebuild(workers: Workers, format_: str | None) -> None:
    """Delete the projections and rebuild them from the events. No event is changed.

    \b
    Example:
      slaledger rebuild
    """
    with open_ledger() as ledger, progress("events") as advance:
        accounts = read_models.rebuild(ledger, workers, on_progress=advance)
        with ledger.reading() as log:
            position = log.position()
    answer = RebuiltAnswer(command="rebuild", accounts=accounts, position=position)
    emit(answer, format_, answer.table)
