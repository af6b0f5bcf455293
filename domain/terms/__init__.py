"""The agreement as data: documents, checks, versions, readings."""
