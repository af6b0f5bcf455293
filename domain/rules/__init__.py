"""The contract's rules, one file per part of it; the docstrings give clause and reading numbers."""
