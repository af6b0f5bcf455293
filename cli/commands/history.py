"""`slaledger history`: all that is recorded of an account, in order; as it was at an instant, as it was known then."""

from __future__ import annotations

import click
import msgspec

from cli.answers import history as history_shapes
from cli.answers.history_diff import difference, print_difference
from cli.commands.availability import parsed_month
from cli.commands.completion import accounts, months
from cli.options.context import open_ledger
from cli.options.known_at import Asked, Known, instant_asked, knowing, knowledge_options, known_at
from cli.refusals import NotYetEnrolled
from cli.terminal.language import here
from cli.terminal.numbers import money
from cli.terminal.output import WIDTH, Json, emit, format_option, plain, short, wrapped
from cli.terminal.vocabulary import CODED, label, word
from domain.case import account_of, fold
from domain.money import yuan
from domain.text import listed, said
from domain.time import seconds_text, written
from ledger import clock
from ledger.application import Ledger
from ledger.queries.worklist import AccountThen, account_then


@click.command()
@click.argument("account", shell_complete=accounts)
@click.option(
    "--month", callback=parsed_month, shell_complete=months, metavar="YYYY-MM", help="Only what concerns this month."
)
@click.option("--valid-at", metavar="TIME", help="As it was then: by what had happened until TIME.")
@knowledge_options
@click.option("--diff", "diff", metavar="TIME", help="And what changed between that knowledge and TIME's.")
@format_option
def history(
    account: str, month: str | None, valid_at: str | None, asked: Asked, diff: str | None, format_: str | None
) -> None:
    """All that is recorded of an account, in order: position, time, actor, what.

    \b
    Example:
      slaledger history 1001
    """
    now = clock.now_us()
    valid = None if valid_at is None else instant_asked("--valid-at", valid_at, now)
    other = None if diff is None else instant_asked("--diff", diff, now)
    with open_ledger() as ledger, knowing(ledger, asked) as known:
        then = _then(ledger, account, known, valid)
        _check_enrolled(then, account)
        shape = history_shapes.history(then, account, month)
        if other is not None:
            second = _then(ledger, account, known_at(ledger, other), valid)
            before, after = sorted((then, second), key=lambda one: (one.position, one.known_at))
            shape["diff"] = difference(before, after, month)
    emit(shape, format_, lambda: _print_history(shape, history_shapes.zone_of_case(then.case)))


def _then(ledger: Ledger, account: str, known: Known, valid_at: int | None) -> AccountThen:
    with ledger.reading(known.upto) as log:
        return account_then(log, account, known.at, valid_at)


def _check_enrolled(then: AccountThen, account: str) -> None:
    """Raises Refusal `unknown_account` where it was never enrolled, or only after the instant that was asked for."""
    enrolled = account_of(fold(then.known), account)
    if then.case.account is None:
        at = written(enrolled.enrolled_at, history_shapes.zone_of_case(then.case))
        raise NotYetEnrolled(account=account, enrolled_at=at)


def _print_history(shape: Json, zone: str) -> None:
    _print_events(shape["events"], zone)
    if "diff" in shape:
        print_difference(shape["diff"])


_SHOWN_ELSEWHERE = {"account", "incident", "bill", "voucher", "month", "decision"}


def _print_events(events: list[Json], zone: str) -> None:
    """Each event on a line, what it says and why below it, within 80 columns."""
    width = max((len(str(event["position"])) for event in events), default=1)
    for event in events:
        subject = str(event["stream"]).partition("/")[2]
        recorded = f"{event['position']:>{width}}  {short(event['recorded_at'])[:19]}  {event['actor']}"
        first, *rest = wrapped(f"{recorded}  {here(word(event['topic']))}  {subject}", WIDTH)
        print(first)
        for line in rest:
            print(f"{'':<{width + 4}}{line}")
        for line in wrapped(_about(event, zone), WIDTH - width - 4):
            print(f"{'':<{width + 4}}{line}")


def _about(event: Json, zone: str) -> str:
    data = msgspec.json.decode(event["data"])
    told = [_told(name, value, zone) for name, value in data.items() if name not in _SHOWN_ELSEWHERE]
    because = [said("because: {reason}", reason=event["reason"])] if event["reason"] else []
    return listed([*told, *_decided(data), *because])


def _told(name: str, value: object, zone: str) -> str:
    return said("{field} {value}", field=label(name), value=_value(name, value, zone))


def _value(name: str, value: object, zone: str) -> str:
    if isinstance(value, int) and name.endswith("_fen"):
        return money(yuan(value)) or ""
    if isinstance(value, int) and name.endswith("_us"):
        return said("{seconds} s", seconds=seconds_text(value))
    if isinstance(value, int) and name.endswith("_at"):
        return short(written(value, zone))
    if isinstance(value, list):
        return ", ".join(item["name"] if isinstance(item, dict) else str(item) for item in value)
    return word(plain(value)) if name in CODED else plain(value)


def _decided(data: Json) -> list[str]:
    made = data.get("decision")
    if not isinstance(made, dict):
        return []
    credit = made["credit"]
    told = said("decision {number}: {outcome}", number=made["number"], outcome=word(made["outcome"]))
    if credit:
        told = said("{told}, credit {credit}", told=told, credit=money(yuan(credit["total_fen"])))
    return [told]
