"""The answers of commands, as values, JSON and tables."""
