"""Money after the voucher as the interface tells it: an independent account of vouchers, claims and offsets.

Written from INTERFACE.md alone, without any code of slaledger. Amounts are fen. Each claim is of a month whose outage
is in the first tier (14 % of the service fee, rounded half up), with one bill of its own and no calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Line = dict[str, Any]
RATE = (14, 100)


def fen(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole) * 100 + int(f"{rest:0<2}")


@dataclass
class Redemption:
    """A part of a bill that a voucher paid; `shown` where the bill's own offset shows it."""

    content: tuple[object, ...]
    bill: str
    amount: int
    shown: bool
    reversed_for: str | None = None


@dataclass
class Voucher:
    """A voucher with what it paid and what was cancelled of it."""

    name: str
    month: str
    face: int
    redemptions: list[Redemption] = field(default_factory=list)
    cancelled: list[tuple[int, str]] = field(default_factory=list)

    @property
    def held(self) -> int:
        return self.face - sum(amount for amount, _ in self.cancelled)

    @property
    def left(self) -> int:
        return self.held - sum(one.amount for one in self.redemptions if one.reversed_for is None)


@dataclass
class Bill:
    """A bill's product fee and the offset that it shows itself."""

    fee: int = 100_000
    offset: int = 0


@dataclass
class Claim:
    """A claim's decisions, and whether a voucher was cancelled since the latest."""

    awards: list[int] = field(default_factory=list)
    cancelled_since: bool = False


class Ledger:
    """The account: what each command does, and what is then held, due and overpaid."""

    def __init__(self) -> None:
        self.bills = {name: Bill() for name in ("B03", "B04", "L1", "L2")}
        self.claims = {"2026-03": Claim(), "2026-04": Claim()}
        self.vouchers: dict[str, Voucher] = {}

    def carry_out(self, command: Line) -> str:
        """Carry out a command: `done`, `noop`, or the code of its refusal."""
        return str(getattr(self, "_" + command["command"].replace(" ", "_"))(command))

    def figures(self, month: str) -> dict[str, int]:
        """What the latest decision awards, what the month's vouchers hold, and what follows of both."""
        awards = self.claims[month].awards
        award = awards[-1] if awards else 0
        held = sum(voucher.held for voucher in self._of(month))
        return {"award": award, "held": held, "due": max(0, award - held), "overpaid": max(0, held - award)}

    def is_undone(self, month: str) -> bool:
        return self.claims[month].cancelled_since

    def _of(self, month: str) -> list[Voucher]:
        return [voucher for voucher in self.vouchers.values() if voucher.month == month]

    def _award(self, month: str) -> int:
        above, below = RATE
        return (2 * self.bills[f"B{month[5:]}"].fee * above + below) // (2 * below)

    def _decide(self, month: str) -> str:
        claim = self.claims[month]
        claim.awards.append(self._award(month))
        claim.cancelled_since = False
        return "done"

    def _claim_decide(self, command: Line) -> str:
        return "noop" if self.claims[command["month"]].awards else self._decide(command["month"])

    def _claim_redecide(self, command: Line) -> str:
        month = command["month"]
        if not self.claims[month].awards:
            return "claim_undecided"
        return "noop" if self.claims[month].awards[-1] == self._award(month) else self._decide(month)

    def _voucher_issue(self, command: Line) -> str:
        month = command["month"]
        if not self.claims[month].awards:
            return "claim_undecided"
        due = self.figures(month)["due"]
        if due == 0:
            return "noop"
        if self.is_undone(month) and not command.get("again"):
            return "undone"
        name = f"V-K-{month}-{len(self._of(month)) + 1}"
        self.vouchers[name] = Voucher(name, month, due)
        return "done"

    def _standing(self, bill: str) -> list[tuple[str, int, Redemption]]:
        return [
            (voucher.name, number, one)
            for voucher in self.vouchers.values()
            for number, one in enumerate(voucher.redemptions, start=1)
            if one.bill == bill and one.reversed_for is None
        ]

    def _open_offset(self, bill: str) -> int:
        """The part of a bill's offset that no redemption explains."""
        return self.bills[bill].offset - sum(one.amount for _, _, one in self._standing(bill) if one.shown)

    def _fees_correct(self, command: Line) -> str:
        name, bill = command["bill"], self.bills[command["bill"]]
        fee = fen(command["product_fee"]) if "product_fee" in command else bill.fee
        given = command.get("voucher_offset")
        offset = bill.offset if given is None else fen(given["service"])
        said = command.get("offset_explained_by")
        standing = self._standing(name)
        explained = [one for voucher, number, one in standing if said == f"{voucher}/{number}"]
        if said not in (None, "none") and not explained:
            return "unknown_redemption"
        newly = [one for one in explained if not one.shown]
        if (fee, offset) == (bill.fee, bill.offset) and not newly:
            return "noop"
        shown = sum(one.amount for _, _, one in standing if one.shown or one in newly)
        apart = sum(one.amount for _, _, one in standing if not one.shown and one not in newly)
        if offset > fee:
            return "vouchers_above_fee"
        if said is None and offset > bill.offset and offset > shown and apart:
            return "same_payment"
        if offset < shown:
            return "beyond_offset"
        if fee - offset - apart < 0:
            return "below_redeemed"
        bill.fee, bill.offset = fee, offset
        for one in newly:
            one.shown = True
        return "done"

    def _voucher_redeem(self, command: Line) -> str:
        voucher = self.vouchers.get(command["voucher"])
        if voucher is None:
            return "unknown_voucher"
        said, amount, bill = command.get("shown_on_bill"), fen(command["amount"]), command["bill"]
        content = (bill, amount, command["redeemed_at"])
        same = [one for one in voucher.redemptions if one.content == content]
        standing = [one for one in same if one.reversed_for is None]
        if standing:
            return "same_payment" if said and not standing[0].shown else "noop"
        if [one for one in same if said in (None, one.shown)] and not command.get("again"):
            return "undone"
        if amount > voucher.left:
            return "beyond_balance"
        if said and amount > self._open_offset(bill):
            return "beyond_offset"
        if said is None and amount <= self._open_offset(bill):
            return "same_payment"
        paid = sum(one.amount for _, _, one in self._standing(bill))
        if not said and amount > self.bills[bill].fee - self._open_offset(bill) - paid:
            return "beyond_bill"
        voucher.redemptions.append(Redemption(content, bill, amount, bool(said)))
        return "done"

    def _voucher_reverse(self, command: Line) -> str:
        voucher = self.vouchers.get(command["voucher"])
        if voucher is None:
            return "unknown_voucher"
        if command["redemption"] > len(voucher.redemptions):
            return "unknown_redemption"
        one = voucher.redemptions[command["redemption"] - 1]
        if one.reversed_for is not None:
            return "noop" if one.reversed_for == command["reason"] else "redemption_reversed"
        one.reversed_for = command["reason"]
        return "done"

    def _voucher_cancel(self, command: Line) -> str:
        voucher = self.vouchers.get(command["voucher"])
        if voucher is None:
            return "unknown_voucher"
        asked, reason = command.get("amount"), command["reason"]
        done = [amount for amount, why in voucher.cancelled if why == reason]
        if (asked is not None and fen(asked) in done) or (asked is None and done and voucher.left == 0):
            return "noop"
        if voucher.left == 0:
            return "nothing_left"
        amount = voucher.left if asked is None else fen(asked)
        if amount > voucher.left:
            return "beyond_balance"
        voucher.cancelled.append((amount, reason))
        self.claims[voucher.month].cancelled_since = True
        return "done"
