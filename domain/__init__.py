"""The agreement as pure functions: facts, wishes, folds and rules; no clock, no float, no I/O."""

PART_OF = "slaledger"
"""By this `slaledger.py` knows the package as ours."""
