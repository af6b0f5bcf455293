"""Random status pages and PagerDuty accounts: whatever they answer is read, and says what was so."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from conftest import SOAK
from histories_of_pages import FUNCTIONS, LENGTH, START, Outage, PagerDutyAccount, Poll, StatusPage

from ledger.imports.pagerduty.reader import PagerDutyOptions, read_pagerduty
from ledger.imports.statements import Reading, SourceFile
from ledger.imports.statuspage.mapping import StatuspageOptions
from ledger.imports.statuspage.reader import read_statuspage

SEEDS = range(2000 if SOAK else 100)
MAPPED = StatuspageOptions(functions=FUNCTIONS, all_accounts=True)
SERVED = PagerDutyOptions(functions=FUNCTIONS, all_accounts=True)
MINUTE_US = 60_000_000


def page(*documents: object) -> Reading:
    return read_statuspage([SourceFile("f", [json.dumps(one).encode()]) for one in documents], MAPPED)


def paged(*documents: object) -> Reading:
    return read_pagerduty([SourceFile("f", [json.dumps(one).encode() + b"\n" for one in documents])], SERVED)


def outages(reading: Reading) -> list[Outage]:
    return sorted(
        Outage(one.key, one.start.us // MINUTE_US, None if one.end is None else one.end.us // MINUTE_US)
        for one in reading.statements
    )


def files(poll: Poll) -> list[SourceFile]:
    return [SourceFile(name, data.splitlines(keepends=True)) for name, data in poll.files]


def moments(seed: int) -> Iterable[int]:
    return (START + (LENGTH * part + seed) // 4 for part in (1, 2, 3))


@pytest.mark.parametrize("part", range(10))
def test_a_status_page_says_what_was_so_in_whatever_files(part: int) -> None:
    found = 0
    for seed in SEEDS[part::10]:
        lived = StatusPage(seed)
        for minute in moments(seed):
            told, expected = page(lived.complete(minute)), lived.outages(minute)
            assert outages(told) == expected, seed
            assert outages(page(lived.incidents(minute), lived.maintenances(minute))) == expected, seed
            incidents = [one for one in told.statements if one.scope == "pg/incidents"]
            listed = page(*lived.v1(minute, 1 + seed % 7))
            assert outages(listed) == sorted(
                Outage(one.key, one.start.us // MINUTE_US, None if one.end is None else one.end.us // MINUTE_US)
                for one in incidents
            ), seed
            assert set(outages(page(lived.latest(minute, 3)))) <= set(expected), seed
            lasting = {one for one in expected if one.end is None}
            assert lasting <= set(outages(page(lived.summary(minute)))) <= set(expected), seed
            found += len(expected)
    assert found > 100


@pytest.mark.parametrize("part", range(10))
def test_an_older_file_given_together_with_a_newer_one_changes_nothing(part: int) -> None:
    for seed in SEEDS[part::10]:
        lived = StatusPage(seed)
        before, _, now = moments(seed)
        both = page(lived.complete(before), lived.incidents(before), lived.complete(now))
        assert outages(both) == lived.outages(now), seed


@pytest.mark.parametrize("part", range(10))
def test_a_pagerduty_account_says_what_was_so_in_whatever_form(part: int) -> None:
    found = 0
    for seed in SEEDS[part::10]:
        lived = PagerDutyAccount(seed)
        for minute in moments(seed):
            told, expected = paged(lived.complete(minute)), lived.outages(minute)
            assert outages(told) == expected, seed
            assert outages(paged(*lived.pages(minute, 1 + seed % 5))) == expected, seed
            assert outages(paged(*lived.events(minute))) == expected, seed
            functions = {one.key: one.function for one in told.statements}
            assert {one.key: one.function for one in paged(*lived.events(minute)).statements} == functions, seed
            assert set(outages(paged(lived.latest(minute, 3)))) <= set(expected), seed
            assert outages(paged(lived.unresolved(START), lived.complete(minute))) == expected, seed
            found += len(expected)
    assert found > 100


@pytest.mark.parametrize("part", range(10))
def test_whatever_is_answered_is_read(part: int) -> None:
    kinds = set()
    for seed in SEEDS[part::10]:
        for poll in StatusPage(seed).polls(12):
            read_statuspage(files(poll), MAPPED)
            kinds.add(poll.kind)
        for poll in PagerDutyAccount(seed).polls(12):
            read_pagerduty(files(poll), SERVED)
            kinds.add(poll.kind)
    assert len(kinds) == 9
