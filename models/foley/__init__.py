"""Sound effects by synthesis: every sample is computed here, so no licence of others applies."""
