"""`audit verify` lists what no rule would have let in: for every field of every event, a change that a rule forbids.

The table names each field of each topic, made from the events' own definitions: a new field without a row fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest
from build import amended
from conftest import CommandLine
from keys import ALICE, ALICE_2, BOB
from stores import SqliteStore, Store

from domain.admissible.check import Inadmissible, inadmissible
from domain.as_of import as_of
from domain.case import Case, Fact, fold
from domain.commands import CloseIncident, Command, CorrectIncident, OpenIncident
from domain.commands.imports import KeepIncident, ReleaseIncident, RestoreIncident
from domain.events import ClaimDecided, Heard, SourceRead
from domain.events.topics import TOPICS
from domain.time import DAY_US, FOREVER, Instant
from domain.values import FunctionName, Id, Seconds, Words
from ledger.audit.admissible import LogCheck
from ledger.commands.execution import execute
from ledger.log import streams
from ledger.log.codec import Row, decode

NOW = Instant.parse("2026-11-21T10:00:00+08:00")
FREE = None
"""A field in which every value that can be read is admissible."""


TELEPHONE = {"reported_by": "duty officer", "evidence": [{"name": "call.wav", "sha256": "ab" * 32}], "reason": "r"}


def batch() -> Iterator[dict[str, Any]]:
    """Commands by which, with those of imports, every topic is recorded."""
    version = amended("2026-10-01", "2026-10-01")
    yield {"command": "terms publish", "document": version, "noticed_at": "2026-08-01T00:00:00+08:00"}
    yield {"command": "account enroll", "account": "A", "enrolled_at": "2026-01-05T00:00:00+08:00", "region": "cn-1"}
    yield {"command": "account enroll", "account": "B", "enrolled_at": "2026-01-05T00:00:00+08:00"}
    yield {
        "command": "account restage",
        "account": "B",
        "stage": "public_beta",
        "changed_at": "2026-05-01T00:00:00+08:00",
    }
    yield {"command": "account move", "account": "A", "region": "cn-2", "moved_at": "2026-09-01T00:00:00+08:00"}
    yield {"command": "account rename", "account": "A", "name": "Lakeside Bank"}
    yield {"command": "account correct", "account": "A", "region": "cn-3", "reason": "typed wrongly"}
    yield {"command": "account close", "account": "B", "closed_at": "2026-10-01T00:00:00+08:00"}
    yield {"command": "controls set", "provider_name": "Cloud", "provider_address": "1 West Road", "reason": "r"}
    yield {"command": "controls set", "approval_above": "50.00", "reason": "r"}
    down = {"function": "inbound_routing", "started_at": "2026-03-10T10:00:00+08:00"}
    yield {"command": "incident open", "incident": "I", "account": "A", **down, "key": "k-1"}
    yield {"command": "incident close", "incident": "I", "ended_at": "2026-03-10T12:00:00+08:00", **TELEPHONE}
    yield {"command": "incident correct", "incident": "I", "ended_at": "2026-03-10T13:00:00+08:00", "reason": "r"}
    yield {"command": "incident correct", "incident": "I", "started_at": "2026-03-10T09:59:00+08:00", "reason": "r"}
    yield {"command": "incident correct", "incident": "I", "function": "agent_calls", "reason": "r"}
    yield {"command": "incident reopen", "incident": "I", "reason": "r"}
    yield {"command": "incident close", "incident": "I", "ended_at": "2026-03-10T13:00:00+08:00"}
    yield {"command": "incident open", "incident": "S", "accounts": ["A", "B"], **down}
    yield {"command": "incident withdraw", "incident": "S", "reason": "r"}
    told = {"notified_at": "2026-03-01T00:00:00+08:00", "clause": "2.3(5)"}
    evidence = [{"name": "mail.eml", "sha256": "0" * 64, "uri": "https://example.org/mail"}]
    span = {"from": "2026-03-10T10:00:00+08:00", "to": "2026-03-10T10:10:00+08:00"}
    yield {"command": "exclusion apply", "incident": "I", **told, **span, "evidence": evidence, "reason": "r"}
    announced = {"announced_from": "2026-03-10T10:00:00+08:00", "announced_to": "2026-03-10T10:05:00+08:00"}
    yield {"command": "exclusion apply", "incident": "I", **told, **announced, **span, "reason": "r"}
    yield {"command": "exclusion withdraw", "incident": "I", "exclusion": 2, "reason": "r"}
    bill = {"command": "fees bill", "account": "A", "billed_at": "2026-04-01T00:00:00+08:00", "call_fee": "10.00"}
    yield {**bill, "bill": "B3", "first_month": "2026-03", "product_fee": "1000.00"}
    yield {**bill, "bill": "B4", "first_month": "2026-04", "product_fee": "500.00"}
    yield {
        **bill,
        "bill": "B6",
        "first_month": "2026-06",
        "product_fee": "900.00",
        "billed_at": "2026-07-01T00:00:00+08:00",
        "voucher_offset": {"service": "70.00", "call": "0.00"},
    }
    yield {"command": "fees void", "bill": "B4", "reason": "r"}
    yield {**bill, "bill": "B4", "first_month": "2026-04", "product_fee": "500.00", "again": True}
    amounts = {"product_fee": "1000.00", "call_fee": "20.00", "voucher_offset": {"service": "1.00", "call": "1.00"}}
    yield {"command": "fees correct", "bill": "B3", **amounts, "reason": "r"}
    claim = {"account": "A", "month": "2026-03"}
    yield {"command": "claim file", **claim, "filed_at": "2026-04-10T00:00:00+08:00", "statement": "calls failed"}
    yield {"command": "claim withdraw", **claim, "reason": "r"}
    yield {"command": "claim file", **claim, "filed_at": "2026-04-11T00:00:00+08:00", "evidence": evidence}
    yield {"command": "claim decide", **claim, "decided_at": "2026-04-20T00:00:00+08:00"}
    yield {"command": "claim dispute", **claim, "disputed_at": "2026-04-21T00:00:00+08:00", "grounds": "too little"}
    yield {"command": "claim redecide", **claim, "reason": "r", "decided_at": "2026-04-22T00:00:00+08:00"}
    yield {"command": "voucher issue", **claim, "voucher": "V", "issued_at": "2026-05-01T00:00:00+08:00"}
    pay = {"command": "voucher redeem", "voucher": "V", "account": "A", "bill": "B6", "part": "service"}
    yield {**pay, "amount": "50.00", "redeemed_at": "2026-07-02T00:00:00+08:00", "shown_on_bill": True}
    yield {**pay, "amount": "5.00", "redeemed_at": "2026-07-02T00:00:00+08:00", "shown_on_bill": False}
    yield {"command": "voucher reverse", "voucher": "V", "redemption": 2, "reason": "r"}
    yield {"command": "voucher cancel", "voucher": "V", "amount": "6.00", "reason": "r"}


def imported() -> Iterator[Command]:
    """Commands that only imports give."""
    start = Instant.parse("2026-04-10T10:00:00+08:00")
    yield OpenIncident(
        incident=Id("P"),
        function=FunctionName("agent_calls"),
        started_at=start,
        account=Id("A"),
        uncertainty_seconds=Seconds.parse("15"),
    )
    end = Instant(start + 3_600_000_000)
    step = Seconds.parse("15")
    yield CloseIncident(incident=Id("P"), ended_at=end, uncertainty_seconds=step)
    yield CorrectIncident(
        incident=Id("P"),
        started_at=Instant(start - 60_000_000),
        ended_at=Instant(end + 60_000_000),
        uncertainty_seconds=step,
        reason=Words("r"),
    )
    yield RestoreIncident(incident=Id("S"), reason=Words("the page tells of it again"))
    yield KeepIncident(incident=Id("P"), reason=Words("r"))
    yield ReleaseIncident(incident=Id("P"), reason=Words("r"))


@pytest.fixture(scope="module")
def facts(sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> list[Fact]:
    """A log in which every topic stands, as facts."""
    folder = tmp_path_factory.mktemp("every-topic")
    slaledger = CommandLine(folder, sqlite_store.blank(folder))
    tell_every_topic(slaledger)
    with slaledger.opened() as ledger:
        read = SourceRead(source="statuspage", scope="", files=("0" * 64,), said_at=int(NOW) - DAY_US, since=1, until=2)
        with ledger.writing() as log:
            log.append([(streams.source("statuspage"), read)], log.recorded_at(), "importer")
    return [decode(Row(*row)) for row in slaledger.rows()]


def tell_every_topic(slaledger: CommandLine) -> None:
    """Record what the batch and imports tell, with the approvals that it needs."""
    commands = list(batch())
    issue = next(number for number, one in enumerate(commands) if one["command"] == "voucher issue")
    for part in (commands[:issue], commands[issue:]):
        done = slaledger.batch(*part)
        assert done.returncode == 0, done.stderr
        slaledger.ok("--actor", "checker", "voucher", "approve", "A", "2026-03")
    with slaledger.opened() as ledger:
        for command in imported():
            execute(ledger, command, "importer")
    tell_keys(slaledger)


def tell_keys(slaledger: CommandLine) -> None:
    """Record keys of `alice`, and controls that she signs."""
    slaledger.ok("actor", "add-key", "alice", ALICE.public)
    signed = ("--actor", "alice", "--sign", ALICE.file(slaledger.folder))
    slaledger.ok(*signed, "actor", "add-key", "alice", ALICE_2.public)
    slaledger.ok(*signed, "actor", "retire-key", "alice", ALICE_2.public, "--reason", "r")
    for word in ("true", "false"):
        slaledger.ok(*signed, "controls", "set", "--signed", word, "--reason", "r")


_IN_COMMON = ("~/terms/", "~/calendar/", "~/controls", "~/ledger")


def forbidden(facts: Sequence[Fact]) -> list[Inadmissible]:
    """What no rule would have let into a log, by position."""
    check = LogCheck()
    found = [one for fact in facts for one in check.take(fact)]
    published = [fact for fact in facts if fact.stream.startswith(_IN_COMMON)]

    def rules(position: int) -> Case:
        return fold(fact for fact in published if fact.position <= position)

    by_owner = sorted(
        (fact for fact in facts if not fact.stream.startswith("~") or fact.stream.startswith("~/incident/")),
        key=lambda fact: (_owner(fact), fact.position),
    )
    for _, own in groupby(by_owner, key=_owner):
        found += inadmissible(list(own), rules)
    return sorted([*found, *check.reservations.end()], key=lambda one: one.position)


def _owner(fact: Fact) -> str:
    return fact.stream if fact.stream.startswith("~") else streams.owner(fact.stream)


Change = Callable[[Any], Any]


def to(value: object) -> Change:
    """Another value."""
    return lambda _: value


def by(span: int) -> Change:
    """A number, changed by a span."""
    return lambda value: value + span


LATER, EARLIER = by(10 * 365 * DAY_US), by(-10 * 365 * DAY_US)
NOT_BEFORE_1970 = to(-1)
BEYOND = to(10**12)
ANOTHER = to("another")
OF_ANOTHER_BILL = {"bill": ANOTHER, "voucher": ANOTHER, "redemption": by(1)}

FORBIDDEN: dict[str, dict[str, Change | None]] = {
    "ledger.created": {"ledger": FREE},
    "ledger.upgraded": {"rules": by(1), "version": to(" ")},
    "id.reserved": {"kind": to("bill"), "id": ANOTHER, "owner": ANOTHER, "content_sha256": to("0" * 64)},
    "key.used": {"key": ANOTHER, "command": to("money print"), "content_sha256": to("none")},
    "terms.published": {
        "agreement": ANOTHER,
        "version": ANOTHER,
        "effective_at": by(1),
        "sha256": to("0" * 64),
        "document": lambda text: text.replace("schema = 1", "schema = 1 #"),
        "noticed_at": LATER,
    },
    "calendar.published": {
        "country": to("XX"),
        "year": by(1),
        "sha256": to("0" * 64),
        "source": FREE,
        "holidays": lambda days: days[1:],
        "workdays": lambda days: days[1:],
    },
    "controls.set": {
        "approval_above_fen": to(-1),
        "provider_name": to("\x07"),
        "provider_address": to(" "),
        "signed": to(True),
    },
    "actor.key_added": {"actor": ANOTHER, "public_key": to(BOB.public[:-1])},
    "actor.key_retired": {"actor": ANOTHER, "public_key": to(BOB.public)},
    "account.enrolled": {
        "account": ANOTHER,
        "enrolled_at": LATER,
        "stage": FREE,
        "region": to("no region"),
        "covered_in_beta": FREE,
    },
    "account.restaged": {"account": ANOTHER, "stage": FREE, "changed_at": EARLIER},
    "account.moved": {"account": ANOTHER, "region": to("no region"), "moved_at": EARLIER},
    "account.named": {"account": ANOTHER, "name": to("\x07")},
    "account.corrected": {
        "account": ANOTHER,
        "enrolled_at": to(Instant.parse("2026-10-01T00:00:00+08:00")),
        "stage": FREE,
        "region": to("no region"),
        "covered_in_beta": FREE,
    },
    "account.closed": {"account": ANOTHER, "closed_at": EARLIER},
    "incident.opened": {
        "incident": ANOTHER,
        "function": to("tea_making"),
        "started_at": LATER,
        "scope": to("regions"),
        "account": ANOTHER,
        "regions": to(("cn-1",)),
    },
    "incident.joined": {"incident": ANOTHER, "account": ANOTHER},
    "incident.closed": {"incident": ANOTHER, "ended_at": EARLIER},
    "incident.corrected": {"incident": ANOTHER, "started_at": LATER, "ended_at": EARLIER},
    "incident.reopened": {"incident": ANOTHER},
    "incident.function_corrected": {"incident": ANOTHER, "function": to("inbound_routing")},
    "incident.withdrawn": {"incident": ANOTHER},
    "incident.restored": {"incident": ANOTHER},
    "incident.reported": {
        "incident": ANOTHER,
        "moment": to("start"),
        "reported_by": to("\x07"),
        "evidence": lambda pieces: (msgspec.structs.replace(pieces[0], sha256="none"),),
    },
    "incident.kept": {"incident": ANOTHER},
    "incident.released": {"incident": ANOTHER},
    "exclusion.applied.v2": {
        "incident": ANOTHER,
        "exclusion": by(1),
        "clause": to("9.9"),
        "from_at": LATER,
        "to_at": EARLIER,
        "notified_at": by(30 * DAY_US),
        "evidence": lambda pieces: (msgspec.structs.replace(pieces[0], sha256="none"),),
    },
    "exclusion.withdrawn": {"incident": ANOTHER, "exclusion": by(1)},
    "source.read": {
        "source": ANOTHER,
        "scope": FREE,
        "files": to(("none",)),
        "said_at": LATER,
        "since": by(9),
        "until": to(-1),
        "lasting": to((Heard(key="Q1", said_at=int(NOW) + 10 * 365 * DAY_US),)),
    },
    "fees.billed": {
        "bill": ANOTHER,
        "account": ANOTHER,
        "first_month": to("2026-13"),
        "months": to(121),
        "billed_at": LATER,
        "product_fee_fen": to(1),
        "call_fee_fen": BEYOND,
        "service_voucher_fen": BEYOND,
        "call_voucher_fen": BEYOND,
    },
    "fees.corrected": {
        "bill": ANOTHER,
        "product_fee_fen": to(1),
        "call_fee_fen": BEYOND,
        "service_voucher_fen": BEYOND,
        "call_voucher_fen": BEYOND,
    },
    "fees.voided": {"bill": ANOTHER},
    "fees.restored": {"bill": ANOTHER},
    "fees.paid_by_voucher": {
        **OF_ANOTHER_BILL,
        "voucher_month": to("2026-04"),
        "part": to("call"),
        "amount_fen": by(-1),
    },
    "fees.payment_reversed": OF_ANOTHER_BILL,
    "fees.offset_explained": OF_ANOTHER_BILL,
    "claim.filed": {
        "account": ANOTHER,
        "month": to("2026-04"),
        "filed_at": by(-30 * DAY_US),
        "statement": to("\x07"),
    },
    "claim.withdrawn": {"account": ANOTHER, "month": to("2026-04")},
    "claim.decided": {
        "account": ANOTHER,
        "month": to("2026-04"),
        "decision": lambda raw: msgspec.Raw(bytes(raw).replace(b'"number":2', b'"number":3')),
    },
    "claim.evidenced": {
        "account": ANOTHER,
        "month": to("2026-04"),
        "evidence": lambda pieces: (msgspec.structs.replace(pieces[0], sha256="none"),),
    },
    "claim.approved": {
        "account": ANOTHER,
        "month": to("2026-04"),
        "decision": by(-1),
        "decision_sha256": to("0" * 64),
        "amount_fen": by(1),
        "position": by(-1),
    },
    "claim.disputed": {"account": ANOTHER, "month": to("2026-04"), "disputed_at": EARLIER, "grounds": to(" ")},
    "claim.paid": {"account": ANOTHER, "month": to("2026-04"), "voucher": ANOTHER, "amount_fen": by(1)},
    "claim.payment_cancelled": {"account": ANOTHER, "month": to("2026-04"), "voucher": ANOTHER, "amount_fen": by(1)},
    "voucher.issued": {
        "voucher": ANOTHER,
        "account": ANOTHER,
        "month": to("2026-04"),
        "amount_fen": by(1),
        "issued_at": EARLIER,
        "decision": by(1),
        "version": ANOTHER,
    },
    "voucher.redeemed": {
        "voucher": ANOTHER,
        "redemption": by(1),
        "bill": ANOTHER,
        "part": to("call"),
        "amount_fen": by(10**9),
        "redeemed_at": EARLIER,
    },
    "voucher.redemption_reversed": {"voucher": ANOTHER, "redemption": by(1)},
    "voucher.cancelled": {"voucher": ANOTHER, "amount_fen": by(10**9)},
}
"""For each field of a topic a change that a rule forbids."""
STEPS: Change = to(0)
FORBIDDEN |= {
    "incident.opened_within": {**FORBIDDEN["incident.opened"], "uncertainty_us": STEPS},
    "incident.closed_within": {**FORBIDDEN["incident.closed"], "uncertainty_us": STEPS},
    "incident.corrected_within": {**FORBIDDEN["incident.corrected"], "uncertainty_us": STEPS},
    "exclusion.applied_as_announced": {
        **FORBIDDEN["exclusion.applied.v2"],
        "evidence": FREE,
        "announced_from": LATER,
        "announced_to": EARLIER,
    },
}


def test_the_table_has_every_field_of_every_event() -> None:
    assert {topic: set(fields) for topic, fields in FORBIDDEN.items()} == {
        topic: set(kind.__struct_fields__) for topic, kind in TOPICS.items()
    }


def test_a_log_with_every_topic_has_nothing_that_no_rule_lets_in(facts: list[Fact]) -> None:
    assert {fact.topic for fact in facts} == set(TOPICS)
    assert forbidden(facts) == []


def test_every_topic_of_an_account_counts_from_some_instant_on(facts: list[Fact]) -> None:
    """An event that `domain/as_of.py` does not know would stop every answer of what was so at an instant."""
    own: dict[str, list[Fact]] = {}
    for fact in facts:
        if not fact.stream.startswith("~") or fact.stream.startswith("~/incident/"):
            own.setdefault(_owner(fact), []).append(fact)
    for told in own.values():
        assert fold(as_of(told, FOREVER)) == fold(told)


CHANGES = [(topic, field) for topic, fields in FORBIDDEN.items() for field, change in fields.items() if change]


@pytest.mark.parametrize(("topic", "field"), CHANGES)
def test_a_change_that_a_rule_forbids_is_found(facts: list[Fact], topic: str, field: str) -> None:
    change = FORBIDDEN[topic][field]
    assert change is not None
    place = _place(facts, topic, field)
    event = facts[place].event
    changed = msgspec.structs.replace(event, **{field: change(getattr(event, field))})
    assert changed != event
    found = forbidden([*facts[:place], msgspec.structs.replace(facts[place], event=changed), *facts[place + 1 :]])
    assert found, (topic, field)
    assert found[0].position <= facts[place].position or found[0].code in ("half_recorded", "recorded_otherwise")


def test_a_function_that_no_terms_have_is_found(facts: list[Fact]) -> None:
    place = _place(facts, "incident.function_corrected", "function")
    assert _codes(_with(facts, place, function="tea_making")) == {"unknown_function"}


@pytest.mark.parametrize(
    "change",
    [
        (b'"minimum_kind":"franchise"', b'"minimum_kind":"deductible"'),
        (b'"agreement":"aliyun-ccc"', b'"agreement":"another"'),
        (b'"number":2,', b'"number":2, '),
        (b'"format":3,', b'"format":1,'),
    ],
)
def test_a_decision_that_cites_other_terms_or_is_written_otherwise_is_found(
    facts: list[Fact], change: tuple[bytes, bytes]
) -> None:
    place = _place(facts, "claim.decided", "decision")
    record = _record(facts[place])
    assert change[0] in record
    assert "other_decision" in _codes(_with(facts, place, decision=msgspec.Raw(record.replace(*change))))


def _record(fact: Fact) -> bytes:
    assert isinstance(fact.event, ClaimDecided)
    return bytes(fact.event.decision)


@pytest.mark.parametrize("instant", [-1, 10**18])
def test_a_decision_at_no_instant_is_found_and_what_rests_on_it_is_told(facts: list[Fact], instant: int) -> None:
    place = _place(facts, "claim.decided", "decision")
    record = _record(facts[place])
    changed = re.sub(rb'"decided_at":[0-9]+', b'"decided_at":%d' % instant, record)
    assert "time_out_of_range" in _codes(_with(facts, place, decision=msgspec.Raw(changed)))


def test_an_outage_of_an_account_that_is_not_enrolled_is_found(facts: list[Fact]) -> None:
    opened = _place(facts, "incident.opened_within", "incident")
    left = [fact for fact in facts if fact.stream != "A/account"]
    assert (facts[opened].position, "unknown_account") in {(one.position, one.code) for one in forbidden(left)}


def test_an_account_is_named_once_and_together_with_the_outage(facts: list[Fact]) -> None:
    place = _place(facts, "incident.joined", "incident")
    joined = facts[place]
    again = msgspec.structs.replace(joined, version=2, position=facts[-1].position + 1)
    assert "no_effect" in _codes([*facts, again])
    apart = msgspec.structs.replace(joined, actor="another")
    assert _codes([*facts[:place], apart, *facts[place + 1 :]]) >= {"half_recorded"}


def _with(facts: Sequence[Fact], place: int, **changed: object) -> list[Fact]:
    event = msgspec.structs.replace(facts[place].event, **changed)
    return [*facts[:place], msgspec.structs.replace(facts[place], event=event), *facts[place + 1 :]]


def _codes(facts: Sequence[Fact]) -> set[str]:
    return {one.code for one in forbidden(facts)}


def _place(facts: Sequence[Fact], topic: str, field: str) -> int:
    """Where the last event of a topic stands that has a field."""
    places = [number for number, fact in enumerate(facts) if fact.topic == topic]
    return next((number for number in reversed(places) if getattr(facts[number].event, field) is not None), places[-1])


def test_a_voucher_above_the_limit_that_nobody_approved_is_listed(facts: list[Fact]) -> None:
    found = forbidden([fact for fact in facts if not _is_approval(fact)])
    (issued,) = [fact.position for fact in facts if fact.topic == "voucher.issued"]
    assert (found[0].position, found[0].code) == (issued, "approval_needed")


def test_an_approval_by_who_decided_the_claim_is_listed(facts: list[Fact]) -> None:
    (decider,) = {fact.actor for fact in facts if fact.topic == "claim.decided"}
    changed = [msgspec.structs.replace(fact, actor=decider) if _is_approval(fact) else fact for fact in facts]
    approvals = [fact.position for fact in facts if _is_approval(fact)]
    assert [(one.position, one.code) for one in forbidden(changed)] == [(at, "own_decision") for at in approvals]


def _is_approval(fact: Fact) -> bool:
    return fact.topic == "claim.approved"


def test_a_voucher_that_somebody_appends_is_listed_and_exits_4(
    shown: tuple[Path, str], store: Store, tmp_path: Path
) -> None:
    """Both sides and the reservation, as the software writes them, with no trigger put aside; no decision awards it."""
    demo = CommandLine(tmp_path, store.taken_over(shown[0] / "slaledger.db", tmp_path))
    claim = demo.ok("claim", "list")[0]
    account, month = claim["account"], claim["month"]
    names = {"voucher": "V-FORGED", "account": account, "month": month, "amount_fen": 5_000_000}
    forged = {**names, "issued_at": int(NOW), "decision": 1, "version": "2018-08-01"}
    position = demo.insert(f"{account}/voucher/V-FORGED", "voucher.issued", _state(forged))
    demo.insert(f"{account}/claim/{month}", "claim.paid", _state(names))
    done = demo.run("audit", "verify")
    found = json.loads(done.stdout)
    assert (done.returncode, found["first_bad_position"]) == (4, position)
    assert (found["inadmissible"][0]["position"], found["inadmissible"][0]["stream"]) == (
        position,
        f"{account}/voucher/V-FORGED",
    )
    assert {one["code"] for one in found["inadmissible"]} >= {"not_reserved"}
    assert "no rule lets this in" in demo.run("audit", "verify", "--format", "table").stdout
    assert demo.run("dossier", account, month, "-o", "case.json").returncode == 0
    checked = demo.run("verify-dossier", "case.json")
    assert checked.returncode == 4
    assert any(f"position {position}, " in each for each in json.loads(checked.stdout)["findings"])


def _state(data: dict[str, object]) -> bytes:
    return msgspec.json.encode({"recorded_at": int(NOW), "actor": "clerk", "data": data})
