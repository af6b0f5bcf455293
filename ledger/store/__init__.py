"""The log and the projections' store, on the eventsourcing library."""
