"""Refusals of approvals that depend on who records in a ledger."""

from __future__ import annotations

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
