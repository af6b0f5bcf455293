"""Refusals of statements that do not go together with the ledger."""

from __future__ import annotations

from domain.refusals import InstantUs, Refusal
from ledger.refusals import Misread


class OlderFile(Refusal, code="older_file"):
    """A file that is older than what the ledger took of its source would bring back what the source has changed."""

    message = "{name}: {source} said this at {said_at}, and the ledger already took what it said at {taken_at}"
    hint = "import a newer file; say --older to take this one nevertheless"
    name: str
    source: str
    said_at: InstantUs
    taken_at: InstantUs


class FileTakenBefore(Refusal, code="older_file"):
    """A file that is older than what the ledger took of its source would bring back what the source has changed."""

    message = "{name}: this file was imported before, and others of {source} after it"
    hint = "import a newer file; say --older where the source did say the same again"
    name: str
    source: str


class OlderStatement(Misread, code="older_file"):
    """What a source said of one outage is older than what the ledger took of that, though the file may be newer."""

    status = 1
    message = (
        "{source} said this of {name} at {said_at}, and the ledger already took what it said of that at {taken_at}"
    )
    hint = "import a newer file; say --older to take this word nevertheless"
    name: str
    source: str
    said_at: InstantUs
    taken_at: InstantUs


class Vanished(Refusal, code="vanished"):
    """A source no longer tells of an outage that the ledger holds of it, in a file that would contain it. All else was
    recorded. Absence alone withdraws nothing.
    """

    message = "{source} no longer tells of {incidents}; all else was recorded"
    hint = (
        "import a fuller file, or say for each what became of it: --gone ID=END with its end, --gone ID=withdrawn "
        "where it was recorded in error, --gone ID=kept where it stands"
    )
    source: str
    incidents: str


class BadGone(Misread, code="bad_gone"):
    """`--gone` says of one outage when it ended, that it was recorded in error, or that it stands."""

    message = "{text!r} does not say what became of an outage"
    hint = "--gone ID=2026-03-01T10:00:00+08:00, --gone ID=withdrawn or --gone ID=kept"
    text: str


class BeginningUnknown(Misread, code="unknown_start"):
    """An outage lasts already where the file begins, and the ledger holds no beginning of it."""

    message = "{name} is down at {first}, where the file begins: when that began is not known"
    hint = (
        "import it together with the file before it, or one that begins while it was up; or record the outage with "
        "`slaledger incident open INCIDENT --account … --function … --started-at …`"
    )
    name: str
    first: InstantUs


class EndBeforeKnownStart(Misread, code="ends_before_start"):
    """A source tells an end before the start that the ledger holds."""

    message = "{name} ended at {ended_at}, before it started: the ledger holds {started_at} for {incident}"
    hint = (
        "correct the start with `slaledger incident correct {incident} --started-at … --reason …`, or leave it "
        "out with --skip"
    )
    name: str
    incident: str
    ended_at: InstantUs
    started_at: InstantUs


class EndBeforeToldStart(Misread, code="ends_before_start"):
    """A source tells an end before the start that it tells itself."""

    message = "{name} ended at {ended_at}, before it started at {started_at}"
    hint = (
        "leave it out with --skip and record it by hand with `slaledger incident open INCIDENT --account … "
        "--function … --started-at …`"
    )
    name: str
    ended_at: InstantUs
    started_at: InstantUs


class OpenUnderTwoStarts(Misread, code="contradiction"):
    """An outage of one key is told under two starts, and no end was received: its start has moved, or it is another."""

    message = (
        "{name} fires since {told_at}, and the ledger holds {incident} since {held_at} without an end: one outage, or "
        "two of which the first has ended"
    )
    hint = (
        "leave this one out with --skip {key}@START, or close the other one with `slaledger incident close {incident} "
        "--ended-at …`"
    )
    name: str
    key: str
    incident: str
    held_at: InstantUs
    told_at: InstantUs


class OtherTarget(Misread, code="other_target"):
    """An outage touches the accounts that it was recorded for."""

    message = "{name} is recorded as {incident} for {held}; this import says {told}"
    hint = "import it with the same --account, --all-accounts, --account-label or --region-label as before"
    name: str
    incident: str
    held: str
    told: str
