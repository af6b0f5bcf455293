"""What commands answer, as values, JSON and tables."""
