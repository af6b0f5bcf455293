"""The amount of a decision with its arithmetic, from its steps."""

from __future__ import annotations

from typing import NamedTuple

from cli.pages import labels
from cli.terminal.language import language
from cli.terminal.steps.sentences import says
from cli.terminal.vocabulary import cited, word
from domain.decision import Decision, Step
from domain.text import Said, said


class PartRow(NamedTuple):
    """A part of the fee: its amount, what is deducted of it as paid with vouchers, the base, the rate, the credit."""

    part: Said
    fee: str
    paid: str
    base: str
    rate: str
    credit: str

    @property
    def line(self) -> Said:
        """The row as a sentence."""
        return said("{part}: {fee} less {paid} paid with vouchers = {base}; {rate} of it = {credit}", **self._asdict())


class Sums(NamedTuple):
    """The arithmetic of a credit: `rules` are sentences about the fees, the tier and limits, with their clauses."""

    clause: Said
    rows: list[PartRow]
    total: str
    rules: list[tuple[str, str]]


_RULES = ("fees", "tier", "cap", "minimum")


def sums(made: Decision) -> Sums | None:
    """The arithmetic of a decision; None where it came to no amount."""
    by_step = {(step.step, step.inputs.get("part")): step for step in made.steps}
    total = by_step.get(("total", None))
    if total is None:
        return None
    parts = [part for step, part in by_step if step == "credit"]
    return Sums(
        clause=cited(total.clause),
        rows=[_row(by_step["base", part], by_step["credit", part], made.currency) for part in parts],
        total=labels.money(_number(total.result), made.currency),
        rules=[
            (word(step.clause), says(step, made.terms.readings.timezone, language()))
            for step in made.steps
            if step.step in _RULES
        ],
    )


def _row(base: Step, credit: Step, currency: str) -> PartRow:
    return PartRow(
        part=_PARTS[str(base.inputs["part"])],
        fee=labels.money(_number(base.inputs["fee_fen"]), currency),
        paid=labels.money(0 if "gross" in base.inputs else _number(base.inputs["voucher_offset_fen"]), currency),
        base=labels.money(_number(base.result), currency),
        rate=str(credit.inputs["rate"]),
        credit=labels.money(_number(credit.result), currency),
    )


_PARTS = {"service": said("Service fee"), "call": said("Call fee"), "fee": said("Fee of the month")}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
