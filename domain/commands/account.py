"""The commands that change an account."""

from __future__ import annotations

from domain.commands.command import Command
from domain.events import Stage
from domain.time import Instant
from domain.values import Id, Words


class EnrollAccount(Command, tag="account enroll", frozen=True, kw_only=True):
    """Enrol an account under the agreement."""

    ARGUMENTS = ("account",)
    account: Id
    enrolled_at: Instant
    stage: Stage = "general"
    region: Id | None = None
    covered_in_beta: bool = False
    name: Words | None = None


class RestageAccount(Command, tag="account restage", frozen=True, kw_only=True):
    """Record that an account moved between beta and general availability."""

    ARGUMENTS = ("account",)
    account: Id
    stage: Stage
    changed_at: Instant


class MoveAccount(Command, tag="account move", frozen=True, kw_only=True):
    """Record that an account moved to another region."""

    ARGUMENTS = ("account",)
    account: Id
    region: Id
    moved_at: Instant


class CorrectAccount(Command, tag="account correct", frozen=True, kw_only=True):
    """Correct an account's enrolment."""

    ARGUMENTS = ("account",)
    account: Id
    enrolled_at: Instant | None = None
    stage: Stage | None = None
    region: Id | None = None
    covered_in_beta: bool | None = None
    reason: Words


class RenameAccount(Command, tag="account rename", frozen=True, kw_only=True):
    """Give an account a name, or another one, for people to read."""

    ARGUMENTS = ("account",)
    account: Id
    name: Words


class CloseAccount(Command, tag="account close", frozen=True, kw_only=True):
    """Close an account; its covered months can still be claimed and its vouchers used."""

    ARGUMENTS = ("account",)
    account: Id
    closed_at: Instant
