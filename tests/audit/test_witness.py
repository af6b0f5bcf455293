"""A witness cosigns what continues its last checkpoint, and nothing else; and a policy counts who cosigned."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from conftest import CommandLine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from forks import Gate
from keys import AUDITOR, CUSTOMER, LEDGER, Key

from domain.refusals import Refusal
from ledger.transparency.cosignatures import MOST_TIME_S, Signature, cosignatures, cosigned, read_note, witness_key
from ledger.transparency.signed_notes import generate_key, parse_signer_key, sign_note

SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
    "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of C2SP tlog-cosignature, whose keys are not published; it was signed at 1679315147."""
SOFA_TIME = 1679315147


@pytest.fixture
def operator(blank: Path, tmp_path: Path) -> CommandLine:
    """The operator of a ledger, in a folder with the keys of the ledger and of two witnesses."""
    (tmp_path / "slaledger.db").write_bytes(blank.read_bytes())
    for key in (LEDGER, CUSTOMER, AUDITOR):
        key.file(tmp_path)
    return CommandLine(tmp_path)


def checkpoint(operator: CommandLine, file: str) -> str:
    """Sign a checkpoint of the ledger as it is, and put it into a file."""
    text = operator.run("audit", "checkpoint", "--sign", "ledger.example.key").stdout
    (operator.folder / file).write_text(text)
    return text


def grow(operator: CommandLine, name: str = "1001") -> None:
    operator.ok("account", "enroll", name, "--enrolled-at", "2026-01-01T00:00:00+08:00")


def words(file: str, *more: str, key: Key = CUSTOMER, state: str = "w.state") -> tuple[str, ...]:
    """The command by which a witness cosigns a file."""
    name = key.public.partition("+")[0]
    return ("witness", "sign", file, "--key", f"{name}.key", "--state", state, "--vkey", LEDGER.public, *more)


def sign(operator: CommandLine, file: str, *more: str, key: Key = CUSTOMER, state: str = "w.state") -> str:
    """Cosign a file; gives the note, which is kept in `FILE.NAME`."""
    done = operator.run(*words(file, *more, key=key, state=state))
    assert done.returncode == 0, done.stderr
    (operator.folder / f"{file}.{key.public.partition('+')[0]}").write_text(done.stdout)
    return done.stdout


def prove(operator: CommandLine, old: str, new: str) -> str:
    operator.run("audit", "consistency", old, new, "-o", "proof.json", "--force")
    return "proof.json"


@pytest.fixture
def grown(operator: CommandLine) -> CommandLine:
    """The same, where the customer cosigned `one.txt`, and `two.txt` continues it by `proof.json`."""
    checkpoint(operator, "one.txt")
    sign(operator, "one.txt")
    grow(operator)
    checkpoint(operator, "two.txt")
    prove(operator, "one.txt", "two.txt")
    return operator


# Cosignatures


def test_the_published_cosignature_is_read_and_written_as_it_is() -> None:
    note = read_note(SOFA)
    assert note.text() == SOFA
    log, witness = note.signatures
    assert (log.has_time, witness.has_time, witness.id.hex()) == (False, True, "8d66cf3f")
    assert int.from_bytes(witness.data[:8], "big") == SOFA_TIME


def test_a_cosignature_is_one_that_another_program_makes() -> None:
    bare = read_note(SOFA.partition("\n\n")[0] + "\n")
    made = cosigned(bare, parse_signer_key(CUSTOMER.signer, b"\x04"), SOFA_TIME).text()
    assert made.startswith(bare.text() + "\n— customer.example ")
    raw = base64.b64decode(made.split()[-1])
    public = base64.b64decode(CUSTOMER.public.split("+", 2)[2])[1:]
    assert (raw[:4].hex(), raw[4:12]) == ("e804b7cf", SOFA_TIME.to_bytes(8, "big"))
    signed = f"cosignature/v1\ntime {SOFA_TIME}\n{bare.text()}"
    Ed25519PublicKey.from_public_bytes(public).verify(raw[12:], signed.encode())


def test_a_witness_s_key_is_of_its_own_kind() -> None:
    signer, verifier = generate_key("w.example", b"\x04")
    assert base64.b64decode(verifier.split("+", 2)[2])[0] == 4
    with pytest.raises(Refusal, match="not an Ed25519 signer key"):
        parse_signer_key(signer)
    with pytest.raises(Refusal, match="not the signer key of a witness"):
        parse_signer_key(LEDGER.signer, b"\x04")
    with pytest.raises(Refusal, match="is not the key of a witness"):
        witness_key(LEDGER.public)


def changed(data: bytes) -> dict[str, Signature]:
    """A customer's cosignature that is not one of this text, by what is wrong."""
    later = (SOFA_TIME + 1).to_bytes(8, "big")
    line = Signature("customer.example", bytes.fromhex("e804b7cf"), data)
    return {
        "another time": line._replace(data=later + data[8:]),
        "another signature": line._replace(data=data[:-1] + bytes([data[-1] ^ 1])),
        "too short": line._replace(data=data[:-1]),
        "no time": line._replace(data=data[8:]),
    }


@pytest.mark.parametrize("what", ["another time", "another signature", "too short", "no time"])
def test_a_known_witness_s_line_that_is_not_its_cosignature_is_refused(what: str) -> None:
    note = cosigned(read_note(SOFA), parse_signer_key(CUSTOMER.signer, b"\x04"), SOFA_TIME)
    (made,) = cosignatures(note, [witness_key(CUSTOMER.public)])
    wrong = note._replace(signatures=(changed(made.signature.data)[what],))
    assert cosignatures(wrong, [witness_key(AUDITOR.public)]) == []
    with pytest.raises(Refusal) as refused:
        cosignatures(wrong, [witness_key(CUSTOMER.public)])
    assert refused.value.code == "bad_signature"


def test_a_time_that_no_calendar_has_is_refused() -> None:
    key, keys = parse_signer_key(CUSTOMER.signer, b"\x04"), [witness_key(CUSTOMER.public)]
    assert cosignatures(cosigned(read_note(SOFA), key, MOST_TIME_S), keys)
    with pytest.raises(Refusal):
        cosignatures(cosigned(read_note(SOFA), key, MOST_TIME_S + 1), keys)


# What a witness signs


def test_the_first_checkpoint_is_taken_and_said_to_be_the_first(operator: CommandLine) -> None:
    text = checkpoint(operator, "one.txt")
    done = operator.run(*words("one.txt"))
    assert done.stdout.startswith(text)
    assert "w.state is new" in done.stderr
    assert (operator.folder / "w.state").read_text() == done.stdout
    (made,) = cosignatures(read_note(done.stdout), [witness_key(CUSTOMER.public)])
    assert made.key.name == "customer.example"


def test_what_continues_the_last_one_is_cosigned_and_the_next_follows_it(grown: CommandLine) -> None:
    sign(grown, "two.txt", "--proof", "proof.json")
    grow(grown, "1002")
    checkpoint(grown, "three.txt")
    sign(grown, "three.txt", "--proof", prove(grown, "two.txt", "three.txt"))
    assert read_note((grown.folder / "w.state").read_text()).checkpoint.size > 0
    assert grown.refused(*words("one.txt"))["code"] == "rolled_back"


def test_the_same_checkpoint_is_cosigned_again_at_a_later_time_with_one_line(
    operator: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint(operator, "one.txt")
    for time_s in (1_700_000_000, 1_700_000_500):
        monkeypatch.setattr("ledger.clock.now_us", lambda at=time_s: at * 1_000_000)
        note = read_note(sign(operator, "one.txt"))
        (made,) = cosignatures(note, [witness_key(CUSTOMER.public)])
        assert (made.time_s, len(note.signatures)) == (time_s, 2)
    again = operator.run(*words("one.txt.customer.example"))
    assert len(read_note(again.stdout).signatures) == 2


def test_a_fork_is_refused_and_both_notes_are_the_evidence(operator: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = operator.copy(tmp_path / "other")
    LEDGER.file(other.folder)
    grow(operator, "1001")
    grow(other, "1002")
    kept, shown = checkpoint(operator, "one.txt"), checkpoint(other, "../fork.txt")
    own = sign(operator, "one.txt")
    error = operator.refused(*words("fork.txt"), status=4)
    assert error["code"] == "forked"
    assert error["evidence"] == [own, shown]
    assert own.startswith(kept)
    told = operator.run(*words("fork.txt"), env={"SLALEDGER_FORMAT": "table"}).stderr
    assert own in told
    assert shown in told
    assert (operator.folder / "w.state").read_text() == own


def test_a_rewritten_ledger_gives_no_proof_that_a_witness_takes(grown: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = grown.copy(tmp_path / "other")
    LEDGER.file(other.folder)
    size = read_note((grown.folder / "one.txt").read_text()).checkpoint.size
    position, _, _, _, state = other.rows()[size - 1]
    other.tamper("UPDATE stored_events SET state = ? WHERE position = ?", state.replace(b"clerk", b"clark"), position)
    checkpoint(other, "../other.txt")
    other.run("audit", "consistency", str(size), "../other.txt", "-o", "../proof.json", "--force")
    error = grown.refused(*words("other.txt", "--proof", "proof.json"), status=4)
    assert error["code"] == "forked"
    assert f"two histories of {size} events" in error["message"]
    lied = json.loads((grown.folder / "proof.json").read_text())
    lied["old_root"] = base64.b64encode(read_note((grown.folder / "one.txt").read_text()).checkpoint.root).decode()
    (grown.folder / "proof.json").write_text(json.dumps(lied))
    error = grown.refused(*words("other.txt", "--proof", "proof.json"))
    assert (error["code"], len(error["evidence"])) == ("wrong_proof", 2)


def unsigned(folder: Path) -> None:
    note = read_note((folder / "two.txt").read_text())
    (folder / "two.txt").write_text(note.checkpoint.text())


def signed_by_another(folder: Path) -> None:
    note = read_note((folder / "two.txt").read_text())
    signer, _ = generate_key("ledger.example")
    (folder / "two.txt").write_text(sign_note(note.checkpoint.text(), signer))


def of_another_size(folder: Path) -> None:
    text = (folder / "two.txt").read_text()
    size = read_note(text).checkpoint.size
    (folder / "two.txt").write_text(text.replace(f"\n{size}\n", f"\n{size + 1}\n"))


def of_another_ledger(folder: Path) -> None:
    note = read_note((folder / "two.txt").read_text()).checkpoint
    (folder / "two.txt").write_text(sign_note(note._replace(origin="slaledger-other").text(), LEDGER.signer))


def proof_of_other_sizes(folder: Path) -> None:
    proof = json.loads((folder / "proof.json").read_text())
    (folder / "proof.json").write_text(json.dumps(proof | {"old_size": proof["old_size"] - 1}))


def proof_is_none(folder: Path) -> None:
    (folder / "proof.json").write_text("{}")


def hash_is_none(folder: Path) -> None:
    proof = json.loads((folder / "proof.json").read_text())
    (folder / "proof.json").write_text(json.dumps(proof | {"hashes": ["AA"]}))


def hash_is_missing(folder: Path) -> None:
    proof = json.loads((folder / "proof.json").read_text())
    (folder / "proof.json").write_text(json.dumps(proof | {"hashes": proof["hashes"][:-1]}))


def state_is_empty(folder: Path) -> None:
    (folder / "w.state").write_text("")


def state_is_not_cosigned(folder: Path) -> None:
    (folder / "w.state").write_text((folder / "one.txt").read_text())


def state_was_changed(folder: Path) -> None:
    note = read_note((folder / "w.state").read_text())
    head = note.checkpoint._replace(root=bytes(32))
    (folder / "w.state").write_text(note._replace(checkpoint=head).text())


def key_is_a_ledger_s(folder: Path) -> None:
    (folder / "customer.example.key").write_text(LEDGER.signer)


def key_is_open(folder: Path) -> None:
    (folder / "customer.example.key").chmod(0o644)


REFUSALS = [
    (unsigned, "bad_note", 2),
    (signed_by_another, "unknown_key", 1),
    (of_another_size, "bad_signature", 1),
    (of_another_ledger, "other_ledger", 1),
    (proof_of_other_sizes, "wrong_proof", 1),
    (proof_is_none, "bad_proof", 2),
    (hash_is_none, "bad_proof", 2),
    (hash_is_missing, "wrong_proof", 1),
    (state_is_empty, "bad_state", 2),
    (state_is_not_cosigned, "bad_state", 2),
    (state_was_changed, "bad_state", 2),
    (key_is_a_ledger_s, "bad_key", 2),
    (key_is_open, "key_file_open", 1),
]


@pytest.mark.parametrize(("spoil", "code", "status"), REFUSALS, ids=[each[0].__name__ for each in REFUSALS])
def test_what_a_witness_does_not_sign_leaves_its_state_as_it_was(
    grown: CommandLine, spoil: object, code: str, status: int
) -> None:
    assert callable(spoil)
    spoil(grown.folder)
    before = (grown.folder / "w.state").read_text()
    done = grown.run(*words("two.txt", "--proof", "proof.json"))
    assert (done.returncode, json.loads(done.stderr)["error"]["code"], done.stdout) == (status, code, "")
    assert (grown.folder / "w.state").read_text() == before


def test_without_a_proof_it_says_which_one_to_ask_for(grown: CommandLine) -> None:
    error = grown.refused(*words("two.txt"))
    assert error["code"] == "proof_needed"
    old, new = (read_note((grown.folder / each).read_text()).checkpoint.size for each in ("one.txt", "two.txt"))
    assert f"`slaledger audit consistency {old} {new} -o PROOF`" in error["hint"]


# What is on disk when


def test_a_crash_between_the_state_and_the_answer_loses_no_state(
    grown: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as crashing:
        crashing.setattr("cli.commands.audit.witness.print", crash, raising=False)
        assert grown.run(*words("two.txt", "--proof", "proof.json")).returncode == 9
    state = read_note((grown.folder / "w.state").read_text())
    assert state.checkpoint == read_note((grown.folder / "two.txt").read_text()).checkpoint
    assert cosignatures(state, [witness_key(CUSTOMER.public)])
    sign(grown, "two.txt")
    assert grown.refused(*words("one.txt"))["code"] == "rolled_back"


def test_a_state_that_cannot_be_written_lets_nothing_be_printed(
    grown: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = (grown.folder / "w.state").read_text()
    monkeypatch.setattr("ledger.files.writing.os.fsync", full)
    done = grown.run(*words("two.txt", "--proof", "proof.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert json.loads(done.stderr)["error"]["code"] == "unwritable_file"
    assert (grown.folder / "w.state").read_text() == before


def test_of_two_forks_signed_at_once_only_one_is(operator: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = operator.copy(tmp_path / "other")
    LEDGER.file(other.folder)
    grow(operator, "1001")
    grow(other, "1002")
    checkpoint(operator, "one.txt")
    checkpoint(other, "../fork.txt")
    gate = Gate()
    begun = [operator.start(*words(file), gate=gate) for file in ("one.txt", "fork.txt")]
    gate.open()
    ended = [each.ended() for each in begun]
    assert sorted(each.returncode for each in ended) == [0, 4]
    (signed,) = (each.stdout for each in ended if each.returncode == 0)
    assert (operator.folder / "w.state").read_text() == signed


def test_the_note_may_go_to_a_file_that_is_never_replaced_unasked(operator: CommandLine) -> None:
    checkpoint(operator, "one.txt")
    assert operator.run(*words("one.txt", "-o", "one.cosigned")).stdout == ""
    note = (operator.folder / "one.cosigned").read_text()
    assert note == (operator.folder / "w.state").read_text()
    (operator.folder / "one.cosigned").write_text("other")
    assert operator.refused(*words("one.txt", "-o", "one.cosigned"), status=2)["code"] == "file_exists"
    assert operator.run(*words("one.txt", "-o", "one.cosigned", "--force")).returncode == 0
