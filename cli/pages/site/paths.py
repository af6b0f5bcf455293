"""The paths of a site's pages. No two are the same on a disk that takes capitals for small letters."""

from __future__ import annotations

import posixpath
import string

HOME, SEARCH, LOG = "index.html", "search.html", "log/pages.html"
CHECKER = "checker.js"
_PLAIN = frozenset(string.ascii_letters + string.digits + "-_.")
LOG_PAGE = 500
"""How many positions of the log a page covers."""


def named(id_: str) -> str:
    """An id as a file's name; signs are written as `~`, their code and `~`, and capitals are counted at the end."""
    made = "".join(one if one in _PLAIN else f"~{ord(one):x}~" for one in id_)
    capitals = sum(1 << place for place, one in enumerate(id_) if one.isupper())
    return (made if made.strip(".") else made.replace(".", "~2e~")) + (f"~~{capitals:x}" if capitals else "")


def account(account: str) -> str:
    """The page of an account."""
    return f"accounts/{named(account)}.html"


def claim(account: str, month: str) -> str:
    """The page of a claim."""
    return f"claims/{named(account)}/{month}.html"


def voucher(voucher: str) -> str:
    """The page of a voucher."""
    return f"vouchers/{named(voucher)}.html"


def month(month: str, number: int = 1) -> str:
    """A page of a month's accounts, from 1."""
    return f"months/{month}.html" if number == 1 else f"months/{month}-page-{number}.html"


def listing(kind: str, number: int = 1) -> str:
    """A page of all `accounts`, `claims` or `vouchers`, from 1."""
    return f"lists/{kind}.html" if number == 1 else f"lists/{kind}-page-{number}.html"


def log(number: int) -> str:
    """A page of the log, from 1."""
    return f"log/{number}.html"


def log_number(position: int) -> int:
    """The number of the log's page that has a position."""
    return (position - 1) // LOG_PAGE + 1


def event(position: int) -> str:
    """The place of an event in the log's pages."""
    return f"{log(log_number(position))}#e{position}"


def shard(number: int) -> str:
    """A part of the search index, from 0."""
    return f"search/{number}.js"


def relative(target: str, page: str) -> str:
    """The address of a target on a page."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")
