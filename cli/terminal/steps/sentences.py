"""The steps of a decision as sentences, in the reader's language. They are not part of the record."""

from __future__ import annotations

from cli.terminal.language import in_language
from cli.terminal.steps.money import MONEY_SENTENCES
from cli.terminal.steps.shown import shown
from cli.terminal.steps.time import TIME_SENTENCES
from domain.decision import Step

_SENTENCES = TIME_SENTENCES | MONEY_SENTENCES


def says(step: Step, zone: str, lang: str) -> str:
    """A step as a sentence. Raises KeyError for a step code that this version does not know."""
    inputs = {name: shown(name, value, zone, lang) for name, value in step.inputs.items()}
    return in_language(_SENTENCES[step.step](step, inputs), lang)
