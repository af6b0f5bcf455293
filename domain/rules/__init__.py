"""The contract's rules, one file per part of it; clause and reading numbers stand in the docstrings."""
