"""The rules that an event was recorded under."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from domain.case import Case
from domain.controls import Controls
from ledger.log import streams
from ledger.log.codec import Row
from ledger.log.reader import Reader
from ledger.log.shared_history import History, SharedHistory


def rules_known(log: Reader, common: SharedHistory) -> Callable[[int], Case]:
    """The terms and the controls that were known at a position of a log."""
    return rules_and_controls(common, log.stream(streams.CONTROLS))


def rules_and_controls(common: SharedHistory, rows: Sequence[Row]) -> Callable[[int], Case]:
    """The same, by all events of the controls."""
    controls = History(rows)

    def known(position: int) -> Case:
        held = controls.at(position).controls or Controls()
        return msgspec.structs.replace(common.rules.at(position), controls=held)

    return known
