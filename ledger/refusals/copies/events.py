"""Refusals of exports, copies and moves."""

from __future__ import annotations

from domain.refusals import Damaged, Refusal, Unreadable
from ledger.refusals import Misread


class NeedsCheckpoint(Unreadable, code="needs_checkpoint"):
    """A backup is a copy of a database, so only a checkpoint from elsewhere can show that it is whole."""

    message = "a backup holds no checkpoint that a key could have signed"
    hint = "give --against with the checkpoint that `slaledger backup FILE` printed"


class RootDiffers(Damaged, code="root_differs"):
    """A checkpoint's root is computed over every event; one byte of one event that differs gives another root."""

    message = "{place}: {what}"
    hint = "the file was changed since it was exported; take another copy, or export again"
    place: str
    what: str


class LinesChanged(Damaged, code="lines_changed"):
    """The last line of an export summarises the other lines, and does not match them."""

    message = "{place}: {what}"
    hint = "the file was changed since it was exported; take another copy, or export again"
    place: str
    what: str


class CutOff(Unreadable, code="cut_off"):
    """The end of the file is missing."""

    message = "{place}: {what}"
    hint = "copy or export it again: its end is missing"
    place: str
    what: str


class LedgerNotEmpty(Refusal, code="ledger_not_empty"):
    """A ledger is restored into an empty one: positions stay as they were."""

    message = "the ledger {name} has events; only an empty ledger can take another's"
    hint = "name a ledger that does not exist yet; one made by `slaledger init` already has events"
    name: str


class StoredRootDiffers(Damaged, code="root_differs"):
    """A checkpoint's root is computed over every event; one byte of one event that differs gives another root."""

    message = "the root of what was stored is {stored}, that of the source is {stated}"
    hint = "nothing was stored; take another copy"
    stored: str
    stated: str


class CopyTruncated(Damaged, code="log_truncated"):
    """The checkpoint covers more events than the ledger holds: the end of the log is missing, as after restoring an old
    copy.
    """

    message = "it has {size} events, but the checkpoint covers {stated}: its end is missing"
    hint = "take a later copy"
    size: int
    stated: int


class CopyRewritten(Damaged, code="log_rewritten"):
    """The ledger no longer holds the events that the checkpoint was made of. The log is append-only, so the change was
    made outside the software.
    """

    message = "its first {size} events are not those of the checkpoint"
    hint = "take another copy"
    size: int


class FileIsLedger(Unreadable, code="file_is_ledger"):
    """An export or a backup never overwrites the ledger itself, or a file that belongs to it."""

    message = "{file} is the ledger itself, or belongs to it"
    hint = "choose another name"
    file: str


class OpensloTarget(Refusal, code="openslo_target"):
    """OpenSLO knows targets below 100 % only."""

    message = "{agreement} {version} promises 100%"
    hint = "OpenSLO has no target of 100%; name another VERSION, or write the objective by hand"
    agreement: str
    version: str


class _InEventsFile(Misread):
    """A line of exported events is not as the export wrote it."""

    hint = "export it again, and do not change the file"


class SomethingFollows(_InEventsFile, code="bad_events_file"):
    """The checkpoint is the last line of an export."""

    message = "there is more after the checkpoint"


class EventNotUtf8(_InEventsFile, code="not_utf8"):
    """A line of an export is UTF-8 text."""

    message = "not UTF-8: byte {start} is 0x{byte:02x}"
    start: int
    byte: int


class BadEventField(_InEventsFile, code="bad_field"):
    """A line of an export has the fields of its kind."""

    message = "{what}"
    what: str


class EventNotJson(_InEventsFile, code="not_json"):
    """A line of an export is a JSON object."""

    message = "not a JSON object: {error}"
    error: str


class WrongOrder(_InEventsFile, code="wrong_order"):
    """Events stand in the order of their positions; something was moved or taken out."""

    message = "position {position} does not come after {before}"
    position: int
    before: int


class UnknownEventInFile(_InEventsFile, code="unknown_event"):
    """The export holds an event that this version does not know. Nothing is left out silently."""

    message = "{what}"
    what: str


class UnreadableEventInFile(_InEventsFile, code="unreadable_event"):
    """The export holds an event that cannot be read."""

    message = "{what}"
    what: str


class LedgerNotAsSourceSays(_InEventsFile, code="wrong_ledger"):
    """Every line names the ledger that its first event made."""

    message = "the ledger is not {ledger}, as `source` says"
    ledger: str


class WrongSource(_InEventsFile, code="wrong_ledger"):
    """All lines are of one ledger."""

    message = "source is {source!r}, not {expected!r}"
    source: str
    expected: str


class DataOrBase64(_InEventsFile, code="bad_field"):
    """An event's state stands in a line once."""

    message = "a line has either `data`, or `data_base64` in base64"


class FieldDisagrees(_InEventsFile, code="bad_field"):
    """The fields of a line say the same."""

    message = "{name} is {told!r}, and by the rest of the line {due!r}"
    name: str
    told: object
    due: object


class WrittenAnew(_InEventsFile, code="written_anew"):
    """An exported line is checked to the byte. Another program read the file and wrote it again; what it lost cannot be
    told.
    """

    message = "the line is not what an export writes: blanks, order or escapes differ"


class GapInFile(_InEventsFile, code="gap"):
    """A stream's versions count up by one. One is missing, so an event was taken out."""

    message = "version {version} of stream {stream} follows {last}"
    version: int
    stream: str
    last: int


class GapInCopy(Damaged, code="gap"):
    """A stream's versions count up by one. One is missing, so an event was taken out of the copy."""

    message = "{place}: version {version} of stream {stream} follows {last}"
    hint = "take another copy"
    place: str
    version: int
    stream: str
    last: int


class WrongPositionInCopy(Damaged, code="wrong_order"):
    """Positions begin at 1 and rise: a copy with an event elsewhere was changed."""

    message = "{place}: an intact log has no event there"
    hint = "take another copy"
    place: str
