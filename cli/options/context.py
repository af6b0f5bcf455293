"""The context of every command: the named ledger, the actor, and the settings."""

from __future__ import annotations

import getpass
import os

import click

from cli.main import Settings
from cli.refusals import BadActor, BadEnvironment, NoActor
from cli.terminal.output import warn
from domain.text import said
from domain.values import is_actor
from ledger.application import Ledger


def settings() -> Settings:
    """The global options of the running command."""
    found = click.get_current_context().find_object(Settings)
    if found is None:
        raise click.UsageError(said("run this through `slaledger`"))
    return found


def open_ledger(*, read_only: bool = False) -> Ledger:
    """Open the named ledger; the store's warnings are printed at the end.

    Raises Unreadable where there is none.
    """
    ledger = Ledger.open(settings().url, read_only=read_only, lock_seconds=lock_seconds())
    click.get_current_context().call_on_close(lambda: _tell(ledger.store.notes))
    return ledger


def _tell(notes: list[str]) -> None:
    for note in notes:
        warn(note)


def lock_seconds() -> int | None:
    """The seconds to wait for another writer, if the environment sets them."""
    text = os.environ.get("SLALEDGER_LOCK_SECONDS", "")
    if text and not text.isdecimal():
        raise BadEnvironment(text=text)
    return int(text) if text else None


def actor(ledger: Ledger) -> str:
    """The actor: as given, else the login that the ledger's server asks for, else the login name.

    Raises Unreadable `no_actor`.
    """
    name = ledger.store.login if settings().actor is None else settings().actor
    if name is None:
        try:
            name = getpass.getuser()
        except (OSError, KeyError):
            raise NoActor() from None
    if not is_actor(name):
        raise BadActor()
    return name
