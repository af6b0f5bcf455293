"""The text types of command fields. The `parse` method of each checks a string against the type's rule."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from domain.events import Evidence
from domain.money import Fen, yuan
from domain.refusals.values import (
    BadAmount,
    BadClause,
    BadFunction,
    BadId,
    BadKey,
    BadLimit,
    BadRedemptions,
    BadSha256,
    BadText,
    BadVoucherId,
)
from domain.time import Instant, MonthText, Seconds

_ID = re.compile(r"[A-Za-z0-9._:@-]{1,64}")
_VOUCHER = re.compile(r"[A-Za-z0-9._:@-]{1,96}")
_REDEMPTION = re.compile(r"(?:[A-Za-z0-9._:@-]{1,96}/)?[1-9][0-9]{0,8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CLAUSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.()-]{0,39}")
_FUNCTION = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Id(str):
    """The id of an account, incident or bill, or a region's name."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Id:
        """Check an id. Raises BadValue `bad_id`."""
        if _ID.fullmatch(text) is None:
            raise BadId(text=text[:80])
        return cls(text)


class VoucherId(str):
    """The id of a voucher."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> VoucherId:
        """Check a voucher's id. Raises BadValue `bad_id`."""
        if _VOUCHER.fullmatch(text) is None:
            raise BadVoucherId(text=text[:110])
        return cls(text)


class Words(str):
    """A reason, statement or name: 1 to 2,000 characters, no control characters but tab and newline."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Words:
        """Check a text. Raises BadValue `bad_text`."""
        if (
            not text.strip()
            or len(text) > 2000
            or any((ord(c) < 32 and c not in "\n\t") or ord(c) == 127 for c in text)
        ):
            raise BadText()
        return cls(text)


def is_actor(name: str) -> bool:
    """Whether events may name somebody so: 1 to 200 printable characters."""
    return 1 <= len(name) <= 200 and name.isprintable()


class Key(str):
    """A strict idempotency key."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Key:
        """Check an idempotency key. Raises BadValue `bad_key`."""
        if not 1 <= len(text) <= 64 or not text.isprintable():
            raise BadKey(text=text[:80])
        return cls(text)


class Hash(str):
    """A SHA-256 in lower-case hexadecimal."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Hash:
        """Check a hash and make it lower-case. Raises BadValue `bad_sha256`."""
        if _SHA256.fullmatch(text.lower()) is None:
            raise BadSha256(text=text[:80])
        return cls(text.lower())


class Clause(str):
    """The clause of an exclusion, such as `2.3(1)`. The terms list the valid ones."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Clause:
        """Check the form of a clause. Raises BadValue `unknown_clause`."""
        if _CLAUSE.fullmatch(text) is None:
            raise BadClause(text=text[:80])
        return cls(text)


class FunctionName(str):
    """The function that was unavailable. The terms list the valid ones."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> FunctionName:
        """Check the form of a function's name. Raises BadValue `unknown_function`."""
        if _FUNCTION.fullmatch(text) is None:
            raise BadFunction(text=text[:80])
        return cls(text)


EXCLUSION_CLAUSES = tuple(f"2.3({number})" for number in range(1, 12))
"""The exclusion clauses of the reference agreement."""


class ExplainedBy(str):
    """The redemptions that a bill's voucher offset shows already: `none`, or numbers such as `1` or `VOUCHER/1`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> ExplainedBy:
        """Check the form of the names. Raises BadValue `bad_redemptions`."""
        names = [name.strip() for name in re.split("[,;]", text)]
        if names != ["none"] and not all(map(_REDEMPTION.fullmatch, names)):
            raise BadRedemptions(text=text[:110])
        return cls(",".join(names))

    @property
    def redemptions(self) -> tuple[tuple[str | None, int], ...]:
        """The named redemptions, each with its voucher where that is named."""
        names = () if self == "none" else self.split(",")
        found = (name.rpartition("/") for name in names)
        return tuple((voucher or None, int(number)) for voucher, _, number in found)


class Limit(str):
    """An amount above which something is needed, in decimal yuan, or `none`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Check a limit and write it with two decimals. Raises BadValue `bad_amount` or `too_many_decimals`."""
        if text == "none":
            return cls(text)
        try:
            return cls(yuan(Fen.parse(text)))
        except BadAmount:
            raise BadLimit(text=text[:80]) from None

    @property
    def fen(self) -> int | None:
        """The amount in fen; None where there is no limit."""
        return None if self == "none" else int(Fen.parse(self))


class VoucherOffset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The amount of each part of a bill that was paid with vouchers outside this ledger."""

    service: Fen | None = None
    call: Fen | None = None


class EvidenceField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document outside the ledger, pinned by its hash, as a command names it."""

    name: Words
    sha256: Hash
    uri: Words | None = None

    def recorded(self) -> Evidence:
        """The same as part of an event."""
        return Evidence(name=str(self.name), sha256=str(self.sha256), uri=self.uri and str(self.uri))


_PARSED = (Instant, MonthText, Seconds, Fen, Id, VoucherId, Words, Key, Clause, FunctionName, Hash, ExplainedBy, Limit)


def parse_value(kind: type, value: Any) -> Any:
    """Parse a field of one of our own types from its wire form, for msgspec's `dec_hook`.

    Raises BadValue where the value breaks the type's rule, TypeError where it is not a string.
    """
    if kind not in _PARSED:
        raise NotImplementedError(f"no wire form for {kind}")
    if kind is Seconds and type(value) is int:
        value = str(value)
    if kind is ExplainedBy:
        value = _names(value)
    if not isinstance(value, str):
        raise TypeError(f"Expected a string, got {type(value).__name__}{_MONEY_HINT if kind in (Fen, Limit) else ''}")
    return kind.parse(value)


def _names(value: Any) -> Any:
    """The names of redemptions as a text; one may be a number, and several a list. Anything else stays as it is."""
    each = value if isinstance(value, list) else [value]
    return ",".join(map(str, each)) if all(type(one) in (int, str) for one in each) else value


_MONEY_HINT = ' (amounts are decimal strings, like "600.00")'
