"""`slaledger import` of what monitoring and status pages know: outages, as each source states them now."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from cli.options.importing import (
    SourceOptions,
    check_whom,
    instant,
    label,
    only_mapped_option,
    pair,
    source_options,
    take_statements,
    whom_options,
)
from domain.text import said
from domain.time import DEFAULT_ZONE, rfc3339
from ledger.imports.alertmanager.options import AlertOptions
from ledger.imports.alertmanager.reader import read_alertmanager
from ledger.imports.label_rules import LabelRules, parse_episode
from ledger.imports.pagerduty.reader import PagerDutyOptions, read_pagerduty
from ledger.imports.prometheus.options import SeriesOptions, parse_ratio, parse_span_us
from ledger.imports.prometheus.reader import read_prometheus
from ledger.imports.prometheus.series import Gap
from ledger.imports.statuspage.mapping import StatuspageOptions
from ledger.imports.statuspage.reader import read_statuspage

_skip_ids = click.option(
    "--skip", multiple=True, metavar="ID[@START]", help="Leave an incident out, or one outage of it; repeatable."
)


def _rules(
    mapping: tuple[str, ...],
    account_label: str | None,
    region_label: str | None,
    accounts: tuple[str, ...],
    all_accounts: bool,
    skip: tuple[str, ...],
    only_mapped: bool,
) -> LabelRules:
    """The label rules in the options. Raises click.UsageError."""
    if (account_label is not None) + (region_label is not None) + bool(accounts) + all_accounts != 1:
        ways = said("say whom they touch, in one way: --account, --all-accounts, --account-label or --region-label")
        raise click.UsageError(ways)
    form = "LABEL=VALUE=FUNCTION"
    rules: dict[tuple[str, str], str] = {}
    for text in mapping:
        left, function = pair(text, form)
        name = label(left, form)
        if rules.setdefault(name, function) != function:
            raise click.UsageError(said("--map {label} names two functions", label=left))
    return LabelRules(
        functions=rules,
        accounts=accounts,
        all_accounts=all_accounts,
        account_label=account_label,
        region_label=region_label,
        skip=frozenset(label(text) for text in skip if parse_episode(text) is None),
        skip_episodes=frozenset(episode for text in skip if (episode := parse_episode(text)) is not None),
        only_mapped=only_mapped,
    )


def _label_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for labels: functions, accounts, exclusions. The command gets them as `rules`."""

    @click.option("--map", "mapping", multiple=True, required=True, metavar="LABEL=VALUE=FUNCTION", help="Repeatable.")
    @click.option("--account-label", metavar="LABEL", help="The label whose value is the account.")
    @click.option("--region-label", metavar="LABEL", help="The label whose value is the region that they touch.")
    @whom_options
    @click.option(
        "--skip",
        multiple=True,
        metavar="LABEL=VALUE",
        help="Leave out what bears it, or by ID or ID@START one outage; repeatable.",
    )
    @only_mapped_option
    @functools.wraps(command)
    def asking(
        *words: Any,
        mapping: tuple[str, ...],
        account_label: str | None,
        region_label: str | None,
        accounts: tuple[str, ...],
        all_accounts: bool,
        skip: tuple[str, ...],
        only_mapped: bool,
        **given: Any,
    ) -> None:
        rules = _rules(mapping, account_label, region_label, accounts, all_accounts, skip, only_mapped)
        command(*words, rules=rules, **given)

    return asking


@click.command("statuspage", short_help="Import incidents and maintenance of a Statuspage.")
@source_options
@whom_options
@click.option("--map", "mapping", multiple=True, required=True, metavar="COMPONENT=FUNCTION", help="Repeatable.")
@_skip_ids
def statuspage(
    files: tuple[str, ...],
    accounts: tuple[str, ...],
    all_accounts: bool,
    mapping: tuple[str, ...],
    skip: tuple[str, ...],
    options: SourceOptions,
) -> None:
    """Import the outages of a Statuspage's components from incidents.json, summary.json or
    scheduled-maintenances.json. What lies in the announced window of a maintenance is excluded under 2.3(5).

    \b
    Example:
      slaledger import statuspage incidents.json --all-accounts --map 'Inbound calls=inbound_routing'
    """
    check_whom(accounts, all_accounts)
    asked = StatuspageOptions(
        functions=dict(pair(text, "COMPONENT=FUNCTION") for text in mapping),
        accounts=accounts,
        all_accounts=all_accounts,
        skip=frozenset(skip),
    )
    take_statements(files, lambda given: read_statuspage(given, asked), options)


@click.command("alertmanager", short_help="Import alerts of a Prometheus Alertmanager.")
@source_options
@_label_options
@click.option("--truncated", is_flag=True, help="Take payloads from which alerts were left out.")
def alertmanager(files: tuple[str, ...], rules: LabelRules, truncated: bool, options: SourceOptions) -> None:
    """Import alerts as the Alertmanager posts them to a webhook, one payload or one a line in order of receipt, or as
    /api/v2/alerts lists them. An outage lasts from startsAt to endsAt and is open while the alert fires.

    \b
    Example:
      slaledger import alertmanager alerts.jsonl --map alertname=RoutingDown=inbound_routing --account-label tenant
    """
    asked = AlertOptions(rules=rules, truncated=truncated)
    take_statements(files, lambda given: read_alertmanager(given, asked), options)


@click.command("prometheus", short_help="Import a Prometheus range query.")
@source_options
@_label_options
@click.option("--threshold", metavar="RATIO", help="A sample below it is down; a 0/1 series needs none.")
@click.option("--step", metavar="SPAN", help="The query's step, as 15s; by default what the samples show.")
@click.option("--gap", type=click.Choice(["down", "up"]), help="What missing samples are; refused by default.")
@click.option("--partial", is_flag=True, help="Take an answer that the server calls incomplete.")
@click.option("--from", "since", callback=instant, metavar="T", help="The query's first instant.")
@click.option("--to", "until", callback=instant, metavar="T", help="The instant behind the query's last one.")
def prometheus(
    files: tuple[str, ...],
    rules: LabelRules,
    threshold: str | None,
    step: str | None,
    gap: Gap | None,
    partial: bool,
    since: int | None,
    until: int | None,
    options: SourceOptions,
) -> None:
    """Import what /api/v1/query_range answered, in one file or in chunks. An outage lasts from the first sample that is
    down to the first that no longer is. The step is how far off both may be, and is recorded with them.

    \b
    Example:
      slaledger import prometheus range.json --map job=routing=inbound_routing --all-accounts --threshold 0.95
    """
    ratio = None if threshold is None else parse_ratio(threshold)
    step_us = None if step is None else parse_span_us(step)
    if threshold is not None and ratio is None:
        raise click.UsageError(said("--threshold {text} is no ratio above 0 and at most 1", text=threshold))
    if step is not None and step_us is None:
        raise click.UsageError(said("--step {text} is no span such as 15s or 1m", text=step))
    if since is not None and until is not None and since >= until:
        raise click.UsageError(
            said(
                "--from {since} is not before --to {until}",
                since=rfc3339(since, DEFAULT_ZONE),
                until=rfc3339(until, DEFAULT_ZONE),
            )
        )
    asked = SeriesOptions(
        rules=rules,
        threshold=ratio,
        step_us=step_us,
        gap=gap,
        partial=partial,
        since=since,
        until=until,
    )
    take_statements(files, lambda given: read_prometheus(given, asked), options)


@click.command("pagerduty", short_help="Import PagerDuty's incidents (REST or v3 webhooks).")
@source_options
@click.option("--map", "mapping", multiple=True, required=True, metavar="SERVICE=FUNCTION", help="Repeatable.")
@whom_options
@_skip_ids
@only_mapped_option
@click.option("--urgency", type=click.Choice(["high", "low"]), help="Take incidents of this urgency only.")
@click.option("--priority", multiple=True, metavar="NAME", help="Take incidents of this priority only; repeatable.")
def pagerduty(
    files: tuple[str, ...],
    mapping: tuple[str, ...],
    accounts: tuple[str, ...],
    all_accounts: bool,
    skip: tuple[str, ...],
    only_mapped: bool,
    urgency: str | None,
    priority: tuple[str, ...],
    options: SourceOptions,
) -> None:
    """Import incidents as /incidents of the REST API lists them, all pages, or events of v3 webhooks, one a line. An
    outage lasts from created to resolved. A service is mapped by its id or its name.

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
        urgency=urgency,
        priority=frozenset(priority),
    )
    take_statements(files, lambda given: read_pagerduty(given, asked), options)
