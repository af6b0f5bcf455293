"""Random ledgers under the other agreements: every claim replays alike, and both other checkers agree with it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from agreements import OTHERS
from browser_checker import BrowserChecker
from bruteforce_agreements import TEXTS
from conftest import SOAK
from test_verifier import Teller, at, decisions, disagreements, dossiers

from domain.money import yuan
from ledger.application import Ledger
from ledger.audit.replay import replay_range
from ledger.commands.execution import initialise
from ledger.log import streams

MONTHS = ("2025-12", "2026-02", "2026-04", "2026-08")


def life(dice: Random, told: Teller, agreement: str, account: str) -> None:
    """An account's outages about its agreement's bounds, a bill, at times an exclusion, a claim about its window."""
    with told.ledger.reading() as log:
        terms = log.versions()[-1].terms
    month = dice.choice(MONTHS)
    start = at(f"{month}-01")
    comes = start + timedelta(hours=dice.randint(0, 400))
    told("account enroll", account=account, enrolled_at=dice.choice((at("2025-01-01"), at("2025-01-01"), comes)))
    for number in range(dice.randint(1, 4)):
        name, begun = f"{account}-{number}", start + timedelta(seconds=dice.randint(-600, 2_500_000))
        seconds = dice.choice((TEXTS[agreement].minimum, 661, 2600, 26_000, 140_000)) + dice.randint(-61, 61)
        told("incident open", incident=name, account=account, function=terms.functions[0], started_at=begun)
        told("incident close", incident=name, ended_at=begun + timedelta(seconds=max(1, seconds)))
        if dice.random() < 0.2:
            cause = dice.choice([cause for cause in terms.exclusions if not cause.notice_required])
            told("exclusion apply", incident=name, clause=cause.clause)
    if dice.random() < 0.3:
        told("account close", account=account, closed_at=comes + timedelta(hours=dice.randint(1, 400)))
    fee = dice.choice((dice.randint(0, 2000), dice.randint(0, 10**6)))
    offset = {"service": yuan(dice.choice((0, dice.randint(0, fee), fee)))}
    bill = {"bill": f"B-{account}", "account": account, "first_month": month, "billed_at": start}
    told("fees bill", **bill, product_fee=yuan(fee), voucher_offset=offset)
    filed_at = start + timedelta(days=31 + dice.choice((2, 12, 28, 59, 70)))
    told("claim file", account=account, month=month, filed_at=filed_at)
    told("claim decide", account=account, month=month)


@pytest.mark.parametrize("agreement", OTHERS)
def test_random_claims_replay_and_are_verified(agreement: str, in_browser: BrowserChecker, tmp_path: Path) -> None:
    with Ledger.create(f"sqlite:///{tmp_path}/random.db") as ledger:
        initialise(ledger, "clerk", agreement=agreement)
        told = Teller(ledger)
        for number in range(40):
            life(Random(f"{agreement} {number}"), told, agreement, f"A{number}")
        with ledger.reading() as log:
            replayed = replay_range(log, *streams.ACCOUNTS)
        made = dossiers(ledger)
    assert (replayed.decisions, replayed.different) == (40, ())
    assert disagreements(made) == {}
    assert in_browser.disagreements(dict(list(made.items())[: None if SOAK else 8])) == {}
    outcomes = Counter(each["outcome"] for data in made.values() for each in decisions(data))
    assert outcomes["awarded"] > 3, outcomes
    assert len(outcomes) >= 4, outcomes
