"""Shell completion: ids from the ledger that the command line names, months, and files.

A shell runs `slaledger` at each press of the key, with the line so far in the environment. Where there is no readable
ledger, nothing is proposed and no error is printed, since the line is not finished yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from domain.refusals import Refusal
from domain.time import add_months, month_of
from ledger import clock

if TYPE_CHECKING:
    from ledger.log.reader import Reader

_MOST = 50
"""The largest number of proposals that is useful."""
_MONTHS = 24

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


@contextmanager
def _log(context: click.Context) -> Iterator[Reader]:
    """The log of the ledger that the line names. Raises Refusal."""
    from ledger.application import Ledger

    url = context.find_root().params["url"]
    with Ledger.open(url, read_only=True, lock_seconds=1) as ledger, ledger.reading() as log:
        yield log


def _from_log(ids: Callable[[Reader, str, int], list[str]]) -> Completer:
    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            with _log(context) as log:
                return [CompletionItem(found) for found in ids(log, incomplete, _MOST)]
        except Refusal:
            return []

    return complete


def _reserved(kind: str) -> Completer:
    return _from_log(lambda log, prefix, most: log.reserved_ids(kind, prefix, most))


accounts = _from_log(lambda log, prefix, most: log.accounts_named(prefix, most))
incidents = _reserved("incident")
bills = _reserved("bill")
vouchers = _reserved("voucher")
versions = _from_log(
    lambda log, prefix, most: [
        known.terms.version for known in log.versions() if known.terms.version.startswith(prefix)
    ]
)


def months(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last two years' months, the latest first."""
    this_month = month_of(clock.now_us(), "UTC")
    found = (add_months(this_month, -back) for back in range(_MONTHS))
    return [CompletionItem(month) for month in found if month.startswith(incomplete)]


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """A file's name: the shell itself completes it."""
    return [CompletionItem(incomplete, type="file")]


def account_then_month(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Of `claim decide ACCOUNT MONTH | --all MONTH`: first an account, then a month."""
    wants_month = context.params.get("all") or context.params.get(str(parameter.name))
    return months(context, parameter, incomplete) if wants_month else accounts(context, parameter, incomplete)


OF_FIELD: dict[str, Completer] = {
    "account": accounts,
    "accounts": accounts,
    "incident": incidents,
    "bill": bills,
    "voucher": vouchers,
    "month": months,
    "first_month": months,
    "file": files,
    "words": account_then_month,
}
"""The completion of each field of a command."""
