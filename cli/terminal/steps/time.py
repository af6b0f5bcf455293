"""Sentences of the steps about time: terms, window, coverage, outages, availability."""

from __future__ import annotations

from cli.terminal.steps.shown import Inputs, Sentence, duration, number, percent
from domain.decision import Step
from domain.text import Said, listed, said


def _terms(step: Step, i: Inputs) -> Said:
    values = {"version": step.result, "effective_on": i["effective_at"], "month": i["month"]}
    if i["version_in_force"] == "month_start":
        return said(
            "Version {version} of the terms, effective {effective_on}, was in force when {month} began.", **values
        )
    return said("Version {version} of the terms, effective {effective_on}, was in force when {month} ended.", **values)


def _window(step: Step, i: Inputs) -> Said:
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


def _coverage(step: Step, i: Inputs) -> Said:
    if not step.result:
        return said("No time of the month is covered by the agreement.")
    if step.inputs["covered_us"] == step.inputs["total_us"]:
        return said("The whole month is covered.")
    return said("{covered} of the month's {total} are covered.", covered=i["covered_us"], total=i["total_us"])


def _exclusion(step: Step, i: Inputs) -> Said:
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


def _episode(step: Step, i: Inputs) -> Said:
    return said(
        "{incidents}: {start} to {end}, {length} long, {counts}",
        incidents=i["incidents"],
        start=i["start"],
        end=i["end"],
        length=i["length_us"],
        counts=_counts(step, i),
    )


def _counts(step: Step, i: Inputs) -> Said:
    if not step.inputs["long_enough"]:
        return said("not long enough (the minimum is {minimum} s): it does not count.", minimum=i["minimum_seconds"])
    counts = said("counts {span}", span=duration(number(step)))
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


def _unavailable(step: Step, i: Inputs) -> Said:
    return said("Unavailable in the month: {span}.", span=duration(number(step)))


def _availability(step: Step, i: Inputs) -> Said:
    return said(
        "Availability: ({total} - {unavailable}) / {total} = {ratio}, that is {percent}.",
        total=i["total_us"],
        unavailable=i["unavailable_us"],
        ratio=step.result,
        percent=percent(str(step.result)),
    )


def _commitment(step: Step, i: Inputs) -> Said:
    values = {"availability": percent(i["availability"]), "commitment": i["commitment"]}
    if step.result:
        return said("{availability} meets the committed {commitment}.", **values)
    return said("{availability} falls short of the committed {commitment}.", **values)


TIME_SENTENCES: dict[str, Sentence] = {
    "terms": _terms,
    "window": _window,
    "coverage": _coverage,
    "exclusion": _exclusion,
    "episode": _episode,
    "unavailable": _unavailable,
    "availability": _availability,
    "commitment": _commitment,
}
