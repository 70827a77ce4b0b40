"""The documents that are delivered with the episode. One file each, all pure."""
