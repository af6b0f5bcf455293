"""The commands that change the ledger, generated from their structs: words and batch lines share one parser."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import click
import msgspec

from cli.answers.receipts import done_answer
from cli.examples import EXAMPLES
from cli.options.completion import OF_FIELD
from cli.options.context import actor, open_ledger
from cli.options.suggestions import suggesting
from cli.options.wire_fields import REPEATED, SAID, wire_fields
from cli.terminal.instants import suggesting_times
from cli.terminal.output import emit, format_params, warn
from domain.commands import Command, MonthCommand
from domain.text import said
from domain.values import VoucherOffset
from ledger.commands.execution import Done, execute
from ledger.commands.parsing import build

_METAVARS = {"Instant": "TIME", "Fen": "AMOUNT", "MonthText": "YYYY-MM", "Seconds": "SECONDS", "Limit": "AMOUNT|none"}
_HELP = {
    "key": "Strict idempotency key: the command is carried out only once.",
    "reason": "The reason.",
    "reported_by": "Who told of it: a role or a ticket number. It cannot be erased later.",
    "again": "Record it again although it was undone since.",
    "region": "The account's region, for incidents that affect a region.",
    "covered_in_beta": "The agreement covers the account in beta too.",
    "from_": "Start of the excluded span; the incident's start by default.",
    "to": "End of the excluded span; the incident's end by default.",
    "notified_at": "When the customer was told; needed for 2.3(5).",
    "shown_on_bill": "Whether the bill's own voucher offset shows this payment already.",
    "offset_explained_by": "A redemption recorded here that the offset shows; none where there is none.",
    "announced_from": "From when on maintenance was announced; needs --announced-to.",
    "announced_to": "Until when maintenance was announced; needs --announced-from.",
    "name": "A name for people to read; it cannot be erased later.",
    "moved_at": "From when on it is in the region.",
    "decided_at": "When it was decided; now by default.",
    "issued_at": "When it was issued; now by default.",
    "voucher": "The voucher's id; V-ACCOUNT-MONTH-N by default.",
    "all": "The month's run: all accounts that have something to do.",
    "function": "The unavailable function; `terms show` lists the agreement's functions.",
    "call_fee": "The part of the fee for calls; leave it out if the agreement's fee has no parts.",
    "file": "Read it from this file.",
    "source": "Where the file's days were published.",
    "noticed_at": "When the amendment was announced; the first version needs none.",
    "accounts": "An account that is affected; repeat for several.",
    "regions": "A region that is affected; repeat for several.",
    "all_accounts": "All accounts are affected.",
    "uncertainty_seconds": "How far that time may be off, if it was measured in steps.",
    "months": "The number of months that the bill covers.",
    "approval_above": "Awards above this amount need an approval before their voucher is issued.",
    "signed": "Whether every command must be signed (`--sign`).",
    "provider_name": "The name of the provider whose agreement this is.",
    "provider_address": "The address of the provider.",
    "evidence": "NAME=SHA256[@URI]; repeat for several.",
}


def recording_command(words: str, kind: type[Command]) -> click.Command:
    """The command of some words, with an option or argument for each field of its struct."""
    hints = typing.get_type_hints(kind)
    takes_all = "all" in kind.__struct_fields__
    params: list[click.Parameter] = []
    if takes_all:
        metavar = "(ACCOUNT MONTH | --all MONTH)"
        params.append(click.Argument(["words"], nargs=-1, metavar=metavar, shell_complete=OF_FIELD["words"]))
    for field in (*kind.__struct_fields__[1:], "key"):
        if field not in kind.ARGUMENTS:
            params += [] if field == "account" and "accounts" in hints else _options(field, hints[field], kind)
        elif not takes_all:
            kept = int if hints[field] is int else str
            params.append(click.Argument([field], metavar=field.upper(), type=kept, shell_complete=OF_FIELD.get(field)))
    order = {argument: index for index, argument in enumerate(kind.ARGUMENTS)}
    params.sort(key=lambda param: order.get(str(param.name), len(order)))
    if takes_all:
        params.append(
            click.Option(["--dry-run"], is_flag=True, help="With --all: say what would come, record nothing.")
        )
    return click.Command(
        words.partition(" ")[2],
        callback=_callback(words, kind),
        params=[*params, *format_params()],
        help=f"{(kind.__doc__ or '').strip()}\n\n\b\nExample:\n  {EXAMPLES[words]}",
        short_help=(kind.__doc__ or "").strip(),
    )


def _options(field: str, hint: Any, kind: type[Command]) -> list[click.Parameter]:
    required = kind.__struct_fields__.index(field) in _required(kind)
    flag = "--" + field.strip("_").replace("_", "-")
    told = _HELP.get(field)
    plain = _without_none(hint)
    if plain is VoucherOffset:
        helped = "The amount of the {} part that was paid with vouchers outside the ledger."
        return [
            click.Option(["--service-voucher"], metavar="AMOUNT", help=helped.format("service")),
            click.Option(["--call-voucher"], metavar="AMOUNT", help=helped.format("call")),
        ]
    if field in REPEATED:
        names = [*REPEATED[field], field]
        return [click.Option(names, multiple=True, metavar="ID", help=told, shell_complete=OF_FIELD.get(field))]
    if field == "evidence":
        return [click.Option([flag], multiple=True, metavar="NAME=SHA256[@URI]", help=told)]
    if field in SAID:
        return [
            click.Option(
                [flag, field],
                is_flag=False,
                flag_value="true",
                type=click.Choice(["true", "false"]),
                help=told,
            )
        ]
    if field == "offset_explained_by":
        return [click.Option([flag, field], multiple=True, metavar="N|VOUCHER/N|none", help=told)]
    if plain is bool:
        if plain is not hint:
            return [click.Option([f"{flag}/--no-{flag[2:]}", field], default=None, help=told)]
        return [click.Option([flag, field], is_flag=True, help=told)]
    if get_origin(plain) is Literal:
        return [click.Option([flag, field], type=click.Choice(get_args(plain)), required=required, help=told)]
    shown = "N" if plain is int else _METAVARS.get(plain.__name__, "TEXT")
    return [
        click.Option(
            [flag, field],
            type=int if plain is int else str,
            required=required,
            metavar=shown,
            help=told,
            shell_complete=OF_FIELD.get(field),
        )
    ]


@cache
def _required(kind: type[Command]) -> frozenset[int]:
    return frozenset(index for index, field in enumerate(msgspec.structs.fields(kind)) if field.required)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        rest = [member for member in get_args(hint) if member is not type(None)]
        return rest[0] if len(rest) == 1 else hint
    return hint


def _callback(words: str, kind: type[Command]) -> Callable[..., int]:
    def callback(format_: str | None, dry_run: bool = False, **given: Any) -> int:
        with suggesting_times():
            command = build(words, wire_fields(**given))
        if dry_run and not isinstance(command, MonthCommand):
            raise click.UsageError(said("--dry-run needs --all MONTH"))
        if isinstance(command, MonthCommand):
            from cli.commands.month_run import run_month  # most commands are for one account

            return run_month(command, dry_run, format_)
        with open_ledger() as ledger, suggesting(ledger):
            done = execute(ledger, command, actor(ledger))
        print_receipt(done, format_)
        return 0

    return callback


def print_receipt(done: Done, format_: str | None) -> None:
    """Print the result of a command, and its warnings on standard error."""
    for warning in done.warnings:
        warn(warning)
    answer = done_answer(done)
    emit(answer, format_, answer.table)
