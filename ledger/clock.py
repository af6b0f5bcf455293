"""What differs from one run to the next: the clock, random ids, and the release. Folds and rules use none of it."""

from __future__ import annotations

import time
import uuid


def now_us() -> int:
    """The ledger's clock: microseconds since 1970-01-01T00:00:00Z."""
    return time.time_ns() // 1000


def new_ledger_id() -> str:
    """A unique id for a new ledger."""
    return f"slaledger-{uuid.uuid4().hex}"


def release() -> str:
    """The version of slaledger that runs."""
    from importlib.metadata import version

    return version("slaledger")


def new_token() -> str:
    """A few random characters for the unique name of a temporary file."""
    return uuid.uuid4().hex[:12]
