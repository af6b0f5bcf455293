"""The rules that an event was recorded under."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from domain.case import Case
from domain.controls import Controls
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.log.shared_history import History, SharedHistory


def rules_known(log: Reader, common: SharedHistory) -> Callable[[int], Case]:
    """The terms, the controls and the rules of recording that held at a position."""
    controls, upgrades = History(log.stream(streams.CONTROLS)), History(log.stream(streams.LEDGER))

    def known(position: int) -> Case:
        held = controls.at(position).controls or Controls()
        return msgspec.structs.replace(common.rules.at(position), controls=held, rules=upgrades.at(position).rules)

    return known
