"""The agreement as pure functions: facts, wishes, folds and rules; no clock, no float, no I/O."""
