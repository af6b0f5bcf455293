"""Several processes on one ledger at once: what must happen once happens once; at worst one is told to try again.

Processes begin together, when all are ready (`forks`). Where one must be in the middle of its work while another does
its own, it is stopped there (`steering`), so that it is there on any machine.
"""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import SOAK, CommandLine
from forks import Gate
from steering import Steering
from stores import Store

MONTH = "2023-03"
CLAIMS = 40 if SOAK else 12
VOUCHERS = 4
AWARD = "113.00"
"""14 % of the service fee of 700.00 and 5 % of the call fee of 300.00."""

PROCESSES = [2, 4, 8] if SOAK else [4]
LINES_A_TURN = 20
MANY = {"sqlite": 4000, "postgres": 2000} if SOAK else {"sqlite": 200, "postgres": 200}
"""Lines of a batch: many turns at the lock."""

Done = subprocess.CompletedProcess[str]


def _account(number: int) -> list[dict[str, Any]]:
    account = f"{number:04d}"
    bill = {"command": "fees bill", "account": account, "product_fee": "1000.00", "call_fee": "300.00"}
    incident = f"INC-{number}"
    return [
        {"command": "account enroll", "account": account, "enrolled_at": "2020-01-01T00:00:00+08:00"},
        {
            "command": "incident open",
            "incident": incident,
            "account": account,
            "function": "inbound_routing",
            "started_at": "2023-03-03T10:00:00+08:00",
        },
        {"command": "incident close", "incident": incident, "ended_at": "2023-03-03T16:00:00+08:00"},
        bill | {"bill": f"B-{number}", "first_month": MONTH, "billed_at": "2023-04-01T00:00:00+08:00"},
        *(
            bill | {"bill": f"B-{number}-{later}", "first_month": later, "billed_at": "2026-11-01T00:00:00+08:00"}
            for later in ("2026-09", "2026-10")
        ),
        {"command": "claim file", "account": account, "month": MONTH, "filed_at": "2023-04-20T09:00:00+08:00"},
    ]


@pytest.fixture(scope="module")
def claimed(store: Store, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A ledger with many claims that wait."""
    folder = tmp_path_factory.mktemp("claimed")
    command_line = CommandLine(folder, store.blank(folder))
    done = command_line.batch(*(line for number in range(CLAIMS) for line in _account(number)))
    assert done.returncode == 0, done.stderr
    return command_line


@pytest.fixture(scope="module")
def decided(claimed: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The same with every claim decided, and a few vouchers issued."""
    command_line = claimed.copy(tmp_path_factory.mktemp("decided"))
    at = "2023-04-21T09:00:00+08:00"
    done = command_line.batch(
        {"command": "claim decide", "all": True, "month": MONTH, "decided_at": at},
        *(
            {"command": "voucher issue", "account": f"{number:04d}", "month": MONTH, "issued_at": at}
            for number in range(VOUCHERS)
        ),
    )
    assert done.returncode == 0, done.stderr
    return command_line


@pytest.fixture
def waiting(claimed: CommandLine, tmp_path: Path) -> CommandLine:
    return claimed.copy(tmp_path)


@pytest.fixture
def awarded(decided: CommandLine, tmp_path: Path) -> CommandLine:
    return decided.copy(tmp_path)


def at_once(command_line: CommandLine, *commands: Sequence[str]) -> list[Done]:
    """Run commands at the same time, each as a process of its own, and wait for all of them."""
    gate, turns = Gate(), Steering(LINES_A_TURN)
    running = [command_line.start(*words, gate=gate, steering=turns) for words in commands]
    gate.open()
    return [process.ended() for process in running]


def check_statuses(done: Sequence[Done], *expected: int) -> None:
    for process in done:
        assert process.returncode in expected, (process.returncode, process.stdout, process.stderr)
        assert "Traceback" not in process.stderr


def topics(command_line: CommandLine) -> Counter[str]:
    return Counter(topic for _, _, _, topic, _ in command_line.rows())


def events(command_line: CommandLine, topic: str) -> list[dict[str, Any]]:
    return [json.loads(state)["data"] for _, _, _, found, state in command_line.rows() if found == topic]


class Readers:
    """A thread that asks in processes of their own, once and until the block ends; what it saw is checked behind it."""

    def __init__(self, command_line: CommandLine, *questions: Sequence[str]) -> None:
        self.answers: list[tuple[Sequence[str], Done]] = []
        self._command_line = command_line
        self._questions = questions
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        over = False
        while not over:
            over = self._over.is_set()
            for question in self._questions:
                self.answers.append((question, self._command_line.start(*question).ended()))

    def __enter__(self) -> Readers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        assert self.answers
        for question, done in self.answers:
            assert done.returncode == 0, (question, done.returncode, done.stderr)
            assert isinstance(json.loads(done.stdout), list)


@pytest.mark.parametrize("processes", PROCESSES)
def test_the_months_run_by_several_at_once_decides_each_claim_once(waiting: CommandLine, processes: int) -> None:
    done = at_once(waiting, *[("claim", "decide", "--all", MONTH)] * processes)
    check_statuses(done, 0, 5)
    told = [
        line["account"] for process in done if process.returncode == 0 for line in json.loads(process.stdout)["done"]
    ]
    assert len(told) == len(set(told))
    waiting.ok("claim", "decide", "--all", MONTH)
    decisions = events(waiting, "claim.decided")
    assert sorted(event["account"] for event in decisions) == [f"{number:04d}" for number in range(CLAIMS)]
    assert {event["decision"]["outcome"] for event in decisions} == {"awarded"}
    if all(process.returncode == 0 for process in done):
        assert sorted(told) == sorted(event["account"] for event in decisions)


@pytest.mark.parametrize("processes", PROCESSES)
def test_the_months_run_by_several_at_once_issues_each_voucher_once(awarded: CommandLine, processes: int) -> None:
    done = at_once(awarded, *[("voucher", "issue", "--all", MONTH)] * processes)
    check_statuses(done, 0, 5)
    awarded.ok("voucher", "issue", "--all", MONTH)
    vouchers = awarded.ok("voucher", "list")
    assert [voucher["account"] for voucher in vouchers] == [f"{number:04d}" for number in range(CLAIMS)]
    assert {(voucher["issued"], voucher["balance"]) for voucher in vouchers} == {(AWARD, AWARD)}
    recorded = topics(awarded)
    assert (recorded["voucher.issued"], recorded["claim.paid"]) == (CLAIMS, CLAIMS)
    told = [json.loads(process.stdout) for process in done if process.returncode == 0]
    if len(told) == processes:
        assert sum(len(run["done"]) for run in told) == CLAIMS - VOUCHERS


def test_deciding_and_issuing_at_once_awards_nothing_twice(waiting: CommandLine) -> None:
    run = [("claim", "decide", "--all", MONTH), ("voucher", "issue", "--all", MONTH)]
    check_statuses(at_once(waiting, *run, *run), 0, 5)
    waiting.ok("claim", "decide", "--all", MONTH)
    waiting.ok("voucher", "issue", "--all", MONTH)
    recorded = topics(waiting)
    assert (recorded["claim.decided"], recorded["voucher.issued"], recorded["claim.paid"]) == (CLAIMS,) * 3


def test_who_reads_meanwhile_is_always_answered(waiting: CommandLine) -> None:
    waiting.ok("breaches", MONTH)
    with Readers(waiting, ("breaches", MONTH), ("voucher", "list"), ("claim", "list")) as readers:
        for verb in (("claim", "decide"), ("voucher", "issue")):
            check_statuses(at_once(waiting, *[(*verb, "--all", MONTH)] * 2), 0, 5)
    readers.check()
    assert all(len(json.loads(done.stdout)) == CLAIMS for words, done in readers.answers if words[0] != "voucher")
    counts = [len(json.loads(done.stdout)) for words, done in readers.answers if words == ("voucher", "list")]
    assert counts == sorted(counts)
    assert [len(waiting.ok("voucher", "list")), len(waiting.ok("breaches", MONTH))] == [CLAIMS, CLAIMS]


def test_the_first_readers_of_a_ledger_make_its_projections_at_once(awarded: CommandLine) -> None:
    words = (("breaches", MONTH), ("voucher", "list"), ("claim", "list"), ("worklist",))
    done = at_once(awarded, *words)
    check_statuses(done, 0)
    assert [len(json.loads(process.stdout)) for process in done[:3]] == [CLAIMS, VOUCHERS, CLAIMS]


def _redeem(number: int, bill: str, amount: str, voucher: int | None = None) -> tuple[str, ...]:
    of = number if voucher is None else voucher
    return (
        *("voucher", "redeem", f"V-{of:04d}-{MONTH}-1", "--account", f"{number:04d}"),
        *("--bill", f"B-{number}-{bill}", "--part", "service", "--amount", amount),
        *("--redeemed-at", "2026-11-02T00:00:00+08:00"),
    )


@pytest.mark.parametrize("number", range(VOUCHERS))
def test_two_who_redeem_more_than_a_voucher_has_at_once(awarded: CommandLine, number: int) -> None:
    """60.00 and 61.00 of 113.00: on two bills, or on one."""
    bills = ("2026-09", "2026-10") if number % 2 else ("2026-09", "2026-09")
    done = at_once(awarded, _redeem(number, bills[0], "60.00"), _redeem(number, bills[1], "61.00"))
    check_statuses(done, 0, 1, 5)
    assert [process.returncode for process in done].count(0) == 1
    refused = json.loads(next(process.stderr for process in done if process.returncode))["error"]
    assert refused["code"] in ("beyond_balance", "conflict", "locked")
    shown = awarded.ok("voucher", "show", f"V-{number:04d}-{MONTH}-1")
    redeemed = next(json.loads(process.stdout)["balance"] for process in done if process.returncode == 0)
    assert shown["balance"] == redeemed in ("53.00", "52.00")
    paid, redemptions = events(awarded, "fees.paid_by_voucher"), events(awarded, "voucher.redeemed")
    assert len(paid) == len(redemptions) == 1
    assert paid[0]["amount_fen"] == redemptions[0]["amount_fen"]


def test_the_same_redemption_by_four_at_once_is_one(awarded: CommandLine) -> None:
    done = at_once(awarded, *[_redeem(0, "2026-09", "20.00")] * 4)
    check_statuses(done, 0, 5)
    assert [json.loads(process.stdout)["noop"] for process in done if process.returncode == 0].count(False) == 1
    assert awarded.ok("voucher", "show", f"V-0000-{MONTH}-1")["balance"] == "93.00"


def test_a_redemption_and_a_cancellation_at_once_leave_no_fen_twice(awarded: CommandLine) -> None:
    for number in range(3):
        voucher = f"V-{number:04d}-{MONTH}-1"
        cancel = ("voucher", "cancel", voucher, "--reason", "issued in error")
        done = at_once(awarded, _redeem(number, "2026-09", "60.00"), cancel)
        check_statuses(done, 0, 1, 5)
        shown = awarded.ok("voucher", "show", voucher)
        if done[1].returncode == 0:
            assert shown["balance"] == "0.00"
        assert (shown["redeemed"], shown["cancelled"]) in {
            ("60.00", "53.00"),
            ("0.00", AWARD),
            ("60.00", "0.00"),
        }


@pytest.mark.parametrize("processes", PROCESSES)
def test_an_incident_id_opened_on_different_accounts_at_once_has_one_owner(
    waiting: CommandLine, processes: int
) -> None:
    at = "2023-05-01T00:00:00+08:00"
    words = [
        (
            *("incident", "open", "SAME", "--account", f"{number:04d}"),
            *("--function", "agent_calls", "--started-at", at),
        )
        for number in range(processes)
    ]
    done = at_once(waiting, *words)
    check_statuses(done, 0, 1, 5)
    statuses = [process.returncode for process in done]
    assert statuses.count(0) == 1
    losers = [json.loads(process.stderr)["error"]["code"] for process in done if process.returncode]
    assert set(losers) <= {"id_taken", "conflict", "locked"}
    owner = f"{statuses.index(0):04d}"
    opened = [event for event in events(waiting, "incident.opened") if event["incident"] == "SAME"]
    assert [event["account"] for event in opened] == [owner]
    reserved = [event for event in events(waiting, "id.reserved") if event["id"] == "SAME"]
    assert [event["owner"] for event in reserved] == [owner]


def test_two_claims_for_the_same_month_at_once_are_one(waiting: CommandLine) -> None:
    words = [("claim", "file", "0000", "2023-02", "--filed-at", f"2023-03-1{day}T09:00:00+08:00") for day in (3, 4)]
    done = at_once(waiting, *words)
    check_statuses(done, 0, 1, 5)
    assert [process.returncode for process in done].count(0) == 1
    assert len([event for event in events(waiting, "claim.filed") if event["month"] == "2023-02"]) == 1


@pytest.mark.parametrize("processes", PROCESSES)
def test_a_ledger_that_several_make_at_once_is_one(store: Store, tmp_path: Path, processes: int) -> None:
    for attempt in range(2):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        made = CommandLine(folder, store.empty(folder))
        done = at_once(made, *[("init",)] * processes)
        check_statuses(done, 0, 5)
        assert [process.returncode for process in done].count(0) >= 1
        assert made.ok("init")["noop"] is True
        recorded = topics(made)
        assert (recorded["ledger.created"], recorded["terms.published"]) == (1, 1)
        years = [event["year"] for event in events(made, "calendar.published")]
        assert len(years) == len(set(years)) > 5
        ids = {json.loads(process.stdout)["ledger"] for process in done if process.returncode == 0}
        assert ids == {events(made, "ledger.created")[0]["ledger"]}


def test_two_batches_at_once_take_turns_and_both_come_to_their_ends(store: Store, waiting: CommandLine) -> None:
    many = MANY[store.name]
    files = [_enrolling(waiting.folder / f"{name}.jsonl", name, many) for name in ("a", "b")]
    done = at_once(waiting, *(("batch", str(file)) for file in files))
    check_statuses(done, 0)
    assert [json.loads(process.stdout)["recorded"] for process in done] == [many, many]
    assert topics(waiting)["account.enrolled"] == CLAIMS + 2 * many


def _enrolling(file: Path, name: str, many: int) -> Path:
    """A file of so many lines that each enroll an account."""
    lines = [
        {"command": "account enroll", "account": f"{name}{number}", "enrolled_at": "2020-01-01T00:00:00+08:00"}
        for number in range(many)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


SINGLE = ("account", "enroll", "single", "--enrolled-at", "2020-01-01T00:00:00+08:00")


def test_a_single_command_and_a_batch_at_once(store: Store, waiting: CommandLine) -> None:
    file = _enrolling(waiting.folder / "long.jsonl", "a", MANY[store.name])
    done = at_once(waiting, ("batch", str(file)), SINGLE)
    check_statuses(done, 0)
    assert topics(waiting)["account.enrolled"] == CLAIMS + MANY[store.name] + 1


def test_a_single_command_gets_its_turn_between_two_of_a_batch(waiting: CommandLine) -> None:
    many = 2 * LINES_A_TURN + 1
    file = _enrolling(waiting.folder / "long.jsonl", "a", many)
    stops = Steering(LINES_A_TURN, "after the commit", 2, signal.SIGSTOP)
    running = waiting.start("batch", str(file), steering=stops)
    assert running.wait_for_stop()
    waiting.ok(*SINGLE)
    running.go_on()
    done = running.ended()
    check_statuses([done], 0)
    assert json.loads(done.stdout)["recorded"] == many
    enrolled = [event["account"] for event in events(waiting, "account.enrolled")][CLAIMS:]
    assert enrolled.index("single") == 2 * LINES_A_TURN


MIDDLES = ("between the events of a command", "after the note")
"""Where a batch that files and decides a claim holds the lock, with events that are not committed yet."""


@pytest.mark.parametrize("moment", MIDDLES)
def test_who_reads_while_another_is_in_the_middle_of_writing_sees_none_of_it(waiting: CommandLine, moment: str) -> None:
    waiting.ok("breaches", MONTH)
    file = waiting.folder / "decide.jsonl"
    file.write_text(json.dumps({"command": "claim decide", "account": "0000", "month": MONTH, "key": "one"}) + "\n")
    running = waiting.start("batch", str(file), steering=Steering(None, moment, 1, signal.SIGSTOP))
    assert running.wait_for_stop()
    assert {claim["status"] for claim in waiting.ok("claim", "list")} == {"filed"}
    assert len(waiting.ok("breaches", MONTH)) == CLAIMS
    assert topics(waiting)["claim.decided"] == 0
    running.go_on()
    check_statuses([running.ended()], 0)
    assert topics(waiting)["claim.decided"] == 1
    assert len([claim for claim in waiting.ok("claim", "list") if claim["status"] == "filed"]) == CLAIMS - 1


def test_who_waits_too_long_for_another_writer_is_told_to_try_again(awarded: CommandLine) -> None:
    impatient = {"SLALEDGER_LOCK_SECONDS": "1"}
    with awarded.opened() as writer, writer.writing():
        for words in (_redeem(0, "2026-09", "20.00"), ("voucher", "issue", "--all", MONTH)):
            done = awarded.run(*words, env=impatient)
            check_statuses([done], 5)
            assert json.loads(done.stderr)["error"]["code"] == "locked"
        assert len(awarded.ok("voucher", "list")) == VOUCHERS
    awarded.ok(*_redeem(0, "2026-09", "20.00"))


def _undoing(slaledger: CommandLine, times: int) -> Path:
    """A file that applies an exclusion and withdraws it, so many times."""
    lines = [{"command": "account enroll", "account": "A", "enrolled_at": "2025-01-01T00:00:00+08:00"}]
    opened = {"command": "incident open", "incident": "I", "account": "A", "function": "agent_calls"}
    lines.append({**opened, "started_at": "2025-03-01T00:00:00+08:00"})
    for number in range(1, times + 1):
        lines.append({"command": "exclusion apply", "incident": "I", "clause": "2.3(1)", "again": number > 1})
        withdrawn = {"command": "exclusion withdraw", "incident": "I", "exclusion": number, "reason": f"no. {number}"}
        lines.append(withdrawn)
    file = slaledger.folder / "file.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def _check_undone(slaledger: CommandLine, file: Path, times: int) -> None:
    assert slaledger.run("batch", str(file)).returncode == 0
    (incident,) = slaledger.ok("history", "A")["incidents"]
    assert [exclusion["status"] for exclusion in incident["exclusions"]] == ["withdrawn"] * times


def test_one_batch_file_run_by_two_processes_at_once_is_carried_out_once(store: Store, slaledger: CommandLine) -> None:
    """Whoever comes second goes on where the first had come to; the first then finds its place taken."""
    times = MANY[store.name] // 4
    file = _undoing(slaledger, times)
    check_statuses(at_once(slaledger, *[("batch", str(file))] * 2), 0, 5)
    _check_undone(slaledger, file, times)


def test_who_finds_that_another_run_of_the_file_went_on_stops(slaledger: CommandLine) -> None:
    times = 2 * LINES_A_TURN
    file = _undoing(slaledger, times)
    running = slaledger.start(
        "batch", str(file), steering=Steering(LINES_A_TURN, "after the commit", 2, signal.SIGSTOP)
    )
    assert running.wait_for_stop()
    other = slaledger.ok("batch", str(file))
    assert (other["done_before"], other["lines"]) == (2 * LINES_A_TURN, 2 + 2 * times)
    running.go_on()
    done = running.ended()
    check_statuses([done], 5)
    assert json.loads(done.stderr)["error"]["code"] == "batch_goes_on"
    _check_undone(slaledger, file, times)
