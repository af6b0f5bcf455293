"""Run as a script: carries out several commands of `slaledger`, one after another, in one process.

    python several.py '[["account", "enroll", "1001", …], …]'

`SEVERAL_LINES` is how many lines of a batch are a turn. `SEVERAL_READ` is a ledger's file that somebody else has open
all the time: so no command that ends merges SQLite's journal into it. `SEVERAL_SYNC=NORMAL` weakens what the ledger
asks of SQLite: a commit is no longer synced. No setting of slaledger does that; it is the control of tests that look
for lost commits.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from typing import Any

import steering

from cli.main import run


class _Weakened(sqlite3.Connection):
    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        return super().execute(sql.replace("synchronous=FULL", "synchronous=NORMAL"), *given)


def main() -> None:
    """Run as a script."""
    if os.environ.get("SEVERAL_SYNC") == "NORMAL":
        connect = sqlite3.connect
        sqlite3.connect = lambda *given, **named: connect(*given, **{**named, "factory": _Weakened})
    if file := os.environ.get("SEVERAL_READ"):
        reader = sqlite3.connect(file)
        reader.execute("SELECT COUNT(*) FROM stored_events").fetchone()
    steering.steer(steering.Steering(int(os.environ["SEVERAL_LINES"])))
    for words in json.loads(sys.argv[1]):
        sys.argv = ["slaledger", *words]
        try:
            run()
        except SystemExit as left:
            if left.code:
                raise
        sys.stdout.flush()


if __name__ == "__main__":
    main()
