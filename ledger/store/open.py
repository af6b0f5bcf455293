"""Opens the store that a URL names: `sqlite:///…` is a file, `postgresql://…` a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.text import words_of
from ledger.log.database import Store
from ledger.refusals.store import NoPsycopg
from ledger.store.urls import hiding_passwords, is_server

if TYPE_CHECKING:
    from ledger.store.postgres.store import ServerStore
    from ledger.store.sqlite.store import EmbeddedStore


def open_store(url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> Store:
    """Open the store of an existing ledger. Raises Unreadable as the stores do, and `no_psycopg`."""
    with hiding_passwords(url):
        return _kind(url).open(url, read_only=read_only, lock_seconds=lock_seconds)


def create_store(url: str, *, lock_seconds: int | None = None) -> Store:
    """Open the store of a ledger and create its tables where there are none. Raises Unreadable as `open_store` does."""
    with hiding_passwords(url):
        return _kind(url).create(url, lock_seconds=lock_seconds)


def _kind(url: str) -> type[ServerStore] | type[EmbeddedStore]:
    if is_server(url):
        _check_psycopg()
        from ledger.store.postgres.store import ServerStore

        return ServerStore
    from ledger.store.sqlite.store import EmbeddedStore

    return EmbeddedStore


def _check_psycopg() -> None:
    try:
        import psycopg_pool  # noqa: F401 - psycopg comes with it
    except ImportError as error:
        raise NoPsycopg(error=words_of(error)) from None
