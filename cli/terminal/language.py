"""The reader's language: `--lang`, else SLALEDGER_LANG, else the locale; and sentences as they stand in it."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from domain.text import Said

LANGUAGES = ("en", "zh")
DOMAIN = "slaledger"
FOLDER = Path(__file__).parents[1] / "locale"
LOCALES = {"en": "en", "zh": "zh_Hans_CN"}
"""By language the locale that numbers and dates are written by."""
_reader: ContextVar[str] = ContextVar("reader", default="en")


def language() -> str:
    """The language of whoever reads the running command's output."""
    return _reader.get()


def settle(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Settle the reader's language before anything is said, mistakes on the command line included."""
    _reader.set(asked_for(words) or _known(environment.get("SLALEDGER_LANG", "")) or of_locale(environment))


def speak_with_click(lang: str) -> None:
    """Have the command line's own library say its words in a language, from our catalogue."""
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)


def asked_for(words: Sequence[str]) -> str | None:
    """What `--lang` says on a command line; None where it says nothing that we know."""
    for index, word in enumerate(words):
        if word == "--lang":
            return _known("".join(words[index + 1 : index + 2]))
        if word.startswith("--lang="):
            return _known(word.partition("=")[2])
    return None


def of_locale(environment: Mapping[str, str]) -> str:
    """The language of the locale for messages: the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX)."""
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, named), "").lower().startswith("zh") else "en"


def _known(lang: str) -> str | None:
    return lang if lang in LANGUAGES else None


def here(text: str) -> str:
    """A sentence in the reader's language."""
    return spoken(text, language())


def spoken(text: str, lang: str) -> str:
    """A sentence in a language, `en` or `zh`; a text that is no sentence of ours stays as it is."""
    if lang == "en" or not isinstance(text, Said):
        return str(text)
    values = {name: spoken(value, lang) if isinstance(value, Said) else value for name, value in text.values.items()}
    return translated(text.template, lang).format_map(values)


def translated(template: str, lang: str) -> str:
    """A template in a language; itself where the catalogue has none."""
    return template if lang == "en" else _catalogue(lang).gettext(template)


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [lang])
