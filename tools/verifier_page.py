"""Writes `verifier/verify.html`, `verify.en.packed` and `verify.zh.packed` from the files of `verifier/browser/`.

python tools/verifier_page.py

The first is the page to which any dossier can be given, in plain JavaScript. The others are the same script without
lines of comments, with the words of one language, compressed (RFC 1950) and in base64: the page of a case carries it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cli.pages import packing
from cli.pages.rendering import plain, policy

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "verifier" / "browser"
PAGE = ROOT / "verifier" / "verify.html"
PACKED = {lang: ROOT / "verifier" / f"verify.{lang}.packed" for lang in ("en", "zh")}
ORDER = (
    *("bytes", "json", "tree", "toml", "time", "terms", "outages", "fees", "steps", "decide", "fields", "events"),
    *("world", "rules_of_outages", "rules_of_money", "rules_of_ledger", "notes", "check"),
    *("words_of_rules", "words", "page"),
)
"""The files of the script, each behind those that it needs when it is read."""
_STRING = r'"(?:[^"\\]|\\.)*"'
_IN_BOTH = re.compile(rf"\[\s*({_STRING}),\s*((?=[^\n]*[\u4e00-\u9fff]){_STRING}),?\s*\]")
"""A sentence in English and Chinese, as `words.js` has it."""


def parts() -> str:
    """The files joined."""
    return "\n".join(_read(f"{name}.js") for name in ORDER)


def script() -> str:
    """The whole script, in a scope of its own."""
    return f'"use strict";\n(() => {{\n{parts()}\n}})();\n'


def packed(text: str, lang: str) -> str:
    """A script as the page of a case in a language carries it."""
    text = _IN_BOTH.sub({"en": r"[\1]", "zh": r"[, \2]"}[lang], text)
    return packing.packed(plain(text).encode())


def page(text: str) -> str:
    """The page for any dossier, with a script."""
    style = (ROOT / "cli" / "pages" / "templates" / "page.css").read_text("utf-8") + _read("page.css")
    given = {"style": style, "script": text, "policy": policy(style, text)}
    return re.sub(r"\{(style|script|policy)\}", lambda found: given[found[1]], _read("page.html"))


def _read(name: str) -> str:
    return (SOURCES / name).read_text("utf-8")


def main() -> int:
    """Write both files; say how long they are."""
    text = script()
    PAGE.write_text(page(text), "utf-8")
    for lang, path in PACKED.items():
        path.write_text(packed(text, lang), "utf-8")
    for path in (PAGE, *PACKED.values()):
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
