"""Nothing that a command prints steers a terminal, turns the direction of writing, or shows a password."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from conftest import CommandLine
from fuzzing import STEERING
from stores import SqliteStore

from cli.terminal.widths import escaped, harmless

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
EVIL = f"a{STEERING.replace('[31m', ']0;owned')}b"
_BILLED = {"first_month": "2026-07", "months": 1, "billed_at": 1, "product_fee_fen": 1, "call_fee_fen": 0}
EVENTS = {
    ("1001/bill/EVIL", "fees.billed"): {"bill": "EVIL", "account": "1001", **_BILLED},
    ("1005/claim/2026-09", "claim.disputed"): {
        "account": "1005",
        "month": "2026-09",
        "disputed_at": 1_795_226_400_000_000,
        "grounds": EVIL,
    },
    ("1001/bill/NEW", "fees.forgiven"): {"bill": EVIL},
}
"""What somebody appends to a log, with such characters in every text."""
LINES = (
    *("history 1001", "history 1001 --month 2026-07", "claim explain 1001 2026-07", "worklist", "voucher list"),
    *("report 2026-07", "audit verify", "audit completeness", "export events", "export ics", "doctor", "terms list"),
    *("batch evil.jsonl", "batch evil.csv --command claim\tfile", "terms check evil.toml", "verify-dossier evil.jsonl"),
    *("import statuspage evil.jsonl --all-accounts --map a=agent_calls", "audit consistency 1 evil.jsonl"),
    *(f"claim show {EVIL} 2026-07".replace("\0", ""), f"history 1001 --{EVIL}".replace("\0", ""), "audit prove 1"),
)


@pytest.fixture(scope="module", params=EVENTS, ids=lambda key: key[1])
def forged(
    request: pytest.FixtureRequest,
    shown: tuple[Path, str],
    sqlite_store: SqliteStore,
    tmp_path_factory: pytest.TempPathFactory,
) -> CommandLine:
    folder = tmp_path_factory.mktemp("forged")
    made = CommandLine(folder, sqlite_store.taken_over(shown[0] / "slaledger.db", folder))
    (stream, topic), data = request.param, EVENTS[request.param]
    state = {"recorded_at": 1_795_226_400_000_000, "actor": EVIL, "data": data, "reason": EVIL}
    made.insert(stream, topic, json.dumps(state, ensure_ascii=False).encode())
    line = json.dumps({"command": EVIL, "page": EVIL, EVIL: EVIL}, ensure_ascii=False)
    for name, text in (("evil.jsonl", line), ("evil.csv", f"account,{EVIL}\n1,{EVIL}\n"), ("evil.toml", f"a = {EVIL}")):
        (folder / name).write_text(f"{text}\n", "utf-8")
    return made


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:20].encode("ascii", "ignore").decode())
def test_no_output_steers_a_terminal(forged: CommandLine, line: str) -> None:
    words = [word.replace("\t", " ") for word in line.split(" ")]
    formats = [["--format", name] for name in ("table", "json", "csv")] if words[0] != "export" else [[]]
    for given in (*formats, []):
        for is_terminal in (True, False):
            if words[0] == "export" and not is_terminal:
                continue  # a file for other tools, to the byte
            done = forged.run("--lang", "zh", *words, *given, terminal=is_terminal)
            for text in (done.stdout, done.stderr):
                plain = COLOUR.sub("", text) if is_terminal else text
                assert harmless(plain) == plain, (words, given, done)


def test_json_means_the_same_with_escapes(slaledger_file: CommandLine) -> None:
    asked = EVIL.replace("\0", "")
    told = slaledger_file.run("claim", "show", asked, "2026-07").stderr
    assert json.loads(told)["error"]["message"] == f"account {asked} was never enrolled"
    assert json.loads(escaped(json.dumps(EVIL, ensure_ascii=False))) == EVIL
    assert escaped("\U000e0041") == "\\udb40\\udc41"


def test_every_character_that_unicode_calls_control_or_format_is_replaced() -> None:
    kept = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and harmless(f"{character}\n") != "\ufffd\n"
    ]
    assert kept == ["\t", "\n"]
    assert harmless("通话费 100%，é 😀\u3000\xa0") == "通话费 100%，é 😀\u3000\xa0"


SECRET = "hunter2"
URLS = (
    *(f"postgresql://u:{SECRET}@localhost:1/x", f"postgresql://u:{SECRET}@[::1/x", f"mysql://u:{SECRET}@h/d"),
    *(f"postgresql://localhost:1/x?password={SECRET}", f"POSTGRES://u:{SECRET}@h", f"https://u:{SECRET}@h/{SECRET}@x"),
)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize(
    "line", ["claim show {} 2026-07", "--actor {} worklist", "terms check {}", "{}", "worklist --known-at {}"]
)
def test_no_message_shows_the_password_of_a_url_wherever_it_was_given(url: str, line: str, tmp_path: Path) -> None:
    for format_ in ("table", "json"):
        done = CommandLine(tmp_path).run(*line.format(url).split(), "--format", format_)
        assert done.returncode in (1, 2)
        assert SECRET not in done.stderr


def test_no_message_about_a_file_shows_the_password_of_a_url_in_it(slaledger_file: CommandLine) -> None:
    (slaledger_file.folder / "b.jsonl").write_text(json.dumps({"command": f"postgresql://u:{SECRET}@h/d"}) + "\n")
    done = slaledger_file.run("batch", "b.jsonl")
    assert (done.returncode, SECRET in done.stderr, "postgresql://u:***@h/d" in done.stderr) == (2, False, True)


@pytest.fixture
def slaledger_file(sqlite_store: SqliteStore, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, sqlite_store.blank(tmp_path))


FULL = (
    "terms list --format table",
    "terms list --format json",
    "terms list --format csv",
    "--help",
    "audit checkpoint",
)


@pytest.mark.parametrize(
    "line", [*FULL, "audit checkpoint", "doctor --format table", "account enroll 1 --enrolled-at 2026-01-01T00:00:00Z"]
)
def test_a_full_disk_under_standard_output_is_told(slaledger_file: CommandLine, line: str) -> None:
    done = slaledger_file.start(*line.split(), stdout=Path("/dev/full")).ended()
    assert done.returncode == 2, done.stderr
    assert "standard output cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
