"""Copies of a whole ledger: backups, exports, and restoring them."""
