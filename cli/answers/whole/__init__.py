"""Answers about a ledger as a whole: how it was made, where it stands, its log, its actors."""
