"""The base of all events, and the words that their fields take."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Function = Literal["agent_sign_in", "agent_calls", "inbound_routing"]
"""The functions that can be unavailable under the reference agreement. Other terms list their own."""
Stage = Literal["general", "public_beta", "invited_beta"]
Part = Literal["service", "call"]
Scope = Literal["account", "accounts", "regions", "all"]
InstantUs = Annotated[int, msgspec.Meta(ge=0, lt=7_258_118_400_000_000)]
"""An instant of the years 1970 to 2199, in microseconds since 1970-01-01T00:00:00Z."""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all events."""
