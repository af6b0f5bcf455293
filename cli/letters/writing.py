"""Writes letters to files: one, or those of a month."""

from __future__ import annotations

from pathlib import Path

from cli.answers.exports import LetterWritten, MonthOfLetters
from cli.letters.letter import letter_of
from cli.letters.rendering import Kind, letter_bytes
from cli.pages.site.paths import named
from cli.terminal.language import language
from domain.case import Case
from domain.claim import status
from ledger.demo import is_demo
from ledger.files.reading import read_bytes
from ledger.files.writing import explain_write_errors, new_file
from ledger.log import streams
from ledger.log.reader import Reader


class Letters:
    """The letters of a ledger, of a kind, by the user's templates or ours; `force` replaces files."""

    def __init__(self, log: Reader, *, kind: Kind, templates: Path | None, force: bool) -> None:
        self.controls = log.controls()
        self._log = log
        self._kind = kind
        self._templates = templates
        self._force = force
        self._is_demo = is_demo(log.ledger_id())

    def of(self, account: str, month: str, file: str) -> LetterWritten:
        """Write the letter about an account's month.

        Raises as `letter_of`, `letter_bytes` and `new_file` do.
        """
        data = self._bytes(self._log.case(account), account, month)
        self._write(file, data)
        return LetterWritten(file=file, account=account, month=month, bytes=len(data))

    def of_month(self, month: str, folder: Path) -> MonthOfLetters:
        """Write a letter for each decided claim of a month, into a folder, which is made where there is none.

        A letter that is there already stays; one with other content is replaced only with `force`. Raises Unreadable
        `unwritable_file`, `file_exists`, and as `letter_bytes` does.
        """
        with explain_write_errors(folder):
            folder.mkdir(exist_ok=True)
        letters: list[LetterWritten] = []
        undecided: list[str] = []
        for history in self._log.account_histories(*streams.ACCOUNTS):
            case = history.case(self._log.position())
            stands = status(case.claims[month]) if month in case.claims else "withdrawn"
            if stands == "filed":
                undecided.append(history.account)
            if stands in ("filed", "withdrawn"):
                continue
            file = folder / f"{named(history.account)}-{month}.{self._kind}"
            data = self._bytes(case, history.account, month)
            if not (file.is_file() and read_bytes(str(file)) == data):
                self._write(str(file), data)
            letters.append(LetterWritten(file=str(file), account=history.account, month=month, bytes=len(data)))
        return MonthOfLetters(folder=str(folder), month=month, letters=letters, undecided=undecided)

    def _write(self, file: str, data: bytes) -> None:
        with new_file(file, force=self._force) as out:
            out.write(data)

    def _bytes(self, case: Case, account: str, month: str) -> bytes:
        made = letter_of(case, self.controls, account, month, is_demo=self._is_demo)
        return letter_bytes(made, self._kind, language(), self._templates)
