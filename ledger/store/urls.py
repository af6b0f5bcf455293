"""The names of ledgers: URLs and paths, and the passwords in them, which no message shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from domain.refusals import Refusal

_SERVER = ("postgresql://", "postgres://")
_SCHEME = r"(?i:sqlite|postgres|postgresql|mysql|file|https?):|[A-Za-z][A-Za-z0-9+.-]*://"
_BEFORE_HOST = r"(?s:(?:^|/)[^/@:]*:(?!//)(.+)@)"
_IN_TEXT = r"""(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{0,30}:/+[^\s/@:'"]{0,200}:)[^\s'"]{1,400}@"""
_PARAMETER = r"(?i:password=)([^&\s]+)"


def url_of(name: str) -> str:
    """The URL of a ledger that is named by its URL or by the path of its file."""
    if name.startswith("sqlite:///") or not name:
        return name
    return name if re.match(_SCHEME, name) else f"sqlite:///{name}"


def is_server(url: str) -> bool:
    """Whether a URL names a ledger on a server."""
    return url.startswith(_SERVER)


def without_passwords(text: str, url: str) -> str:
    """A text in which the passwords of a URL are asterisks, whether the URL can be read or not."""
    for secret in sorted(_passwords(url), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def hide_passwords(text: str, words: Iterable[str]) -> str:
    """A text in which the passwords of URLs are asterisks: of those among `words`, and of any that it quotes itself."""
    for word in words:
        if ":/" in word:
            text = without_passwords(text, word)
    return re.sub(_IN_TEXT, r"\1***@", text) if "@" in text else text


def _passwords(url: str) -> set[str]:
    from urllib.parse import unquote  # needed only for a refusal

    written = [found[1] for pattern in (_BEFORE_HOST, _PARAMETER) for found in re.finditer(pattern, url)]
    return {form for one in written for form in (one, unquote(one))}


@contextmanager
def hiding_passwords(url: str) -> Iterator[None]:
    """Keep the passwords of a URL out of a refusal that quotes it, or what a library says of it."""
    try:
        yield
    except Refusal as refusal:
        message, hint = refusal.message, refusal.hint
        hidden = without_passwords(message, url)
        hidden_hint = None if hint is None else without_passwords(hint, url)
        if (hidden, hidden_hint) != (message, hint):
            refusal.reword(hidden, hidden_hint)
        raise
