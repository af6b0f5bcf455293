"""The entry point of the command `slaledger` and of `python -m slaledger`: it checks the packages, then runs the CLI.

The four packages have common names. A folder of the same name earlier on the path, or another distribution that has
one, would be imported in their place, and commands would fail with misleading errors. So their locations are checked
first, without importing them. The messages are English only, since the catalogue is in one of the packages.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

PACKAGES = ("domain", "projections", "ledger", "cli")
MARK = b'PART_OF = "slaledger"'
"""A line in each package's `__init__.py`: a package that was installed over ours is in the same folder."""
_HOME = Path(__file__).absolute().parent


def main() -> NoReturn:
    """Run the command line. Exits with 2 where one of our packages is missing or is not ours."""
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not _is_beside_this_file(spec) or MARK not in _init(spec):
            _stop(package, spec)
    gc.disable()  # what an import makes stays
    from cli.main import run

    gc.enable()
    try:
        run()
    finally:
        gc.freeze()  # else the interpreter searches all objects for garbage when it ends: a seventh of a command's time


def _is_beside_this_file(spec: ModuleSpec) -> bool:
    folder = _folder(spec)
    return folder == _HOME or folder.resolve() == _HOME.resolve()


def _folder(spec: ModuleSpec) -> Path:
    """The folder of a package; the first one where there are several."""
    places = spec.submodule_search_locations
    return Path(next(iter(places)) if places else spec.origin or "").absolute().parent


def _init(spec: ModuleSpec) -> bytes:
    """The source of a package's `__init__.py`; empty where it has none."""
    read = getattr(spec.loader, "get_data", None)
    return read(spec.origin) if read and spec.has_location else b""


def _stop(package: str, spec: ModuleSpec | None) -> NoReturn:
    """Print which package is not ours, where it is, which distribution installed it, and what to do."""
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
    """The names of other distributions in a folder that contain a package."""
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
