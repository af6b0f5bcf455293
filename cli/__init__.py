"""The command line: words to commands and questions, answers to text. It knows no rule."""

PART_OF = "slaledger"
"""By this `slaledger.py` knows the package as ours."""
