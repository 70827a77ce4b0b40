"""Recording lines, placing every sound on the timeline, mixing, and bringing it to loudness."""
