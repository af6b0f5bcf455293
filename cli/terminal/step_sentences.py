"""The steps of a decision as sentences, in the reader's language. They are not part of the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.terminal.language import in_language
from cli.terminal.numbers import date_of, moment
from cli.terminal.values import ZonedInstant
from domain.decision import Step
from domain.money import percent_cut, yuan
from domain.text import Said, listed, said
from domain.time import seconds_text

_Shown = dict[str, str]


def says(step: Step, zone: str, lang: str) -> str:
    """A step as a sentence. Raises KeyError for a step code that this version does not know."""
    inputs = {name: _shown(name, value, zone, lang) for name, value in step.inputs.items()}
    return in_language(_SENTENCES[step.step](step, inputs), lang)


def _shown(name: str, value: Any, zone: str, lang: str) -> str:
    if value is None:
        return "-"
    if name.endswith("_us"):
        return duration(value)
    if name.endswith("_fen"):
        return yuan(value)
    if name.endswith("_at") or name in ("start", "end", "month_start", "month_end"):
        at = ZonedInstant(value, zone)
        return date_of(at.day(), lang) if name == "effective_at" else moment(at.in_table(), lang)
    if name == "nth_workday":
        return date_of(str(value), lang)
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)


def duration(span_us: int) -> str:
    """A span as hours, minutes and exact seconds."""
    minutes, rest_us = divmod(span_us, 60_000_000)
    hours, minutes = divmod(minutes, 60)
    seconds = seconds_text(rest_us)
    return f"{hours}:{minutes:02d}:{seconds if rest_us >= 10_000_000 else '0' + seconds}"


def _number(step: Step) -> int:
    return step.result if isinstance(step.result, int) else 0


def _percent(ratio: str) -> str:
    """An exact ratio as a percentage for display, cut to four decimals, without decimals where it is whole."""
    numerator, denominator = map(int, ratio.split("/"))
    return percent_cut(numerator, denominator).removesuffix(".0000") + "%"


def _terms(step: Step, i: _Shown) -> Said:
    values = {"version": step.result, "effective_on": i["effective_at"], "month": i["month"]}
    if i["version_in_force"] == "month_start":
        return said(
            "Version {version} of the terms, effective {effective_on}, was in force when {month} began.", **values
        )
    return said("Version {version} of the terms, effective {effective_on}, was in force when {month} ended.", **values)


def _window(step: Step, i: _Shown) -> Said:
    if step.inputs["closes_at"] is None:
        return said(
            "Filed at {filed_at}: {outcome}. The window opens at {opens_at} and has no end.",
            filed_at=i["filed_at"],
            outcome=_TIMELY[str(step.result)],
            opens_at=i["opens_at"],
        )
    if step.inputs["nth_workday"] is None:
        return said(
            "Filed at {filed_at}: {outcome}. The window opens at {opens_at} and closes at {closes_at}.",
            filed_at=i["filed_at"],
            outcome=_TIMELY[str(step.result)],
            opens_at=i["opens_at"],
            closes_at=i["closes_at"],
        )
    return said(
        "Filed at {filed_at}: {outcome}. The window opens at {opens_at} (the working day that counts is "
        "{nth_workday}) and closes at {closes_at}.",
        filed_at=i["filed_at"],
        outcome=_TIMELY[str(step.result)],
        opens_at=i["opens_at"],
        nth_workday=i["nth_workday"],
        closes_at=i["closes_at"],
    )


_TIMELY = {"in_time": said("in time"), "too_early": said("too early"), "too_late": said("too late")}


def _coverage(step: Step, i: _Shown) -> Said:
    if not step.result:
        return said("No time of the month is covered by the agreement.")
    if step.inputs["covered_us"] == step.inputs["total_us"]:
        return said("The whole month is covered.")
    return said("{covered} of the month's {total} are covered.", covered=i["covered_us"], total=i["total_us"])


def _exclusion(step: Step, i: _Shown) -> Said:
    told = said(
        "Excluded from incident {incident}: {from_at} to {to_at}",
        incident=i["incident"],
        from_at=i["from_at"],
        to_at=i["to_at"],
    )
    if step.inputs.get("notified_at") is not None:
        told = said("{told}; the customer was told at {notified_at}", told=told, notified_at=i["notified_at"])
    if "announced_from_at" in step.inputs:
        told = said(
            "{told}; of it what was announced, {announced_from} to {announced_to}",
            told=told,
            announced_from=i["announced_from_at"],
            announced_to=i["announced_to_at"],
        )
    if step.inputs.get("reason"):
        return said("{told} ({reason}).", told=told, reason=i["reason"])
    return said("{told}.", told=told)


def _episode(step: Step, i: _Shown) -> Said:
    return said(
        "{incidents}: {start} to {end}, {length} long, {counts}",
        incidents=i["incidents"],
        start=i["start"],
        end=i["end"],
        length=i["length_us"],
        counts=_counts(step, i),
    )


def _counts(step: Step, i: _Shown) -> Said:
    if not step.inputs["long_enough"]:
        return said("not long enough (the minimum is {minimum} s): it does not count.", minimum=i["minimum_seconds"])
    counts = said("counts {span}", span=duration(_number(step)))
    taken = [_taken(name, i[name]) for name in _TAKEN if step.inputs[name]]
    return said("{told} ({reason}).", told=counts, reason=listed(taken)) if taken else said("{told}.", told=counts)


_TAKEN = ("excluded_us", "deducted_us", "outside_us", "uncovered_us", "repeated_us")


def _taken(name: str, span: str) -> Said:
    match name:
        case "excluded_us":
            return said("{span} excluded", span=span)
        case "deducted_us":
            return said("{span} deducted as the minimum", span=span)
        case "outside_us":
            return said("{span} in other months", span=span)
        case "uncovered_us":
            return said("{span} not covered", span=span)
        case _:
            return said("{span} counted already", span=span)


def _unavailable(step: Step, i: _Shown) -> Said:
    return said("Unavailable in the month: {span}.", span=duration(_number(step)))


def _availability(step: Step, i: _Shown) -> Said:
    return said(
        "Availability: ({total} - {unavailable}) / {total} = {ratio}, that is {percent}.",
        total=i["total_us"],
        unavailable=i["unavailable_us"],
        ratio=step.result,
        percent=_percent(str(step.result)),
    )


def _commitment(step: Step, i: _Shown) -> Said:
    values = {"availability": _percent(i["availability"]), "commitment": i["commitment"]}
    if step.result:
        return said("{availability} meets the committed {commitment}.", **values)
    return said("{availability} falls short of the committed {commitment}.", **values)


def _fees(step: Step, i: _Shown) -> Said:
    if "call_fee_fen" not in step.inputs:
        bills = i["bills"] or said("none")
        return said("Fee of the month {total} (bills: {bills}).", total=yuan(_number(step)), bills=bills)
    return said(
        "Product fee of the month {total} (bills: {bills}): service {service}, calls {calls}.",
        total=yuan(_number(step)),
        bills=i["bills"] or said("none"),
        service=i["service_fee_fen"],
        calls=i["call_fee_fen"],
    )


def _base(step: Step, i: _Shown) -> Said:
    values = {"fee": i["fee_fen"], "offset": i["voucher_offset_fen"], "net": yuan(_number(step))}
    if "gross" in step.inputs:
        return said("Base: {net}; the {offset} paid with vouchers is not deducted.", **values)
    if i["part"] == "fee":
        return said("Base: {fee} less {offset} paid with vouchers = {net}.", **values)
    if _is_service(i):
        return said("Base of the service part: {fee} less {offset} paid with vouchers = {net}.", **values)
    return said("Base of the call part: {fee} less {offset} paid with vouchers = {net}.", **values)


def _is_service(i: _Shown) -> bool:
    """Whether a step is about the service part. Raises KeyError for an unknown part."""
    return {"service": True, "call": False}[i["part"]]


def _tier(step: Step, i: _Shown) -> Said:
    if step.inputs["at_least"] is None:
        return said("Tier {tier}: below {below}.", tier=step.result, below=i["below"])
    return said(
        "Tier {tier}: below {below}, at or above {at_least}.",
        tier=step.result,
        below=i["below"],
        at_least=i["at_least"],
    )


def _credit(step: Step, i: _Shown) -> Said:
    values = {"rate": i["rate"], "net": i["net_fen"], "amount": yuan(_number(step))}
    if i["part"] == "fee":
        return said("{rate} of {net} = {amount}.", **values)
    if _is_service(i):
        return said("Service part: {rate} of {net} = {amount}.", **values)
    return said("Call part: {rate} of {net} = {amount}.", **values)


def _total(step: Step, i: _Shown) -> Said:
    if "call_fen" not in step.inputs:
        return _single_total(step)
    values = {"service": i["service_fen"], "calls": i["call_fen"], "total": yuan(_number(step))}
    if not step.result:
        return said("Service credit: {service} + {calls} = {total}: nothing to issue.", **values)
    if step.inputs.get("remedy") == "credit":
        return said("Service credit: {service} + {calls} = {total}, on later bills.", **values)
    return said("Service credit: {service} + {calls} = {total}, as a voucher.", **values)


def _single_total(step: Step) -> Said:
    total = yuan(_number(step))
    if not step.result:
        return said("Service credit: {total}: nothing to issue.", total=total)
    if step.inputs.get("remedy") == "credit":
        return said("Service credit: {total}, on later bills.", total=total)
    return said("Service credit: {total}, as a voucher.", total=total)


def _cap(step: Step, i: _Shown) -> Said:
    return said(
        "Monthly cap: {share} of {paid} paid without vouchers = {most}.",
        share=i["share"],
        paid=i["paid_fen"],
        most=yuan(_number(step)),
    )


def _minimum(step: Step, i: _Shown) -> Said:
    values = {"credit": i["credit_fen"], "minimum": i["minimum_fen"]}
    if step.result:
        return said("{credit} is above the minimum of {minimum}: it is given.", **values)
    return said("{credit} is not above the minimum of {minimum}: nothing is given.", **values)


_SENTENCES: dict[str, Callable[[Step, _Shown], Said]] = {
    "terms": _terms,
    "window": _window,
    "coverage": _coverage,
    "exclusion": _exclusion,
    "episode": _episode,
    "unavailable": _unavailable,
    "availability": _availability,
    "commitment": _commitment,
    "fees": _fees,
    "base": _base,
    "tier": _tier,
    "credit": _credit,
    "total": _total,
    "cap": _cap,
    "minimum": _minimum,
}
