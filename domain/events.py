"""Every fact that the ledger can hold: past tense, immutable, units in the names, instants in microseconds.

An event says only *what happened*. Who recorded it, when and why stands beside it in the envelope
(`ledger/log/codec.py`). `domain/topics.py` gives each its stable name in the store.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.event import Event, Function, Part, Scope, Stage

__all__ = ["Event", "Function", "Part", "Scope", "Stage"]


class LedgerCreated(Event, frozen=True, kw_only=True):
    """The ledger was created; `ledger` is its permanent id."""

    ledger: str


class IdReserved(Event, frozen=True, kw_only=True):
    """An id that is unique in the ledger was taken; `content_sha256` is the hash of the facts it was taken with."""

    kind: Literal["incident", "bill", "voucher"]
    id: str
    owner: str
    content_sha256: str


class KeyUsed(Event, frozen=True, kw_only=True):
    """An idempotency key was used for a command; `content_sha256` is the hash of the command without the key."""

    key: str
    command: str
    content_sha256: str


class TermsPublished(Event, frozen=True, kw_only=True):
    """A version of the agreement; `document` is its text exactly as published, `effective_at` its first instant."""

    agreement: str
    version: str
    effective_at: int
    sha256: str
    document: str
    noticed_at: int | None = None


class NamedDay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A date (`YYYY-MM-DD`) and its name."""

    date: str
    name: str


class CalendarPublished(Event, frozen=True, kw_only=True):
    """A year's exceptions to Monday-to-Friday weeks: holidays, and make-up working days."""

    country: str
    year: int
    sha256: str
    source: str
    holidays: tuple[NamedDay, ...]
    workdays: tuple[NamedDay, ...]


class AccountEnrolled(Event, frozen=True, kw_only=True):
    """An account came under the agreement."""

    account: str
    enrolled_at: int
    stage: Stage
    region: str | None = None
    covered_in_beta: bool = False


class AccountRestaged(Event, frozen=True, kw_only=True):
    """An account moved to another stage."""

    account: str
    stage: Stage
    changed_at: int


class AccountMoved(Event, frozen=True, kw_only=True):
    """An account moved to another region."""

    account: str
    region: str
    moved_at: int


class AccountCorrected(Event, frozen=True, kw_only=True):
    """An account's enrolment was corrected. A field left out stays as it was."""

    account: str
    enrolled_at: int | None = None
    stage: Stage | None = None
    region: str | None = None
    covered_in_beta: bool | None = None


class AccountClosed(Event, frozen=True, kw_only=True):
    """An account was closed."""

    account: str
    closed_at: int


class IncidentOpened(Event, frozen=True, kw_only=True):
    """A function became unavailable: for one account, several (each has an `IncidentJoined`), regions, or all."""

    incident: str
    function: str
    started_at: int
    scope: Scope
    account: str | None = None
    regions: tuple[str, ...] = ()


class IncidentOpenedWithin(IncidentOpened, frozen=True, kw_only=True):
    """An `IncidentOpened` measured in steps: the true start is at most `uncertainty_us` from `started_at`."""

    uncertainty_us: int


class IncidentJoined(Event, frozen=True, kw_only=True):
    """A shared incident affects an account by name. The event is in the account's own range of streams."""

    incident: str
    account: str


class IncidentClosed(Event, frozen=True, kw_only=True):
    """The function was available again."""

    incident: str
    ended_at: int


class IncidentClosedWithin(IncidentClosed, frozen=True, kw_only=True):
    """An `IncidentClosed` measured in steps: the true end is at most `uncertainty_us` from `ended_at`."""

    uncertainty_us: int


class IncidentCorrected(Event, frozen=True, kw_only=True):
    """An incident's start or end was corrected. A field left out stays as it was."""

    incident: str
    started_at: int | None = None
    ended_at: int | None = None


class IncidentCorrectedWithin(IncidentCorrected, frozen=True, kw_only=True):
    """The same, as a measurement in steps tells it: the true instants are at most `uncertainty_us` from these."""

    uncertainty_us: int


class IncidentReopened(Event, frozen=True, kw_only=True):
    """The incident's end is not known after all: it is open again."""

    incident: str


class IncidentFunctionCorrected(Event, frozen=True, kw_only=True):
    """Which function was unavailable, after a correction."""

    incident: str
    function: str


class IncidentWithdrawn(Event, frozen=True, kw_only=True):
    """The incident was recorded by mistake."""

    incident: str


class IncidentRestored(Event, frozen=True, kw_only=True):
    """The withdrawal of the incident was undone: it counts again, as it was."""

    incident: str


class IncidentKept(Event, frozen=True, kw_only=True):
    """A person confirmed the incident though its source no longer tells of it: the person's word stays."""

    incident: str


class IncidentReleased(Event, frozen=True, kw_only=True):
    """A person handed the incident back to its source: what the source says counts again, for every field."""

    incident: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A document outside the ledger, pinned by its hash."""

    name: str
    sha256: str
    uri: str | None = None


class ExclusionApplied(Event, frozen=True, kw_only=True):
    """A cause of clause 2.3 was applied to a span of an incident; a bound left out is the incident's own."""

    incident: str
    exclusion: int
    clause: str
    from_at: int | None = None
    to_at: int | None = None
    notified_at: int | None = None
    evidence: tuple[Evidence, ...] = ()


class ExclusionAppliedAsAnnounced(ExclusionApplied, frozen=True, kw_only=True):
    """The same for announced maintenance, with the window from and to which it was announced."""

    announced_from: int
    announced_to: int


class ExclusionWithdrawn(Event, frozen=True, kw_only=True):
    """An exclusion was withdrawn."""

    incident: str
    exclusion: int


class SourceRead(Event, frozen=True, kw_only=True):
    """An import took what a source said. `files` are the SHA-256 of its files, `said_at` when the source said it.

    `since` and `until` are how far the files reach, where they do: what lies there and is not told has vanished.
    """

    source: str
    scope: str
    files: tuple[str, ...]
    said_at: int | None = None
    since: int | None = None
    until: int | None = None


class FeesBilled(Event, frozen=True, kw_only=True):
    """An account was billed for `months` months from `first_month`; voucher amounts were paid outside this ledger."""

    bill: str
    account: str
    first_month: str
    months: int
    billed_at: int
    product_fee_fen: int
    call_fee_fen: int
    service_voucher_fen: int = 0
    call_voucher_fen: int = 0


class FeesCorrected(Event, frozen=True, kw_only=True):
    """A bill's amounts were corrected. An amount left out stays as it was."""

    bill: str
    product_fee_fen: int | None = None
    call_fee_fen: int | None = None
    service_voucher_fen: int | None = None
    call_voucher_fen: int | None = None


class FeesVoided(Event, frozen=True, kw_only=True):
    """The bill was voided."""

    bill: str


class FeesRestored(Event, frozen=True, kw_only=True):
    """The voiding of the bill is undone: it stands again, with the amounts that it had."""

    bill: str


class FeesPaidByVoucher(Event, frozen=True, kw_only=True):
    """The bill's side of a redemption; `voucher_month` is the month for which the voucher was awarded (R12)."""

    bill: str
    voucher: str
    redemption: int
    voucher_month: str
    part: Part
    amount_fen: int


class FeesPaymentReversed(Event, frozen=True, kw_only=True):
    """The bill's side of a reversed redemption."""

    bill: str
    voucher: str
    redemption: int


class FeesOffsetExplained(Event, frozen=True, kw_only=True):
    """The bill's own voucher offset shows a redemption already: both are records of one payment."""

    bill: str
    voucher: str
    redemption: int


class ClaimFiled(Event, frozen=True, kw_only=True):
    """The customer claimed a month."""

    account: str
    month: str
    filed_at: int
    statement: str | None = None


class ClaimWithdrawn(Event, frozen=True, kw_only=True):
    """The claim was withdrawn before it was decided."""

    account: str
    month: str


class ClaimDecided(Event, frozen=True, kw_only=True):
    """The claim was decided; `decision` is the record's exact bytes (`domain/decision.py`), never encoded again."""

    account: str
    month: str
    decision: msgspec.Raw


class ClaimDisputed(Event, frozen=True, kw_only=True):
    """The customer disputed the latest decision."""

    account: str
    month: str
    disputed_at: int
    grounds: str


class ClaimPaid(Event, frozen=True, kw_only=True):
    """The claim's side of an issued voucher."""

    account: str
    month: str
    voucher: str
    amount_fen: int


class ClaimPaymentCancelled(Event, frozen=True, kw_only=True):
    """The claim's side of a cancelled voucher: the claim knows of it. Amounts are summed over the vouchers alone."""

    account: str
    month: str
    voucher: str
    amount_fen: int


class VoucherIssued(Event, frozen=True, kw_only=True):
    """A voucher was issued for a claim's award less earlier vouchers; `version` names the terms that govern it."""

    voucher: str
    account: str
    month: str
    amount_fen: int
    issued_at: int
    decision: int
    version: str


class VoucherRedeemed(Event, frozen=True, kw_only=True):
    """The voucher's side of a redemption; `redemption` is its number within the voucher, from 1."""

    voucher: str
    redemption: int
    bill: str
    part: Part
    amount_fen: int
    redeemed_at: int


class RedemptionReversed(Event, frozen=True, kw_only=True):
    """The voucher's side of a reversed redemption."""

    voucher: str
    redemption: int


class VoucherCancelled(Event, frozen=True, kw_only=True):
    """The voucher's balance, or a part of it, was cancelled."""

    voucher: str
    amount_fen: int
