"""The layout of pages: amounts stay whole and in sight at every width and on paper, and rows are cards on a phone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from browser import opened
from conftest import CommandLine
from playwright.sync_api import Browser

PAGES = {"dispute": ("dossier", "1001", "2026-07"), "month": ("report", "2026-09")}
AMOUNTS = """() => {
  const found = { seen: 0, wrong: [] };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("script, svg, pre")) continue;
    for (const amount of node.data.matchAll(/(CN¥|¥)?\\d[\\d,]*\\.\\d\\d(?![\\d%])/g)) {
      const range = document.createRange();
      range.setStart(node, amount.index);
      range.setEnd(node, amount.index + amount[0].length);
      const lines = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
      const box = range.getBoundingClientRect();
      found.seen += 1;
      if (lines.size !== 1 || box.left < 0 || box.right > document.documentElement.clientWidth)
        found.wrong.push(`${amount[0]} in ${node.parentElement.outerHTML.slice(0, 80)}`);
    }
  }
  return found;
}"""
HEADINGS = "one => getComputedStyle(one, '::before').content"


@pytest.fixture(scope="module", params=["en", "zh"])
def pages(request: pytest.FixtureRequest, shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo's pages in a language."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("pages") / "demo")))
    for name, words in PAGES.items():
        copy.ok("--lang", request.param, *words, "--html", f"{name}.html")
    return copy.folder


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_amounts_are_whole_and_in_sight(browser: Browser, pages: Path, name: str, width: int) -> None:
    with opened(browser, pages / f"{name}.html", width=width) as page:
        found = page.page.evaluate(AMOUNTS)
        assert found["seen"] > 10
        assert found["wrong"] == []


@pytest.mark.parametrize("name", PAGES)
def test_amounts_are_whole_on_paper(browser: Browser, pages: Path, name: str) -> None:
    with opened(browser, pages / f"{name}.html", width=688) as page:
        page.page.emulate_media(media="print")
        assert page.page.evaluate(AMOUNTS)["wrong"] == []


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_each_cell_has_its_heading(browser: Browser, pages: Path, name: str) -> None:
    with opened(browser, pages / f"{name}.html", width=390) as page:
        tables = page.page.locator("table.cards")
        assert tables.count() >= 2
        for table in tables.all():
            headings = [one.text_content() for one in table.locator("th:not(.needs-script)").all()]
            row = table.locator("tbody tr:visible").first
            cells = row.locator("td:not(.needs-script)").all()
            assert [one.evaluate(HEADINGS) for one in cells] == [f'"{heading}"' for heading in headings]
            assert table.evaluate("one => one.parentElement.scrollWidth <= one.parentElement.clientWidth")


@pytest.mark.parametrize("name", PAGES)
def test_each_printed_page_says_where_it_is_from(browser: Browser, pages: Path, name: str) -> None:
    about = {"dispute": "1001 2026-07", "month": "2026-09"}[name]
    with opened(browser, pages / f"{name}.html") as page:
        margins = page.page.evaluate(
            "[...document.styleSheets[0].cssRules].filter(one => one instanceof CSSPageRule).map(one => one.cssText)"
        )
        assert page.complaints == []
    (own,) = [one for one in margins if about in one]
    assert "counter(page)" in own
    assert "slaledger-" in own
    assert own.count("@bottom-") == 2
