"""What a terminal shows: language, tables, numbers."""
