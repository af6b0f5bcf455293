"""What a file is, by its beginning, where it is not what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from domain.text import Said, said

Wanted = Literal["JSON", "CSV"]
START = 4096
"""How many bytes of a file tell what it is."""


class Kind(NamedTuple):
    """What a file is, and how to get what can be read; `found` where it is one of the two, but not the wanted one."""

    name: str
    advice: Said
    found: Wanted | None = None


class StartOfLines:
    """Lines of a file as they are read; the first of them are remembered, up to `START` bytes."""

    def __init__(self, name: str, lines: Iterable[bytes]) -> None:
        self.name = name
        self.start = b""
        self._lines = iter(lines)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            if len(self.start) < START:
                self.start = (self.start + line)[:START]
            yield line


_BINARY = (
    (b"\x1f\x8b", Kind(said("compressed with gzip"), said("unpack it first, with `gunzip`"))),
    (b"BZh", Kind(said("compressed with bzip2"), said("unpack it first, with `bunzip2`"))),
    (b"\xfd7zXZ\x00", Kind(said("compressed with xz"), said("unpack it first, with `unxz`"))),
    (
        b"PK\x03\x04",
        Kind(said("an Excel workbook (XLSX) or another ZIP archive"), said("save its sheet as CSV in UTF-8")),
    ),
    (b"\xd0\xcf\x11\xe0", Kind(said("an Excel workbook (XLS)"), said("save its sheet as CSV in UTF-8"))),
    (b"%PDF", Kind(said("a PDF"), said("ask the source for an export as data"))),
    (b"SQLite format 3\x00", Kind(said("an SQLite database"), said("give the export of a source, not a ledger"))),
    (b"<", Kind(said("a web page, or XML"), said("fetch it again: where a login was needed, this may be its page"))),
    (b"\xff\xfe", Kind(said("text in UTF-16"), said("save it in UTF-8"))),
    (b"\xfe\xff", Kind(said("text in UTF-16"), said("save it in UTF-8"))),
)
_FORMATS = (
    ("statuspage", (b'"incident_updates"',)),
    ("alertmanager", (b'"fingerprint"', b'"startsAt"', b'"groupKey"')),
    ("prometheus", (b'"resultType"',)),
    ("pagerduty", (b'"incident_number"', b'"resolve_reason"')),
    ("bss", (b'"BillingCycle"',)),
    ("cloudevents", (b'"specversion"',)),
    ("events", (b'"slaledger-events',)),
    ("focus", (b"BilledCost",)),
    ("aliyun-bill", ("账期".encode(), "账期".encode("gb18030"))),
)
"""What stands in the files of each import, and in no others."""


def other_kind(start: bytes, wanted: Wanted, own: str | None = None) -> Kind | None:
    """What a file is, if it is not `wanted`, or of another import than `own`; None where that cannot be told."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    separator = _separator(text)
    found: Wanted | None = "JSON" if text.startswith((b"{", b"[")) else None if separator is None else "CSV"
    return (
        _binary(start)
        or _of_other_import(text, own, found or wanted)
        or (None if found in (wanted, None) else Kind(found, said("export it as {wanted}", wanted=wanted), found))
        or (_separated(separator) if wanted == "CSV" else None)
    )


def _binary(start: bytes) -> Kind | None:
    return next((kind for begins, kind in _BINARY if start.startswith(begins)), None)


def _of_other_import(text: bytes, own: str | None, kind: Wanted) -> Kind | None:
    """The kind of a file that another import reads."""
    names = [name for name, signs in _FORMATS if any(sign in text for sign in signs)]
    if own is None or own in names or not names:
        return None
    told = said("{kind} as `import {format}` reads it", kind=kind, format=names[0])
    return Kind(told, said("`slaledger import {format} --help` says what that needs", format=names[0]))


def _separated(separator: str | None) -> Kind | None:
    """The kind of a table whose cells are separated by something else than commas."""
    if separator in (None, ","):
        return None
    name = said("a tab") if separator == "\t" else separator
    return Kind(said("a table separated by {separator}", separator=name), said("save it with commas between its cells"))


def _separator(text: bytes) -> str | None:
    """What separates the cells of a table's header; None where the text does not begin with one."""
    header = text.partition(b"\n")[0]
    counts = {separator: header.count(separator.encode()) for separator in (",", ";", "\t")}
    most = max(counts, key=lambda separator: counts[separator])
    return most if counts[most] and not text.startswith((b"{", b"[", b"<")) else None
