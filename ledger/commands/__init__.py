"""From a command's wire form to recorded events."""
