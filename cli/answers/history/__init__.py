"""What `slaledger history` answers: an account's events and what they come to, and what changed in between."""
