"""Makes the pictures of `docs/screenshots/` from the demo's pages.

python tests/support/screenshots.py             all of them
python tests/support/screenshots.py letter      those whose names begin so
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from browser import Opened, Scheme, chromium, opened

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screenshots"
PAGES = {
    "dispute": ("dossier", "1001", "2026-07"),
    "short": ("dossier", "1002", "2026-09"),
    "month": ("report", "2026-09"),
}
LETTERS = {f"letter-{lang}": ("--lang", lang, "claim", "letter", "1003", "2026-05") for lang in ("en", "zh")}
PROVIDER = ("--provider-name", "Example Cloud Ltd", "--provider-address", "1 West Road, Hangzhou")
ON_PAPER = "document.body.style.padding = '20mm 20mm 18mm'"
"""The margins of the paper, which a picture of the window lacks."""
A4 = 794
"""The width of the paper in CSS pixels."""


class Shot(NamedTuple):
    """A picture: its name, of which page, in what window, and what is done before."""

    name: str
    page: str
    width: int
    height: int
    scheme: Scheme
    do: str = ""
    medium: Literal["screen", "print"] = "screen"


DISPUTED = (
    "[...document.querySelectorAll('button.to')]"
    ".find((one) => one.closest('tr').textContent.includes('exclusion.withdrawn')).click()"
)
TOO_SHORT = (
    "document.querySelectorAll('tr:not([hidden]) .show')[1].click(); document.activeElement.blur();"
    "document.getElementById('picture').scrollIntoView()"
)
CHECKED = """(async () => {
  document.getElementById("check-case").click();
  while (!document.querySelector("#checked .checks")) await new Promise(requestAnimationFrame);
  document.activeElement.blur();
  document.querySelector(".slider").style.position = "static";
  document.querySelector("#check-case").closest("p").previousElementSibling.previousElementSibling.scrollIntoView();
  scrollBy(0, 120);
})()"""
CHANGED = (
    """(() => {
  const carried = document.getElementById("dossier");
  carried.textContent = carried.textContent.replace(":326430", ":326431");
})();"""
    + CHECKED
)
SEARCHED = "location.hash = 'q=1001&kind=claim'"
SHOTS = [
    Shot("case-1280-light", "short", 1280, 1250, "light"),
    Shot("case-1280-dark", "short", 1280, 1000, "dark"),
    Shot("case-390-light", "short", 390, 1500, "light"),
    Shot("case-390-dark", "dispute", 390, 1500, "dark"),
    Shot("case-derivation", "short", 1280, 1050, "light", "document.getElementById('derivation').scrollIntoView()"),
    Shot("case-dispute", "dispute", 1280, 1000, "light", DISPUTED),
    Shot("case-too-short", "short", 1280, 700, "light", TOO_SHORT),
    Shot("case-checked", "short", 1280, 560, "light", CHECKED),
    Shot("case-changed", "short", 390, 900, "dark", CHANGED),
    Shot("month-1280-light", "month", 1280, 1300, "light"),
    Shot("month-book", "month", 1280, 900, "light", "location.hash = 'open=1002&figure=credit&event=s11:423'"),
    Shot("site-1280-light", "site/index", 1280, 900, "light"),
    Shot("site-390-dark", "site/accounts/1001", 390, 1300, "dark"),
    Shot("site-search", "site/search", 1280, 560, "light", SEARCHED),
    Shot("month-390-dark", "month", 390, 1300, "dark"),
    Shot("letter-en", "letter-en", 1000, 1250, "light"),
    Shot("letter-en-print", "letter-en", A4, 1123, "light", ON_PAPER, "print"),
    Shot("letter-zh", "letter-zh", 1000, 1250, "light"),
    Shot("letter-zh-print", "letter-zh", A4, 1123, "light", ON_PAPER, "print"),
]


def main(beginning: str) -> None:
    """Make the demo's ledger and its pages in a folder of their own, and take the pictures whose names begin so."""
    wanted = [shot for shot in SHOTS if shot.name.startswith(beginning)]
    pages = {shot.page for shot in wanted}
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, chromium() as browser:
        folder = Path(made)
        _run(sys.executable, str(ROOT / "examples" / "demo.py"), made, ledger=folder)
        command = str(Path(sys.executable).with_name("slaledger"))
        for name in PAGES.keys() & pages:
            _run(command, *PAGES[name], "--html", str(folder / f"{name}.html"), ledger=folder)
        if any(name.startswith("site/") for name in pages):
            _run(command, "export", "site", "-o", str(folder / "site"), ledger=folder)
        _run(command, "controls", "set", *PROVIDER, "--reason", "for letters", ledger=folder)
        for name in LETTERS.keys() & pages:
            _run(command, *LETTERS[name], "-o", str(folder / f"{name}.html"), ledger=folder)
        for shot in wanted:
            with opened(browser, folder / f"{shot.page}.html", shot.width, shot.scheme) as page:
                _take(page, shot)


def _take(page: Opened, shot: Shot) -> None:
    page.page.emulate_media(media=shot.medium)
    page.page.set_viewport_size({"width": shot.width, "height": shot.height})
    if shot.do:
        page.page.evaluate(shot.do)
    page.page.screenshot(path=FOLDER / f"{shot.name}.png")


def _run(*words: str, ledger: Path) -> None:
    environment = {**os.environ, "SLALEDGER_URL": f"sqlite:///{ledger}/slaledger.db", "SLALEDGER_LANG": "en"}
    subprocess.run(words, check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
