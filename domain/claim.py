"""A claim for one account and month: its filings, decisions and disputes, and the commands that may change it."""

from __future__ import annotations

import msgspec

from domain.commands import DecideClaim, DisputeClaim, FileClaim, RedecideClaim
from domain.decision import Decision
from domain.decision_record import Head, encode, head
from domain.events import (
    ClaimApproved,
    ClaimDecided,
    ClaimDisputed,
    ClaimEvidenced,
    ClaimFiled,
    ClaimPaid,
    ClaimPaymentCancelled,
    ClaimWithdrawn,
    Event,
    Evidence,
    VoucherCancelled,
)
from domain.refusals.claim import (
    ClaimAlreadyDecided,
    ClaimAlreadyDisputed,
    ClaimAlreadyFiled,
    ClaimEvidenceDiffers,
    ClaimUndecided,
    ClaimUndone,
    ClaimWasWithdrawn,
    ClaimWithdrawnBefore,
    DecidedBeforeDecided,
    DecidedBeforeFiled,
    DecidedClaimNotWithdrawn,
    DisputedBeforeFiled,
    MonthNotOver,
)
from domain.time import check_month

REFUSING = ("too_early", "too_late")


class Filing(msgspec.Struct, kw_only=True, frozen=True):
    """A filing of the claim: its instant, its statement, and what the customer sent with it."""

    filed_at: int
    statement: str | None
    evidence: tuple[Evidence, ...] = ()

    def is_like(self, other: Filing) -> bool:
        """Whether both say the same, whatever was sent with them."""
        return (self.filed_at, self.statement) == (other.filed_at, other.statement)


class Decided(msgspec.Struct, kw_only=True, frozen=True):
    """A decision on a claim: its head, its exact bytes, the reason of a redecision, and the actor that made it."""

    head: Head
    record: bytes
    filed_at: int
    reason: str | None
    by: str


class Approval(msgspec.Struct, kw_only=True, frozen=True):
    """An approval of a decision's award: what was due at the log's position, and who approved it."""

    decision: int
    amount_fen: int
    position: int
    by: str
    reason: str | None
    signed_by: str | None = None


class Dispute(msgspec.Struct, kw_only=True, frozen=True):
    """The customer's grounds against a decision, and their date."""

    disputed_at: int
    grounds: str


class Cancelled(msgspec.Struct, kw_only=True, frozen=True):
    """A cancellation of one of the claim's vouchers."""

    voucher: str
    amount_fen: int
    reason: str


class Claim(msgspec.Struct, kw_only=True):
    """A claim's state. `pending` is the filing that waits for a decision; `paid` holds the vouchers' faces, in fen.

    `withdrawn` is the reason for which the latest filing was withdrawn; None where it was not. `withdrawals` has such
    a reason for each filing, by its index. `cancellations` are those of the vouchers' own events, and `told` those of
    which the claim's stream tells too: older cancellations are not among them. `paid_anew` says that a voucher was
    issued for what an older one had cancelled, as it was not before. `since` are those since the latest decision.
    `late` is what was recorded since the latest decision and may change it: a bill's id, or an empty string for the
    account's enrolment, stage or region. `approval` is the one that stands: a new decision voids it, and so does a
    cancellation, since more is due then than was approved.
    """

    account: str
    month: str
    filings: list[Filing] = []
    pending: Filing | None = None
    withdrawn: str | None = None
    withdrawals: dict[int, str] = {}
    decisions: list[Decided] = []
    disputes: list[Dispute] = []
    disputed: bool = False
    paid: dict[str, int] = {}
    cancellations: list[Cancelled] = []
    told: list[Cancelled] = []
    paid_anew: bool = False
    since: list[Cancelled] = []
    late: str | None = None
    approvals: list[Approval] = []
    approval: Approval | None = None

    @property
    def filed_at(self) -> int:
        return self.filings[-1].filed_at

    @property
    def latest(self) -> Head | None:
        return self.decisions[-1].head if self.decisions else None

    @property
    def awarded_fen(self) -> int:
        """The amount that the latest decision awards."""
        return 0 if self.latest is None else self.latest.awarded_fen

    @property
    def cancelled_fen(self) -> int:
        return sum(one.amount_fen for one in self.cancellations)

    @property
    def held_fen(self) -> int:
        """The amount that the month's vouchers hold: their faces less what was cancelled, spent or not."""
        return sum(self.paid.values()) - self.cancelled_fen

    @property
    def due_fen(self) -> int:
        """The amount of the latest award that no voucher holds."""
        return max(0, self.awarded_fen - self.held_fen)

    @property
    def overpaid_fen(self) -> int:
        """The amount that vouchers hold beyond the latest decision's award. It is not taken back by itself."""
        return max(0, self.held_fen - self.awarded_fen)

    @property
    def deciders(self) -> list[str]:
        """The actors that made the claim's decisions, each once, in order."""
        return list(dict.fromkeys(made.by for made in self.decisions))

    @property
    def undone(self) -> Cancelled | None:
        """The latest cancellation since the latest decision, where something is due: it is issued again if asked."""
        return self.since[-1] if self.since and self.due_fen else None


def status(claim: Claim) -> str:
    """The claim's status: `filed`, `withdrawn`, `refused`, `awarded`, `not_awarded`, `disputed` or `settled`."""
    if claim.pending is not None:
        return "filed"
    if claim.withdrawn is not None or claim.latest is None:
        return "withdrawn"
    if claim.disputed:
        return "disputed"
    if claim.latest.outcome in REFUSING:
        return "refused"
    if claim.latest.outcome != "awarded":
        return "not_awarded"
    return "awarded" if claim.due_fen else "settled"


def evolve(
    claim: Claim | None, event: Event, reason: str | None, actor: str = "", signed_by: str | None = None
) -> Claim:
    """Apply one more event, recorded by an actor, and signed by a key or not, to a claim's state."""
    match event:
        case ClaimFiled():
            if claim is None:
                claim = _begun(event)
            claim.pending, claim.withdrawn = Filing(filed_at=event.filed_at, statement=event.statement), None
            claim.filings.append(claim.pending)
        case _ if claim is None:
            raise ValueError(f"a claim cannot begin with {type(event).__name__}")
        case ClaimEvidenced():
            claim.filings[-1] = msgspec.structs.replace(claim.filings[-1], evidence=event.evidence)
            claim.pending = claim.pending and claim.filings[-1]
        case ClaimWithdrawn():
            claim.pending, claim.withdrawn = None, reason or ""
            claim.withdrawals[len(claim.filings) - 1] = claim.withdrawn
        case ClaimDecided():
            _take_decision(claim, bytes(event.decision), reason, actor)
        case ClaimApproved():
            claim.approval = _approval(event, reason, actor, signed_by)
            claim.approvals.append(claim.approval)
        case ClaimDisputed():
            claim.disputes.append(Dispute(disputed_at=event.disputed_at, grounds=event.grounds))
            claim.disputed = True
        case ClaimPaid():
            if len(claim.cancellations) > len(claim.told) and event.amount_fen == claim.due_fen:
                claim.paid_anew = True
            claim.paid[event.voucher] = event.amount_fen
        case VoucherCancelled():
            _take_cancellation(claim, event, reason)
        case ClaimPaymentCancelled():
            claim.told.append(Cancelled(voucher=event.voucher, amount_fen=event.amount_fen, reason=reason or ""))
        case _:
            raise ValueError(f"{type(event).__name__} is no event of a claim")
    return claim


def _take_decision(claim: Claim, record: bytes, reason: str | None, actor: str) -> None:
    claim.decisions.append(Decided(head=head(record), record=record, filed_at=claim.filed_at, reason=reason, by=actor))
    claim.pending, claim.disputed, claim.since, claim.late = None, False, [], None
    claim.approval = None


def _take_cancellation(claim: Claim, event: VoucherCancelled, reason: str | None) -> None:
    cancelled = Cancelled(voucher=event.voucher, amount_fen=event.amount_fen, reason=reason or "")
    claim.cancellations.append(cancelled)
    claim.since.append(cancelled)
    claim.approval = None


def note_late(claim: Claim, bill: str) -> None:
    """Note what was recorded since the latest decision; a bill is named rather than the account."""
    if claim.decisions and claim.pending is None:
        claim.late = bill or claim.late or ""


def _begun(event: ClaimFiled) -> Claim:
    return Claim(
        account=event.account,
        month=check_month(event.month),
        filings=[],
        withdrawals={},
        decisions=[],
        disputes=[],
        paid={},
        cancellations=[],
        told=[],
        since=[],
        approvals=[],
    )


def _approval(event: ClaimApproved, reason: str | None, actor: str, signed_by: str | None) -> Approval:
    return Approval(
        decision=event.decision,
        amount_fen=event.amount_fen,
        position=event.position,
        by=actor,
        reason=reason,
        signed_by=signed_by,
    )


def file(claim: Claim | None, command: FileClaim, month_ends_at: int) -> tuple[Event, ...]:
    """Record a claim, even an early or late one. No event where the same claim was filed before.

    Raises Refusal `month_not_over`, `undone`, `evidence_differs`, `claim_filed`, `claim_decided`.
    """
    if command.filed_at < month_ends_at:
        raise MonthNotOver(account=command.account, month=command.month, month_ends_at=month_ends_at)
    wanted = Filing(
        filed_at=int(command.filed_at),
        statement=None if command.statement is None else str(command.statement),
        evidence=tuple(piece.recorded() for piece in command.evidence),
    )
    if claim is not None and _stands(claim, wanted, again=command.again):
        return ()
    if claim is not None and status(claim) != "withdrawn":
        if claim.pending is not None:
            raise ClaimAlreadyFiled(account=command.account, month=command.month, filed_at=claim.filed_at)
        if claim.latest is not None and claim.latest.outcome != "too_early":
            raise ClaimAlreadyDecided(
                account=command.account,
                month=command.month,
                decided_at=claim.latest.decided_at,
                outcome=claim.latest.outcome,
            )
    account, month = str(command.account), str(command.month)
    filed = ClaimFiled(account=account, month=month, filed_at=wanted.filed_at, statement=wanted.statement)
    if not wanted.evidence:
        return (filed,)
    return (filed, ClaimEvidenced(account=account, month=month, evidence=wanted.evidence))


def _stands(claim: Claim, wanted: Filing, *, again: bool) -> bool:
    """Whether a filing like this one stands; one that was withdrawn is filed anew where `again` is said.

    Raises Refusal `undone`, `evidence_differs`.
    """
    like = [index for index, filing in enumerate(claim.filings) if filing.is_like(wanted)]
    if not like:
        return False
    withdrawn = claim.withdrawals.get(like[-1])
    if withdrawn is not None and not again:
        raise ClaimUndone(account=claim.account, month=claim.month, withdrawn=withdrawn)
    if withdrawn is None and wanted.evidence not in ((), claim.filings[like[-1]].evidence):
        raise ClaimEvidenceDiffers(account=claim.account, month=claim.month)
    return withdrawn is None


def withdraw(claim: Claim, reason: str) -> tuple[Event, ...]:
    """Withdraw a pending claim. Raises Refusal `claim_decided`, `claim_withdrawn`."""
    if claim.pending is not None:
        return (ClaimWithdrawn(account=claim.account, month=claim.month),)
    if claim.withdrawn == reason:
        return ()
    if claim.withdrawn is None and claim.latest is not None:
        raise DecidedClaimNotWithdrawn(account=claim.account, month=claim.month, outcome=claim.latest.outcome)
    raise ClaimWithdrawnBefore(account=claim.account, month=claim.month, withdrawn=claim.withdrawn or "")


def is_pending(claim: Claim) -> bool:
    """Whether the claim waits for a decision. Raises Refusal `claim_withdrawn` where it was withdrawn."""
    if claim.withdrawn is not None:
        raise _withdrawn(claim)
    return claim.pending is not None


def _withdrawn(claim: Claim) -> ClaimWasWithdrawn:
    return ClaimWasWithdrawn(account=claim.account, month=claim.month, withdrawn=claim.withdrawn or "")


def check_decided_at(claim: Claim, command: DecideClaim | RedecideClaim, decided_at: int) -> None:
    """Check that a decision is dated neither before its filing nor before the decision that it replaces.

    Raises Refusal `decided_before_filed`, `decided_before_decided`.
    """
    if decided_at < claim.filed_at:
        raise DecidedBeforeFiled(
            account=claim.account, month=claim.month, filed_at=claim.filed_at, decided_at=decided_at
        )
    if isinstance(command, RedecideClaim) and claim.latest is not None and decided_at < claim.latest.decided_at:
        raise DecidedBeforeDecided(
            account=claim.account, month=claim.month, latest_at=claim.latest.decided_at, again_at=decided_at
        )


def decided(decision: Decision) -> tuple[Event, ...]:
    """The event of a decision."""
    return (ClaimDecided(account=decision.account, month=decision.month, decision=msgspec.Raw(encode(decision))),)


def dispute(claim: Claim, command: DisputeClaim) -> tuple[Event, ...]:
    """Record that the customer disputes the latest decision.

    Raises Refusal `claim_undecided`, `disputed_before_filed`, `claim_disputed`.
    """
    check_is_decided(claim)
    wanted = Dispute(disputed_at=int(command.disputed_at), grounds=str(command.grounds))
    if wanted in claim.disputes:
        return ()
    if wanted.disputed_at < claim.filed_at:
        raise DisputedBeforeFiled(account=claim.account, month=claim.month, filed_at=claim.filed_at)
    if claim.disputed:
        raise ClaimAlreadyDisputed(account=claim.account, month=claim.month, disputed_at=claim.disputes[-1].disputed_at)
    return (
        ClaimDisputed(account=claim.account, month=claim.month, disputed_at=wanted.disputed_at, grounds=wanted.grounds),
    )


def check_is_decided(claim: Claim) -> None:
    """Check that a claim is decided. Raises Refusal `claim_undecided` where it waits, `claim_withdrawn`."""
    if claim.withdrawn is not None:
        raise _withdrawn(claim)
    if claim.pending is not None or claim.latest is None:
        raise ClaimUndecided(account=claim.account, month=claim.month)
