"""`slaledger audit timestamp`: the time stamp of a checkpoint that was checked and kept."""

from __future__ import annotations

from typing import Any

import msgspec

from cli.terminal.output import WIDTH, print_text
from cli.terminal.values import ZonedInstant
from domain.keys import encoded
from domain.text import counted, said
from ledger.transparency.attested import Attested
from ledger.transparency.timestamps import TimeStamp


class TimestampAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A kept time stamp: the checkpoint, the instant, who says so, and whether the signature was checked.

    `authority` is the subject of the authority's certificate, `policy` an object identifier, `serial` the time stamp's
    number; `kept` names the checkpoint that it was kept with.
    """

    ledger: str
    size: int
    root: str
    time: ZonedInstant
    authority: str
    policy: str
    serial: str
    checked: bool
    kept: str

    def table(self) -> None:
        """Print which events existed when, as whom it says, and where that was kept."""
        values: dict[str, Any] = {"time": self.time.rfc3339(), "authority": self.authority}
        if self.checked:
            told = counted(
                "the first {n} event existed at {time}, as {authority} says",
                "the first {n} events existed at {time}, as {authority} says",
                n=self.size,
                **values,
            )
        else:
            told = counted(
                "in the name of {authority}, unchecked: the first {n} event existed at {time}",
                "in the name of {authority}, unchecked: the first {n} events existed at {time}",
                n=self.size,
                **values,
            )
        print_text(told, width=WIDTH)
        print_text(said("kept with {file}", file=self.kept))


def timestamp_answer(kept: Attested, stamp: TimeStamp, zone: str, place: str, *, checked: bool) -> TimestampAnswer:
    """The answer about a time stamp that was kept in a place."""
    return TimestampAnswer(
        ledger=kept.checkpoint.origin,
        size=kept.checkpoint.size,
        root=encoded(kept.checkpoint.root),
        time=ZonedInstant(stamp.time_us, zone),
        authority=stamp.authority,
        policy=stamp.policy,
        serial=str(stamp.serial),
        checked=checked,
        kept=place,
    )
