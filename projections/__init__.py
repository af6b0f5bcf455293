"""Folds that are kept: each is a pure function of an account's case, and can be dropped and rebuilt."""

PART_OF = "slaledger"
"""By this `slaledger.py` knows the package as ours."""
