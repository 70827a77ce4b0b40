"""The data: sheets, media, time, the vault, the store and the ledger; and the library."""
