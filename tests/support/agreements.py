"""Claims under the shipped agreements, decided as a ledger decides them; times are in the agreement's time zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from build import SECOND_US, account, bill, calendars, versions

from domain.account import Account
from domain.assessment import assess
from domain.case import Case
from domain.claim import Claim, Filing
from domain.decision import NO_FACTS, Decision
from domain.decision_record import decode, encode
from domain.incident import Incident
from domain.money import yuan
from domain.terms.versions import Terms, Version, by_name, in_force
from domain.time import FOREVER
from ledger.shipped import shipped_agreements

OTHERS = [
    "aliyun-datahub",
    "aliyun-ecs",
    "aws-connect",
    "aws-ec2",
    "gcp-filestore",
    "huawei-cph",
    "tencent-cbs",
    "tencent-cvm",
    "tencent-vpn",
]
"""The agreements that ship beside the reference."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEARS = (2024, 2025, 2026)
_LENGTH = re.compile(r"(?:(\d+) h)? ?(?:(\d+) min)? ?(?:(\d+) s)?")


@cache
def version_of(named: str) -> Version:
    """A version that ships, as it stands after publication: `agreement version`, or the latest of an agreement."""
    agreement, _, version = named.partition(" ")
    found = versions(*shipped_agreements(agreement))
    return by_name(found, version) if version else found[-1]


def moment(text: str, terms: Terms) -> int:
    """The instant, in microseconds, of a date and time on the agreement's clock."""
    told = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(terms.zone))
    return (told - EPOCH) // timedelta(microseconds=1)


def length_us(text: str) -> int:
    """The span, in microseconds, that `1 h 2 min 3 s` tells."""
    told = _LENGTH.fullmatch(text)
    if told is None:
        raise ValueError(f"no length: {text!r}")
    hours, minutes, seconds = (int(each or 0) for each in told.groups())
    return (hours * 3600 + minutes * 60 + seconds) * SECOND_US


def incident_of(terms: Terms, name: str, start: int, end: int | None) -> Incident:
    return Incident(
        incident=name,
        function=terms.functions[0],
        scope="account",
        account="1001",
        regions=(),
        started_at=start,
        ended_at=end,
        exclusions=[],
    )


def outages(agreement: str, month: str, *lengths: str) -> list[Incident]:
    """Outages of these lengths in a month, one a day from the first day's noon on."""
    terms = version_of(agreement).terms
    noon = moment(f"{month}-01 12:00", terms)
    starts = [noon + day * 86_400 * SECOND_US for day in range(len(lengths))]
    return [
        incident_of(terms, f"I{number}", start, start + length_us(length))
        for number, (start, length) in enumerate(zip(starts, lengths, strict=True))
    ]


def decided(
    version: Version,
    month: str,
    found: Sequence[Incident],
    *,
    fee: str = "1000.00",
    vouchers: str = "0",
    prepaid: tuple[str, int] = ("0", 1),
    filed_at: int,
    holder: Account | None = None,
) -> Decision:
    """A claim decided; what it comes to can be recorded and read again. `prepaid` is a second bill and its months."""
    filing = Filing(filed_at=filed_at, statement=None)
    case = Case(
        account=account() if holder is None else holder,
        incidents={each.incident: each for each in found},
        bills={
            "B": bill(fee, first=month, service_voucher=vouchers),
            "P": bill(prepaid[0], first=month, months=prepaid[1], name="P"),
        },
        claims={month: Claim(account="1001", month=month, filings=[filing], pending=filing)},
        vouchers={},
        versions=(version,),
        calendars=calendars(*YEARS),
    )
    made = assess(case, "1001", month, in_force(case.versions, month), FOREVER // 2, NO_FACTS)
    assert decode(encode(made)) == made
    return made


def outcome(made: Decision) -> str:
    """What a decision comes to, as a row says it: an outcome, or the amount that it awards."""
    return made.outcome if made.credit is None else yuan(made.credit.total_fen)


def claimed(
    agreement: str, month: str, *lengths: str, fee: str = "1000.00", vouchers: str = "0", filed: str | None = None
) -> str:
    """What a claim comes to: outages of a month, and its fee; filed in the middle of the window by default."""
    version = version_of(agreement)
    terms = version.terms
    filed_at = moment(filed, terms) if filed else moment(f"{month}-28 00:00", terms) + 18 * 86_400 * SECOND_US
    found = outages(agreement, month, *lengths)
    return outcome(decided(version, month, found, fee=fee, vouchers=vouchers, filed_at=filed_at))
