"""The checker of dossiers in JavaScript, `verifier/verify.html`, in a real browser: many dossiers in one page."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from browser import chromium, opened
from playwright.sync_api import Page
from verifier_page import parts

PAGE = Path(__file__).resolve().parents[2] / "verifier" / "verify.html"
_CHECK = """async ([dossiers, given, kept]) => {
  const found = [];
  for (const dossier of dossiers) {
    const bytes = Uint8Array.from(atob(dossier), (each) => each.charCodeAt(0));
    const { verdict, checks } = await slaledgerVerifier.check(bytes, { ...slaledgerVerifier.readGiven(given), kept });
    const findings = checks.flatMap(({ name, findings }) => findings.map(({ code, event }) =>
      [name, code, event ? Number(event.position) : null, event ? event.topic : null]));
    found.push([verdict, findings, checks.filter((one) => one.unchecked).map((one) => [one.name, one.unchecked])]);
  }
  return found;
}"""
_RUN = "([source, body, given]) => new Function('given', `${source}\\n${body}`)(given)"


class Finding(NamedTuple):
    """What is wrong: the check that found it, its code, and of which event it is."""

    check: str
    code: str
    position: int | None
    topic: str | None


class Verdict(NamedTuple):
    """What the page says of a dossier; `unchecked` are the checks that it did not make, each with the reason's code."""

    verdict: str
    findings: list[Finding]
    unchecked: dict[str, str]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.verdict == "sound"


class BrowserChecker:
    """The page, and a blank one in which the parts of its script can be called."""

    def __init__(self, page: Page, blank: Page) -> None:
        self.page, self._blank = page, blank

    def check(self, dossiers: Sequence[bytes], given: str = "", kept: str | None = None) -> list[Verdict]:
        """The verdicts of dossiers, in their order.

        `given` are keys and a policy, as a reader types them; `kept` is the checkpoint that a reader kept.
        """
        told = [base64.b64encode(each).decode() for each in dossiers]
        return [
            Verdict(verdict, [Finding(*each) for each in findings], dict(unchecked))
            for verdict, findings, unchecked in self.page.evaluate(_CHECK, [told, given, kept])
        ]

    def verdict(self, dossier: bytes, given: str = "") -> Verdict:
        """The verdict of one dossier."""
        (found,) = self.check([dossier], given)
        return found

    def finds(self, dossiers: Sequence[bytes]) -> list[bool]:
        """Of each dossier whether the page finds anything; what it cannot read is found, too."""
        return [not each.is_sound for each in self.check(dossiers)]

    def disagreements(self, dossiers: dict[str, bytes]) -> dict[str, list[Finding]]:
        """The dossiers of which something is found, and what."""
        found = dict(zip(dossiers, self.check(list(dossiers.values())), strict=True))
        return {name: each.findings for name, each in found.items() if not each.is_sound}

    def run(self, body: str, given: Any) -> Any:
        """What a function body of JavaScript returns, in which all parts of the script are known, and `given`."""
        return self._blank.evaluate(_RUN, [parts(), body, given])


@contextmanager
def browser_checker() -> Iterator[BrowserChecker]:
    """A browser with the page open; skips or fails the test where there is none."""
    with chromium() as browser, opened(browser, PAGE) as page:
        yield BrowserChecker(page.page, browser.new_page())
