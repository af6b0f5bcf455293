"""The page of a case as its script makes it whole: with the parts that only earlier steps show."""

from __future__ import annotations

import json
import re

from cli.pages.earlier import PLACE
from cli.pages.packing import unpacked


def whole(page: str) -> str:
    """A page with its packed parts where they belong."""
    found = re.search(PLACE.replace("><", ">([^<]+)<"), page)
    assert found is not None, "a page without packed parts"
    earlier = iter(json.loads(unpacked(found[1]))["earlier"])
    made = re.sub("<template></template>", lambda _: next(earlier), page)
    assert list(earlier) == [], "parts without a place"
    return made
