"""The way in: both ways start the same command line, and a package of another that stands in the way is named."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import COMMAND, ROOT

import slaledger

ENTRIES = {"the command": [str(COMMAND)], "python -m": [sys.executable, "-m", "slaledger"]}
FOREIGN = "raise SystemExit('a package of another was imported')\n"


def run(words: list[str], folder: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, with another folder in front on the path."""
    left_out = ("PYTHONPATH", "SLALEDGER_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    env = {**own, "PYTHONPATH": str(path)} if path else own
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)


def package(folder: Path, name: str, code: str | None = FOREIGN) -> Path:
    """A package of another in a folder; without code, a folder of that name alone."""
    (folder / name).mkdir(parents=True)
    if code is not None:
        (folder / name / "__init__.py").write_text(code)
    return folder


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_both_ways_lead_to_the_command_line(entry: list[str], tmp_path: Path) -> None:
    done = run([*entry, "--help"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "slaledger init" in done.stdout
    made = run([*entry, "init"], tmp_path)
    assert (made.returncode, (tmp_path / "slaledger.db").exists()) == (0, True), made.stderr
    refused = run([*entry, "claim", "show", "1001", "2026-03", "--format", "json"], tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith('{"error"')


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
@pytest.mark.parametrize("name", slaledger.PACKAGES)
def test_a_package_of_another_in_front_on_the_path_is_named(entry: list[str], name: str, tmp_path: Path) -> None:
    there = package(tmp_path / "there", name)
    done = run([*entry, "--version"], tmp_path, there)
    message, hint = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert message == f"slaledger: the package `{name}` in {there} hides slaledger's own"
    assert hint.startswith(f"  what to do: start in another folder, take {there} out of PYTHONPATH")


def test_a_distribution_that_brought_the_package_is_named(tmp_path: Path) -> None:
    there = package(tmp_path / "there", "cli")
    brought_by("command-line-kit", there, "cli/__init__.py")
    done = run([str(COMMAND), "--version"], tmp_path, there)
    assert done.returncode == 2
    assert f"the package `cli` in {there}, which command-line-kit brought, hides" in done.stderr


def brought_by(distribution: str, folder: Path, *files: str) -> None:
    about = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (about / "RECORD").write_text("".join(f"{file},,\n" for file in files))


@pytest.mark.parametrize("code", [FOREIGN, None], ids=["a package", "a folder of that name"])
def test_a_folder_where_python_is_started_is_named(tmp_path: Path, code: str | None) -> None:
    """`python -m` looks in the folder where it is started before anywhere else."""
    package(tmp_path, "domain", code)
    done = run(ENTRIES["python -m"] + ["--version"], tmp_path)
    if code is None and slaledger.__file__.startswith(sys.prefix):  # a package anywhere goes before a mere folder
        assert done.returncode == 0, done.stderr
    else:
        assert (done.returncode, done.stdout) == (2, "")
        assert f"slaledger: the package `domain` in {tmp_path} hides slaledger's own\n" in done.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder as an installation is: the four packages beside the way in, by their names and first files."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    shutil.copy(ROOT / "slaledger.py", folder)
    for name in slaledger.PACKAGES:
        package(folder, name, (ROOT / name / "__init__.py").read_text("utf-8"))
    return folder


def start(installed: Path) -> subprocess.CompletedProcess[str]:
    """Run it there, where nothing else is installed."""
    return run([sys.executable, "-S", str(installed / "slaledger.py")], installed.parent)


def test_packages_beside_it_that_are_ours_are_taken(installed: Path) -> None:
    (installed / "cli" / "main.py").write_text("def run():\n    raise SystemExit(7)\n")
    assert start(installed).returncode == 7


@pytest.mark.parametrize("name", slaledger.PACKAGES)
def test_a_package_installed_over_ours_is_named(installed: Path, name: str) -> None:
    (installed / name / "__init__.py").write_text(FOREIGN)
    brought_by("slaledger", installed, f"{name}/__init__.py")
    brought_by("some-other-tool", installed, f"{name}/__init__.py", f"{name}/main.py")
    done = start(installed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"slaledger: the package `{name}` in {installed}, which some-other-tool brought, is not slaledger's\n"
        "  what to do: install slaledger into an environment of its own (python -m venv)\n"
    )


def test_a_package_whose_first_file_is_gone_is_named(installed: Path) -> None:
    """As where the other distribution was taken away again."""
    (installed / "ledger" / "__init__.py").unlink()
    done = start(installed)
    assert done.returncode == 2
    assert f"slaledger: the package `ledger` in {installed} is not slaledger's\n" in done.stderr


def test_a_package_that_is_missing_is_named(installed: Path) -> None:
    shutil.rmtree(installed / "projections")
    done = start(installed)
    assert done.returncode == 2
    assert done.stderr.startswith(f"slaledger: the package `projections` is missing in {installed}\n  what to do: ")


def test_the_way_in_imports_the_standard_library_alone_before_it_has_looked() -> None:
    tree = ast.parse((ROOT / "slaledger.py").read_text("utf-8"))
    named = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {name.name for node in named if isinstance(node, ast.Import) for name in node.names}
    modules |= {node.module or "" for node in named if isinstance(node, ast.ImportFrom)}
    assert modules
    assert {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names
    assert "importlib.metadata" not in modules, "dear: every command starts here"
