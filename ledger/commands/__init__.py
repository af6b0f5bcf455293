"""Carries out commands, from their wire form to recorded events."""
