"""The pages as a reader meets them: in a browser, from the disk, by keyboard, on a phone, on paper."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Opened, Scheme, opened
from conftest import CommandLine
from playwright.sync_api import Browser

from cli.pages import labels
from cli.terminal.numbers import currency

DISPUTE = ("1001", "2026-07")
TOO_SHORT = ("1002", "2026-09")
PAGES = {"dispute": DISPUTE, "short": TOO_SHORT, "beta": ("1009", "2026-06"), "undecided": ("1005", "2026-09")}
NAMES = (*PAGES, "month")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger with pages of it."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("pages") / "demo")))
    for name, case in PAGES.items():
        copy.ok("dossier", *case, "--html", f"{name}.html")
    copy.ok("report", "2026-09", "--html", "month.html")
    return copy


@pytest.fixture
def dispute(browser: Browser, demo: CommandLine) -> Iterator[Opened]:
    """The page of a disputed claim."""
    with opened(browser, demo.folder / "dispute.html") as page:
        yield page


@pytest.fixture
def short(browser: Browser, demo: CommandLine) -> Iterator[Opened]:
    """The page of a month with an outage that is too short."""
    with opened(browser, demo.folder / "short.html") as page:
        yield page


def _answer(demo: CommandLine, *words: str) -> Any:
    """What a command says; None where it refuses."""
    done = demo.run(*words)
    return json.loads(done.stdout) if done.returncode == 0 else None


def test_the_slider_shows_at_each_event_what_the_ledger_knew_then(dispute: Opened, demo: CommandLine) -> None:
    dispute.page.locator("#step").focus()
    steps = int(dispute.page.locator("#step").get_attribute("max") or 0) + 1
    seen = []
    for _ in range(steps):
        position = dispute.position()
        seen.append(position)
        measured = _answer(demo, "availability", *DISPUTE, "--at-position", str(position))
        claim = _answer(demo, "claim", "show", *DISPUTE, "--at-position", str(position))
        assert dispute.field("availability") == measured["availability"]["percent"] + "%"
        assert dispute.field("tier").startswith("none" if measured["tier"] is None else f"{measured['tier']}:")
        assert dispute.field("status") == labels.status_words(None if claim is None else claim["status"])
        assert dispute.field("issued") == currency("0.00" if claim is None else claim["issued"], "CNY")
        decided = claim is not None and claim["decisions"]
        assert dispute.field("credit") == (currency(claim["awarded"], "CNY") if decided else "-")
        assert dispute.page.locator("tr:visible.now").count() == 1
        dispute.page.keyboard.press("ArrowLeft")
    told = _answer(demo, "history", DISPUTE[0], "--month", DISPUTE[1])["events"]
    assert seen == sorted((event["position"] for event in told), reverse=True)


def test_the_dispute_can_be_walked_through(dispute: Opened) -> None:
    found = []
    dispute.page.locator("#step").focus()
    dispute.page.keyboard.press("Home")
    for _ in range(int(dispute.page.locator("#step").get_attribute("max") or 0) + 1):
        status, credit = dispute.field("status").partition(",")[0], dispute.field("credit")
        if not found or found[-1] != (status, credit):
            found.append((status, credit))
        dispute.page.keyboard.press("ArrowRight")
    assert found == [
        ("no claim was filed", "-"),
        ("filed", "-"),
        ("awarded", currency("183.97", "CNY")),
        ("settled", currency("183.97", "CNY")),
        ("disputed", currency("183.97", "CNY")),
        ("awarded", currency("367.92", "CNY")),
        ("settled", currency("367.92", "CNY")),
    ]


def test_a_step_says_who_when_why_and_what_it_changed(dispute: Opened, demo: CommandLine) -> None:
    told = _answer(demo, "history", DISPUTE[0], "--month", DISPUTE[1])["events"]
    (withdrawn,) = [event["position"] for event in told if event["topic"] == "exclusion.withdrawn"]
    dispute.page.locator("button.to", has_text=str(withdrawn)).click()
    words = dispute.text(".moment")
    assert "Exclusion withdrawn" in words
    assert "clerk" in words
    assert "The carrier took its fault notice back" in words
    assert "Availability 99.6639% → 98.8575%" in " ".join(words.split())
    assert dispute.text("#d1 summary").startswith("Decision 1: Awarded")
    assert "decided after the chosen event" in dispute.text("#d2 summary")
    assert dispute.page.locator("rect.excluded").count() == 0
    dispute.page.locator("#back").click()
    assert dispute.page.locator("rect.excluded").count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_of_anybody_and_nothing_complains(browser: Browser, demo: CommandLine, name: str) -> None:
    with opened(browser, demo.folder / f"{name}.html") as page:
        if name != "month":
            page.page.locator("#step").focus()
            page.page.keyboard.press("Home")
            page.page.locator("#zoom-in").click()
        assert page.requests == [(demo.folder / f"{name}.html").as_uri()]
        assert page.complaints == []


def _pressed(opened_: Opened, key: str, ask: str) -> str:
    opened_.page.keyboard.press(key)
    return str(opened_.page.evaluate(ask))


def test_all_is_done_with_the_keyboard(short: Opened) -> None:
    keyboard, page = short.page.keyboard, short.page
    focus = "(one => one.id || one.className || one.tagName)(document.activeElement)"
    reached = [_pressed(short, "Tab", focus) for _ in range(9)]
    assert reached == ["skip", "back", "step", "on", "A", "zoom-in", "zoom-out", "zoom-all", "chart"]
    whole = short.text("#span")
    for key in ("+", "+", "ArrowRight"):
        keyboard.press(key)
    assert short.text("#span") != whole
    keyboard.press("0")
    assert short.text("#span") == whole
    page.locator("tr:visible .show").nth(1).focus()
    keyboard.press("Enter")
    assert short.text("#span") == "2026-09-15 14:58:00 – 2026-09-15 15:03:40"
    assert page.evaluate("document.activeElement.id") == "chart"


def test_the_minimum_is_drawn_where_it_matters(short: Opened) -> None:
    assert short.page.locator("svg text", has_text="0:01:40 < 0:02:00").count() == 1
    assert short.page.locator("path.minimum").count() == 0
    short.page.locator("tr:visible .show").nth(1).click()
    assert short.page.locator("svg text", has_text="minimum 0:02:00").count() == 1
    bar, minimum = (short.page.locator(one).bounding_box() for one in ("rect.short", "path.minimum"))
    assert bar and minimum
    assert abs(bar["width"] / minimum["width"] - 100 / 120) < 0.02
    assert short.page.locator("rect.counted").count() == 0


def test_wheel_and_dragging_move_the_picture(short: Opened) -> None:
    box = short.page.locator("#chart").bounding_box()
    assert box
    short.page.mouse.move(box["x"] + 300, box["y"] + 60)
    short.page.mouse.wheel(0, -300)
    assert short.text("#span").startswith("2026-09-01 00:00:00")
    short.page.locator("#chart").focus()
    box = short.page.locator("#chart").bounding_box()
    assert box
    short.page.mouse.move(box["x"] + 300, box["y"] + 60)
    short.page.mouse.wheel(0, -600)
    short.page.wait_for_function("!document.getElementById('span').textContent.startsWith('2026-09-01')")
    zoomed = short.text("#span")
    short.page.mouse.down()
    short.page.mouse.move(box["x"] + 200, box["y"] + 60)
    short.page.mouse.up()
    assert short.text("#span") != zoomed


CONTRAST = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const under = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parts(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("script")) continue;
    const style = getComputedStyle(node);
    const colour = parts(node.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(colour), light(under(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${node.tagName}.${node.className} ${walker.currentNode.data}`);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["dispute", "short", "month"])
def test_every_text_stands_out_from_what_is_under_it(
    browser: Browser, demo: CommandLine, name: str, scheme: Scheme
) -> None:
    with opened(browser, demo.folder / f"{name}.html", scheme=scheme) as page:
        if name != "month":
            page.page.locator("#step").focus()
            page.page.keyboard.press("ArrowLeft")
        assert page.page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_scrolls_down_only(browser: Browser, demo: CommandLine, name: str) -> None:
    with opened(browser, demo.folder / f"{name}.html", width=390) as page:
        assert page.page.evaluate("document.documentElement.scrollWidth") == 390
        if name != "month":
            slider = page.page.locator("#step").bounding_box()
            assert slider
            assert slider["width"] > 200


@pytest.mark.parametrize(("name", "most"), [("dispute", 6), ("short", 6), ("month", 3)])
def test_on_paper_it_is_a4_and_whole(browser: Browser, demo: CommandLine, name: str, most: int) -> None:
    with opened(browser, demo.folder / f"{name}.html", scheme="dark") as page:
        pdf = page.page.pdf(prefer_css_page_size=True)
        pages = re.findall(rb"/Type\s*/Page\b[^s]", pdf)
        assert 1 <= len(pages) <= most
        assert set(re.findall(rb"/MediaBox\s*\[0 0 (\d+)[\d.]* (\d+)", pdf)) == {(b"594", b"841")}
        page.page.emulate_media(media="print")
        assert page.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.page.locator(".controls:visible").count() == 0


def test_without_a_script_the_last_state_is_there(browser: Browser, demo: CommandLine) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((demo.folder / "dispute.html").as_uri())
    assert page.locator("[data-field=credit]:visible").inner_text() == currency("367.92", "CNY")
    assert page.locator("#still path.counted").count() == 1
    assert not page.locator(".controls").is_visible()
    assert page.locator(".moment:visible").count() == 1
    context.close()


HOSTILE = "</script><script>window.hit=1</script><img src=x onerror=window.hit=2>\u202e&amp;{{7*7}}"


def test_what_people_wrote_is_text(browser: Browser, slaledger: CommandLine) -> None:
    day = "2026-03-03T1{}:00:00+08:00"
    slaledger.batch(
        {"command": "account enroll", "account": "1001", "enrolled_at": "2026-01-01T00:00:00+08:00"},
        {
            "command": "incident open",
            "incident": "INC-7",
            "account": "1001",
            "function": "agent_calls",
            "started_at": day.format(0),
        },
        {"command": "incident close", "incident": "INC-7", "ended_at": day.format(4)},
        {
            "command": "exclusion apply",
            "incident": "INC-7",
            "clause": "2.3(1)",
            "to": day.format(1),
            "reason": HOSTILE,
            "evidence": [{"name": HOSTILE, "sha256": "0" * 64, "uri": "javascript:window.hit=3"}],
        },
        {
            "command": "claim file",
            "account": "1001",
            "month": "2026-03",
            "filed_at": "2026-04-10T09:00:00+08:00",
            "statement": HOSTILE,
        },
    )
    done = slaledger.run("claim", "decide", "1001", "2026-03", env={"SLALEDGER_ACTOR": "<b onclick=x>"})
    assert done.returncode == 0, done.stderr
    slaledger.ok("dossier", "1001", "2026-03", "--html", "hostile.html")
    slaledger.ok("report", "2026-03", "--html", "month.html")
    for name in ("hostile.html", "month.html"):
        with opened(browser, slaledger.folder / name) as page:
            assert page.page.evaluate("window.hit") is None
            assert page.page.locator("img, b[onclick], a[href^=javascript]").count() == 0
            assert page.complaints == []
            assert len(page.requests) == 1
            if name == "hostile.html":
                assert page.page.locator("bdi", has_text="<img src=x onerror=window.hit=2>").count() >= 4
                page.page.evaluate(
                    "document.body.appendChild(Object.assign(document.createElement('script'), "
                    "{textContent: 'window.hit = 4'}))"
                )
                assert page.page.evaluate("window.hit") is None
