"""A ledger's events as a file: one CloudEvents 1.0 envelope (JSON format) per line, and a checkpoint at the end.

The state is in `data` as the exact stored text, not in `data_base64`, so that a person can still read and search the
file in twenty years. Text is as exact as base64 while the file's bytes are unchanged. A file that another program
rewrote (blanks, order, escapes) is refused: each line must equal, byte for byte, the line that an export would write
of its content, and the checkpoint's root is over the states' bytes. Only a state that does not fit in a line as it
is, which this software never writes, is in `data_base64`.

`id` is STREAM@VERSION and `time` when it was recorded; `position`, `stream` and `streamversion` are extension
attributes (JSON numbers; CloudEvents' own Integer ends at 2^31). The last line's `data` is a C2SP tlog-checkpoint,
bare or signed; its `linessha256` is over all bytes before it, so that positions, which no root covers, are protected
too. The file does not depend on the time of writing: two exports of the same log have the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import unquote

import msgspec
from msgspec import UNSET, Raw

from domain.events import LedgerCreated
from domain.keys import decoded, encoded
from domain.parser_messages import parser_words
from domain.refusals import Refusal
from domain.text import said
from ledger.copies.event_lines import (
    CHECKPOINT,
    CHECKPOINT_DECODER,
    EVENT_DECODER,
    TYPE_DECODER,
    URN,
    CheckpointLine,
    EventLine,
    Line,
    encoded_line,
    event_line,
    source_uri,
    time_text,
)
from ledger.files.lines import cut_off
from ledger.log import streams
from ledger.log.codec import Row, open_state
from ledger.log.leaves import leaf_hash
from ledger.log.reader import BatchNote
from ledger.refusals.copies.events import (
    BadEventField,
    DataOrBase64,
    EventNotJson,
    EventNotUtf8,
    FieldDisagrees,
    GapInFile,
    LedgerNotAsSourceSays,
    LinesChanged,
    RootDiffers,
    SomethingFollows,
    UnknownEventInFile,
    UnreadableEventInFile,
    WrittenAnew,
    WrongOrder,
    WrongSource,
)
from ledger.refusals.store import UnknownTopic, UnreadableState
from ledger.transparency.log_root import Peaks
from ledger.transparency.proofs import Checkpoint, read_checkpoint


class Tally:
    """The running totals over the lines of a file, both when it is written and when it is read."""

    def __init__(self) -> None:
        self.peaks = Peaks()
        self.position = 0
        self.recorded_at = 0
        self._lines = hashlib.sha256()

    def add(self, row: Row, recorded_at: int, line: bytes) -> None:
        """Add one more event and its line."""
        self.peaks.add(leaf_hash(row))
        self.position, self.recorded_at = row.position, recorded_at
        self._lines.update(line)

    def checkpoint(self, ledger: str) -> Checkpoint:
        """The tree head of the events so far."""
        return Checkpoint(ledger, self.peaks.size, self.peaks.root())

    def last_line(self, ledger: str, text: str) -> CheckpointLine:
        """The last line of the file, with the checkpoint's text."""
        return CheckpointLine(
            id=f"checkpoint@{self.peaks.size}",
            source=source_uri(ledger),
            time=time_text(self.recorded_at),
            position=self.position,
            linessha256=self._lines.hexdigest(),
            data=text,
        )


def write_events(
    rows: Iterable[Row], ledger: str, write: Callable[[bytes], object], sign: Callable[[str], str] = lambda text: text
) -> Tally:
    """Write a log's rows, each as soon as it is read, and then its checkpoint as a text from `sign`.

    Raises Damaged for an event that cannot be read.
    """
    tally = Tally()
    for row in rows:
        recorded_at = open_state(row.topic, row.state, row.position, row.stream).recorded_at
        line = encoded_line(event_line(row, recorded_at, ledger))
        tally.add(row, recorded_at, line)
        write(line)
    write(encoded_line(tally.last_line(ledger, sign(tally.checkpoint(ledger).text()))))
    return tally


class EventsFile:
    """The events of a file, each checked as far as its line and those before it allow.

    `ledger` is the id that the lines name, and `stated` the checkpoint once all rows were read.
    """

    gap = GapInFile

    def __init__(self, lines: Iterator[bytes], name: str, verifier_keys: Sequence[str] = ()) -> None:
        self._lines = lines
        self._name = name
        self._keys = verifier_keys
        self._line = 0
        self._tally = Tally()
        self.ledger = ""
        self.stated: Checkpoint | None = None

    @property
    def place(self) -> str:
        """The place of the line read last."""
        return f"{self._name}:{self._line}"

    def notes(self) -> Sequence[BatchNote]:
        """The progress of batch files: none, since an export does not contain it."""
        return ()

    def rows(self) -> Iterator[Row]:
        """The rows in log order, with only one line in memory.

        Raises Unreadable with `FILE:LINE` for a wrong line: `not_utf8`, `not_json`, `bad_field`,
        `wrong_ledger`, `wrong_order`, `unknown_event`, `unreadable_event`, `written_anew`, `cut_off`; and Damaged
        `root_differs`, `lines_changed` where each line is right, but the checkpoint is of other lines.
        """
        for self._line, line in enumerate(self._lines, start=1):  # noqa: B020 - every refusal names the line
            if self.stated is not None:
                raise SomethingFollows(place=self.place)
            if self._decoded(TYPE_DECODER, line).type == CHECKPOINT:
                self.stated = self._checkpoint(line)
            else:
                yield self._row(line)
        if self.stated is None:
            raise cut_off(f"{self._name}:{self._line + 1}", said("the file ends without its checkpoint"))

    def _decoded(self, decoder: msgspec.json.Decoder[Line], line: bytes) -> Line:
        if not line.endswith(b"\n"):
            raise cut_off(self.place, said("the line has no line end"))
        try:
            line.decode()
            return decoder.decode(line)
        except UnicodeDecodeError as error:
            raise EventNotUtf8(place=self.place, start=error.start + 1, byte=line[error.start]) from None
        except msgspec.ValidationError as error:
            raise BadEventField(place=self.place, what=parser_words(str(error))) from None
        except (msgspec.DecodeError, RecursionError) as error:
            raise EventNotJson(place=self.place, error=parser_words(str(error))) from None

    def _row(self, line: bytes) -> Row:
        given = self._decoded(EVENT_DECODER, line)
        self._check_source(given.source)
        if given.position <= self._tally.position:
            raise WrongOrder(place=self.place, position=given.position, before=self._tally.position)
        row = Row(given.position, given.stream, given.streamversion, given.type, self._state(given))
        try:
            envelope = open_state(row.topic, row.state, row.position, row.stream)
        except (UnknownTopic, UnreadableState) as damaged:
            kind = UnknownEventInFile if isinstance(damaged, UnknownTopic) else UnreadableEventInFile
            raise kind(place=self.place, what=damaged.message) from None
        if row.stream == streams.LEDGER and row.version == 1 and envelope.data != LedgerCreated(ledger=self.ledger):
            raise LedgerNotAsSourceSays(place=self.place, ledger=self.ledger)
        self._check_written(given, event_line(row, envelope.recorded_at, self.ledger), line)
        self._tally.add(row, envelope.recorded_at, line)
        return row

    def _check_source(self, source: str) -> None:
        """Check that all lines are of the ledger that the first one names."""
        self.ledger = self.ledger or unquote(source.removeprefix(URN))
        if source != source_uri(self.ledger):
            raise WrongSource(place=self.place, source=source, expected=source_uri(self.ledger))

    def _state(self, given: EventLine) -> bytes:
        if isinstance(given.data, Raw) and given.data_base64 is UNSET:
            return bytes(given.data)
        state = decoded(given.data_base64) if isinstance(given.data_base64, str) and given.data is UNSET else None
        if state is None:
            raise DataOrBase64(place=self.place)
        return state

    def _check_written(self, given: msgspec.Struct, expected: msgspec.Struct, line: bytes) -> None:
        """Check that a line is what an export writes. Raises Unreadable `bad_field` for a field, or `written_anew`."""
        if encoded_line(expected) == line:
            return
        for name in given.__struct_fields__:
            told, due = getattr(given, name), getattr(expected, name)
            if isinstance(due, str | int) and told != due:
                raise FieldDisagrees(place=self.place, name=name, told=told, due=due)
        raise WrittenAnew(place=self.place)

    def _checkpoint(self, line: bytes) -> Checkpoint:
        """The checkpoint at the file's end, checked against the lines before it."""
        given = self._decoded(CHECKPOINT_DECODER, line)
        self._check_source(given.source)
        try:
            stated = read_checkpoint(given.data, self._keys)
        except Refusal as refusal:
            refusal.at(self.place)
            raise
        found = self._tally.checkpoint(self.ledger)
        if stated != found:
            raise RootDiffers(place=self.place, what=_difference(stated, found))
        expected = self._tally.last_line(self.ledger, given.data)
        if given.linessha256 != expected.linessha256:
            what = said("the lines differ from those that were written: positions were changed")
            raise LinesChanged(place=self.place, what=what)
        self._check_written(given, expected, line)
        return stated


def _difference(stated: Checkpoint, found: Checkpoint) -> str:
    if stated.origin != found.origin:
        return said(
            "the checkpoint belongs to {stated!r}, the events to {found!r}", stated=stated.origin, found=found.origin
        )
    if stated.size != found.size:
        return said(
            "the checkpoint is of the size {stated}, but the events before it are {found}",
            stated=stated.size,
            found=found.size,
        )
    return said(
        "the root of the events is {found}, that of the checkpoint is {stated}",
        found=encoded(found.root),
        stated=encoded(stated.root),
    )
