"""The stored projections account by account, for a comparison with what the events give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

import msgspec

from ledger.application import Ledger
from ledger.log.database import SideStore, SideStoreError, transaction
from ledger.queries.projected import BY_ACCOUNT, FORMAT, Projected

_SELECT = {
    name: f"SELECT {', '.join(table.columns)} FROM {name} WHERE account = ? ORDER BY {', '.join(table.key)}"
    for name, table in BY_ACCOUNT.items()
}
_KEYS = {name: tuple(list(table.columns).index(column) for column in table.key) for name, table in BY_ACCOUNT.items()}


class StoredRows:
    """The rows of a snapshot of the stored projections; `seen` counts those that were compared, by table."""

    def __init__(self, kept: SideStore) -> None:
        self._kept = kept
        self.seen: Counter[str] = Counter()

    @classmethod
    @contextmanager
    def at(cls, ledger: Ledger, position: int) -> Iterator[StoredRows | None]:
        """The rows as of a position; None where the projections are not stored, or as of another position."""
        try:
            kept = ledger.store.kept("views", read_only=True)
        except SideStoreError:
            yield None
            return
        with closing(kept), transaction(kept):
            is_so = kept.format() == FORMAT and kept.query("SELECT notification_id FROM tracking") == [(position,)]
            yield cls(kept) if is_so else None

    def are_of(self, account: Projected) -> bool:
        """Whether an account's rows are stored as the events give them."""
        given = _rows(account)
        self.seen.update({name: len(rows) for name, rows in given.items()})
        return all(self._kept.query(_SELECT[name], account.account) == rows for name, rows in given.items())

    def number(self) -> Counter[str]:
        """The number of all rows, by table."""
        return Counter({name: self._kept.query(f"SELECT COUNT(*) FROM {name}")[0][0] for name in BY_ACCOUNT})


def _rows(account: Projected) -> Mapping[str, list[tuple[Any, ...]]]:
    """An account's rows, in the order of their keys."""
    given: dict[str, Sequence[msgspec.Struct]] = {
        "months": account.months,
        "claims": account.claims,
        "vouchers": account.vouchers,
    }
    rows = {name: list(map(msgspec.structs.astuple, of_table)) for name, of_table in given.items()}
    rows["open_accounts"] = [(account.account,)] if account.is_open else []
    return {name: sorted(of_table, key=lambda row: [row[at] for at in _KEYS[name]]) for name, of_table in rows.items()}
