"""`slaledger audit` and evidence that a stranger can check: checkpoints, proofs, a claim's whole case as one file."""
