"""Constants of the stored ledger, and its stream ids (text, the account first)."""

from __future__ import annotations

APPLICATION_ID = 0x534C4131
"""`SLA1`: it marks a SQLite file as a ledger in its header."""
SCHEMA_VERSION = 1
MOST_POSITION = 2**52
"""The log has no higher position, so that every reader can count them and many are left."""
LONGEST_STEP = 1_000_000
"""How many positions an event may leave out: a server's sequence leaves some out when a command fails."""
LOCK_SECONDS = 10
"""How many seconds a writer waits for another one before it gives up (exit 5)."""

SHARED = "~"
"""The owner of shared streams; it sorts after every account id."""
LEDGER = "~/ledger"
CONTROLS = "~/controls"
ACTORS = "~/actor/"
TERMS = "~/terms/"
CALENDARS = "~/calendar/"
SHARED_INCIDENTS = "~/incident/"


def after(prefix: str) -> str:
    """The end of the range of texts that begin with a prefix ending in `/`: the first text after them."""
    return prefix[:-1] + "0"


ACCOUNTS = ("", SHARED)
"""The range of the streams of all accounts: from the first id up to the second."""


def range_of(account: str) -> tuple[str, str]:
    """The range of an account's streams: from the first id up to the second."""
    return f"{account}/", after(f"{account}/")


def account(account: str) -> str:
    """The stream of an account."""
    return f"{account}/account"


def incident(owner: str, incident: str) -> str:
    """The stream of an incident, or of an account's membership in a shared one."""
    return f"{owner}/incident/{incident}"


def bill(account: str, bill: str) -> str:
    """The stream of a bill."""
    return f"{account}/bill/{bill}"


def claim(account: str, month: str) -> str:
    """The stream of a claim, with all its decisions and disputes."""
    return f"{account}/claim/{month}"


def voucher(account: str, voucher: str) -> str:
    """The stream of a voucher."""
    return f"{account}/voucher/{voucher}"


def terms(agreement: str) -> str:
    """The stream of an agreement's versions."""
    return f"{TERMS}{agreement}"


def calendar(country: str, year: int) -> str:
    """The stream of a year's working days."""
    return f"~/calendar/{country}-{year}"


def actor(name: str) -> str:
    """The stream of the keys of an actor."""
    return f"{ACTORS}{name}"


def source(name: str) -> str:
    """The stream of what was read of a source."""
    return f"~/source/{name}"


def reservation(kind: str, id_: str) -> str:
    """The stream that reserves an id, so that it is unique in the ledger."""
    return f"~/id/{kind}/{id_}"


def key(key: str) -> str:
    """The stream that records the use of an idempotency key."""
    return f"~/key/{key}"


def owner(stream: str) -> str:
    """The account that a stream belongs to, or `~`."""
    return stream.partition("/")[0]
