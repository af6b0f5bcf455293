"""Effects: the store, the clock, and everything else that does I/O."""

PART_OF = "slaledger"
"""`slaledger.py` recognizes the package as ours by this line."""
