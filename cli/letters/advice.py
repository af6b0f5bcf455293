"""What a customer can do after a decision: use the voucher, object, and check the decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cli.letters.shown import day
from cli.pages import labels
from domain.decision import Decision
from domain.terms.versions import REFERENCE_AGREEMENT, Terms
from domain.text import Said, said
from domain.voucher import Voucher


class VoucherLine(NamedTuple):
    """A voucher for the month: its id, the day of its issue, its amount, and what is left of it."""

    voucher: str
    issued: str
    amount: str
    balance: str

    @property
    def line(self) -> Said:
        """The row as a sentence."""
        return said("{voucher}: {amount}, issued on {issued}, balance {balance}", **self._asdict())


def voucher_rows(vouchers: Sequence[Voucher], made: Decision) -> list[VoucherLine]:
    """The vouchers issued for the month, in order of issue."""
    zone = made.terms.readings.timezone
    return [
        VoucherLine(
            voucher=one.voucher,
            issued=day(one.issued_at, zone),
            amount=labels.money(one.amount_fen, made.currency),
            balance=labels.money(one.balance_fen, made.currency),
        )
        for one in sorted(vouchers, key=lambda one: (one.issued_at, one.voucher))
    ]


def use(made: Decision, vouchers: Sequence[Voucher], terms: Terms) -> list[Said]:
    """How a credit is used; nothing where there is none."""
    if made.outcome != "awarded" and not vouchers:
        return []
    clause = terms.vouchers.cash.clause
    if made.remedy == "credit":
        return [
            said(
                "The credit lowers later bills for this service. It is not paid out in cash, and it cannot be passed "
                "on to another account (clause {clause}).",
                clause=clause,
            )
        ]
    return [*_issued(vouchers), _pays(made), _bounds(clause)]


def _issued(vouchers: Sequence[Voucher]) -> Iterator[Said]:
    if not vouchers:
        yield said("The voucher is not issued yet; you need to do nothing for it.")


def _pays(made: Decision) -> Said:
    readings = made.terms.readings
    later = (
        said("dated on or after the moment of its issue")
        if readings.voucher_pays_later_by == "bill_date"
        else said("for months that begin on or after the moment of its issue")
    )
    if readings.voucher_pays == "service":
        return said("The voucher pays the service fee of bills {later}. It does not pay call fees.", later=later)
    return said("The voucher pays the service fee and the call fee of bills {later}.", later=later)


def _bounds(clause: str) -> Said:
    return said(
        "Tell us which bill it is to pay. It pays bills of your account for this service only; it is not paid out in "
        "cash, and it cannot be passed on (clause {clause}).",
        clause=clause,
    )


def objecting(made: Decision) -> list[Said]:
    """How to object to a decision. No period is named: the reference agreement sets none."""
    period = (
        said("The agreement sets no period for an objection, so this letter names none.")
        if made.terms.agreement == REFERENCE_AGREEMENT
        else said("This letter names no period for an objection.")
    )
    return [
        said(
            "If you think that this decision is wrong, write to us and say why; name your account and the month, and "
            "add what supports it. {period}",
            period=period,
        ),
        said("We record the objection with its date and decide the claim again. No earlier decision is deleted."),
    ]


def checking() -> list[Said]:
    """How to check a decision without trusting whoever made it."""
    return [
        said(
            "Everything on which this decision rests can be checked without us. Ask us for the dossier of this claim, "
            "one file, and run the program verify_dossier.py, which needs nothing but Python, with this command:"
        )
    ]


def check_command(made: Decision) -> str:
    """The command that checks the dossier without this software."""
    return f"python3 -I verify_dossier.py case-{made.account}-{made.month}.json"
