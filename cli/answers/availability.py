"""A measured month, and a year's mean time between failures."""

from __future__ import annotations

import msgspec

from cli.terminal.output import WIDTH, plain, print_pairs, print_table, print_text
from cli.terminal.sparkline import span_by_day, sparkline
from cli.terminal.values import Ratio, ZonedInstant, ratio, zoned
from domain.decision import AvailabilityRecord, EpisodeRecord
from domain.terms.versions import Terms
from domain.text import said
from domain.time import DAY_US, HOUR_US, Seconds, seconds_text
from ledger.queries.worklist import MtbfBy


class TermsNamed(msgspec.Struct, frozen=True, kw_only=True):
    """Terms by their name."""

    agreement: str
    version: str


class EpisodeShown(msgspec.Struct, frozen=True, kw_only=True):
    """An unbroken outage; `end` is None while it is open."""

    start: ZonedInstant
    end: ZonedInstant | None
    seconds: Seconds
    counted_seconds: Seconds
    incidents: tuple[str, ...]

    @property
    def span(self) -> tuple[int, int]:
        """From start to end; an open one ends where it was measured."""
        return self.start, self.start + self.seconds if self.end is None else self.end


class MeasuredMonth(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger availability`: an account's month, measured."""

    account: str
    month: str
    terms: TermsNamed
    total_seconds: Seconds
    covered_seconds: Seconds
    unavailable_seconds: Seconds
    availability: Ratio
    meets_commitment: bool
    tier: int | None
    episodes: list[EpisodeShown]

    def table(self) -> None:
        """The month for people."""
        found = self.availability
        tier = said("none: the commitment is met") if self.meets_commitment else f"{self.tier}"
        unavailable = said(
            "{unavailable} s of {total} s", unavailable=plain(self.unavailable_seconds), total=plain(self.total_seconds)
        )
        print_pairs(
            [
                (said("account"), self.account),
                (said("month"), self.month),
                (said("terms"), f"{self.terms.agreement} {self.terms.version}"),
                (said("availability"), f"{found.percent} % ({found.numerator}/{found.denominator})"),
                (said("unavailable"), unavailable),
                (said("tier"), tier if self.tier or self.meets_commitment else said("none")),
                (said("episodes by day"), self._by_day() if self.episodes else None),
            ]
        )
        if self.episodes:
            _print_episodes(self.episodes)

    def _by_day(self) -> str:
        zone = self.episodes[0].start.zone
        return sparkline(span_by_day(self.month, (episode.span for episode in self.episodes), zone))


def _print_episodes(episodes: list[EpisodeShown]) -> None:
    print()
    rows = [
        (
            number,
            episode.start.in_table(),
            said("open") if episode.end is None else episode.end.in_table(),
            episode.seconds,
            episode.counted_seconds,
        )
        for number, episode in enumerate(episodes, start=1)
    ]
    columns = (said("no."), said("start"), said("end"), said("s"), said("counted"))
    print_table(columns, rows, right=["no.", "s", "counted"])
    print()
    for number, episode in enumerate(episodes, start=1):
        print_text(
            said("no. {number}: {incidents}", number=number, incidents=", ".join(episode.incidents)), width=WIDTH
        )


def measured_month(account: str, month: str, terms: TermsNamed, zone: str, found: AvailabilityRecord) -> MeasuredMonth:
    """A month as measured under terms."""
    return MeasuredMonth(
        account=account,
        month=month,
        terms=terms,
        total_seconds=Seconds(found.total_us),
        covered_seconds=Seconds(found.covered_us),
        unavailable_seconds=Seconds(found.unavailable_us),
        availability=ratio(found.numerator, found.denominator),
        meets_commitment=found.meets_commitment,
        tier=found.tier,
        episodes=[_episode(episode, zone) for episode in found.episodes],
    )


def _episode(found: EpisodeRecord, zone: str) -> EpisodeShown:
    return EpisodeShown(
        start=ZonedInstant(found.start, zone),
        end=zoned(found.end, zone),
        seconds=Seconds(found.length_us),
        counted_seconds=Seconds(found.counted_us),
        incidents=found.incidents,
    )


def month_under(account: str, month: str, terms: Terms, found: AvailabilityRecord) -> MeasuredMonth:
    """A month as measured under terms, with instants in their time zone."""
    named = TermsNamed(agreement=terms.agreement, version=terms.version)
    return measured_month(account, month, named, terms.zone, found)


class MtbfFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A year's figures by one value of R10; `mean_seconds` is None below two events."""

    events: int
    mean_seconds: Seconds | None
    commitment_days: int | None
    meets_commitment: bool
    mtbf_event: str


class MeanTime(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger mtbf`: the mean time between failures of a natural year."""

    account: str
    year: int
    events: int
    mean_seconds: Seconds | None
    commitment_days: int | None
    meets_commitment: bool
    mtbf_event: str
    other: MtbfFigures

    def table(self) -> None:
        """The mean time for people."""
        print_pairs(
            [
                (said("account"), self.account),
                (said("year"), self.year),
                (_failures(self.mtbf_event), self.events),
                (said("mean"), _mean(self.mean_seconds)),
                (said("commitment"), _promised(self.commitment_days)),
                (said("met"), _met(self.meets_commitment)),
            ]
        )
        print()
        print_text(said("By the other reading of clause 2.1 (R10, `mtbf_event`):"))
        print_pairs(
            [
                (_failures(self.other.mtbf_event), self.other.events),
                (said("mean"), _mean(self.other.mean_seconds)),
                (said("met"), _met(self.other.meets_commitment)),
            ]
        )


def _failures(event: str) -> str:
    return said("outages") if event == "outage" else said("months below the target")


def _met(meets: bool) -> str:
    return said("yes") if meets else said("no")


def _mean(mean_seconds: Seconds | None) -> str:
    if mean_seconds is None:
        return said("undefined: fewer than two failures")
    return said(
        "{seconds} s, {days} days and {hours} hours",
        seconds=seconds_text(mean_seconds),
        days=mean_seconds // DAY_US,
        hours=mean_seconds % DAY_US // HOUR_US,
    )


def _promised(days: int | None) -> str:
    return said("none") if days is None else said("{days} days", days=days)


def mean_time(account: str, year: int, found: MtbfBy, other: MtbfBy) -> MeanTime:
    """A year's mean time between failures, cut to microseconds, by both values of R10."""
    figures = msgspec.structs.asdict(_figures(found))
    return MeanTime(account=account, year=year, **figures, other=_figures(other))


def _figures(by: MtbfBy) -> MtbfFigures:
    mean = by.found.mean_us
    return MtbfFigures(
        events=by.found.events,
        mean_seconds=None if mean is None else Seconds(mean.numerator // mean.denominator),
        commitment_days=by.found.commitment_days,
        meets_commitment=by.found.meets_commitment,
        mtbf_event=by.event,
    )
