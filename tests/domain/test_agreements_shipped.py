"""The agreements that ship: a table of its own boundaries for each, and what `terms` says of them.

A fee is 1,000.00 where a row does not say otherwise; outages are one a day. A month of 30 days has 43,200 minutes.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from agreements import OTHERS, claimed, decided, incident_of, length_us, moment, outages, outcome, version_of
from build import account, row
from conftest import ROOT, CommandLine

from domain.decision_record import LATEST_FORMAT, decode, encode
from domain.terms.parsing import parse_terms
from ledger.shipped import shipped

MET = "commitment_met"
APRIL = "2026-04"  # 30 days


def cells(agreement: str, *rows: tuple[str, str]) -> list[object]:
    return [row(f"{agreement}: {down}", agreement, down, told) for down, told in rows]


# --- Tiers, and how minutes are counted ---

DOWN = [
    *cells(
        "tencent-cvm",  # below 99.975 %: 10.8 minutes; minutes begun are minutes
        ("10 min", MET),
        ("10 min 1 s", "100.00"),
        ("432 min", "100.00"),
        ("432 min 1 s", "250.00"),
        ("2160 min", "250.00"),
        ("2160 min 1 s", "1000.00"),
    ),
    *cells(
        "tencent-cbs",  # below 99.95 %: 21.6 minutes; whole minutes only
        ("21 min 59 s", MET),
        ("22 min", "100.00"),
        ("432 min 59 s", "100.00"),
        ("433 min", "250.00"),
        ("2160 min 59 s", "250.00"),
        ("2161 min", "1000.00"),
    ),
    *cells(
        "tencent-vpn",
        ("21 min 59 s", MET),
        ("22 min", "100.00"),
        ("432 min 59 s", "100.00"),
        ("433 min", "250.00"),
        ("2160 min 59 s", "250.00"),
        ("2161 min", "1000.00"),
    ),
    *cells(
        "aliyun-datahub",  # below 99.9 %: 43.2 minutes; whole minutes only
        ("43 min 59 s", MET),
        ("44 min", "200.00"),
        ("432 min 59 s", "200.00"),
        ("433 min", "300.00"),
        ("2160 min 59 s", "300.00"),
        ("2161 min", "500.00"),
    ),
    *cells(
        "aliyun-ecs",  # below 99.975 %: 10.8 minutes; whole minutes only
        ("10 min 59 s", MET),
        ("11 min", "100.00"),
        ("432 min 59 s", "100.00"),
        ("433 min", "250.00"),
        ("2160 min 59 s", "250.00"),
        ("2161 min", "1000.00"),
    ),
    *cells(
        "aws-ec2",  # below 99.99 %: 259.2 seconds
        ("259 s", MET),
        ("260 s", "100.00"),
        ("25920 s", "100.00"),
        ("25921 s", "300.00"),
        ("129600 s", "300.00"),
        ("129601 s", "1000.00"),
    ),
    *cells(
        "aws-connect",  # below 99.99 %: 259.2 seconds
        ("259 s", MET),
        ("260 s", "50.00"),
        ("25920 s", "50.00"),
        ("25921 s", "150.00"),
        ("129600 s", "150.00"),
        ("129601 s", "1000.00"),
    ),
    *cells(
        "tencent-cvm 2020-01-01",  # below 99.95 %: 21.6 minutes; minutes begun are minutes
        ("21 min", MET),
        ("21 min 1 s", "100.00"),
        ("432 min", "100.00"),
        ("432 min 1 s", "250.00"),
        ("2160 min", "250.00"),
        ("2160 min 1 s", "1000.00"),
    ),
    *cells(
        "huawei-cph 2021-01-01",  # below 99.95 %: 1,296 seconds; no tier below 95 %
        ("1296 s", MET),
        ("1297 s", "100.00"),
        ("25920 s", "100.00"),
        ("25921 s", "250.00"),
        ("129600 s", "250.00"),
        ("129601 s", "250.00"),
    ),
    *cells(
        "huawei-cph 2025-08-08",
        ("1296 s", MET),
        ("1297 s", "100.00"),
        ("25920 s", "100.00"),
        ("25921 s", "250.00"),
        ("129600 s", "250.00"),
        ("129601 s", "1000.00"),
    ),
    *cells(
        "gcp-filestore",  # below 99.9 %: 2,592 seconds
        ("2592 s", MET),
        ("2593 s", "100.00"),
        ("25920 s", "100.00"),
        ("25921 s", "250.00"),
        ("129600 s", "250.00"),
        ("129601 s", "500.00"),
    ),
]


@pytest.mark.parametrize(("agreement", "down", "told"), DOWN)
def test_a_bound_belongs_to_the_better_side(agreement: str, down: str, told: str) -> None:
    assert claimed(agreement, APRIL, down) == told


@pytest.mark.parametrize(
    ("agreement", "times", "down", "told"),
    [
        row("tencent-cvm: less than a minute does not count", "tencent-cvm", 28, "59 s", MET),
        row("tencent-cvm: a minute counts", "tencent-cvm", 28, "1 min", "100.00"),
        row("tencent-cvm: a minute and a second are two", "tencent-cvm", 6, "1 min 1 s", "100.00"),
        row("tencent-cvm: five of them are ten minutes", "tencent-cvm", 5, "1 min 1 s", MET),
        row("tencent-cvm before: a minute does not count", "tencent-cvm 2020-01-01", 28, "1 min", MET),
        row("tencent-cvm before: a minute and a second are two", "tencent-cvm 2020-01-01", 11, "1 min 1 s", "100.00"),
        row("tencent-cvm before: ten of them are twenty minutes", "tencent-cvm 2020-01-01", 10, "1 min 1 s", MET),
        row("aws-connect: every second counts", "aws-connect", 26, "10 s", "50.00"),
        row("huawei-cph: every second counts", "huawei-cph", 28, "47 s", "100.00"),
        row("tencent-cbs: less than a minute does not count", "tencent-cbs", 28, "59 s", MET),
        row("tencent-cbs: a minute counts", "tencent-cbs", 22, "1 min", "100.00"),
        row("tencent-cbs: a minute and 59 seconds are one", "tencent-cbs", 21, "1 min 59 s", MET),
        row("tencent-vpn: less than a minute does not count", "tencent-vpn", 28, "59 s", MET),
        row("tencent-vpn: a minute counts", "tencent-vpn", 22, "1 min", "100.00"),
        row("aliyun-datahub: less than a minute does not count", "aliyun-datahub", 28, "59 s", MET),
        row("aliyun-datahub: two minutes of 2:59", "aliyun-datahub", 21, "2 min 59 s", MET),
        row("aliyun-datahub: two minutes each", "aliyun-datahub", 22, "2 min", "200.00"),
        row("aliyun-ecs: less than a minute does not count", "aliyun-ecs", 28, "59 s", MET),
        row("aliyun-ecs: a minute counts", "aliyun-ecs", 11, "1 min", "100.00"),
        row("aws-ec2: every second counts", "aws-ec2", 26, "10 s", "100.00"),
        row("gcp-filestore: less than five minutes do not count", "gcp-filestore", 28, "4 min 59 s", MET),
        row("gcp-filestore: five minutes count", "gcp-filestore", 9, "5 min", "100.00"),
        row("gcp-filestore: eight times five are 40 minutes", "gcp-filestore", 8, "5 min", MET),
    ],
)
def test_what_is_long_enough_to_count(agreement: str, times: int, down: str, told: str) -> None:
    assert claimed(agreement, APRIL, *[down] * times) == told


# --- When a claim is in time ---

LAST = "the last moment"


@pytest.mark.parametrize(
    ("agreement", "month", "filed", "told"),
    [
        row("cvm: the fifth working day of March 2024", "tencent-cvm", "2024-02", "2024-03-07 23:59:59", "too_early"),
        row("cvm: the day after it", "tencent-cvm", "2024-02", "2024-03-08 00:00:00", "100.00"),
        row("cvm: 60 days after 29 February", "tencent-cvm", "2024-02", "2024-04-29 23:59:59", "100.00"),
        row("cvm: 61 days after it", "tencent-cvm", "2024-02", "2024-04-30 00:00:00", "too_late"),
        row("cvm: 60 days after 28 February", "tencent-cvm", "2025-02", "2025-04-29 23:59:59", "100.00"),
        row("cvm: 61 days after it in a common year", "tencent-cvm", "2025-02", "2025-04-30 00:00:00", "too_late"),
        row("cvm: 60 days after 31 January", "tencent-cvm", "2026-01", "2026-04-01 23:59:59", "100.00"),
        row("cvm: 61 days after 31 January", "tencent-cvm", "2026-01", "2026-04-02 00:00:00", "too_late"),
        row("cbs: the fifth working day", "tencent-cbs", "2024-02", "2024-03-07 23:59:59", "too_early"),
        row("cbs: the day after it", "tencent-cbs", "2024-02", "2024-03-08 00:00:00", "100.00"),
        row("cbs: 60 days after 31 December", "tencent-cbs", "2023-12", "2024-02-29 23:59:59", "100.00"),
        row("cbs: 61 days after 31 December", "tencent-cbs", "2023-12", "2024-03-01 00:00:00", "too_late"),
        row("vpn: 60 days after 29 February", "tencent-vpn", "2024-02", "2024-04-29 23:59:59", "100.00"),
        row("vpn: 61 days after it", "tencent-vpn", "2024-02", "2024-04-30 00:00:00", "too_late"),
        row("datahub: the fifth working day", "aliyun-datahub", "2024-02", "2024-03-07 23:59:59", "too_early"),
        row("datahub: the day after it", "aliyun-datahub", "2024-02", "2024-03-08 00:00:00", "200.00"),
        row("datahub: two months after December", "aliyun-datahub", "2023-12", "2024-02-29 23:59:59", "200.00"),
        row("datahub: more than two", "aliyun-datahub", "2023-12", "2024-03-01 00:00:00", "too_late"),
        row("ecs: the day after the fifth working day", "aliyun-ecs", "2024-02", "2024-03-08 00:00:00", "100.00"),
        row("ecs: two months after", "aliyun-ecs", "2024-02", "2024-04-30 23:59:59", "100.00"),
        row("ecs: more than two", "aliyun-ecs", "2024-02", "2024-05-01 00:00:00", "too_late"),
        row(
            "cvm before: 60 days after 31 December",
            "tencent-cvm 2020-01-01",
            "2023-12",
            "2024-02-29 23:59:59",
            "100.00",
        ),
        row("cvm before: the day after it", "tencent-cvm 2020-01-01", "2023-12", "2024-03-01 00:00:00", "too_late"),
        row("connect: before the month has ended", "aws-connect", "2024-02", "2024-02-29 23:59:59", "too_early"),
        row("connect: as it has ended", "aws-connect", "2024-02", "2024-03-01 00:00:00", "50.00"),
        row("connect: the second cycle after December", "aws-connect", "2023-12", "2024-02-29 23:59:59", "50.00"),
        row("connect: after the second cycle", "aws-connect", "2023-12", "2024-03-01 00:00:00", "too_late"),
        row(
            "cph before: the month has not ended",
            "huawei-cph 2021-01-01",
            "2024-02",
            "2024-02-29 23:59:59",
            "too_early",
        ),
        row("cph before: as it has ended", "huawei-cph 2021-01-01", "2024-02", "2024-03-01 00:00:00", "100.00"),
        row("cph before: many years later", "huawei-cph 2021-01-01", "2024-02", "2199-12-31 23:59:59", "100.00"),
        row("cph: the fifth working day of October 2025", "huawei-cph", "2025-09", "2025-10-14 23:59:59", "too_early"),
        row("cph: the day after it", "huawei-cph", "2025-09", "2025-10-15 00:00:00", "100.00"),
        row("cph: two months after", "huawei-cph", "2025-09", "2025-11-30 23:59:59", "100.00"),
        row("cph: more than two", "huawei-cph", "2025-09", "2025-12-01 00:00:00", "too_late"),
        row("ec2: before the month has ended", "aws-ec2", "2024-02", "2024-02-29 23:59:59", "too_early"),
        row("ec2: as it has ended", "aws-ec2", "2024-02", "2024-03-01 00:00:00", "100.00"),
        row("ec2: the second cycle after December", "aws-ec2", "2023-12", "2024-02-29 23:59:59", "100.00"),
        row("ec2: after the second cycle", "aws-ec2", "2023-12", "2024-03-01 00:00:00", "too_late"),
        row("ec2: in a common year", "aws-ec2", "2024-12", "2025-02-28 23:59:59", "100.00"),
        row("ec2: after it in a common year", "aws-ec2", "2024-12", "2025-03-01 00:00:00", "too_late"),
        row("filestore: before the month has ended", "gcp-filestore", "2024-01", "2024-01-31 23:59:59", "too_early"),
        row("filestore: 30 days after January 2024", "gcp-filestore", "2024-01", "2024-03-01 23:59:59", "100.00"),
        row("filestore: 31 days after", "gcp-filestore", "2024-01", "2024-03-02 00:00:00", "too_late"),
        row("filestore: 30 days after January 2025", "gcp-filestore", "2025-01", "2025-03-02 23:59:59", "100.00"),
        row("filestore: 31 days after it", "gcp-filestore", "2025-01", "2025-03-03 00:00:00", "too_late"),
    ],
)
def test_a_claim_is_in_time_from_the_first_moment_to_the_last(
    agreement: str, month: str, filed: str, told: str
) -> None:
    assert claimed(agreement, month, "1 h 30 min", filed=filed) == told


# --- Money ---


@pytest.mark.parametrize(
    ("agreement", "fee", "vouchers", "told"),
    [
        row("datahub: 20 % of all of the fee", "aliyun-datahub", "1000.00", "0", "200.00"),
        row("datahub: half of what was paid is just as much", "aliyun-datahub", "1000.00", "600.00", "200.00"),
        row("datahub: half of what was paid is less", "aliyun-datahub", "1000.00", "600.02", "199.99"),
        row("datahub: half of an odd fen is cut", "aliyun-datahub", "1000.00", "999.99", "nothing_to_credit"),
        row("datahub: half of two fen", "aliyun-datahub", "1000.00", "999.98", "0.01"),
        row("datahub: paid with vouchers alone", "aliyun-datahub", "1000.00", "1000.00", "nothing_to_credit"),
        row("ecs: what vouchers paid does not count", "aliyun-ecs", "1000.00", "400.00", "60.00"),
        row("cvm: what vouchers paid does not count", "tencent-cvm", "1000.00", "400.00", "60.00"),
        row("cbs: what vouchers paid does not count", "tencent-cbs", "1000.00", "400.00", "60.00"),
        row("vpn: half a cent is a cent", "tencent-vpn", "0.05", "0", "0.01"),
        row("vpn: less is none", "tencent-vpn", "0.04", "0", "nothing_to_credit"),
        row("ec2: just one dollar is not given", "aws-ec2", "10.00", "0", "nothing_to_credit"),
        row("ec2: 1.004 is one dollar", "aws-ec2", "10.04", "0", "nothing_to_credit"),
        row("ec2: 1.005 is more than one dollar", "aws-ec2", "10.05", "0", "1.01"),
        row("connect: just one dollar is not given", "aws-connect", "20.00", "0", "nothing_to_credit"),
        row("connect: 1.0045 is one dollar", "aws-connect", "20.09", "0", "nothing_to_credit"),
        row("connect: 1.005 is more than one dollar", "aws-connect", "20.10", "0", "1.01"),
        row("cph: what vouchers paid does not count", "huawei-cph", "1000.00", "400.00", "60.00"),
        row("filestore: a cent is given", "gcp-filestore", "0.10", "0", "0.01"),
        row("filestore: what credits paid does not count", "gcp-filestore", "1000.00", "400.00", "60.00"),
    ],
)
def test_what_a_month_in_the_first_tier_is_worth(agreement: str, fee: str, vouchers: str, told: str) -> None:
    assert claimed(agreement, APRIL, "1 h 30 min", fee=fee, vouchers=vouchers) == told


@pytest.mark.parametrize("agreement", ["aliyun-ecs", "tencent-cbs", "tencent-cvm", "tencent-vpn"])
def test_no_month_is_worth_more_than_was_paid_for_it(agreement: str) -> None:
    assert claimed(agreement, APRIL, "40 h", fee="1000.00", vouchers="999.99") == "0.01"


# --- What a decision says ---


@pytest.mark.parametrize("agreement", OTHERS)
def test_a_decision_says_what_its_agreement_needs_and_cites_its_clauses(agreement: str) -> None:
    version = version_of(agreement)
    terms = version.terms
    filed_at = moment("2026-05-15 00:00", terms)
    made = decided(version, APRIL, outages(agreement, APRIL, "1 h 30 min"), filed_at=filed_at)
    needs_days = terms.claims.opens_after_working_day is not None
    assert (made.currency, made.remedy) == (terms.currency, terms.remedy)
    assert (made.calendar.years, made.window.nth_workday is not None) == ((2026,) if needs_days else (), needs_days)
    assert made.format == LATEST_FORMAT
    tables = [table for table in msgspec.to_builtins(terms, enc_hook=str).values() if isinstance(table, dict)]
    cited = {each["clause"] for table in tables for each in table.values() if isinstance(each, dict)}
    cited |= {tier.clause for tier in terms.tiers}
    assert {step.clause for step in made.steps} <= cited


@pytest.mark.parametrize("agreement", OTHERS)
def test_a_decision_was_written_in_one_format_before_the_latest_and_in_no_other(agreement: str) -> None:
    version = version_of(agreement)
    made = decided(version, APRIL, outages(agreement, APRIL, "1 h"), filed_at=moment("2026-05-15 00:00", version.terms))
    before = 1 if agreement.startswith(("aliyun", "huawei")) else 2
    assert decode(encode(msgspec.structs.replace(made, format=before))) == msgspec.structs.replace(made, format=before)
    for other in {0, 1, 2, 4} - {before}:
        with pytest.raises(ValueError, match=f"never written in format {other}"):
            encode(msgspec.structs.replace(made, format=other))


@pytest.mark.parametrize("agreement", ["tencent-cbs", "tencent-cvm", "tencent-vpn"])
@pytest.mark.parametrize(
    ("down", "told"),
    [
        row("twelve minutes of fifteen days: 99.9444 %", "12 min", ("10.00", "0.999444")),
        row("five minutes of fifteen days: 99.9768 %", "5 min", (MET, "0.999768")),
    ],
)
def test_a_service_month_begins_with_the_service(agreement: str, down: str, told: tuple[str, str]) -> None:
    """Enrolled on 17 March: fifteen days, and sixty days behind the 31st to claim."""
    version = version_of(agreement)
    terms = version.terms
    start = moment("2026-03-20 12:00", terms)
    made = decided(
        version,
        "2026-03",
        [incident_of(terms, "I", start, start + length_us(down))],
        fee="100.00",
        filed_at=moment("2026-04-20 00:00", terms),
        holder=account("2026-03-17 00:00"),
    )
    assert made.availability is not None
    assert made.availability.total_us == 15 * 86_400 * 10**6
    cut = Fraction(made.availability.numerator * 10**6, made.availability.denominator).__floor__()
    assert (outcome(made), f"0.{cut:06d}") == told


@pytest.mark.parametrize("agreement", ["tencent-cbs", "tencent-cvm", "tencent-vpn"])
def test_a_service_month_ends_with_the_service(agreement: str) -> None:
    """Closed behind 16 June: the sixtieth day to claim is 15 August, not 29 August."""
    version = version_of(agreement)
    terms = version.terms
    found = [incident_of(terms, "I", moment("2026-06-10 12:00", terms), moment("2026-06-10 13:00", terms))]
    holder = account("2026-03-17 00:00", closed="2026-06-17 00:00")
    for filed, told in (("2026-08-15 23:59", "10.00"), ("2026-08-16 00:00", "too_late")):
        made = decided(version, "2026-06", found, fee="100.00", filed_at=moment(filed, terms), holder=holder)
        assert outcome(made) == told
        assert made.availability is None or made.availability.total_us == 16 * 86_400 * 10**6


def test_the_fee_as_one_has_no_call_part() -> None:
    version = version_of("aws-ec2")
    made = decided(version, APRIL, outages("aws-ec2", APRIL, "1 h"), filed_at=moment("2026-05-15 00:00", version.terms))
    assert made.bases is not None and made.credit is not None
    assert (made.bases.call.fee_fen, made.bases.call.net_fen) == (0, 0)
    assert (made.credit.call.rate, made.credit.call.amount_fen) == (0, 0)
    assert [step.step for step in made.steps][-6:] == ["fees", "base", "tier", "credit", "total", "minimum"]


# --- What ships ---


def test_every_shipped_document_is_sound_and_says_where_it_is_from() -> None:
    found = [(terms.agreement, terms.version, terms.revision) for _, terms in shipped()]
    assert sorted({agreement for agreement, *_ in found}) == sorted([*OTHERS, "aliyun-ccc"])
    assert len(set(found)) == len(found)
    for text, terms in shipped():
        assert parse_terms(text) == terms
        assert terms.source.sha256 or (terms.source.url and terms.source.document)
        assert terms.source.checked_on >= terms.source.checked_on.replace(2026, 11, 22)


def test_terms_lists_and_checks_what_ships(blank_line: CommandLine) -> None:
    listed = blank_line.ok("terms", "list", "--shipped")
    assert {each["agreement"] for each in listed} == {*OTHERS, "aliyun-ccc"}
    for file in sorted((ROOT / "ledger" / "agreements").glob("*.toml")):
        assert blank_line.ok("terms", "check", str(file))["agreement"] in {*OTHERS, "aliyun-ccc"}
    table = blank_line.run("terms", "list", "--shipped", "--format", "table").stdout
    assert ["aws-ec2", "2022-05-05", "USD", "credit"] in [line.split()[:4] for line in table.splitlines()]
    assert max(map(len, table.splitlines())) <= 80


@pytest.fixture
def blank_line(tmp_path: Path) -> CommandLine:
    """The command line in a folder without a ledger."""
    return CommandLine(tmp_path)
