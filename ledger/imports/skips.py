"""What `--skip` leaves out: all that a source's id names, or `ID@START` for the one outage of it that begins then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.refusals import BadValue
from domain.text import said
from domain.time import SECOND_US, Instant
from ledger.imports.source import SourceTime


class Skips:
    """The words of `--skip`, and which of them a file met."""

    def __init__(self, words: Iterable[str]) -> None:
        self._unmet = set(words)
        self._ids = frozenset(word for word in self._unmet if _episode(word) is None)
        self._episodes = [(found, word) for word in sorted(self._unmet) if (found := _episode(word)) is not None]

    def has(self, *ids: str) -> bool:
        """Whether all that one of the ids names is left out."""
        met = self._ids.intersection(ids)
        self._unmet -= met
        return bool(met)

    def has_episode(self, start: SourceTime, *ids: str) -> bool:
        """Whether the outage that begins at `start` is left out; the second is enough to name it."""
        met = {word for (id_, at), word in self._episodes if id_ in ids and abs(at - start.us) < SECOND_US}
        self._unmet -= met
        return bool(met)

    def notes(self) -> Iterator[str]:
        """What nothing in the files bears: an id of yesterday's file is no mistake."""
        for word in sorted(self._unmet):
            yield said("--skip {word}: nothing in this file has that id", word=word)


def _episode(word: str) -> tuple[str, int] | None:
    """The id and the instant of `ID@START`; None where it names no instant."""
    id_, _, start = word.rpartition("@")
    try:
        return (id_, Instant.parse(start)) if id_ else None
    except BadValue:
        return None
