"""What third parties attest, in the browser: continued checkpoints, cosignatures, and a policy of witnesses."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from browser_checker import BrowserChecker, Verdict
from conftest import CommandLine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from stores import SqliteStore
from test_verifier import Tree, sealed, verifier

from ledger.log import leaves
from ledger.transparency import merkle

Json = dict[str, Any]
AT = 1_795_000_000
"""When witnesses sign, in seconds."""


class Witness:
    """A witness with a key of a fixed seed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        self._typed = b"\x04" + self._key.public_key().public_bytes_raw()
        self._id = hashlib.sha256(f"{name}\n".encode() + self._typed).digest()[:4]

    @property
    def key(self) -> str:
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(self._typed).decode()}"

    def line(self, body: str, at: int = AT) -> str:
        """Its cosignature of a checkpoint (c2sp.org/tlog-cosignature)."""
        signature = self._key.sign(f"cosignature/v1\ntime {at}\n{body}".encode())
        data = self._id + at.to_bytes(8, "big") + signature
        return f"\N{EM DASH} {self.name} {base64.b64encode(data).decode()}\n"


A, B, C = (Witness(name) for name in ("a.example", "b.example", "c.example"))
TWO = f"2 of {A.key},{B.key},{C.key}"


@pytest.fixture(scope="module")
def attested(sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """A dossier of format 2 with a timestamped checkpoint of its first half, which A and B cosigned."""
    folder = tmp_path_factory.mktemp("attested")
    line = CommandLine(folder, sqlite_store.blank(folder))
    batch = [
        {"command": "controls set", "approval_above": "1000.00", "reason": "r"},
        {"command": "account enroll", "account": "1", "enrolled_at": "2025-01-01T00:00:00+08:00"},
        {"command": "claim file", "account": "1", "month": "2026-03", "filed_at": "2026-04-10T00:00:00+08:00"},
        {"command": "claim decide", "account": "1", "month": "2026-03", "decided_at": "2026-04-11T00:00:00+08:00"},
    ]
    done = line.batch(*batch)
    assert done.returncode == 0, done.stderr
    line.ok("dossier", "1", "2026-03", "-o", "case.json")
    said: Json = json.loads((folder / "case.json").read_bytes())
    with line.opened() as ledger, ledger.reading() as log:
        rows = list(log.since(0))
    half, whole = rows[: len(rows) - 3], Tree(rows)
    body = Tree(half).checkpoint(said["ledger"])
    proof = merkle.consistency_proof(len(half), len(rows), whole.subtree)
    said["attestations"] = [
        {
            "checkpoint": f"{body}\n{A.line(body)}{B.line(body)}",
            "proof": [base64.b64encode(each).decode() for each in proof],
            "timestamp": base64.b64encode(b"an answer of an authority").decode(),
        }
    ]
    assert leaves.leaf_hash(rows[0]) == verifier.leaf_hash(first_of(said))
    return said


def first_of(said: Json) -> Json:
    first: Json = said["events"][0]
    return first


def test_an_attested_checkpoint_is_continued_and_its_time_is_left_to_the_programs(
    attested: Json, in_browser: BrowserChecker
) -> None:
    found = in_browser.verdict(sealed(attested))
    assert (found.verdict, found.findings) == ("sound", [])
    assert found.unchecked == {"timestamp": "for_programs"}


def _other_root(each: Json) -> None:
    origin, size, _, *rest = each["checkpoint"].split("\n")
    each["checkpoint"] = "\n".join([origin, size, "A" * 43 + "=", *rest])


def _other_ledger(each: Json) -> None:
    each["checkpoint"] = "x" + each["checkpoint"]


def _larger(each: Json) -> None:
    origin, size, *rest = each["checkpoint"].split("\n")
    each["checkpoint"] = "\n".join([origin, str(int(size) + 1000), *rest])


WRONG: list[tuple[Callable[[Json], object], str]] = [
    (lambda each: each["proof"].pop(), "not_continued"),
    (lambda each: each["proof"].append(each["proof"][0]), "not_continued"),
    (lambda each: each["proof"].__setitem__(0, "nonsense"), "not_a_hash"),
    (_other_root, "not_continued"),
    (_other_ledger, "another_ledger"),
    (_larger, "not_continued"),
    (lambda each: each.update(checkpoint="nothing"), "not_a_checkpoint"),
    (lambda each: each.update(checkpoint=each["checkpoint"].replace("\n\n", "\n\nx ")), "not_a_signature_line"),
]


@pytest.mark.parametrize(("change", "code"), WRONG)
def test_what_is_wrong_with_an_attestation_is_found(
    attested: Json, in_browser: BrowserChecker, change: Callable[[Json], object], code: str
) -> None:
    said = copy.deepcopy(attested)
    change(said["attestations"][0])
    found = in_browser.verdict(sealed(said))
    assert code in {each.code for each in found.findings if each.check == "attestation"}


def test_format_1_has_no_attestations_and_leaves_nothing_out(attested: Json, in_browser: BrowserChecker) -> None:
    for member in ({"attestations": attested["attestations"]}, {"left_out": []}):
        rest = {key: value for key, value in attested.items() if key != "attestations"}
        found = in_browser.verdict(sealed({**rest, **member, "format": "slaledger-dossier-1"}))
        assert [each.code for each in found.findings] == ["not_a_dossier"]


def witnessed(in_browser: BrowserChecker, said: Json, policy: str) -> tuple[str, str | None]:
    """The verdict, and what is said of the witnesses: the code of what is wrong, or of why it is not shown."""
    found: Verdict = in_browser.verdict(sealed(said), policy)
    wrong = [each.code for each in found.findings if each.check == "witnesses"]
    return found.verdict, wrong[0] if wrong else found.unchecked.get("witnesses")


POLICIES = [
    (TWO, ("sound", None)),
    (f"2 of {A.key},{B.key}", ("sound", None)),
    (f"all of {B.key},{A.key}", ("sound", None)),
    (f"ANY OF {C.key}, {B.key}", ("sound", None)),
    (f"3 of {A.key},{B.key},{C.key}", ("not_shown", "too_few_witnesses")),
    (f"any of {C.key}", ("not_shown", "too_few_witnesses")),
]


@pytest.mark.parametrize(("policy", "expected"), POLICIES)
def test_a_policy_of_witnesses(
    attested: Json, in_browser: BrowserChecker, policy: str, expected: tuple[str, str | None]
) -> None:
    assert witnessed(in_browser, attested, policy) == expected


def test_who_signed_twice_counts_once_and_who_signed_another_text_is_found(
    attested: Json, in_browser: BrowserChecker
) -> None:
    body = "\n".join(attested["checkpoint"].split("\n")[:3]) + "\n"
    twice = attested | {"checkpoint": f"{body}\n{A.line(body)}{A.line(body, AT + 1)}", "attestations": []}
    assert witnessed(in_browser, twice, TWO) == ("not_shown", "too_few_witnesses")
    both = attested | {"checkpoint": f"{body}\n{A.line(body)}{C.line(body)}", "attestations": []}
    assert witnessed(in_browser, both, TWO) == ("sound", None)
    other = attested | {"checkpoint": f"{body}\n{A.line(body)}{C.line('x' + body)}", "attestations": []}
    assert witnessed(in_browser, other, TWO) == ("differs", "wrong_cosignature")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0 of " + A.key, "not_a_policy"),
        (f"2 of {A.key},{A.key}", "not_a_policy"),
        ("2 of nonsense", "not_a_key"),
        (f"1 of {A.key[:-4]}AAA=", "not_a_key"),
        (A.key, "not_a_key"),
    ],
)
def test_what_is_no_policy_and_no_key(in_browser: BrowserChecker, text: str, code: str) -> None:
    """A witness's key is no key that signs a checkpoint as the ledger's."""
    body = "try { readGiven(given); return null; } catch (error) { return error.code; }"
    assert in_browser.run(body, text) == code
