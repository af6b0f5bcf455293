"""What is fixed about the stored ledger, and how its stream ids are made (text, the account first)."""

from __future__ import annotations

APPLICATION_ID = 0x534C4131
"""`SLA1` in a SQLite file's header: this is a ledger."""
SCHEMA_VERSION = 1
LOCK_SECONDS = 10
"""How long a writer waits for another one before it gives up (exit 5)."""

SHARED = "~"
"""The owner of what concerns more than one account; it sorts behind every account id."""
LEDGER = "~/ledger"
TERMS = "~/terms/"
CALENDARS = "~/calendar/"
SHARED_INCIDENTS = "~/incident/"


def after(prefix: str) -> str:
    """The first text behind all that begin with a prefix that ends in `/`: the end of its range."""
    return prefix[:-1] + "0"


ACCOUNTS = ("", SHARED)
"""Where the streams of all accounts lie: from the first id up to the second."""


def range_of(account: str) -> tuple[str, str]:
    """Where an account's streams lie: from the first id up to the second."""
    return f"{account}/", after(f"{account}/")


def account(account: str) -> str:
    """The stream of an account."""
    return f"{account}/account"


def incident(owner: str, incident: str) -> str:
    """The stream of an incident: its owner's, or what an account that joined a shared one holds of it."""
    return f"{owner}/incident/{incident}"


def bill(account: str, bill: str) -> str:
    """The stream of a bill."""
    return f"{account}/bill/{bill}"


def claim(account: str, month: str) -> str:
    """The stream of a claim's whole life."""
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


def source(name: str) -> str:
    """The stream of what was read of a source."""
    return f"~/source/{name}"


def reservation(kind: str, id_: str) -> str:
    """The stream that makes an id unique in the ledger."""
    return f"~/id/{kind}/{id_}"


def key(key: str) -> str:
    """The stream that an idempotency key spends."""
    return f"~/key/{key}"


def owner(stream: str) -> str:
    """The account that a stream belongs to, or `~`."""
    return stream.partition("/")[0]
