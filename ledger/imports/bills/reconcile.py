"""What the ledger's bills lack of what a source states: commands, notes and refusals. Pure.

There is one bill an account, first month and number of months, whatever file tells it. The same again is nothing.
Other amounts are refused with both, until a person says whose count: `--take-source` or `--skip`. What a person
recorded, corrected or voided stays as that person said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce

import msgspec

from domain import commands as c
from domain.case import SourceMark
from domain.refusals import Refusal
from domain.rules.fees import covers
from domain.text import Said, said
from domain.values import Id, Words
from ledger.imports.bills.amounts import (
    AmountChange,
    changes_of,
    completed,
    correction,
    is_near,
    is_possible,
    less,
    new_bill,
    share_of,
    standing_payments,
    told_again,
    total,
)
from ledger.imports.bills.held import HeldBill
from ledger.imports.bills.statements import PURCHASED, SPREAD, Amounts, BillKey, BillReading, BillStatement
from ledger.imports.statements import LeftOut
from ledger.imports.steps import SourceStep
from ledger.refusals.imports.bills import (
    BillsDisagree,
    CoveredOtherwise,
    OlderBill,
    OtherAmounts,
    SharesDiffer,
    TypedBill,
)

EVERY = "*"
"""`--skip` or `--take-source` without an id: every bill that does not go together with the ledger's."""


class AskedOfBills(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of bills that do not go together.

    Both name bills by their id in the ledger or by `ACCOUNT@MONTH`; `EVERY` names each of which there is a question.
    """

    take_source: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    older: bool = False


class BillOutcome(msgspec.Struct, kw_only=True):
    """What a reconciliation comes to; `changed` are the bills whose months' decisions may come out otherwise now."""

    steps: list[SourceStep] = []
    refusals: list[Refusal] = []
    billed: list[str] = []
    corrected: list[AmountChange] = []
    voided: list[str] = []
    restored: list[str] = []
    unchanged: int = 0
    left_out: list[LeftOut] = []
    notes: list[str] = []
    changed: list[BillKey] = []


def reconcile_bills(
    reading: BillReading, held: Mapping[str, Sequence[HeldBill]], asked: AskedOfBills | None = None
) -> BillOutcome:
    """What is to be done so that the ledger holds what a source states; `held` are the bills of each account."""
    run = _Run(reading, asked or AskedOfBills())
    for statement in reading.statements:
        run.take(statement, held.get(statement.account, ()))
    run.note_unused()
    return run.outcome


class _Run:
    """One reconciliation."""

    def __init__(self, reading: BillReading, asked: AskedOfBills) -> None:
        self._reading = reading
        self._asked = asked
        self._named: set[str] = set()
        self._taken: set[str] = set()
        self.outcome = BillOutcome(left_out=list(reading.left_out), notes=list(reading.notes))

    def take(self, statement: BillStatement, held: Sequence[HeldBill]) -> None:
        """Compare one statement with the bills of its account."""
        near = [each for each in held if each.overlaps(statement.key)]
        concerned = [each for each in near if each.source is None or each.key == statement.key]
        if self._says(self._asked.skip, statement, concerned):
            self._leave_out(statement)
            return
        standing = [each for each in near if each.stands]
        if statement.is_spread and any(each.bill.months > 1 for each in standing):
            self._compare_shares(statement, standing)
            return
        own = [each for each in standing if each.key == statement.key and each.source is not None]
        undone = [each for each in near if each.key == statement.key and each.source is not None and each.is_undone]
        typed = [each for each in standing if each.source is None]
        if own:
            self._compare(statement, own, typed, undone)
        elif undone and not self._says(self._asked.take_source, statement, undone):
            self._keep_undone(statement, undone)
        elif not self._is_in_the_way(statement, typed, standing):
            self._record(statement, held, undone)

    def note_unused(self) -> None:
        """Ids of `--skip` and `--take-source` that no bill of the file has."""
        given = (self._asked.skip | self._asked.take_source) - {EVERY}
        for name in sorted(given - self._named):
            self.outcome.notes.append(said("{name}: no bill of this file is called so, or concerns it", name=name))

    def _compare(
        self,
        statement: BillStatement,
        own: Sequence[HeldBill],
        typed: Sequence[HeldBill],
        undone: Sequence[HeldBill],
    ) -> None:
        """The source's bills for these very months, against what it states now."""
        same = [each for each in typed if each.key == statement.key]
        if _agree(statement, own) or (same and _agree(statement, [*own, *same])):
            self.outcome.unchanged += 1
            if typed:
                self._note(statement, said("{bills} of a person covers these months too", bills=_ids(typed)))
        elif undone and _agree(statement, [*own, *undone]):
            self._keep_undone(statement, undone)
        elif self._is_older(statement, own):
            return
        elif self._says(self._asked.take_source, statement, own, every=True):
            self._correct(statement, own)
        elif any(each.is_corrected for each in own) and _as_said(statement, own):
            self.outcome.unchanged += 1
            self._note(
                statement,
                said(
                    "{source} still says {told}; a person corrected {bills} to {held}, which stays",
                    source=self._reading.source,
                    told=statement.amounts.words(),
                    bills=_ids(own),
                    held=total(own).words(),
                ),
            )
        else:
            corrected = any(each.is_corrected for each in own)
            sources = ", ".join(dict.fromkeys(str(each.last or each.source) for each in own))
            recorder = said("as a person corrected it") if corrected else said("as {source} said", source=sources)
            self._refuse(OtherAmounts, statement, own, recorder=recorder)

    def _compare_shares(self, statement: BillStatement, standing: Sequence[HeldBill]) -> None:
        """A month's part of what was paid for several: the ledger divides that by R11, and so it is only compared."""
        month = statement.key.first_month
        covering = [each for each in standing if covers(each.bill, month)]
        shares = reduce(Amounts.__add__, (share_of(each.bill, month) for each in covering), Amounts())
        several = sum(each.bill.months > 1 for each in covering)
        if is_near(statement.amounts, shares, several):
            self.outcome.unchanged += 1
            if not is_near(statement.amounts, shares, 0):
                self._note(
                    statement,
                    said(
                        "{source} says {told}; the shares of {bills} come to {held}: rounded otherwise",
                        source=self._reading.source,
                        told=statement.amounts.words(),
                        bills=_ids(covering),
                        held=shares.words(),
                    ),
                )
        elif EVERY in self._asked.skip:
            self._leave_out(statement)
        else:
            self.outcome.refusals.append(
                SharesDiffer(
                    place=statement.place,
                    bill=statement.key.text,
                    source=self._reading.source,
                    told=statement.amounts.words(),
                    held=shares.words(),
                    bills=_ids(covering),
                    first=covering[0].id,
                )
            )

    def _keep_undone(self, statement: BillStatement, undone: Sequence[HeldBill]) -> None:
        self.outcome.unchanged += 1
        first = undone[0]
        self._note(
            statement,
            said(
                "{source} says {told}; bill {first} was voided ({reason}) and stays void: --take-source {first} "
                "or `slaledger fees bill … --again` records it again",
                source=self._reading.source,
                told=statement.amounts.words(),
                first=first.id,
                reason=first.bill.voided,
            ),
        )

    def _is_in_the_way(self, statement: BillStatement, typed: Sequence[HeldBill], standing: Sequence[HeldBill]) -> bool:
        """Whether bills cover these months so that one more would count twice; those that the source takes are void."""
        if typed and all(each.key == statement.key for each in typed) and _agree(statement, typed):
            self.outcome.unchanged += 1
            self._note(statement, said("bill {bills} of a person says the same", bills=_ids(typed)))
            return True
        otherwise = [each for each in standing if each.source is not None and _counts_twice(statement, each)]
        for refusal, found in ((TypedBill, typed), (CoveredOtherwise, otherwise)):
            if not found:
                continue
            if EVERY in self._asked.skip:
                self._leave_out(statement)
                return True
            if not self._says(self._asked.take_source, statement, found, every=True):
                self._refuse(refusal, statement, found)
                return True
        for each in (*typed, *otherwise):
            self._void(statement, each)
        return False

    def _record(self, statement: BillStatement, held: Sequence[HeldBill], undone: Sequence[HeldBill]) -> None:
        if undone:
            first = undone[0]
            self._step(statement, told_again(first.told))
            self.outcome.restored.append(first.id)
            self.outcome.changed.append(statement.key)
            if not _agree(statement, [first]):
                self._correct(statement, [first])
            return
        for each in held:
            if each.key == statement.key and not each.stands and each.source is None:
                self._note(statement, said("bill {bill} of a person was voided: this one is new", bill=each.id))
        id_ = self._free_id(statement.key, {each.id for each in held})
        command = self._built(statement, lambda: new_bill(id_, statement))
        if command is not None:
            self._step(statement, command)
            self.outcome.billed.append(id_)
            self.outcome.changed.append(statement.key)

    def _free_id(self, key: BillKey, held: set[str]) -> str:
        """The bill's id; with a number where an older release gave that id to another bill."""
        id_ = plain = key.id(self._reading.stem)
        number = 2
        while id_ in held or id_ in self._taken:
            id_, number = f"{plain}.{number}", number + 1
        self._taken.add(id_)
        return id_

    def _correct(self, statement: BillStatement, own: Sequence[HeldBill]) -> None:
        """The bills add up to what the source says: the largest takes the difference, where that is possible."""
        told = completed(statement.amounts, total(own))
        target, *rest = sorted(own, key=lambda each: (-len(standing_payments(each.bill)), -each.bill.product_fee_fen))
        wanted = less(told, total(rest))
        if not is_possible(wanted):
            for each in rest:
                self._void(statement, each)
            wanted = told
        changes = changes_of(target, wanted)
        reason = Words(said("as {source} now says", source=self._reading.source))
        command = self._built(statement, lambda: correction(target.id, changes, reason))
        if command is not None and changes:
            self._step(statement, command)
            self.outcome.corrected += changes
            self.outcome.changed.append(target.key)

    def _void(self, statement: BillStatement, each: HeldBill) -> None:
        reason = Words(said("as {source} says", source=self._reading.source))
        self._step(statement, c.VoidFees(bill=Id(each.id), reason=reason))
        self.outcome.voided.append(each.id)
        self.outcome.changed.append(each.key)

    def _built(self, statement: BillStatement, build: Callable[[], c.Command]) -> c.Command | None:
        """A command, unless an amount is larger than the ledger counts."""
        try:
            return build()
        except Refusal as refusal:
            refusal.at(statement.place)
            self.outcome.refusals.append(refusal)
            return None

    def _is_older(self, statement: BillStatement, own: Sequence[HeldBill]) -> bool:
        """Whether the ledger took something that was said later; that is refused."""
        said_at = self._reading.said_at
        taken_at = max((each.said_at or 0 for each in own), default=0)
        if said_at is None or said_at >= taken_at or self._asked.older:
            return False
        self.outcome.refusals.append(
            OlderBill(
                place=statement.place,
                bill=statement.key.text,
                source=self._reading.source,
                told=statement.amounts.words(),
                held=total(own).words(),
                said_at=said_at,
                taken_at=taken_at,
            )
        )
        return True

    def _refuse(
        self, kind: type[BillsDisagree], statement: BillStatement, found: Sequence[HeldBill], **more: Said
    ) -> None:
        self.outcome.refusals.append(
            kind(
                place=statement.place,
                bill=statement.key.text,
                source=self._reading.source,
                told=statement.amounts.words(),
                held=total(found).words(),
                bills=_ids(found),
                first=found[0].id,
                **more,
            )
        )

    def _says(
        self, given: frozenset[str], statement: BillStatement, concerned: Iterable[HeldBill], every: bool = False
    ) -> bool:
        """Whether an option names the statement or one of the bills that it concerns."""
        names = {statement.key.text, statement.key.id(self._reading.stem), *(each.id for each in concerned)} & given
        self._named |= names
        return bool(names) or (every and EVERY in given)

    def _leave_out(self, statement: BillStatement) -> None:
        self.outcome.left_out.append(LeftOut(statement.key.text, said("left out as asked (--skip)")))

    def _note(self, statement: BillStatement, words: str) -> None:
        self.outcome.notes.append(said("{bill}: {note}", bill=statement.key.text, note=words))

    def _step(self, statement: BillStatement, command: c.Command) -> None:
        mark = SourceMark(
            name=self._reading.source,
            scope=SPREAD if statement.is_spread else PURCHASED if statement.has_purchases else "",
            key=statement.key.text,
            said_at=self._reading.said_at,
        )
        self.outcome.steps.append(SourceStep(command=command, place=statement.place, source=mark))


def _agree(statement: BillStatement, found: Sequence[HeldBill]) -> bool:
    """Whether bills add up to what is told. Bills of older releases were rounded each by itself."""
    return is_near(statement.amounts, total(found), 0 if len(found) == 1 else (len(found) + 1) // 2)


def _as_said(statement: BillStatement, own: Sequence[HeldBill]) -> bool:
    """Whether the source tells what it told before."""
    return is_near(statement.amounts, reduce(Amounts.__add__, (each.said for each in own)), 0)


def _counts_twice(statement: BillStatement, held: HeldBill) -> bool:
    """Whether an import's bill of other months tells the same fees: a month's part beside the whole, or the whole price
    of a purchase beside the months bought."""
    if held.key == statement.key:
        return False
    if held.scope == SPREAD:
        return statement.key.months > 1
    starts_alike = held.bill.first_month == statement.key.first_month
    whole_price_and_months = (statement.has_purchases and held.bill.months > 1) or (
        held.scope == PURCHASED and statement.key.months > 1
    )
    return starts_alike and whole_price_and_months


def _ids(found: Iterable[HeldBill]) -> str:
    return ", ".join(each.id for each in found)
