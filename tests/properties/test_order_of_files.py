"""The order of files does not matter: polls of a source, imported in order of receipt, end where its newest file does.

Some polls are left out, some are repeated, some are partial. A person's corrections in between stay.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from conftest import SOAK
from histories_of_pages import FUNCTIONS, LENGTH, START, PagerDutyAccount, Poll, StatusPage
from histories_of_series import Alertmanager, Part, Prometheus, told

from domain.commands import CorrectIncident, EnrollAccount
from domain.refusals import ManyFaults, Refusal
from domain.time import MINUTE_US, SECOND_US, Instant
from domain.values import Id, Words
from ledger.application import Ledger
from ledger.commands.execution import execute
from ledger.imports.alertmanager.options import AlertOptions
from ledger.imports.alertmanager.reader import read_alertmanager
from ledger.imports.label_rules import LabelRules
from ledger.imports.pagerduty.reader import PagerDutyOptions, read_pagerduty
from ledger.imports.prometheus.options import SeriesOptions
from ledger.imports.prometheus.reader import read_prometheus
from ledger.imports.reconciling.holdings import Holding, holdings
from ledger.imports.reconciling.outcome import AskedOfOutages
from ledger.imports.record import ReadFile, Taken, reconcile_source
from ledger.imports.statements import Reading, SourceFile
from ledger.imports.statuspage.mapping import StatuspageOptions
from ledger.imports.statuspage.reader import read_statuspage
from ledger.queries.worklist import month_of_account
from ledger.refusals.imports.alertmanager import FiresUnderSeveralStarts
from ledger.refusals.imports.reconcile import BeginningUnknown, FileTakenBefore, OpenUnderTwoStarts

SEEDS = range(2000 if SOAK else 60)
BUNCH = 20
"""Histories of one test, so that a failure names few seeds and the tests are divided among processes."""
AT = 1_800_000_000_000_000
LAST = START + LENGTH
"""The minute after the last of a history."""
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
        self.random = Random(0)

    def take(self, poll: Poll, *, gone: Sequence[str] = (), older: bool = False) -> Taken:
        reading = self.read([SourceFile(name, content.splitlines(keepends=True)) for name, content in poll.files])
        self.source = reading.source
        files = [ReadFile(name, f"{hash(content) % 2**64:064x}") for name, content in poll.files]
        asked = AskedOfOutages(gone=dict.fromkeys(gone, "withdrawn"), older=older)
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
def books(blank: Path, tmp_path: Path) -> Iterator[Make]:
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


Make = Callable[[str, Read], Books]
RULES = LabelRules(functions={("job", "line"): "agent_calls"}, all_accounts=True)


def page(files: Sequence[SourceFile]) -> Reading:
    return read_statuspage(files, StatuspageOptions(functions=FUNCTIONS, all_accounts=True))


def incidents(files: Sequence[SourceFile]) -> Reading:
    return read_pagerduty(files, PagerDutyOptions(functions=FUNCTIONS, all_accounts=True))


def receipts(files: Sequence[SourceFile]) -> Reading:
    return read_alertmanager(files, AlertOptions(rules=RULES))


def samples(files: Sequence[SourceFile], step_us: int | None = None) -> Reading:
    return read_prometheus(files, SeriesOptions(rules=RULES, gap="up", step_us=step_us))


def seconds(holding: Holding) -> tuple[int, int | None]:
    """An outage's span in seconds."""
    incident = holding.incident
    return incident.started_at // SECOND_US, None if incident.ended_at is None else incident.ended_at // SECOND_US


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


def together(books: Books, polls: Sequence[Poll]) -> None:
    """Import polls one after the other, as a person would: one that is refused goes with the next, and one that begins
    in the middle of an outage goes with the one before it.
    """
    pending: tuple[tuple[str, bytes], ...] = ()
    before: tuple[tuple[str, bytes], ...] = ()
    for poll in polls:
        files = (*pending, *poll.files)
        try:
            taken = books.take(Poll(poll.at, poll.kind, files))
            if taken.outcome.vanished:
                books.take(Poll(poll.at, poll.kind, (*before, *files)))
        except FileTakenBefore:
            books.take(Poll(poll.at, poll.kind, files), older=True)
        except (BeginningUnknown, ManyFaults) as refused:
            faults = refused.refusals if isinstance(refused, ManyFaults) else (refused,)
            assert all(isinstance(fault, BeginningUnknown) for fault in faults), faults
            books.take(Poll(poll.at, poll.kind, (*before, *files)))
        except (FiresUnderSeveralStarts, OpenUnderTwoStarts):
            pending = files
            continue
        if books.random.random() < 0.3:
            assert books.take(Poll(poll.at, poll.kind, files)).commands == 0
        pending, before = (), poll.files


def finished(parts: Sequence[Part]) -> list[Poll]:
    """Parts as files, joined where the receipts so far leave the parts of an outage open to later receipts."""
    polls: list[Poll] = []
    pending, received = b"", []
    for part in parts:
        pending += part.content
        received += [json.loads(line) for line in part.content.splitlines()]
        if part is parts[-1] or not told(received).unfinished:
            polls.append(Poll(part.at, "receipts", ((f"{part.at}.jsonl", pending),)))
            pending = b""
    return polls


def bunches(count: int = len(SEEDS)) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("seeds", [range(first, first + BUNCH) for first in range(0, count, BUNCH)], ids=str)


LIVES: dict[str, tuple[Callable[[int], Sequence[Poll]], Read]] = {
    "statuspage": (lambda seed: StatusPage(seed).polls(8), page),
    "pagerduty": (lambda seed: PagerDutyAccount(seed).polls(8), incidents),
}


@bunches()
@pytest.mark.parametrize("source", LIVES)
def test_polls_end_where_the_newest_complete_file_does(books: Make, source: str, seeds: range) -> None:
    polled, read = LIVES[source]
    compared = 0
    for seed in seeds:
        polls = polled(seed)
        whole, step_by_step = books(f"whole-{seed}", read), books(f"steps-{seed}", read)
        if follow(whole, polls[-1:]) is None:
            continue
        taken = follow(step_by_step, list(received(Random(seed), polls)))
        assert taken is not None, seed
        step_by_step.take(polls[-1], gone=taken.outcome.vanished)
        assert (seed, step_by_step.spans()) == (seed, whole.spans())
        assert (seed, step_by_step.months()) == (seed, whole.months())
        compared += 1
    assert compared > BUNCH // 2


@bunches()
def test_logs_of_webhooks_in_any_parts_end_where_the_account_does(books: Make, seeds: range) -> None:
    compared = 0
    for seed in seeds:
        account, own, pending = PagerDutyAccount(seed), books(f"own-{seed}", incidents), b""
        lines = [f"{json.dumps(event)}\n".encode() for event in account.events(LAST)]
        cuts = sorted(Random(seed).sample(range(1, len(lines)), min(5, len(lines) - 1)))
        for first, end in itertools.pairwise((0, *cuts, len(lines))):
            pending += b"".join(lines[first:end])
            try:
                own.take(Poll(end, "log", (("log.jsonl", pending),)))
                pending = b""
            except (Refusal, ManyFaults):
                pass
        if pending:
            own.take(Poll(LAST, "log", (("log.jsonl", b"".join(lines)),)))
        chained = in_chains(account.events(LAST))
        expected = sorted((each.key, each.start, each.end) for each in account.outages(LAST) if each.key not in chained)
        ours = [(each.key, each.start, each.end) for each in own.spans() if each.key not in chained]
        assert (seed, ours) == (seed, expected)
        compared += 1
    assert compared > BUNCH // 2


def in_chains(events: Iterable[dict[str, Any]]) -> set[str]:
    """Incidents that were merged into one that was merged itself: of those only the whole log is said to be right."""
    parents: dict[str, set[str]] = {}
    for event in events:
        data = event["event"]["data"]
        reason = data.get("resolve_reason") or {}
        if "incident" in reason:
            parents.setdefault(data["id"], set()).add(reason["incident"]["id"])
    return {key for key, own in parents.items() if any(parent in parents for parent in own)}


@bunches()
def test_receipts_of_alerts_in_any_parts_say_what_they_say_in_order(books: Make, seeds: range) -> None:
    compared = 0
    for seed in seeds:
        alerts = Alertmanager(seed)
        expected = told(alerts.receipts)
        if expected.unclear:
            continue
        own = books(f"own-{seed}", receipts)
        together(own, finished(alerts.parts(6)))
        spans = [(one.key, start, end) for one in own.held() for start, end in [seconds(one)]]
        assert (seed, sorted(spans)) == (
            seed,
            sorted((key, start, end) for key, found in expected.outages.items() for start, end in found),
        )
        compared += 1
    assert compared > BUNCH // 2


@bunches()
def test_queries_in_any_order_of_time_end_where_the_whole_range_does(books: Make, seeds: range) -> None:
    """Instants may differ by less than a step, which is how far off they are recorded to be."""
    compared = 0
    for seed in seeds:
        server = Prometheus(seed)
        polls = [Poll(part.at, "query", (("range.json", part.content),)) for part in server.polls(6)]
        whole, step_by_step = books(f"whole-{seed}", samples), books(f"steps-{seed}", samples)
        if follow(whole, polls[-1:]) is None:
            continue
        taken = follow(step_by_step, list(received(Random(seed), polls)))
        assert taken is not None, seed
        step_by_step.take(polls[-1], gone=taken.outcome.vanished)
        ours, theirs = (sorted((held.key, *seconds(held)) for held in made.held()) for made in (step_by_step, whole))
        assert (seed, [key for key, _, _ in ours]) == (seed, [key for key, _, _ in theirs])
        for (_, *one), (_, *other) in zip(ours, theirs, strict=True):
            assert abs(one[0] - other[0]) < server.step, seed
            assert (one[1] is None) == (other[1] is None), seed
            assert abs((one[1] or 0) - (other[1] or 0)) < server.step, seed
        compared += 1
    assert compared > BUNCH // 2


@bunches()
def test_a_range_in_chunks_is_the_whole_range(books: Make, seeds: range) -> None:
    for seed in seeds:
        server = Prometheus(seed)
        chunks = [Poll(part.at, "chunk", (("range.json", part.content),)) for part in server.parts(5)]
        own = books(f"own-{seed}", partial(samples, step_us=server.step * SECOND_US))
        together(own, chunks)
        expected = [
            (start, end)
            for pod in range(len(server.series))
            for start, end, _ in server.down(pod, server.start, server.end)
        ]
        assert (seed, sorted(map(seconds, own.held()), key=str)) == (seed, sorted(expected, key=str))


@bunches()
def test_what_a_person_corrected_stays_through_all_polls(books: Make, seeds: range) -> None:
    corrected = 0
    for seed in seeds:
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
