"""What is told of outages that a source now says otherwise: both values, and the decided claims that rest on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from domain.events import SourceRead
from domain.incident import Incident
from domain.rules.touching import touching
from domain.text import Said, said
from domain.time import add_months, month_of, rfc3339
from ledger.imports.reconciling.holdings import Field, Holding
from ledger.imports.reconciling.outcome import Correction, Reconciled
from ledger.imports.statements import Reading
from ledger.log import streams
from ledger.log.reader import Reader

_FIELDS: dict[Field, Said] = {
    "started_at": said("started_at"),
    "ended_at": said("ended_at"),
    "function": said("function"),
    "exclusions": said("exclusions"),
    "withdrawn": said("withdrawn"),
}


def staying(outcome: Reconciled, source: str, zone: str) -> Iterator[Said]:
    """A note for each field where a person's word stays and the source says something else."""
    for each in outcome.staying:
        if each.field == "withdrawn":
            yield said(
                "{incident}: stays withdrawn, as a person said ({reason}); {source} still tells of it. "
                "--take-source {incident} takes the source's word",
                incident=each.incident,
                reason=each.was,
                source=source,
            )
            continue
        yield said(
            "{incident}: {field} stays {held}, as a person said; {source} says {told}. --take-source {incident} takes "
            "the source's word",
            incident=each.incident,
            field=_FIELDS[each.field],
            held=_shown(each, each.was, zone),
            told=_shown(each, each.now, zone),
            source=source,
        )


def resting_claims(log: Reader, outcome: Reconciled, held: Sequence[Holding], zone: str, now: int) -> Iterator[Said]:
    """A note for each field that was corrected, with both values and the decided claims of the months between them.

    `now` is the ledger's clock, up to which an open outage counts.
    """
    if not outcome.corrected:
        return
    by_id = {holding.id: holding.incident for holding in held}
    decided = _Decided(log)
    for each in outcome.corrected:
        before, after = (_shown(each, value, zone) for value in (each.was, each.now))
        names = {"incident": each.incident, "field": _FIELDS[each.field], "was": before, "now": after}
        claims = list(decided.of(by_id[each.incident], _months(each, by_id[each.incident], zone, now)))
        if claims:
            yield said(
                "{incident}: {field} was {was}, is {now} now; decided claims rest on it: {claims}; see "
                "`slaledger audit impact`",
                **names,
                claims=", ".join(claims),
            )
        else:
            yield said("{incident}: {field} was {was}, is {now} now", **names)


def unmeasured(reading: Reading, earlier: Iterable[SourceRead], zone: str) -> Iterator[Said]:
    """A note for each outage that goes on from earlier files, where no file tells of the time between.

    `earlier` is what was read of the source before.
    """
    spans = [(event.since, event.until) for event in earlier if event.since is not None and event.until is not None]
    for statement in reading.statements:
        if statement.start_known:
            continue
        first = statement.start.us
        last = max((until for since, until in spans if since <= first), default=first)
        if first - last > (statement.uncertainty_us or 0):
            yield said(
                "{place}: {name} was down at {last} and is down at {first}, and no file tells of the time between: all "
                "of it counts as down",
                place=statement.place,
                name=statement.name,
                last=rfc3339(last, zone),
                first=rfc3339(first, zone),
            )


def unknown_skips(reading: Reading, held: Iterable[Holding]) -> Iterator[Said]:
    """A note for each incident that was to be left out, and that neither the files nor the ledger have."""
    for id_ in sorted(reading.skip_incidents - {holding.id for holding in held}):
        yield said("--skip {word}: nothing in this file has that id", word=id_)


def unlisted(log: Reader, reading: Reading, earlier: Iterable[SourceRead], zone: str) -> Iterator[Said]:
    """A note where the files begin after accounts were enrolled, and no earlier ones reach to their beginning."""
    since = min((extent.since for extent in reading.extents if extent.lists_all), default=None)
    if since is None or any(_reaches(event, since) for event in earlier) or not log.enrolled_before(since):
        return
    yield said(
        "these files reach back to {oldest}: earlier outages, in {month} or before, are not in them",
        oldest=rfc3339(since, zone),
        month=month_of(since - 1, zone),
    )


def _reaches(event: SourceRead, instant: int) -> bool:
    return event.since is not None and event.since <= instant <= (instant if event.until is None else event.until)


def _shown(each: Correction, value: int | str | None, zone: str) -> str:
    """A value of the field; the name of a function is a word of the catalogue."""
    if value is None:
        return said("open")
    if isinstance(value, int):
        return rfc3339(value, zone)
    return Said(value, {}) if each.field == "function" else value


def _months(each: Correction, incident: Incident, zone: str, now: int) -> list[str]:
    """The months whose figures a correction may change."""
    if each.field in ("function", "exclusions"):
        instants = [incident.started_at, incident.ended_at or now]
    else:
        instants = [value if isinstance(value, int) else now for value in (each.was, each.now)]
    months, last = [month_of(min(instants), zone)], month_of(max(instants), zone)
    while months[-1] < last:
        months.append(add_months(months[-1], 1))
    return months


class _Decided:
    """Looks up decided claims, each month once."""

    def __init__(self, log: Reader) -> None:
        self._log = log
        self._versions = log.versions()
        self._accounts: defaultdict[str, list[str] | None] = defaultdict(lambda: None)

    def of(self, incident: Incident, months: Iterable[str]) -> Iterator[str]:
        """The claims of months that are decided, of accounts that an incident touches, as `ACCOUNT MONTH`."""
        for month in months:
            if self._accounts[month] is None:
                self._accounts[month] = self._log.decided(month)
            for account in self._accounts[month] or ():
                if self._touches(incident, account):
                    yield f"{account} {month}"

    def _touches(self, incident: Incident, account: str) -> bool:
        if incident.scope == "account":
            return incident.account == account
        if incident.scope == "accounts":
            return bool(self._log.version(streams.incident(account, incident.incident)))
        holder = self._log.fold_streams(streams.account(account)).account
        if holder is None:
            return False
        return any(touching(holder, [incident], version.terms) for version in self._versions)
