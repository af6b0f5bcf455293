"""What is refused of witnesses: what they do not cosign, what is not joined, and policies that are none."""

from __future__ import annotations

import json
from collections.abc import Callable

from frozen import Frozen
from keys import AUDITOR, CUSTOMER, LEDGER
from refusal_scenarios import Scenario, split

from domain.keys import encoded
from ledger.transparency.cosignatures import read_note
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.signed_notes import sign_note

_KEYS = {"w.key": CUSTOMER.signer, "v.key": AUDITOR.signer, "ledger.key": LEDGER.signer}
_SIGN = "witness sign new.txt --key w.key --state w.state"
_OTHER_ROOT = bytes(range(32))


def _head(frozen: Frozen) -> Checkpoint:
    return read_note(frozen.say(*split("audit checkpoint")).out).checkpoint


def _put(frozen: Frozen, file: str, head: Checkpoint) -> None:
    (frozen.folder / file).write_text(head.text())


def _cosigned(frozen: Frozen) -> Checkpoint:
    """The ledger's checkpoint, which the witness has cosigned."""
    head = _head(frozen)
    _put(frozen, "new.txt", head)
    frozen.do(*split(_SIGN))
    return head


def _offered(name: str, change: Callable[[Checkpoint], Checkpoint], words: str = _SIGN, **proof: object) -> Scenario:
    """A checkpoint that was made of the cosigned one, and a proof of which something was changed."""

    def prepare(frozen: Frozen) -> None:
        old = _cosigned(frozen)
        new = change(old)
        _put(frozen, "new.txt", new)
        roots = {"old_root": encoded(old.root), "new_root": encoded(new.root)}
        given = {"ledger": old.origin, "old_size": old.size, "new_size": new.size, **roots, "hashes": [], **proof}
        (frozen.folder / "proof.json").write_text(json.dumps(given))

    return Scenario(name, words, files=_KEYS, prepare=prepare)


def _longer(head: Checkpoint) -> Checkpoint:
    return head._replace(size=head.size + 1, root=_OTHER_ROOT)


def _state(name: str, content: Callable[[Frozen], str]) -> Scenario:
    """A witness whose state is another text."""

    def prepare(frozen: Frozen) -> None:
        _put(frozen, "new.txt", _head(frozen))
        (frozen.folder / "w.state").write_text(content(frozen))

    return Scenario(name, _SIGN, files=_KEYS, prepare=prepare)


def _two_returned(frozen: Frozen) -> None:
    """What two witnesses returned, of two checkpoints."""
    _cosigned(frozen)
    (frozen.folder / "one.txt").write_text((frozen.folder / "w.state").read_text())
    _put(frozen, "new.txt", _longer(_head(frozen)))
    frozen.do(*split("witness sign new.txt --key v.key --state v.state"))
    (frozen.folder / "two.txt").write_text((frozen.folder / "v.state").read_text())


_BOTH = f"--witnessed-by {CUSTOMER.public} --witnessed-by {AUDITOR.public}"
_PROVED = f"{_SIGN} --proof proof.json"


def _policy(name: str, policy: str, words: str = "audit verify --against new.txt --policy") -> Scenario:
    """A checkpoint that the ledger signed, held to a policy or a key."""

    def prepare(frozen: Frozen) -> None:
        (frozen.folder / "new.txt").write_text(sign_note(_head(frozen).text(), LEDGER.signer))

    return Scenario(name, f"{words} '{policy}'", prepare=prepare)


WITNESSES: list[Scenario] = [
    _offered("a fork: as many events, another root", lambda head: head._replace(root=_OTHER_ROOT)),
    _offered("a proof from another beginning", _longer, _PROVED, old_root=encoded(_OTHER_ROOT)),
    _offered("fewer events than were cosigned", lambda head: head._replace(size=head.size - 1)),
    _offered("more events, and no proof", _longer),
    _offered("a proof of other sizes", _longer, _PROVED, old_size=1),
    _offered("a proof that does not hold", _longer, _PROVED, hashes=[encoded(_OTHER_ROOT)]),
    _offered("a proof with a hash that is none", _longer, _PROVED, hashes=["x"]),
    _offered("a proof without its sizes", _longer, _PROVED, old_size=None),
    _offered("another ledger", lambda head: head._replace(origin="slaledger-other")),
    _state("a state that is empty", lambda frozen: ""),
    _state("a state that this witness did not cosign", lambda frozen: _head(frozen).text()),
    Scenario(
        "the key of a ledger as a witness's", _SIGN.replace("w.key", "ledger.key"), files=_KEYS, prepare=_cosigned
    ),
    Scenario(
        "two checkpoints joined",
        f"audit checkpoint --cosigned one.txt --cosigned two.txt {_BOTH}",
        files=_KEYS,
        prepare=_two_returned,
    ),
    Scenario(
        "a note of a witness that was not named",
        f"audit checkpoint --cosigned one.txt --witnessed-by {AUDITOR.public}",
        files=_KEYS,
        prepare=_two_returned,
    ),
    Scenario("nothing that a witness cosigned", f"audit checkpoint {_BOTH}"),
    Scenario("the key of a ledger among the witnesses", f"audit checkpoint --witnessed-by {LEDGER.public}"),
    Scenario("a witness that is neither key nor file", "audit checkpoint --witnessed-by nobody"),
    Scenario("notes of no witness", "audit checkpoint --cosigned one.txt"),
    Scenario("a joined note signed again", f"audit checkpoint {_BOTH} --sign ledger.key", files=_KEYS),
    _policy("the key of a witness for that of a ledger", CUSTOMER.public, "audit verify --against new.txt --vkey"),
    _policy("a policy without a number", CUSTOMER.public),
    _policy("a policy of more witnesses than it names", f"2 of {CUSTOMER.public},{CUSTOMER.public}"),
    Scenario("a policy for no checkpoint", f"audit verify --policy '1 of {CUSTOMER.public}'"),
    Scenario("certificates for no time stamp", "audit monthly -o months --no-timestamp --tsa tsa.pem"),
    Scenario("a proof over no file", "audit consistency 1 2 --force"),
    Scenario("a note over no file", f"{_SIGN} --force", files=_KEYS),
]
