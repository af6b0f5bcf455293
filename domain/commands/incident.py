"""The commands that change an incident and its exclusions."""

from __future__ import annotations

from typing import Annotated

import msgspec

from domain.commands.command import Command
from domain.time import Instant, Seconds
from domain.values import Clause, EvidenceField, FunctionName, Id, Words


class OpenIncident(Command, tag="incident open", frozen=True, kw_only=True):
    """Record that a function became unavailable."""

    ARGUMENTS = ("incident",)
    incident: Id
    function: FunctionName
    started_at: Instant
    account: Id | None = None
    accounts: tuple[Id, ...] | None = None
    regions: tuple[Id, ...] | None = None
    all_accounts: bool = False
    uncertainty_seconds: Seconds | None = None
    reported_by: Words | None = None
    reason: Words | None = None
    evidence: tuple[EvidenceField, ...] = ()
    again: bool = False


class CloseIncident(Command, tag="incident close", frozen=True, kw_only=True):
    """Record that an incident ended."""

    ARGUMENTS = ("incident",)
    incident: Id
    ended_at: Instant
    uncertainty_seconds: Seconds | None = None
    reported_by: Words | None = None
    reason: Words | None = None
    evidence: tuple[EvidenceField, ...] = ()


class CorrectIncident(Command, tag="incident correct", frozen=True, kw_only=True):
    """Correct an incident's start, end or function."""

    ARGUMENTS = ("incident",)
    incident: Id
    started_at: Instant | None = None
    ended_at: Instant | None = None
    function: FunctionName | None = None
    uncertainty_seconds: Seconds | None = None
    reason: Words


class ReopenIncident(Command, tag="incident reopen", frozen=True, kw_only=True):
    """Record that an incident's end is not known after all."""

    ARGUMENTS = ("incident",)
    incident: Id
    reason: Words


class WithdrawIncident(Command, tag="incident withdraw", frozen=True, kw_only=True):
    """Withdraw an incident recorded in error."""

    ARGUMENTS = ("incident",)
    incident: Id
    reason: Words


class ApplyExclusion(Command, tag="exclusion apply", frozen=True, kw_only=True, rename={"from_": "from"}):
    """Exclude an incident or a part of it for a cause of clause 2.3."""

    ARGUMENTS = ("incident",)
    incident: Id
    clause: Clause
    from_: Instant | None = None
    to: Instant | None = None
    notified_at: Instant | None = None
    announced_from: Instant | None = None
    announced_to: Instant | None = None
    reason: Words | None = None
    evidence: tuple[EvidenceField, ...] = ()
    again: bool = False


class WithdrawExclusion(Command, tag="exclusion withdraw", frozen=True, kw_only=True):
    """Withdraw an exclusion."""

    ARGUMENTS = ("incident", "exclusion")
    incident: Id
    exclusion: Annotated[int, msgspec.Meta(ge=1)]
    reason: Words
