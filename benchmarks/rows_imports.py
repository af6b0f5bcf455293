"""The rows of imports: what a source says of many outages, against parsing its JSON alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import prepared
from measuring import SLALEDGER, Side, peak_mb, run, side, side_words
from prepared import Sizes
from rows import Target, row

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_ALERTS = ("import", "alertmanager", "--map", "alertname=Down=agent_calls", "--all-accounts", "--format", "json")
_SAMPLES = ("import", "prometheus", "--map", "job=probe=agent_calls", "--all-accounts", "--format", "json")


def _alerts(count: int) -> Path:
    """Webhook payloads of ten resolved alerts each, a fingerprint for every hundred."""

    def make(path: Path) -> None:
        with path.open("w") as out:
            for first in range(0, count, 10):
                alerts = [_alert(number) for number in range(first, first + 10)]
                out.write(json.dumps({"version": "4", "status": "resolved", "alerts": alerts}) + "\n")

    return prepared.made(f"alerts-{count}.jsonl", make)


def _alert(number: int) -> dict[str, object]:
    start = _BEGIN + timedelta(minutes=number)
    labels = {"alertname": "Down", "instance": f"i{number % 100}", "severity": "page"}
    times = {"startsAt": f"{start:%FT%TZ}", "endsAt": f"{start + timedelta(seconds=150):%FT%TZ}"}
    return {"status": "resolved", "labels": labels, "annotations": {}, "fingerprint": f"{number % 100:016x}", **times}


def _samples(count: int) -> Path:
    """Ten range queries a line of ten series with 100 samples for every 10,000; one outage of five samples each."""

    def make(path: Path) -> None:
        begin = int(_BEGIN.timestamp())
        with path.open("w") as out:
            for first in range(0, count, 10_000):
                times = [begin + 15 * number for number in range(1000)]
                result = [
                    {
                        "metric": {"job": "probe", "instance": f"i{first // 10_000}-{number}"},
                        "values": [[at, "0" if 500 <= index < 505 else "1"] for index, at in enumerate(times)],
                    }
                    for number in range(10)
                ]
                answer = {"status": "success", "data": {"resultType": "matrix", "result": result}}
                out.write(json.dumps(answer) + "\n")

    return prepared.made(f"samples-{count}.jsonl", make)


def _importing(words: tuple[str, ...], file: Path) -> tuple[str | Path, ...]:
    """The command that imports a file into a ledger made for it."""
    path = prepared.scratch(prepared.made("blank.db", _blank), f"importing-{file.stem}.db")
    return SLALEDGER, "--ledger", f"sqlite:///{path}", *words, file


def _blank(path: Path) -> None:
    run(SLALEDGER, "--ledger", f"sqlite:///{path}", "init")


@row(
    "import-alerts",
    "`import alertmanager` of {sizes.commands:,} alerts",
    "parsing the JSON alone, with Python's parser",
    Target(15),
)
def import_alerts(sizes: Sizes) -> tuple[Side, Side]:
    """Ours reads, reconciles and records two events for each alert in one transaction; both are whole processes."""
    file = _alerts(sizes.commands)
    return lambda: run(*_importing(_ALERTS, file)).cost, lambda: side("parse_lines", file).cost


@row(
    "import-samples",
    "`import prometheus` of {sizes.main:,} samples",
    "parsing the JSON alone, with Python's parser",
    Target(3),
)
def import_samples(sizes: Sizes) -> tuple[Side, Side]:
    """As `import-alerts`; one outage for every thousand samples. Every sample is read on both sides."""
    file = _samples(sizes.main)
    return lambda: run(*_importing(_SAMPLES, file)).cost, lambda: side("parse_lines", file).cost


@row(
    "memory-import",
    "peak memory of `import alertmanager` of {sizes.commands:,} alerts",
    "holding the parsed JSON",
    Target(2),
    unit="MB",
)
def memory_import(sizes: Sizes) -> tuple[Side, Side]:
    """Both are whole processes, the interpreter included."""
    file = _alerts(sizes.commands)
    return lambda: peak_mb(*_importing(_ALERTS, file)), lambda: peak_mb(*side_words("parse_all", file))
