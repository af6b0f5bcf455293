"""The log and its side stores, on the eventsourcing library."""
