"""Specs of rules: given events, when a command, then events or a refusal.

    given(incident.evolve, opened, closed).when(incident.close, CloseIncident(…)).then(IncidentWasClosed)

They are pure: no store, no clock, no command line. `then()` without arguments expects a no-op.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.events import Event
from domain.refusals import Refusal

Reasoned = tuple[Event, str]
"""An event with the reason that was recorded with it."""


class Given:
    """A state, folded from events."""

    def __init__(self, evolve: Callable[..., Any], events: tuple[Event | Reasoned, ...]) -> None:
        self.state: Any = None
        for each in events:
            event, reason = each if isinstance(each, tuple) else (each, None)
            self.state = evolve(self.state, event, reason)

    def when(self, decide: Callable[..., tuple[Event, ...]], *asked: object) -> When:
        """A decision of the domain, asked with a command and what else it needs."""
        return When(lambda: decide(self.state, *asked))


class When:
    """A decision that is to be held to its outcome."""

    def __init__(self, decide: Callable[[], tuple[Event, ...]]) -> None:
        self._decide = decide

    def then(self, *expected: Event | type[Refusal]) -> None:
        """The events that it gives, in order; or the class of the refusal that it raises."""
        if len(expected) == 1 and isinstance(expected[0], type):
            with pytest.raises(Refusal) as refused:
                self._decide()
            assert type(refused.value) is expected[0]
            assert refused.value.message
            return
        assert self._decide() == expected


def given(evolve: Callable[..., Any], *events: Event | Reasoned) -> Given:
    """What has happened."""
    return Given(evolve, events)
