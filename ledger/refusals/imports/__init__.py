"""Refusals of files of other systems: one module a format, and `shared`."""
