"""What every command has."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import msgspec

from domain.time import MonthText
from domain.values import Id, Key


class Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="command"
):
    """Base of all commands. Once a command with a `key` was carried out, the same command changes nothing."""

    ARGUMENTS: ClassVar[tuple[str, ...]] = ()
    key: Key | None = None

    def wire(self) -> Command:
        """The command as a batch line spells it."""
        return self


class MonthCommand(Command, frozen=True, kw_only=True):
    """Base of the month's runs: a command for every account of a month that has something to do."""

    month: MonthText

    @abstractmethod
    def of(self, account: Id) -> Command:
        """The command for one of the accounts. It has no key: the key belongs to the run."""
