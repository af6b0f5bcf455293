"""Outages from status pages."""
