"""When a version is published again (clause 4): every refusal, in the order of declaration."""

from __future__ import annotations

import pytest
from build import SHIPPED, amended, at, row, versions
from spec import given

from domain.commands import PublishTerms
from domain.events import TermsPublished
from domain.refusals import Refusal
from domain.refusals.terms import ReadingByAmendment, TermsMoreThanReadings, TermsVersionTaken
from domain.terms.parsing import parse_terms
from domain.terms.versions import Version, document_sha256, evolve, in_force, publish
from domain.time import Instant
from domain.values import Words
from ledger.shipped import shipped

FIRST = next(text for text, found in shipped() if found.agreement == "aliyun-ccc" and found.revision == 1)
NOTICED = at("2026-05-01 00:00")


def published(document: str, noticed_at: int | None = None) -> TermsPublished:
    terms = parse_terms(document)
    return TermsPublished(
        agreement=terms.agreement,
        version=terms.version,
        effective_at=terms.effective_at,
        sha256=document_sha256(document),
        document=document,
        noticed_at=noticed_at,
    )


def fold(known: tuple[Version, ...] | None, event: TermsPublished, reason: str | None) -> tuple[Version, ...]:
    return evolve(known or (), event)


def again(reason: str | None = "we read R22 otherwise") -> PublishTerms:
    return PublishTerms(reason=None if reason is None else Words(reason))


@pytest.mark.parametrize(
    ("document", "reason", "outcome"),
    [
        row("the second document, with a reason", SHIPPED, "why", published(SHIPPED)),
        row("without a reason", SHIPPED, None, TermsVersionTaken),
        row("one reading changed", FIRST.replace('"merged"', '"per_function"'), "why", None),
        row("another number", FIRST.replace("value = 120", "value = 60"), "why", TermsMoreThanReadings),
        row("another title", SHIPPED.replace("title = ", 'title = "A " # '), "why", TermsMoreThanReadings),
        row("another zone", FIRST.replace("Asia/Shanghai", "UTC"), "why", ReadingByAmendment),
        row("another version in force", SHIPPED.replace('"month_start"', '"month_end"'), "why", ReadingByAmendment),
    ],
)
def test_a_version_is_published_again_with_a_reason_and_other_readings(
    document: str, reason: str | None, outcome: TermsPublished | type[Refusal] | None
) -> None:
    expected = published(document) if outcome is None else outcome
    given(fold, published(FIRST)).when(publish, again(reason), document).then(expected)


def test_the_same_document_is_nothing_new_and_an_older_one_needs_its_own_reason() -> None:
    known = given(fold, published(FIRST), published(SHIPPED))
    known.when(publish, again(), SHIPPED).then()
    known.when(publish, again(None), FIRST).then(TermsVersionTaken)
    known.when(publish, again("back to it"), FIRST).then(published(FIRST))


def test_it_needs_no_notice_and_keeps_the_notice_that_it_had() -> None:
    first = amended("2026-07", "2026-07-01")
    other = first.replace('"any_covered"', '"at_start"')
    known = given(fold, published(SHIPPED), published(first, NOTICED))
    known.when(publish, again(), other).then(published(other, NOTICED))
    known.when(publish, PublishTerms(reason=Words("why"), noticed_at=Instant(at("2026-11-01 00:00"))), other).then(
        published(other, NOTICED)
    )


def test_it_replaces_what_the_version_said_and_no_other_version() -> None:
    later = amended("2026-07", "2026-07-01")
    known = evolve(versions(FIRST, later), published(SHIPPED))
    assert [version.terms.version for version in known] == ["2018-08-01", "2026-07"]
    assert in_force(known, "2026-03").sha256 == document_sha256(SHIPPED)
    assert in_force(known, "2026-08").sha256 == document_sha256(later)
