"""The rules by which a log is recorded, numbered. A `ledger.upgraded` says from where on which number holds.

Whatever a released version could record stays admissible, so a stricter rule judges only what stands behind the event
that begins it.

- **1**: all that was recorded before there were numbers.
- **2**: no event is recorded more than five minutes before one that stands before it; who recorded it and why are
  printable; a cancellation has the side of its claim; an issue is of all that is due.
"""

from __future__ import annotations

FIRST = 1
"""The rules of a log that names none."""
WITH_CLOCK = 2
"""The rules by which clocks do not run back, cancellations stand in pairs, and issues are whole."""
RULES = WITH_CLOCK
"""The rules by which this release records."""
