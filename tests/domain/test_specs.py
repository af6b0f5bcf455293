"""Every refusal that a part of the domain declares is named by the specs of that part."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from domain.refusals import Refusal

HERE = Path(__file__).parent


def declared(part: str) -> list[str]:
    """The refusals that a part declares; a class without a message is only the base of others."""
    module = import_module(f"domain.refusals.{part}")
    return [
        name
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and issubclass(kind, Refusal)
        and kind.__module__ == module.__name__
        and kind.message_template
    ]


def used(part: str) -> set[str]:
    """The names that the specs of a part use; an import alone is no use."""
    tree = ast.parse((HERE / f"test_spec_{part}.py").read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("part", ["account", "bill", "claim", "incident", "terms", "voucher"])
def test_every_declared_refusal_has_a_spec(part: str) -> None:
    assert len(declared(part)) > 8
    assert set(declared(part)) - used(part) == set()
