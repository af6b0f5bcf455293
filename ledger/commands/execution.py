"""Carries out commands: one transaction each, checked against the clock and the idempotency keys already used."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from domain.case import SourceMark
from domain.commands import Command, PublishTerms, RetireKey
from domain.events import KeyUsed, LedgerCreated
from domain.refusals import Unreadable
from domain.terms.parsing import parse_terms
from domain.terms.versions import REFERENCE_AGREEMENT, needs_calendar
from domain.time import CLOCK_TOLERANCE_US, Instant
from ledger import clock
from ledger.application import Ledger, New, Writer
from ledger.commands.handlers import handle
from ledger.commands.handlers.effect import Effect, Origin
from ledger.commands.parsing import content
from ledger.commands.receipts import LedgerReceipt, Receipt
from ledger.log import streams
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.refusals.commands import InTheFuture, KeyTaken
from ledger.refusals.store import ChangedMeanwhile

ATTEMPTS = 5
TURN_NS = 250_000_000
"""How long one transaction of many commands may hold the write lock before others get a turn."""

Clock = Callable[[], int]


def turn() -> Callable[[], bool]:
    """Begin a turn at the write lock. The returned function, called after each command, says whether it is over."""
    until = time.monotonic_ns() + TURN_NS
    return lambda: time.monotonic_ns() > until


class Done(msgspec.Struct, kw_only=True):
    """The result of a command: the positions of its events, the log's last position, the receipt and warnings.

    A no-op with a key records that the key was used, and nothing else.
    """

    command: str
    noop: bool
    positions: list[int]
    position: int
    receipt: Receipt
    warnings: list[str]

    @property
    def recorded(self) -> int:
        return len(self.positions)


def execute(ledger: Ledger, command: Command, actor: str, now: Clock = clock.now_us) -> Done:
    """Carry out one command in its own transaction; retry a few times on a conflict.

    Raises Refusal where a rule forbids it, Conflict where other writers keep changing the ledger.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with ledger.writing() as log:
                return carry_out(log, command, actor, now())
        except ChangedMeanwhile:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def carry_out(log: Writer, command: Command, actor: str, now: int, source: SourceMark | None = None) -> Done:
    """Carry out a command in a running transaction, for a source where an import asks. Raises Refusal; nothing is
    appended then.
    """
    check_times(command, now)
    if is_spent(log, command):
        return _record(log, Effect(), command, actor, now)
    effect = handle(log, command, _origin(log, actor, now))
    return _record(log, effect, command, actor, now, source, spends=True)


def _origin(log: Writer, actor: str, now: int) -> Origin:
    """Who carries out a command; a signature by a registered key says it as well as a login does."""
    return Origin(now=now, by=log.by(actor), is_claimed=log.actors_are_claimed and log.signer is None)


def spend_key(log: Writer, command: Command, actor: str, now: int) -> Done:
    """Record that a command's key, if any, was used: for a month's run, which may be many transactions."""
    return _record(log, Effect(), command, actor, now, spends=True)


def _record(
    log: Writer,
    effect: Effect,
    command: Command,
    actor: str,
    now: int,
    source: SourceMark | None = None,
    *,
    spends: bool = False,
) -> Done:
    """Record the events of an effect, and with `spends` that the command's key, if any, was used: by a no-op too."""
    reason, key = getattr(command, "reason", None), command.key
    spent = _spent(command) if spends else []
    # A key that is retired signs nothing any more, so what it signs itself stands before.
    events = [*spent, *effect.events] if isinstance(command, RetireKey) else [*effect.events, *spent]
    positions = log.append(
        events, now, actor, None if reason is None else str(reason), None if key is None else str(key), source
    )
    return Done(
        command=_words(command),
        noop=not effect.events,
        positions=positions,
        position=log.position(),
        receipt=effect.receipt,
        warnings=effect.warnings,
    )


def is_spent(log: Reader, command: Command) -> bool:
    """Whether this command was carried out with its key. Raises Refusal `key_taken` where another one was."""
    rows = [] if command.key is None else log.stream(streams.key(command.key))
    if not rows:
        return False
    used = decode(rows[0]).event
    if isinstance(used, KeyUsed) and used.content_sha256 == _said(command):
        return True
    raise KeyTaken(key=str(command.key))


def _spent(command: Command) -> list[New]:
    if command.key is None:
        return []
    key = str(command.key)
    used = KeyUsed(key=key, command=_words(command), content_sha256=_said(command))
    return [(streams.key(key), used)]


def _said(command: Command) -> str:
    return hashlib.sha256(content(command)).hexdigest()


def _words(command: Command) -> str:
    return str(command.__struct_config__.tag)


def check_times(command: Command, now: int) -> None:
    """Check that no instant of a command is more than five minutes ahead of the ledger's clock.

    Terms and calendars are exempt, since they are about the future. Raises Refusal `in_the_future`.
    """
    if isinstance(command, PublishTerms):
        return
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if isinstance(value, Instant):
            check_time(name.strip("_"), value, now)


def check_time(name: str, at: int, now: int) -> None:
    """Raises Refusal `in_the_future` where an instant is more than five minutes ahead of the ledger's clock."""
    if at > now + CLOCK_TOLERANCE_US:
        raise InTheFuture(name=name, instant=at, now=now)


def initialise(
    ledger: Ledger, actor: str, now: Clock = clock.now_us, agreement: str | None = None, *, demo: bool = False
) -> Done:
    """Make a ledger of an empty store: its id, a shipped agreement, and the published calendars that it needs.

    The id of a `demo` says so.

    On a ledger it adds what an upgrade brought and it does not have; recorded calendars and versions of the terms are
    never touched.
    Raises Unreadable `unknown_agreement`; Refusal `terms_other_agreement` for a ledger under another one.
    """
    from ledger import shipped as published

    with ledger.writing() as log:
        at = now()
        positions = _found(log, actor, at, demo)
        positions += log.upgrade(at, actor)
        rules = log.rules()
        held = {version.terms.version for version in rules.versions}
        under = rules.versions[-1].terms.agreement if rules.versions else REFERENCE_AGREEMENT
        shipped = _shipped(agreement or under, known=agreement is None)
        for document in shipped:
            if parse_terms(document).version not in held:
                command = PublishTerms(document=document, noticed_at=published.noticed_at(document))
                positions += carry_out(log, command, actor, at).positions
        today = datetime.fromtimestamp(at // 1_000_000, UTC).date()
        needed = any(needs_calendar(version.terms) for version in log.versions())
        years = published.published_years(today) if needed else []
        missing = [year for year in years if year not in rules.calendars]
        for year in missing:
            event = published.published_calendar(year)
            positions += log.append([(streams.calendar(event.country, year), event)], at, actor, None, None)
        receipt = LedgerReceipt(ledger=log.ledger_id() or "")
        return Done(
            command="init",
            noop=not positions,
            positions=positions,
            position=log.position(),
            receipt=receipt,
            warnings=[],
        )


def _shipped(agreement: str, known: bool) -> list[str]:
    """The shipped documents of an agreement; none where it is the ledger's own and no longer ships."""
    from ledger import shipped as published

    try:
        return published.shipped_agreements(agreement)
    except Unreadable:
        if known:
            return []
        raise


def _found(log: Writer, actor: str, at: int, demo: bool) -> list[int]:
    if log.version(streams.LEDGER):
        return []
    return log.append([(streams.LEDGER, LedgerCreated(ledger=clock.new_ledger_id(demo=demo)))], at, actor, None, None)
