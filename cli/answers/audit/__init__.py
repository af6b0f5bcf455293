"""What audits answer, and the evidence that a stranger can check."""
