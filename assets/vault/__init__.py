"""The vault: pictures, sounds and finished work by their SHA-256, on a disk or in object storage."""

from assets.vault.upkeep import Inspection
from assets.vault.vault import Vault

__all__ = ["Inspection", "Vault"]
