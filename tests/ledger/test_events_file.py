"""The file of events: what a line says, and what is said of each way in which a file can be damaged, with its place."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from domain.events import AccountEnrolled
from domain.keys import encoded
from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.copies.events_file import EventsFile, write_events
from ledger.copies.transfer import export_events, import_events
from ledger.files import lines
from ledger.log.codec import Envelope, Row, encode
from ledger.transparency.merkle import EMPTY_ROOT

COUNT = 15
"""Events of the ledger below: what `init` records, and three accounts."""


def enrolled(position: int, account: str, recorded_at: int = 1_790_000_000_000_000) -> Row:
    event = AccountEnrolled(account=account, enrolled_at=0, stage="general", region="华东", covered_in_beta=False)
    state = encode(Envelope(recorded_at=recorded_at, actor="clerk", data=event))
    return Row(position, f"{account}/account", 1, "account.enrolled", state)


@pytest.fixture(scope="module")
def whole(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The lines of an export; positions have a gap."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "slaledger.db").write_bytes(blank.read_bytes())
    with Ledger.open(f"sqlite:///{folder / 'slaledger.db'}") as ledger:
        with ledger.writing() as log:
            last = log.position()
            log.insert([enrolled(last + 5, "1001"), enrolled(last + 6, "1002"), enrolled(last + 70, "1003")])
        export_events(ledger, str(folder / "events.jsonl"))
    return (folder / "events.jsonl").read_bytes().splitlines(keepends=True)


def refused(folder: Path, content: bytes, name: str = "events.jsonl") -> tuple[int, str, str]:
    """Import a file; gives status, code and message of the refusal, its folder left out, and nothing else is left."""
    (folder / name).write_bytes(content)
    with pytest.raises(Refusal) as caught:
        import_events(f"sqlite:///{folder / 'moved.db'}", str(folder / name))
    assert [file.name for file in folder.iterdir()] == [name]
    return caught.value.status, caught.value.code, caught.value.message.replace(f"{folder}/", "")


def closed(events: list[bytes], last: bytes) -> bytes:
    """Events with a last line whose hash of the lines is right, as of a forger who leaves the root alone."""
    digest = hashlib.sha256(b"".join(events)).hexdigest().encode()
    return b"".join(events) + re.sub(rb'"linessha256":"[0-9a-f]*"', b'"linessha256":"%s"' % digest, last)


def test_the_lines_are_cloudevents(whole: list[bytes]) -> None:
    for line in whole:
        event = json.loads(line)
        assert event["specversion"] == "1.0"
        assert {"id", "source", "type", "time", "datacontenttype", "data"} <= set(event)
        assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in event)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", event["time"])
        assert re.fullmatch("urn:slaledger:slaledger-[0-9a-f]{32}", event["source"])
    sources_and_ids = {(json.loads(line)["source"], json.loads(line)["id"]) for line in whole}
    assert len(sources_and_ids) == len(whole) == COUNT + 1


def test_the_state_stands_in_a_line_as_it_is_stored(whole: list[bytes]) -> None:
    row = enrolled(17, "1001")
    (line,) = (line for line in whole if b'"id":"1001/account@1"' in line)
    assert line.endswith(b',"data":' + row.state + b"}\n")
    assert "华东".encode() in line


def test_the_last_line_names_format_ledger_size_and_root(whole: list[bytes]) -> None:
    last = json.loads(whole[-1])
    origin, size, root = last["data"].splitlines()
    assert (last["type"], last["format"], last["datacontenttype"]) == ("slaledger.export.checkpoint", 1, "text/plain")
    assert (f"urn:slaledger:{origin}", int(size), len(root)) == (last["source"], COUNT, len(encoded(EMPTY_ROOT)))
    assert last["linessha256"] == hashlib.sha256(b"".join(whole[:-1])).hexdigest()
    assert last["time"] == json.loads(whole[-2])["time"]


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.zst"])
def test_a_whole_file_is_taken_over(whole: list[bytes], tmp_path: Path, name: str) -> None:
    content = b"".join(whole)
    (tmp_path / name).write_bytes(zstd.compress(content) if name.endswith(".zst") else content)
    moved = import_events(f"sqlite:///{tmp_path / 'moved.db'}", str(tmp_path / name))
    assert (moved.events, moved.position) == (COUNT, COUNT - 3 + 70)
    with Ledger.open(f"sqlite:///{tmp_path / 'moved.db'}") as ledger:
        export_events(ledger, str(tmp_path / "again.jsonl"))
    assert (tmp_path / "again.jsonl").read_bytes() == content


Change = Callable[[bytes], bytes]


def sub(pattern: bytes, by: bytes) -> Change:
    def change(line: bytes) -> bytes:
        changed, count = re.subn(pattern, by, line, count=1)
        assert count
        return changed

    return change


def anew(**more: object) -> Change:
    """Written again by a program that keeps what a line says, with fields added."""
    return lambda line: json.dumps(json.loads(line) | more, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


DAMAGED_LINES: dict[str, tuple[Change, str, str]] = {
    "no json": (lambda line: b"account 1002\n", "not_json", "not a JSON object: "),
    "no object": (lambda line: b"17\n", "bad_field", "int"),
    "nothing": (lambda line: b"\n", "not_json", "not a JSON object: "),
    "nested without end": (sub(b'"data":', b'"data":' + b"[" * 100_000), "not_json", "not a JSON object: "),
    "cut in the middle": (lambda line: line[:100] + b"\n", "not_json", "not a JSON object: "),
    "not utf-8": (sub("华".encode(), "华".encode("gb18030")), "not_utf8", "not UTF-8: byte 3"),
    "an unknown field": (anew(subject="1001"), "bad_field", "`subject`"),
    "a field that is missing": (sub(b'"time":"[^"]*",', b""), "bad_field", "`time`"),
    "an older version": (sub(b'"specversion":"1.0"', b'"specversion":"0.3"'), "bad_field", "'0.3'"),
    "another kind of content": (sub(b"application/json", b"application/xml"), "bad_field", "'application/xml'"),
    "a position as text": (sub(b'"position":18', b'"position":"18"'), "bad_field", "$.position"),
    "a position of zero": (sub(b'"position":18', b'"position":0'), "bad_field", "$.position"),
    "a position without end": (sub(b'"position":18', b'"position":9223372036854775808'), "bad_field", "$.position"),
    "a position again": (sub(b'"position":18', b'"position":17'), "wrong_order", "position 17 does not come after 17"),
    "a version of zero": (sub(b'"streamversion":1', b'"streamversion":0'), "bad_field", "$.streamversion"),
    "a version too high": (
        lambda line: line.replace(b"account@1", b"account@2").replace(b'"streamversion":1', b'"streamversion":2'),
        "gap",
        "version 2 of stream 1002/account follows 0",
    ),
    "another id": (sub(b'"id":"1002/account@1"', b'"id":"1002/account@2"'), "bad_field", "id is '1002/account@2', and"),
    "another time": (sub(b'"time":"2026', b'"time":"2025'), "bad_field", "time is '2025-"),
    "another ledger": (sub(b"urn:slaledger:sl", b"urn:slaledger:xl"), "wrong_ledger", "source is 'urn:slaledger:xl"),
    "another urn": (sub(b"urn:slaledger:", b"urn:SLALEDGER:"), "wrong_ledger", "source is 'urn:SLALEDGER:"),
    "a type that nobody knows": (
        sub(b'"type":"account.enrolled"', b'"type":"account.levitated"'),
        "unknown_event",
        "position 18: unknown topic 'account.levitated'",
    ),
    "a state of another type": (sub(b'"type":"account.enrolled"', b'"type":"account.closed"'), "unreadable_event", ""),
    "a state that says more": (sub(b'"actor"', b'"weather":"fine","actor"'), "unreadable_event", "position 18: the"),
    "a state that is null": (sub(b'"data":{.*}}', b'"data":null}'), "unreadable_event", "position 18: the"),
    "an instant that no text can say": (
        sub(b'"recorded_at":1790000000000000', b'"recorded_at":4611686018427387904'),
        "unreadable_event",
        "at `$.recorded_at`",
    ),
    "no state": (sub(b',"data":.*', b"}"), "bad_field", "a line has either `data`, or `data_base64` in base64"),
    "two states": (sub(b"}\n", b',"data_base64":"e30="}\n'), "bad_field", "a line has either `data`, or `data_base64`"),
    "no base64": (
        sub(b'"data":.*', b'"data_base64":"e30"}'),
        "bad_field",
        "a line has either `data`, or `data_base64`",
    ),
    "base64 without need": (
        lambda line: sub(b'"data":.*', b'"data_base64":"%s"}' % base64.b64encode(line[line.index(b'"data"') + 7 : -2]))(
            line
        ),
        "written_anew",
        "the line is not what an export writes",
    ),
    "blanks": (sub(b'":', b'": '), "written_anew", "the line is not what an export writes"),
    "carriage returns": (sub(b"\n", b"\r\n"), "written_anew", "the line is not what an export writes"),
    "escapes": (sub(b"urn:", rb"\\u0075rn:"), "written_anew", "the line is not what an export writes"),
    "a field twice": (sub(b'"id"', b'"id":"x","id"'), "written_anew", "the line is not what an export writes"),
    "half a character": (
        lambda line: line.replace(b"1002/account", rb"1002/account\ud800"),
        "not_json",
        "not a JSON object: ",
    ),
}


@pytest.mark.parametrize("name", DAMAGED_LINES)
def test_a_damaged_line_is_named(whole: list[bytes], tmp_path: Path, name: str) -> None:
    change, code, said = DAMAGED_LINES[name]
    events = [*whole[:-3], change(whole[-3]), *whole[-2:-1]]
    assert refused(tmp_path, closed(events, whole[-1]))[:2] == (2, code)
    message = refused(tmp_path, closed(events, whole[-1]))[2]
    assert message.startswith(f"events.jsonl:{COUNT - 1}: ")
    assert said in message


DAMAGED_FILES: dict[str, tuple[Callable[[list[bytes]], bytes], int, str, str]] = {
    "empty": (lambda whole: b"", 2, "cut_off", "1: the file ends without its checkpoint"),
    "without its last line": (lambda whole: b"".join(whole[:-1]), 2, "cut_off", f"{COUNT + 1}: the file ends without"),
    "without the end of its last line": (
        lambda whole: b"".join(whole)[:-1],
        2,
        "cut_off",
        f"{COUNT + 1}: the line has",
    ),
    "cut in a line": (lambda whole: b"".join(whole[:5]) + whole[5][:50], 2, "cut_off", "6: the line has no line end"),
    "more after the checkpoint": (
        lambda whole: b"".join([*whole, whole[-2]]),
        2,
        "bad_events_file",
        f"{COUNT + 2}: there is more after the checkpoint",
    ),
    "two files in one": (lambda whole: b"".join(whole * 2), 2, "bad_events_file", f"{COUNT + 2}: there is more after"),
    "a checkpoint alone": (
        lambda whole: whole[-1],
        4,
        "root_differs",
        "1: the checkpoint is of the size 15, but the events before it are 0",
    ),
    "a stream's first event missing": (
        lambda whole: closed([line for line in whole[:-1] if b'"~/terms/aliyun-ccc@1"' not in line], whole[-1]),
        4,
        "root_differs",
        f"{COUNT}: the checkpoint is of the size 15, but the events before it are 14",
    ),
    "an event twice": (
        lambda whole: closed([*whole[:-1], whole[-2].replace(b'"position":82', b'"position":83')], whole[-1]),
        2,
        "gap",
        f"{COUNT + 1}: version 1 of stream 1003/account follows 1",
    ),
    "two events swapped": (
        lambda whole: closed([*whole[:-3], whole[-2], whole[-3], whole[-1]][:-1], whole[-1]),
        2,
        "wrong_order",
        f"{COUNT}: position 18 does not come after 82",
    ),
    "another position": (
        lambda whole: b"".join([*whole[:-3], whole[-3].replace(b'"position":18', b'"position":19'), *whole[-2:]]),
        4,
        "lines_changed",
        f"{COUNT + 1}: the lines differ from those that were written",
    ),
    "another ledger's checkpoint": (
        lambda whole: b"".join(whole[:-1]) + whole[-1].replace(b'"data":"sl', b'"data":"xl'),
        4,
        "root_differs",
        f"{COUNT + 1}: the checkpoint belongs to 'xl",
    ),
    "no checkpoint in the last line": (
        lambda whole: b"".join(whole[:-1]) + sub(rb"\\n15\\n", rb"\\n15 \\n")(whole[-1]),
        2,
        "bad_checkpoint",
        f"{COUNT + 1}: this is not a checkpoint: its size is '15 '",
    ),
    "another format": (
        lambda whole: b"".join(whole[:-1]) + whole[-1].replace(b'"format":1', b'"format":2'),
        2,
        "bad_field",
        f"{COUNT + 1}: ",
    ),
    "another last position": (
        lambda whole: b"".join(whole[:-1]) + whole[-1].replace(b'"position":82', b'"position":80'),
        2,
        "bad_field",
        f"{COUNT + 1}: position is 80, and by the rest of the line 82",
    ),
    "of another ledger than its first event says": (
        lambda whole: closed([re.sub(rb"urn:slaledger:[^\"]*", rb"urn:slaledger:other", each) for each in whole], b""),
        2,
        "wrong_ledger",
        "1: the ledger is not other, as `source` says",
    ),
}


@pytest.mark.parametrize("name", DAMAGED_FILES)
def test_a_damaged_file_is_named_with_its_place(whole: list[bytes], tmp_path: Path, name: str) -> None:
    damage, status, code, said = DAMAGED_FILES[name]
    found = refused(tmp_path, damage(whole))
    assert found[:2] == (status, code)
    assert found[2].startswith(f"events.jsonl:{said}"), found


def test_any_changed_state_gives_another_root(whole: list[bytes], tmp_path: Path) -> None:
    """A forger who also mends the hash of the lines is found by the root."""
    for number, line in enumerate(whole[:-1]):
        changed = re.sub(rb'"actor":"clerk"', b'"actor":"clerc"', line)
        events = [*whole[:number], changed, *whole[number + 1 : -1]]
        assert refused(tmp_path, closed(events, whole[-1]))[:2] == (4, "root_differs")


def test_every_cut_is_found(whole: list[bytes], tmp_path: Path) -> None:
    content = b"".join([*whole[:1], *whole[-3:]])
    for end in range(0, len(content), 7):
        status, code, said = refused(tmp_path, content[:end])
        assert (status, code) in {(2, "cut_off"), (2, "not_json")}, (end, code)
        assert re.match(r"events.jsonl:[1-4]: ", said)


def test_every_cut_of_a_compressed_file_is_found(whole: list[bytes], tmp_path: Path) -> None:
    content = zstd.compress(b"".join(whole[-3:]))
    for end in [*range(4, len(content), 7), len(content) - 1]:
        status, code, said = refused(tmp_path, content[:end], "events.jsonl.zst")
        assert (status, code) == (2, "cut_off"), end
        assert re.match(r"events.jsonl.zst:[1-4]: the compressed file is cut off here", said)


def test_a_compressed_file_that_was_changed_is_found(whole: list[bytes], tmp_path: Path) -> None:
    options = {zstd.CompressionParameter.checksum_flag: 1}
    content = bytearray(zstd.compress(b"".join(whole), options=options))
    content[-1] ^= 1
    assert refused(tmp_path, bytes(content), "events.jsonl.zst")[:2] == (2, "broken_zstd")
    assert refused(tmp_path, b"".join(whole), "events.jsonl.zst")[:2] == (2, "not_zstd")


def test_a_long_line_is_not_read(whole: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = max(map(len, whole))
    monkeypatch.setattr(lines, "LONGEST", longest - 1)
    number = [len(line) for line in whole].index(longest) + 1
    status, code, said = refused(tmp_path, b"".join(whole))
    assert (status, code) == (2, "line_too_long")
    assert said == f"events.jsonl:{number}: the line is longer than {longest - 1} bytes"
    monkeypatch.setattr(lines, "LONGEST", longest)
    import_events(f"sqlite:///{tmp_path / 'moved.db'}", str(tmp_path / "events.jsonl"))


def test_without_the_extra_a_compressed_file_is_refused_and_a_plain_one_is_not(
    whole: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("backports.zstd", "compression.zstd"):
        monkeypatch.setitem(sys.modules, module, None)
    status, code, said = refused(tmp_path, zstd.compress(b"".join(whole)))
    assert (status, code, said) == (2, "no_zstd", "compressed files need the extra `zstd`")
    (tmp_path / "events.jsonl").write_bytes(b"".join(whole))
    import_events(f"sqlite:///{tmp_path / 'moved.db'}", str(tmp_path / "events.jsonl"))
    with (
        Ledger.open(f"sqlite:///{tmp_path / 'moved.db'}") as ledger,
        pytest.raises(Refusal, match="need the extra `zstd`") as caught,
    ):
        export_events(ledger, str(tmp_path / "out.zst"))
    assert "slaledger[zstd]" in str(caught.value.hint)


@pytest.mark.parametrize("state", [b'{"a":1}\n', b' {"a":1}', b'{"a":\n1}', b'{"a":"\r"}'])
def test_a_state_that_cannot_stand_in_a_line_survives_too(state: bytes) -> None:
    """Nothing of ours writes blanks into a state; whoever did, its bytes are kept."""
    row = enrolled(1, "1001")
    odd = state.replace(b'{"a":', row.state[:1]).replace(b"1}", row.state[1:]).replace(b'"\r"}', b"\r" + row.state[1:])
    out: list[bytes] = []
    write_events([row._replace(state=odd)], "L", out.append)
    event: dict[str, Any] = json.loads(out[0])
    assert base64.b64decode(event["data_base64"]) == odd
    assert [each.state for each in EventsFile(iter(out), "f").rows()] == [odd]


def test_a_log_with_an_event_that_cannot_be_read_is_not_exported(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.writing() as log:
        log.insert([enrolled(100, "1001")._replace(topic="account.levitated")])
    with pytest.raises(Refusal, match="position 100: unknown topic"):
        export_events(ledger, str(tmp_path / "events.jsonl"))
    assert not list(tmp_path.glob("*events*"))


def test_writing_and_reading_hold_one_event_at_a_time() -> None:
    """A log without end is read no further than it is written, and a file no further than its rows are taken."""
    given: list[int] = []

    def endless() -> Iterator[Row]:
        for number in range(1, 10**9):
            given.append(number)
            yield enrolled(number, f"{number:09d}")

    class Full(Exception):
        pass

    taken: list[bytes] = []

    def write(line: bytes) -> None:
        taken.append(line)
        assert len(given) == len(taken)
        if len(taken) == 1000:
            raise Full

    with pytest.raises(Full):
        write_events(endless(), "L", write)
    read: list[bytes] = []
    rows = EventsFile((read.append(line) or line for line in taken), "f").rows()
    for number in range(1, 1000):
        assert next(rows).position == number
        assert len(read) == number
