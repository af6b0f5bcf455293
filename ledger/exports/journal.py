"""Vouchers as a journal for double-entry tools: each is a liability with asserted balances.

Beancount and hledger get the same accounts, dates and amounts. Each voucher has a separate account,
`Liabilities:Vouchers:ACCOUNT:VOUCHER`. Redemptions are booked against `Assets:Receivables`; the bills that they pay
are booked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from domain.money import yuan
from domain.terms.versions import currency_of
from domain.text import Said, said
from domain.time import local
from ledger.log.reader import Reader
from ledger.queries.voucher_movements import Book, Kind, Movement, books

CREDITS = "Expenses:ServiceCredits"
RECEIVABLES = "Assets:Receivables"
CANCELLED = "Income:CancelledVouchers"
AGAINST: dict[Kind, str] = {
    "issued": CREDITS,
    "redeemed": RECEIVABLES,
    "reversed": RECEIVABLES,
    "cancelled": CANCELLED,
}
"""The other side of each movement."""
VOUCHERS = "Liabilities:Vouchers"
_KEPT = re.compile(r"[A-PR-Za-z0-9-]")
_FIRST = re.compile(r"[A-PR-Z0-9]")


def component(id_: str) -> str:
    """An id as a part of an account's name: a capital or digit first, then letters, digits and `-`.

    Any other character, and `Q` itself, becomes `Q` and two hexadecimal digits, so that no two ids get one name.
    """
    return "".join(
        char if (_KEPT if index else _FIRST).fullmatch(char) else f"Q{ord(char):02X}" for index, char in enumerate(id_)
    )


def account_of(book: Book) -> str:
    """The liability account of a voucher."""
    return f"{VOUCHERS}:{component(book.account)}:{component(book.voucher)}"


class Style(Protocol):
    """The syntax of a journal for one tool."""

    def head(self, currency: str) -> Iterator[str]:
        """The lines before all vouchers: the currency, and the counter-accounts."""

    def opened(self, book: Book, first: date) -> Iterator[str]:
        """The lines that declare a voucher's account."""

    def entry(self, book: Book, movement: Movement, day: date, currency: str) -> Iterator[str]:
        """The lines of one movement."""

    def balance(self, book: Book, day: date, currency: str) -> Iterator[str]:
        """The lines that assert a voucher's balance at the beginning of a day."""


class JournalFile(NamedTuple):
    """The counts of a journal's content."""

    vouchers: int
    transactions: int


def write_journal(log: Reader, zone: str, until: int, style: Style, write: Callable[[bytes], object]) -> JournalFile:
    """Write the journal of a log. Dates are in a time zone; balances are those after the day of `until`."""
    currency = currency_of(log.versions())
    after = _day(until, zone) + timedelta(days=1)
    vouchers = transactions = 0
    _write(style.head(currency), write)
    for book in books(log):
        _write(_entries(book, zone, after, currency, style), write)
        vouchers, transactions = vouchers + 1, transactions + len(book.movements)
    return JournalFile(vouchers, transactions)


def _write(lines: Iterable[str], write: Callable[[bytes], object]) -> None:
    for line in lines:
        write(f"{line}\n".encode())


def _entries(book: Book, zone: str, after: date, currency: str, style: Style) -> Iterator[str]:
    """The lines of one voucher, after an empty line."""
    yield ""
    yield from style.opened(book, min(_day(movement.at, zone) for movement in book.movements))
    for movement in book.movements:
        yield from style.entry(book, movement, _day(movement.at, zone), currency)
    yield from style.balance(book, after, currency)


def _day(at: int, zone: str) -> date:
    return local(at, zone).date()


def _told(book: Book, movement: Movement) -> Said:
    """A sentence for the movement."""
    names = {"voucher": book.voucher, "month": book.month, "bill": movement.bill}
    match movement.kind:
        case "issued":
            return said("Voucher {voucher} issued for {month}", **names)
        case "redeemed":
            return said("Voucher {voucher} redeemed on bill {bill}", **names)
        case "reversed":
            return said("Redemption of voucher {voucher} on bill {bill} reversed", **names)
        case _:
            return said("Amount of voucher {voucher} cancelled", **names)


def _tags(book: Book, movement: Movement) -> dict[str, str]:
    tags = {"voucher": book.voucher, "account": book.account, "month": book.month}
    return tags if movement.bill is None else {**tags, "bill": movement.bill}


def _postings(book: Book, movement: Movement, currency: str) -> Iterator[str]:
    for account, fen in ((AGAINST[movement.kind], movement.owed_fen), (account_of(book), -movement.owed_fen)):
        yield f"{account}  {yuan(fen)} {currency}"


class Beancount(NamedTuple):
    """A Beancount file, for versions 2 and 3. `speak` translates a sentence into the reader's language."""

    speak: Callable[[str], str]

    def head(self, currency: str) -> Iterator[str]:
        """Accounts are opened on the first day that a ledger can have."""
        yield f'option "operating_currency" "{currency}"'
        yield f"1970-01-01 commodity {currency}"
        yield from (f"1970-01-01 open {account}" for account in (CREDITS, RECEIVABLES, CANCELLED))

    def opened(self, book: Book, first: date) -> Iterator[str]:
        """An account may have no entry before the day on which it is opened."""
        yield f"{first} open {account_of(book)}"
        yield f'  voucher: "{book.voucher}"'

    def entry(self, book: Book, movement: Movement, day: date, currency: str) -> Iterator[str]:
        """Ids need no escapes within quotes."""
        yield f'{day} * "{book.account}" "{self.speak(_told(book, movement))}"'
        yield from (f'  {name}: "{value}"' for name, value in _tags(book, movement).items())
        yield f"  position: {movement.position}"
        yield from (f"  {posting}" for posting in _postings(book, movement, currency))

    def balance(self, book: Book, day: date, currency: str) -> Iterator[str]:
        """Without the tolerance of 0, Beancount would let a fen pass."""
        yield f"{day} balance {account_of(book)}  {yuan(-book.balance_fen)} ~ 0.00 {currency}"


class Hledger(NamedTuple):
    """An hledger journal. `speak` translates a sentence into the reader's language."""

    speak: Callable[[str], str]

    def head(self, currency: str) -> Iterator[str]:
        """The currency with its two places, accounts with their types."""
        yield f"commodity 1000.00 {currency}"
        declared = {CREDITS: "X", RECEIVABLES: "A", CANCELLED: "R", VOUCHERS: "L"}
        yield from (f"account {account}  ; type: {kind}" for account, kind in declared.items())

    def opened(self, book: Book, first: date) -> Iterator[str]:
        """An account is declared without a date."""
        yield f"account {account_of(book)}  ; voucher: {book.voucher}"

    def entry(self, book: Book, movement: Movement, day: date, currency: str) -> Iterator[str]:
        """One tag per line: the value ends with the line, so an id may have any character."""
        yield f"{day} * {book.account} | {self.speak(_told(book, movement))}"
        yield from (f"    ; {name}: {value}" for name, value in _tags(book, movement).items())
        yield f"    ; position: {movement.position}"
        yield from (f"    {posting}" for posting in _postings(book, movement, currency))

    def balance(self, book: Book, day: date, currency: str) -> Iterator[str]:
        """A posting of nothing that asserts the balance."""
        told = said("Balance of voucher {voucher}", voucher=book.voucher)
        yield f"{day} * {book.account} | {self.speak(told)}"
        yield f"    {account_of(book)}  0.00 {currency} = {yuan(-book.balance_fen)} {currency}"


STYLES: dict[str, Callable[[Callable[[str], str]], Style]] = {"beancount": Beancount, "hledger": Hledger}
