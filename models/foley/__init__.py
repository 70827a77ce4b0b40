"""Sound effects by synthesis: every sample is computed here, so its origin is clean."""
