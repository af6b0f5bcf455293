"""Recording what a source says: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from domain.case import SourceMark
from domain.events import Heard, SourceRead
from domain.refusals import Conflict, Damaged, Refusal, Undone
from domain.refusals.incident import IncidentWasWithdrawn
from domain.terms.versions import latest
from domain.text import said
from domain.time import FOREVER
from ledger import clock
from ledger.application import Ledger, Writer
from ledger.commands.execution import Clock, carry_out, check_time
from ledger.commands.parsing import build
from ledger.commands.supposed import Supposed, supposed
from ledger.imports.reconciling.continued import with_ends
from ledger.imports.reconciling.differences import resting_claims, staying, unknown_skips, unlisted, unmeasured
from ledger.imports.reconciling.holdings import holdings, reads_of
from ledger.imports.reconciling.outcome import AskedOfOutages, Reconciled
from ledger.imports.reconciling.reconcile import reconcile
from ledger.imports.source import Sourced
from ledger.imports.statements import Faults, Reading
from ledger.imports.steps import SourceStep
from ledger.log import streams
from ledger.refusals.imports.reconcile import FileTakenBefore, OlderFile


class Taken(msgspec.Struct, kw_only=True):
    """What taking over a source came to; `outcome` where it was a reconciliation, `supposed` after a dry run."""

    commands: int = 0
    recorded: int = 0
    noops: int = 0
    position: int = 0
    notes: list[str] = []
    outcome: Reconciled = msgspec.field(default_factory=Reconciled)
    supposed: Supposed | None = None


class ReadFile(msgspec.Struct, frozen=True):
    """A file that was read to its end, and the SHA-256 of its bytes."""

    name: str
    sha256: str


def take_over(
    ledger: Ledger, found: Sequence[Sourced], actor: str, *, dry_run: bool = False, now: Clock = clock.now_us
) -> Taken:
    """Carry out commands that a source sends.

    Raises the refusal, or ManyFaults, each with the source's place; nothing is recorded then. A command about what a
    refused one would have made is left out.
    """
    taken = Taken(commands=len(found), notes=[])
    faults = Faults()
    unmade: set[tuple[str, str]] = set()
    with ledger.writing(commit=not dry_run) as log:
        begun = log.position()
        for sourced in found:
            fields = dict(sourced.fields)
            words = str(fields.pop("command"))
            if unmade.intersection(_named(fields)):
                continue
            try:
                done = carry_out(log, build(words, fields), actor, now())
            except (IncidentWasWithdrawn, Undone) as refusal:
                taken.notes.append(said("{place}: left alone: {message}", place=sourced.place, message=refusal.message))
                taken.noops += 1
                continue
            except Refusal as refusal:
                refusal.at(sourced.place)
                if isinstance(refusal, Conflict | Damaged):
                    raise
                faults.add(refusal)
                unmade.update(_made(words, fields))
                continue
            taken.recorded += done.recorded
            taken.noops += done.noop
        faults.check()
        taken.position = log.position()
        taken.supposed = supposed(log, begun) if dry_run else None
    return taken


def _named(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What a command is about, by the fields that name it."""
    named = {name: value for name, value in fields.items() if isinstance(value, str)}
    yield from ((name, named[name]) for name in ("account", "incident", "bill", "voucher") if name in named)
    if "month" in named:
        yield "month", f"{named.get('account')} {named['month']}"


def _made(words: str, fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What would be there, had the command not been refused: without it, later commands about that are refused too."""
    for name, value in _named(fields):
        if name != "account" or words == "account enroll":
            yield name, value


def reconcile_source(
    ledger: Ledger,
    reading: Reading,
    files: Sequence[ReadFile],
    actor: str,
    *,
    asked: AskedOfOutages,
    dry_run: bool = False,
    now: Clock = clock.now_us,
) -> Taken:
    """Bring the ledger to what a source states, and note that it was read.

    Raises the refusal, or ManyFaults, of what does not go together with the ledger; nothing is recorded then. Outages
    that vanished stay as they are and stand in the outcome.
    """
    with ledger.writing(commit=not dry_run) as log:
        begun = log.position()
        if reading.said_at is not None:
            check_said_at(reading.said_at, _names(files), now())
        reads = reads_of(log, reading.source)
        earlier = [read for read in reads if read.scope == reading.scope]
        if not asked.older:
            _check_order(reading, files, earlier)
        one_a_key = reading.policy.one_a_key
        held = holdings(log, reading.source, reading.statements, one_a_key=one_a_key, reads=reads)
        outcome = reconcile(with_ends(reading, held, earlier), held, asked)
        if outcome.steps and not asked.older:
            _check_is_new(reading, files, earlier)
        faults = Faults()
        recorded, noops = carry_out_steps(log, outcome.steps, faults, actor, now)
        faults.check()
        taken = Taken(
            commands=len(outcome.steps), recorded=recorded, noops=noops, notes=list(outcome.notes), outcome=outcome
        )
        zone = latest(log.versions()).terms.zone
        taken.notes += staying(outcome, reading.source, zone)
        taken.notes += resting_claims(log, outcome, held, zone, now())
        taken.notes += unmeasured(reading, earlier, zone)
        taken.notes += unknown_skips(reading, held)
        taken.notes += unlisted(log, reading, earlier, zone)
        if _is_news(reading, files, earlier):
            taken.recorded += len(_note_read(log, reading, files, outcome.lasting, actor, now()))
        taken.position = log.position()
        taken.supposed = supposed(log, begun) if dry_run else None
    return taken


def carry_out_steps(
    log: Writer, steps: Iterable[SourceStep], faults: Faults, actor: str, now: Clock
) -> tuple[int, int]:
    """Carry out steps: how many events they recorded, and how many had no effect.

    A refusal is added to the faults, with its place, and further steps about its incident are left out.
    """
    recorded = noops = 0
    refused: set[str] = set()
    for step in steps:
        incident = getattr(step.command, "incident", None)
        if incident in refused:
            continue
        try:
            done = carry_out(log, step.command, actor, now(), step.source)
        except (Conflict, Damaged):
            raise
        except Refusal as refusal:
            if incident is not None:
                refused.add(incident)
            if step.place:
                refusal.at(step.place)
            faults.add(refusal)
            continue
        recorded += done.recorded
        noops += done.noop
    return recorded, noops


def check_said_at(said_at: int, names: str, now: int) -> None:
    """Raises Refusal `in_the_future`: after such a file each file until then would be an older one."""
    try:
        check_time("said_at", said_at, now)
    except Refusal as refusal:
        refusal.at(names)
        raise


def _check_order(reading: Reading, files: Sequence[ReadFile], earlier: Sequence[SourceRead]) -> None:
    """Raises Refusal `older_file` where the ledger took what the source said later."""
    taken_at = max((event.said_at or 0 for event in earlier), default=0)
    if reading.said_at is not None and reading.said_at < taken_at:
        raise OlderFile(name=_names(files), source=reading.source, said_at=reading.said_at, taken_at=taken_at)


def _check_is_new(reading: Reading, files: Sequence[ReadFile], earlier: Sequence[SourceRead]) -> None:
    """Raises Refusal `older_file` where files without a time of their own were read before, and others after them."""
    hashes = [event.files for event in earlier]
    timeless = reading.said_at is None and any(one.said_at is None for one in reading.statements)
    if timeless and _hashes(files) in hashes[:-1] and _hashes(files) != hashes[-1]:
        raise FileTakenBefore(name=_names(files), source=reading.source)


def _names(files: Sequence[ReadFile]) -> str:
    return ", ".join(file.name for file in files)


def _is_news(reading: Reading, files: Sequence[ReadFile], earlier: Sequence[SourceRead]) -> bool:
    """Whether these files say something that is newer than the last ones."""
    if not earlier:
        return True
    if earlier[-1].files == _hashes(files):
        return False
    return reading.said_at is None or reading.said_at >= (earlier[-1].said_at or 0)


def _hashes(files: Iterable[ReadFile]) -> tuple[str, ...]:
    return tuple(file.sha256 for file in files)


def _note_read(
    log: Writer, reading: Reading, files: Sequence[ReadFile], lasting: Sequence[Heard], actor: str, now: int
) -> list[int]:
    reached = [extent for extent in reading.extents if extent.lists_all or extent.keys is not None]
    spans = [span for extent in reached for span in (extent.keys or {"": (extent.since, extent.until)}).values()]
    event = SourceRead(
        source=reading.source,
        scope=reading.scope,
        files=_hashes(files),
        said_at=reading.said_at,
        since=min((first for first, _ in spans), default=None),
        until=max((last for _, last in spans if last != FOREVER), default=None),
        lasting=tuple(lasting),
    )
    mark = SourceMark(name=reading.source, scope=reading.scope, said_at=reading.said_at)
    return log.append([(streams.source(reading.source), event)], now, actor, source=mark)
