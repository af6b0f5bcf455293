"""What is refused of signed commands, and of the keys that sign them."""

from __future__ import annotations

from keys import ALICE, ALICE_2, BOB, Key
from refusal_scenarios import Scenario

_AS_ALICE = "--actor alice --sign alice.key"
_AS_BOB = "--actor bob --sign bob.key"
_ADD_ALICE = f"actor add-key alice {ALICE.public}"
_ADD_BOB = f"actor add-key bob {BOB.public}"
_SIGNED = "controls set --signed true --reason x"
_HELD = (_ADD_ALICE, f"{_AS_ALICE} {_SIGNED}", f"{_AS_ALICE} {_ADD_BOB}")
_ENROLL = "account enroll 1009 --enrolled-at 2026-01-01T00:00:00+08:00"


def _case(name: str, words: str, *before: str) -> Scenario:
    """A scenario in a folder with the keys of both."""
    keys: dict[str, Key] = {"alice": ALICE, "alice-2": ALICE_2, "bob": BOB}
    return Scenario(
        name, words, before=before, files={f"{whose}.key": key.signer.encode() for whose, key in keys.items()}
    )


SIGNING: list[Scenario] = [
    _case("an unsigned command where commands must be signed", f"--actor alice {_ENROLL}", *_HELD),
    _case("a control that is set unsigned and asks for signatures", _SIGNED),
    _case("a command signed with a key that is not registered", f"{_AS_ALICE} {_ENROLL}"),
    _case("a command signed with the key of another", f"--actor clerk --sign alice.key {_ENROLL}", _ADD_ALICE),
    _case(
        "a command signed with a retired key",
        f"{_AS_ALICE} {_ENROLL}",
        _ADD_ALICE,
        f"{_AS_ALICE} actor retire-key alice {ALICE.public} --reason 'the laptop was lost'",
    ),
    _case("a key of two actors", f"actor add-key bob {ALICE.public}", _ADD_ALICE),
    _case("an unsigned second key", f"actor add-key alice {ALICE_2.public}", _ADD_ALICE),
    _case("a second key signed by another", f"{_AS_BOB} actor add-key alice {ALICE_2.public}", _ADD_ALICE, _ADD_BOB),
    _case("a key retired unsigned", f"actor retire-key alice {ALICE.public}", _ADD_ALICE),
    _case("a first key signed by who is no steward", f"{_AS_BOB} actor add-key carol {ALICE_2.public}", *_HELD),
    _case("a key of another retired by who is no steward", f"{_AS_BOB} actor retire-key alice {ALICE.public}", *_HELD),
    _case("controls set by who is no steward", f"{_AS_BOB} controls set --signed false --reason x", *_HELD),
    _case("the last key of a steward", f"{_AS_ALICE} actor retire-key alice {ALICE.public}", *_HELD),
    _case("a key that was never registered", f"{_AS_ALICE} actor retire-key alice {ALICE_2.public}", _ADD_ALICE),
    _case(
        "a key that was retired",
        f"{_AS_ALICE} actor add-key alice {ALICE_2.public}",
        _ADD_ALICE,
        f"{_AS_ALICE} actor add-key alice {ALICE_2.public}",
        f"{_AS_ALICE} actor retire-key alice {ALICE_2.public}",
    ),
    _case("a public key that is none", f"actor add-key alice {ALICE.public[:-1]}"),
    _case("a public key that is a private one", f"actor add-key alice {ALICE.signer}"),
    _case("an actor without a name", f"actor add-key '' {ALICE.public}"),
]
