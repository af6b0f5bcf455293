"""The alternative readings of doubtful clauses: the reading number of each switch, and its possible values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from domain.nearest import nearest_word
from domain.refusals.terms import (
    NotReadingAndValue,
    UnknownReading,
    UnknownReadingMeant,
    UnknownReadingValue,
    UnknownReadingZone,
)
from domain.terms.versions import Readings, Terms, Version
from domain.time import zone_info

Value = str | int | bool
"""A value of a switch."""
Setting = Mapping[str, Value]
"""Switches with the values that they are given."""

NUMBERS: dict[str, str] = {
    "minimum_inclusive": "R1",
    "minimum_kind": "R2",
    "minimum_applies_to": "R3",
    "minimum_tested": "R4",
    "exclusion_removes": "R5",
    "quantise": "R6",
    "month_straddle": "R7",
    "timezone": "R8",
    "availability_decimals": "R9",
    "mtbf_event": "R10",
    "rounding": "R13",
    "claim_opens": "R14",
    "claim_closes": "R15",
    "deadline_rolls": "R15",
    "version_in_force": "R16",
    "voucher_pays_later_by": "R20",
    "voucher_pays": "R21",
    "shared_touches": "R22",
    "maintenance_excluded": "R23",
}
"""Each switch with the number of its reading."""

VALUES: dict[str, tuple[Value, ...]] = {
    "minimum_inclusive": (True, False),
    "minimum_kind": ("franchise", "deductible"),
    "minimum_applies_to": ("merged", "per_function", "per_incident"),
    "minimum_tested": ("before_exclusions", "after_exclusions"),
    "exclusion_removes": ("cause", "time"),
    "quantise": ("exact", "ceil_minute_per_episode"),
    "month_straddle": ("whole_then_clip", "clip_then_test"),
    "timezone": ("Asia/Shanghai", "UTC"),
    "availability_decimals": ("exact", 1, 2),
    "mtbf_event": ("outage", "month_below_target"),
    "rounding": ("per_part", "once_on_total"),
    "claim_opens": ("day_after", "on_the_day"),
    "claim_closes": ("end_of_month", "corresponding_day"),
    "deadline_rolls": (False, True),
    "version_in_force": ("month_start", "month_end"),
    "voucher_pays_later_by": ("bill_date", "usage_month"),
    "voucher_pays": ("service_and_call", "service"),
    "shared_touches": ("at_start", "any_covered"),
    "maintenance_excluded": ("actual", "announced"),
}
"""The values of each switch; where any value is possible (R8, R9), those that are worth trying."""


OF_NO_CREDIT = frozenset({"mtbf_event", "voucher_pays_later_by", "voucher_pays"})
"""Switches by which no claim gets another credit: of the mean time between failures, and of the use of vouchers."""


def others(readings: Readings) -> Iterator[tuple[str, Value]]:
    """Every switch with each value that the given readings do not have."""
    for key, values in VALUES.items():
        for value in values:
            if getattr(readings, key) != value:
                yield key, value


def clause_of(key: str, terms: Terms) -> str:
    """The clause of an agreement that a switch reads: that of the parameter which the switch is about."""
    match key:
        case "timezone" | "shared_touches":
            return terms.service.period.clause
        case "exclusion_removes":
            return ", ".join(dict.fromkeys(cause.clause.partition("(")[0] for cause in terms.exclusions))
        case "maintenance_excluded":
            return ", ".join(cause.clause for cause in terms.exclusions if cause.notice_required)
        case "availability_decimals" | "mtbf_event":
            return terms.measure.kind.clause
        case "rounding":
            return terms.tiers[0].clause
        case "claim_opens" | "claim_closes" | "deadline_rolls":
            return terms.claims.clause
        case "version_in_force":
            return terms.amendments.notice_days.clause
        case "voucher_pays_later_by" | "voucher_pays":
            return terms.vouchers.cash.clause
        case _:
            return terms.service.minimum_outage_seconds.clause


def with_readings(versions: Sequence[Version], changed: Setting) -> tuple[Version, ...]:
    """The same versions with some readings changed. Raises Unreadable `bad_reading` for an unknown switch or value."""
    return _with_readings(tuple(versions), tuple(changed.items()))


@lru_cache(maxsize=1024)
def _with_readings(versions: tuple[Version, ...], changed: tuple[tuple[str, Value], ...]) -> tuple[Version, ...]:
    """The versions, changed once for all claims that are read otherwise."""
    return tuple(_changed(version, dict(changed)) for version in versions)


def check_readings(changed: Setting) -> None:
    """Check changed readings. Raises Unreadable `bad_reading` for an unknown switch or value."""
    _read(Readings(), changed)


def _changed(version: Version, changed: Setting) -> Version:
    terms = msgspec.structs.replace(version.terms, readings=_read(version.terms.readings, changed))
    return msgspec.structs.replace(version, terms=terms)


def _read(readings: Readings, changed: Setting) -> Readings:
    for key, value in changed.items():
        _check(key, value)
    return msgspec.structs.replace(readings, **changed)


def _check(key: str, value: Value) -> None:
    """Check that a switch has a value. Raises Unreadable `bad_reading`."""
    if key not in NUMBERS:
        raise _unknown(key)
    try:
        if key == "timezone":
            zone_info(str(value))
        msgspec.convert({key: value}, Readings)
    except (msgspec.ValidationError, KeyError, ValueError, OSError):
        kind = UnknownReadingZone if key == "timezone" else UnknownReadingValue
        known = "exact, 0 … 12" if key == "availability_decimals" else ", ".join(map(written, VALUES[key]))
        raise kind(key=key, value=written(value), known=known) from None


def written(value: Value) -> str:
    """A switch's value as it is written in a terms document and on the command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(key: str) -> UnknownReading:
    near = nearest_word(key, NUMBERS)
    names = ", ".join(NUMBERS)
    return (
        UnknownReading(key=key, names=names) if near is None else UnknownReadingMeant(key=key, near=near, names=names)
    )


def parse_setting(text: str) -> tuple[str, Value]:
    """Parse `READING=VALUE` into a switch and its value. Raises Unreadable `bad_reading`."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise NotReadingAndValue(text=text)
    if key not in NUMBERS:
        raise _unknown(key)
    if value in ("true", "false"):
        return key, value == "true"
    return key, int(value) if value.isdecimal() else value
