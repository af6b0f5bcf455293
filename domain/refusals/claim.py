"""Refusals of claims and their decisions (clause 3.2)."""

from __future__ import annotations

from domain.refusals import Code, InstantUs, Refusal, Undone


class _OfClaim(Refusal):
    """A refusal of one account's claim for one month."""

    account: str
    month: str


class MonthNotOver(_OfClaim, code="month_not_over", clause="3.2"):
    """A claim is for a month that has ended."""

    message = "{account} {month}: the month ends only at {month_ends_at}"
    hint = "file the claim when the month has ended"
    month_ends_at: InstantUs


class ClaimAlreadyFiled(_OfClaim, code="claim_filed", clause="3.2"):
    """A claim for the month already waits for a decision."""

    message = "{account} {month}: a claim was filed at {filed_at} and is not decided yet"
    hint = "`slaledger claim withdraw {account} {month} --reason …` first, or decide it"
    filed_at: InstantUs


class ClaimEvidenceDiffers(_OfClaim, code="evidence_differs"):
    """What the customer sent with a claim is recorded together with it, and not added later."""

    message = "{account} {month}: that claim is recorded, with other evidence or none"
    hint = (
        "leave --evidence out; before the claim is decided, `slaledger claim withdraw {account} {month} --reason …` "
        "lets it be filed anew with it"
    )


class ClaimAlreadyDecided(_OfClaim, code="claim_decided", clause="3.2"):
    """A month has one claim: its decision stands until it is decided again."""

    message = "{account} {month}: decided at {decided_at} ({outcome}), and that decision stands"
    hint = "`slaledger claim redecide {account} {month} --reason …` decides it again"
    decided_at: InstantUs
    outcome: Code


class DecidedClaimNotWithdrawn(_OfClaim, code="claim_decided", clause="3.2"):
    """Only a claim that waits can be withdrawn."""

    message = "{account} {month}: the claim is decided ({outcome}) and cannot be withdrawn"
    hint = (
        "`slaledger claim explain {account} {month}` shows what it rests on; `slaledger claim redecide {account} "
        "{month} --reason …` decides it again"
    )
    outcome: Code


class ClaimWasWithdrawn(_OfClaim, code="claim_withdrawn"):
    """The claim was withdrawn; a new one can be filed while the window is open."""

    message = "{account} {month}: the claim was withdrawn: {withdrawn}"
    hint = "`slaledger claim file {account} {month} --filed-at …`"
    withdrawn: str


class ClaimWithdrawnBefore(_OfClaim, code="claim_withdrawn"):
    """The claim was already withdrawn, for another reason."""

    message = "{account} {month}: already withdrawn: {withdrawn}"
    hint = "nothing is left to do: it is withdrawn, and the first reason is kept"
    withdrawn: str


class ClaimUndone(Undone):
    """What was done and then undone is not done again by itself."""

    message = "{account} {month}: the same claim was filed before and withdrawn: {withdrawn}"
    hint = "say --again if it is claimed after all"
    account: str
    month: str
    withdrawn: str


class DecidedBeforeFiled(_OfClaim, code="decided_before_filed", clause="3.2"):
    """A decision is dated at or after its filing."""

    message = "{account} {month}: filed at {filed_at}; it cannot be decided at {decided_at}"
    hint = "give a --decided-at of {filed_at} or later, or leave it out, which means now"
    filed_at: InstantUs
    decided_at: InstantUs


class DecidedBeforeDecided(_OfClaim, code="decided_before_decided"):
    """A decision is dated at or after the one that it replaces."""

    message = "{account} {month}: decided at {latest_at}; it cannot be decided again at {again_at}"
    hint = "give a --decided-at of {latest_at} or later, or leave it out, which means now"
    latest_at: InstantUs
    again_at: InstantUs


class DisputedBeforeFiled(_OfClaim, code="disputed_before_filed"):
    """A dispute is dated at or after the filing."""

    message = "{account} {month}: filed at {filed_at}; it cannot be disputed before that"
    hint = "give a --disputed-at of {filed_at} or later"
    filed_at: InstantUs


class ClaimAlreadyDisputed(_OfClaim, code="claim_disputed"):
    """One dispute is answered, by a new decision, before the next is recorded."""

    message = "{account} {month}: already disputed at {disputed_at}"
    hint = "`slaledger claim redecide {account} {month} --reason …` answers it"
    disputed_at: InstantUs


class ClaimUndecided(_OfClaim, code="claim_undecided"):
    """There is no decision to dispute or to replace."""

    message = "{account} {month}: there is no decision to dispute or to replace"
    hint = "`slaledger claim decide {account} {month}`"
