"""Reads and writes files, completely or not at all."""
