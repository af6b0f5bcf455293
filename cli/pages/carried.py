"""The dossier that the page of a case carries, byte for byte, and the checker that checks it there."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from cli import shipped
from cli.pages.packing import unpacked
from cli.pages.rendering import BESIDE, as_markup, source_of
from cli.terminal.language import language

MOST_BYTES = 2_000_000
"""The longest dossier that a page carries; a longer one is a file beside it."""
_STRING_OR_SIGN = re.compile(r'"[^"~<\n]{6,}"|[~<]')


class Carried(NamedTuple):
    """What stands in the page: the dossier as `folded` writes it, the packed checker, and the sources in the policy.

    `checker_file` is where the packed checker is read from, when it is not in the page.
    """

    dossier: Any
    checker: Any
    checker_file: str | None
    sources: str


def carried(file: bytes, checker_file: str | None = None) -> Carried:
    """A dossier's bytes as a page carries them, with the checker, or with the file that `checker_script` makes."""
    packed = shipped.packed_verifier(language())
    if checker_file is None:
        return Carried(as_markup(folded(file)), as_markup(packed), None, _source(packed))
    return Carried(as_markup(folded(file)), "", checker_file, f"{_source(packed)} {BESIDE}")


def checker_script() -> bytes:
    """The packed checker as a script, for pages that share it: a page on a disk may read nothing but scripts."""
    return f'globalThis.slaledgerChecker = "{shipped.packed_verifier(language())}";\n'.encode()


def folded(file: bytes) -> str:
    """The text of a dossier for a `<script>` element: `~` and `<` are escaped, each longer string stands there once.

    `~~` is `~`, `~l` is `<`, and `~N.` what stood between quotes as number N, from 0: a hash, a name, an id. The
    script of the page restores the exact bytes.
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

    return _STRING_OR_SIGN.sub(fold, file.decode())


@cache
def _source(checker: str) -> str:
    """The source of the unpacked checker in a content security policy: the hash of its text."""
    return source_of(unpacked(checker).decode())
