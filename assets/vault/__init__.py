"""The vault: pixels, samples and finished work under their SHA-256, on a disk or in object storage."""

from assets.vault.upkeep import Inspection
from assets.vault.vault import Vault

__all__ = ["Inspection", "Vault"]
