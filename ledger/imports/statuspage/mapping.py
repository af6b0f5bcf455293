"""Which components are which functions, what is skipped, and what nobody mapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from domain.text import said
from ledger.imports.statements import Faults, LeftOut
from ledger.imports.statuspage.pages import DOWN, PageEvent, PageFile
from ledger.refusals.imports.statuspage import AmbiguousComponent, ComponentMappedTwice, UnknownComponent


class StatuspageOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said: a component's name or code -> function, whom it touches, what to leave out.

    `skip` takes an incident's id, `INCIDENT:COMPONENT`, or either with `@START` for one outage of it.
    """

    functions: Mapping[str, str]
    accounts: tuple[str, ...] = ()
    all_accounts: bool = False
    skip: frozenset[str] = frozenset()


def mapping_of(
    pages: Sequence[PageFile], events: Iterable[PageEvent], functions: Mapping[str, str], faults: Faults
) -> tuple[dict[str, str], list[str]]:
    """Component code -> function, and the keys that no component bears as far as the files tell.

    A key that more than one component bears is refused, and where a file lists all components one that none bears.
    """
    bearers: dict[str, set[str]] = {}
    for listed in [*(page.components for page in pages), *(one for each in events for one in _names(each))]:
        for code, component in listed.items():
            bearers.setdefault(code, {code}).add(component)
    complete = any(page.components for page in pages)
    mapped: dict[str, str] = {}
    misses = []
    for key, function in functions.items():
        codes = [code for code, names in bearers.items() if key in names]
        if len(codes) > 1:
            faults.add(AmbiguousComponent(place=pages[0].name, key=key, codes=", ".join(sorted(codes))))
        elif codes and mapped.setdefault(codes[0], function) != function:
            faults.add(ComponentMappedTwice(place=pages[0].name, component=codes[0]))
        elif not codes and complete:
            faults.add(UnknownComponent(place=pages[0].name, key=key))
        elif not codes:
            misses.append(key)
    return mapped, misses


def _names(event: PageEvent) -> tuple[Mapping[str, str], ...]:
    """Every name that a component has in an event, code -> name; an update may name it with its group's."""
    return (event.components, *({change.code: change.name} for step in event.steps for change in step.changes))


def skipped_ids(pages: Iterable[PageFile]) -> list[str]:
    """The incidents that the files list and the import was asked to leave out."""
    return sorted({id_ for page in pages for listed in page.lists for id_ in listed.skipped})


def left_out_of(events: Iterable[PageEvent], mapped: Mapping[str, str]) -> Iterator[LeftOut]:
    """What the page tells of components that are not mapped and were down."""
    for event in events:
        down = {change.code for step in event.steps for change in step.changes if change.new in DOWN}
        for code in sorted(down - mapped.keys()):
            yield LeftOut(f"{event.id}:{code}", said("{component} is not mapped", component=event.touched[code]))


def unmapped_notes(events: Iterable[PageEvent], mapped: Mapping[str, str], misses: Sequence[str]) -> Iterator[str]:
    """The components that are not mapped, and where there are such, the keys of --map that none of them bears."""
    touched = {code: one for event in events for code, one in event.touched.items()}
    others = sorted(f"{touched[code]} ({code})" for code in touched.keys() - mapped.keys())
    if others:
        yield said(
            "components that are not mapped were left out ({n}): {others}", n=len(others), others=", ".join(others)
        )
    for key in misses if others else ():
        yield said("--map {key}: no component in this file has that name or code", key=repr(key))
