"""Refusals of the command line."""

from __future__ import annotations

from domain.refusals import Damaged, InstantUs, Refusal, Unreadable


class LogRewrittenAtPosition(Damaged, code="log_rewritten"):
    """The ledger no longer holds the events that the checkpoint was made of. The log is append-only, so the change was
    made outside the software.
    """

    message = "position {position}: the event differs from the one in the kept tree"
    hint = "`slaledger audit verify` says more"
    position: int


class LogTruncated(Damaged, code="log_truncated"):
    """The checkpoint covers more events than the ledger holds: the end of the log is missing, as after restoring an old
    copy.
    """

    message = "{file} covers {size} events, but the log has {events}: its end was cut off"
    hint = "restore a copy of the ledger"
    file: str
    size: int
    events: int


class LogRewritten(Damaged, code="log_rewritten"):
    """The ledger no longer holds the events that the checkpoint was made of. The log is append-only, so the change was
    made outside the software.
    """

    message = "the first {size} events are not those of {file}"
    hint = "`slaledger audit verify` says more"
    size: int
    file: str


class UnknownEvent(Refusal, code="no_such_event"):
    """No event has this stream and version."""

    message = "there is no event {event}"
    hint = "`slaledger history ACCOUNT` lists an account's"
    event: str


class BadEvent(Unreadable, code="bad_event"):
    """An event is named by its position, or by its stream and version."""

    message = "{event!r} is neither a position nor STREAM@VERSION"
    hint = "such as 1001/account@1"
    event: str


class CalendarNotRecorded(Refusal, code="calendar_missing", clause="3.2"):
    """The working days of this year are not recorded."""

    message = "the working days of {year} are not recorded"
    hint = "`slaledger calendar publish {year}`"
    year: int


class BadEvidence(Unreadable, code="bad_evidence"):
    """Evidence is the name and the SHA-256 of a document, optionally with its address."""

    message = "evidence {text!r} is not NAME=SHA256[@URI]"
    hint = "--evidence report.pdf=SHA256, with the file's 64 hexadecimal digits"
    text: str


class UnknownDecision(Refusal, code="unknown_decision"):
    """A claim's decisions are numbered from 1."""

    message = "{account} {month}: there is no decision {number}"
    hint = "give --decision from 1 to {last}, or leave it out for the latest"
    account: str
    month: str
    number: int
    last: int


class NothingToExplain(Refusal, code="claim_undecided"):
    """There is no decision to explain yet."""

    message = "{account} {month}: the claim is not decided yet"
    hint = "`slaledger claim decide {account} {month}`"
    account: str
    month: str


class UnknownPage(Unreadable, code="unknown_page"):
    """No document of this name comes with the software."""

    message = "there is no document {name}"
    hint = "`slaledger docs` lists them"
    name: str


class PageMeant(UnknownPage):
    """No document of this name comes with the software, but one of nearly that name."""

    hint = "did you mean `slaledger docs {near}`? `slaledger docs` lists them"
    near: str


class FolderExists(Unreadable, code="folder_exists"):
    """Documents and examples are copied into a new folder, so that nothing of yours is replaced."""

    message = "{folder} exists"
    hint = "name a folder that does not exist yet"
    folder: object


class UnknownShell(Unreadable, code="unknown_shell"):
    """Completion exists for the shells that the help page lists."""

    message = "there is no completion for {shell}"
    hint = "there is one for bash, zsh and fish"
    shell: str


class BadEnvironment(Unreadable, code="bad_environment"):
    """A setting in the environment cannot be read."""

    message = "SLALEDGER_LOCK_SECONDS is {text!r}, not a number of seconds"
    hint = "write whole seconds, such as 10"
    text: str


class BadActor(Unreadable, code="bad_actor"):
    """The actor is recorded with each event, and printed."""

    message = "an actor has 1 to 200 printable characters"
    hint = "give --actor NAME"


class NoActor(Unreadable, code="no_actor"):
    """Every event says who recorded it."""

    message = "the system gives no login name"
    hint = "give --actor NAME"


class NoFormat(Unreadable, code="no_format"):
    """The format of an export is given by the ending of its file, or by --format."""

    message = "the name of {file} does not show its format"
    hint = "give --format {formats}, or a name that ends in {endings}"
    file: str
    formats: str
    endings: str


class BinaryOnTerminal(Unreadable, code="binary_on_terminal"):
    """A spreadsheet or a Parquet file is not text for a terminal."""

    message = "{format} is not text, and standard output is a terminal"
    hint = "give -o FILE, or pipe it to a program"
    format: str


class NotYetEnrolled(Refusal, code="unknown_account", clause="opening"):
    """The account was enrolled later than the requested instant."""

    message = "account {account} was enrolled only at {enrolled_at}"
    hint = "ask for an instant at or after its enrolment"
    account: str
    enrolled_at: str


class KnownAtBeyondLog(Refusal, code="beyond_the_log"):
    """The log has not reached that position."""

    message = "there is no position {position}: the log's last is {last}"
    hint = "give --at-position 1 to {last}"
    position: int
    last: int


class AskedOfTheFuture(Refusal, code="in_the_future"):
    """An instant lies more than five minutes ahead of this computer's clock. An offset is often the reason, such as Z
    where +08:00 was meant.
    """

    message = "{name} {instant} is ahead of the ledger's clock, {now}"
    hint = "that time is in the future: give an earlier one"
    name: str
    instant: InstantUs
    now: InstantUs


class NoJinja(Unreadable, code="no_jinja"):
    """A page needs a package that is not installed."""

    message = "a page needs Jinja2: {error}"
    hint = "pip install 'slaledger[report]'"
    error: object


class NoTemplates(Unreadable, code="no_templates"):
    """A folder of templates has at least one of the files of which letters are made; ours take the place of others."""

    message = "{folder} has no template of a letter"
    hint = "put one of {names} there"
    folder: object
    names: str


class BadTemplate(Unreadable, code="bad_template"):
    """A template of the user's own is not one of Jinja, or names what a letter does not have."""

    message = "{place}: {error}"
    hint = "docs/guide/letters.md lists what a template can use"
    place: str
    error: object


class Usage(Unreadable, code="usage"):
    """The command line has an unknown command or option, or a wrong value."""

    message = "{what}"
    hint = "`{command} --help`"
    what: str
    command: str


class UsageMeant(Usage):
    """The command line has a word, an option or a value that is nearly one that there is."""

    hint = "did you mean `{line}`? `{command} --help` lists what there is"
    line: str


class Interrupted(Refusal, code="interrupted"):
    """The command was interrupted with Ctrl-C."""

    status = 130
    message = "interrupted"
    hint = "run it again: nothing is done twice"


class LinesRefused(Refusal, code="lines_refused"):
    """A batch with --keep-going continued after lines that were refused."""

    message = "{n} lines refused, the first {name}:{line}: {what}"
    hint = "the answer lists each under `refused`; correct them, and run the file again"
    n: int
    name: str
    line: int
    what: str
