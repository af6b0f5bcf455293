"""What is missing or misconfigured: findings about this installation, its environment and one ledger.

A finding is a value: nothing is printed, changed or repaired here. Every check ends in findings, also on errors.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence

from domain.money import yuan
from domain.recording_rules import RULES
from domain.refusals import Damaged, Refusal
from domain.terms.readings import NUMBERS
from domain.terms.versions import Version, by_name, needs_calendar
from domain.text import counted, said
from domain.time import SECOND_US, month_of, rfc3339
from ledger import clock
from ledger.application import Ledger
from ledger.doctor.diagnosis import Diagnosis, State
from ledger.doctor.installation import installation
from ledger.log.database import SideStoreError
from ledger.log.reader import Reader
from ledger.queries.open_outages import open_after_month
from ledger.queries.read_models import as_kept
from ledger.queries.upgraded_claims import upgraded_claims
from ledger.refusals.audit.evidence import NoFirstEvent
from ledger.shipped import newer_documents, shipped_path
from ledger.transparency.tree import tree_as_kept

_LITTLE_SPACE = 1 << 30
_CLOCK_US = 60 * SECOND_US


def examined(url: str) -> Iterator[Diagnosis]:
    """All findings, about the installation first; about the ledger at a URL as far as it can be opened."""
    yield from installation(os.environ)
    yield from _ledger(url)


def _ledger(url: str) -> Iterator[Diagnosis]:
    """The findings of opening and reading the ledger. A refusal is a finding, and ends the check."""
    try:
        with Ledger.open(url) as ledger:
            yield from _opened(ledger)
    except Refusal as refused:
        state: State = "damaged" if isinstance(refused, Damaged) else "wrong"
        yield Diagnosis("ledger", state, refused.message, refused.hint)


def _opened(ledger: Ledger) -> Iterator[Diagnosis]:
    with ledger.reading() as log:
        position, zone = log.position(), log.versions()[-1].terms.zone if log.versions() else "UTC"
        events = said("{name}: last position {position}", name=ledger.store.name, position=position)
        yield Diagnosis("ledger", "ok", events)
        if log.ledger_id() is None:
            yield _without_id(position)
            return
        yield from _rules(log)
        yield from _recording_rules(log)
        yield _clock(log, zone)
        yield from _unfinished(log)
        yield from _open_outages(log, zone)
        yield from _upgraded(log)
    yield from _writable(ledger)
    yield from _guard(ledger)
    yield _kept(ledger, position)
    yield _tree(ledger)


def _without_id(position: int) -> Diagnosis:
    if position:
        gone = NoFirstEvent()
        return Diagnosis("ledger", "damaged", gone.message, gone.hint)
    hint = said("run `slaledger init` again: it adds what is not there yet")
    return Diagnosis("ledger", "wrong", said("`init` did not finish"), hint)


def _rules(log: Reader) -> Iterator[Diagnosis]:
    versions, calendars = log.versions(), log.rules().calendars
    names = ", ".join(f"{known.terms.agreement} {known.terms.version}" for known in versions)
    yield Diagnosis("terms", "ok" if versions else "wrong", names or said("no terms are recorded"))
    yield from _newer_terms(versions)
    year = int(month_of(clock.now_us(), "UTC")[:4])
    if not any(needs_calendar(known.terms) for known in versions):
        yield Diagnosis("calendar", "ok", said("the terms need no working days"))
    elif year in calendars:
        yield Diagnosis("calendar", "ok", said("working days up to {year}", year=max(calendars)))
    else:
        hint = f"slaledger calendar publish {year}"
        yield Diagnosis("calendar", "wrong", said("the working days of {year} are not recorded", year=year), hint)


def _newer_terms(versions: Sequence[Version]) -> Iterator[Diagnosis]:
    """Documents of recorded versions that came with this software and read doubtful clauses otherwise."""
    for name, terms in newer_documents(versions):
        held = by_name(versions, terms.version)
        changed = [key for key in NUMBERS if getattr(held.terms.readings, key) != getattr(terms.readings, key)]
        message = said(
            "revision {revision} of {agreement} {version} comes with this software; other readings: {names}",
            revision=terms.revision,
            agreement=terms.agreement,
            version=terms.version,
            names=", ".join(changed),
        )
        hint = said(
            "to adopt it: `slaledger terms publish {path} --reason …`; `slaledger audit what-if --terms {path}` shows "
            "what past decisions would become",
            path=shipped_path(name),
        )
        yield Diagnosis("terms", "note", message, hint)


def _recording_rules(log: Reader) -> Iterator[Diagnosis]:
    """Rules of recording that this release would begin, and that nobody has begun."""
    held = log.recording_rules()
    if held < RULES:
        message = said("events are recorded by rules {held}; this version has rules {known}", held=held, known=RULES)
        yield Diagnosis("rules", "note", message, said("`slaledger init` begins them; on a server a steward runs it"))


def _clock(log: Reader, zone: str) -> Diagnosis:
    now, last = clock.now_us(), log.recorded_at()
    if last > now + _CLOCK_US:
        message = said(
            "it is {now}, but the last event was recorded at {last}", now=rfc3339(now, zone), last=rfc3339(last, zone)
        )
        return Diagnosis("clock", "wrong", message, said("set the clock, or check who recorded that event"))
    return Diagnosis("clock", "ok", said("not behind the last event"))


def _unfinished(log: Reader) -> Iterator[Diagnosis]:
    for note in log.progress():
        if note.state == "running":
            message = said("a batch file was cut short after line {line}", line=note.lines)
            yield Diagnosis("batch", "note", message, said("run the same file again: it continues where it stopped"))


def _open_outages(log: Reader, zone: str) -> Iterator[Diagnosis]:
    """Outages that are open though the month in which they began has ended."""
    lasting = open_after_month(log, clock.now_us(), zone)
    if lasting:
        named = ", ".join(one.incident for one in lasting)
        message = said("still open after their month: {incidents}", incidents=named)
        yield Diagnosis("outages", "note", message, said("record their ends: `slaledger incident close`"))


def _upgraded(log: Reader) -> Iterator[Diagnosis]:
    """Claims whose figures changed with the rule of what is cancelled, until something is issued on them."""
    for one in upgraded_claims(log):
        message = said(
            "{account} {month}: what was cancelled counts as not issued now; due {due}, before {due_before}; "
            "overpaid {overpaid}, before {overpaid_before}",
            account=one.account,
            month=one.month,
            due=yuan(one.due_fen),
            due_before=yuan(one.due_before_fen),
            overpaid=yuan(one.overpaid_fen),
            overpaid_before=yuan(one.overpaid_before_fen),
        )
        hint = said(
            "look before anything is issued: `slaledger claim show {account} {month}`",
            account=one.account,
            month=one.month,
        )
        yield Diagnosis("claims", "note", message, hint)


def _writable(ledger: Ledger) -> Iterator[Diagnosis]:
    try:
        ledger.store.check_writable()
    except Refusal as refused:
        yield Diagnosis("writing", "note", refused.message, refused.hint)
    else:
        yield Diagnosis("writing", "ok", said("the ledger can be written"))
        if not ledger.store.has_queue:
            yield Diagnosis(
                "writing",
                "note",
                said("writers have no queue here: beside a long batch others may wait until it ends"),
                said("keep the ledger on a disk of this machine, in a folder that all its writers may write"),
            )
    if ledger.store.path is not None:
        free = shutil.disk_usage(ledger.store.path.absolute().parent).free
        little = free < _LITTLE_SPACE
        hint = said("make room before the next batch or backup") if little else None
        yield Diagnosis("disk", "note" if little else "ok", said("{free} MB free", free=free >> 20), hint)


def _guard(ledger: Ledger) -> Iterator[Diagnosis]:
    """Whether the ledger's server holds who may do what."""
    guard = ledger.store.guard
    if guard is None:
        return
    match guard.state:
        case "current":
            yield Diagnosis("roles", "ok", said("the server holds what each role may record"))
            return
        case "outdated":
            message = said("the server holds what each role may record, as another version of slaledger has it")
        case "missing":
            message = said("the server does not hold who may record what: any role that may insert can")
    yield Diagnosis("roles", "note", message, said("as the owner: {line}", line=guard.line))


def _kept(ledger: Ledger, position: int) -> Diagnosis:
    try:
        kept = as_kept(ledger)
    except SideStoreError as error:
        message = said("what is kept cannot be read: {error}", error=error)
        return Diagnosis("projections", "note", message, said("`slaledger rebuild` makes them again"))
    if kept is None:
        return Diagnosis("projections", "ok", said("none kept; they are made when needed"))
    if kept.reached > position:
        hint = said("`slaledger rebuild` makes them again; perhaps the ledger was replaced by an older copy")
        message = said("they are ahead of the log, at position {at}", at=kept.reached)
        return Diagnosis("projections", "wrong", message, hint)
    if not kept.is_of_log:
        hint = said("`slaledger rebuild` makes them again; perhaps the ledger was replaced by an older copy")
        return Diagnosis("projections", "wrong", said("they are of another log"), hint)
    if not kept.is_whole:
        message = said("they were damaged or changed")
        return Diagnosis("projections", "wrong", message, said("`slaledger rebuild` makes them again"))
    return Diagnosis("projections", "ok", said("at position {at} of {position}", at=kept.reached, position=position))


def _tree(ledger: Ledger) -> Diagnosis:
    with tree_as_kept(ledger) as tree:
        if tree is None:
            return Diagnosis("tree", "ok", said("none kept; it is made when needed"))
        return Diagnosis("tree", "ok", counted("{n} event in it", "{n} events in it", n=tree.size))
