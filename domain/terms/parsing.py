"""A terms document read from its text, TOML or JSON."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

from domain.money import Fen, parse_percent
from domain.parser_messages import parser_words
from domain.refusals import BadValue
from domain.refusals.terms import (
    UnreadableTerms,
    WrongTerms,
)
from domain.terms.checks import check_expressible, findings
from domain.terms.document import Terms
from domain.text import Said, said, words_of
from domain.toml import parse_toml


@lru_cache(maxsize=64)
def parse_terms(text: str) -> Terms:
    """Parse and check a document's text. Raises Unreadable with the place in the document."""
    try:
        raw = msgspec.json.decode(text) if text.lstrip().startswith("{") else parse_toml(text)
        check_expressible(raw)
        terms = msgspec.convert(raw, Terms, dec_hook=_parse_value)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise UnreadableTerms(error=_reason(error)) from None
    for path, finding in findings(terms):
        raise WrongTerms(finding=finding, path=path)
    return terms


def _reason(error: Exception) -> str:
    """The reason why a document cannot be read, with the place in it at the end."""
    if isinstance(error.__cause__, ValueError) and isinstance(error, msgspec.ValidationError):
        place = str(error).removeprefix(str(error.__cause__)).removeprefix(" - at `").removesuffix("`")
        return said("{message} - at `{path}`", message=words_of(error.__cause__), path=place)
    told = words_of(error)
    return told if isinstance(told, Said) else parser_words(told)


def _parse_value(kind: type, value: Any) -> Any:
    if kind is Fen:
        return _parse_amount(value)
    if kind is not Fraction:
        raise NotImplementedError(f"no wire form for {kind}")
    if not isinstance(value, str):
        raise TypeError(f"Expected a percentage in quotes such as '99.8%', got {type(value).__name__}")
    return parse_percent(value)


def _parse_amount(value: Any) -> Fen:
    if not isinstance(value, str):
        raise TypeError(f"Expected an amount in quotes such as '1.00', got {type(value).__name__}")
    try:
        return Fen.parse(value)
    except BadValue as error:
        raise ValueError(str(error)) from None
