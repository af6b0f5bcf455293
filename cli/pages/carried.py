"""The dossier that the page of a case carries, byte for byte, and the checker that checks it there."""

from __future__ import annotations

import base64
import re
import zlib
from functools import cache
from typing import Any, NamedTuple

from cli import shipped
from cli.pages.rendering import as_markup, source_of

MOST_BYTES = 2_000_000
"""The longest dossier that a page carries; a longer one is a file beside it."""
_HASH_OR_SIGN = re.compile(r'"[A-Za-z0-9+/]{43}="|[~<]')


class Carried(NamedTuple):
    """What stands in the page: the dossier as `folded` writes it, the packed checker, and its source in the policy."""

    dossier: Any
    checker: Any
    source: str


def carried(file: bytes) -> Carried:
    """A dossier's bytes as a page carries them, with the checker."""
    packed = shipped.packed_verifier()
    return Carried(as_markup(folded(file)), as_markup(packed), _source(packed))


def folded(file: bytes) -> str:
    """The text of a dossier for a `<script>` element: `~` and `<` are escaped, each hash stands there once.

    `~~` is `~`, `~l` is `<`, and `~N.` the hash that came as number N, from 0. The checker restores the exact bytes.
    """
    seen: dict[str, int] = {}

    def fold(found: re.Match[str]) -> str:
        text = found[0]
        if len(text) == 1:
            return "~l" if text == "<" else "~~"
        if text in seen:
            return f"~{seen[text]}."
        seen[text] = len(seen)
        return text

    return _HASH_OR_SIGN.sub(fold, file.decode())


def unpacked(checker: str) -> str:
    """The script of a packed checker."""
    return zlib.decompress(base64.b64decode(checker)).decode()


@cache
def _source(checker: str) -> str:
    """The source of the unpacked checker in a content security policy: the hash of its text."""
    return source_of(unpacked(checker))
