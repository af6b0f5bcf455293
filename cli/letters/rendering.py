"""Renders a letter as a page to print or as text, by our templates or those of a folder of the user's own.

The templates of a folder come from whoever made it: they run in Jinja's sandbox, which reaches nothing but the letter.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cli.letters.letter import Letter
from cli.pages.rendering import as_markup, clean, engine, policy
from cli.refusals import BadTemplate, NoJinja, NoTemplates
from cli.terminal.language import localized
from cli.terminal.widths import cells, folded
from domain.text import said

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

Kind = Literal["html", "txt"]
STYLE = "letter.css"
NAMES = ("letter.html.j2", "letter.txt.j2", STYLE)
"""The files that a folder of templates may have; ours take the place of those that it lacks."""
_WIDTH = 76
"""The columns of a letter that is text."""


def letter_bytes(letter: Letter, kind: Kind, lang: str, folder: Path | None = None) -> bytes:
    """A letter in a language, by the templates of a folder or ours. The same bytes for the same arguments.

    Raises Unreadable `no_jinja`, `no_templates`, `bad_template`.
    """
    made = _environment(kind, lang, folder)
    if folder is None:
        return _rendered(made, letter, kind, lang)
    from jinja2 import TemplateError

    try:
        return _rendered(made, letter, kind, lang)
    except (TemplateError, ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        raise BadTemplate(place=_place(error, folder), error=error) from None


def _rendered(made: Environment, letter: Letter, kind: Kind, lang: str) -> bytes:
    given = letter._asdict()
    if kind == "html":
        style = _source(made, STYLE)
        given |= {"style": as_markup(style), "policy": f"{policy(style)}; img-src data:"}
    text = made.get_template(f"letter.{kind}.j2").render(**given, lang="zh-CN" if lang == "zh" else lang)
    return text.encode() if kind == "html" else f"{text.strip()}\n".encode()


def _source(made: Environment, name: str) -> str:
    """A file beside the templates, as it is."""
    return "" if made.loader is None else made.loader.get_source(made, name)[0]


def _environment(kind: Kind, lang: str, folder: Path | None) -> Environment:
    try:
        from jinja2 import Environment
        from jinja2.sandbox import SandboxedEnvironment
    except ImportError as error:
        raise NoJinja(error=error) from None
    made = engine(Environment if folder is None else SandboxedEnvironment, _loader(folder), lang, escape=kind == "html")
    made.filters |= {"fold": _fold, "left": _left, "pair": _pair, "cited": _cited}
    return made


def _loader(folder: Path | None) -> BaseLoader:
    """What finds templates: in the folder first, if one is given. Raises Unreadable `no_templates`."""
    from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader

    ours = PackageLoader("cli.letters")
    if folder is None:
        return ours
    if not any((folder / name).is_file() for name in NAMES):
        raise NoTemplates(folder=folder, names=", ".join(NAMES))
    return ChoiceLoader([FileSystemLoader(folder), ours])


def _place(error: Exception, folder: Path) -> str:
    """The file and line of a template at which an error happened; the folder where no line is known."""
    name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if name and line:
        return f"{name}:{line}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(folder)


def _fold(text: object, indent: int = 0) -> str:
    """A filter of text letters: a text in lines, each indented."""
    lines = folded(_plain(text), _WIDTH - indent)
    return "\n".join(f"{'':<{indent}}{line}" for line in lines)


def _left(text: object, width: int) -> str:
    """A filter of text letters: a label, padded on its right."""
    told = _plain(text)
    return told + " " * (width - cells(told))


def _pair(label: object, value: object) -> str:
    """A filter of text letters: a label and its value."""
    return localized(said("{label}: {value}", label=label, value=value))


def _cited(heading: object, clause: object) -> str:
    """A filter of text letters: a heading and its clause."""
    return localized(said("{heading} ({clause})", heading=heading, clause=clause))


def _plain(text: object) -> str:
    return clean(localized(text if isinstance(text, str) else str(text)))
