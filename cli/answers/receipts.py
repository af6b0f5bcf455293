"""The answer of a command that changes the ledger: its receipt."""

from __future__ import annotations

import msgspec

from cli.terminal.language import localized
from cli.terminal.numbers import money
from cli.terminal.output import fields_of, print_pairs, print_text
from cli.terminal.vocabulary import label, word
from domain.decision import Outcome
from domain.money import Fen, yuan
from domain.text import counted, said
from ledger.commands.execution import Done

Text = str | msgspec.UnsetType
Number = int | msgspec.UnsetType
Amount = Fen | msgspec.UnsetType


class DoneAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a command, followed by the fields of its receipt, in this order."""

    command: str
    noop: bool
    recorded: int
    position: int
    ledger: Text = msgspec.UNSET
    agreement: Text = msgspec.UNSET
    version: Text = msgspec.UNSET
    year: Number = msgspec.UNSET
    sha256: Text = msgspec.UNSET
    incident: Text = msgspec.UNSET
    exclusion: Number = msgspec.UNSET
    bill: Text = msgspec.UNSET
    account: Text = msgspec.UNSET
    month: Text = msgspec.UNSET
    decision: Number = msgspec.UNSET
    outcome: Outcome | msgspec.UnsetType = msgspec.UNSET
    voucher: Text = msgspec.UNSET
    redemption: Number = msgspec.UNSET
    amount: Amount = msgspec.UNSET
    balance: Amount = msgspec.UNSET
    approval_above: Fen | msgspec.UnsetType | None = msgspec.UNSET
    provider_name: str | msgspec.UnsetType | None = msgspec.UNSET
    provider_address: str | msgspec.UnsetType | None = msgspec.UNSET
    signed: bool | msgspec.UnsetType = msgspec.UNSET
    stewards: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    actor: Text = msgspec.UNSET
    public_key: Text = msgspec.UNSET
    warnings: list[str] | msgspec.UnsetType = msgspec.UNSET

    def table(self) -> None:
        """Print the result, and its receipt one line per field."""
        outcome = (
            said("nothing to do")
            if self.noop
            else counted(
                "{n} event recorded, position {position}",
                "{n} events recorded, position {position}",
                n=self.recorded,
                position=self.position,
            )
        )
        print_text(said("{command}: {outcome}", command=self.command, outcome=outcome))
        told = ((name, value) for name, value in fields_of(self) if name not in _NO_RECEIPT and value is not False)
        print_pairs((f"  {localized(label(name))}", _plain(name, value)) for name, value in told)


_NO_RECEIPT = {"command", "noop", "recorded", "position", "warnings"}


def _plain(name: str, value: object) -> object:
    """A field of a receipt as people read it."""
    if name in ("amount", "approval_above") and isinstance(value, Fen):
        return money(yuan(value))
    if name == "stewards" and isinstance(value, list | tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return word(str(value).lower())
    return word(str(value)) if name == "outcome" else value


def done_answer(done: Done) -> DoneAnswer:
    """The result of a command."""
    return DoneAnswer(
        command=done.command,
        noop=done.noop,
        recorded=done.recorded,
        position=done.position,
        warnings=done.warnings or msgspec.UNSET,
        **msgspec.structs.asdict(done.receipt),
    )
