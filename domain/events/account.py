"""Events of an account."""

from __future__ import annotations

from domain.events.event import Event, InstantUs, Stage


class AccountEnrolled(Event, frozen=True, kw_only=True):
    """An account came under the agreement."""

    account: str
    enrolled_at: InstantUs
    stage: Stage
    region: str | None = None
    covered_in_beta: bool = False


class AccountRestaged(Event, frozen=True, kw_only=True):
    """An account moved to another stage."""

    account: str
    stage: Stage
    changed_at: InstantUs


class AccountMoved(Event, frozen=True, kw_only=True):
    """An account moved to another region."""

    account: str
    region: str
    moved_at: InstantUs


class AccountCorrected(Event, frozen=True, kw_only=True):
    """An account's enrolment was corrected. A field left out stays as it was."""

    account: str
    enrolled_at: InstantUs | None = None
    stage: Stage | None = None
    region: str | None = None
    covered_in_beta: bool | None = None


class AccountNamed(Event, frozen=True, kw_only=True):
    """An account got a name, or another one, for people to read. No rule depends on it."""

    account: str
    name: str


class AccountClosed(Event, frozen=True, kw_only=True):
    """An account was closed."""

    account: str
    closed_at: InstantUs
