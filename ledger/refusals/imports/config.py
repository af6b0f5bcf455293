"""Refusals of the file that names the imports to run."""

from __future__ import annotations

from ledger.refusals import Misread


class BadImportConfig(Misread, code="bad_config"):
    """A file of imports is TOML with one `[[import]]` for each, and an option's value is a text, a switch or a list."""

    message = "the file of imports cannot be read: {what}"
    hint = "docs/importing.md has an example: [[import]] with format, files and the options without their dashes"
    what: str


class UnknownImportFormat(Misread, code="unknown_format"):
    """An import of the file has a format that is not known here."""

    message = "unknown format: {given}"
    hint = "the formats are {formats}"
    given: str
    formats: str


class NoFileFits(Misread, code="no_file_fits"):
    """A pattern of the file of imports fits no file: nothing was polled, or the pattern is mistyped."""

    message = "no file fits {pattern!r}"
    hint = "check the pattern, and that the poll has left its files there"
    pattern: str


class ConfiguredRefused(Misread, code="bad_config"):
    """An option of the file of imports is none of its format, or its value cannot be read."""

    message = "{what}"
    hint = "docs/reference.md lists the options of import {format}"
    what: str
    format: str
