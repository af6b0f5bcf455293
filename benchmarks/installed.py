"""Builds the project's wheel and installs it, with the locked releases, into an environment of its own.

Users run an installed wheel. An editable install finds its modules by another way, and would be measured instead.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from places import DATA, ROOT

_LEFT_OUT = {"benchmarks", "tests", "build", "demo", "__pycache__"}
"""Folders of the tree that the wheel is not made of. Nor are hidden files, ledgers, and what an earlier build left."""
LOCK = "requirements/bench.txt"
_KEPT = 3
_MARK = "complete"


def sources(root: Path) -> list[Path]:
    """The files of a tree that the wheel is built of, and with, in order."""
    found: list[Path] = []
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in _LEFT_OUT or path.suffix.startswith((".egg-info", ".db")):
            continue
        found += sources(path) if path.is_dir() else [path]
    return found


def digest(root: Path, files: Iterable[Path], *about: str) -> str:
    """A short hash of files, by name and content, and of more that they depend on."""
    hashed = hashlib.sha256(repr(about).encode())
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        hashed.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return hashed.hexdigest()[:12]


def interpreter() -> Path:
    """The interpreter of an environment that has this tree's wheel; it is made where there is none yet."""
    name = digest(ROOT, [*sources(ROOT), ROOT / LOCK], sys.version, sys.executable)
    folder = DATA / f"installed-{name}"
    if not (folder / _MARK).exists():
        _install(folder)
    (folder / _MARK).touch()
    _remove_older()
    return folder / "bin" / "python"


def _install(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    print(f"installing the wheel into {folder}", file=sys.stderr)
    _run(sys.executable, "-m", "venv", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(*pip, "install", "--require-hashes", "-r", ROOT / LOCK)
    with TemporaryDirectory() as made:
        source = Path(made, "source")
        for path in sources(ROOT):
            copied = source / path.relative_to(ROOT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
        _run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", made, source)
        _run(*pip, "install", "--no-deps", *Path(made).glob("*.whl"))
    (folder / _MARK).touch()


def _run(*words: str | Path) -> None:
    subprocess.run(list(map(str, words)), check=True, env=environment(), stdout=sys.stderr)


def environment() -> dict[str, str]:
    """Our environment without the variables that would make Python find modules elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def _remove_older() -> None:
    """Remove environments of other trees, except the few that were used last."""
    found = sorted(DATA.glob(f"installed-*/{_MARK}"), key=lambda mark: mark.stat().st_mtime)
    for mark in found[:-_KEPT]:
        shutil.rmtree(mark.parent, ignore_errors=True)
