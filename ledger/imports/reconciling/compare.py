"""Statements and outages of the ledger, field against field: times, exclusions, whom they touch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from domain.commands import ApplyExclusion, OpenIncident
from domain.incident import Exclusion
from domain.text import said
from domain.time import DEFAULT_ZONE, FOREVER, SECOND_US, Instant, Seconds, rfc3339
from domain.values import Clause, FunctionName, Id, Words
from ledger.imports.reconciling.holdings import Holding
from ledger.imports.reconciling.outcome import Correction
from ledger.imports.source import SourceTime
from ledger.imports.statements import ExcludedSpan, OutageStatement, Target


def tolerance_us(statement: OutageStatement, holding: Holding, resolution_us: int) -> int:
    """Instants that differ by less are the same, in microseconds."""
    incident = holding.incident
    within = (statement.uncertainty_us, incident.started_within_us, incident.ended_within_us)
    return max(resolution_us, *(each or 0 for each in within))


def shared_us(holding: Holding, span: tuple[int, int]) -> int:
    """How long both last at once, in microseconds; negative where they are apart."""
    return min(holding.end, span[1]) - max(holding.start, span[0])


def uncertainty(statement: OutageStatement) -> Seconds | None:
    """How far off the statement's instants may be."""
    return None if statement.uncertainty_us is None else Seconds(statement.uncertainty_us)


def opening_command(id_: str, statement: OutageStatement) -> OpenIncident:
    """The command that opens the outage of a statement."""
    target = statement.target
    account = target.get("account")
    return OpenIncident(
        incident=Id(id_),
        function=FunctionName(statement.function),
        started_at=Instant(statement.start.us),
        uncertainty_seconds=uncertainty(statement),
        account=None if account is None else Id(account),
        accounts=_ids(target.get("accounts")),
        regions=_ids(target.get("regions")),
        all_accounts=target.get("all_accounts") is True,
    )


def _ids(names: object) -> tuple[Id, ...] | None:
    return tuple(map(Id, names)) if isinstance(names, list | tuple) else None


def exclusion_command(id_: str, span: ExcludedSpan, *, again: bool = False) -> ApplyExclusion:
    """The command that records a span as excluded; `again` where the source may have taken the same back before."""
    return ApplyExclusion(
        incident=Id(id_),
        clause=Clause(span.clause),
        from_=None if span.from_at is None else Instant(span.from_at),
        to=None if span.to_at is None else Instant(span.to_at),
        notified_at=None if span.notified_at is None else Instant(span.notified_at),
        announced_from=None if span.announced_from is None else Instant(span.announced_from),
        announced_to=None if span.announced_to is None else Instant(span.announced_to),
        reason=Words(span.reason),
        again=again,
    )


_Content = tuple[str, int | None, int | None, int | None, tuple[int, int] | None]


def held_content(exclusion: Exclusion) -> _Content:
    """What an exclusion says, by which it is compared."""
    return exclusion.clause, exclusion.from_at, exclusion.to_at, exclusion.notified_at, exclusion.announced


def told_content(span: ExcludedSpan) -> _Content:
    """What an excluded span says, by which it is compared."""
    window = None
    if span.announced_from is not None and span.announced_to is not None:
        window = span.announced_from, span.announced_to
    return span.clause, span.from_at, span.to_at, span.notified_at, window


def moved_exclusions(statement: OutageStatement, holding: Holding) -> Correction:
    """What the ledger excludes of an outage, and what the source excludes of it."""
    standing = [held_content(one) for one in holding.incident.exclusions if one.stands]
    return Correction(
        incident=holding.id,
        field="exclusions",
        was=_excluded_words(standing),
        now=_excluded_words(map(told_content, statement.exclusions)),
    )


def _excluded_words(excluded: Iterable[_Content]) -> str:
    """Each clause, with its announced window or else its span."""
    return "; ".join(_excluded(*content) for content in excluded) or said("nothing")


def _excluded(
    clause: str, from_at: int | None, to_at: int | None, notified_at: int | None, window: tuple[int, int] | None
) -> str:
    since, until = window or (from_at, to_at)
    if since is None or until is None:
        return clause
    return f"{clause} {rfc3339(since, DEFAULT_ZONE)}/{rfc3339(until, DEFAULT_ZONE)}"


def held_target(holding: Holding) -> str:
    """Whom an outage of the ledger touches, in words."""
    incident = holding.incident
    if incident.scope == "account":
        return said("account {account}", account=incident.account)
    if incident.scope == "regions":
        return said("regions {regions}", regions=", ".join(incident.regions))
    return said("everybody") if incident.scope == "all" else said("several accounts")


def held_as_target(holding: Holding) -> Target:
    """Whom an outage of the ledger touches, as a statement says it; empty where it touches several accounts."""
    incident = holding.incident
    if incident.scope == "account":
        return {"account": incident.account}
    if incident.scope == "regions":
        return {"regions": list(incident.regions)}
    return {"all_accounts": True} if incident.scope == "all" else {}


def end_or_none(at: int) -> int | None:
    """An end; None for one that is not known."""
    return None if at == FOREVER else at


def instant_of(at: int, place: str) -> SourceTime:
    """An instant that the ledger holds, in the place of what tells of its outage."""
    instant = datetime.fromtimestamp(at // SECOND_US, UTC).replace(microsecond=at % SECOND_US)
    return SourceTime(instant, rfc3339(at, "UTC"), place)


def told_target(statement: OutageStatement) -> str:
    """Whom a statement's outage touches, in words."""
    target = statement.target
    named: Any = target.get("accounts") or ()
    account = target.get("account") or (named[0] if len(set(named)) == 1 else None)
    if account is not None:
        return said("account {account}", account=account)
    regions: Any = target.get("regions")
    if regions:
        return said("regions {regions}", regions=", ".join(sorted(regions)))
    return said("everybody") if target.get("all_accounts") else said("several accounts")
