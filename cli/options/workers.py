"""`--workers N` and `--cluster ADDRESS`: the workers for work that divides by accounts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from domain.text import said
from ledger.parallel.work import Workers


def workers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options; the command gets them as `workers`. Raises click.UsageError."""

    @click.option(
        "--workers",
        "processes",
        type=click.IntRange(1, 1024),
        metavar="N",
        help="Use N processes; by default one for each processor, and only one for fewer than 50,000 events.",
    )
    @click.option("--cluster", "address", metavar="ADDRESS", help="Use the Dask workers of tcp://HOST:PORT.")
    @functools.wraps(command)
    def divided(*words: Any, processes: int | None, address: str | None, **given: Any) -> Any:
        if processes is not None and address is not None:
            raise click.UsageError(said("give --workers or --cluster, not both"), click.get_current_context())
        return command(*words, workers=Workers(processes, address), **given)

    return divided
