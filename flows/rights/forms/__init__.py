"""Forms that others read: CycloneDX, Croissant, the EU's training summary, a list of sources."""
