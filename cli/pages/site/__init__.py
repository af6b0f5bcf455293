"""A site of a ledger: pages of months, accounts, claims, vouchers and the log, which link to each other."""
