"""Whatever stands in a file, it is read or refused: no traceback, nothing recorded, time and memory bounded.

`SLALEDGER_SOAK=1` tries 5,000 mutated files of each kind; `SLALEDGER_SEED` chooses others.
"""

from __future__ import annotations

import json
import resource
import shlex
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from bill_files import Line, bss_json, gaap_json
from conftest import ROOT, SOAK, CommandLine
from fuzzing import dice, mutated
from soaking import seed
from stores import SqliteStore

from cli.commands.imports.group import imports
from cli.terminal.widths import harmless
from ledger.shipped import shipped_agreements

Record = Callable[[str, object], None]

IMPORTS = ROOT / "examples" / "imports"
CHUNKS, EACH = (20, 250) if SOAK else (1, 25)
"""A kind's files are tried in chunks, so that a long run that was cut short is taken up with `pytest --lf`."""
MOST_SECONDS, MOST_KILOBYTES = 20, 500_000
"""The bounds of a file that is read: it ends, and the process never needs so much more than it ever did before."""
REFUSED = frozenset({0, 1, 2})


class Kind(NamedTuple):
    """A kind of file: samples of it, and the words of the command that reads one, named `{}`.

    No samples are given where a ledger writes it. `refuses_wholly` where nothing at all is recorded of what is refused.
    """

    samples: tuple[bytes, ...]
    words: str
    name: str = "file"
    statuses: frozenset[int] = REFUSED
    refuses_wholly: bool = True


def example(*names: str) -> tuple[bytes, ...]:
    return tuple((IMPORTS / name).read_bytes() for name in names)


def at(day: int) -> str:
    return f"2026-03-{day:02}T10:00:00+08:00"


PAGE = "--all-accounts --map Inbound\\ routing=inbound_routing --map Agent\\ sign-in=agent_sign_in"
CONFIG = b"""[[import]]
format = "statuspage"
files = ["incidents.json"]
all-accounts = true
map = ["Inbound routing=inbound_routing"]

[[import]]
format = "bss"
files = ["bss.json"]
call-item = ["ccc_call"]
"""
BATCH = tuple(
    "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    for lines in (
        [
            {
                "command": "incident open",
                "incident": "I",
                "account": "1001",
                "function": "agent_calls",
                "started_at": at(3),
            },
            {"command": "incident close", "incident": "I", "ended_at": at(4), "key": "k-1"},
            {"command": "exclusion apply", "incident": "I", "clause": "2.3(1)", "from": at(3), "to": at(4)},
            {"command": "incident correct", "incident": "I", "ended_at": at(5), "reason": "网关日志"},
        ],
        [
            {
                "command": "fees bill",
                "bill": "B",
                "account": "1001",
                "first_month": "2026-03",
                "billed_at": at(31),
                "product_fee": "1000.00",
                "call_fee": "0.10",
                "voucher_offset": {"service": "1.00", "call": "0.00"},
            },
            {"command": "claim file", "account": "1001", "month": "2026-02", "filed_at": at(9), "statement": "s"},
            {"command": "claim decide", "month": "2026-02", "all": True},
            {"command": "controls set", "approval_above": "50.00", "reason": "r"},
        ],
    )
)
CALENDAR = b"date,kind,name\n2030-01-01,holiday,New Year\n2030-01-05,workday,\n"
IMPORTERS: dict[str, Kind] = {
    "statuspage": Kind(
        example("incidents.json", "scheduled-maintenances.json", "page-1-down.json", "page-3-edited.json"),
        f"import statuspage {{}} {PAGE}",
    ),
    "alertmanager": Kind(
        example("alerts.jsonl"),
        "import alertmanager {} --map alertname=RoutingDown=inbound_routing --account-label tenant --only-mapped",
    ),
    "prometheus": Kind(
        example("range.json"), "import prometheus {} --map job=sign-in=agent_sign_in --all-accounts --threshold 0.95"
    ),
    "pagerduty": Kind(
        example("pagerduty.json"), "import pagerduty {} --map Agent\\ calls=agent_calls --all-accounts --only-mapped"
    ),
    "aliyun-bill": Kind(example("bill.csv"), "import aliyun-bill {} --call-item 通话费", "file.csv"),
    "bss": Kind((*example("bss.json"), bss_json(Line("1001")), gaap_json(Line("1001"))), "import bss {} --no-calls"),
    "focus": Kind(
        example("focus.csv"),
        "import focus {} --account-column SubAccountId --call-service Calls --take Purchase --leave-out Credit "
        "--timezone Asia/Shanghai --voucher-column x_VoucherAmount --round",
        "file.csv",
    ),
    "cloudevents": Kind(example("cloudevents.jsonl"), "import cloudevents {}"),
    "events": Kind((), "--ledger new.db import events {}", statuses=REFUSED | {4}),
}
"""Every format of `slaledger import`."""
OTHERS: dict[str, Kind] = {
    "config": Kind((CONFIG,), "import --config {}", "file.toml", refuses_wholly=False),
    "batch": Kind(BATCH, "batch {}", "file.jsonl", refuses_wholly=False),
    "table": Kind(example("claims.csv"), "batch {} --command claim\\ file", "file.csv", refuses_wholly=False),
    "terms": Kind((shipped_agreements()[0].encode(),), "terms publish {} --reason r", "file.toml"),
    "what-if": Kind((shipped_agreements()[0].encode(),), "audit what-if --terms {}", "file.toml"),
    "calendar": Kind((CALENDAR,), "calendar publish 2030 --file {} --source s", "file.csv"),
    "checkpoint": Kind((), "--ledger demo.db audit verify --against {}", statuses=REFUSED | {4}),
    "consistency": Kind((), "--ledger demo.db audit consistency 5 {}", statuses=REFUSED | {4}),
    "key": Kind((), "--ledger demo.db audit checkpoint --sign {}"),
    "dossier": Kind((), "verify-dossier {}", statuses=REFUSED | {4}),
    "backup": Kind((), "--ledger new.db restore {}", statuses=REFUSED | {4}),
}
"""Every other kind of file that a command reads."""
KINDS = IMPORTERS | OTHERS


@pytest.fixture(scope="module")
def prepared(
    shown: tuple[Path, str], sqlite_store: SqliteStore, tmp_path_factory: pytest.TempPathFactory
) -> tuple[CommandLine, dict[str, Kind]]:
    """A ledger with two accounts, and the kinds with samples of all: some are files of a ledger."""
    folder = tmp_path_factory.mktemp("of-the-demo")
    demo = CommandLine(folder, sqlite_store.taken_over(shown[0] / "slaledger.db", folder))
    made = {
        "events": _written(demo, "events.jsonl", "export events -o events.jsonl"),
        "checkpoint": demo.run("audit", "checkpoint").stdout.encode(),
        "key": _written(demo, "desk.key", "keygen desk -o desk.key"),
        "dossier": _written(demo, "case.json", "dossier 1001 2026-07 -o case.json"),
        "backup": _written(demo, "backup.db", "backup backup.db"),
    }
    made["consistency"] = made["checkpoint"]
    kinds = {name: kind if kind.samples else kind._replace(samples=(made[name],)) for name, kind in KINDS.items()}
    folder = tmp_path_factory.mktemp("mutated")
    slaledger = CommandLine(folder, sqlite_store.blank(folder))
    for account in ("1001", "1002"):
        slaledger.ok("account", "enroll", account, "--enrolled-at", "2026-01-01T00:00:00+08:00")
    for name in ("incidents.json", "bss.json"):
        shutil.copy(IMPORTS / name, folder)
    shutil.copy(demo.ledger, folder / "demo.db")
    return slaledger, kinds


def _written(demo: CommandLine, name: str, words: str) -> bytes:
    done = demo.run(*words.split())
    assert done.returncode == 0, done.stderr
    return (demo.folder / name).read_bytes()


def test_every_importer_has_samples() -> None:
    assert set(IMPORTERS) == set(imports.commands)


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("name", KINDS)
def test_a_mutated_file_is_read_or_refused_by_its_place(
    prepared: tuple[CommandLine, dict[str, Kind]], name: str, chunk: int, record_property: Record
) -> None:
    slaledger, kinds = prepared
    tried = Tried(slaledger, name, kinds[name])
    thrown, before = dice("files", name, chunk), peak_kilobytes()
    for number in range(EACH):
        data = thrown.choice(tried.kind.samples)
        tried.file(mutated(data, thrown) if number else data, f"seed {seed()}, {name} {chunk}, number {number}")
    record_property("statuses", dict(tried.statuses))
    assert tried.statuses[0], "nothing was read"
    assert peak_kilobytes() - before < MOST_KILOBYTES


def peak_kilobytes() -> int:
    """The most memory that this process ever had; other tests may have been in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Tried:
    """A ledger on which files of a kind are tried, as it was each time."""

    def __init__(self, slaledger: CommandLine, name: str, kind: Kind) -> None:
        self.slaledger, self.name, self.kind = slaledger, name, kind
        self.blank = slaledger.ledger.read_bytes()
        self.statuses: Counter[int] = Counter()

    def file(self, data: bytes, what: str) -> None:
        """Give a file to the command, and hold the command to what it promises."""
        file = self.slaledger.folder / self.kind.name
        file.write_bytes(data)
        file.chmod(0o600)
        words = shlex.split(self.kind.words.format(self.kind.name))
        began = time.monotonic()
        try:
            done = self.slaledger.run(*words)
        except Exception as error:
            raise AssertionError(f"{what}: {error!r}: {data[:300]!r}") from error
        assert time.monotonic() - began < MOST_SECONDS, what
        self.statuses[done.returncode] += 1
        what = f"{what}: {done.stderr[:2000]}"
        assert done.returncode in self.kind.statuses, what
        assert harmless(done.stdout) == done.stdout, what
        assert harmless(done.stderr) == done.stderr, what
        if done.returncode in (1, 2) and done.stderr:
            self._hold_to_its_place(done.stderr, what)
        self._put_back(done.returncode, what)

    def _hold_to_its_place(self, told: str, what: str) -> None:
        """Each object on stderr has a code, a message, and the file's name where it is about the file."""
        errors = [json.loads(line)["error"] for line in told.splitlines() if line.startswith("{")]
        assert errors, what
        for error in errors:
            assert error["code"], what
            assert error["message"], what

    def _put_back(self, status: int, what: str) -> None:
        """A ledger that was refused a file is as it was; one that was told something becomes so again."""
        new = self.slaledger.folder / "new.db"
        ledger = self.slaledger.ledger
        if status in (1, 2, 4) and self.kind.refuses_wholly:
            assert not new.exists(), what
            assert ledger.read_bytes() == self.blank, what
        for left in (*self.slaledger.folder.glob("new.db*"), *self.slaledger.folder.glob(f"{ledger.name}?*")):
            left.unlink()
        ledger.write_bytes(self.blank)
