"""A ledger of outages as a table for DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lives import OUTAGES
from prepared import ledger, made

from ledger.application import Ledger


def flat_incidents(events: int) -> Path:
    """The incidents of a ledger of outages as one flat DuckDB table, with the excluded span of each."""

    def make(path: Path) -> None:
        import duckdb  # only the benchmark's environment has it

        file = path.with_suffix(".csv")
        with file.open("w") as out:
            out.writelines(_flat_lines(ledger(events, OUTAGES)))
        with duckdb.connect(str(path)) as raw:
            raw.execute("CREATE TABLE incidents (account VARCHAR, s BIGINT, e BIGINT, ex_from BIGINT, ex_to BIGINT)")
            raw.execute(f"COPY incidents FROM '{file}' (HEADER false)")
        file.unlink()

    return made(f"incidents-{events}.duckdb", make)


def _flat_lines(path: Path) -> Iterator[str]:
    with Ledger.open(f"sqlite:///{path}") as opened, opened.reading() as log:
        for account in log.accounts():
            found = [each for each in log.case(account).incidents.values() if each.withdrawn is None]
            if any(each.ended_at is None for each in found):
                continue  # its months depend on the time of asking, so none is stored
            for incident in found:
                bounds = "," if not (stands := [each for each in incident.exclusions if each.stands]) else None
                if bounds is None:
                    begins = incident.started_at if stands[0].from_at is None else stands[0].from_at
                    ends = incident.ended_at if stands[0].to_at is None else stands[0].to_at
                    bounds = f"{begins},{ends}"
                yield f"{account},{incident.started_at},{incident.ended_at},{bounds}\n"
