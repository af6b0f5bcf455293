"""Simulates the accounts of a generated ledger: a year of outages, bills, claims and vouchers, from a seed.

It makes commands as people would give them, in order of time; a `Book` carries them out and returns the account's
case. The book may be the log in memory (`memory_log.py`, fast) or that of a real ledger: the events are the same.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple, Protocol

from domain import commands as c
from domain.bill import owed_fen, redeemed_fen
from domain.case import Case
from domain.events import Function, Part
from domain.money import Fen
from domain.time import DAY_US, HOUR_US, MINUTE_US, SECOND_US, Instant, MonthText, add_months, month_start
from domain.values import Clause, EvidenceField, Hash, Id, Key, VoucherId, VoucherOffset, Words

ZONE = "Asia/Shanghai"
FIRST_MONTH = "2025-07"
MONTHS = 12
"""The number of months with bills, outages and claims; the last is claimed and decided in the two that follow."""
RECORDED_FROM = month_start("2026-11", ZONE)
"""The ledger imports older records: all of them are recorded from here on, one command per `TICK_US`."""
TICK_US = 10_000
REGIONS = ("cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen")
FUNCTIONS: tuple[Function, ...] = ("agent_sign_in", "agent_calls", "inbound_routing")
CLERKS = tuple(f"clerk-{number}" for number in range(1, 8))
CAUSES = ("2.3(1)", "2.3(1)", "2.3(5)", "2.3(6)", "2.3(6)", "2.3(8)", "2.3(10)", "2.3(11)")
REASONS = (
    "The monitoring of the carrier shows another time",
    "The customer sent call records that were not known",
    "Entered twice by the night shift",
    "The provider's own log was compared",
)
CLOSED = 11
"""The remainder by twenty of the numbers of those accounts that are closed in the end."""
_STARTS = tuple(month_start(add_months(FIRST_MONTH, index), ZONE) for index in range(MONTHS + 4))
_LONG_US = 90 * MINUTE_US
"""An outage of this length brings a month below 99.8 %."""


def account_id(number: int) -> str:
    """An account's id. Its letter occurs in no number and no hash, so that the id can be found anywhere."""
    return f"A{number:07d}"


class Mix(NamedTuple):
    """The content of a ledger: about how many events an account has, the possible numbers of outages in a month (one
    is chosen at random), and whether there are bills, claims and vouchers, and shared outages."""

    events_an_account: int
    outages: tuple[int, ...]
    everything: bool


EVERYTHING = Mix(50, (0, 0, 0, 0, 1, 1, 1, 2), True)
OUTAGES = Mix(170, (4, 5, 5, 6, 7), False)


class Book(Protocol):
    """Carries commands out, and has the case of an account after them."""

    def record(self, command: c.Command, actor: str, now: int) -> None:
        """Carry out a command. Raises Refusal where it breaks a rule, which no simulated account may do."""

    def case(self, account: str) -> Case:
        """The account's case so far; it must not be changed."""


class Due(NamedTuple):
    """A planned act: the earliest comes first, and of two at the same instant the one that was planned first."""

    at: int
    order: int
    act: Callable[[int], None]


class Timeline:
    """The planned acts, and the book that carries them out. `now` is the recording clock, which only goes forward."""

    def __init__(self, book: Book, now: int) -> None:
        self.book = book
        self.now = now
        self._due: list[Due] = []
        self._planned = 0

    def plan(self, at: int, act: Callable[[int], None]) -> None:
        """Plan an act at an instant."""
        heapq.heappush(self._due, Due(at, self._planned, act))
        self._planned += 1

    def record(self, command: c.Command, actor: str) -> None:
        """Carry out a command in the book."""
        self.now += TICK_US
        self.book.record(command, actor, self.now)

    def run(self) -> Iterator[None]:
        """Carry out all acts in order; yields after each."""
        while self._due:
            at, _, act = heapq.heappop(self._due)
            act(at)
            yield


class AccountLife:
    """One account from its enrolment on: one number makes its name, another its behaviour.

    Rare acts are assigned by the second number, so that small ledgers have them.
    """

    def __init__(self, line: Timeline, seed: int, named: int, life: int, mix: Mix = EVERYTHING) -> None:
        self._line = line
        self._mix = mix
        self._rng = Random(f"{seed}:account:{life}")
        self._number = number = life
        self.account = account_id(named)
        self._clerk = CLERKS[number % len(CLERKS)]
        self._first = self._rng.randrange(6)
        self._incidents = 0
        self._keys = 0
        self.region = None if number % 20 == 19 else self._rng.choice(REGIONS)
        line.plan(self._start, self._enroll)

    @property
    def _start(self) -> int:
        """An instant in the days before its first month."""
        return _STARTS[self._first] - 10 * DAY_US + self._number % 997 * 863 * SECOND_US

    def _record(self, command: c.Command) -> None:
        self._line.record(command, self._clerk)

    def _between(self, low: int, high: int) -> int:
        return self._rng.randrange(low, high)

    def _reason(self) -> Words:
        return Words(self._rng.choice(REASONS))

    @property
    def _id(self) -> Id:
        return Id(self.account)

    @property
    def _case(self) -> Case:
        return self._line.book.case(self.account)

    def _enroll(self, at: int) -> None:
        beta = self._number % 20 == 3 and self._mix.everything
        self._record(
            c.EnrollAccount(
                account=self._id,
                enrolled_at=Instant(at),
                stage="public_beta" if beta else "general",
                region=None if self.region is None else Id(self.region),
            )
        )
        if beta:
            self._line.plan(at + 40 * DAY_US, self._restage)
        if self._number % 20 == 7 and self._mix.everything:
            self._line.plan(at + 60 * DAY_US, self._correct)
        if self._number % 20 == CLOSED and self._mix.everything:
            self._line.plan(_STARTS[MONTHS - 2] + 20 * DAY_US, self._close)
        self._plan_months()

    def _restage(self, at: int) -> None:
        self._record(c.RestageAccount(account=self._id, stage="general", changed_at=Instant(at)))

    def _correct(self, at: int) -> None:
        other = REGIONS[(REGIONS.index(self.region) + 1) % len(REGIONS)] if self.region else REGIONS[0]
        self._record(c.CorrectAccount(account=self._id, region=Id(other), reason=self._reason()))

    def _close(self, at: int) -> None:
        self._record(c.CloseAccount(account=self._id, closed_at=Instant(at)))

    def _plan_months(self) -> None:
        for index in range(self._first, MONTHS):
            for _ in range(self._rng.choice(self._mix.outages)):
                self._plan_incident(index)
            if self._mix.everything:
                self._plan_bill(index)

    def _plan_bill(self, index: int) -> None:
        quarterly = self._number % 3 == 2
        if not quarterly:
            self._line.plan(_STARTS[index + 1] + self._between(1, 5 * 86_400) * SECOND_US, self._bill(index, 1))
        elif (index - self._first) % 3 == 0:
            self._line.plan(_STARTS[index] + self._between(1, 5 * 86_400) * SECOND_US, self._bill(index, 3))

    # Outages -------------------------------------------------------------------------------------------------------

    def _plan_incident(self, index: int) -> None:
        start = _STARTS[index] + self._between(0, 27 * 86_400) * SECOND_US
        kind = self._rng.random()
        if kind < 0.1:
            length = self._between(20, 120) * SECOND_US
        elif kind < 0.5:
            length = self._between(2 * 60, 80 * 60) * SECOND_US
        elif kind < 0.97:
            length = self._between(90 * 60, 420 * 60) * SECOND_US
        else:
            length = self._between(8 * 3600, 40 * 3600) * SECOND_US
        self._incidents += 1
        incident = Id(f"INC-{self.account}-{self._incidents}")
        left_open = index == MONTHS - 1 and self._rng.random() < 0.01 and self._mix.everything
        self._line.plan(start, self._open(incident, start + length, left_open))
        if length >= _LONG_US and not left_open and self._mix.everything:
            self._plan_claim(index)

    def _open(self, incident: Id, end: int, left_open: bool) -> Callable[[int], None]:
        def act(at: int) -> None:
            function = self._rng.choice(FUNCTIONS)
            self._record(c.OpenIncident(incident=incident, function=function, started_at=Instant(at), account=self._id))
            if not left_open:
                self._line.plan(end, self._end(incident, at))

        return act

    def _end(self, incident: Id, start: int) -> Callable[[int], None]:
        def act(at: int) -> None:
            self._record(c.CloseIncident(incident=incident, ended_at=Instant(at)))
            luck, later = self._rng.random(), at + self._between(1, 48) * HOUR_US
            if luck < 0.08:
                self._line.plan(later, self._correct_incident(incident, start, at))
            elif luck < 0.10:
                self._line.plan(later, self._withdraw_incident(incident))
            elif luck < 0.22:
                self._line.plan(later, self._exclude(incident, start, at))

        return act

    def _correct_incident(self, incident: Id, start: int, end: int) -> Callable[[int], None]:
        def act(at: int) -> None:
            moved = Instant(end + self._between(1, 3600) * SECOND_US)
            self._record(c.CorrectIncident(incident=incident, ended_at=moved, reason=self._reason()))

        return act

    def _withdraw_incident(self, incident: Id) -> Callable[[int], None]:
        return lambda at: self._record(c.WithdrawIncident(incident=incident, reason=self._reason()))

    def _exclude(self, incident: Id, start: int, end: int) -> Callable[[int], None]:
        def act(at: int) -> None:
            clause = self._rng.choice(CAUSES)
            partial = self._rng.random() < 0.5 and end - start > 2 * MINUTE_US
            evidence = hashlib.sha256(str(self._rng.random()).encode()).hexdigest()
            self._record(
                c.ApplyExclusion(
                    incident=incident,
                    clause=Clause(clause),
                    from_=Instant(start + (end - start) // 2) if partial else None,
                    to=Instant(end) if partial else None,
                    notified_at=Instant(start - 2 * DAY_US) if clause == "2.3(5)" else None,
                    reason=self._reason(),
                    evidence=(EvidenceField(name=Words("trace.txt"), sha256=Hash(evidence)),)
                    if self._rng.random() < 0.4
                    else (),
                )
            )
            if self._rng.random() < 0.2:
                self._line.plan(at + self._between(1, 20) * DAY_US, self._withdraw_exclusion(incident))

        return act

    def _withdraw_exclusion(self, incident: Id) -> Callable[[int], None]:
        return lambda at: self._record(c.WithdrawExclusion(incident=incident, exclusion=1, reason=self._reason()))

    # Bills ---------------------------------------------------------------------------------------------------------

    def _bill(self, index: int, months: int) -> Callable[[int], None]:
        def act(at: int) -> None:
            month = add_months(FIRST_MONTH, index)
            bill = Id(f"B-{self.account}-{month}")
            call = self._between(2_000, 150_000) * months
            offset = VoucherOffset(service=Fen(1_000)) if self._rng.random() < 0.03 else None
            self._record(
                c.BillFees(
                    bill=bill,
                    account=self._id,
                    first_month=MonthText(month),
                    months=months,
                    billed_at=Instant(at),
                    product_fee=Fen(call + self._between(20_000, 600_000) * months),
                    call_fee=Fen(call),
                    voucher_offset=offset,
                    key=Key(f"billing-run-{bill}") if self._number % 20 == 4 else None,
                )
            )
            luck = self._rng.random()
            if luck < 0.03:
                self._line.plan(at + self._between(1, 6) * DAY_US, self._correct_bill(bill))
            elif luck < 0.035:
                self._line.plan(at + self._between(1, 6) * DAY_US, self._void_bill(bill))
            self._redeem(bill, at)

        return act

    def _correct_bill(self, bill: Id) -> Callable[[int], None]:
        def act(at: int) -> None:
            known = self._case.bills[bill]
            more = Fen(known.product_fee_fen + self._between(100, 5_000))
            self._record(c.CorrectFees(bill=bill, product_fee=more, reason=self._reason()))

        return act

    def _void_bill(self, bill: Id) -> Callable[[int], None]:
        def act(at: int) -> None:
            known = self._case.bills[bill]
            if not redeemed_fen(known, "service") and not redeemed_fen(known, "call"):
                self._record(c.VoidFees(bill=bill, reason=self._reason()))

        return act

    # Claims --------------------------------------------------------------------------------------------------------

    def _plan_claim(self, index: int) -> None:
        if self._rng.random() < 0.03:
            return
        end, luck = _STARTS[index + 1], self._rng.random()
        if luck < 0.03:
            filed = end + self._between(1, 3) * DAY_US
        elif luck < 0.06:
            filed = end + self._between(65, 80) * DAY_US
        else:
            filed = end + self._between(15, 45) * DAY_US
        self._line.plan(filed + self._between(0, 86_400) * SECOND_US, self._file(add_months(FIRST_MONTH, index)))

    def _file(self, month: str) -> Callable[[int], None]:
        def act(at: int) -> None:
            known = self._case.claims.get(month)
            early = known is not None and known.latest is not None and known.latest.outcome == "too_early"
            if known is not None and not (early and known.pending is None):
                return
            statement = Words("Calls failed; see our tickets") if self._rng.random() < 0.3 else None
            self._record(
                c.FileClaim(account=self._id, month=MonthText(month), filed_at=Instant(at), statement=statement)
            )
            luck, later = self._rng.random(), at + self._between(1, 10) * DAY_US
            if luck < 0.02:
                self._line.plan(later, self._withdraw(month))
            elif luck < 0.97:
                self._line.plan(later, self._decide(month))

        return act

    def _withdraw(self, month: str) -> Callable[[int], None]:
        return lambda at: self._record(c.WithdrawClaim(account=self._id, month=MonthText(month), reason=self._reason()))

    def _decide(self, month: str) -> Callable[[int], None]:
        def act(at: int) -> None:
            self._record(c.DecideClaim(account=self._id, month=MonthText(month), decided_at=Instant(at)))
            outcome = self._outcome(month)
            if outcome == "awarded":
                self._plan_issue(month, at)
            if outcome == "too_early" and self._rng.random() < 0.7:
                self._line.plan(at + 20 * DAY_US, self._file(month))
            if self._rng.random() < 0.06:
                self._line.plan(at + self._between(6, 20) * DAY_US, self._dispute(month))

        return act

    def _outcome(self, month: str) -> str | None:
        latest = self._case.claims[month].latest
        return None if latest is None else latest.outcome

    def _dispute(self, month: str) -> Callable[[int], None]:
        def act(at: int) -> None:
            known = self._case.claims[month]
            if known.pending is not None or known.withdrawn is not None:
                return
            self._record(
                c.DisputeClaim(
                    account=self._id,
                    month=MonthText(month),
                    disputed_at=Instant(at),
                    grounds=Words("The outage lasted longer than was measured"),
                )
            )
            if self._rng.random() < 0.9:
                self._line.plan(at + self._between(1, 10) * DAY_US, self._redecide(month))

        return act

    def _redecide(self, month: str) -> Callable[[int], None]:
        def act(at: int) -> None:
            if self._case.claims[month].pending is not None:
                return
            self._record(
                c.RedecideClaim(account=self._id, month=MonthText(month), decided_at=Instant(at), reason=self._reason())
            )
            if self._case.claims[month].due_fen:
                self._plan_issue(month, at)

        return act

    # Vouchers ------------------------------------------------------------------------------------------------------

    def _plan_issue(self, month: str, at: int) -> None:
        if self._rng.random() < 0.97:
            self._line.plan(at + self._between(1, 5) * DAY_US, self._issue(month))

    def _issue(self, month: str) -> Callable[[int], None]:
        def act(at: int) -> None:
            claim = self._case.claims[month]
            if claim.due_fen and claim.latest is not None and claim.latest.decided_at <= at:
                self._record(c.IssueVoucher(account=self._id, month=MonthText(month), issued_at=Instant(at)))

        return act

    def _redeem(self, bill: Id, at: int) -> None:
        """Pay a part of a new bill with the available vouchers."""
        for voucher in list(self._case.vouchers.values()):
            if voucher.issued_at > at or self._rng.random() < 0.25:
                continue
            part: Part = "call" if self._rng.random() < 0.2 else "service"
            most = min(voucher.balance_fen, owed_fen(self._case.bills[bill], part))
            if most < 100:
                continue
            amount = most if self._rng.random() < 0.6 else most // 2
            self._record(
                c.RedeemVoucher(
                    voucher=VoucherId(voucher.voucher),
                    account=self._id,
                    bill=bill,
                    part=part,
                    amount=Fen(amount),
                    redeemed_at=Instant(at),
                    shown_on_bill=False,
                )
            )
            luck, number = self._rng.random(), len(self._case.vouchers[voucher.voucher].redemptions)
            if luck < 0.05:
                self._line.plan(at + self._between(1, 9) * DAY_US, self._reverse(voucher.voucher, number))
            elif luck < 0.12:
                self._line.plan(at + self._between(1, 9) * DAY_US, self._cancel(voucher.voucher))

    def _reverse(self, voucher: str, number: int) -> Callable[[int], None]:
        return lambda at: self._record(
            c.ReverseRedemption(voucher=VoucherId(voucher), redemption=number, reason=self._reason())
        )

    def _cancel(self, voucher: str) -> Callable[[int], None]:
        def act(at: int) -> None:
            if self._case.vouchers[voucher].balance_fen:
                self._record(c.CancelVoucher(voucher=VoucherId(voucher), reason=self._reason()))

        return act


class SharedLife:
    """The outages of regions, of all and of several accounts: as many as months, regardless of the number of accounts.

    They are recorded as they happen, among the acts of the first accounts (`members` are some of those); for later
    accounts all of them are on record already.
    """

    def __init__(self, line: Timeline, seed: int, members: list[AccountLife]) -> None:
        self._line = line
        self._rng = Random(f"{seed}:shared")
        self._members = members
        for index in range(MONTHS):
            self._plan(index, f"REG-{index + 1:02d}", regions=(Id(REGIONS[index % len(REGIONS)]),))
            if index % 3 == 1:
                self._plan(index, f"ALL-{index + 1:02d}", all_accounts=True)
            if index % 3 == 2:
                self._plan(index, f"SEV-{index + 1:02d}", several=True)

    def _plan(
        self,
        index: int,
        incident: str,
        *,
        regions: tuple[Id, ...] | None = None,
        all_accounts: bool = False,
        several: bool = False,
    ) -> None:
        start = _STARTS[index] + self._rng.randrange(27 * 86_400) * SECOND_US
        end = start + self._rng.randrange(60, 45 * 60) * SECOND_US
        function, luck = FUNCTIONS[index % len(FUNCTIONS)], index % 4
        id_ = Id(incident)

        def open_(at: int) -> None:
            accounts = self._several(at) if several else None
            if accounts == ():
                return
            self._record(
                c.OpenIncident(
                    incident=id_,
                    function=function,
                    started_at=Instant(at),
                    accounts=accounts,
                    regions=regions,
                    all_accounts=all_accounts,
                )
            )
            self._line.plan(end, close)

        def close(at: int) -> None:
            self._record(c.CloseIncident(incident=id_, ended_at=Instant(at)))
            if luck == 1:
                self._line.plan(at + 3 * DAY_US, correct)
            elif luck == 2:
                self._line.plan(at + 5 * DAY_US, exclude)

        def correct(at: int) -> None:
            self._record(
                c.CorrectIncident(incident=id_, ended_at=Instant(end + 7 * MINUTE_US), reason=Words(REASONS[0]))
            )

        def exclude(at: int) -> None:
            self._record(c.ApplyExclusion(incident=id_, clause=Clause("2.3(1)"), reason=Words(REASONS[3])))

        self._line.plan(start, open_)

    def _several(self, at: int) -> tuple[Id, ...]:
        """A few of the accounts that were enrolled by then."""
        there = [life.account for life in self._members if self._line.book.case(life.account).account is not None]
        return tuple(Id(account) for account in there[:3])

    def _record(self, command: c.Command) -> None:
        self._line.record(command, "noc")
