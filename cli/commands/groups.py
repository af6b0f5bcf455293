"""The groups with changing commands. Their other commands are imported only when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping

import click

from cli.commands.recording import recording_command
from cli.main import load_command
from domain.commands import BY_WORDS


class Verbs(click.Group):
    """A group with all changing commands of its name, generated on demand, and others by their `module:name`."""

    def __init__(self, name: str, help_text: str, others: Mapping[str, str]) -> None:
        super().__init__(name, help=help_text)
        self._others = others

    def _changing(self) -> list[str]:
        return [verb for name, _, verb in (words.partition(" ") for words in BY_WORDS) if name == self.name]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._changing(), *self._others})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._others:
            return load_command(self._others[cmd_name])
        words = f"{self.name} {cmd_name}"
        return recording_command(words, BY_WORDS[words]) if words in BY_WORDS else None


account = Verbs(
    "account",
    "Enrol accounts under the agreement, correct them, change their stage, close them.",
    {"list": "cli.commands.account:list_", "show": "cli.commands.account:show"},
)
terms = Verbs(
    "terms",
    "Publish, list, show and check versions of the agreement.",
    {
        "list": "cli.commands.terms:list_",
        "show": "cli.commands.terms:show",
        "check": "cli.commands.terms:check",
    },
)
calendar = Verbs(
    "calendar",
    "Record and show working days, as the State Council published them.",
    {"show": "cli.commands.calendar:show"},
)
incident = Verbs(
    "incident",
    "Record incidents of one account, of several, of a region, or of all accounts.",
    {"list": "cli.commands.incident:list_", "show": "cli.commands.incident:show"},
)
exclusion = Verbs("exclusion", "Apply exclusions of clause 2.3 to an incident or a part of it, or withdraw them.", {})
fees = Verbs(
    "fees",
    "Record what was billed for which months, and how much of it was paid with vouchers.",
    {"list": "cli.commands.fees:list_", "show": "cli.commands.fees:show"},
)
claim = Verbs(
    "claim",
    "File, decide, dispute and explain claims for a month.",
    {
        "list": "cli.commands.claim:list_",
        "show": "cli.commands.claim:show",
        "explain": "cli.commands.claim:explain",
    },
)
voucher = Verbs(
    "voucher",
    "Issue vouchers for awards, redeem them on later bills, reverse redemptions, cancel vouchers.",
    {"list": "cli.commands.voucher:list_", "show": "cli.commands.voucher:show"},
)
controls = Verbs(
    "controls",
    "Set which awards a second person must approve, whether commands are signed, and who the provider is.",
    {},
)
actor = Verbs(
    "actor",
    "Register the keys with which actors sign, retire them, and list them.",
    {"list": "cli.commands.actor:list_"},
)
