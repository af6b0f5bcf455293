"""Refusals of other tools' files, by format: input that is not understood must not be ignored."""

from __future__ import annotations

import json
from typing import Any

from refusal_scenarios import Scenario, of_file

Json = dict[str, Any]
_JSON_WORDS = ("broken JSON: ", "JSON 有误：")


# A status page.


def _page(*incidents: Json, maintenances: tuple[Json, ...] = (), **more: Any) -> Json:
    listed = [{"id": "ph", "name": "Phone"}, {"id": "wb", "name": "Web"}, {"id": "g", "name": "All", "group": True}]
    return {"components": listed, "incidents": list(incidents), "scheduled_maintenances": list(maintenances), **more}


def _incident(*updates: Json, status: str = "investigating", **more: object) -> Json:
    """An incident with its updates given oldest first; the page lists the newest first."""
    told: Json = {"id": "i1", "name": "Phones", "status": status, "impact": "major", "components": []}
    return told | {"incident_updates": list(reversed(updates))} | more


def _update(clock: str, *changes: Json, status: str = "investigating", **more: object) -> Json:
    at = f"2026-03-03T{clock}:00+08:00"
    return {"status": status, "display_at": at, "affected_components": list(changes) or None, **more}


def _change(old: str, new: str, code: str = "ph", name: str = "Phone") -> Json:
    return {"code": code, "name": name, "old_status": old, "new_status": new}


_DOWN = _change("operational", "major_outage")
_UP = _change("major_outage", "operational")
_STATUSPAGE = "import statuspage page.json --account 1001 --map Phone=agent_calls"


def _statuspage(name: str, content: object, *options: str) -> Scenario:
    return of_file(name, " ".join((_STATUSPAGE, *options)), "page.json", content, _JSON_WORDS)


STATUSPAGE = [
    _statuspage("no status page", []),
    _statuspage("nothing in the file", ""),
    _statuspage("JSON that is cut off", '{"incidents": ['),
    _statuspage("JSON that gives a key twice", '{"incidents": [], "incidents": []}')._replace(theirs=()),
    _statuspage("JSON that is nested too deeply", '{"incidents": ' + "[" * 200_000),
    _statuspage("no UTF-8", b'{"incidents": "\xff"}'),
    _statuspage("an incident that is no object", _page("x")),  # type: ignore[arg-type]
    _statuspage("updates that are no list", _page(_incident() | {"incident_updates": "x"})),
    _statuspage("an incident without an id", _page(_incident() | {"id": ""})),
    _statuspage("an incident twice", _page(_incident(_update("10:00", _DOWN)), _incident(_update("10:30", _DOWN)))),
    Scenario(
        "the page of another provider",
        f"{_STATUSPAGE} other.json",
        files={"page.json": json.dumps(_page(page={"id": "pg"})), "other.json": json.dumps(_page(page={"id": "qq"}))},
    ),
    _statuspage("an impact that is not known", _page(_incident(impact="vast"))),
    _statuspage("a status that is not known", _page(_incident(status="asleep"))),
    _statuspage("an update's status that is not known", _page(_incident(_update("10:00", status="asleep")))),
    _statuspage(
        "a component's old status that is not known",
        _page(_incident(_update("10:00", _change("asleep", "operational")))),
    ),
    _statuspage(
        "a component's new status that is not known",
        _page(_incident(_update("10:00", _change("operational", "asleep")))),
    ),
    _statuspage("a listed component's status", _page(components=[{"id": "ph", "name": "Phone", "status": "asleep"}])),
    _statuspage("a time that is missing", _page(_incident(_update("10:00", _DOWN) | {"display_at": None}))),
    _statuspage("a time that is none", _page(_incident(_update("10:00", _DOWN) | {"display_at": "yesterday"}))),
    _statuspage(
        "a day that there is not", _page(_incident(_update("10:00", _DOWN) | {"display_at": "2026-02-30T10:00:00Z"}))
    )._replace(theirs=("is no time: ", "不是时间：")),
    _statuspage("a component that is not there", _page(), "--map Fax=agent_calls"),
    _statuspage("a component mapped twice", _page(), "--map ph=agent_sign_in"),
    _statuspage(
        "two components of one name", _page(components=[{"id": "a", "name": "Phone"}, {"id": "b", "name": "Phone"}])
    ),
    of_file("a function that cannot be one", _STATUSPAGE.replace("agent_calls", "'no function'"), "page.json", _page()),
    _statuspage("an incident that names no component", _page(_incident(_update("10:00")))),
    _statuspage("a component of which nothing is said", _page(_incident(components=[{"id": "ph", "name": "Phone"}]))),
    _statuspage(
        "an outage that ends before it starts",
        _page(_incident(_update("10:00", _DOWN), status="resolved", resolved_at="2026-03-03T09:00:00+08:00")),
    ),
    _statuspage(
        "a maintenance that never began",
        _page(
            maintenances=(
                _incident(
                    status="completed",
                    components=[{"id": "ph", "name": "Phone"}, {"id": "wb", "name": "Web"}],
                    impact="maintenance",
                )
                | {
                    "incident_updates": [
                        _update("10:00", _change("operational", "operational", "wb", "Web"), status="completed")
                    ]
                },
            )
        ),
    ),
    _statuspage(
        "a window that ends before it begins",
        _page(
            maintenances=(
                _incident(
                    _update("10:00", _change("operational", "under_maintenance"), status="in_progress"),
                    status="in_progress",
                    impact="maintenance",
                    created_at="2026-03-01T10:00:00+08:00",
                    scheduled_for="2026-03-03T10:00:00+08:00",
                    scheduled_until="2026-03-03T09:00:00+08:00",
                ),
            )
        ),
    ),
    _statuspage("several faults at once", _page(_incident(impact="vast"), _incident(id="i2", status="asleep"))),
    _statuspage(
        "down before anybody said so",
        _page(_incident(_update("10:00", _UP), status="resolved", resolved_at="2026-03-03T10:00:00+08:00")),
    ),
    _statuspage("an id that the ledger cannot take", _page(_incident(_update("10:00", _DOWN), id="i 1"))),
]


# PagerDuty.


def _paged(id_: str = "Q1", status: str = "triggered", **more: object) -> Json:
    service = {"id": "P1", "summary": "Phones"}
    return {"id": id_, "status": status, "created_at": "2026-03-03T10:00:00Z", "service": service, **more}


def _event(kind: str, at: str = "2026-03-03T11:00:00Z", **more: object) -> Json:
    status = "resolved" if kind == "incident.resolved" else "triggered"
    return {"event": {"event_type": kind, "occurred_at": at, "data": {**_paged(status=status), **more}}}


def _lines(*documents: object) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in documents)


def _pagerduty(name: str, content: object, options: str = "--map Phones=agent_calls") -> Scenario:
    return of_file(name, f"import pagerduty page.json --account 1001 {options}", "page.json", content)


def _merged_into(parent: str) -> Json:
    reason = {"type": "merge_resolve_reason", "incident": {"id": parent}}
    return _paged(status="resolved", resolved_at="2026-03-03T11:00:00Z", resolve_reason=reason)


PAGERDUTY = [
    _pagerduty("nothing of PagerDuty's", {}),
    _pagerduty("a status that is not known", {"incidents": [_paged(status="asleep")]}),
    _pagerduty("an event's status that is not known", _event("incident.triggered", status="asleep")),
    _pagerduty("an event that is not known", _event("incident.dreamt")),
    _pagerduty("an urgency that is not known", {"incidents": [_paged(urgency="huge")]}),
    _pagerduty(
        "no urgency, and one is asked for", {"incidents": [_paged()]}, "--map Phones=agent_calls --urgency high"
    ),
    _pagerduty("a CSV", "id,incident_number,created_on\nQ1,12,2026-03-03T09:00:00+08:00\n"),
    _pagerduty("the last page is missing", {"incidents": [_paged()], "offset": 0, "limit": 25, "more": True}),
    _pagerduty("the next page is not told", {"incidents": [_paged()], "more": True}),
    _pagerduty("the first page is missing", {"incidents": [_paged()], "offset": 25, "limit": 25, "more": False}),
    _pagerduty("fewer incidents than it says", {"incidents": [_paged()], "more": False, "total": 2}),
    _pagerduty("a page that is no number", {"incidents": [_paged()], "offset": "first"}),
    _pagerduty(
        "merged into one that is not there",
        {"incidents": [_merged_into("Q9")]},
    ),
    _pagerduty("merged into itself", {"incidents": [_merged_into("Q1")]}),
    _pagerduty(
        "resolved for a reason that is not known",
        {"incidents": [_merged_into("Q9") | {"resolve_reason": {"type": "boredom"}}]},
    ),
    _pagerduty("resolved at no time", _event("incident.priority_updated", status="resolved")),
    _pagerduty(
        "began otherwise",
        _lines(_event("incident.triggered"), _event("incident.triggered", created_at="2026-03-03T10:30:00Z")),
    ),
    _pagerduty(
        "ended at another time",
        {
            "incidents": [
                _paged(status="resolved", last_status_change_at="2026-03-03T11:30:00Z", resolved_at=end)
                for end in ("2026-03-03T11:00:00Z", "2026-03-03T11:30:00Z")
            ]
        },
    ),
    _pagerduty(
        "ended before it started", {"incidents": [_paged(status="resolved", resolved_at="2026-03-03T09:00:00Z")]}
    ),
    _pagerduty("mapped to two functions", {"incidents": [_paged()]}, "--map Phones=agent_calls --map P1=agent_sign_in"),
    _pagerduty("a service that is not mapped", {"incidents": [_paged()]}, "--map Web=agent_calls"),
    of_file(
        "nobody whom it touches", "import pagerduty page.json --map Phones=agent_calls", "page.json", {"incidents": []}
    ),
    _pagerduty("a mapping that is none", {"incidents": []}, "--map Phones"),
]


# Alertmanager.


def _alert(**more: object) -> Json:
    labels = {"alertname": "RoutingDown", "tenant": "1001"}
    times = {"startsAt": "2026-03-03T10:00:00Z", "endsAt": "2026-03-03T11:00:00Z"}
    return {"status": "resolved", "labels": labels, **times, "fingerprint": "4be1", **more}


def _payload(*alerts: Json, **more: object) -> Json:
    return {"version": "4", "alerts": list(alerts), **more}


def _listed(**more: object) -> Json:
    return _alert(status={"state": "active"}, **more)


_BY_NAME = "--map alertname=RoutingDown=inbound_routing"


def _alerts(name: str, content: object, options: str = f"{_BY_NAME} --account-label tenant") -> Scenario:
    return of_file(name, f"import alertmanager alerts.json {options}", "alerts.json", content)


ALERTMANAGER = [
    _alerts("no alerts", {}),
    _alerts("a version that is not known", _payload(version="5")),
    _alerts("alerts were left out", _payload(_alert(), truncatedAlerts=3)),
    _alerts("a status that is not known", _payload(_alert(status="asleep"))),
    _alerts("resolved without an end", _payload(_alert(endsAt="0001-01-01T00:00:00Z"))),
    _alerts("without a start", _payload(_alert(startsAt="0001-01-01T00:00:00Z"))),
    _alerts(
        "fires under two starts",
        _payload(_alert(status="firing"), _alert(status="firing", startsAt="2026-03-03T09:30:00Z")),
    ),
    _alerts("gone from the list", _lines([_listed()], [])),
    _alerts("a list and a payload", _lines([_listed()], _payload())),
    _alerts(
        "one fingerprint of two functions",
        _payload(_alert(), _alert(labels={"alertname": "SignInDown", "tenant": "1001"})),
        f"{_BY_NAME} --map alertname=SignInDown=agent_sign_in --account-label tenant",
    ),
    _alerts("half a character", json.dumps(_payload(_alert(fingerprint="\ud83d")))),
    _alerts("ended before it started", _payload(_alert(endsAt="2026-03-03T09:00:00Z"))),
    _alerts("a label that is no text", _payload(_alert(labels={"alertname": 1}))),
    _alerts("labels that are not mapped", _payload(_alert(labels={"alertname": "DiskFull"}))),
    _alerts("no label of an account", _payload(_alert(labels={"alertname": "RoutingDown"}))),
    _alerts("no label of a region", _payload(_alert()), f"{_BY_NAME} --region-label zone"),
    _alerts("mapped to two functions", _payload(_alert()), f"{_BY_NAME} --map tenant=1001=agent_calls --all-accounts"),
    _alerts("nobody whom it touches", _payload(_alert()), _BY_NAME),
    _alerts("touches them in two ways", _payload(_alert()), f"{_BY_NAME} --account 1001 --all-accounts"),
    _alerts(
        "a map of one thing to two", _payload(), f"{_BY_NAME} --map alertname=RoutingDown=agent_calls --all-accounts"
    ),
    _alerts("a map that is none", _payload(), "--map RoutingDown=inbound_routing --all-accounts"),
    _alerts("an account's id that is none", _payload(_alert(labels={"alertname": "RoutingDown", "tenant": "a b"}))),
]


# Prometheus.


def _series(*values: object, **more: object) -> Json:
    pairs = [[1772503200 + 15 * number, value] for number, value in enumerate(values)]
    return {"metric": {"job": "routing"}, "values": pairs, **more}


def _late(first: int, *values: object) -> Json:
    """Another series, which begins so many seconds later."""
    pairs = [[1772503200 + first + 15 * number, value] for number, value in enumerate(values)]
    return {"metric": {"job": "routing", "pod": "b"}, "values": pairs}


def _matrix(*series: Json, **more: object) -> Json:
    return {"status": "success", "data": {"resultType": "matrix", "result": list(series)}, **more}


def _range(name: str, content: object, options: str = "") -> Scenario:
    words = f"import prometheus range.json --map job=routing=inbound_routing --all-accounts {options}"
    return of_file(name, words.strip(), "range.json", content)


PROMETHEUS = [
    _range("the server's error", {"status": "error", "error": "query timed out"}),
    _range("a status that is not known", _matrix(status="asleep")),
    _range("no range query", {"status": "success", "data": {"resultType": "vector", "result": []}}),
    _range("a histogram", _matrix(_series("1", histograms=[]))),
    _range("a value that is no ratio", _matrix(_series("1", "7"))),
    _range("a sample that is none", _matrix(_series("1", 0))),
    _range("a sample's time that is none", _matrix(_series("1") | {"values": [[-1, "1"]]})),
    _range("one sample alone", _matrix(_series("1"))),
    _range("a sample that comes too early", _matrix(_series("1") | {"values": [[30, "1"], [15, "1"]]})),
    _range("down from the beginning", _matrix(_series("0", "1"))),
    _range("off the step", _matrix(_series("1", "1", "1")), "--step 10s"),
    _range("a sample is missing", _matrix(_series("1") | {"values": [[0, "1"], [15, "1"], [45, "1"]]})),
    _range("samples are missing", _matrix(_series("1") | {"values": [[0, "1"], [15, "1"], [75, "1"]]})),
    _range("a series that begins late", _matrix(_series("1", "1", "1"), _late(30, "1"))),
    _range("a series that ends early", _matrix(_series("1", "1", "1"), _late(0, "1"))),
    _range("a sample told in two ways", _lines(_matrix(_series("1", "0")), _matrix(_series("1", "1")))),
    _range("an answer that is not complete", _matrix(_series("1", "1"), isPartial=True)),
    _range("a step of no length", _matrix(_series("1") | {"values": [[0, "1"], [0, "1"]]}), "--step 15s"),
    _range("neither up nor down", _matrix(_series("1", "0.5"))),
    _range("a threshold that is none", _matrix(), "--threshold 2"),
    _range("a step that is none", _matrix(), "--step soon"),
    _range(
        "a query that ends before it begins",
        _matrix(),
        "--from 2026-03-04T00:00:00+08:00 --to 2026-03-03T00:00:00+08:00",
    ),
]


# CloudEvents.


def _cloud(**more: object) -> Json:
    head = {"specversion": "1.0", "id": "7c1d", "source": "https://ops.example/desk", "type": "slaledger.fees.void"}
    return {**head, "data": {"bill": "B-3", "reason": "billed twice"}, **more}


def _events(name: str, content: object) -> Scenario:
    return of_file(name, "import cloudevents events.json", "events.json", content)


CLOUDEVENTS = [
    _events("a specification that is not known", _cloud(specversion="0.3")),
    _events("a type that is not known", _cloud(type="slaledger.fees.burn")),
    _events("a source with a blank", _cloud(source="the desk")),
    _events("one event told in two ways", [_cloud(), _cloud(data={"bill": "B-3", "reason": "other"})]),
    _events("data that are no JSON", _cloud(datacontenttype="text/plain")),
    _events("data in two ways", _cloud(data_base64="e30=")),
    _events("data that are no base64", {**_cloud(data_base64="%%"), "data": None}),
    _events("a number with decimals", _cloud(data={"bill": "B-3", "reason": "x", "months": 1.5})),
    *[
        _events(f"a field that is not taken: {field}", _cloud(data={"bill": "B-3", field: "x"}))
        for field in ("command", "key", "file", "all")
    ],
    _events("a command that is refused", _cloud(data={"bill": "B-99", "reason": "x"})),
]
