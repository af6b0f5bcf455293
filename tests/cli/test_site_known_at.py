"""`export site --known-at`: the site as it was then, and what of a claim hangs on a reading, on its pages."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import CommandLine
from test_site import _files, built

from cli.pages.site import paths

__all__ = ["built"]
LAST = 474
"""The demo's last event."""


@pytest.fixture
def demo(built: CommandLine, tmp_path: Path) -> CommandLine:
    """A copy of the demo's ledger and its site, to be changed."""
    return CommandLine(Path(shutil.copytree(built.folder, tmp_path / "demo")))


def _text(demo: CommandLine, page: str, site: str = "site") -> str:
    """The text of a page, without its markup."""
    words = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", (demo.folder / site / page).read_text("utf-8"), flags=re.S)
    return " ".join(words.split())


def _changed(demo: CommandLine) -> None:
    """Record something of every kind of page."""
    at = "2026-10-0{}T10:00:00+08:00"
    demo.ok("claim", "decide", "1005", "2026-09")
    demo.ok("voucher", "issue", "1005", "2026-09")
    demo.ok("claim", "redecide", "1004", "2026-08", "--reason", "the call log")
    demo.ok("account", "rename", "1002", "--name", "Harbour & Sons")
    demo.ok("account", "enroll", "1020", "--enrolled-at", at.format(1))
    demo.ok("incident", "open", "INC-NEW", "--all-accounts", "--function", "agent_calls", "--started-at", at.format(2))
    demo.ok("incident", "close", "INC-NEW", "--ended-at", at.format(3))


def test_it_is_the_site_that_was_made_then(demo: CommandLine) -> None:
    """In the folder of a later one, too, from which the pages go that there were not yet."""
    before = _files(demo.folder / "site")
    _changed(demo)
    assert demo.ok("export", "site", "-o", "site")["position"] > LAST
    assert (demo.folder / "site" / paths.voucher("V-1005-2026-09-1")).exists()
    back = demo.ok("export", "site", "-o", "site", "--at-position", str(LAST))
    assert (back["position"], back["removed"] > 0) == (LAST, True)
    assert _files(demo.folder / "site") == before


def test_an_open_outage_counts_up_to_then(demo: CommandLine) -> None:
    """A false alarm: 08:55 until 10:00, when it was not withdrawn yet."""
    demo.ok("export", "site", "-o", "then", "--known-at", "2026-02-03T10:00:00+08:00")
    page = _text(demo, paths.account("1006"), "then")
    assert "Outages without an end count up to now: INC-2602-01." in page
    assert "1:05:00" in page
    assert "As known at 2026-02-03 10:00:00" in _text(demo, paths.HOME, "then")
    assert "As known at" not in _text(demo, paths.HOME)


def test_before_the_first_event_there_is_nothing_to_show(demo: CommandLine) -> None:
    demo.ok("export", "site", "-o", "then", "--known-at", "2025-08-01T09:10:00+08:00")
    assert "No account was enrolled." in _text(demo, paths.listing("accounts"), "then")
    assert demo.ok("export", "site", "-o", "none", "--known-at", "2020-01-01T00:00:00Z")["position"] == 0


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("--known-at", "2199-01-01T00:00:00Z"), 1, "in_the_future"),
        (("--at-position", "9999"), 1, "beyond_the_log"),
        (("--at-position", "3", "--known-at", "2026-01-01T00:00:00Z"), 2, "usage"),
    ],
)
def test_a_time_that_there_is_not(demo: CommandLine, words: tuple[str, ...], status: int, code: str) -> None:
    assert demo.refused("export", "site", "-o", "none", *words, status=status)["code"] == code
    assert not (demo.folder / "none").exists()


SWINGS = [("1003", "2026-05", "72.15"), ("1008", "2026-09", "458.18")]
"""Claims of the demo whose credit hangs on a reading: an outage over a month's end, and one filed a day early."""


@pytest.mark.parametrize(("account", "month", "amount"), SWINGS)
def test_the_account_s_page_says_what_hangs_on_a_reading(
    demo: CommandLine, account: str, month: str, amount: str
) -> None:
    (row,) = (one for one in demo.ok("report", month)["accounts"] if one["account"] == account)
    assert row["swing"]["amount"] == amount
    reading = row["swing"]["reading"]
    page = _text(demo, paths.account(account))
    assert (
        f"{month} {reading} decides over CN¥{amount} {reading}: "
        in page.partition("Where a doubtful clause decides")[2]
    )
    assert "Where a doubtful clause decides" not in _text(demo, paths.account("1009"))


@pytest.mark.parametrize(("account", "month", "amount"), SWINGS)
def test_so_does_the_month_s_page(demo: CommandLine, account: str, month: str, amount: str) -> None:
    for lang, heading in (("en", f"decides over CN¥{amount}"), ("zh", "¥")):
        page = demo.run("--lang", lang, "report", month, "--html", "-").stdout
        section = page.partition('<section id="swings">')[2].partition("</section>")[0]
        assert f'href="#a-{account}"' in section
        assert heading in section
        assert amount in section
    assert '<section id="swings">' not in demo.run("report", "2025-09", "--html", "-").stdout


def test_the_page_of_a_month_lists_the_greatest(demo: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.pages.swings.MOST", 1)
    page = demo.run("report", "2026-09", "--html", "-").stdout
    assert "R14 decides over" in page
    assert "R13 decides over" not in page
    assert "1 further claim is not listed; `slaledger report 2026-09 --format json` has it." in page


def test_a_claim_that_waits_shows_what_hangs_on_it_before_it_is_decided(demo: CommandLine) -> None:
    demo.ok("export", "site", "-o", "then", "--known-at", "2026-10-13T18:00:00+08:00")
    assert "2026-09 R14 decides over CN¥458.18" in _text(demo, paths.account("1008"), "then")
