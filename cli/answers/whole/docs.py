"""The documents that come with the software."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.terminal.output import print_table, print_text
from domain.text import said


class DocumentShown(msgspec.Struct, frozen=True):
    """A document: its name for `slaledger docs NAME`, and its title."""

    name: str
    title: str


class DocumentsCopied(msgspec.Struct, frozen=True):
    """A folder that documents, examples and the verifier were copied to."""

    folder: str
    files: int

    def table(self) -> None:
        """The receipt, for people."""
        print_text(said("{folder}: {files} files", folder=self.folder, files=self.files))


def document_shown(name: str, title: str) -> DocumentShown:
    """A document of the list."""
    return DocumentShown(name, title)


def print_documents(rows: Sequence[DocumentShown]) -> None:
    """The list, for people."""
    print_table((said("name"), said("title")), [(row.name, row.title) for row in rows], whole=(said("name"),))
