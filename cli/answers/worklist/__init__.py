"""`slaledger worklist`: what waits for a clerk."""
