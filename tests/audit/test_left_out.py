"""Which events a dossier has, and that both checkers find it where one that matters was left out."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from browser_checker import BrowserChecker
from conftest import ROOT, SOAK, CommandLine
from test_both_checkers import opened, ours_finds, ours_tell, resealed, tell_facts, theirs_finds
from test_verifier import (
    Teller,
    at,
    decisions,
    dossiers,
    findings,
    history,
    sealed,
    stranger,
    verifier,
    whole_dossiers,
)

from ledger.application import Ledger
from ledger.audit import dossier as ours
from ledger.log import leaves
from ledger.log.codec import Row
from ledger.refusals.audit.evidence import BadDossier

Json = dict[str, Any]
CLAIM = "A 2026-03"


@pytest.fixture
def told(blank: Path, tmp_path: Path) -> Iterator[Teller]:
    """A ledger in which the account is enrolled, and its bill for March is recorded."""
    with begun(blank, tmp_path) as told:
        yield told


@contextmanager
def begun(blank: Path, folder: Path) -> Iterator[Teller]:
    shutil.copy(blank, folder / "slaledger.db")
    with Ledger.open(f"sqlite:///{folder / 'slaledger.db'}") as ledger:
        told = Teller(ledger)
        told("account enroll", account="A", enrolled_at=at("2025-01-01"), region="r1")
        billed(told, "B-03", "2026-03")
        yield told


def billed(told: Teller, bill: str, month: str, months: int = 1) -> None:
    fees = {"product_fee": "1000.00", "call_fee": "400.00", "billed_at": at("2026-12-01")}
    told("fees bill", bill=bill, account="A", first_month=month, months=months, **fees)


def outage(told: Teller, incident: str, start: str, end: str | None, **whom: Any) -> None:
    whom = whom or {"account": "A"}
    told("incident open", incident=incident, function="agent_calls", started_at=at(start), **whom)
    if end is not None:
        told("incident close", incident=incident, ended_at=at(end))


def decided(told: Teller, month: str = "2026-03") -> None:
    last = at(f"{month}-28") + timedelta(days=40)
    told("claim file", account="A", month=month, filed_at=last)
    told("claim decide", account="A", month=month, decided_at=last)


def awarded(told: Teller, month: str) -> None:
    """A voucher for a month of which nothing else is told."""
    outage(told, f"I-{month}", f"{month}-03 10:00", f"{month}-03 14:00")
    billed(told, f"B-{month}", month)
    decided(told, month)
    told("voucher issue", account="A", month=month, issued_at=at("2026-11-01"), voucher=f"V-{month}")


def paid(told: Teller, month: str, bill: str) -> None:
    amount = {"part": "service", "amount": "1.00", "redeemed_at": at("2026-12-02"), "shown_on_bill": False}
    told("voucher redeem", voucher=f"V-{month}", bill=bill, **amount)


# Stories: what is told, which streams are in the dossier of the claim for March, and which are not.


def outages_that_touch(told: Teller) -> None:
    """One begins in March; the next touches it, and a third the next; a fourth stands a second apart."""
    outage(told, "IN", "2026-03-31 23:00", "2026-04-01 00:10")
    outage(told, "NEXT", "2026-04-01 00:10", "2026-04-01 02:00")
    outage(told, "THIRD", "2026-04-01 01:00", "2026-04-01 03:00")
    outage(told, "APART", "2026-04-01 03:00:01", "2026-04-01 04:00")
    decided(told)


def outages_up_to_the_month(told: Teller) -> None:
    """What ends as the month begins, or begins as it ends, is not of it."""
    outage(told, "BEFORE", "2026-02-28 10:00", "2026-03-01 00:00")
    outage(told, "AFTER", "2026-04-01 00:00", "2026-04-01 10:00")
    decided(told)


def open_when_it_was_decided(told: Teller) -> None:
    outage(told, "OPEN", "2026-02-10 10:00", None)
    outage(told, "SHORT", "2026-02-09 10:00", "2026-02-09 12:00")
    decided(told)
    told("incident close", incident="OPEN", ended_at=at("2026-02-10 12:00"))


def open_before_it_was_decided(told: Teller) -> None:
    """No decision knew it open."""
    outage(told, "OPEN", "2026-02-10 10:00", None)
    told("incident close", incident="OPEN", ended_at=at("2026-02-10 12:00"))
    decided(told)


def corrected_into_another_month(told: Teller) -> None:
    outage(told, "WAS", "2026-03-10 10:00", "2026-03-10 12:00")
    decided(told)
    told("incident correct", incident="WAS", started_at=at("2026-02-10 10:00"), reason="r")
    told("incident correct", incident="WAS", ended_at=at("2026-02-10 12:00"), reason="r")


def known_only_later(told: Teller) -> None:
    decided(told)
    outage(told, "LATE", "2026-03-10 10:00", "2026-03-10 12:00")
    outage(told, "OTHER", "2026-05-10 10:00", "2026-05-10 12:00")


def bills(told: Teller) -> None:
    billed(told, "HALF-YEAR", "2026-01", months=6)
    billed(told, "APRIL", "2026-04")
    billed(told, "UP-TO-IT", "2026-01", months=2)
    decided(told)


def what_money_connects(told: Teller) -> None:
    """A voucher of January paid March's bill and one of June; that of April paid June's too, and that of May none."""
    for month in ("2026-01", "2026-04", "2026-05"):
        awarded(told, month)
    billed(told, "B-06", "2026-06")
    for month, bill in (("2026-01", "B-03"), ("2026-01", "B-06"), ("2026-04", "B-06")):
        paid(told, month, bill)
    decided(told)


def its_own_voucher(told: Teller) -> None:
    outage(told, "IN", "2026-03-10 10:00", "2026-03-10 14:00")
    decided(told)
    told("voucher issue", account="A", month="2026-03", issued_at=at("2026-11-01"), voucher="V-2026-03")
    billed(told, "B-06", "2026-06")
    billed(told, "B-07", "2026-07")
    paid(told, "2026-03", "B-06")


def a_region_of_some_decisions(told: Teller) -> None:
    """Of the outage in May the first decision counts the events, and the second does not."""
    outage(told, "OF-R1", "2026-05-10 10:00", "2026-05-10 12:00", regions=["r1"])
    outage(told, "OF-ALL", "2026-05-10 10:00", "2026-05-10 12:00", all_accounts=True)
    outage(told, "OF-R3", "2026-05-10 10:00", "2026-05-10 12:00", regions=["r3"])
    decided(told)
    told("account correct", account="A", region="r2", reason="it was another")
    outage(told, "IN", "2026-03-10 10:00", "2026-03-10 14:00")
    told("claim redecide", account="A", month="2026-03", reason="r")
    told("account correct", account="A", region="r3", reason="it was a third")


def outages_of_several(told: Teller) -> None:
    told("account enroll", account="B", enrolled_at=at("2025-01-01"))
    outage(told, "BOTH", "2026-03-10 10:00", "2026-03-10 12:00", accounts=["A", "B"])
    outage(told, "BOTH-LATER", "2026-05-10 10:00", "2026-05-10 12:00", accounts=["A", "B"])
    decided(told)


STORIES: dict[Callable[[Teller], None], tuple[set[str], set[str]]] = {
    outages_that_touch: ({"A/incident/IN", "A/incident/NEXT", "A/incident/THIRD"}, {"A/incident/APART"}),
    outages_up_to_the_month: (set(), {"A/incident/BEFORE", "A/incident/AFTER"}),
    open_when_it_was_decided: ({"A/incident/OPEN"}, {"A/incident/SHORT"}),
    open_before_it_was_decided: (set(), {"A/incident/OPEN"}),
    corrected_into_another_month: ({"A/incident/WAS"}, set()),
    known_only_later: ({"A/incident/LATE"}, {"A/incident/OTHER"}),
    bills: ({"A/bill/HALF-YEAR"}, {"A/bill/APRIL", "A/bill/UP-TO-IT"}),
    what_money_connects: (
        {"A/claim/2026-01", "A/voucher/V-2026-01", "A/claim/2026-04", "A/voucher/V-2026-04", "A/bill/B-06"},
        {"A/claim/2026-05", "A/voucher/V-2026-05"}
        | {f"A/{kind}-2026-{month}" for kind in ("bill/B", "incident/I") for month in ("01", "04", "05")},
    ),
    its_own_voucher: ({"A/incident/IN", "A/voucher/V-2026-03", "A/bill/B-06"}, {"A/bill/B-07"}),
    a_region_of_some_decisions: ({"A/incident/IN", "~/incident/OF-R1"}, {"~/incident/OF-ALL", "~/incident/OF-R3"}),
    outages_of_several: (
        {"A/incident/BOTH", "~/incident/BOTH"},
        {"A/incident/BOTH-LATER", "~/incident/BOTH-LATER"},
    ),
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_is_there_and_what_is_left_out(told: Teller, story: Callable[[Teller], None]) -> None:
    here, away = STORIES[story]
    story(told)
    data = dossiers(told.ledger)[CLAIM]
    assert _optional(data) == here
    assert away <= {row.stream for row in _rows(told.ledger)}
    assert away.isdisjoint(_optional(data))
    assert (ours_finds(data), findings(data)) == (False, [])


def _optional(data: bytes) -> set[str]:
    """The streams of a dossier, without those that all dossiers of March have."""
    always = ("~/ledger", "~/terms/", "~/calendar/", "A/account", "A/claim/2026-03", "A/bill/B-03")
    return {event["stream"] for event in json.loads(data)["events"] if not event["stream"].startswith(always)}


def _rows(ledger: Ledger) -> list[Row]:
    with ledger.reading() as log:
        return list(log.since(0))


@pytest.mark.parametrize("seed", range(40 if SOAK else 4))
def test_streams_are_left_out_as_a_whole(seed: int, blank: Path, tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{shutil.copy(blank, tmp_path / 'slaledger.db')}") as ledger:
        history(Random(seed), Teller(ledger, strict=False))
        made, whole = dossiers(ledger), whole_dossiers(ledger, ours.WITH_CONTROLS)
        stream_of = {row.position: row.stream for row in _rows(ledger)}
        leaf_of = {row.position: _hashed(row) for row in _rows(ledger)}
    for claim, data in made.items():
        said, complete = json.loads(data), json.loads(whole[claim])
        absent = {each["position"]: each["leaf"] for each in said.get("left_out", [])}
        here = {event["stream"] for event in said["events"]}
        assert here.isdisjoint(stream_of[position] for position in absent)
        assert {event["stream"] for event in complete["events"]} >= here
        assert absent == {position: leaf_of[position] for position in absent}
        assert (ours_finds(data), findings(data)) == (False, [])


def _hashed(row: Row) -> str:
    return base64.b64encode(leaves.leaf_hash(row)).decode()


# A composer who leaves out too much, or something else.


def without(data: bytes, *streams: str) -> bytes:
    """The dossier as one who leaves these streams out, and puts the hashes of their leaves in their place."""
    said = json.loads(data)
    away = [event for event in said["events"] if event["stream"] in streams]
    assert away
    latest = max(decision["facts"]["position"] for decision in decisions(data))
    absent = [_absent(event) for event in away if event["position"] <= latest]
    said["events"] = [event for event in said["events"] if event not in away]
    said["left_out"] = sorted([*said.get("left_out", []), *absent], key=lambda each: each["position"])
    return sealed(said)


def _absent(event: Json) -> Json:
    leaf = base64.b64encode(verifier.leaf_hash(event)).decode()
    return {"position": event["position"], "leaf": leaf}


def rich(told: Teller) -> None:
    """A claim that everything matters to: a chain of outages, an outage of several, and vouchers of other months."""
    told("account enroll", account="B", enrolled_at=at("2025-01-01"))
    awarded(told, "2026-01")
    paid(told, "2026-01", "B-03")
    outages_that_touch(told)
    outage(told, "BOTH", "2026-03-10 10:00", "2026-03-10 14:00", accounts=["A", "B"])
    outage(told, "LONG", "2026-05-10 10:00", "2026-05-10 14:00", all_accounts=True)
    told("claim redecide", account="A", month="2026-03", reason="more became known")


@pytest.fixture(scope="module")
def folder(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a ledger with that claim."""
    folder = tmp_path_factory.mktemp("rich")
    with begun(blank, folder) as told:
        rich(told)
    return folder


@pytest.fixture(scope="module")
def case(folder: Path) -> bytes:
    """The claim's dossier."""
    with CommandLine(folder).opened() as ledger:
        data = dossiers(ledger)[CLAIM]
    assert (ours_finds(data), theirs_finds(data)) == (False, False)
    return data


NEEDED = {
    "an outage of the month": ("A/incident/IN",),
    "an outage that lengthens one of the month": ("A/incident/THIRD",),
    "an outage of several": ("A/incident/BOTH", "~/incident/BOTH"),
    "the shared side of an outage": ("~/incident/BOTH",),
    "the account's side of an outage": ("A/incident/BOTH",),
    "the month's bill": ("A/bill/B-03",),
    "a voucher that paid it": ("A/voucher/V-2026-01",),
    "the claim of that voucher": ("A/claim/2026-01",),
    "the account": ("A/account",),
    "the claim": ("A/claim/2026-03",),
    "the terms": ("~/terms/aliyun-ccc",),
    "the calendar": ("~/calendar/CN-2026",),
}


@pytest.mark.parametrize("what", NEEDED)
def test_what_matters_is_missed_by_both(case: bytes, what: str) -> None:
    data = without(case, *NEEDED[what])
    assert (ours_finds(data), theirs_finds(data)) == (True, True)


def test_what_does_not_matter_may_be_left_out_but_not_without_its_hash(case: bytes, folder: Path) -> None:
    with CommandLine(folder).opened() as ledger:
        data = whole_dossiers(ledger, ours.WITH_CONTROLS)[CLAIM]
    away = {event["stream"] for event in json.loads(data)["events"]}
    away -= {event["stream"] for event in json.loads(case)["events"]}
    assert away >= {"A/incident/APART", "~/incident/LONG", "A/incident/I-2026-01", "A/bill/B-2026-01"}
    assert without(data, *away) == case
    said = json.loads(case)
    del said["left_out"]
    assert (ours_finds(sealed(said)), theirs_finds(sealed(said))) == (True, True)


OTHER = base64.b64encode(bytes(32)).decode()


def swapped(absent: list[Json]) -> None:
    absent[0]["leaf"], absent[1]["leaf"] = absent[1]["leaf"], absent[0]["leaf"]


def moved_behind(absent: list[Json]) -> None:
    """Behind the next one, so that their hashes are counted in another order."""
    absent[0]["position"] = absent[1]["position"] + 1
    absent.sort(key=lambda each: each["position"])


def moved_behind_a_decision(absent: list[Json]) -> None:
    """The first decision did not know it then."""
    absent[-1]["position"] = absent[-1]["position"] + 10**6


LISTED: dict[str, Callable[[list[Json]], None]] = {
    "one is dropped": lambda absent: absent.pop(0) and None,
    "all are dropped": lambda absent: absent.clear(),
    "one is added": lambda absent: absent.insert(0, {"position": 1, "leaf": OTHER}),
    "one is told twice": lambda absent: absent.insert(0, dict(absent[0])),
    "another leaf": lambda absent: absent[0].update(leaf=OTHER),
    "leaves are swapped": swapped,
    "positions are swapped": lambda absent: absent.reverse(),
    "behind the next one": moved_behind,
    "behind all decisions": moved_behind_a_decision,
    "no position": lambda absent: absent[0].update(position=0),
    "a text": lambda absent: absent[0].update(position="1"),
    "a hash of 31 bytes": lambda absent: absent[0].update(leaf=base64.b64encode(bytes(31)).decode()),
    "no hash": lambda absent: absent[0].update(leaf="?"),
    "another way to write a hash": lambda absent: absent[0].update(leaf=absent[0]["leaf"] + "\n"),
    "one more field": lambda absent: absent[0].update(stream="A/bill/B-04"),
    "no object": lambda absent: absent.insert(0, []),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("change", LISTED)
def test_a_list_that_says_otherwise_is_found_by_both(case: bytes, change: str) -> None:
    said = json.loads(case)
    LISTED[change](said["left_out"])
    data = sealed(said)
    assert (ours_finds(data), theirs_finds(data)) == (True, True)


def test_an_event_that_is_there_is_not_left_out_as_well(case: bytes) -> None:
    """By both sides: also where the hash is that of the event."""
    said = json.loads(case)
    said["left_out"] = sorted([*said["left_out"], _absent(said["events"][-3])], key=lambda each: each["position"])
    assert (ours_finds(sealed(said)), theirs_finds(sealed(said))) == (True, True)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_decision_that_passed_over_an_event_is_found_by_all(
    told: Teller, in_browser: BrowserChecker, is_there: bool
) -> None:
    """It says that it knew less than what stands before it, there or left out, and counts and decides it so."""
    told("claim file", account="A", month="2026-03", filed_at=at("2026-05-07"))
    if is_there:
        told("account rename", account="A", name="Lakeside Bank")
    else:
        billed(told, "B-04", "2026-04")
    told("claim decide", account="A", month="2026-03", decided_at=at("2026-05-07"))
    told("fees correct", bill="B-03", product_fee="1001.00", reason="an item was forgotten")
    told("claim redecide", account="A", month="2026-03", reason="the bill was corrected")
    said = opened(dossiers(told.ledger)[CLAIM])
    decision = next(event for event in said["events"] if event["topic"] == "claim.decided")
    filed = next(event for event in said["events"] if event["topic"] == "claim.filed")
    places = [each["position"] for each in (*said["events"], *said.get("left_out", ()))]
    passed = max(place for place in places if place < decision["position"])
    known = [event for event in said["events"] if event["position"] <= filed["position"]]
    tell_facts(known, [], decision)
    data = resealed(said, facts=False)
    assert f"and position {passed} stands before it too" in "".join(ours_tell(data))
    assert f"it knew the log up to {filed['position']}, but was made at" in "".join(findings(data))
    assert "knew_less" in {each.code for each in in_browser.verdict(data).findings}


def test_that_a_decision_knew_what_stands_behind_it_is_found_by_all(told: Teller, in_browser: BrowserChecker) -> None:
    decided(told)
    said = opened(dossiers(told.ledger)[CLAIM])
    (decision,) = (event for event in said["events"] if event["topic"] == "claim.decided")
    decision["state"]["data"]["decision"]["facts"]["position"] = decision["position"]
    data = resealed(said, facts=False)
    assert "which does not stand before it" in "".join(ours_tell(data))
    assert "but was made at" in "".join(findings(data))
    assert "knew_less" in {each.code for each in in_browser.verdict(data).findings}


def test_a_decision_that_says_that_it_knew_nothing_has_a_dossier_in_which_that_is_found(
    told: Teller, tmp_path: Path
) -> None:
    outage(told, "IN", "2026-03-10 10:00", "2026-03-10 14:00")
    decided(told)
    line = CommandLine(tmp_path)
    position, *_, state = next(row for row in line.rows() if row[3] == "claim.decided")
    known = json.loads(state)["data"]["decision"]["facts"]["position"]
    changed = state.replace(f'"facts":{{"position":{known}'.encode(), b'"facts":{"position":0')
    line.tamper("UPDATE stored_events SET state = ? WHERE position = ?", changed, position)
    line.ok("dossier", "A", "2026-03", "-o", "case.json")
    data = (tmp_path / "case.json").read_bytes()
    assert (ours_finds(data), theirs_finds(data)) == (True, True)


# Formats, and what is said.


@pytest.mark.parametrize("number", [1, 2])
def test_what_earlier_versions_wrote_is_read_by_both(number: int) -> None:
    data = (ROOT / "tests" / "golden_dossiers" / f"format-{number}.json").read_bytes()
    assert json.loads(data)["format"] == f"slaledger-dossier-{number}"
    assert (ours_finds(data), findings(data)) == (False, [])


def test_format_1_leaves_nothing_out(case: bytes) -> None:
    said = json.loads(case)
    data = sealed({**said, "format": ours.FORMAT})
    with pytest.raises(verifier.Unreadable):
        findings(data)
    with pytest.raises(BadDossier, match="format slaledger-dossier-1 has no `left_out`"):
        ours.read(data)


def test_every_dossier_is_of_format_2(told: Teller) -> None:
    decided(told)
    said = json.loads(dossiers(told.ledger)[CLAIM])
    assert said["format"] == ours.WITH_CONTROLS
    assert "left_out" not in said


def test_how_many_were_left_out_is_said(case: bytes, folder: Path) -> None:
    line, count = CommandLine(folder), len(json.loads(case)["left_out"])
    assert line.ok("dossier", "A", "2026-03", "-o", "case.json")["left_out"] == count
    assert line.ok("verify-dossier", "case.json")["left_out"] == count
    printed = line.run("verify-dossier", "case.json", "--format", "table").stdout
    theirs = stranger(folder / "case.json").stdout
    words = (
        f"{count} events of other months are left out: their hashes were checked; whether the rules let them in was not"
    )
    assert [text.splitlines()[1].rstrip(".") for text in (printed, theirs)] == [words, words]
    made = line.run("dossier", "A", "2026-03", "-o", "case.json", "--force", "--format", "table").stdout
    assert made.splitlines()[1] == f"{count} events of other months are left out: a dossier has only their hashes"
