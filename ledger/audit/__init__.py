"""Audits: replay, impact, completeness, verification, and the dossier."""
