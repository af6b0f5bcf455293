"""What the customer sent with a claim is recorded with it, pinned by its hash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import CommandLine

HASH = "ab" * 32
FILED = ("claim", "file", "1001", "2026-03", "--filed-at", "2026-04-15T09:00:00+08:00")
MAIL = ("--evidence", f"mail.eml={HASH}@mail://17", "--evidence", f"calls.csv={HASH}")
SENT = [{"name": "mail.eml", "sha256": HASH, "uri": "mail://17"}, {"name": "calls.csv", "sha256": HASH}]


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    return slaledger


def test_a_claim_shows_what_was_sent_with_it(books: CommandLine) -> None:
    assert books.ok(*FILED, *MAIL)["recorded"] == 2
    assert books.ok("claim", "show", "1001", "2026-03")["evidence"] == SENT
    table = books.run("claim", "show", "1001", "2026-03", "--format", "table").stdout
    assert f"mail.eml sha256 {HASH} mail://17" in table
    assert books.ok(*FILED, *MAIL)["noop"]
    assert books.ok(*FILED)["noop"]
    assert [row["topic"] for row in books.ok("search", "mail.eml")] == ["claim.evidenced"]


def test_a_claim_without_evidence_shows_none(books: CommandLine) -> None:
    assert books.ok(*FILED)["recorded"] == 1
    assert "evidence" not in books.ok("claim", "show", "1001", "2026-03")
    assert books.refused(*FILED, *MAIL)["code"] == "evidence_differs"


def test_a_batch_and_a_table_take_evidence(books: CommandLine, tmp_path: Path) -> None:
    filed = {"account": "1001", "filed_at": "2026-04-15T09:00:00+08:00"}
    line = {"command": "claim file", **filed, "month": "2026-02", "evidence": SENT}
    (tmp_path / "claims.jsonl").write_text(json.dumps(line))
    assert books.ok("batch", "claims.jsonl")["recorded"] == 2
    (tmp_path / "claims.csv").write_text(
        "account,month,filed_at,evidence.name,evidence.sha256\n"
        f"1001,2026-03,2026-04-15T09:00:00+08:00,calls.csv,{HASH}\n"
    )
    assert books.ok("batch", "claims.csv", "--command", "claim file")["recorded"] == 2
    assert books.ok("claim", "show", "1001", "2026-02")["evidence"] == SENT
    assert books.ok("claim", "show", "1001", "2026-03")["evidence"] == SENT[1:]


def test_evidence_changes_no_figure_and_goes_into_the_dossier_and_the_page(books: CommandLine, tmp_path: Path) -> None:
    books.ok(*FILED, *MAIL)
    books.ok("claim", "decide", "1001", "2026-03", "--decided-at", "2026-04-16T09:00:00+08:00")
    assert books.run("audit", "verify").returncode == 0
    assert books.run("audit", "replay").returncode == 0
    for at in ("2026-04-14T09:00:00+08:00", "2026-04-15T09:00:00+08:00"):
        topics = [event["topic"] for event in books.ok("history", "1001", "--valid-at", at)["events"]]
        assert ("claim.evidenced" in topics) == ("claim.filed" in topics) == (at > "2026-04-14T10")
    assert books.run("dossier", "1001", "2026-03", "-o", "case.json").returncode == 0
    assert books.run("verify-dossier", "case.json").returncode == 0
    assert books.run("dossier", "1001", "2026-03", "--html", "case.html").returncode == 0
    assert "mail://17" in (tmp_path / "case.html").read_text()
