"""`export openslo`: what is promised, exactly, in the shape that OpenSLO v1 documents.

The shape is held here by our own reading of the specification (openslo.com, version v1): its JSON schema is in no
package that could be installed.
"""

from __future__ import annotations

import re
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, CommandLine

from domain.refusals import Refusal
from domain.terms.parsing import parse_terms
from domain.terms.versions import Version, document_sha256
from ledger.exports.openslo import write_openslo

SHIPPED = sorted((ROOT / "ledger" / "agreements").glob("*.toml"))
REFERENCE = (ROOT / "ledger" / "agreements" / "aliyun-ccc-2018-08-01.2.toml").read_text("utf-8")
NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
LABEL = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}")


def version(text: str) -> Version:
    return Version(terms=parse_terms(text), sha256=document_sha256(text), document=text, noticed_at=None)


def written(text: str) -> str:
    """The documents of terms, as they are written."""
    lines: list[bytes] = []
    assert write_openslo(version(text), str, lines.append) == 3
    return b"".join(lines).decode()


def documents(text: str) -> dict[str, Any]:
    """The documents of terms by their kind, each held to what all documents are."""
    found = {}
    for each in yaml.safe_load_all(text):
        assert set(each) == {"apiVersion", "kind", "metadata", "spec"}
        assert each["apiVersion"] == "openslo/v1"
        assert NAME.fullmatch(each["metadata"]["name"])
        assert len(each["metadata"]["name"]) <= 255
        assert all(
            re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}", value) for value in each["metadata"]["labels"].values()
        )
        assert each["metadata"]["displayName"]
        assert 1 <= len(each["spec"]["description"]) <= 1050
        found[each["kind"]] = each
    assert list(found) == ["Service", "SLI", "SLO"]
    return found


def target_as_written(text: str) -> str:
    """The target of terms' objective, digit by digit."""
    found = [each for each in yaml.load_all(written(text), yaml.BaseLoader) if each["kind"] == "SLO"]
    target: str = found[0]["spec"]["objectives"][0]["target"]
    return target


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_each_shipped_agreement_has_the_shape(file: Path) -> None:
    text = file.read_text("utf-8")
    found = documents(written(text))
    ratio = found["SLI"]["spec"]["ratioMetric"]
    assert set(ratio) == {"counter", "bad", "total"}, "either `good` or `bad`, never both"
    assert type(ratio["counter"]) is bool
    for side in ("bad", "total"):
        assert type(ratio[side]["metricSource"]["spec"]) is dict
    spec = found["SLO"]["spec"]
    assert spec["service"] == found["Service"]["metadata"]["name"]
    assert spec["indicatorRef"] == found["SLI"]["metadata"]["name"]
    assert "indicator" not in spec
    assert spec["budgetingMethod"] in ("Occurrences", "Timeslices")
    (window,) = spec["timeWindow"]
    assert (window["duration"], window["isRolling"]) == ("1M", False)
    assert datetime.fromisoformat(window["calendar"]["startTime"] + "+00:00").strftime("%d %H:%M:%S") == "01 00:00:00"
    assert re.fullmatch(r"[A-Z][a-zA-Z_]+/[A-Z][a-zA-Z_]+", window["calendar"]["timeZone"])
    (objective,) = spec["objectives"]
    promised = parse_terms(text).commitment.availability.value
    assert Decimal(target_as_written(text)) == Decimal(promised.numerator) / promised.denominator
    assert type(objective["target"]) is float
    assert 0 <= objective["target"] < 1


def test_the_reference_agreement(slaledger: CommandLine) -> None:
    answer = slaledger.ok("export", "openslo", "-o", "promise.yaml")
    assert (answer["documents"], answer["version"]) == (3, "2018-08-01")
    text = (slaledger.folder / "promise.yaml").read_text("utf-8")
    assert text == written(REFERENCE) == slaledger.process("export", "openslo", "2018-08-01").stdout
    found = documents(text)
    assert found["Service"]["metadata"]["displayName"] == "云呼叫中心服务等级协议"
    assert document_sha256(REFERENCE) in found["Service"]["spec"]["description"]
    assert found["SLO"]["spec"]["objectives"] == [
        {"displayName": "At least 99.8% in each calendar month", "target": 0.998}
    ]
    assert found["SLO"]["spec"]["timeWindow"][0]["calendar"] == {
        "startTime": "2018-08-01 00:00:00",
        "timeZone": "Asia/Shanghai",
    }
    assert "90 days" in found["SLO"]["spec"]["description"]
    columns = [found["SLI"]["spec"]["ratioMetric"][side]["metricSource"]["spec"]["column"] for side in ("bad", "total")]
    slaledger.ok("export", "availability", "2026-03", "-o", "a.csv")
    assert set(columns) < set((slaledger.folder / "a.csv").read_text().splitlines()[0].split(","))


@pytest.mark.parametrize(
    ("effective", "reading", "first"),
    [
        ("2018-08-01", "month_start", "2018-08-01"),
        ("2018-08-02", "month_start", "2018-09-01"),
        ("2018-08-31", "month_end", "2018-08-01"),
        ("2018-12-15", "month_start", "2019-01-01"),
    ],
)
def test_the_first_window_is_the_first_month_that_the_version_governs(effective: str, reading: str, first: str) -> None:
    text = REFERENCE.replace("effective_from = 2018-08-01", f"effective_from = {effective}")
    text = text.replace('version_in_force = "month_start"', f'version_in_force = "{reading}"')
    calendar = documents(written(text))["SLO"]["spec"]["timeWindow"][0]["calendar"]
    assert calendar["startTime"] == f"{first} 00:00:00"


def promising(percent: str) -> str:
    """The reference agreement with another commitment, and its tiers below that."""
    lowered = REFERENCE.replace('"99%"', '"0.5%"').replace('"95%"', '"0.1%"')
    return lowered.replace('"99.8%"', f'"{percent}"')


@pytest.mark.parametrize(("percent", "target"), [("99.999999999%", "0.99999999999"), ("99%", "0.99"), ("5%", "0.05")])
def test_a_target_is_exact(percent: str, target: str) -> None:
    assert target_as_written(promising(percent)) == target


def test_a_promise_of_all_of_the_time_has_no_budget_to_speak_of() -> None:
    with pytest.raises(Refusal) as refused:
        written(promising("100%"))
    assert (refused.value.code, refused.value.clause) == ("openslo_target", "2.2")


def test_a_version_that_is_not_there_is_refused(slaledger: CommandLine) -> None:
    assert slaledger.refused("export", "openslo", "2019", "-o", "x.yaml")["code"] == "unknown_terms"
    assert not (slaledger.folder / "x.yaml").exists()


def test_a_missing_library_is_named(slaledger: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    error = slaledger.refused("export", "openslo", "-o", "x.yaml", status=2)
    assert (error["code"], error["hint"]) == ("missing_extra", "pip install 'slaledger[openslo]'")
    assert not (slaledger.folder / "x.yaml").exists()
