"""Refusals of the command line, of output and input files, and of checkpoints, keys and dossiers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from conftest import ROOT
from frozen import Frozen
from refusal_scenarios import Scenario, at, instead, missing, raising, split
from stores import SqliteFile

_ENROLL = f"account enroll 1009 --enrolled-at {at('01-01')}"
_NO_MODULE = ("(import of ", "No module named ", "import of ")


COMMAND_LINE = [
    Scenario("no such command", "claim decode"),
    Scenario("no such option", "worklist --colour red", theirs=("slaledger: ", '"message": "')),
    Scenario("an option is missing", "account close 1001", theirs=("slaledger: ", '"message": "')),
    Scenario("no account and no month", "claim decide 1001"),
    Scenario("a month that is none", "breaches 2026-13"),
    Scenario("known at and at a position", f"worklist --known-at {at('01-01')} --at-position 3"),
    Scenario("known at no time", "worklist --known-at yesterday"),
    Scenario("known in the future", "worklist --known-at 2027-01-01T00:00:00+08:00"),
    Scenario("known at no position", "worklist --at-position 9999"),
    Scenario("one account on many processes", "audit replay 1001 --workers 2"),
    Scenario(
        "what is not recorded on many processes",
        "audit impact --with more.jsonl --workers 2",
        files={"more.jsonl": ""},
    ),
    Scenario("workers here and on a cluster", "audit replay --workers 2 --cluster tcp://x:8786"),
    Scenario("neither terms nor readings", "audit what-if"),
    Scenario("a kept checkpoint that is signed", "audit prove 1 --checkpoint kept.txt --sign a.key"),
    Scenario("a dossier that goes nowhere", "dossier 1002 2026-03"),
    Scenario("a dossier that goes to one place twice", "dossier 1002 2026-03 -o - --html -"),
    Scenario("no months", "export availability --format csv", as_json="export availability --format=json --format csv"),
    Scenario(
        "months in the wrong order",
        "export availability --from 2026-03 --to 2026-01 --format csv",
        as_json="export availability --from 2026-03 --to 2026-01 --format=json --format csv",
    ),
    Scenario("an argument that is no text", "history '\udcff'"),
    Scenario("a clock for a ledger that is no demo", f"--now {at('11-01')} worklist"),
    Scenario("a ledger that is to become a demo", "init --demo"),
    Scenario("a demo on a server", "--ledger postgresql://h/db init --demo"),
    Scenario("a ledger that is no demo, at a time", f"--now {at('11-01')} init", on="none"),
    Scenario("a clock that goes back", f"--now {at('01-01')} worklist", on="none", before=("init --demo",)),
    Scenario("no such document", "docs nothing-like-it"),
    Scenario("nearly a document", "docs operate/instal"),
    Scenario("a folder of documents that is there", "docs --copy kept", files={"kept": ""}),
    Scenario("a document and a copy", "docs tour --copy documents"),
    Scenario("no completion for it", "completion powershell"),
    Scenario(
        "a shell that the library does not know",
        "completion bash",
        within=instead("cli.commands.completion.get_completion_class", lambda _: None),
    ),
    Scenario("no number of seconds", _ENROLL, env={"SLALEDGER_LOCK_SECONDS": "soon"}),
    Scenario("an actor that is none", f"--actor '\t' {_ENROLL}"),
    Scenario("no login", _ENROLL, env={"SLALEDGER_ACTOR": ""}, within=raising("getpass.getuser", lambda: KeyError())),
    Scenario("interrupted", "worklist", within=raising("ledger.application.Ledger.open", KeyboardInterrupt)),
    Scenario("statuspage: whom it touches", "import statuspage page.json --map Phone=agent_calls"),
    Scenario(
        "no scheduler",
        "audit replay --cluster tcp://h:8786",
        within=raising("distributed.Client", lambda: TimeoutError("timed out")),
    ),
    Scenario(
        "a process killed twice",
        "audit replay --workers 2",
        within=raising("concurrent.futures.ProcessPoolExecutor.submit", BrokenProcessPool),
    ),
    Scenario("a role's name that is none", "postgres roles --schema 'a;b'"),
]

EXTRAS = [
    Scenario("no Dask", "audit replay --cluster tcp://h:8786", within=missing("distributed"), theirs=_NO_MODULE),
    Scenario("no cryptography", "keygen desk -o desk.key", within=missing("cryptography")),
    Scenario("no psycopg", "--ledger postgresql://h/db worklist", within=missing("psycopg_pool"), theirs=_NO_MODULE),
    Scenario(
        "no Zstandard",
        "export events -o events.jsonl.zst",
        within=missing("backports.zstd", "compression.zstd"),
    ),
    Scenario("no Jinja", "report 2026-03 --html report.html", within=missing("jinja2"), theirs=_NO_MODULE),
    Scenario("no Jinja for a site", "export site -o site", within=missing("jinja2"), theirs=_NO_MODULE),
    *[
        Scenario(f"no {module}", words, within=missing(module), theirs=_NO_MODULE)
        for module, words in (
            ("yaml", "export openslo -o promise.yaml"),
            ("icalendar", "export ics -o claims.ics"),
            ("xlsxwriter", "export claims -o claims.xlsx"),
            ("pyarrow", "export claims -o claims.parquet"),
        )
    ],
]


def _mode(name: str, mode: int) -> Callable[[Frozen], None]:
    return lambda frozen: (frozen.folder / name).chmod(mode)


def _site_of_another(frozen: Frozen) -> None:
    (frozen.folder / "site").mkdir()
    (frozen.folder / "site" / "site.jsonl").write_text('{"site_of":"slaledger-another"}\n')


FILES = [
    Scenario("a folder with other files", "export site -o ."),
    Scenario("a site of another ledger", "export site -o site", prepare=_site_of_another),
    Scenario("there already", "export events -o kept", files={"kept": "precious"}),
    Scenario("no folder", "export events -o nowhere/events.jsonl"),
    Scenario("no regular file", "export events -o /dev/null --force"),
    Scenario(
        "a file that may only be read",
        "export events -o kept --force",
        files={"kept": ""},
        prepare=_mode("kept", 0o444),
    ),
    Scenario(
        "a full disk",
        "export events -o events.jsonl",
        within=raising("os.fsync", lambda: OSError(28, "No space left on device")),
    ),
    Scenario("the ledger itself", "backup slaledger.db --force"),
    Scenario(
        "what an earlier database left",
        "backup copy.db",
        files={"copy.db-wal": "of a ledger that is gone"},
    ),
    Scenario("no format", "export claims -o claims.doc"),
    Scenario(
        "no text for a terminal",
        "export claims --format xlsx",
        as_json="export claims --format=json --format xlsx",
    ),
    Scenario(
        "more rows than a spreadsheet has",
        "export claims -o claims.xlsx",
        within=instead("ledger.exports.xlsx.LAST_ROW", 1),
    ),
    Scenario(
        "a promise of all of the time",
        "export openslo 2019-01-01 -o promise.yaml",
        prepare=lambda frozen: _promise_all(frozen),
    ),
    Scenario("not there", "import focus nothing.csv --account-column SubAccountId"),
    Scenario("terms that are not there", "terms publish nothing.toml"),
    Scenario(
        "a document that is too large",
        "import statuspage page.json --account 1 --map a=b",
        files={"page.json": "[\n\n]"},
        within=instead("ledger.imports.json_texts.LARGEST", 2),
    ),
    Scenario("nothing in the file", "import cloudevents events.json", files={"events.json": "\n"}),
    Scenario(
        "a line that is too long",
        "--ledger sqlite:///moved.db import events long.jsonl",
        files={"long.jsonl": "x" * 100},
        within=instead("ledger.files.lines.LONGEST", 10),
    ),
    Scenario(
        "not compressed",
        "--ledger sqlite:///moved.db import events events.jsonl.zst",
        files={"events.jsonl.zst": "hello"},
    ),
    Scenario(
        "compressed and broken",
        "--ledger sqlite:///moved.db import events events.jsonl.zst",
        files={"events.jsonl.zst": b"\x28\xb5\x2f\xfdhello"},
        theirs=("zst:1: ", "zst:1："),
    ),
]


def _promise_all(frozen: Frozen) -> None:
    shipped = (ROOT / "ledger" / "agreements" / "aliyun-ccc-2018-08-01.toml").read_text("utf-8")
    document = shipped.replace('"99.8%"', '"100%"').replace('version = "2018-08-01"', 'version = "2019-01-01"')
    document = document.replace("effective_from = 2018-08-01", "effective_from = 2019-01-01")
    (frozen.folder / "amended.toml").write_text(document, "utf-8")
    frozen.do(*split("terms publish amended.toml --noticed-at 2018-10-01T00:00:00+08:00"))


# Events that move, and copies.

_CANNOT_BE_READ = ("cannot be read: ", "事件：", "~/ledger：", "审核结果：", "的 URL：")
_MOVED = "--ledger sqlite:///moved.db"
Change = Callable[[list[bytes]], list[bytes]]


def _sub(pattern: bytes, by: bytes, line: int = -2) -> Change:
    """A line of the exported file changed, by default the last event's."""

    def changed(held: list[bytes]) -> list[bytes]:
        now = re.sub(pattern, by, held[line])
        assert now != held[line], (pattern, held[line])
        return [*held[:line], now, *held[line:][1:]]

    return changed


def _events(name: str, change: Change, theirs: tuple[str, ...] = ()) -> Scenario:
    """An exported file that was changed since."""

    def prepare(frozen: Frozen) -> None:
        path = frozen.folder / "events.jsonl"
        path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))

    return Scenario(name, f"{_MOVED} import events events.jsonl", on="copied", prepare=prepare, theirs=theirs)


def _copy(
    name: str, statement: str, words: str = f"{_MOVED} restore copy.db", theirs: tuple[str, ...] = ()
) -> Scenario:
    """A backup that was changed since."""

    def prepare(frozen: Frozen) -> None:
        with SqliteFile(frozen.folder / "copy.db").open(guarded=False) as execute:
            execute("PRAGMA ignore_check_constraints = ON")
            execute(statement)

    return Scenario(name, words, on="copied", prepare=prepare, theirs=theirs)


_LAST = "position = (SELECT MAX(position) FROM stored_events)"

MOVING = [
    Scenario("a ledger that has events", "import events events.jsonl", on="copied"),
    _events("its end is missing", lambda held: held[:-1]),
    _events("its last line has no end", lambda held: [*held[:-1], held[-1][:-1]]),
    _events("there is more after the checkpoint", lambda held: [*held, held[-1]]),
    _events("a position that comes too early", _sub(rb'"position":\d+', b'"position":1')),
    _events("another ledger's line", _sub(b"urn:slaledger:sl", b"urn:slaledger:xl")),
    _events("another ledger's first event", _sub(b'"ledger":"sl', b'"ledger":"xl', 0)),
    _events("no data", _sub(b'"data":{.*}}', b'"data_base64":"%"}')),
    _events("a field that disagrees", _sub(rb'"id":"[^"]*"', b'"id":"1001/account@9"')),
    _events("a field that is missing", _sub(rb'"id":"[^"]*",', b"")),
    _events("written again", _sub(b'"specversion":', b'"specversion": ')),
    _events("no JSON", _sub(b"^{", b"{{")),
    _events("no UTF-8", _sub(b"specversion", b"spec\xffversion")),
    _events("a line is missing", lambda held: [*held[:20], *held[21:]]),
    _events("a version is missing", lambda held: [each for each in held if b'"id":"1001/claim/2026-03@2"' not in each]),
    _events("the last event is missing", lambda held: [*held[:-2], held[-1]]),
    _events("an event was changed", _sub(b'"actor":"clerk"', b'"actor":"clerc"')),
    _events("a checkpoint of another ledger", _sub(rb'"data":"sl', b'"data":"xl', -1)),
    _events("a position was changed", _sub(rb'"position":(\d+)', rb'"position":\g<1>00')),
    _events("a topic that nobody knows", _sub(b'"type":"[^"]*"', b'"type":"account.levitated"')),
    _events(
        "an event that cannot be read",
        _sub(b'"type":"[^"]*"', b'"type":"account.closed"'),
        _CANNOT_BE_READ,
    ),
    _events("an instant that no text can say", _sub(rb'"recorded_at":\d+', b'"recorded_at":4611686018427387904')),
    _copy("no checkpoint in a backup", "SELECT 1", f"{_MOVED} restore copy.db --vkey desk+0+0"),
    _copy("a position that no log has", f"UPDATE stored_events SET position = -1 WHERE {_LAST}"),
    _copy("a version that is missing", f"UPDATE stored_events SET originator_version = 9 WHERE {_LAST}"),
    _copy(
        "a backup whose end is missing",
        f"DELETE FROM stored_events WHERE {_LAST}",
        f"{_MOVED} restore copy.db --against kept.txt",
    ),
    _copy(
        "a backup that was changed",
        f"UPDATE stored_events SET state = CAST(replace(state, 'clerk', 'clerc') AS BLOB) WHERE {_LAST}",
        f"{_MOVED} restore copy.db --against kept.txt",
    ),
    _copy("a state that is text", f"UPDATE stored_events SET state = CAST(state AS TEXT) WHERE {_LAST}"),
    _copy(
        "a state that cannot be read",
        f"UPDATE stored_events SET state = CAST('{{}}' AS BLOB) WHERE {_LAST}",
        theirs=_CANNOT_BE_READ,
    ),
    Scenario("a backup that is not there", f"{_MOVED} restore nothing.db"),
]


# Checkpoints, keys, dossiers.

_KEYGEN = "keygen desk -o desk.key"


def _checkpoint(name: str, change: Callable[[str], str], words: str = "audit verify --against kept.txt") -> Scenario:
    """A checkpoint that was changed since it was printed."""

    def prepare(frozen: Frozen) -> None:
        (frozen.folder / "kept.txt").write_text(change(frozen.say("audit", "checkpoint").out))

    return Scenario(name, words, prepare=prepare)


def _note(name: str, change: Callable[[str], str], key: str = "") -> Scenario:
    """A signed checkpoint that was changed since it was printed; the key is the one that signed by default."""

    def prepare(frozen: Frozen) -> None:
        said = frozen.say(*split("audit checkpoint --sign desk.key")).out
        (frozen.folder / "kept.txt").write_text(change(said))

    words = f"audit verify --against kept.txt --vkey {key or _DESK}"
    return Scenario(name, words, before=(_KEYGEN,), prepare=prepare)


_DESK = "desk+ae0cf0db+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
"""The verifier key of what `keygen desk` makes of the bytes that are given here for chance."""
_OTHER = "ledger.example.com+14d95b85+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def _lines(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    return lambda text: "".join(f"{each}\n" for each in change(text.splitlines()))


def _dossier(name: str, change: Callable[[str], str], theirs: tuple[str, ...] = ()) -> Scenario:
    def prepare(frozen: Frozen) -> None:
        path = frozen.folder / "case.json"
        path.write_text(change(path.read_text("utf-8")), "utf-8")

    words = "verify-dossier case.json"
    return Scenario(name, words, before=("dossier 1002 2026-03 -o case.json",), prepare=prepare, theirs=theirs)


def _kept_before(frozen: Frozen) -> None:
    """A checkpoint, and an event that was recorded since."""
    (frozen.folder / "kept.txt").write_text(frozen.say("audit", "checkpoint").out)
    frozen.do(*split(_ENROLL))


def _receipt(name: str, words: str = "", *signed: str, **changed: object) -> Scenario:
    """A receipt of which something was changed since it was written."""

    def prepare(frozen: Frozen) -> None:
        path = frozen.folder / "receipt.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))

    before = (*([_KEYGEN] if signed else []), f"audit verify -o receipt.json {' '.join(signed)}".strip())
    return Scenario(name, f"audit verify --since receipt.json {words}".strip(), before=before, prepare=prepare)


_SINCE = "audit verify --since kept.txt"


def _all_gone(frozen: Frozen) -> None:
    """A checkpoint, and a log from which everything was removed since."""
    (frozen.folder / "kept.txt").write_text(frozen.say("audit", "checkpoint").out)
    frozen.slaledger.tamper("DELETE FROM stored_events")


def _tree(statement: str) -> Callable[[Frozen], None]:
    """The kept tree in a stranger's hands."""

    def prepare(frozen: Frozen) -> None:
        frozen.do("audit", "checkpoint")
        with frozen.slaledger.place.beside("tree") as execute:
            execute(statement)

    return prepare


def _changed_since(frozen: Frozen) -> None:
    frozen.do("audit", "checkpoint")
    frozen.slaledger.tamper("UPDATE stored_events SET state = ? WHERE position = 15", b"\0")


RECEIPTS = [
    Scenario("a receipt that is none", "audit verify --since x.json", files={"x.json": "{}"}, theirs=("Object ",)),
    _receipt("a receipt of another format", format="slaledger-receipt-9"),
    _receipt("a receipt with another root", root="AAAA"),
    _receipt("a receipt with another frontier", frontier=[]),
    _receipt("a receipt that does not say what was verified", result="damaged"),
    _receipt("a receipt of older rules", rules=1),
    _receipt("a receipt of another ledger", ledger="slaledger-other"),
    _receipt("a receipt without a signature", f"--vkey {_DESK}"),
    _receipt("a receipt signed by another key", f"--vkey {_OTHER}", "--sign desk.key"),
    _receipt("a receipt that was changed since it was signed", "", "--sign desk.key", decisions=0),
    Scenario("a receipt and a checkpoint", "audit verify --since a.json --against b.txt"),
    Scenario("a key for no receipt", "audit verify --sign desk.key"),
    Scenario("a receipt over a file", "audit verify -o kept.json", files={"kept.json": "{}"}),
    Scenario("one account since a receipt", "audit replay 1001 --since receipt.json"),
    _checkpoint("since a checkpoint of more events", _lines(lambda lines: [lines[0], "9999", lines[2]]), _SINCE),
    _checkpoint("since a checkpoint of other events", _lines(lambda lines: [lines[0], "3", lines[2]]), _SINCE),
]

AUDIT = [
    Scenario("a key's name that is none", "keygen 'a b' -o desk.key"),
    Scenario("a key that is there already", _KEYGEN, files={"desk.key": ""}),
    Scenario("a key in no folder", "keygen desk -o nowhere/desk.key"),
    Scenario(
        "a key that others may read",
        "audit checkpoint --sign desk.key",
        before=(_KEYGEN,),
        prepare=_mode("desk.key", 0o644),
    ),
    Scenario("a key that is not there", "audit checkpoint --sign desk.key"),
    Scenario(
        "a signer key that is none",
        "audit checkpoint --sign desk.key",
        files={"desk.key": "hello"},
        prepare=_mode("desk.key", 0o600),
    ),
    Scenario(
        "a signer key that was changed",
        "audit checkpoint --sign desk.key",
        before=(_KEYGEN,),
        prepare=lambda frozen: _edit(frozen, "desk.key", "KEY+desk+ae", "KEY+desk+ea"),
    ),
    _note("a verifier key that is none", lambda text: text, "desk"),
    _note("a verifier key that was changed", lambda text: text, "desk+00000000+AAAA"),
    _note("nobody known signed it", lambda text: text, _OTHER),
    _note("a text that was changed", lambda text: "x" + text),
    _note("a note with control characters", lambda text: "\x07" + text),
    _note("a note without a blank line", _lines(lambda held: held[:3])),
    _note("a note without an end", lambda text: text[:-1]),
    _note("a note with too many signatures", _lines(lambda held: [*held, *held[-1:] * 199])),
    _note("a signature line that is none", _lines(lambda held: [*held[:-1], "signed"])),
    _note("a signature that is none", _lines(lambda held: [*held[:-1], "— desk %%"])),
    _checkpoint("a checkpoint without an end", lambda text: text[:-1]),
    _checkpoint("a checkpoint of two lines", _lines(lambda held: held[:2])),
    _checkpoint("a checkpoint of nothing", _lines(lambda held: ["", *held[1:]])),
    _checkpoint("a checkpoint whose size is none", _lines(lambda held: [held[0], "007", held[2]])),
    _checkpoint("a checkpoint whose root is none", _lines(lambda held: [*held[:2], "root"])),
    _checkpoint("a checkpoint of an empty log", _lines(lambda held: [held[0], "0", held[2]])),
    _checkpoint("another ledger's checkpoint", lambda text: "x" + text),
    _checkpoint(
        "the log is shorter",
        _lines(lambda held: [held[0], "9999", held[2]]),
        "audit prove 1 --checkpoint kept.txt",
    ),
    _checkpoint(
        "the log is another",
        _lines(lambda held: [held[0], "3", held[2]]),
        "audit prove 1 --checkpoint kept.txt",
    ),
    Scenario(
        "an event that a checkpoint is not of", "audit prove 1009/account@1 --checkpoint kept.txt", prepare=_kept_before
    ),
    Scenario("a smaller log that is larger", "audit consistency 10 5"),
    Scenario("a size that the log does not have", "audit consistency 5 9999"),
    Scenario("a position behind the last", "audit prove 9999"),
    Scenario("an event that there is not", "audit prove 1001/account@99"),
    Scenario("what is no event", "audit prove nonsense"),
    Scenario("an event that was changed since", "audit prove 15", prepare=_changed_since),
    Scenario(
        "a tree whose hashes are missing",
        "audit prove 4",
        prepare=_tree("DELETE FROM nodes WHERE level = 0 AND at = 2"),
    ),
    Scenario(
        "a tree whose hashes do not agree",
        "audit prove 3",
        prepare=_tree("UPDATE nodes SET hash = zeroblob(32) WHERE level = 0 AND at = 3"),
    ),
    _dossier("no dossier", lambda text: "{}", ("dossier: ", "案卷：")),
    _dossier("a dossier of another format", lambda text: re.sub('"format":"?[^",]*', '"format":"other', text)),
    _dossier("a dossier that was changed", lambda text: text.replace('"account":"1002"', '"account":"1009"', 1)),
    Scenario(
        "a checkpoint that cannot be read",
        "verify-dossier case.json --checkpoint nothing.txt",
        before=("dossier 1002 2026-03 -o case.json",),
    ),
    Scenario(
        "a ledger without an id",
        "audit checkpoint",
        on="none",
        before=("init",),
        prepare=lambda frozen: frozen.slaledger.tamper("DELETE FROM stored_events"),
    ),
    Scenario(
        "a log of which nothing is left",
        "audit verify --against kept.txt",
        on="none",
        before=("init",),
        prepare=_all_gone,
    ),
    Scenario(
        "a log whose first event is gone",
        "audit verify",
        on="none",
        before=("init",),
        prepare=lambda frozen: frozen.slaledger.tamper("DELETE FROM stored_events WHERE topic = 'ledger.created'"),
    ),
    Scenario(
        "a decision that cannot be read",
        "audit replay",
        prepare=lambda frozen: frozen.slaledger.tamper(
            'UPDATE stored_events SET state = CAST(replace(state, \'"tier":1\', \'"tier":"x"\') AS BLOB)'
            " WHERE topic = 'claim.decided'"
        ),
        theirs=_CANNOT_BE_READ,
    ),
]


def _edit(frozen: Frozen, file: str, was: str, now: str) -> None:
    path: Path = frozen.folder / file
    text = path.read_text("utf-8")
    assert was in text, text
    path.write_text(text.replace(was, now), "utf-8")
