"""The rows of the worklist, one kind for each thing that waits."""

from __future__ import annotations

import msgspec

from cli.answers.breaches import BreachRow
from cli.answers.readings import SwingShown
from cli.terminal.values import ZonedInstant
from domain.money import Fen


class UnclaimedRow(BreachRow, frozen=True, kw_only=True):
    """A breach without a claim; the window is None where its calendar is not recorded yet."""

    earlier: str | None
    opens: ZonedInstant | None
    closes: ZonedInstant | None


class ToDecide(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that waits for a decision."""

    account: str
    month: str
    filed_at: ZonedInstant
    swing: SwingShown | None
    """How much of its credit hangs on a reading; None where nothing does."""
    name: str | msgspec.UnsetType = msgspec.UNSET


class ToApprove(msgspec.Struct, frozen=True, kw_only=True):
    """An award that is issued once somebody other than `decided_by` has approved it."""

    account: str
    month: str
    amount: Fen
    currency: str
    decided_by: str
    nobody_else: bool | msgspec.UnsetType
    """Given where everybody who could approve it made one of its decisions."""
    swing: SwingShown | None
    """How much of its credit hangs on a reading; None where nothing does."""
    name: str | msgspec.UnsetType = msgspec.UNSET


class ToIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An award that waits for a voucher."""

    account: str
    month: str
    amount: Fen
    currency: str
    cancelled_since: bool | msgspec.UnsetType
    """Given where a voucher was cancelled since the decision, so that `--again` is needed."""
    swing: SwingShown | None
    """How much of its credit hangs on a reading; None where nothing does."""
    name: str | msgspec.UnsetType = msgspec.UNSET


class LateBill(msgspec.Struct, frozen=True, kw_only=True):
    """A breach without a bill; `closes` is None where the calendar of working days is not recorded yet."""

    account: str
    month: str
    tier: int
    closes: ZonedInstant | None
    name: str | msgspec.UnsetType = msgspec.UNSET


class Disputed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim whose decision the customer disputes."""

    account: str
    month: str
    disputed_at: ZonedInstant
    name: str | msgspec.UnsetType = msgspec.UNSET


class Overpaid(msgspec.Struct, frozen=True, kw_only=True):
    """A claim whose vouchers hold more than its award."""

    account: str
    month: str
    amount: Fen
    currency: str
    name: str | msgspec.UnsetType = msgspec.UNSET


class GivenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A cancelled voucher of which something can be spent again, since a redemption was reversed."""

    voucher: str
    account: str
    month: str
    amount: Fen
    currency: str
    name: str | msgspec.UnsetType = msgspec.UNSET


class StillOpen(msgspec.Struct, frozen=True, kw_only=True):
    """An outage that is open though the month in which it began has ended; `scope` where it is not one account's."""

    incident: str
    account: str | msgspec.UnsetType
    scope: str | msgspec.UnsetType
    started_at: ZonedInstant
    source: str | None
