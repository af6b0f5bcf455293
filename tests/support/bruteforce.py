"""The contract read second by second: an independent implementation that the real one is compared with.

Written from the agreement of 2018-08-01 and READINGS.md alone, without any code of slaledger. A set of
seconds is a Python int, bit i of which is the i-th second of a stretch of time: `|` is "or", `&` is
"and", `& ~` is "but not", and counting is `bit_count()`. Only days on which an incident is down are
looked at. Instants are whole seconds since the Unix epoch, spans are half-open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise, zip_longest
from zoneinfo import ZoneInfo

Span = tuple[int, int]
Readings = Mapping[str, object]

DAY = 86_400
MINIMUM = 120  # clause 1: two minutes
TARGET_AND_BELOW = (Fraction(998, 1000), Fraction(99, 100), Fraction(95, 100))  # clause 3.1
RATES = {1: (14, 5), 2: (28, 10), 3: (100, 20)}  # clause 3.1: percent of service fee, of call fee
FUNCTION_OF = {"agent_sign_in": "agents", "agent_calls": "agents", "inbound_routing": "inbound"}  # R3

READINGS: dict[str, object] = {
    "minimum_inclusive": True,  # R1
    "minimum_kind": "franchise",  # R2
    "minimum_applies_to": "merged",  # R3
    "minimum_tested": "before_exclusions",  # R4
    "exclusion_removes": "cause",  # R5
    "quantise": "exact",  # R6
    "month_straddle": "whole_then_clip",  # R7
    "timezone": "Asia/Shanghai",  # R8
    "availability_decimals": "exact",  # R9
    "mtbf_event": "month_below_target",  # R10
    "rounding": "per_part",  # R13
    "claim_opens": "day_after",  # R14
    "claim_closes": "end_of_month",  # R15
    "deadline_rolls": True,  # R15
    "version_in_force": "month_start",  # R16
    "voucher_pays_later_by": "bill_date",  # R20
    "voucher_pays": "service_and_call",  # R21
    "shared_touches": "any_covered",  # R22
    "maintenance_excluded": "announced",  # R23
}


@dataclass(frozen=True)
class Outage:
    """One incident of the account; an exclusion is (from, to), None being the incident's own end of it."""

    incident: str
    function: str
    start: int
    end: int | None = None
    exclusions: tuple[tuple[int | None, int | None], ...] = ()
    announced: tuple[Span | None, ...] = ()
    """The announced window of each exclusion, in the same order; none where the list is shorter (R23)."""
    regions: tuple[str, ...] | None = None
    """Whom it touches: the account itself (None), everybody (empty), or whoever is in one of these regions."""


@dataclass(frozen=True)
class Bill:
    """One payment; a redemption is (month the voucher was awarded for, "service" | "call", fen).

    `shown` are the places of those redemptions that the bill's own offset shows: one payment, told twice.
    """

    first_month: str
    months: int
    product_fen: int
    call_fen: int
    service_offset_fen: int = 0
    call_offset_fen: int = 0
    redemptions: tuple[tuple[str, str, int], ...] = ()
    shown: tuple[int, ...] = ()


def chosen(readings: Readings, key: str, *, default: object, other: object) -> bool:
    """Whether the reading has its default value; a value that is neither is a mistake of the test."""
    if readings[key] not in (default, other):
        raise ValueError(f"{key} = {readings[key]!r}")
    return readings[key] == default


def zone_of(readings: Readings) -> str:
    """R8: the clock of the natural month."""
    return str(readings["timezone"])


# --- The calendar -----------------------------------------------------------------------------------


def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1)


def later_month(month: str, by: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def last_day(month: str) -> date:
    return first_day(later_month(month, 1)) - timedelta(days=1)


def midnight(day: date, timezone: str) -> int:
    """00:00 of the day by the clock of the timezone (R8)."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).timestamp())


def month_bounds(month: str, timezone: str) -> tuple[int, int]:
    """Clause 1, R8: the service period is one natural month."""
    return midnight(first_day(month), timezone), midnight(first_day(later_month(month, 1)), timezone)


def total_seconds(month: str) -> int:
    """Clause 1: days of the month x 24 x 60 minutes, here in seconds."""
    return last_day(month).day * DAY


# --- Sets of seconds --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """A stretch of time; a set of its seconds is an int, bit i being second `origin + i`."""

    origin: int
    length: int

    def mark(self, span: Span) -> int:
        """The seconds of the span, as far as the stretch reaches."""
        first = max(span[0] - self.origin, 0)
        after = min(span[1] - self.origin, self.length)
        return ((1 << (after - first)) - 1) << first if first < after else 0

    def mark_all(self, spans: Iterable[Span]) -> int:
        return union(self.mark(span) for span in spans)

    def runs(self, marked: int) -> Iterator[Span]:
        """The maximal runs of marked seconds, first to last; touching runs are one."""
        here = self.origin
        while marked:
            gap = (marked & -marked).bit_length() - 1  # unmarked seconds before the lowest marked one
            marked >>= gap
            size = (~marked & (marked + 1)).bit_length() - 1  # marked seconds before the lowest unmarked
            marked >>= size
            yield here + gap, here + gap + size
            here += gap + size


def union(sets: Iterable[int]) -> int:
    together = 0
    for each in sets:
        together |= each
    return together


# --- What is down when ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Incident:
    """An outage whose ends are all known."""

    name: str
    function: str
    down: Span
    excluded: tuple[Span, ...]


@dataclass(frozen=True)
class Marked:
    """One incident's seconds in a stretch: down at all (raw), and down without an exclusion (left)."""

    incident: Incident
    raw: int
    left: int


@dataclass(frozen=True)
class Run:
    """A run that reached the minimum, with those of its seconds that count."""

    start: int
    end: int
    incidents: tuple[str, ...]
    counted: int


@dataclass(frozen=True)
class Condition:
    """A raw condition some second of which counts: R10 calls it a counted outage."""

    start: int
    end: int
    incidents: tuple[str, ...]


def as_incident(outage: Outage, at: int, readings: Readings) -> Incident:
    """R19: what is still open lasts up to `at`. An exclusion without ends is of the whole incident."""
    end = max(outage.start, at) if outage.end is None else outage.end
    excluded = tuple(
        within(window, (outage.start if since is None else since, end if until is None else until), readings)
        for (since, until), window in zip_longest(outage.exclusions, outage.announced)
    )
    return Incident(outage.incident, outage.function, (outage.start, end), excluded)


def within(window: Span | None, excluded: Span, readings: Readings) -> Span:
    """R23: of announced maintenance only what lies in the announced window was announced."""
    if window is not None and chosen(readings, "maintenance_excluded", default="announced", other="actual"):
        return max(excluded[0], window[0]), min(excluded[1], window[1])
    return excluded


@dataclass(frozen=True)
class Whereabouts:
    """When an account came, and where it was: its region at first, then (since, region)."""

    enrolled: int
    region: str | None
    moves: tuple[tuple[int, str], ...] = ()

    def at(self, second: int) -> str | None:
        here = self.region
        for since, region in sorted(self.moves):
            if since <= second:
                here = region
        return here


def touching(
    outages: Iterable[Outage], account: Whereabouts, covered: Sequence[Span], at: int, readings: Readings
) -> list[Outage]:
    """R18, R22: what touches the account; of an outage of regions what lies in its time there, second by second."""
    found = []
    for outage in outages:
        if outage.regions is None:
            found.append(outage)
            continue
        end = max(outage.start, at) if outage.end is None else outage.end
        there = [second for second in range(outage.start, end) if is_there(outage.regions, account, second)]
        under_terms = any(start <= second < stop for second in there for start, stop in covered)
        begun = account.enrolled <= outage.start and is_there(outage.regions, account, outage.start)
        if under_terms if chosen(readings, "shared_touches", default="any_covered", other="at_start") else begun:
            found += [replace(outage, start=first, end=last) for first, last in unbroken(there)]
    return found


def is_there(regions: tuple[str, ...], account: Whereabouts, second: int) -> bool:
    return not regions or account.at(second) in regions


def unbroken(seconds: Sequence[int]) -> list[Span]:
    """Seconds as spans; each span ends where the next second is missing."""
    found: list[Span] = []
    for second in seconds:
        begins = found.pop()[0] if found and found[-1][1] == second else second
        found.append((begins, second + 1))
    return found


def clipped(incident: Incident, window: Span) -> Incident:
    """R7, clip_then_test: only the month's own part of the incident is looked at."""
    start, end = incident.down
    return replace(incident, down=(max(start, window[0]), min(end, window[1])))


def days_of(incident: Incident) -> range:
    """The days (of the Unix epoch) on which the incident is down."""
    start, end = incident.down
    return range(start // DAY, (end - 1) // DAY + 1) if start < end else range(0)


def stretches(incidents: Sequence[Incident]) -> Iterator[Stretch]:
    """The days on which some incident is down, days that follow each other in one stretch."""
    days = {day for incident in incidents for day in days_of(incident)}
    for day in sorted(days):
        if day - 1 not in days:
            after = day
            while after in days:
                after += 1
            yield Stretch(day * DAY, (after - day) * DAY)


def marked(stretch: Stretch, incidents: Sequence[Incident], readings: Readings) -> list[Marked]:
    """Clause 2.3, R5: an exclusion silences its own incident (cause), or those seconds for all (time).

    Either way it excludes only seconds in which its own incident is down: it excuses an unavailability.
    """
    raw = [stretch.mark(incident.down) for incident in incidents]
    excluded = [stretch.mark_all(incident.excluded) & own for incident, own in zip(incidents, raw, strict=True)]
    if not chosen(readings, "exclusion_removes", default="cause", other="time"):
        excluded = [union(excluded)] * len(incidents)
    return [
        Marked(incident, own, own & ~silent)
        for incident, own, silent in zip(incidents, raw, excluded, strict=True)
        if own
    ]


def groups(marks: Sequence[Marked], readings: Readings) -> list[list[Marked]]:
    """R3: what must last two minutes, the account's condition, a function's, or each incident's."""
    applies_to = readings["minimum_applies_to"]
    if applies_to == "merged":
        return [list(marks)]
    if applies_to == "per_incident":
        return [[mark] for mark in marks]
    if applies_to == "per_function":
        names = sorted(set(FUNCTION_OF.values()))
        return [[mark for mark in marks if FUNCTION_OF[mark.incident.function] == name] for name in names]
    raise ValueError(f"minimum_applies_to = {applies_to!r}")


# --- What counts ------------------------------------------------------------------------------------


def long_enough(seconds: int, readings: Readings) -> bool:
    """Clause 1, R1: from two minutes (or: over two minutes); what is below is left out."""
    inclusive = chosen(readings, "minimum_inclusive", default=True, other=False)
    return seconds >= MINIMUM if inclusive else seconds > MINIMUM


def not_counted_at_first(readings: Readings) -> int:
    """Clause 1, R2: over the minimum all counts (franchise), or all but the first 120 s (deductible)."""
    return 0 if chosen(readings, "minimum_kind", default="franchise", other="deductible") else MINIMUM


def counting_runs(stretch: Stretch, group: Sequence[Marked], where: int, readings: Readings) -> list[Run]:
    """Clauses 1 and 2.3, R1-R5, R17: the group's runs that reach the minimum, and what of them counts.

    R4: the run tested is the raw one, or what exclusions left of it. Of a run that passes, the seconds
    in which an incident is down and not excluded count, as far as they lie in `where` (covered, month).
    """
    before = chosen(readings, "minimum_tested", default="before_exclusions", other="after_exclusions")
    tested = [mark.raw if before else mark.left for mark in group]
    left = union(mark.left for mark in group)
    found = []
    for start, end in stretch.runs(union(tested)):
        if long_enough(end - start, readings):
            whole = stretch.mark((start, end))
            names = (mark.incident.name for mark, down in zip(group, tested, strict=True) if down & whole)
            after_first = stretch.mark((start + not_counted_at_first(readings), end))
            found.append(Run(start, end, tuple(sorted(names)), after_first & left & where))
    return found


def in_order(run: Run | Condition) -> tuple[int, int, tuple[str, ...]]:
    return run.start, run.end, run.incidents


def incidents_of_month(outages: Sequence[Outage], window: Span, at: int, readings: Readings) -> list[Incident]:
    """R7: incidents are tested whole and then clipped to the month, or the other way round."""
    incidents = [as_incident(outage, at, readings) for outage in outages]
    if chosen(readings, "month_straddle", default="whole_then_clip", other="clip_then_test"):
        return incidents
    return [clipped(incident, window) for incident in incidents]


def own_seconds(runs: Iterable[Run]) -> list[int]:
    """Clause 1: "the same time is not counted twice": each second is its first counting run's own."""
    owned = 0
    own = []
    for run in sorted(runs, key=in_order):
        own.append((run.counted & ~owned).bit_count())
        owned |= run.counted
    return own


def counted_seconds(outages: Sequence[Outage], covered: Sequence[Span], month: str, at: int, readings: Readings) -> int:
    """Clause 1, R1-R8, R17-R19: the unavailable seconds of the month."""
    window = month_bounds(month, zone_of(readings))
    incidents = incidents_of_month(outages, window, at, readings)
    own: list[int] = []
    for stretch in stretches(incidents):
        where = stretch.mark(window) & stretch.mark_all(covered)
        if where:
            marks = marked(stretch, incidents, readings)
            own += own_seconds(
                run for group in groups(marks, readings) for run in counting_runs(stretch, group, where, readings)
            )
    if chosen(readings, "quantise", default="exact", other="ceil_minute_per_episode"):
        return sum(own)
    return min(sum((seconds + 59) // 60 * 60 for seconds in own), total_seconds(month))  # R6


def availability(
    outages: Sequence[Outage], covered: Sequence[Span], month: str, at: int, readings: Readings
) -> Fraction:
    """Clause 2.1: (total - unavailable) / total, exactly; R17: the denominator is the whole month."""
    total = total_seconds(month)
    return Fraction(total - counted_seconds(outages, covered, month, at, readings), total)


def half_up(exact: Fraction) -> int:
    return (exact + Fraction(1, 2)).__floor__()


def tier(availability: Fraction, readings: Readings) -> int | None:
    """Clauses 2.2 and 3.1, R9: below 99.8 % 1, below 99 % 2, below 95 % 3; "equal to" is not below."""
    if readings["availability_decimals"] != "exact":
        scale = 100 * 10 ** int(str(readings["availability_decimals"]))  # decimals of the percentage
        availability = Fraction(half_up(availability * scale), scale)
    return sum(availability < bound for bound in TARGET_AND_BELOW) or None


# --- Money ------------------------------------------------------------------------------------------


def share(fen: int, months: int, which: int) -> int:
    """Clause 1, R11: one month's part of a payment, the odd fen one each to the earliest months."""
    return fen // months + (1 if which < fen % months else 0)


def months_after(first: str, month: str) -> int:
    a, b = first_day(first), first_day(month)
    return (b.year - a.year) * 12 + b.month - a.month


def offset(bill: Bill, part: str, month: str) -> int:
    """R12: what vouchers paid of a part; the month's own vouchers never lower the month's base.

    A payment that the bill shows too counts once, as the redemption.
    """
    on_bill = bill.service_offset_fen if part == "service" else bill.call_offset_fen
    told_twice = [bill.redemptions[place] for place in bill.shown]
    on_bill -= sum(fen for _, paid, fen in told_twice if paid == part)
    return on_bill + sum(fen for awarded_for, paid, fen in bill.redemptions if paid == part and awarded_for != month)


def bases(bills: Iterable[Bill], month: str) -> tuple[int, int]:
    """Clauses 1 and 3.1, R11, R12: service (product less call) and call fee, net of vouchers, in fen."""
    service = call = 0
    for bill in bills:
        which = months_after(bill.first_month, month)
        if 0 <= which < bill.months:
            call_fee = share(bill.call_fen, bill.months, which)
            service_fee = share(bill.product_fen, bill.months, which) - call_fee
            call += call_fee - share(offset(bill, "call", month), bill.months, which)
            service += service_fee - share(offset(bill, "service", month), bill.months, which)
    return max(0, service), max(0, call)


def credit(bases: tuple[int, int], tier: int | None, readings: Readings) -> tuple[int, int, int]:
    """Clause 3.1, R13: 14/28/100 % of the service base, 5/10/20 % of the call base, and both together."""
    if tier is None:
        return 0, 0, 0
    service_part, call_part = (Fraction(base * rate, 100) for base, rate in zip(bases, RATES[tier], strict=True))
    service, call = half_up(service_part), half_up(call_part)
    if chosen(readings, "rounding", default="per_part", other="once_on_total"):
        return service, call, service + call
    total = half_up(service_part + call_part)
    return service, total - service, total


# --- The claim's window -----------------------------------------------------------------------------


def next_day(day: date) -> date:
    return day + timedelta(days=1)


def fifth_workday(month: str, is_workday: Callable[[date], bool]) -> date:
    """Clause 3.2: the fifth working day of the month."""
    days = (date.fromordinal(n) for n in range(first_day(month).toordinal(), last_day(month).toordinal() + 1))
    workdays = [day for day in days if is_workday(day)]
    if len(workdays) < 5:
        raise ValueError(f"{month} has only {len(workdays)} working days")
    return workdays[4]


def closing_day(month: str, is_workday: Callable[[date], bool], readings: Readings) -> date:
    """Clause 3.2, R15: the last day on which a claim is in time."""
    second = later_month(month, 2)
    day = last_day(second)
    if not chosen(readings, "claim_closes", default="end_of_month", other="corresponding_day"):
        day = day.replace(day=min(last_day(month).day, day.day))
    if chosen(readings, "deadline_rolls", default=True, other=False):
        for _ in range(366):
            if is_workday(day):
                return day
            day = next_day(day)
        raise ValueError(f"no working day within a year after {second}")
    return day


def claim_window(month: str, is_workday: Callable[[date], bool], readings: Readings) -> tuple[int, int]:
    """Clause 3.2, R14, R15: the first instant in time, and the first no longer in time."""
    opens = fifth_workday(later_month(month, 1), is_workday)
    if chosen(readings, "claim_opens", default="day_after", other="on_the_day"):
        opens = next_day(opens)
    closes = next_day(closing_day(month, is_workday, readings))
    return midnight(opens, zone_of(readings)), midnight(closes, zone_of(readings))


# --- Mean time between failures ---------------------------------------------------------------------


def conditions(
    incidents: Sequence[Incident], covered: Sequence[Span], window: Span | None, readings: Readings
) -> list[Condition]:
    """R10: the raw conditions (grouped by R3) of which a second counts, in the window if there is one."""
    found = []
    for stretch in stretches(incidents):
        where = stretch.mark_all(covered)
        if window is not None:
            where &= stretch.mark(window)
        if not where:
            continue
        for group in groups(marked(stretch, incidents, readings), readings):
            counted = union(run.counted for run in counting_runs(stretch, group, where, readings))
            for start, end in stretch.runs(union(mark.raw for mark in group)):
                raw = stretch.mark((start, end))
                if raw & counted:
                    names = sorted(mark.incident.name for mark in group if mark.raw & raw)
                    found.append(Condition(start, end, tuple(names)))
    return sorted(found, key=in_order)


def outage_events(outages: Sequence[Outage], covered: Sequence[Span], at: int, readings: Readings) -> list[Span]:
    """R10, outage: the counted outages, not clipped to any month."""
    incidents = [as_incident(outage, at, readings) for outage in outages]
    return [(event.start, event.end) for event in conditions(incidents, covered, None, readings)]


def month_events(
    outages: Sequence[Outage], covered: Sequence[Span], year: int, at: int, readings: Readings
) -> list[Span]:
    """R10, month_below_target: from the first to the last outage counted in each month below 99.8 %.

    The months before and behind the year may have an event that reaches into it.
    """
    found = []
    for number in range(-1, 13):
        month = later_month(f"{year:04d}-01", number)
        if tier(availability(outages, covered, month, at, readings), readings) is not None:
            window = month_bounds(month, zone_of(readings))
            incidents = incidents_of_month(outages, window, at, readings)
            counted = conditions(incidents, covered, window, readings)
            found.append((counted[0].start, max(event.end for event in counted)))
    return found


def made_one(events: Iterable[Span]) -> list[Span]:
    """R10: "events that overlap or touch are one"."""
    apart: list[Span] = []
    for event in events:
        near = [other for other in apart if other[0] <= event[1] and event[0] <= other[1]]
        apart = [other for other in apart if other not in near]
        apart.append((min(start for start, _ in (event, *near)), max(end for _, end in (event, *near))))
    return sorted(apart)


def mtbf(
    outages: Sequence[Outage], covered: Sequence[Span], year: int, at: int, readings: Readings
) -> tuple[int, Fraction | None]:
    """Clause 2.1, R10: events that start in the natural year, and the mean of next start - previous recovery."""
    if chosen(readings, "mtbf_event", default="month_below_target", other="outage"):
        found = month_events(outages, covered, year, at, readings)
    else:
        found = outage_events(outages, covered, at, readings)
    begins = midnight(date(year, 1, 1), zone_of(readings))
    ends = midnight(date(year + 1, 1, 1), zone_of(readings))
    events = [event for event in made_one(found) if begins <= event[0] < ends]
    if len(events) < 2:
        return len(events), None
    gaps = [after[0] - before[1] for before, after in pairwise(events)]
    return len(events), Fraction(sum(gaps), len(gaps))
