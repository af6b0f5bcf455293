"""`slaledger import` of what monitoring knows: alerts, series, incidents."""

from __future__ import annotations

import click

from cli.output import format_option
from cli.taking_over import dry_run_option, label, label_options, pair, take
from domain.wording import said
from ledger.exchange.alertmanager import read_alertmanager
from ledger.exchange.labels import LabelRules


def _rules(
    mapping: tuple[str, ...],
    account_label: str | None,
    accounts: tuple[str, ...],
    all_accounts: bool,
    skip: tuple[str, ...],
    only_mapped: bool,
) -> LabelRules:
    """What the options say of labels. Raises click.UsageError."""
    if (account_label is not None) + bool(accounts) + all_accounts != 1:
        raise click.UsageError(said("say whom they touch, in one way: --account, --all-accounts or --account-label"))
    form = "LABEL=VALUE=FUNCTION"
    functions: dict[tuple[str, str], str] = {}
    for text in mapping:
        left, function = pair(text, form)
        name = label(left, form)
        if functions.setdefault(name, function) != function:
            raise click.UsageError(said("--map {label} names two functions", label=left))
    return LabelRules(
        functions=functions,
        accounts=accounts,
        all_accounts=all_accounts,
        account_label=account_label,
        skip=frozenset(map(label, skip)),
        only_mapped=only_mapped,
    )


@click.command("alertmanager", short_help="Alerts of a Prometheus Alertmanager (webhook v4).")
@click.argument("file")
@label_options
@click.option("--truncated", is_flag=True, help="Take payloads too from which alerts were left out.")
@dry_run_option
@format_option
def alertmanager(
    file: str,
    mapping: tuple[str, ...],
    account_label: str | None,
    accounts: tuple[str, ...],
    all_accounts: bool,
    skip: tuple[str, ...],
    only_mapped: bool,
    truncated: bool,
    dry_run: bool,
    format_: str | None,
) -> None:
    """Alerts as the Alertmanager posts them to a webhook, one payload or one a line: an outage from startsAt to
    endsAt, open while it fires.

    \b
    Example:
      slaledger import alertmanager alerts.jsonl --map alertname=RoutingDown=inbound_routing --account-label tenant
    """
    rules = _rules(mapping, account_label, accounts, all_accounts, skip, only_mapped)
    take(file, lambda lines: read_alertmanager(lines, name=file, rules=rules, truncated=truncated), dry_run, format_)
