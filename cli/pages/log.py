"""Events on a page: the content, actor and reason of each; and the history of a claim from its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from cli.pages import labels
from cli.pages.recorders import Recorders
from cli.terminal.values import ZonedInstant, is_instant
from cli.terminal.vocabulary import CODED, label, word
from domain import decision_record as record
from domain import events as e
from domain.case import Fact
from domain.money import yuan
from domain.terms.versions import Terms
from domain.text import Said, said
from domain.time import seconds_text
from ledger.queries.case_history import subject

LONGEST = 300
"""The largest length of a text in the table of events; a longer one is cut and marked."""


class LogEntry(NamedTuple):
    """A row of the table of events; `step` is the slider's step, None for events before the first."""

    position: int
    step: int | None
    recorded_at: str | Said
    actor: str | Said
    signed_by: str | None
    reason: str | Said
    stream: str
    topic: str
    what: str
    data: list[tuple[str, str | Said]]


def rows(facts: Iterable[Fact], steps: dict[int, int], zone: str, by: Recorders) -> list[LogEntry]:
    """The table's rows in log order; `steps` are the slider's steps by position."""
    return [
        LogEntry(
            position=fact.position,
            step=steps.get(fact.position),
            recorded_at=labels.when(fact.recorded_at, zone),
            actor=by.by(fact),
            signed_by=fact.signed_by,
            reason=cut(fact.reason or ""),
            stream=fact.stream,
            topic=fact.topic,
            what=labels.topic(fact.topic),
            data=list(_data(fact.event, zone)),
        )
        for fact in sorted(facts, key=lambda fact: fact.position)
    ]


def cut(text: str) -> str | Said:
    """A text for the table; a long one is cut to its beginning, with its length."""
    if len(text) <= LONGEST:
        return text
    return said("{beginning}… ({count} characters)", beginning=text[:LONGEST], count=len(text))


def _data(event: e.Event, zone: str) -> Iterator[tuple[str, str | Said]]:
    """An event's content, field by field; a document or a decision is shown by its hash and length."""
    for name, value in msgspec.structs.asdict(event).items():
        if value is None or value == ():
            continue
        if name == "document":
            yield label(name), said("{count} characters, see its sha256", count=len(str(value)))
        elif name == "decision" and isinstance(value, msgspec.Raw):
            made = record.decode(bytes(value))
            outcome = labels.outcome(made.outcome)
            yield label(name), said("no. {number}: {outcome}", number=made.number, outcome=outcome)
            yield "sha256", record.record_sha256(bytes(value))
        else:
            yield label(name), _value(name, value, zone)


def _value(name: str, value: object, zone: str) -> str | Said:
    if isinstance(value, bool):
        return word("true" if value else "false")
    if isinstance(value, int) and name.endswith("_fen"):
        return yuan(value)
    if isinstance(value, int) and name.endswith("_us"):
        return said("{seconds} s", seconds=seconds_text(value))
    if isinstance(value, int) and is_instant(name):
        return ZonedInstant(value, zone).in_table()
    if isinstance(value, tuple | list):
        return cut(", ".join(map(_item, value)))
    return word(str(value)) if name in CODED else cut(str(value))


def _item(value: object) -> str:
    match value:
        case e.Evidence():
            return f"{value.name} sha256 {value.sha256}" + (f" {value.uri}" if value.uri else "")
        case e.NamedDay():
            return f"{value.date} {value.name}"
        case _:
            return str(value)


class Deed(NamedTuple):
    """An act on a claim: its instant, description, reason, and event."""

    position: int
    kind: str
    at: str | Said
    words: Said
    reason: str
    recorded_at: str | Said
    actor: str | Said
    signed_by: str | None


def life(facts: Iterable[Fact], month: str, terms: Terms, by: Recorders) -> list[Deed]:
    """The acts on a month's claim and vouchers, in log order."""
    vouchers: set[str] = set()
    deeds: list[Deed] = []
    for fact in facts:
        event = fact.event
        if isinstance(event, e.VoucherIssued) and event.month == month:
            vouchers.add(event.voucher)
        kind, id_ = subject(fact)
        if (kind, id_) == ("claim", month) or (kind == "voucher" and id_ in vouchers):
            deeds += _deed(fact, terms, by)
    return deeds


def _deed(fact: Fact, terms: Terms, by: Recorders) -> Iterator[Deed]:
    told = _told(fact.event, terms.currency)
    if told is None:
        return
    kind, at, words, reason = told
    yield Deed(
        position=fact.position,
        kind=kind,
        at=labels.moment(fact.recorded_at if at is None else at, terms.zone),
        words=words,
        reason=reason or fact.reason or "",
        recorded_at=labels.moment(fact.recorded_at, terms.zone),
        actor=by.by(fact),
        signed_by=fact.signed_by,
    )


def _told(event: e.Event, currency: str) -> tuple[str, int | None, Said, str | None] | None:
    """The content of an event of a claim or voucher: kind, instant, sentence, and the customer's words, if any."""
    match event:
        case e.ClaimFiled():
            return "filed", event.filed_at, said("Claim filed"), event.statement
        case e.ClaimWithdrawn():
            return "withdrawn", None, said("Claim withdrawn"), None
        case e.ClaimDecided():
            made = record.decode(bytes(event.decision))
            words = said(
                "Decision {number}: {outcome}, credit {credit}",
                number=made.number,
                outcome=labels.outcome(made.outcome),
                credit=labels.money(0 if made.credit is None else made.credit.total_fen, currency),
            )
            return "decided", made.decided_at, words, None
        case e.ClaimApproved():
            amount = labels.money(event.amount_fen, currency)
            words = said("Decision {number} approved: {amount}", number=event.decision, amount=amount)
            return "approved", None, words, None
        case e.ClaimDisputed():
            return "disputed", event.disputed_at, said("Disputed by the customer"), event.grounds
        case e.VoucherIssued():
            amount = labels.money(event.amount_fen, currency)
            words = said("Voucher {voucher} issued: {amount}", voucher=event.voucher, amount=amount)
            return "issued", event.issued_at, words, None
        case e.VoucherRedeemed():
            words = said(
                "Voucher {voucher} pays {amount} of bill {bill}",
                voucher=event.voucher,
                amount=labels.money(event.amount_fen, currency),
                bill=event.bill,
            )
            return "redeemed", event.redeemed_at, words, None
        case e.RedemptionReversed():
            words = said("Redemption {number} of {voucher} reversed", number=event.redemption, voucher=event.voucher)
            return "reversed", None, words, None
        case e.VoucherCancelled():
            words = said(
                "Voucher {voucher} cancelled: {amount}",
                voucher=event.voucher,
                amount=labels.money(event.amount_fen, currency),
            )
            return "cancelled", None, words, None
        case _:
            return None
