"""The name of an account: given at its enrolment or later, changed, and never in the way of a repeated enrolment."""

from __future__ import annotations

from typing import Any

import pytest
from build import at
from spec import given

from domain import account, case
from domain.account import Account
from domain.commands import EnrollAccount, RenameAccount
from domain.events import AccountEnrolled, AccountNamed, Event
from domain.refusals.account import AccountTaken
from domain.time import Instant
from domain.values import Id, Words
from ledger.log.codec import TOPIC_OF

ENROLLED = AccountEnrolled(account="1001", enrolled_at=at("02-01 00:00"), stage="general")
FIRST, LATER = AccountNamed(account="1001", name="Lakeside"), AccountNamed(account="1001", name="Lakeside Bank")


def evolve(known: Account | None, event: Event, reason: str | None) -> Account:
    return account.evolve(known, event)


def enroll(name: str | None) -> EnrollAccount:
    at_ = Instant(at("02-01 00:00"))
    return EnrollAccount(account=Id("1001"), enrolled_at=at_, name=None if name is None else Words(name))


@pytest.mark.parametrize(
    ("before", "name", "outcome"),
    [
        pytest.param((), None, (ENROLLED,), id="no name"),
        pytest.param((), "Lakeside", (ENROLLED, FIRST), id="a name"),
        pytest.param((ENROLLED, FIRST), "Lakeside", (), id="again"),
        pytest.param((ENROLLED, FIRST), None, (), id="again, without its name"),
        pytest.param((ENROLLED, FIRST, LATER), "Lakeside", (), id="again, with the name that it had"),
        pytest.param((ENROLLED, FIRST, LATER), "Lakeside Bank", (), id="again, with the name that it has"),
        pytest.param((ENROLLED, FIRST), "Lakeside Bank", (AccountTaken,), id="another name"),
        pytest.param((ENROLLED,), "Lakeside", (AccountTaken,), id="a name that it was not given"),
    ],
)
def test_enrolled_with_a_name(before: tuple[Event, ...], name: str | None, outcome: Any) -> None:
    given(evolve, *before).when(account.enroll, enroll(name)).then(*outcome)


@pytest.mark.parametrize(
    ("before", "name", "outcome"),
    [
        pytest.param((ENROLLED,), "Lakeside", (FIRST,), id="its first name"),
        pytest.param((ENROLLED, FIRST), "Lakeside Bank", (LATER,), id="another"),
        pytest.param((ENROLLED, FIRST), "Lakeside", (), id="the same"),
        pytest.param((ENROLLED, LATER, FIRST), "Lakeside Bank", (LATER,), id="an earlier one"),
    ],
)
def test_renamed(before: tuple[Event, ...], name: str, outcome: Any) -> None:
    command = RenameAccount(account=Id("1001"), name=Words(name))
    given(evolve, *before).when(account.rename, command).then(*outcome)


def test_the_latest_name_holds() -> None:
    held = evolve(evolve(evolve(None, ENROLLED, None), FIRST, None), LATER, None)
    assert (held.name, held.names) == ("Lakeside Bank", ("Lakeside", "Lakeside Bank"))
    assert evolve(None, ENROLLED, None).name is None


def test_a_name_changes_no_decision() -> None:
    """A correction of the account would be a late fact of its claims; a name is none."""
    facts = [
        case.Fact("1001/account", number, number, 0, "clerk", None, None, TOPIC_OF[type(event)], event)
        for number, event in enumerate((ENROLLED, FIRST), start=1)
    ]
    found = case.fold(facts)
    assert found.account is not None
    assert found.account.name == "Lakeside"
