"""Shared parts of `slaledger export`: the options for the file and its format, and the receipt."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cli.answers.exports import FileWritten
from cli.options.completion import files
from cli.refusals import NoFormat
from cli.terminal.language import localized
from cli.terminal.output import FORMAT_VARIABLE, FORMATS, emit
from domain.text import Said
from ledger.files.writing import STDOUT


def target_options(formats: Mapping[str, tuple[str, ...]] | None = None) -> Callable[[Callable[..., Any]], Any]:
    """`-o` and `--force`; with formats, each with its file name endings, also the file's `--format`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option("--force", is_flag=True, help="Replace FILE if it exists.")(command)
        if formats is not None:
            command = _format_option(command, formats)
        names, told = ("-o", "--output", "file"), "Use - for stdout, the default."
        return click.option(*names, default=STDOUT, metavar="FILE", shell_complete=files, help=told)(command)

    return decorate


def _format_option(command: Callable[..., Any], formats: Mapping[str, tuple[str, ...]]) -> Callable[..., Any]:
    @wraps(command)
    def chosen(*words: Any, file: str, format_: str | None, **given: Any) -> Any:
        return command(*words, file=file, format_=format_ or by_ending(file, formats), **given)

    kind = click.Choice(list(formats))
    return click.option("--format", "format_", type=kind, help="Format of the file; by default that of its ending.")(
        chosen
    )


def by_ending(file: str, formats: Mapping[str, tuple[str, ...]]) -> str:
    """The format by the ending of a file's name. Raises Unreadable `no_format`."""
    for format_, endings in formats.items():
        if Path(file).suffix.lower() in endings:
            return format_
    known = ", ".join(ending for endings in formats.values() for ending in endings)
    raise NoFormat(file=file, formats="|".join(formats), endings=known)


def print_receipt(answer: FileWritten, words: Said) -> None:
    """Print what was written, unless it went to standard output."""
    if answer.file != STDOUT:
        emit(answer, receipt_format(), lambda: print(f"{answer.file}: {localized(words)}"))


def receipt_format() -> str | None:
    """The format of a receipt where `--format` is the file's: that of the environment, if it names one."""
    format_ = os.environ.get(FORMAT_VARIABLE)
    return format_ if format_ in FORMATS else None
