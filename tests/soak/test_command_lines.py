"""Command lines made at random from the command tree: each ends with one of six exit statuses, and says why.

Arguments are good and bad, in both languages and all formats. `SLALEDGER_SOAK=1` tries 10,000 of them.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random

import click
import pytest
from bill_files import Line, bss_json
from conftest import ROOT, SOAK, CommandLine
from fuzzing import HUGE, STEERING, dice, mutated
from soaking import seed
from stores import SqliteStore

from cli.main import cli
from cli.terminal.widths import harmless

CHUNKS, EACH = (100, 100) if SOAK else (2, 40)
MOST_SECONDS = 20
SECRET = "hunter2"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
Record = Callable[[str, object], None]


def at(text: str) -> str:
    return f"{text}T10:00:00+08:00"


IDS = {
    "account": ("1001", "1002", "1004", "1005", "9999"),
    "incident": ("INC-1001-1", "INC-9", "kctb"),
    "bill": ("aliyun:1002:2026-09", "B-1", "B-9"),
    "voucher": ("V-1001-2026-07-1", "V-1001-2026-09-1", "V-9"),
}
MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2027-01", "2018-07")
INSTANTS = (at("2026-07-03"), at("2026-09-09"), at("2026-11-20"), "2026-10-10T00:00:00Z", at("2030-01-01"))
AMOUNTS = ("0.00", "1.00", "50.00", "1000", "99999999.99")
GOOD: dict[str, tuple[str, ...]] = {
    "month": MONTHS,
    "first_month": MONTHS,
    "first": MONTHS,
    "last": MONTHS,
    "year": ("2018", "2026", "2027"),
    "months": ("1", "3", "120"),
    "number": ("1", "2"),
    "exclusion": ("1", "2"),
    "redemption": ("1", "2"),
    "at_position": ("1", "100", "400", "468", "10000"),
    "clause": ("2.3(1)", "2.3(5)", "2.3(11)"),
    "function": ("agent_sign_in", "agent_calls", "inbound_routing"),
    "region": ("cn-shanghai", "cn-hangzhou"),
    "regions": ("cn-shanghai", "cn-hangzhou"),
    "evidence": (f"a.pdf={'0' * 64}", f"a.pdf={'0' * 64}@https://example.org/a"),
    "version": ("2018-08-01", "2026-10-01", "aliyun-ccc"),
    "event": ("1", "468", "1001/account@1"),
    "with_": ("batch.jsonl",),
    "settings": ("minimum_kind=deductible", "rounding=total"),
    "mapping": ("alertname=RoutingDown=inbound_routing", "Agent calls=agent_calls"),
    "gone": ("INC-9=kept", "INC-9=withdrawn", f"INC-9={at('2026-11-01')}"),
    "words": ("claim file", "incident open"),
    "name": ("desk", "Cloud 云"),
    "offset_explained_by": ("1", "none"),
    "approval_above": ("100.00", "none"),
    "uncertainty_seconds": ("15", "0.5"),
    "threshold": ("0.95", "1"),
    "step": ("15s", "1m"),
    "zone": ("Asia/Shanghai", "UTC"),
    "schema": ("public", "ledger"),
    "key": ("k-1", "k-2", "k-3"),
    "lang": ("en", "zh"),
    "old": ("5", "checkpoint.txt"),
    "new": ("10", "checkpoint.txt"),
    "voucher_id": IDS["voucher"],
    "accounts": IDS["account"],
    **IDS,
}
FILES = ("file", "files", "html", "config", "document", "against", "kept", "key_file", "diff")
"""Parameters that name a file; `diff` is an instant."""
NAMES = ("new.out", "new.csv", "new.html", "-", "missing", "/dev/null", "slaledger.db-wal", "slaledger.db.views.db")
BAD = (
    *("", " ", "x", "-", "--", "-1", "0", "1e9", "0.001", "٣", "2026-13", "9999-12", "0000-01", "0001-01", "None"),
    *("2026-03-03T10:00:00", "9999-12-31T23:59:59+08:00", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "24:00"),
    *(
        "{",
        "{}",
        "[1]",
        "'",
        '"',
        "%s",
        "%(x)s",
        "{0}",
        "{account}",
        "../../etc/passwd",
        "a/b",
        "~/ledger",
        "\\",
        "=",
        "@",
    ),
    *("n" * 300, "n" * 70_000, HUGE, "9" * 30, f"1001/{'n' * 300}@1", f"1@{HUGE}", "é", "中文", "😀", "a\nb", "a\tb"),
    *(
        STEERING.replace("\0", "").replace("[31m", "[2J"),
        "\x1b]0;x",
        "\u202e",
        "\u200b",
        "\udcff",
        "=cmd()",
        "💥" * 100,
    ),
    *(f"postgresql://u:{SECRET}@localhost:1/x", f"postgresql://u:{SECRET}@[::1/x", "2.3(99)", "2018-08-02"),
)
LEDGERS = (
    *("missing.db", ".", "case.json", "backup.db", "slaledger.db.views.db", "", "sqlite://x", "sqlite:///", "\x1b[2J"),
    *("n" * 300, "mysql://u@h/d", "file:///x", "a\nb", "\u202e.db", "sqlite:///:memory:", "/dev/null", "a\udcffb"),
    *(f"postgresql://u:{SECRET}@{host}" for host in ("localhost:1/x", "[::1/x", "localhost:99999/x", "%zz/x", "h:x/y")),
    *(f"postgresql://localhost:1/x?password={SECRET}", f"postgres://u:{SECRET}@", f"mysql://u:{SECRET}@h/d"),
    *(f"POSTGRESQL://u:{SECRET}@h/d", f"postgresql:/u:{SECRET}@h/d", f"http://u:{SECRET}@h/d"),
)


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger in a folder with a file of each kind, each also mutated."""
    folder = tmp_path_factory.mktemp("command-lines")
    made = CommandLine(folder, sqlite_store.taken_over(shown[0] / "slaledger.db", folder))
    for words in (
        *("export events -o events.jsonl", "dossier 1001 2026-07 -o case.json", "keygen desk -o desk.key"),
        *("backup backup.db", "export claims -o claims.csv"),
    ):
        assert made.run(*words.split()).returncode == 0, words
    (folder / "checkpoint.txt").write_text(made.run("audit", "checkpoint").stdout)
    (folder / "bss.json").write_bytes(bss_json(Line("1001")))
    (folder / "batch.jsonl").write_text('{"command": "claim decide", "account": "1005", "month": "2026-09"}\n')
    for path in (*(ROOT / "examples" / "imports").glob("*.*"), *(ROOT / "ledger" / "agreements").glob("aliyun*.toml")):
        (folder / path.name).write_bytes(path.read_bytes())
    thrown = dice("files beside")
    for path in sorted(each for each in folder.iterdir() if each.is_file() and each != made.ledger):
        (folder / f"bad-{path.name}").write_bytes(mutated(path.read_bytes(), thrown))
    return made


@cache
def commands() -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command, with its words."""
    return sorted(_leaves(cli, ()), key=lambda one: one[0])


def _leaves(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _leaves(found, (*words, name))
    if words and (not isinstance(command, click.Group) or command.invoke_without_command):
        yield words, command


LEFT_OUT = {"processes", "address"}
"""Options by which other processes are started."""


def made_words(thrown: Random, files: list[str]) -> list[str]:
    """A command line."""
    path, command = thrown.choice(commands())
    before = [] if thrown.random() < 0.5 else ["--lang", thrown.choice(("zh", "zh", "en"))]
    if thrown.random() < 0.1:
        before += ["--actor", thrown.choice(("checker", "clerk", *BAD))]
    if thrown.random() < 0.08:
        before += ["--ledger", thrown.choice(LEDGERS)]
    given: list[str] = []
    for param in command.params:
        given += _given(param, thrown, files)
    words = [*before, *path, *given]
    if thrown.random() < 0.1:
        at_ = thrown.randrange(len(words) + 1)
        words[at_:at_] = thrown.choice(([thrown.choice(BAD)], ["--help"], words[at_ : at_ + 1], ["--unknown"]))
    if thrown.random() < 0.05:
        del words[thrown.randrange(len(words))]
    if not {"xlsx", "parquet"}.isdisjoint(words):
        words += ["-o", f"new.{thrown.random()}"]  # no text
    return [word.replace("\0", "") for word in words]


def _given(param: click.Parameter, thrown: Random, files: list[str]) -> list[str]:
    if param.name in LEFT_OUT:
        return []
    is_option = isinstance(param, click.Option)
    likely = 0.95 if param.required or not is_option else 0.3
    if thrown.random() > likely:
        return []
    if isinstance(param, click.Option) and param.is_flag:
        return [thrown.choice(param.opts + param.secondary_opts)]
    times = thrown.choice((1, 1, 2)) if param.multiple or param.nargs == -1 else 1
    given: list[str] = []
    for _ in range(times):
        value = _value(param, thrown, files)
        given += [thrown.choice(param.opts), value] if is_option else [value]
    return given


def _value(param: click.Parameter, thrown: Random, files: list[str]) -> str:
    if thrown.random() < 0.15:
        return thrown.choice(BAD)
    name = param.name or ""
    if isinstance(param.type, click.Choice):
        return str(thrown.choice(param.type.choices))
    if name in FILES:
        return thrown.choice(
            (*files, "new.out", "new.csv", "new.html", "-", "missing", "/dev/null", "slaledger.db-wal")
        )
    if name.endswith("_at") or name in ("from_", "to", "as_of", "since", "until", "announced_from", "announced_to"):
        return thrown.choice(INSTANTS)
    if name.endswith(("fee", "amount", "_voucher")):
        return thrown.choice(AMOUNTS)
    return thrown.choice(GOOD.get(name, ("r", "由于网络", *IDS["account"])))


def events(file: Path) -> int:
    """How many events a ledger has."""
    with closing(sqlite3.connect(file)) as raw:
        found: int = raw.execute("SELECT COUNT(*) FROM stored_events").fetchone()[0]
        return found


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_command_line_ends_as_it_should(
    demo: CommandLine, tmp_path: Path, chunk: int, record_property: Record
) -> None:
    for path in demo.folder.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    slaledger = CommandLine(tmp_path)
    files = sorted(path.name for path in demo.folder.iterdir())
    thrown = dice("lines", chunk)
    statuses: Counter[int] = Counter()
    for number in range(EACH):
        words = made_words(thrown, files)
        terminal = thrown.random() < 0.3
        what = f"seed {seed()}, chunk {chunk}, number {number}: {words!r:.2000}"
        statuses[hold(slaledger, words, what, terminal=terminal)] += 1
    record_property("statuses", dict(statuses))
    assert statuses[0], statuses
    assert statuses[2], statuses


def hold(slaledger: CommandLine, words: list[str], what: str, *, terminal: bool = False) -> int:
    """Run a command line, and hold it to what every command promises; gives its exit status."""
    before = events(slaledger.ledger)
    began = time.monotonic()
    try:
        done = slaledger.run(*words, stdin=b'{"command": "rebuild"}\n', terminal=terminal)
    except Exception as error:
        raise AssertionError(f"{what}: {error!r}") from error
    assert time.monotonic() - began < MOST_SECONDS, what
    what = f"{what}: {done.returncode}: {done.stderr[:1000]}"
    assert done.returncode in range(6), what
    if done.returncode in (1, 2, 4, 5):
        assert events(slaledger.ledger) == before or recorded_in_part(words), what
    for text in (done.stdout, done.stderr):
        assert SECRET not in text, what
        if terminal or text is done.stderr or "export" not in words:  # a file for other tools is told to the byte
            plain = COLOUR.sub("", text) if terminal else text
            assert harmless(plain) == plain, what
    if done.returncode in (1, 2, 4, 5) and not done.stdout:
        hold_error(done.stderr, words, what)
    return done.returncode


def hold_error(told: str, words: list[str], what: str) -> None:
    """What is refused is told in words, or as one object."""
    assert told.strip(), what
    objects = [line for line in told.splitlines() if line.startswith("{")]
    for line in objects:
        error = json.loads(line)["error"]
        assert error["code"], what
        assert error["message"], what
    assert len(objects) <= 1 or recorded_in_part(words), what


def recorded_in_part(words: list[str]) -> bool:
    """Whether the commands before a refused one stay: a batch, and several imports, are not one transaction."""
    return "batch" in words or "--config" in words or "--all" in words
