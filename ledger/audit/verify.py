"""Verifies a ledger: it is readable, without gaps, balanced, replayable, and an extension of earlier checkpoints.

The log is read twice: in its order, for the tree and for what the order shows, and account by account, for all else.
Both are divided among processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial, reduce
from operator import attrgetter

from domain.admissible.check import Inadmissible, inadmissible
from domain.refusals import Damaged
from domain.text import counted, said
from ledger.application import Ledger
from ledger.audit.account_parts import NO_ACCOUNTS, AccountsPart, check_accounts
from ledger.audit.extended import located, not_extended, not_those_kept
from ledger.audit.known_rules import rules_known
from ledger.audit.log_parts import LogPart, read_part, whole
from ledger.audit.verified import Damage, Verified
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.parallel.work import ALONE, Workers, over_accounts, over_parts
from ledger.queries.read_models import ReadModels
from ledger.queries.stored_rows import StoredRows
from ledger.refusals.audit.evidence import AllCutOff
from ledger.transparency.log_root import LogRoot, bounds_of, derived_in_parts, ledger_id
from ledger.transparency.proofs import Checkpoint, check_origin
from ledger.transparency.tree import KeptTree, first_difference, tree_as_kept

Progress = Callable[[int, int], None]


def verify(ledger: Ledger, against: Checkpoint | None, on_progress: Progress, workers: Workers = ALONE) -> Verified:
    """Check the whole ledger; that the log extends each checkpoint that is kept with a time stamp or cosignatures, and
    that of the given checkpoint.

    Raises Refusal as `check_origin` does where the checkpoint is another ledger's, Damaged `log_truncated` where the
    log is empty.
    """
    with ledger.reading() as log:
        if against is not None and not log.position():
            raise AllCutOff(size=against.size)
        name = ledger_id(log)
        if against is not None:
            check_origin(against, name)
        read = _in_order(ledger, log, name, workers, on_progress)
        found = LogRoot(0, b"", 0) if read.tree is None else LogRoot(read.tree.size, read.tree.root(), read.position)
        damage = [*read.damage, *_gaps(log), *_out_of_range(log)]
        if read.tree is not None:
            damage += _rewritten(ledger, log, found, against, partial(_root, ledger, log, workers, found))
        forbidden = [] if read.damage else [*read.inadmissible, *_of_shared(log)]
        accounts = NO_ACCOUNTS
        if not damage:
            accounts = _by_account(ledger, log, workers, on_progress)
            damage += accounts.damage
            forbidden += accounts.inadmissible
    if not damage:
        damage += _stale_projections(ledger, found.position, accounts)
    return Verified(
        ledger=name,
        tree=read.tree,
        position=read.position,
        recorded_at=read.clock.latest,
        decisions=accounts.decisions,
        damage=damage,
        inadmissible=sorted(forbidden, key=attrgetter("position")),
        different=accounts.different,
        signatures=read.signatures,
    )


def _in_order(ledger: Ledger, log: Reader, name: str, workers: Workers, on_progress: Progress) -> LogPart:
    """Read the log in its order."""
    parts = [partial(read_part, bounds=bounds, ledger=name) for bounds in bounds_of(log)]
    return whole(over_parts(ledger, log, parts, workers, on_progress), log, name)


def _of_shared(log: Reader) -> Iterator[Inadmissible]:
    """The events of shared outages that no rule would have let in."""
    common = log.common()
    rules = rules_known(log, common)
    for shared in common.all_incidents():
        yield from inadmissible(shared.facts, rules)


def _by_account(ledger: Ledger, log: Reader, workers: Workers, on_progress: Progress) -> AccountsPart:
    """Check every account. The stored projections are brought up to date first, so that they can be compared."""
    if ledger.store.can_write_side_store("views"):
        with suppress(Damaged), ledger.store.translating_errors("views"):  # an event that fits no case is told below
            ReadModels.caught_up(ledger, lambda done, total: None, workers=workers).close()
    task = partial(check_accounts, url=ledger.store.url)
    return reduce(AccountsPart.join, over_accounts(ledger, log, task, workers, on_progress), NO_ACCOUNTS)


def _gaps(log: Reader) -> Iterator[Damage]:
    """Check that the versions of each stream run from 1 without a gap."""
    for stream, position in log.broken_streams():
        yield Damage(kind="gap", message=said("stream {stream} misses a version", stream=stream), position=position)


def _out_of_range(log: Reader) -> Iterator[Damage]:
    """Check that no position is so high that none is left behind it."""
    for position in log.beyond(streams.MOST_POSITION):
        yield Damage(kind="position", message=said("no command records at this position"), position=position)


def _rewritten(
    ledger: Ledger, log: Reader, found: LogRoot, against: Checkpoint | None, root_of: Callable[[int], bytes]
) -> Iterator[Damage]:
    """Check that the log extends that of the checkpoint, the stored tree, and what is kept with others' attestations.

    Raises Damaged `kept_checkpoint_unreadable`, Refusal `other_ledger`, where a kept checkpoint is no longer one of
    this ledger.
    """
    with tree_as_kept(ledger) as kept:
        is_kept = kept is not None and found.size >= kept.size and root_of(kept.size) == kept.root()
        if kept is not None and not is_kept:
            position = first_difference(log, kept)
            what = counted(
                "the log differs from the kept tree of {n} event",
                "the log differs from the kept tree of {n} events",
                n=kept.size,
            )
            yield Damage(kind="rewritten", message=located(what, position), position=position)
        if against is not None:
            yield from not_extended(log, found, against, root_of, kept)
        roots = partial(_root_of_kept, kept, root_of) if kept is not None and is_kept else root_of
        yield from not_those_kept(ledger, log, found, roots, kept, known=against)


def _root_of_kept(kept: KeptTree, root_of: Callable[[int], bytes], size: int) -> bytes:
    """The root of the first `size` events, by a kept tree that is the log's, where it reaches so far."""
    return kept.root(size) if size <= kept.size else root_of(size)


def _root(ledger: Ledger, log: Reader, workers: Workers, found: LogRoot, size: int) -> bytes:
    """The root of the first `size` events; for the whole log it is the root already derived."""
    if size == found.size:
        return found.root
    return derived_in_parts(ledger, log, workers, lambda done, total: None, size).root


def _stale_projections(ledger: Ledger, position: int, accounts: AccountsPart) -> Iterator[Damage]:
    """Check that the stored projections have the rows of the events and no others."""
    with StoredRows.at(ledger, position) as stored:
        is_same = None if stored is None or accounts.stored is None else stored.number() == accounts.stored
    if is_same is None:  # they could not be compared by account
        with ReadModels.of(ledger) as kept, ReadModels.of(ledger, upto=kept.position()) as made:
            is_same = kept.same_as(made)
    if accounts.is_stale or not is_same:
        yield Damage(kind="projections_differ", message=said("the projections do not match the events"))
