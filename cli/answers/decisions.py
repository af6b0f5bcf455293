"""A decision with its steps in words, for `claim show` and `claim explain`."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from cli.answers.availability import MeasuredMonth, TermsNamed, measured_month
from cli.answers.readings import ChangedReading, print_readings
from cli.terminal.language import localized
from cli.terminal.numbers import currency, moment
from cli.terminal.output import WIDTH, print_pairs, print_text, wrapped
from cli.terminal.steps.sentences import says
from cli.terminal.values import ZonedInstant, zoned
from cli.terminal.vocabulary import word
from cli.terminal.widths import padded
from domain import decision_record as record
from domain.claim import Decided
from domain.decision import CalendarUsed, Decision, Facts, TermsUsed, Value
from domain.money import Fen
from domain.rules.compensation import PartCredit
from domain.rules.fees import Bases
from domain.text import counted, said


class WindowShown(msgspec.Struct, frozen=True, kw_only=True):
    """When the claim window opens and closes; None where the calendar is not recorded yet."""

    opens: ZonedInstant | None
    closes: ZonedInstant | None


class ServiceBase(msgspec.Struct, frozen=True, kw_only=True):
    """The base of the service part's rate."""

    product_fee: Fen
    call_fee: Fen
    voucher_offset: Fen
    net: Fen


class CallBase(msgspec.Struct, frozen=True, kw_only=True):
    """The base of the call part's rate."""

    call_fee: Fen
    voucher_offset: Fen
    net: Fen


class BasesShown(msgspec.Struct, frozen=True, kw_only=True):
    """A month's bases by part."""

    service: ServiceBase
    call: CallBase


class PartShown(msgspec.Struct, frozen=True, kw_only=True):
    """One part's credit."""

    rate: Fraction
    amount: Fen


class CreditShown(msgspec.Struct, frozen=True, kw_only=True):
    """A month's credit by part, and its sum."""

    service: PartShown
    call: PartShown
    total: Fen


class StepTold(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the derivation, with its sentence."""

    clause: str
    step: str
    inputs: dict[str, Value]
    result: Value
    says: str


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision; `sha256` is the hash of the record's stored bytes, without the sentences."""

    number: int
    format: int
    outcome: str
    currency: str
    decided_at: ZonedInstant
    filed_at: ZonedInstant
    reason: str | None
    account: str
    month: str
    terms: TermsUsed
    calendar: CalendarUsed
    facts: Facts
    window: WindowShown
    availability: MeasuredMonth | None
    bases: BasesShown | None
    credit: CreditShown | None
    remedy: str
    steps: list[StepTold]
    sha256: str
    readings: list[ChangedReading] | msgspec.UnsetType = msgspec.UNSET
    """Other readings that would change it, if requested."""

    def table(self) -> None:
        """Print the derivation within 80 columns, each step after its clause."""
        _print_head(self)
        print()
        column = max(8, *(len(step.clause) for step in self.steps))
        for step in self.steps:
            lines = wrapped(step.says, WIDTH - column - 3)
            print(f"  {padded(localized(word(step.clause)), column)} {lines[0]}")
            for line in lines[1:]:
                print(f"{'':<{column + 3}}{line}")
        print()
        _print_basis(self)
        if not isinstance(self.readings, msgspec.UnsetType):
            print_readings(self.readings)


def _print_head(made: DecisionAnswer) -> None:
    print_text(
        said(
            "Account {account}, {month}, decision {number}: {outcome}, credit {credit}",
            account=made.account,
            month=made.month,
            number=made.number,
            outcome=word(made.outcome),
            credit=said("none") if made.credit is None else currency(made.credit.total, made.currency),
        ),
        width=WIDTH,
    )
    decided = said("decided {decided_at}", decided_at=moment(made.decided_at.to_the_second()))
    if made.reason:
        decided = said("{decided}, because: {reason}", decided=decided, reason=made.reason)
    print_text(decided, width=WIDTH)


def _print_basis(made: DecisionAnswer) -> None:
    terms, calendar, facts = made.terms, made.calendar, made.facts
    count = counted(
        "{n} event up to position {position}, sha256 {sha256}…",
        "{n} events up to position {position}, sha256 {sha256}…",
        n=facts.count,
        position=facts.position,
        sha256=facts.sha256[:16],
    )
    years = ", ".join(map(str, calendar.years))
    print_pairs(
        [
            (said("terms"), f"{terms.agreement} {terms.version} sha256 {terms.sha256[:16]}…"),
            (said("calendar"), f"{years} sha256 {calendar.sha256[:16]}…" if years else said("none")),
            (said("facts"), count),
            (said("record"), made.sha256),
            (said("time zone"), terms.readings.timezone),
        ]
    )


def decision_answer(decided: Decided, lang: str) -> DecisionAnswer:
    """A decision from its record, with its sentences in a language."""
    made = record.decode(decided.record)
    zone = made.terms.readings.timezone
    opens, closes = ZonedInstant(made.window.opens_at, zone), zoned(made.window.closes_at, zone)
    return DecisionAnswer(
        number=made.number,
        format=made.format,
        outcome=made.outcome,
        currency=made.currency,
        decided_at=ZonedInstant(made.decided_at, zone),
        filed_at=ZonedInstant(made.filed_at, zone),
        reason=decided.reason,
        account=made.account,
        month=made.month,
        terms=made.terms,
        calendar=made.calendar,
        facts=made.facts,
        window=WindowShown(opens=opens, closes=closes),
        availability=_measured(made, zone),
        bases=None if made.bases is None else _bases(made.bases),
        credit=_credit(made),
        remedy=made.remedy,
        steps=[
            StepTold(
                clause=step.clause, step=step.step, inputs=step.inputs, result=step.result, says=says(step, zone, lang)
            )
            for step in made.steps
        ],
        sha256=record.record_sha256(decided.record),
    )


def _measured(made: Decision, zone: str) -> MeasuredMonth | None:
    if made.availability is None:
        return None
    named = TermsNamed(agreement=made.terms.agreement, version=made.terms.version)
    return measured_month(made.account, made.month, named, zone, made.availability)


def _bases(bases: Bases) -> BasesShown:
    service, call, call_fee = bases.service, bases.call, Fen(bases.call_fee_fen)
    return BasesShown(
        service=ServiceBase(
            product_fee=Fen(bases.product_fee_fen),
            call_fee=call_fee,
            voucher_offset=Fen(service.voucher_offset_fen),
            net=Fen(service.net_fen),
        ),
        call=CallBase(call_fee=call_fee, voucher_offset=Fen(call.voucher_offset_fen), net=Fen(call.net_fen)),
    )


def _credit(made: Decision) -> CreditShown | None:
    if made.credit is None:
        return None
    return CreditShown(
        service=_part(made.credit.service), call=_part(made.credit.call), total=Fen(made.credit.total_fen)
    )


def _part(part: PartCredit) -> PartShown:
    return PartShown(rate=part.rate, amount=Fen(part.amount_fen))
