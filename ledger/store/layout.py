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
CALENDARS = "~/calendar/"
SHARED_INCIDENTS = "~/incident/"


def after(prefix: str) -> str:
    """The first text behind all that begin with a prefix that ends in `/`: the end of its range."""
    return prefix[:-1] + "0"


def account(account: str) -> str:
    return f"{account}/account"


def incident(owner: str, incident: str) -> str:
    return f"{owner}/incident/{incident}"


def bill(account: str, bill: str) -> str:
    return f"{account}/bill/{bill}"


def claim(account: str, month: str) -> str:
    return f"{account}/claim/{month}"


def voucher(account: str, voucher: str) -> str:
    return f"{account}/voucher/{voucher}"


def terms(agreement: str) -> str:
    return f"~/terms/{agreement}"


def calendar(country: str, year: int) -> str:
    return f"~/calendar/{country}-{year}"


def reservation(kind: str, id_: str) -> str:
    return f"~/id/{kind}/{id_}"


def key(key: str) -> str:
    return f"~/key/{key}"


def owner(stream: str) -> str:
    """The account that a stream belongs to, or `~`."""
    return stream.partition("/")[0]
