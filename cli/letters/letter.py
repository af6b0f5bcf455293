"""The letter about a decided claim: what it says, as values for a template."""

from __future__ import annotations

from typing import NamedTuple

from cli.letters import advice
from cli.letters.outcomes import opening, subject
from cli.letters.shown import day, month_words
from cli.letters.sums import Sums, sums
from cli.letters.time_counted import TimeCounted, time_counted
from cli.letters.words import headings
from cli.pages import labels
from cli.pages.rendering import demo_words
from domain.case import Case, account_of
from domain.claim import check_is_decided
from domain.controls import Controls
from domain.decision import Decision
from domain.decision_record import decode, record_sha256
from domain.money import percent_cut, percent_text
from domain.terms.versions import Terms, by_name
from domain.text import Said, said
from ledger.commands.handlers.claim import claim_in


class Letter(NamedTuple):
    """What a letter says. A template has each field by its name; texts are in the reader's language."""

    w: dict[str, Said]
    demo: Said | None
    outcome: str
    provider: str | None
    provider_address: list[str]
    account: str
    name: str | None
    month: str
    date: str
    subject: Said
    opening: list[Said]
    facts: list[tuple[Said, str | Said]]
    time: TimeCounted | None
    sums: Sums | None
    use: list[Said]
    vouchers: list[advice.VoucherLine]
    objecting: list[Said]
    checking: list[Said]
    check_command: str
    source: Said
    record_sha256: str


def letter_of(case: Case, controls: Controls, account: str, month: str, *, is_demo: bool) -> Letter:
    """The letter about an account's latest decision for a month; the same values for the same arguments.

    The letter of a demo ledger says so.

    Raises Refusal `unknown_account`, `unknown_claim`, `claim_undecided`, `claim_withdrawn`.
    """
    claim = claim_in(case, account, month)
    check_is_decided(claim)
    latest = claim.decisions[-1]
    made = decode(latest.record)
    terms = by_name(case.versions, made.terms.version).terms
    vouchers = [voucher for voucher in case.vouchers.values() if voucher.month == month]
    return Letter(
        w=headings(made.remedy),
        demo=demo_words(is_demo),
        outcome=made.outcome,
        provider=controls.provider_name,
        provider_address=(controls.provider_address or "").splitlines(),
        account=account,
        name=account_of(case, account).name,
        month=month,
        date=day(made.decided_at, made.terms.readings.timezone),
        subject=subject(made),
        opening=opening(claim, made, terms),
        facts=_facts(made, terms),
        time=time_counted(made, terms),
        sums=sums(made),
        use=advice.use(made, vouchers, terms),
        vouchers=advice.voucher_rows(vouchers, made),
        objecting=advice.objecting(made),
        checking=advice.checking(),
        check_command=advice.check_command(made),
        source=said(
            "Decision {number}, on the facts up to position {position} of the ledger; SHA-256 of its record:",
            number=made.number,
            position=made.facts.position,
        ),
        record_sha256=record_sha256(latest.record),
    )


def _facts(made: Decision, terms: Terms) -> list[tuple[Said, str | Said]]:
    """The account's month in a few lines."""
    zone, measured = made.terms.readings.timezone, made.availability
    found: list[tuple[Said, str | Said]] = [
        (said("Account"), made.account),
        (said("Month"), month_words(made.month)),
        (said("Agreement"), said("{title}, version {version}", title=terms.title, version=made.terms.version)),
        (said("Claim filed on"), day(made.filed_at, zone)),
        (said("Decided on"), day(made.decided_at, zone)),
        (said("Time zone"), zone),
    ]
    if measured is not None:
        found += [
            (said("Availability"), f"{percent_cut(measured.numerator, measured.denominator)}%"),
            (said("Commitment"), percent_text(terms.commitment.availability.value)),
        ]
    if made.credit is not None:
        found.append((said("Service credit"), labels.money(made.credit.total_fen, made.currency)))
    return found
