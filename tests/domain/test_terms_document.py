"""The agreement as a document: what is wrong with one and where, its readings, and which version governs (clause 4)."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib

import msgspec
import pytest
from build import SHARED, SHIPPED, amended, at, row, terms, versions

from domain.refusals import Unreadable
from domain.terms.months import span_of
from domain.terms.parsing import parse_terms
from domain.terms.versions import Readings, document_sha256, in_force
from ledger.shipped import shipped, shipped_agreements

FIRST = next(text for text, found in shipped() if found.agreement == "aliyun-ccc" and found.revision == 1)
"""The document that ledgers recorded before there was a second one."""
TIERS = SHIPPED[SHIPPED.index("[[tiers]]") : SHIPPED.index("# Causes")]

WRONG = [
    row("unknown table", "[readings]", "[extra]\n[readings]", "unknown field `extra`"),
    row("unknown key of a table", "[readings]", "[readings]\nkind = 1", "unknown field `kind` - at `$.readings`"),
    row("misspelt reading", "minimum_kind", "minimum_kinds", "unknown field `minimum_kinds` - at `$.readings`"),
    row("other schema", "schema = 1", "schema = 2", "- at `$.schema`"),
    row("no schema", "schema = 1\n", "", "`schema`"),
    row("unknown key of the document", "schema = 1", 'schema = 1\ncolour = "red"', "unknown field `colour`"),
    row("no version", 'version = "2018-08-01"\n', "", "`version`"),
    row("no commitment", "[commitment]", "[undertaking]", "unknown field `undertaking`"),
    row("date of no day", "= 2018-08-01\n", "= 2018-02-30\n", "(at line"),
    row("date in words", "= 2018-08-01\n", '= "soon"\n', "- at `$.effective_from`"),
    row("no agreement", 'agreement = "aliyun-ccc"\n', "", "`agreement`"),
    row("bad version", 'version = "2018-08-01"', 'version = "a version"', "- at `$.version`"),
    row("parameter without its clause", '120, clause = "1"', "120", "`clause` - at `$.service.minimum_outage_seconds`"),
    row("parameter with an empty clause", '120, clause = "1"', '120, clause = ""', "minimum_outage_seconds.clause`"),
    row(
        "tier without its clause", 'clause = "3.1"\n\n[[tiers]]\nbelow = "99%"', '[[tiers]]\nbelow = "99%"', "tiers[0]`"
    ),
    row("tier without a rate", 'call_rate = "5%"\n', "", "`call_rate` - at `$.tiers[0]`"),
    row("no tier at all", TIERS, "", "`tiers`"),
    row("bad date", "= 2018-08-01\n", '= "2018-08-32"\n', "- at `$.effective_from`"),
    row("a year too early", "= 2018-08-01\n", "= 1970-12-31\n", "is not between 1971 and 2199 - at `$.effective_from`"),
    row("a year too late", "= 2018-08-01\n", "= 2200-01-01\n", "is not between 1971 and 2199 - at `$.effective_from`"),
    row("date with a time", "= 2018-08-01\n", "= 2018-08-01T00:00:00\n", "- at `$.effective_from`"),
    row("bad hash of the source", 'sha256 = "69', 'sha256 = "XX', "- at `$.source.sha256`"),
    row("float for seconds", "value = 120", "value = 120.0", "- at `$.service.minimum_outage_seconds.value`"),
    row("negative minimum", "value = 120", "value = -1", "- at `$.service.minimum_outage_seconds.value`"),
    row("float for a percentage", '"99.8%", clause', "99.8, clause", "- at `$.commitment.availability.value`"),
    row("percentage without its sign", '"99.8%", clause', '"99.8", clause', "- at `$.commitment.availability.value`"),
    row("negative rate", '"14%"', '"-14%"', "- at `$.tiers[0].service_rate`"),
    row("float for a rate", '"14%"', "0.14", "- at `$.tiers[0].service_rate`"),
    row("service rate over 100 %", '"100%"', '"100.000000001%"', "over 100 % - at `$.tiers[2].service_rate`"),
    row("call rate over 100 %", '"20%"', '"101%"', "over 100 % - at `$.tiers[2].call_rate`"),
    row("commitment of 0 %", '"99.8%", clause', '"0%", clause', "- at `$.commitment.availability.value`"),
    row("commitment over 100 %", '"99.8%", clause', '"100.1%", clause', "- at `$.commitment.availability.value`"),
    row("gap under the commitment", 'below = "99.8%"', 'below = "99.7%"', "a gap: 99.7% is not the commitment"),
    row("overlap with the commitment", 'below = "99.8%"', 'below = "99.9%"', "an overlap: 99.9% is not the commitment"),
    row("gap between tiers", 'at_least = "99%"', 'at_least = "99.1%"', "a gap: 99% is not tier 1's lower bound, 99.1%"),
    row("overlap of tiers", 'at_least = "99%"', 'at_least = "98%"', "an overlap: 99% is not tier 1's lower bound, 98%"),
    row("gap to the last tier", 'at_least = "95%"', 'at_least = "96%"', "- at `$.tiers[2].below`"),
    row("upside down", 'at_least = "99%"', 'at_least = "99.8%"', "- at `$.tiers[0].at_least`"),
    row("no lower bound", 'at_least = "99%"\n', "", "- at `$.tiers[0].at_least`"),
    row("a lower bound of the last", 'below = "95%"', 'below = "95%"\nat_least = "90%"', "- at `$.tiers[2].at_least`"),
    row("exclusion twice", "2.3(2)", "2.3(1)", "2.3(1) appears twice - at `$.exclusions[1].clause`"),
    row("a twelfth exclusion", "2.3(11)", "2.3(12)", "none of the eleven causes of 2.3 - at `$.exclusions[10].clause`"),
    row("exclusion of another clause", "2.3(2)", "2.4(2)", "- at `$.exclusions[1].clause`"),
    row("exclusion without a cause", 'cause = "force majeure"', 'cause = ""', "- at `$.exclusions[10].cause`"),
    row("no such zone", "Asia/Shanghai", "Asia/Atlantis", "not an IANA time zone - at `$.readings.timezone`"),
    row("no zone", "Asia/Shanghai", "", "not an IANA time zone - at `$.readings.timezone`"),
    row("a path for a zone", "Asia/Shanghai", "../Shanghai", "not an IANA time zone - at `$.readings.timezone`"),
    row("no such reading", '"franchise"', '"excess"', "- at `$.readings.minimum_kind`"),
    row("text for yes and no", "minimum_inclusive = true", 'minimum_inclusive = "yes"', "`$.readings.minimum_inclu"),
    row("bad decimals", 'decimals = "exact"', 'decimals = "two"', "- at `$.readings.availability_decimals`"),
    row("yes for decimals", 'decimals = "exact"', "decimals = true", "- at `$.readings.availability_decimals`"),
    row("cash", "cash = { value = false", "cash = { value = true", "- at `$.vouchers.cash.value`"),
    row(
        "transferable",
        "transferable = { value = false",
        "transferable = { value = true",
        "vouchers.transferable.value`",
    ),
    row("no TOML", "schema = 1", "schema = ", "(at line 6, column 10)"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_what_is_wrong_with_a_document_is_said_with_its_place(old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    with pytest.raises(Unreadable) as refused:
        parse_terms(SHIPPED.replace(old, new, 1))
    assert refused.value.code == "bad_terms"
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        row("a rate of exactly 100 %", '"14%"', '"100%"'),
        row("a rate of nothing", '"14%"', '"0%"'),
        row("no reading given", SHIPPED[SHIPPED.index("minimum_inclusive") :], ""),
        row("one exclusion fewer", '[[exclusions]]\nclause = "2.3(11)"\ncause = "force majeure"\n', ""),
        row("the date as text", "= 2018-08-01\n", '= "2018-08-01"\n'),
        row("the first year", "= 2018-08-01\n", "= 1971-01-01\n"),
        row("the last year", "= 2018-08-01\n", "= 2199-12-31\n"),
    ],
)
def test_what_is_allowed(old: str, new: str) -> None:
    assert old in SHIPPED
    parse_terms(SHIPPED.replace(old, new, 1))


def test_a_commitment_may_be_100_percent() -> None:
    assert parse_terms(SHIPPED.replace('"99.8%"', '"100%"')).commitment.availability.value == 1


def test_the_same_document_as_json_says_the_same() -> None:
    assert parse_terms(msgspec.json.encode(tomllib.loads(SHIPPED)).decode()) == parse_terms(SHIPPED)


# --- The shipped document ---


def test_every_shipped_document_is_right_and_the_reference_names_its_hash() -> None:
    (reference,) = [parse_terms(text) for text in shipped_agreements()]
    assert (reference.agreement, reference.version) == ("aliyun-ccc", "2018-08-01")
    assert reference.effective_at == at("2018-08-01 00:00")
    assert [cause.clause for cause in reference.exclusions] == [f"2.3({n})" for n in range(1, 12)]
    assert document_sha256(SHIPPED) == hashlib.sha256(SHIPPED.encode()).hexdigest()


def table_of_readings() -> list[tuple[str, str, list[str]]]:
    """(key, default, other values) of the switches in READINGS.md, as written there."""
    readings = SHARED / "READINGS.md"
    if not readings.exists():
        pytest.skip("skipped: the agreement's folder is not there")
    found = []
    for line in readings.read_text(encoding="utf-8").splitlines():
        for key, default, others in re.findall(r"`(\w+)` = `([^`]+)`((?: · (?:`[^`]+`|[\w ]+))+)", line):
            found.append((key, default, re.findall(r"`([^`]+)`", others)))
    return found


def test_every_switch_stands_in_the_shipped_document_with_the_contract_s_default() -> None:
    table = {key: first for key, first, _ in table_of_readings()}
    names = [field.name for field in msgspec.structs.fields(Readings)]
    assert len(names) == 19
    for name in names:
        written = json.dumps(getattr(parse_terms(SHIPPED).readings, name))
        assert re.search(rf"^{name} = {re.escape(written)} +# R\d+, clause", SHIPPED, re.M), name
        assert written == table[name]


def test_a_switch_that_a_document_leaves_out_means_what_was_done_before() -> None:
    """The first document leaves out what came later, and says of the others what was done then."""
    assert parse_terms(FIRST).readings == Readings()
    later = {"shared_touches", "maintenance_excluded"}
    assert {field.name for field in msgspec.structs.fields(Readings) if f"\n{field.name} = " not in FIRST} == later
    assert (Readings().shared_touches, Readings().maintenance_excluded) == ("at_start", "actual")
    assert (Readings().mtbf_event, Readings().deadline_rolls) == ("outage", False)


def test_every_value_of_the_readings_table_is_accepted() -> None:
    """Of the switches that the software has; which of a reading's values is the default, a document says."""
    table = {key: [first, *others] for key, first, others in table_of_readings()}
    more = {"timezone": ['"UTC"', '"Europe/London"'], "availability_decimals": ["0", "2", "12"]}
    accepted = 0
    for field in msgspec.structs.fields(Readings):
        for value in [*table[field.name], *more.get(field.name, [])]:
            changed = parse_terms(re.sub(rf"(?m)^{field.name} = \S+", f"{field.name} = {value}", SHIPPED, count=1))
            assert msgspec.json.encode(getattr(changed.readings, field.name)).decode() == value
            accepted += 1
    assert accepted == 42


def test_the_source_is_the_contract_itself() -> None:
    source = parse_terms(SHIPPED).source
    contract = SHARED / source.document
    if not contract.exists():
        pytest.skip("skipped: the agreement's folder is not there")
    assert source.sha256 == hashlib.sha256(contract.read_bytes()).hexdigest()


# --- Clause 4: which version governs a month (R16) ---

MIDMONTH = amended("mid", "2026-07-15")
AT_MONTH_END = [('version_in_force = "month_start"', 'version_in_force = "month_end"')]


@pytest.mark.parametrize(
    ("first", "second", "june", "july", "august"),
    [
        row("amended in mid-July: what was in force as it began", SHIPPED, MIDMONTH, "old", "old", "new"),
        row("amended as July begins", SHIPPED, amended("new", "2026-07-01"), "old", "new", "new"),
        row("amended on July's last day", SHIPPED, amended("new", "2026-07-31"), "old", "old", "new"),
        row(
            "in force at the end, in mid-July",
            amended("old", "2018-08-01", *AT_MONTH_END),
            amended("new", "2026-07-15", *AT_MONTH_END),
            *("old", "new", "new"),
        ),
        row(
            "in force at the end, on July's last day",
            amended("old", "2018-08-01", *AT_MONTH_END),
            amended("new", "2026-07-31", *AT_MONTH_END),
            *("old", "new", "new"),
        ),
        row(
            "in force at the end, as August begins",
            amended("old", "2018-08-01", *AT_MONTH_END),
            amended("new", "2026-08-01", *AT_MONTH_END),
            *("old", "old", "new"),
        ),
    ],
)
def test_r16_the_version_in_force_governs_the_whole_month(
    first: str, second: str, june: str, july: str, august: str
) -> None:
    old, new = versions(first, second)
    found = [in_force((old, new), month) for month in ("2026-06", "2026-07", "2026-08")]
    assert ["new" if version is new else "old" for version in found] == [june, july, august]


def test_every_month_has_exactly_one_version_whatever_the_order_of_publication() -> None:
    told = (amended("c", "2022-02-02"), SHIPPED, amended("b", "2020-01-01"))
    months = [f"{year}-{number:02d}" for year in range(2019, 2024) for number in range(1, 13)]
    for order in (told, told[::-1]):
        published = versions(*order)
        names = [in_force(published, month).terms.version for month in months]
        assert names == ["2018-08-01"] * 12 + ["b"] * 26 + ["c"] * 22


def test_months_tile_where_an_amendment_changes_the_clock() -> None:
    """From Shanghai's clock to the one of Greenwich: July is eight hours longer. And back: July is eight shorter."""
    shanghai, greenwich = 'timezone = "Asia/Shanghai"', 'timezone = "UTC"'
    west = versions(SHIPPED, amended("new", "2026-07-01", (shanghai, greenwich)))
    assert span_of(west, "2026-06") == (at("06-01 00:00"), at("07-01 00:00"))
    assert span_of(west, "2026-07") == (at("07-01 00:00"), at("08-01 08:00"))
    assert span_of(west, "2026-08") == (at("08-01 08:00"), at("09-01 08:00"))
    east = versions(amended("old", "2018-08-01", (shanghai, greenwich)), amended("new", "2026-07-01"))
    assert span_of(east, "2026-06") == (at("06-01 08:00"), at("07-01 08:00"))
    assert span_of(east, "2026-07") == (at("07-01 08:00"), at("08-01 00:00"))


def test_the_month_of_another_zone_begins_on_its_own_clock() -> None:
    assert terms(timezone="UTC").effective_at == at("2018-08-01 08:00")


# --- Switches for other agreements ---

OTHER = shipped_agreements("aws-ec2")[0]
CAPPED = shipped_agreements("gcp-filestore")[0]


@pytest.mark.parametrize(
    ("document", "old", "new", "told"),
    [
        row("a currency with no decimals", OTHER, '"USD"', '"JPY"', "JPY have 0 decimals"),
        row("a currency with three decimals", OTHER, '"USD"', '"KWD"', "KWD have 3 decimals"),
        row("no currency at all", OTHER, '"USD"', '"XYZ"', "'XYZ' is not a currency of ISO 4217 - at `$.currency`"),
        row("a currency in small letters", OTHER, '"USD"', '"usd"', "- at `$.currency`"),
        row(
            "a call rate of a fee without parts", OTHER, '"10%"', '"10%"\ncall_rate = "1%"', "unknown field `call_rate`"
        ),
        row(
            "no fee parts, no single rate", OTHER, 'parts = { value = "single", clause = "Credits" }', "", "`call_rate`"
        ),
        row("another kind of fee", OTHER, '"single"', '"halves"', "- at `$.fees.parts.value`"),
        row("another base", OTHER, '"net_of_vouchers"', '"net"', "- at `$.fees.base.value`"),
        row("another remedy", OTHER, '"credit", clause', '"cash", clause', "- at `$.vouchers.remedy.value`"),
        row("a number for an amount", OTHER, '"1.00"', "1.00", "- at `$.credit.minimum_credit.value`"),
        row("three decimals of an amount", OTHER, '"1.00"', '"1.001"', "- at `$.credit.minimum_credit.value`"),
        row("no end of the window", OTHER, "closes_after_months", "# closes_after_months", "- at `$.claims`"),
        row(
            "two ends of the window",
            OTHER,
            "[claims]",
            '[claims]\ncloses_after_days = { value = 3, clause = "R" }',
            "give one of",
        ),
        row(
            "no day to claim",
            CAPPED,
            "closes_after_days = { value = 30",
            "closes_after_days = { value = 0",
            "`$.claims.",
        ),
        row(
            "minutes both cut and rounded up",
            shipped_agreements("tencent-cvm")[0],
            "beta_covered",
            'whole_minutes_only = { value = true, clause = "1" }\nbeta_covered',
            "- at `$.service.whole_minutes_only`",
        ),
        row("no function", OTHER, '["region"]', "[]", "- at `$.service.functions.value`"),
        row("a function twice", OTHER, '["region"]', '["region", "region"]', "region appears twice"),
        row("a function's name", OTHER, '["region"]', '["A region"]', "- at `$.service.functions.value[0]`"),
        row("a cap of nothing", CAPPED, 'cap = { value = "50%"', 'cap = { value = "0%"', "- at `$.credit.cap.value`"),
        row("a cap over 100 %", CAPPED, 'cap = { value = "50%"', 'cap = { value = "101%"', "- at `$.credit.cap.value`"),
        row("an exclusion twice", CAPPED, "Exclusions(b)", "Exclusions(a)", "appears twice"),
        row(
            "a cap on a fee in parts",
            SHIPPED,
            "[vouchers]",
            '[credit]\ncap = { value = "50%", clause = "3.1" }\n[vouchers]',
            "needs a fee without parts",
        ),
    ],
)
def test_what_is_wrong_with_another_agreement_is_said_with_its_place(
    document: str, old: str, new: str, told: str
) -> None:
    assert old in document
    with pytest.raises(Unreadable) as refused:
        parse_terms(document.replace(old, new, 1))
    assert (refused.value.code, told in refused.value.message) == ("bad_terms", True), refused.value.message


@pytest.mark.parametrize("whole", [True, False], ids=["with its clause", "as a word"])
@pytest.mark.parametrize(
    ("kind", "reason", "instead"),
    [
        row("error rates", "error_rate", "an average of error rates", "recorded as incidents"),
        row("user minutes", "user_minutes", "how many users were down", "for each unit that is measured"),
        row("a trailing year", "trailing_year", "over the year before a claim", "by the natural month"),
        row("so much a minute", "per_minute", "grows with each minute", "tiers"),
    ],
)
def test_what_the_schema_does_not_express_is_refused_with_the_reason(
    kind: str, reason: str, instead: str, whole: bool
) -> None:
    told = f'kind = {{ value = "{kind}", clause = "2" }}' if whole else f'kind = "{kind}"'
    document = OTHER.replace('kind = { value = "time", clause = "Uptime" }', told)
    assert document != OTHER
    with pytest.raises(Unreadable) as refused:
        parse_terms(document)
    assert refused.value.code == "terms_not_expressible"
    assert reason in refused.value.message and "$.measure.kind" in refused.value.message
    assert instead in str(refused.value.hint)


def test_an_unknown_kind_of_measure_is_just_wrong() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_terms(OTHER.replace('"time"', '"feeling"'))
    assert (refused.value.code, "`$.measure.kind.value`" in refused.value.message) == ("bad_terms", True)


def test_the_reference_says_nothing_of_the_switches_and_keeps_its_bytes() -> None:
    reference = parse_terms(SHIPPED)
    assert document_sha256(FIRST).startswith("e70d417135a73ab5"), "as ledgers that recorded it cite it"
    assert (reference.currency, reference.remedy, reference.single_fee, reference.gross_base) == (
        *("CNY", "voucher"),
        *(False, False),
    )
    assert reference.functions == ("agent_sign_in", "agent_calls", "inbound_routing")
    assert (reference.credit.cap, reference.credit.minimum_credit) == (None, None)
