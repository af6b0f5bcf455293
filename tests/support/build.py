"""Incidents, accounts, bills, terms and cases for tests, written as a reader would write them.

Times are of Shanghai: `10:00` is on 3 March 2026, `03-31 23:59` in 2026, `2024-02-29 10:00` as it says. An
incident is a line such as `inbound 10:00 to 10:05 less 10:01 to 10:03`, the excluded spans after `less`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from _pytest.mark import ParameterSet

from domain.account import Account
from domain.account import evolve as evolve_account
from domain.bill import Bill, Payment
from domain.calendar import CalendarYear
from domain.calendar import evolve as evolve_calendar
from domain.case import Case
from domain.claim import Claim, Filing
from domain.events import AccountClosed, AccountEnrolled, AccountRestaged, Function, Part, Stage, TermsPublished
from domain.incident import Exclusion, Incident
from domain.money import Fen
from domain.rules.unavailability import Asked, Measured, measure
from domain.terms.parsing import parse_terms
from domain.terms.versions import Readings, Terms, Version, document_sha256
from domain.terms.versions import evolve as evolve_terms
from ledger.shipped import published_calendar, shipped_agreements

SHARED = Path(__file__).parents[3] / "shared" / "agreement"
SHIPPED = shipped_agreements()[0]
SHANGHAI = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000
ALWAYS = [(-(2**61), 2**61)]
FUNCTIONS: dict[str, Function] = {"sign_in": "agent_sign_in", "calls": "agent_calls", "inbound": "inbound_routing"}
_INCIDENT = re.compile(r"(sign_in|calls|inbound) (.+?) to (.+?)((?: less .+? to .+?)*)")


def row(name: str, *cells: object) -> ParameterSet:
    """A row of a table, with its name."""
    return pytest.param(*cells, id=name)


def at(text: str) -> int:
    """The instant, in microseconds, of a time on Shanghai's clock."""
    day, _, clock = text.rpartition(" ")
    if not day:
        day = "2026-03-03"
    elif len(day) == 5:
        day = f"2026-{day}"
    moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=SHANGHAI)
    return (moment - EPOCH) // timedelta(microseconds=1)


def incident(line: str, name: str = "A") -> Incident:
    """The incident that a line tells; `to open` leaves it open, `less` excludes a span, `less start to end` all."""
    told = _INCIDENT.fullmatch(line)
    if told is None:
        raise ValueError(f"no incident: {line!r}")
    function, start, end, excluded = told.groups()
    spans = [span.split(" to ") for span in excluded.split(" less ")[1:]]
    return Incident(
        incident=name,
        function=FUNCTIONS[function],
        scope="account",
        account="1001",
        regions=(),
        started_at=at(start),
        ended_at=None if end == "open" else at(end),
        exclusions=[
            exclusion(number, None if since == "start" else at(since), None if until in ("end", "open") else at(until))
            for number, (since, until) in enumerate(spans, start=1)
        ],
    )


def exclusion(number: int, from_at: int | None, to_at: int | None) -> Exclusion:
    return Exclusion(
        number=number, clause="2.3(1)", from_at=from_at, to_at=to_at, notified_at=None, evidence=(), reason=None
    )


def incidents(*lines: str) -> list[Incident]:
    """The incidents A, B, C … that the lines tell."""
    return [incident(line, name) for line, name in zip(lines, "ABCDEFGHIJ", strict=False)]


def terms(**readings: Any) -> Terms:
    """The shipped agreement with the given readings; a value that no document could have is refused."""
    shipped = parse_terms(SHIPPED)
    chosen = msgspec.convert({**msgspec.to_builtins(shipped.readings), **readings}, Readings)
    return msgspec.structs.replace(shipped, readings=chosen)


def measured(
    found: Sequence[Incident],
    month: str = "2026-03",
    *,
    covered: list[tuple[int, int]] | None = None,
    until: str = "2026-12-31 00:00",
    **readings: Any,
) -> Measured:
    """A month measured at `until`, all of it covered unless said otherwise."""
    chosen = terms(**readings)
    return measure(found, ALWAYS if covered is None else covered, Asked.alone(month, chosen), at(until), chosen)


def counted(*lines: str, month: str = "2026-03", until: str = "2026-12-31 00:00", **readings: Any) -> str:
    """A month's unavailable time by the given lines, as minutes and seconds."""
    return clock(measured(incidents(*lines), month, until=until, **readings).unavailable_us)


def clock(span_us: int) -> str:
    """A span as minutes and seconds: `2:00`, `1:59.999999`."""
    seconds, rest = divmod(span_us, SECOND_US)
    return f"{seconds // 60}:{seconds % 60:02d}" + (f".{rest:06d}" if rest else "")


def account(
    enrolled: str = "2018-08-01 00:00",
    stage: Stage = "general",
    restaged: Iterable[tuple[str, Stage]] = (),
    closed: str | None = None,
    covered_in_beta: bool = False,
) -> Account:
    """Account 1001 from its enrolment on."""
    held = evolve_account(
        None,
        AccountEnrolled(account="1001", enrolled_at=at(enrolled), stage=stage, covered_in_beta=covered_in_beta),
    )
    for since, later in restaged:
        held = evolve_account(held, AccountRestaged(account="1001", stage=later, changed_at=at(since)))
    return held if closed is None else evolve_account(held, AccountClosed(account="1001", closed_at=at(closed)))


def fen(yuan: str) -> int:
    return int(Fen.parse(yuan))


def bill(
    product: str = "0",
    call: str = "0",
    *,
    first: str = "2026-03",
    months: int = 1,
    service_voucher: str = "0",
    call_voucher: str = "0",
    paid: Iterable[tuple[str, Part, str]] = (),
    name: str = "B",
    billed: str = "2026-05-01 00:00",
    owner: str = "1001",
) -> Bill:
    """A bill in yuan; `paid` lists redemptions: the month each voucher was awarded for, the part, the amount."""
    return Bill(
        bill=name,
        account=owner,
        first_month=first,
        months=months,
        billed_at=at(billed),
        product_fee_fen=fen(product),
        call_fee_fen=fen(call),
        service_voucher_fen=fen(service_voucher),
        call_voucher_fen=fen(call_voucher),
        payments=[
            Payment(voucher="V", redemption=number, voucher_month=month, part=part, amount_fen=fen(amount))
            for number, (month, part, amount) in enumerate(paid, start=1)
        ],
    )


def amended(version: str, effective_from: str, *changes: tuple[str, str]) -> str:
    """The shipped document as another version, with texts replaced; a text that is not there is a mistake."""
    document = SHIPPED
    first = [('version = "2018-08-01"', f'version = "{version}"'), ("= 2018-08-01\n", f"= {effective_from}\n")]
    for old, new in (*first, *changes):
        if old not in document:
            raise ValueError(f"the shipped document has no {old!r}")
        document = document.replace(old, new, 1)
    return document


def versions(*documents: str) -> tuple[Version, ...]:
    """Documents as they stand after publication, whatever was noticed; the shipped one alone by default."""
    published: tuple[Version, ...] = ()
    for document in documents or (SHIPPED,):
        parsed = parse_terms(document)
        published = evolve_terms(
            published,
            TermsPublished(
                agreement=parsed.agreement,
                version=parsed.version,
                effective_at=parsed.effective_at,
                sha256=document_sha256(document),
                document=document,
            ),
        )
    return published


def calendars(*years: int) -> dict[int, CalendarYear]:
    """The working days of the years as the State Council published them."""
    known: dict[int, CalendarYear] = {}
    for year in years:
        known = evolve_calendar(known, published_calendar(year))
    return known


def claimed(filed_at: int, month: str = "2026-03", found: Sequence[Incident] = (), bills: Sequence[Bill] = ()) -> Case:
    """A case with a claim that waits."""
    filing = Filing(filed_at=filed_at, statement=None)
    return Case(
        account=account(),
        incidents={each.incident: each for each in found},
        bills={each.bill: each for each in bills},
        claims={month: Claim(account="1001", month=month, filings=[filing], pending=filing)},
        vouchers={},
        versions=versions(),
        calendars=calendars(2026),
    )
