"""What a source states, compared with what the ledger holds of it."""
