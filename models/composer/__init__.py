"""Background music: composed from a mood by rules and a seed, played on synthesised instruments."""
