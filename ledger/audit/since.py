"""Verifies what was recorded since an earlier verification, at the cost of what is new.

An auditor's receipt has the frontier of the tree that was verified then. The new rows extend it to a new root, and the
stored tree proves that the old events of that root begin the log (RFC 6962, 2.1.2). Every old event that is read again
is proved into the receipt's root; the others are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from domain.admissible.check import Inadmissible, inadmissible
from domain.text import counted, said
from ledger.application import Ledger
from ledger.audit.account_parts import AccountsCheck
from ledger.audit.extended import not_those_kept
from ledger.audit.known_rules import rules_known
from ledger.audit.log_parts import LogPart, read_part, whole
from ledger.audit.receipt import AuditReceipt
from ledger.audit.replay import Replayed, past_decisions, replay
from ledger.audit.reservations import Reservations
from ledger.audit.verified import Damage, SinceReceipt, Verified
from ledger.log import streams
from ledger.log.codec import Row
from ledger.log.leaves import leaf_hash
from ledger.log.reader import Reader
from ledger.parallel.work import Workers, over_parts
from ledger.refusals.audit.receipts import CheckpointBeyondLog, CheckpointNotExtended
from ledger.transparency import merkle
from ledger.transparency.log_root import Bounds, LogRoot, bounds_of, ledger_id
from ledger.transparency.proofs import Checkpoint, check_origin
from ledger.transparency.tree import KeptTree, tree_of

Progress = Callable[[int, int], None]
_MOST_WAITING = 20_000
"""Old events that are proved together: what two of them have in common in the tree is read once."""


class OldEvents:
    """The old events that were read again. Those that are not in the receipt's tree are `changed`, by position."""

    def __init__(self, tree: KeptTree, receipt: AuditReceipt) -> None:
        self._tree = tree
        self._last = receipt.position
        self._has_no_gaps = receipt.size == receipt.position
        self._peaks = dict(zip(merkle.peaks(receipt.size), receipt.tree.hashes, strict=True))
        self._waiting: dict[int, Row] = {}
        self._read: set[int] = set()
        self.changed: list[int] = []

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self._read)

    def add(self, rows: Iterable[Row]) -> None:
        """Note the old ones among rows that were read."""
        for row in rows:
            if row.position > self._last or row.position in self._read:
                continue
            self._read.add(row.position)
            index = self._index_of(row.position)
            if index is None:
                self.changed.append(row.position)
            else:
                self._waiting[index] = row
        if len(self._waiting) >= _MOST_WAITING:
            self.prove()

    def prove(self) -> None:
        """Prove those that wait. Raises Damaged `tree_damaged` where the stored tree lacks hashes."""
        leaves = {index: leaf_hash(row) for index, row in self._waiting.items()}
        if not self._tree.proves(leaves, self._peaks):
            self.changed += sorted(
                self._waiting[index].position
                for index, leaf in leaves.items()
                if not self._tree.proves({index: leaf}, self._peaks)
            )
        self._waiting.clear()

    def _index_of(self, position: int) -> int | None:
        """The index of the leaf at an old position; None where the tree has none there."""
        if self._has_no_gaps:
            return position - 1 if position > 0 else None
        size = self._tree.size_at(position)
        return size - 1 if size and self._tree.position_of(size - 1) == position else None


def verify_since(ledger: Ledger, receipt: AuditReceipt) -> Verified:
    """Check that the log extends that of a receipt, and everything about what came after it.

    Raises Refusal `other_ledger` where the receipt is another ledger's.
    """
    with ledger.reading() as log, tree_of(ledger) as tree:
        name = ledger_id(log)
        check_origin(receipt.checkpoint, name)
        read = _read_new(log, receipt, name)
        damage = [*read.damage, *_not_extended(tree, receipt, read)]
        if not damage:
            found = LogRoot(tree.size, tree.root(), read.position)
            damage += not_those_kept(ledger, log, found, tree.root, tree, receipt.checkpoint)
        old = OldEvents(tree, receipt)
        check = AccountsCheck(log, after=receipt.position)
        forbidden = list(read.inadmissible)
        if not damage:
            new = list(_without_states(log.since(receipt.position)))
            old.add([*log.published(), *log.common().all_rows()])
            damage += _gaps(log, new, old)
            forbidden += _of_shared(log, receipt.position)
            for account in _owners(new):
                own = log.account_own(account)
                old.add(own.rows)
                check.take(own)
            old.prove()
            damage += map(_changed, old.changed)
    accounts = check.result()
    return Verified(
        ledger=name,
        tree=read.tree,
        position=read.position,
        recorded_at=read.clock.latest,
        decisions=accounts.decisions,
        damage=[*damage, *accounts.damage],
        inadmissible=sorted([*forbidden, *accounts.inadmissible], key=attrgetter("position")),
        different=accounts.different,
        signatures=read.signatures,
        since=SinceReceipt(size=receipt.size, read_again=old.number),
    )


class ReplayedSince(NamedTuple):
    """A replay of the decisions since a receipt, what is wrong with the log, and what was read again."""

    replayed: Replayed
    damage: list[Damage]
    since: SinceReceipt


def replay_since(ledger: Ledger, receipt: AuditReceipt) -> ReplayedSince:
    """Replay the decisions behind a receipt, once the log is shown to extend that of the receipt. Raises as above."""
    with ledger.reading() as log, tree_of(ledger) as tree:
        check_origin(receipt.checkpoint, ledger_id(log))
        read = _read_new(log, receipt, receipt.ledger)
        damage = _not_extended(tree, receipt, read)
        old = OldEvents(tree, receipt)
        decisions, events, different = 0, 0, []
        decided = [row for row in _without_states(log.since(receipt.position)) if row.topic == "claim.decided"]
        if not damage:
            common = log.common()
            old.add(common.all_rows())
            for account in _owners(decided):
                own = log.account_own(account)
                old.add(own.rows)
                events += len(own.rows)
                for past in past_decisions(own, common, after=receipt.position):
                    decisions += 1
                    difference = replay(past)
                    different += [] if difference is None else [difference]
            old.prove()
            damage += map(_changed, old.changed)
    replayed = Replayed(decisions=decisions, events=events, different=tuple(different))
    return ReplayedSince(replayed, damage, SinceReceipt(size=receipt.size, read_again=old.number))


def receipt_at(ledger: Ledger, checkpoint: Checkpoint, workers: Workers, on_progress: Progress) -> AuditReceipt:
    """What a receipt of a checkpoint's events would have: the log is read in order up to there.

    Raises Damaged `log_truncated`, `log_rewritten` where the log does not begin with these events, Refusal
    `other_ledger`.
    """
    with ledger.reading() as log, tree_of(ledger) as tree:
        check_origin(checkpoint, ledger_id(log))
        if tree.size < checkpoint.size:
            raise CheckpointBeyondLog(size=tree.size, stated=checkpoint.size)
        last = tree.position_of(checkpoint.size - 1)
        parts = [partial(read_part, bounds=bounds, ledger=checkpoint.origin) for bounds in bounds_of(log, last)]
        read = whole(over_parts(ledger, log, parts, workers, on_progress), log, checkpoint.origin)
    if read.tree is None or read.tree.root() != checkpoint.root:
        raise CheckpointNotExtended(size=checkpoint.size)
    return AuditReceipt.of(
        Verified(
            ledger=checkpoint.origin,
            tree=read.tree,
            position=last,
            recorded_at=read.clock.latest,
            decisions=0,
            damage=[],
            inadmissible=[],
            different=[],
            signatures=read.signatures,
        )
    )


def _read_new(log: Reader, receipt: AuditReceipt, name: str) -> LogPart:
    """Read the new events in order. What was recorded with them stands behind them, so nothing is put aside."""
    bounds = Bounds(receipt.position, log.position())
    read = read_part(log, bounds, name, receipt.recorded_at, receipt.tree)
    reservations = Reservations()
    misplaced = [*reservations.join(read.reservations), *reservations.end()]
    position = max(read.position, receipt.position)
    return read._replace(position=position, inadmissible=[*read.inadmissible, *misplaced])


def _not_extended(tree: KeptTree, receipt: AuditReceipt, read: LogPart) -> list[Damage]:
    """What is wrong where the log does not begin with the events of the receipt."""
    old, size = receipt.checkpoint, tree.size if read.tree is None else read.tree.size
    if tree.size < old.size or read.bounds.last < receipt.position:
        what = counted(
            "the log has {n} event, the receipt {stated}: its end was cut off",
            "the log has {n} events, the receipt {stated}: its end was cut off",
            n=tree.size,
            stated=old.size,
        )
        return [Damage(kind="truncated", message=what, position=min(read.bounds.last, receipt.position) + 1)]
    if tree.root(old.size) != old.root:
        what = counted(
            "the first event is not that of the receipt",
            "the first {n} events are not those of the receipt",
            n=old.size,
        )
        return [Damage(kind="rewritten", message=what)]
    if read.tree is None:
        return []
    try:
        merkle.verify_consistency(old.size, size, tree.consistency(old.size, size), old.root, read.tree.root())
    except merkle.ProofError:
        what = said("the events behind the receipt are not those of the kept tree")
        return [Damage(kind="rewritten", message=what)]
    return []


def _without_states(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that take little memory."""
    return (row._replace(state=b"") for row in rows)


def _owners(rows: Iterable[Row]) -> list[str]:
    """The accounts of which rows are, in order."""
    return sorted({streams.owner(row.stream) for row in rows} - {streams.SHARED})


def _gaps(log: Reader, new: Iterable[Row], old: OldEvents) -> Iterator[Damage]:
    """Check that the new events of each stream follow its last old one without a gap."""
    ends: dict[str, int] = {}
    for row in new:
        if row.stream not in ends:
            before = log.event(row.stream, row.version - 1) if row.version > 1 else None
            old.add([] if before is None else [before])
            ends[row.stream] = 0 if before is None else before.version
        if row.version != ends[row.stream] + 1:
            message = said("stream {stream} misses a version", stream=row.stream)
            yield Damage(kind="gap", message=message, position=row.position)
        ends[row.stream] = row.version


def _of_shared(log: Reader, after: int) -> Iterator[Inadmissible]:
    """The new events of shared outages that no rule would have let in."""
    common = log.common()
    rules = rules_known(log, common)
    for shared in common.all_incidents():
        if shared.rows[-1].position > after:
            yield from (each for each in inadmissible(shared.facts, rules) if each.position > after)


def _changed(position: int) -> Damage:
    message = said("position {position}: the event is not the one of the receipt", position=position)
    return Damage(kind="rewritten", message=message, position=position)
