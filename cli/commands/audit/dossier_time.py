"""What `slaledger verify-dossier --tsa` says of a dossier's time stamps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from cli.answers.audit.proofs import TimedEvents
from cli.terminal.output import warn
from cli.terminal.values import ZonedInstant
from domain.text import counted, said
from ledger.audit.attestations import ProvedAttestation, trusted_time, zone_in
from ledger.audit.dossier import Dossier
from ledger.files.reading import read_bytes
from ledger.transparency.timestamps import read_certificates


class CheckedTime(NamedTuple):
    """What the answer shows of time stamps; what is wrong with some; why the time that was asked for is not proved."""

    shown: list[TimedEvents] | msgspec.UnsetType
    wrong: list[str]
    unproved: list[str]


def check_time(dossier: Dossier, proved: Sequence[ProvedAttestation], tsa: str | None) -> CheckedTime:
    """Check a dossier's time stamps under the certificates in a file; without one, warn that they were not checked.

    Raises Unreadable `missing_extra`, `bad_certificates`, `unreadable_file`.
    """
    stamped = [each for each in proved if isinstance(each.attestation.timestamp, str)]
    if tsa is None:
        if stamped:
            warn(
                counted(
                    "its time stamp was not checked: give the authority's certificates, --tsa CERTS.pem",
                    "its {n} time stamps were not checked: give the authority's certificates, --tsa CERTS.pem",
                    n=len(stamped),
                )
            )
        return CheckedTime(msgspec.UNSET, [], [])
    found = trusted_time(stamped, read_certificates(read_bytes(tsa)))
    zone = zone_in(dossier)
    shown = [
        TimedEvents(time=ZonedInstant(each.time_us, zone), authority=each.authority, size=each.size, events=each.events)
        for each in found.timed
    ]
    none = [] if stamped else [said("the dossier has no time stamp: ask for one that is made after `audit timestamp`")]
    return CheckedTime(shown, found.wrong, [*found.untrusted, *none])
