"""The recorded id that was probably meant by one that is not recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from domain.nearest import nearest_id, nearest_word
from domain.refusals import Refusal
from domain.refusals.account import UnknownAccount
from ledger.log.reader import Reader
from ledger.refusals.commands import UnknownBill, UnknownIncident, UnknownVoucher, UnlistedFunction

_MOST = 200
"""How many ids are compared for each beginning of the given one."""


class Meant(NamedTuple):
    """An id that is not recorded, the nearest one that is, and the command that shows it; None where it is no id."""

    wrong: str
    near: str
    show: str | None


def meant(log: Reader, refusal: Refusal) -> Meant | None:
    """The recorded id that a refusal's unknown one is near to; None where none is, or it is about something else."""
    match refusal:
        case UnknownAccount():
            return _meant(refusal.account, "account show", log.accounts_named)
        case UnknownIncident():
            return _meant(refusal.id, "incident show", lambda text, most: log.reserved_ids("incident", text, most))
        case UnknownBill():
            return _meant(refusal.id, "fees show", lambda text, most: log.reserved_ids("bill", text, most))
        case UnknownVoucher():
            return _meant(refusal.voucher, "voucher show", lambda text, most: log.reserved_ids("voucher", text, most))
        case UnlistedFunction():
            near = nearest_word(refusal.function.strip("'"), refusal.known.split(", "))
            return None if near is None else Meant(refusal.function.strip("'"), near, None)
        case _:
            return None


def _meant(wrong: str, show: str, named: Callable[[str, int], list[str]]) -> Meant | None:
    """The nearest id of those that share a beginning with the given one: a few look-ups, however many there are."""
    beginnings = {wrong[:length] for length in (len(wrong) - 1, len(wrong) - 2, len(wrong) // 2, 1, 0)}
    beginnings |= {wrong.upper(), wrong.lower()}
    near = nearest_id(wrong, {each for beginning in beginnings for each in named(beginning, _MOST)})
    return None if near is None else Meant(wrong, near, show)
