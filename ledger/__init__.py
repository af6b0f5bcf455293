"""Effects: the store, the clock, and everything that reads from or writes to the world."""

PART_OF = "slaledger"
"""By this `slaledger.py` knows the package as ours."""
