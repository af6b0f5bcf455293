"""Effects: the store, the clock, and everything that reads from or writes to the world."""
