"""`slaledger audit completeness`: each finding for programs, and groups of them for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cli.terminal.output import WIDTH, print_text, wrapped
from cli.terminal.vocabulary import label
from domain.text import Said, counted, enumerated, said
from domain.time import DEFAULT_ZONE, add_months, local
from ledger.audit.completeness import DatedEarlier, Gap


class GapShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something missing or odd."""

    kind: str
    message: str
    account: str | None
    month: str | None
    position: int | None


def gap_shown(gap: Gap) -> GapShown:
    """A finding, for programs."""
    return GapShown(kind=gap.kind, message=gap.message, account=gap.account, month=gap.month, position=gap.position)


def print_gaps(found: Sequence[Gap]) -> None:
    """Print findings by kind: those of an account that say the same as one line, what was recorded late by day."""
    for kind in dict.fromkeys(each.kind for each in found):
        print_text(label(kind))
        for text in _lines([each for each in found if each.kind == kind]):
            for line in wrapped(text, WIDTH - 2):
                print(f"  {line}")
    print_text(counted("{n} finding", "{n} findings", n=len(found)) if found else said("nothing is missing"))


def _lines(gaps: Sequence[Gap]) -> Iterator[Said | str]:
    """The lines of one kind: months below the commitment first, then in order of account."""
    late: dict[tuple[str, str], list[Gap]] = {}
    same: dict[tuple[bool, str | None, str], list[Gap]] = {}
    for each in gaps:
        if each.late is not None:
            late.setdefault((_day(each.late.recorded_at), each.late.actor), []).append(each)
        else:
            same.setdefault((not each.below, each.account, each.message), []).append(each)
    for group in sorted(same.values(), key=lambda group: not group[0].below):
        yield _line(group)
    for (day, actor), group in sorted(late.items()):
        yield _line(group) if len(group) == 1 else _caught_up(day, actor, group)


def _line(group: Sequence[Gap]) -> Said | str:
    """Findings of one account that say the same: the account, its months as ranges, the sentence."""
    first = group[0]
    months = enumerated(list(_ranges(sorted({each.month for each in group if each.month}))))
    where = first.account or months
    if not where:
        return first.message
    if first.account and months:
        where = said("{account} {months}", account=first.account, months=months)
    if first.below:
        return said("{where}, below the commitment: {message}", where=where, message=first.message)
    return said("{where}: {message}", where=where, message=first.message)


def _ranges(months: Iterable[str]) -> Iterator[str]:
    """Months in order as ranges without a gap."""
    begun: list[str] = []
    for month in months:
        if begun and month != add_months(begun[-1], 1):
            yield _range(begun)
            begun = []
        begun.append(month)
    if begun:
        yield _range(begun)


def _range(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else said("{first} to {last}", first=months[0], last=months[-1])


def _caught_up(day: str, actor: str, group: Sequence[Gap]) -> Said:
    """What one actor recorded on one day that is dated earlier."""
    late: list[DatedEarlier] = [each.late for each in group if each.late is not None]
    return said(
        "{day}, by {actor}: {what}, dated {first} to {last}; `--format json` lists each",
        day=day,
        actor=actor,
        what=_counts(late),
        first=_day(min(each.dated for each in late)),
        last=_day(max(each.dated for each in late)),
    )


def _counts(late: Sequence[DatedEarlier]) -> Said:
    decisions = sum(each.what == "decision" for each in late)
    made = counted("{n} decision", "{n} decisions", n=decisions)
    issued = counted("{n} voucher", "{n} vouchers", n=len(late) - decisions)
    if decisions and len(late) > decisions:
        return said("{decisions} and {vouchers}", decisions=made, vouchers=issued)
    return made if decisions else issued


def _day(instant: int) -> str:
    return local(instant, DEFAULT_ZONE).date().isoformat()
