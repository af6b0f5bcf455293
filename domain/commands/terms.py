"""The commands that publish rules: versions of the agreement, and calendars of working days."""

from __future__ import annotations

from typing import Annotated

import msgspec

from domain.commands.command import Command
from domain.time import Instant
from domain.values import Words


class PublishTerms(Command, tag="terms publish", frozen=True, kw_only=True):
    """Publish a version of the agreement, or one again with other readings."""

    ARGUMENTS = ("file",)
    file: str | None = None
    document: str | None = None
    noticed_at: Instant | None = None
    reason: Words | None = None


class PublishCalendar(Command, tag="calendar publish", frozen=True, kw_only=True):
    """Record a year's working days, from the published calendar or from a file."""

    ARGUMENTS = ("year",)
    year: Annotated[int, msgspec.Meta(ge=2000, le=2200)]
    file: str | None = None
    source: Words | None = None
    reason: Words | None = None
