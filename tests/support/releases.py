"""The releases in the lock file: only with those is text compared that libraries format.

Libraries decide about layout: the width of a column, the sign of a currency, the words around ours in a help page. With
the locked releases output is compared exactly; with any other, only our own words are.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "requirements"


def locked(name: str) -> dict[str, tuple[str, int]]:
    """A lock's packages: the release of each, and how many files of it have a hash."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    entries = re.findall(
        r"^([a-z0-9._-]+)==([^\s;]+)[^\\\n]*((?:\\\n +--hash=sha256:[0-9a-f]{64} ?)*)", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)), "an entry that this cannot read"
    return {package: (release, hashes.count("--hash")) for package, release, hashes in entries}


LAY_OUT = ("click", "rich", "babel", "pyyaml", "icalendar")
"""The libraries that decide how something looks that we print."""


@cache
def is_locked(*packages: str) -> bool:
    """Whether the releases that are installed are those that the lock names."""
    names = locked("dev")
    return all(version(package) == names[package][0] for package in packages)


def as_compared(text: str) -> str:
    """A text as it is compared with another: with other releases than the locked ones without how it is laid out."""
    return text if is_locked(*LAY_OUT) else without_layout(text)


def without_layout(text: str) -> str:
    """A text without blanks and line ends, the rules of tables, and the sign of the currency."""
    return re.sub(r"\s|─|CN¥|[¥￥]", "", text)
