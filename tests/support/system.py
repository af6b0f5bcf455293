"""System packages that tests need besides Python, and what happens where one is missing.

A test calls `tool("hledger")` and is skipped where the program is missing, with a reason that says what to install;
where `SLALEDGER_NO_SKIPS` is set (as in `.ci/run`) it fails instead. The end of the run sums up the reasons in a line.

As a program it prints the Debian packages that are missing, which `make test` installs when it may.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable

PROGRAMS = {
    "build-essential": ("cc",),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "hledger": ("hledger",),
    "openssl": ("openssl",),
}
"""By Debian package: the names under which its program is known, the first that is there being taken."""

FONT = "fonts-wqy-microhei"
"""A package with Chinese letters, for pages that people look at; any other font that has them will do."""

MEMORY = "/dev/shm"
ROOM_BYTES = 4 * 2**30
"""More than the temporary files of a run take at the same time."""
NO_SKIPS = "SLALEDGER_NO_SKIPS"
_REASON = re.compile(r"skipped: no (\S+) here")


def tool(package: str) -> str:
    """The path of the program that a package of `PROGRAMS` brings; skips or fails the test where there is none."""
    path = _found(package)
    if path is None:
        _missing(package)
        raise AssertionError("unreachable")
    return path


def keep_files_in_memory() -> None:
    """Let temporary folders be made in memory, where there is room for those of a whole run: no sync waits for a disk.

    A `TMPDIR` that somebody set stays.
    """
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ["TMPDIR"] = MEMORY
        tempfile.tempdir = None


def need_chinese_font() -> None:
    """Skips or fails the test where no font has Chinese letters."""
    if not _has_chinese_font():
        _missing(FONT)


def missing() -> list[str]:
    """The packages that are not here, by their names in Debian."""
    programs = [package for package in PROGRAMS if _found(package) is None]
    return programs if _has_chinese_font() else [*programs, FONT]


def how_to_install(packages: Iterable[str]) -> str:
    """The one line that brings packages."""
    line = f"apt-get install {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        return f"install them as your system does (on Debian: {line})"
    return f"make test as root, or {line}"


def summary(reasons: Iterable[str]) -> str | None:
    """Of the reasons of all skipped tests: how many want which package, and the line that brings them, if any do."""
    wanted = Counter(found[1] for reason in reasons if (found := _REASON.search(reason)))
    if not wanted:
        return None
    counts = ", ".join(f"{n} for want of {package}" for package, n in sorted(wanted.items()))
    return f"skipped: {counts}; to run them: {how_to_install(sorted(wanted))}"


def _missing(package: str) -> None:
    import pytest

    end: Callable[[str], object] = pytest.fail if os.environ.get(NO_SKIPS) else pytest.skip
    end(f"skipped: no {package} here; {how_to_install([package])}")


def _found(package: str) -> str | None:
    return next((path for name in PROGRAMS[package] if (path := shutil.which(name))), None)


def _has_chinese_font() -> bool:
    listing = shutil.which("fc-list")
    return listing is not None and bool(subprocess.run([listing, ":lang=zh"], capture_output=True).stdout.strip())


if __name__ == "__main__":
    print(*missing())
