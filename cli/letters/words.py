"""The headings and labels of letters."""

from __future__ import annotations

from domain.text import Said, said


def headings(remedy: str) -> dict[str, Said]:
    """The headings and labels, by the names that templates use; `remedy` is `voucher` or `credit`."""
    return {
        "use": said("How to use the voucher") if remedy == "voucher" else said("How the credit is used"),
        "to": said("To"),
        "account": said("Account"),
        "date": said("Date"),
        "counted": said("What counted"),
        "none_counted": said("No interruption counted."),
        "start": said("start"),
        "end": said("end"),
        "length": said("length"),
        "counts": said("counts"),
        "left_out": said("What did not count, and why"),
        "clause": said("clause"),
        "why": said("why"),
        "time": said("time"),
        "sums": said("How the amount is worked out"),
        "part": said("part"),
        "fee": said("fee"),
        "paid": said("paid with vouchers"),
        "base": said("base"),
        "rate": said("rate"),
        "credit": said("credit"),
        "total": said("Total"),
        "voucher": said("voucher"),
        "issued": said("issued on"),
        "amount": said("amount"),
        "balance": said("balance"),
        "objecting": said("If you do not agree"),
        "checking": said("How to check this decision"),
    }
