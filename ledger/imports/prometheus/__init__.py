"""Outages from Prometheus' range queries."""
