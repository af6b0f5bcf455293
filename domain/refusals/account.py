"""Refusals of accounts."""

from __future__ import annotations

from domain.refusals import Damaged, InstantUs, Refusal


class AccountTaken(Refusal, code="account_taken"):
    """The account is enrolled already, and not as this command says. A correction changes what the enrolment said."""

    message = "account {account} is already enrolled, with other details"
    hint = (
        "`slaledger account correct {account} --enrolled-at … --reason …`, or `slaledger account rename {account} "
        "--name …`"
    )
    account: str


class RestagedBeforeEnrolment(Refusal, code="before_enrolment", clause="opening"):
    """A stage changes at or after the enrolment."""

    message = "account {account} was enrolled only at {enrolled_at}"
    hint = "`slaledger account correct {account} --stage {stage} --reason …`, if it was so from the start"
    account: str
    enrolled_at: InstantUs
    stage: str


class MovedBeforeEnrolment(Refusal, code="before_enrolment"):
    """An account moves to another region at or after its enrolment."""

    message = "account {account} was enrolled only at {enrolled_at}"
    hint = "`slaledger account correct {account} --region {region} --reason …`, if it was there from the start"
    account: str
    enrolled_at: InstantUs
    region: str


class NothingToCorrectInAccount(Refusal, code="nothing_given"):
    """A correction names at least one field to correct."""

    message = "account {account}: give at least one field to correct"
    hint = "`slaledger account correct {account} --enrolled-at … --reason …`; `--help` lists the other options"
    account: str


class AccountAlreadyClosed(Refusal, code="account_closed"):
    """An account is closed once."""

    message = "account {account} was closed at {closed_at}"
    hint = "a closure cannot be changed; `slaledger history {account}` shows when it was recorded, and by whom"
    account: str
    closed_at: InstantUs


class ClosedBeforeEnrolment(Refusal, code="before_enrolment"):
    """An account is closed at or after its enrolment and its last change of stage or region."""

    message = "account {account} was enrolled or changed its stage or region at {begun_at}, later than the time given"
    hint = "give a --closed-at of {begun_at} or later"
    account: str
    begun_at: InstantUs


class AfterClosure(Refusal, code="account_closed"):
    """Nothing about an account begins after its closure."""

    message = "account {account} was closed at {closed_at}, earlier than the time given"
    hint = "give a time up to {closed_at}"
    account: str
    closed_at: InstantUs


class AfterRestaging(Refusal, code="after_restaging", clause="opening"):
    """An account's stages begin with its enrolment; none may have changed before it."""

    message = "account {account} changed its stage at {restaged_at}, earlier than the enrolment given"
    hint = "give an --enrolled-at up to {restaged_at}"
    account: str
    restaged_at: InstantUs


class AfterMove(Refusal, code="after_move"):
    """An account's regions begin with its enrolment; it may have moved to none before."""

    message = "account {account} moved to another region at {moved_at}, before that"
    hint = "give an --enrolled-at up to {moved_at}"
    account: str
    moved_at: InstantUs


class UnknownAccount(Refusal, code="unknown_account", clause="opening"):
    """No account has this id."""

    message = "account {account} was never enrolled"
    hint = "`slaledger account enroll {account} --enrolled-at …`"
    account: str


class EventOfNoCase(Damaged, code="unknown_event"):
    """The log holds an event that this version does not know. Leaving it out could change decisions, so nothing is
    answered.
    """

    message = "position {position}: unknown event {topic!r} (stream {stream})"
    hint = "upgrade slaledger: a newer version wrote it, and nothing is skipped"
    position: int
    topic: str
    stream: str


class ImpossibleEvent(Damaged, code="impossible_event"):
    """The log holds an event that no version of this software would have recorded there."""

    message = "position {position}: {topic!r} in stream {stream}: {error}"
    hint = "restore a copy of the ledger; `slaledger audit verify` says more"
    position: int
    topic: str
    stream: str
    error: str
