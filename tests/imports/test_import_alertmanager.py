"""Alerts become outages: known again by fingerprint and start, ended by their own status, or refused with the place."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine

from ledger.imports import source
from ledger.imports.alertmanager import read_alertmanager
from ledger.imports.label_rules import LabelRules
from ledger.imports.source import Reading
from ledger.refusals import Misread

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "alertmanager-webhook.json"
Json = dict[str, Any]
DOWN = {("alertname", "RoutingDown"): "inbound_routing"}
BY_TENANT = LabelRules(functions=DOWN, account_label="tenant")
ENDED = "2026-03-03T11:00:00+08:00"
ID = "alertmanager:00000000000000aa:20260303T020000Z"


def alert(ends: str | None = None, **fields: Any) -> Json:
    """An alert of tenant 1001 from 10:00; it fires until it is told that it ended."""
    return {
        "status": "firing" if ends is None else "resolved",
        "labels": {"alertname": "RoutingDown", "tenant": "1001"},
        "annotations": {},
        "startsAt": "2026-03-03T10:00:00+08:00",
        "endsAt": ends or "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": "00000000000000aa",
        **fields,
    }


def payload(*alerts: Json, **fields: Any) -> Json:
    """What is posted; the group's status is not the alert's."""
    return {"version": "4", "status": "firing", "receiver": "r", "alerts": list(alerts), "truncatedAlerts": 0, **fields}


def written(*payloads: Json) -> bytes:
    """One payload a line."""
    return "".join(json.dumps(each) + "\n" for each in payloads).encode()


def read(data: bytes, rules: LabelRules = BY_TENANT, *, truncated: bool = False) -> Reading:
    return read_alertmanager(io.BytesIO(data), name="a.json", rules=rules, truncated=truncated)


def refused(data: bytes, rules: LabelRules = BY_TENANT) -> Misread:
    with pytest.raises(Misread) as caught:
        read(data, rules)
    return caught.value


def words(reading: Reading) -> list[str]:
    return [str(command.fields["command"]) for command in reading.commands]


def test_a_resolved_alert_is_an_outage_opened_and_closed() -> None:
    opening, closing = read(written(payload(alert(ENDED)))).commands
    assert (opening.place, closing.place) == ("a.json:1: $.alerts[0].startsAt", "a.json:1: $.alerts[0].endsAt")
    assert opening.fields == {
        "command": "incident open",
        "incident": ID,
        "account": "1001",
        "function": "inbound_routing",
        "started_at": "2026-03-03T10:00:00+08:00",
    }
    assert closing.fields.keys() == {"command", "incident", "ended_at", "key"}
    assert (closing.fields["incident"], closing.fields["ended_at"]) == (ID, ENDED)


@pytest.mark.parametrize("group", ["firing", "resolved"])
def test_an_alert_that_fires_is_open_whatever_the_group_and_endsat_say(group: str) -> None:
    firing = alert(endsAt="2026-03-03T10:05:00+08:00")
    assert words(read(written(payload(firing, status=group)))) == ["incident open"]


def test_the_same_instant_in_another_zone_is_the_same_alert() -> None:
    (opening, closing) = read(
        written(payload(alert()), payload(alert(ENDED, startsAt="2026-03-03T02:00:00.000Z")))
    ).commands
    assert opening.fields["incident"] == closing.fields["incident"] == ID


def test_nanoseconds_are_cut_to_the_microsecond() -> None:
    fine = alert("2026-03-03T11:00:00.123456999+08:00", startsAt="2018-08-03T09:52:26.739266876+02:00")
    opening, closing = read(written(payload(fine))).commands
    assert opening.fields["started_at"] == "2018-08-03T09:52:26.739266+02:00"
    assert opening.fields["incident"] == "alertmanager:00000000000000aa:20180803T075226.739266Z"
    assert closing.fields["ended_at"] == "2026-03-03T11:00:00.123456+08:00"


def test_alerts_may_be_told_again_and_a_later_payload_ends_them() -> None:
    told = [payload(alert()), payload(alert()), payload(alert(ENDED)), payload(alert(ENDED))]
    assert words(read(written(*told))) == ["incident open", "incident close"]


def test_one_document_over_several_lines_is_read_as_one_of_one_line() -> None:
    pretty = json.dumps(payload(alert(ENDED)), indent=2).encode()
    assert [c.fields for c in read(pretty).commands] == [
        c.fields for c in read(written(payload(alert(ENDED)))).commands
    ]
    assert read(b"\n" + pretty).commands[0].place == "a.json: $.alerts[0].startsAt"


@pytest.mark.parametrize(
    ("given", "whom"),
    [
        ({"account_label": "tenant"}, {"account": "1001"}),
        ({"accounts": ("7",)}, {"account": "7"}),
        ({"accounts": ("7", "8")}, {"accounts": ["7", "8"]}),
        ({"all_accounts": True}, {"all_accounts": True}),
        ({}, None),
        ({"account_label": "tenant", "all_accounts": True}, None),
        ({"accounts": ("7",), "all_accounts": True}, None),
    ],
)
def test_whom_it_touches(given: dict[str, Any], whom: Json | None) -> None:
    rules = LabelRules(functions=DOWN, **given)
    if whom is None:
        assert refused(written(payload(alert())), rules).code == "bad_target"
    else:
        assert whom.items() <= read(written(payload(alert())), rules).commands[0].fields.items()


def test_what_no_rule_fits_is_refused_by_name_until_it_is_left_out() -> None:
    disk = alert(labels={"alertname": "DiskFull", "tenant": "1001"}, fingerprint="bb")
    data = written(payload(alert(ENDED), disk))
    error = refused(data)
    assert error.code == "unmapped_labels"
    assert error.place == "a.json:1: $.alerts[1]"
    assert "alert DiskFull (bb)" in error.finding
    assert error.hint and "alertname=DiskFull" in error.hint
    skip = frozenset({("alertname", "DiskFull")})
    for rules in (
        LabelRules(functions=DOWN, account_label="tenant", only_mapped=True),
        LabelRules(functions=DOWN, account_label="tenant", skip=skip),
        LabelRules(functions=DOWN, account_label="tenant", skip=frozenset({("fingerprint", "bb")})),
    ):
        reading = read(data, rules)
        assert words(reading) == ["incident open", "incident close"]
        assert reading.notes == ("left out as asked (1): alert DiskFull (bb)",)


def test_a_rule_that_nothing_fits_is_noted() -> None:
    rules = LabelRules(functions={**DOWN, ("alertname", "RoutingDwon"): "inbound_routing"}, account_label="tenant")
    assert read(written(payload(alert(ENDED))), rules).notes == (
        "nothing in the file fits --map alertname=RoutingDwon=…",
    )


def test_an_outage_without_length_is_noted_and_left_out() -> None:
    reading = read(written(payload(alert("2026-03-03T10:00:00+08:00"))))
    assert reading.commands == ()
    assert "has no length" in reading.notes[0]


def test_truncated_payloads_are_refused_until_they_are_asked_for() -> None:
    data = written(payload(alert(ENDED), truncatedAlerts=3))
    assert refused(data).code == "truncated_alerts"
    assert len(read(data, truncated=True).commands) == 2


def one(ends: str | None = None, **fields: Any) -> bytes:
    return written(payload(alert(ends, **fields)))


FIRING, RESOLVED, LATER = payload(alert()), payload(alert(ENDED)), payload(alert("2026-03-03T12:00:00+08:00"))
FIRST = "a.json:1: $.alerts[0]"
BAD: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"\n \n", "empty_file", "a.json"),
    "cut off": (one()[:-9], "bad_json", "a.json:1:"),
    "cut off in the second line": (written(FIRING, FIRING)[:-9], "bad_json", "a.json:2:"),
    "not UTF-8": (one() + b"{\xff", "not_utf8", "a.json:2:2"),
    "UTF-16": (json.dumps(FIRING).encode("utf-16"), "not_utf8", "a.json:1:1"),
    "a key twice": (b'{"version":"4","version":"4"}', "bad_json", "a.json:1"),
    "a list": (b"[]", "wrong_shape", "a.json:1: $"),
    "no alerts": (written({"version": "4"}), "not_alerts", "a.json:1: $"),
    "another version": (written(payload(version="1")), "unknown_version", "a.json:1: $.version"),
    "an unknown status": (one(status="suppressed"), "unknown_status", f"{FIRST}.status"),
    "no fingerprint": (one(fingerprint=""), "missing_text", f"{FIRST}.fingerprint"),
    "no offset": (one(startsAt="2026-03-03T10:00:00"), "bad_time", f"{FIRST}.startsAt"),
    "ten decimals": (one(startsAt="2026-03-03T10:00:00.0123456789Z"), "bad_time", f"{FIRST}.startsAt"),
    "resolved without end": (one("0001-01-01T00:00:00Z"), "missing_time", f"{FIRST}.endsAt"),
    "ends before it starts": (one("2026-03-03T09:00:00+08:00"), "ends_before_start", f"{FIRST}.endsAt"),
    "ends at two times": (written(RESOLVED, LATER), "contradiction", "a.json:2: $.alerts[0]"),
    "fires again": (written(RESOLVED, FIRING), "contradiction", "a.json:2: $.alerts[0]"),
    "no account": (one(labels={"alertname": "RoutingDown"}), "no_account_label", f"{FIRST}.labels"),
    "an account that is no id": (
        one(labels={"alertname": "RoutingDown", "tenant": "a b"}),
        "bad_id",
        f"{FIRST}.labels.tenant",
    ),
    "a label that is no text": (one(labels={"alertname": 1}), "wrong_shape", f"{FIRST}.labels.alertname"),
}


@pytest.mark.parametrize("what", BAD)
def test_refused_with_the_place(what: str) -> None:
    data, code, place = BAD[what]
    error = refused(data)
    assert (error.code, error.place[: len(place)]) == (code, place)


RULES: dict[str, tuple[LabelRules, str]] = {
    "two functions": (
        LabelRules(functions={**DOWN, ("tenant", "1001"): "agent_calls"}, all_accounts=True),
        "mapped_twice",
    ),
    "an unknown function": (
        LabelRules(functions={("a", "b"): "Inbound routing"}, all_accounts=True),
        "unknown_function",
    ),
    "nothing mapped": (LabelRules(functions={}, all_accounts=True), "no_mapping"),
}


@pytest.mark.parametrize("what", RULES)
def test_rules_that_cannot_be_meant(what: str) -> None:
    rules, code = RULES[what]
    assert refused(one(), rules).code == code


def test_a_document_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST", 100)
    assert refused(json.dumps(payload(alert()), indent=2).encode()).code == "too_large"


def test_the_real_payload() -> None:
    if not SAMPLE.exists():
        pytest.skip("skipped: ../shared/samples is not here")
    rules = LabelRules(functions={("alertname", "Deployment"): "agent_calls"}, all_accounts=True)
    opening, closing = read(SAMPLE.read_bytes(), rules).commands
    assert opening.fields["incident"] == "alertmanager:fbab788ec4c1018b:20220729T111327.3Z"
    assert (opening.fields["started_at"], closing.fields["ended_at"]) == (
        "2022-07-29T11:13:27.3Z",
        "2022-07-29T11:17:27.3Z",
    )


COMMAND = (
    "import",
    "alertmanager",
    "alerts.jsonl",
    "--map",
    "alertname=RoutingDown=inbound_routing",
    "--account-label",
)


def test_through_the_command_line_firing_opens_resolved_closes_and_twice_is_nothing(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    file = slaledger.folder / "alerts.jsonl"
    file.write_bytes(written(payload(alert())))
    assert slaledger.ok(*COMMAND, "tenant", "--dry-run")["recorded"] == 2
    assert slaledger.ok(*COMMAND, "tenant")["recorded"] == 2
    file.write_bytes(written(payload(alert()), payload(alert(ENDED))))
    assert slaledger.ok(*COMMAND, "tenant")["recorded"] == 2
    assert slaledger.ok(*COMMAND, "tenant")["recorded"] == 0
    (incident,) = slaledger.ok("history", "1001")["incidents"]
    assert (incident["status"], incident["ended_at"]) == ("closed", ENDED)


def test_an_account_that_nobody_enrolled_is_refused_with_the_place(slaledger: CommandLine) -> None:
    (slaledger.folder / "alerts.jsonl").write_bytes(written(payload(alert())))
    error = slaledger.refused(*COMMAND, "tenant")
    assert error["code"] == "unknown_account"
    assert "alerts.jsonl:1: $.alerts[0].startsAt" in error["message"]


def test_a_gigabyte_of_one_line_is_refused_by_its_place(slaledger: CommandLine) -> None:
    with (slaledger.folder / "alerts.jsonl").open("wb") as file:
        file.truncate(2**30)
    error = slaledger.refused(*COMMAND, "tenant", status=2)
    assert error["code"] == "line_too_long"
    assert "alerts.jsonl:1" in error["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--map", "alertname=X"),
        ("--map", "X=agent_calls", "--all-accounts"),
        ("--map", "a=b=agent_calls", "--map", "a=b=agent_sign_in", "--all-accounts"),
        ("--map", "a=b=agent_calls"),
        ("--map", "a=b=agent_calls", "--all-accounts", "--account", "1"),
        ("--map", "a=b=agent_calls", "--all-accounts", "--skip", "a"),
    ],
)
def test_wrong_usage(slaledger: CommandLine, wrong: tuple[str, ...]) -> None:
    assert slaledger.refused("import", "alertmanager", "alerts.jsonl", *wrong, status=2)["code"] == "usage"
