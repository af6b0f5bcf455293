"""Versions of the agreement: one with its parameters and readings, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from cli.terminal.numbers import date_of
from cli.terminal.output import fields_of, print_pairs, print_table, print_text
from cli.terminal.values import ZonedInstant, zoned
from cli.terminal.vocabulary import word
from domain.terms import parts
from domain.terms.versions import Cited, Readings, Terms, Version, document_sha256
from domain.text import said


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of a document as written there, apart from its name and readings."""

    effective_from: date
    currency: str
    source: parts.Source
    measure: parts.Measure
    service: parts.Service
    commitment: parts.Commitment
    claims: parts.Claims
    amendments: parts.Amendments
    fees: parts.Fees
    credit: parts.CreditLimits
    vouchers: parts.VoucherRules
    tiers: tuple[parts.Tier, ...]
    exclusions: tuple[parts.ExclusionCause, ...]


class TermsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger terms show`: a version with its parameters, their clauses, and its readings."""

    agreement: str
    version: str
    title: str
    effective_from: date
    noticed_at: ZonedInstant | None
    sha256: str
    revision: int
    parameters: Parameters
    readings: Readings
    document: str

    def table(self) -> None:
        """The version for people."""
        print_pairs(
            [
                (word("agreement"), self.agreement),
                (word("version"), self.version),
                (word("revision"), self.revision),
                (word("title"), self.title),
                (word("effective from"), self.effective_from),
                (word("sha256"), self.sha256),
            ]
        )
        print()
        rows = [
            (f"{table}.{name}", _value(cited.value), word(cited.clause))
            for table in ("service", "commitment", "claims", "amendments", "fees", "credit", "vouchers")
            for name, cited in fields_of(getattr(self.parameters, table))
            if isinstance(cited, Cited)
        ]
        print_table((said("parameter"), said("value"), said("clause")), rows)
        print()
        _print_tiers(self.parameters.tiers)
        print()
        print_table((said("reading"), said("value")), list(fields_of(self.readings)))


def _print_tiers(tiers: Sequence[parts.Tier]) -> None:
    """The tiers, with one rate where the fee has no parts."""
    single = all(tier.call_rate is None for tier in tiers)
    names = ("below", "at_least", "service_rate", *(() if single else ("call_rate",)), "clause")
    rates = (said("rate"),) if single else (said("service"), said("call"))
    columns = (said("below"), said("at least"), *rates, said("clause"))
    print_table(columns, [[getattr(tier, name) for name in names] for tier in tiers], right=columns[:-1])


def _value(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


def terms_answer(version: Version) -> TermsAnswer:
    """A version with everything in its document."""
    found = version.terms
    return TermsAnswer(
        agreement=found.agreement,
        version=found.version,
        title=found.title,
        effective_from=found.effective_from,
        noticed_at=zoned(version.noticed_at, found.zone),
        sha256=version.sha256,
        revision=found.revision,
        parameters=Parameters(**{name: getattr(found, name) for name in Parameters.__struct_fields__}),
        readings=found.readings,
        document=version.document,
    )


class TermsListed(msgspec.Struct, frozen=True, kw_only=True):
    """A published version in a list."""

    agreement: str
    version: str
    effective_from: date
    noticed_at: ZonedInstant | None
    sha256: str
    revision: int


def terms_listed(version: Version) -> TermsListed:
    """A published version in a list."""
    found = version.terms
    return TermsListed(
        agreement=found.agreement,
        version=found.version,
        effective_from=found.effective_from,
        noticed_at=zoned(version.noticed_at, found.zone),
        sha256=version.sha256,
        revision=found.revision,
    )


def print_terms(versions: Sequence[TermsListed]) -> None:
    """Print published versions, one per row."""
    rows = [(one.agreement, _named(one.version, one.revision), one.effective_from, one.noticed_at) for one in versions]
    print_table((said("agreement"), said("version"), said("effective"), said("announced")), rows)


def _named(version: str, revision: int) -> str:
    """A version with the revision of its document, where that is not the first."""
    if revision == 1:
        return version
    return said("{version}, revision {revision}", version=version, revision=revision)


class ShippedTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A version that comes with the software."""

    agreement: str
    version: str
    effective_from: date
    currency: str
    remedy: str
    title: str
    url: str | None
    checked_on: date
    sha256: str
    revision: int


def shipped_terms(text: str, found: Terms) -> ShippedTerms:
    """A version that comes with the software, by its document."""
    return ShippedTerms(
        agreement=found.agreement,
        version=found.version,
        effective_from=found.effective_from,
        currency=found.currency,
        remedy=found.remedy,
        title=found.title,
        url=found.source.url,
        checked_on=found.source.checked_on,
        sha256=document_sha256(text),
        revision=found.revision,
    )


def print_shipped(versions: Sequence[ShippedTerms]) -> None:
    """Print versions that come with the software, one per row."""
    rows = [
        (one.agreement, _named(one.version, one.revision), one.currency, one.remedy, one.checked_on) for one in versions
    ]
    columns = tuple(map(word, ("agreement", "version", "currency", "remedy")))
    print_table((*columns, said("checked")), rows)


class SoundTerms(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger terms check`: a document that is sound."""

    file: str
    agreement: str
    version: str
    effective_from: date
    sha256: str
    revision: int

    def table(self) -> None:
        """That it is sound, in a sentence."""
        print_text(
            said(
                "{file}: sound: {agreement} {version}, effective {effective_from}",
                file=self.file,
                agreement=self.agreement,
                version=self.version,
                effective_from=date_of(self.effective_from.isoformat()),
            )
        )
