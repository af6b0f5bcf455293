"""The demo runs, and its ledger says what was worked out by hand from the files in `examples/`."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, CommandLine
from demonstration import demonstration

EXAMPLES = ROOT / "examples"
COMMANDS: list[list[str]] = [
    demonstration.words_of(command) for part in demonstration.parts() for command in part.commands
]
"""The words of every command of the demo, in order."""
TIMED = [(words[1], words[2:]) for words in COMMANDS if words[0] == "--now"]
"""Those that record something, with the times at which they are given."""
CLAIMS = [
    ("1001", "2025-08", "settled", "awarded", "155.60"),
    ("1001", "2026-01", "settled", "awarded", "183.08"),
    ("1001", "2026-07", "settled", "awarded", "367.92"),
    ("1001", "2026-09", "settled", "awarded", "183.61"),
    ("1002", "2025-11", "settled", "awarded", "379.08"),
    ("1002", "2026-01", "settled", "awarded", "355.10"),
    ("1002", "2026-09", "settled", "awarded", "376.72"),
    ("1003", "2026-03", "settled", "awarded", "73.32"),
    ("1003", "2026-04", "settled", "awarded", "72.93"),
    ("1003", "2026-05", "settled", "awarded", "72.15"),
    ("1003", "2026-09", "settled", "awarded", "72.80"),
    ("1004", "2025-09", "settled", "awarded", "839.80"),
    ("1004", "2026-02", "refused", "too_late", "0.00"),
    ("1004", "2026-08", "disputed", "awarded", "843.03"),
    ("1005", "2025-11", "withdrawn", None, "0.00"),
    ("1005", "2025-12", "settled", "awarded", "116.82"),
    ("1005", "2026-05", "not_awarded", "commitment_met", "0.00"),
    ("1005", "2026-06", "not_awarded", "commitment_met", "0.00"),
    ("1005", "2026-09", "filed", None, "0.00"),
    ("1006", "2025-12", "not_awarded", "nothing_to_credit", "0.00"),
    ("1006", "2026-09", "awarded", "awarded", "86.26"),
    ("1007", "2026-06", "awarded", "awarded", "231.63"),
    ("1008", "2025-10", "settled", "awarded", "3115.95"),
    ("1008", "2026-09", "refused", "too_early", "0.00"),
    ("1009", "2026-03", "not_awarded", "not_covered", "0.00"),
    ("1009", "2026-06", "settled", "awarded", "34.30"),
    ("1009", "2026-09", "settled", "awarded", "64.51"),
]
UNAVAILABLE = {
    "two functions down at once count once: 09:04 to 10:52": ("1002", "2025-11", 6480),
    "one page's component down twice: 40 min and 70 min": ("1004", "2025-09", 6600),
    "an incident of a region: two hours": ("1005", "2025-12", 7200),
    "not for those of another region": ("1002", "2025-12", 0),
    "over a month's end, 22:24 to 24:00": ("1003", "2026-04", 5760),
    "over a month's end, 00:00 to 01:48; the maintenance excluded": ("1003", "2026-05", 6480),
    "announced maintenance, wholly excluded": ("1005", "2026-05", 0),
    "slow is not down": ("1004", "2026-06", 0),
    "exactly 99.8 %": ("1005", "2026-06", 5184),
    "beta until midnight: two hours of four": ("1009", "2026-06", 7200),
    "a corrected end: 09:00 to 11:00": ("1007", "2026-06", 7200),
    "an exclusion withdrawn: 09:00 to 17:30": ("1001", "2026-07", 30600),
    "three hours, no flap of 100 s, 70 min of a cut outage": ("1002", "2026-09", 15000),
    "after its closure": ("1007", "2026-09", 0),
    "a false alarm": ("1006", "2026-02", 0),
}


@pytest.fixture
def demo(shown: tuple[Path, str], tmp_path: Path) -> CommandLine:
    """The command line on a copy of the demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path / "copy")))


def only(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[column] for column in columns) for row in rows)


def test_it_shows_its_commands_and_how_to_go_on(shown: tuple[Path, str]) -> None:
    folder, said = shown
    for part in demonstration.parts():
        if part.month is None:
            assert f"\n\n{part.headline}\n\n$ slaledger {part.commands[0]}\n" in said
        else:
            assert f"\n{part.month}  {len(part.commands):2} commands  {part.headline}\n" in said
    assert all(len(line) <= 80 for part in demonstration.parts() for line in part.headline.splitlines())
    assert f"SLALEDGER_URL=sqlite:///{folder}/slaledger.db" in said


def test_every_claim_has_the_outcome_and_the_amount_worked_out_by_hand(demo: CommandLine) -> None:
    rows = demo.ok("claim", "list")
    assert only([{**row, "outcome": row["outcome"] or ""} for row in rows], *CLAIM_COLUMNS) == [
        (account, month, status, outcome or "", awarded) for account, month, status, outcome, awarded in CLAIMS
    ]
    assert {row["outcome"] for row in rows} == OUTCOMES | {None}
    assert {row["status"] for row in rows} == STATUSES


CLAIM_COLUMNS = ("account", "month", "status", "outcome", "awarded")
OUTCOMES = {"awarded", "commitment_met", "nothing_to_credit", "too_early", "too_late", "not_covered"}
STATUSES = {"filed", "withdrawn", "refused", "awarded", "not_awarded", "disputed", "settled"}


@pytest.mark.parametrize(("account", "month", "seconds"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_a_month_is_unavailable_for_so_many_seconds(demo: CommandLine, account: str, month: str, seconds: int) -> None:
    assert demo.ok("availability", account, month)["unavailable_seconds"] == seconds


def test_the_platform_outage_touches_everybody_who_was_covered(demo: CommandLine) -> None:
    assert only(demo.ok("breaches", "2026-09"), "account", "credit") == [
        ("1001", "183.61"),
        ("1002", "376.72"),
        ("1003", "72.80"),
        ("1004", "836.04"),
        ("1005", "116.75"),
        ("1006", "86.26"),
        ("1008", "458.18"),
        ("1009", "64.51"),
    ]


def test_a_payment_of_1000_yuan_for_three_months_gives_the_odd_fen_to_the_first(demo: CommandLine) -> None:
    nets = [base_of(demo, "1003", month, "service")["net"] for month in ("2026-03", "2026-04", "2026-05")]
    assert nets == ["333.34", "333.33", "333.33"]


def base_of(demo: CommandLine, account: str, month: str, part: str) -> dict[str, str]:
    base: dict[str, str] = demo.ok("claim", "show", account, month)["decisions"][-1]["bases"][part]
    return base


def test_the_announced_maintenance_is_excluded(demo: CommandLine) -> None:
    incidents = demo.ok("history", "1005")["incidents"]
    assert [
        (exclusion["clause"], exclusion["notified_at"], exclusion["status"])
        for incident in incidents
        for exclusion in incident["exclusions"]
    ] == [("2.3(5)", "2026-05-08T15:00:00+08:00", "stands")]


def test_a_redeemed_voucher_lowers_the_base_of_a_later_month(demo: CommandLine) -> None:
    service = base_of(demo, "1002", "2026-01", "service")
    assert (service["product_fee"], service["voucher_offset"], service["net"]) == ("3229.90", "160.00", "2240.00")
    call = base_of(demo, "1002", "2026-09", "call")
    assert (call["call_fee"], call["voucher_offset"], call["net"]) == ("864.30", "50.00", "814.30")


def test_coupons_and_stored_value_cards_lower_no_base_and_vouchers_on_the_bill_do(demo: CommandLine) -> None:
    offsets = [("1005", "2025-12", "service"), ("1004", "2025-09", "service"), ("1001", "2025-08", "service")]
    bases = [base_of(demo, *of) for of in offsets]
    assert [(base["voucher_offset"], base["net"]) for base in bases] == [
        ("0.00", "800.00"),
        ("0.00", "5200.00"),
        ("200.00", "1004.25"),
    ]


def test_the_dispute_gives_a_second_voucher_for_the_difference(demo: CommandLine) -> None:
    claim = demo.ok("claim", "show", "1001", "2026-07")
    assert [made["credit"]["total"] for made in claim["decisions"]] == ["183.97", "367.92"]
    assert [made["availability"]["tier"] for made in claim["decisions"]] == [1, 2]
    assert claim["vouchers"] == ["V-1001-2026-07-1", "V-1001-2026-07-2"]
    assert [demo.ok("voucher", "show", voucher)["issued"] for voucher in claim["vouchers"]] == ["183.97", "183.95"]


def test_a_claim_refused_as_too_early_was_filed_again(demo: CommandLine) -> None:
    decisions = demo.ok("claim", "show", "1007", "2026-06")["decisions"]
    assert [made["outcome"] for made in decisions] == ["too_early", "awarded"]


def test_vouchers_have_the_balances_worked_out_by_hand(demo: CommandLine) -> None:
    rows = only(demo.ok("voucher", "list"), "voucher", "redeemed", "cancelled", "balance")
    assert len(rows) == 19
    assert [row for row in rows if row[1:3] != ("0.00", "0.00")] == [
        ("V-1001-2025-08-1", "155.60", "0.00", "0.00"),
        ("V-1002-2025-11-1", "160.00", "0.00", "219.08"),
        ("V-1002-2026-01-1", "50.00", "0.00", "305.10"),
        ("V-1003-2026-03-1", "40.00", "0.00", "33.32"),
        ("V-1007-2026-06-1", "0.00", "231.63", "0.00"),
        ("V-1008-2025-10-1", "2000.00", "0.00", "1115.95"),
    ]


def test_something_waits_to_be_decided_and_issued(demo: CommandLine) -> None:
    work = demo.ok("worklist")
    assert only(work["to_decide"], "account", "month") == [("1005", "2026-09")]
    given_up = ("1007", "2026-06", "231.63")
    assert only(work["to_issue"], "account", "month", "amount") == [("1006", "2026-09", "86.26"), given_up]
    assert [row["account"] for row in work["to_issue"] if row.get("cancelled_since")] == ["1007"]


def test_each_command_is_recorded_at_the_time_that_it_tells_of(demo: CommandLine) -> None:
    recorded = {event["recorded_at"] for event in demo.ok("log", "--limit", "1000")}
    assert recorded == {now for now, _ in TIMED}
    assert len(recorded) > 100
    assert demo.ok("status")["demo"] is True


KNOWN = {
    "of the platform's outage nobody knew before the page was read": ("1005", "2026-09", "2026-09-10T09:00", 0),
    "then everybody did": ("1005", "2026-09", "2026-09-10T10:00", 10800),
    "an open outage counts until then: 08:55 to 10:00": ("1006", "2026-02", "2026-02-03T10:00", 3900),
    "until it was a false alarm": ("1006", "2026-02", "2026-02-03T12:00", 0),
    "a wrong end: 09:00 to 10:20": ("1007", "2026-06", "2026-07-03T14:00", 4800),
    "before the carrier's notice": ("1001", "2026-07", "2026-07-22T00:00", 30600),
    "when the first decision was made": ("1001", "2026-07", "2026-08-13T10:00", 9000),
    "before the customer's firewall came to light": ("1002", "2026-09", "2026-09-23T00:00", 19800),
}


@pytest.mark.parametrize(("account", "month", "at", "seconds"), KNOWN.values(), ids=KNOWN)
def test_who_knew_what_when(demo: CommandLine, account: str, month: str, at: str, seconds: int) -> None:
    known = demo.ok("availability", account, month, "--known-at", f"{at}:00+08:00")
    assert known["unavailable_seconds"] == seconds


def test_every_command_again_records_nothing(demo: CommandLine) -> None:
    """But for the month's runs, which do what waits. What was undone since is refused, and an older page."""
    before = demo.ok("status")["position"]
    (demo.folder / "examples").symlink_to(EXAMPLES)
    refused = {}
    for words in [words for _, words in TIMED if "--all" not in words]:
        done = demo.run(*words, "--format", "json")
        if done.returncode:
            refused[" ".join(words[:3])] = _codes(done.stdout, done.stderr)
    assert demo.ok("status")["position"] == before
    assert refused == {"incident open INC-2602-01": {"undone"}} | {
        f"import statuspage examples/status-pages/{page}.json": {"older_file"} for page in OLDER
    }


def _codes(*printed: str) -> set[str]:
    """The codes of what was refused, in an answer or as an error."""
    return set(re.findall(r'"code": ?"(\w+)"', "".join(printed)))


OLDER = ("1004-2025-09-11", *(f"platform-{day}" for day in ("2025-11-13", "2026-01-21", "2026-03-18", "2026-05-18")))
"""The pages after which the ledger took a later one."""


def test_every_file_of_the_demo_is_read() -> None:
    read = {word for words in COMMANDS for word in words if word.startswith("examples/")}
    own = (EXAMPLES / "bills", EXAMPLES / "status-pages", EXAMPLES)
    files = {path.relative_to(ROOT).as_posix() for folder in own for path in folder.iterdir() if path.is_file()}
    assert files - read == {"examples/demo.py", "examples/fourteen-months.sh"}


def test_the_script_has_nothing_that_is_not_run() -> None:
    text = (ROOT / demonstration.SCRIPT).read_text("utf-8")
    told = "".join(f"slaledger {command}\n" for part in demonstration.parts() for command in part.commands)
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == told.splitlines()


GO_ON = re.findall(r"^slaledger (.*)$", demonstration.GO_ON, re.MULTILINE)


@pytest.mark.parametrize("line", GO_ON)
def test_the_ways_to_go_on_work(demo: CommandLine, line: str) -> None:
    assert demo.run(*shlex.split(line, comments=True)).returncode == 0


def test_a_rebuild_changes_no_answer(demo: CommandLine) -> None:
    def answers() -> list[Any]:
        return [demo.ok("breaches", "2026-09"), demo.ok("claim", "list"), demo.ok("voucher", "list")]

    before = answers()
    demo.ok("rebuild")
    assert answers() == before


def test_it_stops_at_a_command_that_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", [])
    with pytest.raises(SystemExit) as left:
        demonstration.Demo(tmp_path).run("claim show 1001 2026-07")
    said = capsys.readouterr()
    assert left.value.code == 2
    assert "there is no ledger at" in said.out
    assert "left with status 2" in said.err
