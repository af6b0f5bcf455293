"""Sentences of the steps about money: fees, bases, the tier and the credit."""

from __future__ import annotations

from cli.terminal.steps.shown import Inputs, Sentence, number
from domain.decision import Step
from domain.money import yuan
from domain.text import Said, said


def _fees(step: Step, i: Inputs) -> Said:
    if "call_fee_fen" not in step.inputs:
        bills = i["bills"] or said("none")
        return said("Fee of the month {total} (bills: {bills}).", total=yuan(number(step)), bills=bills)
    return said(
        "Product fee of the month {total} (bills: {bills}): service {service}, calls {calls}.",
        total=yuan(number(step)),
        bills=i["bills"] or said("none"),
        service=i["service_fee_fen"],
        calls=i["call_fee_fen"],
    )


def _base(step: Step, i: Inputs) -> Said:
    values = {"fee": i["fee_fen"], "offset": i["voucher_offset_fen"], "net": yuan(number(step))}
    if "gross" in step.inputs:
        return said("Base: {net}; the {offset} paid with vouchers is not deducted.", **values)
    if i["part"] == "fee":
        return said("Base: {fee} less {offset} paid with vouchers = {net}.", **values)
    if _is_service(i):
        return said("Base of the service part: {fee} less {offset} paid with vouchers = {net}.", **values)
    return said("Base of the call part: {fee} less {offset} paid with vouchers = {net}.", **values)


def _is_service(i: Inputs) -> bool:
    """Whether a step is about the service part. Raises KeyError for an unknown part."""
    return {"service": True, "call": False}[i["part"]]


def _tier(step: Step, i: Inputs) -> Said:
    if step.inputs["at_least"] is None:
        return said("Tier {tier}: below {below}.", tier=step.result, below=i["below"])
    return said(
        "Tier {tier}: below {below}, at or above {at_least}.",
        tier=step.result,
        below=i["below"],
        at_least=i["at_least"],
    )


def _credit(step: Step, i: Inputs) -> Said:
    values = {"rate": i["rate"], "net": i["net_fen"], "amount": yuan(number(step))}
    if i["part"] == "fee":
        return said("{rate} of {net} = {amount}.", **values)
    if _is_service(i):
        return said("Service part: {rate} of {net} = {amount}.", **values)
    return said("Call part: {rate} of {net} = {amount}.", **values)


def _total(step: Step, i: Inputs) -> Said:
    if "call_fen" not in step.inputs:
        return _single_total(step)
    values = {"service": i["service_fen"], "calls": i["call_fen"], "total": yuan(number(step))}
    if not step.result:
        return said("Service credit: {service} + {calls} = {total}: nothing to issue.", **values)
    if step.inputs.get("remedy") == "credit":
        return said("Service credit: {service} + {calls} = {total}, on later bills.", **values)
    return said("Service credit: {service} + {calls} = {total}, as a voucher.", **values)


def _single_total(step: Step) -> Said:
    total = yuan(number(step))
    if not step.result:
        return said("Service credit: {total}: nothing to issue.", total=total)
    if step.inputs.get("remedy") == "credit":
        return said("Service credit: {total}, on later bills.", total=total)
    return said("Service credit: {total}, as a voucher.", total=total)


def _cap(step: Step, i: Inputs) -> Said:
    return said(
        "Monthly cap: {share} of {paid} paid without vouchers = {most}.",
        share=i["share"],
        paid=i["paid_fen"],
        most=yuan(number(step)),
    )


def _minimum(step: Step, i: Inputs) -> Said:
    values = {"credit": i["credit_fen"], "minimum": i["minimum_fen"]}
    if step.result:
        return said("{credit} is above the minimum of {minimum}: it is given.", **values)
    return said("{credit} is not above the minimum of {minimum}: nothing is given.", **values)


MONEY_SENTENCES: dict[str, Sentence] = {
    "fees": _fees,
    "base": _base,
    "tier": _tier,
    "credit": _credit,
    "total": _total,
    "cap": _cap,
    "minimum": _minimum,
}
