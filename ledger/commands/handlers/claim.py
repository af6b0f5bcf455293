"""Claims: filed, withdrawn, decided, disputed and decided again."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from domain import claim as claims
from domain import commands as c
from domain.approval import is_needed
from domain.assessment import assess, assess_again, timing
from domain.case import Case, account_of
from domain.decision import NO_FACTS, Decision
from domain.decision_record import decode
from domain.money import Fen, yuan
from domain.terms import versions as agreement
from domain.text import said
from domain.time import DEFAULT_ZONE, month_span, rfc3339
from ledger.commands.handlers.account import check_enrolled
from ledger.commands.handlers.effect import Effect, Handler, Origin, on
from ledger.commands.receipts import ClaimReceipt, DecisionReceipt
from ledger.log import leaves, streams
from ledger.log.account_history import AccountHistory
from ledger.log.approvers import nobody_else
from ledger.log.codec import Row
from ledger.log.codec import decode as decode_row
from ledger.log.reader import Reader
from ledger.refusals.commands import CountsOpenOutage, UnknownClaim


def _file(log: Reader, command: c.FileClaim, origin: Origin) -> Effect:
    stream = streams.claim(command.account, command.month)
    check_enrolled(log, command.account)
    rules = log.rules()
    zone = agreement.in_force(rules.versions, command.month).terms.zone
    claim = log.fold_streams(stream).claims.get(command.month)
    ends_at = month_span(command.month, zone)[1]
    effect = on(
        stream, claims.file(claim, command, ends_at), ClaimReceipt(account=command.account, month=command.month)
    )
    effect.warnings = _timing_warnings(rules, command)
    return effect


def _timing_warnings(rules: Case, command: c.FileClaim) -> list[str]:
    early_or_late = timing(rules, command.month, command.filed_at)
    if early_or_late is None:
        return []
    words = (
        said(
            "{account} {month}: filed before the claim window opens (clause 3.2); it will be decided as too_early",
            account=command.account,
            month=command.month,
        )
        if early_or_late == "too_early"
        else said(
            "{account} {month}: filed after the claim window closed (clause 3.2); it will be decided as too_late",
            account=command.account,
            month=command.month,
        )
    )
    return [words]


def claim_in(case: Case, account: str, month: str) -> claims.Claim:
    """An account's claim for a month. Raises Refusal `unknown_account`, `unknown_claim`."""
    account_of(case, account)
    claim = case.claims.get(month)
    if claim is None:
        raise UnknownClaim(account=account, month=month)
    return claim


def claim_of(log: Reader, account: str, month: str) -> claims.Claim:
    """An account's claim for a month in the log. Raises as `claim_in` does."""
    return claim_in(log.claim_case(account, month), account, month)


def _withdraw(log: Reader, command: c.WithdrawClaim, origin: Origin) -> Effect:
    events = claims.withdraw(claim_of(log, command.account, command.month), command.reason)
    return on(
        streams.claim(command.account, command.month),
        events,
        ClaimReceipt(account=command.account, month=command.month),
    )


def _decide(log: Reader, command: c.DecideClaim, origin: Origin) -> Effect:
    known = known_of(log, command.account)
    claim = claim_in(known.case, command.account, command.month)
    if not claims.is_pending(claim):
        return Effect(receipt=ClaimReceipt(account=command.account, month=command.month))
    decided_at = origin.now if command.decided_at is None else int(command.decided_at)
    claims.check_decided_at(claim, command, decided_at)
    decision = _decide_now(known, command.account, command.month, decided_at)
    effect = _decided(decision)
    lasting = _still_open(log, decision)
    if lasting and command.strict:
        raise CountsOpenOutage(account=command.account, month=command.month, incidents=", ".join(lasting))
    effect.warnings = [
        *_open_warnings(decision, lasting),
        *_bill_warnings(decision),
        *_approval_warnings(log, claim, decision, origin.actor),
    ]
    return effect


def _approval_warnings(log: Reader, claim: claims.Claim, decision: Decision, actor: str) -> list[str]:
    """A warning where a decision's award needs an approval that nobody is left to give."""
    award = 0 if decision.credit is None else decision.credit.total_fen
    if not is_needed(award, log.controls()) or not nobody_else(log, {*claim.deciders, actor}):
        return []
    return [
        said(
            "{account} {month}: the award of {amount} needs an approval, and everybody who could give it has decided "
            "the claim. Nothing is issued before a second person approves it",
            account=claim.account,
            month=claim.month,
            amount=yuan(award),
        )
    ]


def _bill_warnings(decision: Decision) -> list[str]:
    """A warning where a month below the commitment is decided without any bill, which is not a bill of 0.00."""
    if not any(step.step == "fees" and not step.inputs["bills"] for step in decision.steps):
        return []
    return [
        said(
            "{account} {month}: no bill of the month is recorded, so nothing is credited. `slaledger worklist` names "
            "the decision once a bill comes",
            account=decision.account,
            month=decision.month,
        )
    ]


def _still_open(log: Reader, decision: Decision) -> list[str]:
    """The open incidents that a decision counts, by id.

    An episode without an end may hold incidents that have ended, too.
    """
    if decision.availability is None:
        return []
    lasting = {id_ for one in decision.availability.episodes if one.end is None for id_ in one.incidents}
    owners = (decision.account, streams.SHARED)
    case = log.fold_streams(*(streams.incident(owner, id_) for id_ in sorted(lasting) for owner in owners))
    return sorted(id_ for id_ in lasting if case.incidents[id_].ended_at is None)


def _open_warnings(decision: Decision, lasting: list[str]) -> list[str]:
    if not lasting:
        return []
    return [
        said(
            "{account} {month}: the decision counts outages that are still open, up to {decided_at}: {incidents}",
            account=decision.account,
            month=decision.month,
            decided_at=rfc3339(decision.decided_at, DEFAULT_ZONE),
            incidents=", ".join(lasting),
        )
    ]


def _redecide(log: Reader, command: c.RedecideClaim, origin: Origin) -> Effect:
    known = known_of(log, command.account)
    claim = claim_in(known.case, command.account, command.month)
    claims.check_is_decided(claim)
    decided_at = origin.now if command.decided_at is None else int(command.decided_at)
    claims.check_decided_at(claim, command, decided_at)
    again: Decision | None
    if claim.disputed:
        again = _decide_now(known, command.account, command.month, decided_at)
    else:
        made = decode(claim.decisions[-1].record)
        again = decide_again(known, command.account, command.month, decided_at, made)
    if again is None:
        return Effect(receipt=ClaimReceipt(account=command.account, month=command.month))
    effect = _decided(again)
    effect.warnings = [
        *_open_warnings(again, _still_open(log, again)),
        *_bill_warnings(again),
        *_approval_warnings(log, claim, again, origin.actor),
    ]
    return effect


def _decided(decision: Decision) -> Effect:
    receipt = DecisionReceipt(
        account=decision.account,
        month=decision.month,
        decision=decision.number,
        outcome=decision.outcome,
        amount=Fen(decision.credit.total_fen if decision.credit else 0),
    )
    return on(streams.claim(decision.account, decision.month), claims.decided(decision), receipt)


def _decide_now(known: Known, account: str, month: str, decided_at: int) -> Decision:
    """The decision that a claim gets on the facts recorded now. Raises Refusal as the assessment does."""
    version = agreement.in_force(known.case.versions, str(month))
    return known.citing(assess(known.case, str(account), str(month), version, decided_at, NO_FACTS))


def decide_again(known: Known, account: str, month: str, decided_at: int, made: Decision) -> Decision | None:
    """The same for a claim with a decision; None where it decides as that one does. Raises as `_decide_now` does."""
    version = agreement.in_force(known.case.versions, str(month))
    again = assess_again(known.case, str(account), str(month), version, decided_at, NO_FACTS, made)
    return None if again is None else known.citing(again)


class Known(NamedTuple):
    """All that is recorded of an account, and what a decision of it rests on."""

    case: Case
    position: int
    own: list[Row]
    history: AccountHistory

    def citing(self, decision: Decision) -> Decision:
        """The decision with the facts that it rests on."""
        common = self.history.common_leaves(self.position, decision.calendar.years)
        rests_on = [*map(leaves.leaf, self.own), *common]
        return msgspec.structs.replace(decision, facts=leaves.facts(self.position, rests_on))


def known_of(log: Reader, account: str) -> Known:
    """All that is recorded of an account. Raises Damaged as `AccountHistory.take_in` does."""
    own, position = log.range(f"{account}/"), log.position()
    history = AccountHistory(str(account), log.common())
    history.take_in(list(map(decode_row, own)))
    return Known(history.case(position), position, own, history)


def _dispute(log: Reader, command: c.DisputeClaim, origin: Origin) -> Effect:
    events = claims.dispute(claim_of(log, command.account, command.month), command)
    return on(
        streams.claim(command.account, command.month),
        events,
        ClaimReceipt(account=command.account, month=command.month),
    )


HANDLERS: dict[type[c.Command], Handler] = {
    c.FileClaim: _file,
    c.WithdrawClaim: _withdraw,
    c.DecideClaim: _decide,
    c.DisputeClaim: _dispute,
    c.RedecideClaim: _redecide,
}
