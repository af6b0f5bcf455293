"""The fields of a command as the command line gives them, in the wire form of a batch line."""

from __future__ import annotations

from typing import Any

import click

from cli.refusals import BadEvidence
from domain.text import said
from domain.values import EvidenceField

REPEATED = {"accounts": ("--account", "--accounts"), "regions": ("--region", "--regions")}
"""Fields that are lists, with the options that give one entry each."""
SAID = ("shown_on_bill", "signed")
"""Fields that are true, false or not said; the command line takes the word."""


def wire_fields(**given: Any) -> dict[str, object]:
    """The fields given on the command line, in the wire form of a batch line."""
    fields = {name.strip("_"): value for name, value in given.items() if value is not None and value != ()}
    if "words" in given:
        fields.pop("words", None)
        fields |= account_and_month(given["words"], bool(given.get("all")))
    offset = {part: fields.pop(f"{part}_voucher") for part in ("service", "call") if f"{part}_voucher" in fields}
    if offset:
        fields["voucher_offset"] = offset
    for name in REPEATED:
        if name in fields:
            fields[name] = [value for given_value in fields[name] for value in given_value.split(",")]
    if len(fields.get("accounts", ())) == 1:
        fields["account"] = fields.pop("accounts")[0]
    for name in SAID:
        if name in fields:
            fields[name] = fields[name] == "true"
    if "offset_explained_by" in fields:
        fields["offset_explained_by"] = list(fields["offset_explained_by"])
    if "evidence" in fields:
        fields["evidence"] = [_evidence(text) for text in fields["evidence"]]
    return fields


def account_and_month(words: tuple[str, ...], for_all: bool) -> dict[str, str]:
    """The words of a command of one account and month, or with `--all` of a month. Raises click's UsageError."""
    names = ("month",) if for_all else ("account", "month")
    if len(words) != len(names):
        raise click.UsageError(said("give ACCOUNT MONTH, or --all MONTH"))
    return dict(zip(names, words, strict=True))


def _evidence(text: str) -> dict[str, str]:
    name, equals, rest = text.partition("=")
    sha256, _, uri = rest.partition("@")
    if not equals:
        raise BadEvidence(text=text)
    fields = {"name": name, "sha256": sha256, "uri": uri}
    return {field: fields[field] for field in EvidenceField.__struct_fields__ if fields[field]}
