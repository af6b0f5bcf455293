"""Refusals of commands and batches."""

from __future__ import annotations

from domain.refusals import Conflict, InstantUs, Refusal, Undone, Unreadable


class RunIncomplete(Refusal, code="run_incomplete"):
    """A month's run continues after a refused account; the batch stops after the run."""

    message = "{refused} refused, {done} done; {what}"
    hint = "completed accounts stay completed: correct what is refused, and run it again"
    refused: int
    done: int
    what: str


class RunLeavesUndone(Undone):
    """A month's run lists what was undone since, and leaves it."""

    message = "{refused} left, {done} done; {what}"
    hint = "`slaledger worklist` lists them; each is issued by its own command with --again"
    refused: int
    done: int
    what: str


class BatchGoesOn(Conflict, code="batch_goes_on"):
    """Two runs of one batch file at the same time would each count the other's lines as their own."""

    message = "another run of this file continued meanwhile"
    hint = "let it finish, and run this again"


class KeyTaken(Refusal, code="key_taken"):
    """Once a command with a key was carried out, even without effect, the same command is a no-op. The same key with
    other content is refused, so that nothing is lost silently.
    """

    message = "key {key!r} was used for another command"
    hint = "give another key; a key always belongs to one command"
    key: str


class InTheFuture(Refusal, code="in_the_future"):
    """An instant lies more than five minutes ahead of this computer's clock. An offset is often the reason, such as Z
    where +08:00 was meant.
    """

    message = "{name} {instant} is ahead of the ledger's clock, {now}"
    hint = "record it after it has happened"
    name: str
    instant: InstantUs
    now: InstantUs


class ClockBehind(Refusal, code="clock_behind"):
    """The order of the log is the order in which things were recorded, and what was known when is read from its times.
    A clock that is behind the last event by more than five minutes would make both say different things.
    """

    message = "this computer's clock says {now}, and the last event was recorded {last}"
    hint = "set the clock; where that of the last event was wrong, restore a copy from before it"
    now: InstantUs
    last: InstantUs


class PlaceholderLeft(Unreadable, code="placeholder_left"):
    """`batch --template` marks the fields that must be given. A line in which a mark is left was not filled in."""

    message = "{field}: {text} is the template's placeholder"
    hint = "write the value of `{field}` in its place, or take the line out"
    field: str
    text: str


class MissingExtra(Unreadable, code="missing_extra"):
    """What was asked for needs a package that is not installed."""

    message = "{what} need the extra `{extra}`: {error}"
    hint = "pip install 'slaledger[{extra}]'"
    what: str
    extra: str
    error: str


class FileOrDocument(Unreadable, code="bad_terms"):
    """Terms are published from a file, or in a batch as a document."""

    message = "give the terms either as a file or as a document"
    hint = "`slaledger terms publish FILE --noticed-at …`"


class UnlistedFunction(Unreadable, code="unknown_function"):
    """The terms list the functions that the agreement covers."""

    message = "function: {function} is not a function of the agreement"
    hint = "the known ones are {known}"
    function: str
    known: str


class UnlistedClause(Refusal, code="unknown_clause"):
    """The terms list the causes for which nothing is owed."""

    message = "clause: {cause} is not an exclusion of the agreement"
    hint = "the known ones are {known}"
    cause: str
    known: str


class UnknownIncident(Refusal, code="unknown_incident"):
    """No incident has this id."""

    message = "there is no incident {id}"
    hint = "check the id, or record it: `slaledger incident open {id} --account … --function … --started-at …`"
    id: str


class UnknownBill(Refusal, code="unknown_bill"):
    """No bill has this id."""

    message = "there is no bill {id}"
    hint = (
        "check the id, or record it: `slaledger fees bill {id} --account … --first-month … --billed-at … "
        "--product-fee … --call-fee …`"
    )
    id: str


class UnknownSource(Refusal, code="unknown_source"):
    """No import read a source of this name."""

    message = "no import read a source {source}"
    hint = "sources that were read: {known}"
    source: str
    known: str


class UnknownClaim(Refusal, code="unknown_claim", clause="3.2"):
    """The account filed no claim for the month."""

    message = "{account} filed no claim for {month}"
    hint = "`slaledger claim file {account} {month} --filed-at …`"
    account: str
    month: str


class NoSource(Unreadable, code="no_source"):
    """A later reader of a decision must be able to find the source of its working days."""

    message = "a calendar from a file needs the source of its days"
    hint = "give --source, where they were published"


class AccountOrAll(Unreadable, code="bad_field"):
    """A decision or an issue is for one account or for the whole month."""

    message = "give an account, or all for the month's run"
    hint = '"account": "1001", or "all": true'


class AgainForOneAccount(Unreadable, code="bad_field"):
    """What was undone is done again for one account at a time, never by the month's run."""

    message = "again: the month's run lists what was undone and leaves it"
    hint = "say it for each account: `slaledger voucher issue ACCOUNT MONTH --again`"


class UnknownCommand(Unreadable, code="unknown_command"):
    """A batch line names an existing command."""

    message = "{field}: {what}"
    hint = "`slaledger --help` lists them"
    field: str
    what: str


class CommandMeant(UnknownCommand):
    """No command has this name, but one has nearly the same."""

    hint = "did you mean `{near}`? `slaledger --help` lists the commands"
    near: str


class LineNotUtf8(Unreadable, code="not_utf8"):
    """Batch files are UTF-8 text."""

    message = "not UTF-8: byte {start} is 0x{byte:02x}"
    hint = "save the file as UTF-8"
    start: int
    byte: int


class NotJson(Unreadable, code="not_json"):
    """A batch line is one JSON object."""

    message = "not a JSON object: {error}"
    hint = "one command a line"
    error: str


class FieldTwice(Unreadable, code="field_twice"):
    """If a field has two values, either could be meant."""

    message = "{name}: appears twice"
    hint = "leave one of the two out"
    name: str


class UnknownAgreement(Unreadable, code="unknown_agreement"):
    """The software ships some agreements; others are published from a file."""

    message = "no agreement {agreement} ships with this software"
    hint = "`slaledger terms list --shipped` lists them"
    agreement: str


class CalendarUnpublished(Refusal, code="calendar_unpublished", clause="3.2"):
    """The State Council publishes the working days of a year late in the year before."""

    message = "the working days of {year} are not published, as far as the calendar package ({package}) knows"
    hint = "upgrade `holidays`, or give the days: `slaledger calendar publish {year} --file … --source …`"
    year: int
    package: str


class UnknownVoucher(Refusal, code="unknown_voucher"):
    """No voucher has this id."""

    message = "there is no voucher {voucher}"
    hint = "`slaledger voucher list`"
    voucher: str


class NoDask(Unreadable, code="no_dask"):
    """Work on a cluster needs a package that is not installed."""

    message = "work on a cluster needs dask[distributed]: {error}"
    hint = "pip install 'slaledger[cluster]'"
    error: str


class ClusterUnreachable(Unreadable, code="cluster_unreachable"):
    """The scheduler's address is wrong, or it does not run."""

    message = "no scheduler answers at {address}: {error}"
    hint = "tcp://HOST:8786, say"
    address: str
    error: str


class WorkersDied(Unreadable, code="workers_died"):
    """A process that did a part of the work was ended from outside, often for want of memory, and so was the one that
    took its place.
    """

    message = "a process that did a part of the work was killed twice; {done} of {parts} parts are done"
    hint = "free some memory, or let this process do it all: --workers 1"
    done: int
    parts: int


class BadField(Unreadable, code="bad_field"):
    """A field is missing, unknown or of another kind."""

    message = "{what}"
    hint = "the command's `--help` lists its fields, and ends with an example"
    what: str


class FieldMeant(BadField):
    """A command has no such field, but one with nearly the same name."""

    hint = "did you mean `{near}`? The fields of `{command}`: {known}"
    command: str
    near: str
    known: str


class ValueUnlisted(BadField):
    """A field takes one of a few values."""

    hint = "it is one of {known}"
    known: str


class ValueMeant(ValueUnlisted):
    """A field takes one of a few values, and the given one is nearly one of them."""

    hint = "did you mean {near}? It is one of {known}"
    near: str


class CountsOpenOutage(Refusal, code="still_open"):
    """With --strict, no month is decided that counts an outage without an end."""

    message = "{account} {month}: counts outages that are still open: {incidents}"
    hint = "`slaledger incident close INCIDENT --ended-at …` with the end of each, or decide without --strict"
    account: str
    month: str
    incidents: str
