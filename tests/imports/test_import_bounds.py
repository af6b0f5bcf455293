"""Every importer refuses a gigabyte of one line by its place, and needs no more memory for that than for a line."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from domain.refusals import Unreadable
from ledger.files.lines import open_lines
from ledger.imports import cloudevents
from ledger.imports.alertmanager import reader as alertmanager
from ledger.imports.bills import aliyun_bill, bss, focus
from ledger.imports.label_rules import LabelRules
from ledger.imports.pagerduty import reader as pagerduty
from ledger.imports.prometheus import reader as prometheus
from ledger.imports.source import LARGEST
from ledger.imports.statements import SourceFile
from ledger.imports.statuspage import reader as statuspage

RULES = LabelRules(functions={("a", "b"): "agent_calls"}, all_accounts=True)
ALERTS = alertmanager.AlertOptions(rules=RULES)
MEASURE = prometheus.SeriesOptions(rules=RULES)
PAGED = pagerduty.PagerDutyOptions(functions={"a": "agent_calls"}, all_accounts=True)
PAGE = statuspage.StatuspageOptions(functions={"a": "agent_calls"}, all_accounts=True)
COLUMN = focus.FocusOptions(account_column="SubAccountId", currency="CNY")
READERS: dict[str, Callable[[Iterable[bytes]], object]] = {
    "alertmanager": lambda lines: alertmanager.read_alertmanager([SourceFile("f", lines)], ALERTS),
    "prometheus": lambda lines: prometheus.read_prometheus([SourceFile("f", lines)], MEASURE),
    "pagerduty": lambda lines: pagerduty.read_pagerduty([SourceFile("f", lines)], PAGED),
    "focus": lambda lines: focus.read_focus([SourceFile("f", lines)], asked=COLUMN),
    "bss": lambda lines: bss.read_bss([SourceFile("f", lines)], asked=bss.BssOptions(currency="CNY")),
    "cloudevents": lambda lines: cloudevents.read_cloudevents(lines, name="f", asked=cloudevents.CloudEventsOptions()),
    "statuspage": lambda lines: statuspage.read_statuspage([SourceFile("f", lines)], PAGE),
    "aliyun-bill": lambda lines: aliyun_bill.read_aliyun_bill(
        [SourceFile("f", lines)], asked=aliyun_bill.AliyunBillOptions()
    ),
}


TABLES = ("focus", "aliyun-bill")
BEGINNINGS = [(name, b"") for name in READERS] + [(name, b"{\n") for name in READERS if name not in TABLES]


@pytest.mark.parametrize(("name", "before"), BEGINNINGS)
def test_a_gigabyte_of_one_line(name: str, before: bytes, tmp_path: Path) -> None:
    """The file is sparse: it takes no room on the disk."""
    path = tmp_path / "endless"
    path.write_bytes(before)
    with path.open("r+b") as file:
        file.truncate(2**30)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as refused, open_lines(str(path), LARGEST) as lines:
            READERS[name](lines)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.code == "line_too_long"
    assert f"endless:{before.count(10) + 1}" in refused.value.message
    assert peak < 4 * LARGEST
