"""Files of others: read into commands, refused with the place when they cannot be read without guessing."""
