"""`slaledger import` of monitoring data: alerts, series, incidents."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from cli.options.importing import (
    check_whom,
    dry_run_option,
    file_argument,
    label,
    only_mapped_option,
    pair,
    take,
    whom_options,
)
from cli.terminal.output import format_option
from domain.text import said
from ledger.imports.alertmanager import read_alertmanager
from ledger.imports.label_rules import LabelRules
from ledger.imports.pagerduty import PagerDutyOptions, read_pagerduty
from ledger.imports.prometheus import Gap, SeriesOptions, parse_ratio, parse_span_us, read_prometheus


def _rules(
    mapping: tuple[str, ...],
    account_label: str | None,
    accounts: tuple[str, ...],
    all_accounts: bool,
    skip: tuple[str, ...],
    only_mapped: bool,
) -> LabelRules:
    """The label rules in the options. Raises click.UsageError."""
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


def _label_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for labels: functions, accounts, exclusions. The command gets them as `rules`."""

    @click.option("--map", "mapping", multiple=True, required=True, metavar="LABEL=VALUE=FUNCTION", help="Repeatable.")
    @click.option("--account-label", metavar="LABEL", help="The label whose value is the account.")
    @whom_options
    @click.option("--skip", multiple=True, metavar="LABEL=VALUE", help="Leave out what bears it; repeatable.")
    @only_mapped_option
    @functools.wraps(command)
    def asking(
        *words: Any,
        mapping: tuple[str, ...],
        account_label: str | None,
        accounts: tuple[str, ...],
        all_accounts: bool,
        skip: tuple[str, ...],
        only_mapped: bool,
        **given: Any,
    ) -> None:
        command(*words, rules=_rules(mapping, account_label, accounts, all_accounts, skip, only_mapped), **given)

    return asking


@click.command("alertmanager", short_help="Alerts of a Prometheus Alertmanager (webhook v4).")
@file_argument
@_label_options
@click.option("--truncated", is_flag=True, help="Take payloads too from which alerts were left out.")
@dry_run_option
@format_option
def alertmanager(
    file: str,
    rules: LabelRules,
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
    take(file, lambda lines: read_alertmanager(lines, name=file, rules=rules, truncated=truncated), dry_run, format_)


@click.command("prometheus", short_help="A Prometheus range query (matrix JSON).")
@file_argument
@_label_options
@click.option("--threshold", metavar="RATIO", help="A sample below it is down; a 0/1 series needs none.")
@click.option("--step", metavar="SPAN", help="The query's step, as 15s; by default what the samples show.")
@click.option("--gap", type=click.Choice(["down", "up"]), help="What missing samples are; refused by default.")
@dry_run_option
@format_option
def prometheus(
    file: str,
    rules: LabelRules,
    threshold: str | None,
    step: str | None,
    gap: Gap | None,
    dry_run: bool,
    format_: str | None,
) -> None:
    """What /api/v1/query_range answered: an outage from the first sample that is down to the first that no longer is.
    The step is how far off both may be, and is recorded with them.

    \b
    Example:
      slaledger import prometheus range.json --map job=routing=inbound_routing --all-accounts --threshold 0.95
    """
    ratio = None if threshold is None else parse_ratio(threshold)
    span_us = None if step is None else parse_span_us(step)
    if threshold is not None and ratio is None:
        raise click.UsageError(said("--threshold {text} is no ratio above 0 and at most 1", text=threshold))
    if step is not None and span_us is None:
        raise click.UsageError(said("--step {text} is no span such as 15s or 1m", text=step))
    measure = SeriesOptions(ratio, span_us, gap)
    take(file, lambda lines: read_prometheus(lines, name=file, rules=rules, measure=measure), dry_run, format_)


@click.command("pagerduty", short_help="PagerDuty's incidents (REST or v3 webhooks).")
@file_argument
@click.option("--map", "mapping", multiple=True, required=True, metavar="SERVICE=FUNCTION", help="Repeatable.")
@whom_options
@click.option(
    "--skip", multiple=True, metavar="INCIDENT", help="An incident or an event type to leave out; repeatable."
)
@only_mapped_option
@dry_run_option
@format_option
def pagerduty(
    file: str,
    mapping: tuple[str, ...],
    accounts: tuple[str, ...],
    all_accounts: bool,
    skip: tuple[str, ...],
    only_mapped: bool,
    dry_run: bool,
    format_: str | None,
) -> None:
    """Incidents as /incidents of the REST API lists them, or events of v3 webhooks, one a line: an outage from
    created to resolved. A service is mapped by its id or its name.

    \b
    Example:
      slaledger import pagerduty pagerduty.json --all-accounts --map 'Inbound routing=inbound_routing'
    """
    check_whom(accounts, all_accounts)
    asked = PagerDutyOptions(
        functions=dict(pair(text, "SERVICE=FUNCTION") for text in mapping),
        accounts=accounts,
        all_accounts=all_accounts,
        skip=frozenset(skip),
        only_mapped=only_mapped,
    )
    take(file, lambda lines: read_pagerduty(lines, name=file, asked=asked), dry_run, format_)
