"""The alternative readings of doubtful clauses: the reading number of each switch, and its possible values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from domain.parser_messages import parser_words
from domain.refusals.terms import NotReadingAndValue, UnknownReading
from domain.terms.versions import Readings, Version
from domain.time import zone_info

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

VALUES: dict[str, tuple[str | int | bool, ...]] = {
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


def others(readings: Readings) -> Iterator[tuple[str, str | int | bool]]:
    """Every switch with each value that the given readings do not have."""
    for key, values in VALUES.items():
        for value in values:
            if getattr(readings, key) != value:
                yield key, value


def with_readings(versions: Sequence[Version], changed: Mapping[str, object]) -> tuple[Version, ...]:
    """The same versions with some readings changed. Raises Unreadable `bad_reading` for an unknown switch or value."""
    return tuple(_changed(version, changed) for version in versions)


def check_readings(changed: Mapping[str, object]) -> None:
    """Check changed readings. Raises Unreadable `bad_reading` for an unknown switch or value."""
    _read(Readings(), changed)


def _changed(version: Version, changed: Mapping[str, object]) -> Version:
    terms = msgspec.structs.replace(version.terms, readings=_read(version.terms.readings, changed))
    return msgspec.structs.replace(version, terms=terms)


def _read(readings: Readings, changed: Mapping[str, object]) -> Readings:
    try:
        zone_info(str(changed.get("timezone", readings.timezone)))
        return msgspec.convert({**msgspec.structs.asdict(readings), **changed}, Readings)
    except (msgspec.ValidationError, KeyError, ValueError, OSError) as error:
        raise UnknownReading(error=parser_words(str(error))) from None


def parse_setting(text: str) -> tuple[str, str | int | bool]:
    """Parse `READING=VALUE` into a switch and its value. Raises Unreadable `bad_reading`."""
    key, equals, value = text.partition("=")
    if not equals or key not in NUMBERS:
        raise NotReadingAndValue(text=text, names=", ".join(NUMBERS))
    if value in ("true", "false"):
        return key, value == "true"
    return key, int(value) if value.isdecimal() else value
