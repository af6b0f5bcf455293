"""The reader's language: sentences as they stand in it."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from domain.wording import Said

_FOLDER = Path(__file__).with_name("locale")
DOMAIN = "slaledger"


def spoken(text: str, lang: str) -> str:
    """A sentence in a language, `en` or `zh`; a text that is no sentence of ours stays as it is."""
    if lang == "en" or not isinstance(text, Said):
        return str(text)
    values = {name: spoken(value, lang) if isinstance(value, Said) else value for name, value in text.values.items()}
    return _catalogue(lang).gettext(text.template).format_map(values)


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, _FOLDER, [lang])
