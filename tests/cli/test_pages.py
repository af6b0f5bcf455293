"""The pages' bytes: the same ones for the same ledger, whole or not at all, no longer than said, no link astray."""

from __future__ import annotations

import builtins
import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine
from whole_pages import whole

from cli.pages import case
from cli.pages.month import month_page
from cli.pages.month_book import BookDetails
from cli.pages.rendering import clean, embedded
from cli.pages.scale import bands, bounds, place
from cli.pages.shown import Shown, ranges
from domain.assessment import assess_month
from domain.intervals import length
from domain.month_timeline import picture
from domain.terms.versions import in_force
from ledger.application import Ledger
from ledger.log.codec import decode
from ledger.queries.case_history import concerned
from ledger.queries.month_report import AccountMonth, MonthReport
from ledger.queries.voucher_movements import RollForward

LONGEST = 500_000


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("pages") / "demo")))


def _page(commands: CommandLine, *words: str) -> str:
    commands.ok(*words, "--html", "page.html", "--force")
    return (commands.folder / "page.html").read_text("utf-8")


def _astray(page: str) -> set[str]:
    """Links within a page to nothing."""
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    return {target for target in re.findall(r'href="([^"]*)"', page) if target.removeprefix("#") not in ids}


def test_every_case_of_the_demo_has_a_page_whose_links_lead_somewhere(demo: CommandLine) -> None:
    for row in demo.ok("claim", "list"):
        page = _page(demo, "dossier", row["account"], row["month"])
        assert _astray(whole(page)) == set()
        assert 20_000 < len(page.encode()) < LONGEST


@pytest.mark.parametrize("month", ["2026-06", "2026-07", "2026-09", "2025-01"])
def test_every_month_of_the_demo_has_a_page_whose_links_lead_somewhere(demo: CommandLine, month: str) -> None:
    page = _page(demo, "report", month)
    assert _astray(page) == set()
    assert len(page.encode()) < LONGEST


@pytest.mark.parametrize("words", [("dossier", "1001", "2026-07"), ("report", "2026-09")])
def test_the_same_ledger_makes_the_same_bytes(demo: CommandLine, words: tuple[str, ...]) -> None:
    assert _page(demo, *words) == _page(demo, *words)


def test_the_page_names_the_file_that_proves_it(demo: CommandLine) -> None:
    import hashlib

    demo.ok("dossier", "1001", "2026-07", "-o", "case.json", "--html", "both.html")
    digest = hashlib.sha256((demo.folder / "case.json").read_bytes()).hexdigest()
    page = (demo.folder / "both.html").read_text("utf-8")
    checkpoint = demo.run("audit", "checkpoint").stdout
    assert digest in page
    assert f'<pre class="hash">{checkpoint}</pre>' in page
    decided = demo.ok("claim", "show", "1001", "2026-07")["decisions"]
    for made in decided:
        assert {made["facts"]["sha256"], made["sha256"], made["terms"]["sha256"]} <= set(
            re.findall("[0-9a-f]{64}", page)
        )
    assert "slaledger verify-dossier case-1001-2026-07.json" in page


def test_each_number_of_the_derivation_leads_to_its_events(demo: CommandLine) -> None:
    page = _page(demo, "dossier", "1002", "2026-09")
    rows = dict(re.findall(r'<tr id="d1-(\d+)">(.*?)</tr>', page, re.DOTALL))
    steps = demo.ok("claim", "show", "1002", "2026-09")["decisions"][0]["steps"]
    events = {event["position"]: event for event in demo.ok("history", "1002")["events"]}
    assert len(rows) == len(steps)
    for number, step in enumerate(steps, start=1):
        row = rows[str(number)]
        linked = [int(position) for position in re.findall(r'href="#e(\d+)"', row)]
        assert linked or re.search(r'href="#d1-\d+"', row), step
        if step["step"] == "episode":
            names = {events[position]["data"]["incident"] for position in linked}
            assert names == set(step["inputs"]["incidents"])
        if step["step"] == "base" and step["inputs"]["part"] == "call":
            assert [events[position]["topic"] for position in linked] == ["fees.paid_by_voucher"]


def test_what_is_drawn_as_counting_is_what_counts(demo: CommandLine) -> None:
    with demo.opened() as ledger, ledger.reading() as log:
        for account in log.accounts():
            case = log.case(account)
            for month in ("2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-09"):
                at = log.recorded_at()
                seen, measured = picture(case, account, month, at), assess_month(case, account, month, at).measured
                drawn = [(one.run.start, length(one.counted)) for one in seen.conditions]
                assert drawn == [(one.start, one.counted_us) for one in measured.episodes]
                assert length([seen.window]) - length(seen.uncovered) == measured.covered_us


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("dossier", "1001", "2026-07", "--html", "there.html"), "file_exists", 2),
        (("report", "2026-07", "--html", "there.html"), "file_exists", 2),
        (("report", "2026-07", "--html", "nowhere/page.html"), "no_folder", 2),
        (("dossier", "1001", "2026-07", "--html", "slaledger.db", "--force"), "file_is_ledger", 2),
        (("report", "2026-07", "--html", "slaledger.db", "--force"), "file_is_ledger", 2),
        (("dossier", "9999", "2026-07", "--html", "new.html"), "unknown_account", 1),
        (("dossier", "1001", "2010-07", "--html", "new.html"), "no_terms", 1),
        (("report", "2010-07", "--html", "new.html"), "no_terms", 1),
        (("dossier", "1001", "2026-07"), "usage", 2),
        (("dossier", "1001", "2026-07", "-o", "-", "--html", "-"), "usage", 2),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(
    demo: CommandLine, words: tuple[str, ...], code: str, status: int
) -> None:
    (demo.folder / "there.html").write_text("mine")
    before = (demo.folder / "slaledger.db").read_bytes()
    error = demo.refused(*words, status=status)
    assert error["code"] == code
    assert (demo.folder / "there.html").read_text() == "mine"
    assert (demo.folder / "slaledger.db").read_bytes() == before
    assert not (demo.folder / "new.html").exists()
    assert not list(demo.folder.glob(".*.part"))


def test_without_jinja_it_says_what_to_install(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "jinja2":
            raise ImportError("No module named 'jinja2'")
        return imported(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    for words in (("dossier", "1001", "2026-07"), ("report", "2026-07")):
        error = demo.refused(*words, "--html", "new.html", status=2)
        assert (error["code"], error["hint"]) == ("no_jinja", "pip install 'slaledger[report]'")
        assert not (demo.folder / "new.html").exists()


def test_standard_output_takes_the_page_alone(demo: CommandLine) -> None:
    done = demo.process("report", "2026-09", "--html", "-")
    assert done.stdout.startswith("<!doctype html>")
    assert done.stdout.endswith("</html>\n") or done.stdout.endswith("</html>")


def test_a_claim_that_nobody_decided_has_a_page_too(demo: CommandLine) -> None:
    page = _page(demo, "dossier", "1005", "2026-09")
    assert "There is no decision yet." in page
    assert "There is no such file before the claim is decided." in page
    assert _astray(page) == set()


# Long histories


def _many(count: int) -> Iterator[dict[str, Any]]:
    """An account whose month has so many outages of 40 minutes, each corrected once, for long reasons."""
    yield {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"}
    for number in range(count):
        minutes = number * 60
        day, hour = 1 + minutes // 1440, minutes % 1440 // 60
        name, at = f"INC-{number}", f"2026-03-{day:02d}T{hour:02d}"
        yield {
            "command": "incident open",
            "incident": name,
            "account": "1001",
            "function": ("agent_calls", "inbound_routing")[number % 2],
            "started_at": f"{at}:00:00+08:00",
        }
        yield {"command": "incident close", "incident": name, "ended_at": f"{at}:30:00+08:00"}
        yield {
            "command": "incident correct",
            "incident": name,
            "ended_at": f"{at}:40:00+08:00",
            "reason": f"迟到的证据 {number} <&> " * 40,
        }


@pytest.mark.parametrize(
    ("outages", "most", "limit"),
    [
        pytest.param(120, (100, 50, 25), 200_000, id="short"),
        pytest.param(700, case.MOST, case.LIMIT_BYTES, id="long", marks=pytest.mark.soak),
    ],
)
def test_a_long_history_is_bounded_and_says_what_is_left_out(
    ledger_file: Path, monkeypatch: pytest.MonkeyPatch, outages: int, most: tuple[int, ...], limit: int
) -> None:
    monkeypatch.setattr(case, "MOST", most)
    monkeypatch.setattr(case, "LIMIT_BYTES", limit)
    slaledger = CommandLine(ledger_file.parent)
    claim = {"command": "claim file", "account": "1001", "month": "2026-03", "filed_at": "2026-04-10T09:00:00+08:00"}
    decide = {"command": "claim decide", "account": "1001", "month": "2026-03"}
    done = slaledger.batch(*_many(outages), claim, decide)
    assert done.returncode == 0, done.stderr
    page = _page(slaledger, "dossier", "1001", "2026-03")
    carried = re.findall(r'(?s)<script[^>]* id="(?:dossier|checker|shown)">.*?</script>', page)
    assert len(carried) == 3
    assert len(page.encode()) - sum(len(each.encode()) for each in carried) <= limit
    steps = whole(page).count(' class="moment"')
    assert 0 < steps < most[0], "the first number of steps is too long for the page"
    assert f"{1 + 3 * outages + 2 - steps} earlier events of the month are not steps here" in page
    assert re.search(r"At some step the \d+ shortest episodes and incidents are not drawn; all are counted", page)
    assert re.search(r"At some step the \d+ shortest episodes and incidents are not listed; all are counted", page)
    assert "further episodes and exclusions are not listed; together they count" in page
    assert _astray(whole(page)) == set()


def _account(number: int) -> AccountMonth:
    down_us = number % 7_000 * 60_000_000
    total_us = 30 * 86_400_000_000
    ratio = Fraction(total_us - down_us, total_us)
    tier = None if ratio >= Fraction(998, 1000) else 1 if ratio >= Fraction(99, 100) else 2
    return AccountMonth(
        still_open=(),
        account=f"A{number:05d}",
        name=None,
        covered=True,
        unavailable_us=down_us,
        total_us=total_us,
        numerator=ratio.numerator,
        denominator=ratio.denominator,
        tier=tier,
        credit_fen=0 if tier is None else number,
        status=None,
        outcome=None,
        awarded_fen=0,
        issued_fen=0,
        cancelled_fen=0,
        due_fen=0,
        overpaid_fen=0,
    )


def test_twenty_thousand_accounts_are_a_page_that_can_be_sent(ledger: Ledger) -> None:
    with ledger.reading() as log:
        version = in_force(log.versions(), "2026-09")
        made = MonthReport(
            month="2026-09",
            position=1,
            at=log.recorded_at(),
            version=version,
            accounts=list(map(_account, range(20_000))),
            roll_forward=RollForward(0, 0),
            is_demo=False,
        )
    page = month_page(made, BookDetails({}, {})).decode()
    below = made.totals.below
    assert len(page.encode()) < 4_000_000
    assert page.count('<tr id="a-') == 500
    assert f"{below - 500} further accounts were awarded" in page
    assert page.count('class="dot many') == 3
    assert _astray(page) == set()


# The answer without a page


def test_the_report_says_what_the_single_questions_say(demo: CommandLine) -> None:
    answer = demo.ok("report", "2026-09")
    rows = {row["account"]: row for row in answer["accounts"]}
    breaches = demo.ok("breaches", "2026-09")
    assert {account for account, row in rows.items() if row["tier"] is not None} == {one["account"] for one in breaches}
    for one in breaches:
        assert (rows[one["account"]]["credit"], rows[one["account"]]["tier"]) == (one["credit"], one["tier"])
        assert rows[one["account"]]["availability"] == one["availability"]
    claims = {row["account"]: row for row in demo.ok("claim", "list", "--month", "2026-09")}
    assert {account: row["claim"] for account, row in rows.items() if row["claim"]} == {
        account: row["status"] for account, row in claims.items()
    }
    totals = answer["totals"]
    assert totals["accounts"] == len(rows)
    assert totals["below"] == len(breaches)
    assert totals["by_tier"] == {"1": len(breaches)}
    assert totals["claims"] == len(claims)
    for name in ("awarded", "issued"):
        assert totals[name] == str(sum(Decimal(row[name]) for row in claims.values()))


def test_an_account_is_in_the_months_in_which_it_was_there(demo: CommandLine) -> None:
    now = {row["account"] for row in demo.ok("report", "2026-09")["accounts"]}
    earlier = {row["account"] for row in demo.ok("report", "2025-08")["accounts"]}
    assert earlier - now == {"1007"}  # closed since
    assert "1009" in now - earlier  # enrolled since
    beta = next(row for row in demo.ok("report", "2026-05")["accounts"] if row["account"] == "1009")
    assert beta["covered"] is False
    assert beta["tier"] is None


def test_rows_for_programs_and_for_people(demo: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(demo.run("report", "2026-09", "--format", "csv").stdout)))
    lines = [json.loads(line) for line in demo.run("report", "2026-09", "--format", "jsonl").stdout.splitlines()]
    assert [row["account"] for row in rows] == [line["account"] for line in lines]
    assert rows[0]["availability.percent"] == lines[0]["availability"]["percent"]
    table = demo.run("report", "2026-09", "--format", "table").stdout
    assert all(len(line) <= 80 for line in table.splitlines())
    assert "376.72" in table


def test_a_month_that_counts_an_open_outage_is_marked(slaledger: CommandLine) -> None:
    for account in ("1001", "1002"):
        slaledger.ok("account", "enroll", account, "--enrolled-at", "2026-01-01T00:00:00+08:00")
    words = ("--account", "1001", "--function", "agent_calls", "--started-at", "2026-05-02T00:00:00+08:00")
    slaledger.ok("incident", "open", "INC-1", *words)
    assert "Outages without an end" not in _page(slaledger, "report", "2026-04")
    for month in ("2026-05", "2026-06"):
        page = _page(slaledger, "report", month)
        assert "Outages without an end count up to now: INC-1." in page
        assert page.count(", still open</td>") == 1
    slaledger.ok("incident", "close", "INC-1", "--ended-at", "2026-05-02T01:00:00+08:00")
    assert "still open" not in _page(slaledger, "report", "2026-05")


def test_the_report_as_it_was_known(demo: CommandLine) -> None:
    before = demo.ok("report", "2026-09", "--at-position", "444")["totals"]
    assert before["issued"] == "0.00"
    assert demo.ok("report", "2026-09")["totals"]["issued"] != "0.00"


# Small parts


@pytest.mark.parametrize(
    ("steps", "text"), [([0], "0"), ([0, 1, 2], "0-2"), ([0, 2, 3, 7], "0 2-3 7"), ([5, 6], "5-6"), ([], "")]
)
def test_steps_as_runs(steps: list[int], text: str) -> None:
    assert ranges(steps) == text


def test_what_is_shown_when() -> None:
    shown: Shown[str] = Shown()
    for step, things in enumerate((["a"], ["a", "b"], ["b"], ["a", "b"])):
        shown.add(step, things)
    assert shown.variants() == [("a", "0-1 3", True), ("b", "1-3", True)]


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "a&b", "]]>"])
def test_json_in_a_page_ends_nothing(text: str) -> None:
    made = embedded({"text": text})
    assert not set("<>&\u2028\u2029") & set(made)
    assert json.loads(made) == {"text": text}


def test_control_characters_are_shown_as_such() -> None:
    assert clean("a\x00b\x1bc\nd\te\x9f") == "a\ufffdb\ufffdc\nd\te\ufffd"


@pytest.mark.parametrize(
    ("percent", "at"),
    [
        ("100", 0),
        ("99.9", 50),
        ("99.8", 100),
        ("99.4", 150),
        ("99", 200),
        ("97", 250),
        ("95", 300),
        ("47.5", 350),
        ("0", 400),
    ],
)
def test_each_tier_has_the_same_room(ledger: Ledger, percent: str, at: int) -> None:
    with ledger.reading() as log:
        scale = bands(in_force(log.versions(), "2026-09").terms)
    assert place(Fraction(percent) / 100, scale, 400) == at
    assert bounds(scale, 400) == [(0, "100%"), (100, "99.8%"), (200, "99%"), (300, "95%"), (400, "0%")]


# What concerns a month


def _concerned(slaledger: CommandLine, month: str) -> list[str]:
    with slaledger.opened() as ledger, ledger.reading() as log:
        facts = [decode(row) for row in log.rows_ever("1001")]
        return [fact.topic for fact in concerned(facts, month).facts]


def test_an_incident_that_was_moved_out_of_the_month_still_concerns_it(slaledger: CommandLine) -> None:
    slaledger.batch(
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {
            "command": "incident open",
            "incident": "INC-1",
            "account": "1001",
            "function": "agent_calls",
            "started_at": "2026-03-31T23:00:00+08:00",
        },
        {"command": "incident close", "incident": "INC-1", "ended_at": "2026-04-01T01:00:00+08:00"},
        {
            "command": "incident correct",
            "incident": "INC-1",
            "ended_at": "2026-04-01T00:00:00+08:00",
            "reason": "the gateway's log",
        },
    )
    moved = ["account.enrolled", "incident.opened", "incident.closed", "incident.corrected"]
    assert _concerned(slaledger, "2026-03") == moved
    assert _concerned(slaledger, "2026-04") == moved
    assert _concerned(slaledger, "2026-05") == ["account.enrolled"]


def test_a_bill_concerns_its_months_before_terms_govern_them(slaledger: CommandLine) -> None:
    slaledger.batch(
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {
            "command": "fees bill",
            "bill": "B-1",
            "account": "1001",
            "first_month": "2026-02",
            "months": 2,
            "billed_at": "2026-04-01T00:00:00+08:00",
            "product_fee": "10.00",
            "call_fee": "0.00",
        },
    )
    with slaledger.opened() as ledger, ledger.reading() as log:
        rules, own = log.common().rules.facts, [decode(row) for row in log.range("1001/")]
    for month, topics in (("2026-03", ["account.enrolled", "fees.billed"]), ("2026-04", ["account.enrolled"])):
        found = [fact.topic for fact in concerned([*own, *rules], month).facts if fact.stream.startswith("1001/")]
        assert found == topics


def test_a_withdrawn_incident_without_an_end_concerns_its_own_month_alone(slaledger: CommandLine) -> None:
    slaledger.batch(
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {
            "command": "incident open",
            "incident": "INC-1",
            "account": "1001",
            "function": "agent_calls",
            "started_at": "2026-03-31T23:00:00+08:00",
        },
        {"command": "incident withdraw", "incident": "INC-1", "reason": "another customer's"},
    )
    assert _concerned(slaledger, "2026-03") == ["account.enrolled", "incident.opened", "incident.withdrawn"]
    assert _concerned(slaledger, "2026-04") == ["account.enrolled"]


def test_an_open_incident_concerns_every_month_up_to_now(slaledger: CommandLine) -> None:
    slaledger.batch(
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {
            "command": "incident open",
            "incident": "INC-1",
            "account": "1001",
            "function": "agent_calls",
            "started_at": "2026-03-31T23:00:00+08:00",
        },
    )
    assert _concerned(slaledger, "2026-05") == ["account.enrolled", "incident.opened"]
    assert _concerned(slaledger, "2026-02") == ["account.enrolled"]


def test_rules_concern_a_month_only_where_they_change_it(slaledger: CommandLine) -> None:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    days = "date,kind,name\n2026-04-01,holiday,a feast\n2026-04-02,holiday,a feast\n"
    (slaledger.folder / "days.csv").write_text(days)
    slaledger.ok("calendar", "publish", "2026", "--file", "days.csv", "--source", "test", "--reason", "corrected")
    assert _concerned(slaledger, "2026-03") == ["account.enrolled", "calendar.published"]
    assert _concerned(slaledger, "2026-06") == ["account.enrolled"]
    assert _concerned(slaledger, "2025-06") == ["account.enrolled"]
