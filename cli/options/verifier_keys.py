"""`--vkey`: verifier keys, as text or as files that hold one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ledger.files.reading import is_file, read_text

_Command = TypeVar("_Command", bound=Callable[..., Any])


def vkey_option(help_: str) -> Callable[[_Command], _Command]:
    """An option that gives the command `keys`, the verifier keys as text. Raises Unreadable `unreadable_file`."""
    return click.option(
        "--vkey", "keys", multiple=True, metavar="KEY", callback=_read, help=f"{help_} KEY may be a file that holds it."
    )


def _read(ctx: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(read_text(each).strip() if is_file(each) else each for each in given)
