"""Refusals of exports, copies, moves, and of files that cannot be read or written."""
