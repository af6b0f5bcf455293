"""The reader's language (`--lang`, else SLALEDGER_LANG, else the locale), and sentences translated into it."""

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
"""The locale for numbers and dates, by language."""
_reader: ContextVar[str] = ContextVar("reader", default="en")


def language() -> str:
    """The language of the running command's output."""
    return _reader.get()


def choose_language(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Set the reader's language before any output, including errors about the command line."""
    _reader.set(asked_for(words) or _known(environment.get("SLALEDGER_LANG", "")) or of_locale(environment))


def speak_with_click(lang: str) -> None:
    """Let click print its own texts in a language, from our catalogue."""
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)


def asked_for(words: Sequence[str]) -> str | None:
    """The language of the last `--lang` on a command line; None where it is missing or unknown."""
    found = None
    for index, word in enumerate(words):
        if word == "--lang":
            found = _known("".join(words[index + 1 : index + 2]))
        elif word.startswith("--lang="):
            found = _known(word.partition("=")[2])
    return found


def of_locale(environment: Mapping[str, str]) -> str:
    """The language of the locale for messages: the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX)."""
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, named), "").lower().startswith("zh") else "en"


def _known(lang: str) -> str | None:
    return lang if lang in LANGUAGES else None


def localized(text: str) -> str:
    """A sentence in the reader's language."""
    return in_language(text, language())


def in_language(text: str, lang: str) -> str:
    """A sentence in a language, `en` or `zh`; a text that is not a `Said` stays as it is."""
    if lang == "en" or not isinstance(text, Said):
        return str(text)
    values = {
        name: in_language(value, lang) if isinstance(value, Said) else value for name, value in text.values.items()
    }
    return translated(text.template, lang).format_map(values)


def translated(template: str, lang: str) -> str:
    """A template in a language; itself where the catalogue has none."""
    return template if lang == "en" else _catalogue(lang).gettext(template)


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [lang])
