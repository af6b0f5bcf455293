"""What programs get of an answer's values: JSON by its fields in their order, CSV flat."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import msgspec
import pytest

from cli.terminal.numbers import money
from cli.terminal.output import emit, fields_of, plain, to_json
from cli.terminal.values import Ratio, ZonedInstant, ratio, zoned
from domain.money import Fen
from domain.text import said
from domain.time import Instant, Seconds

NINE = Instant.parse("2026-03-01T09:00:00.250000+08:00")


class Paid(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """An answer with a value of each kind."""

    from_: ZonedInstant | None
    amount: Fen
    seconds: Seconds
    rate: Fraction
    day: date
    availability: Ratio
    says: str
    hint: str | msgspec.UnsetType = msgspec.UNSET


PAID = Paid(
    from_=ZonedInstant(NINE, "Asia/Shanghai"),
    amount=Fen(-1205),
    seconds=Seconds(1_500_000),
    rate=Fraction(998, 1000),
    day=date(2026, 3, 1),
    availability=ratio(2, 3),
    says=said("{n} outages", n=2),
)


@pytest.mark.parametrize(
    ("value", "in_json", "as_text"),
    [
        (Fen(0), '"0.00"', "0.00"),
        (Fen(-5), '"-0.05"', "-0.05"),
        (Seconds(3_000_000), "3", "3"),
        (Seconds(1), "0.000001", "0.000001"),
        (Fraction(14, 100), '"14%"', "14%"),
        (ZonedInstant(NINE, "UTC"), '"2026-03-01T01:00:00.250000+00:00"', "2026-03-01T01:00:00.250000+00:00"),
        (date(2026, 3, 1), '"2026-03-01"', "2026-03-01"),
        (said("{n} outages", n=2), '"2 outages"', "2 outages"),
        (("a", 1), '["a",1]', '["a",1]'),
        (True, "true", "true"),
        (None, "null", ""),
    ],
)
def test_a_value_as_json_and_as_text(value: object, in_json: str, as_text: str) -> None:
    assert (to_json(value), plain(value)) == (in_json, as_text)


def test_a_value_of_no_answer_has_no_json() -> None:
    with pytest.raises(NotImplementedError, match="no JSON of complex"):
        to_json(1j)


def test_keys_stand_in_the_order_of_the_fields() -> None:
    shown = json.loads(to_json(PAID))
    assert list(shown) == ["from", "amount", "seconds", "rate", "day", "availability", "says"]
    assert [name for name, _ in fields_of(PAID)] == list(shown)
    assert list(shown["availability"].items()) == [("numerator", 2), ("denominator", 3), ("percent", "66.6666")]


def test_csv_is_flat_and_leaves_out_what_is_unset(capsys: pytest.CaptureFixture[str]) -> None:
    emit([PAID, msgspec.structs.replace(PAID, hint="wait", from_=None)], "csv", lambda: None)
    header, first, second = capsys.readouterr().out.splitlines()
    assert header == (
        "from,amount,seconds,rate,day,availability.numerator,availability.denominator,availability.percent,says,hint"
    )
    assert first == "2026-03-01T09:00:00.250000+08:00,-12.05,1.5,99.8%,2026-03-01,2,3,66.6666,2 outages,"
    assert second == ",-12.05,1.5,99.8%,2026-03-01,2,3,66.6666,2 outages,wait"


def test_an_instant_is_shown_on_its_zones_clock() -> None:
    at = ZonedInstant(NINE, "Asia/Shanghai")
    assert (at.in_table(), at.to_the_second(), at.day()) == (
        "2026-03-01 09:00:00.250000",
        "2026-03-01 09:00:00",
        "2026-03-01",
    )
    assert zoned(None, "UTC") is None


def test_fen_and_decimal_yuan_are_the_same_amount() -> None:
    assert money(Fen(123456)) == money("1234.56") == "1,234.56"
    assert money(None) is None
