"""What a page says first: open outages, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cli.pages import labels
from domain.approval import is_needed
from domain.case import Case
from domain.claim import Claim, status
from domain.controls import Controls
from domain.terms.versions import Terms
from domain.text import Said, counted, said
from ledger.queries.month_report import AccountMonth
from ledger.queries.open_outages import open_in_month

OPEN = 20
"""The largest number of open outages that are named."""


class Notice(NamedTuple):
    """A sentence at the top of a page; its kind is `warning` where figures may be wrong, else `task`.

    `claims` are the statuses of the claims that it is about, where it is about claims.
    """

    kind: str
    words: Said
    claims: str = ""


def of_case(case: Case, month: str, would_fen: int, controls: Controls, terms: Terms) -> list[Notice]:
    """What a reader of a case must see first; `would_fen` is the credit due on the facts known."""
    claim = case.claims.get(month)
    found = list(still_open(open_in_month(case, month, terms.zone)))
    if claim is not None and (claim.latest is not None or claim.pending is not None):
        return [*found, *_of_claim(claim, would_fen, controls, terms)]
    if would_fen:
        words = said("Nobody has claimed {amount} for the month.", amount=_money(would_fen, terms))
        found.append(Notice("task", words))
    return found


def _of_claim(claim: Claim, would_fen: int, controls: Controls, terms: Terms) -> Iterator[Notice]:
    state = status(claim)
    if state == "filed":
        yield Notice("task", said("The claim waits for a decision."))
    if state == "disputed":
        yield Notice("task", said("The customer disputes the decision: the claim waits to be decided again."))
    if claim.overpaid_fen:
        amount = _money(claim.overpaid_fen, terms)
        yield Notice("warning", said("Vouchers hold {amount} more than the latest decision awards.", amount=amount))
    if claim.due_fen and claim.approval is None and is_needed(claim.awarded_fen, controls):
        amount = _money(claim.awarded_fen, terms)
        yield Notice("task", said("The award of {amount} waits for an approval.", amount=amount))
    elif claim.due_fen and state != "disputed":
        yield Notice("task", said("{amount} of the award waits for a voucher.", amount=_money(claim.due_fen, terms)))
    if claim.latest is not None and claim.latest.outcome in _MEASURED and would_fen != claim.awarded_fen:
        words = said(
            "The facts known today give {now}; the latest decision awards {then}.",
            now=_money(would_fen, terms),
            then=_money(claim.awarded_fen, terms),
        )
        yield Notice("warning", words)


_MEASURED = ("awarded", "commitment_met", "nothing_to_credit")
"""The outcomes that follow from the measured month."""


def of_month(accounts: Sequence[AccountMonth], terms: Terms) -> list[Notice]:
    """What a reader of a month must see first, over all its accounts."""
    return [
        *still_open(sorted({incident for row in accounts for incident in row.still_open})),
        *_of_claims(accounts, terms),
    ]


def _of_claims(accounts: Sequence[AccountMonth], terms: Terms) -> Iterator[Notice]:
    decide = sum(row.status == "filed" for row in accounts)
    if decide:
        words = counted("{n} claim waits for a decision.", "{n} claims wait for a decision.", n=decide)
        yield Notice("task", words, "filed")
    disputed = sum(row.status == "disputed" for row in accounts)
    if disputed:
        words = counted("{n} decision is disputed.", "{n} decisions are disputed.", n=disputed)
        yield Notice("task", words, "disputed")
    approve = [row for row in accounts if row.awaits_approval]
    if approve:
        words = counted(
            "{n} award waits for an approval: {amount}.",
            "{n} awards wait for an approval: {amount}.",
            n=len(approve),
            amount=_money(sum(row.awarded_fen for row in approve), terms),
        )
        yield Notice("task", words, "approval")
    issue = [row for row in accounts if row.due_fen and row.status == "awarded" and not row.awaits_approval]
    if issue:
        words = counted(
            "{n} award waits for its voucher: {amount}.",
            "{n} awards wait for their vouchers: {amount}.",
            n=len(issue),
            amount=_money(sum(row.due_fen for row in issue), terms),
        )
        yield Notice("task", words, "awarded")
    overpaid = [row for row in accounts if row.overpaid_fen]
    if overpaid:
        words = counted(
            "{n} claim is overpaid: {amount}.",
            "{n} claims are overpaid: {amount}.",
            n=len(overpaid),
            amount=_money(sum(row.overpaid_fen for row in overpaid), terms),
        )
        yield Notice("warning", words, "overpaid")
    unclaimed = [row for row in accounts if row.tier is not None and row.status in (None, "withdrawn")]
    if unclaimed:
        words = counted(
            "{n} account is below the commitment without a claim: {amount}.",
            "{n} accounts are below the commitment without a claim: {amount}.",
            n=len(unclaimed),
            amount=_money(sum(row.credit_fen for row in unclaimed), terms),
        )
        yield Notice("task", words, "none")


def still_open(ids: Sequence[str]) -> Iterator[Notice]:
    """The outages without an end, the first of them by id."""
    if not ids:
        return
    shown = ", ".join(ids[:OPEN])
    if len(ids) <= OPEN:
        yield Notice("warning", said("Outages without an end count up to now: {incidents}.", incidents=shown))
        return
    more = len(ids) - OPEN
    words = said("Outages without an end count up to now: {incidents}, and {n} more.", incidents=shown, n=more)
    yield Notice("warning", words)


def _money(fen: int, terms: Terms) -> str:
    return labels.money(fen, terms.currency)
