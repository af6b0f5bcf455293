"""On a server all names of a login are one person: for approvals, for audits, and for who else could approve."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest
from desks import Login
from psycopg import errors
from servers import Server

from ledger.application import Ledger

BLANK = "persons"
MARCH = ("1001", "2026-03")
_numbers = count(1)


def at(day: str) -> str:
    return f"2026-{day}T10:00:00+08:00"


def as_login(url: str, login: str) -> str:
    return url.replace("postgres@", f"{login}@")


@pytest.fixture
def desk(tmp_path: Any) -> Login:
    return Login(tmp_path)


@pytest.fixture(scope="module")
def blank(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A claim that waits; carol may decide and approve, and records as `Carol Ng` too. Nobody else may approve."""
    desk, url = Login(tmp_path_factory.mktemp("blank")), server.database(BLANK)
    desk.at(url, "init")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(desk.run("postgres", "roles").stdout)
        owner.execute("ALTER ROLE slaledger_approver NOLOGIN")
        owner.execute("CREATE ROLE carol LOGIN IN ROLE slaledger_finance, slaledger_approver")
        owner.execute("INSERT INTO stored_events_actors VALUES ('carol', 'Carol Ng')")
    limit = ("controls", "set", "--approval-above", "50.00", "--reason", "two people")
    desk.at(as_login(url, "slaledger_steward"), *limit)
    recorder = as_login(url, "slaledger_recorder")
    desk.at(recorder, "account", "enroll", "1001", "--enrolled-at", at("01-01"))
    opened = ("--account", "1001", "--function", "inbound_routing", "--started-at", at("03-03"))
    desk.at(recorder, "incident", "open", "INC-1", *opened)
    desk.at(recorder, "incident", "close", "INC-1", "--ended-at", at("03-06"))
    fees = ("--product-fee", "1000.00", "--call-fee", "0.00", "--billed-at", at("04-01"))
    bill = ("fees", "bill", "B-1", "--account", "1001", "--first-month", "2026-03", *fees)
    desk.at(as_login(url, "slaledger_finance"), *bill)
    desk.at(recorder, "claim", "file", *MARCH, "--filed-at", at("04-10"))
    return url


@pytest.fixture
def url(server: Server, blank: str) -> Iterator[str]:
    with server.copied(BLANK, f"persons_{next(_numbers)}") as url:
        yield url


@pytest.fixture
def dave(server: Server) -> Iterator[str]:
    """A second login of the approver's role."""
    server.owner.execute("CREATE ROLE dave LOGIN IN ROLE slaledger_approver")
    yield "dave"
    server.owner.execute("DROP ROLE dave")


def decide(desk: Login, url: str, name: str) -> None:
    desk.at(as_login(url, "carol"), "--actor", name, "claim", "decide", *MARCH)


@pytest.mark.parametrize(("decider", "approver"), [("Carol Ng", "carol"), ("carol", "Carol Ng")])
def test_who_decided_approves_under_no_other_name(url: str, desk: Login, decider: str, approver: str) -> None:
    decide(desk, url, decider)
    words = ("--actor", approver, "voucher", "approve", *MARCH)
    error = desk.refused_at(as_login(url, "carol"), *words, status=1)
    assert error["code"] == "own_decision"
    assert f"{decider} made decision 1 of this claim, and is the same login as {approver}" in error["message"]


def test_a_name_that_was_taken_away_is_still_the_login_that_used_it(url: str, desk: Login) -> None:
    decide(desk, url, "Carol Ng")
    with psycopg.connect(url) as owner:
        owner.execute("DELETE FROM stored_events_actors")
    error = desk.refused_at(as_login(url, "carol"), "voucher", "approve", *MARCH, status=1)
    assert error["code"] == "own_decision"


def test_another_login_approves(url: str, desk: Login, dave: str) -> None:
    decide(desk, url, "Carol Ng")
    done = desk.run("voucher", "approve", *MARCH, env={"SLALEDGER_URL": as_login(url, dave)})
    assert (done.returncode, done.stderr) == (0, "")


def test_the_server_keeps_which_login_recorded_as_another(url: str, desk: Login, blank: str) -> None:
    decide(desk, url, "Carol Ng")
    with Ledger.open(as_login(url, "slaledger_auditor"), read_only=True) as ledger, ledger.reading() as log:
        last = log.position()
        assert log.recorded_through(range(1, last + 1)) == {last: "carol"}
    with psycopg.connect(as_login(url, "carol")) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("UPDATE stored_events_logins SET login = 'dave'")


def test_a_login_is_one_person_in_the_audit_of_duties(url: str, desk: Login, dave: str) -> None:
    decide(desk, url, "Carol Ng")
    desk.at(as_login(url, dave), "voucher", "approve", *MARCH)
    desk.at(as_login(url, "carol"), "voucher", "issue", *MARCH)
    done = desk.run("audit", "duties", "--format", "json", env={"SLALEDGER_URL": as_login(url, "slaledger_auditor")})
    assert done.returncode == 3, done.stderr
    (one,) = json.loads(done.stdout)["findings"]
    assert (one["person"], one["actors"], one["stages"]) == ("carol", ["Carol Ng", "carol"], ["decision", "issue"])
    assert one["approved_by"] == ["dave"]


def test_pages_name_the_login_behind_a_name(url: str, desk: Login) -> None:
    decide(desk, url, "Carol Ng")
    desk.at(as_login(url, "slaledger_auditor"), "dossier", *MARCH, "--html", "case.html")
    page = (desk.folder / "case.html").read_text()
    assert "Carol Ng (claimed through carol)" in page
    assert "slaledger_recorder (claimed" not in page
    assert "nothing proves them" not in page
    assert "needed an approval; set by slaledger_steward" in page


def test_an_award_that_no_other_login_could_approve_says_so(server: Server, url: str, desk: Login) -> None:
    done = desk.run("--actor", "Carol Ng", "claim", "decide", *MARCH, env={"SLALEDGER_URL": as_login(url, "carol")})
    assert "everybody who could give it has decided the claim" in done.stderr
    finance = as_login(url, "slaledger_finance")
    error = desk.refused_at(finance, "voucher", "issue", *MARCH, status=1)
    assert error["code"] == "approval_needed"
    assert "no login but that of Carol Ng may give it" in error["message"]
    assert [one["nobody_else"] for one in desk.at(finance, "worklist")["to_approve"]] == [True]
    server.owner.execute("CREATE ROLE erin LOGIN IN ROLE slaledger_approver")
    error = desk.refused_at(finance, "voucher", "issue", *MARCH, status=1)
    assert "may give it" not in error["message"]
    assert ["nobody_else" in one for one in desk.at(finance, "worklist")["to_approve"]] == [False]
    server.owner.execute("DROP ROLE erin")
