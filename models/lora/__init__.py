"""LoRA files: read the key styles in use, write the two that other programs read."""
