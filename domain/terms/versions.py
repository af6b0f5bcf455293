"""Published terms: reads and checks their documents, publishes versions, and finds the version of a month.

A document is TOML (or the same as JSON). It is read from its text, never from a file: the text is published, and
a decision names the hash of its bytes. Its schema is `domain/terms/document.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from domain.commands import PublishTerms
from domain.events import TermsPublished
from domain.money import DEFAULT_CURRENCY
from domain.refusals.terms import (
    NoTermsInForce,
    NoTermsPublished,
    ReadingByAmendment,
    TermsMoreThanReadings,
    TermsNotYetInForce,
    TermsOtherAgreement,
    TermsOtherCurrency,
    TermsSameDay,
    TermsVersionTaken,
    TermsWithoutNotice,
    UnknownTerms,
)
from domain.terms.document import REFERENCE_AGREEMENT, Readings, Terms, Version
from domain.terms.parsing import parse_terms
from domain.terms.parts import Cited
from domain.text import said
from domain.time import DAY_US, DEFAULT_ZONE, month_span, rfc3339

__all__ = ["REFERENCE_AGREEMENT", "Cited", "Readings", "Terms", "Version"]


def document_sha256(text: str) -> str:
    """The hash of a document's bytes, as decisions cite it."""
    return hashlib.sha256(text.encode()).hexdigest()


def evolve(versions: tuple[Version, ...], event: TermsPublished) -> tuple[Version, ...]:
    """The published versions, earliest first, after one more; a version published again replaces what it said."""
    added = Version(
        terms=parse_terms(event.document), sha256=event.sha256, document=event.document, noticed_at=event.noticed_at
    )
    others = (version for version in versions if version.terms.version != event.version)
    return tuple(sorted((*others, added), key=lambda version: version.terms.effective_from))


def publish(versions: tuple[Version, ...], command: PublishTerms, document: str) -> tuple[TermsPublished, ...]:
    """A new version of the agreement, announced in time (clause 4); nothing where it stands already.

    A version that stands is published again with a reason, and with nothing but readings changed: decisions made from
    then on use it. Raises Refusal `terms_other_agreement`, `terms_other_currency`, `terms_version_taken`,
    `terms_more_than_readings`, `reading_by_amendment`, `terms_same_day`, `terms_without_notice`.
    """
    terms = parse_terms(document)
    sha256 = document_sha256(document)
    _check_same_agreement(versions, terms)
    for version in versions:
        if version.sha256 == sha256:
            return ()
        if version.terms.version == terms.version:
            _check_only_readings(version, terms, command.reason)
            return (_published(terms, document, version.noticed_at),)
        if version.terms.effective_from == terms.effective_from:
            raise TermsSameDay(version=version.terms.version, effective_from=terms.effective_from)
    check_notice(versions, terms, command.noticed_at)
    return (_published(terms, document, None if command.noticed_at is None else int(command.noticed_at)),)


def _published(terms: Terms, document: str, noticed_at: int | None) -> TermsPublished:
    return TermsPublished(
        agreement=terms.agreement,
        version=terms.version,
        effective_at=terms.effective_at,
        sha256=document_sha256(document),
        document=document,
        noticed_at=noticed_at,
    )


_BY_AMENDMENT = ("timezone", "version_in_force")
"""Readings that say to which months a version applies: another one would move months that are past."""


def _check_only_readings(held: Version, terms: Terms, reason: str | None) -> None:
    """A version that stands changes in its readings alone, and for a reason.

    Raises Refusal `terms_version_taken`, `terms_more_than_readings`, `reading_by_amendment`.
    """
    if reason is None:
        raise TermsVersionTaken(version=terms.version, agreement=terms.agreement)
    same = {"readings": held.terms.readings, "revision": held.terms.revision}
    if msgspec.structs.replace(terms, **same) != held.terms:
        raise TermsMoreThanReadings(version=terms.version, agreement=terms.agreement)
    for name in _BY_AMENDMENT:
        if getattr(terms.readings, name) != getattr(held.terms.readings, name):
            raise ReadingByAmendment(version=terms.version, reading=name)


def _check_same_agreement(versions: Sequence[Version], terms: Terms) -> None:
    """Check that all versions of a ledger are of one agreement and one currency."""
    if not versions:
        return
    held = versions[-1].terms
    if terms.agreement != held.agreement:
        raise TermsOtherAgreement(held=held.agreement, other=terms.agreement)
    if terms.currency != held.currency:
        raise TermsOtherCurrency(held=held.currency, other=terms.currency)


def check_notice(versions: Sequence[Version], terms: Terms, noticed_at: int | None) -> None:
    """Clause 4: an amendment takes effect no sooner than its notice period after it was announced.

    The period is that of the version which it amends; the first version needs no notice, nor does an amendment of a
    version that has no period.
    Raises Refusal `terms_without_notice`.
    """
    amended = [version for version in versions if version.terms.effective_from < terms.effective_from]
    if not amended:
        return
    days = amended[-1].terms.amendments.notice_days.value
    if noticed_at is None and not days:
        return
    if noticed_at is None or terms.effective_at - noticed_at < days * DAY_US:
        told = (
            said("was not announced")
            if noticed_at is None
            else said("was announced at {noticed_at}", noticed_at=rfc3339(noticed_at, terms.zone))
        )
        raise TermsWithoutNotice(version=terms.version, effective_at=terms.effective_at, told=told, days=days)


def needs_calendar(terms: Terms) -> bool:
    """Whether any rule of the terms depends on working days."""
    rolls = terms.readings.deadline_rolls and terms.claims.closes is None
    return terms.claims.opens_after_working_day is not None or rolls


def in_force(versions: Sequence[Version], month: str) -> Version:
    """The version that governs a month. Raises Refusal `no_terms` for a month before the first version."""
    return _in_force(tuple(versions), month)


@lru_cache(maxsize=4096)
def _in_force(versions: tuple[Version, ...], month: str) -> Version:
    """The version that governs a month: the one in force when it began, or ended, as its reading says (R16).

    Raises Refusal `no_terms` for a month before the first version.
    """
    begun = [version for version in versions if version.terms.effective_at <= _edge(version, month, 0)]
    ended = [version for version in versions if version.terms.effective_at < _edge(version, month, 1)]
    if begun and begun[-1].terms.readings.version_in_force == "month_start":
        return begun[-1]
    if (ended and ended[-1].terms.readings.version_in_force == "month_end") or begun:
        return ended[-1]
    if not versions:
        raise NoTermsInForce(month=month)
    raise TermsNotYetInForce(month=month, first=versions[0].terms.effective_from)


def _edge(version: Version, month: str, edge: int) -> int:
    return month_span(month, version.terms.zone)[edge]


def latest(versions: Sequence[Version]) -> Version:
    """The version that takes effect last. Raises Refusal `no_terms`."""
    if not versions:
        raise NoTermsPublished()
    return versions[-1]


def zone_of(versions: Sequence[Version]) -> str:
    """The time zone in which instants are shown: that of the latest terms, or the default before there are any."""
    return latest(versions).terms.zone if versions else DEFAULT_ZONE


def currency_of(versions: Sequence[Version]) -> str:
    """The currency of all amounts, by ISO 4217. Every version of the terms has the same one."""
    return latest(versions).terms.currency if versions else DEFAULT_CURRENCY


def by_name(versions: Sequence[Version], name: str) -> Version:
    """The version with a name. Raises Refusal `unknown_terms`."""
    for version in versions:
        if version.terms.version == name:
            return version
    raise UnknownTerms(name=name)
