"""Royalties in production: publish a rule, try one, issue statements, check them, record payments."""
