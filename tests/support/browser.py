"""Pages in a real browser: Debian's Chromium, driven by Playwright, which downloads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from system import tool

Scheme = Literal["light", "dark"]


class Opened:
    """A page that was opened from the disk, with what it asked for and what it complained of."""

    def __init__(self, page: Page, file: Path, *, is_whole: bool) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(file.as_uri())
        if is_whole:  # its script has unpacked what only earlier steps show
            page.wait_for_selector("template", state="detached")

    def text(self, selector: str) -> str:
        """The text of the one visible element of a selector."""
        return self.page.locator(f"{selector}:visible").inner_text()

    def field(self, name: str) -> str:
        """A number at the top as it is shown now."""
        return self.text(f"[data-field={name}]")

    def position(self) -> int:
        """The position of the event that the slider stands on."""
        return int(self.text(".moment .who a").split()[-1])


LIMIT_MS = 600_000
"""How long anything may take that is waited for, however busy the machine is."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; skips or fails the test where there is none."""
    path = tool("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"], timeout=LIMIT_MS)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, file: Path, width: int = 1280, scheme: Scheme = "light", *, is_whole: bool = True
) -> Iterator[Opened]:
    """A page in a window of a width, in a colour scheme."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(LIMIT_MS)
    yield Opened(context.new_page(), file, is_whole=is_whole)
    context.close()
