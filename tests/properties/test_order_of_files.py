"""The order of files does not matter: polls of a source, imported in order of receipt, end where its newest file does.

Some polls are left out, some are repeated, some are partial. A person's corrections in between stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from conftest import SOAK
from histories_of_pages import FUNCTIONS, Poll, StatusPage

from domain.commands import CorrectIncident, EnrollAccount
from domain.refusals import ManyFaults, Refusal
from domain.time import MINUTE_US, Instant
from domain.values import Id, Words
from ledger.application import Ledger
from ledger.commands.execution import execute
from ledger.imports.holdings import Holding, holdings
from ledger.imports.outcome import Asked
from ledger.imports.record import ReadFile, Taken, reconcile_source
from ledger.imports.statements import Reading, SourceFile
from ledger.imports.statuspage import StatuspageOptions, read_statuspage
from ledger.queries.worklist import month_of_account

SEEDS = range(2000 if SOAK else 100)
BUNCH = 20
"""Histories of one test, so that a failure names few seeds and the tests are divided among processes."""
AT = 1_800_000_000_000_000
MONTHS = ("2026-02", "2026-03", "2026-04")
Read = Callable[[Sequence[SourceFile]], Reading]


class Span(NamedTuple):
    """An outage that stands, in minutes; no end while it is open."""

    key: str
    function: str
    start: int
    end: int | None


class Books:
    """A ledger that one source is imported into."""

    def __init__(self, ledger: Ledger, read: Read) -> None:
        self.ledger = ledger
        self.read = read
        self.source = ""

    def take(self, poll: Poll, *, gone: Sequence[str] = ()) -> Taken:
        reading = self.read([SourceFile(name, content.splitlines(keepends=True)) for name, content in poll.files])
        self.source = reading.source
        files = [ReadFile(name, f"{hash(content) % 2**64:064x}") for name, content in poll.files]
        asked = Asked(gone=dict.fromkeys(gone, "withdrawn"))
        return reconcile_source(self.ledger, reading, files, "clerk", asked=asked, now=lambda: AT)

    def held(self) -> list[Holding]:
        with self.ledger.reading() as log:
            return [one for one in holdings(log, self.source, (), one_a_key=True) if one.stands]

    def spans(self) -> list[Span]:
        return sorted(
            Span(
                one.key,
                one.incident.function,
                one.incident.started_at // MINUTE_US,
                None if one.incident.ended_at is None else one.incident.ended_at // MINUTE_US,
            )
            for one in self.held()
        )

    def months(self) -> list[int]:
        with self.ledger.reading() as log:
            return [month_of_account(log, "1001", month, AT).availability.unavailable_us for month in MONTHS]


@pytest.fixture
def books(blank: Path, tmp_path: Path) -> Iterator[Callable[[str, Read], Books]]:
    opened: list[Ledger] = []

    def made(name: str, read: Read) -> Books:
        path = tmp_path / f"{name}.db"
        path.write_bytes(blank.read_bytes())
        opened.append(Ledger.open(f"sqlite:///{path}"))
        enrolled_at = Instant.parse("2020-01-01T00:00:00+08:00")
        execute(opened[-1], EnrollAccount(account=Id("1001"), enrolled_at=enrolled_at), "clerk", lambda: AT)
        return Books(opened[-1], read)

    yield made
    for ledger in opened:
        ledger.close()


def page(files: Sequence[SourceFile]) -> Reading:
    return read_statuspage(files, StatuspageOptions(functions=FUNCTIONS, all_accounts=True))


def received(random: Random, polls: Sequence[Poll]) -> Iterator[Poll]:
    """The polls in order, some left out and some repeated; the last one is there."""
    for poll in polls[:-1]:
        for _ in range(random.choice((0, 1, 1, 1, 2))):
            yield poll
    yield polls[-1]


def follow(books: Books, polls: Sequence[Poll]) -> Taken | None:
    """Import polls one after the other; one that is refused is left out. Gives what the last one came to."""
    taken: Taken | None = None
    for poll in polls:
        try:
            taken = books.take(poll)
        except (Refusal, ManyFaults):
            taken = None
    return taken


@pytest.mark.parametrize("first", range(0, len(SEEDS), BUNCH))
def test_polls_of_a_status_page_end_where_the_newest_complete_file_does(
    books: Callable[[str, Read], Books], first: int
) -> None:
    compared = 0
    for seed in SEEDS[first : first + BUNCH]:
        polls = StatusPage(seed).polls(8)
        whole, step_by_step = books(f"whole-{seed}", page), books(f"steps-{seed}", page)
        if follow(whole, polls[-1:]) is None:
            continue
        taken = follow(step_by_step, list(received(Random(seed), polls)))
        assert taken is not None, seed
        step_by_step.take(polls[-1], gone=taken.outcome.vanished)
        assert (seed, step_by_step.spans()) == (seed, whole.spans())
        assert (seed, step_by_step.months()) == (seed, whole.months())
        compared += 1
    assert compared > BUNCH // 2


@pytest.mark.parametrize("first", range(0, len(SEEDS), BUNCH))
def test_what_a_person_corrected_stays_through_all_polls(books: Callable[[str, Read], Books], first: int) -> None:
    corrected = 0
    for seed in SEEDS[first : first + BUNCH]:
        random, polls = Random(seed), StatusPage(seed).polls(6)
        own = books(f"own-{seed}", page)
        follow(own, polls[: len(polls) // 2])
        closed = [one for one in own.held() if one.incident.ended_at is not None]
        if not closed:
            continue
        chosen = random.choice(closed)
        ended_at = Instant(chosen.start + random.randint(1, 500) * MINUTE_US)
        command = CorrectIncident(incident=Id(chosen.id), ended_at=ended_at, reason=Words("the gateway's log"))
        execute(own.ledger, command, "clerk", lambda: AT)
        follow(own, polls[len(polls) // 2 :])
        (now,) = [one for one in own.held() if one.id == chosen.id]
        if now.incident.ended_at != ended_at:
            assert ended_at == chosen.incident.ended_at, seed
        corrected += 1
    assert corrected > BUNCH // 2
