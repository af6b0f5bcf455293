"""What codes and field names are called: in English as they are written in commands and JSON, in Chinese in Chinese."""

from __future__ import annotations

from domain.wording import Said, said

_OUTCOMES = (
    said("awarded"),
    said("commitment_met"),
    said("nothing_to_credit"),
    said("too_early"),
    said("too_late"),
    said("not_covered"),
)
_STATES = (
    said("filed"),
    said("withdrawn"),
    said("refused"),
    said("not_awarded"),
    said("disputed"),
    said("settled"),
    said("open"),
    said("closed"),
    said("stands"),
    said("reversed"),
    said("void"),
)
_KINDS = (
    said("agent_sign_in"),
    said("agent_calls"),
    said("inbound_routing"),
    said("general"),
    said("public_beta"),
    said("invited_beta"),
    said("service"),
    said("call"),
    said("accounts"),
    said("regions"),
    said("all"),
    said("holiday"),
    said("workday"),
    said("opening"),
    said("true"),
    said("false"),
)
_TOPICS = (
    said("ledger.created"),
    said("id.reserved"),
    said("key.used"),
    said("terms.published"),
    said("calendar.published"),
    said("account.enrolled"),
    said("account.restaged"),
    said("account.corrected"),
    said("account.closed"),
    said("incident.opened"),
    said("incident.joined"),
    said("incident.closed"),
    said("incident.corrected"),
    said("incident.withdrawn"),
    said("exclusion.applied"),
    said("exclusion.withdrawn"),
    said("fees.billed"),
    said("fees.corrected"),
    said("fees.voided"),
    said("fees.paid_by_voucher"),
    said("fees.payment_reversed"),
    said("claim.filed"),
    said("claim.withdrawn"),
    said("claim.decided"),
    said("claim.disputed"),
    said("claim.paid"),
    said("voucher.issued"),
    said("voucher.redeemed"),
    said("voucher.redemption_reversed"),
    said("voucher.cancelled"),
)
_FIELDS = (
    said("account"),
    said("agreement"),
    said("amount"),
    said("awarded"),
    said("balance"),
    said("bill"),
    said("billed"),
    said("call fee"),
    said("call voucher"),
    said("cancelled"),
    said("changed"),
    said("clause"),
    said("command"),
    said("content sha256"),
    said("country"),
    said("covered in beta"),
    said("credit"),
    said("decision"),
    said("document"),
    said("effective"),
    said("effective from"),
    said("ended"),
    said("enrolled"),
    said("evidence"),
    said("exclusion"),
    said("first month"),
    said("from"),
    said("function"),
    said("grounds"),
    said("holidays"),
    said("id"),
    said("incident"),
    said("issued"),
    said("issued at"),
    said("key"),
    said("kind"),
    said("ledger"),
    said("month"),
    said("months"),
    said("noticed"),
    said("notified"),
    said("opens"),
    said("outcome"),
    said("overpaid"),
    said("owner"),
    said("part"),
    said("product fee"),
    said("reason"),
    said("redeemed"),
    said("redemption"),
    said("region"),
    said("scope"),
    said("service voucher"),
    said("sha256"),
    said("source"),
    said("stage"),
    said("started"),
    said("statement"),
    said("status"),
    said("terms"),
    said("title"),
    said("to"),
    said("version"),
    said("voucher"),
    said("voucher month"),
    said("workdays"),
    said("year"),
)
_DAMAGE = (
    said("gap"),
    said("rewritten"),
    said("truncated"),
    said("unbalanced"),
    said("projections_differ"),
    said("award without voucher"),
    said("calendar missing"),
    said("claim waits"),
    said("clock went backwards"),
    said("dated earlier than recorded"),
    said("incident never closed"),
    said("month without bill"),
    said("source not checked"),
    said("unexplained voucher offset"),
)
_WORDS: dict[str, Said] = {
    str(one): one for group in (_OUTCOMES, _STATES, _KINDS, _TOPICS, _FIELDS, _DAMAGE) for one in group
}


def word(code: str) -> str:
    """What a code or a field is called; one that is not known here stays as it is."""
    return _WORDS.get(code, code)


def label(field: str) -> str:
    """What a field of a record is called: its name without the unit, with blanks."""
    return word(field.removesuffix("_fen").removesuffix("_at").replace("_", " "))


CODED = frozenset({"function", "stage", "scope", "part", "outcome", "status", "kind"})
"""Fields of records whose values are codes, not what somebody wrote."""
