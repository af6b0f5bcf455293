"""The command line that was probably meant by one with a mistyped word, option or value."""

from __future__ import annotations

import re
import shlex
import sys

import click

from domain.nearest import nearest_word

_QUOTED = re.compile(r"'([^']+)'")
"""The word that click names in its message; older releases of it give it nowhere else."""


def line_meant(wrong: str, *right: str) -> str | None:
    """The command line with a word replaced by others; None where it does not stand there, or may hold a password."""
    words = sys.argv[1:]
    again = [part for each in words for part in _replaced(each, wrong, right)]
    return None if again == words or _may_hold_password(words) else shlex.join(["slaledger", *again])


def line_with(*more: str) -> str | None:
    """The command line with more words behind it; None where it may hold a password, or imports what a file names."""
    words = sys.argv[1:]
    return None if "--config" in words or _may_hold_password(words) else shlex.join(["slaledger", *words, *more])


def _may_hold_password(words: list[str]) -> bool:
    return any("://" in each and "@" in each for each in words)


def _replaced(word: str, wrong: str, right: tuple[str, ...]) -> tuple[str, ...]:
    """A word with another value: of its own, of an option's name, or behind the `=` of an option."""
    name, equals, value = word.partition("=")
    if equals and name.startswith("--"):
        return (f"{right[0] if name == wrong else name}={right[0] if value == wrong else value}",)
    return right if word == wrong else (word,)


def usage_meant(error: click.ClickException) -> str | None:
    """The line that was meant by a mistake in the words, an option or a choice; None where none is near."""
    context: click.Context | None = getattr(error, "ctx", None)
    if context is None:
        return None
    wrong, known = _mistyped(error, context)
    if wrong is None:
        return None
    groups = _groups(context)
    near = wrong if wrong in groups else nearest_word(wrong, [*known, *groups])
    if near is None:
        return None
    return line_meant(wrong, near) if near in known else line_meant(wrong, groups[near], near)


def _groups(context: click.Context) -> dict[str, str]:
    """The group of each command that is in one group alone: `verify` without `audit` can only be that one.

    There are none where the line already names a group.
    """
    found: dict[str, list[str]] = {}
    if context.parent is None and isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            group = context.command.get_command(context, name)
            for each in group.list_commands(context) if isinstance(group, click.Group) else ():
                found.setdefault(each, []).append(name)
    return {each: names[0] for each, names in found.items() if len(names) == 1}


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
