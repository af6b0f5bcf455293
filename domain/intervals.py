"""Half-open spans of integers. A *set* here is a sorted list of spans that neither overlap nor touch."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """The set of all points of the given spans; empty spans are dropped, touching ones joined."""
    joined: list[Span] = []
    begun = reach = 0
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= reach:
            if end > reach:
                joined[-1], reach = (begun, end), end
        else:
            joined.append((start, end))
            begun, reach = start, end
    return joined


def intersect(left: list[Span], right: list[Span]) -> list[Span]:
    """The set of points in both sets."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        (start, end), (other_start, other_end) = left[i], right[j]
        first, last = start if start > other_start else other_start, end if end < other_end else other_end
        if first < last:
            common.append((first, last))
        if end < other_end:
            i += 1
        else:
            j += 1
    return common


def subtract(left: list[Span], right: list[Span]) -> list[Span]:
    """The set of points in the left set and not in the right one."""
    if not right:
        return left
    rest: list[Span] = []
    j = 0
    for start, end in left:
        while j < len(right) and right[j][1] <= start:
            j += 1
        k = j
        while k < len(right) and right[k][0] < end:
            if start < right[k][0]:
                rest.append((start, right[k][0]))
            start = max(start, right[k][1])
            k += 1
        if start < end:
            rest.append((start, end))
    return rest


def length(spans: Iterable[Span]) -> int:
    """The number of points of a set."""
    points = 0
    for start, end in spans:
        points += end - start
    return points
