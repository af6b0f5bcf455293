"""The steps of a decision in words, in the reader's language. The words are no part of the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.decision import Step
from domain.money import percent_cut, yuan
from domain.time import seconds_text, written

_OUTCOME = {
    "in_time": ("in time", "在申请时限内"),
    "too_early": ("too early", "申请过早"),
    "too_late": ("too late", "已超出申请时限"),
}


def says(step: Step, zone: str, lang: str) -> str:
    """A step as a sentence. Raises KeyError for a step code that this version does not know."""
    inputs = {name: _shown(name, value, zone) for name, value in step.inputs.items()}
    english, chinese = _SENTENCES[step.step](step, inputs, zone)
    return chinese if lang == "zh" else english


def _shown(name: str, value: Any, zone: str) -> str:
    if value is None:
        return "-"
    if name.endswith("_us"):
        return duration(value)
    if name.endswith("_fen"):
        return yuan(value)
    if name.endswith("_at") or name in ("start", "end", "month_start", "month_end"):
        return written(value, zone)[:-6].replace("T", " ")
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
    """An exact ratio as a percentage for the eye, cut to four decimals, whole where it is whole."""
    numerator, denominator = map(int, ratio.split("/"))
    return percent_cut(numerator, denominator).removesuffix(".0000") + "%"


def _terms(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    when = ("began", "开始") if i["version_in_force"] == "month_start" else ("ended", "结束")
    return (
        f"Version {step.result} of the terms, effective {i['effective_at'][:10]}, "
        f"was in force when {i['month']} {when[0]}.",
        f"{i['month']}{when[1]}时有效的协议版本为{step.result}（自{i['effective_at'][:10]}起生效）。",
    )


def _window(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    english, chinese = _OUTCOME[str(step.result)]
    if step.inputs["nth_workday"] is None:
        return (
            f"Filed at {i['filed_at']}: {english}. The window opens at {i['opens_at']} and closes at {i['closes_at']}.",
            f"申请时间{i['filed_at']}：{chinese}。申请期自{i['opens_at']}起，至{i['closes_at']}止。",
        )
    return (
        f"Filed at {i['filed_at']}: {english}. The window opens at {i['opens_at']} (the working day that counts is "
        f"{i['nth_workday']}) and closes at {i['closes_at']}.",
        f"申请时间{i['filed_at']}：{chinese}。申请期自{i['opens_at']}起（所计工作日为{i['nth_workday']}），至{i['closes_at']}止。",
    )


def _coverage(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    if not step.result:
        return ("No time of the month is covered by the agreement.", "该月没有协议覆盖的时间。")
    if step.inputs["covered_us"] == step.inputs["total_us"]:
        return ("The whole month is covered.", "该月全部时间均在协议覆盖范围内。")
    return (
        f"{i['covered_us']} of the month's {i['total_us']} are covered.",
        f"该月{i['total_us']}中有{i['covered_us']}在协议覆盖范围内。",
    )


def _exclusion(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    told = step.inputs.get("notified_at") is not None
    return (
        f"Excluded from incident {i['incident']}: {i['from_at']} to {i['to_at']}"
        + (f"; the customer was told at {i['notified_at']}" if told else "")
        + (f" ({i['reason']})." if step.inputs.get("reason") else "."),
        f"故障{i['incident']}中{i['from_at']}至{i['to_at']}不在赔偿范围"
        + (f"，已于{i['notified_at']}预先通知客户" if told else "")
        + (f"({i['reason']})。" if step.inputs.get("reason") else "。"),
    )


def _episode(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    counted = duration(_number(step))
    if not step.inputs["long_enough"]:
        tail = (
            f"not long enough (the minimum is {i['minimum_seconds']} s): it does not count.",
            f"未达起算时间{i['minimum_seconds']}秒，不计入。",
        )
    else:
        parts_en = [f"{i[name]} {en}" for name, en, _ in _TAKEN if step.inputs[name]]
        parts_zh = [f"{zh}{i[name]}" for name, _, zh in _TAKEN if step.inputs[name]]
        tail = (
            f"counts {counted}" + (f" ({'; '.join(parts_en)})." if parts_en else "."),
            f"计入{counted}" + (f"({';'.join(parts_zh)})。" if parts_zh else "。"),
        )
    return (
        f"{i['incidents']}: {i['start']} to {i['end']}, {i['length_us']} long, {tail[0]}",
        f"{i['incidents']}：{i['start']}至{i['end']}，持续{i['length_us']}，{tail[1]}",
    )


_TAKEN = (
    ("excluded_us", "excluded", "不适用情形扣除"),
    ("deducted_us", "deducted as the minimum", "起算时间扣除"),
    ("outside_us", "in other months", "属于其他月份"),
    ("uncovered_us", "not covered", "不在协议覆盖范围"),
    ("repeated_us", "counted already", "已计入"),
)


def _unavailable(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    total = duration(_number(step))
    return (f"Unavailable in the month: {total}.", f"该月服务不可用时间合计{total}。")


def _availability(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    formula = f"({i['total_us']} - {i['unavailable_us']}) / {i['total_us']} = {step.result}"
    percent = _percent(str(step.result))
    return (f"Availability: {formula}, that is {percent}.", f"服务可用性：{formula}，即{percent}。")


def _commitment(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    verdict = ("meets", "达到") if step.result else ("falls short of", "未达到")
    return (
        f"{_percent(i['availability'])} {verdict[0]} the committed {i['commitment']}.",
        f"{_percent(i['availability'])}{verdict[1]}承诺的{i['commitment']}。",
    )


def _fees(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    total = yuan(_number(step))
    if "call_fee_fen" not in step.inputs:
        return (
            f"Fee of the month {total} (bills: {i['bills'] or 'none'}).",
            f"月度服务费{total}（账单：{i['bills'] or '无'}）。",
        )
    return (
        f"Product fee of the month {total} (bills: {i['bills'] or 'none'}): "
        f"service {i['service_fee_fen']}, calls {i['call_fee_fen']}.",
        f"月度产品使用费{total}（账单：{i['bills'] or '无'}）："
        f"服务费用{i['service_fee_fen']}，通话费用{i['call_fee_fen']}。",
    )


def _base(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    net = yuan(_number(step))
    if "gross" in step.inputs:
        return (
            f"Base: {net}, whatever was paid of it with vouchers ({i['voucher_offset_fen']}).",
            f"基数为{net}，不减去代金券抵扣（{i['voucher_offset_fen']}）。",
        )
    if i["part"] == "fee":
        return (
            f"Base: {i['fee_fen']} less {i['voucher_offset_fen']} paid with vouchers = {net}.",
            f"基数：{i['fee_fen']}减去代金券抵扣{i['voucher_offset_fen']}，为{net}。",
        )
    part = {"service": ("service", "服务费用"), "call": ("call", "通话费用")}[i["part"]]
    return (
        f"Base of the {part[0]} part: {i['fee_fen']} less {i['voucher_offset_fen']} paid with vouchers = {net}.",
        f"{part[1]}基数：{i['fee_fen']}减去代金券抵扣{i['voucher_offset_fen']}，为{net}。",
    )


def _tier(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    open_ended = step.inputs["at_least"] is None
    return (
        f"Tier {step.result}: below {i['below']}" + ("." if open_ended else f", at or above {i['at_least']}."),
        f"第{step.result}档：低于{i['below']}" + ("。" if open_ended else f"但等于或高于{i['at_least']}。"),
    )


def _credit(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    amount = yuan(_number(step))
    if i["part"] == "fee":
        return (f"{i['rate']} of {i['net_fen']} = {amount}.", f"{i['net_fen']}的{i['rate']}，为{amount}。")
    part = {"service": ("Service", "服务费用"), "call": ("Call", "通话费用")}[i["part"]]
    return (
        f"{part[0]} part: {i['rate']} of {i['net_fen']} = {amount}.",
        f"{part[1]}部分：{i['net_fen']}的{i['rate']}，为{amount}。",
    )


def _total(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    total = yuan(_number(step))
    if "call_fen" in step.inputs:
        total = f"{i['service_fen']} + {i['call_fen']} = {total}"
    if step.inputs.get("remedy") == "credit":
        return (f"Service credit: {total}, on later bills.", f"赔偿合计：{total}，抵扣以后的账单。")
    if not step.result:
        return (f"Service credit: {total}: nothing to issue.", f"赔偿合计：{total}，无需发放代金券。")
    return (f"Service credit: {total}, as a voucher.", f"赔偿合计：{total}，以代金券支付。")


def _cap(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    most = yuan(_number(step))
    return (
        f"The most for a month: {i['share']} of {i['paid_fen']} paid without vouchers = {most}.",
        f"每月上限：{i['paid_fen']}（不含代金券抵扣）的{i['share']}，为{most}。",
    )


def _minimum(step: Step, i: dict[str, str], zone: str) -> tuple[str, str]:
    if step.result:
        return (
            f"{i['credit_fen']} is above {i['minimum_fen']}: it is given.",
            f"{i['credit_fen']}高于{i['minimum_fen']}，予以发放。",
        )
    return (
        f"{i['credit_fen']} is not above {i['minimum_fen']}: nothing is given.",
        f"{i['credit_fen']}不高于{i['minimum_fen']}，不予发放。",
    )


_SENTENCES: dict[str, Callable[[Step, dict[str, str], str], tuple[str, str]]] = {
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
