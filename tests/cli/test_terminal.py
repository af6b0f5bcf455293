"""What a person sees on a terminal: colour there and nowhere else, eighty columns, progress, small pictures."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest
from conftest import COMMAND, CommandLine

from cli.answers.availability import EpisodeShown
from cli.terminal.sparkline import bar, span_by_day, sparkline
from cli.terminal.values import ZonedInstant
from cli.terminal.widths import one_line
from domain.time import HOUR_US, SECOND_US, Instant, Seconds, month_span

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")


def on_a_terminal(slaledger: CommandLine, *words: str, columns: int = 80, **env: str) -> str:
    """What a command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    around = {name: value for name, value in slaledger.environment().items() if name not in ("COLUMNS", "NO_COLOR")}
    environment = {**around, "TERM": "xterm-256color", **env}
    with subprocess.Popen(
        [str(COMMAND), *words], cwd=slaledger.folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ):
        os.close(theirs)
        return _read(ours)


def _read(end: int) -> str:
    read = b""
    try:
        while chunk := os.read(end, 65536):
            read += chunk
    except OSError:  # the other end is closed: Linux says so by an error
        os.close(end)
    return read.decode()


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str]) -> CommandLine:
    """The demo's ledger."""
    return CommandLine(shown[0])


def test_colour_on_a_terminal_alone(demo: CommandLine) -> None:
    assert COLOUR.search(on_a_terminal(demo, "doctor"))
    assert "\x1b" not in demo.process("doctor", "--format", "table").stdout


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_it_is_not_wanted(demo: CommandLine, env: dict[str, str]) -> None:
    assert not COLOUR.search(on_a_terminal(demo, "doctor", **env))


@pytest.mark.parametrize(
    "words",
    [
        ("breaches", "2026-09"),
        ("availability", "1002", "2026-09"),
        ("claim", "list"),
        ("claim", "show", "1001", "2026-07"),
        ("claim", "explain", "1002", "2026-09"),
        ("claim", "explain", "1003", "2026-05", "--readings"),
        ("voucher", "list"),
        ("voucher", "show", "V-1003-2026-03-1"),
        ("worklist",),
        ("history", "1001"),
        ("terms", "list"),
        ("audit", "what-if", "--set", "timezone=UTC"),
        ("audit", "completeness"),
        ("audit", "duties"),
        ("doctor",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_fits_eighty_columns(demo: CommandLine, words: tuple[str, ...], lang: str) -> None:
    from rich.cells import cell_len

    printed = demo.run("--lang", lang, *words, "--format", "table").stdout
    assert printed
    assert [line for line in printed.splitlines() if cell_len(line) > 80] == []


def test_a_table_takes_the_terminal_that_there_is(demo: CommandLine) -> None:
    printed = on_a_terminal(demo, "claim", "list", columns=60, NO_COLOR="1")
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", printed).splitlines())) <= 60


def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe(demo: CommandLine, tmp_path: Path) -> None:
    """It goes to stderr, so that what is piped stays clean."""
    copy = demo.copy(tmp_path)
    assert re.search(r"\d+/\d+ events", re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal(copy, "rebuild")))
    assert copy.process("rebuild", "--format", "table").stderr == ""


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([0, 0], "··"),
        ([0, 1, 8], "·▁█"),
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([1, 10_000], "▁█"),
        ([7, 7], "██"),
    ],
)
def test_a_sparkline(values: list[int], drawn: str) -> None:
    assert sparkline(values) == drawn


@pytest.mark.parametrize(
    ("part", "whole", "drawn"),
    [(0, 5, ""), (5, 5, "████"), (1, 2, "██"), (1, 1_000_000, "▏"), (1, 8, "▌"), (9, 32, "█▏"), (0, 0, "")],
)
def test_a_bar_of_four(part: int, whole: int, drawn: str) -> None:
    assert bar(part, whole, 4) == drawn


def april(day: int, clock: str) -> int:
    return Instant.parse(f"2026-04-{day:02}T{clock}+08:00")


@pytest.mark.parametrize(
    ("spans", "days"),
    [
        ([], {}),
        ([(april(3, "10:00:00"), april(3, "11:00:00"))], {3: 3600}),
        ([(april(3, "23:00:00"), april(5, "01:00:00"))], {3: 3600, 4: 86400, 5: 3600}),
        ([(april(1, "00:00:00") - HOUR_US, april(1, "01:00:00"))], {1: 3600}),
        ([(april(30, "23:00:00"), april(30, "23:00:00") + 2 * HOUR_US)], {30: 3600}),
        (
            [
                (april(2, "01:00:00"), april(2, "02:00:00")),
                (april(2, "23:59:59"), april(3, "00:00:00")),
            ],
            {2: 3601},
        ),
    ],
)
def test_spans_by_day(spans: list[tuple[int, int]], days: dict[int, int]) -> None:
    found = span_by_day("2026-04", spans, "Asia/Shanghai")
    assert len(found) == 30
    assert {day: span // SECOND_US for day, span in enumerate(found, start=1) if span} == days


def test_days_are_those_of_the_zone() -> None:
    """The last Sunday of March has 23 hours in Berlin."""
    whole = month_span("2026-03", "Europe/Berlin")
    found = span_by_day("2026-03", [whole], "Europe/Berlin")
    assert (found[28], sum(found)) == (23 * HOUR_US, whole[1] - whole[0])


def test_an_open_outage_reaches_as_far_as_it_was_measured() -> None:
    start = ZonedInstant(april(30, "22:00:00"), "Asia/Shanghai")
    open_outage = EpisodeShown(
        start=start, end=None, seconds=Seconds(2 * HOUR_US), counted_seconds=Seconds(0), incidents=("INC-1",)
    )
    assert open_outage.span == (start, start + 2 * HOUR_US)


@pytest.mark.parametrize("columns", [80, 40])
def test_a_refusal_fits_the_terminal(columns: int, tmp_path: Path) -> None:
    ledger = CommandLine(tmp_path)
    ledger.ok("init")
    ledger.ok("account", "enroll", "1001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    words = ("account", "restage", "1001", "--stage", "public_beta", "--changed-at", "2025-01-01T00:00:00+08:00")
    shown = on_a_terminal(ledger, *words, columns=columns).replace("\r\n", "\n")
    assert max(map(len, shown.splitlines())) <= columns
    first, *rest = shown.splitlines()
    assert first.startswith("slaledger: account 1001 was enrolled")
    assert all(line.startswith("  ") for line in rest)
    assert " ".join(shown.split()) == " ".join(ledger.process(*words, "--format", "table").stderr.split())


def test_elsewhere_a_refusal_is_a_line_and_its_hint_another(tmp_path: Path) -> None:
    told = CommandLine(tmp_path).process("worklist", "--format", "table").stderr
    assert re.fullmatch(r"slaledger: there is no ledger at .*\n  what to do: `slaledger init` makes one\n", told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("evil\x1b[31m\x07 red", "evil\ufffd[31m\ufffd red"),
        ("two\nlines\n", "two lines"),
        ("\u202eback\x9b2J", "\ufffdback\ufffd2J"),
        ("　名称\tü\u00a0", "　名称\tü"),
    ],
)
def test_what_a_foreign_file_says_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_names_in_a_foreign_file_are_shown_on_one_line(slaledger: CommandLine) -> None:
    update = {"status": "resolved", "display_at": "2026-03-03T10:00:00Z", "affected_components": None}
    told = {"id": "i1", "name": "evil\x1b[2J\nslaledger: note: all is well", "status": "resolved", "impact": "minor"}
    told |= {"created_at": "2026-03-03T10:00:00Z", "incident_updates": [update]}
    (slaledger.folder / "page.json").write_text(json.dumps({"page": {"id": "pg"}, "incidents": [told]}))
    words = ("page.json", "--all-accounts", "--map", "Phone=agent_calls", "--format", "table")
    said = slaledger.run("import", "statuspage", *words).stderr
    assert said.splitlines()[0].startswith("slaledger: page.json: $.incidents[0]: i1 (evil\ufffd[2J slaledger: note: ")
    assert "\x1b" not in said
