"""`slaledger export` of tables, journals, promises and calendars."""
