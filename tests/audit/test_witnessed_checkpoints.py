"""What witnesses returned is joined and kept; a policy counts it; and a rewritten ledger is found through a witness."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import CommandLine
from keys import AUDITOR, CUSTOMER, LEDGER, Key

from domain.keys import COSIGNATURE, encoded, key_id
from domain.refusals import Refusal
from ledger.transparency.cosignatures import cosigned, read_note, witness_key
from ledger.transparency.policies import hold_to, parse_policy, witness_keys
from ledger.transparency.signed_notes import generate_key, parse_signer_key, sign_note

BOTH = (CUSTOMER, AUDITOR)


def cosign(slaledger: CommandLine, file: str, *witnesses: Key, at: int = 1_700_000_000) -> str:
    """Sign a checkpoint of the ledger as it is; put it into a file, and what each witness returned into `FILE.NAME`."""
    LEDGER.file(slaledger.folder)
    text = slaledger.run("audit", "checkpoint", "--sign", "ledger.example.key").stdout
    (slaledger.folder / file).write_text(text)
    for key in witnesses:
        note = cosigned(read_note(text), parse_signer_key(key.signer, b"\x04"), at)
        (slaledger.folder / f"{file}.{name_of(key)}").write_text(note.text())
    return text


def name_of(key: Key) -> str:
    return key.public.partition("+")[0].partition(".")[0]


def join(*files: str, keys: tuple[Key, ...] = BOTH) -> list[str]:
    """The command that joins what witnesses returned."""
    given = [word for file in files for word in ("--cosigned", file)]
    return ["audit", "checkpoint", *given, *(word for key in keys for word in ("--witnessed-by", key.public))]


# Joining and keeping


def test_what_two_witnesses_returned_is_joined_and_kept_on_each_store(slaledger: CommandLine) -> None:
    text = cosign(slaledger, "one", *BOTH)
    done = slaledger.run(*join("one.customer", "one.auditor"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(text)
    assert [each.name for each in read_note(done.stdout).signatures] == [
        "ledger.example",
        "customer.example",
        "auditor.example",
    ]
    assert slaledger.run(*join()).stdout == done.stdout
    assert slaledger.run(*join("one.customer", keys=(CUSTOMER,))).stdout == done.stdout


def test_one_after_the_other_they_join_what_is_kept(operator: CommandLine) -> None:
    cosign(operator, "one", *BOTH)
    operator.run(*join("one.customer"))
    assert operator.refused(*join())["code"] == "not_cosigned"
    assert operator.run(*join(keys=(CUSTOMER,))).returncode == 0
    operator.run(*join("one.auditor"))
    assert len(read_note(operator.run(*join()).stdout).signatures) == 3


def test_the_newest_is_the_one_that_all_cosigned(operator: CommandLine) -> None:
    cosign(operator, "one", *BOTH)
    operator.run(*join("one.customer", "one.auditor"))
    operator.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    cosign(operator, "two", CUSTOMER)
    operator.run(*join("two.customer"))
    one, two = (read_note((operator.folder / each).read_text()).checkpoint for each in ("one", "two"))
    assert read_note(operator.run(*join(keys=(CUSTOMER,))).stdout).checkpoint == two
    assert read_note(operator.run(*join()).stdout).checkpoint == one


@pytest.fixture
def operator(blank: Path, tmp_path: Path) -> CommandLine:
    """The operator of a ledger."""
    (tmp_path / "slaledger.db").write_bytes(blank.read_bytes())
    return CommandLine(tmp_path)


def test_lines_of_others_are_left_out(operator: CommandLine) -> None:
    text = cosign(operator, "one", *BOTH)
    signer, _ = generate_key("stranger", b"\x04")
    note = cosigned(read_note((operator.folder / "one.customer").read_text()), parse_signer_key(signer, b"\x04"), 1)
    (operator.folder / "one.customer").write_text(note.text())
    done = operator.run(*join("one.customer"))
    assert [each.name for each in read_note(done.stdout).signatures] == ["ledger.example", "customer.example"]
    assert done.stdout.startswith(text)


def of_no_witness(operator: CommandLine) -> list[str]:
    return join("one.customer", "one")


def of_a_witness_not_named(operator: CommandLine) -> list[str]:
    return join("one.customer", "one.auditor", keys=(CUSTOMER,))


def of_two_checkpoints(operator: CommandLine) -> list[str]:
    operator.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    cosign(operator, "two", *BOTH)
    return join("one.customer", "two.auditor")


def of_another_text(operator: CommandLine) -> list[str]:
    file = operator.folder / "one.customer"
    note = read_note(file.read_text())
    file.write_text(note._replace(checkpoint=note.checkpoint._replace(root=bytes(32))).text())
    return join("one.customer")


def of_another_ledger(operator: CommandLine) -> list[str]:
    note = read_note((operator.folder / "one").read_text()).checkpoint._replace(origin="slaledger-other")
    made = cosigned(read_note(sign_note(note.text(), LEDGER.signer)), parse_signer_key(CUSTOMER.signer, b"\x04"), 1)
    (operator.folder / "one.customer").write_text(made.text())
    return join("one.customer")


def of_another_log(operator: CommandLine) -> list[str]:
    note = read_note((operator.folder / "one").read_text()).checkpoint._replace(root=bytes(32))
    made = cosigned(read_note(sign_note(note.text(), LEDGER.signer)), parse_signer_key(CUSTOMER.signer, b"\x04"), 1)
    (operator.folder / "one.customer").write_text(made.text())
    return join("one.customer")


def with_a_signature(operator: CommandLine) -> list[str]:
    return [*join("one.customer"), "--sign", "ledger.example.key"]


def without_a_key(operator: CommandLine) -> list[str]:
    return join("one.customer", keys=())


REFUSALS = [
    (of_no_witness, "not_cosigned", 1),
    (of_a_witness_not_named, "not_cosigned", 1),
    (of_two_checkpoints, "other_checkpoint", 1),
    (of_another_text, "bad_signature", 1),
    (of_another_ledger, "other_ledger", 1),
    (of_another_log, "log_rewritten", 4),
    (with_a_signature, "usage", 2),
    (without_a_key, "usage", 2),
]


@pytest.mark.parametrize(("words", "code", "status"), REFUSALS, ids=[each[0].__name__ for each in REFUSALS])
def test_what_is_not_joined_is_not_kept(operator: CommandLine, words: object, code: str, status: int) -> None:
    cosign(operator, "one", *BOTH)
    assert callable(words)
    assert operator.refused(*words(operator), status=status)["code"] == code
    assert operator.refused(*join(keys=(CUSTOMER,)))["code"] == "not_cosigned"


# Policies


@pytest.fixture
def note(operator: CommandLine) -> str:
    """A checkpoint that the customer cosigned, in `one.customer`; and files of keys."""
    cosign(operator, "one", CUSTOMER)
    for key in (*BOTH, LEDGER):
        (operator.folder / f"{name_of(key)}.vkey").write_text(f"{key.public}\n")
    return "one.customer"


C, A = CUSTOMER.public, AUDITOR.public


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (f"1 of {C}", 0),
        (f"1 of {A}", 3),
        (f"1 of {C},{A}", 0),
        (f"any of {A}, {C}", 0),
        (f"2 of {C},{A}", 3),
        (f"all of {C},{A}", 3),
        (f"all of {C}", 0),
        (f"ALL  OF {C}", 0),
        (f"1 of {C},{C}", 0),
        (f"all of {C},{C}", 0),
        (f"2 of {C},{C}", 2),
        (f"0 of {C}", 2),
        (f"3 of {C},{A}", 2),
        (f"two of {C}", 2),
        (f"{C}", 2),
        ("1 of ", 2),
        ("1 of nobody", 2),
        (f"1 of {LEDGER.public}", 2),
        (f"1 of {C[:-1]}", 2),
        ("1 of customer.vkey", 0),
        ("2 of customer.vkey,auditor.vkey", 3),
        ("1 of ledger.vkey", 2),
        ("policy.txt", 0),
    ],
)
def test_a_policy_is_met_by_so_many_different_witnesses(
    operator: CommandLine, note: str, policy: str, status: int
) -> None:
    (operator.folder / "policy.txt").write_text("any of customer.vkey\n")
    done = operator.run("audit", "verify", "--against", note, "--policy", policy)
    assert done.returncode == status, done.stderr


def test_the_answer_says_who_cosigned_and_when(operator: CommandLine, note: str) -> None:
    found = operator.ok("audit", "verify", "--against", note, "--policy", f"any of {C},{A}")["policy"]
    size = read_note((operator.folder / note).read_text()).checkpoint.size
    assert found == {
        "met": True,
        "needed": 1,
        "known": 2,
        "size": size,
        "witnesses": [{"witness": "customer.example+e804b7cf", "cosigned_at": "2023-11-15T06:13:20+08:00"}],
    }
    told = operator.run("audit", "verify", "--against", note, "--policy", f"2 of {C},{A}", "--format", "table").stdout
    assert "customer.example+e804b7cf cosigned at 2023-11-15T06:13:20+08:00" in told
    assert f"not enough witnesses: 1 of the 2 needed cosigned it, up to event {size}" in told


def test_a_policy_without_a_checkpoint_is_a_mistake(operator: CommandLine) -> None:
    assert operator.refused("audit", "verify", "--policy", f"1 of {C}", status=2)["code"] == "usage"


def test_one_public_key_under_two_names_is_one_witness() -> None:
    public = witness_key(C).data
    id_ = key_id("other", public, COSIGNATURE).hex()
    other = f"other+{id_}+{encoded(COSIGNATURE + public)}"
    assert len(witness_keys([C, other, A])) == 2
    with pytest.raises(Refusal, match="it needs 2 different witnesses and names 1"):
        parse_policy(f"2 of {C},{other}")


def test_the_earliest_of_two_cosignatures_of_a_witness_counts_once(operator: CommandLine, note: str) -> None:
    text = (operator.folder / note).read_text()
    key = parse_signer_key(CUSTOMER.signer, b"\x04")
    later, earlier = (cosigned(read_note(text), key, at).signatures[-1] for at in (1_800_000_000, 1_600_000_000))
    twice = read_note(text).with_signatures([later, earlier])
    found = hold_to(parse_policy(f"2 of {C},{A}"), twice)
    assert ([each.time_s for each in found.by], found.is_met) == ([1_600_000_000], False)


# A ledger that was rewritten


def test_a_ledger_rewritten_as_a_whole_contradicts_what_a_witness_cosigned(operator: CommandLine, note: str) -> None:
    position, _, _, _, state = operator.rows()[-1]
    actor = json.loads(state)["actor"].encode()
    operator.tamper("UPDATE stored_events SET state = ? WHERE position = ?", state.replace(actor, b"other"), position)
    for kept in operator.folder.glob("slaledger.db.tree.db*"):
        kept.unlink()
    assert operator.run("audit", "verify").returncode == 0
    done = operator.run("audit", "verify", "--against", note, "--policy", f"1 of {C}")
    found = json.loads(done.stdout)
    assert (done.returncode, [each["kind"] for each in found["damage"]]) == (4, ["rewritten"])
    assert found["policy"]["met"]


def test_a_text_that_is_too_long_for_a_file_s_name_is_no_key(operator: CommandLine, note: str) -> None:
    words = ("audit", "verify", "--against", note, "--vkey", "x" * 300)
    assert operator.refused(*words, status=2)["code"] == "bad_key"
