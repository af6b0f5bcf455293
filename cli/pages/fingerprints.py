"""Fingerprints of what a page shows, so that its own check notices a text that was changed since.

They prove nothing against somebody who makes them anew; the dossier in the page does. They find the digit that was
changed in the page around it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re

from cli.pages.rendering import embedded

BYTES = 12
"""How many bytes of SHA-256 a fingerprint has."""
PLACE = '<script type="application/json" id="shown"></script>'
"""Where the fingerprints go, in a page that asks for them."""
_SHOWN = re.compile(
    r'<tr id="(e\d+)".*?</tr>|<section[^>]* id="((?!events")\w+)".*?</section>|<script[^>]* id="(data)">.*?</script>',
    re.DOTALL,
)
_MOVING = re.compile(r"<(svg|output)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"[ \t\n\r]+")


def with_fingerprints(page: bytes) -> bytes:
    """A page with a fingerprint of each event's row, of each section, and of the script's data.

    Each is of the text alone, as a browser has it: without tags and white space, and without what a script draws.
    """
    text = page.decode()
    if PLACE not in text:
        return page
    found = {next(filter(None, each.groups())): _fingerprint(each[0]) for each in _SHOWN.finditer(text)}
    return text.replace(PLACE, PLACE.replace("><", f">{embedded(found)}<"), 1).encode()


def _fingerprint(markup: str) -> str:
    plain = _TAG.sub("", _MOVING.sub("", markup))
    shown = plain if markup.startswith("<script") else html.unescape(plain)
    return base64.b64encode(hashlib.sha256(_SPACE.sub("", shown).encode()).digest()[:BYTES]).decode()
