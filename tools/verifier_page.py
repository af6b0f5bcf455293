"""Writes `verifier/verify.html` and `verifier/verify.packed` from the files of `verifier/browser/`.

python tools/verifier_page.py

The first is the page to which any dossier can be given, in plain JavaScript. The second is the same script without
lines of comments, compressed (RFC 1950) and in base64: the page of a case carries it.
"""

from __future__ import annotations

import base64
import re
import sys
import zlib
from pathlib import Path

from cli.pages.rendering import policy

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "verifier" / "browser"
PAGE, PACKED = ROOT / "verifier" / "verify.html", ROOT / "verifier" / "verify.packed"
ORDER = (
    *("bytes", "json", "tree", "toml", "time", "terms", "outages", "fees", "steps", "decide", "fields", "events"),
    *("world", "rules_of_outages", "rules_of_money", "rules_of_ledger", "notes", "check"),
    *("words_of_rules", "words", "page"),
)
"""The files of the script, each behind those that it needs when it is read."""
_COMMENT = re.compile(r"^\s*/\*.*?\*/\n", re.MULTILINE | re.DOTALL)


def parts() -> str:
    """The files joined."""
    return "\n".join(_read(f"{name}.js") for name in ORDER)


def script() -> str:
    """The whole script, in a scope of its own."""
    return f'"use strict";\n(() => {{\n{parts()}\n}})();\n'


def plain(text: str) -> str:
    """A script without lines that are only a comment, empty lines, and indentation."""
    lines = _COMMENT.sub("", text).splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if line.strip())


def packed(text: str) -> str:
    """A script as the page of a case carries it."""
    return base64.b64encode(zlib.compress(plain(text).encode(), 9)).decode()


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
    PACKED.write_text(packed(text), "utf-8")
    for path in (PAGE, PACKED):
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
