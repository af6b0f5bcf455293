"""Refusals of evidence: checkpoints, proofs, replay, dossiers, pages, and the keys that sign them."""
