"""A step of a derivation."""

from __future__ import annotations

from domain.decision import Step, Value


def step_of(clause: str, step: str, result: Value, **inputs: Value) -> Step:
    """A step under a clause: `step` is its code, `inputs` what it rests on."""
    return Step(clause=clause, step=step, inputs=inputs, result=result)
