"""Who could approve an award: whether anybody is left whom the rules let approve it."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from ledger.log.reader import Reader

RECENT = 10_000
"""As many of the log's last events tell who records in a ledger that knows no logins."""


class Approvers(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who could approve an award that they did not decide, each by all their names.

    Where a server holds events to logins, these are the logins of the approver's role; else whoever recorded one of
    the log's last `RECENT` events.
    """

    names: tuple[frozenset[str], ...]

    def other_than(self, deciders: Collection[str]) -> bool:
        """Whether one of them made none of the decisions."""
        return any(own.isdisjoint(deciders) for own in self.names)


def approvers(log: Reader) -> Approvers:
    """Who could approve, by the log and its store."""
    logins = log.logins()
    if logins.login is not None:
        return Approvers(names=tuple(map(logins.of, logins.approvers)))
    actors = dict.fromkeys(log.last_actors(RECENT))
    return Approvers(names=tuple(frozenset({actor}) for actor in actors))


def nobody_else(log: Reader, deciders: Collection[str]) -> bool:
    """Whether everybody who could approve is among those who made a claim's decisions."""
    if log.logins().login is None:  # the newest event of somebody else settles it
        return all(actor in deciders for actor in log.last_actors(RECENT))
    return not approvers(log).other_than(deciders)
