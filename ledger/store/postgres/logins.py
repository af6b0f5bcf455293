"""Which login recorded an event, and which logins may approve, as the trigger's tables have it."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.log.database import Session
from ledger.log.logins import Logins

_NAMES = "SELECT login, actor FROM stored_events_actors"
_NAMES_USED = " UNION SELECT login, actor FROM stored_events_logins"
_APPROVERS = """
SELECT rolname FROM pg_roles AS person
WHERE rolcanlogin AND NOT rolsuper
AND NOT pg_has_role(person.oid, (SELECT relowner FROM pg_class WHERE oid = to_regclass('stored_events')), 'MEMBER')
AND EXISTS (
    SELECT FROM stored_events_rights AS held JOIN pg_roles AS approver ON approver.rolname = held.role
    WHERE held.topic = 'claim.approved' AND pg_has_role(person.oid, approver.oid, 'MEMBER'))
ORDER BY rolname
"""
"""The logins of the approver's role. The owner and superusers may do anything, and are not counted."""
_THROUGH = "SELECT position, login FROM stored_events_logins WHERE position = ANY(?)"


def logins_of(session: Session, login: str, *, keeps: bool) -> Logins:
    """The logins with their names; `keeps` where the server keeps under which names a login recorded."""
    names = session.query(f"{_NAMES}{_NAMES_USED if keeps else ''} ORDER BY login, actor")
    approvers = tuple(name for (name,) in session.query(_APPROVERS))
    return Logins(login=login, names=tuple((held, name) for held, name in names), approvers=approvers)


def recorded_through(session: Session, positions: Sequence[int]) -> dict[int, str]:
    """The login that recorded an event under another name than its own, by position."""
    return dict(session.query(_THROUGH, list(positions))) if positions else {}
