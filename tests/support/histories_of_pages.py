"""Random status pages and PagerDuty accounts that live, and what they answer whenever they are asked.

A history is made by a seed. It keeps what its source showed after each thing that happened: outages begin, end and are
opened again, are edited, told afterwards and taken back, maintenance is announced, begins early and runs over,
incidents are merged and moved. `polls` are answers at random instants, whole and partial, some of them twice, in order
of receipt; the last one is the newest that is whole. All times are whole minutes.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

import msgspec

Json = dict[str, Any]
START = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) // 60
"""The minute at which histories begin."""
LENGTH = 20 * 24 * 60
"""How many minutes they last."""
LIVE = {"ph": "Phone", "rt": "Routing", "si": "Sign-in"}
COMPONENTS = {**LIVE, "bk": "Callback"}
"""The last one is out only in incidents that are told afterwards, in one update: another may account for none."""
FUNCTIONS = {
    "Phone": "agent_calls",
    "Routing": "inbound_routing",
    "Sign-in": "agent_sign_in",
    "Callback": "agent_calls",
}
"""What the components, and the services of the same names, are mapped to."""
UP, SLOW, WORK = "operational", "degraded_performance", "under_maintenance"
FAILED = ("partial_outage", "major_outage")
DOWN = (*FAILED, WORK)


class Poll(NamedTuple):
    """An answer, or several files of it: the minute it was given, what it is, the files' names and bytes."""

    at: int
    kind: str
    files: tuple[tuple[str, bytes], ...]


class Outage(NamedTuple):
    """From which minute to which a key was down; no end while it is."""

    key: str
    start: int
    end: int | None


def rfc3339(minute: int) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _History:
    """What a source showed after each thing that happened."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._times: list[int] = []
        self._shown: list[bytes] = []

    def _live(self, actions: Iterable[Callable[[int], None]], state: object) -> None:
        """Things happen at minutes in ascending order, some of them within minutes of each other."""
        now = START
        while now < START + LENGTH:
            self.random.choice(list(actions))(now)
            self._times.append(now)
            self._shown.append(msgspec.json.encode(state))
            now += self.random.choice((1, 3, 7, 20, 45, 90, 240, 600, 1500))

    def _at(self, minute: int) -> tuple[int, Any]:
        """When the source last changed, and what it shows."""
        index = max(bisect_right(self._times, minute) - 1, 0)
        return self._times[index], msgspec.json.decode(self._shown[index])

    def _minutes(self, count: int) -> list[int]:
        """When it is asked: some of these minutes twice in a row, the last one at the end."""
        found = sorted(self.random.sample(range(START, START + LENGTH), count))
        found += [minute for minute in found if self.random.random() < 0.2]
        return [*sorted(found), START + LENGTH]


class StatusPage(_History):
    """A status page with three components. Each is in one incident or maintenance that lasts at a time."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._status = dict.fromkeys(COMPONENTS, UP)
        self._events: dict[str, Json] = {}
        self._number = 0
        self._begin_with("minor", "investigating", "resolved")
        self._begin_with("maintenance", "in_progress", "completed")
        often: list[Callable[[int], None]] = [
            self._begin,
            self._begin,
            self._change,
            self._resolve,
            self._resolve,
            self._plan,
        ]
        rare = [self._reopen, self._edit, self._tell_afterwards, self._take_back, self._postmortem]
        self._live([*often, *often, *rare], self._events)

    def _begin_with(self, impact: str, first: str, last: str) -> None:
        """Something long over, so that both lists have what is over, since before all else."""
        event = self._add(impact, START - 10_000, [])
        self._update(event, START - 10_000, first, [("old", UP, SLOW)])
        self._update(event, START - 9_990, last, [("old", SLOW, UP)])

    # What it answers.

    def complete(self, minute: int) -> Json:
        """What both lists have, as one file: every incident and every maintenance."""
        return self._page(minute, self._of(minute, planned=False), self._of(minute, planned=True))

    def incidents(self, minute: int) -> Json:
        """incidents.json."""
        return self._page(minute, self._of(minute, planned=False), None)

    def maintenances(self, minute: int) -> Json:
        """scheduled-maintenances.json."""
        return self._page(minute, None, self._of(minute, planned=True))

    def latest(self, minute: int, count: int) -> Json:
        """incidents.json of a page that lists only the newest ones."""
        return self._page(minute, self._of(minute, planned=False)[:count], None)

    def summary(self, minute: int) -> Json:
        """summary.json: what is not over, and all components."""
        over = ("resolved", "postmortem", "completed")
        incidents, planned = (
            [one for one in self._of(minute, planned=kind) if one["status"] not in over] for kind in (False, True)
        )
        listed = [{"id": code, "name": name} for code, name in COMPONENTS.items()]
        return self._page(minute, incidents, planned) | {"components": listed, "status": {"indicator": "none"}}

    def v1(self, minute: int, size: int) -> list[list[Json]]:
        """The v1 list of incidents, in pages of `size`."""
        listed = self._of(minute, planned=False)
        return [listed[first : first + size] for first in range(0, len(listed), size)]

    def polls(self, count: int) -> list[Poll]:
        """Answers in order of receipt, the last one the newest and complete."""
        minutes = self._minutes(count)
        return [
            *(self._poll(minute) for minute in minutes[:-1]),
            _poll(minutes[-1], "complete", self.complete(minutes[-1])),
        ]

    def _poll(self, minute: int) -> Poll:
        kind = self.random.choice(("complete", "incidents", "maintenances", "two files", "latest", "summary"))
        documents: dict[str, Callable[[], list[object]]] = {
            "complete": lambda: [self.complete(minute)],
            "incidents": lambda: [self.incidents(minute)],
            "maintenances": lambda: [self.maintenances(minute)],
            "two files": lambda: [self.incidents(minute), self.maintenances(minute)],
            "latest": lambda: [self.latest(minute, self.random.randint(1, 6))],
            "summary": lambda: [self.summary(minute)],
        }
        return _poll(minute, kind, *documents[kind]())

    def _of(self, minute: int, *, planned: bool) -> list[Json]:
        """Incidents or maintenances as the page shows them, the newest first."""
        _, events = self._at(minute)
        found = [event for event in events.values() if (event["impact"] == "maintenance") == planned]
        found.sort(key=lambda event: (event["created"], event["id"]), reverse=True)
        return [_shown(event) for event in found]

    def _page(self, minute: int, incidents: list[Json] | None, maintenances: list[Json] | None) -> Json:
        page: Json = {"page": {"id": "pg", "name": "Acme", "updated_at": rfc3339(self._at(minute)[0])}}
        if incidents is not None:
            page["incidents"] = incidents
        if maintenances is not None:
            page["scheduled_maintenances"] = maintenances
        return page

    # What was so.

    def outages(self, minute: int) -> list[Outage]:
        """The outages that the page tells of, found by asking at each change what it says of each component."""
        _, events = self._at(minute)
        return sorted(each for event in events.values() for code in COMPONENTS for each in _outages(event, code))

    # What happens.

    def _begin(self, now: int) -> None:
        free = [code for code in LIVE if not self._busy(code)]
        if free:
            codes = self.random.sample(free, self.random.randint(1, min(2, len(free))))
            event = self._add(self.random.choice(("minor", "major", "critical")), now, codes)
            worse = [(code, self.random.choice((*FAILED, *FAILED, SLOW))) for code in codes]
            self._set(event, now, "investigating", worse)

    def _change(self, now: int) -> None:
        if event := self._pick(lambda event: event["status"] in ("investigating", "identified", "monitoring")):
            code = self.random.choice(event["codes"])
            self._set(event, now, self.random.choice(("identified", "monitoring")), [(code, self._any())])

    def _resolve(self, now: int) -> None:
        if event := self._pick(lambda event: event["status"] in ("investigating", "identified", "monitoring")):
            forgotten = self.random.random() < 0.2
            back = [] if forgotten else [(code, UP) for code in event["codes"]]
            self._set(event, now, "resolved", back)
            self._status |= dict.fromkeys(event["codes"], UP)
        elif event := self._pick(lambda event: event["status"] in ("in_progress", "verifying")):
            self._set(event, now, "completed", [(code, UP) for code in event["codes"]])

    def _reopen(self, now: int) -> None:
        event = self._pick(
            lambda event: (
                event["status"] == "resolved" and event["codes"] != ["bk"] and not any(map(self._busy, event["codes"]))
            )
        )
        if event:
            self._set(event, now, "investigating", [(code, self.random.choice(FAILED)) for code in event["codes"]])

    def _plan(self, now: int) -> None:
        if event := self._pick(lambda event: event["status"] == "scheduled"):
            if self.random.random() < 0.2:
                self._set(event, now, "completed", [])
            elif not any(map(self._busy, event["codes"])):
                self._set(event, now, "in_progress", [(code, WORK) for code in event["codes"]])
            return
        code = self.random.choice(list(LIVE))
        event = self._add("maintenance", now, [code])
        since = now + self.random.choice((-30, 5, 60, 300))
        event |= {"for": since, "until": since + self.random.choice((30, 240))}
        self._set(event, now, "scheduled", [(code, self._status[code])])

    def _edit(self, now: int) -> None:
        """The page moves an update, up to those before and after it."""
        event = self._pick(lambda event: event["codes"] != ["bk"])
        if not event:
            return
        steps = event["steps"]
        index = self.random.randrange(len(steps))
        earliest = steps[index - 1]["at"] + 1 if index else steps[0]["at"] - 30
        latest = steps[index + 1]["at"] - 1 if index + 1 < len(steps) else now
        if earliest <= latest:
            steps[index]["at"] = self.random.randint(earliest, latest)

    def _tell_afterwards(self, now: int) -> None:
        """An incident that is over when it is first told: with two updates, or with one and when it began."""
        start = now - self.random.randint(60, 2000)
        code = self.random.choice(list(COMPONENTS))
        event = self._add("major", now, [code])
        if code in LIVE:
            self._update(event, start, "investigating", [(code, UP, FAILED[1])])
        event["started"] = start
        self._update(event, start + self.random.randint(2, 59), "resolved", [(code, FAILED[1], UP)])

    def _take_back(self, now: int) -> None:
        """The page no longer has it."""
        event = self._pick(lambda event: bool(event["codes"]))
        if event:
            if event["status"] not in ("resolved", "postmortem", "completed", "scheduled"):
                self._status |= dict.fromkeys(event["codes"], UP)
            del self._events[event["id"]]

    def _postmortem(self, now: int) -> None:
        if event := self._pick(lambda event: event["status"] == "resolved"):
            self._update(event, max(now, event["steps"][-1]["at"] + 1), "postmortem", [])

    def _add(self, impact: str, now: int, codes: list[str]) -> Json:
        self._number += 1
        id_ = f"{'m' if impact == 'maintenance' else 'i'}{self._number}"
        event: Json = {"id": id_, "impact": impact, "created": now, "codes": codes, "steps": [], "status": ""}
        self._events[id_] = event
        return event

    def _set(self, event: Json, now: int, status: str, changes: list[tuple[str, str]]) -> None:
        """An update now, by which components change."""
        at = max(now, event["steps"][-1]["at"] + 1) if event["steps"] else now
        self._update(event, at, status, [(code, self._status[code], new) for code, new in changes])
        if status != "scheduled":
            self._status |= dict(changes)

    def _update(self, event: Json, at: int, status: str, changes: list[tuple[str, str, str]]) -> None:
        event["steps"].append({"at": at, "status": status, "changes": changes})
        event["status"] = status

    def _pick(self, fits: Callable[[Json], object]) -> Json | None:
        found = [event for event in self._events.values() if event["codes"] and fits(event)]
        return self.random.choice(found) if found else None

    def _busy(self, code: str) -> bool:
        """Whether something that lasts has the component."""
        over = ("resolved", "postmortem", "completed", "scheduled")
        return any(code in event["codes"] and event["status"] not in over for event in self._events.values())

    def _any(self) -> str:
        return self.random.choice((UP, SLOW, *FAILED))


def _poll(minute: int, kind: str, *documents: object) -> Poll:
    files = tuple((f"{kind}-{number}.json", json.dumps(one).encode()) for number, one in enumerate(documents, 1))
    return Poll(minute, kind, files)


def _shown(event: Json) -> Json:
    """An incident or a maintenance as the page answers it."""
    over = event["status"] in ("resolved", "postmortem", "completed")
    closing = [step["at"] for step in event["steps"] if step["status"] in ("resolved", "completed")]
    shown = {
        "id": event["id"],
        "name": f"Event {event['id']}",
        "status": event["status"],
        "impact": event["impact"],
        "page_id": "pg",
        "created_at": rfc3339(event["created"]),
        "started_at": rfc3339(event.get("started", event["created"])),
        "resolved_at": rfc3339(closing[-1]) if over else None,
        "components": [{"id": code, "name": COMPONENTS[code]} for code in event["codes"]],
        "incident_updates": [_shown_step(step) for step in reversed(event["steps"])],
    }
    if "for" in event:
        shown |= {"scheduled_for": rfc3339(event["for"]), "scheduled_until": rfc3339(event["until"])}
    return shown


def _shown_step(step: Json) -> Json:
    changes = [
        {"code": code, "name": COMPONENTS.get(code, "Old"), "old_status": old, "new_status": new}
        for code, old, new in step["changes"]
    ]
    return {"status": step["status"], "display_at": rfc3339(step["at"]), "affected_components": changes or None}


def _outages(event: Json, code: str) -> Iterator[Outage]:
    """The outages of a component in an event, by what is so at each minute at which something is said."""
    steps = event["steps"]
    named = [step for step in steps if any(each == code for each, _, _ in step["changes"])]
    if not named:
        return
    over = event["status"] in ("resolved", "postmortem", "completed")
    closing = [step["at"] for step in steps if step["status"] in ("resolved", "completed")]
    minutes = {step["at"] for step in steps} | ({event["started"]} if "started" in event else set())
    key, start = f"{event['id']}:{code}", None
    for minute in sorted(minutes):
        is_down = _is_down(event, code, minute)
        if over and minute >= closing[-1]:
            is_down = False
        if is_down and start is None:
            start = minute
        elif not is_down and start is not None:
            yield Outage(key, start, minute)
            start = None
    if start is not None:
        yield Outage(key, start, None)


def _is_down(event: Json, code: str, minute: int) -> bool:
    """What the last update up to a minute says of the component; before the first one, what that says was before."""
    said = [
        (step["at"], old, new)
        for step in event["steps"]
        if step["status"] != "scheduled"
        for each, old, new in step["changes"]
        if each == code
    ]
    before = [new for at, _, new in said if at <= minute]
    if before:
        return before[-1] in DOWN
    return bool(said) and said[0][1] in DOWN and minute >= event.get("started", minute + 1)


class PagerDutyAccount(_History):
    """Three services with incidents that are acknowledged, resolved, opened again, merged, moved and raised."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._incidents: dict[str, Json] = {}
        self._log: list[Json] = []
        often: list[Callable[[int], None]] = [self._trigger, self._trigger, self._acknowledge, self._resolve]
        rare: list[Callable[[int], None]] = [self._reopen, self._merge, self._move, self._raise]
        self._live([*often, *often, *rare], self._incidents)

    # What it answers.

    def complete(self, minute: int) -> Json:
        """Every incident in one answer, the newest first."""
        return _answer(self._rows(minute))

    def pages(self, minute: int, limit: int) -> list[Json]:
        """Every incident, `limit` an answer."""
        rows = self._rows(minute)
        return [
            _answer(rows[offset : offset + limit], offset=offset, limit=limit, more=offset + limit < len(rows))
            for offset in range(0, max(len(rows), 1), limit)
        ]

    def unresolved(self, minute: int) -> Json:
        """What is triggered or acknowledged."""
        return _answer([row for row in self._rows(minute) if row["status"] != "resolved"])

    def latest(self, minute: int, count: int) -> Json:
        """The newest incidents, and those that they were merged into."""
        rows = {row["id"]: row for row in self._rows(minute)}
        wanted = list(rows)[:count]
        for id_ in wanted:
            parent = self._at(minute)[1][id_]["parent"]
            if parent is not None and parent not in wanted:
                wanted.append(parent)
        return _answer([rows[id_] for id_ in wanted])

    def events(self, minute: int) -> list[Json]:
        """What a receiver of webhooks wrote down, out of order as they came."""
        found = [event for event in self._log if event["at"] <= minute]
        shuffled = sorted(found, key=lambda event: (event["at"] + event["late"], event["at"]))
        return [event["told"] for event in shuffled]

    def polls(self, count: int) -> list[Poll]:
        """Answers in order of receipt, the last one the newest and complete."""
        minutes = self._minutes(count)
        return [
            *(self._poll(minute) for minute in minutes[:-1]),
            _poll(minutes[-1], "complete", self.complete(minutes[-1])),
        ]

    def _poll(self, minute: int) -> Poll:
        kind = self.random.choice(("complete", "pages", "unresolved", "latest", "events"))
        if kind == "events":
            lines = b"".join(json.dumps(told).encode() + b"\n" for told in self.events(minute))
            ping = json.dumps({"event": {"event_type": "pagey.ping"}}).encode() + b"\n"
            return Poll(minute, kind, ((f"{kind}.jsonl", ping + lines),))
        documents: dict[str, Callable[[], list[Json]]] = {
            "complete": lambda: [self.complete(minute)],
            "pages": lambda: self.pages(minute, self.random.randint(1, 5)),
            "unresolved": lambda: [self.unresolved(minute)],
            "latest": lambda: [self.latest(minute, self.random.randint(1, 5))],
        }
        return _poll(minute, kind, *documents[kind]())

    def _rows(self, minute: int) -> list[Json]:
        if not self._times or minute < self._times[0]:
            return []
        _, incidents = self._at(minute)
        found = sorted(incidents.values(), key=lambda one: -one["created"])
        return [_row(one) for one in found]

    # What was so.

    def outages(self, minute: int) -> list[Outage]:
        """Each incident from when it was made to when it, and all that it was merged into, were over."""
        _, incidents = self._at(minute)
        found = []
        for one in incidents.values():
            chain = [one]
            while chain[-1]["parent"] is not None:
                chain.append(incidents[chain[-1]["parent"]])
            ends = [each["resolved"] for each in chain]
            found.append(Outage(one["id"], one["created"], None if None in ends else max(ends)))
        return sorted(one for one in found if one.start != one.end)

    # What happens.

    def _trigger(self, now: int) -> None:
        id_ = f"Q{len(self._incidents) + 1}"
        service, urgency = self.random.choice(list(LIVE)), self.random.choice(("high", "low"))
        made = {"id": id_, "created": now, "service": service, "urgency": urgency, "resolved": None, "parent": None}
        self._incidents[id_] = made
        self._change(made, now, "triggered", status="triggered")

    def _acknowledge(self, now: int) -> None:
        if one := self._pick(lambda one: one["status"] == "triggered"):
            self._change(one, now, "acknowledged", status="acknowledged")

    def _resolve(self, now: int) -> None:
        if one := self._pick(lambda one: one["resolved"] is None):
            self._change(one, now, "resolved", status="resolved", resolved=now)

    def _reopen(self, now: int) -> None:
        if one := self._pick(lambda one: one["resolved"] is not None and one["parent"] is None):
            self._change(one, now, "reopened", status="triggered", resolved=None)

    def _merge(self, now: int) -> None:
        child = self._pick(lambda one: one["resolved"] is None)
        parent = self._pick(lambda one: one["resolved"] is None and one is not child)
        if child is not None and parent is not None:
            self._change(child, now, "resolved", status="resolved", resolved=now, parent=parent["id"])

    def _move(self, now: int) -> None:
        if one := self._pick(lambda one: one["resolved"] is None):
            self._change(one, now, "service_updated", service=self.random.choice(list(LIVE)))

    def _raise(self, now: int) -> None:
        if one := self._pick(lambda one: True):
            self._change(one, now, "priority_updated", urgency="high")

    def _change(self, one: Json, now: int, kind: str, **fields: object) -> None:
        one |= fields
        one["updated"] = now
        if "status" in fields:
            one["changed"] = now
        told = {"event_type": f"incident.{kind}", "occurred_at": rfc3339(now), "data": _told(one)}
        self._log.append({"at": now, "late": self.random.choice((0, 0, 0, 30)), "told": {"event": told}})

    def _pick(self, fits: Callable[[Json], object]) -> Json | None:
        found = [one for one in self._incidents.values() if fits(one)]
        return self.random.choice(found) if found else None


def _answer(rows: list[Json], offset: int = 0, limit: int = 100, *, more: bool = False) -> Json:
    return {"incidents": rows, "offset": offset, "limit": limit, "more": more, "total": None}


def _told(one: Json) -> Json:
    """What answers and events have alike of an incident."""
    parent = one["parent"]
    reason = None if parent is None else {"type": "merge_resolve_reason", "incident": {"id": parent}}
    told = {"id": one["id"], "status": one["status"], "created_at": rfc3339(one["created"]), "urgency": one["urgency"]}
    service = {"id": f"P{one['service']}", "summary": COMPONENTS[one["service"]]}
    return {**told, "service": service, "priority": None, "resolve_reason": reason}


def _row(one: Json) -> Json:
    resolved = None if one["resolved"] is None else rfc3339(one["resolved"])
    times = {"last_status_change_at": rfc3339(one["changed"]), "updated_at": rfc3339(one["updated"])}
    return {**_told(one), **times, "resolved_at": resolved}
