"""Checkpoints, signed notes, keys and proofs: against what their specifications publish, and every way to be wrong."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import CommandLine
from hypothesis import given
from hypothesis import strategies as st

from cli.commands.audit import checkpoint
from cli.commands.audit.keygen import keygen
from cli.main import Settings
from domain.refusals import Refusal, Unreadable
from ledger.transparency import merkle, proofs, signed_notes

# The example in the documentation of Go's note package.
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = f"{TEXT}\n{SIGNATURE}"
# The examples of C2SP signed-note and tlog-checkpoint, whose keys are not published.
QUASIMODO = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
CHECKPOINT = f"slaledger-63cb29\n7\n{base64.b64encode(bytes(range(32))).decode()}\n"


def code(refused: pytest.ExceptionInfo[Refusal]) -> tuple[str, int]:
    assert refused.value.message
    return refused.value.code, refused.value.status


# Signed notes


def test_the_published_note_is_signed_and_opened() -> None:
    assert signed_notes.sign_note(TEXT, SIGNER) == NOTE
    assert signed_notes.open_note(NOTE, [VERIFIER]) == TEXT


def test_the_published_notes_are_taken_apart() -> None:
    text, ((name, id_, signature),) = signed_notes.split_note(QUASIMODO)
    assert text.endswith("sole:\n\ned è subito sera.\n")
    assert (name, id_.hex(), len(signature)) == ("quasimodo.example/salvatore", "367ba04b", 64)
    head = proofs.read_checkpoint(SOFA)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert SOFA.startswith(head.text() + "\n— ")


def test_a_signature_is_one_that_another_program_makes() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    signer, verifier = signed_notes.generate_key("ledger.example.com/1")
    _, _, name, id_, seed = signer.split("+", 4)
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)[1:])
    public = private.public_key().public_bytes_raw()
    assert verifier == f"{name}+{id_}+{base64.b64encode(bytes([1]) + public).decode()}"
    assert id_ == hashlib.sha256(name.encode() + b"\n\x01" + public).hexdigest()[:8]
    line = signed_notes.sign_note(CHECKPOINT, signer).splitlines()[-1]
    raw = base64.b64decode(line.removeprefix(f"— {name} "))
    assert raw[:4].hex() == id_
    Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], CHECKPOINT.encode())


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters=[chr(each) for each in range(32)])))
def test_any_text_comes_back_as_it_was_signed(line: str) -> None:
    for text in (f"{line}\n", f"{line}\n\n{line}\n\n\n"):
        assert signed_notes.open_note(signed_notes.sign_note(text, SIGNER), [VERIFIER]) == text


@pytest.mark.parametrize("place", range(0, len(NOTE.encode()), 3))
def test_any_changed_byte_is_refused(place: int) -> None:
    data = bytearray(NOTE.encode())
    data[place] ^= 1
    try:
        changed = data.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(Refusal) as refused:
        signed_notes.open_note(changed, [VERIFIER])
    assert code(refused)[0] in ("bad_note", "bad_signature", "unknown_key")


def test_other_signers_are_passed_over_but_no_known_key_may_be_wrong() -> None:
    signer, verifier = signed_notes.generate_key("witness")
    other = signed_notes.sign_note(TEXT, signer).splitlines(keepends=True)[-1]
    assert signed_notes.open_note(NOTE + other, [VERIFIER]) == TEXT
    assert signed_notes.open_note(NOTE + other, [verifier]) == TEXT
    assert signed_notes.open_note(NOTE + other, [VERIFIER, verifier]) == TEXT
    wrong = signed_notes.sign_note("another text\n", signer).splitlines(keepends=True)[-1]
    assert signed_notes.open_note(NOTE + wrong, [VERIFIER]) == TEXT
    with pytest.raises(Refusal) as refused:
        signed_notes.open_note(NOTE + wrong, [VERIFIER, verifier])
    assert code(refused) == ("bad_signature", 1)


def test_a_key_of_the_same_name_is_another_key() -> None:
    _, verifier = signed_notes.generate_key("PeterNeumann")
    for known in ([verifier], []):
        with pytest.raises(Refusal, match=r"PeterNeumann\+c74f20a3") as refused:
            signed_notes.open_note(NOTE, known)
        assert code(refused) == ("unknown_key", 1)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        TEXT,
        TEXT + "\n",
        TEXT + SIGNATURE,
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "more\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("If", "I\tf"),
        NOTE.replace("—", "-"),
        NOTE.replace("— ", "—"),
        NOTE.replace("— Peter", "—  Peter"),
        NOTE.replace("PeterNeumann", "Peter+Neumann"),
        NOTE.replace("PeterNeumann", "Peter\u00a0Neumann"),
        NOTE.replace("JnAM=", "JnAM"),
        NOTE.replace("JnAM=", "JnAN="),
        NOTE.replace("JnAM=", "JnA_="),
        f"{TEXT}\n— PeterNeumann x08gow==\n",
        f"{TEXT}\n— PeterNeumann\n",
        f"{TEXT}\n{SIGNATURE * 101}",
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(Unreadable) as refused:
        signed_notes.open_note(note, [VERIFIER])
    assert code(refused) == ("bad_note", 2)


@pytest.mark.parametrize("text", ["", "no newline", "a\rb\n", "a\x00\n"])
def test_what_is_no_text_of_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        signed_notes.sign_note(text, SIGNER)
    assert code(refused) == ("bad_note", 2)


def test_a_signature_of_another_length_is_a_bad_one() -> None:
    short = base64.b64encode(base64.b64decode(SIGNATURE.split()[2])[:-1]).decode()
    with pytest.raises(Refusal) as refused:
        signed_notes.open_note(f"{TEXT}\n— PeterNeumann {short}\n", [VERIFIER])
    assert code(refused) == ("bad_signature", 1)


# Keys


def _mangled(key: str) -> list[str]:
    """As Go's own test does it: every piece of the key, and every character changed."""
    pieces = [key[:end] for end in range(len(key))] + [key[start:] for start in range(1, len(key))]
    return pieces + [key[:at] + chr(ord(key[at]) + 1) + key[at + 1 :] for at in range(len(key))]


def test_a_mangled_verifier_key_is_refused() -> None:
    wrong_length = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="
    wrong_kind = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    for key in (*_mangled(VERIFIER), wrong_length, wrong_kind, SIGNER):
        with pytest.raises(Unreadable) as refused:
            signed_notes.open_note(NOTE, [key])
        assert code(refused) == ("bad_key", 2), key


def test_a_mangled_signer_key_is_refused_and_never_shown() -> None:
    for key in (*_mangled(SIGNER), VERIFIER):
        with pytest.raises(Unreadable) as refused:
            signed_notes.sign_note(TEXT, key)
        assert code(refused) == ("bad_key", 2), key
        told = f"{refused.value.message}{refused.value.hint}"
        assert "AYEKFALVFGyNhPJEMzD1QIDr" not in told


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb", "a\u2003b", "a\x7fb"])
def test_a_key_has_a_plain_name(name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        signed_notes.generate_key(name)
    assert code(refused) == ("bad_key_name", 2)


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    old = os.umask(0)
    try:
        signed_notes.write_key_file(file, SIGNER)
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signed_notes.read_key_file(file) == SIGNER
    with pytest.raises(Refusal) as refused:
        signed_notes.write_key_file(file, "another")
    assert code(refused) == ("key_exists", 1)
    assert file.read_text() == SIGNER + "\n"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    signed_notes.write_key_file(file, SIGNER)
    file.chmod(mode)
    with pytest.raises(Refusal) as refused:
        signed_notes.read_key_file(file)
    assert code(refused) == ("key_file_open", 1)
    assert "chmod 600" in str(refused.value.hint)


def test_a_key_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    for content, expected in ((b"", "bad_key"), (VERIFIER.encode(), "bad_key"), (b"\xff", "unreadable_file")):
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(Unreadable) as refused:
            signed_notes.read_key_file(file)
        assert code(refused) == (expected, 2)
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(Unreadable) as refused:
            signed_notes.read_key_file(missing)
        assert code(refused) == ("unreadable_file", 2)
    with pytest.raises(Unreadable) as refused:
        signed_notes.write_key_file(tmp_path / "none" / "key", SIGNER)
    assert code(refused) == ("no_folder", 2)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("cryptography")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    for ask in (
        lambda: signed_notes.generate_key("ledger"),
        lambda: signed_notes.sign_note(TEXT, SIGNER),
        lambda: signed_notes.open_note(NOTE, [VERIFIER]),
    ):
        with pytest.raises(Unreadable) as refused:
            ask()
        assert code(refused) == ("no_cryptography", 2)
        assert "slaledger[sign]" in str(refused.value.hint)
    assert proofs.read_checkpoint(SOFA).size == 20852163


# Checkpoints and proofs


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        CHECKPOINT[:-1],
        CHECKPOINT + "extension\n",
        "\n".join(CHECKPOINT.split("\n")[1:]),
        CHECKPOINT.replace("slaledger-63cb29", ""),
        CHECKPOINT.replace("slaledger-63cb29", "slaledger\t"),
        CHECKPOINT.replace("\n", "\r\n"),
        *(CHECKPOINT.replace("\n7\n", f"\n{size}\n") for size in ("", "07", "-7", "+7", "7.0", " 7", "٧", "9" * 19)),
        CHECKPOINT.replace("\n7\n", "\n0\n"),
        CHECKPOINT.replace("=", ""),
        CHECKPOINT.replace("8=", "9="),
        CHECKPOINT.replace("AAEC", "AA"),
        CHECKPOINT.replace("AAEC", "AAE*"),
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        proofs.read_checkpoint(text)
    assert code(refused) == ("bad_checkpoint", 2)


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    head = proofs.parse_checkpoint(CHECKPOINT)
    assert head == ("slaledger-63cb29", 7, bytes(range(32)))
    assert head.text() == CHECKPOINT
    empty = proofs.Checkpoint("slaledger-63cb29", 0, merkle.EMPTY_ROOT)
    assert proofs.parse_checkpoint(empty.text()) == empty


def test_with_keys_a_checkpoint_must_be_signed() -> None:
    signed = signed_notes.sign_note(CHECKPOINT, SIGNER)
    assert proofs.read_checkpoint(signed, [VERIFIER]).text() == CHECKPOINT
    assert proofs.read_checkpoint(signed).text() == CHECKPOINT
    for text, expected in (
        (CHECKPOINT, "bad_note"),
        (signed.replace("\n7\n", "\n8\n"), "bad_signature"),
        (SOFA, "unknown_key"),
        (NOTE, "bad_checkpoint"),
    ):
        with pytest.raises(Refusal) as refused:
            proofs.read_checkpoint(text, [VERIFIER])
        assert code(refused)[0] == expected


LEAVES = [hashlib.sha256(bytes([0, number])).digest() for number in range(2)]
PAIR = proofs.Checkpoint("slaledger-63cb29", 2, merkle.node_hash(*LEAVES))
PROOF = proofs.InclusionProof(1, (LEAVES[0],), PAIR.text())


def test_a_proof_is_written_as_specified() -> None:
    sibling, root = (base64.b64encode(each).decode() for each in (LEAVES[0], PAIR.root))
    lines = ["c2sp.org/tlog-proof@v1", "index 1", sibling, "", "slaledger-63cb29", "2", root, ""]
    assert PROOF.text() == "\n".join(lines)
    extra = proofs.InclusionProof(1, (LEAVES[0],), PAIR.text(), b"beside")
    assert extra.text() == "\n".join([lines[0], "extra YmVzaWRl", *lines[1:]])
    for proof in (PROOF, extra, proofs.InclusionProof(0, (), PAIR.text()), proofs.InclusionProof(3, (), SOFA, b"")):
        assert proofs.parse_proof(proof.text()) == proof


def test_a_proof_checks_without_a_ledger() -> None:
    assert proofs.verify_proof(PROOF.text(), LEAVES[1]) == (PROOF, PAIR)
    signed = proofs.InclusionProof(1, (LEAVES[0],), signed_notes.sign_note(PAIR.text(), SIGNER))
    assert proofs.verify_proof(signed.text(), LEAVES[1], [VERIFIER], origin="slaledger-63cb29")[1] == PAIR
    for text, leaf, keys, origin, expected in (
        (PROOF.text(), LEAVES[0], [], None, "wrong_proof"),
        (PROOF.text().replace("index 1", "index 0"), LEAVES[1], [], None, "wrong_proof"),
        (PROOF.text().replace("index 1", "index 2"), LEAVES[1], [], None, "wrong_proof"),
        (PROOF.text(), LEAVES[1], [], "slaledger-other", "other_ledger"),
        (PROOF.text(), LEAVES[1], [VERIFIER], None, "bad_note"),
        (signed.text().replace("\n2\n", "\n3\n"), LEAVES[1], [VERIFIER], None, "bad_signature"),
    ):
        with pytest.raises(Refusal) as refused:
            proofs.verify_proof(text, leaf, keys, origin=origin)
        assert code(refused)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n\n",
        PAIR.text(),
        PROOF.text().replace("@v1", "@v2"),
        PROOF.text().replace("\n", "\r\n"),
        PROOF.text().replace("index 1\n", ""),
        PROOF.text().replace("index 1", "index"),
        PROOF.text().replace("index 1", "index 01"),
        PROOF.text().replace("index 1", "index  1"),
        PROOF.text().replace("index 1", "index -1"),
        PROOF.text().replace("index 1", "extra ***\nindex 1"),
        PROOF.text().replace("index 1", "extra YQ==\nextra YQ==\nindex 1"),
        PROOF.text().replace("index 1\n", "index 1\nYQ==\n"),
        PROOF.text().replace("\n\n", "\n"),
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        proofs.verify_proof(text, LEAVES[1])
    assert code(refused) == ("bad_proof", 2)


# The commands


def test_a_key_is_made_and_signs_checkpoints_and_proofs(slaledger: CommandLine, tmp_path: Path) -> None:
    key, runner = str(tmp_path / "ledger.key"), CliRunner()
    settings = Settings(slaledger.url, None, "en")
    made = runner.invoke(keygen, ["ledger.example.com", "-o", key])
    assert made.exit_code == 0
    verifier = made.stdout.strip()
    again = runner.invoke(keygen, ["ledger.example.com", "-o", key])
    assert isinstance(again.exception, Refusal)
    assert again.exception.code == "key_exists"
    signed = runner.invoke(checkpoint.checkpoint, ["--sign", key], obj=settings).stdout
    head = proofs.read_checkpoint(signed, [verifier])
    assert signed.startswith(head.text() + "\n— ledger.example.com ")
    (tmp_path / "kept").write_text(signed)
    for words in ("--sign", key), ("--checkpoint", str(tmp_path / "kept")):
        text = runner.invoke(checkpoint.prove, ["~/ledger@1", *words], obj=settings).stdout
        assert proofs.parse_proof(text).checkpoint == signed
    Path(key).chmod(0o644)
    opened = runner.invoke(checkpoint.checkpoint, ["--sign", key], obj=settings)
    assert isinstance(opened.exception, Refusal)
    assert opened.exception.code == "key_file_open"
    assert opened.stdout == ""
    both = runner.invoke(checkpoint.prove, ["1", "--sign", key, "--checkpoint", key], obj=settings)
    assert both.exit_code == 2
