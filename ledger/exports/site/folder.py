"""The folder of a site: a file is made again only where what it is made from changed, or its size is another.

`site.jsonl` notes each file with the digest of what it was made from and its size, before and after it is written. So
an export that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from ledger.files.writing import explain_write_errors, replacing
from ledger.refusals.copies.site import NotASite, SiteOfAnotherLedger

MANIFEST = "site.jsonl"
_Line = TypeVar("_Line")


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of the manifest: whose site it is."""

    site_of: str


class _Noted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of the site; without a digest it was being written."""

    path: str
    digest: str = ""
    bytes: int = 0


class SiteFolder:
    """A folder that is being brought up to date."""

    def __init__(self, folder: Path, before: dict[str, _Noted], out: IO[bytes]) -> None:
        self._folder = folder
        self._before = before
        self._now: dict[str, _Noted] = {}
        self._out = out
        self.made = 0

    @property
    def files(self) -> int:
        """How many files the site has so far."""
        return len(self._now)

    def put(self, path: str, digest: str, make: Callable[[], bytes]) -> None:
        """Have a file made from what has this digest. Raises Unreadable `unwritable_file`."""
        noted, file = self._before.get(path), self._folder / path
        if noted is None or noted.digest != digest or _size(file) != noted.bytes:
            data = make()
            noted = _Noted(path=path, digest=digest, bytes=len(data))
            self.note(_Noted(path=path))
            self._write(file, data)
            self.note(noted)
            self.made += 1
        self._now[path] = noted

    def finish(self, ledger: str) -> int:
        """Remove the files of earlier exports that the site no longer has; return their number."""
        gone = [path for path in self._before if path not in self._now]
        for path in gone:
            with explain_write_errors(self._folder / path), suppress(FileNotFoundError):
                (self._folder / path).unlink()
        self._out.close()
        with replacing(self._folder / MANIFEST, force=True) as temporary, temporary.open("xb") as out:
            for line in (_Head(site_of=ledger), *self._now.values()):
                out.write(msgspec.json.encode(line) + b"\n")
        return len(gone)

    def _write(self, file: Path, data: bytes) -> None:
        with explain_write_errors(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary = file.with_name(f".{file.name}.part")
            try:
                temporary.write_bytes(data)
                temporary.replace(file)
            finally:
                temporary.unlink(missing_ok=True)

    def note(self, line: _Head | _Noted) -> None:
        """Add a line to the manifest. Raises Unreadable `unwritable_file`."""
        with explain_write_errors(self._folder / MANIFEST):
            self._out.write(msgspec.json.encode(line) + b"\n")
            self._out.flush()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1


@contextmanager
def site_folder(folder: Path, ledger: str) -> Iterator[SiteFolder]:
    """Open the folder of a ledger's site, or make one.

    Raises Unreadable `not_a_site` for a folder with other files, Refusal `site_of_another_ledger`, Unreadable
    `unwritable_file`.
    """
    with explain_write_errors(folder):
        folder.mkdir(exist_ok=True)
        is_new = not (folder / MANIFEST).exists()
        if is_new and any(folder.iterdir()):
            raise NotASite(folder=folder)
    before = {} if is_new else _read(folder, ledger)
    with _appending(folder / MANIFEST) as out:
        site = SiteFolder(folder, before, out)
        if is_new:
            site.note(_Head(site_of=ledger))
        yield site


def _read(folder: Path, ledger: str) -> dict[str, _Noted]:
    """The files that are noted; a last line that was not written whole is left out."""
    with explain_write_errors(folder / MANIFEST):
        lines = (folder / MANIFEST).read_bytes().split(b"\n")
    head = _decoded(lines[0], _Head)
    if head is None:
        raise NotASite(folder=folder)
    if head.site_of != ledger:
        raise SiteOfAnotherLedger(folder=folder, other=head.site_of)
    found = (_decoded(line, _Noted) for line in lines[1:])
    return {noted.path: noted for noted in found if noted is not None and _is_inside(noted.path)}


def _is_inside(path: str) -> bool:
    """Whether a noted path lies in the folder, whoever wrote it there."""
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _decoded(line: bytes, type_: type[_Line]) -> _Line | None:
    try:
        return msgspec.json.decode(line, type=type_)
    except msgspec.MsgspecError:
        return None


def _appending(manifest: Path) -> IO[bytes]:
    """The manifest, to be written at its end; a last line that an interrupted export left is ended."""
    with explain_write_errors(manifest):
        is_cut = manifest.exists() and not manifest.read_bytes().endswith(b"\n")
        out = manifest.open("ab")
        if is_cut:
            out.write(b"\n")
    return out
