"""The letter about a decision, as the customer reads it: every outcome, both languages, templates of the user's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import chromium, opened
from conftest import CommandLine
from playwright.sync_api import Browser
from stores import sqlite_only

OUTCOMES = [
    ("1002", "2026-09", "granted", "审核通过"),
    ("1005", "2026-05", "the commitment was met", "已达到承诺"),
    ("1006", "2025-12", "no amount to credit", "无可赔偿金额"),
    ("1008", "2026-09", "filed too early", "申请过早"),
    ("1004", "2026-02", "filed too late", "超出申请时限"),
    ("1009", "2026-03", "not covered by the agreement", "不在协议覆盖范围"),
]
"""A month of the demo for each outcome, and how the letter names it in both languages."""
REDECIDED = ("1001", "2026-07")
DISPUTED = ("1004", "2026-08")


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger, whose provider has a name."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("letters") / "demo")))
    provider = ("--provider-name", "Example Cloud Ltd", "--provider-address", "1 West Road, Hangzhou")
    copy.ok("controls", "set", *provider, "--reason", "for letters")
    copy.ok("account", "rename", "1001", "--name", "<i>Lakeside</i> & Bank")
    return copy


def letter(ledger: CommandLine, account: str, month: str, *options: str, kind: str = "txt") -> str:
    """A letter as it goes to standard output, lines joined where it is text."""
    done = ledger.run("claim", "letter", account, month, "--format", kind, *options)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split()) if kind == "txt" else done.stdout


@pytest.mark.parametrize(("account", "month", "english", "chinese"), OUTCOMES, ids=[each[2] for each in OUTCOMES])
def test_every_outcome_has_a_letter_in_both_languages(
    demo: CommandLine, account: str, month: str, english: str, chinese: str
) -> None:
    claim = demo.ok("claim", "show", account, month)["decisions"][-1]
    for lang, outcome, none in (("en", english, "sets no period"), ("zh", chinese, "不设期限")):
        text = letter(demo, account, month, "--lang", lang)
        page = letter(demo, account, month, "--lang", lang, kind="html")
        assert outcome in text.partition("Account" if lang == "en" else "月份")[0] + text
        for made in (text, page):
            assert outcome in made
            assert none in made
            assert claim["sha256"] in made
            assert f"verify_dossier.py case-{account}-{month}.json" in made
            assert "Example Cloud Ltd" in made
            assert "None" not in made
        if claim["credit"] is not None:
            assert f"{claim['credit']['total']}" in text.replace(",", "")
        assert ('lang="zh-CN"' if lang == "zh" else 'lang="en"') in page


def test_a_letter_says_what_counted_what_did_not_and_how_the_amount_came_about(demo: CommandLine) -> None:
    text = letter(demo, "1002", "2026-09")
    assert "2026-09-22 08:30:00 to 2026-09-22 11:00:00: 2:30:00 long, counts 1:10:00" in text
    assert "clause 2.3(6): 2026-09-22 09:10:00 to 2026-09-22 10:30:00 networks, devices or settings" in text
    assert "clause 1: 0:01:40 Too short: the interruption of 2026-09-15 15:00:00 lasted 0:01:40, and 120 s are" in text
    assert "In all 4:10:00 of the month's 720:00:00 count as unavailable." in text
    assert "Tier 1: below 99.8%, at or above 99%." in text
    assert (
        "Call fee: CN¥864.30 less CN¥50.00 paid with vouchers = CN¥814.30; 5% of it = CN¥40.72 Total: CN¥376.72" in text
    )
    assert "it is not paid out in cash, and it cannot be passed on (clause 3.1)" in text


def test_a_claim_outside_its_window_is_told_the_window(demo: CommandLine) -> None:
    early, late = letter(demo, "1008", "2026-09"), letter(demo, "1004", "2026-02")
    assert "Please file it again from 2026-10-14 up to and including 2026-11-30." in early
    assert "It could be filed from 2026-03-07 up to and including 2026-04-30 (clause 3.2), so it came too late" in late
    for text in (early, late):
        assert "What counted" not in text
        assert "How to use the voucher" not in text


def test_a_letter_says_which_decision_it_replaces_and_what_is_objected(demo: CommandLine) -> None:
    told = letter(demo, *REDECIDED)
    assert "The service credit is CN¥367.92; it is given as a voucher." in told
    assert "takes the place of the one of 2026-08-13, by which the outcome was: granted, CN¥183.97." in told
    assert "The reason: Late evidence: no fault of the carrier" in told
    assert "You objected to this decision on 2026-11-05: “Our agents could not call before 13:00" in letter(
        demo, *DISPUTED
    )


def test_a_letter_is_the_one_of_what_was_known(demo: CommandLine) -> None:
    redecided = demo.ok("log", "--topic", "claim.decided", "--limit", "400")
    last = max(each["position"] for each in redecided if each["stream"] == "1001/claim/2026-07")
    before = letter(demo, *REDECIDED, "--at-position", str(last - 1))
    assert "You objected to this decision" in before
    assert "CN¥183.97" in before
    assert "takes the place of" not in before


def test_the_same_ledger_makes_the_same_letter_whatever_is_recorded_about_others(
    demo: CommandLine, tmp_path: Path
) -> None:
    copy = demo.copy(tmp_path)
    for kind in ("html", "txt"):
        before = letter(copy, *REDECIDED, kind=kind)
        assert letter(copy, *REDECIDED, kind=kind) == before
        copy.ok("account", "enroll", f"9{len(kind)}01", "--enrolled-at", "2026-01-01T00:00:00+08:00")
        assert letter(copy, *REDECIDED, kind=kind) == before


def test_names_and_reasons_are_text(demo: CommandLine, tmp_path: Path) -> None:
    page = letter(demo, *REDECIDED, kind="html")
    assert "<i>" not in page
    assert "&lt;i&gt;Lakeside&lt;/i&gt; &amp; Bank" in page
    assert "To: <i>Lakeside</i> & Bank" in letter(demo, *REDECIDED)
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page


def test_the_file_and_its_format_are_as_those_of_other_files(demo: CommandLine, tmp_path: Path) -> None:
    copy = demo.copy(tmp_path)
    made = copy.ok("claim", "letter", *REDECIDED, "-o", "letter.html")
    written = (copy.folder / "letter.html").read_bytes()
    assert made == {"file": "letter.html", "account": "1001", "month": "2026-07", "bytes": len(written)}
    assert copy.refused("claim", "letter", *REDECIDED, "-o", "letter.html", status=2)["code"] == "file_exists"
    assert copy.refused("claim", "letter", *REDECIDED, "-o", "letter.pdf", status=2)["code"] == "no_format"
    copy.ok("--lang", "en", "claim", "letter", *REDECIDED, "-o", "letter.txt", "--lang", "zh")
    assert "赔偿申请" in (copy.folder / "letter.txt").read_text("utf-8")


def test_the_letters_of_a_month_are_those_of_its_decided_claims(demo: CommandLine, tmp_path: Path) -> None:
    copy = demo.copy(tmp_path)
    asked = ("claim", "letter", "--all", "2026-09", "-o", "letters")
    made = copy.ok(*asked)
    accounts = ["1001", "1002", "1003", "1006", "1008", "1009"]
    assert [each["account"] for each in made["letters"]] == accounts
    assert made["undecided"] == ["1005"]
    for each in made["letters"]:
        file = copy.folder / each["file"]
        assert file.name == f"{each['account']}-2026-09.html"
        assert file.read_text("utf-8") == letter(copy, each["account"], "2026-09", kind="html")
        assert each["bytes"] == file.stat().st_size
    assert len(list((copy.folder / "letters").iterdir())) == len(accounts)
    table = copy.run(*asked, env={"SLALEDGER_FORMAT": "table"}).stdout
    assert "1 claim has no letter, since it waits for its decision: 1005" in table


def test_the_letters_of_a_month_again_are_what_is_new(demo: CommandLine, tmp_path: Path) -> None:
    copy = demo.copy(tmp_path)
    asked = ("claim", "letter", "--all", "2026-09", "-o", "letters")
    first = copy.ok(*asked)
    files = {each["file"]: (copy.folder / each["file"]).stat().st_mtime_ns for each in first["letters"]}
    copy.ok("claim", "decide", "1005", "2026-09")
    again = copy.ok(*asked)
    assert (len(again["letters"]), again["undecided"]) == (len(files) + 1, [])
    assert {name: (copy.folder / name).stat().st_mtime_ns for name in files} == files
    copy.ok("account", "rename", "1001", "--name", "Lakeside Bank")
    assert copy.refused(*asked, status=2)["code"] == "file_exists"
    copy.ok(*asked, "--force")
    assert "Lakeside Bank" in (copy.folder / "letters" / "1001-2026-09.html").read_text("utf-8")


def test_the_letters_of_a_month_need_a_folder(demo: CommandLine, tmp_path: Path) -> None:
    copy = demo.copy(tmp_path)
    assert "-o FOLDER" in copy.refused("claim", "letter", "--all", "2026-09", status=2)["message"]
    assert copy.refused("claim", "letter", "--all", "1001", "2026-09", "-o", "x", status=2)["code"] == "usage"
    (copy.folder / "taken").write_text("")
    assert copy.refused("claim", "letter", "--all", "2026-09", "-o", "taken", status=2)["code"] == "unwritable_file"
    assert copy.ok("claim", "letter", "--all", "2031-01", "-o", "none")["letters"] == []


def line(command: str, **fields: Any) -> dict[str, Any]:
    return {"command": command, **fields}


def at(text: str) -> str:
    """`03-03 10:00` is on Shanghai's clock in 2026; a day alone is its first instant."""
    day, _, clock = text.partition(" ")
    return f"2026-{day}T{clock or '00:00'}:00+08:00"


_ANY_STORE = sqlite_only("a letter is made of a case, wherever its ledger is")
MONTH = {"account": "1001", "month": "2026-03"}


def filed(outages: int = 4) -> list[dict[str, Any]]:
    """An account with outages of an hour on some days of March, its bill, and a claim that waits."""
    opened_at = {"account": "1001", "function": "agent_calls"}
    lines = [line("account enroll", account="1001", enrolled_at=at("01-01"))]
    for number in range(outages):
        day = f"03-{number % 28 + 1:02d}"
        hour = number // 28
        lines.append(line("incident open", incident=f"I-{number}", started_at=at(f"{day} {hour:02d}:00"), **opened_at))
        lines.append(line("incident close", incident=f"I-{number}", ended_at=at(f"{day} {hour:02d}:{30 + number % 9}")))
    fees = {"product_fee": "1000.00", "call_fee": "400.00", "billed_at": at("04-01")}
    lines.append(line("fees bill", bill="B", account="1001", first_month="2026-03", **fees))
    return [*lines, line("claim file", filed_at=at("04-10"), **MONTH)]


@_ANY_STORE
def test_a_claim_that_is_not_decided_has_no_letter(slaledger: CommandLine) -> None:
    assert slaledger.batch(*filed()).returncode == 0
    asked = ("claim", "letter", "1001", "2026-03", "-o", "letter.txt")
    assert slaledger.refused(*asked)["code"] == "claim_undecided"
    assert slaledger.refused("claim", "letter", "1001", "2026-02", "-o", "letter.txt")["code"] == "unknown_claim"
    assert slaledger.refused("claim", "letter", "1002", "2026-02", "-o", "letter.txt")["code"] == "unknown_account"
    slaledger.ok("claim", "withdraw", "1001", "2026-03", "--reason", "asked to")
    assert slaledger.refused(*asked)["code"] == "claim_withdrawn"
    assert not (slaledger.folder / "letter.txt").exists()


@_ANY_STORE
def test_a_letter_without_a_provider_says_how_to_record_one(slaledger: CommandLine) -> None:
    assert slaledger.batch(*filed(), line("claim decide", decided_at=at("04-11"), **MONTH)).returncode == 0
    done = slaledger.run("claim", "letter", "1001", "2026-03", "--format", "txt")
    assert done.stdout.startswith("Account: 1001\n")
    assert "controls set --provider-name" in done.stderr
    assert "The voucher is not issued yet" in " ".join(done.stdout.split())


@_ANY_STORE
def test_vouchers_of_more_or_less_than_the_award_are_told(slaledger: CommandLine) -> None:
    decide = line("claim decide", decided_at=at("04-11"), **MONTH)
    assert slaledger.batch(*filed(), decide, line("voucher issue", issued_at=at("04-12"), **MONTH)).returncode == 0
    slaledger.ok("fees", "correct", "B", "--product-fee", "2000.00", "--reason", "tariff")
    slaledger.ok("claim", "redecide", "1001", "2026-03", "--reason", "tariff")
    assert "the remaining CN¥140.00 are still to be issued" in letter(slaledger, "1001", "2026-03")
    slaledger.ok("fees", "correct", "B", "--product-fee", "500.00", "--reason", "tariff again")
    slaledger.ok("claim", "redecide", "1001", "2026-03", "--reason", "tariff again")
    assert "hold CN¥104.00, which is CN¥70.00 more than this decision awards" in letter(slaledger, "1001", "2026-03")


def test_the_terms_of_another_agreement_are_told_as_they_are(tmp_path: Path) -> None:
    other = CommandLine(tmp_path)
    other.ok("init", "--agreement", "aws-ec2")
    outage = {"account": "1", "function": "region", "started_at": "2026-03-03T10:00:00Z"}
    functions = other.ok("terms", "show")["parameters"]["service"]["functions"]["value"]
    done = other.batch(
        line("account enroll", account="1", enrolled_at="2026-01-01T00:00:00Z"),
        line("incident open", incident="I", **{**outage, "function": functions[0]}),
        line("incident close", incident="I", ended_at="2026-03-03T20:00:00Z"),
        line(
            "fees bill",
            bill="B",
            account="1",
            first_month="2026-03",
            billed_at="2026-04-01T00:00:00Z",
            product_fee="100",
        ),
        line("claim file", account="1", month="2026-03", filed_at="2026-04-10T00:00:00Z"),
        line("claim decide", account="1", month="2026-03"),
    )
    assert done.returncode == 0, done.stdout
    text = letter(other, "1", "2026-03")
    assert "it is set off against later bills" in text
    assert "How the credit is used The credit lowers later bills" in text
    assert "Fee of the month: $100.00 less $0.00 paid with vouchers = $100.00; 30% of it = $30.00" in text
    assert "This letter names no period for an objection." in text


def test_the_letter_of_a_demo_ledger_says_so(tmp_path: Path) -> None:
    shown = CommandLine(tmp_path)
    shown.ok("init", "--demo")
    assert shown.batch(*filed(), line("claim decide", decided_at=at("04-11"), **MONTH)).returncode == 0
    for kind in ("txt", "html"):
        assert "DEMO: a ledger for demonstrations." in letter(shown, "1001", "2026-03", kind=kind)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with chromium() as found:
        yield found


def pages(printed: bytes) -> int:
    """The number of pages of a PDF."""
    return len(re.findall(rb"/Type\s*/Page[^s]", printed))


@pytest.mark.parametrize(
    ("case", "lang"), [(("1002", "2026-09"), "en"), (REDECIDED, "zh"), (("1004", "2026-02"), "en")]
)
def test_a_letter_prints_to_two_pages_at_most_and_fits_a_phone(
    browser: Browser, demo: CommandLine, tmp_path: Path, case: tuple[str, str], lang: str
) -> None:
    file = tmp_path / "letter.html"
    demo.ok("claim", "letter", *case, "--lang", lang, "-o", str(file))
    with opened(browser, file, width=390) as page:
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        amounts = page.page.locator("td:visible.r")
        for index in range(amounts.count()):
            box = amounts.nth(index).bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert 1 <= pages(page.page.pdf(prefer_css_page_size=True)) <= 2
        assert (page.requests, page.complaints) == ([file.as_uri()], [])


@_ANY_STORE
def test_a_month_of_many_outages_still_fits_two_pages(browser: Browser, slaledger: CommandLine) -> None:
    count = 84
    decide = line("claim decide", decided_at=at("04-11"), **MONTH)
    assert slaledger.batch(*filed(count), decide, line("voucher issue", issued_at=at("04-12"), **MONTH)).returncode == 0
    slaledger.ok("claim", "letter", "1001", "2026-03", "-o", "letter.html")
    page = (slaledger.folder / "letter.html").read_text("utf-8")
    assert page.count("<b>0:3") == 10
    assert f"{count - 10} shorter episodes count " in page
    with opened(browser, slaledger.folder / "letter.html") as found:
        assert pages(found.page.pdf(prefer_css_page_size=True)) <= 2


# --- Templates of the user's own ---


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def by(demo: CommandLine, folder: Path, kind: str = "txt") -> str:
    return letter(demo, *REDECIDED, "--templates", str(folder), kind=kind)


def test_a_folder_has_templates_of_its_own_and_ours_for_what_it_lacks(demo: CommandLine, folder: Path) -> None:
    (folder / "letter.txt.j2").write_text("Dear {{ name }},\n{{ subject|fold }}\n{{ sums.total }}\n", "utf-8")
    assert by(demo, folder) == "Dear <i>Lakeside</i> & Bank, Your claim for July 2026: granted CN¥367.92"
    assert by(demo, folder, kind="html") == letter(demo, *REDECIDED, kind="html")
    (folder / "letter.css").write_text("body { color: red }", "utf-8")
    styled = by(demo, folder, kind="html")
    assert "<style>body { color: red }</style>" in styled
    (folder / "letter.html.j2").write_text("{% include 'head.j2' %}<p>{{ name }}</p>", "utf-8")
    (folder / "head.j2").write_text("<h1>{{ provider }}</h1>", "utf-8")
    assert by(demo, folder, kind="html") == "<h1>Example Cloud Ltd</h1><p>&lt;i&gt;Lakeside&lt;/i&gt; &amp; Bank</p>"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("one\n{% if %}", ":2", "Expected an expression"),
        ("one\ntwo\n{{ salutation }}", ":3", "'salutation' is undefined"),
        ("{{ 1 // 0 }}", ":1", "division"),
        ("one\n{{ ''.__class__.__mro__ }}", ":2", "unsafe"),
        ("{{ ().__class__.__base__.__subclasses__() }}", ":1", "unsafe"),
        ("{% for i in range(10000000) %}{{ i }}{% endfor %}", ":1", "ange"),
        ("{% include 'nothing.j2' %}", ":1", "nothing.j2"),
        ("{% include 'letter.txt.j2' %}", ":1", "recursion"),
        ("{% include '../secret.j2' %}", ":1", "secret.j2"),
    ],
)
def test_a_wrong_template_is_refused_with_its_place(
    demo: CommandLine, folder: Path, text: str, place: str, what: str
) -> None:
    (folder / "letter.txt.j2").write_text(text, "utf-8")
    (folder.parent / "secret.j2").write_text("secret", "utf-8")
    target = folder / "out.txt"
    words = ("claim", "letter", *REDECIDED, "-o", str(target), "--templates", str(folder))
    refused = demo.refused(*words, status=2)
    assert refused["code"] == "bad_template"
    assert f"letter.txt.j2{place}" in refused["message"]
    assert what in refused["message"]
    assert not target.exists()


def test_a_folder_without_templates_is_refused(demo: CommandLine, folder: Path) -> None:
    words = ("claim", "letter", *REDECIDED, "-o", str(folder.parent / "out.txt"), "--templates")
    refused = demo.refused(*words, str(folder), status=2)
    assert refused["code"] == "no_templates"
    assert "letter.html.j2" in refused["hint"]
    assert demo.refused(*words, str(folder / "none"), status=2)["code"] == "usage"
    (folder / "letter.txt.j2").write_bytes(b"\xff\xfe")
    assert demo.refused(*words, str(folder), status=2)["code"] == "bad_template"
