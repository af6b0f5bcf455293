"""All three checkers of a dossier, ours, the stand-alone one and that of the browser, say the same of a case that was
changed and sealed again.

One field of one event is changed, or an event is taken out, told twice, appended or given another topic. Leaf hashes,
tree, proofs, checkpoint and digest are made anew, and in half of the cases the facts that decisions count, too: only
the content is wrong then.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import pytest
from browser_checker import BrowserChecker
from conftest import ROOT, SOAK, CommandLine
from keys import ALICE, ALICE_2, BOB
from stores import SqliteStore
from test_admissible import tell_every_topic
from test_verifier import Tree, dossiers, findings, sealed, verifier, whole_dossiers

from domain.events.topics import TOPICS, UPCASTERS
from domain.keys import encoded
from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.audit import dossier as ours
from ledger.audit.signatures import SignatureCheck
from ledger.log.codec import Row
from ledger.transparency.proofs import parse_checkpoint
from ledger.transparency.signed_notes import parse_signer_key, sign_bytes

Json = dict[str, Any]
SIGNERS = {key.public: parse_signer_key(key.signer) for key in (ALICE, ALICE_2)}
Change = Callable[[list[Json]], None]
"""A change of a case's events, each with its state read."""
STEP = 10
"""Positions are told this far apart, so that events fit between them."""


def later() -> Iterator[Json]:
    """What goes on after the claim of the batch: a second claim, and more of its vouchers, bills and outages."""
    claim = {"account": "A", "month": "2026-04"}
    yield {"command": "controls set", "approval_above": "none", "reason": "r"}
    fees = {"account": "A", "billed_at": "2026-07-03T00:00:00+08:00", "product_fee": "300.00", "call_fee": "100.00"}
    yield {"command": "fees bill", "bill": "B7", "first_month": "2026-07", "months": 3, **fees}
    yield {"command": "claim file", **claim, "filed_at": "2026-05-20T00:00:00+08:00"}
    yield {"command": "claim decide", **claim, "decided_at": "2026-06-02T00:00:00+08:00"}
    yield {"command": "voucher issue", **claim, "voucher": "W", "issued_at": "2026-06-03T00:00:00+08:00"}
    pay = {"command": "voucher redeem", "account": "A", "bill": "B7", "redeemed_at": "2026-07-04T00:00:00+08:00"}
    yield {**pay, "voucher": "V", "part": "call", "amount": "2.00"}
    yield {**pay, "voucher": "W", "part": "service", "amount": "1.00"}
    yield {"command": "fees correct", "bill": "B7", "product_fee": "301.00", "reason": "r"}
    yield {"command": "voucher reverse", "voucher": "W", "redemption": 1, "reason": "r"}
    yield {
        "command": "incident open",
        "incident": "R",
        "regions": ["cn-3"],
        "function": "agent_calls",
        "started_at": "2026-08-03T10:00:00+08:00",
    }
    yield {"command": "incident close", "incident": "R", "ended_at": "2026-08-03T12:00:00+08:00"}
    yield {"command": "exclusion apply", "incident": "R", "clause": "2.3(1)", "reason": "r"}
    yield {"command": "exclusion withdraw", "incident": "R", "exclusion": 1, "reason": "r"}
    yield {"command": "claim dispute", **claim, "disputed_at": "2026-07-21T00:00:00+08:00", "grounds": "too little"}
    yield {"command": "account close", "account": "A", "closed_at": "2026-10-01T00:00:00+08:00"}


@pytest.fixture(scope="module")
def made(shown: tuple[Path, str], sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The dossiers of a case that has almost every topic: whole, with the events of other months left out; of the demo;
    and of that case without the controls."""
    folder = tmp_path_factory.mktemp("both")
    slaledger = CommandLine(folder, sqlite_store.blank(folder))
    tell_every_topic(slaledger)
    lines = "".join(f"{json.dumps(command)}\n" for command in later()).encode()
    signed = ("--actor", "alice", "--sign", ALICE.file(folder))
    done = slaledger.run(*signed, "batch", "-", stdin=lines)
    assert done.returncode == 0, done.stderr
    with slaledger.opened() as ledger:
        of_every_topic = list(whole_dossiers(ledger, ours.WITH_CONTROLS).values())
        without_controls = list(whole_dossiers(ledger, ours.FORMAT).values())
        with_less = list(dossiers(ledger).values())
    demo = sqlite_store.taken_over(shown[0] / "slaledger.db", tmp_path_factory.mktemp("demo"))
    with Ledger.open(demo.url, read_only=True) as ledger:
        return [*of_every_topic, *with_less, *dossiers(ledger).values(), *without_controls]


# Telling a case anew.


def opened(data: bytes) -> Json:
    """A dossier with the states of its events read."""
    said: Json = json.loads(data)
    for event in said["events"]:
        event["state"] = json.loads(event["state"])
        event["position"] *= STEP
        if event["topic"] == "claim.approved":
            event["state"]["data"]["position"] *= STEP
    for absent in said.get("left_out", ()):
        absent["position"] *= STEP
    _tell_all_facts(said)
    _sign(said)
    return said


def resealed(said: Json, *, facts: bool) -> bytes:
    """The dossier as one who rewrote the log would hand it out.

    With `facts`, decisions say that they knew it so, and what was signed is signed again.
    """
    versions: dict[str, int] = {}
    for event in said["events"]:
        versions[event["stream"]] = event["version"] = versions.get(event["stream"], 0) + 1
    if facts:
        _tell_all_facts(said)
        _sign(said)
    written = [{**event, "state": _text(event["state"])} for event in said["events"]]
    rows = [Row(e["position"], e["stream"], e["version"], e["topic"], e["state"].encode()) for e in written]
    tree = Tree(rows)
    for event in written:
        event["index"], proof = tree.prove(event["position"])
        event["proof"] = [base64.b64encode(each).decode() for each in proof]
    return sealed({**said, "events": written, "checkpoint": tree.checkpoint(said["ledger"])})


def _sign(said: Json) -> None:
    """Sign anew what was signed by one of the keys of which we have the private half."""
    for event in said["events"]:
        key = SIGNERS.get(event["state"].get("public_key")) if isinstance(event["state"], dict) else None
        if key is not None and isinstance(event["state"].get("signature"), str):
            ending = {name: event["state"].pop(name) for name in ("public_key", "signature")}
            where = (said["ledger"], event["stream"], str(event["version"]), event["topic"])
            text = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in where)
            signature = sign_bytes(key, b"slaledger-event-v1\n" + text + _text(event["state"]).encode())
            event["state"] |= {**ending, "signature": encoded(signature)}


def _text(state: Json) -> str:
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def _tell_all_facts(said: Json) -> None:
    """Make each decision say that it knew what stands before it, and each approval which decision it is of."""
    for each in said["events"]:
        before = [event for event in said["events"] if event["position"] < each["position"]]
        with contextlib.suppress(verifier.Wrong, LookupError, TypeError, AttributeError):
            if each["topic"] == "claim.decided":
                tell_facts(before, said.get("left_out", []), each)
            elif each["topic"] == "claim.approved":
                of_claim = [e for e in before if (e["stream"], e["topic"]) == (each["stream"], "claim.decided")]
                record = _text(of_claim[-1]["state"]["data"]["decision"])
                each["state"]["data"]["decision_sha256"] = hashlib.sha256(record.encode()).hexdigest()


def tell_facts(before: list[Json], left_out: list[Json], decided: Json) -> None:
    """Make a decision say that it knew these events, and of those that are left out what stands before it."""
    record = decided["state"]["data"]["decision"]
    told = [{**each, "state": _text(each["state"])} for each in before]
    absent = verifier.left_out({"left_out": [one for one in left_out if one["position"] < decided["position"]]})
    position = max([0, *(each["position"] for each in before[-1:]), *(one.position for one in absent)])
    known = verifier.facts_known(verifier.read_events({"events": told}), position, record["calendar"]["years"])
    leaves = [leaf for _, leaf in sorted([*((event.position, event.leaf) for event in known), *absent])]
    told_anew = {"position": position, "count": len(leaves), "sha256": hashlib.sha256(b"".join(leaves)).hexdigest()}
    record["facts"].update({name: told_anew[name] for name in record["facts"]})


def ours_finds(data: bytes) -> bool:
    """Whether our own checker finds anything; what it cannot read is found, too."""
    try:
        return bool(ours_tell(data))
    except Refusal:
        return True


def ours_tell(data: bytes) -> list[str]:
    """What our own checker finds. Raises Refusal where it cannot be read."""
    given = ours.read(data)
    checkpoint = parse_checkpoint(given.checkpoint)
    tree = ours.Tree(checkpoint.origin, checkpoint.size, checkpoint.root)
    return list(ours.check(given, tree, SignatureCheck(given.ledger)))


def theirs_finds(data: bytes) -> bool:
    """Whether the stand-alone checker finds anything."""
    try:
        return bool(findings(data))
    except verifier.Unreadable:
        return True


# Changes.

DAY = 86_400_000_000
WORDS: dict[str, tuple[str, ...]] = {
    "stage": ("general", "public_beta", "invited_beta"),
    "scope": ("account", "accounts", "regions", "all"),
    "part": ("service", "call"),
    "function": ("agent_sign_in", "agent_calls", "inbound_routing"),
    "outcome": ("awarded", "commitment_met", "nothing_to_credit", "too_early", "too_late", "not_covered"),
    "clause": ("2.3(1)", "2.3(5)", "9.9"),
    "month": ("2026-02", "2026-04", "2026-07", "2026-13"),
    "first_month": ("2026-02", "2026-05", "1969-12"),
    "voucher": ("V", "W", "V-1001-2026-07-1"),
    "bill": ("B3", "B6", "B7"),
    "version": ("2018-08-01", "2026-10-01"),
    "actor": ("alice", "clerk"),
    "public_key": (ALICE.public, ALICE_2.public, BOB.public),
}


def others(name: str, value: Any) -> Iterator[Any]:
    """Other values of a field."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, 0, -1, value + 10**9, 10**18)
        if value > 10**12:
            yield from (value + DAY, value - DAY, value + 400 * DAY, value - 400 * DAY)
    elif isinstance(value, str):
        yield from ("another", "", value + "x", value.upper(), " ", "\x07")
        yield from WORDS.get(name, ())
    elif isinstance(value, list):
        yield from ([], value[1:], value * 2, value[::-1], ["another"])
    elif value is None:
        yield from (0, "another")


OMITTED = object()


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value inside of a value, with the way to it."""
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for name, each in inside:
        yield (*path, name), each
        yield from paths(each, (*path, name))


def set_at(place: int, path: tuple[Any, ...], value: Any) -> Change:
    """Another value somewhere in the state of an event."""

    def change(events: list[Json]) -> None:
        found = events[place]["state"]
        for name in path[:-1]:
            found = found[name]
        if value is OMITTED:
            del found[path[-1]]
        else:
            found[path[-1]] = copy.deepcopy(value)

    return change


def removed(place: int) -> Change:
    return lambda events: events.__delitem__(place)


def told_twice(place: int) -> Change:
    return lambda events: events.insert(place + 1, _moved(events[place], events[place]["position"] + 1))


def appended(place: int) -> Change:
    return lambda events: events.append(_moved(events[place], events[-1]["position"] + 1))


def _moved(event: Json, position: int) -> Json:
    return {**copy.deepcopy(event), "position": position}


def of_topic(place: int, topic: str) -> Change:
    return lambda events: events[place].update(topic=topic)


def changes(events: list[Json]) -> Iterator[tuple[str, Change]]:
    """Every change of a case that is tried, with its name."""
    for place, event in enumerate(events):
        where = f"{event['topic']}@{place}"
        yield f"{where} removed", removed(place)
        yield f"{where} told twice", told_twice(place)
        yield f"{where} appended", appended(place)
        group = event["topic"].partition(".")[0]
        for topic in (*TOPICS, *UPCASTERS):
            if topic.startswith(f"{group}.") and topic != event["topic"]:
                yield f"{where} as {topic}", of_topic(place, topic)
        for path, value in paths(event["state"]):
            name = ".".join(map(str, path))
            if isinstance(path[-1], str):
                yield f"{where} without {name}", set_at(place, path, OMITTED)
            for other in others(str(path[-1]), value):
                if other != value:
                    yield f"{where} {name} = {other!r}", set_at(place, path, other)
        for name in ("reason", "key"):
            if name not in event["state"]:
                yield f"{where} with {name}", set_at(place, (name,), "another")


# The test.


class Changed:
    """A case with its changes, made when they are asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def said(self) -> Json:
        return opened(self.data)

    @cached_property
    def changes(self) -> list[tuple[str, Change]]:
        return list(changes(self.said["events"]))

    def after(self, change: Change, *, facts: bool) -> bytes:
        said = copy.deepcopy(self.said)
        change(said["events"])
        return resealed(said, facts=facts)


@pytest.fixture(scope="module")
def cases(made: list[bytes]) -> list[Changed]:
    return list(map(Changed, made))


def test_every_case_is_right_in_the_browser(made: list[bytes], in_browser: BrowserChecker) -> None:
    """All of the demo, and every topic, with the controls and without."""
    assert in_browser.disagreements({str(number): data for number, data in enumerate(made)}) == {}


def test_a_case_that_was_only_sealed_again_is_right_by_both(cases: list[Changed]) -> None:
    for case in cases if SOAK else cases[:4]:
        for facts in (False, True):
            data = case.after(lambda events: None, facts=facts)
            assert (ours_finds(data), findings(data)) == (False, [])


def test_almost_every_topic_stands_in_the_cases(cases: list[Changed]) -> None:
    told = {event["topic"] for event in cases[0].said["events"]}
    of_the_ledger = {"ledger.created", "id.reserved", "key.used", "source.read"}
    assert set(TOPICS) - told - of_the_ledger <= {"account.restaged"}


def awards_without_approval(events: list[Json]) -> None:
    """Take the approvals out."""
    events[:] = [event for event in events if event["topic"] != "claim.approved"]


def decided_by_the_approver(events: list[Json]) -> None:
    """Let the approver have decided."""
    (approval, *_) = (event for event in events if event["topic"] == "claim.approved")
    for event in events:
        if (event["stream"], event["topic"]) == (approval["stream"], "claim.decided"):
            event["state"]["actor"] = approval["state"]["actor"]


def no_limit_set(events: list[Json]) -> None:
    """Take the controls out, as if no limit had been set."""
    events[:] = [event for event in events if event["topic"] != "controls.set"]


CONTROLLED: list[tuple[Change, bool, bool]] = [
    (awards_without_approval, True, False),
    (decided_by_the_approver, True, True),
    (no_limit_set, True, False),
]
"""A change, and whether it is found: with the controls in the dossier, and without them, as older versions wrote it."""


@pytest.mark.parametrize(("change", "with_controls", "without"), CONTROLLED)
def test_both_checkers_hold_a_case_to_its_controls(
    cases: list[Changed], change: Change, with_controls: bool, without: bool
) -> None:
    for case, found in ((cases[0], with_controls), (cases[-2], without)):
        assert case.said["format"][-1] == ("2" if case is cases[0] else "1")
        data = case.after(change, facts=True)
        assert (ours_finds(data), theirs_finds(data)) == (found, found), (findings(data), case.said["format"])


SEEDS, EACH = (40, 50) if SOAK else (3, 25)
IN_BROWSER = SEEDS if SOAK else 2
"""The seeds whose cases the browser checks, too: 2,000 cases, or 50."""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_all_checkers_say_the_same_of_a_changed_case(
    cases: list[Changed], in_browser: BrowserChecker, seed: int
) -> None:
    """In half of the tries the case is one of the two of the ledger with every topic. The browser is asked last."""
    dice = Random(seed)
    found, differing = 0, []
    tried: list[tuple[str, bytes, bool]] = []
    for _ in range(EACH):
        case = dice.choice(cases[:2] if dice.random() < 0.5 else cases)
        name, change = dice.choice(case.changes)
        data = case.after(change, facts=dice.random() < 0.5)
        ours_say, theirs_say = ours_finds(data), theirs_finds(data)
        found += ours_say
        if ours_say != theirs_say:
            differing.append((name, ours_say, theirs_say))
        tried.append((name, data, theirs_say))
    assert differing == []
    assert found > EACH // 2
    assert otherwise_in(in_browser, tried if seed < IN_BROWSER else []) == []


def test_both_checkers_say_the_same_of_every_change_of_keys_and_signatures(cases: list[Changed]) -> None:
    """Signed again, so that whose key it is decides; and as they are, so that each signature is of another state."""
    case, found, differing = cases[0], 0, []
    changes = [one for one in case.changes if "actor." in one[0] or "public_key" in one[0] or "signature" in one[0]]
    for number, (name, change) in enumerate(changes if SOAK else changes[::5]):
        data = case.after(change, facts=number % 2 == 0)
        ours_say, theirs_say = ours_finds(data), theirs_finds(data)
        found += ours_say
        if ours_say != theirs_say:
            differing.append((name, ours_say, theirs_say))
    assert differing == []
    assert found > len(changes) // 10 > 10


# What is left out.


def leaves_out(said: Json, dice: Random) -> str:
    """Leave a stream out as well, or a part of one."""
    stream = dice.choice(said["events"])["stream"]
    since = dice.choice((0, 0, dice.choice(said["events"])["position"]))
    latest = max(e["state"]["data"]["decision"]["facts"]["position"] for e in said["events"] if is_decision(said, e))
    away = [event for event in said["events"] if event["stream"] == stream and since <= event["position"] <= latest]
    said["events"] = [event for event in said["events"] if event not in away]
    written = [{**event, "state": _text(event["state"])} for event in away]
    absent = [{"position": each["position"], "leaf": encoded(verifier.leaf_hash(each))} for each in written]
    said["left_out"] = sorted([*said.get("left_out", []), *absent], key=lambda each: each["position"])
    return f"{stream} left out from {since} on"


def is_decision(said: Json, event: Json) -> bool:
    return (event["stream"], event["topic"]) == (f"{said['account']}/claim/{said['month']}", "claim.decided")


def says_otherwise(said: Json, dice: Random) -> str:
    """Change the list of what is left out."""
    absent: list[Json] = said["left_out"]
    place, other = dice.randrange(len(absent)), dice.randrange(len(absent))
    one = absent[place]
    match dice.randrange(6):
        case 0:
            del absent[place]
            return f"{place} dropped"
        case 1:
            absent.insert(other, dict(one, position=one["position"] + dice.choice((0, 1))))
            return f"{place} told again before {other}"
        case 2:
            one["position"] += dice.choice((1, -1, 7, -7, 10, -10, 1000, -1000, 10**9))
            return f"{place} at {one['position']}"
        case 3:
            one["leaf"] = encoded(bytes(dice.choice((32, 32, 31, 0))))
            return f"{place} with another hash"
        case 4:
            one["leaf"], absent[other]["leaf"] = absent[other]["leaf"], one["leaf"]
            return f"the hashes of {place} and {other} swapped"
        case _:
            one["position"], absent[other]["position"] = absent[other]["position"], one["position"]
            return f"the positions of {place} and {other} swapped"


@pytest.mark.parametrize("change", [leaves_out, says_otherwise])
def test_all_checkers_say_the_same_of_what_is_left_out(
    cases: list[Changed], in_browser: BrowserChecker, change: Callable[[Json, Random], str]
) -> None:
    """With the facts told anew, and as they are."""
    verdicts, differing, dice = set(), [], Random(change.__name__)
    asked: list[tuple[str, bytes, bool]] = []
    for _ in range(1000 if SOAK else 30):
        case = dice.choice([each for each in cases if "left_out" in each.said])
        said, facts = copy.deepcopy(case.said), dice.random() < 0.5
        name = change(said, dice)
        try:
            data = resealed(said, facts=facts)
        except verifier.Wrong:  # a hash that is none cannot be hashed again
            data = resealed(said, facts=False)
        ours_say, theirs_say = ours_finds(data), theirs_finds(data)
        verdicts.add(ours_say)
        if ours_say != theirs_say:
            differing.append((name, facts, ours_say, theirs_say))
        asked.append((name, data, theirs_say))
    assert differing == []
    assert verdicts == {True, False}
    assert otherwise_in(in_browser, asked if SOAK else asked[:15]) == []


def otherwise_in(in_browser: BrowserChecker, asked: list[tuple[str, bytes, bool]]) -> list[str]:
    """The names of the cases of which the browser says otherwise."""
    said = in_browser.finds([data for _, data, _ in asked])
    return [name for (name, _, found), also in zip(asked, said, strict=True) if found != also]


@pytest.mark.parametrize("release", [".", "cancellations", "clocks"])
def test_what_released_versions_recorded_is_right_by_both(release: str, tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.ok("import", "events", str(ROOT / "tests" / "golden_ledger" / release / "events.jsonl"))
    assert line.ok("audit", "verify")["inadmissible"] == []
    with line.opened() as ledger:
        told = dossiers(ledger)
    assert told
    assert {claim: (ours_finds(data), findings(data)) for claim, data in told.items()} == dict.fromkeys(
        told, (False, [])
    )
