"""`slaledger import`: one file per kind of source."""
