"""Outages from the Alertmanager."""
