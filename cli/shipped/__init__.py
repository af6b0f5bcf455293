"""The documents, the examples and the verifier that come with the software.

In an installation they are in this folder, where the build puts them (`tools/wheel.py`); in a source tree they are at
its root, and nothing is copied.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cli.refusals import PageMeant, UnknownPage
from domain.nearest import nearest_word

_HERE = Path(__file__).parent
_PAGES = ("README.md", "CHANGELOG.md", "docs/**/*.md")
_COPIED = ("README.md", "CHANGELOG.md", "docs", "examples", "verifier")


def folder() -> Path:
    """The folder that has `docs`, `examples` and `verifier`."""
    return _HERE if (_HERE / "docs").is_dir() else _HERE.parents[1]


def pages() -> Iterator[tuple[str, str]]:
    """The name and the title of each document, such as `operate/install`; the README first."""
    root = folder()
    for pattern in _PAGES:
        for path in sorted(root.glob(pattern)):
            yield _name(path.relative_to(root)), _title(path)


def page(name: str) -> str:
    """The text of a document, by its name, with or without `.md`. Raises Refusal `unknown_page`."""
    root = folder()
    wanted = name.removesuffix(".md").removeprefix("docs/")
    for pattern in _PAGES:
        for path in root.glob(pattern):
            if _name(path.relative_to(root)) == wanted:
                return path.read_text("utf-8")
    names = [each for each, _ in pages()]
    within = [each for each in names if each.endswith(f"/{wanted}")]
    near = within[0] if len(within) == 1 else nearest_word(wanted, names)
    raise UnknownPage(name=name) if near is None else PageMeant(name=name, near=near)


def verifier() -> bytes:
    """The program that checks a dossier without slaledger."""
    return (folder() / "verifier" / "verify_dossier.py").read_bytes()


def verifier_page() -> bytes:
    """The page that checks a dossier in a browser: HTML, in UTF-8."""
    return (folder() / "verifier" / "verify.html").read_bytes()


@cache
def packed_verifier(lang: str) -> str:
    """The script of that page with the words of one language, compressed (RFC 1950) and in base64."""
    return (folder() / "verifier" / f"verify.{lang}.packed").read_text("utf-8")


def copy_to(target: Path) -> int:
    """Copy everything into a new folder; return the number of files. Raises FileExistsError where it exists."""
    target.mkdir()
    for name in _COPIED:
        source = folder() / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target / name)
    return sum(path.is_file() for path in target.rglob("*"))


def _name(path: Path) -> str:
    """The name of a document: its path below `docs`, without the ending."""
    return path.with_suffix("").as_posix().removeprefix("docs/")


def _title(path: Path) -> str:
    """The first heading of a document."""
    lines = path.read_text("utf-8").splitlines()
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), path.stem)
