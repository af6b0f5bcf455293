"""Which releases the lock names. What follows from one release of a library is held to on that release alone."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "requirements"


def locked(name: str) -> dict[str, tuple[str, int]]:
    """A lock's packages: the release of each, and how many files of it have a hash."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    entries = re.findall(
        r"^([a-z0-9._-]+)==([^\s;]+)[^\\\n]*((?:\\\n +--hash=sha256:[0-9a-f]{64} ?)*)", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)), "an entry that this cannot read"
    return {package: (release, hashes.count("--hash")) for package, release, hashes in entries}


def is_locked(package: str) -> bool:
    """Whether the release that is installed is the one that the lock names."""
    return version(package) == locked("dev")[package][0]
