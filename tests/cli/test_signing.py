"""Signed commands from the command line: whose key it is, what must be signed, and what stays as it was signed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from keys import ALICE, ALICE_2, BOB, Key

from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.commands.execution import execute
from ledger.commands.parsing import build

ENROLL = ("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")


def words_of(slaledger: CommandLine, actor: str, key: Key) -> tuple[str, ...]:
    """The global options of somebody who signs."""
    return ("--actor", actor, "--sign", key.file(slaledger.folder))


@pytest.fixture
def alice(slaledger: CommandLine) -> tuple[str, ...]:
    """The words by which `alice` signs; her key is registered."""
    slaledger.ok("actor", "add-key", "alice", ALICE.public)
    return words_of(slaledger, "alice", ALICE)


@pytest.fixture
def held(slaledger: CommandLine, alice: tuple[str, ...]) -> tuple[str, ...]:
    """The words by which `alice`, the steward, signs where all must."""
    slaledger.ok(*alice, "controls", "set", "--signed", "true", "--reason", "r")
    return alice


def states(slaledger: CommandLine) -> list[dict[str, Any]]:
    return [json.loads(row[4]) for row in slaledger.rows()]


def test_a_first_key_is_unsigned_and_shown_as_such(slaledger: CommandLine) -> None:
    done = slaledger.run("actor", "add-key", "alice", ALICE.public)
    assert json.loads(done.stdout)["public_key"] == ALICE.public
    assert "not signed" in done.stderr
    again = slaledger.run("actor", "add-key", "alice", ALICE.public)
    assert (json.loads(again.stdout)["noop"], again.stderr) == (True, "")
    (key,) = slaledger.ok("actor", "list")
    assert (key["actor"], key["added_by"], key["signed_by"], key["retired"]) == ("alice", "clerk", None, None)
    assert "clerk, not signed" in slaledger.run("actor", "list", "--format", "table").stdout


def test_what_is_recorded_with_a_key_is_signed(slaledger: CommandLine, alice: tuple[str, ...]) -> None:
    slaledger.ok(*alice, *ENROLL, "--key", "k-1")
    slaledger.ok("account", "close", "1001", "--closed-at", "2026-11-01T00:00:00+08:00")
    signed = [list(state)[-2:] for state in states(slaledger)[-3:]]
    assert signed[:2] == [["public_key", "signature"]] * 2
    assert signed[2] == ["actor", "data"]
    found = slaledger.ok("audit", "verify")
    assert (found["inadmissible"], found["signatures"]) == ([], {"signed": 2, "checked": 2})
    told = slaledger.run("audit", "verify", "--format", "table").stdout
    assert "2 signatures checked" in told


def test_the_key_may_come_from_the_environment(slaledger: CommandLine, alice: tuple[str, ...]) -> None:
    env = {"SLALEDGER_SIGN": alice[-1], "SLALEDGER_ACTOR": "alice"}
    assert slaledger.run(*ENROLL, env=env).returncode == 0
    assert states(slaledger)[-1]["public_key"] == ALICE.public


def test_reading_needs_no_key(slaledger: CommandLine) -> None:
    assert slaledger.run("--sign", "nowhere.key", "worklist").returncode == 0
    assert slaledger.run("--sign", "nowhere.key", *ENROLL).returncode == 2


def test_batches_imports_and_month_runs_sign_too(slaledger: CommandLine, held: tuple[str, ...]) -> None:
    opened = {"command": "incident open", "incident": "I", "account": "1001", "function": "agent_calls"}
    lines = [
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {**opened, "started_at": "2026-03-03T10:00:00+08:00", "key": "k"},
        {"command": "claim file", "account": "1001", "month": "2026-03", "filed_at": "2026-04-10T00:00:00+08:00"},
        {"command": "claim decide", "month": "2026-03", "all": True},
    ]
    batch = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    refused = slaledger.run("batch", "-", stdin=batch)
    assert (refused.returncode, json.loads(refused.stdout)["refused"][0]["code"]) == (1, "unsigned")
    before = len(slaledger.rows())
    slaledger.run(*held, "batch", "-", stdin=batch)
    slaledger.ok(*held, "claim", "decide", "--all", "2026-03")
    event = {"specversion": "1.0", "id": "1", "source": "/m", "type": "slaledger.incident.withdraw"}
    (slaledger.folder / "events.json").write_text(json.dumps([{**event, "data": {"incident": "I", "reason": "r"}}]))
    assert slaledger.refused("import", "cloudevents", "events.json")["code"] == "unsigned"
    slaledger.ok(*held, "import", "cloudevents", "events.json")
    recorded = states(slaledger)[before:]
    assert len(recorded) > 5
    assert {state["public_key"] for state in recorded} == {ALICE.public}
    assert slaledger.ok("audit", "verify")["inadmissible"] == []


def test_while_commands_must_be_signed(slaledger: CommandLine, held: tuple[str, ...]) -> None:
    before = slaledger.rows()
    bob = words_of(slaledger, "bob", BOB)
    assert slaledger.refused(*ENROLL)["code"] == "unsigned"
    assert slaledger.refused("actor", "add-key", "bob", BOB.public)["code"] == "unsigned"
    assert slaledger.refused(*bob, "actor", "add-key", "bob", BOB.public)["code"] == "unknown_key"
    assert slaledger.refused(*held, "actor", "retire-key", "alice", ALICE.public)["code"] == "last_steward_key"
    assert slaledger.refused("controls", "set", "--signed", "false", "--reason", "r")["code"] == "unsigned"
    assert slaledger.ok("controls", "set", "--signed", "true", "--reason", "as before")["noop"] is True
    assert slaledger.rows() == before
    slaledger.ok(*held, "actor", "add-key", "bob", BOB.public)
    assert slaledger.refused(*bob, "controls", "set", "--signed", "false", "--reason", "r")["code"] == "not_steward"
    slaledger.ok(*bob, *ENROLL)
    done = slaledger.ok(*held, "controls", "set", "--signed", "false", "--reason", "r")
    assert (done["signed"], done.get("stewards")) == (False, None)
    slaledger.ok("account", "close", "1001", "--closed-at", "2026-11-01T00:00:00+08:00")
    assert slaledger.ok("audit", "verify")["inadmissible"] == []


def test_who_sets_that_commands_must_be_signed_sees_who_the_stewards_are(
    slaledger: CommandLine, alice: tuple[str, ...]
) -> None:
    assert slaledger.refused("controls", "set", "--signed", "true", "--reason", "r")["code"] == "unsigned"
    slaledger.ok("actor", "add-key", "bob", BOB.public)
    bob = words_of(slaledger, "bob", BOB)
    slaledger.ok(*bob, "controls", "set", "--provider-name", "Cloud", "--reason", "r")
    done = slaledger.ok(*alice, "controls", "set", "--signed", "true", "--reason", "r")
    assert (done["signed"], done["stewards"]) == (True, ["alice", "bob"])
    slaledger.ok(*bob, "actor", "retire-key", "alice", ALICE.public, "--reason", "she left")
    assert slaledger.refused(*alice, *ENROLL)["code"] == "retired_key"
    gaps = slaledger.run("audit", "completeness").stdout
    assert "commands must be signed" in gaps


def test_a_key_is_retired_by_itself_with_an_idempotency_key_too(slaledger: CommandLine, alice: tuple[str, ...]) -> None:
    slaledger.ok(*alice, "actor", "retire-key", "alice", ALICE.public, "--key", "k-1")
    assert slaledger.refused(*alice, *ENROLL)["code"] == "retired_key"
    assert slaledger.ok("audit", "verify")["inadmissible"] == []


def test_a_batch_may_register_a_key_and_is_held_to_what_it_retired(
    slaledger: CommandLine, alice: tuple[str, ...]
) -> None:
    enroll = {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"}
    lines = [
        {"command": "actor add-key", "actor": "alice", "public_key": ALICE_2.public},
        {"command": "actor retire-key", "actor": "alice", "public_key": ALICE.public},
        enroll,
    ]
    done = slaledger.run(*alice, "batch", "-", stdin="".join(f"{json.dumps(line)}\n" for line in lines).encode())
    assert [one["code"] for one in json.loads(done.stdout)["refused"]] == ["retired_key"]
    second = words_of(slaledger, "alice", ALICE_2)
    slaledger.ok(*second, *ENROLL)
    assert slaledger.ok("audit", "verify")["inadmissible"] == []


def test_an_approval_that_is_signed_does_not_warn(slaledger: CommandLine, alice: tuple[str, ...]) -> None:
    slaledger.ok(*ENROLL)
    slaledger.ok("controls", "set", "--approval-above", "0", "--reason", "r")
    down = {"function": "inbound_routing", "started_at": "2026-03-03T10:00:00+08:00"}
    fees = {"first_month": "2026-03", "billed_at": "2026-04-01T00:00:00+08:00", "product_fee": "1000.00"}
    claim = {"account": "1001", "month": "2026-03"}
    done = slaledger.batch(
        {"command": "incident open", "incident": "I", "account": "1001", **down},
        {"command": "incident close", "incident": "I", "ended_at": "2026-03-03T12:00:00+08:00"},
        {"command": "fees bill", "bill": "B", "account": "1001", **fees, "call_fee": "0.00"},
        {"command": "claim file", **claim, "filed_at": "2026-04-10T00:00:00+08:00"},
        {"command": "claim decide", **claim},
    )
    assert done.returncode == 0, done.stderr
    approved = slaledger.run(*alice, "voucher", "approve", "1001", "2026-03")
    assert (approved.returncode, approved.stderr) == (0, "")
    name = ALICE.public.rpartition("+A")[0]
    (shown,) = slaledger.ok("claim", "show", "1001", "2026-03")["approvals"]
    assert (shown["by"], shown["signed_by"]) == ("alice", name)
    assert (
        f"by alice, signed by {name}" in slaledger.run("claim", "show", "1001", "2026-03", "--format", "table").stdout
    )
    events = slaledger.ok("history", "1001")["events"]
    assert [one["topic"] for one in events if "signed_by" in one] == ["claim.approved"]
    assert f"signed by {name} of alice" in " ".join(
        slaledger.run("history", "1001", "--format", "table").stdout.split()
    )
    slaledger.ok("dossier", "1001", "2026-03", "--html", "case.html")
    assert f'signed by <bdi class="id">{name}</bdi>' in (slaledger.folder / "case.html").read_text("utf-8")


def test_copies_keep_signatures_byte_for_byte(slaledger: CommandLine, held: tuple[str, ...], tmp_path: Path) -> None:
    slaledger.ok(*held, *ENROLL)
    slaledger.ok("export", "events", "-o", "events.jsonl")
    assert slaledger.run("backup", "copy.db").returncode == 0
    for command in (("import", "events", "events.jsonl"), ("restore", "copy.db")):
        url = f"sqlite:///{tmp_path / command[0]}.db"
        done = slaledger.run("--ledger", url, *command)
        assert done.returncode == 0, done.stderr
        with Ledger.open(url, read_only=True) as ledger, ledger.reading() as log:
            assert [tuple(row) for row in log.since(0)] == [tuple(row) for row in slaledger.rows()]
        found = slaledger.ok("--ledger", url, "audit", "verify")
        assert (found["inadmissible"], found["signatures"]["checked"]) == ([], 2)


def test_without_cryptography_nothing_is_signed_and_signatures_are_said_to_be_unchecked(
    slaledger: CommandLine, held: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    slaledger.ok(*held, *ENROLL)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    done = slaledger.run("audit", "verify")
    assert json.loads(done.stdout)["signatures"] == {"signed": 2, "checked": 0}
    assert "2 signatures were not checked" in done.stderr
    again = slaledger.refused(*held, "account", "close", "1001", "--closed-at", "2026-11-01T00:00:00+08:00", status=2)
    assert again["code"] == "no_cryptography"


def test_a_program_that_records_without_a_signer_is_refused(slaledger: CommandLine, held: tuple[str, ...]) -> None:
    command = build("account enroll", {"account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"})
    with slaledger.opened() as ledger, pytest.raises(Refusal) as refused:
        execute(ledger, command, "alice")
    assert refused.value.code == "unsigned"


def test_the_rules_of_a_newer_release_do_not_begin_with_a_key_that_was_just_retired(
    slaledger: CommandLine, alice: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.application.RULES", 3)
    slaledger.ok(*alice, "actor", "retire-key", "alice", ALICE.public)
    assert slaledger.rows()[-1][3] == "actor.key_retired"
    slaledger.ok(*ENROLL)
    assert slaledger.rows()[-1][3] == "ledger.upgraded"
