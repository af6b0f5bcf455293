"""Refusals of the folder of a site."""

from __future__ import annotations

from pathlib import Path

from domain.refusals import Refusal, Unreadable


class NotASite(Unreadable, code="not_a_site"):
    """A site is written into a folder of its own, so that no other file is replaced or removed."""

    message = "{folder} has files that are not of a site"
    hint = "name an empty folder, or one that is not there yet"
    folder: Path


class SiteOfAnotherLedger(Refusal, code="site_of_another_ledger"):
    """The folder has the pages of another ledger, which would be replaced."""

    message = "{folder} has the site of the ledger {other}"
    hint = "name another folder, or delete that one"
    folder: Path
    other: str
