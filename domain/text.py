"""Sentences for people: English as they stand, and in parts of which another language can be made.

Every text that a person reads is made by `said` (or `counted`), whose first argument is a literal: the catalogue of
translations is collected from those literals. Programs read the English text, which is the same in every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Said(str):
    """A sentence: as a text it is English; `template` and `values` are what a translation is made of."""

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Said:
        made = super().__new__(cls, template.format_map(values))
        made.template = template
        made.values = values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """A sentence may come from another process."""
        return Said, (self.template, self.values)


def said(template: str, /, **values: object) -> Said:
    """The sentence that a template with `{names}` makes of values, of which some may be sentences themselves."""
    return Said(template, values)


def counted(one: str, many: str, /, n: int, **values: object) -> Said:
    """`one` where n is 1 and `many` otherwise, as templates in which `{n}` is the number."""
    return Said(one if n == 1 else many, {"n": n, **values})


def words_of(error: BaseException) -> str:
    """What an exception says: the sentence where it is one of ours, else its text, in whatever language that is."""
    told = getattr(error, "message", error.args[0] if error.args else None)
    return told if isinstance(told, Said) else str(error)


def listed(sentences: Sequence[str]) -> str:
    """Sentences one behind the other."""
    told = sentences[0] if sentences else ""
    for sentence in sentences[1:]:
        told = said("{told}; {next}", told=told, next=sentence)
    return told
