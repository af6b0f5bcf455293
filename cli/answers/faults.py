"""Several refusals of one file at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from cli.main import print_error, wants_json
from domain.refusals import Refusal


def print_faults(refusals: Sequence[Refusal]) -> int:
    """Print every refusal, as one JSON object where a program reads; gives the first one's exit status."""
    first = refusals[0]
    if not wants_json():
        for refusal in refusals:
            print_error(refusal)
        return first.status
    told = {"code": first.code, "message": first.message, "clause": first.clause, "hint": first.hint}
    error = {name: value for name, value in told.items() if value is not None}
    errors = [{"code": each.code, "message": each.message, "place": each.values.get("place")} for each in refusals]
    print(json.dumps({"error": error, "errors": errors}, ensure_ascii=False), file=sys.stderr)
    return first.status
