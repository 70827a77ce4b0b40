"""Takes as people deal with them: looked at, chosen, unlocked, rolled back."""
