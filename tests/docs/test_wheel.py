"""The wheel: built, installed away from the source, and run in a folder elsewhere, with no extra installed.

With the interpreter that runs the tests it finds the base dependencies of this environment, so that nothing is fetched
and the oldest and the newest releases are tried too; in the long runs, with every other supported interpreter of this
machine, those that the lock names, from the index.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest
from conftest import ROOT, for_all_workers
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_examples import BEFORE, write_files
from test_readme import TOUR, is_in

from cli.examples import EXAMPLES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES = ("domain", "projections", "ledger", "cli")
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
FOR_DEVELOPERS = {"dev", "bench"}


def interpreters() -> dict[str, str]:
    """By version, the interpreters of this machine that are supported and can make environments."""
    found = {HERE: sys.executable}
    for release in SUPPORTED:
        names = [str(each) for each in sorted(Path.home().glob(f".pyenv/versions/{release}.*/bin/python{release}"))]
        on_path = shutil.which(f"python{release}")
        for name in [*names, on_path] if on_path else names:
            if release not in found and _makes_environments(name, release):
                found[release] = name
    return dict(sorted(found.items()))


def _makes_environments(interpreter: str, release: str) -> bool:
    asks = "import ensurepip, sqlite3, sys, venv; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([interpreter, "-c", asks], capture_output=True, text=True)
    return done.returncode == 0 and done.stdout.strip() == release


INTERPRETERS = interpreters()
EACH = [release if release == HERE else pytest.param(release, marks=pytest.mark.soak) for release in INTERPRETERS]
"""The interpreters for the tests; all but the one that runs them for the long runs."""


def ran(*words: str | Path, folder: Path | None = None, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, as one who has just logged in: nothing of this environment is in the way."""
    left_out = ("PYTHON", "SLALEDGER_", "VIRTUAL_ENV", "LC_", "LANG")
    own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    env = {**own, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    words = tuple(str(word) for word in words)
    return subprocess.run(
        [str(word) for word in words], cwd=folder, env=env, input=stdin, capture_output=True, text=True
    )


def output(*words: str | Path, folder: Path | None = None, stdin: str | None = None) -> str:
    """Run a program, hold it to succeed, and give what it printed."""
    done = ran(*words, folder=folder, stdin=stdin)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The wheel, built from a copy of the source with what is installed here."""
    with for_all_workers(tmp_path_factory, worker_id, "wheel") as of_all:
        folder, source = of_all / "wheel", of_all / "source"
        if not folder.exists():
            source.mkdir()
            for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "slaledger.py"):
                shutil.copy(ROOT / name, source)
            for name in (*PACKAGES, "docs", "examples", "verifier", "tools"):
                shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            backend = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
            output(sys.executable, "-c", backend, folder, folder=source)
    (made,) = folder.iterdir()
    return made


class Installed(NamedTuple):
    """An environment with the wheel in it, and a folder elsewhere to work in."""

    release: str
    environment: Path
    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.environment / "bin" / "python"

    @property
    def command(self) -> Path:
        """Its console script."""
        return self.environment / "bin" / "slaledger"


@pytest.fixture(scope="session", params=EACH)
def environment(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[str, Path]:
    """An interpreter's version, and an environment with the wheel and its base dependencies alone."""
    with for_all_workers(tmp_path_factory, worker_id, f"environment-{request.param}") as of_all:
        folder = of_all / f"environment-{request.param}"
        if not folder.exists():
            _make(folder, request.param, wheel)
    return request.param, folder


def _make(folder: Path, release: str, wheel: Path) -> None:
    if release == HERE:
        output(sys.executable, "-m", "venv", "--without-pip", folder)
        pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
        _lend_base(folder)
    else:
        output(INTERPRETERS[release], "-m", "venv", folder)
        pip = (folder / "bin" / "python", "-m", "pip")
        output(*pip, "install", "--quiet", "--no-compile", "--require-hashes", "-r", ROOT / "requirements" / "base.txt")
    output(*pip, "install", "--quiet", "--no-index", wheel)


def _lend_base(folder: Path) -> None:
    """The base dependencies of this environment, and what they need, as links in another."""
    (site,) = folder.glob("lib/python*/site-packages")
    for each in _needed(PROJECT["dependencies"]).values():
        files = each.files or ()
        for name in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            (site / name).symlink_to(Path(str(each.locate_file(name))))


def _needed(lines: list[str]) -> dict[str, Distribution]:
    """The distributions that requirements and their own requirements come to, by name."""
    found: dict[str, Distribution] = {}
    left = [Requirement(line) for line in lines]
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        if name not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            found[name] = distribution(name)
            left += [Requirement(line) for line in found[name].requires or ()]
    return found


@pytest.fixture
def installed(environment: tuple[str, Path], tmp_path: Path) -> Installed:
    """The wheel, installed, and a new folder."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return Installed(*environment, folder)


# What is in it.


def test_it_has_the_packages_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file()}
    expected = {path.relative_to(ROOT).as_posix() for path in files if path.suffix not in (".pyc", ".po")}
    beside = {f"cli/shipped/{path.as_posix()}" for path in SHIPPED}
    assert names == {"slaledger.py", *expected, *beside}
    assert {f"{name}/py.typed" for name in PACKAGES} <= names
    assert {path.rpartition(".")[2] for path in names} >= {"py", "toml", "mo", "j2", "css", "typed"}


SHIPPED = sorted(
    path.relative_to(ROOT)
    for path in (
        *(ROOT / name for name in ("README.md", "CHANGELOG.md")),
        *(ROOT / "verifier").glob("*.*"),
        *(ROOT / "docs").rglob("*.md"),
        *(each for each in (ROOT / "examples").rglob("*") if each.is_file() and each.suffix != ".pyc"),
    )
)
"""The documents, examples and the verifier, as they are in the repository."""


def test_documents_examples_and_the_verifier_are_in_it_byte_for_byte_and_it_stays_small(wheel: Path) -> None:
    assert {Path(name) for name in ("docs/operate/install.md", "docs/tour.md", "examples/demo.py")} <= set(SHIPPED)
    with ZipFile(wheel) as archive:
        changed = [
            path for path in SHIPPED if archive.read(f"cli/shipped/{path.as_posix()}") != (ROOT / path).read_bytes()
        ]
    assert changed == []
    assert wheel.stat().st_size < LARGEST


LARGEST = 1_500_000
"""Bytes of the wheel; a third of it is documents and examples. Pictures would double it, and are left out."""


def test_nothing_that_an_extra_brings_is_there(installed: Installed) -> None:
    asks = "from importlib.metadata import distributions; print(*{each.name for each in distributions()})"
    there = {canonicalize_name(name) for name in output(installed.python, "-c", asks).split()}
    extras = {name for extra in NEEDS for name in _packages(extra)}
    assert "slaledger" in there
    assert len(extras) >= len(NEEDS)
    assert not there & extras


def _packages(extra: str) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"][extra]}


# It runs.


def test_it_starts_both_ways(installed: Installed) -> None:
    folder = installed.folder
    version = output(installed.command, "--version", folder=folder)
    assert PROJECT["version"] in version
    assert output(installed.python, "-m", "slaledger", "--version", folder=folder) == version
    page = output(installed.command, "--help", folder=folder)
    assert output(installed.python, "-m", "slaledger", "--help", folder=folder) == page
    made = json.loads(output(installed.python, "-m", "slaledger", "init", folder=folder))
    assert made["recorded"] > 0
    again = json.loads(output(installed.command, "init", folder=folder))
    assert again["recorded"] == 0


def test_what_runs_is_what_was_installed(installed: Installed) -> None:
    asks = f"import slaledger, {', '.join(PACKAGES)}; print(*(m.__file__ for m in (slaledger, {', '.join(PACKAGES)})))"
    places = output(installed.python, "-c", asks, folder=installed.folder).split()
    assert len(places) == len(PACKAGES) + 1
    assert all(Path(place).is_relative_to(installed.environment) for place in places)


def test_a_package_of_another_that_hides_one_of_it_is_named(installed: Installed) -> None:
    (installed.folder / "domain").mkdir()
    (installed.folder / "domain" / "__init__.py").write_text("raise SystemExit('imported')\n")
    done = ran(installed.python, "-m", "slaledger", "--version", folder=installed.folder)
    assert done.returncode == 2
    assert done.stderr.startswith(f"slaledger: the package `domain` in {installed.folder} hides slaledger's own\n")


def test_the_demo_runs_and_prints_the_readme_s_tour(installed: Installed) -> None:
    output(installed.command, "docs", "--copy", "copied", folder=installed.folder)
    printed = output(installed.python, installed.folder / "copied" / "examples" / "demo.py", folder=installed.folder)
    assert [block for block in TOUR if not is_in(block, printed)] == []


def test_the_verifier_and_the_documents_are_printed(installed: Installed) -> None:
    """The verifier then runs by itself, with another interpreter than the one that has slaledger."""
    printed = subprocess.run([installed.command, "verifier"], cwd=installed.folder, capture_output=True, check=True)
    assert printed.stdout == (ROOT / "verifier" / "verify_dossier.py").read_bytes()
    page = subprocess.run(
        [installed.command, "verifier", "--html"], cwd=installed.folder, capture_output=True, check=True
    )
    assert page.stdout == (ROOT / "verifier" / "verify.html").read_bytes()
    (installed.folder / "verify_dossier.py").write_bytes(printed.stdout)
    assert "usage" in output(sys.executable, "-I", "verify_dossier.py", "--help", folder=installed.folder)
    names = {row["name"] for row in json.loads(output(installed.command, "docs", folder=installed.folder))}
    assert names == {name_of(path) for path in SHIPPED if path.suffix == ".md"}
    document = output(installed.command, "docs", "operate/install", folder=installed.folder)
    assert document.rstrip("\n") == (ROOT / "docs" / "operate" / "install.md").read_text("utf-8").rstrip("\n")


def name_of(path: Path) -> str:
    """The name by which `slaledger docs` knows a document of the repository."""
    return path.with_suffix("").as_posix().removeprefix("docs/")


NEEDS = {
    "sign": "keygen ledger.example.com -o ledger.key",
    "timestamp": "audit checkpoint --timestamp-request new.tsq",
    "postgres": "--ledger postgresql://localhost/nowhere worklist",
    "cluster": "audit replay --cluster tcp://localhost:8786",
    "zstd": "export events -o events.jsonl.zst",
    "report": "report 2026-03 --html report.html",
    "xlsx": "export vouchers -o vouchers.xlsx",
    "parquet": "export availability 2026-03 -o availability.parquet",
    "openslo": "export openslo -o promise.yaml",
    "ics": "export ics -o claims.ics",
}
"""By extra, a command that cannot do without it."""
OTHERS = (
    "export site -o site",
    *(EXAMPLES[name].removeprefix("slaledger ") for name in ("claim letter", "audit timestamp", "witness sign")),
)
"""Further commands that cannot do without an extra of these."""

IN_ONE_PROCESS = """
import contextlib, io, json, sys
import slaledger
done = []
for words in json.load(sys.stdin):
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in "12")
    sys.argv = ["slaledger", *words]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            slaledger.main()
        except SystemExit as left:
            status = left.code
    done.append([status, err.buffer.getvalue().decode()])
json.dump(done, sys.stdout)
"""


def carried_out(installed: Installed, commands: list[list[str]]) -> Iterator[tuple[int, str]]:
    """The exit status of each command, and its errors, in one process of that interpreter."""
    done = json.loads(
        output(installed.python, "-c", IN_ONE_PROCESS, folder=installed.folder, stdin=json.dumps(commands))
    )
    return ((status, errors) for status, errors in done)


def test_every_command_works_that_needs_no_extra_and_the_others_name_theirs(installed: Installed) -> None:
    """The examples at the end of the help pages, in their order; those that an extra is for say which."""
    write_files(installed.folder)
    commands: dict[str, list[str]] = {}
    for name, example in EXAMPLES.items():
        if before := BEFORE.get(name):
            lines = "".join(json.dumps(line) + "\n" for line in before)
            (installed.folder / f"{name}.jsonl").write_text(lines)
            commands[f"before {name}"] = ["batch", f"{name}.jsonl"]
        commands[name] = shlex.split(example)[1:]
    commands["audit checkpoint"] = ["audit", "checkpoint"]  # no key was made to sign with
    commands["audit monthly"] = ["audit", "monthly", "-o", "proofs", "--no-timestamp"]
    wanting = {
        name
        for name, words in commands.items()
        if shlex.join(words) in (*NEEDS.values(), *OTHERS) or "alice.key" in words
    }
    wrong = {}
    for name, (status, errors) in zip(commands, carried_out(installed, list(commands.values())), strict=True):
        wanted = (2, True) if name in wanting else (3 if name in ("audit completeness", "audit duties") else 0, False)
        if wanted != (status, "slaledger[" in errors):
            wrong[name] = (status, errors)
    assert wrong == {}
    assert len(wanting) >= 5


def test_each_extra_that_is_not_there_is_told_with_the_line_that_brings_it(installed: Installed) -> None:
    assert set(NEEDS) == set(PROJECT["optional-dependencies"]) - FOR_DEVELOPERS
    assert ran(installed.command, "init", folder=installed.folder).returncode == 0
    done = carried_out(installed, [shlex.split(words) for words in NEEDS.values()])
    for extra, (status, errors) in zip(NEEDS, done, strict=True):
        if extra == "zstd" and installed.release >= "3.14":  # Python's own from there on
            assert status == 0
            continue
        hint = json.loads(errors)["error"]["hint"]
        assert (status, f"pip install 'slaledger[{extra}]'" in hint) == (2, True), errors


def test_every_command_s_help_is_there(installed: Installed) -> None:
    """So each of their modules is imported."""
    asked = [[*name.split(), "--help"] for name in EXAMPLES]
    assert [done for done in carried_out(installed, asked) if done != (0, "")] == []
