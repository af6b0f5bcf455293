"""The refusal of a file that is something else than was asked for."""

from __future__ import annotations

from ledger.refusals import Misread


class OtherKind(Misread, code="other_kind"):
    """The file is of another kind than the one that is read here. Its beginning says which."""

    message = "this is {kind}"
    hint = "{advice}"
    kind: str
    advice: str
