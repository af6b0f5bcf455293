"""The agreement as pure functions: events, commands, folds and rules; no clock, no float, no I/O."""

PART_OF = "slaledger"
"""`slaledger.py` recognizes the package as ours by this line."""
