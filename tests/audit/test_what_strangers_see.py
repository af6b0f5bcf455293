"""What leaves with a dossier: nothing of another account, and of the account's other months only what is checked by.

Every text that somebody gave is marked with whose it is and of which month: ids, names, statements, reasons, evidence,
keys, sources, actors and their keys. A shared incident has a mark of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
from conftest import CommandLine
from stores import SqliteStore

from domain.case import SourceMark
from domain.commands import CloseIncident, CorrectIncident, OpenIncident, WithdrawIncident
from domain.commands.imports import KeepIncident, ReleaseIncident, RestoreIncident
from domain.events.topics import TOPICS
from domain.time import Instant
from domain.values import FunctionName, Id, Seconds, Words
from ledger.commands.execution import carry_out

Json = dict[str, Any]
MARK = re.compile(r"zq([A-Z]\d\d)zq")
MONTHS = ("03", "05")
HOLDERS = {"A": "R", "B": "T", "C": "R"}
"""The accounts, each with whose mark its region has."""
TOUCHED = {"E": "ABC", "R": "AC", "T": "B", "S": "AB"}
"""Shared incidents: of everybody, of the two regions, and of two accounts by name; each with whom it touches."""


def mark(whose: str, month: str = "00") -> str:
    """The mark of an account or of a shared incident in a month; without one, of what an account always has."""
    return f"zq{whose}{month}zq"


def at(month: str, day: str, hour: int = 0) -> str:
    return f"2026-{month}-{day}T{hour:02d}:00:00+08:00"


def evidence(m: str) -> list[Json]:
    return [{"name": f"{m}.eml", "sha256": "0" * 64, "uri": f"https://example.org/{m}"}]


def outage(m: str, month: str, **whom: Any) -> Iterator[Json]:
    """An outage of four hours with everything that may be said of it."""
    told = {"reported_by": f"desk {m}", "evidence": evidence(m), "reason": f"told {m}"}
    one, why = {"incident": f"{m}-I"}, {"reason": f"why {m}"}
    start = {"function": "inbound_routing", "started_at": at(month, "10", 8)}
    yield {"command": "incident open", **one, **whom, **start, **told, "key": f"{m}-key"}
    yield {"command": "incident close", **one, "ended_at": at(month, "10", 11), **told}
    yield {"command": "incident correct", **one, "ended_at": at(month, "10", 12), **why}
    yield {"command": "incident correct", **one, "function": "agent_calls", **why}
    yield {"command": "incident reopen", **one, **why}
    yield {"command": "incident close", **one, "ended_at": at(month, "10", 12)}
    cause = {"command": "exclusion apply", **one, "clause": "2.3(5)", "notified_at": at("02", "01")}
    span = {"from": at(month, "10", 8), "to": at(month, "10", 9)}
    yield {**cause, **span, "evidence": evidence(m), **why}
    yield {**cause, **span, "announced_from": at(month, "10", 8), "announced_to": at(month, "10", 9), **why}
    yield {"command": "exclusion withdraw", **one, "exclusion": 1, **why}
    yield {"command": "incident open", "incident": f"{m}-W", **whom, **start}
    yield {"command": "incident withdraw", "incident": f"{m}-W", **why}


def holder(whose: str) -> Iterator[Json]:
    """An account with all that is recorded of it, of no month."""
    m = mark(whose)
    account, why = {"account": m}, {"reason": f"why {m}"}
    old = {"enrolled_at": at("01", "05"), "region": f"{m}-old", "stage": "public_beta"}
    yield {"command": "account enroll", **account, **old, "name": f"Name {m}"}
    yield {"command": "account rename", **account, "name": f"New name {m}"}
    yield {"command": "account restage", **account, "stage": "general", "changed_at": at("01", "20")}
    yield {"command": "account move", **account, "region": mark(HOLDERS[whose]), "moved_at": at("02", "01")}
    yield {"command": "account correct", **account, "region": f"{m}-older", **why}


def fees(whose: str, month: str) -> Iterator[Json]:
    m, why = mark(whose, month), {"reason": f"why {mark(whose, month)}"}
    bill = {"command": "fees bill", "account": mark(whose), "first_month": f"2026-{month}", "call_fee": "100.00"}
    amounts = {"product_fee": "1000.00", "billed_at": at(month, "28")}
    yield {**bill, **amounts, "bill": f"{m}-B"}
    yield {"command": "fees correct", "bill": f"{m}-B", "product_fee": "1001.00", **why}
    yield {**bill, **amounts, "bill": f"{m}-V"}
    yield {"command": "fees void", "bill": f"{m}-V", **why}
    yield {**bill, **amounts, "bill": f"{m}-V", "again": True}
    yield {"command": "fees void", "bill": f"{m}-V", "reason": f"again {m}"}
    later = {"billed_at": at("10", "28"), "product_fee": "500.00", "voucher_offset": {"service": "3.00", "call": "0"}}
    yield {**bill, **later, "bill": f"{m}-L", "first_month": "2026-10"}


def claim(whose: str, month: str) -> Iterator[Json]:
    m, about = mark(whose, month), {"account": mark(whose), "month": f"2026-{month}"}
    after, why = f"{int(month) + 1:02d}", {"reason": f"why {mark(whose, month)}"}
    filed = {"command": "claim file", **about, "statement": f"statement {m}"}
    yield {**filed, "filed_at": at(after, "10")}
    yield {"command": "claim withdraw", **about, **why}
    yield {**filed, "filed_at": at(after, "12"), "evidence": evidence(m)}
    yield {"command": "claim decide", **about, "decided_at": at(after, "20")}
    yield {"command": "claim dispute", **about, "disputed_at": at(after, "21"), "grounds": f"grounds {m}"}
    yield {"command": "claim redecide", **about, "decided_at": at(after, "22"), **why}


def voucher(whose: str, month: str) -> Iterator[Json]:
    m, why = mark(whose, month), {"reason": f"why {mark(whose, month)}"}
    one = {"voucher": f"{m}-P"}
    about = {"account": mark(whose), "month": f"2026-{month}"}
    yield {"command": "voucher issue", **about, **one, "issued_at": at("08", "01")}
    pay = {"command": "voucher redeem", **one, "bill": f"{m}-L", "part": "service", "redeemed_at": at("10", "29")}
    yield {**pay, "amount": "3.00", "shown_on_bill": True}
    yield {**pay, "amount": "4.00", "shown_on_bill": False}
    yield {"command": "voucher reverse", **one, "redemption": 2, **why}
    yield {"command": "voucher cancel", **one, "amount": "1.00", **why}


def imported(whose: str, month: str) -> Iterator[Any]:
    """Commands that only imports give."""
    m, start = mark(whose, month), Instant.parse(at(month, "15"))
    one, why = Id(f"{m}-M"), Words(f"why {m}")
    end, step = Instant(start + 3_600_000_000), Seconds.parse("15")
    function = FunctionName("agent_calls")
    yield OpenIncident(
        incident=one, account=Id(mark(whose)), function=function, started_at=start, uncertainty_seconds=step
    )
    yield CloseIncident(incident=one, ended_at=end, uncertainty_seconds=step)
    corrected = Instant(end + 60_000_000)
    yield CorrectIncident(incident=one, ended_at=corrected, uncertainty_seconds=step, reason=why)
    yield RestoreIncident(incident=Id(f"{m}-W"), reason=why)
    yield WithdrawIncident(incident=Id(f"{m}-W"), reason=why)
    yield KeepIncident(incident=one, reason=why)
    yield ReleaseIncident(incident=one, reason=why)


def status_page(m: str, month: str) -> Json:
    """What a status page says of an outage of an hour."""
    times = dict.fromkeys(("created_at", "started_at"), f"2026-{month}-18T01:00:00.000Z")
    ended = f"2026-{month}-18T02:00:00.000Z"
    part = {"code": f"{m}-part", "name": "Calls"}
    updates = [
        {"id": f"{m}-2", "status": "resolved", "display_at": ended},
        {"id": f"{m}-1", "status": "investigating", "display_at": times["started_at"]},
    ]
    states = ("operational", "major_outage", "operational")
    for update, old, new in zip(updates, states[1:], states, strict=False):
        update["affected_components"] = [{**part, "old_status": old, "new_status": new}]  # type: ignore[assignment]
    incident = {
        **times,
        "id": f"{m}-page",
        "name": f"Calls fail {m}",
        "status": "resolved",
        "impact": "major",
        "updated_at": ended,
        "resolved_at": ended,
        "incident_updates": updates,
        "components": [{"id": f"{m}-part", "name": "Calls", "status": "operational"}],
    }
    page = {"id": f"{m}-status", "name": f"Status {m}", "url": f"https://{m}.example.org", "time_zone": "Asia/Shanghai"}
    return {"page": {**page, "updated_at": ended}, "incidents": [incident]}


class Shown(NamedTuple):
    """What leaves for a claim: the marks in its dossier and on its page."""

    dossier: set[str]
    page: set[str]


@pytest.fixture(scope="module")
def slaledger(sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger of three accounts with the same in two months each, and outages that they share."""
    folder = tmp_path_factory.mktemp("marked")
    line = CommandLine(folder, sqlite_store.blank(folder))
    told(line, "steward", [{"command": "controls set", "approval_above": "20.00", "reason": "r"}])
    for whose in HOLDERS:
        told(line, mark(whose), holder(whose))
    for month in MONTHS:
        for whose, whom in {
            "E": {"all_accounts": True},
            **{region: {"regions": [mark(region)]} for region in "RT"},
            "S": {"accounts": [mark(each) for each in TOUCHED["S"]]},
        }.items():
            told(line, mark(whose, month), outage(mark(whose, month), month, **whom))
        for whose in HOLDERS:
            own(line, whose, month)
    for whose in HOLDERS:
        told(line, mark(whose), [{"command": "account close", "account": mark(whose), "closed_at": at("11", "01")}])
    return line


def own(line: CommandLine, whose: str, month: str) -> None:
    """Record an account's month, by people who act for it alone, one of whom signs."""
    m = mark(whose, month)
    told(line, m, outage(m, month, account=mark(whose)))
    with line.opened() as ledger, ledger.writing() as log:
        source = SourceMark(name=f"{m}-name", scope=f"{m}-scope", key=f"{m}-key", parent=f"{m}-parent", said_at=1)
        for command in imported(whose, month):
            carry_out(log, command, m, log.recorded_at() + 1, source)
    (line.folder / "page.json").write_text(json.dumps(status_page(m, month)))
    words = ("import", "statuspage", "page.json", "--account", mark(whose), "--map", "Calls=agent_calls")
    line.ok("--actor", m, *words)
    told(line, m, [*fees(whose, month), *claim(whose, month)])
    about = (mark(whose), f"2026-{month}")
    line.ok("--actor", f"{m}-checker", "voucher", "approve", *about, "--reason", f"why {m}")
    key = line.run("keygen", f"{m}-signer", "-o", f"{m}.key").stdout.strip()
    line.ok("--actor", m, "actor", "add-key", m, key, "--reason", f"why {m}")
    told(line, m, voucher(whose, month), "--sign", f"{m}.key")


def told(line: CommandLine, actor: str, commands: Iterable[Json], *words: str) -> None:
    lines = "".join(f"{json.dumps(command)}\n" for command in commands)
    done = line.run("--actor", actor, *words, "batch", "-", stdin=lines.encode())
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def shown(slaledger: CommandLine) -> dict[tuple[str, str], Shown]:
    """What leaves for each claim."""
    found = {}
    for whose in HOLDERS:
        for month in MONTHS:
            about = (mark(whose), f"2026-{month}")
            slaledger.ok("dossier", *about, "-o", "case.json", "--html", "case.html", "--force")
            assert slaledger.ok("verify-dossier", "case.json")["findings"] == []
            files = ((slaledger.folder / name).read_text("utf-8") for name in ("case.json", "case.html"))
            found[whose, month] = Shown(*(set(MARK.findall(text)) for text in files))
    return found


def may_be_seen(whose: str, month: str) -> set[str]:
    """The marks that may leave for a claim: the account's own of the month, and those of outages that touched it."""
    touching = {f"{shared}{month}" for shared, touched in TOUCHED.items() if whose in touched}
    return {f"{whose}00", f"{whose}{month}", f"{HOLDERS[whose]}00"} | touching


def test_nothing_of_another_account_or_month_leaves_with_a_claim(shown: dict[tuple[str, str], Shown]) -> None:
    beyond = {
        (*claim, name): marks - may_be_seen(*claim)
        for claim, seen in shown.items()
        for name, marks in seen._asdict().items()
    }
    assert {claim: marks for claim, marks in beyond.items() if marks} == {}


def test_what_a_claim_rests_on_leaves_with_it(shown: dict[tuple[str, str], Shown]) -> None:
    """So the marks are where they would be found."""
    for claim, seen in shown.items():
        assert seen.dossier == may_be_seen(*claim)
        assert seen.page >= {f"{claim[0]}{claim[1]}"}


CODES = {
    *("function", "scope", "part", "moment", "stage", "month", "first_month", "voucher_month", "clause", "version"),
    *("sha256", "decision_sha256", "signature", "decision"),
}
"""Fields that hold a word or a number of the rules; nobody gives a text of his own there."""


def texts(value: Any, name: str = "") -> Iterator[str]:
    """The texts in a value that somebody gave."""
    if name in CODES:
        return
    if isinstance(value, dict):
        for key, each in value.items():
            yield from texts(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each, name)
    elif isinstance(value, str):
        yield value


def test_every_text_of_every_account_is_marked(slaledger: CommandLine) -> None:
    rows = [row for row in slaledger.rows() if row[1].startswith(("zq", "~/incident/", "~/actor/"))]
    unmarked = {text for *_, state in rows for text in texts(json.loads(state)) if not MARK.search(text)}
    assert unmarked == {"statuspage"}
    told = {row[3] for row in rows if row[1].startswith(mark("A"))}
    of_accounts = {topic for topic in TOPICS if topic.partition(".")[0] in GROUPS}
    assert of_accounts - told <= set()


GROUPS = ("account", "incident", "exclusion", "fees", "claim", "voucher")
