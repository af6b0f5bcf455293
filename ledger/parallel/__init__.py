"""Divides work on the log among processes of this machine, or the workers of a cluster."""
