"""Refusals of what a source states against what the ledger holds, and of the file that names imports."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from refusal_scenarios import Scenario, made
from refusals_of_stores import caught

from ledger.imports.label_rules import LabelRules
from ledger.imports.reconciling.reconcile import reconcile
from ledger.imports.source import SourceTime
from ledger.imports.statements import OutageStatement, Policy, Reading

Json = dict[str, Any]
_PAGE = "--account 1001 --map Phone=agent_calls"
_ALERTS = "--map alertname=RoutingDown=inbound_routing --account-label tenant"


def _day(clock: str) -> str:
    return f"2026-03-03T{clock}:00+08:00"


def _incident(ended: str | None = None, **more: Any) -> Json:
    """An incident of a status page that begins at ten."""
    changes = [("10:00", "operational", "major_outage")]
    changes += [(ended, "major_outage", "operational")] if ended else []
    updates = [
        {
            "status": "resolved" if new == "operational" else "investigating",
            "display_at": _day(clock),
            "affected_components": [{"code": "ph", "name": "Phone", "old_status": old, "new_status": new}],
        }
        for clock, old, new in reversed(changes)
    ]
    told: Json = {"id": "i1", "name": "Phones", "impact": "major", "incident_updates": updates, **more}
    told |= {"created_at": _day("10:00"), "started_at": _day("10:00")}
    return told | {"status": updates[0]["status"], "resolved_at": _day(ended) if ended else None}


_LATER: Json = _incident("10:30") | {"id": "i2", "updated_at": _day("13:00"), "created_at": _day("10:05")}
_EARLIER: Json = _incident("10:30") | {"id": "i0", "started_at": "2026-03-02T10:00:00+08:00"}


def _page(said_at: str, *incidents: Json) -> str:
    return json.dumps({"page": {"id": "pg", "updated_at": _day(said_at)}, "incidents": list(incidents)})


def _alert(ends: str | None, starts: str = "10:00") -> str:
    """A payload of one alert; without an end it fires."""
    told = {"labels": {"alertname": "RoutingDown", "tenant": "1001"}, "fingerprint": "4be1"}
    times = {
        "startsAt": f"2026-03-03T{starts}:00Z",
        "endsAt": f"2026-03-03T{ends}:00Z" if ends else "0001-01-01T00:00:00Z",
    }
    return json.dumps({"version": "4", "alerts": [told | times | {"status": "resolved" if ends else "firing"}]})


def _ends_before_it_starts() -> None:
    told = OutageStatement(
        key="k",
        incident="k",
        name="a line",
        scope="",
        function="agent_calls",
        target={"all_accounts": True},
        start=SourceTime(datetime(2026, 3, 3, 2, tzinfo=UTC), "02:00", "file:1"),
        end=SourceTime(datetime(2026, 3, 3, 1, tzinfo=UTC), "01:00", "file:2"),
        place="file:1",
    )
    reconcile(Reading(source="desk", policy=Policy(one_a_key=True), statements=(told,)), [])


def _regions_and_accounts() -> None:
    LabelRules(functions={("a", "b"): "c"}, all_accounts=True, region_label="d").check("a.json")


RECONCILED = [
    Scenario(
        "a page of yesterday after one of today",
        f"import statuspage old.json {_PAGE}",
        before=(f"import statuspage new.json {_PAGE}",),
        files={"old.json": _page("11:00", _incident()), "new.json": _page("12:00", _incident("11:30"))},
    ),
    Scenario(
        "a file that was taken before the latest one",
        f"import alertmanager a.json {_ALERTS}",
        before=(f"import alertmanager a.json {_ALERTS}", f"import alertmanager b.json {_ALERTS}"),
        files={"a.json": _alert(None), "b.json": _alert("12:00")},
    ),
    Scenario(
        "an alert that fires under another start than the one that is open",
        f"import alertmanager b.json {_ALERTS}",
        before=(f"import alertmanager a.json {_ALERTS}",),
        files={"a.json": _alert(None), "b.json": _alert(None, "11:00")},
    ),
    Scenario(
        "an incident as it was before its latest update",
        f"import statuspage old.json {_PAGE}",
        before=(f"import statuspage new.json {_PAGE}",),
        files={
            "old.json": json.dumps([_LATER, _incident(updated_at=_day("11:00"))]),
            "new.json": json.dumps([_incident("11:30", updated_at=_day("12:00"))]),
        },
    ),
    Scenario(
        "an outage that vanished",
        f"import statuspage new.json {_PAGE}",
        before=(f"import statuspage old.json {_PAGE}",),
        files={"old.json": _page("11:00", _EARLIER, _incident("10:45")), "new.json": _page("12:00", _EARLIER)},
    ),
    Scenario(
        "a word about a vanished outage that is none",
        f"import statuspage old.json {_PAGE} --gone i1:ph=forgotten",
        files={"old.json": _page("11:00", _incident())},
    ),
    Scenario(
        "an end before the start that a person said",
        f"import statuspage new.json {_PAGE}",
        before=(
            f"import statuspage old.json {_PAGE}",
            f"incident correct i1:ph --started-at {_day('11:00')} --reason 'first call that failed'",
        ),
        files={"old.json": _page("12:00", _incident()), "new.json": _page("13:00", _incident("10:30"))},
    ),
    Scenario(
        "other accounts than before",
        "import statuspage new.json --all-accounts --map Phone=agent_calls",
        before=(f"import statuspage old.json {_PAGE}",),
        files={"old.json": _page("11:00", _incident()), "new.json": _page("12:00", _incident("11:30"))},
    ),
    made("an outage that ends before it starts", caught(_ends_before_it_starts)),
    made("regions of a label and all accounts", caught(_regions_and_accounts)),
]


def _config(name: str, text: str, theirs: tuple[str, ...] = ()) -> Scenario:
    return Scenario(name, "import --config imports.toml", files={"imports.toml": text}, theirs=theirs)


_HEAD = '[[import]]\nformat = "statuspage"\nfiles = ["page.json"]\n'
CONFIGURED = [
    _config("no TOML", "[[import", ("the file of imports cannot be read: ", "无法读取导入配置文件：")),
    _config("no imports", 'format = "statuspage"\n'),
    _config("an import that is no table", "import = [7]\n"),
    _config("a format that there is not", '[[import]]\nformat = "zabbix"\nfiles = ["a.json"]\n'),
    _config("no files", '[[import]]\nformat = "statuspage"\nfiles = "page.json"\n'),
    _config("a pattern that fits nothing", '[[import]]\nformat = "statuspage"\nfiles = ["polls/*.json"]\n'),
    _config("an option's value of another kind", f"{_HEAD}map = 1.5\n"),
    _config("an option that there is not", f"{_HEAD}mapp = 'Phone=agent_calls'\n"),
    _config("an option that is missing", f"{_HEAD}map = ['Phone=agent_calls']\n"),
]
