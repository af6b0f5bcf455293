"""Where the benchmark reads and writes. Only the standard library is needed here."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
DATA = Path(os.environ.get("SLALEDGER_BENCH_DATA") or _CACHE / "slaledger-bench").resolve()
"""The folder of generated ledgers, of installed wheels and of measured figures; it is outside the project."""
