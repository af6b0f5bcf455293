"""What is cancelled, due and overpaid on the pages: where it is not zero, and at the steps at which it is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import chromium, opened
from conftest import CommandLine
from playwright.sync_api import Browser
from test_money_after_the_voucher import BASE, V, at, bill, line, redeem, told

from cli.terminal.numbers import currency


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with chromium() as found:
        yield found


@pytest.fixture
def ledger(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.ok("init")
    return made


def money(yuan: str) -> str:
    return currency(yuan, "CNY")


def month_fields(page: str) -> dict[str, str]:
    """The totals of a month's page by their labels."""
    return dict(re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page))


def test_a_page_shows_at_each_event_what_is_cancelled_due_and_overpaid_then(
    ledger: CommandLine, browser: Browser
) -> None:
    told(ledger, *BASE, line("voucher cancel", voucher=V, amount="40.00", reason="too much"))
    ledger.ok("fees", "correct", "B3", "--product-fee", "500", "--reason", "rebate")
    ledger.ok("claim", "redecide", "K", "2026-03", "--reason", "rebate")
    ledger.ok("dossier", "K", "2026-03", "--html", "case.html")
    names = ("cancelled", "due", "overpaid")
    with opened(browser, ledger.folder / "case.html") as page:
        page.page.locator("#step").focus()
        seen = []
        for _ in range(int(page.page.locator("#step").get_attribute("max") or 0) + 1):
            shown = page.page.locator("[data-field]:visible").evaluate_all(
                "nodes => nodes.map(node => [node.dataset.field, node.innerText])"
            )
            fields: dict[str, str] = {name: text for name, text in shown if name in names}
            known = ledger.run("claim", "show", "K", "2026-03", "--at-position", str(page.position()))
            claim = json.loads(known.stdout) if known.returncode == 0 else dict.fromkeys(names, "0.00")
            assert fields == {name: money(claim[name]) for name in names if claim[name] != "0.00"}
            seen.append(frozenset(fields))
            page.page.keyboard.press("ArrowLeft")
        assert set(seen) == {
            frozenset(),
            frozenset({"due"}),
            frozenset({"cancelled", "due"}),
            frozenset({"cancelled", "overpaid"}),
        }
        assert page.complaints == []


def test_the_page_of_a_month_has_the_amounts_that_any_account_has(ledger: CommandLine) -> None:
    told(ledger, *BASE)
    plain = ledger.run("report", "2026-03", "--html", "-").stdout
    assert not {"Cancelled", "Due", "Overpaid"} & month_fields(plain).keys()
    ledger.ok("voucher", "cancel", V, "--amount", "40", "--reason", "too much")
    page = ledger.run("report", "2026-03", "--html", "-").stdout
    totals = month_fields(page)
    assert (totals["Issued"], totals["Cancelled"], totals["Due"]) == (money("100.00"), money("40.00"), money("40.00"))
    assert "Overpaid" not in totals
    assert '<th class="r">issued</th><th class="r">cancelled</th><th class="r">due</th></tr>' in page
    (row,) = re.findall(r'<tr id="a-K">.*</tr>', page)
    assert re.findall(r'<td class="r">(\S*)</td>', row)[-3:] == [money("100.00"), money("40.00"), money("40.00")]
    table = ledger.run("report", "2026-03", "--format", "table").stdout
    assert re.findall(r"^(issued|cancelled|due|overpaid) +(\S+)$", table, re.MULTILINE) == [
        ("issued", money("100.00")),
        ("cancelled", money("40.00")),
        ("due", money("40.00")),
    ]


def test_a_payment_that_the_bill_shows_is_on_its_page_once(ledger: CommandLine) -> None:
    told(ledger, *BASE, bill("B8", "2026-08", "09-01", "200.00", voucher_offset={"service": "50.00", "call": "0.00"}))
    told(ledger, {**redeem("50.00", on="B8", shown_on_bill=True), "redeemed_at": at("09-02")})
    page = ledger.run("dossier", "K", "2026-08", "--html", "-").stdout
    (row,) = re.findall(r'<tr data-seen="[^"]*"><td[^>]*><bdi>B8</bdi>.*?</tr>', page)
    assert re.findall(r'<td class="r">([^<]*)</td>', row) == [money(one) for one in ("200.00", "0.00", "50.00", "0.00")]
