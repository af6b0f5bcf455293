"""Signatures of events: what was changed is found, by position and with a code, on the log and in a dossier."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from hypothesis import given
from hypothesis import strategies as st
from keys import ALICE, ALICE_2, BOB
from stores import SqliteStore
from test_verifier import VERIFIER, dossiers

from domain.events import AccountEnrolled
from domain.keys import encoded, verifier_key
from ledger.log.codec import Envelope, Row, decode, encode
from ledger.refusals.store import UnreadableState
from ledger.transparency.event_signatures import KeySigner, has_right_signature
from ledger.transparency.signed_notes import is_signature_of

LEDGER = "slaledger-0"
STREAM, TOPIC = "1001/account", "account.enrolled"


def row(signer: str = ALICE.signer, **members: Any) -> Row:
    """A signed event as stored."""
    event = AccountEnrolled(account="1001", enrolled_at=1, stage="general")
    envelope = Envelope(recorded_at=2, actor="alice", data=event, **members)
    return Row(7, STREAM, 3, TOPIC, encode(KeySigner(signer).signed(LEDGER, STREAM, 3, TOPIC, envelope)))


def is_right(stored: Row, ledger: str = LEDGER) -> bool:
    return has_right_signature(ledger, stored, decode(stored))


def test_what_is_signed_is_the_documented_text() -> None:
    """Made here from the description alone."""
    stored = row(reason="why")
    state = json.loads(stored.state)
    rest = {name: value for name, value in state.items() if name not in ("public_key", "signature")}
    text = b"slaledger-event-v1\n"
    for part in (LEDGER, STREAM, "3", TOPIC):
        text += len(part.encode()).to_bytes(8, "big") + part.encode()
    text += json.dumps(rest, separators=(",", ":"), ensure_ascii=False).encode()
    key = verifier_key(state["public_key"])
    assert key is not None
    assert list(state)[-2:] == ["public_key", "signature"]
    assert is_signature_of(key, base64.b64decode(state["signature"]), text)


def test_every_byte_of_a_signed_event_counts() -> None:
    """A state that can still be read is no longer rightly signed, whichever of its bytes is another."""
    stored = row(reason="why", key="k-1")
    assert is_right(stored)
    read = 0
    for place in range(len(stored.state)):
        for other in (stored.state[place] ^ 1, ord("0"), ord(" ")):
            state = stored.state[:place] + bytes([other]) + stored.state[place + 1 :]
            if state == stored.state:
                continue
            with suppress(UnreadableState):
                fact = decode(stored._replace(state=state))
                read += 1
                assert not has_right_signature(LEDGER, stored._replace(state=state), fact), (place, other)
    assert read > 100


@pytest.mark.parametrize(
    "changed",
    [
        {"stream": "1002/account"},
        {"stream": "1001/accoun", "topic": "taccount.enrolled"},
        {"version": 4},
        {"topic": "account.enrolled.v2"},
    ],
)
def test_where_an_event_stands_counts(changed: dict[str, Any]) -> None:
    stored = row()
    fact = decode(stored)
    assert has_right_signature(LEDGER, stored._replace(position=8), fact)
    assert not has_right_signature(LEDGER, stored._replace(**changed), fact)
    assert not has_right_signature("slaledger-1", stored, fact)


def _at_the_front(state: bytes) -> bytes:
    head, _, rest = state[:-1].partition(b',"public_key"')
    return b"{" + b'"public_key"' + rest + b"," + head[1:] + b"}"


@pytest.mark.parametrize(
    "change",
    [
        _at_the_front,
        lambda state: state.replace(b',"signature"', b', "signature"'),
        lambda state: state.replace(b',"signature"', b',"reason":"x","signature"'),
        lambda state: state[: state.index(b',"signature"')] + b"}",
        lambda state: state[: state.index(b',"public_key"')] + state[state.index(b',"signature"') :],
        lambda state: state[:-1] + b" }",
        lambda state: state + b"\n",
        lambda state: state.replace(ALICE.public.encode(), BOB.public.encode()),
        lambda state: state.replace(b'"signature":"', b'"signature":"A'),
        lambda state: state.replace(b'=="}', b'="}'),
        lambda state: state.replace(b'"signature":', b'"signature":null,"signature":'),
    ],
)
def test_the_two_members_stand_last_as_they_are_written(change: Callable[[bytes], bytes]) -> None:
    stored = row()
    state = change(stored.state)
    assert state != stored.state
    assert not is_right(stored._replace(state=state))


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.text(max_size=9))
def test_any_text_is_signed_as_it_is_stored(reason: str, actor: str, key: str) -> None:
    event = AccountEnrolled(account="1001", enrolled_at=1, stage="general")
    envelope = Envelope(recorded_at=2, actor=actor, data=event, reason=reason, key=key)
    signed = KeySigner(ALICE.signer).signed(LEDGER, STREAM, 3, TOPIC, envelope)
    stored = Row(7, STREAM, 3, TOPIC, encode(signed))
    assert is_right(stored)
    assert not is_right(stored, LEDGER + "0")


# On a log.


@pytest.fixture(scope="module")
def log(sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger with a case that `alice` signed, under the control, and with a key that is retired."""
    folder = tmp_path_factory.mktemp("signed")
    slaledger = CommandLine(folder, sqlite_store.blank(folder))
    slaledger.ok("actor", "add-key", "alice", ALICE.public)
    slaledger.ok("actor", "add-key", "bob", BOB.public)
    alice = ("--actor", "alice", "--sign", ALICE.file(folder))
    slaledger.ok(*alice, "controls", "set", "--signed", "true", "--reason", "r")
    slaledger.ok(*alice, "actor", "add-key", "alice", ALICE_2.public)
    down = {"function": "inbound_routing", "started_at": "2026-03-03T10:00:00+08:00"}
    fees = {"first_month": "2026-03", "billed_at": "2026-04-01T00:00:00+08:00", "product_fee": "1000.00"}
    claim = {"account": "1001", "month": "2026-03"}
    commands = [
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {"command": "incident open", "incident": "I", "account": "1001", **down},
        {"command": "incident close", "incident": "I", "ended_at": "2026-03-03T12:00:00+08:00"},
        {"command": "fees bill", "bill": "B", "account": "1001", **fees, "call_fee": "0.00"},
        {"command": "claim file", **claim, "filed_at": "2026-04-10T00:00:00+08:00"},
        {"command": "claim decide", **claim},
        {"command": "actor retire-key", "actor": "alice", "public_key": ALICE_2.public, "reason": "lost"},
        {"command": "account close", "account": "1001", "closed_at": "2026-11-01T00:00:00+08:00"},
    ]
    done = slaledger.run(*alice, "batch", "-", stdin="".join(f"{json.dumps(one)}\n" for one in commands).encode())
    assert done.returncode == 0, done.stderr
    return slaledger


def found(slaledger: CommandLine, folder: Path, topic: str, change: Callable[[dict[str, Any]], Any]) -> list[str]:
    """The codes of what `audit verify` finds at the last event of a topic, once its state is changed."""
    copy = slaledger.copy(folder)
    stored = [one for one in copy.rows() if one[3] == topic][-1]
    state = json.loads(stored[4])
    signed = change(state)
    data = json.dumps(signed if isinstance(signed, dict) else state, separators=(",", ":"), ensure_ascii=False)
    copy.tamper("UPDATE stored_events SET state = ? WHERE position = ?", data.encode(), stored[0])
    done = copy.run("audit", "verify")
    assert done.returncode == 4, done.stdout
    return [one["code"] for one in json.loads(done.stdout)["inadmissible"] if one["position"] == stored[0]]


def _signed_again(signer: str, slaledger: CommandLine, topic: str, **members: Any) -> Callable[[dict[str, Any]], Any]:
    """The event signed with a key, by somebody who has that key; `members` of the envelope are others."""
    stored = [one for one in slaledger.rows() if one[3] == topic][-1]
    ledger = json.loads(slaledger.rows()[0][4])["data"]["ledger"]

    def change(state: dict[str, Any]) -> dict[str, Any]:
        fact = decode(Row(*stored))
        envelope = Envelope(
            recorded_at=fact.recorded_at, **{"actor": fact.actor, "reason": fact.reason, **members}, data=fact.event
        )
        signed = KeySigner(signer).signed(ledger, fact.stream, fact.version, topic, envelope)
        again: dict[str, Any] = json.loads(encode(signed))
        return again

    return change


def _unsigned(state: dict[str, Any]) -> None:
    del state["public_key"], state["signature"]


def test_the_log_is_sound_as_it_is(log: CommandLine) -> None:
    verified = log.ok("audit", "verify")
    assert (verified["inadmissible"], verified["damage"]) == ([], [])
    assert verified["signatures"]["signed"] == verified["signatures"]["checked"] > 9


@pytest.mark.parametrize(
    ("topic", "change", "codes"),
    [
        ("fees.billed", lambda state: state["data"].update(product_fee_fen=9), ["bad_signature"]),
        ("fees.billed", lambda state: state.update(recorded_at=state["recorded_at"] + 1), ["bad_signature"]),
        ("fees.billed", lambda state: state.update(actor="bob"), ["key_of_another", "bad_signature"]),
        ("fees.billed", lambda state: state.update(public_key=BOB.public), ["key_of_another", "bad_signature"]),
        ("fees.billed", lambda state: state.update(public_key="?"), ["unknown_key", "bad_signature"]),
        ("fees.billed", lambda state: state.update(signature=encoded(b"0" * 64)), ["bad_signature"]),
        ("fees.billed", lambda state: state.pop("signature"), ["bad_signature"]),
        ("fees.billed", lambda state: state.pop("public_key"), ["unsigned", "bad_signature"]),
        ("fees.billed", _unsigned, ["unsigned"]),
        ("actor.key_added", _unsigned, ["unsigned"]),
        ("actor.key_retired", _unsigned, ["unsigned"]),
        ("controls.set", _unsigned, ["unsigned"]),
    ],
)
def test_a_change_of_what_is_signed_is_listed(
    log: CommandLine, tmp_path: Path, topic: str, change: Callable[[dict[str, Any]], Any], codes: list[str]
) -> None:
    told = found(log, tmp_path, topic, change)
    assert set(codes) <= set(told) and told[0] in codes


@pytest.mark.parametrize(
    ("topic", "signer", "actor", "codes"),
    [
        ("account.closed", ALICE.signer, "alice", None),
        ("account.closed", ALICE_2.signer, "alice", ["retired_key"]),
        ("account.closed", BOB.signer, "alice", ["key_of_another"]),
        ("account.closed", BOB.signer, "bob", None),
        ("fees.billed", ALICE_2.signer, "alice", None),
        ("controls.set", BOB.signer, "bob", None),
        ("actor.key_added", BOB.signer, "bob", ["not_steward"]),
        ("actor.key_retired", BOB.signer, "bob", ["not_steward"]),
    ],
)
def test_what_is_signed_by_another_key_is_held_to_whose_it_was_then(
    log: CommandLine, tmp_path: Path, topic: str, signer: str, actor: str, codes: list[str] | None
) -> None:
    """Somebody who has a key and rewrites the log makes a right signature; whether it counts, its position says."""
    copy = log.copy(tmp_path)
    stored = [one for one in copy.rows() if one[3] == topic][-1]
    again = _signed_again(signer, log, topic, actor=actor)({})
    data = json.dumps(again, separators=(",", ":"), ensure_ascii=False).encode()
    copy.tamper("UPDATE stored_events SET state = ? WHERE position = ?", data, stored[0])
    listed = json.loads(copy.run("audit", "verify").stdout)["inadmissible"]
    told = [one["code"] for one in listed if one["position"] == stored[0]]
    assert [code for code in told if code != "half_recorded"] == (codes or [])


# In a dossier.


def _case(log: CommandLine) -> bytes:
    with log.opened() as ledger:
        (data,) = dossiers(ledger).values()
    return data


def test_a_dossier_carries_the_keys_of_who_signed(log: CommandLine) -> None:
    data = json.loads(_case(log))
    assert "~/actor/alice" in {event["stream"] for event in data["events"]}
    assert "~/actor/bob" not in {event["stream"] for event in data["events"]}
    (log.folder / "case.json").write_bytes(_case(log))
    checked = log.ok("verify-dossier", "case.json")
    assert (checked["findings"], checked["signatures"]["checked"]) == ([], checked["signatures"]["signed"])
    assert checked["signatures"]["signed"] > 8


def test_both_checkers_say_that_signatures_were_not_checked(log: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    (log.folder / "case.json").write_bytes(_case(log))
    alone = [sys.executable, "-I", "-S", str(VERIFIER), str(log.folder / "case.json")]
    done = subprocess.run(alone, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("OK: ")
    assert "signatures were not checked" in done.stdout
    with_library = subprocess.run([*alone[:2], *alone[3:]], capture_output=True, text=True)
    assert (with_library.returncode, "not checked" in with_library.stdout) == (0, False)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    ours = log.run("verify-dossier", "case.json")
    assert json.loads(ours.stdout)["signatures"]["checked"] == 0
    assert "signatures were not checked" in ours.stderr
