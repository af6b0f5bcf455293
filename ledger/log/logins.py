"""Who an actor is: on a server that holds events to logins, several names may be one login's, and so one person's."""

from __future__ import annotations

import msgspec


class Logins(msgspec.Struct, frozen=True, kw_only=True):
    """What a store knows of its logins. A file knows none: there, anybody can claim to be any actor.

    `login` is who is connected; None where events may name any actor. `names` are the other names under which a login
    may record or did, with the login first. `approvers` are the logins that may record approvals, without the owner.
    """

    login: str | None = None
    names: tuple[tuple[str, str], ...] = ()
    approvers: tuple[str, ...] = ()

    def of(self, login: str) -> frozenset[str]:
        """Every name of a login."""
        return frozenset({login, *(name for held, name in self.names if held == login)})

    def own(self, actor: str) -> frozenset[str]:
        """Every name of the person who records as an actor now: those of the login, where there is one."""
        return frozenset({actor}) if self.login is None else self.of(self.login) | {actor}

    def person(self, actor: str) -> str:
        """The login that an actor is; the actor where no login, or more than one, has that name."""
        held = {login for login, name in self.names if name == actor}
        return held.pop() if len(held) == 1 else actor
