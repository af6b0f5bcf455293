"""From `ledger.upgraded` on, a log is held to stricter rules; what was recorded before stays admissible."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from build import row
from conftest import ROOT, CommandLine
from stores import SqliteStore
from test_admissible import facts, forbidden
from test_audit_replay import command_of

from domain.case import Fact
from domain.commands import Command
from domain.time import CLOCK_TOLERANCE_US, MINUTE_US
from ledger.commands.execution import execute
from ledger.commands.handlers.effect import content_sha256
from ledger.log import streams
from ledger.log.codec import decode

assert facts  # a fixture
BEFORE = ROOT / "tests" / "golden_ledger" / "cancellations" / "events.jsonl"


def by_the_first_rules(log: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in log if fact.topic != "ledger.upgraded"]


def _put(log: Sequence[Fact], topic: str, **changed: object) -> list[Fact]:
    """A log with the last event of a topic, and all that its command recorded, changed."""
    last = [fact for fact in log if fact.topic == topic][-1]
    command = last.recorded_at, last.actor, last.key
    same = [fact for fact in log if (fact.recorded_at, fact.actor, fact.key) == command]
    return [msgspec.structs.replace(fact, **changed) if fact in same else fact for fact in log]


def _recorded(log: Sequence[Fact], behind_us: int) -> list[Fact]:
    """The last command was recorded by a clock that is behind that of the one before."""
    end = log[-1].recorded_at
    before = max(fact.recorded_at for fact in log if fact.recorded_at != end)
    return [
        msgspec.structs.replace(fact, recorded_at=before - behind_us) if fact.recorded_at == end else fact
        for fact in log
    ]


def _issued_less(log: Sequence[Fact]) -> list[Fact]:
    """A voucher of a fen less than is due, at the end of the log."""
    (end,) = [place for place, fact in enumerate(log) if fact.stream == streams.reservation("voucher", "V")]
    less = list(log[: end + 1])
    for place, fact in enumerate(less):
        if fact.topic in ("voucher.issued", "claim.paid"):
            amount_fen = fact.event.amount_fen - 1  # type: ignore[attr-defined]
            event = msgspec.structs.replace(fact.event, amount_fen=amount_fen)
            less[place] = msgspec.structs.replace(fact, event=event)
    (voucher,) = [fact.event for fact in less if fact.topic == "voucher.issued"]
    reserved = msgspec.structs.replace(less[end].event, content_sha256=content_sha256(voucher))
    less[end] = msgspec.structs.replace(less[end], event=reserved)
    return less


def _cancelled_alone(log: Sequence[Fact]) -> list[Fact]:
    """A cancellation without the claim's side, at the end of the log."""
    (end,) = [place for place, fact in enumerate(log) if fact.topic == "voucher.cancelled"]
    return list(log[: end + 1])


Change = Callable[[Sequence[Fact]], list[Fact]]
STRICTER = [
    row("a clock behind by five minutes", lambda log: _recorded(log, CLOCK_TOLERANCE_US), None),
    row("a clock behind by more", lambda log: _recorded(log, CLOCK_TOLERANCE_US + 1), "clock_behind"),
    row("nobody", lambda log: _put(log, "voucher.cancelled", actor=""), "bad_actor"),
    row("200 letters", lambda log: _put(log, "voucher.cancelled", actor="a" * 200), None),
    row("201 letters", lambda log: _put(log, "voucher.cancelled", actor="a" * 201), "bad_actor"),
    row("a name that colours", lambda log: _put(log, "voucher.cancelled", actor="\x1b[31mclerk"), "bad_actor"),
    row("a blank reason", lambda log: _put(log, "claim.filed", reason=" "), "bad_text"),
    row("no reason to reopen", lambda log: _put(log, "incident.reopened", reason=None), "bad_text"),
    row("no reason to restore", lambda log: _put(log, "incident.restored", reason=None), "bad_text"),
    row("no reason to keep", lambda log: _put(log, "incident.kept", reason=None), "bad_text"),
    row("no reason to release", lambda log: _put(log, "incident.released", reason=None), "bad_text"),
    row("an issue of less", _issued_less, "beyond_award"),
    row("a cancellation without the claim's side", _cancelled_alone, "half_recorded"),
]


@pytest.mark.parametrize(("change", "code"), STRICTER)
def test_what_is_stricter_judges_what_stands_behind_it(facts: list[Fact], change: Change, code: str | None) -> None:
    changed = change(facts)
    assert changed != facts
    assert {one.code for one in forbidden(changed)} >= ({code} if code else set())
    assert bool(forbidden(changed)) == (code is not None)
    assert forbidden(by_the_first_rules(changed)) == []


def test_rules_never_fall_and_are_begun_once(facts: list[Fact]) -> None:
    (begun,) = [fact for fact in facts if fact.topic == "ledger.upgraded"]
    again = msgspec.structs.replace(begun, position=facts[-1].position + 1, recorded_at=facts[-1].recorded_at)
    assert [one.code for one in forbidden([*facts, again])] == ["no_effect"]


@pytest.fixture
def older(tmp_path: Path) -> CommandLine:
    """A ledger of the release before."""
    line = CommandLine(tmp_path)
    line.ok("import", "events", str(BEFORE))
    return line


def upgrades(line: CommandLine) -> list[tuple[int, dict[str, object]]]:
    """Where the events that begin rules stand, and what they say."""
    return [(row[0], json.loads(row[4])["data"]) for row in line.rows() if row[3] == "ledger.upgraded"]


def test_the_first_event_of_a_newer_release_is_followed_by_its_rules(older: CommandLine) -> None:
    assert upgrades(older) == []
    enroll = ["account", "enroll", "NEW", "--enrolled-at", "2026-11-01T00:00:00+08:00"]
    older.refused("account", "close", "NOBODY", "--closed-at", "2026-11-01T00:00:00+08:00")
    older.ok("availability", "A", "2026-07")
    assert upgrades(older) == []
    done = older.ok(*enroll)
    ((position, begun),) = upgrades(older)
    assert (done["recorded"], position) == (1, done["position"])
    assert begun["rules"] == 2
    older.ok(*enroll)
    older.ok("account", "close", "NEW", "--closed-at", "2026-11-02T00:00:00+08:00")
    assert len(upgrades(older)) == 1
    older.ok("audit", "verify")


def test_init_brings_the_rules_too(older: CommandLine) -> None:
    older.ok("init")
    ((_, begun),) = upgrades(older)
    assert begun["rules"] == 2
    assert older.ok("init")["noop"]


def test_a_clock_that_is_a_little_behind_records_at_the_last_events_instant(slaledger: CommandLine) -> None:
    """So times never run back; one that is further behind is refused, and nothing is recorded."""
    with slaledger.opened() as ledger:
        with ledger.reading() as log:
            end, position = log.recorded_at(), log.position()
        for number, behind_us in enumerate((CLOCK_TOLERANCE_US, MINUTE_US, 0)):
            at = end - behind_us
            execute(ledger, _enroll(f"LATE-{number}"), "clerk", lambda at=at: at)  # type: ignore[misc]
        with ledger.reading() as log:
            assert {decode(each).recorded_at for each in log.since(position)} == {end}
            position = log.position()
        with pytest.raises(Exception, match="clock") as refused:
            execute(ledger, _enroll("TOO-LATE"), "clerk", lambda: end - CLOCK_TOLERANCE_US - 1)
        assert getattr(refused.value, "code", None) == "clock_behind"
        with ledger.reading() as log:
            assert log.position() == position


def _enroll(account: str) -> Command:
    told = {"command": "account enroll", "account": account, "enrolled_at": "2017-01-01T00:00:00+08:00"}
    return command_of(told)


def test_an_older_release_records_nothing_by_rules_that_it_does_not_know(
    sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    line = CommandLine(tmp_path, sqlite_store.blank(tmp_path))
    enroll = ["account", "enroll", "NEW", "--enrolled-at", "2026-11-01T00:00:00+08:00"]
    with patch("ledger.application.RULES", 1):
        assert line.refused(*enroll, status=2)["code"] == "newer_ledger"
        line.ok("worklist")
    line.ok(*enroll)
