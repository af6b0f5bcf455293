"""Reading what other tools know of outages and bills."""
