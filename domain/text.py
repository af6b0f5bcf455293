"""Sentences for people. Each is English text that keeps its template and values, so that it can be translated.

Every text that a person reads is made by `said` (or `counted`), whose first argument is a literal. The catalogue of
translations is collected from those literals. Programs read the English text, which is the same in every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Said(str):
    """A sentence in English. A translation is made from its `template` and `values`."""

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Said:
        made = super().__new__(cls, template.format_map(values))
        made.template = template
        made.values = values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the sentence with its template and values, since it may come from another process."""
        return Said, (self.template, self.values)


def said(template: str, /, **values: object) -> Said:
    """Make a sentence from a template with `{names}` and its values. A value may itself be a sentence."""
    return Said(template, values)


def counted(one: str, many: str, /, n: int, **values: object) -> Said:
    """Make a sentence from `one` where n is 1, else from `many`. In both templates `{n}` is the number."""
    return Said(one if n == 1 else many, {"n": n, **values})


def words_of(error: BaseException) -> str:
    """An exception's message: our sentence where it has one, else its text in its own language."""
    told = getattr(error, "message", error.args[0] if error.args else None)
    return told if isinstance(told, Said) else str(error)


def listed(sentences: Sequence[str]) -> str:
    """Join sentences with semicolons."""
    told = sentences[0] if sentences else ""
    for sentence in sentences[1:]:
        told = said("{told}; {next}", told=told, next=sentence)
    return told


def enumerated(names: Sequence[str]) -> str:
    """Join a few names or words with commas, in Chinese with its enumeration comma; `listed` is for sentences."""
    told = names[0] if names else ""
    for name in names[1:]:
        told = said("{told}, {next}", told=told, next=name)
    return told
