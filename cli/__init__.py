"""The command line: it turns words into commands and queries, and answers into text. It knows no rule."""

PART_OF = "slaledger"
"""`slaledger.py` recognizes the package as ours by this line."""
