"""The Merkle tree over the log, checkpoints and proofs (RFC 6962)."""
