"""A policy of witnesses, `2 of A,B,C`: how many of which witnesses must have cosigned a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from domain.keys import VerifierKey
from domain.text import said
from ledger.files.reading import is_file, read_text
from ledger.refusals.audit.witnesses import BadPolicy, NeitherKeyNorFile
from ledger.transparency.cosignatures import Cosignature, Note, cosignatures, witness_key

_POLICY = re.compile(r"\s*(\d{1,4}|all|any)\s+of\s+(.*)", re.ASCII | re.DOTALL | re.IGNORECASE)


class WitnessPolicy(NamedTuple):
    """How many witnesses are needed, of which keys; each public key is there once."""

    needed: int
    keys: tuple[VerifierKey, ...]


class PolicyResult(NamedTuple):
    """What a policy finds of a note: who cosigned it and when, and whether these are enough."""

    policy: WitnessPolicy
    by: tuple[Cosignature, ...]

    @property
    def is_met(self) -> bool:
        return len(self.by) >= self.policy.needed


def hold_to(policy: WitnessPolicy, note: Note) -> PolicyResult:
    """Hold a note to a policy. Raises as `cosignatures` does."""
    return PolicyResult(policy, tuple(cosignatures(note, policy.keys)))


def parse_policy(text: str) -> WitnessPolicy:
    """Parse `N of KEY,KEY…`, `all of …` or `any of …`; or the name of a file that holds such a text.

    A KEY is as `witness_keys` reads it. Raises Unreadable `bad_policy`, `bad_key`, `unreadable_file`.
    """
    found = _POLICY.fullmatch(read_text(text) if is_file(text) else text)
    if found is None:
        raise BadPolicy(text=text[:80], what=said("it does not begin with a number, `all` or `any`, and then `of`"))
    keys = witness_keys([found[2]])
    needed = {"all": len(keys), "any": 1}.get(found[1].lower())
    needed = int(found[1]) if needed is None else needed
    if not 1 <= needed <= len(keys):
        raise BadPolicy(
            text=text[:80],
            what=said("it needs {needed} different witnesses and names {n}", needed=needed, n=len(keys)),
        )
    return WitnessPolicy(needed, keys)


def witness_keys(texts: Iterable[str]) -> tuple[VerifierKey, ...]:
    """The witnesses' verifier keys of texts, each public key once.

    A text has keys, or the names of files that hold one, divided by commas. Raises Unreadable `bad_key`,
    `unreadable_file`.
    """
    given = (each.strip() for text in texts for each in text.split(","))
    keys = {key.data: key for key in map(_key, reversed(list(given)))}
    return tuple(reversed(keys.values()))


def _key(text: str) -> VerifierKey:
    if is_file(text):
        return witness_key(read_text(text))
    if "+" not in text:
        raise NeitherKeyNorFile(text=text[:80])
    return witness_key(text)
