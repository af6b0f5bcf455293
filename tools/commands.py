"""Lists every command of `slaledger`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.main import cli


def commands(group: click.Group = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Each command that is not a group, with its words, such as `claim decide`, in the order of the help pages."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        elif command is not None:
            yield " ".join((*words, name)), command
