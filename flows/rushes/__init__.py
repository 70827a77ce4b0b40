"""The rushes room: a small server where a director watches an episode and decides about it in a browser."""
