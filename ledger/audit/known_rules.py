"""The rules that an event was recorded under."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache

import msgspec

from domain.case import Case
from domain.controls import Controls
from ledger.log import streams
from ledger.log.codec import Row
from ledger.log.reader import Reader
from ledger.log.shared_history import History, SharedHistory


def rules_known(log: Reader, common: SharedHistory) -> Callable[[int], Case]:
    """The terms, the controls and the rules of recording that held at a position of a log."""
    return rules_and_controls(common, log.stream(streams.CONTROLS), log.stream(streams.LEDGER))


def rules_and_controls(
    common: SharedHistory, controls_set: Sequence[Row], upgraded: Sequence[Row]
) -> Callable[[int], Case]:
    """The same, by all events of the controls and of the ledger itself."""
    controls, upgrades = History(controls_set), History(upgraded)
    changes = sorted(row.position for row in (*common.rules.rows, *controls_set, *upgraded))

    @cache
    def known_after(count: int) -> Case:
        position = changes[count - 1] if count else 0
        held = controls.at(position).controls or Controls()
        return msgspec.structs.replace(common.rules.at(position), controls=held, rules=upgrades.at(position).rules)

    return lambda position: known_after(bisect_right(changes, position))
