"""Whatever bytes somebody puts into the log, each command ends with a sentence that names the place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import CommandLine
from stores import SqliteFile, SqliteStore

_OPENED = {"incident": "EVIL", "function": "agent_calls", "started_at": 1, "scope": "account", "account": "1001"}
_BILLED = {
    "bill": "EVIL",
    "account": "1001",
    "first_month": "2026-07",
    "months": 1,
    "billed_at": 1,
    "product_fee_fen": 1,
    "call_fee_fen": 0,
}
_DAY = {"date": "2030-99-99", "name": "x"}
_YEAR = {"country": "CN", "year": 2030, "sha256": "x", "source": "s", "holidays": [_DAY], "workdays": []}
_TERMS = {"agreement": "a", "version": "b", "effective_at": 1, "sha256": "x", "document": "nonsense"}


def state(data: object, recorded_at: int = 1_795_226_400_000_000, actor: str = "clerk") -> bytes:
    return json.dumps({"recorded_at": recorded_at, "actor": actor, "data": data}).encode()


BILL, INCIDENT = ("1001/bill/EVIL", "fees.billed"), ("1001/incident/EVIL", "incident.opened")
STATES: dict[str, tuple[tuple[str, str], bytes]] = {
    "one byte that is no UTF-8": (BILL, b"\xff"),
    "such a byte in a text": (BILL, state(_BILLED, actor="?").replace(b"?", b"\xff")),
    "half a surrogate pair": (BILL, state(_BILLED, actor="\ud800")),
    "a number of 4,301 digits": (BILL, state(_BILLED).replace(b'_fee_fen": 1,', b'_fee_fen": ' + b"9" * 4301 + b",")),
    "brackets 100,000 deep": (BILL, b"[" * 100_000),
    "recorded beyond all years": (BILL, state(_BILLED, recorded_at=9 * 10**18)),
    "recorded before 1970": (BILL, state(_BILLED, recorded_at=-1)),
    "an instant beyond all years": (INCIDENT, state({**_OPENED, "started_at": 9 * 10**18})),
    "no month": (("1001/claim/9999-99", "claim.filed"), state({"account": "1001", "month": "9999-99", "filed_at": 1})),
    "a billion months": (BILL, state({**_BILLED, "months": 10**9})),
    "a fee beyond all money": (BILL, state({**_BILLED, "product_fee_fen": 9 * 10**18})),
    "an outage of no region": (INCIDENT, state({**_OPENED, "scope": "regions", "account": None})),
    "a day that is none": (("~/calendar/CN-2030", "calendar.published"), state(_YEAR)),
    "terms that are none": (("~/terms/aliyun-ccc", "terms.published"), state(_TERMS)),
    "a decision that is none": (
        ("1001/claim/2026-07", "claim.decided"),
        state({"account": "1001", "month": "2026-07", "decision": {"a": 1}}),
    ),
    "an unknown topic": (("1001/bill/EVIL", "fees.forgiven"), state({})),
    "a stream with a line end": (("weird\nstream", "fees.voided"), state({"bill": "EVIL"})),
}
READING = (
    *("availability 1001 2026-07", "worklist", "breaches 2026-07", "claim show 1001 2026-07", "claim list"),
    *(
        "voucher list",
        "history 1001",
        "history 1001 --month 2026-07",
        "report 2026-07",
        "terms list",
        "calendar show 2026",
    ),
    *(
        "mtbf 1001 2026",
        "doctor",
        "audit replay",
        "audit impact",
        "audit completeness",
        "audit duties",
        "audit checkpoint",
        "rebuild",
    ),
    *("export events -o events.jsonl", "dossier 1001 2026-07 -o case.json", "claim decide 1005 2026-09"),
)


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str]) -> Path:
    return shown[0] / "slaledger.db"


@pytest.mark.parametrize("name", STATES)
def test_no_state_ends_a_command_with_a_traceback(
    name: str, demo: Path, sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    (stream, topic), content = STATES[name]
    ledger = CommandLine(tmp_path, sqlite_store.taken_over(demo, tmp_path))
    assert isinstance(ledger.place, SqliteFile)
    position = ledger.insert(stream, topic, content)
    for line in READING:
        done = ledger.run(*line.split())  # an exception that it lets out fails the test
        assert done.returncode in (0, 1, 2, 3, 4), (line, done.stderr)
    verified = ledger.run("audit", "verify")
    assert verified.returncode == 4, verified.stdout
    told = json.loads(verified.stdout) if verified.stdout else json.loads(verified.stderr)["error"]
    assert str(position) in json.dumps(told)


def test_a_position_that_leaves_none_behind_it_is_refused_by_the_database(
    demo: Path, sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    ledger = CommandLine(tmp_path, sqlite_store.taken_over(demo, tmp_path))
    last = ledger.rows()[-1][0]
    for position in (2**63 - 1, 2**52 + 1, last + 1_000_001):
        with pytest.raises(Exception, match="append-only"), ledger.place.open(guarded=True) as execute:
            execute(INSERT, position, "1001/bill/EVIL", 1, "fees.billed", state(_BILLED))
    with ledger.place.open(guarded=False) as execute:
        execute(INSERT, 2**63 - 1, "1001/bill/EVIL", 1, "fees.billed", state(_BILLED))
    done = ledger.run("audit", "verify")
    assert (done.returncode, json.loads(done.stdout)["first_bad_position"]) == (4, 2**63 - 1)


INSERT = "INSERT INTO stored_events (position, originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?, ?)"
