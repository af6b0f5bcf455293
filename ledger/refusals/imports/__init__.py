"""What is refused of foreign files: one file per format, and what formats share."""
