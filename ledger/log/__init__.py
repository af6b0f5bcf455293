"""The log: events as rows, read by account and in order."""
