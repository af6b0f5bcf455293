"""Terminal output: language, tables, numbers."""
