"""Verifies a ledger: it is readable, without gaps, balanced, replayable, and an extension of earlier checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

import msgspec

from domain.admissible.check import Inadmissible, inadmissible
from domain.case import Case
from domain.refusals import Damaged
from domain.text import counted, said
from ledger.application import Ledger
from ledger.audit.admissible import LogCheck
from ledger.audit.known_rules import rules_known
from ledger.audit.replay import Difference, past_decisions, replay
from ledger.audit.signatures import SignatureCheck, Signatures
from ledger.log import streams
from ledger.log.account_history import AccountHistory
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.parallel import Workers, over_accounts
from ledger.queries.read_models import ReadModels
from ledger.refusals.audit.evidence import AllCutOff
from ledger.transparency.log_root import LogRoot, derived, ledger_id
from ledger.transparency.proofs import Checkpoint, check_origin
from ledger.transparency.tree import first_difference, tree_as_kept

Progress = Callable[[int, int], None]


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """Something impossible in an intact ledger; `position` is where it shows first, where that is known."""

    kind: str
    message: str
    position: int | None = None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a verification.

    It has the log's root from its rows, damage, events that no rule would have let in, by position, decisions that
    replay differently, and how many signatures were checked.
    """

    ledger: str
    log: LogRoot
    decisions: int
    damage: list[Damage]
    inadmissible: list[Inadmissible]
    different: list[Difference]
    signatures: Signatures

    @property
    def first_bad_position(self) -> int | None:
        damaged = (each.position for each in self.damage if each.position is not None)
        return min((*damaged, *(each.position for each in self.inadmissible)), default=None)


class RangeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result for a range of accounts."""

    decisions: int
    damage: list[Damage]
    inadmissible: list[Inadmissible]
    different: list[Difference]


def verify(
    ledger: Ledger, against: Checkpoint | None, on_progress: Progress, workers: Workers | None = None
) -> Verified:
    """Check the whole ledger, and with a checkpoint also that the log extends that of the checkpoint.

    Raises Refusal as `check_origin` does where the checkpoint is another ledger's, Damaged `log_truncated` where the
    log is empty.
    """
    with ledger.reading() as log:
        if against is not None and not log.position():
            raise AllCutOff(size=against.size)
        name = ledger_id(log)
        if against is not None:
            check_origin(against, name)
        signatures = SignatureCheck(name)
        damage, forbidden = _read_through(log, signatures)
        damage += [*_gaps(log), *_out_of_range(log)]
        try:
            found = derived(log)
            damage += _rewritten(ledger, log, found, against)
        except Damaged as damaged:
            damage.append(Damage(kind=damaged.code, message=damaged.message))
            found = LogRoot(0, b"", 0)
        decisions, different = 0, []
        if not damage:
            for held in over_accounts(ledger, log, _hold_accounts, workers, on_progress):
                decisions += held.decisions
                damage += held.damage
                forbidden += held.inadmissible
                different += held.different
    if not damage:
        damage += _stale_projections(ledger, found.position)
    forbidden.sort(key=attrgetter("position"))
    return Verified(
        ledger=name,
        log=found,
        decisions=decisions,
        damage=damage,
        inadmissible=forbidden,
        different=different,
        signatures=signatures.result(),
    )


def _hold_accounts(log: Reader, first: str, end: str, *, on_progress: Progress) -> RangeResult:
    """Check events, balances and decisions, for the accounts in a range of streams."""
    decisions, done = 0, 0
    damage: list[Damage] = []
    forbidden: list[Inadmissible] = []
    different: list[Difference] = []
    position, common = log.position(), log.common()
    rules = rules_known(log, common)
    for own in log.accounts_rows(first, end):
        life = AccountHistory(own.account, common)
        life.take_in(list(map(decode, own.rows)))
        forbidden += inadmissible(life.facts, rules)
        damage += _unbalanced(life.case(position), own.account)
        for past in past_decisions(own, common):
            decisions += 1
            difference = replay(past)
            different += [difference] if difference else []
        done += len(own.rows)
        on_progress(done, 0)
    return RangeResult(decisions=decisions, damage=damage, inadmissible=forbidden, different=different)


def _read_through(log: Reader, signatures: SignatureCheck) -> tuple[list[Damage], list[Inadmissible]]:
    """Check that every event decodes, and is admissible as far as the whole log shows it; shared outages wholly."""
    damage: list[Damage] = []
    check = LogCheck()
    forbidden: list[Inadmissible] = []
    for row in log.since(0):
        try:
            fact = decode(row)
            forbidden += [*check.take(fact), *signatures.take(row, fact)]
        except Damaged as damaged:
            damage.append(Damage(kind=damaged.code, message=damaged.message, position=row.position))
    if damage:
        return damage, []
    common = log.common()
    rules = rules_known(log, common)
    for shared in common.all_incidents():
        forbidden += inadmissible(shared.facts, rules)
    return damage, [*forbidden, *check.end()]


def _gaps(log: Reader) -> Iterator[Damage]:
    """Check that the versions of each stream run from 1 without a gap."""
    for stream, position in log.broken_streams():
        yield Damage(kind="gap", message=said("stream {stream} misses a version", stream=stream), position=position)


def _out_of_range(log: Reader) -> Iterator[Damage]:
    """Check that no position is so high that none is left behind it."""
    for position in log.beyond(streams.MOST_POSITION):
        yield Damage(kind="position", message=said("no command records at this position"), position=position)


def _rewritten(ledger: Ledger, log: Reader, found: LogRoot, against: Checkpoint | None) -> Iterator[Damage]:
    """Check that the log extends that of the checkpoint, and the stored tree."""
    with tree_as_kept(ledger) as kept:
        if kept is not None and (found.size < kept.size or _root(log, found, kept.size) != kept.root()):
            position = first_difference(log, kept)
            what = counted(
                "the log differs from the kept tree of {n} event",
                "the log differs from the kept tree of {n} events",
                n=kept.size,
            )
            yield Damage(kind="rewritten", message=_at(what, position), position=position)
        if against is None:
            return
        if found.size < against.size:
            what = counted(
                "the log has {n} event, the checkpoint {stated}: its end was cut off",
                "the log has {n} events, the checkpoint {stated}: its end was cut off",
                n=found.size,
                stated=against.size,
            )
            yield Damage(kind="truncated", message=what, position=found.position + 1)
        elif _root(log, found, against.size) != against.root:
            position = first_difference(log, kept, (against.size, against.root)) if kept is not None else None
            what = counted(
                "the first event is not that of the checkpoint",
                "the first {n} events are not those of the checkpoint",
                n=against.size,
            )
            yield Damage(kind="rewritten", message=_at(what, position), position=position)


def _root(log: Reader, found: LogRoot, size: int) -> bytes:
    """The root of the first `size` events; for the whole log it is the root already derived."""
    return found.root if size == found.size else derived(log, size).root


def _at(what: str, position: int | None) -> str:
    return (
        what
        if position is None
        else said("{what}: position {position} is the first that differs", what=what, position=position)
    )


def _unbalanced(case: Case, account: str) -> Iterator[Damage]:
    """Check that no voucher is below zero, and that both sides of each redemption and issue agree."""
    on_vouchers = {
        (voucher.voucher, each.number): (each.bill, each.part, each.amount_fen, each.reversed is not None)
        for voucher in case.vouchers.values()
        for each in voucher.redemptions
    }
    on_bills = {
        (each.voucher, each.redemption): (bill.bill, each.part, each.amount_fen, each.reversed)
        for bill in case.bills.values()
        for each in bill.payments
    }
    if on_vouchers != on_bills:
        odd = sorted(set(on_vouchers.items()) ^ set(on_bills.items()))[0][0]
        yield Damage(
            kind="unbalanced",
            message=said(
                "{account}: redemption {redemption} of voucher {voucher} is recorded on one side only",
                account=account,
                redemption=odd[1],
                voucher=odd[0],
            ),
        )
    issued = {voucher.voucher: voucher.amount_fen for voucher in case.vouchers.values()}
    paid = {voucher: amount for claim in case.claims.values() for voucher, amount in claim.paid.items()}
    if issued != paid:
        yield Damage(
            kind="unbalanced",
            message=said("{account}: vouchers and claims disagree on what was issued", account=account),
        )
    for claim in case.claims.values():
        held = [(one.voucher, one.amount_fen) for one in claim.cancellations]
        told = [(one.voucher, one.amount_fen) for one in claim.told]
        if told != held[len(held) - len(told) :]:
            yield Damage(
                kind="unbalanced",
                message=said("{account}: vouchers and claims disagree on what was cancelled", account=account),
            )
    for voucher in case.vouchers.values():
        if voucher.balance_fen < 0:
            yield Damage(
                kind="unbalanced",
                message=said("{account}: voucher {voucher} is below zero", account=account, voucher=voucher.voucher),
            )


def _stale_projections(ledger: Ledger, position: int) -> Iterator[Damage]:
    """Check that the stored projections equal those of the events."""
    with ReadModels.of(ledger) as kept, ReadModels.of(ledger, upto=position) as made:
        same = kept.same_as(made)
    if not same:
        yield Damage(kind="projections_differ", message=said("the projections do not match the events"))
