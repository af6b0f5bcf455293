"""`slaledger history`: all that is recorded of an account, in order."""

from __future__ import annotations

import click
import msgspec

from cli import shapes
from cli.output import WIDTH, Json, emit, format_option, plain, short, wrapped
from cli.session import open_ledger, zone_of
from domain.assessment import assess_month
from domain.case import Case, Fact, account_of, fold
from domain.money import yuan
from domain.refusals import Refusal
from domain.time import written
from ledger import clock
from ledger.store import layout
from ledger.store.codec import decode
from projections.months import outage_months


@click.command()
@click.argument("account")
@format_option
def history(account: str, format_: str | None) -> None:
    """All that is recorded of an account, in order: position, time, actor, what.

    \b
    Example:
      slaledger history 1001
    """
    at = clock.now_us()
    with open_ledger() as ledger, ledger.reading() as log:
        rows = log.case_rows(account)
        zone, position = zone_of(log), log.position()
    case = fold(map(decode, rows))
    account_of(case, account)
    facts = [decode(row) for row in rows if not row.stream.startswith((layout.CALENDARS, "~/terms/"))]
    shape: Json = {
        "account": account,
        "position": position,
        "known_at": written(at, zone),
        "valid_at": written(at, zone),
        "events": [_event(fact, zone) for fact in facts],
        **shapes.history_lists(case, zone),
        "months": _months(case, account, at),
    }
    emit(shape, format_, lambda: _print_events(shape["events"], zone))


def _event(fact: Fact, zone: str) -> Json:
    return {
        "position": fact.position,
        "recorded_at": written(fact.recorded_at, zone),
        "actor": fact.actor,
        "reason": fact.reason,
        "stream": fact.stream,
        "version": fact.version,
        "topic": fact.topic,
        "data": msgspec.Raw(msgspec.json.encode(fact.event)),
    }


def _months(case: Case, account: str, at: int) -> list[Json]:
    measured = []
    for month in outage_months(case, at):
        try:
            result = assess_month(case, account, month, at)
        except Refusal as refusal:
            if refusal.code != "no_terms":
                raise
            continue
        measured.append(shapes.month_under(account, month, result.version.terms, result.availability))
    return measured


_SHOWN_ELSEWHERE = {"account", "incident", "bill", "voucher", "month", "decision"}


def _print_events(events: list[Json], zone: str) -> None:
    """Each event on a line, what it says and why below it, within 80 columns."""
    width = max((len(str(event["position"])) for event in events), default=1)
    for event in events:
        subject = str(event["stream"]).partition("/")[2]
        recorded = f"{event['position']:>{width}}  {short(event['recorded_at'])}  {event['actor']}"
        print(f"{recorded}  {event['topic']}  {subject}")
        for line in wrapped(_about(event, zone), WIDTH - width - 4):
            print(f"{'':<{width + 4}}{line}")


def _about(event: Json, zone: str) -> str:
    data = msgspec.json.decode(event["data"])
    said = [_said(name, value, zone) for name, value in data.items() if name not in _SHOWN_ELSEWHERE]
    because = [f"because: {event['reason']}"] if event["reason"] else []
    return "; ".join([*said, *_decided(data), *because])


def _said(name: str, value: object, zone: str) -> str:
    label = name.removesuffix("_fen").removesuffix("_at").replace("_", " ")
    if isinstance(value, int) and name.endswith("_fen"):
        return f"{label} {yuan(value)}"
    if isinstance(value, int) and name.endswith("_at"):
        return f"{label} {short(written(value, zone))}"
    if isinstance(value, list):
        return f"{label} {', '.join(item['name'] if isinstance(item, dict) else str(item) for item in value)}"
    return f"{label} {plain(value)}"


def _decided(data: Json) -> list[str]:
    made = data.get("decision")
    if not isinstance(made, dict):
        return []
    credit = made["credit"]
    amount = f", credit {yuan(credit['total_fen'])}" if credit else ""
    return [f"decision {made['number']}: {made['outcome']}{amount}"]
