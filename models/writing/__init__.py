"""What the writers share: schemas they can keep to, grammars that make them, decoding and retries."""
