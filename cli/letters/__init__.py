"""Letters to customers about decided claims."""
