"""Whether the rules would have let in what the log holds.

Each recorded act is asked for again: from its events comes the command that they record, and the function of the
domain that carries that command out says what it would have recorded then, on the state before it. What it refuses, or
would have recorded otherwise, is inadmissible.
"""
