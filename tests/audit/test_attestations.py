"""Dossiers carry what others attest of the ledger, and both checkers say since when their events have existed."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from authority import NAME, Authority
from conftest import CommandLine
from stores import SqliteFile
from test_verifier import sealed, verifier

from domain.keys import encoded
from ledger.store.sqlite.files import drop_kept
from ledger.transparency.attested import keep
from ledger.transparency.cosignatures import COSIGNATURE_BYTES

CLAIM = ("1001", "2026-07")
LATER = ("1001", "2026-08")
TIME = "2020-06-01T08:00:00+08:00"
OTHER_ROOT = base64.b64encode(bytes(32)).decode()
Json = dict[str, Any]


class Stamped(NamedTuple):
    """The demo's ledger with `case.json`, whose log continues a checkpoint `c.txt` that an authority timestamped.

    `events` are those of the case, of which `covered` were recorded before; `whole.json` is the case at that time,
    `bare.json` the one before it.
    """

    slaledger: CommandLine
    desk: Authority
    events: int
    covered: int


@pytest.fixture(scope="module")
def stamped(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Stamped:
    folder = tmp_path_factory.mktemp("attested")
    slaledger = CommandLine(Path(shutil.copytree(shown[0], folder / "demo")))
    desk = Authority(folder / "desk")
    slaledger.ok("dossier", *CLAIM, "-o", "bare.json")
    stamp(slaledger, desk)
    slaledger.ok("dossier", *CLAIM, "-o", "whole.json")
    for number in range(3):
        slaledger.ok("account", "rename", CLAIM[0], "--name", f"Name {number}")
    slaledger.ok("dossier", *CLAIM, "-o", "case.json")
    said = read(slaledger, "case.json")
    return Stamped(slaledger, desk, len(said["events"]), len(read(slaledger, "whole.json")["events"]))


def stamp(slaledger: CommandLine, desk: Authority) -> None:
    """Timestamp the ledger as it is, and keep that."""
    printed = slaledger.run("audit", "checkpoint", "--timestamp-request", "q.tsq", "--force")
    (slaledger.folder / "c.txt").write_text(printed.stdout)
    desk.answer(slaledger.folder / "q.tsq", slaledger.folder / "a.tsr", chain=("Middle", "Root"))
    words = ("audit", "timestamp", "c.txt", "a.tsr", "--request", "q.tsq", "--tsa", desk.certificates)
    assert slaledger.ok(*words)["checked"]


def read(slaledger: CommandLine, file: str) -> Json:
    content: Json = json.loads((slaledger.folder / file).read_bytes())
    return content


def by_both(slaledger: CommandLine, file: str, *options: str) -> tuple[int, int, str, str]:
    """The exit statuses of our checker and of the stand-alone one, and what each prints."""
    ours = slaledger.run("verify-dossier", file, *options, "--format", "table", env={"COLUMNS": "400"})
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        theirs = verifier.main([str(slaledger.folder / file), *options])
    return ours.returncode, theirs, (ours.stdout + ours.stderr).replace("\n", " "), printed.getvalue()


def changed(stamped: Stamped, change: Callable[[Json], object], file: str = "case.json") -> str:
    """A file with a changed dossier, its digest made anew."""
    content = read(stamped.slaledger, file)
    change(content)
    (stamped.slaledger.folder / "changed.json").write_bytes(sealed(content))
    return "changed.json"


def test_both_say_since_when_the_events_have_existed(stamped: Stamped) -> None:
    assert (stamped.covered, stamped.events) == (stamped.covered, stamped.covered + 3)
    ours, theirs, said, printed = by_both(stamped.slaledger, "case.json", "--tsa", stamped.desk.certificates)
    assert (ours, theirs) == (0, 0)
    assert f"{stamped.covered} of these {stamped.events} events existed at {TIME}, as {NAME} says" in said
    assert f"{stamped.covered} of {stamped.events} events existed at {TIME}, as {NAME} says" in printed
    ours, theirs, said, printed = by_both(stamped.slaledger, "whole.json", "--tsa", stamped.desk.certificates)
    assert (ours, theirs) == (0, 0)
    assert f"these {stamped.covered} events existed at {TIME}, as {NAME} says" in said
    assert f"{stamped.covered} of {stamped.covered} events existed at {TIME}" in printed


def test_programs_read_it_too(stamped: Stamped) -> None:
    answer = stamped.slaledger.ok("verify-dossier", "case.json", "--tsa", stamped.desk.certificates)
    size = int((stamped.slaledger.folder / "c.txt").read_text().splitlines()[1])
    assert answer["timestamps"] == [{"time": TIME, "authority": NAME, "size": size, "events": stamped.covered}]
    assert "timestamps" not in stamped.slaledger.ok("verify-dossier", "case.json")


def test_without_certificates_both_say_that_the_time_was_not_checked(stamped: Stamped) -> None:
    ours, theirs, said, printed = by_both(stamped.slaledger, "case.json")
    assert (ours, theirs) == (0, 0)
    assert ("time stamp was not checked" in said, "1 time stamp was not checked" in printed) == (True, True)
    assert "time stamp" not in "".join(by_both(stamped.slaledger, "bare.json")[2:])


def test_what_was_asked_and_is_not_proved_is_no_success(stamped: Stamped, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", of="Sundials")
    cases = [
        ("case.json", other.certificates, f"the time stamp of {NAME} is not signed under"),
        ("case.json", stamped.desk.middle, f"the time stamp of {NAME} is not signed under"),
        ("bare.json", stamped.desk.certificates, "the dossier has no time stamp"),
    ]
    for file, certificates, why in cases:
        ours, theirs, said, printed = by_both(stamped.slaledger, file, "--tsa", certificates)
        assert (ours, theirs) == (3, 3)
        assert why in said and why in printed and printed.startswith("TIME NOT PROVED")
        assert "existed at" not in said + printed
    (tmp_path / "x.pem").write_text("trust me\n")
    assert by_both(stamped.slaledger, "case.json", "--tsa", str(tmp_path / "x.pem"))[:2] == (2, 2)


def _first(content: Json) -> Json:
    first: Json = content["attestations"][0]
    return first


def _line(place: int, line: str) -> Callable[[Json], None]:
    def change(content: Json) -> None:
        lines = _first(content)["checkpoint"].splitlines()
        lines[place] = line
        _first(content)["checkpoint"] = "".join(f"{each}\n" for each in lines)

    return change


def _moved(content: Json) -> None:
    """The time stamp beside the dossier's own checkpoint, of which it is not."""
    content["attestations"] = [{**_first(content), "checkpoint": content["checkpoint"], "proof": []}]


TAMPERED: dict[str, Callable[[Json], object]] = {
    "a hash less": lambda content: _first(content)["proof"].pop(),
    "a hash more": lambda content: _first(content)["proof"].append(OTHER_ROOT),
    "another hash": lambda content: _first(content)["proof"].__setitem__(0, OTHER_ROOT),
    "no base64": lambda content: _first(content)["proof"].__setitem__(0, "?"),
    "another root": _line(2, OTHER_ROOT),
    "another ledger": _line(0, "slaledger-0"),
    "another size": _line(1, "17"),
    "a size beyond": _line(1, "1000000"),
    "no checkpoint": lambda content: _first(content).update(checkpoint="x"),
}
TAMPERED_STAMPS: dict[str, Callable[[Json], object]] = {
    "of another checkpoint": _moved,
    "no base64 of a time stamp": lambda content: _first(content).update(timestamp="?"),
    "no time stamp": lambda content: _first(content).update(timestamp="AAAA"),
    "an empty time stamp": lambda content: _first(content).update(timestamp=""),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_an_attestation_that_does_not_hold_is_found_by_both(stamped: Stamped, name: str) -> None:
    file = changed(stamped, TAMPERED[name])
    assert by_both(stamped.slaledger, file)[:2] == (4, 1)
    assert by_both(stamped.slaledger, file, "--tsa", stamped.desk.certificates)[:2] == (4, 1)


@pytest.mark.parametrize("name", TAMPERED_STAMPS)
def test_a_time_stamp_of_something_else_is_found_by_both_who_check_it(stamped: Stamped, name: str) -> None:
    file = changed(stamped, TAMPERED_STAMPS[name])
    assert by_both(stamped.slaledger, file)[:2] == (0, 0)
    ours, theirs, said, printed = by_both(stamped.slaledger, file, "--tsa", stamped.desk.certificates)
    assert (ours, theirs) == (4, 1)
    assert "existed at" not in said + printed


SHAPES: list[object] = [{}, [1], [{}], [{"checkpoint": "x"}], [{"checkpoint": "x", "proof": [1]}]]


@pytest.mark.parametrize("shape", [*SHAPES, [{"checkpoint": "x", "proof": [], "timestamp": None}], None, "x"])
def test_a_member_of_another_shape_cannot_be_read(stamped: Stamped, shape: object) -> None:
    file = changed(stamped, lambda content: content.update(attestations=shape))
    assert by_both(stamped.slaledger, file)[:2] == (2, 2)


def test_format_1_has_no_attestations(stamped: Stamped) -> None:
    """Without them it can be read, and what its events do not show is found."""

    def older(content: Json) -> None:
        content["format"] = "slaledger-dossier-1"
        content.pop("left_out")

    assert by_both(stamped.slaledger, changed(stamped, older))[:2] == (2, 2)
    assert by_both(stamped.slaledger, changed(stamped, older, "bare.json"))[:2] == (4, 1)


def test_an_attested_checkpoint_that_its_reader_kept_ties_the_dossier(stamped: Stamped) -> None:
    kept = str(stamped.slaledger.folder / "c.txt")
    assert by_both(stamped.slaledger, "case.json", "--checkpoint", kept)[:2] == (0, 0)
    origin, size, _ = Path(kept).read_text().splitlines()
    (stamped.slaledger.folder / "d.txt").write_text(f"{origin}\n{size}\n{OTHER_ROOT}\n")
    other = str(stamped.slaledger.folder / "d.txt")
    assert by_both(stamped.slaledger, "case.json", "--checkpoint", other)[:2] == (4, 1)


def test_the_newest_timestamped_and_the_newest_cosigned_one_go_along(stamped: Stamped, tmp_path: Path) -> None:
    copy = CommandLine(Path(shutil.copytree(stamped.slaledger.folder, tmp_path / "copy")))

    def attested() -> list[tuple[int, bool, bool]]:
        """The size of each attestation, and whether it has a time stamp and a cosignature; both checkers agree."""
        copy.ok("dossier", *CLAIM, "-o", "case.json", "--force")
        assert by_both(copy, "case.json")[:2] == (0, 0)
        return [
            (int(each["checkpoint"].split("\n")[1]), "timestamp" in each, "— ann " in each["checkpoint"])
            for each in read(copy, "case.json")["attestations"]
        ]

    def cosign(note: str) -> None:
        with copy.opened() as ledger:
            keep(ledger, f"{note}\n— ann {encoded(b'anne' + bytes(COSIGNATURE_BYTES))}\n")

    ((size, *_),) = attested()
    cosign((copy.folder / "c.txt").read_text())
    assert attested() == [(size, True, True)]
    cosign(copy.run("audit", "checkpoint").stdout)
    assert attested() == [(size, True, True), (size + 3, False, True)]
    stamp(copy, stamped.desk)
    assert attested() == [(size + 3, True, True)]


# A ledger that was rewritten as a whole since.


@pytest.fixture(scope="module")
def rewritten(stamped: Stamped, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The ledger with another fee from the start, and nothing beside it that tells, but the attested checkpoint."""
    folder = tmp_path_factory.mktemp("rewritten")
    copy = CommandLine(Path(shutil.copytree(stamped.slaledger.folder, folder / "copy")))
    place = SqliteFile(copy.ledger)
    position, state = next(
        (position, state)
        for position, stream, _, topic, state in place.rows()
        if stream.startswith("1002/bill/") and topic == "fees.billed"
    )
    other = state.replace(b'"call_fee_fen":', b'"call_fee_fen":1')
    assert other != state
    place.tamper("UPDATE stored_events SET state = ? WHERE position = ?", other, position)
    drop_kept(copy.ledger)
    return copy


def test_a_rewritten_ledger_makes_no_dossier_beside_what_is_attested(rewritten: CommandLine) -> None:
    refused = rewritten.refused("dossier", *CLAIM, "-o", "none.json", status=4)
    assert refused["code"] == "log_rewritten" and "slaledger.db.proofs" in refused["message"]
    words = ("audit", "timestamp", "c.txt", "a.tsr")
    assert rewritten.refused(*words, status=4)["code"] == "log_rewritten"


def test_a_rewritten_ledger_is_found_by_what_is_kept_beside_it(rewritten: CommandLine, stamped: Stamped) -> None:
    """Without being told of a checkpoint; with and without a kept tree."""
    size = (rewritten.folder / "c.txt").read_text().splitlines()[1]
    (found,) = damage_of(rewritten)
    assert found["kind"] == "rewritten"
    assert f"slaledger.db.proofs/{size}.checkpoint: the first {size} events are not those" in found["message"]
    assert damage_of(stamped.slaledger) == []
    stamped.slaledger.run("audit", "checkpoint")
    assert damage_of(stamped.slaledger) == [], "by the roots of the kept tree"
    rewritten.ok("account", "enroll", "3001", "--enrolled-at", "2026-01-01T00:00:00+08:00")
    (rewritten.folder / "new.txt").write_text(rewritten.run("audit", "checkpoint").stdout)
    (since,) = damage_of(rewritten, "--since", "new.txt")
    assert f"slaledger.db.proofs/{size}.checkpoint: " in since["message"]


def test_an_end_that_was_cut_off_is_found_by_what_is_kept_beside_it(stamped: Stamped, tmp_path: Path) -> None:
    copy = CommandLine(Path(shutil.copytree(stamped.slaledger.folder, tmp_path / "copy")))
    SqliteFile(copy.ledger).tamper("DELETE FROM stored_events WHERE position > ?", 200)
    drop_kept(copy.ledger)
    assert "truncated" in [each["kind"] for each in damage_of(copy)]


def damage_of(slaledger: CommandLine, *options: str) -> list[Json]:
    """What `audit verify` finds damaged."""
    damage: list[Json] = json.loads(slaledger.run("audit", "verify", *options, "--format", "json").stdout)["damage"]
    return damage


def test_a_rewritten_ledgers_dossier_is_found_by_both(rewritten: CommandLine, stamped: Stamped) -> None:
    """Without the attested checkpoint it has no time; with it, its proof does not hold."""
    proofs = rewritten.folder / "slaledger.db.proofs"
    proofs.rename(rewritten.folder / "away")
    try:
        rewritten.ok("dossier", *CLAIM, "-o", "new.json")
    finally:
        (rewritten.folder / "away").rename(proofs)
    certificates = stamped.desk.certificates
    assert by_both(rewritten, "new.json")[:2] == (0, 0), "nothing in it tells"
    assert by_both(rewritten, "new.json", "--tsa", certificates)[:2] == (3, 3)
    assert by_both(rewritten, "new.json", "--checkpoint", str(rewritten.folder / "c.txt"))[:2] == (3, 3)
    content = read(rewritten, "new.json") | {"attestations": read(rewritten, "case.json")["attestations"]}
    (rewritten.folder / "forged.json").write_bytes(sealed(content))
    assert by_both(rewritten, "forged.json", "--tsa", certificates)[:2] == (4, 1)
    assert rewritten.run("audit", "verify", "--against", "c.txt").returncode == 4


def test_the_stand_alone_checker_says_where_it_has_no_library(
    stamped: Stamped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier, "CAN_CHECK_TIME", False)
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    assert "1 time stamp was not checked" in by_both(stamped.slaledger, "case.json")[3]
    file = str(stamped.slaledger.folder / "case.json")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert verifier.main([file, "--tsa", stamped.desk.certificates]) == 3
    assert "TIME NOT PROVED: that needs the Python package rfc3161-client" in printed.getvalue()
    words = ("verify-dossier", "case.json", "--tsa", stamped.desk.certificates)
    assert stamped.slaledger.refused(*words, status=2)["code"] == "missing_extra"
