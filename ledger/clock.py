"""What differs from one run to the next: the clock, random ids, and the release. Folds and rules use none of it."""

from __future__ import annotations

import time
import uuid
from contextvars import ContextVar

DEMO = "slaledger-demo-"
"""The beginning of a demo ledger's id."""
_GIVEN: ContextVar[int | None] = ContextVar("now", default=None)
"""The time that a command on a demo ledger was given."""


def now_us() -> int:
    """The ledger's clock: microseconds since 1970-01-01T00:00:00Z."""
    given = _GIVEN.get()
    return time.time_ns() // 1000 if given is None else given


def give_now(instant_us: int) -> None:
    """Let the clock stand at an instant for the rest of the running command."""
    _GIVEN.set(instant_us)


def new_ledger_id(*, demo: bool = False) -> str:
    """A unique id for a new ledger, which says whether it is a demo."""
    return f"{DEMO if demo else 'slaledger-'}{uuid.uuid4().hex}"


def release() -> str:
    """The version of slaledger that runs."""
    from importlib.metadata import version

    return version("slaledger")


def new_token() -> str:
    """A few random characters for the unique name of a temporary file."""
    return uuid.uuid4().hex[:12]
