"""Checks for errors in a document of the right shape, and for agreements that no document can express."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from domain.money import currency_finding, percent_text
from domain.refusals.terms import TermsNotExpressible
from domain.terms.document import REFERENCE_AGREEMENT, Terms
from domain.text import Said, said
from domain.time import FIRST_YEAR, LAST_YEAR, zone_info
from domain.values import EXCLUSION_CLAUSES

_INEXPRESSIBLE: dict[str, tuple[Said, Said]] = {
    "error_rate": (
        said("availability is an average of error rates, and the ledger knows outages, not requests"),
        said("spans in which an error rate was above a threshold can be recorded as incidents; averages cannot"),
    ),
    "user_minutes": (
        said("availability is weighed by how many users were down, and the ledger does not know how many there are"),
        said("an account of its own for each unit that is measured (an instance, a site) can be kept"),
    ),
    "trailing_year": (
        said("availability is measured over the year before a claim, and a decision measures one natural month"),
        said("only agreements that are measured by the natural month can be kept"),
    ),
    "per_minute": (
        said("the credit grows with each minute that was down, and tiers give one share of the month's fee"),
        said("the same as tiers, where the agreement has a table of them"),
    ),
}
"""Kinds of agreement that the schema does not express: why, and what the software can do instead."""


def check_expressible(raw: Any) -> None:
    """Refuse kinds of measure that the software cannot compute. Raises Unreadable `terms_not_expressible`."""
    measure = raw.get("measure") if isinstance(raw, dict) else None
    kind = measure.get("kind") if isinstance(measure, dict) else None
    kind = kind.get("value") if isinstance(kind, dict) else kind
    if isinstance(kind, str) and kind in _INEXPRESSIBLE:
        why, instead = _INEXPRESSIBLE[kind]
        raise TermsNotExpressible(why=why, instead=instead)


def findings(terms: Terms) -> list[tuple[str, str]]:
    """The errors in a document of the right shape: (path, finding)."""
    return [
        *_date_findings(terms),
        *_currency_findings(terms),
        *_function_findings(terms),
        *_minute_findings(terms),
        *_claims_findings(terms),
        *_tier_findings(terms),
        *_limit_findings(terms),
        *_exclusion_findings(terms),
        *_zone_findings(terms),
    ]


def _date_findings(terms: Terms) -> list[tuple[str, str]]:
    if FIRST_YEAR < terms.effective_from.year <= LAST_YEAR:
        return []
    return [
        (
            "$.effective_from",
            said(
                "{date} is not between {first_year} and {last_year}",
                date=terms.effective_from,
                first_year=FIRST_YEAR + 1,
                last_year=LAST_YEAR,
            ),
        )
    ]


def _currency_findings(terms: Terms) -> list[tuple[str, str]]:
    finding = currency_finding(terms.currency)
    return [] if finding is None else [("$.currency", finding)]


def _function_findings(terms: Terms) -> list[tuple[str, str]]:
    functions = terms.functions
    return [
        (f"$.service.functions.value[{index}]", said("{function} appears twice", function=function))
        for index, function in enumerate(functions)
        if function in functions[:index]
    ]


def _minute_findings(terms: Terms) -> list[tuple[str, str]]:
    if not terms.whole_minutes_only or terms.readings.quantise == "exact":
        return []
    return [("$.service.whole_minutes_only", said("minutes are either cut, or rounded up by readings.quantise"))]


def _claims_findings(terms: Terms) -> list[tuple[str, str]]:
    ends = (terms.claims.closes_after_months, terms.claims.closes_after_days, terms.claims.closes)
    if sum(end is not None for end in ends) == 1:
        return []
    return [("$.claims", said('give one of closes_after_months, closes_after_days and closes = "never"'))]


def _limit_findings(terms: Terms) -> list[tuple[str, str]]:
    """A cap is a share of the fee. It needs a fee without parts, or it would be unclear which part it lowers."""
    cap = terms.credit.cap
    if cap is None:
        return []
    if not 0 < cap.value <= 1:
        return [("$.credit.cap.value", said("a cap lies above 0 % and at most at 100 %"))]
    if not terms.single_fee:
        return [("$.credit.cap", said('a cap needs a fee without parts: fees.parts = "single"'))]
    return []


def _tier_findings(terms: Terms) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    upper = terms.commitment.availability.value
    if not 0 < upper <= 1:
        found.append(("$.commitment.availability.value", said("a commitment lies above 0 % and at most at 100 %")))
    for index, tier in enumerate(terms.tiers):
        path = f"$.tiers[{index}]"
        above = said("the commitment") if index == 0 else said("tier {index}'s lower bound", index=index)
        if tier.below != upper:
            kind = said("a gap") if tier.below < upper else said("an overlap")
            found.append(
                (
                    f"{path}.below",
                    said(
                        "{kind}: {below} is not {above}, {upper}",
                        kind=kind,
                        below=percent_text(tier.below),
                        above=above,
                        upper=percent_text(upper),
                    ),
                )
            )
        last = index == len(terms.tiers) - 1
        if last != (tier.at_least is None):
            found.append((f"{path}.at_least", said("every tier but the last has a lower bound, and the last has none")))
        if tier.at_least is not None and tier.at_least >= tier.below:
            found.append((f"{path}.at_least", said("a tier's lower bound lies below its upper one")))
        if (tier.call_rate is None) != terms.single_fee:
            found.append((path, _call_rate_finding(terms)))
        for name, rate in (("service_rate", tier.service_rate), ("call_rate", tier.call_rate or Fraction(0))):
            if rate > 1:
                found.append((f"{path}.{name}", said("a rate of {rate} is over 100 %", rate=percent_text(rate))))
        upper = tier.at_least if tier.at_least is not None else upper
    return found


def _call_rate_finding(terms: Terms) -> str:
    if terms.single_fee:
        return said("unknown field `call_rate`: the fee has no parts")
    return said("missing required field `call_rate`")


def _exclusion_findings(terms: Terms) -> list[tuple[str, str]]:
    named = [cause.clause for cause in terms.exclusions]
    found: list[tuple[str, str]] = []
    for index, clause in enumerate(named):
        if terms.agreement == REFERENCE_AGREEMENT and clause not in EXCLUSION_CLAUSES:
            found.append(
                (f"$.exclusions[{index}].clause", said("{clause} is none of the eleven causes of 2.3", clause=clause))
            )
        if clause in named[:index]:
            found.append((f"$.exclusions[{index}].clause", said("{clause} appears twice", clause=clause)))
    return found


def _zone_findings(terms: Terms) -> list[tuple[str, str]]:
    try:
        zone_info(terms.zone)
    except (KeyError, ValueError, OSError):
        return [("$.readings.timezone", said("{zone!r} is not an IANA time zone", zone=terms.zone))]
    return []
