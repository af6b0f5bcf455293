"""The command line that was probably meant by one with a mistyped word, option or value."""

from __future__ import annotations

import re
import shlex
import sys

import click

from domain.nearest import nearest_word

_QUOTED = re.compile(r"'([^']+)'")
"""The word that click names in its message; older releases of it give it nowhere else."""


def line_meant(wrong: str, right: str) -> str | None:
    """The command line with a word replaced; None where it does not stand there, or the line may hold a password."""
    words = sys.argv[1:]
    again = [_replaced(each, wrong, right) for each in words]
    return None if again == words or _may_hold_password(words) else shlex.join(["slaledger", *again])


def line_with(*more: str) -> str | None:
    """The command line with more words behind it; None where it may hold a password, or imports what a file names."""
    words = sys.argv[1:]
    return None if "--config" in words or _may_hold_password(words) else shlex.join(["slaledger", *words, *more])


def _may_hold_password(words: list[str]) -> bool:
    return any("://" in each and "@" in each for each in words)


def _replaced(word: str, wrong: str, right: str) -> str:
    """A word with another value: of its own, of an option's name, or behind the `=` of an option."""
    name, equals, value = word.partition("=")
    if equals and name.startswith("--"):
        return f"{right if name == wrong else name}={right if value == wrong else value}"
    return right if word == wrong else word


def usage_meant(error: click.ClickException) -> str | None:
    """The line that was meant by a mistake in the words, an option or a choice; None where none is near."""
    context: click.Context | None = getattr(error, "ctx", None)
    if context is None:
        return None
    wrong, known = _mistyped(error, context)
    near = None if wrong is None else nearest_word(wrong, known)
    return None if wrong is None or near is None else line_meant(wrong, near)


def _mistyped(error: click.ClickException, context: click.Context) -> tuple[str | None, list[str]]:
    """The word that is not known, and those that are there."""
    if isinstance(context.command, click.Group) and type(error).__name__ in ("NoSuchCommand", "UsageError"):
        named = _QUOTED.search(error.message)
        return named and named[1], context.command.list_commands(context)
    if isinstance(error, click.NoSuchOption):
        return error.option_name, [name for param in context.command.params for name in param.opts]
    kind = error.param and error.param.type if isinstance(error, click.BadParameter) else None
    if isinstance(error, click.BadParameter) and isinstance(kind, click.Choice):
        return _value_of(error.param), [str(each) for each in kind.choices]
    return None, []


def _value_of(param: click.Parameter | None) -> str | None:
    """The value that the command line gives to an option; None where it gives none."""
    words = sys.argv[1:]
    names = () if param is None else param.opts
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else words[place + 1] if place + 1 < len(words) else None
    return None
