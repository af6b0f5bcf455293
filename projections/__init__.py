"""Projections: each is a pure function of an account's case, and can be dropped and rebuilt."""

PART_OF = "slaledger"
"""`slaledger.py` recognizes the package as ours by this line."""
