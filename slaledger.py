"""The way in, for the command `slaledger` and for `python -m slaledger`: the command line, if its packages are ours.

The four packages have common names. A folder of such a name in front on the path, or another distribution that brings
one, would be imported in their place, and commands would fail in ways that say nothing. So where each is found is
looked at first; it is not imported for that. The messages are English: the catalogue lies in one of the packages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

PACKAGES = ("domain", "projections", "ledger", "cli")
MARK = b'PART_OF = "slaledger"'
"""Stands in `__init__.py` of each package: one that was installed over ours lies in the same folder."""
_HOME = Path(__file__).absolute().parent


def main() -> NoReturn:
    """Carry out the command line. Exits with 2 where a package of ours is missing or is another's."""
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not _is_beside_this_file(spec) or MARK not in _init(spec):
            _stop(package, spec)
    from cli.main import run

    run()


def _is_beside_this_file(spec: ModuleSpec) -> bool:
    folder = _folder(spec)
    return folder == _HOME or folder.resolve() == _HOME.resolve()


def _folder(spec: ModuleSpec) -> Path:
    """The folder in which a package lies; of one in several, the first."""
    places = spec.submodule_search_locations
    return Path(next(iter(places)) if places else spec.origin or "").absolute().parent


def _init(spec: ModuleSpec) -> bytes:
    """The code of a package's own file; nothing where it has none."""
    read = getattr(spec.loader, "get_data", None)
    return read(spec.origin) if read and spec.has_location else b""


def _stop(package: str, spec: ModuleSpec | None) -> NoReturn:
    """Say which package is not ours, where it is and who brought it, and what to do."""
    alone = "install slaledger into an environment of its own (python -m venv)"
    if spec is None:
        _exit(f"the package `{package}` is missing in {_HOME}", "pip install --force-reinstall slaledger")
    folder = _folder(spec)
    owners = ", ".join(sorted(_owners(package, folder)))
    found = f"the package `{package}` in {folder}" + (f", which {owners} brought," if owners else "")
    if _is_beside_this_file(spec):
        _exit(f"{found} is not slaledger's", alone)
    _exit(f"{found} hides slaledger's own", f"start in another folder, take {folder} out of PYTHONPATH, or {alone}")


def _owners(package: str, folder: Path) -> Iterator[str]:
    """The names of the other distributions in a folder that bring a package."""
    from importlib.metadata import distributions

    for distribution in distributions(path=[str(folder)]):
        files = distribution.files or ()
        if distribution.name != "slaledger" and any(file.parts[0] == package for file in files):
            yield distribution.name


def _exit(message: str, hint: str) -> NoReturn:
    sys.stderr.write(f"slaledger: {message}\n  what to do: {hint}\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
