"""What every command has."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from domain.values import Key


class Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="command"
):
    """Base of all commands. Once a command with a `key` was carried out, the same command changes nothing."""

    ARGUMENTS: ClassVar[tuple[str, ...]] = ()
    key: Key | None = None

    def wire(self) -> Command:
        """The command as a batch line spells it."""
        return self
