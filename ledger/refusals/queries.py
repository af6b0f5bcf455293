"""Refusals of questions about the whole ledger."""

from __future__ import annotations

from domain.refusals import Unreadable


class UnknownTopicAsked(Unreadable, code="unknown_topic"):
    """No event has a topic of this name."""

    message = "there is no topic {topic!r}"
    hint = "did you mean {near}? `slaledger log --topic claim` lists all of claims"
    topic: str
    near: str
