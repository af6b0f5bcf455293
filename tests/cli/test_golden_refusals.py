"""What is said when something is refused, frozen: every code, in text, in Chinese, and in JSON.

`tests/golden_answers/README.md` says how the files are made and when they may change. The scenarios are the tables of
`refusals_of_*.py`.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from conftest import CommandLine
from declared import refusals
from frozen import FOLDER, Frozen, Speech, hold, without
from refusal_scenarios import SHOP, Scenario
from refusals_of_bill_imports import ALIYUN_BILL, BATCH_TABLES, BSS, FOCUS, HELD_BILLS
from refusals_of_files import AUDIT, COMMAND_LINE, EXTRAS, FILES, MOVING, RECEIPTS
from refusals_of_imports import ALERTMANAGER, CLOUDEVENTS, PAGERDUTY, PROMETHEUS, STATUSPAGE
from refusals_of_money import MONEY
from refusals_of_rules import ACCOUNTS, BILLS, CLAIMS, INCIDENTS, TERMS, VALUES, VOUCHERS
from refusals_of_servers import SERVERS, SERVERS_MADE, SERVERS_WORDS
from refusals_of_signing import SIGNING
from refusals_of_sources import CONFIGURED, RECONCILED
from refusals_of_stores import MADE, STORES
from refusals_of_timestamps import TIMESTAMPS
from servers import Server

TABLES: dict[str, list[Scenario]] = {
    "accounts": ACCOUNTS,
    "incidents": INCIDENTS,
    "bills": BILLS,
    "claims": CLAIMS,
    "vouchers": VOUCHERS,
    "money": MONEY,
    "signing": SIGNING,
    "values": VALUES,
    "terms": TERMS,
    "import-statuspage": STATUSPAGE,
    "import-pagerduty": PAGERDUTY,
    "import-alertmanager": ALERTMANAGER,
    "import-prometheus": PROMETHEUS,
    "import-cloudevents": CLOUDEVENTS,
    "import-aliyun-bill": ALIYUN_BILL,
    "import-bss": BSS,
    "import-focus": FOCUS,
    "held-bills": HELD_BILLS,
    "batch-tables": BATCH_TABLES,
    "reconciled": RECONCILED,
    "import-config": CONFIGURED,
    "command-line": COMMAND_LINE,
    "extras": EXTRAS,
    "files": FILES,
    "moving": MOVING,
    "audit": AUDIT,
    "receipts": RECEIPTS,
    "timestamps": TIMESTAMPS,
    "stores": STORES,
    "made": MADE,
    "made-of-servers": SERVERS_MADE,
}
LINE = '{"command": "fees void", "bill": "B-1", "reason": "x"}\n'
NOT_MET: set[str] = set()
"""Codes that no scenario meets: there are none."""


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Frozen]:
    """The ledgers that scenarios begin with, made under the standing clock."""
    none, shop = (Frozen(CommandLine(tmp_path_factory.mktemp(name))) for name in ("none", "shop"))
    shop.do("init")
    shop.batch(*SHOP)
    copied = shop.copy(tmp_path_factory.mktemp("copied"))
    copied.do("export", "events", "-o", "events.jsonl")
    copied.do("backup", "copy.db")
    (copied.folder / "kept.txt").write_text(copied.say("audit", "checkpoint").out)
    return {"none": none, "shop": shop, "copied": copied}


def refused(scenario: Scenario, ledgers: Mapping[str, Frozen], folder: Path) -> str:
    """A scenario's refusal in its three forms."""
    frozen = _begun(scenario, ledgers[scenario.on], folder)
    words = shlex.split(scenario.words)
    forms: list[Speech] = []
    with scenario.within():
        piped = (words, False) if scenario.as_json is None else (shlex.split(scenario.as_json), True)
        for asked, terminal in ((words, True), (["--lang", "zh", *words], True), piped):
            said = frozen.say(*asked, stdin=scenario.stdin, env=scenario.env, terminal=terminal)
            forms.append(said._replace(err=without(scenario.theirs, said.err)))
    statuses = {form.status for form in forms}
    assert len(statuses) == 1 and statuses != {0}, (scenario.name, forms)
    shown = [
        f"{name}: {content.rstrip()}"
        for name, content in scenario.files.items()
        if isinstance(content, str) and content.count("\n") < 2 and 0 < len(content) < 300
    ]
    text = [f"### {scenario.name}", *shown, *(f"$ slaledger {each}" for each in (*scenario.before, scenario.words))]
    told = "\n".join([*text, f"exit {forms[0].status}", *(form.err.rstrip("\n") for form in forms), ""])
    return told.encode("utf-8", "backslashreplace").decode()


def _begun(scenario: Scenario, ledger: Frozen, folder: Path) -> Frozen:
    """A copy of the ledger, with the files and what comes before."""
    folder.mkdir()
    frozen = ledger.copy(folder) if ledger.slaledger.ledger.exists() else Frozen(CommandLine(folder))
    for name in ("events.jsonl", "copy.db", "kept.txt") if scenario.on == "copied" else ():
        shutil.copy(ledger.folder / name, folder)
    for name, content in scenario.files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        (folder / name).chmod(0o600 if name.endswith(".key") else 0o644)
    for line in scenario.before:
        frozen.do(*shlex.split(line))
    scenario.prepare(frozen)
    return frozen


@pytest.mark.parametrize("name", TABLES)
def test_what_is_refused(ledgers: Mapping[str, Frozen], tmp_path: Path, pytestconfig: pytest.Config, name: str) -> None:
    blocks = []
    for number, scenario in enumerate(TABLES[name]):
        blocks.append(refused(scenario, ledgers, tmp_path / str(number)))
        (tmp_path / str(number)).chmod(0o755)
        shutil.rmtree(tmp_path / str(number))
    hold(f"refusals.{name}.txt", blocks, bool(pytestconfig.getoption("--golden-update")))


def test_what_is_refused_of_servers(server: Server, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    blocks = []
    for number, (name, url_of, words) in enumerate(SERVERS):
        url = url_of(server)
        line = {"line.jsonl": LINE} if "line.jsonl" in words else {}
        scenario = Scenario(name, words, "none", files=line, env={"SLALEDGER_URL": url}, theirs=SERVERS_WORDS)
        folder = tmp_path / str(number)
        told = refused(scenario, {"none": Frozen(CommandLine(tmp_path))}, folder)
        blocks.append(told.replace(str(server.folder), "SERVER"))
    hold("refusals.servers.txt", blocks, bool(pytestconfig.getoption("--golden-update")))


def errors() -> Iterator[dict[str, str]]:
    """Every error that is frozen, as JSON."""
    for path in sorted(FOLDER.glob("refusals.*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith('{"error": '):
                yield json.loads(line)["error"]


def test_every_code_is_frozen() -> None:
    met = {error["code"] for error in errors()}
    assert {kind.code for kind in refusals()} - met == NOT_MET


def test_every_sentence_is_frozen() -> None:
    assert list(unmet()) == []


def unmet() -> Iterator[str]:
    """Sentences of the source that no frozen error has."""
    said = [(error["code"], error["message"]) for error in errors()]
    for kind in refusals():
        pattern = re.compile(re.sub(r"\\\{.+?\\\}", ".*", re.escape(kind.message_template)), re.DOTALL)
        if not any(code == kind.code and pattern.search(message) for code, message in said):
            yield f"{kind.code}: {kind.message_template}"
