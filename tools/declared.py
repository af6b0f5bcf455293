"""Lists every refusal of the software, from the classes that declare them."""

from __future__ import annotations

import importlib
import pkgutil

import cli
import domain
import ledger
import projections
from domain.refusals import Refusal


def refusals() -> list[type[Refusal]]:
    """Every class of refusals that is raised, by module and in the order of declaration."""
    for package in (domain, ledger, projections, cli):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    raised = (kind for kind in _below(Refusal) if kind.message_template)
    return sorted(raised, key=lambda kind: kind.__module__)


def _below(kind: type[Refusal]) -> list[type[Refusal]]:
    below = kind.__subclasses__()
    return list(dict.fromkeys([*below, *(one for each in below for one in _below(each))]))


def templates(kind: type[Refusal]) -> list[str]:
    """The sentences of a class."""
    return [kind.message_template, *([kind.hint_template] if kind.hint_template else [])]
