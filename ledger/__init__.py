"""Effects: the store, the clock, and everything that reads from or writes to the world."""

PART_OF = "slaledger"
"""`slaledger.py` recognizes the package as ours by this line."""
