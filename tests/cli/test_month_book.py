"""A month's page as a book in one file: search and filters in the address, each figure with its clauses and events."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Opened, opened
from conftest import CommandLine
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger, with the page of a month."""
    copy = CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("book") / "demo")))
    copy.ok("account", "rename", "1006", "--name", "Harbour & Sons")
    copy.ok("report", "2026-09", "--html", "month.html")
    return copy


@pytest.fixture
def book(browser: Browser, demo: CommandLine) -> Iterator[Opened]:
    """The page of the month; what is not there is not waited for."""
    with opened(browser, demo.folder / "month.html") as page:
        page.page.set_default_timeout(20_000)
        yield page
        assert page.complaints == []
        assert set(page.requests) == {(demo.folder / "month.html").as_uri()}


def _accounts(book: Opened) -> list[str]:
    rows = book.page.locator("#t-accounts tbody tr:not(.detail)")
    return [str(one.get_attribute("id")).removeprefix("a-") for one in rows.all()]


def _hash(book: Opened) -> str:
    return str(book.page.evaluate("location.hash"))


def test_every_account_of_the_month_is_there(book: Opened, demo: CommandLine) -> None:
    assert sorted(_accounts(book)) == [row["account"] for row in demo.ok("report", "2026-09")["accounts"]]
    assert book.text("#found") == "8 of 8 accounts"


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("claim", "filed", ["1005"]),
        ("claim", "none", ["1004"]),
        ("claim", "awarded", ["1006"]),
        ("claim", "approval", []),
        ("show", "uncovered", []),
        ("tier", "2", []),
        ("show", "claimed", ["1008", "1002", "1001", "1005", "1006", "1003", "1009"]),
    ],
)
def test_filters_stand_in_the_address(book: Opened, name: str, value: str, found: list[str]) -> None:
    book.page.locator(f"#filters [name={name}]").select_option(value)
    assert _accounts(book) == found
    assert _hash(book) == f"#{name}={value}"
    book.page.reload()
    assert _accounts(book) == found
    assert book.page.locator(f"#filters [name={name}]").input_value() == value
    book.page.locator("#filters [type=reset]").click()
    assert len(_accounts(book)) == 8


def test_search_finds_ids_and_names(book: Opened) -> None:
    book.page.keyboard.press("/")
    book.page.keyboard.type("HARB")
    assert _accounts(book) == ["1006"]
    assert _hash(book) == "#q=HARB"
    book.page.locator("[name=q]").fill("no such account")
    assert _accounts(book) == []


def test_the_order_can_be_chosen(book: Opened) -> None:
    book.page.locator("[name=sort]").select_option("availability")
    assert _accounts(book)[0] == "1002"
    book.page.locator("[name=sort]").select_option("account")
    assert _accounts(book) == sorted(_accounts(book))


def test_each_figure_opens_its_clauses_and_their_events(book: Opened, demo: CommandLine) -> None:
    steps = demo.ok("claim", "show", "1002", "2026-09")["decisions"][0]["steps"]
    figures = {
        "credit": ("fees", "base", "credit", "total"),
        "availability": ("availability", "commitment"),
        "unavailable": ("exclusion", "episode", "unavailable"),
        "tier": ("tier",),
        "claim": ("window", "coverage"),
    }
    for figure, codes in figures.items():
        book.page.locator(f'[data-of="1002 {figure}"]').click()
        expected = [step["clause"] for step in steps if step["step"] in codes]
        shown = book.page.locator(".detail ol .now .clause")
        assert [one.inner_text() for one in shown.all()] == expected
    book.page.locator('[data-of="1002 credit"]').click()
    book.page.locator(".detail ol .now button").first.click()
    event = book.text(".event")
    assert "Fees billed" in event
    assert "3264.30" in event
    address = _hash(book)
    book.page.reload()
    assert _hash(book) == address
    assert book.text(".event") == event


def test_an_account_that_nobody_claimed_for_has_its_derivation_too(book: Opened, demo: CommandLine) -> None:
    credit = next(row["credit"] for row in demo.ok("report", "2026-09")["accounts"] if row["account"] == "1004")
    book.page.locator('[data-of="1004 credit"]').click()
    assert book.text(".detail h3") == "What a claim in time would get on the facts known"
    assert credit in book.text(".detail ol")


def test_the_book_is_read_by_keyboard(book: Opened) -> None:
    page = book.page
    page.locator('[data-of="1004 "]').focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.of") == "1008 "
    page.keyboard.press("Enter")
    assert page.locator("#a-1008 + .detail").count() == 1
    assert page.evaluate("document.activeElement.dataset.of") == "1008 "
    page.keyboard.press("Escape")
    assert page.locator(".detail").count() == 0
    page.go_back()
    assert page.locator("#a-1008 + .detail").count() == 1


def test_what_waits_leads_to_its_accounts(book: Opened) -> None:
    book.page.locator(".notices a", has_text="waits for its voucher").click()
    assert _accounts(book) == ["1006"]


def test_without_a_script_the_accounts_below_are_listed(browser: Browser, demo: CommandLine) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((demo.folder / "month.html").as_uri())
    assert page.locator("#t-accounts tbody tr").count() == 8
    assert not page.locator("#filters").is_visible()
    context.close()
