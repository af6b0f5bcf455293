"""The result of a batch file."""

from __future__ import annotations

import msgspec

from cli.answers.would_record import Events, More, dry_run_of, print_would_record
from cli.terminal.output import print_text
from domain.text import counted, said
from ledger.commands.batch_report import LineRefusal, Report


class LineRefused(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a batch that was refused."""

    line: int
    code: str
    message: str
    clause: str | None
    hint: str | None


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger batch`: the result of a file of commands."""

    lines: int
    recorded: int
    noops: int
    refused: list[LineRefused]
    position: int
    done_before: int
    dry_run: bool | msgspec.UnsetType
    would_record: Events
    would_record_more: More

    def table(self) -> None:
        """Print the result in a sentence or two."""
        recorded = (
            counted("{n} event would be recorded", "{n} events would be recorded", n=self.recorded)
            if self.dry_run
            else counted("{n} event recorded", "{n} events recorded", n=self.recorded)
        )
        print_text(
            said(
                "{lines}: {recorded}, {noops}, {refused} refused; position {position}",
                lines=counted("{n} line", "{n} lines", n=self.lines),
                recorded=recorded,
                noops=counted("{n} no-op", "{n} no-ops", n=self.noops),
                refused=len(self.refused),
                position=self.position,
            )
        )
        if self.done_before:
            print_text(
                counted(
                    "line {n} was done by an earlier run of this file",
                    "lines 1 to {n} were done by an earlier run of this file",
                    n=self.done_before,
                )
            )
        print_would_record(self.would_record, self.would_record_more)


def batch_answer(report: Report) -> BatchAnswer:
    """The result of a file of commands, or of its dry run."""
    return BatchAnswer(
        lines=report.lines,
        recorded=report.recorded,
        noops=report.noops,
        refused=[_line_refused(each) for each in report.refused],
        position=report.position,
        done_before=report.done_before,
        **msgspec.structs.asdict(dry_run_of(report.supposed)),
    )


def _line_refused(each: LineRefusal) -> LineRefused:
    refusal = each.refusal
    return LineRefused(
        line=each.line, code=refusal.code, message=refusal.message, clause=refusal.clause, hint=refusal.hint
    )
