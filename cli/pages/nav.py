"""The links on a page to other pages of a site."""

from __future__ import annotations

from typing import NamedTuple

from domain.text import Said


class Link(NamedTuple):
    """A link: where to, its words, whether it is the page's own place, and its relation, such as `next`."""

    href: str
    words: str | Said
    is_current: bool = False
    rel: str = ""


class Nav(NamedTuple):
    """The links to the parts of a site, and those to the pages beside this one."""

    label: Said
    links: list[Link]
    beside: list[Link]
