"""The ledgers that benchmarks run on are real: what commands record, sound, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import generate
import pytest
from conftest import CommandLine
from lives import RECORDED_FROM, AccountLife, SharedLife, Timeline

from domain.case import Case
from domain.commands import Command
from domain.events.topics import TOPICS
from ledger.application import Ledger, Writer
from ledger.commands.execution import carry_out
from ledger.log.codec import Row

EVENTS = 2000
NOT_LIVED = {
    "incident.opened_within",
    "incident.closed_within",
    "incident.corrected_within",
    "incident.function_corrected",
    "incident.reopened",
    "incident.restored",
    "incident.kept",
    "incident.reported",
    "incident.released",
    "source.read",
    "account.moved",
    "account.named",
    "exclusion.applied_as_announced",
    "fees.restored",
    "controls.set",
    "actor.key_added",
    "actor.key_retired",
    "claim.evidenced",
    "claim.approved",
    "fees.offset_explained",
}
"""What imports record, and commands that the generated lives do not give."""
RARE = {"account.closed", "fees.voided", "claim.withdrawn", "voucher.cancelled"}
"""What a small ledger may lack."""


def made(folder: Path, name: str, events: int = EVENTS) -> Path:
    """A generated ledger's file."""
    path = folder / name
    assert [*generate.generate(f"sqlite:///{path}", events, 7)][-1] >= events
    return path


@contextmanager
def begun(folder: Path) -> Iterator[tuple[Ledger, list[Row]]]:
    """A ledger that has only begun, and its rows."""
    with Ledger.create(f"sqlite:///{folder / 'begun.db'}") as ledger:
        yield ledger, generate.found(ledger, 7)


def rows_of(path: Path) -> list[Row]:
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.reading() as log:
        return list(log.since(0))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("generated"), "slaledger.db")


def test_an_audit_finds_it_sound_and_replays_every_decision(generated: Path) -> None:
    slaledger = CommandLine(generated.parent)
    verified = slaledger.ok("audit", "verify")
    replayed = slaledger.ok("audit", "replay")
    assert (verified["damage"], verified["different"], verified["size"] - EVENTS < 10) == ([], [], True)
    assert replayed["decisions"] == replayed["identical"] > EVENTS // 40


def test_the_same_seed_makes_the_same_bytes(generated: Path, tmp_path: Path) -> None:
    assert rows_of(made(tmp_path, "again.db")) == rows_of(generated)


def test_every_kind_of_event_is_there(generated: Path, tmp_path: Path) -> None:
    topics = {row.topic for row in rows_of(made(tmp_path, "more.db", 20_000))}
    assert topics == set(TOPICS) - NOT_LIVED
    assert {row.topic for row in rows_of(generated)} > topics - RARE


class RealBook:
    """A book that is a ledger's own log, as commands find it."""

    def __init__(self, log: Writer) -> None:
        self._log = log

    def record(self, command: Command, actor: str, now: int) -> None:
        carry_out(self._log, command, actor, now)

    def case(self, account: str) -> Case:
        return self._log.case(account)


def test_commands_record_the_very_same(tmp_path: Path) -> None:
    """Two cohorts lived by way of the commands, the second under the shared outages of the first."""
    with begun(tmp_path) as (ledger, first):
        expected = [row for page in generate.rows(first, 1200, 7) for row in page]
        size, now = 1200 // 50, RECORDED_FROM
        with ledger.writing() as log:
            for cohort in range(2):
                line = Timeline(RealBook(log), now)
                numbers = range(cohort * size, (cohort + 1) * size)
                lives = [AccountLife(line, 7, number, number) for number in numbers]
                if cohort == 0:
                    SharedLife(line, 7, lives)
                for _ in line.run():
                    if log.position() > 1200:
                        break
                now = line.now
            recorded = list(log.since(first[-1].position))
    assert recorded[: len(expected)] == expected


def test_accounts_that_live_as_others_did_record_what_living_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put under other names is what the same lives record under those names, to the byte."""
    monkeypatch.setattr(generate, "COHORT", 25)
    with begun(tmp_path) as (_, first):
        repeated = [row for page in generate.rows(first, 5000, 7) for row in page]
        lived = [row for page in generate.rows(first, 5000, 7, repeating=False) for row in page]
    assert repeated == lived
    assert len({row.stream.partition("/")[0] for row in lived}) > 25 * generate.LIVED + 25
