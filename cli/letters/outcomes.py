"""What a letter says first: the outcome in plain words, what became of earlier decisions, and what is disputed."""

from __future__ import annotations

from collections.abc import Iterator

from cli.letters.shown import day, last_day, month_words
from cli.pages import labels
from domain.claim import Claim
from domain.decision import Decision
from domain.decision_record import decode
from domain.money import percent_cut, percent_text
from domain.terms.versions import Terms
from domain.text import Said, said


def subject(made: Decision) -> Said:
    """What the letter is about, with the outcome."""
    return said("Your claim for {month}: {outcome}", month=month_words(made.month), outcome=_OUTCOMES[made.outcome])


_OUTCOMES = {
    "awarded": said("granted"),
    "commitment_met": said("the commitment was met"),
    "nothing_to_credit": said("no amount to credit"),
    "too_early": said("filed too early"),
    "too_late": said("filed too late"),
    "not_covered": said("not covered by the agreement"),
}


def opening(claim: Claim, made: Decision, terms: Terms) -> list[Said]:
    """The first paragraphs: the outcome, the decision that it replaces, the vouchers, an objection that waits."""
    return [_outcome(made, terms), *_replaced(claim), *_held(claim, made), *_disputed(claim, made)]


def _outcome(made: Decision, terms: Terms) -> Said:
    zone, month = made.terms.readings.timezone, month_words(made.month)
    match made.outcome:
        case "awarded":
            return _granted(made, month)
        case "too_early":
            return _too_early(made, month)
        case "too_late":
            return said(
                "You filed the claim for {month} on {filed}. It could be filed from {opens} up to and including {last} "
                "(clause {clause}), so it came too late, and it was not examined further.",
                month=month,
                filed=day(made.filed_at, zone),
                opens=day(made.window.opens_at, zone),
                last=last_day(made.window.closes_at or 0, zone),
                clause=terms.claims.clause,
            )
        case "not_covered":
            return _not_covered(month, terms)
        case _:
            return _no_amount(made, month, terms)


def _granted(made: Decision, month: str) -> Said:
    amount = labels.money(0 if made.credit is None else made.credit.total_fen, made.currency)
    if made.remedy == "credit":
        return said(
            "Your claim for {month} is granted. The service credit is {amount}; it is set off against later bills.",
            month=month,
            amount=amount,
        )
    return said(
        "Your claim for {month} is granted. The service credit is {amount}; it is given as a voucher.",
        month=month,
        amount=amount,
    )


def _too_early(made: Decision, month: str) -> Said:
    zone = made.terms.readings.timezone
    values = {"month": month, "filed": day(made.filed_at, zone), "opens": day(made.window.opens_at, zone)}
    if made.window.closes_at is None:
        return said(
            "You filed the claim for {month} on {filed}. Claims for that month can be filed from {opens} on, so it "
            "came too early and was not examined further. Please file it again from {opens} on.",
            **values,
        )
    return said(
        "You filed the claim for {month} on {filed}. Claims for that month can be filed from {opens} on, so it came "
        "too early and was not examined further. Please file it again from {opens} up to and including {last}.",
        **values,
        last=last_day(made.window.closes_at, zone),
    )


def _not_covered(month: str, terms: Terms) -> Said:
    if terms.service.beta_covered.value:
        return said(
            "The agreement covered no time of {month} for your account, so no credit is due. An account is covered "
            "from its enrolment to its closure.",
            month=month,
        )
    return said(
        "The agreement covered no time of {month} for your account, so no credit is due. An account is covered "
        "from its enrolment to its closure, and not in a beta stage.",
        month=month,
    )


def _no_amount(made: Decision, month: str, terms: Terms) -> Said:
    measured = made.availability
    values = {
        "month": month,
        "availability": "" if measured is None else f"{percent_cut(measured.numerator, measured.denominator)}%",
        "commitment": percent_text(terms.commitment.availability.value),
    }
    if made.outcome == "commitment_met":
        return said(
            "In {month} the service was available to your account for {availability} of the time. The commitment of "
            "{commitment} was met, so no credit is due.",
            **values,
        )
    return said(
        "In {month} the service was available to your account for {availability} of the time, below the commitment of "
        "{commitment}. The credit is a share of the month's fees, as worked out below, and comes to no amount that is "
        "credited.",
        **values,
    )


def _replaced(claim: Claim) -> Iterator[Said]:
    """What the decision takes the place of."""
    if len(claim.decisions) < 2:
        return
    before = decode(claim.decisions[-2].record)
    zone, reason = before.terms.readings.timezone, claim.decisions[-1].reason
    told = said(
        "This decision takes the place of the one of {day}, by which the outcome was: {outcome}, {amount}.",
        day=day(before.decided_at, zone),
        outcome=_OUTCOMES[before.outcome],
        amount=labels.money(0 if before.credit is None else before.credit.total_fen, before.currency),
    )
    yield said("{told} The reason: {reason}", told=told, reason=reason) if reason else told


def _held(claim: Claim, made: Decision) -> Iterator[Said]:
    """What is still to be issued of an award, or what vouchers hold beyond it."""
    if claim.overpaid_fen:
        yield said(
            "The vouchers for the month hold {held}, which is {overpaid} more than this decision awards.",
            held=labels.money(claim.held_fen, made.currency),
            overpaid=labels.money(claim.overpaid_fen, made.currency),
        )
    elif claim.due_fen and claim.held_fen:
        yield said(
            "The vouchers for the month hold {held}; the remaining {due} are still to be issued.",
            held=labels.money(claim.held_fen, made.currency),
            due=labels.money(claim.due_fen, made.currency),
        )


def _disputed(claim: Claim, made: Decision) -> Iterator[Said]:
    if claim.disputed:
        objection = claim.disputes[-1]
        yield said(
            "You objected to this decision on {day}: “{grounds}”. The claim is being decided again; until then this "
            "decision stands.",
            day=day(objection.disputed_at, made.terms.readings.timezone),
            grounds=objection.grounds,
        )
