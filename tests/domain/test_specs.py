"""What the specs of all parts share: each declared refusal has a spec, and each state takes its own events alone."""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from domain import account, bill, claim, incident, voucher
from domain.events import AccountEnrolled, ClaimFiled, Event, FeesBilled, IncidentOpened, VoucherIssued
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
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in HERE.glob(f"test_spec_{part}*.py")]
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize(
    ("part", "at_least"),
    [
        *((part, 9) for part in ("account", "bill", "claim", "incident", "terms", "voucher")),
        ("controls", 8),
    ],
)
def test_every_declared_refusal_has_a_spec(part: str, at_least: int) -> None:
    assert len(declared(part)) >= at_least
    assert set(declared(part)) - used(part) == set()


FIRST: list[tuple[Callable[..., Any], Event]] = [
    (
        lambda state, event, reason: account.evolve(state, event),
        AccountEnrolled(account="1", enrolled_at=0, stage="general"),
    ),
    (
        bill.evolve,
        FeesBilled(
            bill="B", account="1", first_month="2026-03", months=1, billed_at=0, product_fee_fen=1, call_fee_fen=0
        ),
    ),
    (claim.evolve, ClaimFiled(account="1", month="2026-03", filed_at=0)),
    (incident.evolve, IncidentOpened(incident="I", function="agent_calls", started_at=0, scope="all")),
    (
        voucher.evolve,
        VoucherIssued(
            voucher="V", account="1", month="2026-03", amount_fen=1, issued_at=0, decision=1, version="2018-08-01"
        ),
    ),
]


@pytest.mark.parametrize(("evolve", "first"), FIRST, ids=[type(event).__name__ for _, event in FIRST])
def test_a_state_begins_with_its_first_event_and_takes_its_own_events_alone(
    evolve: Callable[..., Any], first: Event
) -> None:
    for _, strange in FIRST:
        for state in (None, evolve(None, first, None)):
            if strange is not first:
                with pytest.raises(ValueError, match=type(strange).__name__):
                    evolve(state, strange, None)
