"""What is refused of money after the voucher: what was undone, and one payment that is told twice."""

from __future__ import annotations

from refusal_scenarios import Scenario, at, line

_VOUCHER = "V-1001-2026-03-1"
_LATER = (
    f"fees bill B-9 --account 1001 --first-month 2026-05 --billed-at {at('06-01')} --product-fee 60.00 --call-fee 0"
)
_WITH_OFFSET = f"{_LATER} --service-voucher 10.00"
_ISSUE = "voucher issue 1002 2026-03"
_ISSUED = f"{_ISSUE} --issued-at {at('04-21')}"

_LIMIT = "controls set --approval-above 1.00 --reason x"
_APPROVE = "--actor checker voucher approve 1002 2026-03"


def _redeem(amount: str, more: str = "", voucher: str = _VOUCHER, account: str = "1001") -> str:
    said = f"--account {account} --bill B-9 --part service --amount {amount} --redeemed-at {at('06-02')}"
    return f"voucher redeem {voucher} {said} {more}".rstrip()


MONEY = [
    Scenario(
        "issued although the voucher was cancelled since the decision",
        _ISSUE,
        before=(_ISSUED, "voucher cancel V-1002-2026-03-1 --reason 'wrong company'"),
    ),
    Scenario(
        "a month's run of a batch that leaves what was undone",
        "batch run.jsonl",
        before=(_ISSUED, "voucher cancel V-1002-2026-03-1 --reason 'wrong company'"),
        files={"run.jsonl": '{"command": "voucher issue", "month": "2026-03", "all": true}\n'},
    ),
    Scenario("a month's run that is to do again what was undone", "voucher issue --all 2026-03 --again"),
    Scenario(
        "a redemption that was reversed",
        f"voucher redeem {_VOUCHER} --account 1001 --bill B-2 --part service --amount 10.00"
        f" --redeemed-at {at('05-02')}",
    ),
    Scenario(
        "a claim that was withdrawn",
        f"claim file 1001 2026-04 --filed-at {at('05-12')}",
        before=("claim withdraw 1001 2026-04 --reason 'a mistake'",),
    ),
    Scenario("nothing is cancelled", f"voucher cancel {_VOUCHER} --amount 0.00 --reason x"),
    Scenario("more is cancelled than is left", f"voucher cancel {_VOUCHER} --amount 64.01 --reason x"),
    Scenario("a payment that the bill may show", _redeem("10.00"), before=(_WITH_OFFSET,)),
    Scenario("a payment that the bill does not show", _redeem("10.01", "--shown-on-bill"), before=(_WITH_OFFSET,)),
    Scenario(
        "a payment recorded as one that the bill does not show",
        _redeem("10.00", "--shown-on-bill true"),
        before=(_WITH_OFFSET, _redeem("10.00", "--shown-on-bill false")),
    ),
    Scenario(
        "an offset beside a redemption",
        "fees correct B-9 --service-voucher 10.00 --reason x",
        before=(_LATER, _redeem("10.00")),
    ),
    Scenario(
        "an offset below what it shows",
        "fees correct B-9 --service-voucher 9.99 --reason x",
        before=(_WITH_OFFSET, _redeem("10.00", "--shown-on-bill")),
    ),
    Scenario(
        "an offset explained by a redemption that is none",
        "fees correct B-9 --service-voucher 10.00 --offset-explained-by 7 --reason x",
        before=(_LATER, _redeem("10.00")),
    ),
    Scenario(
        "an offset explained by a number of several vouchers",
        "fees correct B-9 --service-voucher 10.00 --offset-explained-by 3 --reason x",
        before=(
            _LATER,
            _redeem("10.00"),
            "fees correct B-1 --product-fee 2000.00 --reason tariff",
            f"claim redecide 1001 2026-03 --decided-at {at('04-12')} --reason tariff",
            f"voucher issue 1001 2026-03 --issued-at {at('04-13')}",
            *(_redeem(f"{number}.00", voucher="V-1001-2026-03-2") for number in (1, 2, 3)),
        ),
    ),
    Scenario(
        "an offset explained by what is no redemption",
        "fees correct B-9 --service-voucher 10.00 --offset-explained-by first --reason x",
        before=(_LATER,),
    ),
    Scenario("an award above the limit", _ISSUE, before=(_LIMIT,)),
    Scenario(
        "an award issued again after it was cancelled, by an approval from before",
        f"{_ISSUE} --again",
        before=(_LIMIT, _APPROVE, _ISSUED, "voucher cancel V-1002-2026-03-1 --reason 'wrong company'"),
    ),
    Scenario(
        "a month's run of a batch that leaves what is not approved",
        "batch run.jsonl",
        before=(_LIMIT,),
        files={"run.jsonl": '{"command": "voucher issue", "month": "2026-03", "all": true}\n'},
    ),
    Scenario("an approval of an own decision", "voucher approve 1002 2026-03", before=(_LIMIT,)),
    Scenario("an approval before the decision", "--actor checker voucher approve 1001 2026-04", before=(_LIMIT,)),
    Scenario("an approval of what is issued", "--actor checker voucher approve 1001 2026-03", before=(_LIMIT,)),
    Scenario("an approval without a limit", _APPROVE),
    Scenario(
        "an approval of an award that is not above the limit",
        _APPROVE,
        before=("controls set --approval-above 1000.00 --reason x",),
    ),
    Scenario(
        "an approval of what would be decided otherwise now",
        _APPROVE,
        before=(_LIMIT, "fees correct B-4 --product-fee 500.00 --reason tariff"),
    ),
    Scenario("controls of which none is given", "controls set --reason x"),
    Scenario("a limit that is no amount", "controls set --approval-above much --reason x"),
    Scenario("a limit to a tenth of a fen", "controls set --approval-above 1.001 --reason x"),
    line("a limit that is a number", "controls set", approval_above=1000, reason="x"),
]
