"""`slaledger doctor`: what is missing or misconfigured."""
