"""Kept checkpoints: notes that cosignatures join and time stamps, beside a ledger file and on a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import CommandLine
from stores import sqlite_only

from domain.keys import encoded
from domain.refusals import Refusal
from ledger.application import Ledger
from ledger.refusals.audit.evidence import BadCheckpoint, OtherLedger
from ledger.refusals.audit.keys import BadNote
from ledger.refusals.audit.timestamps import (
    KeptCheckpointDiffers,
    KeptCheckpointOfOtherLedger,
    KeptCheckpointUnreadable,
)
from ledger.store.open import open_store
from ledger.transparency import attested
from ledger.transparency.attested import Attested, keep, kept_checkpoints, newest_cosigned, newest_timestamped
from ledger.transparency.attested_files import proofs_folder
from ledger.transparency.cosignatures import COSIGNATURE_BYTES
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.tree import tree_of


@pytest.fixture
def ledger(slaledger: CommandLine) -> Iterator[Ledger]:
    """A new ledger, open."""
    with Ledger(open_store(slaledger.url)) as opened:
        yield opened


def body(ledger: Ledger, size: int) -> str:
    """The checkpoint of the first events."""
    with tree_of(ledger) as tree:
        return Checkpoint(tree.ledger, size, tree.root(size)).text()


def line(name: str, byte: bytes, length: int = COSIGNATURE_BYTES) -> str:
    """A signature line of a key, as long as a cosignature unless something else is said."""
    return f"— {name} {encoded(name.encode()[:4].ljust(4) + byte * length)}\n"


def test_what_is_kept_is_read_again_newest_of_each_kind_first(ledger: Ledger) -> None:
    assert list(kept_checkpoints(ledger)) == []
    assert newest_timestamped(ledger) is newest_cosigned(ledger) is None
    for size in (2, 4, 3, 11):
        keep(ledger, body(ledger, size))
    keep(ledger, body(ledger, 3), b"\x30\x00")
    keep(ledger, f"{body(ledger, 2)}\n{line('ann', b'a')}")
    keep(ledger, f"{body(ledger, 11)}\n{line('us', b's', 64)}")
    assert [kept.checkpoint.size for kept in kept_checkpoints(ledger)] == [11, 4, 3, 2]
    stamped, cosigned = newest_timestamped(ledger), newest_cosigned(ledger)
    assert stamped is not None and (stamped.checkpoint.size, stamped.timestamp) == (3, b"\x30\x00")
    assert cosigned is not None and cosigned.checkpoint.size == 2, "a signature of ours is no cosignature"
    assert newest_cosigned(ledger, lambda kept: "bob" in kept.note) is None


def test_cosignatures_join_and_a_line_of_the_same_key_is_replaced(ledger: Ledger) -> None:
    text = body(ledger, 5)
    keep(ledger, text, b"\x30\x01\x00")
    keep(ledger, f"{text}\n{line('ann', b'a')}")
    keep(ledger, f"{text}\n{line('bob', b'b')}{line('ann', b'A')}")
    assert keep(ledger, text) == Attested(
        note=f"{text}\n{line('ann', b'A')}{line('bob', b'b')}",
        checkpoint=next(kept_checkpoints(ledger)).checkpoint,
        timestamp=b"\x30\x01\x00",
    )
    assert attested.body_of(next(kept_checkpoints(ledger)).note) == text
    assert keep(ledger, text, b"\x30\x00").timestamp == b"\x30\x00"


def test_what_contradicts_is_refused_and_what_was_kept_stays(ledger: Ledger) -> None:
    text = body(ledger, 5)
    origin, _, root = text.splitlines()
    keep(ledger, f"{text}\n{line('ann', b'a')}")
    other = encoded(b"\x01" * 32)
    refused: list[tuple[str, type[Refusal]]] = [
        (f"{origin}\n5\n{other}\n", KeptCheckpointDiffers),
        (f"elsewhere\n5\n{root}\n", OtherLedger),
        (f"{origin}\n05\n{root}\n", BadCheckpoint),
        (text + "\n" + "".join(line(f"w{number}", b"w") for number in range(100)), BadNote),
    ]
    for note, why in refused:
        with pytest.raises(why) as told:
            keep(ledger, note, b"\x30\x00")
        if why is KeptCheckpointDiffers:
            assert root in told.value.message and other in told.value.message
    assert [(kept.note, kept.timestamp) for kept in kept_checkpoints(ledger)] == [
        (f"{text}\n{line('ann', b'a')}", None)
    ]


def test_a_rebuild_and_a_dropped_side_store_leave_what_is_kept(slaledger: CommandLine, ledger: Ledger) -> None:
    keep(ledger, body(ledger, 5), b"\x30\x00")
    slaledger.ok("rebuild")
    ledger.store.drop_kept()
    with tree_of(ledger):
        assert newest_timestamped(ledger) is not None


@sqlite_only("a folder beside the file")
def test_the_folder_has_a_note_and_a_time_stamp_by_size_and_nothing_else(ledger: Ledger) -> None:
    assert ledger.store.path is not None
    folder = proofs_folder(ledger.store.path)
    assert not folder.exists()
    keep(ledger, body(ledger, 5), b"\x30\x00")
    keep(ledger, body(ledger, 6))
    assert sorted(path.name for path in folder.iterdir()) == ["5.checkpoint", "5.tsr", "6.checkpoint"]
    assert (folder / "5.checkpoint").read_text() == body(ledger, 5)
    assert (folder / "5.tsr").read_bytes() == b"\x30\x00"


@sqlite_only("a folder beside the file")
@pytest.mark.parametrize("content", ["", "ours\n5\n", None])
def test_a_kept_checkpoint_that_was_changed_is_named(ledger: Ledger, content: str | None) -> None:
    assert ledger.store.path is not None
    keep(ledger, body(ledger, 5), b"\x30\x00")
    file = proofs_folder(ledger.store.path) / "5.checkpoint"
    file.write_text(body(ledger, 4) if content is None else content)
    with pytest.raises(KeptCheckpointUnreadable, match=r"5\.checkpoint"):
        newest_timestamped(ledger)


@sqlite_only("a folder beside the file")
def test_what_is_kept_of_another_ledger_is_not_taken_for_this_ones(ledger: Ledger) -> None:
    assert ledger.store.path is not None
    keep(ledger, body(ledger, 5), b"\x30\x00")
    file = proofs_folder(ledger.store.path) / "5.checkpoint"
    file.write_text(file.read_text().replace("slaledger-", "slaledger-0", 1))
    with pytest.raises(KeptCheckpointOfOtherLedger):
        newest_timestamped(ledger)
    with pytest.raises(KeptCheckpointOfOtherLedger):
        keep(ledger, body(ledger, 5))
