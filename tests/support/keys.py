"""Keys of people in tests, as `slaledger keygen` makes them; of fixed seeds, so that signatures are always the same."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Key(NamedTuple):
    """A signer key and its verifier key."""

    signer: str
    public: str

    def file(self, folder: Path) -> str:
        """The name of a file in a folder with the signer key, which only its owner may read."""
        name = f"{self.public.partition('+')[0]}.key"
        (folder / name).write_text(self.signer + "\n")
        (folder / name).chmod(0o600)
        return name


ALICE = Key(
    "PRIVATE+KEY+alice+ffbed0da+AWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh",
    "alice+ffbed0da+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd",
)
ALICE_2 = Key(
    "PRIVATE+KEY+alice-2+efcfbd4d+AUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB",
    "alice-2+efcfbd4d+AduZX+JRadFByrm7upK6oB+fLh7OffTLKsBRkPN/zB+d",
)
BOB = Key(
    "PRIVATE+KEY+bob+cce63bd0+AWJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJi",
    "bob+cce63bd0+AS3wQSXwAVr7R86FOu+HcglP+UmMFMsbnhKXPCkn2g+m",
)
LEDGER = Key(
    "PRIVATE+KEY+ledger.example+226d5538+AWxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxs",
    "ledger.example+226d5538+AW1E+Tn4KdQ1mLze3akN4B22n6pQyqM+jGwyikuQDU2s",
)
CUSTOMER = Key(
    "PRIVATE+KEY+customer.example+e804b7cf+BHd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3",
    "customer.example+e804b7cf+BMhTrQ8M0rYZrqks7sT9VqJNZJnVhM55JX5Fz9gTm2Cn",
)
"""A witness."""
AUDITOR = Key(
    "PRIVATE+KEY+auditor.example+785a2fcb+BHZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2",
    "auditor.example+785a2fcb+BLX5AJUxjz8ETNjkC1hCU9hnd75ivwciEzTl/SGZz6f3",
)
"""Another witness."""
