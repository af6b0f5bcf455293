"""Writes a table as Parquet with pyarrow, in batches of rows: amounts as decimals, instants in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any

from domain.text import said
from ledger.exports.csv import PLACES, About, decimal
from ledger.exports.tables import Cell, Kind, Row, Table
from ledger.extras import library

BATCH = 10_000
"""Rows that are collected before they are written."""


def write_parquet(table: Table, rows: Iterable[Row], about: About, out: IO[bytes]) -> int:
    """Write Parquet: amounts as decimals, instants in UTC, each column with its meaning. Returns the number of rows.

    Raises Unreadable `missing_extra`.
    """
    arrow = library("pyarrow", "parquet", said("Parquet files"))
    parquet = library("pyarrow.parquet", "parquet", said("Parquet files"))
    told = {"ledger": about.ledger, "position": str(about.position), "zone": about.zone}
    fields = [
        arrow.field(each.name, _type(arrow, each.kind), metadata={"meaning": str(each.meaning)})
        for each in table.columns
    ]
    schema = arrow.schema(fields, metadata=told)
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            columns = [
                arrow.array([_value(column.kind, cell) for cell in cells], field.type)
                for column, field, cells in zip(table.columns, schema, zip(*batch, strict=True), strict=True)
            ]
            writer.write_batch(arrow.record_batch(columns, schema=schema))
            count += len(batch)
    return count


def _type(arrow: Any, kind: Kind) -> Any:
    match kind:
        case "text":
            return arrow.string()
        case "yes_no":
            return arrow.bool_()
        case "instant":
            return arrow.timestamp("us", tz="UTC")
        case "whole":
            return arrow.int64()
        case _:
            return arrow.decimal128(18, PLACES[kind])


def _value(kind: Kind, cell: Cell) -> object:
    return decimal(kind, cell) if isinstance(cell, int) and kind in PLACES else cell


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch
