"""Renders templates into self-contained pages that are safe with untrusted text.

Text from users is untrusted. It is escaped; the script's data is JSON that no text can break out of; and the page's
content security policy allows only this style and this script, and no requests.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from cli.refusals import NoJinja
from cli.terminal.language import in_language
from domain.text import Said, said

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_COMMENT = re.compile(r"^\s*/\*.*?\*/\n", re.MULTILINE | re.DOTALL)
BESIDE = "'self' file:"
"""The source, in a content security policy, of scripts that stand beside the page, on a server or on a disk."""
_ENDS_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def page(
    template: str,
    lang: str,
    *,
    demo: bool,
    sheets: Sequence[str] = (),
    style: str = "",
    script: str | None = None,
    sources: str = "",
    data: object = None,
    **given: Any,
) -> bytes:
    """Render a template under `templates/` in a language; `sheets` are its style sheets beside the one of all pages,
    `style` holds rules of this page alone, `script` names its script, `data` is the script's data. `sources` are those
    of further scripts in the content security policy.

    The page of a `demo` ledger says so at its top. The same bytes for the same arguments. Raises Unreadable `no_jinja`.
    """
    style_text = "".join(map(_asset, ("page.css", *sheets))) + style
    script_text = "" if script is None else _asset(script)
    made = environment(lang).get_template(template)
    text = made.render(
        **given,
        demo=demo_words(demo),
        lang="zh-CN" if lang == "zh" else lang,
        policy=policy(style_text, script_text, sources),
        style=as_markup(style_text),
        script=as_markup(script_text),
        data=as_markup(embedded(data)),
    )
    return text.encode()


def demo_words(is_demo: bool) -> Said | None:
    """What a page of a demo ledger says at its top; None on any other."""
    return said("DEMO: a ledger for demonstrations. Its times are made up.") if is_demo else None


def embedded(value: object) -> str:
    """Encode a value as JSON for a `<script>` element: no text in it ends the element or is read as markup."""
    text = msgspec.json.encode(value).decode()
    return "".join(_ENDS_SCRIPT.get(character, character) for character in text)


def clean(text: str) -> str:
    """A text without control characters, which a page cannot hold; each is shown as U+FFFD."""
    return _CONTROL.sub("\ufffd", text)


def tongue(value: object, lang: str) -> str:
    """A value of a page as text in a language."""
    return clean(in_language(value, lang)) if isinstance(value, Said) else clean(str(value))


def policy(style: str, script: str = "", sources: str = "") -> str:
    """The page's content security policy: only this style and script, and no requests but for scripts of `sources`."""
    scripts = " ".join([source_of(script)] * bool(script) + [sources] * bool(sources))
    allowed = [f"style-src '{_digest(style)}'", *([f"script-src {scripts}"] if scripts else [])]
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])


def source_of(script: str) -> str:
    """A script of ours as a source of a content security policy: the hash of its text."""
    return f"'{_digest(script)}'"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return plain(files("cli.pages").joinpath("templates", name).read_text("utf-8"))


def plain(text: str) -> str:
    """A script or a style without lines that are only a comment, empty lines, and indentation."""
    lines = _COMMENT.sub("", text).splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if line.strip())


def as_markup(text: str) -> Any:
    """A text of ours, such as a style, that is not escaped."""
    from markupsafe import Markup

    return Markup(text)


def environment(lang: str) -> Environment:
    """The engine of our own pages for a language. Raises Unreadable `no_jinja`."""
    try:
        import jinja2  # noqa: F401
    except ImportError as error:
        raise NoJinja(error=error) from None
    return _environment(lang)


@cache
def _environment(lang: str) -> Environment:
    """The engine, kept, since it compiles each template once."""
    from jinja2 import Environment, PackageLoader

    return engine(Environment, PackageLoader("cli.pages"), lang)


def engine(kind: type[Environment], loader: BaseLoader, lang: str, *, escape: bool = True) -> Environment:
    """A template engine that writes sentences in a language; `escape` where the templates are HTML."""
    from jinja2 import StrictUndefined
    from markupsafe import Markup

    def finished(value: object) -> object:
        """Translate sentences before they are escaped; markup is ours and stays as it is."""
        return value if isinstance(value, Markup) or value is None else tongue(value, lang)

    return kind(
        loader=loader,
        autoescape=escape,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def assets_sha256() -> str:
    """The hash of all templates, styles and scripts: another one makes other pages."""
    found = sorted((file.name, file.read_bytes()) for file in files("cli.pages").joinpath("templates").iterdir())
    return hashlib.sha256(msgspec.json.encode(found)).hexdigest()
