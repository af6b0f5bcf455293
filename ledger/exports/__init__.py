"""Writing files for other tools."""
