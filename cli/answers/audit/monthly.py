"""`slaledger audit monthly`: the files of a month's routine, and what could not be done yet."""

from __future__ import annotations

import msgspec

from cli.answers.audit.verified import VerifiedAnswer, print_verified
from cli.answers.audit.witnesses import PolicyShown
from cli.terminal.output import WIDTH, print_pairs, print_text
from cli.terminal.values import ZonedInstant
from domain.text import said
from ledger.audit.month_folder import ANSWER, CHECKPOINT, CONSISTENCY, RECEIPT, REQUEST, MonthFolder


class MonthFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The month's files; null for one that is not there."""

    checkpoint: str | None
    consistency: str | None
    timestamp_request: str | None
    timestamp: str | None
    receipt: str | None

    def table(self) -> None:
        """Print the names of the files that are there."""
        print_pairs(
            [
                (said("checkpoint"), self.checkpoint),
                (said("consistency proof"), self.consistency),
                (said("time stamp request"), self.timestamp_request),
                (said("time stamp"), self.timestamp),
                (said("receipt"), self.receipt),
            ]
        )


class MonthlyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A month's routine: the checkpoint, its files, what was found, and in `missing` what could not be done.

    `verified` is there where this run verified the ledger, `timestamped_at` where a time stamp was checked, `policy`
    where one was given.
    """

    ledger: str
    month: str
    size: int
    root: str
    files: MonthFiles
    verified: VerifiedAnswer | msgspec.UnsetType
    timestamped_at: ZonedInstant | msgspec.UnsetType
    policy: PolicyShown | msgspec.UnsetType
    missing: list[str]

    def table(self) -> None:
        """Print what was found, the files, and what is missing."""
        if isinstance(self.verified, VerifiedAnswer):
            print_verified(self.verified, None)
        self.files.table()
        if isinstance(self.timestamped_at, ZonedInstant):
            print_text(said("the time stamp is of {time}", time=self.timestamped_at.rfc3339()), width=WIDTH)
        if isinstance(self.policy, PolicyShown):
            self.policy.table()
        for each in self.missing:
            print_text(said("missing: {what}", what=each), width=WIDTH)
        if not self.missing:
            print_text(said("{month} is complete", month=self.month))


def month_files(month: MonthFolder) -> MonthFiles:
    """The files of a month that are there."""

    def named(ending: str) -> str | None:
        file = month.file(ending)
        return str(file) if file.exists() else None

    return MonthFiles(
        checkpoint=named(CHECKPOINT),
        consistency=named(CONSISTENCY),
        timestamp_request=named(REQUEST),
        timestamp=named(ANSWER),
        receipt=named(RECEIPT),
    )
