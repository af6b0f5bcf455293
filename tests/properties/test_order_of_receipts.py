"""Receipts of an Alertmanager, imported file by file, end in what they say in their order, however they are divided."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from conftest import SOAK
from histories_of_series import LABELS, Alertmanager, Span, told

from domain.commands import EnrollAccount
from domain.refusals import ManyFaults, Refusal
from domain.time import Instant
from domain.values import Id
from ledger.application import Ledger
from ledger.commands.execution import execute
from ledger.imports.alertmanager import AlertOptions, read_alertmanager
from ledger.imports.holdings import holdings
from ledger.imports.label_rules import LabelRules
from ledger.imports.outcome import Asked
from ledger.imports.record import ReadFile, reconcile_source
from ledger.imports.statements import SourceFile

SEEDS = range(2000 if SOAK else 100)
BUNCH = 20
AT = 1_800_000_000_000_000
ASKED = AlertOptions(rules=LabelRules(functions={("job", LABELS["job"]): "inbound_routing"}, all_accounts=True))


def take(ledger: Ledger, content: bytes) -> None:
    reading = read_alertmanager([SourceFile("a.jsonl", content.splitlines(keepends=True))], ASKED)
    file = ReadFile("a.jsonl", hashlib.sha256(content).hexdigest())
    reconcile_source(ledger, reading, [file], "clerk", asked=Asked(), now=lambda: AT)


def held(ledger: Ledger) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    with ledger.reading() as log:
        for one in holdings(log, "alertmanager", (), one_a_key=False):
            ended_at = one.incident.ended_at
            if one.stands:
                found[one.key].append((one.start // 10**6, None if ended_at is None else ended_at // 10**6))
    return {key: sorted(spans, key=lambda span: span[0]) for key, spans in found.items()}


def payloads(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]


@pytest.mark.parametrize("first", range(0, len(SEEDS), BUNCH))
def test_receipts_end_in_what_they_say_in_their_order(blank: Path, tmp_path: Path, first: int) -> None:
    """Where two starts of an alert fire at once between two files, what comes then cannot be told apart."""
    compared = 0
    for seed in SEEDS[first : first + BUNCH]:
        path = tmp_path / f"{seed}.db"
        path.write_bytes(blank.read_bytes())
        received: list[Any] = []
        with Ledger.open(f"sqlite:///{path}") as ledger:
            enrolled_at = Instant.parse("2020-01-01T00:00:00+08:00")
            execute(ledger, EnrollAccount(account=Id("1001"), enrolled_at=enrolled_at), "clerk", lambda: AT)
            for part in Alertmanager(seed).parts(6):
                try:
                    take(ledger, part.content)
                except (Refusal, ManyFaults):
                    break
                received += payloads(part.content)
                said = told(received)
                if said.unclear:
                    break
                expected = {key: spans for key, spans in said.outages.items() if spans}
                assert (seed, held(ledger)) == (seed, expected)
                compared += 1
    assert compared > BUNCH
