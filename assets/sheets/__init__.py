"""Sheets: the small frozen documents that flow between stages."""
