"""The page of a case checks itself, and `verify.html` any dossier: from the disk, in a browser, without a network."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import Opened, opened
from browser_checker import PAGE
from conftest import CommandLine
from playwright.sync_api import Browser
from stores import SqliteStore

from cli.pages.carried import folded

CASE = ("1002", "2026-09")
RESULT = "#checked .checks"
FEE = r'(?s)id="dossier">.*?:326430'
"""The product fee of September, 3264.30, in the event of its bill, as the carried dossier has it."""


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger, with a case as a page, in both languages, and as a file, made with an earlier checkpoint."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("checked") / "demo")))
    (copy.folder / "kept.txt").write_text(copy.run("audit", "checkpoint").stdout)
    copy.ok("account", "enroll", "2001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    copy.ok("dossier", *CASE, "-o", "case.json", "--html", "case.html", "--since", "kept.txt")
    copy.ok("--lang", "zh", "dossier", *CASE, "--html", "zh.html")
    return copy


def checked(page: Opened) -> str:
    """What the page says once its button was pressed."""
    page.page.locator("#check-case").click()
    page.page.wait_for_selector(RESULT)
    assert (page.complaints, len(page.requests)) == ([], 1)
    return page.text("#checked")


def edited(demo: CommandLine, name: str, pattern: str) -> Path:
    """The page with one digit changed: the last of what a pattern first finds."""
    text = (demo.folder / "case.html").read_text("utf-8")
    found = re.search(pattern, text)
    assert found is not None
    digit = found.end() - 1
    made = demo.folder / f"{name}.html"
    made.write_text(f"{text[:digit]}{(int(text[digit]) + 1) % 10}{text[digit + 1 :]}", "utf-8")
    return made


def first_failing(page: Opened) -> list[str]:
    """The lines of the check that stands first."""
    return page.page.locator("#checked .checks > li").first.inner_text().split("\n")


def test_a_case_that_was_opened_from_the_disk_is_sound(browser: Browser, demo: CommandLine) -> None:
    with opened(browser, demo.folder / "case.html") as page:
        told = checked(page)
        assert page.page.locator(".wrong, .open").count() == 0
    assert told.startswith("Sound: all that was checked holds")
    decided = demo.ok("claim", "show", *CASE)["decisions"][-1]
    percent = decided["availability"]["availability"]["percent"]
    assert f"awarded, availability {percent}%, {decided['credit']['total']} CNY" in told
    assert "Earlier checkpoint." in told


@pytest.mark.parametrize(
    ("pattern", "check", "event"),
    [
        pytest.param(FEE, "Proofs.", "fees.billed", id="a fee in the dossier"),
        pytest.param(r'started_at\\":\d+', "Proofs.", "incident.opened", id="a start in the dossier"),
        pytest.param(r'<tr id="e\d+"(?:(?!</tr>).)*INC-\d+', "Page.", "incident.opened", id="a row of the page"),
    ],
)
def test_one_changed_digit_is_found_with_its_event(
    browser: Browser, demo: CommandLine, pattern: str, check: str, event: str
) -> None:
    with opened(browser, edited(demo, "changed", pattern)) as page:
        told = checked(page)
        mark, name, finding = (line for line in first_failing(page) if line)
        target = page.page.locator("#checked .wrong a").first.get_attribute("href") or ""
        topic = page.page.locator(f"tr{target} td:nth-child(3)").inner_text()
    assert told.startswith("Differs: ")
    assert (mark, name.strip()) == ("differs", check)
    assert re.match(rf"position \d+, {re.escape(event)}: ", finding)
    assert event in topic


def test_a_changed_figure_of_the_page_is_found_with_its_part(browser: Browser, demo: CommandLine) -> None:
    with opened(browser, edited(demo, "figure", r'data-field="credit">[^<]*\d')) as page:
        assert "in the part Outcome" in checked(page)


def test_it_speaks_chinese(browser: Browser, demo: CommandLine) -> None:
    with opened(browser, demo.folder / "zh.html") as page:
        told = checked(page)
    assert told.startswith("成立：所核验的内容均无误")
    assert not re.search(r"[a-z]{4,} [a-z]{3,}", told.replace("slaledger verifier", "").replace("slaledger verify", ""))


def test_the_saved_dossier_is_the_file_byte_for_byte(browser: Browser, demo: CommandLine) -> None:
    with opened(browser, demo.folder / "case.html") as page:
        with page.page.expect_download() as saved:
            page.page.locator("#save-dossier").click()
        assert saved.value.suggested_filename == "case-1002-2026-09.json"
        assert Path(saved.value.path()).read_bytes() == (demo.folder / "case.json").read_bytes()


HASHES = [f'"{letter * 43}="' for letter in "Ab/"]


def test_what_a_page_carries_is_restored_to_the_byte(browser: Browser, demo: CommandLine) -> None:
    """Whatever stands in it; and it never ends the element, or begins another."""
    hashes = " ".join([*HASHES * 3, "~1.", HASHES[0]])
    with opened(browser, demo.folder / "case.html") as page:
        for text in ("", "~", "~~l~0.", "</script><script>&lt;", "<!-- <script>", hashes, "\u00e9\u2028\U0001f600"):
            carried = folded(text.encode())
            assert "<" not in carried
            page.page.locator("#dossier").evaluate("(one, text) => { one.textContent = text; }", carried)
            with page.page.expect_download() as saved:
                page.page.locator("#save-dossier").click()
            assert Path(saved.value.path()).read_bytes() == text.encode()


HOSTILE = 'a > b </script><!-- <b title="x>y"> &amp;lt; ~l ~0. \u2028\u202e\u00a0\n  \t\U0001f600'


def test_whatever_people_wrote_a_case_is_sound(browser: Browser, sqlite_store: SqliteStore, tmp_path: Path) -> None:
    """Texts that look like markup, turn around, or are blank: in the dossier, and in what the page shows."""
    line = CommandLine(tmp_path, sqlite_store.blank(tmp_path))
    outage = {"function": "agent_calls", "started_at": "2026-03-03T10:00:00+08:00", "reported_by": HOSTILE}
    done = line.batch(
        {"command": "account enroll", "account": "A", "enrolled_at": "2025-01-01T00:00:00+08:00"},
        {"command": "account rename", "account": "A", "name": HOSTILE},
        {"command": "incident open", "incident": "I", "account": "A", **outage, "reason": HOSTILE},
        {"command": "incident close", "incident": "I", "ended_at": "2026-03-03T12:00:00+08:00", "reason": HOSTILE},
        {"command": "claim file", "account": "A", "month": "2026-03", "filed_at": "2026-05-01T00:00:00+08:00"}
        | {"statement": HOSTILE, "evidence": [{"name": HOSTILE, "sha256": "ab" * 32, "uri": HOSTILE}]},
        {"command": "claim decide", "account": "A", "month": "2026-03", "decided_at": "2026-05-02T00:00:00+08:00"},
    )
    assert done.returncode == 0, done.stderr
    line.ok("dossier", "A", "2026-03", "--html", "case.html")
    with opened(browser, tmp_path / "case.html") as page:
        assert checked(page).startswith("Sound: all that was checked holds")


def test_a_dossier_that_is_too_long_is_left_to_its_file(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    bound = (demo.folder / "case.json").stat().st_size
    for most, is_carried in ((bound, True), (bound - 1, False)):
        monkeypatch.setattr("cli.pages.case.MOST_BYTES", most)
        made = demo.run("dossier", *CASE, "--html", "-", "--since", "kept.txt").stdout
        assert ('id="check-case"' in made, 'id="dossier"' in made) == (is_carried, is_carried)


OUTAGES = 26
"""Each is two events; with the account, the bill, the claim and its decision these are more than 56."""


def test_a_page_of_60_events_stays_below_200_kb(sqlite_store: SqliteStore, tmp_path: Path) -> None:
    line = CommandLine(tmp_path, sqlite_store.blank(tmp_path))
    outages = [
        {"command": "incident open", "incident": f"INC-2603-{day:02d}", "account": "A", "function": "agent_calls"}
        | {"started_at": f"2026-03-{day:02d}T10:00:00+08:00"}
        for day in range(1, OUTAGES + 1)
    ]
    ends = [
        {"command": "incident close", "incident": outage["incident"]}
        | {"ended_at": f"{outage['started_at'][:10]}T10:0{day % 7 + 2}:30+08:00"}
        for day, outage in enumerate(outages)
    ]
    bill = {"bill": "B1", "account": "A", "first_month": "2026-03", "billed_at": "2026-04-01T00:00:00+08:00"}
    done = line.batch(
        {"command": "account enroll", "account": "A", "enrolled_at": "2025-01-01T00:00:00+08:00"},
        *(one for pair in zip(outages, ends, strict=True) for one in pair),
        {"command": "fees bill", **bill, "product_fee": "1000.00", "call_fee": "300.00"},
        {"command": "claim file", "account": "A", "month": "2026-03", "filed_at": "2026-05-01T00:00:00+08:00"},
        {"command": "claim decide", "account": "A", "month": "2026-03", "decided_at": "2026-05-02T00:00:00+08:00"},
        {"command": "voucher issue", "account": "A", "month": "2026-03", "issued_at": "2026-05-02T00:00:00+08:00"},
    )
    assert done.returncode == 0, done.stderr
    line.ok("dossier", "A", "2026-03", "-o", "case.json")
    assert len(json.loads((tmp_path / "case.json").read_bytes())["events"]) >= 60
    for lang in ("en", "zh"):
        line.ok("--lang", lang, "dossier", "A", "2026-03", "--html", f"{lang}.html")
        assert (tmp_path / f"{lang}.html").stat().st_size < 200_000


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(lambda packed: packed[:200] + ("B" if packed[200] == "A" else "A") + packed[201:], id="a sign"),
        pytest.param(lambda packed: "", id="all"),
    ],
)
def test_a_page_whose_earlier_steps_cannot_be_read_says_so(
    browser: Browser, demo: CommandLine, spoiled: Callable[[str], str]
) -> None:
    """It shows the last step, and its check names the part."""
    text = (demo.folder / "case.html").read_text("utf-8")
    changed = re.sub(r'(id="data">)([^<]*)', lambda found: found[1] + spoiled(found[2]), text)
    (demo.folder / "spoiled.html").write_text(changed, "utf-8")
    with opened(browser, demo.folder / "spoiled.html", is_whole=False) as page:
        assert page.text("#no-earlier").startswith("The earlier steps cannot be unpacked")
        assert not page.page.locator("#step").is_visible()
        assert "in the part the picture and its steps" in checked(page)


def test_a_case_of_a_site_is_checked_with_the_file_that_all_share(browser: Browser, demo: CommandLine) -> None:
    demo.ok("export", "site", "-o", "site")
    case = demo.folder / "site" / "claims" / CASE[0] / f"{CASE[1]}.html"
    with opened(browser, case) as page:
        page.page.locator("#check-case").click()
        page.page.wait_for_selector(RESULT)
        assert page.text("#checked").startswith("Sound: all that was checked holds")
        assert [Path(asked).name for asked in page.requests] == [case.name, "checker.js"]
        assert page.complaints == []
    alone = Path(shutil.copy(case, demo.folder / "alone.html"))
    with opened(browser, alone) as page:
        page.page.locator("#check-case").click()
        page.page.wait_for_selector("#no-checker:visible")
        assert "or its file is not where this page has it from" in page.text("#no-checker")


# The page for any dossier.


@pytest.fixture
def verify(browser: Browser) -> Iterator[Opened]:
    with opened(browser, PAGE) as page:
        page.page.locator("[data-language=en]").click()
        yield page


def give(page: Opened, data: bytes) -> str:
    """What the page says of a file."""
    page.page.locator("#checked").evaluate("(one) => one.replaceChildren()")
    page.page.locator("#file").set_input_files({"name": "case.json", "mimeType": "application/json", "buffer": data})
    page.page.wait_for_selector(RESULT)
    return page.text("#checked .head")


def test_any_dossier_is_checked_in_either_language(verify: Opened, demo: CommandLine) -> None:
    data = (demo.folder / "case.json").read_bytes()
    assert give(verify, data) == "Sound: all that was checked holds"
    verify.page.locator("[data-language=zh]").click()
    verify.page.wait_for_selector("#checked .head:text('成立')")
    assert verify.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert give(verify, data.replace(b"2026-09", b"2026-08")).startswith("不符")
    assert give(verify, b"{}") == "这不是案卷"
    assert (verify.complaints, len(verify.requests)) == ([], 1)


def ask(page: Opened, *, kept: str = "", keys: str = "") -> str:
    """What the page says once a kept checkpoint or keys are given."""
    page.page.locator("details").evaluate("(one) => { one.open = true; }")
    page.page.locator("#kept").fill(kept)
    page.page.locator("#keys").fill(keys)
    page.page.locator("#checked").evaluate("(one) => one.replaceChildren()")
    page.page.locator("#again").click()
    page.page.wait_for_selector("#checked .head:not(:text('Checking'))")
    return page.text("#checked")


def test_a_kept_checkpoint_ties_the_dossier(verify: Opened, demo: CommandLine) -> None:
    give(verify, (demo.folder / "case.json").read_bytes())
    kept = (demo.folder / "kept.txt").read_text()
    origin, size, root = kept.splitlines()
    assert "The dossier leads to the checkpoint that you kept" in ask(verify, kept=kept)
    assert ask(verify, kept=f"{origin}\n{int(size) - 1}\n{root}\n").startswith("Sound, but it does not show all")
    assert "another root than your checkpoint" in ask(verify, kept=f"{origin}\n{size}\n{'A' * 43}=\n")
    assert "belongs to other" in ask(verify, kept=f"other\n{size}\n{root}\n")
    assert "an origin, a size and a root" in ask(verify, kept="none\n")


def test_a_signed_checkpoint_is_checked_by_its_key(verify: Opened, demo: CommandLine) -> None:
    keys = [demo.run("keygen", name, "-o", f"{name}.key").stdout.strip() for name in ("operator", "other")]
    demo.ok("dossier", *CASE, "-o", "signed.json", "--sign", "operator.key")
    give(verify, (demo.folder / "signed.json").read_bytes())
    assert "1 signature was not checked: no key was given" in verify.text("#checked")
    assert "1 key that you gave signed it" in ask(verify, keys=keys[0])
    assert "the checkpoint is not signed by other" in ask(verify, keys=keys[1])
    assert ask(verify, keys="nonsense") == "that is no verifier key, `NAME+ID+BASE64`"


def test_nothing_is_wider_than_a_phone(browser: Browser, demo: CommandLine) -> None:
    with opened(browser, edited(demo, "narrow", FEE), 390) as page:
        checked(page)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
    with opened(browser, PAGE, 390) as page:
        give(page, (demo.folder / "case.json").read_bytes().replace(b"1002", b"1003"))
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
