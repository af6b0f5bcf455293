"""The lock names, with hashes, a release of everything that pyproject.toml asks for, and one that its ranges allow."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from releases import FOLDER, locked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]


def requirements(of: list[str]) -> Iterator[Requirement]:
    """The requirements of a list, an extra of our own replaced by what it asks for."""
    for each in of:
        requirement = Requirement(each)
        if requirement.name == PROJECT["project"]["name"]:
            for extra in requirement.extras:
                yield from requirements(EXTRAS[extra])
        else:
            yield requirement


ASKED = {
    "base": [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]],
    "dev": [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"], *EXTRAS["dev"]],
    "bench": [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"], *EXTRAS["bench"]],
}


@pytest.mark.parametrize("name", ASKED)
def test_the_lock_has_a_release_in_range_of_each_requirement(name: str) -> None:
    found = locked(name)
    asked = list(requirements(ASKED[name]))
    assert len(asked) > 5
    wrong = [
        str(requirement)
        for requirement in asked
        if not requirement.specifier.contains(found.get(canonicalize_name(requirement.name), ("0", 0))[0])
    ]
    assert not wrong, f"`make lock` makes requirements/{name}.txt anew"


@pytest.mark.parametrize("name", [*ASKED, "lock"])
def test_every_locked_release_has_hashes(name: str) -> None:
    assert [package for package, (_, hashes) in locked(name).items() if not hashes] == []


@pytest.mark.parametrize("name", ["dev", "bench"])
def test_what_two_locks_name_is_the_same_release(name: str) -> None:
    base, more = locked("base"), locked(name)
    assert {package: more.get(package) for package in base} == base


def test_the_lock_asks_for_what_builds_the_project() -> None:
    lines = (FOLDER / "build.in").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == PROJECT["build-system"]["requires"]
