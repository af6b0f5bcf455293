"""Random histories of alerts and series are read as their receipts and samples say, one by one."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from random import Random

import pytest
from conftest import SOAK
from histories_of_series import LABELS, Alertmanager, Prometheus, Span, told

from ledger.imports.alertmanager.options import AlertOptions
from ledger.imports.alertmanager.reader import read_alertmanager
from ledger.imports.label_rules import LabelRules
from ledger.imports.prometheus.options import SeriesOptions
from ledger.imports.prometheus.reader import read_prometheus
from ledger.imports.statements import Reading, SourceFile
from ledger.refusals import ManyFaults, Misread

SEEDS = range(2000 if SOAK else 100)
RULES = LabelRules(functions={("job", LABELS["job"]): "inbound_routing"}, all_accounts=True)


def files(*contents: bytes) -> list[SourceFile]:
    return [SourceFile(f"f{number}", content.splitlines(keepends=True)) for number, content in enumerate(contents)]


def spans(reading: Reading) -> dict[str, list[Span]]:
    """Outages with a length by their key, in seconds."""
    found: dict[str, list[Span]] = defaultdict(list)
    for each in reading.statements:
        if each.end is None or each.end.us > each.start.us:
            found[each.key].append((each.start.us // 10**6, None if each.end is None else each.end.us // 10**6))
    return found


def test_receipts_in_one_file_or_several_say_what_each_of_them_says() -> None:
    clear = 0
    for seed in SEEDS:
        alerts = Alertmanager(seed)
        random = Random(seed)
        count = random.randint(1, len(alerts.receipts))
        expected = told(alerts.receipts[:count])
        cuts = [0, *sorted(random.randrange(count) for _ in range(3)), count]
        parts = [alerts.lines(since, until) for since, until in itertools.pairwise(cuts) if until > since]
        for contents in ([alerts.lines(0, count)], parts):
            try:
                reading = read_alertmanager(files(*contents), AlertOptions(rules=RULES))
            except (Misread, ManyFaults) as error:
                refusals = error.refusals if isinstance(error, ManyFaults) else [error]
                assert {each.code for each in refusals} == {"contradiction"}
                assert len(refusals) == len(expected.unclear), seed
                continue
            assert not expected.unclear, seed
            assert spans(reading) == {key: own for key, own in expected.outages.items() if own}, seed
            clear += 1
    assert clear > len(SEEDS)


def test_the_histories_have_what_alertmanagers_do() -> None:
    """Every kind of what is hard to read is in them: otherwise equal readings would show little."""
    kinds = defaultdict(int)
    for seed in range(100):
        alerts = Alertmanager(seed)
        by_start: dict[tuple[str, str], list[str]] = defaultdict(list)
        for payload in alerts.receipts:
            for alert in payload["alerts"]:
                by_start[alert["fingerprint"], alert["startsAt"]].append(alert["status"])
                kinds["start is end"] += alert["startsAt"] == alert["endsAt"]
        kinds["fires again"] += sum("resolved,firing" in ",".join(each) for each in by_start.values())
        kinds["never resolved"] += sum("resolved" not in each for each in by_start.values())
        said = told(alerts.receipts)
        kinds["open"] += sum(own[-1][1] is None for own in said.outages.values() if own)
        kinds["moved"] += len(by_start) - sum(map(len, said.outages.values()))
        kinds["unclear on the way"] += any(told(alerts.receipts[:n]).unclear for n in range(len(alerts.receipts)))
    assert min(kinds.values()) > 5, dict(kinds)
    assert len(kinds) == 6


def test_pieces_of_a_query_in_any_order_say_what_each_sample_says() -> None:
    for seed in SEEDS:
        server = Prometheus(seed)
        parts = [part.content for part in server.parts(server.random.randint(1, 8))]
        server.random.shuffle(parts)
        asked = SeriesOptions(rules=RULES, step_us=server.step * 10**6)
        reading = read_prometheus(files(*parts), asked)
        found: dict[str, list[tuple[int, int | None, bool]]] = defaultdict(list)
        for each in reading.statements:
            end = None if each.end is None else each.end.us // 10**6
            found[each.key].append((each.start.us // 10**6, end, each.start_known))
        expected = {
            f'{{alertname="LineDown", job="line", pod="{pod}"}}': server.down(pod, server.start, server.end)
            for pod in range(len(server.series))
        }
        assert found == {key: own for key, own in expected.items() if own}, seed
        (extent,) = reading.extents
        assert extent.keys == dict.fromkeys(expected, (server.start * 10**6, server.end * 10**6))


@pytest.mark.parametrize("gap", ["up", "down"])
def test_polls_of_a_prometheus_are_read_or_lack_samples(gap: str) -> None:
    """The samples of a poll that are there say what the server holds; those that are not are what a person says."""
    lacking = 0
    for seed in SEEDS:
        server = Prometheus(seed)
        for poll in server.polls(4):
            answer = json.loads(poll.content)
            asked = {"rules": RULES, "step_us": server.step * 10**6}
            try:
                read_prometheus(files(poll.content), SeriesOptions(**asked))
            except (Misread, ManyFaults) as error:
                refusals = error.refusals if isinstance(error, ManyFaults) else [error]
                assert {each.code for each in refusals} == {"missing_samples"}, seed
                lacking += 1
            reading = read_prometheus(files(poll.content), SeriesOptions(**asked, gap=gap))
            stated = spans(reading)
            for each in answer["data"]["result"]:
                labels = each["metric"]
                key = f'{{alertname="LineDown", job="line", pod="{labels["pod"]}"}}'
                for at, value in each["values"]:
                    inside = any(start <= at and (end is None or at < end) for start, end in stated.get(key, []))
                    assert inside == (value == "0"), (seed, at)
    assert lacking > 20
