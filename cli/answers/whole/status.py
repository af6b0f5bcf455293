"""`slaledger status`: one screen of where a ledger stands."""

from __future__ import annotations

import msgspec

from cli.answers.availability import TermsNamed
from cli.terminal.numbers import currency
from cli.terminal.output import print_pairs, print_table, print_text
from cli.terminal.values import ZonedInstant, zoned
from cli.terminal.vocabulary import word
from domain.money import Fen
from domain.text import Said, counted, listed, said
from ledger.demo import is_demo
from ledger.queries.standing import Standing, VerifiedUpTo
from ledger.queries.worklist import Work


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The last import of a source."""

    source: str
    scope: str
    read_at: ZonedInstant
    said_at: ZonedInstant | None
    actor: str
    position: int


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How many things of each kind are in the worklist."""

    unclaimed: int
    without_bill: int
    to_decide: int
    disputed: int
    to_approve: int
    to_issue: int
    overpaid: int
    to_redecide: int
    given_back: int
    still_open: int


class ControlsShown(msgspec.Struct, frozen=True, kw_only=True):
    """The controls that hold."""

    approval_above: Fen | None
    provider_name: str | None


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the log that the latest checkpoint or proof covers: its size, its last position, the events since."""

    size: int
    position: int
    since: int


class VerifiedShown(msgspec.Struct, frozen=True, kw_only=True):
    """A sound verification that was made on this store: when, by whom, of how many events, and the events since.

    `whole` is false where it was of what was new since `went_on_from` events.
    """

    at: ZonedInstant
    by: str | None
    size: int
    position: int
    whole: bool
    went_on_from: int | None
    since: int

    def told(self) -> str:
        """When it was, by whom, what was verified, and how much came since."""
        at = self.at.to_the_second()
        who = said("{at} by {actor}", at=at, actor=self.by) if self.by else at
        if self.went_on_from is None:
            what = counted("{n} event", "{n} events", n=self.size)
        else:
            what = counted("{n} event, new ones only", "{n} events, new ones only", n=self.size)
        since = [counted("{n} event since", "{n} events since", self.since)] if self.since else []
        return listed([who, what, *since])


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """`slaledger status`: where a ledger stands; `month` is the last one that has ended.

    `demo` is there, and true, for a ledger for demonstrations.
    """

    ledger: str | None
    store: str
    position: int
    recorded_at: ZonedInstant
    at: ZonedInstant
    terms: TermsNamed
    month: str
    accounts: int
    waits: Waits
    sources: list[SourceRow]
    proved: Proved | None
    verified: VerifiedShown | None
    verified_whole: VerifiedShown | None
    controls: ControlsShown
    currency: str
    demo: bool | msgspec.UnsetType = msgspec.UNSET

    def table(self) -> None:
        """Print it on one screen."""
        print_pairs(
            [
                ("DEMO", said("a ledger for demonstrations; its times are made up") if self.demo is True else None),
                (word("ledger"), self.ledger),
                (said("store"), self.store),
                (said("last event"), said("{n}, recorded {at}", n=self.position, at=self.recorded_at.to_the_second())),
                (word("terms"), f"{self.terms.agreement} {self.terms.version}"),
                (said("accounts"), self.accounts),
                (said("month in work"), self.month),
                (said("waits"), self._waiting()),
                (said("approval"), self._approval()),
                (said("last checkpoint"), self._proved()),
                (said("last verification"), self._verified()),
                (said("last of everything"), self._verified_whole()),
            ]
        )
        print()
        if not self.sources:
            print_text(said("no outages were imported yet"))
            return
        rows = [(one.source, one.scope, one.read_at.to_the_second(), one.actor) for one in self.sources]
        columns = (word("source"), word("scope"), said("last import"), said("by"))
        print_table(columns, rows, title=said("Last import of each source"))

    def _waiting(self) -> str:
        told = [
            said("{what}: {n}", what=_KINDS[kind], n=count)
            for kind in self.waits.__struct_fields__
            if (count := getattr(self.waits, kind))
        ]
        return listed(told) if told else said("nothing")

    def _approval(self) -> str:
        limit = self.controls.approval_above
        return said("not needed") if limit is None else said("above {amount}", amount=currency(limit, self.currency))

    def _proved(self) -> str:
        if self.proved is None:
            return said("none is known here: `slaledger audit checkpoint`")
        since = self.proved.since
        told = counted("of {n} event", "of {n} events", n=self.proved.size)
        return told if not since else listed([told, counted("{n} event since", "{n} events since", since)])

    def _verified(self) -> str:
        return said("none is known here: `slaledger audit verify`") if self.verified is None else self.verified.told()

    def _verified_whole(self) -> str | None:
        """The last verification of the whole ledger, where a later one was only of what was new."""
        if self.verified is None or self.verified.whole:
            return None
        return said("none is known here") if self.verified_whole is None else self.verified_whole.told()


_KINDS: dict[str, Said] = {
    "unclaimed": said("breaches without a claim"),
    "without_bill": said("breaches without a bill"),
    "to_decide": said("claims to decide"),
    "disputed": said("disputed decisions"),
    "to_approve": said("awards to approve"),
    "to_issue": said("awards to issue"),
    "overpaid": said("overpaid claims"),
    "to_redecide": said("decisions that late facts would change"),
    "given_back": said("cancelled vouchers that can be spent again"),
    "still_open": said("outages still open after their month"),
}


def status(found: Standing, store: str, zone: str, currency: str, at: int) -> Status:
    """Where a ledger stands, with instants in a zone."""
    terms = found.version.terms
    return Status(
        ledger=found.ledger,
        store=store,
        position=found.position,
        recorded_at=ZonedInstant(found.recorded_at, zone),
        at=ZonedInstant(at, zone),
        terms=TermsNamed(agreement=terms.agreement, version=terms.version),
        month=found.month,
        accounts=found.accounts,
        waits=_waits(found.work),
        sources=[
            SourceRow(
                source=one.source,
                scope=one.scope,
                read_at=ZonedInstant(one.read_at, zone),
                said_at=zoned(one.said_at, zone),
                actor=one.actor,
                position=one.position,
            )
            for one in found.sources
        ],
        proved=None if found.proved is None else Proved(**found.proved._asdict()),
        verified=_verified(found.verified, zone),
        verified_whole=_verified(found.verified_whole, zone),
        controls=ControlsShown(
            approval_above=None
            if found.controls.approval_above_fen is None
            else Fen(found.controls.approval_above_fen),
            provider_name=found.controls.provider_name,
        ),
        currency=currency,
        demo=is_demo(found.ledger) or msgspec.UNSET,
    )


def _verified(found: VerifiedUpTo | None, zone: str) -> VerifiedShown | None:
    if found is None:
        return None
    done = found.done
    return VerifiedShown(
        at=ZonedInstant(done.verified_at, zone),
        by=done.actor,
        size=done.size,
        position=done.position,
        whole=done.went_on_from is None,
        went_on_from=done.went_on_from,
        since=found.since,
    )


def _waits(work: Work) -> Waits:
    return Waits(**{kind: len(getattr(work, kind)) for kind in Waits.__struct_fields__})
