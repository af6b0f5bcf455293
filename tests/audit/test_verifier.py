"""The second verifier, `verifier/verify_dossier.py`: it agrees with the ledger on every claim, and on nothing changed.

It is called as a stranger would, `python3 -I`, and, where many dossiers are to be checked, imported from its file.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from browser_checker import BrowserChecker
from build import SHANGHAI, SHIPPED, amended
from conftest import ROOT, SOAK
from stores import Store

from domain.calendar import COUNTRY
from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.audit import dossier
from ledger.commands.execution import execute
from ledger.commands.parsing import build
from ledger.log import leaves, streams
from ledger.log.codec import Row
from ledger.transparency import merkle

VERIFIER = ROOT / "verifier" / "verify_dossier.py"
Dossier = dict[str, Any]


def _imported() -> Any:
    spec = importlib.util.spec_from_file_location("verify_dossier", VERIFIER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


verifier = _imported()


def findings(data: bytes) -> list[str]:
    return list(verifier.findings(data))


def disagreements(made: dict[str, bytes]) -> dict[str, list[str]]:
    """The claims of which something is found, and what."""
    return {claim: found for claim, data in made.items() if (found := findings(data))}


class Tree:
    """The Merkle tree over all rows, in memory."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.hashes = {(0, index): leaves.leaf_hash(row) for index, row in enumerate(rows)}
        self.index = {row.position: index for index, row in enumerate(rows)}
        self.size = len(rows)

    def subtree(self, level: int, index: int) -> bytes:
        if (level, index) not in self.hashes:
            below = self.subtree(level - 1, 2 * index), self.subtree(level - 1, 2 * index + 1)
            self.hashes[level, index] = merkle.node_hash(*below)
        return self.hashes[level, index]

    def checkpoint(self, origin: str) -> str:
        root = base64.b64encode(merkle.root(self.size, self.subtree)).decode()
        return f"{origin}\n{self.size}\n{root}\n"

    def prove(self, position: int) -> tuple[int, list[bytes]]:
        index = self.index[position]
        return index, merkle.inclusion_proof(index, self.size, self.subtree)


def dossiers(ledger: Ledger) -> dict[str, bytes]:
    """The dossier of every decided claim."""
    found = {}
    with ledger.reading() as log:
        rows = list(log.since(0))
        tree, origin = Tree(rows), json.loads(rows[0].state)["data"]["ledger"]
        for account, month in decided_claims(rows):
            found[f"{account} {month}"] = dossier.compose(
                log, account, month, origin, tree.checkpoint(origin), tree.prove
            )
    return found


def decided_claims(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The account and the month of every decided claim."""
    decided = sorted({row.stream for row in rows if row.topic == "claim.decided"})
    return [(stream.split("/")[0], stream.split("/")[2]) for stream in decided]


def whole_dossiers(ledger: Ledger, format_: str) -> dict[str, bytes]:
    """The same as earlier versions wrote them, with every event of the account; in format 1 without the controls."""
    found = {}
    with ledger.reading() as log:
        rows = list(log.since(0))
        tree, origin = Tree(rows), json.loads(rows[0].state)["data"]["ledger"]
        for account, month in decided_claims(rows):
            away = {row.stream for row in rows if row.stream.startswith(streams.CALENDARS)}
            away -= {streams.calendar(COUNTRY, year) for year in _years(rows, account, month)}
            away |= {streams.CONTROLS} if format_ == dossier.FORMAT else set()
            kept = [row for row in dossier.rows_of(log, account) if row.stream not in away]
            events = [_proved(row, *tree.prove(row.position)) for row in log.with_keys(kept)]
            said = {"format": format_, "ledger": origin, "account": account, "month": month}
            found[f"{account} {month}"] = sealed(said | {"checkpoint": tree.checkpoint(origin), "events": events})
    return found


def _years(rows: Sequence[Row], account: str, month: str) -> set[int]:
    """The years of the calendars that the decisions of a claim used."""
    made = (row for row in rows if (row.stream, row.topic) == (streams.claim(account, month), "claim.decided"))
    return {year for row in made for year in json.loads(row.state)["data"]["decision"]["calendar"]["years"]}


def _proved(row: Row, index: int, proof: Sequence[bytes]) -> Dossier:
    where = {"index": index, "position": row.position, "stream": row.stream, "version": row.version}
    hashes = [base64.b64encode(each).decode() for each in proof]
    return {**where, "topic": row.topic, "state": row.state.decode(), "proof": hashes}


def decisions(data: bytes) -> list[Dossier]:
    said = json.loads(data)
    stream = f"{said['account']}/claim/{said['month']}"
    made = [each for each in said["events"] if (each["stream"], each["topic"]) == (stream, "claim.decided")]
    return [json.loads(each["state"])["data"]["decision"] for each in made]


def sealed(said: Dossier) -> bytes:
    """A dossier's bytes with the digest worked out anew."""
    content = {key: value for key, value in said.items() if key != "digest"}
    return (
        bytes(verifier.canonical(content | {"digest": hashlib.sha256(verifier.canonical(content)).hexdigest()})) + b"\n"
    )


def stranger(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The verifier as a process that sees no installed package."""
    return subprocess.run([sys.executable, "-I", "-S", str(VERIFIER), *map(str, words)], capture_output=True, text=True)


def at(text: str) -> datetime:
    """`2026-03-03 10:00` on Shanghai's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class Teller:
    """Commands carried out on a ledger, a second apart; what is refused is passed over where `strict` does not hold."""

    def __init__(self, ledger: Ledger, strict: bool = True) -> None:
        self.ledger, self.strict = ledger, strict
        self.now = int(at("2027-06-01").timestamp()) * 1_000_000

    def __call__(self, words: str, **fields: Any) -> bool:
        self.now += 1_000_000
        said = {
            name.rstrip("_"): value.isoformat() if isinstance(value, datetime) else value
            for name, value in fields.items()
            if value is not None
        }
        with contextlib.nullcontext() if self.strict else contextlib.suppress(Refusal):
            execute(self.ledger, build(words, said), "clerk", lambda: self.now)
            return True
        return False


@pytest.fixture
def told(ledger: Ledger) -> Teller:
    return Teller(ledger)


@pytest.fixture(scope="module")
def small(store: Store, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A claim with two outages, one shared, a bill, and two decisions."""
    with Ledger.open(store.blank(tmp_path_factory.mktemp("small")).url) as ledger:
        told = Teller(ledger)
        told("account enroll", account="1001", enrolled_at=at("2026-01-01"), region="r1")
        told("account enroll", account="1002", enrolled_at=at("2026-01-01"), region="r2")
        for name, scope in {
            "MINE": {"account": "1001"},
            "OURS": {"regions": ["r1"]},
            "THEIRS": {"regions": ["r2"]},
        }.items():
            start = at("2026-03-03 10:00")
            told("incident open", incident=name, function="inbound_routing", started_at=start, **scope)
            told("incident close", incident=name, ended_at=start + timedelta(minutes=90 if name == "MINE" else 100))
        fees = {"product_fee": "1000.00", "call_fee": "400.00", "billed_at": at("2026-04-01")}
        told("fees bill", bill="B-1", account="1001", first_month="2026-03", **fees)
        told("claim file", account="1001", month="2026-03", filed_at=at("2026-04-10"))
        told("claim decide", account="1001", month="2026-03")
        told("fees correct", bill="B-1", product_fee="1100.00", reason="an item was forgotten")
        told("claim redecide", account="1001", month="2026-03", reason="the bill was corrected")
        (data,) = dossiers(ledger).values()
    return data


# The ledger and the verifier agree.


def test_every_claim_of_the_demo_is_verified(store: Store, shown: tuple[Path, str], tmp_path: Path) -> None:
    with Ledger.open(store.taken_over(shown[0] / "slaledger.db", tmp_path).url, read_only=True) as ledger:
        made = dossiers(ledger)

    assert disagreements(made) == {}
    outcomes = {each["outcome"] for data in made.values() for each in decisions(data)}
    assert outcomes == {"awarded", "commitment_met", "nothing_to_credit", "too_early", "too_late", "not_covered"}


def test_a_stranger_verifies_a_claim_without_the_package(small: bytes, tmp_path: Path) -> None:
    file = tmp_path / "claim.json"
    file.write_bytes(small)

    done = stranger(file)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"OK: 1001 2026-03: 2 decisions, {len(json.loads(small)['events'])} events\n"


def test_the_verifier_imports_the_standard_library_only() -> None:
    imported = re.findall(r"^(?:from|import) (\w+)", VERIFIER.read_text(), re.MULTILINE)
    assert set(imported) <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("seed", range(12 if SOAK else 5))
def test_random_claims_under_random_readings_are_verified(
    seed: int, blank: Path, in_browser: BrowserChecker, tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    told: dict[str, bytes] = {}
    for each in range(seed * 25, seed * 25 + 25):
        path = tmp_path / f"{each}.db"
        path.write_bytes(blank.read_bytes())
        with Ledger.open(f"sqlite:///{path}") as ledger:
            history(Random(each), Teller(ledger, strict=False))
            made = dossiers(ledger)
        assert disagreements(made) == {}, f"seed {each}"
        told |= {f"{claim}, seed {each}": data for claim, data in made.items()}
        seen += Counter(decision["outcome"] for data in made.values() for decision in decisions(data))
    assert seen["awarded"] > 0
    assert in_browser.disagreements(dict(list(told.items())[:: 1 if SOAK else 4])) == {}


def test_of_several_moves_at_one_instant_the_last_holds(ledger: Ledger, told: Teller) -> None:
    """What went on in the region of the first is no fact of the decision, as the ledger has it."""
    told("account enroll", account="A", enrolled_at=at("2025-01-01"), region="r1")
    for region in ("r2", "r3"):
        told("account move", account="A", region=region, moved_at=at("2026-03-01"))
    for region in ("r2", "r3"):
        incident = {"incident": f"I-{region}", "regions": [region], "function": "agent_calls"}
        told("incident open", **incident, started_at=at("2026-03-03 10:00"))
        told("incident close", incident=f"I-{region}", ended_at=at("2026-03-03 12:00"))
    told("claim file", account="A", month="2026-03", filed_at=at("2026-05-10"))
    told("claim decide", account="A", month="2026-03")
    made = dossiers(ledger)
    assert [episode["incidents"] for episode in decisions(made["A 2026-03"])[0]["availability"]["episodes"]] == [
        ["I-r3"]
    ]
    assert disagreements(made) == {}


def test_outages_that_are_cut_before_they_are_tested_count_in_the_order_of_what_is_left() -> None:
    """Both begin with the month; the shorter one counts first, rounded up, and the longer one what it leaves."""
    second = 1_000_000
    spans = {"long": (-1000, 1000), "short": (-119, 157)}
    found = [
        verifier.Incident(name, "agent_calls", start * second, "account", [], ended_at=end * second)
        for name, (start, end) in spans.items()
    ]
    readings = verifier.READINGS | {
        "minimum_kind": "deductible",
        "minimum_applies_to": "per_incident",
        "quantise": "ceil_minute_per_episode",
        "month_straddle": "clip_then_test",
    }
    month = (0, 31 * 86_400 * second)
    service = {"minimum_outage_seconds": {"value": 120, "clause": "1"}}
    terms = verifier.Terms({"service": service}, "", 0, readings, SHANGHAI)
    episodes = verifier.episodes_of(found, [month], month, 2000 * second, terms)
    counted = sum(episode["counted_us"] for episode in episodes)
    assert counted == (60 + 900) * second  # 37 s of the short one; of the long one's 880 s the 843 s that are left


def test_a_months_own_vouchers_do_not_lower_its_base(ledger: Ledger, told: Teller) -> None:
    told("account enroll", account="A", enrolled_at=at("2025-01-01"))
    for number, month in enumerate(("2026-03", "2026-04")):
        start = at(f"{month}-03 10:00")
        told("incident open", incident=f"I{number}", account="A", function="agent_calls", started_at=start)
        told("incident close", incident=f"I{number}", ended_at=start + timedelta(hours=2))
    fees = {"product_fee": "100.01", "call_fee": "40.01", "billed_at": at("2026-12-01")}
    told("fees bill", bill="B", account="A", first_month="2026-03", months=3, **fees)
    for month, filed in (("2026-03", "2026-05-10"), ("2026-04", "2026-05-20")):
        told("claim file", account="A", month=month, filed_at=at(filed))
        told("claim decide", account="A", month=month, decided_at=at(filed))
        told("voucher issue", account="A", month=month, issued_at=at("2026-06-01"))
    for month in ("2026-03", "2026-04"):
        paid = {"account": "A", "bill": "B", "part": "service", "redeemed_at": at("2026-12-02")}
        told("voucher redeem", voucher=f"V-A-{month}-1", amount="1.00" if month == "2026-03" else "0.10", **paid)
    for month in ("2026-03", "2026-04"):
        told("claim redecide", account="A", month=month, reason="looked again")

    made = dossiers(ledger)

    assert [findings(data) for data in made.values()] == [[], []]
    offsets = [decisions(data)[-1]["bases"]["service"]["voucher_offset_fen"] for data in made.values()]
    assert offsets == [4, 33]  # 10 fen and 100 fen over three months: the other month's voucher each time


def test_instants_that_were_measured_in_steps_are_verified(ledger: Ledger, told: Teller) -> None:
    told("account enroll", account="A", enrolled_at=at("2025-01-01"))
    start, within = at("2026-03-03 10:00"), {"uncertainty_seconds": "15"}
    told("incident open", incident="I", all_accounts=True, function="agent_calls", started_at=start, **within)
    told("incident close", incident="I", ended_at=start + timedelta(hours=4), **within)
    told(
        "fees bill",
        bill="B",
        account="A",
        first_month="2026-03",
        billed_at=at("2026-04-01"),
        product_fee="100.00",
        call_fee="40.00",
    )
    told("claim file", account="A", month="2026-03", filed_at=at("2026-04-10"))
    told("claim decide", account="A", month="2026-03", decided_at=at("2026-04-10"))
    (made,) = dossiers(ledger).values()
    assert findings(made) == []
    assert decisions(made)[0]["outcome"] == "awarded"


def test_a_base_below_zero_by_the_odd_fen_is_none(ledger: Ledger, told: Teller) -> None:
    """Of 3 fen with 2 of calls over three months the service is 0, 0 and 1, but 1 fen by voucher is 1, 0 and 0."""
    told("account enroll", account="A", enrolled_at=at("2025-01-01"))
    told("incident open", incident="I", account="A", function="agent_calls", started_at=at("2026-03-02"))
    told("incident close", incident="I", ended_at=at("2026-03-20"))
    bill = {"account": "A", "first_month": "2026-03", "billed_at": at("2026-04-01")}
    offset = {"service": "0.01"}
    told("fees bill", bill="B-1", **bill, months=3, product_fee="0.03", call_fee="0.02", voucher_offset=offset)
    told("claim file", account="A", month="2026-03", filed_at=at("2026-04-20"))
    told("claim decide", account="A", month="2026-03")
    told("fees bill", bill="B-2", **bill, product_fee="1.00", call_fee="0.00")
    told("claim redecide", account="A", month="2026-03", reason="another bill")

    (data,) = dossiers(ledger).values()

    assert findings(data) == []
    assert [decision["bases"]["service"]["net_fen"] for decision in decisions(data)] == [0, 99]


@pytest.mark.parametrize(
    ("begun", "amendment", "governs"),
    [
        ("month_start", "month_start", "v2"),
        ("month_start", "month_end", "v2"),
        ("month_end", "month_start", "v3"),
        ("month_end", "month_end", "v3"),
    ],
)
def test_the_version_being_amended_says_when_an_amendment_takes_hold(
    ledger: Ledger, told: Teller, begun: str, amendment: str, governs: str
) -> None:
    for version, effective, reading in (("v2", "2026-01-01", begun), ("v3", "2026-03-15", amendment)):
        switch = ('version_in_force = "month_start"', f'version_in_force = "{reading}"')
        told("terms publish", document=amended(version, effective, switch), noticed_at=at("2025-06-01"))
    told("account enroll", account="A", enrolled_at=at("2025-01-01"))
    told("claim file", account="A", month="2026-03", filed_at=at("2026-04-20"))
    told("claim decide", account="A", month="2026-03")

    (data,) = dossiers(ledger).values()

    assert findings(data) == []
    assert decisions(data)[0]["terms"]["version"] == governs


@pytest.mark.parametrize(
    "first",
    [
        "r2",
        "r1",
    ],
)
def test_a_decision_before_the_region_was_corrected_is_verified(ledger: Ledger, told: Teller, first: str) -> None:
    told("account enroll", account="A", enrolled_at=at("2025-01-01"), region=first)
    told("incident open", incident="I", function="agent_calls", started_at=at("2026-03-09"), regions=["r1"])
    told("incident close", incident="I", ended_at=at("2026-03-10"))
    told("claim file", account="A", month="2026-03", filed_at=at("2026-04-20"))
    told("claim decide", account="A", month="2026-03")
    told("account correct", account="A", region="r1" if first == "r2" else "r2", reason="it was the other one")
    told("claim redecide", account="A", month="2026-03", reason="the region was wrong")

    (data,) = dossiers(ledger).values()

    assert findings(data) == []
    assert len({decision["outcome"] for decision in decisions(data)}) == 2


def test_an_outage_of_a_month_longer_than_its_days_leaves_no_negative_availability(
    ledger: Ledger, told: Teller
) -> None:
    """In New York the clocks go back in November: the month has an hour more than 30 days."""
    york = ('timezone = "Asia/Shanghai"', 'timezone = "America/New_York"')
    told("terms publish", document=amended("v2", "2025-06-01", york), noticed_at=at("2025-01-01"))
    told("account enroll", account="A", enrolled_at=at("2025-01-01"))
    told("incident open", incident="I", account="A", function="agent_calls", started_at=at("2025-10-20"))
    told("incident close", incident="I", ended_at=at("2025-12-20"))
    told("claim file", account="A", month="2025-11", filed_at=at("2025-12-25"))
    told("claim decide", account="A", month="2025-11")

    (data,) = dossiers(ledger).values()

    assert findings(data) == []
    assert decisions(data)[0]["availability"]["numerator"] == 0


# What was changed fails.


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.soak)])
def test_every_changed_byte_is_found(small: bytes, step: int) -> None:
    passed = []
    for place in range(0, len(small), step):
        byte = small[place]
        changed = bytearray(small)
        changed[place] = byte ^ 1
        with contextlib.suppress(verifier.Unreadable):
            if next(verifier.findings(bytes(changed)), None) is None:
                passed.append(place)
    assert findings(small) == []
    assert passed == []


def _drop(topic: str) -> Callable[[Dossier], None]:
    def change(said: Dossier) -> None:
        said["events"].remove(next(each for each in said["events"] if each["topic"] == topic))

    return change


def _last(said: Dossier, topic: str) -> Dossier:
    found: Dossier = [each for each in said["events"] if each["topic"] == topic][-1]
    return found


def _drop_bill(said: Dossier) -> None:
    said["events"] = [each for each in said["events"] if "/bill/" not in each["stream"]]


def _swap(said: Dossier) -> None:
    said["events"][2:4] = reversed(said["events"][2:4])


def _swap_places(said: Dossier) -> None:
    one, other = said["events"][2:4]
    for key in ("position", "index", "proof"):
        one[key], other[key] = other[key], one[key]
    _swap(said)


def _wrong_proof(said: Dossier) -> None:
    said["events"][0]["proof"][0] = base64.b64encode(bytes(32)).decode()


def _long_proof(said: Dossier) -> None:
    said["events"][0]["proof"].append(base64.b64encode(bytes(32)).decode())


def _proof_no_base64(said: Dossier) -> None:
    said["events"][0]["proof"][0] = "?"


def _fee(said: Dossier) -> None:
    event = _last(said, "fees.billed")
    event["state"] = event["state"].replace('"product_fee_fen":100000', '"product_fee_fen":900000')


def _credit(said: Dossier) -> None:
    event = _last(said, "claim.decided")
    event["state"] = event["state"].replace('"total_fen":', '"total_fen":9')


def _other_root(said: Dossier) -> None:
    origin, size, _ = said["checkpoint"].splitlines()
    said["checkpoint"] = f"{origin}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n"


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (_drop("incident.closed"), "facts.count"),
        (_drop("fees.billed"), "has version 2, not 1"),
        (_drop_bill, "facts.count"),
        (_drop("claim.decided"), "has version 3, not 2"),
        (_swap, "not in the log's order"),
        (_swap_places, "does not lead to the checkpoint's root"),
        (_wrong_proof, "does not lead to the checkpoint's root"),
        (_long_proof, "does not lead to the checkpoint's root"),
        (_proof_no_base64, "is not base64"),
        (_fee, "does not lead to the checkpoint's root"),
        (_credit, "does not lead to the checkpoint's root"),
        (_other_root, "does not lead to the checkpoint's root"),
        (lambda said: said.update(ledger="slaledger-of-another"), "the checkpoint is of"),
        (lambda said: said.update(month="2026-04"), "there is no decision"),
        (lambda said: said.update(account="1002"), "does not concern account 1002"),
        (lambda said: said.update(checkpoint="nothing"), "a checkpoint has"),
        (lambda said: said["events"].clear(), "there is no decision"),
    ],
)
def test_changed_content_under_a_digest_made_anew_is_found(
    change: Callable[[Dossier], object], finding: str, small: bytes
) -> None:
    said = json.loads(small)
    change(said)
    assert any(finding in each for each in findings(sealed(said))), findings(sealed(said))


def _retold(data: bytes, stream: str, old: str, new: str) -> bytes:
    """The dossier of a ledger that was made of changed events throughout: tree, checkpoint, proofs, digest."""
    said = json.loads(data)
    for event in said["events"]:
        if event["stream"] == stream:
            event["state"] = event["state"].replace(old, new)
    rows = [Row(e["position"], e["stream"], e["version"], e["topic"], e["state"].encode()) for e in said["events"]]
    tree = Tree(rows)
    said["checkpoint"] = tree.checkpoint(said["ledger"])
    for event in said["events"]:
        event["index"], proof = tree.prove(event["position"])
        event["proof"] = [base64.b64encode(each).decode() for each in proof]
    return sealed(said)


CLAIM = "1001/claim/2026-03"


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('"outcome":"awarded"', '"outcome":"too_late"', "outcome is"),
        ('"tier":1', '"tier":2', "availability.tier is 2, but 1 follows"),
        ('"unavailable_us":6000000000,"num', '"unavailable_us":7000000000,"num', "availability.unavailable_us"),
        ('"closes_at":1780329600000000,"years"', '"closes_at":1780329600000001,"years"', "window.closes_at"),
        ('"years":[2026]}', '"years":[2025,2026]}', "calendar.years is [2025, 2026], but [2026]"),
        ('"version":"2018-08-01"', '"version":"2018-08-02"', "terms.version"),
        ('"quantise":"exact"', '"quantise":"ceil_minute_per_episode"', "terms.readings.quantise"),
        ('"product_fee_fen":100000,', '"product_fee_fen":200000,', "bases.product_fee_fen"),
        ('"amount_fen":8400}', '"amount_fen":8401}', "credit.service.amount_fen"),
        ('"total_fen":10400}', '"total_fen":20400}', "credit.total_fen"),
        ('"number":1', '"number":7', "number is 7"),
    ],
)
def test_a_decision_that_does_not_follow_is_found_though_every_hash_is_right(
    old: str, new: str, finding: str, small: bytes
) -> None:
    assert findings(_retold(small, CLAIM, "", "")) == []
    assert old in next(each["state"] for each in json.loads(small)["events"] if each["topic"] == "claim.decided")
    found = findings(_retold(small, CLAIM, old, new))
    assert any(each.startswith("decision 1: ") and finding in each for each in found), found


def test_a_changed_fact_is_found_though_every_hash_of_the_tree_is_right(small: bytes) -> None:
    found = findings(_retold(small, "1001/bill/B-1", '"call_fee_fen":40000', '"call_fee_fen":50000'))
    assert any("facts.sha256" in each for each in found)
    assert any("bases.call_fee_fen is 40000, but 50000 follows" in each for each in found)


@pytest.mark.parametrize("foreign", ["1002/account", "~/incident/THEIRS", "~/id/bill/B-1"])
def test_a_foreign_event_is_found(foreign: str, small: bytes, ledger: Ledger) -> None:
    said = json.loads(small)
    row = Row(said["events"][-1]["position"] + 1, foreign, 1, "incident.opened", b"")
    state = {"incident": "THEIRS", "function": "agent_calls", "started_at": 1, "scope": "regions", "regions": ["r2"]}
    event = {"index": 0, "position": row.position, "stream": foreign, "version": 1, "topic": row.topic, "proof": []}
    said["events"].append(event | {"state": json.dumps({"recorded_at": 1, "actor": "x", "data": state})})
    found = findings(_retold(sealed(said), "", "", ""))
    assert found == [f"event {row.position}: {foreign} does not concern account 1001"]


# The reader's own checkpoint, and what cannot be read.


def test_a_kept_checkpoint(small: bytes, tmp_path: Path) -> None:
    file, kept = tmp_path / "claim.json", tmp_path / "kept"
    file.write_bytes(small)
    origin, size, root = json.loads(small)["checkpoint"].splitlines()
    other = base64.b64encode(bytes(32)).decode()

    def status(text: str) -> tuple[int, str]:
        kept.write_text(text)
        done = stranger(file, "--checkpoint", kept)
        return done.returncode, done.stdout + done.stderr

    assert status(f"{origin}\n{size}\n{root}\n")[0] == 0
    assert status(f"{origin}\n{size}\n{root}\n\n— someone AAAAAAAA\n")[0] == 0
    code, said = status(f"{origin}\n{int(size) - 1}\n{other}\n")
    assert (code, said.startswith("NOT TIED to the kept checkpoint")) == (3, True)
    code, said = status(f"{origin}\n{size}\n{other}\n")
    assert (code, "another root" in said) == (1, True)
    code, said = status(f"slaledger-of-another\n{size}\n{root}\n")
    assert (code, "another ledger" in said) == (1, True)
    assert status("nothing")[0] == 2


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"{}", b"[]", b"null", b'{"format":1.5}', b"[" * 100_000, b'{"a":1,"a":1}']
)
def test_what_is_no_dossier_cannot_be_read(data: bytes) -> None:
    with pytest.raises(verifier.Unreadable):
        findings(data)


def test_what_is_wrong_and_what_cannot_be_read_differ_in_status(small: bytes, tmp_path: Path) -> None:
    file = tmp_path / "claim.json"
    file.write_bytes(small.replace(b'"digest":"', b'"digest":"0', 1))
    done = stranger(file)
    assert (done.returncode, done.stdout) == (1, "the digest is not that of the content\n")
    file.write_bytes(b"{")
    done = stranger(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cannot be read: ")
    assert stranger(tmp_path / "none").returncode == 2


def test_the_format_is_canonical_to_the_byte(small: bytes) -> None:
    said = json.loads(small)
    for data in (small[:-1], small + b"\n", json.dumps(said, sort_keys=True).encode() + b"\n"):
        assert "the bytes are not the canonical JSON of what they say" in findings(data)


# Random histories.

SWITCHES: dict[str, tuple[str, ...]] = {
    "minimum_inclusive": ("true", "false"),
    "minimum_kind": ('"franchise"', '"deductible"'),
    "minimum_applies_to": ('"merged"', '"per_function"', '"per_incident"'),
    "minimum_tested": ('"before_exclusions"', '"after_exclusions"'),
    "exclusion_removes": ('"cause"', '"time"'),
    "quantise": ('"exact"', '"ceil_minute_per_episode"'),
    "month_straddle": ('"whole_then_clip"', '"clip_then_test"'),
    "timezone": ('"Asia/Shanghai"', '"UTC"', '"America/New_York"'),
    "availability_decimals": ('"exact"', "0", "1", "2", "4"),
    "rounding": ('"per_part"', '"once_on_total"'),
    "claim_opens": ('"day_after"', '"on_the_day"'),
    "claim_closes": ('"end_of_month"', '"corresponding_day"'),
    "deadline_rolls": ("true", "false"),
    "version_in_force": ('"month_start"', '"month_end"'),
    "shared_touches": ('"any_covered"', '"at_start"'),
    "maintenance_excluded": ('"announced"', '"actual"'),
}
BOUNDS = (4838, 5184, 5356, 24_192, 25_920, 26_784, 120_960, 129_600, 133_920)


def some_terms(dice: Random, version: str, effective: str) -> str:
    """An amendment that reads half of the doubtful clauses otherwise."""
    document = amended(version, effective)
    for switch, values in SWITCHES.items():
        value = dice.choice((values[0], dice.choice(values)))
        document = re.sub(rf"^{switch} = \S+", f"{switch} = {value}", document, flags=re.MULTILINE)
    numbers = (("value = 120", (60, 300)), ("working_day = { value = 5", (1, 15)), ("months = { value = 2", (1, 3)))
    for number, others in numbers:
        if dice.random() < 0.2:
            document = document.replace(number, number[: number.rindex(" ") + 1] + str(dice.choice(others)), 1)
    return document


class Happenings:
    """One account's months, told by the dice; its times crowd at two minutes, at edges of months and of tiers."""

    def __init__(self, dice: Random, told: Teller) -> None:
        self.dice, self.told = dice, told
        self.start = at(dice.choice(("2026-03-01", "2026-03-01", "2026-04-01", "2026-02-01", "2025-11-01")))
        self.end = (self.start + timedelta(days=40)).replace(day=1)
        self.incidents: list[datetime] = []
        self.bills = 0

    def near(self) -> datetime:
        inside = self.start + timedelta(days=10)
        anchor = self.dice.choice((self.start, self.end, self.end, inside, inside + timedelta(hours=22)))
        # Months begin eight hours later on the clock of UTC, and twelve or thirteen in New York.
        anchor += timedelta(hours=self.dice.choice((0, 0, 0, 8, 12, 13)))
        return anchor + timedelta(seconds=self.dice.choice((0, -119, -120, -121, self.dice.randint(-150, 150))))

    def outage(self, start: datetime, end: datetime) -> None:
        name = f"I{len(self.incidents)}"
        self.incidents.append(start)
        mine = {"account": "A"}
        shared = (
            *({"accounts": ["A", "B"]}, {"accounts": ["B"]}, {"all_accounts": True}),
            *({"regions": ["r1"]}, {"regions": ["r2"]}, {"regions": ["r1", "r2"]}),
        )
        function = self.dice.choice(("agent_sign_in", "agent_calls", "inbound_routing"))
        scope = self.dice.choice((mine, mine, mine, mine, *shared))
        self.told("incident open", incident=name, function=function, started_at=start, **scope)
        if self.dice.random() < 0.93:
            self.told("incident close", incident=name, ended_at=end)
        for _ in range(self.dice.choice((0, 0, 0, 1, 1, 2))):
            early, late = (timedelta(seconds=self.dice.randint(118, 122)) for _ in range(2))
            inside = start + (end - start) * self.dice.random()
            spans = (
                (None, None),
                (start + early, None),
                (None, end - late),
                (inside, None),
                (None, inside),
                (inside, end),
            )
            since, until = self.dice.choice(spans)
            self.told("exclusion apply", incident=name, from_=since, to=until, **self.cause(start, end))

    def cause(self, start: datetime, end: datetime) -> dict[str, Any]:
        """A carrier's failure, or maintenance that was announced, with its window or without."""
        if self.dice.random() < 0.5:
            return {"clause": "2.3(1)"}
        told = {"clause": "2.3(5)", "notified_at": start - timedelta(days=1)}
        opens, closes = (edge + timedelta(seconds=self.dice.randint(-300, 130)) for edge in (start, end))
        return told if self.dice.random() < 0.3 else {**told, "announced_from": opens, "announced_to": closes}

    def cluster(self) -> None:
        start = self.near()
        for _ in range(self.dice.choice((1, 2, 2, 3))):
            low, high = self.dice.choice(((118, 122), (118, 122), (58, 62), (0, 130), (100, 600)))
            length = timedelta(seconds=self.dice.randint(low, high), microseconds=self.dice.choice((0, 0, 1, 999_999)))
            self.outage(start, start + length)
            end = start + length
            start = self.dice.choice((end, end + timedelta(seconds=1), end - timedelta(seconds=40), start))

    def long_outage(self) -> None:
        start = self.dice.choice((self.start + timedelta(days=2), self.start - timedelta(hours=1), self.near()))
        length = self.dice.choice(BOUNDS) + self.dice.choice((-1, 0, 1, 120, 7200))
        self.outage(start, start + timedelta(seconds=length))

    def bill(self) -> None:
        self.bills += 1
        months = self.dice.choice((1, 1, 1, 2, 3, 7))
        first = self.start - timedelta(days=28 * self.dice.randint(0, months - 1))
        product = self.dice.choice((1, 2, 100, 1001, 99_999, 100_000, 123_457))
        call = self.dice.randint(0, product)
        offset = {"service": f"{(product - call) // 3 / 100:.2f}", "call": f"{call // 2 / 100:.2f}"}
        self.last_bill = {
            "bill": f"F{self.bills}",
            "account": "A",
            "first_month": f"{first:%Y-%m}",
            "months": months,
            "billed_at": at("2027-05-01"),
            "product_fee": f"{product / 100:.2f}",
            "call_fee": f"{call / 100:.2f}",
            "voucher_offset": self.dice.choice((None, None, offset)),
        }
        self.told("fees bill", **self.last_bill)

    def bill_voided_and_told_again(self) -> None:
        self.bill()
        self.told("fees void", bill=self.last_bill["bill"], reason="r")
        self.told("fees bill", **self.last_bill, again=True)

    def later(self) -> None:
        """Something comes to be known."""
        number = self.dice.randrange(len(self.incidents))
        incident, start = {"incident": f"I{number}", "reason": "r"}, self.incidents[number]
        bill = f"F{self.dice.randint(1, max(1, self.bills))}"
        moved = start + timedelta(seconds=self.dice.randint(-300, 100))
        account = self.dice.choice(({"stage": "public_beta"}, {"enrolled_at": self.near()}, {"covered_in_beta": True}))
        voucher = f"V-A-{self.dice.choice((self.start, self.end)):%Y-%m}-1"
        paid = {"part": self.dice.choice(("service", "call")), "amount": self.dice.choice(("0.01", "0.50", "9.00"))}
        stage = {"stage": self.dice.choice(("general", "public_beta")), "changed_at": self.near()}
        self.dice.choice(
            (
                self.cluster,
                self.long_outage,
                self.bill,
                self.bill_voided_and_told_again,
                lambda: self.told("exclusion withdraw", **incident, exclusion=1),
                lambda: self.told("incident correct", **incident, started_at=moved),
                lambda: self.told("incident correct", **incident, ended_at=moved + timedelta(hours=2)),
                lambda: self.told("incident withdraw", **incident),
                lambda: self.told("incident reopen", **incident),
                lambda: self.told("incident correct", **incident, function="agent_sign_in"),
                lambda: self.told("account move", account="A", region="r1", moved_at=self.near()),
                lambda: self.told("account move", account="A", region="r2", moved_at=self.near()),
                lambda: self.told("account correct", account="A", region="r2", reason="r"),
                self.read_otherwise,
                lambda: self.told("fees correct", bill=bill, product_fee="777.77", reason="r"),
                lambda: self.told("fees void", bill=bill, reason="r"),
                lambda: self.told("account correct", account="A", reason="r", **account),
                lambda: self.told("account restage", account="A", **stage),
                lambda: self.told("account close", account="A", closed_at=self.near()),
                lambda: self.told(
                    "voucher redeem", voucher=voucher, account="A", bill=bill, redeemed_at=at("2027-05-02"), **paid
                ),
                lambda: self.told("voucher reverse", voucher=voucher, redemption=1, reason="r"),
            )
        )()

    def read_otherwise(self) -> None:
        """The first version is published again with other readings."""
        document = SHIPPED
        for switch in self.dice.sample(sorted(SWITCHES.keys() - {"timezone", "version_in_force"}), 3):
            value = self.dice.choice(SWITCHES[switch])
            document = re.sub(rf"^{switch} = \S+", f"{switch} = {value}", document, flags=re.MULTILINE)
        self.told("terms publish", document=document, reason="r")

    def claim(self, month: datetime) -> None:
        claim = {"account": "A", "month": f"{month:%Y-%m}"}
        after = (month + timedelta(days=40)).replace(day=1)
        filed = after + timedelta(
            days=self.dice.choice((30, 30, 30, self.dice.randint(1, 20), self.dice.randint(50, 70)))
        )
        self.told("claim file", **claim, filed_at=filed)
        self.told("claim decide", **claim, decided_at=self.dice.choice((None, filed, filed + timedelta(days=5))))
        self.told("voucher issue", **claim, issued_at=at("2027-04-01"))


def history(dice: Random, told: Teller) -> None:
    """Terms, an account, what happened, two claims, what came to be known after them, and the claims once more."""
    for version, effective, chance in (("v2", "2025-05-01", 0.9), ("v3", "2026-03-15", 0.4), ("v4", "2026-03-31", 0.2)):
        if dice.random() < chance:
            noticed = at(effective) - timedelta(days=dice.choice((31, 90)))
            told("terms publish", document=some_terms(dice, version, effective), noticed_at=noticed)
    case = Happenings(dice, told)
    enrolled = dice.choice((*[at("2018-09-01")] * 5, case.near()))
    told("account enroll", account="A", enrolled_at=enrolled, region=dice.choice(("r1", "r2", None)))
    told("account enroll", account="B", enrolled_at=at("2018-09-01"))
    for region in dice.choice(((), (), ("r1",), ("r2", "r1"))):
        told("account move", account="A", region=region, moved_at=case.near())
    for happening in (case.cluster, case.long_outage, case.bill, case.cluster, case.later)[: dice.choice((3, 4, 5, 5))]:
        happening()
    for month in (case.start, case.end):
        case.claim(month)
    for _ in range(dice.choice((0, 3, 6))):
        case.later()
    for month in (case.start, case.end):
        told("claim redecide", account="A", month=f"{month:%Y-%m}", reason="r")
