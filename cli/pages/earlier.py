"""What a page shows at earlier steps only: packed with the script's data, since most of it is said again and again.

A page without its script shows the last step. The script unpacks the others, each run of them where a `<template>`
keeps its place.
"""

from __future__ import annotations

import re

import msgspec

from cli.pages.packing import packed

PLACE = '<script type="text/plain" id="data"></script>'
"""Where the packed data goes."""
_KEPT = "<template></template>\n"
_EARLIER = re.compile(r'(?:<(\w+) data-seen="[^"]*" hidden.*?</\1>\s*)+', re.DOTALL)
"""Parts that the last step does not show, one behind another. None holds an element of its own kind."""


def with_earlier_packed(page: bytes, data: object) -> bytes:
    """A page with the parts of earlier steps, and the script's data, packed at the page's end."""
    text = page.decode()
    earlier = [found[0].rstrip() for found in _EARLIER.finditer(text)]
    written = packed(msgspec.json.encode({"earlier": earlier, "data": data}))
    return _EARLIER.sub(_KEPT, text).replace(PLACE, PLACE.replace("><", f">{written}<"), 1).encode()
