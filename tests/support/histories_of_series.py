"""Random Alertmanagers and Prometheuses that live: what they send or answer, and what that says, read one by one.

A history is made by a seed. An Alertmanager has one replica or two. Its alerts fire, time out, fire again, end and
are told late and twice, and their starts move; `receipts` are its payloads in order of receipt, and `told` reads any
of them by the rules themselves. A Prometheus has series that are up and down, and samples that come late; `query` is
what it answers at a time for a range and a step, and `down` reads the samples one after the other. All times are
whole seconds.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

Json = dict[str, Any]
Span = tuple[int, int | None]
"""From which second to which; no end while it lasts."""
START = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
"""The second at which histories begin."""
DAY = 86_400
LABELS = {"job": "line", "alertname": "LineDown"}
"""What all alerts and series bear; `pod` tells them apart."""
_NEVER = "0001-01-01T00:00:00Z"


class Part(NamedTuple):
    """What came at once: the second, and the lines of a file."""

    at: int
    content: bytes


def rfc3339(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def second_of(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


# Alertmanager.


class Alertmanager:
    """What the replicas of an Alertmanager post to a webhook, in order of receipt."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._sent: list[tuple[int, int, Json]] = []
        replicas = self.random.choice((1, 2))
        for pod in range(self.random.randint(1, 3)):
            self._live({**LABELS, "pod": str(pod)}, f"{pod:016x}", replicas)
        self._sent.sort(key=lambda sent: sent[:2])
        self.receipts = [payload for _, _, payload in self._sent]

    def lines(self, since: int = 0, until: int | None = None) -> bytes:
        """Receipts by their number, one a line."""
        return "".join(f"{json.dumps(payload)}\n" for payload in self.receipts[since:until]).encode()

    def parts(self, count: int) -> list[Part]:
        """All receipts in at most `count` files, in order of receipt."""
        cuts = sorted(self.random.sample(range(len(self.receipts)), min(count, len(self.receipts)) - 1))
        bounds = sorted({0, *cuts, len(self.receipts)})
        return [Part(self._sent[until - 1][0], self.lines(since, until)) for since, until in itertools.pairwise(bounds)]

    def _live(self, labels: Json, fingerprint: str, replicas: int) -> None:
        now = START + self.random.randrange(DAY)
        for _ in range(self.random.randint(1, 5)):
            end = now + self.random.choice((30, 90, 600, 3600, 20_000))
            lasts = self.random.random() < 0.15
            for replica in range(replicas):
                alert = {"labels": labels, "fingerprint": fingerprint}
                if replica and self.random.random() < 0.3 and not lasts:
                    continue
                self._tell(alert, now, None if lasts else end)
            if lasts:
                return
            now = end + self.random.choice((0, 1, 20, 120, 900, 7200, 100_000))

    def _tell(self, alert: Json, start: int, end: int | None) -> None:
        """One replica's receipts of one outage."""
        random = self.random
        told, delay = start, random.choice((0, 5, 30))
        if random.random() < 0.3:
            told += random.choice((1, 15, 29))
        told = told if end is None else min(told, end)
        until = start + 3000 if end is None else end
        at = start + delay + 30
        while at <= until + delay:
            self._post(at, alert | _firing(told))
            if random.random() < 0.15:
                self._post(at + 1, alert | _resolved(told, min(max(told, at - 10), until)))
                self._post(at + 2, alert | _firing(told))
            at += random.choice((60, 400, 3000, 20_000))
        if end is not None:
            told = random.choice((told, told, start, start, end))
            ended = end if random.random() < 0.8 else max(told, end - 7)
            for repeat in range(random.choice((1, 1, 2))):
                self._post(end + delay + 40 + repeat, alert | _resolved(told, ended))

    def _post(self, at: int, alert: Json) -> None:
        """A payload, whose group may have other alerts and another status."""
        status = self.random.choice(("firing", alert["status"]))
        payload = {"version": "4", "status": status, "alerts": [alert], "truncatedAlerts": 0}
        self._sent.append((at, len(self._sent), payload))


def _firing(start: int) -> Json:
    return {"status": "firing", "startsAt": rfc3339(start), "endsAt": _NEVER}


def _resolved(start: int, end: int) -> Json:
    return {"status": "resolved", "startsAt": rfc3339(start), "endsAt": rfc3339(end)}


class Told(NamedTuple):
    """What receipts say by fingerprint: outages with a length, and of which alerts more than one start fires.

    `unfinished` are alerts of which receipts that come later may say something of an outage's parts: one that lasts
    under several starts, or that ended with another start. A ledger holds the outage alone.
    """

    outages: dict[str, list[Span]]
    unclear: frozenset[str]
    unfinished: frozenset[str]


def told(receipts: Iterable[Json]) -> Told:
    """What receipts say in their order: each start by itself, then all that overlap or touch put together."""
    events: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for payload in receipts:
        for alert in payload["alerts"]:
            end = 0 if alert["status"] == "firing" else second_of(alert["endsAt"])
            events[alert["fingerprint"]].append((alert["status"], second_of(alert["startsAt"]), end))
    outages: dict[str, list[Span]] = {}
    unclear, unfinished = set(), set()
    for fingerprint, own in events.items():
        starts = {start: _start_by_itself(own, start) for start in {start for _, start, _ in own}}
        spans = [(start, end) for start, (end, _) in starts.items()]
        if sum(end is None for _, end in spans) > 1:
            unclear.add(fingerprint)
        outages[fingerprint] = [span for span in _together(spans) if span[0] != span[1]]
        lasting = [start for start, end in outages[fingerprint] if end is None]
        if any(inferred for _, inferred in starts.values()) or any(start > lasting[0] for start in starts if lasting):
            unfinished.add(fingerprint)
    return Told(outages, frozenset(unclear), frozenset(unclear | unfinished))


def _start_by_itself(events: Sequence[tuple[str, int, int]], start: int) -> tuple[int | None, bool]:
    """What receipts behind the last one by which a start fires say: the latest end of it or of a start before it that
    covers it, or else the first end that is not before it, which is inferred.
    """
    fires = [place for place, (status, of, _) in enumerate(events) if (status, of) == ("firing", start)]
    later = [(of, end) for status, of, end in events[max(fires, default=-1) + 1 :] if status == "resolved"]
    if own := [end for of, end in later if of <= start <= end]:
        return max(own), False
    inferred = next((end for _, end in later if end >= start), None)
    return inferred, inferred is not None


def _together(spans: Sequence[Span]) -> list[Span]:
    """Pairs that overlap or touch become one, until there are none."""
    found = list(spans)
    while pair := next(
        ((one, other) for one in found for other in found if one is not other and _touch(one, other)), None
    ):
        ends = [end for _, end in pair]
        joined = (
            min(start for start, _ in pair),
            None if None in ends else max(end for end in ends if end is not None),
        )
        found = [span for span in found if span is not pair[0] and span is not pair[1]] + [joined]
    return sorted(found, key=lambda span: span[0])


def _touch(one: Span, other: Span) -> bool:
    return (one[1] is None or other[0] <= one[1]) and (other[1] is None or one[0] <= other[1])


# Prometheus.


class Series(NamedTuple):
    """A series: its labels, when it was down, and which seconds' samples came only later, with that second."""

    labels: Json
    outages: list[tuple[int, int]]
    late: list[tuple[int, int, int]]

    def is_down(self, second: int) -> bool:
        return any(start <= second < end for start, end in self.outages)

    def is_known(self, second: int, now: int) -> bool:
        """Whether a sample of that second had come by `now`."""
        return second <= now and all(not since <= second < until or now >= came for since, until, came in self.late)


class Prometheus:
    """A server with a few series, that can be asked for any range and step at any time."""

    def __init__(self, seed: int, length: int = 4 * 3600) -> None:
        self.random = Random(seed)
        self.start, self.end = START, START + length
        self.step = self.random.choice((15, 30, 60))
        self.series = [self._live(pod) for pod in range(self.random.randint(1, 3))]

    def query(self, since: int, until: int, now: int | None = None, step: int | None = None) -> Json:
        """The answer to a range query at `now`, by default long after."""
        now = self.end + DAY if now is None else now
        result = []
        for series in self.series:
            instants = range(since, until + 1, step or self.step)
            values = [[at, "0" if series.is_down(at) else "1"] for at in instants if series.is_known(at, now)]
            if values:
                result.append({"metric": series.labels, "values": values})
        return {"status": "success", "data": {"resultType": "matrix", "result": result}}

    def down(self, pod: int, since: int, until: int, step: int | None = None) -> list[tuple[int, int | None, bool]]:
        """When a series was down by the samples of a range: from, to, and whether the range has its beginning."""
        found: list[tuple[int, int | None, bool]] = []
        was_down = False
        for at in range(since, until + 1, step or self.step):
            is_down = self.series[pod].is_down(at)
            if is_down and not was_down:
                found.append((at, None, at != since))
            elif was_down and not is_down:
                found[-1] = (found[-1][0], at, found[-1][2])
            was_down = is_down
        return found

    def parts(self, count: int) -> list[Part]:
        """The whole range in pieces, each asked for when all of its samples are there; they share a sample or none."""
        steps = (self.end - self.start) // self.step
        cuts = sorted(self.random.sample(range(1, steps), count - 1))
        bounds = [0, *cuts, steps]
        found = []
        for since, until in itertools.pairwise(bounds):
            first = since if not since or self.random.random() < 0.5 else since + 1
            answer = self.query(self.start + first * self.step, self.start + until * self.step)
            found.append(Part(self.start + until * self.step, f"{json.dumps(answer)}\n".encode()))
        return found

    def polls(self, count: int) -> list[Part]:
        """Answers for the time up to now, at random times in order, some late samples not yet there; the last is whole.

        Each begins where the history begins or at a random step before now, and some a few seconds off the step.
        """
        found = []
        for now in sorted(self.random.sample(range(self.start + 20 * self.step, self.end), count)):
            steps = (now - self.start) // self.step
            since = self.start + self.step * self.random.choice((0, self.random.randrange(steps - 2)))
            since += self.random.choice((0, 0, 0, 4))
            found.append(Part(now, f"{json.dumps(self.query(since, now, now))}\n".encode()))
        return [*found, Part(self.end + DAY, f"{json.dumps(self.query(self.start, self.end))}\n".encode())]

    def _live(self, pod: int) -> Series:
        outages, late = [], []
        now = self.start + self.random.randrange(10, 3600)
        while now < self.end:
            until = now + self.random.choice((5, 20, 45, 200, 900, 5000))
            outages.append((now, until))
            now = until + self.random.choice((5, 20, 61, 300, 2000, 8000))
        for _ in range(self.random.choice((0, 0, 1, 2))):
            since = self.random.randrange(self.start, self.end)
            until = since + self.random.choice((30, 100, 1000))
            late.append((since, until, until + self.random.choice((60, 900, 5000))))
        return Series({**LABELS, "pod": str(pod)}, outages, late)
