"""Lists what the code declares: every refusal, from its class, and every command of `slaledger`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import click

from cli.main import cli
from domain.refusals import Refusal

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "ledger", "projections", "cli")


def sources(*packages: str) -> list[Path]:
    """The modules of packages; of all four where none is named."""
    return sorted(path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py"))


def refusals() -> list[type[Refusal]]:
    """Every class of refusals that is raised, by module; a subclass follows its base."""
    for package in PACKAGES:
        for module in walk_packages([str(ROOT / package)], f"{package}."):
            import_module(module.name)
    raised = (kind for kind in dict.fromkeys(_below(Refusal)) if kind.message_template)
    return sorted(raised, key=lambda kind: kind.__module__)


def _below(kind: type[Refusal]) -> list[type[Refusal]]:
    below = kind.__subclasses__()
    return below + [one for each in below for one in _below(each)]


def everything(command: click.Command = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """A command and all its subcommands, with their words, such as `claim decide`, in the order of the help pages."""
    yield " ".join(words), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from everything(found, (*words, name))


def commands() -> Iterator[tuple[str, click.Command]]:
    """Each command that is not a group, with its words."""
    return ((words, command) for words, command in everything() if not isinstance(command, click.Group))
