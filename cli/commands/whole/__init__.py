"""Commands about a ledger as a whole: it is made, examined, moved, read through, and given to the roles of a server."""
