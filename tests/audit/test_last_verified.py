"""`status` tells the last sound verification that was made on this store: when, by whom, of how much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import CommandLine

from ledger.log.database import Kind, SideStore, SideStoreError
from ledger.store.sqlite.store import EmbeddedStore

JANUARY = "2026-01-01T00:00:00+08:00"


@pytest.fixture
def books(slaledger: CommandLine) -> CommandLine:
    slaledger.ok("account", "enroll", "1001", "--enrolled-at", JANUARY)
    return slaledger


def told(books: CommandLine, which: str = "verified") -> tuple[Any, ...]:
    found = books.ok("status")[which]
    return tuple(found[key] for key in ("by", "size", "whole", "went_on_from", "since"))


def table(books: CommandLine) -> str:
    return books.run("status", "--format", "table").stdout


@pytest.mark.usefixtures("noon")
def test_a_verification_is_told_until_the_next_one(books: CommandLine) -> None:
    assert books.ok("status")["verified"] is None
    assert "last verification  none is known here: `slaledger audit verify`" in table(books)
    books.ok("--actor", "auditor", "audit", "verify", "-o", "receipt.json")
    events = len(books.rows())
    assert told(books) == told(books, "verified_whole") == ("auditor", events, True, None, 0)
    assert books.ok("status")["verified"]["at"] == "2026-11-21T12:00:00+08:00"
    books.ok("account", "close", "1001", "--closed-at", "2026-02-01T00:00:00+08:00")
    assert told(books) == ("auditor", events, True, None, 1)
    assert f"last verification  2026-11-21 12:00:00 by auditor; {events} events; 1 event since" in table(books)
    books.ok("audit", "verify")
    assert told(books) == ("clerk", events + 1, True, None, 0)


def test_one_of_what_is_new_leaves_the_last_whole_one_known(books: CommandLine) -> None:
    books.ok("--actor", "auditor", "audit", "verify", "-o", "receipt.json")
    events = len(books.rows())
    books.ok("account", "close", "1001", "--closed-at", "2026-02-01T00:00:00+08:00")
    books.ok("audit", "verify", "--since", "receipt.json")
    assert told(books) == ("clerk", events + 1, False, events, 0)
    assert told(books, "verified_whole") == ("auditor", events, True, None, 1)
    shown = table(books)
    assert f"{events + 1} events, new ones only" in shown
    assert "last of everything" in shown


def test_what_is_not_sound_is_not_told(books: CommandLine) -> None:
    books.ok("audit", "verify")
    before = told(books)
    enrolled = books.rows()[-1]
    books.insert("1001/account", enrolled[3], enrolled[4])
    assert books.run("audit", "verify").returncode == 4
    assert told(books) == (*before[:4], 1)


def test_one_of_more_events_than_there_are_is_of_another_log(books: CommandLine) -> None:
    books.ok("audit", "verify")
    books.tamper("DELETE FROM stored_events WHERE position = (SELECT max(position) FROM stored_events)")
    assert books.ok("status")["verified"] is None


def test_it_is_told_of_now_and_not_of_an_earlier_position(books: CommandLine) -> None:
    books.ok("audit", "verify")
    assert books.ok("status", "--at-position", str(books.rows()[-1][0]))["verified"] is None


def test_checkpoints_do_not_forget_it(books: CommandLine) -> None:
    """The tree is made in the same side store."""
    books.ok("audit", "verify")
    before = told(books)
    books.run("audit", "checkpoint")
    assert told(books) == before


def test_a_side_store_that_cannot_be_written_is_a_warning(ledger_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = EmbeddedStore.kept

    def full(store: EmbeddedStore, kind: Kind, **given: bool) -> SideStore:
        if kind == "tree":
            raise SideStoreError(OSError("disk full"), is_passing=True, forbids_writing=False)
        return kept(store, kind, **given)

    books = CommandLine(ledger_file.parent)
    monkeypatch.setattr(EmbeddedStore, "kept", full)
    done = books.run("audit", "verify", "--format", "table")
    assert done.returncode == 0
    assert "note: `slaledger status` will not show this verification: disk full" in done.stderr
    monkeypatch.undo()
    assert books.ok("status")["verified"] is None
