"""The files that were exported."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cli.terminal.output import WIDTH, print_table, print_text
from domain.text import counted, said


class FileWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written."""

    file: str


class JournalWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export journal`."""

    vouchers: int
    transactions: int


class PromiseWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export openslo`."""

    documents: int
    version: str


class DeadlinesWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export ics`."""

    events: int
    todos: int


class RowsWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger export` of a table."""

    rows: int


class SiteWritten(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger export site`: the folder's files, how many were made or removed, and the log's last position."""

    folder: str
    files: int
    made: int
    removed: int
    position: int


class LetterWritten(FileWritten, frozen=True, kw_only=True):
    """`slaledger claim letter`."""

    account: str
    month: str
    bytes: int


class MonthOfLetters(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger claim letter --all`: the letters, and the accounts whose claims wait for a decision."""

    folder: str
    month: str
    letters: list[LetterWritten]
    undecided: list[str]

    def table(self) -> None:
        """Print the letters' files, and the accounts without one."""
        account, file, size = said("account"), said("file"), said("bytes")
        rows = [(each.account, Path(each.file).name, str(each.bytes)) for each in self.letters]
        print_table((account, file, size), rows, right=[size], title=self.folder)
        if self.undecided:
            told = counted(
                "{n} claim has no letter, since it waits for its decision: {accounts}",
                "{n} claims have no letter, since they wait for their decisions: {accounts}",
                n=len(self.undecided),
                accounts=", ".join(self.undecided),
            )
            print_text(told, width=WIDTH)
