"""Upkeep: check, repair, clear and rebuild what vault and store hold."""
