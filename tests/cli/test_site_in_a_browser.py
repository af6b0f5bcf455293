"""The site as a reader meets it: opened from the disk, by keyboard, on a phone, in the dark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from browser import Scheme, opened
from conftest import CommandLine
from playwright.sync_api import Browser
from test_pages_at_any_width import AMOUNTS
from test_pages_in_a_browser import CONTRAST, HOSTILE

PAGES = (
    "index.html",
    "months/2026-09.html",
    "lists/accounts.html",
    "lists/claims.html",
    "lists/vouchers.html",
    "accounts/1001.html",
    "claims/1001/2026-07.html",
    "vouchers/V-1001-2026-07-1~~1.html",
    "log/1.html",
    "search.html",
)


@pytest.fixture(scope="module")
def site(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo's site."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("site") / "demo")))
    copy.ok("export", "site", "-o", "site")
    return copy.folder / "site"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_pages_complain_of_nothing_and_can_be_read(
    browser: Browser, site: Path, name: str, width: int, scheme: Scheme
) -> None:
    with opened(browser, site / name, width, scheme) as page:
        page.page.set_default_timeout(20_000)
        asked = [one for one in page.requests if not one.endswith(".js")]
        assert asked == [(site / name).as_uri()]
        assert page.complaints == []
        assert page.page.evaluate(CONTRAST) == []
        assert page.page.evaluate("document.documentElement.scrollWidth") == width
        assert page.page.evaluate(AMOUNTS)["wrong"] == []
        assert page.page.locator("nav [aria-current=page]").count() == 1


def test_from_the_overview_to_an_event_by_keyboard(browser: Browser, site: Path) -> None:
    with opened(browser, site / "index.html") as page:
        page.page.set_default_timeout(20_000)

        def follow(words: str) -> None:
            for _ in range(200):
                page.page.keyboard.press("Tab")
                if page.page.evaluate("document.activeElement.textContent") == words:
                    with page.page.expect_navigation():
                        page.page.keyboard.press("Enter")
                    return
            raise AssertionError(f"{words} cannot be reached")

        follow("2026-09")
        follow("1002")
        assert page.page.url.endswith("accounts/1002.html")
        position = page.page.locator("#t-events tbody a").first.inner_text()
        follow(position)
        assert page.page.url.endswith(f"log/1.html#e{position}")
        assert page.complaints == []


def test_next_goes_through_all_accounts(browser: Browser, site: Path) -> None:
    with opened(browser, site / "accounts" / "1001.html") as page:
        page.page.set_default_timeout(20_000)
        seen = ["1001"]
        while page.page.locator("nav [rel=next]").count():
            page.page.locator("nav [rel=next]").click()
            seen.append(page.text("h1"))
        assert seen == ["1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008", "1009"]


def test_the_search_finds_filters_and_leads_on(browser: Browser, site: Path) -> None:
    with opened(browser, site / "search.html") as page:
        page.page.set_default_timeout(20_000)
        results = page.page.locator("#results li")
        page.page.keyboard.press("/")
        page.page.keyboard.type("1001")
        assert "Account 1001" in [one.inner_text() for one in results.all()]
        page.page.locator("[name=kind]").select_option("claim")
        assert all(one.inner_text().startswith("Claim 1001 ") for one in results.all())
        page.page.locator("[name=status]").select_option("filed")
        assert results.count() == 0
        page.page.locator("[name=q]").fill("")
        assert [one.inner_text() for one in results.all()] == ["Claim 1005 2026-09, filed, waits for a decision"]
        page.page.reload()
        assert results.count() == 1
        results.locator("a").click()
        assert page.page.url.endswith("claims/1005/2026-09.html")
        assert page.text("h1").startswith("Account 1005")
        assert page.complaints == []


def test_what_people_wrote_is_text_on_every_page(browser: Browser, slaledger: CommandLine) -> None:
    outage = {"incident": "INC-7", "account": "1001", "function": "agent_calls"}
    slaledger.batch(
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00", "name": HOSTILE},
        {"command": "incident open", **outage, "started_at": "2026-03-03T10:00:00+08:00", "reason": HOSTILE},
        {"command": "incident close", "incident": "INC-7", "ended_at": "2026-03-03T14:00:00+08:00"},
        {
            "command": "claim file",
            "account": "1001",
            "month": "2026-03",
            "filed_at": "2026-04-10T09:00:00+08:00",
            "statement": HOSTILE,
        },
    )
    slaledger.ok("export", "site", "-o", "site")
    for name in ("lists/accounts.html", "accounts/1001.html", "claims/1001/2026-03.html", "log/1.html", "search.html"):
        with opened(browser, slaledger.folder / "site" / name) as page:
            page.page.set_default_timeout(20_000)
            page.page.wait_for_function("document.body.innerText.includes('window.hit=2')")
            assert page.page.evaluate("window.hit") is None
            assert page.page.locator("img").count() == 0
            assert page.complaints == []
