"""Maintenance: check, repair, clean up and rebuild vault and store."""
