"""What `slaledger verify-dossier --checkpoint` says of a dossier that proves nothing about the checkpoint."""

from __future__ import annotations

from domain.text import counted


def untied(file: str, kept: int, size: int) -> str:
    """Why a dossier is not tied to a kept checkpoint, and what to ask for."""
    if kept < size:
        return counted(
            "the dossier is not tied to {file}, which has {n} event and the dossier {size}: ask for one that "
            "`slaledger dossier --since {file}` makes",
            "the dossier is not tied to {file}, which has {n} events and the dossier {size}: ask for one that "
            "`slaledger dossier --since {file}` makes",
            n=kept,
            file=file,
            size=size,
        )
    return counted(
        "the dossier is not tied to {file}, which has {n} event and the dossier {size}: ask for a newer dossier, "
        "or for `slaledger audit consistency {size} {n}`",
        "the dossier is not tied to {file}, which has {n} events and the dossier {size}: ask for a newer dossier, "
        "or for `slaledger audit consistency {size} {n}`",
        n=kept,
        file=file,
        size=size,
    )
