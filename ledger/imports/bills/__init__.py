"""Bills from the provider's files, and how they are reconciled."""
