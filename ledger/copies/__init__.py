"""A whole ledger as a file, and back."""
