"""Refusals of approvals that depend on more than the claim: who records in the ledger, what hangs on a reading."""

from __future__ import annotations

from domain.refusals import AmountFen
from domain.refusals.controls import ApprovalNeeded


class NobodyElseRecords(ApprovalNeeded):
    """An award needs an approval, and nobody but those who decided the claim records in this ledger."""

    message = (
        "{account} {month}: the award of {award} is above {limit}, so decision {number} needs an approval; there is "
        "nobody but {deciders} to give it"
    )
    hint = "a second person approves it: `slaledger --actor NAME voucher approve {account} {month}`, not {deciders}"


class NobodyElseMayApprove(ApprovalNeeded):
    """An award needs an approval, and each login of the approver's role made one of the claim's decisions."""

    message = (
        "{account} {month}: the award of {award} is above {limit}, so decision {number} needs an approval; no login "
        "but that of {deciders} may give it"
    )
    hint = (
        "the ledger's owner grants the approver's role to another login, which then does `slaledger voucher approve "
        "{account} {month}`"
    )


class ApprovalNeededWithSwing(ApprovalNeeded):
    """A doubtful clause decides over the award, so whoever approves it should look at how the clause is read."""

    message = (
        "{account} {month}: the award of {award} is above {limit}, so decision {number} needs an approval; "
        "{reading} decides over {swing}"
    )
    hint = (
        "see `slaledger claim explain {account} {month} --readings`, then "
        "`slaledger voucher approve {account} {month}`, by an actor other than {deciders}"
    )
    reading: str
    swing: AmountFen
