"""`completion`: the scripts that make a shell ask for completions."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from cli.refusals import UnknownShell

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_SLALEDGER_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script with which a shell completes commands, options and the ledger's ids.

    For bash, write the output to ~/.local/share/bash-completion/completions/slaledger; for fish, to
    ~/.config/fish/completions/slaledger.fish; for zsh, to a file that ~/.zshrc reads.

    \b
    Example:
      slaledger completion bash
    """
    script = get_completion_class(shell)
    if script is None:
        raise UnknownShell(shell=shell)
    print(script(click.Group(), {}, "slaledger", VARIABLE).source())
