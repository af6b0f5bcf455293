"""What an auditor asks: replay, impact, the transparency log, the dossier."""
