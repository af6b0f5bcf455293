"""Brings the site of a ledger up to date: every page whose inputs changed since it was made, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeVar
from zlib import ZLIB_RUNTIME_VERSION

from cli.pages.carried import checker_script
from cli.pages.case import case_page
from cli.pages.case_steps import Proof
from cli.pages.nav import Link, Nav
from cli.pages.notices import still_open
from cli.pages.rendering import assets_sha256, environment
from cli.pages.site import lists, log_pages, paths, search
from cli.pages.site.accounts import AccountInput, account_leaf
from cli.pages.site.overview import MonthTally, home
from cli.pages.site.parts import Site, beside, rendered
from cli.pages.site.vouchers import voucher_leaf
from cli.terminal.language import language
from domain.case import Fact
from domain.claim import Claim
from domain.controls import Controls
from domain.terms.versions import currency_of, zone_of
from domain.voucher import Voucher
from ledger.audit.dossier import compose_at, rows_of
from ledger.exports.site.folder import SiteFolder, site_folder
from ledger.exports.site.rows import ListedRows, SiteAccount, SiteClaim, SiteVoucher, listed_rows
from ledger.log import streams
from ledger.log.account_history import AccountHistory
from ledger.log.codec import decode
from ledger.log.reader import Reader
from ledger.queries.month_report import account_month, histories_of
from ledger.queries.open_outages import open_outages
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.tree import KeptTree
from projections.claims import claim_rows
from projections.months import outage_months
from projections.vouchers import voucher_rows

Progress = Callable[[int, int], None]
_Thing = TypeVar("_Thing")


class SiteMade(NamedTuple):
    """A site that was brought up to date: its files, how many were made and removed, and the log's position."""

    files: int
    made: int
    removed: int
    position: int


class _Work(NamedTuple):
    """What is read from and written to while a site is made."""

    site: Site
    log: Reader
    tree: KeptTree
    folder: SiteFolder
    rows: ListedRows
    controls: Controls
    tallies: dict[str, MonthTally]


def build_site(log: Reader, tree: KeptTree, folder: Path, on_progress: Progress, at: int | None = None) -> SiteMade:
    """Bring the site in a folder up to date with the log. Open outages count up to `at`, else to the last event.

    Raises Unreadable `not_a_site`, `unwritable_file`, `no_jinja`, Refusal `site_of_another_ledger`.
    """
    environment(language())  # refused before the folder is made
    site = _site(log, tree.ledger, log.recorded_at() if at is None else at)
    with site_folder(folder, tree.ledger) as out, listed_rows() as rows:
        work = _Work(site, log, tree, out, rows, log.controls(), {})
        accounts = log.accounts()
        for done, (before, history, following) in enumerate(_neighbours(histories_of(log, accounts)), start=1):
            _account(work, before, history, following)
            on_progress(done, len(accounts))
        _lists(work)
        for page in log_pages.pages(site, log):
            out.put(page.path, site.digest(page.path, page.inputs), partial(_rendered, site, page))
        removed = out.finish(tree.ledger)
    return SiteMade(out.files, out.made, removed, site.position)


def _site(log: Reader, ledger: str, at: int) -> Site:
    """What the pages rest on; the seed has the software, the language, and what holds for all accounts."""
    versions = log.versions()
    controls = [row.position for row in log.stream(streams.CONTROLS)]
    zone, currency = zone_of(versions), currency_of(versions)
    software = (version("slaledger"), assets_sha256(), checker_script(), ZLIB_RUNTIME_VERSION, language())
    return Site(
        ledger=ledger,
        zone=zone,
        currency=currency,
        position=log.position(),
        last=log.recorded_at(),
        at=at,
        seed=repr((software, ledger, zone, currency, controls, log.logins().login is None)),
    )


def _neighbours(things: Iterable[_Thing]) -> Iterator[tuple[_Thing | None, _Thing, _Thing | None]]:
    """Each thing with the one before and the one after it."""
    before, here = None, None
    for following in things:
        if here is not None:
            yield before, here, following
        before, here = here, following
    if here is not None:
        yield before, here, None


def _account(
    work: _Work, before: AccountHistory | None, history: AccountHistory, following: AccountHistory | None
) -> None:
    """Make an account's pages and note its rows for the lists."""
    site, account = work.site, history.account
    case = history.case(site.position)
    if case.account is None:
        return
    by_month = {*outage_months(case, site.at), *case.claims}
    months = {month: account_month(case, account, month, site.at, work.controls) for month in by_month}
    links = beside(
        None if before is None else (paths.account(before.account), before.account),
        None if following is None else (paths.account(following.account), following.account),
    )
    given = AccountInput(case.account, case, months, history, history.all_facts(), links)
    _note_rows(work, given)
    positions = [fact.position for fact in given.facts]
    depends = [site.at] if any(row.still_open for row in months.values()) else []
    work.folder.put(
        paths.account(account),
        site.digest("account", positions, depends, links),
        lambda: rendered(site, account_leaf(site, work.log, given)),
    )
    _claims(work, given)
    _vouchers(work, given)


def _vouchers(work: _Work, given: AccountInput) -> None:
    """Make the pages of an account's vouchers."""
    for before, voucher, following in _neighbours(voucher for _, voucher in sorted(given.case.vouchers.items())):
        stream = streams.voucher(voucher.account, voucher.voucher)
        own = [fact for fact in given.facts if fact.stream == stream]
        links = beside(
            None if before is None else (paths.voucher(before.voucher), before.voucher),
            None if following is None else (paths.voucher(following.voucher), following.voucher),
        )
        work.folder.put(
            paths.voucher(voucher.voucher),
            work.site.digest("voucher", [fact.position for fact in own], links),
            partial(_voucher_page, work, voucher, own, links),
        )


def _rendered(site: Site, page: lists.ListPage) -> bytes:
    return rendered(site, page.leaf())


def _voucher_page(work: _Work, voucher: Voucher, own: list[Fact], links: list[Link]) -> bytes:
    return rendered(work.site, voucher_leaf(work.site, work.log, voucher, own, links))


def _note_rows(work: _Work, given: AccountInput) -> None:
    account, rows = given.account.account, work.rows
    name = given.account.name
    for month, row in given.months.items():
        rows.add(lists.MONTH + month, -max(row.credit_fen, row.awarded_fen), account, row)
        work.tallies.setdefault(month, MonthTally()).add(row)
    for claim in claim_rows(given.case):
        rows.add("claims", -int(claim.month.replace("-", "")), account, SiteClaim(claim=claim, name=name))
    for voucher in voucher_rows(given.case):
        rows.add("vouchers", -voucher.issued_at, voucher.voucher, SiteVoucher(voucher=voucher, name=name))
    listed = SiteAccount(
        account=account,
        name=name,
        enrolled_at=given.account.enrolled_at,
        closed_at=given.account.closed_at,
        below=sum(row.tier is not None for row in given.months.values()),
        claims=len(given.case.claims),
        still_open=len({one for row in given.months.values() for one in row.still_open}),
    )
    rows.add("accounts", 0, account, listed)


def _claims(work: _Work, given: AccountInput) -> None:
    """Make the pages of an account's claims."""
    if not given.case.claims:
        return
    site, log, account = work.site, work.log, given.account.account
    facts = [decode(row) for row in log.rows_ever(account)]
    proving = max(row.position for row in rows_of(log, account))
    positions = [fact.position for fact in facts]
    for before, month, following in _neighbours(sorted(given.case.claims)):
        claim = given.case.claims[month]
        path = paths.claim(account, month)
        links = beside(
            None if before is None else (paths.claim(account, before), before),
            None if following is None else (paths.claim(account, following), following),
        )
        own = [Link(paths.account(account), account), Link(paths.month(month), month), *links]
        checker = paths.relative(paths.CHECKER, path)
        work.folder.put(
            path,
            site.digest("claim", positions, proving, own),
            partial(_claim_page, work, facts, claim, proving, site.nav(path, "claims", own), checker),
        )


def _claim_page(work: _Work, facts: list[Fact], claim: Claim, proving: int, nav: Nav, checker: str) -> bytes:
    """A claim's page, proved by the log up to the last event that the case's file has."""
    size = work.tree.size_at(proving)
    checkpoint = Checkpoint(work.tree.ledger, size, work.tree.root(size)).text()
    file = None
    if claim.decisions:
        file = compose_at(work.log, work.tree, claim.account, claim.month, checkpoint, size)
    return case_page(work.log, facts, claim.account, claim.month, Proof(checkpoint, size, file), nav, checker)


def _lists(work: _Work) -> None:
    """Make the pages of lists, the search and the overview."""
    site, rows, folder = work.site, work.rows, work.folder
    versions = work.log.versions()
    found = [
        lists.accounts(site, rows),
        lists.claims(site, rows),
        lists.vouchers(site, rows),
        lists.months(site, rows, versions, work.tallies),
    ]
    for listing in found:
        for page in listing:
            folder.put(page.path, site.digest(page.path, page.inputs), partial(_rendered, site, page))
    parts = 0
    for shard in search.shards(rows):
        folder.put(paths.shard(shard.number), site.digest(shard), shard.script)
        parts += 1
    folder.put(paths.SEARCH, site.digest("search", parts), lambda: search.search_page(site, parts))
    counts = {name: rows.count(name) for name in ("accounts", "claims", "vouchers")}
    waiting = list(still_open([one.incident for one in open_outages(work.log)]))
    folder.put(paths.CHECKER, site.digest("checker"), checker_script)
    overview = home(site, work.tallies, waiting, counts)
    folder.put(paths.HOME, site.digest("home", site.position, site.at), lambda: rendered(site, overview))
