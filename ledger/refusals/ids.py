"""Refusals of ids that belong to something else."""

from __future__ import annotations

from domain.refusals import Refusal


class _OfAnother(Refusal, code="id_taken"):
    """Something else has the id; `where` says whose it is."""

    id: str
    where: str


class IncidentIdTaken(_OfAnother):
    """Ids of incidents, bills and vouchers are unique in the ledger. The same id with the same content would have been
    a no-op.
    """

    message = "incident {id} exists already ({where}), with other content"
    hint = "choose another id, or correct that one: `slaledger incident correct {id} --started-at … --reason …`"


class BillIdTaken(_OfAnother):
    """A correction changes the amounts of a bill."""

    message = "bill {id} exists already ({where}), with other content"
    hint = "choose another id, or correct that one: `slaledger fees correct {id} --product-fee … --reason …`"


class VoucherIdTaken(_OfAnother):
    """A voucher cannot be corrected."""

    message = "voucher {id} exists already ({where}), with other content"
    hint = "choose another id, or leave --voucher out: then the ledger gives it one"


class IncidentIdWithdrawn(_OfAnother):
    """A withdrawn incident keeps its id, and cannot be corrected."""

    message = "incident {id} exists already ({where}), with other content, and was withdrawn: {reason}"
    hint = "choose another id: this one stays that of the withdrawn incident"
    reason: str


class BillIdVoided(_OfAnother):
    """A void bill keeps its id, and cannot be corrected."""

    message = "bill {id} exists already ({where}), with other content, and was voided: {reason}"
    hint = "choose another id: this one stays that of the void bill"
    reason: str
