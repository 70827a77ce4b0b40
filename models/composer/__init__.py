"""Music under dialogue: written from a mood by rule and seed, played on synthesised instruments."""
