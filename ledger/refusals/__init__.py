"""What the ledger refuses around the rules: commands, files, stores, imports, proofs; one file a part."""

from __future__ import annotations

from domain.refusals import ManyFaults as ManyFaults
from domain.refusals import Unreadable
from domain.text import said


class Misread(Unreadable):
    """A foreign file cannot be turned into commands without guessing; nothing of it is used.

    `place` is `FILE`, `FILE:LINE`, `FILE:LINE:COLUMN` or `FILE: $.json.path`; the message begins with it.
    """

    place: str

    @property
    def finding(self) -> str:
        """What is wrong, without the place."""
        return self._written(self.message_template)

    @property
    def message(self) -> str:
        """The place, and what is wrong there."""
        return self._message or said("{place}: {message}", place=self.place, message=self.finding)


class UnknownWord(Misread):
    """A word in a foreign file that is none of those known there; `value` is as JSON has it."""

    value: str
