"""The rushes room: a small web server where a director watches an episode and decides about it."""
