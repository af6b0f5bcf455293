"""What files of bills came to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.answers.imports import print_recorded
from cli.answers.would_record import Events, More, dry_run_of, print_would_record
from cli.terminal.output import print_text
from cli.terminal.vocabulary import label
from domain.money import yuan
from domain.text import said
from ledger.imports.bills.record import BillsTaken
from ledger.imports.statements import LeftOut


class BillCorrected(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of a bill that a source says otherwise now."""

    bill: str
    field: str
    was: str
    # `is` is a keyword of Python
    now: str = msgspec.field(name="is")


class BillsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger import` of bills: what the files came to."""

    file: str | msgspec.UnsetType
    files: list[str] | msgspec.UnsetType
    commands: int
    recorded: int
    noops: int
    position: int
    billed: list[str]
    corrected: list[BillCorrected]
    voided: list[str]
    restored: list[str]
    unchanged: int
    left_out: list[LeftOut]
    notes: list[str]
    dry_run: bool | msgspec.UnsetType
    would_record: Events
    would_record_more: More

    def table(self) -> None:
        """What it came to, in a sentence, and what changed in the ledger's bills."""
        files = ", ".join(self.files) if isinstance(self.files, list) else str(self.file)
        print_recorded(files, self.recorded, self.noops, is_dry_run=self.dry_run is True)
        if self.unchanged:
            print_text(said("  bills that are as the source says: {n}", n=self.unchanged))
        for change in self.corrected:
            print_text(
                said(
                    "  {bill}: {field} was {was}, is {now}",
                    bill=change.bill,
                    field=label(change.field),
                    was=change.was,
                    now=change.now,
                )
            )
        for bill in self.voided:
            print_text(said("  {bill}: void, as the source says", bill=bill))
        for bill in self.restored:
            print_text(said("  {bill}: stands again, as the source says", bill=bill))
        print_would_record(self.would_record, self.would_record_more)


def bills_answer(files: Sequence[str], taken: BillsTaken) -> BillsAnswer:
    """What files of bills came to, or would have."""
    outcome = taken.outcome
    return BillsAnswer(
        file=files[0] if len(files) == 1 else msgspec.UNSET,
        files=list(files) if len(files) > 1 else msgspec.UNSET,
        commands=taken.commands,
        recorded=taken.recorded,
        noops=taken.noops,
        position=taken.position,
        billed=outcome.billed,
        corrected=[
            BillCorrected(bill=each.bill, field=each.field, was=yuan(each.was), now=yuan(each.now))
            for each in outcome.corrected
        ],
        voided=outcome.voided,
        restored=outcome.restored,
        unchanged=outcome.unchanged,
        left_out=outcome.left_out,
        notes=outcome.notes,
        **msgspec.structs.asdict(dry_run_of(taken.supposed)),
    )
