"""The one clock and the one source of ids; folds and rules never ask for either."""

from __future__ import annotations

import time
import uuid


def now_us() -> int:
    """The ledger's clock: microseconds since 1970-01-01T00:00:00Z."""
    return time.time_ns() // 1000


def new_ledger_id() -> str:
    """The id of a new ledger, unlike any other's."""
    return f"slaledger-{uuid.uuid4().hex}"


def new_token() -> str:
    """A few characters that make the name of a temporary file unlike any other's."""
    return uuid.uuid4().hex[:12]
