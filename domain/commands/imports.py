"""Commands that only an import gives: no batch line spells them."""

from __future__ import annotations

from domain.commands.command import Command
from domain.values import Id, Words


class RestoreIncident(Command, tag="incident restore", frozen=True, kw_only=True):
    """Undo an incident's withdrawal: its source tells of the incident again."""

    incident: Id
    reason: Words


class KeepIncident(Command, tag="incident keep", frozen=True, kw_only=True):
    """Confirm an incident of which its source no longer tells (`--gone ID=kept`)."""

    incident: Id
    reason: Words


class ReleaseIncident(Command, tag="incident release", frozen=True, kw_only=True):
    """Hand an incident that a person changed back to its source (`--take-source ID`)."""

    incident: Id
    reason: Words
