"""Outages from PagerDuty."""
