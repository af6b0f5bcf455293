"""Optional libraries: each comes with an extra and is imported only when a file that needs it is written."""

from __future__ import annotations

import importlib
from typing import Any

from domain.text import Said
from ledger.refusals.commands import MissingExtra


def library(module: str, extra: str, what: Said) -> Any:
    """A module that an extra brings; `what` names, in the plural, the files that need it.

    Raises Unreadable `missing_extra`.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(what=what, extra=extra, error=str(error)) from None
