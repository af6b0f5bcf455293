"""What each reading of a doubtful clause says, in the reader's language, and what follows where it is read so."""

from __future__ import annotations

from typing import NamedTuple

from domain.terms.readings import NUMBERS, Value
from domain.text import Said, counted, said


class Meaning(NamedTuple):
    """What holds by a value of a switch, and what follows for a claim that was read otherwise before."""

    says: Said
    then: Said


_OF_OUTAGES: dict[tuple[str, Value], Meaning] = {
    ("minimum_inclusive", True): Meaning(
        said("an outage of exactly the minimum length counts"), said("it lowers the availability as a longer one does")
    ),
    ("minimum_inclusive", False): Meaning(
        said("an outage counts only if it is longer than the minimum"),
        said("one of exactly the minimum does not count"),
    ),
    ("minimum_kind", "franchise"): Meaning(
        said("an outage that is long enough counts from its first moment"), said("the minimum is not taken off it")
    ),
    ("minimum_kind", "deductible"): Meaning(
        said("only the part of an outage beyond the minimum counts"), said("each outage counts less by the minimum")
    ),
    ("minimum_applies_to", "merged"): Meaning(
        said("the minimum is asked of the outages of all functions together, merged where they overlap or touch"),
        said("short outages one after the other count as one long one"),
    ),
    ("minimum_applies_to", "per_function"): Meaning(
        said("the minimum is asked of each function by itself"),
        said("short outages of different functions do not add up to a long one"),
    ),
    ("minimum_applies_to", "per_incident"): Meaning(
        said("the minimum is asked of each incident by itself"),
        said("short incidents one after the other do not add up to a long one"),
    ),
    ("minimum_tested", "before_exclusions"): Meaning(
        said("the minimum is tested before excluded time is taken out"),
        said("what remains of a long outage counts, however short it is"),
    ),
    ("minimum_tested", "after_exclusions"): Meaning(
        said("the minimum is tested on each piece that remains after excluded time is taken out"),
        said("a piece that is too short by itself does not count"),
    ),
    ("exclusion_removes", "cause"): Meaning(
        said("an exclusion takes time out of its own incident only"),
        said("another incident in the same minutes still counts"),
    ),
    ("exclusion_removes", "time"): Meaning(
        said("an exclusion takes its minutes out of every incident"),
        said("another incident in the same minutes does not count either"),
    ),
    ("quantise", "exact"): Meaning(said("outages count exactly, to the microsecond"), said("no episode is rounded")),
    ("quantise", "ceil_minute_per_episode"): Meaning(
        said("each episode is rounded up to whole minutes"), said("it counts for up to a minute more")
    ),
    ("month_straddle", "whole_then_clip"): Meaning(
        said("an outage across the end of a month is tested as a whole"),
        said("each month gets its part of it, however short that is"),
    ),
    ("month_straddle", "clip_then_test"): Meaning(
        said("an outage across the end of a month is cut there before it is tested"),
        said("a part that is too short by itself does not count"),
    ),
    ("shared_touches", "at_start"): Meaning(
        said("an incident of a region or of all accounts affects the accounts that belong there when it starts"),
        said("accounts that come later are not affected"),
    ),
    ("shared_touches", "any_covered"): Meaning(
        said(
            "an incident of a region or of all accounts affects each account that is covered there at any moment of it"
        ),
        said("accounts that come while it lasts are affected too"),
    ),
    ("maintenance_excluded", "actual"): Meaning(
        said("of announced maintenance, the whole time that it caused is excluded"),
        said("what began early or ran over does not count either"),
    ),
    ("maintenance_excluded", "announced"): Meaning(
        said("of announced maintenance, only what lies in the announced window is excluded"),
        said("what began early or ran over counts"),
    ),
}
_OF_CLAIMS: dict[tuple[str, Value], Meaning] = {
    ("availability_decimals", "exact"): Meaning(
        said("the availability is compared as an exact ratio"), said("it is not rounded before the tiers")
    ),
    ("mtbf_event", "outage"): Meaning(
        said("each outage that counts is a failure"), said("the mean time between failures runs from outage to outage")
    ),
    ("mtbf_event", "month_below_target"): Meaning(
        said("a failure is a month below the commitment"),
        said("the mean time between failures runs from one such month to the next"),
    ),
    ("rounding", "per_part"): Meaning(
        said("each part of the credit is rounded by itself, and then they are added"),
        said("the sum may differ in its last digit"),
    ),
    ("rounding", "once_on_total"): Meaning(
        said("the parts of the credit are added exactly, and the sum is rounded once"),
        said("the sum may differ in its last digit"),
    ),
    ("claim_opens", "day_after"): Meaning(
        said("claims open on the day after the working day that counts"),
        said("one filed on that day itself is too early"),
    ),
    ("claim_opens", "on_the_day"): Meaning(
        said("claims open on the working day that counts"), said("one filed on that day is in time")
    ),
    ("claim_closes", "end_of_month"): Meaning(
        said("claims close at the end of the last month"), said("every day of that month is in time")
    ),
    ("claim_closes", "corresponding_day"): Meaning(
        said("claims close in the last month on the day with the number of the claimed month's last day"),
        said("the window may end some days earlier"),
    ),
    ("deadline_rolls", True): Meaning(
        said("a last day that is no working day moves to the next working day"),
        said("a claim filed up to that day is in time"),
    ),
    ("deadline_rolls", False): Meaning(
        said("the last day stays, even if it is no working day"),
        said("a claim filed on the next working day is too late"),
    ),
    ("version_in_force", "month_start"): Meaning(
        said("the version in force when a month begins governs all of it"),
        said("an amendment during the month does not change it"),
    ),
    ("version_in_force", "month_end"): Meaning(
        said("the version in force when a month ends governs all of it"),
        said("an amendment during the month governs it from its first day"),
    ),
    ("voucher_pays_later_by", "bill_date"): Meaning(
        said("a voucher pays bills dated at or after its issue"), said("the months that they are for do not matter")
    ),
    ("voucher_pays_later_by", "usage_month"): Meaning(
        said("a voucher pays bills whose first month begins at or after its issue"),
        said("a later bill for an earlier month cannot be paid with it"),
    ),
    ("voucher_pays", "service_and_call"): Meaning(
        said("a voucher pays service fees and call fees"), said("calls can be paid with it too")
    ),
    ("voucher_pays", "service"): Meaning(
        said("a voucher pays service fees only"), said("calls cannot be paid with it")
    ),
}
_MEANINGS = _OF_OUTAGES | _OF_CLAIMS
FURTHER = {"timezone": said("any IANA time zone"), "availability_decimals": said("any number from 0 to 12")}
"""What other values the switches can have that can have more than are listed."""


def meaning(key: str, value: Value, now: Value | None = None) -> Meaning:
    """What a value of a switch means; `now` is the value in force, where another one is explained.

    Raises KeyError for a value that no document can have.
    """
    if key == "timezone":
        says = (
            said("the month is counted by the clock of {value}", value=value)
            if now is None
            else said("the month is counted by the clock of {value} instead of {now}", value=value, now=now)
        )
        return Meaning(says, said("an outage in the hours around the end of a month may belong to the other month"))
    if key == "availability_decimals" and isinstance(value, int):
        says = counted(
            "the availability is rounded to {n} decimal of a percentage before the tiers",
            "the availability is rounded to {n} decimals of a percentage before the tiers",
            n=value,
        )
        return Meaning(says, said("one just below a bound may reach it"))
    return _MEANINGS[key, value]


def in_force_words(key: str, value: Value) -> Said:
    """What the reading in force says, as a sentence with its number."""
    return said("{reading}: {says}.", reading=NUMBERS[key], says=meaning(key, value).says)


def otherwise_words(key: str, value: Value, now: Value) -> Said:
    """What would be otherwise by another value of a switch than the one in force, as a sentence with its number."""
    if value == now:
        return in_force_words(key, value)
    found = meaning(key, value, now)
    return said("{reading}: {says}; then {then}.", reading=NUMBERS[key], says=found.says, then=found.then)
