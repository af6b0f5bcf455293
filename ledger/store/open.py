"""Opens the store that a URL names: `sqlite:///…` is a file, `postgresql://…` a server."""

from __future__ import annotations

from domain.text import words_of
from ledger.log.database import Store
from ledger.refusals.store import NoPsycopg

_SERVER = ("postgresql://", "postgres://")


def open_store(url: str, *, read_only: bool = False, lock_seconds: int | None = None) -> Store:
    """Open the store of an existing ledger. Raises Unreadable as the stores do, and `no_psycopg`."""
    if is_server(url):
        _check_psycopg()
        from ledger.store.postgres.store import ServerStore

        return ServerStore.open(url, read_only=read_only, lock_seconds=lock_seconds)
    from ledger.store.sqlite.store import EmbeddedStore

    return EmbeddedStore.open(url, read_only=read_only, lock_seconds=lock_seconds)


def create_store(url: str, *, lock_seconds: int | None = None) -> Store:
    """Open the store of a ledger and create its tables where there are none. Raises Unreadable as `open_store` does."""
    if is_server(url):
        _check_psycopg()
        from ledger.store.postgres.store import ServerStore

        return ServerStore.create(url, lock_seconds=lock_seconds)
    from ledger.store.sqlite.store import EmbeddedStore

    return EmbeddedStore.create(url, lock_seconds=lock_seconds)


def is_server(url: str) -> bool:
    """Whether a URL names a ledger on a server."""
    return url.startswith(_SERVER)


def _check_psycopg() -> None:
    try:
        import psycopg_pool  # noqa: F401 - psycopg comes with it
    except ImportError as error:
        raise NoPsycopg(error=words_of(error)) from None
