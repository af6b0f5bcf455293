"""The command line: words to commands and questions, answers to text. It knows no rule."""

PART_OF = "slaledger"
"""`slaledger.py` recognizes the package as ours by this line."""
