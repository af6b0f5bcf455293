"""Measures the rows of the table: installs this tree's wheel, and runs `bench.py` with it.

python benchmarks/run.py                  # everything, into RESULTS.md: the first time it makes large ledgers
python benchmarks/run.py --size quick     # every row on a tenth or less, within ten minutes, into QUICK.md
python benchmarks/run.py --size tiny      # very small sizes, for trying; writes nothing
python benchmarks/run.py --only replay    # one row, or several: what was measured of others before stays
"""

from __future__ import annotations

import os
import sys

from installed import environment, interpreter
from places import DATA, HERE

if __name__ == "__main__":
    DATA.mkdir(parents=True, exist_ok=True)
    python = interpreter()
    os.execve(python, [str(python), str(HERE / "bench.py"), *sys.argv[1:]], environment())
