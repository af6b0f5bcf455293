"""What `slaledger verify-dossier --policy` says of who cosigned a dossier's checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cli.answers.audit.witnesses import PolicyShown, policy_shown
from ledger.audit.attestations import ProvedAttestation, zone_in
from ledger.audit.dossier import Dossier
from ledger.audit.witnessed import witnessed
from ledger.transparency.policies import WitnessPolicy


def check_witnesses(
    dossier: Dossier, proved: Sequence[ProvedAttestation], policy: WitnessPolicy | None
) -> PolicyShown | msgspec.UnsetType:
    """Hold a dossier to a policy, if there is one. Raises Refusal `bad_signature`, Unreadable `no_cryptography`."""
    if policy is None:
        return msgspec.UNSET
    result, size, covers = witnessed(dossier, proved, policy)
    return policy_shown(result, size, covers, zone_in(dossier))
