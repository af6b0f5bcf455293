"""Which of the known words or ids was probably meant by one that is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGIT = re.compile(r"\d")


def distance(one: str, other: str) -> int:
    """How many letters are to be inserted, left out, replaced or swapped with the next to make one text the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest_word(wanted: str, among: Iterable[str]) -> str | None:
    """The word of a few that differs least, in a third of its letters at most, or that begins with it; None if none."""
    given = wanted.casefold()
    known = [each for each in dict.fromkeys(among) if each != wanted]
    near = min(((distance(given, each.casefold()), each) for each in known), default=None)
    if near is not None and near[0] <= max(1, len(wanted) // 3):
        return near[1]
    begun = [each for each in known if len(given) > 2 and each.casefold().startswith(given)]
    return begun[0] if len(begun) == 1 else None


def nearest_id(wanted: str, among: Iterable[str]) -> str | None:
    """The id that differs in one letter, in two where it is long, or in capitals; None if none does.

    One that differs in its digits alone is another thing's, unless two of them are swapped.
    """
    given = wanted.casefold()
    known = [each for each in dict.fromkeys(among) if each != wanted and not _is_numbered_alike(wanted, each)]
    near = min(((distance(given, each.casefold()), each) for each in known), default=None)
    return near[1] if near is not None and near[0] <= (1 if len(wanted) < 8 else 2) else None


def _is_numbered_alike(one: str, other: str) -> bool:
    return _DIGIT.sub("0", one) == _DIGIT.sub("0", other) and sorted(one) != sorted(other)
