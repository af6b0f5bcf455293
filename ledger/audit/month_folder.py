"""The files of a month's routine in a folder: `2026-11.checkpoint` and what belongs to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

CHECKPOINT, CONSISTENCY, REQUEST, ANSWER, RECEIPT = "checkpoint", "consistency.json", "tsq", "tsr", "receipt.json"
"""What the names of the files end in, behind the month."""
COSIGNED = "cosigned"
"""What the names of notes that witnesses returned end in; such as `2026-11.customer.cosigned`."""


class MonthFolder(NamedTuple):
    """A folder with the files of months, and one of these months, `YYYY-MM`."""

    folder: Path
    month: str

    def file(self, ending: str) -> Path:
        """The month's file of a kind, which may not be there."""
        return self.folder / f"{self.month}.{ending}"

    def earlier(self, ending: str) -> Path | None:
        """The newest file of a kind of an earlier month; None where there is none."""
        pattern = re.compile(rf"\d{{4}}-\d{{2}}\.{re.escape(ending)}", re.ASCII)
        found = (each for each in self.folder.iterdir() if pattern.fullmatch(each.name) and each.name[:7] < self.month)
        return max(found, default=None)

    def cosigned(self) -> list[Path]:
        """The notes that witnesses returned for the month, by name."""
        return sorted(self.folder.glob(f"{self.month}.*.{COSIGNED}"))
